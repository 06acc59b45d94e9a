//! The door to the sums.

use alloc::collections::BTreeSet;

use super::{AcceptedPlan, Sums, Uploads};
use crate::dlog::Table;
use crate::evaluate::VerifiedEvaluation;
use crate::{DecryptionKey, Error};

/// A decryption key that opens sums and nothing else: of each round one plan, of each chunk one sum.
///
/// The key comes in and does not come out. What it remembers must outlive it: after a restart,
/// [`new`](Self::new) is told the last round that anything was opened of, and that round is closed, finished
/// or not. Two of them with the same key would open two sums of a round.
///
/// ```text
/// inputs      exactly the roster, in its order, each with its weight, its upload, and the data of the plan
/// constants   0        result bound to plan, round and chunk
/// ```
/// The [module](super) has an example. Status: *composition*.
#[derive(Debug)]
pub struct AggregateDecryptor {
    key: DecryptionKey,
    closed: Option<u64>,
    current: Option<Current>,
}

/// The plan whose chunks are being opened.
#[derive(Debug)]
struct Current {
    round: u64,
    digest: [u8; 32],
    opened: BTreeSet<usize>,
}

impl AggregateDecryptor {
    /// Takes the key into custody; rounds up to `closed` stay shut.
    #[must_use]
    pub const fn new(key: DecryptionKey, closed: Option<u64>) -> Self {
        Self { key, closed, current: None }
    }

    /// The last round that anything was opened of, or that was closed from the start: to be stored before
    /// a sum is used.
    #[must_use]
    pub fn last_round(&self) -> Option<u64> {
        self.current.as_ref().map(|current| current.round).or(self.closed)
    }

    /// Opens the sum of chunk number `chunk`: decrypts it and takes logarithms, in a time that depends on the
    /// sum, which is public from here on.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another key, another plan of the same round, an earlier round or a chunk that
    /// was opened; [`Error::Count`] for a chunk that does not exist; [`Error::Verification`] if the
    /// evaluation is not that of the plan and the uploads; [`Error::Range`] if the table is too small for
    /// the plan; [`Error::Decryption`] if the sum does not decrypt into the plan's range. Only the last uses
    /// up the chunk.
    pub fn open(
        &mut self,
        plan: &AcceptedPlan,
        uploads: &Uploads,
        chunk: usize,
        evaluation: &VerifiedEvaluation<'_>,
        table: &Table,
    ) -> Result<Sums, Error> {
        let statement = evaluation.statement();
        let keys = [statement.key.id(), plan.plan().key()];
        if keys.iter().any(|key| *key != self.key.id()) || !self.admits(plan, chunk) {
            return Err(Error::Mismatch);
        }
        let sum_data = plan.sum_data(chunk)?;
        if !plan.permits(uploads, chunk, &statement.combination) {
            return Err(Error::Verification);
        }
        let range = plan.plan().sum_range();
        table.check(&range)?;
        // From here on the chunk is used up, whatever comes of it: a second try would be a second answer.
        self.remember(plan, chunk);
        let points = self.key.open(&sum_data, statement.result)?;
        let slots = points.decode_by_table(table, range)?;
        plan.plan().decode(chunk, &slots).map_err(|_| Error::Decryption)
    }

    /// Whether the chunk may still be opened: a new round, or another chunk of the plan of the current one.
    fn admits(&self, plan: &AcceptedPlan, chunk: usize) -> bool {
        let round = plan.plan().round();
        match &self.current {
            Some(current) if current.round == round => {
                current.digest == *plan.digest() && !current.opened.contains(&chunk)
            }
            _ => self.last_round().is_none_or(|last| round > last),
        }
    }

    fn remember(&mut self, plan: &AcceptedPlan, chunk: usize) {
        let (round, digest) = (plan.plan().round(), *plan.digest());
        match &mut self.current {
            Some(current) if current.round == round => {
                current.opened.insert(chunk);
            }
            _ => {
                let opened = BTreeSet::from([chunk]);
                self.current = Some(Current { round, digest, opened });
            }
        }
    }
}
