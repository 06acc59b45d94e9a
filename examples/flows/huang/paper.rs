//! What Huang et al. report, beside what this run has measured.
//!
//! Source: Huang, Zhu, Xiao, Sun, Huang, "A blockchain-based scheme for privacy-preserving and secure
//! sharing of medical data", Computers & Security 2020: section on performance, figures 6 to 8 and
//! table 3. Their machine is another one and their proof system is libsnark's, so the columns are
//! side by side, not against each other.

use std::time::Duration;

use super::chart::{Chart, Scale};
use super::report::Table;

/// What this run has measured or counted.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Seconds for key generation.
    pub setup_s: f64,
    /// Seconds for one proof.
    pub prove_s: f64,
    /// Seconds for one verification.
    pub verify_s: f64,
    /// Bytes of the verifying key.
    pub verifying_key: usize,
    /// Bytes of a proof.
    pub proof: usize,
    /// Rows of the circuit.
    pub constraints: usize,
    /// From a request to its block, in simulated milliseconds.
    pub block_ms: u64,
}

/// Figure 5: minutes between blocks of the systems that the paper compares with.
const FIGURE_5: [(&str, f64); 2] = [("MedRec", 10.0), ("MDSM", 3.0)];

/// Ten milliseconds to an hour.
const SCALE: Scale = Scale { least: 0.01, decades: 5.56, length: 400.0 };

/// Figure 5 with our bar, as SVG: seconds on a logarithmic scale from 10 ms to 1 h.
#[must_use]
pub fn figure_5(block_ms: u64) -> String {
    let ours = Duration::from_millis(block_ms).as_secs_f64();
    let bars = FIGURE_5.iter().map(|(name, minutes)| (*name, 60.0 * minutes));
    let mut chart = Chart::new((600, 120), "Time to a block, logarithmic");
    for (row, (name, seconds)) in (0_u8..).zip(bars.chain([("here (simulated)", ours)])) {
        let y = 28.0_f64.mul_add(row.into(), 24.0);
        chart.text((0.0, y + 14.0), &format!("{name}: {seconds} s"));
        chart.bar((190.0, y), SCALE.place(seconds), 18.0);
    }
    chart.svg()
}

/// The comparison as a table.
#[must_use]
pub fn table(measured: &Measured) -> Table {
    let rows = [
        ("key generation", "≈ 16 s, flat in 100…1000 inputs"),
        ("proof", "figure 7, no number in the text"),
        ("verification", "< 1 s, linear; PGHR 0.062 s, theirs 0.614 s"),
        ("verifying key", "3.5 … 31.5 KB (table 3); the text calls 125.4 KB the key"),
        ("size of a proof", "12.9 … 125.4 KB (table 3), linear"),
        ("verified inputs", "100 … 1000"),
        ("time to a block (figure 5)", "MedRec 10 min, MDSM 3 min"),
    ];
    let ours = [
        format!("{:.2} s", measured.setup_s),
        format!("{:.2} s ({} constraints)", measured.prove_s, measured.constraints),
        format!("{:.4} s, constant", measured.verify_s),
        format!("{} B", measured.verifying_key),
        format!("{} B, constant", measured.proof),
        "7 public inputs, whatever the record holds".to_owned(),
        format!("{} ms simulated, links of 5 … 80 ms that lose 5 %", measured.block_ms),
    ];
    Table {
        title: "The paper's figures beside ours",
        columns: vec!["", "paper", "here"],
        rows: rows
            .iter()
            .map(|(what, theirs)| vec![(*what).to_owned(), (*theirs).to_owned()])
            .collect(),
        measured: ours.into_iter().map(|cell| vec![cell]).collect(),
    }
}
