//! Symbolic signatures: a keyed hash in place of a signature scheme.
//!
//! ```text
//! signature = SHA-256(world secret ‖ len8(domain) ‖ domain ‖ len64(key) ‖ key ‖ message)
//! ```
//! **Not a signature scheme.** Whoever can verify can also sign; within a simulation that is
//! harmless, because simulated parties sign only what their code signs. It makes long runs cheap.

use alloc::vec::Vec;

use medcrypto_core::Dst;
use sha2::{Digest as _, Sha256};

use crate::auth::{Auth, PublicKey, Signature, Verifier};
use crate::codec::Bytes;
use crate::error::Refused;

/// The key of one party of a simulated world.
#[derive(Clone, Debug)]
pub struct SymbolicAuth {
    world: [u8; 32],
    key: PublicKey,
}

impl SymbolicAuth {
    /// The party called `name` in the world of this secret.
    #[must_use]
    pub fn new(world: [u8; 32], name: &str) -> Self {
        Self { world, key: PublicKey(Bytes(Vec::from(name))) }
    }

    /// Its public name.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn tag(&self, key: &PublicKey, domain: Dst, message: &[u8]) -> Signature {
        let (domain, key) = (domain.as_bytes(), key.0.as_slice());
        let hash = Sha256::new()
            .chain_update(self.world)
            .chain_update([u8::try_from(domain.len()).unwrap_or(u8::MAX)])
            .chain_update(domain)
            .chain_update(u64::try_from(key.len()).unwrap_or(u64::MAX).to_be_bytes())
            .chain_update(key)
            .chain_update(message);
        Signature(Bytes(hash.finalize().to_vec()))
    }
}

impl Verifier for SymbolicAuth {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        if self.tag(key, domain, message) == *signature { Ok(()) } else { Err(Refused) }
    }
}

impl Auth for SymbolicAuth {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        self.tag(&self.key, domain, message)
    }
}
