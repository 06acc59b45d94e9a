//! The patient's record as the hospital has read it, with the resources it was read from.

use medcrypto_zk::fhir::{FhirBundle, IngestError, IngestWarning, Ingested};
use medcrypto_zk::record::Record;
use medcrypto_zk::schema::FieldId;

use super::Failure;
use super::folder::Folder;
use super::parties::Hospital;
use super::study;

/// Where one patient's record came from.
#[derive(Debug)]
pub struct Source {
    patient: String,
    resources: Vec<(String, String)>,
    warnings: Vec<IngestWarning>,
}

impl Source {
    /// Reads the record of the patient asked for, and where it came from. `used` are the fields that
    /// the requirement reads.
    ///
    /// # Errors
    /// [`Failure::Data`] that names file and path, [`Failure::Usage`] without a patient.
    pub fn read(
        folder: &Folder,
        patient: Option<&str>,
        used: &[FieldId],
    ) -> Result<(Self, Record), Failure> {
        let place = |error: IngestError| Failure::Data(format!("{}/{error}", folder.path()));
        let bundle = FhirBundle::from_resources(folder.files()).map_err(place)?;
        let patient = folder.choose_patient(&bundle, patient)?;
        let ingested = Hospital::ingest(&bundle, &patient, study::as_of()?, used).map_err(place)?;
        let Ingested { record, warnings } = ingested;
        let resources = bundle.resources(&patient);
        Ok((Self { patient, resources, warnings }, record))
    }

    /// The patient's id.
    #[must_use]
    pub fn patient(&self) -> &str {
        &self.patient
    }

    /// What the hospital could not read, and left out.
    #[must_use]
    pub fn warnings(&self) -> &[IngestWarning] {
        &self.warnings
    }

    /// The resources about the patient, by type and id: what is delivered with the record.
    #[must_use]
    pub fn resources(&self) -> &[(String, String)] {
        &self.resources
    }
}
