//! A contract as the application that the replicas run.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::envelope::{self, Contract, Rejection, SignedTx, State};
use crate::auth::Verifier;
use crate::block::{ChainId, Context};
use crate::codec::{self, Digest};
use crate::error::Refused;
use crate::pbft::app::{self, App, RestoreError};

/// The answer to a transaction, which the state root covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer<E, R> {
    /// It was applied; what happened.
    Applied(Vec<E>),
    /// It was refused and changed nothing.
    Rejected(Rejection<R>),
}

/// A contract as a replicated state machine.
///
/// The chain's identity covers the genesis state root and is therefore told afterwards, by
/// [`Machine::on_chain`]; until then every transaction is of another chain.
#[derive(Clone, Debug)]
pub struct Machine<C, V> {
    chain_id: Option<ChainId>,
    state: State<C>,
    verdicts: V,
}

impl<V: Verifier, C: Contract<V>> Machine<C, V> {
    /// The longest transaction, in bytes.
    pub const MAX_TX: usize = 8192;

    /// A machine in this state.
    #[must_use]
    pub const fn new(state: State<C>, verdicts: V) -> Self {
        Self { chain_id: None, state, verdicts }
    }

    /// The machine on its chain.
    #[must_use]
    pub fn on_chain(self, chain_id: ChainId) -> Self {
        Self { chain_id: Some(chain_id), ..self }
    }

    /// The state.
    #[must_use]
    pub const fn state(&self) -> &State<C> {
        &self.state
    }

    /// Applies one encoded transaction at a height and a time.
    pub fn run(&mut self, tx: &[u8], height: u64, time_ms: u64) -> Answer<C::Event, C::Reject> {
        let applied = Self::decode(tx).and_then(|tx| {
            let chain_id = self.chain_id.ok_or(Rejection::Chain)?;
            let context = Context { chain_id, height, time_ms };
            envelope::apply(&mut self.state, &tx, &context, &self.verdicts)
        });
        applied.map_or_else(Answer::Rejected, Answer::Applied)
    }

    fn decode(bytes: &[u8]) -> Result<SignedTx<C::Action>, Rejection<C::Reject>> {
        if bytes.len() > Self::MAX_TX {
            return Err(Rejection::Malformed);
        }
        codec::decode(bytes).or(Err(Rejection::Malformed))
    }
}

impl<V: Verifier, C: Contract<V>> App for Machine<C, V> {
    fn check(&self, op: &[u8]) -> Result<(), Refused> {
        let tx = Self::decode(op).or(Err(Refused))?;
        envelope::check::<C, V>(&tx, &self.verdicts).or(Err(Refused))
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
