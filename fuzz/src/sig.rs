//! Targets of medcrypto-sig.

use std::sync::LazyLock;

use medcrypto_core::{
    SecretBytes,
    codec::{Header, Tag},
};
use medcrypto_sig::bls;

use crate::{
    Class, Reached, Target,
    edit::{self, Base},
};

/// Targets of medcrypto-sig.
pub const TARGETS: &[&Target] = &[&BLS_KEY];

/// BLS public keys.
pub const BLS_KEY: Target = Target {
    name: "sig_bls_key",
    class: Class::Points,
    max_len: 512,
    run: bls_key,
    seeds: || BLS_KEYS.iter().map(|base| edit::whole(&base.bytes)).collect(),
    dict: &[],
};

static BLS_KEYS: LazyLock<Vec<Base>> = LazyLock::new(|| {
    [[1; 32], [2; 32]]
        .map(|seed| {
            let key = bls::SigningKey::from_secret_bytes(&SecretBytes::new(
                zeroize::Zeroizing::new(seed),
            ));
            Base::new(key.unwrap().public_key().to_bytes())
        })
        .into()
});

fn bls_key(data: &[u8]) -> Reached {
    let header = Header::v1(Tag::SigBlsKey).to_bytes();
    let input = edit::input(data, header, &BLS_KEYS);
    if let Ok(key) = bls::PublicKey::from_bytes(&input) {
        assert_eq!(key.to_bytes(), input);
    }
    (input.starts_with(&header) && input.len() == bls::PublicKey::LEN).into()
}
