//! Key generation and the encodings of keys.

use medcrypto_khpke::{DecryptionKey, EvaluationKey, PublicKey, Slots, hazmat};

use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{error, one, vectors};

fn generated(case: &Case) -> Verdict {
    let slots = Slots::new(case.number("slots").try_into().unwrap()).unwrap();
    let (secret, public) = hazmat::generate(slots, &case.random_bytes("keys")).map_err(error)?;
    assert_eq!((secret.id(), secret.slots()), (public.id(), slots));
    Ok(Outputs::from([
        ("id", public.id().0.to_vec()),
        ("public", public.to_bytes()),
        ("decryption", secret.to_secret_bytes().to_vec()),
        ("evaluation", secret.evaluation_key().to_secret_bytes().to_vec()),
    ]))
}

#[test]
fn kat_keys() {
    let runners: [(&str, Runner); 4] = [
        ("generate", generated),
        ("public-key", |case| {
            one("bytes", &PublicKey::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
        ("decryption-key", |case| {
            let key = DecryptionKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &key.to_secret_bytes())
        }),
        ("evaluation-key", |case| {
            let key = EvaluationKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            one("bytes", &key.to_secret_bytes())
        }),
    ];
    run(vectors!("keys"), "medcrypto-khpke/keys", &runners);
}
