//! One key, one record and one proof of the smallest requirement.

use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::LineageId;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::keys::{Provenance, ProvingKey, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::record::{CodeList, Entry, Record};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup;
use medcrypto_zk::statement::{Context, IssuerPolicy, Kind, Period, Profile, Scope, Statement};

use crate::{Object, rng};

const HEAD: (usize, &str) = (3, "version, suite, tag");

fn circuit() -> Circuit {
    let requirement = Requirement::parse(Schema::clinical_v1(), "present(sex)").unwrap();
    Circuit::compile(&requirement).unwrap()
}

fn record() -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let codes = Entry::Codes(CodeList::new(vec![254_637_007], true));
    let entries = [
        ("sex", Entry::point(1)),
        ("glucose", Entry::Interval { lo: 0, hi: 630 }),
        ("conditions_active", codes),
    ];
    for (name, entry) in entries {
        record.set(schema.field(name).unwrap(), entry).unwrap();
    }
    record
}

fn context(key: &VerifyingKey, policy: &IssuerPolicy) -> medcrypto_zk::field::ContextDigest {
    Context {
        profile: Profile::Anchored,
        verifying_key: key.digest(),
        chain: [3; 32],
        contract: [4; 32],
        request: [5; 32],
        version: 1,
        policy: policy.policy32(),
        institution_key: b"institution key".into(),
        patient_key: b"patient key".into(),
        nonce: [6; 32],
        expiry_ms: 1_800_000_000_000,
    }
    .digest()
}

pub(crate) fn objects() -> Vec<Object> {
    let label = Provenance::single_party("docs", 1_700_000_000_000).unwrap();
    let key = setup::single_party(circuit(), label, &mut rng(1)).unwrap();
    let secret = HolderSecret::generate(&mut rng(2));
    let lineage = LineageId::from_id(&[7; 31]);
    let opening = RecordOpening::generate(record(), secret.commitment(), lineage, &mut rng(3));
    let policy = IssuerPolicy::new(&[&[1; 32]], 1_364_860_800_000).unwrap();
    let scope = Scope::new(Kind::PerLineage, b"study", Period::quarter(2026, 3).unwrap()).unwrap();
    let context = context(key.verifying_key(), &policy);
    let statement = key.statement(&opening, &secret, context, &scope, policy.digest()).unwrap();
    let proof = key.prove(&statement, &opening, &secret, &mut rng(4)).unwrap();
    key.verifying_key().verify(&statement, &proof).unwrap();
    vec![
        of_statement(&statement),
        of_proof(&proof),
        of_verifying_key(key.verifying_key()),
        of_proving_key(&key),
        of_opening(&opening),
    ]
}

fn of_statement(statement: &Statement) -> Object {
    let bytes = statement.to_bytes();
    let fields = [
        HEAD,
        (32, "C, commitment"),
        (32, "Q, requirement"),
        (32, "X, context"),
        (32, "N, nullifier"),
        (32, "scope"),
        (32, "policy"),
        (32, "kind"),
    ];
    Object::new("statement", &bytes, Statement::from_bytes(&bytes).unwrap().to_bytes(), &fields)
}

fn of_proof(proof: &Proof) -> Object {
    let bytes = proof.to_bytes();
    let fields = [HEAD, (48, "A ∈ 𝔾₁"), (96, "B ∈ 𝔾₂"), (48, "C ∈ 𝔾₁")];
    Object::new("proof", &bytes, Proof::from_bytes(&bytes).unwrap().to_bytes(), &fields)
}

fn verifying_fields() -> Vec<(usize, &'static str)> {
    let mut fields = vec![
        HEAD,
        (1, "provenance: single party"),
        (2, "len16"),
        (4, "operator"),
        (8, "created, milliseconds"),
        (32, "digest of the circuit"),
        (32, "digest of the requirement"),
        (32, "digest of the schema"),
        (48, "α ∈ 𝔾₁"),
        (96, "β ∈ 𝔾₂"),
        (96, "γ ∈ 𝔾₂"),
        (96, "δ ∈ 𝔾₂"),
        (8, "count 8, little-endian as arkworks writes it"),
    ];
    fields.extend([(48, "IC₀ ∈ 𝔾₁")]);
    fields.extend([(48, "IC of one input"); 7]);
    fields
}

fn of_verifying_key(key: &VerifyingKey) -> Object {
    let bytes = key.to_bytes();
    let again = VerifyingKey::from_bytes(&bytes).unwrap().to_bytes();
    Object::new("verifying key", &bytes, again, &verifying_fields())
}

fn of_proving_key(key: &ProvingKey) -> Object {
    let bytes = key.to_bytes();
    let again = ProvingKey::from_bytes(circuit(), &bytes).unwrap().to_bytes();
    let verifying = key.verifying_key().to_bytes().len();
    let head = 3 + 32 + 4 + verifying + 4;
    let fields = [
        HEAD,
        (32, "SHA-256 of what follows"),
        (4, "len32 of the verifying key"),
        (verifying, "the verifying key above, whole"),
        (4, "len32 of the queries"),
        (bytes.len() - head, "queries, arkworks uncompressed"),
    ];
    Object::new("proving key", &bytes, again, &fields)
}

fn of_opening(opening: &RecordOpening) -> Object {
    let bytes = opening.to_secret_bytes();
    let again = RecordOpening::from_bytes(Schema::clinical_v1(), &bytes).unwrap();
    let head = 3 + 4 * 32;
    let fields = [
        HEAD,
        (32, "digest of the schema"),
        (32, "seed of the salts"),
        (32, "holder commitment"),
        (32, "lineage"),
        (bytes.len() - head, "record: count, then 0 | 1 ‖ lo ‖ hi | 2 ‖ complete ‖ n ‖ codes"),
    ];
    Object::new("record opening (secret)", &bytes, again.to_secret_bytes(), &fields)
}
