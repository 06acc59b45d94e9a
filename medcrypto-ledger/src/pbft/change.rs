//! Changing the view: what replicas say when they give up a primary, and what its successor has to
//! propose.
//!
//! ```text
//! VIEW-CHANGE⟨chain, i, v, C, P⟩   C = q CHECKPOINTs for h
//!                                  P: n ↦ PREPARED certificate of a view below v,  h < n ≤ h + L
//! NEW-VIEW⟨chain, p, v, V, O⟩      V = q VIEW-CHANGEs for v,  O = the primary's votes for plan(V)
//! plan(V)    min-s = max h,  max-s = max n of all P, at least min-s
//!            min-s < n ≤ max-s ↦ the digest that some P holds for n in the highest view, else null
//! PREPARED   the primary's PRE-PREPARE and q − 1 PREPAREs of other replicas, for one (v, n, d)
//! ```
//! What committed at n was PREPARED at q replicas before they sent VIEW-CHANGE, and q of V share a
//! correct one with them: its P, or its C, speaks for n. A later certificate for n has the same
//! digest, so the highest view is right; a lower one may not be. Everybody computes plan(V) again,
//! from V alone and by no clock.
//!
//! Status: *published* (Castro and Liskov 1999, section 4.4).
//!
//! | | Castro and Liskov 1999 | here |
//! |---|---|---|
//! | votes in C and P | whole messages | their signatures: view, number and digest stand once |
//! | numbers up to min-s | below the new low water mark | no PRE-PREPARE of the new view is accepted, even by who has not executed them |

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use medcrypto_core::{Dst, dst::ledger};

use super::io::{Config, Reason};
use super::message::{Batch, PrePrepare, Prepare};
use super::signed::{Signed, Signer, Statement, Unverified, Verified};
use crate::auth::{ReplicaId, Signature, Verifier};
use crate::block::{ChainId, Checkpoint, QuorumCertificate};
use crate::codec::{Digest, Pairs, as_array};

/// Proof that a digest was PREPARED at a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The view.
    pub view: u64,
    /// d: the digest of the batch.
    pub digest: Digest,
    /// The primary's signature of PRE-PREPARE.
    pub assign: Signature,
    /// Signatures of PREPARE by q − 1 others.
    pub prepares: Pairs<ReplicaId, Signature>,
}
as_array!(Prepared { view, digest, assign, prepares });

/// A replica gives up the view before this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewChange {
    /// The chain.
    pub chain: ChainId,
    /// Who gives up.
    pub sender: ReplicaId,
    /// v: the view that it moves to.
    pub view: u64,
    /// C: its last stable checkpoint, which is h.
    pub stable: QuorumCertificate,
    /// P: by number, what it knows to be PREPARED above h.
    pub prepared: Pairs<u64, Prepared>,
}
as_array!(ViewChange { chain, sender, view, stable, prepared });

/// The primary of a view starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewView {
    /// The chain.
    pub chain: ChainId,
    /// The primary.
    pub sender: ReplicaId,
    /// v: the view.
    pub view: u64,
    /// V: the VIEW-CHANGEs that justify it.
    pub changes: Pairs<ReplicaId, Signed<ViewChange>>,
    /// O: its votes for what V leaves no choice about.
    pub assigned: Vec<Signed<PrePrepare>>,
}
as_array!(NewView { chain, sender, view, changes, assigned });

impl Statement for ViewChange {
    const DOMAIN: Dst = ledger::PBFT_VIEW_CHANGE;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

impl Statement for NewView {
    const DOMAIN: Dst = ledger::PBFT_NEW_VIEW;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

/// Accepts a signature over `body` by whom it names.
fn signed<T: Statement, V: Verifier>(
    body: T,
    signature: &Signature,
    config: &Config,
    verifier: &V,
) -> Result<Signed<T, Verified>, Reason> {
    let signed = Signed::from_parts(body, signature.clone());
    signed.verify(verifier, &config.committee, config.chain)
}

/// Accepts genesis, and at least q valid signatures over CHECKPOINT⟨n, id⟩, where n = K, 2K, …
pub(crate) fn verify_stable<V: Verifier>(
    certificate: &QuorumCertificate,
    config: &Config,
    verifier: &V,
) -> Result<(), Reason> {
    let QuorumCertificate { height, block_id, signatures } = certificate;
    if *certificate == config.genesis_certificate() {
        return Ok(());
    }
    let enough = signatures.0.len() >= config.quorum().quorum();
    if !(enough && config.is_checkpoint(*height)) {
        return Err(Reason::Certificate);
    }
    signatures.0.iter().try_for_each(|(replica, signature)| {
        let (chain_id, height, block_id) = (config.chain, *height, *block_id);
        let body = Checkpoint { chain_id, height, block_id, replica: *replica };
        signed(body, signature, config, verifier).map(drop)
    })
}

impl Prepared {
    fn verify<V: Verifier>(&self, seq: u64, config: &Config, verifier: &V) -> Result<(), Reason> {
        let Self { view, digest, assign, prepares } = self;
        let primary = config.quorum().primary(*view);
        let enough = prepares.0.len() >= config.quorum().prepares();
        if !enough || prepares.0.contains_key(&primary) {
            return Err(Reason::Certificate);
        }
        let vote = PrePrepare::new(config.chain, primary, *view, seq, *digest);
        signed(vote, assign, config, verifier)?;
        prepares.0.iter().try_for_each(|(backup, signature)| {
            let vote = Prepare::new(config.chain, *backup, *view, seq, *digest);
            signed(vote, signature, config, verifier).map(drop)
        })
    }
}

/// A VIEW-CHANGE whose signature and certificates were all checked.
#[derive(Clone, Debug)]
pub(crate) struct Change(Signed<ViewChange, Verified>);

impl Change {
    /// Our own, made of what we checked before.
    pub(crate) const fn own(change: Signed<ViewChange, Verified>) -> Self {
        Self(change)
    }

    pub(crate) const fn body(&self) -> &ViewChange {
        self.0.body()
    }

    pub(crate) fn into_unverified(self) -> Signed<ViewChange> {
        self.0.into_unverified()
    }

    /// Refuses a VIEW-CHANGE with one bad certificate altogether: its sender lies.
    pub(crate) fn admit<V: Verifier>(
        change: Signed<ViewChange>,
        config: &Config,
        verifier: &V,
    ) -> Result<Self, Reason> {
        let change = change.verify(verifier, &config.committee, config.chain)?;
        let ViewChange { view, stable, prepared, .. } = change.body();
        verify_stable(stable, config, verifier)?;
        let last = stable.height.saturating_add(config.window());
        prepared.0.iter().try_for_each(|(seq, certificate)| {
            if !(stable.height < *seq && *seq <= last && certificate.view < *view) {
                return Err(Reason::Certificate);
            }
            certificate.verify(*seq, config, verifier)
        })?;
        Ok(Self(change))
    }
}

/// What q VIEW-CHANGEs leave no choice about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The checkpoint min-s.
    pub(crate) stable: QuorumCertificate,
    /// max-s.
    pub(crate) last: u64,
    digests: BTreeMap<u64, Digest>,
}

impl Plan {
    pub(crate) fn of(changes: &[&ViewChange]) -> Option<Self> {
        let stable = changes.iter().map(|c| &c.stable).max_by_key(|stable| stable.height)?.clone();
        let first = stable.height.saturating_add(1);
        let mut highest = BTreeMap::<u64, (u64, Digest)>::new();
        for (seq, prepared) in changes.iter().flat_map(|c| c.prepared.0.range(first..)) {
            let best = highest.entry(*seq).or_insert((prepared.view, prepared.digest));
            *best = (*best).max((prepared.view, prepared.digest));
        }
        let last = highest.last_key_value().map_or(stable.height, |(seq, _)| *seq);
        let null = Batch::<Verified>::null().digest();
        let digest = |seq| highest.get(&seq).map_or(null, |(_, digest)| *digest);
        let digests = (first..=last).map(|seq| (seq, digest(seq))).collect();
        Some(Self { stable, last, digests })
    }

    /// O, without signatures.
    pub(crate) fn votes(&self, chain: ChainId, primary: ReplicaId, view: u64) -> Vec<PrePrepare> {
        let digests = self.digests.iter();
        digests.map(|(seq, digest)| PrePrepare::new(chain, primary, view, *seq, *digest)).collect()
    }
}

/// A NEW-VIEW that was checked, or made by us: message, plan, and O.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) message: Signed<NewView, Verified>,
    pub(crate) plan: Plan,
    pub(crate) assigned: BTreeMap<u64, Signed<PrePrepare, Verified>>,
}

impl Entry {
    /// Ours, and valid by construction.
    pub(crate) fn own(
        message: Signed<NewView, Verified>,
        plan: Plan,
        assigned: Vec<Signed<PrePrepare, Verified>>,
    ) -> Self {
        let assigned = assigned.into_iter().map(|vote| (vote.body().seq, vote)).collect();
        Self { message, plan, assigned }
    }

    /// Checks everything: the sender, every VIEW-CHANGE, and that O is what follows from them.
    pub(crate) fn admit<V: Verifier>(
        message: Signed<NewView>,
        config: &Config,
        verifier: &V,
    ) -> Result<Self, Reason> {
        let NewView { sender, view, .. } = *message.body();
        if sender != config.quorum().primary(view) {
            return Err(Reason::Sender);
        }
        let message = message.verify(verifier, &config.committee, config.chain)?;
        let plan = admit_changes(message.body(), config, verifier)?;
        let assigned = &message.body().assigned;
        let votes = assigned.iter().map(|vote| *vote.body()).collect::<Vec<_>>();
        if votes != plan.votes(config.chain, sender, view) {
            return Err(Reason::Plan);
        }
        let check = |vote: &Signed<PrePrepare, Unverified>| {
            vote.clone().verify(verifier, &config.committee, config.chain)
        };
        let assigned = assigned.iter().map(check).collect::<Result<_, _>>()?;
        Ok(Self::own(message, plan, assigned))
    }
}

/// The plan that follows from V, if V is q valid VIEW-CHANGEs for the view.
fn admit_changes<V: Verifier>(
    message: &NewView,
    config: &Config,
    verifier: &V,
) -> Result<Plan, Reason> {
    let changes = &message.changes.0;
    if changes.len() < config.quorum().quorum() {
        return Err(Reason::Certificate);
    }
    let admitted = changes.iter().map(|(replica, change)| {
        if (change.body().sender, change.body().view) != (*replica, message.view) {
            return Err(Reason::Certificate);
        }
        Change::admit(change.clone(), config, verifier)
    });
    let admitted = admitted.collect::<Result<Vec<_>, _>>()?;
    let bodies = admitted.iter().map(Change::body).collect::<Vec<_>>();
    Plan::of(&bodies).ok_or(Reason::Certificate)
}
