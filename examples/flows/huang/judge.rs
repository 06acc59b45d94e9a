//! The verdicts that the contract asks for, by the crates that know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use medcrypto_core::codec::{Header, Tag, Writer};
use medcrypto_core::{DecodeError, Dst, dst};
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_ledger::contract::{Binding, PublicInputs, Record, Verdicts};
use medcrypto_ledger::{Digest, Refused};
use medcrypto_zk::field::{Commitment, ContextDigest, SchemaDigest};
use medcrypto_zk::keys::VerifyingKey;
use medcrypto_zk::proof::Proof;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::{
    Context, ContextError, IssueMessage, IssuerPolicy, Kind, PartyKey, Period, PolicyError,
    Profile, Scope, Statement,
};

use super::signer::{Ed25519, Signer};

/// The identity of the one contract of this ledger, part of every proof's context.
pub const CONTRACT: [u8; 32] = *b"medcrypto requirement contract 1";

/// Judges signatures, attestations and proofs; every replica holds an equal one.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    keys: BTreeMap<Digest, Arc<VerifyingKey>>,
}

impl Judge {
    /// A judge who knows these verifying keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        let named = |key: VerifyingKey| (Digest(key.digest()), Arc::new(key));
        Self { keys: keys.into_iter().map(named).collect() }
    }
}

impl Verifier for Judge {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        Ed25519.verify(key, domain, message, signature)
    }
}

impl Verdicts for Judge {
    fn attestation(&self, record: &Record, signature: &Signature) -> Result<(), Refused> {
        let attestation = Attestation::from_signature(signature).ok_or(Refused)?;
        let message = issue_message(record, attestation.record_digest).ok_or(Refused)?;
        self.verify(&record.issuer, dst::zk::ISSUE, &message, &attestation.signature)
    }

    fn proof(
        &self,
        verifying_key: &Digest,
        inputs: &PublicInputs,
        proof: &[u8],
    ) -> Result<(), Refused> {
        let key = self.keys.get(verifying_key).ok_or(Refused)?;
        let statement = statement(inputs).or(Err(Refused))?;
        let proof = Proof::from_bytes(proof).or(Err(Refused))?;
        key.verify(&statement, &proof).or(Err(Refused))
    }

    fn policy(&self, issuers: &BTreeSet<PublicKey>, earliest_as_of_ms: u64) -> Digest {
        // A policy without issuers is one that no proof names.
        policy(issuers, earliest_as_of_ms)
            .map_or(Digest::ZERO, |policy| Digest(policy.digest().to_bytes()))
    }

    fn context(&self, binding: &Binding<'_>) -> Digest {
        context(binding).map_or(Digest::ZERO, |context| Digest(context.to_bytes()))
    }

    fn scope(&self, kind: u8, name: &[u8], period: u32) -> Digest {
        let kind = if kind == 0 { Kind::PerPerson } else { Kind::PerLineage };
        // Every name is a digest of 32 bytes, so the default is unreachable.
        let scope = Scope::new(kind, name, Period::from_number(period)).ok();
        scope.map_or(Digest::ZERO, |scope| Digest(scope.digest().to_bytes()))
    }
}

/// The issuer policy of a request.
///
/// # Errors
/// [`PolicyError`].
pub fn policy(
    issuers: &BTreeSet<PublicKey>,
    earliest_as_of_ms: u64,
) -> Result<IssuerPolicy, PolicyError> {
    let keys: Vec<_> = issuers.iter().map(|key| key.0.as_slice()).collect();
    IssuerPolicy::new(&keys, earliest_as_of_ms)
}

/// Why a binding has no context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// No issuer policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A key of a party that no context holds.
    #[error(transparent)]
    Context(#[from] ContextError),
}

/// The context X of a sale.
///
/// # Errors
/// [`BindingError`].
pub fn context(binding: &Binding<'_>) -> Result<ContextDigest, BindingError> {
    let policy = policy(binding.issuers, binding.earliest_as_of_ms)?;
    let context = Context {
        profile: Profile::Anchored,
        verifying_key: binding.verifying_key.0,
        chain: binding.chain_id.0.0,
        contract: CONTRACT,
        request: binding.request.0,
        version: 1,
        policy: policy.policy32(),
        institution_key: PartyKey::new(binding.institution.0.as_slice())?,
        patient_key: PartyKey::new(binding.patient.0.as_slice())?,
        nonce: binding.nonce.0,
        expiry_ms: binding.expiry_ms,
    };
    Ok(context.digest())
}

/// The public inputs as the chain keeps them.
#[must_use]
pub fn inputs(statement: &Statement) -> PublicInputs {
    PublicInputs {
        commitment: Digest(statement.commitment().to_bytes()),
        requirement: Digest(statement.requirement().to_bytes()),
        policy: Digest(statement.policy().to_bytes()),
        context: Digest(statement.context().to_bytes()),
        nullifier: Digest(statement.nullifier().to_bytes()),
        scope: Digest(statement.scope().to_bytes()),
        kind: statement.kind() as u8,
    }
}

/// The public inputs as the verifier takes them: seven fields, each below r.
///
/// # Errors
/// [`DecodeError`] for a value that is no field element.
pub fn statement(inputs: &PublicInputs) -> Result<Statement, DecodeError> {
    let kind = [[0; 31].as_slice(), &[inputs.kind]].concat();
    let fields = [
        inputs.commitment,
        inputs.requirement,
        inputs.context,
        inputs.nullifier,
        inputs.scope,
        inputs.policy,
    ];
    let writer = Writer::with_capacity(Statement::LEN).header(Header::v1(Tag::ZkStatement));
    let writer = fields.iter().fold(writer, |writer, field| writer.array(field.as_bytes()));
    Statement::from_bytes(&writer.array(&kind).finish())
}

/// A hospital's signature over a registered record, and the digest that the chain does not hold.
///
/// ```text
/// bytes   record digest 32 ‖ signature
/// signed  IssueMessage(C, record digest, schema, as_of, digest inside the ciphertext's CID)
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    record_digest: [u8; 32],
    signature: Signature,
}

impl Attestation {
    /// Signs as the issuer of `record`; none when its commitment is no field element.
    #[must_use]
    pub fn sign(record: &Record, record_digest: [u8; 32], issuer: &Signer) -> Option<Self> {
        let message = issue_message(record, record_digest)?;
        let signature = issuer.sign(dst::zk::ISSUE, &message);
        Some(Self { record_digest, signature })
    }

    /// The encoding, which the chain carries as the issuer's signature.
    #[must_use]
    pub fn to_signature(&self) -> Signature {
        Signature([&self.record_digest, self.signature.0.as_slice()].concat().into())
    }

    fn from_signature(signature: &Signature) -> Option<Self> {
        let (digest, rest) = signature.0.as_slice().split_first_chunk()?;
        Some(Self { record_digest: *digest, signature: Signature(rest.into()) })
    }
}

fn issue_message(record: &Record, record_digest: [u8; 32]) -> Option<Vec<u8>> {
    let message = IssueMessage {
        commitment: Commitment::from_bytes(record.commitment.as_bytes()).ok()?,
        record_digest,
        schema: SchemaDigest::of(&Schema::clinical_v1()),
        as_of_ms: record.as_of_ms,
        ciphertext_digest: record.ciphertext.content_digest().try_into().ok()?,
    };
    Some(message.to_bytes())
}
