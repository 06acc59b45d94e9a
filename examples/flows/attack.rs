//! Attacks by name. An attack is a list of [`Attempt`]s: what was tried, how it must end, and how it
//! did. One attempt with another end fails the run.

use super::report::Report;
use super::{Failure, output};

/// One try, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was tried.
    pub what: String,
    /// How it must end.
    pub expected: String,
    /// How it ended.
    pub found: String,
}

impl Attempt {
    pub(super) fn new(what: impl ToString, expected: impl ToString, found: impl ToString) -> Self {
        let (what, expected) = (what.to_string(), expected.to_string());
        Self { what, expected, found: found.to_string() }
    }

    /// Whether it ended as it must.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.expected == self.found
    }

    /// Makes it a check of the report.
    pub(super) fn check(&self, report: &mut Report<'_>) {
        report.check(format!("{}: {}", self.what, self.found), self.is_stopped());
    }
}

/// An attack: its name, what it is about, and how it is run.
#[derive(Clone, Copy, Debug)]
pub struct Attack<R> {
    /// What `--attack` calls it.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// How it is run.
    pub run: R,
}

impl<R> Attack<R> {
    /// The attack that is asked for, if one is.
    ///
    /// # Errors
    /// [`Failure::Usage`] for an unknown name.
    pub(super) fn asked<'a>(
        attacks: &'a [Self],
        name: Option<&str>,
    ) -> Result<Option<&'a Self>, Failure> {
        let find = |name| {
            let found = attacks.iter().find(|attack| attack.name == name);
            let unknown = || Failure::Usage(format!("no attack named {name}; see --list-attacks"));
            found.ok_or_else(unknown)
        };
        name.map(find).transpose()
    }

    /// Tells which attack follows.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn announce(&self, report: &mut Report<'_>) -> Result<(), Failure> {
        report.line(&format!("attack {}: {}", self.name, self.about)).map_err(output)
    }
}
