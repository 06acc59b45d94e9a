//! Attacks on the flow. Each runs against the honest parties up to the point where it strikes, and
//! must be stopped there, for the reason that it names.

mod chain;
mod delivery;
mod proofs;

use super::Failure;
use super::exchange::{Delegated, Exchange, Published, Stored};
use super::source::Source;
use crate::flows::attack::{Attack, Attempt};

/// How an attack is run.
pub type Run = fn(&mut Exchange, &Source) -> Result<Vec<Attempt>, Failure>;

/// Every attack, in the order of the list.
pub(super) const ATTACKS: [Attack<Run>; 15] = [
    Attack {
        name: "replayed-proof",
        about: "a proof is posted again, by its maker and by a thief",
        run: proofs::replayed,
    },
    Attack {
        name: "other-context",
        about: "a proof for one request is posted to another",
        run: proofs::other_context,
    },
    Attack {
        name: "made-up-record",
        about: "a patient commits to a record of its own making",
        run: proofs::made_up_record,
    },
    Attack {
        name: "resolved-diagnosis",
        about: "a resolved diagnosis is sold as an active one",
        run: proofs::resolved_diagnosis,
    },
    Attack {
        name: "swapped-ciphertext",
        about: "what is delivered is not what was proven",
        run: delivery::swapped_ciphertext,
    },
    Attack {
        name: "false-dispute",
        about: "a genuine record is disputed",
        run: delivery::false_dispute,
    },
    Attack {
        name: "unverified-header",
        about: "a mauled header is put to the proxy",
        run: delivery::unverified_header,
    },
    Attack {
        name: "transposed-identities",
        about: "delegator and delegatee change places",
        run: delivery::transposed_identities,
    },
    Attack {
        name: "outside-scope",
        about: "a record outside the delegated scope is re-encrypted",
        run: delivery::outside_scope,
    },
    Attack {
        name: "after-expiry",
        about: "a delegation is used after its term",
        run: delivery::after_expiry,
    },
    Attack {
        name: "collusion",
        about: "proxy and institution pool their keys",
        run: delivery::collusion,
    },
    Attack {
        name: "unsigned-settlement",
        about: "a settlement lacks one of the two signatures",
        run: chain::unsigned_settlement,
    },
    Attack {
        name: "second-exclusive-sale",
        about: "an exclusive licence is sold twice",
        run: chain::second_exclusive_sale,
    },
    Attack {
        name: "tampered-block",
        about: "one byte of each block is changed",
        run: chain::tampered_block,
    },
    Attack {
        name: "forged-vote",
        about: "votes of a replica are made up",
        run: chain::forged_vote,
    },
];

/// The names of the attacks.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().map(|attack| attack.name)
}

/// Runs the honest steps up to delegation.
fn delegated(exchange: &mut Exchange) -> Result<(Published, Stored, Delegated), Failure> {
    let published = exchange.publish()?;
    let stored = exchange.encrypt()?;
    exchange.register(&stored)?;
    let proof = exchange.prove(&published)?;
    exchange.verify(proof)?;
    let delegated = exchange.delegate(&published)?;
    Ok((published, stored, delegated))
}
