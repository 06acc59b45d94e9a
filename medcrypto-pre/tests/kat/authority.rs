//! Parameters, the master key and identity keys.

use medcrypto_pre::{IdentityKey, MasterSecretKey, PublicParams};

use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{authority_of, error, identity, one, params, vectors};

fn public(case: &Case) -> Verdict {
    let authority = authority_of(case);
    let (bytes, id) = (authority.params().to_bytes(), authority.params().id());
    Ok(Outputs::from([("params", bytes.to_vec()), ("params_id", id.0.to_vec())]))
}

fn issued(case: &Case) -> Verdict {
    let authority = authority_of(case);
    let key = authority.issue(&identity(case.input("identity"))).unwrap();
    one("bytes", &key.verify(authority.params()).unwrap().to_secret_bytes())
}

fn verified(case: &Case) -> Verdict {
    let key = IdentityKey::from_bytes(&case.bytes("bytes")).unwrap();
    one("bytes", &key.verify(&params(case)).map_err(error)?.to_secret_bytes())
}

#[test]
fn kat_authority() {
    let runners: [(&str, Runner); 6] = [
        ("params", public),
        ("identity-key", issued),
        ("identity-key-verify", verified),
        ("params-decode", |case| {
            one("bytes", &PublicParams::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
        ("master-decode", |case| {
            let master = MasterSecretKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", master.to_secret_bytes().as_slice())
        }),
        ("identity-key-decode", |case| {
            let key = IdentityKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &key.to_secret_bytes())
        }),
    ];
    run(vectors!("authority"), "medcrypto-pre/authority", &runners);
}
