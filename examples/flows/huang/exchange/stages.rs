//! What each step hands to the next.

use medcrypto_ledger::block::TxProof;
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::contract::{Action, Event, Outcome, Receipt, Requirement, SignedTx};
use medcrypto_ledger::pbft::{Signed, message::Request};
use medcrypto_ledger::{Bytes, Digest, codec};
use medcrypto_pre::Delegation;

use crate::flows::huang::Failure;
use crate::flows::huang::parties::Deposit;

/// Step 1 is done.
#[derive(Clone, Debug)]
pub struct Published {
    /// The request's name.
    pub request: Digest,
    /// What was asked.
    pub terms: Requirement,
}

/// Step 2 is done.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The ciphertext.
    pub deposit: Deposit,
    /// Its name in the store.
    pub cid: Cid,
}

/// Step 6 is done.
#[derive(Clone, Debug)]
pub struct Delegated {
    /// The re-encryption key, sealed, and its public statement.
    pub delegation: Delegation,
    /// The sealed key's name in the store.
    pub sealed: Cid,
}

/// Step 9 is done.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The settlement in a certified block.
    pub inclusion: TxProof,
    /// The settling request's bytes, the leaf of the inclusion proof.
    pub leaf: Vec<u8>,
}

/// The action inside a request of a block.
pub(super) fn action_of(request: &Bytes) -> Option<Action> {
    let request: Signed<Request> = codec::decode(request.as_slice()).ok()?;
    let tx: SignedTx = codec::decode(request.body().operation.as_slice()).ok()?;
    Some(tx.body.action)
}

/// What happened, if the transaction was applied.
///
/// # Errors
/// [`Failure::Check`] with the contract's reason.
pub fn applied(receipt: Receipt) -> Result<Vec<Event>, Failure> {
    match receipt.outcome {
        Outcome::Applied => Ok(receipt.events),
        Outcome::Rejected(reject) => Err(Failure::Check(format!("the contract: {reject}"))),
    }
}
