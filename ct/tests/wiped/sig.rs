//! The signing keys.

use medcrypto_core::SecretBytes;
use medcrypto_sig::{bls, ecdsa, ed25519};
use sha2::{Digest, Sha512};

use super::{clean, rng, spy::Search};

#[test]
fn t20_signing_keys_leave_no_secret() {
    let seed = SecretBytes::<32>::generate(&mut rng(1)).to_secret_bytes();
    let expanded = Sha512::digest(seed.as_slice());
    let bls_secret = bls::SigningKey::generate(&mut rng(1)).to_secret_bytes().to_secret_bytes();
    let mut search = Search::new();
    search.add_both_ways("the seed and d", seed.as_slice());
    search.add("the scalar of ed25519", &expanded[..32]);
    search.add("the prefix of ed25519", &expanded[32..]);
    search.add_scalar("x", bls_secret.as_slice());
    search.check_controls();
    let secret = SecretBytes::new(seed);
    let ed25519 = ed25519::SigningKey::from_seed(&secret);
    let ecdsa = ecdsa::SigningKey::from_secret_bytes(&secret).unwrap();
    let bls = bls::SigningKey::generate(&mut rng(1));
    let encoded = SecretBytes::new(bls_secret);
    clean! { search,
        "ed25519 generate": ed25519::SigningKey::generate(&mut rng(1));
        "ed25519 in": ed25519::SigningKey::from_seed(&secret);
        "ed25519 out": ed25519.to_seed();
        "ed25519 public": ed25519.verifying_key().to_bytes();
        "ed25519 sign": ed25519.sign(b"m").to_bytes();
        "ecdsa generate": ecdsa::SigningKey::generate(&mut rng(1));
        "ecdsa in": ecdsa::SigningKey::from_secret_bytes(&secret).unwrap();
        "ecdsa out": ecdsa.to_secret_bytes();
        "ecdsa public": ecdsa.verifying_key().to_bytes();
        "ecdsa sign": ecdsa.sign(b"m").to_bytes();
        "bls generate": bls::SigningKey::generate(&mut rng(1));
        "bls in": bls::SigningKey::from_secret_bytes(&encoded).unwrap();
        "bls out": bls.to_secret_bytes();
        "bls public": bls.public_key().to_bytes();
        "bls sign": bls.sign(b"m").to_bytes();
    }
}
