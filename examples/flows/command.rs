//! A command line, from its arguments to the exit code: what every example does alike.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::str::FromStr;

use lexopt::{Arg, Error, Parser, ValueExt};
use medcrypto_ledger::sim::Faults;

use super::network::ROUGH;
use super::report::Report;
use super::{Failure, output};

/// An example as a program, with options `O`.
#[derive(Clone, Copy, Debug)]
pub struct Example<O> {
    /// What it is called.
    pub name: &'static str,
    /// What `--help` prints, and whoever uses it wrongly reads.
    pub usage: &'static str,
    /// Reads a command line.
    pub read: fn(Parser) -> Result<Command<O>, Error>,
    /// Runs: results to the first, progress to the second.
    pub run: fn(&O, &mut dyn Write, &mut dyn Write) -> Result<(), Failure>,
}

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<O> {
    /// Print a text: the usage, or the names of the attacks.
    Print(String),
    /// Run the flow, perhaps with an attack.
    Run(O),
}

impl<O> Example<O> {
    /// Runs what the process was called with.
    #[must_use]
    pub fn main(&self) -> ExitCode {
        let arguments = std::env::args_os().skip(1);
        ExitCode::from(self.perform(arguments, &mut io::stdout(), &mut io::stderr()))
    }

    /// Runs a command line, the program's name excluded, and returns the exit code. Results go to `out`,
    /// progress and the one message of a failure to `err`.
    pub fn perform<I>(&self, arguments: I, out: &mut dyn Write, err: &mut dyn Write) -> u8
    where
        I: IntoIterator<Item: Into<OsString>>,
    {
        let asked = (self.read)(Parser::from_args(arguments))
            .map_err(|error| Failure::Usage(format!("{error}\n\n{}", self.usage)));
        let ended = asked.and_then(|asked| match asked {
            Command::Print(text) => out.write_all(text.as_bytes()).map_err(output),
            Command::Run(options) => (self.run)(&options, out, err),
        });
        let Err(failure) = ended else { return 0 };
        // Where the message cannot be written there is nobody to read it.
        let _ = writeln!(err, "{}: {failure}", self.name);
        failure.code()
    }
}

/// The options of every flow that is attacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// A network without faults, and no tables.
    pub fast: bool,
    /// Seed of everything random.
    pub seed: u64,
    /// Print JSON.
    pub json: bool,
    /// Which attack to run.
    pub attack: Option<String>,
}

impl Shared {
    /// Reads a command line of a flow with this usage and these attacks. `own` takes an option of the
    /// flow alone, and says whether it is one.
    ///
    /// # Errors
    /// What is wrong with the arguments.
    pub fn read(
        mut parser: Parser,
        usage: &str,
        attacks: impl Iterator<Item = &'static str>,
        mut own: impl FnMut(&str, &mut Parser) -> Result<bool, Error>,
    ) -> Result<Command<Self>, Error> {
        let mut shared = Self { fast: false, seed: 1, json: false, attack: None };
        while let Some(argument) = parser.next()? {
            let name = match argument {
                Arg::Long(name) => name.to_owned(),
                Arg::Short('h') => "help".to_owned(),
                other => return Err(other.unexpected()),
            };
            match name.as_str() {
                "fast" => shared.fast = true,
                "seed" => shared.seed = seed(&parser.value()?)?,
                "json" => shared.json = true,
                "attack" => shared.attack = Some(parser.value()?.string()?),
                "list-attacks" => {
                    return Ok(Command::Print(attacks.map(|name| format!("{name}\n")).collect()));
                }
                "help" => return Ok(Command::Print(usage.to_owned())),
                name if own(name, &mut parser)? => {}
                name => return Err(Arg::Long(name).unexpected()),
            }
        }
        Ok(Command::Run(shared))
    }

    /// What the network does to messages.
    #[must_use]
    pub const fn faults(&self) -> Faults {
        if self.fast { Faults::NONE } else { ROUGH }
    }

    /// The report of an example that has so many steps.
    pub fn report<'a>(
        &self,
        about: (&'static str, u8),
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Report<'a> {
        Report::new(about, out, err, self.json, self.seed)
    }
}

impl<O> Command<O> {
    /// The same with other options.
    pub fn map<P>(self, options: impl FnOnce(O) -> P) -> Command<P> {
        match self {
            Self::Print(text) => Command::Print(text),
            Self::Run(given) => Command::Run(options(given)),
        }
    }
}

fn seed(value: &OsStr) -> Result<u64, Error> {
    let shown = value.to_string_lossy();
    shown.parse().map_err(|_| format!("--seed takes a number below 2^64, not {shown:?}").into())
}

/// A number from `least` to `most`.
///
/// # Errors
/// Names the option for anything else.
pub fn number<T>(option: &str, value: &OsStr, least: T, most: T) -> Result<T, Error>
where
    T: FromStr + PartialOrd + Display,
{
    let shown = value.to_string_lossy();
    let parsed = shown.parse().ok().filter(|number| least <= *number && *number <= most);
    parsed.ok_or_else(|| {
        format!("{option} takes a number from {least} to {most}, not {shown:?}").into()
    })
}
