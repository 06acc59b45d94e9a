//! Attacks on the flow. Each runs against the honest parties up to the point where it strikes, and
//! must be stopped there, for the reason that it names.
//!
//! An attack is a list of [`Attempt`]s: what was tried, what must stop it, and what did. One attempt
//! with another outcome fails the run.

mod chain;
mod delivery;
mod proofs;

use super::Failure;
use super::exchange::Exchange;
use super::source::Source;

/// One try, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was tried.
    pub what: &'static str,
    /// How it must end.
    pub expected: String,
    /// How it ended.
    pub found: String,
}

impl Attempt {
    fn new(what: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self { what, expected: expected.to_string(), found: found.to_string() }
    }

    /// Whether it ended as it must.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.expected == self.found
    }
}

type Run = fn(&mut Exchange, &Source) -> Result<Vec<Attempt>, Failure>;

/// Every attack by name, with what it is about.
const ATTACKS: [(&str, &str, Run); 15] = [
    ("replayed-proof", "a proof is posted again, by its maker and by a thief", proofs::replayed),
    ("other-context", "a proof for one request is posted to another", proofs::other_context),
    ("made-up-record", "a patient commits to a record of its own making", proofs::made_up_record),
    (
        "resolved-diagnosis",
        "a resolved diagnosis is sold as an active one",
        proofs::resolved_diagnosis,
    ),
    (
        "swapped-ciphertext",
        "what is delivered is not what was proven",
        delivery::swapped_ciphertext,
    ),
    ("false-dispute", "a genuine record is disputed", delivery::false_dispute),
    ("unverified-header", "a mauled header is put to the proxy", delivery::unverified_header),
    (
        "transposed-identities",
        "delegator and delegatee change places",
        delivery::transposed_identities,
    ),
    (
        "outside-scope",
        "a record outside the delegated scope is re-encrypted",
        delivery::outside_scope,
    ),
    ("after-expiry", "a delegation is used after its term", delivery::after_expiry),
    ("collusion", "proxy and institution pool their keys", delivery::collusion),
    (
        "unsigned-settlement",
        "a settlement lacks one of the two signatures",
        chain::unsigned_settlement,
    ),
    ("second-exclusive-sale", "an exclusive licence is sold twice", chain::second_exclusive_sale),
    ("tampered-block", "one byte of each block is changed", chain::tampered_block),
    ("forged-vote", "votes of a replica are made up", chain::forged_vote),
];

/// The names of the attacks.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().map(|(name, _, _)| *name)
}

/// What an attack is about; none of an unknown name.
#[must_use]
pub fn about(name: &str) -> Option<&'static str> {
    ATTACKS.iter().find(|(known, _, _)| *known == name).map(|(_, about, _)| *about)
}

/// Runs an attack.
///
/// # Errors
/// [`Failure::Usage`] for an unknown name, or whatever keeps the honest steps from running.
pub fn run(name: &str, exchange: &mut Exchange, source: &Source) -> Result<Vec<Attempt>, Failure> {
    let attack = ATTACKS.iter().find(|(known, _, _)| *known == name);
    let (_, _, run) = attack.ok_or_else(|| Failure::Usage(format!("no attack named {name}")))?;
    run(exchange, source)
}
