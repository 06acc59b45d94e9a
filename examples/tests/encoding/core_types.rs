use medcrypto_core::bls::{G1, G2, Gt, NonIdentityG1, NonIdentityG2, Scalar};
use medcrypto_core::codec::{Reader, Writer};

use crate::Object;

pub(crate) fn objects() -> Vec<Object> {
    let scalar = (-Scalar::ONE).to_bytes();
    let (g1, g2) = (G1::generator().to_bytes(), G2::generator().to_bytes());
    let (gt, one) = (Gt::generator().to_bytes(), Gt::identity().to_bytes());
    let decoded = |gt: &[u8; 288]| Gt::from_bytes(gt).unwrap().to_bytes();
    let run = Writer::default().bytes(b"abc").finish();
    let read = Reader::new(&run).bytes(16).unwrap();
    vec![
        Object::new(
            "scalar r − 1",
            scalar,
            Scalar::from_bytes(&scalar).unwrap().to_bytes(),
            &[(32, "big-endian; the greatest")],
        ),
        Object::new(
            "generator of 𝔾₁",
            g1,
            NonIdentityG1::from_bytes(&g1).unwrap().to_bytes(),
            &[(48, "x, with the compression flag 0x80; 0x20 would be the greater y")],
        ),
        Object::new(
            "generator of 𝔾₂",
            g2,
            NonIdentityG2::from_bytes(&g2).unwrap().to_bytes(),
            &[(96, "x₁ ‖ x₀, with the flags in front")],
        ),
        Object::new(
            "e(P₁, P₂) in 𝔾ₜ",
            gt,
            decoded(&gt),
            &[
                (48, "b₀₀, little-endian"),
                (48, "b₀₁"),
                (48, "b₁₀"),
                (48, "b₁₁"),
                (48, "b₂₀"),
                (48, "b₂₁"),
            ],
        ),
        Object::new("1 in 𝔾ₜ", one, decoded(&one), &[(288, "its own code word")]),
        Object::new(
            "the bytes `abc` as a field of variable length",
            &run,
            Writer::default().bytes(read).finish(),
            &[(4, "len32"), (3, "the bytes")],
        ),
    ]
}
