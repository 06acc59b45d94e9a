//! Few powers of a τ that the test knows, each of them changed singly.

use medcrypto_core::bls::SecretResidue;

use super::*;

const TAU: u64 = 0xfeed_f00d;

/// Eight powers in 𝔾₁, four in 𝔾₂, and eight points whose sum is P₁.
fn powers() -> UncheckedPowersOfTau {
    let tau = Scalar::from_u64(TAU);
    let exponents: Vec<_> =
        core::iter::successors(Some(Scalar::ONE), |power| Some(*power * tau)).take(8).collect();
    let power = |exponent: &Scalar| G1::generator().mul_vartime(exponent);
    let twist = |exponent: &Scalar| G2::generator().mul_vartime(exponent).try_into().unwrap();
    let powers: Vec<_> = exponents.iter().map(power).collect();
    let rest = powers[1..].iter().copied().sum::<G1>();
    let lagrange = powers[1..].iter().copied().chain([G1::generator() - rest]);
    UncheckedPowersOfTau {
        lagrange: lagrange.map(|point| point.try_into().unwrap()).collect(),
        twisted: exponents.iter().take(4).map(twist).collect(),
        powers: powers.iter().map(|point| (*point).try_into().unwrap()).collect(),
    }
}

fn refused(change: impl FnOnce(&mut UncheckedPowersOfTau)) {
    let mut changed = powers();
    change(&mut changed);
    assert_eq!(changed.verify().map(|_| ()), Err(Error::Verification));
}

#[test]
fn t25_powers_that_are_of_no_tau_are_refused() {
    assert!(powers().verify().is_ok());
    let twice = |point: &mut NonIdentityG1| {
        *point = (point.point() + point.point()).try_into().unwrap();
    };
    let twice_twisted = |point: &mut NonIdentityG2| {
        *point = (point.point() + point.point()).try_into().unwrap();
    };
    for i in 0..8 {
        refused(|all| twice(&mut all.powers[i]));
        refused(|all| twice(&mut all.lagrange[i]));
    }
    for i in 0..4 {
        refused(|all| twice_twisted(&mut all.twisted[i]));
    }
    // Neighbours fit, and the first power is [2]P₁.
    refused(|all| all.powers.iter_mut().for_each(twice));
    refused(|all| all.twisted.iter_mut().for_each(twice_twisted));
    refused(|all| all.powers.reverse());
    refused(|all| all.powers.truncate(1));
    refused(|all| all.twisted.truncate(1));
}

/// Powers of τ in 𝔾₁ and of another τ in 𝔾₂, each right in itself.
#[test]
fn t25_two_ceremonies_do_not_mix() {
    let other = SecretResidue::from_u64(TAU + 1);
    let other = G2::mul_generator(&other);
    refused(|all| {
        let square = other.mul_vartime(&Scalar::from_u64(TAU + 1));
        all.twisted.truncate(3);
        all.twisted[1] = other.try_into().unwrap();
        all.twisted[2] = square.try_into().unwrap();
    });
}

/// Z of four digits is X⁴ + 6X³ + 11X² + 6X, and over X + 2 it is X³ + 4X² + 3X.
#[test]
fn t25_quotients_of_z_are_exact() {
    let numbers = |all: &[u64]| all.iter().copied().map(Scalar::from_u64).collect::<Vec<_>>();
    let z = product(DigitBits::new(2).unwrap());
    assert_eq!(z, numbers(&[0, 6, 11, 6, 1]));
    assert_eq!(quotient(&z, 2), numbers(&[0, 3, 4, 1]));
    assert_eq!(quotient(&z, 0), numbers(&[6, 11, 6, 1]));
}

#[test]
fn t13_hexadecimal_digits_and_nothing_else() {
    assert_eq!(bytes("00fFa9"), Ok([0, 255, 0xa9]));
    for text in ["+1", "-1", " 1", "0x", "g0", "é"] {
        assert_eq!(bytes::<1>(text), Err(DecodeError::NonCanonical), "{text}");
    }
    for text in ["", "0", "000"] {
        assert_eq!(bytes::<1>(text), Err(DecodeError::Length), "{text}");
    }
}
