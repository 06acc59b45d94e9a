//! Who may use a contract at all, and how often: pseudonyms and a rate, in front of any contract.
//!
//! ```text
//! members  key ↦ class          enrolled and revoked by the registrar, rotated by the member
//! limit    class ↦ ⟨burst, per block⟩
//! bucket   key ↦ ⟨tokens, height⟩     tokens(h) = min(burst, tokens + (h − height) · per block)
//! Act      by a member with a token, which the action costs if the contract accepts it
//! ```
//! A pseudonym is a key of its own and a commitment to the certificate that the registrar has seen, salted
//! anew every time: the same person twice is two members that nothing on the chain connects, and the
//! registrar alone knows. Blocks count the time, so that every replica counts alike and a replay gives
//! the same answers (Meisami et al. limit "per node" and say neither how nor against whom; free
//! identities would defeat it).
//!
//! A refused transaction costs no token and changes nothing, its nonce included. The registrar itself is
//! limited by nothing: it is trusted to enrol.
//!
//! Status: *composition*.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::envelope::{Call, Contract, key_fits};
use crate::auth::PublicKey;
use crate::codec::{Digest, Pairs, as_array};

/// A class of members with one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Class(pub u8);

/// How many actions a member of a class has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// At once.
    pub burst: u64,
    /// More with every block.
    pub per_block: u64,
}
as_array!(Limit { burst, per_block });

/// What a member has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Actions.
    pub tokens: u64,
    /// As of this height.
    pub height: u64,
}
as_array!(Bucket { tokens, height });

impl Bucket {
    /// One token less at `height`, if there is one.
    fn take(self, limit: Limit, height: u64) -> Option<Self> {
        let blocks = height.saturating_sub(self.height);
        let filled = self.tokens.saturating_add(blocks.saturating_mul(limit.per_block));
        let tokens = filled.min(limit.burst).checked_sub(1)?;
        Some(Self { tokens, height })
    }
}

/// A pseudonym.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its class.
    pub class: Class,
    /// The salted digest of the certificate behind it.
    pub certificate: Digest,
    /// What it has left.
    pub bucket: Bucket,
}
as_array!(Member { class, certificate, bucket });

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action<A> {
    /// The registrar enrols a key with a class and the salted digest of a certificate.
    Enrol(PublicKey, Class, Digest),
    /// The registrar strikes out a key.
    Revoke(PublicKey),
    /// A member exchanges its key; class, certificate and bucket stay.
    Rotate(PublicKey),
    /// A member uses the contract.
    Act(A),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event<E> {
    /// A key is a member.
    Enrolled(PublicKey, Class),
    /// A key is none any more.
    Revoked(PublicKey),
    /// A member has another key.
    Rotated(PublicKey, PublicKey),
    /// Something happened behind the gate.
    Inner(E),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Reject<R> {
    /// The registrar's to do.
    #[error("the registrar's to do")]
    Registrar,
    /// Not a member.
    #[error("not a member")]
    Stranger,
    /// The key is, or was, a member, or is the registrar's.
    #[error("key taken")]
    Taken,
    /// There is no such class.
    #[error("no such class")]
    Class,
    /// No token left at this height.
    #[error("rate exceeded")]
    Rate,
    /// Refused behind the gate.
    #[error("{0}")]
    Inner(R),
}

/// A contract behind its gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate<C> {
    registrar: PublicKey,
    limits: Pairs<Class, Limit>,
    members: Pairs<PublicKey, Member>,
    /// Keys that were members: none comes back, so that no old nonce or grant does.
    retired: BTreeSet<PublicKey>,
    inner: C,
}

impl<C: Serialize> Serialize for Gate<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { registrar, limits, members, retired, inner } = self;
        (registrar, limits, members, retired, inner).serialize(serializer)
    }
}

impl<'de, C: Deserialize<'de>> Deserialize<'de> for Gate<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (registrar, limits, members, retired, inner) = Deserialize::deserialize(deserializer)?;
        Ok(Self { registrar, limits, members, retired, inner })
    }
}

impl<C> Gate<C> {
    /// A gate without members.
    #[must_use]
    pub fn new(registrar: PublicKey, limits: Pairs<Class, Limit>, inner: C) -> Self {
        let (members, retired) = Default::default();
        Self { registrar, limits, members, retired, inner }
    }

    /// The contract behind it.
    #[must_use]
    pub const fn inner(&self) -> &C {
        &self.inner
    }

    /// A member.
    #[must_use]
    pub fn member(&self, key: &PublicKey) -> Option<&Member> {
        self.members.0.get(key)
    }

    fn by_registrar<R>(&self, call: &Call<'_>) -> Result<(), Reject<R>> {
        if *call.sender == self.registrar { Ok(()) } else { Err(Reject::Registrar) }
    }

    /// A key that nobody has used here before.
    fn fresh<R>(&self, key: &PublicKey) -> Result<(), Reject<R>> {
        let known = self.members.0.contains_key(key) || self.retired.contains(key);
        if known || *key == self.registrar { Err(Reject::Taken) } else { Ok(()) }
    }

    fn enrol<E, R>(
        &mut self,
        call: &Call<'_>,
        key: &PublicKey,
        class: Class,
        certificate: Digest,
    ) -> Result<Event<E>, Reject<R>> {
        self.by_registrar(call)?;
        self.fresh(key)?;
        let limit = self.limits.0.get(&class).ok_or(Reject::Class)?;
        let bucket = Bucket { tokens: limit.burst, height: call.context.height };
        self.members.0.insert(key.clone(), Member { class, certificate, bucket });
        Ok(Event::Enrolled(key.clone(), class))
    }

    fn revoke<E, R>(&mut self, call: &Call<'_>, key: &PublicKey) -> Result<Event<E>, Reject<R>> {
        self.by_registrar(call)?;
        self.members.0.remove(key).ok_or(Reject::Stranger)?;
        self.retired.insert(key.clone());
        Ok(Event::Revoked(key.clone()))
    }

    fn rotate<E, R>(&mut self, call: &Call<'_>, key: &PublicKey) -> Result<Event<E>, Reject<R>> {
        self.fresh(key)?;
        let member = self.members.0.remove(call.sender).ok_or(Reject::Stranger)?;
        self.members.0.insert(key.clone(), member);
        self.retired.insert(call.sender.clone());
        Ok(Event::Rotated(call.sender.clone(), key.clone()))
    }

    /// What a member has left once its action is accepted.
    fn paid<R>(&self, call: &Call<'_>) -> Result<Bucket, Reject<R>> {
        let member = self.member(call.sender).ok_or(Reject::Stranger)?;
        let limit = self.limits.0.get(&member.class).ok_or(Reject::Class)?;
        member.bucket.take(*limit, call.context.height).ok_or(Reject::Rate)
    }
}

impl<V, C: Contract<V>> Contract<V> for Gate<C> {
    type Action = Action<C::Action>;
    type Event = Event<C::Event>;
    type Reject = Reject<C::Reject>;

    fn fits(action: &Self::Action) -> bool {
        match action {
            Action::Enrol(key, ..) | Action::Revoke(key) | Action::Rotate(key) => key_fits(key),
            Action::Act(action) => C::fits(action),
        }
    }

    fn act(
        &mut self,
        action: &Self::Action,
        call: &Call<'_>,
        verdicts: &V,
    ) -> Result<Vec<Self::Event>, Self::Reject> {
        let event = match action {
            Action::Enrol(key, class, certificate) => {
                self.enrol(call, key, *class, *certificate)?
            }
            Action::Revoke(key) => self.revoke(call, key)?,
            Action::Rotate(key) => self.rotate(call, key)?,
            Action::Act(action) => {
                let bucket = self.paid(call)?;
                let events = self.inner.act(action, call, verdicts).map_err(Reject::Inner)?;
                let member = self.members.0.get_mut(call.sender);
                member.into_iter().for_each(|member| member.bucket = bucket);
                return Ok(events.into_iter().map(Event::Inner).collect());
            }
        };
        Ok(alloc::vec![event])
    }
}
