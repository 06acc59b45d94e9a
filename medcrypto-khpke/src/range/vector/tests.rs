//! Every row of the statement is needed.

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::range::{DigitBits, insecure};
use crate::{AccountId, DecryptionKey, PossessionProof};
use medcrypto_core::bls::G1;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(9)
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::VECTOR_PER_DIGIT)
}

fn registered() -> RegisteredKey {
    let (secret, public) = DecryptionKey::generate(Slots::new(1).unwrap(), &mut rng()).unwrap();
    let account = AccountId([1; 32]);
    let proof =
        PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng()).unwrap();
    public.register(account, &proof, &mut transcript()).unwrap()
}

/// The ciphertext with a point added to X₁, X₂, X₃, T or E₁.
fn shifted(ciphertext: &Ciphertext, place: usize) -> Ciphertext {
    let mut bytes = ciphertext.to_bytes();
    let at = 4 + 48 * [0, 1, 2, 4, 3][place];
    let point = G1::from_bytes(bytes[at..at + 48].try_into().unwrap()).unwrap();
    bytes[at..at + 48].copy_from_slice(&(point + G1::generator()).to_bytes());
    Ciphertext::from_bytes(&bytes).unwrap()
}

/// T7: without a row its part of the ciphertext may be anything, and with it the same proof is none.
#[test]
fn t07_without_a_row_its_part_of_the_ciphertext_is_free() {
    let parameters = insecure::deal(DigitBits::new(4).unwrap(), &mut rng()).unwrap();
    let parameters = parameters.verify().unwrap();
    let (key, ad) = (registered(), AssociatedData::new(b"round").unwrap());
    let (honest, witness) = key.encrypt_for_proof(&ad, &[9], &mut rng()).unwrap();
    for row in 0..5 {
        let ciphertext = &shifted(&honest, row);
        let interval = parameters.bits(4).unwrap();
        let statement = VectorStatement { interval, key: &key, ad: &ad, ciphertext };
        let whole = statement.conjunction().unwrap();
        let mut careless = whole.clone();
        assert_eq!(careless.rows.len(), 5);
        careless.rows.remove(row);
        let hidden = || Hidden {
            digits: Zeroizing::new(alloc::vec![9]),
            others: [&witness.randomness.r1, &witness.randomness.r2]
                .map(|secret| secret.scaled(&Scalar::ONE))
                .into(),
        };
        let prove = |about: &Conjunction<'_>| about.prove(&hidden(), &mut transcript(), &mut rng());
        let forged = prove(&careless).unwrap().compact();
        assert_eq!(careless.verify(&forged, &mut transcript()), Ok(()), "row {row}");
        assert_eq!(prove(&whole).map(|_| ()), Err(Error::Verification));
        // The same moves, by who does not ask whether the rows hold.
        let forged = whole.moves(&hidden(), &mut transcript(), &mut rng()).unwrap().compact();
        assert_eq!(whole.verify(&forged, &mut transcript()), Err(Error::Verification));
    }
}
