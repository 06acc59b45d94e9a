//! What a network asks of the ledger that its replicas run.

use medcrypto_ledger::auth::Verifier;
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::contract::envelope::{self, Contract};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::{self, Action, Outcome, Receipt, RequirementLedger, Verdicts};
use medcrypto_ledger::pbft::App;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A replicated state machine whose transactions are signed actions.
pub trait Ledger: App + Clone {
    /// Answers for the primitives.
    type Verdicts: Verifier + Clone;
    /// What a transaction does.
    type Action: Serialize;
    /// What becomes of a transaction.
    type Answer: Serialize + DeserializeOwned;
    /// What it starts from, and what the transactions lead to.
    type State: Clone;

    /// The ledger in a state, on no chain yet.
    fn at(state: Self::State, verdicts: Self::Verdicts) -> Self;

    /// The ledger on its chain.
    #[must_use]
    fn on_chain(self, chain_id: ChainId) -> Self;

    /// Where it stands.
    fn state(&self) -> &Self::State;

    /// Whether a transaction changed the state.
    fn is_applied(answer: &Self::Answer) -> bool;
}

impl<C: Contract<V>, V: Verifier + Clone> Ledger for Machine<C, V> {
    type Verdicts = V;
    type Action = C::Action;
    type Answer = Answer<C::Event, C::Reject>;
    type State = envelope::State<C>;

    fn at(state: Self::State, verdicts: V) -> Self {
        Self::new(state, verdicts)
    }

    fn on_chain(self, chain_id: ChainId) -> Self {
        Self::on_chain(self, chain_id)
    }

    fn state(&self) -> &Self::State {
        Self::state(self)
    }

    fn is_applied(answer: &Self::Answer) -> bool {
        matches!(answer, Answer::Applied(_))
    }
}

impl<V: Verdicts + Clone> Ledger for RequirementLedger<V> {
    type Verdicts = V;
    type Action = Action;
    type Answer = Receipt;
    type State = contract::State;

    fn at(state: Self::State, verdicts: V) -> Self {
        Self::new(state, verdicts)
    }

    fn on_chain(self, chain_id: ChainId) -> Self {
        Self::on_chain(self, chain_id)
    }

    fn state(&self) -> &Self::State {
        Self::state(self)
    }

    fn is_applied(answer: &Receipt) -> bool {
        answer.outcome == Outcome::Applied
    }
}
