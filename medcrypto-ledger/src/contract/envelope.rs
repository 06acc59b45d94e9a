//! What every contract has in common: who speaks, for which chain, and in which order.
//!
//! ```text
//! transaction  ⟨chain, sender, nonce, action⟩ signed by the sender under TRANSACTION
//! accepted     parts within their bounds, signature, chain, nonce = last(sender) + 1, then the action
//! last(sender) only grows: nothing that a contract does takes a nonce back
//! ```
//! A chain runs one machine, and its id covers the machine's genesis state: a transaction for another
//! contract is one for another chain.

use core::fmt::Debug;

use alloc::vec::Vec;

use medcrypto_core::dst;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::auth::{PublicKey, Signature, Verifier};
use crate::block::{ChainId, Context};
use crate::codec::{self, Digest, Pairs};

/// A transaction and its sender's signature under the domain `TRANSACTION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTx<A> {
    /// What is signed.
    pub body: TxBody<A>,
    /// By the body's sender.
    pub signature: Signature,
}

/// What a sender signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxBody<A> {
    /// The chain it is meant for.
    pub chain_id: ChainId,
    /// Who sends it.
    pub sender: PublicKey,
    /// 1 for the sender's first accepted transaction, then one more each.
    pub nonce: u64,
    /// What it does.
    pub action: A,
}

impl<A: Serialize> TxBody<A> {
    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> Digest {
        codec::digest(dst::ledger::TRANSACTION, self)
    }
}

impl<A: Serialize> Serialize for SignedTx<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.body, &self.signature).serialize(serializer)
    }
}

impl<'de, A: Deserialize<'de>> Deserialize<'de> for SignedTx<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (body, signature) = Deserialize::deserialize(deserializer)?;
        Ok(Self { body, signature })
    }
}

impl<A: Serialize> Serialize for TxBody<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.chain_id, &self.sender, self.nonce, &self.action).serialize(serializer)
    }
}

impl<'de, A: Deserialize<'de>> Deserialize<'de> for TxBody<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (chain_id, sender, nonce, action) = Deserialize::deserialize(deserializer)?;
        Ok(Self { chain_id, sender, nonce, action })
    }
}

/// The longest public key in a transaction, in bytes.
pub const MAX_KEY: usize = 128;
/// The longest signature in a transaction, in bytes.
pub const MAX_SIGNATURE: usize = 256;

pub(super) fn key_fits(key: &PublicKey) -> bool {
    key.0.0.len() <= MAX_KEY
}

pub(super) fn signature_fits(signature: &Signature) -> bool {
    signature.0.0.len() <= MAX_SIGNATURE
}

/// Who calls a contract, and in which block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// Who has signed.
    pub sender: &'a PublicKey,
    /// The block that the transaction enters.
    pub context: &'a Context,
    /// The transaction's id, which nothing before it has had: it covers the sender's nonce.
    pub tx: Digest,
}

/// A state that transactions change: deterministic and total. `V` answers for the primitives.
pub trait Contract<V>: Clone + Debug + Serialize + DeserializeOwned {
    /// What a transaction can do.
    type Action: Clone + Debug + Serialize + DeserializeOwned;
    /// What happened.
    type Event: Clone + Debug + PartialEq + Serialize + DeserializeOwned;
    /// Why an action is refused.
    type Reject: Copy + Debug + PartialEq + Serialize + DeserializeOwned;

    /// Whether every part of an action keeps to its bound.
    fn fits(action: &Self::Action) -> bool;

    /// Acts. What is refused leaves this value as it was: everything is checked before anything is
    /// changed, so that a refusal costs no copy of the state.
    ///
    /// # Errors
    /// [`Contract::Reject`] names the first thing that is wrong.
    fn act(
        &mut self,
        action: &Self::Action,
        call: &Call<'_>,
        verdicts: &V,
    ) -> Result<Vec<Self::Event>, Self::Reject>;
}

/// A contract with the last nonce of everybody who has used it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State<C> {
    /// The contract.
    pub contract: C,
    /// The last nonce of every sender.
    pub nonces: Pairs<PublicKey, u64>,
}

impl<C: Serialize> Serialize for State<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.contract, &self.nonces).serialize(serializer)
    }
}

impl<'de, C: Deserialize<'de>> Deserialize<'de> for State<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (contract, nonces) = Deserialize::deserialize(deserializer)?;
        Ok(Self { contract, nonces })
    }
}

impl<C: Serialize> State<C> {
    /// A contract that nobody has used.
    #[must_use]
    pub fn genesis(contract: C) -> Self {
        Self { contract, nonces: Pairs::default() }
    }

    /// Digest of the whole state.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest(dst::ledger::CONTRACT_STATE, self)
    }

    /// The nonce that a sender's next transaction carries; none after `u64::MAX`.
    #[must_use]
    pub fn next_nonce(&self, sender: &PublicKey) -> Option<u64> {
        self.nonces.0.get(sender).copied().unwrap_or(0).checked_add(1)
    }
}

/// Why a transaction is refused; the state stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Rejection<R> {
    /// Not the canonical encoding of a transaction, or too long for one.
    #[error("malformed transaction")]
    Malformed,
    /// A part exceeds its bound.
    #[error("a part exceeds its bound")]
    Bounds,
    /// The sender's signature does not verify.
    #[error("signature refused")]
    Signature,
    /// Meant for another chain.
    #[error("another chain")]
    Chain,
    /// Not the sender's next nonce.
    #[error("not the sender's next nonce")]
    Nonce,
    /// The contract refuses the action.
    #[error("{0}")]
    Action(R),
}

/// The checks that need no state: bounds and the sender's signature.
pub(super) fn check<C: Contract<V>, V: Verifier>(
    tx: &SignedTx<C::Action>,
    verdicts: &V,
) -> Result<(), Rejection<C::Reject>> {
    let TxBody { sender, action, .. } = &tx.body;
    if !(key_fits(sender) && signature_fits(&tx.signature) && C::fits(action)) {
        return Err(Rejection::Bounds);
    }
    let message = codec::encode(&tx.body);
    verdicts
        .verify(sender, dst::ledger::TRANSACTION, &message, &tx.signature)
        .or(Err(Rejection::Signature))
}

/// Applies a transaction: what happened. A refused one changes nothing.
///
/// # Errors
/// [`Rejection`] names the first thing that is wrong.
pub fn apply<C: Contract<V>, V: Verifier>(
    state: &mut State<C>,
    tx: &SignedTx<C::Action>,
    context: &Context,
    verdicts: &V,
) -> Result<Vec<C::Event>, Rejection<C::Reject>> {
    check::<C, V>(tx, verdicts)?;
    let TxBody { chain_id, sender, nonce, action } = &tx.body;
    if *chain_id != context.chain_id {
        return Err(Rejection::Chain);
    }
    if Some(*nonce) != state.next_nonce(sender) {
        return Err(Rejection::Nonce);
    }
    let call = Call { sender, context, tx: tx.body.id() };
    let events = state.contract.act(action, &call, verdicts).map_err(Rejection::Action)?;
    state.nonces.0.insert(sender.clone(), *nonce);
    Ok(events)
}
