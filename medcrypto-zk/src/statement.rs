//! What a proof is about: seven public inputs, and the values they are hashed from.
//!
//! ```text
//! inputs   C, Q, X, N, scope, issuer_policy, kind                                in this order
//! X        h2f(CONTEXT, profile u8 ‖ vk32 ‖ chain32 ‖ contract32 ‖ request32 ‖ version u64 ‖ policy32
//!              ‖ len16 institution key ‖ len16 patient key ‖ nonce32 ‖ expiry_ms u64)
//! scope    h2f(SCOPE, kind u8 ‖ len16 name ‖ period u32),  period = 4·year + quarter − 1
//! policy   h2f(POLICY, policy32),  policy32 = SHA-256(len16 ‖ sorted issuer keys
//!              ‖ earliest as_of u64),  len16 = length of each key
//! N        P5(10; sk, id, scope, kind),  id = kind · lineage
//! issue    ISSUE ‖ C32 ‖ h32 ‖ schema32 ‖ as_of u64 ‖ ct_digest32              signed by the issuer
//! bytes    version ‖ suite ‖ tag ‖ 7 × 32, big-endian, each below r; kind is 0 or 1
//! ```
//!
//! The verifier computes Q, X, scope and policy itself and takes C and N from the prover.
//! Status: *composition*.

mod context;
mod issue;
mod scope;

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use crate::field::{
    Commitment, ContextDigest, Fr, LineageId, Nullifier, PolicyDigest, RequirementDigest,
    ScopeDigest,
};
use crate::gadget::system::INPUTS;
use crate::holder::HolderSecret;
use crate::poseidon::{PoseidonTag, hash_4};

pub use context::{Context, ContextError, PartyKey, Profile};
pub use issue::{IssueMessage, IssuerPolicy, PolicyError};
pub use scope::{Kind, Period, Scope, ScopeError};

/// The public inputs of a proof; 3 + 224 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    commitment: Commitment,
    requirement: RequirementDigest,
    context: ContextDigest,
    nullifier: Nullifier,
    scope: ScopeDigest,
    policy: PolicyDigest,
    kind: Kind,
}

impl Statement {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + INPUTS * 32;

    /// The statement that a verifier expects: C and N from the prover, the rest its own.
    #[must_use]
    pub fn new(
        commitment: Commitment,
        requirement: RequirementDigest,
        context: ContextDigest,
        nullifier: Nullifier,
        scope: &Scope,
        policy: PolicyDigest,
    ) -> Self {
        let (scope, kind) = (scope.digest(), scope.kind());
        Self { commitment, requirement, context, nullifier, scope, policy, kind }
    }

    /// C.
    #[must_use]
    pub const fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// Q.
    #[must_use]
    pub const fn requirement(&self) -> RequirementDigest {
        self.requirement
    }

    /// X.
    #[must_use]
    pub const fn context(&self) -> ContextDigest {
        self.context
    }

    /// N.
    #[must_use]
    pub const fn nullifier(&self) -> Nullifier {
        self.nullifier
    }

    /// The scope of N.
    #[must_use]
    pub const fn scope(&self) -> ScopeDigest {
        self.scope
    }

    /// The issuer policy.
    #[must_use]
    pub const fn policy(&self) -> PolicyDigest {
        self.policy
    }

    /// Whether N is per person or per record lineage.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::with_capacity(Self::LEN).header(Header::v1(Tag::ZkStatement));
        let inputs = self.inputs();
        inputs.iter().fold(writer, |w, input| w.array(&crate::field::encode(input))).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else: no other number of
    /// inputs, no value of r or more.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::ZkStatement))?;
        let statement = Self {
            commitment: Commitment::from_bytes(&reader.array()?)?,
            requirement: RequirementDigest::from_bytes(&reader.array()?)?,
            context: ContextDigest::from_bytes(&reader.array()?)?,
            nullifier: Nullifier::from_bytes(&reader.array()?)?,
            scope: ScopeDigest::from_bytes(&reader.array()?)?,
            policy: PolicyDigest::from_bytes(&reader.array()?)?,
            kind: Kind::from_element(&reader.array()?)?,
        };
        reader.finish()?;
        Ok(statement)
    }

    /// The inputs in the order of the circuit.
    pub(crate) fn inputs(&self) -> [Fr; INPUTS] {
        [
            self.commitment.value(),
            self.requirement.value(),
            self.context.value(),
            self.nullifier.value(),
            self.scope.value(),
            self.policy.value(),
            Fr::from(u64::from(self.kind as u8)),
        ]
    }
}

/// N = P5(10; sk, id, scope, kind) with id = kind · lineage.
#[must_use]
pub fn nullifier(secret: &HolderSecret, lineage: LineageId, scope: &Scope) -> Nullifier {
    let kind = Fr::from(u64::from(scope.kind() as u8));
    let id = kind * lineage.value();
    let parts = [*secret.element(), id, scope.digest().value(), kind];
    Nullifier::new(hash_4(PoseidonTag::Nullifier, parts))
}
