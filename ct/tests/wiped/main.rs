//! T20: no operation gives memory back with a secret in it, on the heap or inline.
//!
//! | type | its secret | where |
//! |---|---|---|
//! | `SecretBytes` | the bytes | `core` |
//! | `SecretScalar` | the scalar, as bytes and as limbs | `core` |
//! | `SecretG1` | the point, as bytes and as limbs | `core` |
//! | `MasterSecretKey`, `Authority` | α | `pre` |
//! | `IdentityKey`, `VerifiedIdentityKey` | A, D | `pre` |
//! | `ReKey`, `VerifiedReKey` | TK0 | `pre` |
//! | `DelegateeKey` | y, −[y]P₁ | `pre` |
//! | `OpeningEvidence` | σ | `pre` |
//! | `Sealer`, `Opener` | the key of the record, the key of the stream, the record | `pre` |
//! | `ed25519::SigningKey` | the seed, and the scalar and prefix derived from it | `sig` |
//! | `ecdsa::SigningKey` | d | `sig` |
//! | `bls::SigningKey` | x | `sig` |
//! | `HolderSecret` | sk, as bytes and as a field element | `zk` |
//! | `RecordOpening` | the seed, the salts, codes of the record | `zk` |
//! | `Record`, `Entry`, `CodeList`, `Ingested` | codes of the record | `zk` |
//! | `DecryptionKey`, `EvaluationKey` | k, κ̂, α, β, as bytes and as limbs | `khpke` |
//! | `EvaluationWitness` | r₁, r₂ | `khpke` |
//! | `MessagePoints` | [m]H | `khpke` |
//! | `Opening` | the number, its digits, β | `ranges` |
//! | `EncryptionWitness` | the number, its digits, r₁, r₂ | `ranges` |
//! | `TransferWitness` | amount and change, their digits, r₁, r₂ | `ranges` |
//!
//! The same types as in `inert.rs`, which compares its table with the sources. Not looked at: the stack,
//! registers, and the vectors that arkworks makes while it proves.

mod core;
mod khpke;
mod pre;
mod ranges;
mod sig;
mod spy;
mod zk;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Fails with the name of the operation and of the secrets that it left.
macro_rules! clean {
    ($search:expr, $($name:literal: $operation:expr;)*) => {
        $(assert_eq!($search.found(|| $operation), [""; 0], $name);)*
    };
}
use clean;
