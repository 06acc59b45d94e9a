//! One run of `healthchain_iot`, from the command line to the exit code.

use std::ffi::OsString;
use std::io::{self, Write};

use medcrypto_ledger::sim::Faults;

use super::cli::{Command, Options, USAGE, parse};
use super::clinic::Clinic;
use super::data::Source;
use super::{attacks, narrate, tables};
use crate::flows::Failure;
use crate::flows::report::Report;

/// What a network does to messages in a full run: one in twenty is lost, one in twenty arrives twice,
/// and all overtake each other.
const ROUGH: Faults =
    Faults { link_spread: 20, delay_min: 5, delay_max: 80, loss: 50, duplicate: 50, garble: 0 };

/// Runs a command line and returns the exit code. Results go to `out`, progress and the one message of
/// a failure to `err`.
pub fn main<I>(arguments: I, out: &mut dyn Write, err: &mut dyn Write) -> u8
where
    I: IntoIterator<Item: Into<OsString>>,
{
    let ended = parse(arguments).and_then(|command| perform(command, out, err));
    let Err(failure) = ended else { return 0 };
    // Where the message cannot be written there is nobody to read it.
    let _ = writeln!(err, "healthchain_iot: {failure}");
    failure.code()
}

fn perform(command: Command, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::Help => out.write_all(USAGE.as_bytes()).map_err(output),
        Command::ListAttacks => {
            attacks::names().try_for_each(|name| writeln!(out, "{name}")).map_err(output)
        }
        Command::Run(options) => run(&options, out, err),
    }
}

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let unknown = options.attack.as_deref().filter(|name| attacks::about(name).is_none());
    if let Some(name) = unknown {
        return Err(Failure::Usage(format!("no attack named {name}; see --list-attacks")));
    }
    let about = ("healthchain_iot", narrate::STEPS);
    let mut report = Report::new(about, out, err, options.json, options.seed);
    let faults = if options.fast { Faults::NONE } else { ROUGH };
    let mut clinic = Clinic::new(Source::read(&options.data)?, faults, options.seed)?;
    match options.attack.as_deref() {
        Some(name) => attack(name, &mut clinic, &mut report)?,
        None => {
            let done = narrate::steps(&mut clinic, &mut report)?;
            if !options.fast {
                tables::all(&mut clinic, &done, options.out.as_deref(), &mut report)?;
            }
        }
    }
    report.trace(&clinic.docchain.report().trace.to_string());
    let checks = report.finish().map_err(output)?;
    checks.map_err(|failed| Failure::Check(format!("failed: {}", failed.join("; "))))
}

/// Runs one attack and checks that every attempt ended as it must.
fn attack(name: &str, clinic: &mut Clinic, report: &mut Report<'_>) -> Result<(), Failure> {
    let about = attacks::about(name).unwrap_or_default();
    report.line(&format!("attack {name}: {about}")).map_err(output)?;
    narrate::until_revoked(clinic, report)?;
    clinic.settle()?;
    for attempt in attacks::run(name, clinic)? {
        report.check(format!("{}: {}", attempt.what, attempt.found), attempt.is_stopped());
    }
    Ok(())
}

/// A failure to write the output.
pub(super) fn output(error: io::Error) -> Failure {
    Failure::Data(format!("output: {error}"))
}
