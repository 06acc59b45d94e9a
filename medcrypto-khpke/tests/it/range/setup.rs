//! Parameters with a known x, statements and openings.

use std::sync::OnceLock;

use medcrypto_core::bls::{G1, G2, Scalar, SecretResidue};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    Interval, Opening, RangeParameters, RangeStatement, UncheckedRangeParameters,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn transcript() -> Transcript {
    Transcript::new(dst::khpke::RANGE_PER_DIGIT)
}

/// The bytes of parameters, part by part.
#[derive(Clone)]
pub struct Parts {
    pub bits: u8,
    pub base: G1,
    pub key: G2,
    pub signatures: Vec<G1>,
}

impl Parts {
    /// With a secret that no test should know, and some do.
    pub fn new(bits: u8, x: u64) -> Self {
        let base = G1::mul_generator(&SecretResidue::from_u64(77));
        let sign = |i| base.mul_vartime(&Scalar::from_u64(x + i).invert().unwrap());
        Self {
            bits,
            base,
            key: G2::mul_generator(&SecretResidue::from_u64(x)),
            signatures: (0..1 << bits).map(sign).collect(),
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let head = [&[1, 1, 0x47, self.bits], &self.base.to_bytes()[..], &self.key.to_bytes()];
        let signatures = self.signatures.iter().flat_map(G1::to_bytes);
        head.concat().into_iter().chain(signatures).collect()
    }

    pub fn verified(&self) -> Result<RangeParameters, medcrypto_khpke::Error> {
        UncheckedRangeParameters::from_bytes(&self.to_bytes())?.verify()
    }
}

/// x of [`small`].
pub const X: u64 = 0x1234_5678_9abc_def1;

/// 16 digits, and their parts.
pub fn small() -> &'static (RangeParameters, Parts) {
    static SMALL: OnceLock<(RangeParameters, Parts)> = OnceLock::new();
    SMALL.get_or_init(|| {
        let parts = Parts::new(4, X);
        (parts.verified().unwrap(), parts)
    })
}

/// The default of 1024 digits.
pub fn default() -> &'static RangeParameters {
    static DEFAULT: OnceLock<RangeParameters> = OnceLock::new();
    DEFAULT.get_or_init(|| Parts::new(10, X).verified().unwrap())
}

/// A number and the statement that it is in `interval`, true or not.
pub fn committed(
    interval: Interval<'_>,
    value: impl Into<i128>,
    seed: u64,
) -> (Opening, RangeStatement<'_>) {
    let opening = Opening::new(value, &mut rng(seed)).unwrap();
    let commitment = opening.commitment().unwrap();
    (opening, RangeStatement { interval, commitment })
}
