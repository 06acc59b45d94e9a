//! The authority of identity-based keys (the papers' PKG).

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_pre::{Authority, Identity, PublicParams, VerifiedIdentityKey};

use crate::flows::huang::Failure;

/// Issues identity keys. It can derive every one of them again: key escrow.
#[derive(Debug)]
pub struct Pkg(Authority);

impl Pkg {
    /// Draws a master secret key.
    pub fn setup<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(Authority::setup(rng))
    }

    /// The public parameters.
    #[must_use]
    pub fn params(&self) -> &PublicParams {
        self.0.params()
    }

    /// Issues the key of `subject`, which its new owner checks.
    ///
    /// # Errors
    /// [`Failure::Data`] for a name without identity, [`Failure::Check`] for a bad key.
    pub fn issue(&self, realm: &str, subject: &str) -> Result<VerifiedIdentityKey, Failure> {
        let name = |error| Failure::Data(format!("identity {realm}/{subject}: {error}"));
        let identity = Identity::new(realm, subject, "2013").map_err(name)?;
        let key = self.0.issue(&identity).map_err(name)?;
        key.verify(self.params())
            .map_err(|error| Failure::Check(format!("key of {identity}: {error}")))
    }
}
