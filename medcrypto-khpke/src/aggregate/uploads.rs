//! Which ciphertext of which uploader counts: the first one.
//!
//! ```text
//! digest   SHA-256(DST "MEDCRYPTO-KHPKE-V01-UPLOAD" ‖ len ad u32 ‖ ad ‖ len C u32 ‖ C)
//! ```

use alloc::collections::BTreeMap;

use medcrypto_core::codec::Writer;
use medcrypto_core::dst;
use sha2::{Digest, Sha256};

use super::AcceptedPlan;
use crate::{AccountId, AssociatedData, Ciphertext, Error};

/// A ciphertext of an uploader, named by its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Who uploaded it.
    pub account: AccountId,
    /// Which part of the vector it is.
    pub chunk: usize,
    /// The digest of the ciphertext and what it is bound to.
    pub digest: [u8; 32],
}

impl Upload {
    /// Names a ciphertext that is bound to what the plan says for this uploader and chunk.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the account is not on the roster, [`Error::Count`] for a chunk that does not
    /// exist.
    pub fn new(
        plan: &AcceptedPlan,
        account: AccountId,
        chunk: usize,
        ciphertext: &Ciphertext,
    ) -> Result<Self, Error> {
        let ad = plan.upload_data(&account, chunk)?;
        Ok(Self { account, chunk, digest: digest(&ad, ciphertext) })
    }
}

/// The uploads of a round by uploader and chunk.
#[derive(Clone, Debug, Default)]
pub struct Uploads(BTreeMap<(AccountId, usize), [u8; 32]>);

impl Uploads {
    /// Takes an upload, which its uploader has authenticated.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if there is one of this uploader for this chunk already, the same or not.
    pub fn register(&mut self, upload: Upload) -> Result<(), Error> {
        let place = (upload.account, upload.chunk);
        if self.0.contains_key(&place) {
            return Err(Error::Mismatch);
        }
        self.0.insert(place, upload.digest);
        Ok(())
    }

    /// Whether this ciphertext with this associated data is what the uploader uploaded.
    pub(super) fn hold(
        &self,
        account: AccountId,
        chunk: usize,
        ad: &AssociatedData,
        ciphertext: &Ciphertext,
    ) -> bool {
        self.0.get(&(account, chunk)) == Some(&digest(ad, ciphertext))
    }
}

fn digest(ad: &AssociatedData, ciphertext: &Ciphertext) -> [u8; 32] {
    let parts = Writer::default().bytes(ad.as_bytes()).bytes(&ciphertext.to_bytes()).finish();
    Sha256::new_with_prefix(dst::khpke::UPLOAD.as_bytes()).chain_update(parts).finalize().into()
}
