//! Signed statements, whose trust is part of their type.
//!
//! ```text
//! Signed<T, Unverified>  --verify(committee, chain)-->  Signed<T, Verified>
//! signature = Sign(signer's key, T's domain, encode(T))
//! ```
//! Every statement names its chain and its signer, so a signature serves one kind of message, one
//! chain and one sender. Decoding yields `Unverified` only; [`Tally`] counts `Verified` only.
//!
//! Status: *composition*.

use alloc::collections::BTreeMap;
use core::marker::PhantomData;

use medcrypto_core::Dst;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::auth::{Auth, ClientId, Committee, ReplicaId, Signature, Verifier};
use crate::block::ChainId;
use crate::codec;
use crate::pbft::Reason;

/// Who is said to have signed a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer<'a> {
    /// A member of the committee.
    Replica(ReplicaId),
    /// A client, named by its key.
    Client(&'a ClientId),
}

/// The body of a signed message.
pub trait Statement: Serialize {
    /// The domain that it is signed under.
    const DOMAIN: Dst;

    /// The chain that it is about.
    fn chain(&self) -> ChainId;

    /// Whose signature it needs.
    fn signer(&self) -> Signer<'_>;
}

/// The signature has not been looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {}

/// The signature is the named signer's, and the chain is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {}

/// A statement with its signature; `S` says whether it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T, S = Unverified> {
    body: T,
    signature: Signature,
    state: PhantomData<S>,
}

impl<T, S> Signed<T, S> {
    /// The statement.
    pub const fn body(&self) -> &T {
        &self.body
    }

    /// The signature.
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Forgets the check, as sending does.
    #[must_use]
    pub fn into_unverified(self) -> Signed<T> {
        Signed { body: self.body, signature: self.signature, state: PhantomData }
    }
}

impl<T> Signed<T> {
    /// A statement with a signature of any origin.
    pub const fn from_parts(body: T, signature: Signature) -> Self {
        Self { body, signature, state: PhantomData }
    }
}

impl<T: Statement> Signed<T> {
    /// Signs with the key that `auth` holds, which ought to be the signer's that `body` names.
    pub fn sign<A: Auth>(auth: &A, body: T) -> Self {
        let signature = auth.sign(T::DOMAIN, &codec::encode(&body));
        Self::from_parts(body, signature)
    }

    /// Checks chain, membership and signature.
    ///
    /// # Errors
    /// [`Reason::Chain`], [`Reason::Sender`] or [`Reason::Signature`].
    pub fn verify<V: Verifier>(
        self,
        verifier: &V,
        committee: &Committee,
        chain: ChainId,
    ) -> Result<Signed<T, Verified>, Reason> {
        if self.body.chain() != chain {
            return Err(Reason::Chain);
        }
        let key = match self.body.signer() {
            Signer::Replica(id) => committee.key(id).ok_or(Reason::Sender)?,
            Signer::Client(ClientId(key)) => key,
        };
        let message = codec::encode(&self.body);
        let checked = verifier.verify(key, T::DOMAIN, &message, &self.signature);
        checked.or(Err(Reason::Signature))?;
        Ok(Signed { body: self.body, signature: self.signature, state: PhantomData })
    }
}

impl<T: Statement> Signed<T, Verified> {
    /// A statement of our own, signed with our own key; it needs no check.
    pub(crate) fn own<A: Auth>(auth: &A, body: T) -> Self {
        let Signed { body, signature, .. } = Signed::sign(auth, body);
        Self { body, signature, state: PhantomData }
    }
}

impl<T: Serialize, S> Serialize for Signed<T, S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        (&self.body, &self.signature).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Signed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (body, signature) = Deserialize::deserialize(deserializer)?;
        Ok(Self::from_parts(body, signature))
    }
}

/// A statement by which a replica chooses one value for one place, and may choose once.
pub trait Ballot: Statement + Clone + PartialEq {
    /// The replica that votes.
    fn voter(&self) -> ReplicaId;

    /// What it votes for.
    fn choice(&self) -> crate::Digest;
}

/// The votes of one kind for one place: one a signer, and only verified ones.
#[derive(Clone, Debug)]
pub struct Tally<T>(BTreeMap<ReplicaId, Signed<T, Verified>>);

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// What a tally did with a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counted<T> {
    /// It is the signer's first.
    New,
    /// The signer voted so before.
    Again,
    /// The signer voted otherwise before: that vote, and this one.
    Equivocation(Signed<T, Verified>, Signed<T, Verified>),
}

impl<T: Ballot> Tally<T> {
    /// Counts a vote, the first of its signer only.
    pub fn insert(&mut self, vote: Signed<T, Verified>) -> Counted<T> {
        let voter = vote.body.voter();
        match self.0.get(&voter) {
            Some(first) if first.body.choice() == vote.body.choice() => Counted::Again,
            Some(first) => Counted::Equivocation(first.clone(), vote),
            None => {
                self.0.insert(voter, vote);
                Counted::New
            }
        }
    }

    /// How many signers chose `choice`.
    #[must_use]
    pub fn count(&self, choice: crate::Digest) -> usize {
        self.votes_for(choice).count()
    }

    /// The vote of one replica.
    #[must_use]
    pub fn of(&self, replica: ReplicaId) -> Option<&Signed<T, Verified>> {
        self.0.get(&replica)
    }

    /// The votes for `choice`, in order of the replicas.
    pub fn votes_for(&self, choice: crate::Digest) -> impl Iterator<Item = &Signed<T, Verified>> {
        self.0.values().filter(move |vote| vote.body.choice() == choice)
    }
}
