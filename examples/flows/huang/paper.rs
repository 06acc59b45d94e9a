//! What Huang et al. report, beside what this run has measured.
//!
//! Source: Huang, Zhu, Xiao, Sun, Huang, "A blockchain-based scheme for privacy-preserving and secure
//! sharing of medical data", Computers & Security 2020: section on performance, figures 6 to 8 and
//! table 3. Their machine is another one and their proof system is libsnark's, so the columns are
//! side by side, not against each other.

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
    ];
    let ours = [
        format!("{:.2} s", measured.setup_s),
        format!("{:.2} s ({} constraints)", measured.prove_s, measured.constraints),
        format!("{:.4} s, constant", measured.verify_s),
        format!("{} B", measured.verifying_key),
        format!("{} B, constant", measured.proof),
        "7 public inputs, whatever the record holds".to_owned(),
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
