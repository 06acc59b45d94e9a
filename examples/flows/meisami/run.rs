//! One run of `meisami_access`, from the command line to the exit code.

use std::ffi::OsString;
use std::io::{self, Write};

use medcrypto_ledger::sim::Faults;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::cli::{Command, Options, USAGE, parse};
use super::ward::{Source, Ward};
use super::{attacks, narrate};
use crate::flows::Failure;
use crate::flows::folder::Folder;
use crate::flows::report::{Report, Table};

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
    let _ = writeln!(err, "meisami_access: {failure}");
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
    let about = ("meisami_access", narrate::STEPS);
    let mut report = Report::new(about, out, err, options.json, options.seed);
    let source = Source::of(&Folder::read(&options.record)?)?;
    let ward = |number| {
        let mut rng = ChaCha20Rng::seed_from_u64(options.seed);
        rng.set_stream(number);
        Ward::new(source.clone(), if options.fast { Faults::NONE } else { ROUGH }, rng)
    };
    let mut first = ward(0)?;
    match options.attack.as_deref() {
        Some(name) => {
            let about = attacks::about(name).unwrap_or_default();
            report.line(&format!("attack {name}: {about}")).map_err(output)?;
            attack(name, &mut first, options.fast, &mut report)?;
        }
        None => {
            narrate::steps(&mut first, &mut report)?;
            if !options.fast {
                table(ward, &mut report)?;
            }
        }
    }
    report.trace(&first.network.report().trace.to_string());
    let checks = report.finish().map_err(output)?;
    checks.map_err(|failed| Failure::Check(format!("failed: {}", failed.join("; "))))
}

/// Runs one attack and checks that every attempt ended as it must.
fn attack(
    name: &str,
    ward: &mut Ward,
    fast: bool,
    report: &mut Report<'_>,
) -> Result<Vec<attacks::Attempt>, Failure> {
    let attempts = attacks::run(name, ward, fast)?;
    for attempt in &attempts {
        report.check(format!("{}: {}", attempt.what, attempt.found), attempt.is_stopped());
    }
    Ok(attempts)
}

/// The paper's Table 3 with what came of each attack here.
fn table(
    ward: impl Fn(u64) -> Result<Ward, Failure>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (number, name) in (1..).zip(attacks::names()) {
        report.progress(&format!("attack {name}")).map_err(output)?;
        let attempts = attack(name, &mut ward(number)?, true, report)?;
        let stopped = attempts.iter().filter(|attempt| attempt.is_stopped()).count();
        let bound = attacks::bound(name).unwrap_or_default().to_owned();
        rows.push(vec![name.to_owned(), format!("{stopped} of {}", attempts.len()), bound]);
    }
    let title =
        "The attacks of the paper's Table 3, each of which it calls resisted, and self-enrolment";
    let columns = vec!["attack", "as they must end", "what holds, and up to where"];
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}

/// A failure to write the output.
pub(super) fn output(error: io::Error) -> Failure {
    Failure::Data(format!("output: {error}"))
}
