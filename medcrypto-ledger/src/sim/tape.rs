//! The least application: it remembers every operation in order.
//!
//! ```text
//! apply    tape, op ↦ tape ‖ op, "number@height"        an empty operation is refused
//! digest   SHA-256 over the digests of the operations
//! ```

use alloc::format;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::codec::{self, Bytes, Digest};
use crate::error::Refused;
use crate::pbft::{App, Context, RestoreError};

/// The operations so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tape(pub Vec<Vec<u8>>);

impl App for Tape {
    fn check(&self, op: &[u8]) -> Result<(), Refused> {
        if op.is_empty() { Err(Refused) } else { Ok(()) }
    }

    fn apply(&mut self, op: &[u8], context: &Context) -> Vec<u8> {
        self.0.push(op.to_vec());
        format!("{}@{}", self.0.len(), context.height).into_bytes()
    }

    fn digest(&self) -> Digest {
        let hash = self.0.iter().fold(Sha256::new(), |h, op| h.chain_update(Sha256::digest(op)));
        Digest(hash.finalize().into())
    }

    fn snapshot(&self) -> Vec<u8> {
        codec::encode(&self.0.iter().cloned().map(Bytes).collect::<Vec<_>>())
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError> {
        let tape = codec::decode::<Vec<Bytes>>(snapshot).or(Err(RestoreError))?;
        self.0 = tape.into_iter().map(|op| op.0).collect();
        Ok(())
    }
}
