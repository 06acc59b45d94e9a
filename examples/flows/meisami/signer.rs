//! ECDSA on secp256k1, as the paper has it.

use crate::flows::signer;

pub use signer::Ecdsa;

/// A party's signing key.
pub type Signer = signer::Signer<Ecdsa>;
