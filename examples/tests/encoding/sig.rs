use medcrypto_core::SecretBytes;
use medcrypto_core::zeroize::Zeroizing;
use medcrypto_sig::envelope::{Domain, DualSigned, Envelope, Role, SignedEnvelope};
use medcrypto_sig::{bls, ecdsa, ed25519};

use crate::Object;

const HEAD: (usize, &str) = (3, "version, suite, tag");

fn secret(byte: u8) -> SecretBytes<32> {
    SecretBytes::new(Zeroizing::new([byte; 32]))
}

fn signed(role: Role, key: u8) -> SignedEnvelope {
    Envelope {
        domain: Domain::new("sharing/settlement").unwrap(),
        chain_id: [0x11; 32],
        role,
        nonce: 0x0102_0304_0506_0708,
        payload_hash: [0x22; 32],
    }
    .sign(&ed25519::SigningKey::from_seed(&secret(key)))
}

pub(crate) fn objects() -> Vec<Object> {
    [plain(), aggregated(), enveloped()].into_iter().flatten().collect()
}

fn plain() -> Vec<Object> {
    let ed25519 = ed25519::SigningKey::from_seed(&secret(1));
    let ecdsa = ecdsa::SigningKey::from_secret_bytes(&secret(1)).unwrap();
    let edwards = ed25519.verifying_key().to_bytes();
    let edwards_signature = ed25519.sign(b"m").to_bytes();
    let koblitz = ecdsa.verifying_key().to_bytes();
    let koblitz_signature = ecdsa.sign(b"m").to_bytes();
    vec![
        Object::new(
            "Ed25519 verifying key",
            &edwards,
            ed25519::VerifyingKey::from_bytes(&edwards).unwrap().to_bytes(),
            &[HEAD, (32, "A, of prime order")],
        ),
        Object::new(
            "Ed25519 signature",
            &edwards_signature,
            ed25519::Signature::from_bytes(&edwards_signature).unwrap().to_bytes(),
            &[HEAD, (32, "R"), (32, "S, little-endian, below ℓ")],
        ),
        Object::new(
            "ECDSA verifying key",
            &koblitz,
            ecdsa::VerifyingKey::from_bytes(&koblitz).unwrap().to_bytes(),
            &[HEAD, (33, "Q, compressed")],
        ),
        Object::new(
            "ECDSA signature",
            &koblitz_signature,
            ecdsa::Signature::from_bytes(&koblitz_signature).unwrap().to_bytes(),
            &[HEAD, (32, "r"), (32, "s, at most n/2")],
        ),
    ]
}

fn aggregated() -> Vec<Object> {
    let bls = bls::SigningKey::from_secret_bytes(&secret(1)).unwrap();
    let (key, signature) = (bls.public_key().to_bytes(), bls.sign(b"m").to_bytes());
    vec![
        Object::new(
            "BLS public key",
            &key,
            bls::PublicKey::from_bytes(&key).unwrap().to_bytes(),
            &[HEAD, (96, "X ∈ 𝔾₂"), (48, "π ∈ 𝔾₁, its proof of possession")],
        ),
        Object::new(
            "BLS signature",
            &signature,
            bls::Signature::from_bytes(&signature).unwrap().to_bytes(),
            &[HEAD, (48, "σ ∈ 𝔾₁")],
        ),
    ]
}

fn enveloped() -> Vec<Object> {
    let (patient, institution) = (signed(Role::Patient, 1), signed(Role::Institution, 2));
    let envelope = patient.to_bytes();
    let dual = DualSigned::combine(patient, institution).unwrap().to_bytes();
    let (domain, chain) = ((18, "domain"), (32, "chain"));
    vec![
        Object::new(
            "signed envelope",
            &envelope,
            SignedEnvelope::from_bytes(&envelope).unwrap().to_bytes(),
            &[
                HEAD,
                (4, "len32"),
                domain,
                chain,
                (1, "role: 1 patient, 2 institution"),
                (8, "nonce"),
                (32, "digest of the payload"),
                (64, "signature"),
            ],
        ),
        Object::new(
            "envelope signed by both",
            &dual,
            DualSigned::from_bytes(&dual).unwrap().to_bytes(),
            &[
                HEAD,
                (4, "len32"),
                domain,
                chain,
                (8, "nonce"),
                (32, "digest of the payload"),
                (64, "signature of the patient"),
                (64, "signature of the institution"),
            ],
        ),
    ]
}
