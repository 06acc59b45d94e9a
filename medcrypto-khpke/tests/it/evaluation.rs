//! Evaluation and its proof.

use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AssociatedData, Ciphertext, Combination, DecodeError, Error, EvaluationProof,
    EvaluationStatement, EvaluationWitness, Term,
};

use crate::fixture::{Reader, ad, alice, rng, transcript};
use crate::raw::{self, Wire};

/// Encrypted inputs with their associated data.
struct Inputs(Vec<(i64, Ciphertext, AssociatedData)>);

impl Inputs {
    fn new(reader: &Reader, inputs: &[(i64, &[i64])]) -> Self {
        let encrypt = |(i, (weight, messages)): (usize, &(i64, &[i64]))| {
            let ad = ad(&format!("upload {i}"));
            let mut rng = rng(100 + u64::try_from(i).unwrap());
            (*weight, reader.key.encrypt(&ad, messages, &mut rng).unwrap(), ad)
        };
        Self(inputs.iter().enumerate().map(encrypt).collect())
    }

    fn terms(&self) -> Vec<Term<'_>> {
        let term = |(weight, ciphertext, ad)| Term { weight, ciphertext, ad };
        self.0.iter().map(|(weight, ciphertext, ad)| term((*weight, ciphertext, ad))).collect()
    }
}

fn evaluate(
    reader: &Reader,
    combination: &Combination<'_>,
    seed: u64,
) -> Result<(Ciphertext, EvaluationWitness), Error> {
    reader.secret.evaluation_key().evaluate(&reader.key, combination, |_| true, &mut rng(seed))
}

/// Weights and messages, constants, and what comes out.
type Case<'a> = (&'a [(i64, &'a [i64])], [i64; 2], [i64; 2]);

#[test]
fn m01_sums_differences_multiples_and_constants_are_evaluated() {
    let reader = Reader::new(2, 20);
    let out = ad("sum");
    let cases: [Case<'_>; 6] = [
        (&[(1, &[3, 4]), (1, &[30, 40])], [0, 0], [33, 44]),
        (&[(1, &[3, 4]), (-1, &[30, 40])], [0, 0], [-27, -36]),
        (&[(-7, &[3, -4])], [1, -1], [-20, 27]),
        (&[(1, &[5, 6])], [0, 0], [5, 6]),
        (&[(0, &[500, 600])], [9, 8], [9, 8]),
        (&[(i64::MIN, &[0, 0]), (i64::MAX, &[0, 0]), (1, &[1, 2])], [0, 0], [1, 2]),
    ];
    for (inputs, constants, expected) in cases {
        let inputs = Inputs::new(&reader, inputs);
        let terms = inputs.terms();
        let combination = Combination { terms: &terms, constants: &constants, ad: &out };
        let (result, _) = evaluate(&reader, &combination, 21).unwrap();
        assert_eq!(reader.decrypt(&out, &result), Ok(expected.to_vec()));
        assert_eq!(reader.decrypt(&ad("other"), &result), Err(Error::Decryption));
    }
}

#[test]
fn the_result_of_an_evaluation_is_an_input_of_the_next() {
    let reader = alice();
    let (round, total) = (ad("round"), ad("total"));
    let inputs = Inputs::new(reader, &[(2, &[10]), (3, &[20])]);
    let terms = inputs.terms();
    let first = Combination { terms: &terms, constants: &[0], ad: &round };
    let (sum, _) = evaluate(reader, &first, 22).unwrap();
    let terms = [Term { weight: 5, ciphertext: &sum, ad: &round }];
    let second = Combination { terms: &terms, constants: &[-1], ad: &total };
    let (result, _) = evaluate(reader, &second, 23).unwrap();
    assert_eq!(reader.decrypt(&total, &result), Ok(vec![399]));
}

#[test]
fn keys_counts_and_policies_are_checked() {
    let (reader, stranger, out) = (alice(), Reader::new(1, 24), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20])]);
    let terms = inputs.terms();
    let with = |terms, constants| Combination { terms, constants, ad: &out };
    let sound = with(&terms, &[0]);
    let other = stranger.secret.evaluation_key();
    let refused = |result: Result<(Ciphertext, EvaluationWitness), Error>| result.unwrap_err();
    assert_eq!(
        refused(other.evaluate(&reader.key, &sound, |_| true, &mut rng(25))),
        Error::Mismatch
    );
    let foreign = other.evaluate(&stranger.key, &sound, |_| true, &mut rng(25));
    assert_eq!(refused(foreign), Error::Decryption);
    assert_eq!(refused(evaluate(reader, &with(&[], &[0]), 25)), Error::Count);
    assert_eq!(refused(evaluate(reader, &with(&terms, &[]), 25)), Error::Count);
    assert_eq!(refused(evaluate(reader, &with(&terms, &[0, 0]), 25)), Error::Count);
    let wide = Reader::new(2, 26);
    let two = Inputs::new(&wide, &[(1, &[1, 2])]);
    let two = two.terms();
    assert_eq!(refused(evaluate(reader, &with(&two, &[0]), 25)), Error::Count);

    let own = reader.secret.evaluation_key();
    let mut seen = Vec::new();
    let policy = |asked: &Combination<'_>| {
        seen = asked.terms.iter().map(|term| term.ad.clone()).collect();
        asked.ad == &ad("another round")
    };
    assert_eq!(refused(own.evaluate(&reader.key, &sound, policy, &mut rng(25))), Error::Decryption);
    assert_eq!(seen, [ad("upload 0"), ad("upload 1")]);
}

/// T10: no weight and no number of inputs saves a tag from being checked.
#[test]
fn t10_every_tag_is_checked_whatever_its_weight() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20]), (1, &[30])]);
    for (bad, weight) in [(0, 0), (0, 1), (1, 0), (1, -1), (2, 0), (2, 7)] {
        let mut bytes = inputs.0[bad].1.to_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        let wrong = Ciphertext::from_bytes(&bytes).unwrap();
        let mut terms = inputs.terms();
        terms[bad] = Term { weight, ciphertext: &wrong, ad: &inputs.0[bad].2 };
        let all = Combination { terms: &terms, constants: &[0], ad: &out };
        assert_eq!(evaluate(reader, &all, 27).unwrap_err(), Error::Decryption);
        let alone = Combination { terms: &terms[bad..=bad], constants: &[0], ad: &out };
        assert_eq!(evaluate(reader, &alone, 27).unwrap_err(), Error::Decryption);
    }
    let mut terms = inputs.terms();
    terms[1].ad = &out;
    let moved = Combination { terms: &terms, constants: &[0], ad: &out };
    assert_eq!(evaluate(reader, &moved, 27).unwrap_err(), Error::Decryption);
}

/// T9: every point of a result is fresh, also of "the same ciphertext again".
#[test]
fn t09_no_result_shows_what_it_was_made_of() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20])]);
    let terms = inputs.terms();
    let points = |ciphertext: &Ciphertext| Wire::parse(&ciphertext.to_bytes()).unwrap().points();
    let plain = {
        let [a, b] = [0, 1].map(|i| Wire::parse(&inputs.0[i].1.to_bytes()).unwrap());
        a.plus(&b).points()
    };
    for terms in [&terms[..], &terms[..1]] {
        let combination = Combination { terms, constants: &[0], ad: &out };
        let results = [28, 29].map(|seed| points(&evaluate(reader, &combination, seed).unwrap().0));
        let first = points(&inputs.0[0].1);
        for i in 0..5 {
            assert_ne!(results[0][i], results[1][i]);
            assert_ne!(results[0][i], plain[i]);
            assert_ne!(results[0][i], first[i]);
        }
    }
}

/// M1, X2: the group law alone makes no ciphertext.
#[test]
fn m01_x02_without_the_key_nothing_is_evaluated() {
    let reader = alice();
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20])]);
    let [a, b] = [0, 1].map(|i| Wire::parse(&inputs.0[i].1.to_bytes()).unwrap());
    for tag in [a.tag, b.tag, [0; 16]] {
        let sum = Wire { tag, ..a.plus(&b) };
        let sum = Ciphertext::from_bytes(&sum.to_bytes()).unwrap();
        for text in ["upload 0", "upload 1", "sum"] {
            assert_eq!(reader.decrypt(&ad(text), &sum), Err(Error::Decryption));
        }
    }
}

fn prove(
    statement: &EvaluationStatement<'_>,
    witness: &EvaluationWitness,
) -> Result<EvaluationProof, Error> {
    EvaluationProof::prove(statement, witness, &mut transcript(), &mut rng(30))
}

fn refused(proof: &EvaluationProof, statement: EvaluationStatement<'_>) -> bool {
    proof.verify(statement, &mut transcript()).err() == Some(Error::Verification)
}

#[test]
fn an_evaluation_is_proved_and_every_change_of_the_statement_is_refused() {
    let reader = Reader::new(2, 31);
    let inputs = Inputs::new(&reader, &[(3, &[1, 2]), (-1, &[3, 4]), (1, &[5, 6])]);
    let (terms, out, other) = (inputs.terms(), ad("sum"), ad("other"));
    let combination = Combination { terms: &terms, constants: &[7, 8], ad: &out };
    let (result, witness) = evaluate(&reader, &combination, 32).unwrap();
    let statement = EvaluationStatement { key: &reader.key, combination, result: &result };
    let proof = prove(&statement, &witness).unwrap();
    let verified = proof.verify(statement, &mut transcript()).unwrap();
    assert_eq!(verified.statement().result, &result);
    let mut elsewhere = Transcript::new(dst::khpke::TRANSFER_PER_DIGIT);
    assert_eq!(proof.verify(statement, &mut elsewhere).unwrap_err(), Error::Verification);

    let refuses = |combination: Combination<'_>| {
        refused(&proof, EvaluationStatement { combination, ..statement })
    };
    let with = |change: &dyn Fn(&mut Vec<Term<'_>>)| {
        let mut terms = terms.clone();
        change(&mut terms);
        refuses(Combination { terms: &terms, ..combination })
    };
    assert!(with(&|terms| terms[0].weight = 4));
    assert!(with(&|terms| terms[1].weight = 1));
    assert!(with(&|terms| terms.swap(0, 1)));
    assert!(with(&|terms| terms.truncate(2)));
    assert!(with(&|terms| terms.clear()));
    assert!(refuses(Combination { constants: &[8, 8], ..combination }));
    assert!(refuses(Combination { constants: &[7, 9], ..combination }));
    assert!(refuses(Combination { constants: &[7], ..combination }));
    assert!(refuses(Combination { ad: &other, ..combination }));
    let mut foreign_terms = terms.clone();
    foreign_terms[2].ad = &other;
    assert!(refuses(Combination { terms: &foreign_terms, ..combination }));
    foreign_terms[2] = Term { ciphertext: terms[1].ciphertext, ..terms[2] };
    assert!(refuses(Combination { terms: &foreign_terms, ..combination }));
    let stranger = Reader::new(2, 33);
    assert!(refused(&proof, EvaluationStatement { key: &stranger.key, ..statement }));
    assert!(refused(&proof, EvaluationStatement { key: &alice().key, ..statement }));
    let (again, witness) = evaluate(&reader, &combination, 34).unwrap();
    assert!(refused(&proof, EvaluationStatement { result: &again, ..statement }));
    assert_eq!(prove(&statement, &witness), Err(Error::Mismatch));
}

/// Every point of the result and its tag, and every byte of the proof.
#[test]
fn every_byte_of_result_and_proof_counts() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(3, &[1]), (-1, &[3])]);
    let terms = inputs.terms();
    let combination = Combination { terms: &terms, constants: &[7], ad: &out };
    let (result, witness) = evaluate(reader, &combination, 35).unwrap();
    let statement = EvaluationStatement { key: &reader.key, combination, result: &result };
    let proof = prove(&statement, &witness).unwrap();
    for place in 0..6 {
        let mut wire = Wire::parse(&result.to_bytes()).unwrap();
        let mut points = wire.points();
        points.iter_mut().skip(place).take(1).for_each(|point| *point += raw::h());
        wire = Wire::of_points(points, if place == 5 { [1; 16] } else { wire.tag });
        let changed = Ciphertext::from_bytes(&wire.to_bytes()).unwrap();
        assert!(refused(&proof, EvaluationStatement { result: &changed, ..statement }));
    }
    let bytes = proof.to_bytes();
    assert_eq!(bytes.len(), EvaluationProof::LEN);
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        let changed = EvaluationProof::from_bytes(&changed);
        assert!(changed.map_or(true, |changed| refused(&changed, statement)), "byte {i}");
        assert!(EvaluationProof::from_bytes(&bytes[..i]).is_err());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(EvaluationProof::from_bytes(&longer), Err(DecodeError::Length));
    assert_eq!(EvaluationProof::from_bytes(&bytes), Ok(proof));
}

/// T5: neither c = 0 nor any c of the prover's choice.
#[test]
fn t05_an_evaluation_with_a_chosen_challenge_is_refused() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[1])]);
    let terms = inputs.terms();
    let combination = Combination { terms: &terms, constants: &[0], ad: &out };
    let result = &inputs.0[0].1;
    let statement = EvaluationStatement { key: &reader.key, combination, result };
    let mut bytes = [vec![1, 1, 0x45], vec![0; 80]].concat();
    assert_eq!(EvaluationProof::from_bytes(&bytes), Err(DecodeError::NonCanonical));
    bytes[18] = 1;
    assert!(refused(&EvaluationProof::from_bytes(&bytes).unwrap(), statement));
}

/// T24: a single input cannot be passed for the sum of three.
#[test]
fn t24_a_single_input_is_not_proved_to_be_an_aggregate() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20]), (1, &[30])]);
    let terms = inputs.terms();
    let victim = Combination { terms: &terms[..1], constants: &[0], ad: &out };
    let all = Combination { terms: &terms, ..victim };
    let (result, witness) = evaluate(reader, &victim, 36).unwrap();
    let claimed = EvaluationStatement { key: &reader.key, combination: all, result: &result };
    assert_eq!(prove(&claimed, &witness), Err(Error::Mismatch));
    let honest = EvaluationStatement { combination: victim, ..claimed };
    let proof = prove(&honest, &witness).unwrap();
    assert!(refused(&proof, claimed));
    let verified = proof.verify(honest, &mut transcript()).unwrap();
    assert_eq!(verified.statement().combination.terms.len(), 1);
}

/// C4: replicas store what another evaluated, with the tag it has to have, if its inputs had theirs.
#[test]
fn a_verified_evaluation_is_tagged_alike_by_every_replica() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (1, &[20])]);
    let terms = inputs.terms();
    let combination = Combination { terms: &terms, constants: &[0], ad: &out };
    let (result, witness) = evaluate(reader, &combination, 37).unwrap();
    let mut bytes = result.to_bytes();
    bytes[raw::LEN - 16..].fill(0);
    let untagged = Ciphertext::from_bytes(&bytes).unwrap();
    let statement = EvaluationStatement { key: &reader.key, combination, result: &untagged };
    let proof = prove(&statement, &witness).unwrap();
    let verified = proof.verify(statement, &mut transcript()).unwrap();
    let replica = reader.secret.evaluation_key();
    assert_eq!(replica.retag(&verified, |_| true), Ok(result));
    assert_eq!(replica.retag(&verified, |_| false), Err(Error::Decryption));
    let stranger = Reader::new(1, 38);
    let foreign = stranger.secret.evaluation_key().retag(&verified, |_| true);
    assert_eq!(foreign, Err(Error::Mismatch));
}

/// A proof is about points; that the inputs had their tags is for the holder of the key to see.
#[test]
fn t10_a_proved_evaluation_of_an_input_without_its_tag_is_not_tagged() {
    let (reader, out) = (alice(), ad("sum"));
    let inputs = Inputs::new(reader, &[(1, &[10]), (0, &[20])]);
    let terms = inputs.terms();
    let combination = Combination { terms: &terms, constants: &[0], ad: &out };
    let (result, witness) = evaluate(reader, &combination, 39).unwrap();
    let mut bytes = inputs.0[1].1.to_bytes();
    bytes[raw::LEN - 16..].fill(0);
    let untagged = Ciphertext::from_bytes(&bytes).unwrap();
    let terms = [terms[0], Term { ciphertext: &untagged, ..terms[1] }];
    let combination = Combination { terms: &terms, ..combination };
    let statement = EvaluationStatement { key: &reader.key, combination, result: &result };
    let proof = prove(&statement, &witness).unwrap();
    let verified = proof.verify(statement, &mut transcript()).unwrap();
    let replica = reader.secret.evaluation_key();
    assert_eq!(replica.retag(&verified, |_| true), Err(Error::Decryption));
}
