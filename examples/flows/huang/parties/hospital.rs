//! The hospital: keeps the record, commits to it, and answers for the commitment.

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::auth::Signature;
use medcrypto_ledger::contract;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::fhir::{FhirBundle, IngestError, IngestOptions, Ingested, ListClaim};
use medcrypto_zk::field::{HolderCommitment, LineageId};
use medcrypto_zk::record::Record;
use medcrypto_zk::schema::{Date, FieldId};

use crate::flows::huang::Failure;
use crate::flows::huang::judge::Attestation;
use crate::flows::huang::signer::Signer;

/// Issues records.
#[derive(Debug)]
pub struct Hospital {
    /// Signs attestations.
    pub signer: Signer,
}

impl Hospital {
    /// A fresh hospital.
    pub fn new<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self { signer: Signer::generate(rng) }
    }

    /// Reads a patient's record from FHIR resources. `used` are the fields that the requirement
    /// reads: in these an unknown unit is an error.
    ///
    /// # Errors
    /// [`IngestError`] names file and path.
    pub fn ingest(
        bundle: &FhirBundle,
        patient: &str,
        as_of: Date,
        used: &[FieldId],
    ) -> Result<Ingested, IngestError> {
        let options = IngestOptions { as_of, version: 1, lists: ListClaim::Partial, used };
        bundle.ingest(patient, options)
    }

    /// Commits to a record for the holder of `holder`; a lineage is drawn for a first version.
    pub fn commit<R: RngCore + CryptoRng>(
        &self,
        record: Record,
        holder: HolderCommitment,
        rng: &mut R,
    ) -> RecordOpening {
        let mut lineage = [0; 31];
        rng.fill_bytes(&mut lineage);
        RecordOpening::generate(record, holder, LineageId::from_id(&lineage), rng)
    }

    /// Signs commitment and ciphertext together.
    ///
    /// # Errors
    /// [`Failure::Check`] when the commitment is no field element.
    pub fn attest(
        &self,
        record: &contract::Record,
        payload_digest: [u8; 32],
    ) -> Result<Signature, Failure> {
        Attestation::sign(record, payload_digest, &self.signer)
            .map(|attestation| attestation.to_signature())
            .ok_or_else(|| Failure::Check("the commitment is no field element".to_owned()))
    }
}
