//! Range proofs of the slots of a ciphertext.

use std::sync::OnceLock;

use medcrypto_core::Transcript;
use medcrypto_core::bls::{G1, Scalar};
use medcrypto_khpke::{
    AssociatedData, BatchableVectorRangeProof, Ciphertext, DecodeError, EncryptionWitness, Error,
    Interval, VectorClaim, VectorRangeProof, VectorStatement, verify_vector_ranges,
};

use super::setup::{rng, small, transcript};
use crate::fixture::{Reader, ad};

/// Who reads three slots.
fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::new(3, 100))
}

/// An upload: what was encrypted to [`reader`].
struct Upload {
    ad: AssociatedData,
    ciphertext: Ciphertext,
    witness: EncryptionWitness,
}

impl Upload {
    fn new(messages: &[i64; 3], seed: u64) -> Self {
        let ad = ad(&format!("round {seed}"));
        let (ciphertext, witness) =
            reader().key.encrypt_for_proof(&ad, messages, &mut rng(seed)).unwrap();
        Self { ad, ciphertext, witness }
    }

    fn statement<'a>(&'a self, interval: Interval<'a>) -> VectorStatement<'a> {
        VectorStatement { interval, key: &reader().key, ad: &self.ad, ciphertext: &self.ciphertext }
    }

    /// Both forms, if there are.
    fn proved(
        &self,
        interval: Interval<'_>,
    ) -> Result<(VectorRangeProof, BatchableVectorRangeProof), Error> {
        let statement = self.statement(interval);
        let (mut one, mut many) = (transcript(), transcript());
        let rng = || rng(110);
        Ok((
            VectorRangeProof::prove(&statement, &self.witness, &mut one, &mut rng())?,
            BatchableVectorRangeProof::prove(&statement, &self.witness, &mut many, &mut rng())?,
        ))
    }
}

fn verdicts(
    (compact, batchable): &(VectorRangeProof, BatchableVectorRangeProof),
    statement: &VectorStatement<'_>,
) -> [Result<(), Error>; 2] {
    let session = transcript;
    [compact.verify(statement, &mut session()), batchable.verify(statement, &mut session())]
}

#[test]
fn m10_every_slot_is_shown_in_both_forms() {
    let upload = Upload::new(&[0, 200, 255], 101);
    assert_eq!(reader().decrypt(&upload.ad, &upload.ciphertext), Ok(vec![0, 200, 255]));
    for (interval, sides) in [
        (small().0.bits(8).unwrap(), 1),
        (small().0.between(0, 300).unwrap(), 2),
        (small().0.between(-1, 255).unwrap(), 2),
    ] {
        let proofs = upload.proved(interval).unwrap();
        assert_eq!(verdicts(&proofs, &upload.statement(interval)), [Ok(()), Ok(())]);
        let digits = 3 * interval.digits();
        let (compact, batchable) = (proofs.0.to_bytes(), proofs.1.to_bytes());
        assert_eq!(compact.len(), 6 + 160 * digits + 80);
        assert_eq!(batchable.len(), 6 + 208 * digits + 48 * (4 + 3 * sides) + 64);
        assert_eq!(VectorRangeProof::from_bytes(&compact), Ok(proofs.0));
        assert_eq!(BatchableVectorRangeProof::from_bytes(&batchable), Ok(proofs.1));
    }
}

/// T16: one number out of the range, in any slot, and nothing is proved.
#[test]
fn t16_a_number_out_of_the_range_in_any_slot() {
    let interval = small().0.bits(8).unwrap();
    for slot in 0..3 {
        for out in [-1, 256, i64::MIN, i64::MAX] {
            let mut messages = [1, 2, 3];
            messages[slot] = out;
            let proved = Upload::new(&messages, 102).proved(interval);
            assert_eq!(proved.map(|_| ()), Err(Error::Range), "{out} in slot {slot}");
        }
    }
    let signed = small().0.between(i64::MIN, i64::MAX).unwrap();
    let upload = Upload::new(&[i64::MIN, -1, i64::MAX], 103);
    let proofs = upload.proved(signed).unwrap();
    assert_eq!(verdicts(&proofs, &upload.statement(signed)), [Ok(()), Ok(())]);
}

/// The ciphertext with `step` added to the point at `place`: X₁, X₂, X₃, E₁, E₂, E₃, T.
fn shifted(ciphertext: &Ciphertext, place: usize, step: G1) -> Ciphertext {
    let mut bytes = ciphertext.to_bytes();
    let point = &mut bytes[4 + 48 * place..][..48];
    let moved = G1::from_bytes(point[..].try_into().unwrap()).unwrap() + step;
    point.copy_from_slice(&moved.to_bytes());
    Ciphertext::from_bytes(&bytes).unwrap()
}

/// T7: a wrong T, X outside of the language and any other wrong part: no proof for it, and no other's.
#[test]
fn t02_t07_every_part_of_the_ciphertext_is_proved() {
    let interval = small().0.bits(8).unwrap();
    let mut upload = Upload::new(&[7, 8, 9], 104);
    let proofs = upload.proved(interval).unwrap();
    let honest = upload.ciphertext.clone();
    for place in 0..7 {
        for step in [G1::generator(), small().1.base, crate::fixture::generator(b"H", 0)] {
            upload.ciphertext = shifted(&honest, place, step);
            let refused = Err(Error::Verification);
            assert_eq!(verdicts(&proofs, &upload.statement(interval)), [refused; 2], "{place}");
            assert_eq!(upload.proved(interval).map(|_| ()), refused, "{place}");
        }
    }
    let mut tag = honest.to_bytes();
    *tag.last_mut().unwrap() ^= 1;
    upload.ciphertext = Ciphertext::from_bytes(&tag).unwrap();
    let refused = Err(Error::Verification);
    assert_eq!(verdicts(&proofs, &upload.statement(interval)), [refused; 2]);
}

/// T2: the rest of what the verifier knows, changed singly.
#[test]
fn t02_key_ad_interval_and_transcript_are_in_the_proof() {
    let interval = small().0.bits(8).unwrap();
    let upload = Upload::new(&[7, 8, 9], 105);
    let proofs = upload.proved(interval).unwrap();
    let statement = upload.statement(interval);
    let refused = [Err(Error::Verification); 2];
    let other = ad("another round");
    assert_eq!(verdicts(&proofs, &VectorStatement { ad: &other, ..statement }), refused);
    let wide = small().0.bits(12).unwrap();
    assert_eq!(verdicts(&proofs, &VectorStatement { interval: wide, ..statement }), refused);
    let near = small().0.between(1, 256).unwrap();
    assert_eq!(verdicts(&proofs, &VectorStatement { interval: near, ..statement }), refused);
    let stranger = Reader::new(3, 106);
    let foreign = VectorStatement { key: &stranger.key, ..statement };
    assert_eq!(verdicts(&proofs, &foreign), refused);
    let narrow = Reader::new(1, 107);
    let foreign = VectorStatement { key: &narrow.key, ..statement };
    assert_eq!(verdicts(&proofs, &foreign), refused);
    let proved =
        VectorRangeProof::prove(&foreign, &upload.witness, &mut transcript(), &mut rng(108));
    assert_eq!(proved, Err(Error::Count));
    let mut later = transcript();
    later.append_u64(b"later", 1);
    assert_eq!(proofs.0.verify(&statement, &mut later), Err(Error::Verification));
}

/// T13: layouts, lengths and every seventh byte; the layout of a proof is not the sender's to choose.
#[test]
fn t02_the_whole_key_is_in_the_proof_and_not_its_rows_alone() {
    let (upload, interval) = (Upload::new(&[1, 2, 3], 140), small().0.bits(8).unwrap());
    let statement = upload.statement(interval);
    let session = &mut transcript();
    let proof = VectorRangeProof::prove(&statement, &upload.witness, session, &mut rng(141));
    let proof = proof.unwrap();
    assert_eq!(proof.verify(&statement, &mut transcript()), Ok(()));
    let key = reader().with_tag_key_of(&Reader::new(3, 101));
    let other = VectorStatement { key: &key, ..statement };
    assert_eq!(proof.verify(&other, &mut transcript()), Err(Error::Verification));
}

#[test]
fn t13_layouts_and_bytes_changed_singly() {
    let interval = small().0.bits(4).unwrap();
    let upload = Upload::new(&[7, 8, 9], 109);
    let proofs = upload.proved(interval).unwrap();
    let statement = upload.statement(interval);
    let (compact, batchable) = (proofs.0.to_bytes(), proofs.1.to_bytes());
    assert_eq!(
        (&compact[..6], &batchable[..6]),
        (&[1, 1, 0x4a, 3, 1, 1][..], &[1, 1, 0x4b, 3, 1, 1][..])
    );
    for (at, values) in [(3, [0, 65, 255]), (4, [0, 65, 255]), (5, [0, 3, 255])] {
        for value in values {
            let mut changed = compact.clone();
            changed[at] = value;
            assert!(VectorRangeProof::from_bytes(&changed).is_err(), "{value} at {at}");
        }
    }
    // One slot of three digits has a compact form of the same length.
    let mut renamed = compact.clone();
    (renamed[3], renamed[4]) = (1, 3);
    let renamed = VectorRangeProof::from_bytes(&renamed).unwrap();
    assert_eq!(renamed.verify(&statement, &mut transcript()), Err(Error::Verification));
    let longer = [&compact[..], &[0]].concat();
    assert_eq!(VectorRangeProof::from_bytes(&longer), Err(DecodeError::Length));
    for index in (0..batchable.len()).step_by(7) {
        let mut changed = batchable.clone();
        changed[index] ^= 1;
        let verified = BatchableVectorRangeProof::from_bytes(&changed)
            .map_err(Error::Decode)
            .and_then(|proof| proof.verify(&statement, &mut transcript()));
        assert!(verified.is_err(), "byte {index}");
    }
}

/// Many uploads at once; the bad are named, one with a key of other slots among them.
#[test]
fn m10_t06_the_bad_uploads_are_named() {
    let interval = small().0.bits(8).unwrap();
    let uploads: Vec<_> = (0..4).map(|i| Upload::new(&[i, 2, 3], 111)).collect();
    let proofs: Vec<_> = uploads.iter().map(|upload| upload.proved(interval).unwrap().1).collect();
    let claim = |(upload, proof)| {
        let upload: &Upload = upload;
        VectorClaim { statement: upload.statement(interval), proof, transcript: transcript() }
    };
    let claims: Vec<_> = uploads.iter().zip(&proofs).map(claim).collect();
    assert_eq!(verify_vector_ranges(&small().0, &claims), Ok(()));
    let narrow = Reader::new(1, 112);
    let mut mixed = claims.clone();
    mixed[0].statement.key = &narrow.key;
    mixed[2].proof = &proofs[3];
    let rejected = verify_vector_ranges(&small().0, &mixed).unwrap_err();
    assert_eq!(rejected.places(), [0, 2]);
    // Two errors that cancel, in the responses of two uploads.
    let moved = |proof: &BatchableVectorRangeProof, step: Scalar| {
        let mut bytes = proof.to_bytes();
        let last = bytes.len() - 32;
        let response = Scalar::from_bytes(bytes[last..].try_into().unwrap()).unwrap();
        bytes[last..].copy_from_slice(&(response + step).to_bytes());
        BatchableVectorRangeProof::from_bytes(&bytes).unwrap()
    };
    let bad = [moved(&proofs[1], Scalar::ONE), moved(&proofs[3], -Scalar::ONE)];
    let mut mixed = claims;
    (mixed[1].proof, mixed[3].proof) = (&bad[0], &bad[1]);
    let rejected = verify_vector_ranges(&small().0, &mixed).unwrap_err();
    assert_eq!(rejected.places(), [1, 3]);
}

/// The transcript goes on after either form as the prover left it.
#[test]
fn m10_two_proofs_in_one_transcript() {
    let interval = small().0.bits(4).unwrap();
    let upload = Upload::new(&[7, 8, 9], 113);
    let statement = upload.statement(interval);
    let prove = |t: &mut Transcript, seed| {
        BatchableVectorRangeProof::prove(&statement, &upload.witness, t, &mut rng(seed)).unwrap()
    };
    let mut prover = transcript();
    let (one, two) = (prove(&mut prover, 114), prove(&mut prover, 115));
    let mut verifier = transcript();
    assert_eq!(one.verify(&statement, &mut verifier), Ok(()));
    assert_eq!(two.verify(&statement, &mut verifier), Ok(()));
    assert_eq!(format!("{:?}", upload.witness), "EncryptionWitness { .. }");
}
