//! Range parameters: dealt, derived from a ceremony, or malicious.

use std::fmt::Write;
use std::sync::OnceLock;

use medcrypto_core::bls::{FixedBaseG1, G1, G2, Scalar, SecretResidue};
use medcrypto_core::dst;
use medcrypto_khpke::{
    Commitment, DecodeError, DigitBits, Error, PowersOfTau, RangeProof, RangeStatement,
    UncheckedPowersOfTau, UncheckedRangeParameters, insecure,
};
use sha2::{Digest, Sha256};

use super::reference::{Facts, Omitted, Prover};
use super::setup::{Parts, X, committed, rng, small, transcript};
use crate::fixture::generator;

fn bits(bits: u8) -> DigitBits {
    DigitBits::large(bits).unwrap()
}

#[test]
fn t25_dealt_parameters_verify_and_travel() {
    for width in [1, 2, 5, 8] {
        let dealt = insecure::deal(bits(width), &mut rng(90)).unwrap();
        let bytes = dealt.to_bytes();
        assert_eq!(bytes.len(), 148 + 48 * (1 << width));
        assert_eq!(bytes.len(), UncheckedRangeParameters::len(bits(width)));
        assert_eq!(UncheckedRangeParameters::from_bytes(&bytes).as_ref(), Ok(&dealt));
        let parameters = dealt.verify().unwrap();
        assert_eq!(parameters.unchecked().to_bytes(), bytes);
        assert_eq!(parameters.digit_bits().get(), width);
    }
}

/// The widest digits: 65 536 signatures.
#[test]
#[ignore = "65 536 signatures are decoded"]
fn t25_digits_of_16_bits() {
    let dealt = insecure::deal(bits(16), &mut rng(92)).unwrap();
    let dealt = UncheckedRangeParameters::from_bytes(&dealt.to_bytes()).unwrap();
    let parameters = dealt.verify().unwrap();
    let (opening, statement) = committed(parameters.bits(64).unwrap(), u64::MAX - 1, 93);
    let proof = RangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(94)).unwrap();
    assert_eq!(proof.to_bytes().len(), 3 + 160 * 4 + 48);
    assert_eq!(proof.verify(&statement, &mut transcript()), Ok(()));
}

/// The digest from its documentation; u and every point are in it.
#[test]
fn t02_t25_the_digest_is_the_documented_one() {
    let (parameters, parts) = small();
    let mut digest = Sha256::new_with_prefix(dst::khpke::RANGE_PARAMETERS.as_bytes());
    digest.update([4]);
    let fixed = [(b"P", 1), (b"P", 2), (b"P", 3), (b"H", 0), (b"Q", 0)];
    fixed.iter().for_each(|(label, i)| digest.update(generator(label, *i).to_bytes()));
    digest.update(parts.base.to_bytes());
    parts.signatures.iter().for_each(|point| digest.update(point.to_bytes()));
    digest.update(parts.key.to_bytes());
    assert_eq!(parameters.digest()[..], digest.finalize()[..]);
}

/// T25: every point changed, swapped or repeated alone is refused.
#[test]
fn t25_malicious_parameters_are_refused() {
    let good = &small().1;
    let refused = |parts: Parts| assert_eq!(parts.verified().map(|_| ()), Err(Error::Verification));
    for i in 0..16 {
        let mut swapped = good.clone();
        swapped.signatures.swap(i, (i + 1) % 16);
        refused(swapped);
        let mut repeated = good.clone();
        repeated.signatures[i] = repeated.signatures[(i + 5) % 16];
        refused(repeated);
        let mut shifted = good.clone();
        shifted.signatures[i] = shifted.signatures[i] + G1::generator();
        refused(shifted);
    }
    refused(Parts { base: good.base + good.base, ..good.clone() });
    refused(Parts { base: -good.base, ..good.clone() });
    refused(Parts { key: good.key + G2::generator(), ..good.clone() });
    // The signatures of 1 … 16 in the place of 0 … 15: right ones, of other digits.
    refused(Parts { signatures: Parts::new(4, X + 1).signatures, ..good.clone() });
    assert!(good.verified().is_ok());
}

/// T25: errors that an unweighted sum does not see: [+e]σ₀, [−e]σ₁ and the like, for Σσᵢ and Σ[i]σᵢ.
#[test]
fn t25_errors_that_cancel_without_weights() {
    let good = &small().1;
    let mut parts = good.clone();
    let error = G1::generator();
    for (i, times) in [(0, 1), (1, -2), (2, 1)] {
        let step = error.mul(&SecretResidue::from_i64(times));
        parts.signatures[i] = parts.signatures[i] + step;
    }
    let sum = |parts: &Parts| parts.signatures.iter().copied().sum::<G1>();
    let numbered = |parts: &Parts| -> G1 {
        let points = (0..).zip(&parts.signatures);
        points.map(|(i, point)| point.mul_vartime(&Scalar::from_u64(i))).sum()
    };
    assert_eq!((sum(&parts), numbered(&parts)), (sum(good), numbered(good)));
    assert_eq!(parts.verified().map(|_| ()), Err(Error::Verification));
}

/// T25: −x among the digits leaves a σ without an inverse, which is the identity; nothing is the identity.
#[test]
fn t13_t25_identities_and_other_lengths_are_not_decoded() {
    let good = &small().1;
    let decoded = |parts: Parts| UncheckedRangeParameters::from_bytes(&parts.to_bytes());
    assert_eq!(decoded(Parts { base: G1::identity(), ..good.clone() }), Err(DecodeError::Identity));
    assert_eq!(decoded(Parts { key: G2::identity(), ..good.clone() }), Err(DecodeError::Identity));
    let mut parts = good.clone();
    parts.signatures[15] = G1::identity();
    assert_eq!(decoded(parts), Err(DecodeError::Identity));
    let bytes = good.to_bytes();
    for len in [0, 3, 4, 147, bytes.len() - 48, bytes.len() - 1] {
        assert_eq!(
            UncheckedRangeParameters::from_bytes(&bytes[..len]),
            Err(DecodeError::Length),
            "{len}"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(UncheckedRangeParameters::from_bytes(&longer), Err(DecodeError::Length));
    for (width, error) in [
        (0, DecodeError::NonCanonical),
        (3, DecodeError::Length),
        (5, DecodeError::Length),
        (16, DecodeError::Length),
        (17, DecodeError::NonCanonical),
    ] {
        let mut other = bytes.clone();
        other[3] = width;
        assert_eq!(UncheckedRangeParameters::from_bytes(&other), Err(error), "{width}");
    }
}

/// The powers of a τ that this test knows.
struct Ceremony {
    lagrange: Vec<G1>,
    twisted: Vec<G2>,
    powers: Vec<G1>,
}

const TAU: u64 = 0xfeed_f00d_dead_beef;

impl Ceremony {
    /// Of the full size; the Lagrange part is any 4096 points whose sum is P₁, which is all that is checked.
    fn new() -> Self {
        let tau = Scalar::from_u64(TAU);
        let next = |power: &Scalar| Some(*power * tau);
        let exponents: Vec<_> = std::iter::successors(Some(Scalar::ONE), next).take(4096).collect();
        let comb = FixedBaseG1::new(&G1::generator());
        let secret = |exponent: &Scalar| SecretResidue::from_bytes(&exponent.to_bytes()).unwrap();
        let powers: Vec<_> = exponents.iter().map(|exponent| comb.mul(&secret(exponent))).collect();
        let rest = powers[1..].iter().copied().sum::<G1>();
        let lagrange = [&powers[1..], &[G1::generator() - rest]].concat();
        let twist = |exponent: &Scalar| G2::mul_generator(&secret(exponent));
        Self { lagrange, twisted: exponents.iter().take(65).map(twist).collect(), powers }
    }

    fn text(&self) -> String {
        let mut text = String::from("4096\n65\n");
        let mut line = |bytes: &[u8]| writeln!(text, "{}", hex::encode(bytes)).unwrap();
        self.lagrange.iter().for_each(|point| line(&point.to_bytes()));
        self.twisted.iter().for_each(|point| line(&point.to_bytes()));
        self.powers.iter().for_each(|point| line(&point.to_bytes()));
        text
    }
}

/// A synthetic file in the format of Ethereum's, of which there is no copy here.
fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| Ceremony::new().text())
}

fn powers() -> &'static PowersOfTau {
    static POWERS: OnceLock<PowersOfTau> = OnceLock::new();
    POWERS.get_or_init(|| UncheckedPowersOfTau::from_text(text()).unwrap().verify().unwrap())
}

/// Γ = [Z(τ)]P₁ and σᵢ = [Z(τ)/(τ+i)]P₁ by the known τ.
#[test]
fn t25_parameters_of_a_ceremony_are_the_quotients_of_z() {
    let derived = powers().range_parameters(bits(6)).unwrap();
    let z = (0..64).map(|i| Scalar::from_u64(TAU + i)).fold(Scalar::ONE, |z, factor| z * factor);
    let base = G1::generator().mul_vartime(&z);
    let sign = |i| base.mul_vartime(&Scalar::from_u64(TAU + i).invert().unwrap());
    let key = G2::mul_generator(&SecretResidue::from_u64(TAU));
    let expected = Parts { bits: 6, base, key, signatures: (0..64).map(sign).collect() };
    assert_eq!(derived.to_bytes(), expected.to_bytes());
    let parameters = derived.verify().unwrap();
    assert_eq!(powers().confirm(&parameters), Ok(()));
    assert_eq!(powers().confirm(&small().0), Err(Error::Verification));
    // Degree 2¹² would need a power more than there are.
    let beyond = powers().range_parameters(bits(12));
    assert_eq!(beyond.map(|_| ()), Err(Error::Range));
}

/// C6: signatures that verify may be too many. With Γ = [Z(τ)(τ+16)]P₁ who knows no τ signs 16 as well.
#[test]
fn t25_a_base_with_one_signature_too_many_is_not_confirmed() {
    let z = (0..=16).map(|i| Scalar::from_u64(TAU + i)).fold(Scalar::ONE, |z, factor| z * factor);
    let base = G1::generator().mul_vartime(&z);
    let sign = |i| base.mul_vartime(&Scalar::from_u64(TAU + i).invert().unwrap());
    let key = G2::mul_generator(&SecretResidue::from_u64(TAU));
    let parts = Parts { bits: 4, base, key, signatures: (0..16).map(sign).collect() };
    let parameters = parts.verified().unwrap();
    let point = generator(b"H", 0).mul_vartime(&Scalar::from_u64(16))
        + generator(b"Q", 0).mul_vartime(&Scalar::ONE);
    let commitment = Commitment::from_bytes(&point.to_bytes()).unwrap();
    let statement = RangeStatement { interval: parameters.bits(4).unwrap(), commitment };
    let facts = Facts::new(&parts, &statement);
    let forger = Prover::new(vec![sign(16)], vec![Scalar::from_u64(16)], Scalar::ONE, 91);
    let forged = forger.proved(&facts, Omitted::Nothing, transcript());
    let forged = RangeProof::from_bytes(&forged.compact()).unwrap();
    assert_eq!(forged.verify(&statement, &mut transcript()), Ok(()));
    assert_eq!(powers().confirm(&parameters), Err(Error::Verification));
}

/// Every kind of line changed alone, and lines that are missing, added or of another length.
#[test]
fn t13_t25_texts_of_a_ceremony_that_are_none() {
    let lines: Vec<&str> = text().lines().collect();
    let read = |lines: &[&str]| UncheckedPowersOfTau::from_text(&lines.join("\n")).map(|_| ());
    // Short ones first: a text is read in order, and refused at the first fault.
    let with = |at: usize, line: &'static str| {
        let mut changed = lines.clone();
        changed[at] = line;
        read(&changed)
    };
    for line in ["4095", "+4096", "04096", "", " 4096"] {
        assert_eq!(with(0, line), Err(DecodeError::NonCanonical), "{line}");
    }
    assert_eq!(with(1, "64"), Err(DecodeError::NonCanonical));
    assert_eq!(with(2, "97f1"), Err(DecodeError::Length));
    let identity = ["c0", &"00".repeat(47)].concat().leak();
    assert_eq!(with(2, identity), Err(DecodeError::Identity));
    let signs = ["+1"; 48].concat().leak();
    assert_eq!(with(2, signs), Err(DecodeError::NonCanonical));
    let torsion = ["80", &"00".repeat(47)].concat().leak();
    assert_eq!(with(2, torsion), Err(DecodeError::NotInGroup));
    assert_eq!(read(&lines[..1]), Err(DecodeError::Length));
    assert_eq!(read(&lines[..2]), Err(DecodeError::Length));
    assert_eq!(read(&lines[..9]), Err(DecodeError::Length));
    assert_eq!(read(&[&lines[..], &["00"]].concat()), Err(DecodeError::Length));
}

/// The whole of Ethereum's format to u = 8, as a deployment would.
#[test]
#[ignore = "256 multi-exponentiations of 256 points"]
fn t25_parameters_of_bytes_from_a_ceremony() {
    let parameters = powers().range_parameters(bits(8)).unwrap().verify().unwrap();
    assert_eq!(powers().confirm(&parameters), Ok(()));
}
