//! The signed digits that every range proof refers to (Camenisch, Chaabouni, shelat 2008).
//!
//! ```text
//! U = 2^u digits      Γ ∈ 𝔾₁ \ {O},  gvk = [x]P₂ ∈ 𝔾₂ \ {O},  σᵢ = [1/(x+i)]Γ for 0 ≤ i < U
//! check (anyone)      e(σᵢ, gvk + [i]P₂) = e(Γ, P₂) for every i, weighted into one equation:
//!                     e(Σ[δᵢ]σᵢ, gvk) · e(Σ[i·δᵢ]σᵢ − [Σδᵢ]Γ, P₂) = 1,  δᵢ 128 bits, hashed from all points
//! digest              SHA-256(DST ‖ u ‖ P₁ ‖ P₂ ‖ P₃ ‖ H ‖ Q ‖ Γ ‖ σ₀ … ‖ gvk), the first thing of every transcript
//! encoding            version ‖ suite ‖ tag ‖ u u8 ‖ Γ ‖ gvk ‖ σ₀ … σ_{U−1}          148 + 48·U bytes
//! ```
//! σᵢ is the weak Boneh–Boyen signature of i (2004); a proof shows a blinded one for every digit. Whoever
//! knows x signs what is no digit, and so proves false ranges; x never endangers privacy.
//!
//! Assumption: U-SDH; with a gcd of U and r−1 of 2^u, Cheon (2006) costs √(r/U): 2^122.5 for u = 10,
//! 2^119.5 for u = 16. Status: *published*.

mod ceremony;
#[cfg(feature = "insecure-setup")]
pub mod insecure;

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::bls::{
    G1, G2, LookupG1, NonIdentityG1, NonIdentityG2, PreparedG2, Scalar, multi_pairing,
};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::generators::{FixedPoint, generators};

pub use ceremony::{PowersOfTau, UncheckedPowersOfTau};

/// How many bits a digit has, 1 to 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DigitBits(u8);

impl DigitBits {
    /// Up to 12: the table of signatures, at most 400 KB, fits a cache, and reading all of it for every digit
    /// costs at most 40 µs.
    ///
    /// # Errors
    /// [`Error::Range`] unless `bits` is from 1 to 12.
    pub fn new(bits: u8) -> Result<Self, Error> {
        if bits > 12 { Err(Error::Range) } else { Self::large(bits) }
    }

    /// Up to 16: fewer digits, and a table of 6 MB that a prover reads whole for every digit, 0.6 ms. Whoever
    /// reads less tells the digit by what stays in the cache.
    ///
    /// # Errors
    /// [`Error::Range`] unless `bits` is from 1 to 16.
    pub fn large(bits: u8) -> Result<Self, Error> {
        if (1..=16).contains(&bits) { Ok(Self(bits)) } else { Err(Error::Range) }
    }

    /// u.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }

    /// U = 2^u.
    #[must_use]
    pub fn values(self) -> u32 {
        1 << self.0
    }
}

/// Range parameters as received: points of the groups, and nothing is known about them.
#[derive(Clone, PartialEq, Eq)]
pub struct UncheckedRangeParameters {
    bits: DigitBits,
    base: NonIdentityG1,
    key: NonIdentityG2,
    signatures: Vec<NonIdentityG1>,
}

impl UncheckedRangeParameters {
    /// Encoded length in bytes.
    #[must_use]
    pub fn len(bits: DigitBits) -> usize {
        let signatures = usize::try_from(bits.values()).unwrap_or(usize::MAX);
        Header::LEN + 1 + G1::LEN + G2::LEN + G1::LEN * signatures
    }

    /// Checks that every σᵢ signs i; for all 2^u signatures a multi-exponentiation each of two, and two
    /// pairings. Variable time: everything is public.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(self) -> Result<RangeParameters, Error> {
        let digest = self.digest();
        let signatures: Vec<_> = self.signatures.iter().map(NonIdentityG1::point).collect();
        let weights = weights(&digest, signatures.len());
        let numbered = (0..).zip(&weights).map(|(i, weight)| *weight * Scalar::from_u64(i));
        let sum = |scalars: &[Scalar]| G1::multi_exp_vartime(&signatures, scalars);
        let by_key = sum(&weights).or(Err(Error::Verification))?;
        let by_number = sum(&numbered.collect::<Vec<_>>()).or(Err(Error::Verification))?;
        let total = weights.iter().copied().sum();
        let by_number = by_number - self.base.point().mul_vartime(&total);
        let pairs = [(by_key, self.key.point()), (by_number, G2::generator())];
        if !multi_pairing(&pairs).is_identity() {
            return Err(Error::Verification);
        }
        Ok(RangeParameters {
            digest,
            base: FixedPoint::new(self.base.point()),
            table: LookupG1::new(&signatures),
            key: PreparedG2::new(&self.key.point()),
            generator: PreparedG2::new(&G2::generator()),
            encoded: self,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let fixed = generators();
        let points =
            fixed.p.iter().chain([&fixed.h, &fixed.q]).map(|fixed| fixed.point().to_bytes());
        let digest = Sha256::new_with_prefix(dst::khpke::RANGE_PARAMETERS.as_bytes());
        let digest = digest.chain_update([self.bits.get()]);
        let digest = points.fold(digest, |digest, point| digest.chain_update(point));
        let digest = digest.chain_update(self.base.to_bytes());
        let digest =
            self.signatures.iter().fold(digest, |digest, s| digest.chain_update(s.to_bytes()));
        digest.chain_update(self.key.to_bytes()).finalize().into()
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::with_capacity(Self::len(self.bits))
            .header(Header::v1(Tag::KhpkeRangeParameters))
            .u8(self.bits.get())
            .array(&self.base.to_bytes())
            .array(&self.key.to_bytes());
        let append = |writer: Writer, point: &NonIdentityG1| writer.array(&point.to_bytes());
        self.signatures.iter().fold(writer, append).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`]; every point is in its group and none is the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkeRangeParameters))?;
        let bits = DigitBits::large(reader.u8()?).or(Err(DecodeError::NonCanonical))?;
        if bytes.len() != Self::len(bits) {
            return Err(DecodeError::Length);
        }
        let base = NonIdentityG1::from_bytes(&reader.array()?)?;
        let key = NonIdentityG2::from_bytes(&reader.array()?)?;
        let signatures = (0..bits.values()).map(|_| NonIdentityG1::from_bytes(&reader.array()?));
        let signatures = signatures.collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { bits, base, key, signatures })
    }
}

impl fmt::Debug for UncheckedRangeParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UncheckedRangeParameters").field("bits", &self.bits).finish_non_exhaustive()
    }
}

/// One nonzero weight of 128 bits a signature.
fn weights(digest: &[u8; 32], count: usize) -> Vec<Scalar> {
    let mut transcript = Transcript::new(dst::khpke::WEIGHTS);
    transcript.append_bytes(b"pp", digest);
    let mut draw = || u128::from_be_bytes(transcript.challenge_bytes(b"delta")).max(1);
    (0..count).map(|_| Scalar::from_u128(draw())).collect()
}

/// Range parameters whose signatures were verified; by [`UncheckedRangeParameters::verify`] only.
pub struct RangeParameters {
    encoded: UncheckedRangeParameters,
    digest: [u8; 32],
    base: FixedPoint,
    table: LookupG1,
    key: PreparedG2,
    generator: PreparedG2,
}

impl RangeParameters {
    /// The bits of a digit.
    #[must_use]
    pub fn digit_bits(&self) -> DigitBits {
        self.encoded.bits
    }

    /// The digest that every transcript starts with.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The parameters as they travel.
    #[must_use]
    pub fn unchecked(&self) -> &UncheckedRangeParameters {
        &self.encoded
    }

    /// Γ.
    pub(crate) fn base(&self) -> &FixedPoint {
        &self.base
    }

    /// σ of a secret digit, constant time.
    pub(crate) fn signature(&self, digit: u16) -> G1 {
        self.table.select(digit.into())
    }

    /// Whether e(left, P₂) = e(right, gvk).
    pub(crate) fn pairs(&self, left: &G1, right: &G1) -> bool {
        let pairs = [(*left, &self.generator), (-*right, &self.key)];
        medcrypto_core::bls::multi_pairing_prepared(&pairs).is_identity()
    }
}

impl fmt::Debug for RangeParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.encoded.fmt(f)
    }
}
