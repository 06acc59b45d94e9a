//! The command line of `huang_share`.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use super::Failure;

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
    /// Skip the comparison with the paper.
    pub fast: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Print JSON.
    pub json: bool,
    /// Where artefacts go.
    pub out: Option<PathBuf>,
    /// Which attack to run.
    pub attack: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            record: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir")),
            patient: None,
            require: None,
            fast: false,
            seed: 1,
            json: false,
            out: None,
            attack: None,
        }
    }
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
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("record") => options.record = parser.value()?.into(),
            Arg::Long("patient") => options.patient = Some(parser.value()?.string()?),
            Arg::Long("require") => options.require = Some(parser.value()?),
            Arg::Long("fast") => options.fast = true,
            Arg::Long("seed") => options.seed = seed(&parser.value()?)?,
            Arg::Long("json") => options.json = true,
            Arg::Long("out") => options.out = Some(parser.value()?.into()),
            Arg::Long("attack") => options.attack = Some(parser.value()?.string()?),
            Arg::Long("list-attacks") => return Ok(Command::ListAttacks),
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Run(options))
}

fn seed(value: &OsStr) -> Result<u64, lexopt::Error> {
    let shown = value.to_string_lossy();
    shown.parse().map_err(|_| format!("--seed takes a number below 2^64, not {shown:?}").into())
}
