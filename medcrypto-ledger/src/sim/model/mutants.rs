//! What each rule is for: the rules with one of them broken, and what becomes of the agreement.
//!
//! The first rows break nothing. They are the controls: a search that sees a fork everywhere shows
//! nothing, nor does a model in which nobody commits.

use super::Conduct::{self, Byzantine as B, Correct as C, Silent as S};
use super::Finding::{self, Fork, NotExhausted, Safe, Stuck};
use super::{Carry, Model, Rules};
use crate::pbft::Quorum;

/// States at which to give up on a row. The others end before.
pub const STATES_MAX: usize = 2_000_000;

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Mutant {
    /// What is wrong, and with whom.
    pub name: &'static str,
    /// How each replica behaves.
    pub conducts: &'static [Conduct],
    /// The mutation of the corrected rules.
    pub change: fn(Rules) -> Rules,
    /// What [`Model::explore`] finds, with [`STATES_MAX`].
    pub expected: Finding,
}

impl Mutant {
    /// The model of this row.
    #[must_use]
    pub fn model(&self) -> Option<Model> {
        let quorum = Quorum::new(u16::try_from(self.conducts.len()).ok()?)?;
        Model::new(self.conducts, (self.change)(Rules::corrected(quorum)))
    }
}

/// The table, controls first.
#[must_use]
pub const fn mutants() -> &'static [Mutant] {
    MUTANTS
}

const B0: &[Conduct] = &[B, C, C, C];
const B1: &[Conduct] = &[C, B, C, C];
const B2: &[Conduct] = &[C, C, B, C];
const B3: &[Conduct] = &[C, C, C, B];
const S3: &[Conduct] = &[C, C, C, S];

const MUTANTS: &[Mutant] = &[
    row("nothing; replica 0 Byzantine", B0, |r| r, Safe),
    row("nothing; replica 1 Byzantine", B1, |r| r, Safe),
    row("nothing; replica 2 Byzantine", B2, |r| r, Safe),
    row("nothing; replica 3 Byzantine", B3, |r| r, Safe),
    row("nothing; one silent", S3, |r| r, Safe),
    row("who gave up listens; replica 2 Byzantine", B2, listens, Safe),
    row("who gave up listens; replica 3 Byzantine", B3, listens, Safe),
    row("nothing; one of 5 Byzantine", &[B, C, C, C, C], two_views, Safe),
    row("nothing; 2 of 7 Byzantine", &[B, C, C, C, C, C, B], two_views, NotExhausted),
    row("primary's PREPARE counts, of 2f + 1", B0, primary_votes, Safe),
    row("primary's PREPARE counts, of 2f + 1; one silent", S3, primary_votes, Safe),
    row("printed thresholds; one silent", S3, |r| Rules { prepares: 3, commits: 4, ..r }, Stuck),
    row("printed PREPAREs; one silent", S3, |r| Rules { prepares: 3, ..r }, Stuck),
    row("printed COMMITs; one silent", S3, |r| Rules { commits: 4, ..r }, Stuck),
    row("f + 1 silent", &[C, C, S, S], |r| r, Stuck),
    row("f + 1 Byzantine", &[B, C, C, B], |r| r, Fork(6)),
    row("f + 1 of 7 Byzantine", &[B, C, C, C, C, B, B], two_views, Fork(10)),
    row("primary's PREPARE counts, of 2f", B0, |r| Rules { primary_prepares: true, ..r }, Fork(13)),
    row("votes counted twice", B0, |r| Rules { distinct_signers: false, ..r }, Fork(9)),
    row("f PREPAREs", B0, |r| Rules { prepares: 1, ..r }, Fork(13)),
    row("2f COMMITs", B0, |r| Rules { commits: 2, ..r }, Fork(10)),
    row("2f VIEW-CHANGEs", B0, |r| Rules { view_changes: 2, ..r }, Fork(11)),
    row("2f + 1 of 5", &[B, C, C, C, C], three_votes, Fork(10)),
    row("2f + 1 of 6", &[B, C, C, C, C, C], three_votes, Fork(10)),
    row("nothing carried over", B0, nothing_carried, Fork(12)),
    row("nothing carried over; all correct", &[C; 4], nothing_carried, Fork(17)),
    row("P of any view; replica 0 Byzantine", B0, any_view, Fork(16)),
    row("P of any view; replica 1 Byzantine", B1, any_view, Fork(16)),
    row("P of any view; replica 2 Byzantine", B2, any_view, Fork(16)),
    row("P not verified", B3, |r| Rules { verified_prepared: false, ..r }, Fork(12)),
    row("NEW-VIEW not recomputed", B1, |r| Rules { recomputed: false, ..r }, Fork(10)),
];

const fn row(
    name: &'static str,
    conducts: &'static [Conduct],
    change: fn(Rules) -> Rules,
    expected: Finding,
) -> Mutant {
    Mutant { name, conducts, change, expected }
}

const fn two_views(rules: Rules) -> Rules {
    Rules { views: 2, ..rules }
}

const fn listens(rules: Rules) -> Rules {
    Rules { listening: true, ..rules }
}

const fn primary_votes(rules: Rules) -> Rules {
    Rules { primary_prepares: true, prepares: 3, ..rules }
}

const fn three_votes(rules: Rules) -> Rules {
    Rules { prepares: 2, commits: 3, view_changes: 3, ..two_views(rules) }
}

const fn nothing_carried(rules: Rules) -> Rules {
    Rules { carry: Carry::Nothing, ..rules }
}

const fn any_view(rules: Rules) -> Rules {
    Rules { carry: Carry::AnyView, ..rules }
}
