//! Envelopes under one signature and under two.

use medcrypto_sig::ed25519::{SigningKey, VerifyingKey};
use medcrypto_sig::envelope::{Domain, DualSigned, Envelope, Role, SignedEnvelope};

use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{error, pinned, secret, vectors};

fn role(name: &str) -> Role {
    let roles = [Role::Patient, Role::Hospital, Role::Institution, Role::Proxy, Role::Authority];
    *roles.iter().find(|role| format!("{role:?}") == name).unwrap_or_else(|| panic!("role {name}"))
}

fn envelope(case: &Case, role: Role) -> Envelope {
    Envelope {
        domain: Domain::new(case.text("domain")).unwrap(),
        chain_id: case.array("chain"),
        role,
        nonce: u64::from_be_bytes(case.array("nonce")),
        payload_hash: case.array("payload"),
    }
}

fn bytes(bytes: Vec<u8>) -> Verdict {
    Ok(Outputs::from([("bytes", bytes)]))
}

fn single(case: &Case) -> Verdict {
    let signed = envelope(case, role(case.text("role")));
    let key = SigningKey::from_seed(&secret(case, "seed"));
    bytes(signed.sign(&key).to_bytes())
}

fn dual(case: &Case) -> Verdict {
    let sign = |role, seed| envelope(case, role).sign(&SigningKey::from_seed(&secret(case, seed)));
    let both = (sign(Role::Patient, "patient"), sign(Role::Institution, "institution"));
    bytes(DualSigned::combine(both.0, both.1).unwrap().to_bytes())
}

fn key(case: &Case, name: &str) -> VerifyingKey {
    VerifyingKey::from_bytes(&case.bytes(name)).unwrap()
}

fn verify_single(case: &Case) -> Verdict {
    let (key, encoded) = (key(case, "key"), case.bytes("bytes"));
    let signed = SignedEnvelope::from_bytes(&encoded).map_err(error)?;
    signed.verify(&key).map_err(error)?;
    bytes(signed.to_bytes())
}

fn verify_dual(case: &Case) -> Verdict {
    let (keys, encoded) = ((key(case, "patient"), key(case, "institution")), case.bytes("bytes"));
    let signed = DualSigned::from_bytes(&encoded).map_err(error)?;
    signed.verify(&keys.0, &keys.1).map_err(error)?;
    bytes(signed.to_bytes())
}

#[test]
fn kat_envelope() {
    let runners: [(&str, Runner); 4] = [
        ("envelope", single),
        ("dual", dual),
        ("verify-envelope", verify_single),
        ("verify-dual", verify_dual),
    ];
    run(vectors!("envelope"), "medcrypto-sig/envelope", &runners);
    run(pinned!("envelope"), "medcrypto-sig/envelope", &runners);
}
