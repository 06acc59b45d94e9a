//! `pbft_lab`, from the options to the checks.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use medcrypto_ledger::sim::Mark;
use medcrypto_ledger::sim::swarm::Plan;

use super::cli::{Options, Seeds, Task, USAGE, read};
use super::recording::{Recording, Run, carry_out};
use super::tables;
use crate::flows::Failure;
use crate::flows::command::Example;
pub(super) use crate::flows::output;
use crate::flows::report::{Report, Table};

/// The program.
pub const EXAMPLE: Example<Options> = Example { name: "pbft_lab", usage: USAGE, read, run };

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let seed = if let Task::Run(seeds) = &options.task { seeds.first } else { 0 };
    let mut report = Report::new((EXAMPLE.name, 0), out, err, options.json, seed);
    let failed = match &options.task {
        Task::Run(seeds) => runs(seeds, &mut report)?,
        Task::Replay(path) => replay(path, &mut report)?,
        Task::Mutants => tables::mutants_table(&mut report).map(|()| None)?,
        Task::Messages => tables::messages_table(&mut report).map(|()| None)?,
    };
    let closed = report.close();
    // Why a run failed says more than that its check did.
    failed.map_or(closed, Err)
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
