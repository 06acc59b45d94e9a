//! What the replicas agree to run: a deterministic state machine over opaque operations.
//!
//! ```text
//! check     op ↦ ok | refused                  stateless: every replica answers alike
//! apply     (state, op, context) ↦ (state′, reply)     total: a refusal is a reply too
//! digest    state ↦ 32 bytes                   enters the state root of every block
//! ```
//! An application sees no clock, no randomness and no view number, so replicas that executed the
//! same sequence hold the same state.

use alloc::vec::Vec;

use crate::{ClientId, Digest, Refused};

/// What an operation may depend on besides the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Height of the block that the operation enters.
    pub height: u64,
    /// Time of that block in milliseconds, strictly above the median of the blocks before it.
    pub time: u64,
    /// Who signed the request.
    pub client: ClientId,
    /// The client's request number, from 1 without gaps.
    pub nonce: u64,
}

/// A snapshot that does not restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed snapshot")]
pub struct RestoreError;

/// A replicated state machine.
pub trait App {
    /// Looks at an operation without the state, before it is ordered.
    ///
    /// # Errors
    /// [`Refused`] when no state could accept it.
    fn check(&self, op: &[u8]) -> Result<(), Refused>;

    /// Executes an operation. Total: what the state refuses is refused in the reply.
    fn apply(&mut self, op: &[u8], context: &Context) -> Vec<u8>;

    /// Digest of the whole state.
    fn digest(&self) -> Digest;

    /// The whole state as bytes.
    fn snapshot(&self) -> Vec<u8>;

    /// Replaces the state by one that [`snapshot`](Self::snapshot) wrote.
    ///
    /// # Errors
    /// [`RestoreError`]; the state is then unchanged.
    fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError>;
}
