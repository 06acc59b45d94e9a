//! Registration: proofs of possession, and the rogue keys that they keep out.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    DecodeError, DecryptionKey, Error, PossessionProof, PublicKey, RegisteredKey, Slots,
};
use rand_core::RngCore;

use crate::fixture::{account, ad, alice, rng, transcript};
use crate::raw::{self, Keys};

fn pair(slots: usize, seed: u64) -> (DecryptionKey, PublicKey) {
    DecryptionKey::generate(Slots::new(slots).unwrap(), &mut rng(seed)).unwrap()
}

fn prove(secret: &DecryptionKey, public: &PublicKey, of: u64, seed: u64) -> PossessionProof {
    let mut rng = rng(seed);
    PossessionProof::prove(public, &account(of), secret, &mut transcript(), &mut rng).unwrap()
}

fn register(public: &PublicKey, of: u64, proof: &PossessionProof) -> Result<RegisteredKey, Error> {
    public.clone().register(account(of), proof, &mut transcript())
}

#[test]
fn a_key_is_registered_for_the_account_that_its_proof_names() {
    for slots in [1, 3, 64] {
        let (secret, public) = pair(slots, 1);
        let proof = prove(&secret, &public, 7, 2);
        let key = register(&public, 7, &proof).unwrap();
        assert_eq!((key.id(), key.account()), (public.id(), account(7)));
        assert_eq!(register(&public, 8, &proof).unwrap_err(), Error::Verification);
        let bytes = proof.to_bytes();
        assert_eq!(bytes.len(), PossessionProof::len(Slots::new(slots).unwrap()));
        assert_eq!(PossessionProof::from_bytes(&bytes), Ok(proof));
    }
}

#[test]
fn a_proof_is_of_its_transcript_and_of_its_key() {
    let (secret, public) = pair(1, 3);
    let proof = prove(&secret, &public, 1, 4);
    let mut other = Transcript::new(dst::khpke::TRANSFER_PER_DIGIT);
    let refused = public.clone().register(account(1), &proof, &mut other);
    assert_eq!(refused.unwrap_err(), Error::Verification);
    let (stranger, strange) = pair(1, 5);
    assert_eq!(register(&strange, 1, &proof).unwrap_err(), Error::Verification);
    let mismatched =
        PossessionProof::prove(&public, &account(1), &stranger, &mut transcript(), &mut rng(6));
    assert_eq!(mismatched, Err(Error::Mismatch));
    let (_, longer) = pair(2, 3);
    assert_eq!(register(&longer, 1, &proof).unwrap_err(), Error::Verification);
}

/// Every point of the key and every byte of the proof.
#[test]
fn every_part_changed_singly_is_refused() {
    let (secret, public) = pair(1, 7);
    let proof = prove(&secret, &public, 1, 8);
    let bytes = public.to_bytes();
    for place in 0..8 {
        let mut changed = bytes.clone();
        let point = (0..).map(|m| raw::times(&raw::h(), m + 2).to_compressed());
        changed[4 + 48 * place..][..48].copy_from_slice(&{ point }.next().unwrap());
        let changed = PublicKey::from_bytes(&changed).unwrap();
        assert_eq!(register(&changed, 1, &proof).unwrap_err(), Error::Verification);
    }
    let bytes = proof.to_bytes();
    for i in (0..bytes.len()).filter(|i| *i < 20 || i % 4 == 0) {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        let refused = match PossessionProof::from_bytes(&changed) {
            Ok(changed) => register(&public, 1, &changed).unwrap_err() == Error::Verification,
            Err(_) => true,
        };
        assert!(refused, "byte {i}");
    }
}

/// T5: c comes from the transcript; what a proof says is compared, and 0 is no challenge.
#[test]
fn t05_a_challenge_of_the_provers_choice_is_refused() {
    let (_, public) = pair(1, 9);
    let mut bytes = vec![1, 1, 0x44, 1];
    bytes.extend([0; 16 + 32 * 12]);
    assert_eq!(PossessionProof::from_bytes(&bytes), Err(DecodeError::NonCanonical));
    bytes[19] = 1;
    let chosen = PossessionProof::from_bytes(&bytes).unwrap();
    assert_eq!(register(&public, 1, &chosen).unwrap_err(), Error::Verification);
}

#[test]
fn t13_a_proof_has_one_spelling() {
    let (secret, public) = pair(1, 10);
    let bytes = prove(&secret, &public, 1, 11).to_bytes();
    for len in 0..bytes.len() {
        assert!(PossessionProof::from_bytes(&bytes[..len]).is_err());
    }
    assert_eq!(PossessionProof::from_bytes(&[&bytes[..], &[0]].concat()), Err(DecodeError::Length));
    let mut over = bytes.clone();
    over[20..52].fill(0xff);
    assert_eq!(PossessionProof::from_bytes(&over), Err(DecodeError::NonCanonical));
    let mut slots = bytes;
    slots[3] = 0;
    assert_eq!(PossessionProof::from_bytes(&slots), Err(DecodeError::NonCanonical));
}

fn scalars(bytes: &[u8]) -> Vec<Scalar> {
    let scalar = |bytes: &[u8]| Scalar::from_bytes_be(bytes.try_into().unwrap()).unwrap();
    bytes.chunks_exact(32).map(scalar).collect()
}

fn challenge(bytes: &[u8]) -> Scalar {
    let mut wide = [0; 32];
    wide[16..].copy_from_slice(&bytes[4..20]);
    Scalar::from_bytes_be(&wide).unwrap()
}

/// (z − z′)/(c − c′).
fn extract(c: [Scalar; 2], z: [Scalar; 2]) -> Scalar {
    (z[0] - z[1]) * (c[0] - c[1]).invert().unwrap()
}

/// T18: a generator that is stuck gives the key away to whoever sees two proofs, unless nonces depend on
/// the transcript and on the witness.
#[test]
fn t18_a_stuck_generator_gives_no_key_away() {
    let (secret, public) = pair(1, 12);
    let proofs = [1, 2].map(|of| prove(&secret, &public, of, 13).to_bytes());
    let c = [challenge(&proofs[0]), challenge(&proofs[1])];
    let z = [scalars(&proofs[0][20..]), scalars(&proofs[1][20..])];
    let secret = secret.to_secret_bytes();
    let keys = scalars(&secret[36..]);
    let stuck = Scalar::from(77);
    for (first, second) in z[0].iter().zip(&z[1]) {
        assert!(!keys.contains(&extract(c, [*first, *second])));
    }
    for key in &keys {
        assert_eq!(extract(c, c.map(|c| stuck + c * key)), *key);
    }
    let (secret, public) = pair(1, 12);
    let again = [prove(&secret, &public, 1, 13), prove(&secret, &public, 1, 13)];
    assert_eq!(again[0], again[1]);
    assert_ne!(again[0], prove(&secret, &public, 1, 14));
}

/// T23, X9: with one X for two keys, S^B = 2·S^A makes [2]E_A − E_B = [t]H, for whoever has no key at all.
#[test]
fn t23_x09_a_rogue_key_reads_amounts_and_is_not_registered() {
    let mut rng = rng(15);
    let mut exponent = || {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        raw::wide(&bytes)
    };
    let (secret, victim) = pair(1, 16);
    let proof = prove(&secret, &victim, 1, 17);
    let bytes = victim.to_bytes();
    let point = |i: usize| {
        let bytes: [u8; 48] = bytes[4 + 48 * i..][..48].try_into().unwrap();
        G1Projective::from(blstrs::G1Affine::from_compressed(&bytes).unwrap())
    };
    let own = Keys::new(
        [(); 3].map(|()| exponent()),
        [(); 3].map(|()| exponent()),
        [(); 3].map(|()| exponent()),
        [(); 3].map(|()| exponent()),
    );
    let mut rogue = own.projections;
    rogue[0] = [point(0) + point(0), point(1) + point(1)];

    let r = [exponent(), exponent()];
    let amount = raw::times(&raw::h(), 42);
    let victims =
        [[point(0), point(1)], [point(2), point(3)], own.projections[2], own.projections[3]];
    let e_a = raw::fresh(&victims, r).e + amount;
    let e_b = raw::fresh(&rogue, r).e + amount;
    assert_eq!(raw::log(&(e_a + e_a - e_b)), Some(42));

    let mut bytes = own.public_bytes();
    bytes[4..52].copy_from_slice(&rogue[0][0].to_compressed());
    bytes[52..100].copy_from_slice(&rogue[0][1].to_compressed());
    let rogue = PublicKey::from_bytes(&bytes).unwrap();
    assert_eq!(register(&rogue, 2, &proof).unwrap_err(), Error::Verification);
    assert_eq!(register(&victim, 2, &proof).unwrap_err(), Error::Verification);
    let mut doubled = proof.to_bytes();
    for i in 0..3 {
        let at = 20 + 32 * i;
        let z = scalars(&doubled[at..at + 32])[0];
        doubled[at..at + 32].copy_from_slice(&(z + z).to_bytes_be());
    }
    let doubled = PossessionProof::from_bytes(&doubled).unwrap();
    assert_eq!(register(&rogue, 2, &doubled).unwrap_err(), Error::Verification);
}

/// What a registered key is for.
#[test]
fn a_registered_key_encrypts() {
    let ciphertext = alice().key.encrypt(&ad("a"), &[3], &mut rng(18)).unwrap();
    assert_eq!(alice().decrypt(&ad("a"), &ciphertext), Ok(vec![3]));
}
