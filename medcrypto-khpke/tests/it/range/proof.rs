//! The two forms of a range proof, their bytes, and what they are bound to.

use medcrypto_core::bls::{G1, Scalar};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    BatchableRangeProof, Commitment, DecodeError, Error, Opening, RangeProof, RangeStatement,
};

use super::reference::{Facts, Omitted, Parsed, challenge};
use super::setup::{Parts, X, committed, default, rng, small, transcript};

const VALUE: u64 = 123_456_789_012;

fn pinned() -> (RangeProof, BatchableRangeProof, RangeStatement<'static>, Opening) {
    let (opening, statement) = committed(default().bits(40).unwrap(), VALUE, 41);
    let session = transcript;
    let compact = RangeProof::prove(&statement, &opening, &mut session(), &mut rng(42)).unwrap();
    let batchable =
        BatchableRangeProof::prove(&statement, &opening, &mut session(), &mut rng(42)).unwrap();
    (compact, batchable, statement, opening)
}

/// Proofs of this version verify as long as this version does.
#[test]
fn m10_pinned_proofs_verify_and_are_made_again() {
    let lines = include_str!("../../data/range.hex").lines();
    let lines: Vec<Vec<u8>> = lines.map(|line| hex::decode(line).unwrap()).collect();
    let [digest, commitment, compact, batchable] = &lines[..] else { panic!("four lines") };
    let interval = default().bits(40).unwrap();
    assert_eq!(interval.parameters().digest()[..], digest[..]);
    let commitment = Commitment::from_bytes(commitment[..].try_into().unwrap()).unwrap();
    let statement = RangeStatement { interval, commitment };
    let proof = RangeProof::from_bytes(compact).unwrap();
    assert_eq!(proof.verify(&statement, &mut transcript()), Ok(()));
    let many = BatchableRangeProof::from_bytes(batchable).unwrap();
    assert_eq!(many.verify(&statement, &mut transcript()), Ok(()));
    let (again, many_again, same, _) = pinned();
    assert_eq!((again.to_bytes(), many_again.to_bytes()), (compact.clone(), batchable.clone()));
    assert_eq!(same.commitment, commitment);
}

/// 688 and 912 bytes without the header, as designed.
#[test]
fn m10_sizes_of_the_default() {
    let (compact, batchable, ..) = pinned();
    assert_eq!(compact.to_bytes().len(), 3 + 160 * 4 + 48);
    assert_eq!(batchable.to_bytes().len(), 3 + 208 * 4 + 80);
}

/// The transcript, line by line, from the documentation: a challenge of the reference is the proof's.
#[test]
fn t02_the_challenge_is_that_of_the_documented_transcript() {
    let (compact, batchable, statement, _) = pinned();
    let facts = Facts::new(&Parts::new(10, X), &statement);
    let mut parsed = Parsed::of_batchable(&batchable.to_bytes(), 4);
    parsed.c = challenge(&facts, &parsed, Omitted::Nothing, &mut transcript());
    assert_eq!(parsed.compact(), compact.to_bytes());
    assert!(parsed.accepted(&facts, Omitted::Nothing, transcript()));
}

/// T2: whatever the verifier knows, changed alone, is refused.
#[test]
fn t02_every_part_of_the_statement_changed_singly() {
    let (opening, statement) = committed(small().0.bits(8).unwrap(), 200, 43);
    let prove = |t: &mut Transcript| RangeProof::prove(&statement, &opening, t, &mut rng(44));
    let proof = prove(&mut transcript()).unwrap();
    let many = BatchableRangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(44));
    let many = many.unwrap();
    let refused = |statement: &RangeStatement<'_>, t: &Transcript| {
        assert_eq!(proof.verify(statement, &mut t.clone()), Err(Error::Verification));
        assert_eq!(many.verify(statement, &mut t.clone()), Err(Error::Verification));
    };
    let other_key = Parts::new(4, X + 1).verified().unwrap();
    refused(&RangeStatement { interval: other_key.bits(8).unwrap(), ..statement }, &transcript());
    let (_, other) = committed(statement.interval, 200, 45);
    refused(&RangeStatement { commitment: other.commitment, ..statement }, &transcript());
    refused(&statement, &Transcript::new(dst::khpke::RANGE_AGGREGATED));
    let mut later = transcript();
    later.append_bytes(b"ctx", b"another session");
    refused(&statement, &later);
    assert_eq!(proof.verify(&statement, &mut transcript()), Ok(()));
}

/// Γ, one σ or gvk: a verified set of parameters with the same x and another Γ is another statement.
#[test]
fn t02_t25_parameters_are_part_of_the_statement() {
    let (opening, statement) = committed(small().0.bits(8).unwrap(), 200, 46);
    let proof = RangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(47)).unwrap();
    let mut parts = small().1.clone();
    let twice = |point: &G1| *point + *point;
    parts.base = parts.base + parts.base;
    parts.signatures = parts.signatures.iter().map(twice).collect();
    let parameters = parts.verified().unwrap();
    assert_ne!(parameters.digest(), small().0.digest());
    let other = RangeStatement { interval: parameters.bits(8).unwrap(), ..statement };
    assert_eq!(proof.verify(&other, &mut transcript()), Err(Error::Verification));
}

/// T13: every bit of a proof matters, and nothing but the one encoding is read.
#[test]
fn t13_every_byte_changed_singly_is_refused() {
    let (opening, statement) = committed(small().0.bits(4).unwrap(), 11, 48);
    let session = transcript;
    let compact = RangeProof::prove(&statement, &opening, &mut session(), &mut rng(49)).unwrap();
    let compact = compact.to_bytes();
    for (index, bit) in (0..compact.len()).map(|index| (index, 1 << (index % 8))) {
        let mut changed = compact.clone();
        changed[index] ^= bit;
        let verified = RangeProof::from_bytes(&changed)
            .map_err(Error::Decode)
            .and_then(|proof| proof.verify(&statement, &mut session()));
        assert!(verified.is_err(), "byte {index}");
    }
    let many = BatchableRangeProof::prove(&statement, &opening, &mut session(), &mut rng(49));
    let many = many.unwrap().to_bytes();
    for (index, bit) in (0..many.len()).map(|index| (index, 1 << (index % 8))) {
        let mut changed = many.clone();
        changed[index] ^= bit;
        let verified = BatchableRangeProof::from_bytes(&changed)
            .map_err(Error::Decode)
            .and_then(|proof| proof.verify(&statement, &mut session()));
        assert!(verified.is_err(), "byte {index}");
    }
}

/// T13: points off the curve, uncompressed, with wrong flags; scalars ≥ r; other lengths.
#[test]
fn t13_other_spellings_are_not_decoded() {
    let (compact, batchable, ..) = pinned();
    let (compact, batchable) = (compact.to_bytes(), batchable.to_bytes());
    let longer = [&compact[..], &[0]].concat();
    for len in [0, 2, 3, 50, 51, compact.len() - 1, compact.len() - 160] {
        let decoded = RangeProof::from_bytes(&compact[..len]);
        assert!(decoded.is_err(), "{len}");
    }
    assert_eq!(RangeProof::from_bytes(&longer), Err(DecodeError::Length));
    assert_eq!(RangeProof::from_bytes(&batchable), Err(DecodeError::Header));
    assert_eq!(BatchableRangeProof::from_bytes(&compact), Err(DecodeError::Header));
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = compact.clone();
        changed[at..][..bytes.len()].copy_from_slice(bytes);
        RangeProof::from_bytes(&changed)
    };
    // r − 1 ends in 00, so its last byte plus one makes r.
    let (last, mut order) = (compact.len() - 32, (-Scalar::ONE).to_bytes());
    assert!(with(last, &order).is_ok());
    order[31] += 1;
    assert_eq!(with(last, &order), Err(DecodeError::NonCanonical));
    assert_eq!(with(last, &[0xff; 32]), Err(DecodeError::NonCanonical));
    assert_eq!(with(3, &[compact[3] & 0x7f]), Err(DecodeError::NonCanonical));
    assert_eq!(with(3, &[0xff; 48]), Err(DecodeError::NonCanonical));
}

/// A caller may go on with the transcript: prover and verifier are in the same state after a proof.
#[test]
fn m10_proofs_one_after_the_other_in_one_transcript() {
    let interval = small().0.between(1, 100).unwrap();
    let (first, one) = committed(interval, 50, 51);
    let (second, two) = committed(interval, 60, 52);
    let mut prover = transcript();
    let a = RangeProof::prove(&one, &first, &mut prover, &mut rng(53)).unwrap();
    let b = BatchableRangeProof::prove(&two, &second, &mut prover, &mut rng(54)).unwrap();
    let c = RangeProof::prove(&one, &first, &mut prover, &mut rng(55)).unwrap();
    let mut verifier = transcript();
    assert_eq!(a.verify(&one, &mut verifier), Ok(()));
    assert_eq!(b.verify(&two, &mut verifier), Ok(()));
    assert_eq!(c.verify(&one, &mut verifier), Ok(()));
    assert_eq!(c.verify(&one, &mut transcript()), Err(Error::Verification));
}

/// A witness of another statement is refused before anything is proved.
#[test]
fn m10_no_proof_without_a_witness() {
    let (_, statement) = committed(small().0.bits(8).unwrap(), 5, 56);
    let (other, _) = committed(small().0.bits(8).unwrap(), 5, 57);
    let proof = RangeProof::prove(&statement, &other, &mut transcript(), &mut rng(58));
    assert_eq!(proof, Err(Error::Verification));
}

/// T15: H and Q are hashed from their labels and from nothing else.
#[test]
fn t15_commitments_stand_on_hashed_generators() {
    use crate::fixture::generator;
    let opening = Opening::new(0_u64, &mut rng(59)).unwrap();
    let more = Opening::new(7_u64, &mut rng(59)).unwrap();
    let point =
        |opening: &Opening| G1::from_bytes(&opening.commitment().unwrap().to_bytes()).unwrap();
    let seven = generator(b"H", 0).mul_vartime(&Scalar::from_u64(7));
    assert_eq!(point(&more) - point(&opening), seven);
    let below = Opening::new(-7_i64, &mut rng(59)).unwrap();
    assert_eq!(point(&opening) - point(&below), seven);
    let top = Opening::new(u64::MAX, &mut rng(59)).unwrap();
    let expected = generator(b"H", 0).mul_vartime(&Scalar::from_u64(u64::MAX));
    assert_eq!(point(&top) - point(&opening), expected);
    let bottom = Opening::new(i64::MIN, &mut rng(59)).unwrap();
    let expected = generator(b"H", 0).mul_vartime(&Scalar::from_u64(1 << 63));
    assert_eq!(point(&opening) - point(&bottom), expected);
    assert_eq!(format!("{top:?}"), "Opening { .. }");
}

/// T28: nothing of 𝔾_T is in a proof, so nothing of it is encoded, sent or hashed in this crate.
#[test]
fn t28_no_element_of_gt_is_written() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/range")).unwrap();
    let below = |name: &str| {
        std::fs::read_dir(format!("{}/src/range/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    };
    let files = files.chain(below("conjunction")).chain(below("parameters"));
    let paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    let sources: Vec<_> = paths.iter().filter(|path| path.is_file()).collect();
    assert!(sources.len() >= 8);
    for path in sources {
        let source = std::fs::read_to_string(path).unwrap();
        for word in ["Gt", "append_gt"] {
            assert!(!source.contains(word), "{word} in {}", path.display());
        }
    }
}

/// The pinned file, when a new version needs one: `cargo test … writes_the_pinned_proofs -- --ignored`.
#[test]
#[ignore = "writes tests/data/range.hex"]
fn writes_the_pinned_proofs() {
    let (compact, batchable, statement, _) = pinned();
    let digest = hex::encode(statement.interval.parameters().digest());
    let commitment = hex::encode(statement.commitment.to_bytes());
    let [compact, batchable] = [compact.to_bytes(), batchable.to_bytes()].map(hex::encode);
    let lines = format!("{digest}\n{commitment}\n{compact}\n{batchable}\n");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/range.hex"), lines).unwrap();
}
