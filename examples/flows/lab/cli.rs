//! The command line of `pbft_lab`.

use std::path::PathBuf;

use lexopt::{Arg, Error, Parser, ValueExt};

use crate::flows::command::{Command, number};

/// What `--help` prints.
pub const USAGE: &str = "\
usage: pbft_lab run [--n N] [--seed S] [--seeds K] [--out FILE] [--json]
       pbft_lab replay FILE [--json]
       pbft_lab mutants [--json]
       pbft_lab messages [--json]

  run       draw a plan from each of K seeds, S and those after it, and carry it out: chaos, then
            calm; --n says how many replicas (1 to 1024), else each seed does; --out writes the plan
            and the trace of the first run that fails, else of the last
  replay    carry out a plan that --out wrote, and compare the trace
  mutants   break one rule of the protocol after the other, and search for what becomes of it
  messages  count the messages of one request without a fault

  --json    print one JSON object instead of text
  --help    print this

exit: 0 fine, 1 an invariant is broken, a trace differs or a mutant survives, 2 usage, 3 bad file,
      4 no progress
";

/// A parsed command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What to do.
    pub task: Task,
    /// Print JSON.
    pub json: bool,
}

/// What the laboratory is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Carry out the plans of seeds.
    Run(Seeds),
    /// Carry out the plan of a file.
    Replay(PathBuf),
    /// Print the table of the mutants.
    Mutants,
    /// Print the table of the messages.
    Messages,
}

/// Which plans to draw, and where to write one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// How many replicas, if not as the seed draws it.
    pub replicas: Option<u16>,
    /// The first seed.
    pub first: u64,
    /// How many seeds.
    pub count: u64,
    /// Where the recording goes.
    pub out: Option<PathBuf>,
}

/// Reads a command line.
///
/// # Errors
/// What is wrong with it.
pub fn read(mut parser: Parser) -> Result<Command<Options>, Error> {
    let mut seeds = Seeds { replicas: None, first: 1, count: 1, out: None };
    let (mut words, mut of_run, mut json) = (Vec::new(), false, false);
    while let Some(argument) = parser.next()? {
        of_run |= matches!(argument, Arg::Long("n" | "seed" | "seeds" | "out"));
        match argument {
            Arg::Long("n") => seeds.replicas = Some(number("--n", &parser.value()?, 1, 1024)?),
            Arg::Long("seed") => seeds.first = number("--seed", &parser.value()?, 0, u64::MAX)?,
            Arg::Long("seeds") => seeds.count = number("--seeds", &parser.value()?, 1, 1 << 32)?,
            Arg::Long("out") => seeds.out = Some(parser.value()?.into()),
            Arg::Long("json") => json = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Print(USAGE.to_owned())),
            Arg::Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let task = match words[..] {
        ["run"] => Task::Run(seeds),
        ["replay", file] => Task::Replay(file.into()),
        ["mutants"] => Task::Mutants,
        ["messages"] => Task::Messages,
        _ => return Err("one of run, replay FILE, mutants and messages is needed".into()),
    };
    if of_run && !matches!(task, Task::Run(_)) {
        return Err("--n, --seed, --seeds and --out belong to run".into());
    }
    Ok(Command::Run(Options { task, json }))
}
