//! The command line of `healthchain_iot`.

use std::path::PathBuf;

use lexopt::{Error, Parser};

use super::attacks;
use crate::flows::command::{Command, Shared};

/// What `--help` prints.
pub const USAGE: &str = "\
usage: healthchain_iot [options]

  --data DIR      folder with ecg/, fhir/ and SHA256SUMS (default: testdata)
  --fast          no tables of the paper, and a Docchain without faults
  --seed N        seed of everything random (default: 1)
  --json          print one JSON object instead of text
  --out DIR       leave figures 6 and 7 there as SVG; not with --fast or --attack
  --attack NAME   run one attack; it must be rejected
  --list-attacks  print the names of the attacks, one a line
  --help          print this

exit: 0 fine, 1 a check failed or an attack got through, 2 usage, 3 bad data, 4 no progress
";

/// A parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Folder of the measurements.
    pub data: PathBuf,
    /// Where the figures go.
    pub out: Option<PathBuf>,
    /// What every flow takes.
    pub shared: Shared,
}

/// Reads a command line.
///
/// # Errors
/// What is wrong with it.
pub fn read(parser: Parser) -> Result<Command<Options>, Error> {
    let mut data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata"));
    let mut out = None;
    let asked = Shared::read(parser, USAGE, attacks::names(), |option, parser| {
        match option {
            "data" => data = parser.value()?.into(),
            "out" => out = Some(parser.value()?.into()),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    match asked {
        Command::Run(shared) if out.is_some() && (shared.fast || shared.attack.is_some()) => {
            Err("--out belongs to a full run".into())
        }
        asked => Ok(asked.map(|shared| Options { data, out, shared })),
    }
}
