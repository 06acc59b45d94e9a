//! Field elements, holders, scopes, policies, contexts, nullifiers and the seven inputs.

use medcrypto_zk::field::{
    Commitment, ContextDigest, LineageId, Nullifier, PolicyDigest, RequirementDigest, SchemaDigest,
};
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::statement::{
    Context, IssueMessage, IssuerPolicy, Kind, PartyKey, Period, Profile, Scope, Statement,
    nullifier,
};
use zeroize::Zeroizing;

use crate::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};

#[test]
fn t10_t11_statements_give_the_known_answers() {
    let json = include_str!("../../../vectors/zk/statement.json");
    let kinds: [(_, Runner); 9] = [
        ("element", element),
        ("holder", holder),
        ("scope", scope_digest),
        ("quarter", quarter),
        ("nullifier", nullified),
        ("policy", policy),
        ("context", context),
        ("statement", statement),
        ("issue-message", issue),
    ];
    run(json, "medcrypto-zk/statement", &kinds);
    let pinned = include_str!("../../../vectors/pinned/v1/zk/statement.json");
    run(pinned, "medcrypto-zk/statement", &kinds);
}

fn element(case: &Case) -> Verdict {
    let element = Nullifier::from_bytes(&case.array("bytes")).map_err(named)?;
    Ok(Outputs::from([("bytes", element.to_bytes().to_vec())]))
}

fn secret(case: &Case) -> HolderSecret {
    HolderSecret::from_bytes(Zeroizing::new(case.array("secret")))
}

fn holder(case: &Case) -> Verdict {
    Ok(Outputs::from([("commitment", secret(case).commitment().to_bytes().to_vec())]))
}

fn scope(case: &Case) -> Result<Scope, String> {
    let kind = match case.number("kind") {
        0 => Kind::PerPerson,
        1 => Kind::PerLineage,
        other => panic!("kind {other}"),
    };
    let period = Period::from_number(u32::try_from(case.number("period")).unwrap());
    Scope::new(kind, &case.bytes("name"), period).map_err(named)
}

fn scope_digest(case: &Case) -> Verdict {
    Ok(Outputs::from([("digest", scope(case)?.digest().to_bytes().to_vec())]))
}

fn quarter(case: &Case) -> Verdict {
    let year = u16::try_from(case.number("year")).unwrap();
    let quarter = u8::try_from(case.number("quarter")).unwrap();
    let period = Period::quarter(year, quarter).map_err(named)?;
    Ok(Outputs::from([("period", period.number().to_be_bytes().to_vec())]))
}

fn nullified(case: &Case) -> Verdict {
    let lineage = LineageId::from_bytes(&case.array("lineage")).unwrap();
    let nullifier = nullifier(&secret(case), lineage, &scope(case)?);
    Ok(Outputs::from([("nullifier", nullifier.to_bytes().to_vec())]))
}

fn policy(case: &Case) -> Verdict {
    let keys: Vec<Vec<u8>> = case.list("keys").iter().map(unhex).collect();
    let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let earliest = case.number("earliest_as_of_ms");
    let policy = IssuerPolicy::new(&keys, earliest).map_err(named)?;
    Ok(Outputs::from([
        ("policy32", policy.policy32().to_vec()),
        ("digest", policy.digest().to_bytes().to_vec()),
    ]))
}

fn context(case: &Case) -> Verdict {
    assert_eq!(case.number("profile"), Profile::Anchored as u64);
    let (institution, patient) = (case.bytes("institution_key"), case.bytes("patient_key"));
    let context = Context {
        profile: Profile::Anchored,
        verifying_key: case.array("verifying_key"),
        chain: case.array("chain"),
        contract: case.array("contract"),
        request: case.array("request"),
        version: case.text("version").parse().unwrap(),
        policy: case.array("policy"),
        institution_key: PartyKey::new(&institution).unwrap(),
        patient_key: PartyKey::new(&patient).unwrap(),
        nonce: case.array("nonce"),
        expiry_ms: case.text("expiry_ms").parse().unwrap(),
    };
    Ok(Outputs::from([("digest", context.digest().to_bytes().to_vec())]))
}

/// Made from its parts, or decoded from bytes.
fn statement(case: &Case) -> Verdict {
    if case.optional("bytes").is_some() {
        let statement = Statement::from_bytes(&case.bytes("bytes")).map_err(named)?;
        return Ok(Outputs::from([("bytes", statement.to_bytes())]));
    }
    let statement = Statement::new(
        Commitment::from_bytes(&case.array("commitment")).unwrap(),
        RequirementDigest::from_bytes(&case.array("requirement")).unwrap(),
        ContextDigest::from_bytes(&case.array("context")).unwrap(),
        Nullifier::from_bytes(&case.array("nullifier")).unwrap(),
        &scope(case)?,
        PolicyDigest::from_bytes(&case.array("policy")).unwrap(),
    );
    let bytes = statement.to_bytes();
    assert_eq!(Statement::from_bytes(&bytes), Ok(statement));
    Ok(Outputs::from([("bytes", bytes)]))
}

fn issue(case: &Case) -> Verdict {
    let message = IssueMessage {
        commitment: Commitment::from_bytes(&case.array("commitment")).unwrap(),
        record_digest: case.array("record_digest"),
        schema: SchemaDigest::from_bytes(&case.array("schema")).unwrap(),
        as_of_ms: case.number("as_of_ms"),
        ciphertext_digest: case.array("ciphertext_digest"),
    };
    Ok(Outputs::from([("bytes", message.to_bytes())]))
}
