//! Lists of codes: conditions, procedures, medications.
//!
//! ```text
//! condition   not refuted, not entered in error; active | recurrence | relapse → active list,
//!             inactive | remission | resolved → history; no usable status → neither, both partial
//! procedure   in-progress | completed | stopped
//! medication  active statements; active requests but proposals, plans and "do not perform"
//! ```
//!
//! A list of which nothing is known is Missing; an empty list exists only by the issuer's claim.

use core::mem;

use zeroize::Zeroizing;

use super::{Builder, IngestError, IngestWarningKind, ListClaim, Part};
use crate::record::{CodeList, Entry};
use crate::schema::{CodeSystem, MAX_CODES};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";

/// Whether a resource belongs to a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belongs {
    Yes,
    No,
    Undecided,
}

/// Codes gathered for one field.
struct Gathered {
    name: &'static str,
    codes: Zeroizing<Vec<u64>>,
    partial: bool,
}

impl Gathered {
    fn new(name: &'static str, builder: &Builder<'_>) -> Self {
        Self {
            name,
            codes: Zeroizing::default(),
            partial: builder.options.lists == ListClaim::Partial,
        }
    }

    fn add(&mut self, part: &Part<'_>, key: &str, belongs: Belongs, builder: &mut Builder<'_>) {
        match belongs {
            Belongs::No => {}
            Belongs::Undecided => self.spoil(part, IngestWarningKind::Status, builder),
            Belongs::Yes => self.add_codes(part, key, builder),
        }
    }

    /// Every SNOMED CT code of the concept: one resource may say the same in several ways.
    fn add_codes(&mut self, part: &Part<'_>, key: &str, builder: &mut Builder<'_>) {
        let concept = part.get(key);
        let codes = concept.map(|c| c.codes(CodeSystem::Sct.uri())).unwrap_or_default();
        if codes.is_empty() {
            self.spoil(part, IngestWarningKind::NoCode, builder);
        }
        for code in codes {
            match CodeSystem::Sct.encode(code) {
                Ok(code) => self.push(code),
                Err(_) => self.spoil(part, IngestWarningKind::BadCode, builder),
            }
        }
    }

    /// A vector that grows by itself would leave the codes behind in the memory that it gives back.
    fn push(&mut self, code: u64) {
        if self.codes.len() == self.codes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * self.codes.len() + 8));
            larger.extend_from_slice(&self.codes);
            self.codes = larger;
        }
        self.codes.push(code);
    }

    /// Something that may belong to the list is not in it.
    fn spoil(&mut self, part: &Part<'_>, kind: IngestWarningKind, builder: &mut Builder<'_>) {
        self.partial = true;
        builder.warn(part, builder.schema.field(self.name), kind);
    }

    fn store(
        mut self,
        last: Option<&Part<'_>>,
        builder: &mut Builder<'_>,
    ) -> Result<(), IngestError> {
        self.codes.sort_unstable();
        self.codes.dedup();
        if let (true, Some(part)) = (self.codes.len() > MAX_CODES, last) {
            self.spoil(part, IngestWarningKind::TooManyCodes, builder);
            self.codes.truncate(MAX_CODES);
        }
        let is_known = !self.codes.is_empty() || !self.partial;
        match builder.schema.field(self.name).filter(|_| is_known) {
            Some(field) => {
                let list = CodeList::new(mem::take(&mut *self.codes), !self.partial);
                builder.set(field, Entry::Codes(list))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn conditions(
    conditions: &[Part<'_>],
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    let mut active = Gathered::new("conditions_active", builder);
    let mut history = Gathered::new("conditions_history", builder);
    for condition in conditions {
        let (now, before) = clinical_status(condition);
        active.add(condition, "code", now, builder);
        history.add(condition, "code", before, builder);
    }
    active.store(conditions.last(), builder)?;
    history.store(conditions.last(), builder)
}

/// Whether a condition belongs to the active list, and to the history.
fn clinical_status(condition: &Part<'_>) -> (Belongs, Belongs) {
    let status = |key, system| {
        let concept = condition.get(key);
        concept.and_then(|concept| concept.codes(system).first().copied())
    };
    if let Some("refuted" | "entered-in-error") = status("verificationStatus", VERIFICATION) {
        return (Belongs::No, Belongs::No);
    }
    match status("clinicalStatus", CLINICAL) {
        Some("active" | "recurrence" | "relapse") => (Belongs::Yes, Belongs::No),
        Some("inactive" | "remission" | "resolved") => (Belongs::No, Belongs::Yes),
        _ => (Belongs::Undecided, Belongs::Undecided),
    }
}

pub(super) fn procedures(
    procedures: &[Part<'_>],
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    let mut list = Gathered::new("procedures", builder);
    for procedure in procedures {
        let belongs = match procedure.text("status") {
            Some("in-progress" | "completed" | "stopped") => Belongs::Yes,
            Some("preparation" | "not-done" | "entered-in-error") => Belongs::No,
            _ => Belongs::Undecided,
        };
        list.add(procedure, "code", belongs, builder);
    }
    list.store(procedures.last(), builder)
}

pub(super) fn medications(
    statements: &[Part<'_>],
    requests: &[Part<'_>],
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    let mut list = Gathered::new("medications", builder);
    for statement in statements {
        let belongs = match statement.text("status") {
            Some("active") => Belongs::Yes,
            Some("unknown") | None => Belongs::Undecided,
            Some(_) => Belongs::No,
        };
        list.add(statement, "medicationCodeableConcept", belongs, builder);
    }
    for request in requests {
        list.add(request, "medicationCodeableConcept", requested(request), builder);
    }
    list.store(requests.last().or(statements.last()), builder)
}

/// Whether a request is an order in force.
fn requested(request: &Part<'_>) -> Belongs {
    let is_ban = request.get("doNotPerform").is_some_and(|ban| ban.value.as_bool() == Some(true));
    let is_wish = matches!(request.text("intent"), Some("proposal" | "plan" | "option"));
    match request.text("status") {
        _ if is_ban || is_wish => Belongs::No,
        Some("active") => Belongs::Yes,
        Some("unknown") | None => Belongs::Undecided,
        Some(_) => Belongs::No,
    }
}
