//! What a ciphertext is bound to.

use alloc::vec::Vec;

use crate::Error;

/// Public bytes that a ciphertext is bound to, at most 1024: ledger, account, round, uploader.
///
/// Both keys refuse a ciphertext under any other associated data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssociatedData(Vec<u8>);

impl AssociatedData {
    /// Longest length in bytes.
    pub const MAX_LEN: usize = 1024;

    /// # Errors
    /// [`Error::Range`] for more than [`MAX_LEN`](Self::MAX_LEN) bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        (bytes.len() <= Self::MAX_LEN).then(|| Self(bytes.to_vec())).ok_or(Error::Range)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
