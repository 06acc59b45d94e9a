//! More transactions than the chain is for: from one member, and from many identities.
//!
//! The flood runs on the machine of a replica, in the state that the chain has led to.

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
use crate::flows::meisami::ward::{Chain, STAFF, Told, Ward, outcome};

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

/// Identities that nobody has enrolled, and all members at once.
pub(super) fn ddos(ward: &mut Ward, fast: bool) -> Result<Vec<Attempt>, Failure> {
    let identities = if fast { 200 } else { 2_000 };
    let mut replica = Replica::of(ward)?;
    let before = replica.machine.digest();
    let mut refused = 0_u64;
    for number in 0..identities {
        let stranger = Signer::generate(&mut ward.rng);
        let told = replica.stores(&stranger, number);
        let stopped = told == Answer::Rejected(Rejection::Action(Reject::Stranger));
        refused = refused.saturating_add(stopped.into());
    }
    let untouched = replica.machine.digest() == before;
    let count = STAFF.1.burst.saturating_mul(10);
    let mut applied = Vec::new();
    for reader in &ward.readers {
        applied.push(replica.flood(&reader.signer, count, Reject::Rate).0);
    }
    let each = vec![STAFF.1.burst; ward.readers.len()];
    let served = replica.stores(&ward.patient.signer.clone(), 0);
    Ok(vec![
        Attempt::new("free identities refused as strangers", identities, refused),
        Attempt::new("the state is as it was before them", true, untouched),
        Attempt::new(
            "applied for each member of a concerted flood",
            format!("{each:?}"),
            format!("{applied:?}"),
        ),
        Attempt::new("the patient in the same block", "applied", outcome(&served)),
    ])
}
