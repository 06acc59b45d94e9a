//! The contract as the application that the replicas run.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::apply::{self, Event, Reject};
use super::state::State;
use super::tx::{Action, SignedTx};
use super::verdicts::Verdicts;
use crate::block::{ChainId, Context};
use crate::codec::{self, Digest, as_array};
use crate::error::Refused;
use crate::pbft::app::{self, App, RestoreError};

/// The answer to a transaction, which the state root covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What became of it.
    pub outcome: Outcome,
    /// What happened; for a refused second sale its evidence.
    pub events: Vec<Event>,
}
as_array!(Receipt { outcome, events });

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was applied.
    Applied,
    /// It was refused and changed nothing.
    Rejected(Reject),
}

/// The requirement contract as a replicated state machine.
///
/// The chain's identity covers the genesis state root and is therefore told afterwards, by
/// [`RequirementLedger::on_chain`]; until then every transaction is of another chain.
#[derive(Clone, Debug)]
pub struct RequirementLedger<V> {
    chain_id: Option<ChainId>,
    state: State,
    verdicts: V,
}

impl<V: Verdicts> RequirementLedger<V> {
    /// A machine in this state.
    #[must_use]
    pub const fn new(state: State, verdicts: V) -> Self {
        Self { chain_id: None, state, verdicts }
    }

    /// The machine on its chain.
    #[must_use]
    pub fn on_chain(self, chain_id: ChainId) -> Self {
        Self { chain_id: Some(chain_id), ..self }
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Applies one encoded transaction at a height and a time.
    pub fn run(&mut self, tx: &[u8], height: u64, time_ms: u64) -> Receipt {
        match decode(tx) {
            Ok(tx) => self.run_tx(&tx, height, time_ms),
            Err(reject) => Receipt::rejected(reject, None),
        }
    }

    fn run_tx(&mut self, tx: &SignedTx, height: u64, time_ms: u64) -> Receipt {
        let applied = self.chain_id.ok_or(Reject::Chain).and_then(|chain_id| {
            let context = Context { chain_id, height, time_ms };
            apply::apply(&mut self.state, tx, &context, &self.verdicts)
        });
        match applied {
            Ok(events) => Receipt { outcome: Outcome::Applied, events },
            Err(reject) => Receipt::rejected(reject, evidence(reject, tx)),
        }
    }
}

impl Receipt {
    fn rejected(reject: Reject, evidence: Option<Event>) -> Self {
        Self { outcome: Outcome::Rejected(reject), events: evidence.into_iter().collect() }
    }
}

/// A transaction of bounded length.
fn decode(bytes: &[u8]) -> Result<SignedTx, Reject> {
    if bytes.len() > SignedTx::MAX_LEN {
        return Err(Reject::Bounds);
    }
    codec::decode(bytes).or(Err(Reject::Malformed))
}

/// What a refusal proves against the sender, who has signed the transaction.
fn evidence(reject: Reject, tx: &SignedTx) -> Option<Event> {
    let (Reject::Exclusive { nullifier, holder }, Action::Prove(proof)) = (reject, &tx.body.action)
    else {
        return None;
    };
    Some(Event::SecondSale(nullifier, holder, proof.request, tx.body.sender.clone()))
}

impl<V: Verdicts> App for RequirementLedger<V> {
    fn check(&self, op: &[u8]) -> Result<(), Refused> {
        let tx = decode(op).or(Err(Refused))?;
        apply::check(&tx, &self.verdicts).or(Err(Refused))
    }

    fn apply(&mut self, op: &[u8], context: &app::Context) -> Vec<u8> {
        codec::encode(&self.run(op, context.height, context.time))
    }

    fn digest(&self) -> Digest {
        self.state.digest()
    }

    fn snapshot(&self) -> Vec<u8> {
        codec::encode(&self.state)
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError> {
        self.state = codec::decode(snapshot).or(Err(RestoreError))?;
        Ok(())
    }
}
