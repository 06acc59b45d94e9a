//! Commit–reveal: values that nobody chooses after having seen another's.
//!
//! ```text
//! commitment = SHA-256(COMMITMENT ‖ ⟨chain, round, member, salt, value⟩)      salt: 32 random bytes
//!
//! Open    names the members, the last heights of commitments and of openings, and the least number of
//!         values that counts; the round's id is the transaction's
//! Commit  by a member, once, up to the first height
//! Reveal  by the same member, once, after the first height and up to the second
//! Close   by anybody after the second: the values of those who have revealed, if they are enough
//! ```
//! The commitment hides the value behind the salt and binds its member: a copy opens to nothing for the
//! copier, in this round or another. Wang et al. send the values one after the other, and the last node
//! chooses the sum (E-W3); where one is silent, all wait (E-W5).
//!
//! Who does not reveal is dropped. So whoever reveals last still chooses between two outcomes, with its
//! value and without; nobody is fined for it. What must not be biased takes all members as its least
//! number, and starts again if one is silent.
//!
//! Status: *composition*.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use medcrypto_core::dst;
use serde::{Deserialize, Serialize};

use super::envelope::{Call, Contract, key_fits};
use crate::auth::PublicKey;
use crate::block::ChainId;
use crate::codec::{self, Bytes, Digest, Pairs, as_array};

/// What a commitment commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The chain.
    pub chain_id: ChainId,
    /// The round.
    pub round: Digest,
    /// Who commits.
    pub member: PublicKey,
    /// 32 random bytes, fresh for every commitment.
    pub salt: Digest,
    /// The value, at most [`Terms::MAX_VALUE`] bytes.
    pub value: Bytes,
}
as_array!(Opening { chain_id, round, member, salt, value });

impl Opening {
    /// The commitment to it.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        codec::digest(dst::ledger::COMMITMENT, self)
    }
}

/// The terms of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who takes part, 1 to [`Terms::MAX_MEMBERS`].
    pub members: BTreeSet<PublicKey>,
    /// The last height of commitments.
    pub commit_until: u64,
    /// The last height of openings.
    pub reveal_until: u64,
    /// The least number of values that counts.
    pub least: u16,
}
as_array!(Terms { members, commit_until, reveal_until, least });

impl Terms {
    /// The most members.
    pub const MAX_MEMBERS: usize = 32;
    /// The longest value, in bytes.
    pub const MAX_VALUE: usize = 1024;
    /// The longest round, in blocks.
    pub const MAX_BLOCKS: u64 = 1 << 20;

    fn sound(&self, height: u64) -> bool {
        let some = (1..=Self::MAX_MEMBERS).contains(&self.members.len());
        let reachable = (1..=self.members.len()).contains(&self.least.into());
        let ends = self.reveal_until <= height.saturating_add(Self::MAX_BLOCKS);
        let ordered = height <= self.commit_until && self.commit_until < self.reveal_until;
        some && reachable && ends && ordered
    }
}

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Opens a round.
    Open(Terms),
    /// Commits in a round.
    Commit(Digest, Digest),
    /// Reveals in a round: salt, value.
    Reveal(Digest, Digest, Bytes),
    /// Closes a round.
    Close(Digest),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// A round has this id.
    Opened(Digest),
    /// A member of a round has committed.
    Committed(Digest, PublicKey),
    /// A member of a round has revealed.
    Revealed(Digest, PublicKey),
    /// A round is over: the values that count.
    Closed(Digest, Pairs<PublicKey, Bytes>),
    /// A round is over and too few have revealed.
    Failed(Digest),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// Nobody or too many, a number that is never reached, or heights out of order, over or more
    /// than [`Terms::MAX_BLOCKS`] away.
    #[error("terms that no round can keep")]
    Terms,
    /// No such round, or it is closed.
    #[error("no such round")]
    Round,
    /// Not a member.
    #[error("not a member")]
    Member,
    /// Before its time.
    #[error("too early")]
    Early,
    /// After its time.
    #[error("too late")]
    Late,
    /// The member has done this.
    #[error("done already")]
    Again,
    /// The member has committed to nothing.
    #[error("no commitment")]
    Missing,
    /// The member has committed to something else.
    #[error("not what was committed to")]
    Opening,
    /// The value is too long.
    #[error("value too long")]
    Value,
}

/// A round that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its terms.
    pub terms: Terms,
    /// Who has committed, to what.
    pub commitments: Pairs<PublicKey, Digest>,
    /// Who has revealed, what.
    pub values: Pairs<PublicKey, Bytes>,
}
as_array!(Round { terms, commitments, values });

/// All open rounds. A new value has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// By id.
    pub rounds: Pairs<Digest, Round>,
}
as_array!(Rounds { rounds });

impl Rounds {
    fn open(&mut self, call: &Call<'_>, terms: &Terms) -> Result<Event, Reject> {
        if !terms.sound(call.context.height) {
            return Err(Reject::Terms);
        }
        let (commitments, values) = Default::default();
        self.rounds.0.insert(call.tx, Round { terms: terms.clone(), commitments, values });
        Ok(Event::Opened(call.tx))
    }

    fn round(&mut self, id: &Digest) -> Result<&mut Round, Reject> {
        self.rounds.0.get_mut(id).ok_or(Reject::Round)
    }

    fn commit(&mut self, call: &Call<'_>, id: Digest, commitment: Digest) -> Result<Event, Reject> {
        let round = self.round(&id)?;
        if !round.terms.members.contains(call.sender) {
            return Err(Reject::Member);
        }
        if call.context.height > round.terms.commit_until {
            return Err(Reject::Late);
        }
        if round.commitments.0.contains_key(call.sender) {
            return Err(Reject::Again);
        }
        round.commitments.0.insert(call.sender.clone(), commitment);
        Ok(Event::Committed(id, call.sender.clone()))
    }

    fn reveal(
        &mut self,
        call: &Call<'_>,
        id: Digest,
        salt: Digest,
        value: &Bytes,
    ) -> Result<Event, Reject> {
        let round = self.round(&id)?;
        if value.0.len() > Terms::MAX_VALUE {
            return Err(Reject::Value);
        }
        if call.context.height <= round.terms.commit_until {
            return Err(Reject::Early);
        }
        if call.context.height > round.terms.reveal_until {
            return Err(Reject::Late);
        }
        let committed = round.commitments.0.get(call.sender).ok_or(Reject::Missing)?;
        let opening = Opening {
            chain_id: call.context.chain_id,
            round: id,
            member: call.sender.clone(),
            salt,
            value: value.clone(),
        };
        if opening.commitment() != *committed {
            return Err(Reject::Opening);
        }
        if round.values.0.contains_key(call.sender) {
            return Err(Reject::Again);
        }
        round.values.0.insert(opening.member.clone(), opening.value);
        Ok(Event::Revealed(id, opening.member))
    }

    fn close(&mut self, call: &Call<'_>, id: Digest) -> Result<Event, Reject> {
        if call.context.height <= self.round(&id)?.terms.reveal_until {
            return Err(Reject::Early);
        }
        let Round { terms, values, .. } = self.rounds.0.remove(&id).ok_or(Reject::Round)?;
        let enough = values.0.len() >= terms.least.into();
        Ok(if enough { Event::Closed(id, values) } else { Event::Failed(id) })
    }
}

impl<V> Contract<V> for Rounds {
    type Action = Action;
    type Event = Event;
    type Reject = Reject;

    fn fits(action: &Action) -> bool {
        match action {
            Action::Open(terms) => terms.members.iter().all(key_fits),
            Action::Commit(..) | Action::Reveal(..) | Action::Close(_) => true,
        }
    }

    fn act(&mut self, action: &Action, call: &Call<'_>, _: &V) -> Result<Vec<Event>, Reject> {
        let event = match action {
            Action::Open(terms) => self.open(call, terms),
            Action::Commit(round, commitment) => self.commit(call, *round, *commitment),
            Action::Reveal(round, salt, value) => self.reveal(call, *round, *salt, value),
            Action::Close(round) => self.close(call, *round),
        };
        event.map(|event| alloc::vec![event])
    }
}
