//! Byzantine replicas: correct ones whose outputs are twisted, each with the key that it holds.
//!
//! ```text
//! liar = replica + key + Lie       outputs ↦ other outputs, signed by that key or by none
//! ```
//! A replica below the lie keeps a liar up to date, so that what it says fits the moment. It keeps to
//! its lie: two liars in one world need not know of each other, because who votes twice tells
//! everybody what he believes already.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use rand_core::RngCore;
use serde::{Deserialize, Serialize};

use super::faults::below;
use crate::auth::{Auth, ReplicaId, Signature};
use crate::block::{BlockId, Checkpoint};
use crate::codec::{Bytes, Digest};
use crate::pbft::change::{NewView, ViewChange};
use crate::pbft::message::{Batch, Commit, PrePrepare, Prepare, Reply, Vote};
use crate::pbft::signed::Statement;
use crate::pbft::{Config, Message, Output, Signed};

/// How a Byzantine replica lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Lie {
    /// Says nothing.
    Silence,
    /// As primary: proposes one batch to some and another to the rest, and commits to both.
    Equivocation,
    /// Votes to everybody for the digest that he names, and then for another.
    DoubleVote,
    /// Votes in the names of the others, with its own signature or with none.
    Forgery,
    /// Repeats what others said, to anybody, much later.
    Replay,
    /// Votes in views that are over or have not begun, and asks for far ones.
    OtherViews,
    /// Its VIEW-CHANGEs bring certificates that nobody made.
    FalsePrepared,
    /// Its NEW-VIEWs assign what does not follow from the VIEW-CHANGEs.
    FalsePlan,
    /// Its VIEW-CHANGEs bring nothing, whatever it knows to be prepared.
    Withholding,
    /// Lies about blocks, states and results.
    FalseState,
    /// Votes for random digests at numbers everywhere.
    Flood,
}

impl Lie {
    /// Every one.
    pub const ALL: [Self; 11] = [
        Self::Silence,
        Self::Equivocation,
        Self::DoubleVote,
        Self::Forgery,
        Self::Replay,
        Self::OtherViews,
        Self::FalsePrepared,
        Self::FalsePlan,
        Self::Withholding,
        Self::FalseState,
        Self::Flood,
    ];
}

/// The most messages that a replayer remembers.
const HEARD: usize = 256;
/// How many votes a flooder sends with each of its messages.
const FLOOD: usize = 4;

/// The lying part of a Byzantine replica.
#[derive(Clone, Debug)]
pub(super) struct Liar<A> {
    lie: Lie,
    config: Config,
    auth: A,
    heard: Vec<Vec<u8>>,
    echoed: BTreeSet<(ReplicaId, u64, u64)>,
}

impl<A: Auth> Liar<A> {
    /// `config` is that of the replica, and `auth` holds its key.
    pub(super) const fn new(lie: Lie, config: Config, auth: A) -> Self {
        Self { lie, config, auth, heard: Vec::new(), echoed: BTreeSet::new() }
    }

    pub(super) const fn lie(&self) -> Lie {
        self.lie
    }

    /// What it says after it heard `bytes`, in the place of its replica's `outputs`.
    pub(super) fn twist<R: RngCore>(
        &mut self,
        bytes: Option<&[u8]>,
        outputs: Vec<Output>,
        rng: &mut R,
    ) -> Vec<Output> {
        let mut told = bytes.map(|bytes| self.provoked(bytes, rng)).unwrap_or_default();
        for output in outputs {
            let bytes = match &output {
                Output::Send(_, bytes) | Output::Broadcast(bytes) | Output::Reply(_, bytes) => {
                    bytes
                }
                _ => {
                    told.push(output);
                    continue;
                }
            };
            let message = Message::decode(bytes);
            told.extend(message.map(|m| self.instead(&output, m, rng)).unwrap_or_default());
        }
        told
    }

    /// What hearing a message makes it say.
    fn provoked<R: RngCore>(&mut self, bytes: &[u8], rng: &mut R) -> Vec<Output> {
        match self.lie {
            Lie::DoubleVote => self.echo(bytes, rng),
            Lie::Replay => self.replay(bytes, rng),
            _ => Vec::new(),
        }
    }

    fn echo<R: RngCore>(&mut self, bytes: &[u8], rng: &mut R) -> Vec<Output> {
        let place = Message::decode(bytes).ok().and_then(|message| Place::of(&message));
        let Some((named_by, place)) = place else { return Vec::new() };
        // Once a place, or two of its kind would talk to each other for ever.
        if !self.echoed.insert((named_by, place.view, place.seq)) {
            return Vec::new();
        }
        let other = Place { digest: digest(rng), ..place };
        let votes = [self.prepare(place), self.commit(place), self.prepare(other)];
        votes.iter().map(|vote| Output::Send(named_by, vote.encode())).collect()
    }

    fn replay<R: RngCore>(&mut self, bytes: &[u8], rng: &mut R) -> Vec<Output> {
        if self.heard.len() < HEARD {
            self.heard.push(bytes.to_vec());
        }
        let last = u64::try_from(self.heard.len()).unwrap_or(u64::MAX);
        let which = usize::try_from(below(last, rng)).unwrap_or_default();
        let Some(old) = self.heard.get(which).filter(|_| below(4, rng) == 0) else {
            return Vec::new();
        };
        alloc::vec![Output::Send(self.somebody(rng), old.clone())]
    }

    /// What it says in the place of one message.
    fn instead<R: RngCore>(&self, output: &Output, said: Message, rng: &mut R) -> Vec<Output> {
        let honest = output.clone();
        match (self.lie, said) {
            (Lie::Silence, _) | (Lie::DoubleVote, Message::Prepare(_) | Message::Commit(_)) => {
                Vec::new()
            }
            // A relayed assignment, and a relayed NEW-VIEW, is another's.
            (Lie::Equivocation, Message::PrePrepare(vote, batch))
                if vote.body().sender == self.config.me =>
            {
                self.equivocate(vote.body(), batch)
            }
            (Lie::FalsePrepared, Message::ViewChange(change)) => {
                self.broadcast(Message::ViewChange, self.invent(change.body(), rng))
            }
            (Lie::Withholding, Message::ViewChange(change)) => {
                self.broadcast(Message::ViewChange, self.withhold(change.body()))
            }
            (Lie::FalsePlan, Message::NewView(message))
                if message.body().sender == self.config.me =>
            {
                self.broadcast(Message::NewView, self.misassign(message.body(), rng))
            }
            (Lie::FalseState, said) => self.misreport(honest, said, rng),
            (_, said) => self.votes(&said, rng).into_iter().chain([honest]).collect(),
        }
    }

    /// Votes besides the one that its replica sends.
    fn votes<R: RngCore>(&self, said: &Message, rng: &mut R) -> Vec<Output> {
        let Some((_, place)) = Place::of(said) else {
            return Vec::new();
        };
        let votes = match self.lie {
            Lie::Forgery => self.forge(place, rng),
            Lie::OtherViews => self.elsewhere(place),
            Lie::Flood => (0..FLOOD).flat_map(|_| self.flood(place, rng)).collect(),
            _ => Vec::new(),
        };
        votes.iter().map(|vote| Output::Broadcast(vote.encode())).collect()
    }

    fn equivocate(&self, vote: &PrePrepare, batch: Batch) -> Vec<Output> {
        let time = batch.time.saturating_add(1);
        let later = Batch { time, ..batch.clone() };
        let half = usize::from(self.config.committee.n()) / 2;
        let told = self.others().enumerate().flat_map(|(i, to)| {
            let batch = if i < half { batch.clone() } else { later.clone() };
            let place = Place { digest: batch.digest(), view: vote.view, seq: vote.seq };
            let proposal = Message::PrePrepare(self.sign(self.vote(self.config.me, place)), batch);
            [proposal, self.commit(place)].map(|message| Output::Send(to, message.encode()))
        });
        told.collect()
    }

    fn forge<R: RngCore>(&self, place: Place, rng: &mut R) -> Vec<Message> {
        let forged = self.others().map(|other| {
            let vote = self.sign::<Commit>(self.vote(other, place));
            let none = Signature(Bytes(alloc::vec![0; vote.signature().0.as_slice().len()]));
            let signed =
                if below(2, rng) == 0 { vote } else { Signed::from_parts(*vote.body(), none) };
            Message::Commit(signed)
        });
        forged.collect()
    }

    fn elsewhere(&self, place: Place) -> Vec<Message> {
        let Place { view, .. } = place;
        let views = [view.saturating_sub(1), view.saturating_add(1), u64::MAX];
        let votes = views.into_iter().flat_map(|view| {
            let place = Place { view, ..place };
            [self.prepare(place), self.commit(place)]
        });
        let change = ViewChange { view: u64::MAX, ..self.empty_change() };
        votes.chain([Message::ViewChange(self.sign(change))]).collect()
    }

    fn flood<R: RngCore>(&self, place: Place, rng: &mut R) -> [Message; 3] {
        let near = place.seq.saturating_add(below(self.config.window(), rng));
        let far = u64::MAX.saturating_sub(below(1 << 20, rng));
        let seq = if below(2, rng) == 0 { near } else { far };
        let place = Place { seq, digest: digest(rng), ..place };
        [self.prepare(place), self.commit(place), self.checkpoint(seq, BlockId(place.digest))]
    }

    /// A VIEW-CHANGE with a certificate that nobody made.
    fn invent<R: RngCore>(&self, change: &ViewChange, rng: &mut R) -> ViewChange {
        let mut change = change.clone();
        let seq = change.stable.height.saturating_add(1);
        let last = change.prepared.0.last_key_value().map(|(seq, p)| (*seq, p.clone()));
        match last.filter(|_| below(2, rng) == 0) {
            // Too few votes for what is true, or enough for something else.
            Some((seq, mut certificate)) if below(2, rng) == 0 => {
                certificate.prepares.0.pop_first();
                change.prepared.0.insert(seq, certificate);
            }
            Some((seq, mut certificate)) => {
                certificate.digest = digest(rng);
                change.prepared.0.insert(seq, certificate);
            }
            None => {
                let (view, digest) = (change.view.saturating_sub(1), digest(rng));
                let place = Place { view, seq, digest };
                let vote = self.sign::<Prepare>(self.vote(self.config.me, place));
                let vote = vote.signature().clone();
                let prepares = self.others().map(|other| (other, vote.clone())).collect();
                let prepares = crate::codec::Pairs(prepares);
                let assign = vote;
                let invented = crate::pbft::change::Prepared { view, digest, assign, prepares };
                change.prepared.0.insert(seq, invented);
            }
        }
        change
    }

    fn withhold(&self, change: &ViewChange) -> ViewChange {
        ViewChange { view: change.view, ..self.empty_change() }
    }

    /// A VIEW-CHANGE for view 0 that knows of nothing since genesis.
    fn empty_change(&self) -> ViewChange {
        let (chain, sender, stable) =
            (self.config.chain, self.config.me, self.config.genesis_certificate());
        ViewChange { chain, sender, view: 0, stable, prepared: crate::codec::Pairs::default() }
    }

    /// A NEW-VIEW with another last assignment, one fewer or one more.
    fn misassign<R: RngCore>(&self, message: &NewView, rng: &mut R) -> NewView {
        let mut message = message.clone();
        let stable = message.changes.0.values().map(|change| change.body().stable.height).max();
        let last = message.assigned.pop().map(|vote| vote.body().seq);
        let next = last.or(stable).unwrap_or_default().saturating_add(1);
        let seq = if below(2, rng) == 0 { next } else { last.unwrap_or(next) };
        if last.is_none() || below(2, rng) == 0 {
            let place = Place { view: message.view, seq, digest: digest(rng) };
            message.assigned.push(self.sign(self.vote(self.config.me, place)));
        }
        message
    }

    /// Another block to half of the others; another result, state or height to all.
    fn misreport<R: RngCore>(&self, honest: Output, said: Message, rng: &mut R) -> Vec<Output> {
        match (said, honest) {
            (Message::Checkpoint(vote), Output::Broadcast(bytes)) => {
                let lie = self.checkpoint(vote.body().height, BlockId(digest(rng))).encode();
                let half = usize::from(self.config.committee.n()) / 2;
                let told = |i| if i < half { bytes.clone() } else { lie.clone() };
                self.others().enumerate().map(|(i, to)| Output::Send(to, told(i))).collect()
            }
            (Message::Reply(reply), Output::Reply(client, _)) => {
                let result = Bytes(alloc::vec![0]);
                let reply = self.sign(Reply { result, ..reply.body().clone() });
                alloc::vec![Output::Reply(client, Message::Reply(reply).encode())]
            }
            (Message::State(mut state), Output::Send(to, _)) => {
                state.app.0.push(0);
                alloc::vec![Output::Send(to, Message::State(state).encode())]
            }
            (Message::Stable(mut stable), Output::Send(to, _)) => {
                stable.height = stable.height.saturating_add(1);
                alloc::vec![Output::Send(to, Message::Stable(stable).encode())]
            }
            (_, honest) => alloc::vec![honest],
        }
    }

    fn broadcast<T: Statement>(&self, wrap: fn(Signed<T>) -> Message, body: T) -> Vec<Output> {
        alloc::vec![Output::Broadcast(wrap(self.sign(body)).encode())]
    }

    fn sign<T: Statement>(&self, body: T) -> Signed<T> {
        Signed::sign(&self.auth, body)
    }

    const fn vote<F>(&self, sender: ReplicaId, place: Place) -> Vote<F> {
        Vote::new(self.config.chain, sender, place.view, place.seq, place.digest)
    }

    fn prepare(&self, place: Place) -> Message {
        Message::Prepare(self.sign(self.vote(self.config.me, place)))
    }

    fn commit(&self, place: Place) -> Message {
        Message::Commit(self.sign(self.vote(self.config.me, place)))
    }

    fn checkpoint(&self, height: u64, block_id: BlockId) -> Message {
        let (chain_id, replica) = (self.config.chain, self.config.me);
        Message::Checkpoint(self.sign(Checkpoint { chain_id, height, block_id, replica }))
    }

    fn others(&self) -> impl Iterator<Item = ReplicaId> {
        let me = self.config.me;
        (0..self.config.committee.n()).map(ReplicaId).filter(move |other| *other != me)
    }

    fn somebody<R: RngCore>(&self, rng: &mut R) -> ReplicaId {
        let n = u64::from(self.config.committee.n());
        ReplicaId(u16::try_from(below(n, rng)).unwrap_or_default())
    }
}

/// What a vote is about.
#[derive(Clone, Copy)]
struct Place {
    view: u64,
    seq: u64,
    digest: Digest,
}

impl Place {
    /// Of a vote, and whose it is.
    fn of(message: &Message) -> Option<(ReplicaId, Self)> {
        fn of<F>(vote: &Vote<F>) -> (ReplicaId, Place) {
            (vote.sender, Place { view: vote.view, seq: vote.seq, digest: vote.digest })
        }
        match message {
            Message::PrePrepare(vote, _) => Some(of(vote.body())),
            Message::Prepare(vote) => Some(of(vote.body())),
            Message::Commit(vote) => Some(of(vote.body())),
            _ => None,
        }
    }
}

fn digest<R: RngCore>(rng: &mut R) -> Digest {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    Digest(bytes)
}
