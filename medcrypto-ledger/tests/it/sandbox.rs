//! Any contract with its clock; transactions and states are stored and read again on the way.

use medcrypto_ledger::block::{ChainId, Context};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::envelope::{Contract, Rejection, SignedTx, State, TxBody, apply};
use medcrypto_ledger::{Digest, PublicKey, Verifier};

use crate::world::{TRANSACTION, d, key, sign};

#[derive(Clone)]
pub(crate) struct Sandbox<C, V> {
    pub(crate) state: State<C>,
    pub(crate) verdicts: V,
    pub(crate) height: u64,
    pub(crate) now: u64,
}

pub(crate) type Sent<C, V> =
    Result<Vec<<C as Contract<V>>::Event>, Rejection<<C as Contract<V>>::Reject>>;

impl<V: Verifier, C: Contract<V> + PartialEq> Sandbox<C, V> {
    pub(crate) fn new(contract: C, verdicts: V) -> Self {
        Self { state: State::genesis(contract), verdicts, height: 1, now: 1_000 }
    }

    pub(crate) fn chain() -> ChainId {
        ChainId(d("chain"))
    }

    pub(crate) fn body(&self, sender: &PublicKey, action: C::Action) -> TxBody<C::Action> {
        let nonce = self.state.next_nonce(sender).unwrap();
        TxBody { chain_id: Self::chain(), sender: sender.clone(), nonce, action }
    }

    /// The id that the sender's next transaction has.
    pub(crate) fn id(&self, sender: &str, action: C::Action) -> Digest {
        self.body(&key(sender), action).id()
    }

    pub(crate) fn send(&mut self, sender: &str, action: C::Action) -> Sent<C, V> {
        let body = self.body(&key(sender), action);
        let signature = sign(&body.sender, TRANSACTION, &encode(&body));
        self.apply(&SignedTx { body, signature })
    }

    pub(crate) fn apply(&mut self, tx: &SignedTx<C::Action>) -> Sent<C, V> {
        let (height, time_ms) = (self.height, self.now);
        let context = Context { chain_id: Self::chain(), height, time_ms };
        let bytes = encode(tx);
        assert_eq!(encode(&decode::<SignedTx<C::Action>>(&bytes).unwrap()), bytes);
        let before = self.state.clone();
        let told = apply(&mut self.state, tx, &context, &self.verdicts);
        assert!(told.is_ok() || self.state == before, "refused, and changed something");
        let bytes = encode(&self.state);
        assert!(decode::<State<C>>(&bytes).unwrap() == self.state, "states are stored");
        told
    }

    /// Sends what must be accepted; answers its id.
    pub(crate) fn accepted(&mut self, sender: &str, action: C::Action) -> Digest {
        let id = self.id(sender, action.clone());
        let sent = self.send(sender, action);
        assert!(sent.is_ok(), "{sent:?}");
        id
    }
}
