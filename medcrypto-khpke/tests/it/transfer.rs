//! Transfers through the public interface. What each row is for stands in the crate, beside the rows.

use medcrypto_core::bls::G1;
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AmountPolicy, BatchableTransferProof, Ciphertext, Error, TransferClaim, TransferContext,
    TransferCore, TransferProof, TransferStatement, TransferWitness, verify_transfers,
};

use crate::fixture::{Reader, ad, rng};
use crate::range::setup::{Parts, X, default};

const BITS: u8 = 40;
const MOST: u64 = (1 << BITS) - 1;

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::TRANSFER_PER_DIGIT)
}

/// A payer with a balance, a payee, and what one transfer between them is about.
struct Case {
    payer: Reader,
    payee: Reader,
    balance: Ciphertext,
    context: TransferContext,
    core: TransferCore,
    amount: u64,
    holds: u64,
}

impl Case {
    fn new(amount: u64, holds: u64) -> Self {
        let (payer, payee) = (Reader::new(1, 21), Reader::new(1, 22));
        let number = i64::try_from(holds).unwrap();
        let balance = payer.key.encrypt(&ad("balance"), &[number], &mut rng(23)).unwrap();
        let context =
            TransferContext { ledger: [7; 32], epoch: 3, nonce: 4, policy: AmountPolicy::Any };
        let keys = [&payer.key, &payee.key];
        let (core, _) =
            TransferWitness::new(&payer.secret, keys, amount, holds, &mut rng(24)).unwrap();
        Self { payer, payee, balance, context, core, amount, holds }
    }

    fn statement(&self) -> TransferStatement<'_> {
        let keys = [&self.payer.key, &self.payee.key];
        let range = default().bits(BITS).unwrap();
        TransferStatement::new(range, self.context, keys, &self.balance, &self.core).unwrap()
    }

    /// The witness of the same core: of equal randomness.
    fn witness(&self) -> TransferWitness<'_> {
        let keys = [&self.payer.key, &self.payee.key];
        let (amount, holds) = (self.amount, self.holds);
        let made = TransferWitness::new(&self.payer.secret, keys, amount, holds, &mut rng(24));
        let (core, witness) = made.unwrap();
        assert_eq!(core, self.core);
        witness
    }

    fn compact(&self) -> Result<TransferProof, Error> {
        TransferProof::prove(&self.statement(), &self.witness(), &mut transcript(), &mut rng(25))
    }

    fn batchable(&self) -> BatchableTransferProof {
        let (statement, witness) = (self.statement(), self.witness());
        let session = &mut transcript();
        BatchableTransferProof::prove(&statement, &witness, session, &mut rng(25)).unwrap()
    }
}

#[test]
fn m05_t16_amounts_at_the_ends_of_the_range_pass_in_both_forms() {
    for (amount, holds) in [(0, 0), (0, MOST), (1, MOST), (MOST, MOST), (1 << 10, 1 << 20)] {
        let case = Case::new(amount, holds);
        let proof = case.compact().unwrap();
        let again = TransferProof::from_bytes(&proof.to_bytes()).unwrap();
        again.verify(&case.statement(), &mut transcript()).unwrap();
        let proof = case.batchable();
        let again = BatchableTransferProof::from_bytes(&proof.to_bytes()).unwrap();
        again.verify(&case.statement(), &mut transcript()).unwrap();
    }
}

#[test]
fn m05_sizes_are_those_of_the_module() {
    let case = Case::new(5, 7);
    assert_eq!(case.compact().unwrap().to_bytes().len(), 179 + 160 * 8);
    assert_eq!(case.batchable().to_bytes().len(), 643 + 208 * 8);
}

#[test]
fn m05_t16_nobody_spends_more_than_there_is_or_than_the_range_has() {
    let case = Case::new(5, 7);
    let keys = [&case.payer.key, &case.payee.key];
    let spend = |amount, holds| {
        TransferWitness::new(&case.payer.secret, keys, amount, holds, &mut rng(24)).map(|_| ())
    };
    assert_eq!(spend(8, 7), Err(Error::Range));
    let mut large = Case::new(MOST + 1, MOST + 2);
    assert_eq!(large.compact().err(), Some(Error::Range));
    // What is left does not fit either.
    large = Case::new(1, MOST + 2);
    assert_eq!(large.compact().err(), Some(Error::Range));
}

#[test]
fn m05_a_policy_of_positive_amounts_lets_no_zero_through() {
    let mut case = Case::new(0, 7);
    case.context.policy = AmountPolicy::Positive;
    assert_eq!(case.compact().err(), Some(Error::Range));
    let mut case = Case::new(1, 7);
    case.context.policy = AmountPolicy::Positive;
    let proof = case.compact().unwrap();
    proof.verify(&case.statement(), &mut transcript()).unwrap();
    // The policy is part of the statement.
    case.context.policy = AmountPolicy::Any;
    assert_eq!(proof.verify(&case.statement(), &mut transcript()).err(), Some(Error::Verification));
}

/// Line by line what the module documents; a line that is left out there changes the challenge.
#[test]
fn t02_the_challenge_is_that_of_the_documented_transcript() {
    let case = Case::new(5, 7);
    // Of one generator, so that the first move is the same.
    let (compact, batchable) = (case.compact().unwrap().to_bytes(), case.batchable().to_bytes());
    let [payer, payee] = [&case.payer.key, &case.payee.key];
    let accounts = [payer.account().0, payee.account().0].concat();
    let numbers = [3_u64.to_be_bytes(), 4_u64.to_be_bytes()].concat();
    let mut session = transcript();
    session.enter(dst::khpke::TRANSFER_PER_DIGIT);
    session.append_bytes(b"pp", default().digest());
    session.append_bytes(b"low", &0_i128.to_be_bytes());
    session.append_bytes(b"high", &i128::from(MOST).to_be_bytes());
    session.append_bytes(b"ctx", &[&[7; 32], &accounts[..], &numbers, &[1]].concat());
    session.append_bytes(b"pkA", &payer.key().to_bytes());
    session.append_bytes(b"pkB", &payee.key().to_bytes());
    session.append_bytes(b"bal", &case.balance.to_bytes());
    session.append_bytes(b"tx", &case.core.to_bytes());
    let (points, moves) = (8 * 48, &batchable[3..]);
    session.append_bytes(b"V", &moves[..points]);
    session.append_bytes(b"Vbar", &moves[points..2 * points]);
    session.append_bytes(b"a", &moves[2 * points..3 * points]);
    session.append_bytes(b"A", &moves[3 * points..3 * points + 480]);
    let challenge = &compact[3 + 2 * points..][..16];
    assert_eq!(session.challenge_bytes::<16>(b"c"), challenge);
}

/// T2 and X6, and X12: a proof is of no use for another ledger, epoch or number.
#[test]
fn t02_x06_x12_every_part_of_the_statement_changed_singly_is_refused() {
    let case = Case::new(5, 7);
    let (compact, batchable) = (case.compact().unwrap(), case.batchable());
    let refused = |change: &dyn Fn(&mut Case)| {
        let mut other = Case::new(5, 7);
        change(&mut other);
        let verdicts = [
            compact.verify(&other.statement(), &mut transcript()).err(),
            batchable.verify(&other.statement(), &mut transcript()).err(),
        ];
        assert_eq!(verdicts, [Some(Error::Verification); 2]);
    };
    refused(&|case| case.context.ledger[31] ^= 1);
    refused(&|case| case.context.epoch += 1);
    refused(&|case| case.context.nonce += 1);
    refused(&|case| case.context.policy = AmountPolicy::Positive);
    refused(&|case| case.payer = Reader::new(1, 26));
    refused(&|case| case.payee = Reader::new(1, 26));
    refused(&|case| std::mem::swap(&mut case.payer, &mut case.payee));
    // A and B are in no row.
    refused(&|case| case.payer.key = case.payer.with_tag_key_of(&Reader::new(1, 26)));
    refused(&|case| case.payee.key = case.payee.with_tag_key_of(&Reader::new(1, 26)));
    refused(&|case| case.core = Case::new(6, 7).core);
    let other = Transcript::new(dst::khpke::TRANSFER_AGGREGATED);
    assert_eq!(
        compact.verify(&case.statement(), &mut other.clone()).err(),
        Some(Error::Verification)
    );
}

fn refused(proof: &TransferProof, case: &Case) {
    let verdict = proof.verify(&case.statement(), &mut transcript()).err();
    assert_eq!(verdict, Some(Error::Verification));
}

#[test]
fn t02_t25_the_parameters_and_the_range_are_part_of_the_statement() {
    let case = Case::new(5, 7);
    let (compact, batchable) = (case.compact().unwrap(), case.batchable());
    let keys = [&case.payer.key, &case.payee.key];
    let others = Parts::new(10, X + 2).verified().unwrap();
    for range in [others.bits(BITS).unwrap(), default().bits(BITS - 10).unwrap()] {
        let statement =
            TransferStatement::new(range, case.context, keys, &case.balance, &case.core).unwrap();
        let verdicts = [
            compact.verify(&statement, &mut transcript()).err(),
            batchable.verify(&statement, &mut transcript()).err(),
        ];
        assert_eq!(verdicts, [Some(Error::Verification); 2]);
    }
}

/// T29: every byte of the stored balance counts, the tag and T included, and it comes from the verifier.
#[test]
fn t29_a_proof_is_about_the_stored_balance_byte_for_byte() {
    let case = Case::new(5, 7);
    let proof = case.compact().unwrap();
    let stored = case.balance.to_bytes();
    let last = stored.len() - 1;
    // The tag and T enter no equation.
    let mut retagged = Case::new(5, 7);
    let mut bytes = stored.clone();
    bytes[last] ^= 1;
    retagged.balance = Ciphertext::from_bytes(&bytes).unwrap();
    refused(&proof, &retagged);
    // X̃₁, X̃₂, X̃₃, Ẽ, T̃.
    for at in (4..4 + 5 * 48).step_by(48) {
        let mut bytes = stored.clone();
        let point = G1::from_bytes(bytes[at..at + 48].try_into().unwrap()).unwrap();
        bytes[at..at + 48].copy_from_slice(&(point + G1::generator()).to_bytes());
        let mut other = Case::new(5, 7);
        other.balance = Ciphertext::from_bytes(&bytes).unwrap();
        refused(&proof, &other);
    }
    // Another encryption of the same number is another balance.
    let mut renewed = Case::new(5, 7);
    renewed.balance = case.payer.key.encrypt(&ad("balance"), &[7], &mut rng(27)).unwrap();
    refused(&proof, &renewed);
    // And a payer who claims another number of it gets no proof.
    let mut richer = Case::new(5, 7);
    richer.holds = 8;
    assert_eq!(richer.compact().err(), Some(Error::Verification));
}

#[test]
fn t13_every_byte_of_a_transfer_proof_changed_singly_is_refused() {
    let case = Case::new(5, 7);
    let accepted = |bytes: &[u8]| {
        TransferProof::from_bytes(bytes)
            .is_ok_and(|proof| proof.verify(&case.statement(), &mut transcript()).is_ok())
    };
    changed(&case.compact().unwrap().to_bytes(), 1, &accepted);
    let accepted = |bytes: &[u8]| {
        BatchableTransferProof::from_bytes(bytes)
            .is_ok_and(|proof| proof.verify(&case.statement(), &mut transcript()).is_ok())
    };
    // Twice in every scalar and three times in every point.
    changed(&case.batchable().to_bytes(), 16, &accepted);
}

/// The encoding is accepted; with a bit changed in every so many bytes, shorter or longer, it is not.
fn changed(bytes: &[u8], step: usize, accepted: &dyn Fn(&[u8]) -> bool) {
    assert!(accepted(bytes));
    for place in (0..bytes.len()).step_by(step) {
        let mut other = bytes.to_vec();
        other[place] ^= 1;
        assert!(!accepted(&other), "byte {place}");
    }
    for other in [&bytes[1..], &bytes[..bytes.len() - 1], &[bytes, &[0]].concat()] {
        assert!(!accepted(other));
    }
}

#[test]
fn m09_t06_a_batch_names_the_transfers_that_are_false() {
    let cases =
        [(5, 7), (0, 0), (9, 9), (1, 2), (3, 3)].map(|(amount, holds)| Case::new(amount, holds));
    let proofs = cases.each_ref().map(Case::batchable);
    // Of every case the proof at this place.
    let verdict = |of: [usize; 5]| {
        let claims = cases.iter().zip(of).map(|(case, place)| TransferClaim {
            statement: case.statement(),
            proof: &proofs[place],
            transcript: transcript(),
        });
        verify_transfers(default(), &claims.collect::<Vec<_>>()).map(|verified| verified.len())
    };
    assert_eq!(verdict([0, 1, 2, 3, 4]), Ok(5));
    let rejected = verdict([0, 2, 1, 3, 0]).unwrap_err();
    assert_eq!(rejected.places(), [1, 2, 4]);
}

/// What is verified can be sealed and read by both, and by nobody under the other's key.
#[test]
fn m06_both_sides_read_the_amount_of_a_verified_transfer() {
    let case = Case::new(5, 7);
    let verified = case.compact().unwrap().verify(&case.statement(), &mut transcript()).unwrap();
    let (debited, credited) = (ad("debit"), ad("credit"));
    let payer = case.payer.secret.evaluation_key();
    let payee = case.payee.secret.evaluation_key();
    let debit = payer.seal(&debited, verified.debit()).unwrap();
    let credit = payee.seal(&credited, verified.credit()).unwrap();
    assert_eq!(case.payer.decrypt(&debited, &debit), Ok(vec![5]));
    assert_eq!(case.payee.decrypt(&credited, &credit), Ok(vec![5]));
    assert_eq!(payee.seal(&debited, verified.debit()).err(), Some(Error::Mismatch));
}

#[test]
fn t22_nobody_pays_oneself() {
    let case = Case::new(5, 7);
    let keys = [&case.payer.key, &case.payer.key];
    let range = default().bits(BITS).unwrap();
    let made = TransferStatement::new(range, case.context, keys, &case.balance, &case.core);
    assert_eq!(made.err(), Some(Error::Mismatch));
    // Nor is a range with two sides one of amounts.
    let keys = [&case.payer.key, &case.payee.key];
    let odd = default().between(0, 1000).unwrap();
    let made = TransferStatement::new(odd, case.context, keys, &case.balance, &case.core);
    assert_eq!(made.err(), Some(Error::Range));
}
