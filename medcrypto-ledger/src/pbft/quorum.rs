//! Quorum arithmetic: the only place where thresholds are computed.
//!
//! ```text
//! f = ⌊(n−1)/3⌋      faulty replicas that are tolerated
//! q = ⌊(n+f)/2⌋+1    quorum: any two share a correct replica (2q − n ≥ f+1),
//!                    and the correct ones alone form it (q ≤ n − f)
//! w = f+1            weak quorum: one of them is correct
//! ```
//!
//! | | Huang et al., as printed | here |
//! |---|---|---|
//! | PREPARE from | more than 2f of the 3f backups | q − 1 distinct backups |
//! | COMMIT from | more than 2f+1, own included | q, own included |
//!
//! For n = 3f+1 the rule is 2f and 2f+1 votes. The printed thresholds stop for good when one
//! backup of four is silent (`sim::model` explores it); 2f+1 regardless of n forks at n = 5.

use crate::{Committee, ReplicaId};

/// Thresholds of a cluster of `n` replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    n: u16,
}

impl Quorum {
    /// Thresholds for `n` replicas; there is no cluster of none.
    #[must_use]
    pub const fn new(n: u16) -> Option<Self> {
        if n == 0 { None } else { Some(Self { n }) }
    }

    /// Thresholds of a committee, which is never empty.
    #[must_use]
    pub fn of(committee: &Committee) -> Self {
        Self { n: committee.n().max(1) }
    }

    /// n: replicas.
    #[must_use]
    pub const fn replicas(self) -> usize {
        self.n as usize
    }

    /// f: faulty replicas that are tolerated. With three replicas or fewer that is none.
    #[must_use]
    pub const fn faulty(self) -> usize {
        (self.replicas() - 1) / 3
    }

    /// q: votes that commit.
    #[must_use]
    pub const fn quorum(self) -> usize {
        (self.replicas() + self.faulty()) / 2 + 1
    }

    /// q − 1: PREPAREs from backups that, with the PRE-PREPARE, make a batch prepared.
    #[must_use]
    pub const fn prepares(self) -> usize {
        self.quorum() - 1
    }

    /// w: matching answers of which one is a correct replica's.
    #[must_use]
    pub const fn weak(self) -> usize {
        self.faulty() + 1
    }

    /// The primary of a view: v mod n.
    #[must_use]
    pub fn primary(self, view: u64) -> ReplicaId {
        ReplicaId(u16::try_from(view % u64::from(self.n)).unwrap_or_default())
    }

    /// Whether a replica belongs to the cluster.
    #[must_use]
    pub const fn contains(self, replica: ReplicaId) -> bool {
        replica.0 < self.n
    }

    /// All replicas, in order.
    pub fn members(self) -> impl Iterator<Item = ReplicaId> {
        (0..self.n).map(ReplicaId)
    }
}

#[cfg(test)]
mod tests {
    use super::{Quorum, ReplicaId};

    #[test]
    fn t18_quorums_intersect_and_are_reachable_for_every_size() {
        assert!(Quorum::new(0).is_none());
        for n in 1..=10_000_u16 {
            let quorum = Quorum::new(n).unwrap();
            let (n, f, q) = (quorum.replicas(), quorum.faulty(), quorum.quorum());
            assert!(3 * f < n && n <= 3 * (f + 1), "n = {n}");
            assert!(2 * q > n + f, "two quorums share a correct replica, n = {n}");
            assert!(2 * (q - 1) <= n + f, "no smaller quorum does, n = {n}");
            assert!(q <= n - f, "the correct replicas form a quorum, n = {n}");
            assert_eq!(quorum.weak(), f + 1);
            assert_eq!(quorum.prepares() + 1, q);
            if n == 3 * f + 1 {
                assert_eq!(q, 2 * f + 1);
                assert!(q + quorum.weak() > n, "a quorum meets every weak quorum");
            }
        }
    }

    #[test]
    fn t18_the_rule_of_2f_plus_1_does_not_intersect_at_five_and_six() {
        for n in [5, 6] {
            let quorum = Quorum::new(n).unwrap();
            let (n, f) = (quorum.replicas(), quorum.faulty());
            assert!(2 * (2 * f + 1) < n + f + 1);
            assert_eq!(quorum.quorum(), 4);
        }
    }

    #[test]
    fn h15_the_primary_is_the_view_modulo_the_replicas() {
        for n in 1..=40_u16 {
            let quorum = Quorum::new(n).unwrap();
            for view in 0..=10_000_u64 {
                let primary = quorum.primary(view);
                assert_eq!(u64::from(primary.0), view % u64::from(n));
                assert!(quorum.contains(primary));
            }
            assert!(!quorum.contains(ReplicaId(n)));
            assert_eq!(quorum.members().count(), usize::from(n));
        }
        // 2⁶⁴ − 1 = 7 · … + 1.
        assert_eq!(Quorum::new(7).unwrap().primary(u64::MAX), ReplicaId(1));
    }

    #[test]
    fn h27_three_replicas_tolerate_none_and_four_tolerate_one() {
        assert_eq!(Quorum::new(3).unwrap().faulty(), 0);
        assert_eq!(Quorum::new(4).unwrap().faulty(), 1);
    }
}
