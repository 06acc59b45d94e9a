//! Federated averaging end to end, and what an evaluator tries at the door (traps T21, T24; correction C2).
//!
//! Each attack first wins against a decryptor that asks for a proof of evaluation over three distinct inputs
//! and for nothing else.

use std::collections::HashSet;

use medcrypto_khpke::aggregate::{
    AcceptedPlan, AggregateDecryptor, Bounds, Member, Plan, Quantisation, Shape, Sums, Upload,
    Uploads,
};
use medcrypto_khpke::dlog::Table;
use medcrypto_khpke::{
    AccountId, AssociatedData, Ciphertext, Combination, DecryptionKey, Error, EvaluationProof,
    EvaluationStatement, Term, VerifiedEvaluation,
};

use crate::fixture::{Reader, account, ad, rng, transcript};

const WEIGHTS: [u32; 4] = [2, 1, 3, 2];
const UPDATES: [[f64; 6]; 4] = [
    [0.5, -0.25, 1.0, 1.75, -2.0, 0.0],
    [1.5, 0.25, -1.0, -1.75, 2.0, 0.125],
    [-0.5, 0.75, 0.0, 0.5, 0.25, 9.0],
    [0.0, -1.25, 0.375, 0.0, -9.0, 0.25],
];

struct Federation {
    reader: Reader,
    plan: AcceptedPlan,
    uploads: Uploads,
    /// By member, then by chunk.
    ciphertexts: Vec<Vec<Ciphertext>>,
    table: Table,
}

fn plan(reader: &Reader, round: u64, weights: &[u32], fields_per_slot: u8) -> Plan {
    let member = |(id, weight): (u64, &u32)| Member { account: account(id), weight: *weight };
    let roster = (1..).zip(weights).map(member).collect();
    let quantisation = Quantisation::new(8, 5).unwrap();
    let shape = Shape { values: 6, fields_per_slot, quantisation };
    let bounds = Bounds { minimum_roster: 3, weight_ratio: 4 };
    Plan::new(round, (reader.key.id(), reader.key.slots()), roster, shape, bounds).unwrap()
}

impl Federation {
    fn new(round: u64, fields_per_slot: u8) -> Self {
        let reader = Reader::new(2, 40);
        let plan = plan(&reader, round, &WEIGHTS, fields_per_slot);
        let plan = plan.accepted(&reader.key, |_, _| true).unwrap();
        let mut uploads = Uploads::default();
        let ciphertexts = (1..).zip(&UPDATES).map(|(id, update)| {
            let chunks = plan.plan().encode(update).unwrap();
            let chunks = chunks.iter().enumerate().map(|(chunk, slots)| {
                let ad = plan.upload_data(&account(id), chunk).unwrap();
                let ciphertext = reader.key.encrypt(&ad, slots, &mut rng(id)).unwrap();
                let upload = Upload::new(&plan, account(id), chunk, &ciphertext).unwrap();
                uploads.register(upload).unwrap();
                ciphertext
            });
            chunks.collect()
        });
        let ciphertexts = ciphertexts.collect();
        let table = Table::build(24, 11).unwrap();
        Self { reader, plan, uploads, ciphertexts, table }
    }

    fn key(&self) -> DecryptionKey {
        DecryptionKey::from_bytes(&self.reader.secret.to_secret_bytes()).unwrap()
    }

    fn door(&self) -> AggregateDecryptor {
        AggregateDecryptor::new(self.key(), None)
    }

    /// What an honest evaluator asks for.
    fn honest(&self, chunk: usize) -> Evaluation<'_> {
        let inputs = self.ciphertexts.iter().zip(1..).zip(WEIGHTS).map(|((chunks, id), weight)| {
            let ad = self.plan.upload_data(&account(id), chunk).unwrap();
            (i64::from(weight), &chunks[chunk], ad)
        });
        let ad = self.plan.sum_data(chunk).unwrap();
        Evaluation { federation: self, inputs: inputs.collect(), constants: vec![0, 0], ad }
    }
}

/// An evaluation by who does not care what the plan says.
#[derive(Clone)]
struct Evaluation<'a> {
    federation: &'a Federation,
    inputs: Vec<(i64, &'a Ciphertext, AssociatedData)>,
    constants: Vec<i64>,
    ad: AssociatedData,
}

impl Evaluation<'_> {
    /// Evaluates, lets `edit` change the result, proves, verifies, and hands it to `then`.
    fn edited<T>(
        &self,
        edit: impl Fn(Ciphertext) -> Ciphertext,
        then: impl FnOnce(&VerifiedEvaluation<'_>) -> T,
    ) -> T {
        let Reader { key, secret } = &self.federation.reader;
        let term = |(weight, ciphertext, ad)| Term { weight, ciphertext, ad };
        let terms: Vec<_> = self.inputs.iter().map(|(w, c, ad)| term((*w, *c, ad))).collect();
        let combination = Combination { terms: &terms, constants: &self.constants, ad: &self.ad };
        let evaluated = secret.evaluation_key().evaluate(key, &combination, |_| true, &mut rng(50));
        let (result, witness) = evaluated.unwrap();
        let result = edit(result);
        let statement = EvaluationStatement { key, combination, result: &result };
        let proof =
            EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng(51)).unwrap();
        then(&proof.verify(statement, &mut transcript()).unwrap())
    }

    fn verified<T>(&self, then: impl FnOnce(&VerifiedEvaluation<'_>) -> T) -> T {
        self.edited(|result| result, then)
    }

    fn at(&self, door: &mut AggregateDecryptor, chunk: usize) -> Result<Sums, Error> {
        let Federation { plan, uploads, table, .. } = self.federation;
        self.verified(|evaluation| door.open(plan, uploads, chunk, evaluation, table))
    }

    /// The decryptor that the attacks are for: a proof, three distinct inputs, and it decrypts.
    fn at_a_careless_door(&self) -> Vec<i64> {
        let Federation { reader, table, .. } = self.federation;
        self.verified(|evaluation| {
            let EvaluationStatement { combination, result, .. } = evaluation.statement();
            let inputs = combination.terms.iter().map(|term| term.ciphertext.to_bytes());
            assert!(inputs.collect::<HashSet<_>>().len() >= 3);
            let points = reader.secret.open(combination.ad, result).unwrap();
            points.decode_by_table(table, 0..=(1 << 24) - 1).unwrap()
        })
    }
}

fn victim(federation: &Federation, chunk: usize) -> Vec<i64> {
    federation.plan.plan().encode(&UPDATES[0]).unwrap()[chunk].clone()
}

#[test]
fn t21_weighted_means_come_out_of_the_door() {
    let federation = Federation::new(1, 2);
    let mut door = federation.door();
    let chunks = [0, 1].map(|chunk| federation.honest(chunk).at(&mut door, chunk).unwrap());
    let means: Vec<_> = chunks.iter().flat_map(Sums::means).collect();
    // By hand: clipping takes 9 to 127/32 and −9 to −127/32.
    let clipped = |x: f64| x.clamp(-127.0 / 32.0, 127.0 / 32.0);
    let expected = (0..6).map(|j| {
        let weighted = UPDATES.iter().zip(WEIGHTS).map(|(x, w)| clipped(x[j]) * f64::from(w));
        weighted.sum::<f64>() / 8.0
    });
    assert_eq!(means, expected.collect::<Vec<_>>());
    assert_eq!(door.last_round(), Some(1));
}

#[test]
fn t24_x_c2_weights_one_and_zeros_single_nobody_out() {
    let federation = Federation::new(1, 2);
    let mut attack = federation.honest(0);
    attack.inputs.iter_mut().skip(1).for_each(|(weight, ..)| *weight = 0);
    attack.inputs[0].0 = 1;
    assert_eq!(attack.at_a_careless_door(), victim(&federation, 0));
    let mut door = federation.door();
    assert_eq!(attack.at(&mut door, 0), Err(Error::Verification));
    // A refusal opens nothing and uses up nothing.
    assert!(federation.honest(0).at(&mut door, 0).is_ok());
}

#[test]
fn t24_x_c2_overlapping_aggregates_have_no_difference() {
    let federation = Federation::new(1, 2);
    let all = federation.honest(0);
    let mut others = all.clone();
    others.inputs.remove(0);
    let sums = [all.at_a_careless_door(), others.at_a_careless_door()];
    let difference: Vec<_> = sums[0].iter().zip(&sums[1]).map(|(a, b)| (a - b) / 2).collect();
    assert_eq!(difference, victim(&federation, 0));
    let mut door = federation.door();
    assert_eq!(others.at(&mut door, 0), Err(Error::Verification));
    assert!(all.at(&mut door, 0).is_ok());
    assert_eq!(others.at(&mut door, 0), Err(Error::Mismatch));
    // Nor under a plan of the others alone: the round is taken, and their uploads are bound to another plan.
    let subset = plan(&federation.reader, 1, &WEIGHTS[1..], 2);
    let subset = subset.accepted(&federation.reader.key, |_, _| true).unwrap();
    let Federation { uploads, table, .. } = &federation;
    let ask = |door: &mut AggregateDecryptor| {
        others.verified(|evaluation| door.open(&subset, uploads, 0, evaluation, table))
    };
    assert_eq!(ask(&mut door), Err(Error::Mismatch));
    assert_eq!(ask(&mut federation.door()), Err(Error::Verification));
}

#[test]
fn t24_x_c2_a_weight_of_2_to_the_16_beside_ones_reveals_nothing() {
    let federation = Federation::new(1, 1);
    let mut attack = federation.honest(0);
    attack.inputs.iter_mut().for_each(|(weight, ..)| *weight = 1);
    attack.inputs[0].0 = 1 << 16;
    let revealed: Vec<_> = attack.at_a_careless_door().iter().map(|slot| slot >> 16).collect();
    assert_eq!(revealed, victim(&federation, 0));
    assert_eq!(attack.at(&mut federation.door(), 0), Err(Error::Verification));
}

/// The same inputs with a constant, an input twice, others' ciphertexts, another order, fewer.
#[test]
fn t24_only_the_plan_s_own_combination_opens() {
    let federation = Federation::new(1, 2);
    let mut door = federation.door();
    let mut refused = |edit: &dyn Fn(&mut Evaluation<'_>)| {
        let mut attack = federation.honest(0);
        edit(&mut attack);
        assert_eq!(attack.at(&mut door, 0), Err(Error::Verification));
    };
    refused(&|attack| attack.constants[1] = 1);
    refused(&|attack| attack.inputs[2].0 = -3);
    refused(&|attack| attack.inputs.swap(0, 3));
    refused(&|attack| attack.inputs[1] = attack.inputs[0].clone());
    refused(&|attack| attack.inputs.push((0, attack.inputs[0].1, attack.inputs[0].2.clone())));
    refused(&|attack| drop(attack.inputs.pop()));
    refused(&|attack| attack.inputs.truncate(1));
    refused(&|attack| attack.ad = federation.plan.sum_data(1).unwrap());
    refused(&|attack| attack.ad = ad("another protocol"));
    assert!(federation.honest(0).at(&mut door, 0).is_ok());
}

/// Valid ciphertexts that are not the registered uploads.
#[test]
fn t24_inputs_are_the_registered_uploads() {
    let federation = Federation::new(1, 2);
    let Federation { reader, plan, .. } = &federation;
    let encrypt = |ad: &AssociatedData| reader.key.encrypt(ad, &[1, 1], &mut rng(60)).unwrap();
    // A second ciphertext for the uploader's own data, one for another round's, one for another chunk's.
    let next = self::plan(reader, 2, &WEIGHTS, 2).accepted(&reader.key, |_, _| true).unwrap();
    let data = [
        plan.upload_data(&account(2), 0).unwrap(),
        next.upload_data(&account(2), 0).unwrap(),
        plan.upload_data(&account(2), 1).unwrap(),
    ];
    let foreign: Vec<_> = data.iter().map(|ad| (encrypt(ad), ad.clone())).collect();
    let mut door = federation.door();
    for (ciphertext, ad) in &foreign {
        let mut attack = federation.honest(0);
        attack.inputs[1] = (1, ciphertext, ad.clone());
        assert_eq!(attack.at(&mut door, 0), Err(Error::Verification));
    }
    // The upload of the other chunk, with its own data.
    let mut attack = federation.honest(0);
    attack.inputs[1] = (1, &federation.ciphertexts[1][1], data[2].clone());
    assert_eq!(attack.at(&mut door, 0), Err(Error::Verification));
    // Nothing registered at all.
    let nothing = Uploads::default();
    let open = |evaluation: &VerifiedEvaluation<'_>| {
        door.open(plan, &nothing, 0, evaluation, &federation.table)
    };
    assert_eq!(federation.honest(0).verified(open), Err(Error::Verification));
}

#[test]
fn t24_x_c2_there_is_no_second_output_in_a_round() {
    let federation = Federation::new(5, 2);
    let mut door = federation.door();
    assert!(federation.honest(0).at(&mut door, 0).is_ok());
    assert_eq!(federation.honest(0).at(&mut door, 0), Err(Error::Mismatch));
    assert!(federation.honest(1).at(&mut door, 1).is_ok());
    assert_eq!(federation.honest(1).at(&mut door, 1), Err(Error::Mismatch));
    // Other plans for the round, and rounds that are over.
    for round in [5, 4, 0] {
        let other = plan(&federation.reader, round, &[2, 2, 2, 2], 2);
        let other = other.accepted(&federation.reader.key, |_, _| true).unwrap();
        let Federation { uploads, table, .. } = &federation;
        let opened = federation
            .honest(0)
            .verified(|evaluation| door.open(&other, uploads, 0, evaluation, table));
        assert_eq!(opened, Err(Error::Mismatch), "{round}");
    }
    // After a restart the round is closed, opened in part or not.
    let mut again = AggregateDecryptor::new(federation.key(), door.last_round());
    assert_eq!(federation.honest(1).at(&mut again, 1), Err(Error::Mismatch));
    let next = Federation::new(6, 2);
    assert!(next.honest(0).at(&mut again, 0).is_ok());
    assert_eq!(again.last_round(), Some(6));
}

/// A result that does not decrypt is an answer, and the only one.
#[test]
fn a_sum_that_does_not_decrypt_uses_up_its_chunk() {
    let federation = Federation::new(1, 2);
    let Federation { plan, uploads, table, .. } = &federation;
    let retagged = |result: Ciphertext| {
        let mut bytes = result.to_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        Ciphertext::from_bytes(&bytes).unwrap()
    };
    let mut door = federation.door();
    let opened = federation
        .honest(0)
        .edited(retagged, |evaluation| door.open(plan, uploads, 0, evaluation, table));
    assert_eq!(opened, Err(Error::Decryption));
    assert_eq!(federation.honest(0).at(&mut door, 0), Err(Error::Mismatch));
    assert!(federation.honest(1).at(&mut door, 1).is_ok());
}

#[test]
fn a_table_that_is_too_small_is_refused_before_the_chunk_is_used_up() {
    let federation = Federation::new(1, 2);
    let Federation { plan, uploads, .. } = &federation;
    let small = Table::build(16, 8).unwrap();
    let mut door = federation.door();
    let opened =
        federation.honest(0).verified(|evaluation| door.open(plan, uploads, 0, evaluation, &small));
    assert_eq!(opened, Err(Error::Range));
    assert!(federation.honest(0).at(&mut door, 0).is_ok());
}

#[test]
fn the_door_knows_its_key_and_its_chunks() {
    let federation = Federation::new(1, 2);
    let Federation { plan, uploads, table, .. } = &federation;
    let mut stranger = AggregateDecryptor::new(Reader::new(2, 41).secret, None);
    assert_eq!(federation.honest(0).at(&mut stranger, 0), Err(Error::Mismatch));
    let mut door = federation.door();
    let opened =
        federation.honest(0).verified(|evaluation| door.open(plan, uploads, 2, evaluation, table));
    assert_eq!(opened, Err(Error::Count));
    assert!(!format!("{door:?}").contains("masks"));
}

#[test]
fn a_plan_is_accepted_when_everyone_on_it_has_signed_its_digest() {
    let reader = Reader::new(2, 40);
    let ours = plan(&reader, 1, &WEIGHTS, 2);
    let digest = ours.digest();
    let mut asked = Vec::new();
    let all = ours.clone().accepted(&reader.key, |account, signed| {
        asked.push(*account);
        *signed == digest
    });
    assert_eq!(*all.unwrap().digest(), digest);
    assert_eq!(asked, (1..=4).map(account).collect::<Vec<AccountId>>());
    for missing in 1..=4 {
        let signed = ours.clone().accepted(&reader.key, |id, _| *id != account(missing));
        assert_eq!(signed.err(), Some(Error::Verification));
    }
    let stranger = Reader::new(2, 41).key;
    assert_eq!(ours.clone().accepted(&stranger, |_, _| true).err(), Some(Error::Mismatch));
}

#[test]
fn an_uploader_is_on_the_roster_and_uploads_a_chunk_once() {
    let Federation { plan, mut uploads, ciphertexts, .. } = Federation::new(1, 2);
    let upload = |id, chunk| Upload::new(&plan, account(id), chunk, &ciphertexts[0][0]);
    assert_eq!(upload(5, 0).err(), Some(Error::Mismatch));
    assert_eq!(upload(1, 2).err(), Some(Error::Count));
    assert_eq!(uploads.register(upload(1, 0).unwrap()), Err(Error::Mismatch));
    assert_eq!(uploads.register(upload(2, 0).unwrap()), Err(Error::Mismatch));
    // The same bytes for another chunk or by another uploader have another name.
    let digests = [upload(1, 0), upload(1, 1), upload(2, 0)].map(|upload| upload.unwrap().digest);
    assert_eq!(HashSet::from(digests).len(), 3);
}
