//! What each rule is for, and what a request costs.

use medcrypto_ledger::sim::model::{Finding, STATES_MAX, mutants};
use medcrypto_ledger::sim::swarm::{Plan, symbolic};

use crate::flows::Failure;
use crate::flows::report::{Report, Table};

/// Explores every row of the model's table.
///
/// # Errors
/// [`Failure::Data`] when the output cannot be written.
pub(super) fn mutants_table(report: &mut Report<'_>) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for mutant in mutants() {
        report.progress(mutant.name).map_err(super::run::output)?;
        let outcome = mutant.model().map(|model| model.explore(STATES_MAX));
        let found = outcome.as_ref().map(|outcome| outcome.finding);
        let states = outcome.map_or_else(String::new, |outcome| outcome.states.to_string());
        let found_text = found.map_or_else(String::new, finding);
        rows.push(vec![mutant.name.to_owned(), finding(mutant.expected), found_text, states]);
        report.check(mutant.name, found == Some(mutant.expected));
    }
    let columns = vec!["what is wrong", "expected", "found", "states"];
    let title = "the rules of the agreement, and what becomes of it without them";
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(super::run::output)
}

fn finding(finding: Finding) -> String {
    match finding {
        Finding::Safe => "safe".to_owned(),
        Finding::Fork(steps) => format!("fork after {steps} steps"),
        Finding::Stuck => "never commits".to_owned(),
        Finding::NotExhausted => "no fork, not exhausted".to_owned(),
    }
}

/// The kinds of messages between replicas in one agreement, in the order of their phases.
const PHASES: [&str; 4] = ["PrePrepare", "Prepare", "Commit", "Checkpoint"];

/// Counts the messages of one request in the simulator, and compares them with the formulas.
///
/// # Errors
/// [`Failure::Data`] when the output cannot be written, [`Failure::Check`] when an invariant breaks.
pub(super) fn messages_table(report: &mut Report<'_>) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for n in [4_u16, 7, 10, 13] {
        let counts = counts(n)?;
        let (three, all) = (counts[..3].iter().sum::<u64>(), counts.iter().sum::<u64>());
        let m = u64::from(n);
        let (printed, certified) = (2 * m * (m - 1), 3 * m * (m - 1));
        let cells = [m].into_iter().chain(counts).chain([three, printed, all, certified]);
        rows.push(cells.map(|cell| cell.to_string()).collect());
        report.check(format!("{n} replicas: {all} messages"), (three, all) == (printed, certified));
    }
    let columns = vec![
        "n",
        "pre-prepare",
        "prepare",
        "commit",
        "checkpoint",
        "three phases",
        "2n(n-1), Castro and Liskov, Huang",
        "with certificate",
        "3n(n-1), ours",
    ];
    let title = "messages between replicas for one request without a fault";
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(super::run::output)
}

fn counts(n: u16) -> Result<[u64; 4], Failure> {
    let world = Plan::quiet(n, 1, 1).world(&symbolic);
    let mut world = world.map_err(|error| Failure::Check(error.to_string()))?;
    // One request takes seven milliseconds, and the first STATUS comes after half a second.
    world.run_for(100).map_err(|violation| Failure::Check(violation.to_string()))?;
    let sent = world.report().sent;
    Ok(PHASES.map(|kind| sent.get(kind).copied().unwrap_or_default()))
}
