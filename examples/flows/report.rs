//! What a run tells: numbered steps as they happen, then tables, then the checks.
//!
//! Text goes out line by line; with `--json` one object of schema `medcrypto.example.v1` comes at the
//! end. The same seed gives the same JSON, the members named `ms` apart.

use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Failure, output};

/// Everything that a run has told so far.
pub struct Report<'a> {
    out: &'a mut dyn Write,
    progress: &'a mut dyn Write,
    json: bool,
    started: Instant,
    steps: u8,
    content: Content,
}

#[derive(Default, Serialize)]
struct Content {
    schema: &'static str,
    example: &'static str,
    seed: u64,
    trace: String,
    steps: Vec<Step>,
    tables: Vec<Table>,
    checks: Vec<Check>,
}

/// One thing that one party did.
#[derive(Serialize)]
struct Step {
    number: u8,
    party: &'static str,
    what: String,
    facts: Vec<(&'static str, String)>,
    sees: String,
    ms: f64,
}

/// Rows under a title; the last column may hold a time.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What the rows are about.
    pub title: &'static str,
    /// The heads of the columns.
    pub columns: Vec<&'static str>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
    /// Measured cells differ from run to run, so JSON puts them apart under this name.
    #[serde(rename = "ms")]
    pub measured: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Check {
    name: String,
    passed: bool,
}

impl<'a> Report<'a> {
    /// A report of an example that has so many steps, to `out`, with its progress lines on `progress`.
    pub fn new(
        (example, steps): (&'static str, u8),
        out: &'a mut dyn Write,
        progress: &'a mut dyn Write,
        json: bool,
        seed: u64,
    ) -> Self {
        let content =
            Content { schema: "medcrypto.example.v1", example, seed, ..Content::default() };
        Self { out, progress, json, started: Instant::now(), steps, content }
    }

    /// Starts the clock of the next step.
    pub fn begin(&mut self) {
        self.started = Instant::now();
    }

    /// Tells a step that has just ended: who did what, what came of it, and what the others see.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn step(
        &mut self,
        number: u8,
        party: &'static str,
        what: impl Into<String>,
        facts: Vec<(&'static str, String)>,
        sees: impl Into<String>,
    ) -> io::Result<()> {
        let ms = milliseconds(self.started.elapsed());
        let step = Step { number, party, what: what.into(), facts, sees: sees.into(), ms };
        if !self.json {
            let facts: Vec<_> =
                step.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
            writeln!(
                self.out,
                "[{number:>2}/{}] {party:<12} {} … ok {ms:.1} ms",
                self.steps, step.what
            )?;
            if !facts.is_empty() {
                writeln!(self.out, "       {}", facts.join(" · "))?;
            }
            writeln!(self.out, "       seen by others: {}", step.sees)?;
        }
        self.content.steps.push(step);
        self.begin();
        Ok(())
    }

    /// A line about work that takes a while; never part of the result.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn progress(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.progress, "       … {line}")?;
        self.progress.flush()
    }

    /// Records that something holds, or that it does not.
    pub fn check(&mut self, name: impl Into<String>, passed: bool) {
        self.content.checks.push(Check { name: name.into(), passed });
    }

    /// Whether every check so far holds.
    #[must_use]
    pub fn all_passed(&self) -> bool {
        self.content.checks.iter().all(|check| check.passed)
    }

    /// Shows a table.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn table(&mut self, table: Table) -> io::Result<()> {
        if !self.json {
            writeln!(self.out, "\n{}", table.title)?;
            let rows: Vec<_> = table
                .rows
                .iter()
                .zip(table.measured.iter().map(Some).chain(std::iter::repeat(None)))
                .map(|(row, measured)| {
                    row.iter().chain(measured.into_iter().flatten()).cloned().collect::<Vec<_>>()
                })
                .collect();
            for line in aligned(&table.columns, &rows) {
                writeln!(self.out, "  {line}")?;
            }
        }
        self.content.tables.push(table);
        Ok(())
    }

    /// A line of text that is not part of the JSON.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        if self.json { Ok(()) } else { writeln!(self.out, "{line}") }
    }

    /// Names the trace of the simulated network; the same seed gives the same.
    pub fn trace(&mut self, trace: &str) {
        trace.clone_into(&mut self.content.trace);
    }

    /// Prints the checks, and fails if one of them did.
    ///
    /// # Errors
    /// [`Failure::Check`] names those that failed; [`Failure::Data`] when the output cannot be written.
    pub fn close(self) -> Result<(), Failure> {
        let checks = self.finish().map_err(output)?;
        checks.map_err(|failed| Failure::Check(format!("failed: {}", failed.join("; "))))
    }

    /// Prints the checks and says whether all hold. The last line of text is `CHECKS k/n`.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<Result<(), Vec<String>>> {
        let failed: Vec<_> = self
            .content
            .checks
            .iter()
            .filter(|check| !check.passed)
            .map(|check| check.name.clone())
            .collect();
        if self.json {
            serde_json::to_writer_pretty(&mut *self.out, &self.content)?;
            writeln!(self.out)?;
        } else {
            writeln!(self.out)?;
            for check in &self.content.checks {
                writeln!(
                    self.out,
                    "  {} {}",
                    if check.passed { "ok    " } else { "FAILED" },
                    check.name
                )?;
            }
            let total = self.content.checks.len();
            writeln!(self.out, "CHECKS {}/{total}", total - failed.len())?;
        }
        Ok(if failed.is_empty() { Ok(()) } else { Err(failed) })
    }
}

/// A duration in milliseconds.
#[must_use]
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The heads and rows as lines with columns as wide as their widest cell.
fn aligned(heads: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let cell = |row: &[String], i: usize| row.get(i).map_or(0, |cell| cell.chars().count());
    let width = |i: usize| rows.iter().map(|row| cell(row, i)).max().unwrap_or(0);
    let widths: Vec<_> =
        heads.iter().enumerate().map(|(i, head)| width(i).max(head.chars().count())).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    std::iter::once(line(heads.to_vec()))
        .chain(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())))
        .collect()
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").finish_non_exhaustive()
    }
}
