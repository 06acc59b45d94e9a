//! More transactions than the chain is for: from one member, and from many identities.
//!
//! One member's flood of a block runs on the machine of a replica, in the state that the chain has led to.
//! That of many identities goes through the network: as requests, each of a client of its own, which the
//! replicas queue, order, execute and answer.

use medcrypto_ledger::Bytes;
use medcrypto_ledger::auth::Auth;
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx, TxBody};
use medcrypto_ledger::contract::gate::{self, Reject};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::policy::{self, DataType};
use medcrypto_ledger::pbft::App;

use super::Attempt;
use crate::flows::Failure;
use crate::flows::meisami::signer::{Ecdsa, Signer};
use crate::flows::meisami::ward::{Chain, STAFF, Told, Ward, check, outcome};

/// A replica's machine between two blocks.
struct Replica {
    machine: Machine<Chain, Ecdsa>,
    ward: medcrypto_ledger::block::ChainId,
    height: u64,
    time_ms: u64,
}

impl Replica {
    fn of(ward: &Ward) -> Result<Self, Failure> {
        let (machine, height) = ward.machine()?;
        let (ward, time_ms) = (ward.network.chain_id(), ward.network.now_ms());
        Ok(Self { machine, ward, height: height.saturating_add(1), time_ms })
    }

    /// The sender stores something of its own, which every member may.
    fn stores(&mut self, sender: &Signer, number: u64) -> Told {
        let key = sender.public_key();
        let nonce = self.machine.state().next_nonce(&key).unwrap_or_default();
        let data_type = DataType(Bytes(b"flood".to_vec()));
        let cid = Cid::of(&number.to_be_bytes());
        let action = gate::Action::Act(policy::Action::Write(data_type, 0, cid));
        let body = TxBody { chain_id: self.ward, sender: key, nonce, action };
        let domain = medcrypto_core::dst::ledger::TRANSACTION;
        let signature = sender.sign(domain, &encode(&body));
        self.machine.run(&encode(&SignedTx { body, signature }), self.height, self.time_ms)
    }

    /// How many of a flood are applied, and how many refused with this.
    fn flood(&mut self, sender: &Signer, count: u64, with: Reject<policy::Reject>) -> (u64, u64) {
        let told: Vec<_> = (0..count).map(|number| self.stores(sender, number)).collect();
        let applied = told.iter().filter(|told| matches!(told, Answer::Applied(_)));
        let refused =
            told.iter().filter(|told| **told == Answer::Rejected(Rejection::Action(with)));
        let count = |found: usize| u64::try_from(found).unwrap_or(u64::MAX);
        (count(applied.count()), count(refused.count()))
    }
}

/// One member sends as much as it can.
pub(super) fn dos(ward: &mut Ward, fast: bool) -> Result<Vec<Attempt>, Failure> {
    let count = if fast { 500 } else { 10_000 };
    let mut replica = Replica::of(ward)?;
    let flooder = ward.reader(0)?.signer.clone();
    let (limit, patient) = (STAFF.1, ward.patient.signer.clone());
    let one = replica.flood(&flooder, count, Reject::Rate);
    let served = replica.stores(&patient, 0);
    replica.height = replica.height.saturating_add(1);
    let next = replica.flood(&flooder, count, Reject::Rate);
    let wanted = |accepted: u64| format!("{:?}", (accepted, count - accepted));
    Ok(vec![
        Attempt::new(
            "applied and refused of one block's flood",
            wanted(limit.burst),
            format!("{one:?}"),
        ),
        Attempt::new("the patient in the same block", "applied", outcome(&served)),
        Attempt::new(
            "applied and refused in the next block",
            wanted(limit.per_block),
            format!("{next:?}"),
        ),
    ])
}

/// Identities that nobody has enrolled, and all members at once, each request by another client.
pub(super) fn ddos(ward: &mut Ward, fast: bool) -> Result<Vec<Attempt>, Failure> {
    let identities = if fast { 200 } else { 2_000 };
    let mut attempts = strangers(ward, identities)?;
    attempts.extend(concerted(ward)?);
    Ok(attempts)
}

/// What the sender stores of its own, with a nonce of its choice.
fn stored(ward: &Ward, sender: &Signer, nonce: u64, number: u64) -> Vec<u8> {
    let data_type = DataType(Bytes(b"flood".to_vec()));
    let cid = Cid::of(&number.to_be_bytes());
    let action = gate::Action::Act(policy::Action::Write(data_type, 0, cid));
    let (chain_id, key) = (ward.network.chain_id(), sender.public_key());
    let body = TxBody { chain_id, sender: key, nonce, action };
    let signature = sender.sign(medcrypto_core::dst::ledger::TRANSACTION, &encode(&body));
    encode(&SignedTx { body, signature })
}

/// As many requests at once, and one of the patient in their midst.
fn strangers(ward: &mut Ward, identities: u64) -> Result<Vec<Attempt>, Failure> {
    let patient = ward.patient.signer.clone();
    let mut requests = Vec::new();
    for number in 0..identities {
        let stranger = Signer::generate(&mut ward.rng);
        let tx = stored(ward, &stranger, 1, number);
        requests.push((stranger, tx));
    }
    let middle = requests.len() / 2;
    requests.insert(middle, (patient.clone(), stored(ward, &patient, 1, 0)));
    let (before, from) = ward.machine()?;
    let mut flood = ward.network.flood(requests)?;
    let (after, to) = ward.machine()?;
    let served = flood.answers.remove(middle);
    let stopped = Answer::Rejected(Rejection::Action(Reject::Stranger));
    let refused = flood.answers.iter().filter(|told| **told == stopped).count();
    let (tx, now) = (stored(ward, &patient, 1, 0), ward.network.now_ms());
    // As if nobody but the patient had sent anything, in one of these blocks.
    let alone = (from.saturating_add(1)..=to).any(|height| {
        let mut alone = before.clone();
        alone.run(&tx, height, now);
        alone.digest() == after.digest()
    });
    let bound = ward.network.waiting_max();
    Ok(vec![
        Attempt::new("free identities refused as strangers by f + 1 replicas", identities, refused),
        Attempt::new("the patient in their midst", "applied", outcome(&served)),
        Attempt::new("the contract's state is as if the patient had been alone", true, alone),
        Attempt::new(
            format!("requests that waited at a replica, at most {bound}"),
            flood.waiting.min(bound),
            flood.waiting,
        ),
        Attempt::new(
            "replicas turned requests away exactly if more came than may wait",
            identities >= bound as u64,
            flood.full > 0,
        ),
    ])
}

/// Every member sends ten times what it may at once, by a client a request. They overtake each other on a
/// network with faults, so some carry a nonce that is not the next when they are executed.
fn concerted(ward: &mut Ward) -> Result<Vec<Attempt>, Failure> {
    let (limit, patient) = (STAFF.1, ward.patient.signer.clone());
    let members: Vec<_> = ward.readers.iter().map(|reader| reader.signer.clone()).collect();
    let each = limit.burst.saturating_mul(10);
    let mut requests = Vec::new();
    for (nonce, member) in (1..=each).flat_map(|nonce| members.iter().map(move |m| (nonce, m))) {
        let client = Signer::generate(&mut ward.rng);
        requests.push((client, stored(ward, member, nonce, nonce)));
    }
    requests.push((patient.clone(), stored(ward, &patient, 2, 1)));
    let (_, from) = ward.machine()?;
    let mut flood = ward.network.flood(requests)?;
    let (_, to) = ward.machine()?;
    let served = flood.answers.pop().ok_or_else(|| check("no answer"))?;
    let most = limit.burst.saturating_add(limit.per_block.saturating_mul(to.saturating_sub(from)));
    let applied = |member: usize| {
        let own = flood.answers.iter().skip(member).step_by(members.len());
        own.filter(|told| matches!(told, Answer::Applied(_))).count() as u64
    };
    let counts: Vec<_> = (0..members.len()).map(applied).collect();
    let reasons = [Rejection::Action(Reject::Rate), Rejection::Nonce].map(Answer::Rejected);
    let refused = flood.answers.iter().filter(|told| reasons.contains(told)).count() as u64;
    let within = most < each && counts.iter().all(|count| (1..=most).contains(count));
    let total: u64 = counts.iter().sum();
    Ok(vec![
        Attempt::new(
            format!("applied of {each} requests of each member, {counts:?}, at most {most}"),
            true,
            within,
        ),
        Attempt::new(
            "refused of the others, by the rate or their nonce",
            (flood.answers.len() as u64).saturating_sub(total),
            refused,
        ),
        Attempt::new("the patient among them", "applied", outcome(&served)),
    ])
}
