//! The patient: owns the record, proves about it, delegates it.

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::Digest;
use medcrypto_ledger::auth::PublicKey;
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::contract::{Binding, ExclusiveProof, Proof, Requirement};
use medcrypto_pre::{
    Delegation, Delegator, Grant, RecordAddress, RecordId, ScopePath, VerifiedIdentityKey,
    seal_to_vec,
};
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::keys::ProvingKey;
use medcrypto_zk::statement::{Kind, Period, Scope};

use crate::flows::huang::Failure;
use crate::flows::huang::judge::{BindingError, context, inputs, policy};
use crate::flows::huang::payload::Payload;
use crate::flows::huang::signer::Signer;

/// Holds three keys: one decrypts and delegates, one is the holder's in proofs, one signs
/// transactions.
#[derive(Debug)]
pub struct Patient {
    /// Decrypts and delegates.
    pub identity: VerifiedIdentityKey,
    /// Binds proofs and nullifiers to this person.
    pub holder: HolderSecret,
    /// Signs transactions; nobody else has it, the authority included.
    pub signer: Signer,
}

/// An encrypted record as the proxy cloud keeps it: header and payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Where the record belongs.
    pub address: RecordAddress,
    /// `header ‖ payload`.
    pub ciphertext: Vec<u8>,
    /// The header's part of it.
    pub header_len: usize,
}

impl Patient {
    /// A patient with an identity key from the authority.
    pub fn new<R: RngCore + CryptoRng>(identity: VerifiedIdentityKey, rng: &mut R) -> Self {
        Self { identity, holder: HolderSecret::generate(rng), signer: Signer::generate(rng) }
    }

    /// Step 2: encrypts a payload to oneself under a scope; the commitment is its name.
    ///
    /// # Errors
    /// [`Failure::Data`] for a payload beyond what the stream holds.
    pub fn encrypt<R: RngCore + CryptoRng>(
        &self,
        payload: &Payload,
        commitment: &Digest,
        scope: Option<&ScopePath>,
        rng: &mut R,
    ) -> Result<Deposit, Failure> {
        let failure = |error| Failure::Data(format!("the record: {error}"));
        let owner = Delegator(self.identity.identity().clone());
        let record = RecordId::new(commitment.as_bytes()).map_err(failure)?;
        let address = match scope {
            Some(scope) => RecordAddress::in_scope(owner, scope.clone(), record),
            None => RecordAddress::private(owner, record),
        };
        let params = self.identity.params();
        let (header, body) =
            seal_to_vec(params, &address, payload.as_bytes(), rng).map_err(failure)?;
        let header = header.to_bytes();
        let header_len = header.len();
        Ok(Deposit { address, ciphertext: [header, body].concat(), header_len })
    }

    /// Step 4: proves that the committed record meets a published requirement, for this sale only.
    ///
    /// # Errors
    /// [`Failure::Unmet`] before any work if it does not.
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        key: &ProvingKey,
        opening: &RecordOpening,
        sale: &Sale<'_>,
        rng: &mut R,
    ) -> Result<Proof, Failure> {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let nonce = Digest(nonce);
        let terms = sale.terms;
        let own = self.signer.public_key();
        let bad = |error: BindingError| Failure::Data(format!("the request: {error}"));
        let binding = sale.binding(&own, nonce);
        let context = context(&binding).map_err(bad)?;
        let policy = policy(&terms.issuers, terms.earliest_as_of_ms)
            .map_err(|error| bad(error.into()))?
            .digest();
        let period = Period::from_number(terms.period);
        let mut prove_in = |name: &Digest| {
            let scope = Scope::new(Kind::PerPerson, name.as_bytes(), period)
                .map_err(|error| Failure::Data(format!("the request: {error}")))?;
            let failure = |error| match error {
                medcrypto_zk::Error::Unmet => Failure::Unmet(error.to_string()),
                other => Failure::Check(other.to_string()),
            };
            let statement =
                key.statement(opening, &self.holder, context, &scope, policy).map_err(failure)?;
            let proof =
                key.prove(&statement, opening, &self.holder, rng).map_err(failure)?.to_bytes();
            Ok::<_, Failure>((inputs(&statement), proof))
        };
        let (inputs, proof) = prove_in(&sale.request)?;
        let exclusive = sale.class_is_exclusive.then(|| prove_in(&terms.class)).transpose()?;
        let exclusive = exclusive.map(|(inputs, proof)| ExclusiveProof {
            nullifier: inputs.nullifier,
            proof: proof.into(),
        });
        Ok(Proof { request: sale.request, nonce, inputs, proof: proof.into(), exclusive })
    }

    /// Step 6: makes the re-encryption key of a grant, sealed to the proxy.
    ///
    /// # Errors
    /// [`Failure::Check`].
    pub fn delegate<R: RngCore + CryptoRng>(
        &self,
        grant: &Grant,
        rng: &mut R,
    ) -> Result<Delegation, Failure> {
        self.identity
            .delegate(grant, rng)
            .map_err(|error| Failure::Check(format!("the delegation: {error}")))
    }
}

/// The sale that a proof is for.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    /// The chain.
    pub chain_id: ChainId,
    /// The request.
    pub request: Digest,
    /// Who buys.
    pub institution: &'a PublicKey,
    /// On which terms.
    pub terms: &'a Requirement,
    /// Whether the class can be licensed exclusively.
    pub class_is_exclusive: bool,
}

impl<'a> Sale<'a> {
    fn binding(&self, patient: &'a PublicKey, nonce: Digest) -> Binding<'a> {
        Binding {
            verifying_key: self.terms.verifying_key,
            chain_id: self.chain_id,
            request: self.request,
            issuers: &self.terms.issuers,
            earliest_as_of_ms: self.terms.earliest_as_of_ms,
            institution: self.institution,
            patient,
            nonce,
            expiry_ms: self.terms.deadlines.prove_until,
        }
    }
}
