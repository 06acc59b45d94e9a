//! Ingestion of FHIR R4 JSON into a record of the default clinical schema.
//!
//! ```text
//! Patient                 birth_date, sex
//! Observation, component  by LOINC code; the latest that is not entered in error wins, ties by id
//! Condition               conditions_active or conditions_history, by clinicalStatus
//! Procedure               procedures
//! MedicationStatement,    medications
//! MedicationRequest
//! ```
//!
//! No I/O: the caller reads the files. A resource without type, id or subject is bad data, and so is
//! a clinical one whose subject cannot be told: leaving it out would make a list look complete. A
//! subject is `Patient/id`, or an entry of the same Bundle by its `fullUrl`; an address of a server
//! is nobody's here. A value
//! that is absent, out of bounds or in an unknown unit is Missing with a warning, and an error if
//! its unit is unknown in a field that the caller names as used. Nothing is guessed: an older value
//! never stands in for a newer one that cannot be read.
//!
//! Whether a list of codes is complete is a claim of the issuer, not a fact of a folder. Even under
//! [`ListClaim::Complete`] a list is partial when a resource that belongs to it cannot be coded.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use serde_json::Value;

use crate::record::{Entry, Record};
use crate::schema::{Date, FieldId, Location, Schema};

mod error;
mod lists;
mod observation;
mod part;
mod patient;
mod quantity;
mod time;

pub use error::{IngestError, IngestErrorKind, IngestWarning, IngestWarningKind};

use part::Part;

/// Resources about one or more patients, checked for type, id and subject.
#[derive(Debug)]
pub struct FhirBundle {
    resources: Vec<Resource>,
}

struct Resource {
    file: String,
    /// Path of the resource in its file; `$` unless it stands in a Bundle.
    path: String,
    kind: String,
    id: String,
    /// Id of the patient that it is about, if it is about one.
    patient: Option<String>,
    value: Value,
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource").field("file", &self.file).finish_non_exhaustive()
    }
}

/// What the issuer says about its lists of codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListClaim {
    /// The resources are some of the patient's: presence and lower bounds can be proven.
    #[default]
    Partial,
    /// The resources are all of the patient's that the issuer knows: absence and exact counts can
    /// be proven too. The issuer signs for this.
    Complete,
}

/// What the issuer adds to the resources.
#[derive(Clone, Copy, Debug)]
pub struct IngestOptions<'a> {
    /// Date of the record; a date that the issuer names, never a clock.
    pub as_of: Date,
    /// Version of the record.
    pub version: u32,
    /// Whether lists are complete.
    pub lists: ListClaim,
    /// Fields in which an unknown unit is an error; a requirement's
    /// [`fields`](crate::requirement::Requirement::fields).
    pub used: &'a [FieldId],
}

/// A record with what could not be taken over.
#[derive(Debug)]
pub struct Ingested {
    /// The record.
    pub record: Record,
    /// Values that are Missing, and lists that are partial, for a reason in the data.
    pub warnings: Vec<IngestWarning>,
}

impl FhirBundle {
    /// Parses and checks resources given as file name and content; a `Bundle` is unpacked.
    ///
    /// # Errors
    /// [`IngestError`], with file and place, for malformed JSON, a missing type, id or subject, a
    /// clinical subject that cannot be told, and for two resources of one type and id.
    pub fn from_resources<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, IngestError> {
        let mut resources = Vec::new();
        for (file, bytes) in files {
            let value: Value =
                serde_json::from_slice(bytes).map_err(|error| IngestError::json(file, &error))?;
            unpack(file, value, &mut resources)?;
        }
        let mut seen = BTreeSet::new();
        match resources.iter().find(|resource| !seen.insert((&resource.kind, &resource.id))) {
            None => Ok(Self { resources }),
            Some(again) => Err(again.part().error(IngestErrorKind::Duplicate)),
        }
    }

    /// Ids of the patients, in the order of the files.
    pub fn patients(&self) -> impl Iterator<Item = &str> {
        let patients = self.resources.iter().filter(|resource| resource.kind == "Patient");
        patients.map(|resource| resource.id.as_str())
    }

    /// The resources about one patient, the Patient resource among them: `Type/id` and its JSON.
    /// A resource about nobody or about somebody else is never among them, whatever file it was in.
    #[must_use]
    pub fn resources(&self, patient: &str) -> Vec<(String, String)> {
        let is_patient = |r: &&Resource| r.kind == "Patient" && r.id == patient;
        let about = |r: &&Resource| is_patient(r) || r.patient.as_deref() == Some(patient);
        let named = |r: &Resource| (format!("{}/{}", r.kind, r.id), r.value.to_string());
        self.resources.iter().filter(about).map(named).collect()
    }

    /// The record of one patient.
    ///
    /// # Errors
    /// [`IngestErrorKind::NoSuchPatient`]; [`IngestErrorKind::Date`] for a malformed date;
    /// [`IngestErrorKind::UnknownUnit`] in a used field.
    pub fn ingest(
        &self,
        patient: &str,
        options: IngestOptions<'_>,
    ) -> Result<Ingested, IngestError> {
        let mut builder = Builder::new(options);
        let person = self.resources.iter().find(|r| r.kind == "Patient" && r.id == patient);
        let person = person.ok_or_else(|| IngestError::no_such_patient(patient))?;
        let about = |kind: &'static str| {
            let mine = |r: &&Resource| r.kind == kind && r.patient.as_deref() == Some(patient);
            self.resources.iter().filter(mine).map(Resource::part).collect::<Vec<_>>()
        };
        builder.issuer_fields()?;
        patient::read(&person.part(), &mut builder)?;
        observation::read(&about("Observation"), &mut builder)?;
        lists::conditions(&about("Condition"), &mut builder)?;
        lists::procedures(&about("Procedure"), &mut builder)?;
        let statements = about("MedicationStatement");
        lists::medications(&statements, &about("MedicationRequest"), &mut builder)?;
        Ok(Ingested { record: builder.record, warnings: builder.warnings })
    }
}

/// Takes one resource, or every resource of a bundle.
fn unpack(file: &str, value: Value, into: &mut Vec<Resource>) -> Result<(), IngestError> {
    let root = Part::root(file, "$", &value);
    if root.text("resourceType") != Some("Bundle") {
        into.push(Resource::check(file, "$".into(), value, &BTreeMap::new())?);
        return Ok(());
    }
    let entries = root.items("entry");
    let urls = full_urls(&entries);
    for resource in entries.iter().filter_map(|entry| entry.get("resource")) {
        let (path, value) = (resource.path.clone(), resource.value.clone());
        into.push(Resource::check(file, path, value, &urls)?);
    }
    Ok(())
}

/// What the `fullUrl`s of a Bundle stand for, as `Type/id`; one that stands twice stands for nothing.
fn full_urls(entries: &[Part<'_>]) -> BTreeMap<String, Option<String>> {
    let mut urls = BTreeMap::new();
    for entry in entries {
        let resource = entry.get("resource");
        let named =
            resource.and_then(|r| Some(format!("{}/{}", r.text("resourceType")?, r.text("id")?)));
        if let (Some(url), Some(named)) = (entry.text("fullUrl"), named) {
            let is_new = !urls.contains_key(url);
            let _ = urls.insert(url.into(), is_new.then_some(named));
        }
    }
    urls
}

/// FHIR R4, data type `id`. An id is printed, so nothing else may pass for one.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

impl Resource {
    fn check(
        file: &str,
        path: String,
        value: Value,
        urls: &BTreeMap<String, Option<String>>,
    ) -> Result<Self, IngestError> {
        const ABOUT_A_SUBJECT: [&str; 5] =
            ["Observation", "Condition", "Procedure", "MedicationStatement", "MedicationRequest"];
        let part = Part::root(file, &path, &value);
        let text = |key, kind| {
            let text = part.text(key).filter(|text| !text.is_empty());
            text.map(Into::into).ok_or_else(|| part.error_in(key, kind))
        };
        let kind: String = text("resourceType", IngestErrorKind::MissingType)?;
        let id: String = text("id", IngestErrorKind::MissingId)?;
        if !is_id(&id) {
            return Err(part.error_in("id", IngestErrorKind::MalformedId));
        }
        let subject = part.get("subject").and_then(|subject| subject.text("reference"));
        let subject = match subject {
            None => Err(IngestErrorKind::MissingSubject),
            Some(reference) => Subject::of(reference, urls).ok_or(IngestErrorKind::Subject),
        };
        let patient = match subject {
            Ok(Subject::Patient(id)) => Some(id),
            Err(kind_of_error) if ABOUT_A_SUBJECT.contains(&kind.as_str()) => {
                return Err(part.error_in("subject.reference", kind_of_error));
            }
            Ok(Subject::Other) | Err(_) => None,
        };
        Ok(Self { file: file.into(), path, kind, id, patient, value })
    }

    fn part(&self) -> Part<'_> {
        Part::root(&self.file, &self.path, &self.value)
    }
}

/// Whom a resource is about.
enum Subject {
    /// The patient of this id.
    Patient(String),
    /// A group, a device or a place.
    Other,
}

impl Subject {
    /// The subject of a literal reference `Type/id`, possibly before a version, or of an entry of
    /// the same Bundle. Everything else (an address on a server, a contained resource, a search)
    /// cannot be told.
    fn of(reference: &str, urls: &BTreeMap<String, Option<String>>) -> Option<Self> {
        let reference = reference.split_once("/_history/").map_or(reference, |(path, _)| path);
        let known = urls.get(reference).map(Option::as_deref);
        let (kind, id) = known.unwrap_or(Some(reference))?.split_once('/')?;
        let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        match kind {
            _ if id.is_empty() || !id.bytes().all(is_id) => None,
            "Patient" => Some(Self::Patient(id.into())),
            "Group" | "Device" | "Location" => Some(Self::Other),
            _ => None,
        }
    }
}

/// A record in the making.
struct Builder<'a> {
    schema: Schema,
    record: Record,
    warnings: Vec<IngestWarning>,
    options: IngestOptions<'a>,
}

impl<'a> Builder<'a> {
    fn new(options: IngestOptions<'a>) -> Self {
        let schema = Schema::clinical_v1();
        let (record, warnings) = (Record::empty(schema), Vec::new());
        Self { schema, record, warnings, options }
    }

    fn issuer_fields(&mut self) -> Result<(), IngestError> {
        self.put("as_of", self.options.as_of.day_number())?;
        self.put("record_version", i64::from(self.options.version))
    }

    /// Stores an exact scaled value.
    fn put(&mut self, name: &'static str, scaled: i64) -> Result<(), IngestError> {
        let field = self.schema.field(name).ok_or_else(|| IngestError::misfit(name))?;
        let encoded = self.schema.spec(field).and_then(|spec| spec.encode(scaled));
        self.set(field, Entry::point(encoded.ok_or_else(|| IngestError::misfit(name))?))
    }

    fn set(&mut self, field: FieldId, entry: Entry) -> Result<(), IngestError> {
        let name = self.schema.spec(field).map_or("", |spec| spec.name);
        self.record.set(field, entry).map_err(|_| IngestError::misfit(name))
    }

    /// Stores scaled bounds, or warns why the field stays missing.
    fn put_checked(
        &mut self,
        part: &Part<'_>,
        field: FieldId,
        (lo, hi): (i64, i64),
    ) -> Result<(), IngestError> {
        let Some(spec) = self.schema.spec(field) else { return Ok(()) };
        let is_exact = matches!(spec.location, Location::Wide(_));
        let kind = match (spec.encode(lo), spec.encode(hi)) {
            (Some(lo), Some(hi)) if lo == hi || (lo < hi && !is_exact) => {
                return self.set(field, Entry::Interval { lo, hi });
            }
            (Some(_), Some(_)) => IngestWarningKind::NotExact,
            _ => IngestWarningKind::OutOfBounds,
        };
        self.warn(part, Some(field), kind);
        Ok(())
    }

    fn warn(&mut self, part: &Part<'_>, field: Option<FieldId>, kind: IngestWarningKind) {
        let (file, path) = (part.file.into(), part.path.clone());
        let field = field.and_then(|field| self.schema.spec(field)).map(|spec| spec.name);
        self.warnings.push(IngestWarning { file, path, field, kind });
    }
}

#[cfg(test)]
mod tests;
