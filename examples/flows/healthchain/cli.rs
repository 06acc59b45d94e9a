//! The command line of `healthchain_iot`.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::flows::Failure;

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
    /// A Docchain without faults, and no tables of the paper.
    pub fast: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Print JSON.
    pub json: bool,
    /// Which attack to run.
    pub attack: Option<String>,
    /// Where the figures go.
    pub out: Option<PathBuf>,
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
    let data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata"));
    let mut options = Options { data, fast: false, seed: 1, json: false, attack: None, out: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("data") => options.data = parser.value()?.into(),
            Arg::Long("fast") => options.fast = true,
            Arg::Long("seed") => {
                let shown = parser.value()?.to_string_lossy().into_owned();
                let wrong = || format!("--seed takes a number below 2^64, not {shown:?}");
                options.seed = shown.parse().map_err(|_| wrong())?;
            }
            Arg::Long("json") => options.json = true,
            Arg::Long("out") => options.out = Some(parser.value()?.into()),
            Arg::Long("attack") => options.attack = Some(parser.value()?.string()?),
            Arg::Long("list-attacks") => return Ok(Command::ListAttacks),
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    if options.out.is_some() && (options.fast || options.attack.is_some()) {
        return Err("--out belongs to a full run".into());
    }
    Ok(Command::Run(options))
}
