//! The patient's record as the hospital has read it, with the resources it was read from.

use medcrypto_zk::fhir::{FhirBundle, IngestError, IngestWarning, Ingested};
use medcrypto_zk::record::Record;
use medcrypto_zk::schema::FieldId;

use super::Failure;
use super::folder::{Folder, choose_patient};
use super::parties::Hospital;
use super::study;

/// Where one patient's record came from.
#[derive(Debug)]
pub struct Source {
    folder: Folder,
    patient: String,
    warnings: Vec<IngestWarning>,
}

impl Source {
    /// Reads the record of the patient asked for, and where it came from. `used` are the fields that
    /// the requirement reads.
    ///
    /// # Errors
    /// [`Failure::Data`] that names file and path, [`Failure::Usage`] without a patient.
    pub fn read(
        folder: Folder,
        patient: Option<&str>,
        used: &[FieldId],
    ) -> Result<(Self, Record), Failure> {
        let place = |error: IngestError| Failure::Data(format!("{}/{error}", folder.path()));
        let bundle = FhirBundle::from_resources(folder.files()).map_err(place)?;
        let patient = choose_patient(&bundle, patient)?;
        let ingested = Hospital::ingest(&bundle, &patient, study::as_of()?, used).map_err(place)?;
        let Ingested { record, warnings } = ingested;
        Ok((Self { folder, patient, warnings }, record))
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

    /// The resources that mention the patient, by file name: what is delivered with the record.
    #[must_use]
    pub fn resources(&self) -> Vec<(&str, &[u8])> {
        let mention =
            [format!("\"Patient/{}\"", self.patient), format!("\"id\": \"{}\"", self.patient)];
        let about = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            mention.iter().any(|needle| text.contains(needle))
        };
        self.folder.files().filter(|(_, bytes)| about(bytes)).collect()
    }
}
