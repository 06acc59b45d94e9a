//! `pbft_lab` from the command line to the exit code.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use medcrypto_ledger::sim::Mark;
use medcrypto_ledger::sim::swarm::Plan;

use super::cli::{Command, Seeds, USAGE, parse};
use super::recording::{Recording, Run, carry_out};
use super::tables;
use crate::flows::Failure;
use crate::flows::report::{Report, Table};

/// Runs a command line and returns the exit code. Results go to `out`, progress and the one message of
/// a failure to `err`.
pub fn main<I>(arguments: I, out: &mut dyn Write, err: &mut dyn Write) -> u8
where
    I: IntoIterator<Item: Into<OsString>>,
{
    let ended = parse(arguments).and_then(|(command, json)| perform(&command, json, out, err));
    let Err(failure) = ended else { return 0 };
    // Where the message cannot be written there is nobody to read it.
    let _ = writeln!(err, "pbft_lab: {failure}");
    failure.code()
}

fn perform(
    command: &Command,
    json: bool,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    if *command == Command::Help {
        return out.write_all(USAGE.as_bytes()).map_err(output);
    }
    let seed = if let Command::Run(seeds) = command { seeds.first } else { 0 };
    let mut report = Report::new(("pbft_lab", 0), out, err, json, seed);
    let failed = match command {
        Command::Run(seeds) => runs(seeds, &mut report)?,
        Command::Replay(path) => replay(path, &mut report)?,
        Command::Mutants => tables::mutants_table(&mut report).map(|()| None)?,
        Command::Messages | Command::Help => tables::messages_table(&mut report).map(|()| None)?,
    };
    let checks = report.finish().map_err(output)?;
    failed.map_or(Ok(()), Err)?;
    checks.map_err(|failed| Failure::Check(format!("failed: {}", failed.join("; "))))
}

/// Carries out the plans of some seeds; says why the first that fails does.
fn runs(seeds: &Seeds, report: &mut Report<'_>) -> Result<Option<Failure>, Failure> {
    let mut seen = BTreeMap::<Mark, u64>::new();
    let (mut last, mut passed, mut failed) = (None, 0_u64, None);
    for seed in (0..seeds.count).map(|k| seeds.first.wrapping_add(k)) {
        let plan = seeds.replicas.map_or_else(|| Plan::draw(seed), |n| Plan::of(n, seed));
        let Run { recording, report: run, failure } = carry_out(&plan);
        let line = run.as_ref().map(ToString::to_string).unwrap_or_default();
        report.line(&format!("n={} {line} {}", plan.replicas, recording.end)).map_err(output)?;
        run.into_iter()
            .flat_map(|run| run.marks)
            .for_each(|mark| *seen.entry(mark).or_default() += 1);
        passed += u64::from(failure.is_none());
        if failed.is_none() {
            last = Some(recording);
            failed = failure;
        }
    }
    let count = |mark| seen.get(&mark).copied().unwrap_or_default();
    let row = |mark: Mark| vec![mark.to_string(), count(mark).to_string()];
    let rows = Mark::all().into_iter().map(row).collect();
    let title = "in how many of the runs it was seen";
    let columns = vec!["what", "runs"];
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)?;
    report.trace(last.as_ref().map_or("", |last| &last.trace));
    report.check(format!("{passed} of {} runs pass", seeds.count), passed == seeds.count);
    if let (Some(path), Some(last)) = (&seeds.out, last) {
        last.write(path)?;
    }
    Ok(failed)
}

/// Carries out a recorded plan, and compares.
fn replay(path: &Path, report: &mut Report<'_>) -> Result<Option<Failure>, Failure> {
    let recorded = Recording::read(path)?;
    let Run { recording, failure, .. } = carry_out(&recorded.plan);
    let Recording { plan, trace, end, .. } = &recording;
    report.line(&format!("n={} seed={} {end}", plan.replicas, plan.seed)).map_err(output)?;
    report.trace(trace);
    report.check("the trace is the recorded one", *trace == recorded.trace);
    report.check("the end is the recorded one", *end == recorded.end);
    Ok(failure)
}

/// A failure to write the output.
pub(super) fn output(error: io::Error) -> Failure {
    Failure::Data(format!("output: {error}"))
}
