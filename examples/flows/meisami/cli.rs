//! The command line of `meisami_access`.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::flows::Failure;

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
    /// A network without faults, and no table of attacks.
    pub fast: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Print JSON.
    pub json: bool,
    /// Which attack to run.
    pub attack: Option<String>,
}

/// What the command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the flow, perhaps with an attack.
    Run(Options),
    /// Print the usage.
    Help,
    /// Print the names of the attacks.
    ListAttacks,
}

/// Reads a command line, the program's name excluded.
///
/// # Errors
/// [`Failure::Usage`].
pub fn parse<I>(arguments: I) -> Result<Command, Failure>
where
    I: IntoIterator<Item: Into<OsString>>,
{
    read(Parser::from_args(arguments))
        .map_err(|error| Failure::Usage(format!("{error}\n\n{USAGE}")))
}

fn read(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let record = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir"));
    let mut options = Options { record, fast: false, seed: 1, json: false, attack: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("record") => options.record = parser.value()?.into(),
            Arg::Long("fast") => options.fast = true,
            Arg::Long("seed") => {
                let shown = parser.value()?.to_string_lossy().into_owned();
                let wrong = || format!("--seed takes a number below 2^64, not {shown:?}");
                options.seed = shown.parse().map_err(|_| wrong())?;
            }
            Arg::Long("json") => options.json = true,
            Arg::Long("attack") => options.attack = Some(parser.value()?.string()?),
            Arg::Long("list-attacks") => return Ok(Command::ListAttacks),
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run(options))
}
