//! Identity-based signatures and revocations.

use medcrypto_pre::{IdentitySignature, ReKeyId, Revocation, UnixTime, hazmat};

use crate::reader::{Case, Runner, Verdict, run};
use crate::{delegator, error, identity, key, one, params, vectors};

fn sign(case: &Case) -> Verdict {
    let (signer, message) = (key(case, "signer"), case.bytes("message"));
    let signature = hazmat::sign(&signer, &message, &case.random("rng")).map_err(error)?;
    signature.verify(signer.params(), signer.identity(), &message).unwrap();
    one("bytes", &signature.to_bytes())
}

fn verify(case: &Case) -> Verdict {
    let signature = IdentitySignature::from_bytes(&case.bytes("bytes")).unwrap();
    let (signer, message) = (identity(case.input("signer")), case.bytes("message"));
    signature.verify(&params(case), &signer, &message).map_err(error)?;
    one("bytes", &signature.to_bytes())
}

fn revoke(case: &Case) -> Verdict {
    let (signer, time) = (key(case, "signer"), UnixTime(case.number("time")));
    let rekey = ReKeyId(case.array("rekey_id"));
    let revocation = hazmat::revoke(&signer, rekey, time, &case.random("rng")).map_err(error)?;
    one("bytes", &revocation.to_bytes())
}

fn verify_revocation(case: &Case) -> Verdict {
    let revocation = Revocation::from_bytes(&case.bytes("bytes")).unwrap();
    let verified = revocation.verify(&params(case), &delegator(case, "expected"));
    one("bytes", &verified.map_err(error)?.revocation().to_bytes())
}

#[test]
fn kat_signature() {
    let runners: [(&str, Runner); 6] = [
        ("sign", sign),
        ("verify", verify),
        ("revoke", revoke),
        ("revocation-verify", verify_revocation),
        ("decode", |case| {
            let signature = IdentitySignature::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &signature.to_bytes())
        }),
        ("revocation-decode", |case| {
            one("bytes", &Revocation::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
    ];
    run(vectors!("signature"), "medcrypto-pre/signature", &runners);
}
