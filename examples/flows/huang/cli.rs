//! The command line of `huang_share`.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Error, Parser, ValueExt};

use super::attacks;
use crate::flows::command::{Command, Shared};

/// What `--help` prints.
pub const USAGE: &str = "\
usage: huang_share [options]

  --record DIR           folder of FHIR R4 resources (default: testdata/fhir)
  --patient ID           whose record (default: f001, else the only patient of the folder)
  --require FILE-OR-TEXT the study's requirement (default: active NSCLC, glucose, age)
  --fast                 no comparison with the paper, and a network without faults
  --seed N               seed of everything random (default: 1)
  --json                 print one JSON object instead of text
  --out DIR              write the artefacts of the run to DIR, or check those of an earlier run
  --attack NAME          run one attack; it must be rejected
  --list-attacks         print the names of the attacks, one a line
  --help                 print this

exit: 0 fine, 1 a check failed or an attack got through, 2 usage or requirement text,
      3 bad data, 4 no progress, 5 requirement not met
";

/// The requirement that is proved unless another is given.
pub const DEFAULT_REQUIREMENT: &str = "\
all(has(conditions_active, {sct:254637007}), glucose >= 6.1 \"mmol/L\", \
age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)";

/// A parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Folder of FHIR R4 resources.
    pub record: PathBuf,
    /// Whose record; without it f001, else the only patient.
    pub patient: Option<String>,
    /// The requirement as given: a file's path or the text itself.
    pub require: Option<OsString>,
    /// Where artefacts go.
    pub out: Option<PathBuf>,
    /// What every flow takes.
    pub shared: Shared,
}

/// Reads a command line.
///
/// # Errors
/// What is wrong with it.
pub fn read(parser: Parser) -> Result<Command<Options>, Error> {
    let mut record = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir"));
    let (mut patient, mut require, mut out) = (None, None, None);
    let asked = Shared::read(parser, USAGE, attacks::names(), |option, parser| {
        match option {
            "record" => record = parser.value()?.into(),
            "patient" => patient = Some(parser.value()?.string()?),
            "require" => require = Some(parser.value()?),
            "out" => out = Some(parser.value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(asked.map(|shared| Options { record, patient, require, out, shared }))
}
