//! What a verifier from outside cannot see: the weights, and a conjunction of no digits.

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_core::{Transcript, dst};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use zeroize::Zeroizing;

use super::verify::absorbed;
use super::*;
use crate::generators::generators;
use crate::range::{DigitBits, insecure};
use crate::sigma::{Base, Form};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn parameters() -> RangeParameters {
    insecure::deal(DigitBits::new(2).unwrap(), &mut rng()).unwrap().verify().unwrap()
}

/// [τ]H + [w]Q.
fn about(parameters: &RangeParameters) -> (Conjunction<'_>, Hidden) {
    let (h, q) = (&generators().h, &generators().q);
    let image = h.mul_vartime(&Scalar::from_u64(3)) + q.mul_vartime(&Scalar::from_u64(5));
    let terms = alloc::vec![(Base::Fixed(h), Form::one(0)), (Base::Fixed(q), Form::one(1))];
    let rows = alloc::vec![Row { image, terms }];
    let others = alloc::vec![SecretResidue::from_u64(5)];
    let hidden = Hidden { digits: Zeroizing::new(alloc::vec![3]), others };
    (Conjunction { parameters, digits: 1, others: 1, rows }, hidden)
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::RANGE_PER_DIGIT)
}

/// The first weights of a batch of one.
fn weights(about: &Conjunction<'_>, body: &BatchableBody, transcript: Transcript) -> [Scalar; 3] {
    let claim = Claim { about: about.clone(), transcript, body };
    let (_, mut weights) = absorbed(about.parameters, &[claim]).unwrap();
    [weights.next(), weights.next(), weights.next()]
}

/// T6: the weights of a batch follow every response, point and statement, and are not each other.
#[test]
fn t06_weights_depend_on_everything_responses_included() {
    let parameters = parameters();
    let (about, hidden) = about(&parameters);
    let body = about.prove(&hidden, &mut transcript(), &mut rng()).unwrap().batchable();
    let first = weights(&about, &body, transcript());
    assert_eq!(first, weights(&about, &body, transcript()));
    assert!(first[0] != first[1] && first[1] != first[2] && first[0] != first[2]);
    let mut later = transcript();
    later.append_u64(b"later", 1);
    let mut seen = alloc::vec![first, weights(&about, &body, later)];
    let changes: [fn(&mut BatchableBody); 6] = [
        |body| body.responses.secrets[0] = body.responses.secrets[0] + Scalar::ONE,
        |body| body.responses.secrets[1] = body.responses.secrets[1] + Scalar::ONE,
        |body| body.responses.blinders[0] = body.responses.blinders[0] + Scalar::ONE,
        |body| body.commitments.v_bar[0] = body.commitments.v[0],
        |body| body.commitments.a[0] = body.commitments.v[0],
        |body| body.commitments.rows[0] = body.commitments.v[0],
    ];
    for change in changes {
        let mut changed = body.clone();
        change(&mut changed);
        let weights = weights(&about, &changed, transcript());
        assert!(!seen.contains(&weights));
        seen.push(weights);
    }
}

/// Another digit, another secret, or other numbers of them: nothing is proved.
#[test]
fn a_wrong_witness_proves_nothing() {
    let parameters = parameters();
    let (about, _) = about(&parameters);
    let prove = |digits: &[u16], others: &[u64]| {
        let others = others.iter().copied().map(SecretResidue::from_u64).collect();
        let hidden = Hidden { digits: Zeroizing::new(digits.to_vec()), others };
        about.prove(&hidden, &mut transcript(), &mut rng()).map(|_| ())
    };
    assert_eq!(prove(&[3], &[5]), Ok(()));
    assert_eq!(prove(&[2], &[5]), Err(Error::Verification));
    assert_eq!(prove(&[3], &[4]), Err(Error::Verification));
    assert_eq!(prove(&[], &[5]), Err(Error::Count));
    assert_eq!(prove(&[3, 3], &[5]), Err(Error::Count));
    assert_eq!(prove(&[3], &[]), Err(Error::Count));
}

/// A digit of 2^u and more has no signature, and the prover finds that out.
#[test]
fn t16_a_digit_too_large_has_no_signature() {
    let parameters = parameters();
    let h = &generators().h;
    for digit in [4, 5, u16::MAX] {
        let image = h.mul_vartime(&Scalar::from_u64(digit.into()));
        let terms = alloc::vec![(Base::Fixed(h), Form::one(0))];
        let rows = alloc::vec![Row { image, terms }];
        let about = Conjunction { parameters: &parameters, digits: 1, others: 0, rows };
        let hidden = Hidden { digits: Zeroizing::new(alloc::vec![digit]), others: Vec::new() };
        let proved = about.prove(&hidden, &mut transcript(), &mut rng()).map(|_| ());
        assert_eq!(proved, Err(Error::Decode(DecodeError::Identity)), "{digit}");
    }
}

/// A compact and a batchable body of one statement do not verify for one with a row, a digit or a secret more.
#[test]
fn bodies_of_other_shapes_are_refused() {
    let parameters = parameters();
    let (about, hidden) = about(&parameters);
    let prove = || about.prove(&hidden, &mut transcript(), &mut rng()).unwrap();
    let (compact, batchable) = (prove().compact(), prove().batchable());
    assert_eq!(about.verify(&compact, &mut transcript()), Ok(()));
    let mut more = alloc::vec![about.clone(), about.clone(), about.clone()];
    more[0].digits = 2;
    more[1].others = 2;
    more[2].rows.extend(about.rows.clone());
    for other in more {
        assert_eq!(other.verify(&compact, &mut transcript()), Err(Error::Verification));
        let claim = Claim { about: other, transcript: transcript(), body: &batchable };
        assert_eq!(verify_all(&parameters, &[claim]), Err(Error::Verification));
    }
}

/// A commitment of a row that is the identity, which no prover sends, is refused where it is recomputed.
#[test]
fn t01_a_recomputed_identity_is_refused() {
    let parameters = parameters();
    let (about, hidden) = about(&parameters);
    let mut compact = about.prove(&hidden, &mut transcript(), &mut rng()).unwrap().compact();
    let challenge = compact.challenge.scalar();
    compact.responses.secrets[0] = challenge * Scalar::from_u64(3);
    compact.responses.secrets[1] = challenge * Scalar::from_u64(5);
    let row = about.rows[0].recomputed(&challenge, &compact.responses.secrets).unwrap();
    assert_eq!(row, G1::identity());
    assert_eq!(about.verify(&compact, &mut transcript()), Err(Error::Verification));
}

/// A generator that everybody knows the output of.
struct Zeros;

impl RngCore for Zeros {
    fn next_u32(&mut self) -> u32 {
        0
    }

    fn next_u64(&mut self) -> u64 {
        0
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl CryptoRng for Zeros {}

/// T18: whoever knows the generator tries all digits, and would find the one that v was hedged by, were it
/// hedged by the digits alone.
#[test]
fn t18_blinders_are_hedged_by_more_than_the_digits() {
    let parameters = parameters();
    let (about, hidden) = about(&parameters);
    let guessed = |v: &NonIdentityG1, hedge: &dyn Fn(u64) -> Vec<SecretResidue>| {
        (0..4).find(|digit| {
            let blinders = sigma::nonces(&transcript(), &hedge(*digit), &mut Zeros);
            let signature = parameters.signature(u16::try_from(*digit).unwrap());
            signature.mul(&blinders[0]) == v.point()
        })
    };
    let alone = |digit| alloc::vec![SecretResidue::from_u64(digit)];
    let all = |digit| alloc::vec![SecretResidue::from_u64(digit), SecretResidue::from_u64(5)];
    let weak = sigma::nonces(&transcript(), &alone(3), &mut Zeros);
    let weak = parameters.signature(3).mul(&weak[0]).try_into().unwrap();
    assert_eq!(guessed(&weak, &alone), Some(3));

    let proved = about.prove(&hidden, &mut transcript(), &mut Zeros).unwrap();
    let v = &proved.commitments.v[0];
    assert_eq!(guessed(v, &alone), None);
    assert_eq!(guessed(v, &all), Some(3));
}
