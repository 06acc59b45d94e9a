//! A plan with what came of it, as a file.

use std::fs;
use std::path::Path;

use medcrypto_ledger::sim::Report;
use medcrypto_ledger::sim::swarm::{self, Plan, symbolic};
use serde::{Deserialize, Serialize};

use crate::flows::Failure;

/// The one value of the member `schema`.
const SCHEMA: &str = "medcrypto.pbft-recording.v1";

/// A plan, and what carrying it out must come to again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    schema: String,
    /// What to carry out.
    pub plan: Plan,
    /// The digest of every event, in hexadecimal digits; empty if there was none.
    pub trace: String,
    /// `passed`, or why it did not.
    pub end: String,
}

/// What came of a plan.
#[derive(Debug)]
pub struct Run {
    /// The run as a file.
    pub recording: Recording,
    /// What it leaves behind; a plan that cannot be carried out leaves nothing.
    pub report: Option<Report>,
    /// Why it did not pass.
    pub failure: Option<Failure>,
}

/// Carries a plan out, with symbolic signatures.
#[must_use]
pub fn carry_out(plan: &Plan) -> Run {
    let (report, ended) = match plan.run(&symbolic) {
        Ok(world) => (Some(world.report()), None),
        Err(failure) => (report_of(&failure).cloned(), Some(failure)),
    };
    let recording = Recording {
        schema: SCHEMA.to_owned(),
        plan: plan.clone(),
        trace: report.as_ref().map(|report| report.trace.to_string()).unwrap_or_default(),
        end: ended.as_ref().map_or_else(|| "passed".to_owned(), ToString::to_string),
    };
    let failure = ended.map(|ended| {
        let text = format!("seed {}: {ended}", plan.seed);
        match ended {
            swarm::Failure::Plan(_) => Failure::Data(text),
            swarm::Failure::Unserved(_) | swarm::Failure::Apart(_) => Failure::NoProgress(text),
            _ => Failure::Check(text),
        }
    });
    Run { recording, report, failure }
}

const fn report_of(failure: &swarm::Failure) -> Option<&Report> {
    match failure {
        swarm::Failure::Violation(_, report)
        | swarm::Failure::Unserved(report)
        | swarm::Failure::Apart(report)
        | swarm::Failure::Answers(report) => Some(report),
        _ => None,
    }
}

impl Recording {
    /// Writes the file.
    ///
    /// # Errors
    /// [`Failure::Data`].
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::Data(format!("{}: {error}", path.display()));
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(&error))?;
        fs::write(path, text + "\n").map_err(|error| failed(&error))
    }

    /// Reads a file that [`write`](Self::write) wrote, or one like it.
    ///
    /// # Errors
    /// [`Failure::Data`].
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let failed =
            |error: &dyn std::fmt::Display| Failure::Data(format!("{}: {error}", path.display()));
        let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
        let read: Self = serde_json::from_str(&text).map_err(|error| failed(&error))?;
        if read.schema == SCHEMA { Ok(read) } else { Err(failed(&format!("not {SCHEMA}"))) }
    }
}
