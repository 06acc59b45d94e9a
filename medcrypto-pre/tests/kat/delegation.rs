//! Delegations, and what proxy and delegatee do with them.

use medcrypto_pre::{
    Delegatee, Grant, Header, Proxy, ReEncryptedHeader, ReKey, ReKeyStatement, Revocation,
    RevocationList, ScopePath, SealedReKey, Terms, UnixTime,
    hazmat::{self, DelegationRandomness},
};

use crate::reader::{Case, Outputs, Runner, Verdict, run, unhex};
use crate::{
    address, authority_of, delegator, error, identity, key, key_of, one, params, texts, vectors,
};

fn terms(case: &Case) -> Terms {
    let value = case.input("terms");
    assert_eq!(value.as_object().unwrap().len(), 6);
    let text = |name: &str| value[name].as_str().unwrap();
    let not_after = UnixTime(text("not_after").parse().unwrap());
    Terms::new(UnixTime(value["not_before"].as_u64().unwrap()), not_after)
        .and_then(|terms| terms.licence(text("licence")))
        .and_then(|terms| terms.purpose(text("purpose")))
        .unwrap()
        .exclusive(value["exclusive"].as_bool().unwrap())
        .serial(value["serial"].as_u64().unwrap())
}

fn grant(case: &Case) -> Grant {
    Grant {
        delegatee: Delegatee(identity(case.input("delegatee"))),
        proxy: Proxy(identity(case.input("proxy"))),
        scope: ScopePath::new(&texts(case.input("scope"))).unwrap(),
        terms: terms(case),
    }
}

fn draws(case: &Case, depth: usize) -> DelegationRandomness {
    let mut blinding = [[0; 32]; ScopePath::MAX_DEPTH];
    for (r, name) in blinding.iter_mut().zip(["r1", "r2", "r3", "r4"]).take(depth) {
        *r = case.random(name);
    }
    let (envelope, signature) = (case.random("envelope"), case.random("signature"));
    DelegationRandomness { envelope, blinding, signature, seal: case.random("seal") }
}

fn delegate(case: &Case) -> Verdict {
    let (owner, grant) = (key(case, "delegator"), grant(case));
    let random = draws(case, grant.scope.depth());
    let (rekey, sealed) = hazmat::delegate(&owner, &grant, &random).map_err(error)?;
    let (statement, expected) = (rekey.statement().clone(), delegator(case, "delegator"));
    let authority = authority_of(case);
    let imported = key_of(&authority, &grant.proxy.0).import(&sealed, &expected).unwrap();
    assert_eq!(imported.id(), statement.id());
    let reader = key_of(&authority, &grant.delegatee.0);
    let accepted = reader.accept(statement.clone(), &expected).unwrap();
    Ok(Outputs::from([
        ("rekey", rekey.to_secret_bytes().to_vec()),
        ("statement", statement.to_bytes()),
        ("sealed", sealed.to_bytes()),
        ("rekey_id", statement.id().0.to_vec()),
        ("y", accepted.to_secret_bytes().to_vec()),
    ]))
}

fn statement_decode(case: &Case) -> Verdict {
    let encoded = case.bytes("bytes");
    let statement = ReKeyStatement::from_bytes(&encoded).map_err(error)?;
    assert_eq!(statement.to_bytes(), encoded);
    one("rekey_id", &statement.id().0)
}

fn statement_verify(case: &Case) -> Verdict {
    let statement = ReKeyStatement::from_bytes(&case.bytes("bytes")).unwrap();
    let verified = statement.verify(&params(case), &delegator(case, "expected"));
    one("rekey_id", &verified.map_err(error)?.id().0)
}

fn rekey_verify(case: &Case) -> Verdict {
    let rekey = ReKey::from_bytes(&case.bytes("bytes")).unwrap();
    let (proxy, expected) = (Proxy(identity(case.input("proxy"))), delegator(case, "expected"));
    let verified = rekey.verify(&params(case), &proxy, &expected).map_err(error)?;
    one("rekey_id", &verified.id().0)
}

fn import(case: &Case) -> Verdict {
    let sealed = SealedReKey::from_bytes(&case.bytes("bytes")).unwrap();
    let imported = key(case, "reader").import(&sealed, &delegator(case, "expected"));
    one("rekey_id", &imported.map_err(error)?.id().0)
}

#[test]
fn kat_delegate() {
    let runners: [(&str, Runner); 7] = [
        ("delegate", delegate),
        ("statement-decode", statement_decode),
        ("statement-verify", statement_verify),
        ("rekey-verify", rekey_verify),
        ("import", import),
        ("rekey-decode", |case| {
            let rekey = ReKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &rekey.to_secret_bytes())
        }),
        ("sealed-decode", |case| {
            one("bytes", &SealedReKey::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
    ];
    run(vectors!("delegate"), "medcrypto-pre/delegate", &runners);
}

fn re_encrypt(case: &Case) -> Verdict {
    let (params, owner) = (params(case), delegator(case, "delegator"));
    let proxy = Proxy(identity(case.input("proxy")));
    let rekey = ReKey::from_bytes(&case.bytes("rekey")).unwrap();
    let rekey = rekey.verify(&params, &proxy, &owner).unwrap();
    let mut refused = RevocationList::new();
    for entry in case.list("revocations") {
        let revocation = Revocation::from_bytes(&unhex(&entry[1])).unwrap();
        let by = medcrypto_pre::Delegator(identity(&entry[0]));
        refused.revoke(&revocation.verify(&params, &by).unwrap());
    }
    let header = Header::from_bytes(&case.bytes("header")).unwrap();
    let verified = header.verify(&params, &address(case)).unwrap();
    let result = rekey.re_encrypt(&verified, UnixTime(case.number("now")), &refused);
    one("bytes", &result.map_err(error)?.to_bytes())
}

fn open(case: &Case) -> Verdict {
    let (reader, owner) = (key(case, "reader"), delegator(case, "delegator"));
    let statement = ReKeyStatement::from_bytes(&case.bytes("statement")).unwrap();
    let (address, now) = (address(case), UnixTime(case.number("now")));
    let header = ReEncryptedHeader::from_bytes(&case.bytes("bytes")).unwrap();
    let payload = case.bytes("payload");
    let key = reader.accept(statement, &owner).map_err(error)?;
    let record = key.open_to_vec(&address, &header, &payload, now).map_err(error)?;
    let evidence = key.evidence(&address, &header, now).unwrap();
    Ok(Outputs::from([
        ("plaintext", record.to_vec()),
        ("y", key.to_secret_bytes().to_vec()),
        ("evidence", evidence.to_secret_bytes().to_vec()),
    ]))
}

#[test]
fn kat_re_encrypt() {
    let runners: [(&str, Runner); 3] = [
        ("re-encrypt", re_encrypt),
        ("open", open),
        ("decode", |case| {
            let header = ReEncryptedHeader::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &header.to_bytes())
        }),
    ];
    run(vectors!("re-encrypt"), "medcrypto-pre/re-encrypt", &runners);
}
