//! The command line of `meisami_access`.

use std::path::PathBuf;

use lexopt::{Error, Parser};

use super::attacks;
use crate::flows::command::{Command, Shared};

/// What `--help` prints.
pub const USAGE: &str = "\
usage: meisami_access [options]

  --record DIR    folder of FHIR R4 resources (default: testdata/fhir)
  --fast          no table of attacks, and a network without faults
  --seed N        seed of everything random (default: 1)
  --json          print one JSON object instead of text
  --attack NAME   run one attack; it must be rejected
  --list-attacks  print the names of the attacks, one a line
  --help          print this

exit: 0 fine, 1 a check failed or an attack got through, 2 usage, 3 bad data, 4 no progress
";

/// A parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Folder of FHIR R4 resources.
    pub record: PathBuf,
    /// What every flow takes.
    pub shared: Shared,
}

/// Reads a command line.
///
/// # Errors
/// What is wrong with it.
pub fn read(parser: Parser) -> Result<Command<Options>, Error> {
    let mut record = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir"));
    let asked = Shared::read(parser, USAGE, attacks::names(), |option, parser| {
        match option {
            "record" => record = parser.value()?.into(),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(asked.map(|shared| Options { record, shared }))
}
