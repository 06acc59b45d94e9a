//! One replica as a state machine: an input and the time go in, outputs come out.
//!
//! ```text
//! REQUEST      client's signature, nonce = last + 1          → queue; a backup relays to the primary
//! PRE-PREPARE  primary's, v = view, h < n ≤ h + L, first for (v, n), body valid   → PREPARE
//! PREPARE      a backup's, v = view, h < n ≤ h + L, one a signer
//! COMMIT       any replica's, the same                      PREPARED → COMMIT, COMMITTED → execute
//! CHECKPOINT   any replica's, h < n ≤ h + L, one a signer    q match → certificate; n = K, 2K, … → h
//! STATUS       any replica's, not older than its last, not too often   → what its sender lacks
//! VIEW-CHANGE  any replica's, v > view, its certificates valid   f + 1 → join;  q → NEW-VIEW
//! NEW-VIEW     primary's of v > view, V and O valid          → enter v, PREPARE what O assigns
//! STABLE       a certificate above what is executed          → FETCH its state
//! FETCH        any replica's, above its last, not too often  → BODY or STATE
//! ```
//! A message that breaks a rule is a [`Output::Rejected`] and leaves the state as it was (a STATUS
//! that comes too soon is noted, so that none before it is answered later); two votes of one replica
//! for one place are [`Output::Evidence`]. A backup whose queue is full relays no further client: the
//! flood would only go on to the primary, which every client asks itself.
//!
//! A replica that gave up its view votes in it no more, but goes on listening: what the others
//! commit there is as final for it as for them. The whole of a replica is durable: its caller saves
//! it before it carries out the outputs, and after a crash goes on with [`Replica::start`].
//!
//! Status: *published* (Castro and Liskov 1999, signature variant); batching, block certificates
//! and retransmission are *composition*.

mod agree;
mod finish;
mod recover;
mod view;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::app::App;
use super::change::{Change, Entry};
use super::executor::{Executor, Snapshot};
use super::io::{Config, Evidence, Input, Output, Reason, Timer};
use super::log::Log;
use super::message::{Message, Reply, Request, Vote};
use super::quorum::Quorum;
use super::signed::{Counted, Signed, Statement, Verified};
use super::waiting::Waiting;
use crate::auth::{Auth, ClientId, ReplicaId};
use crate::block::QuorumCertificate;
use crate::codec::{self, Digest};

/// What a replica said of itself last.
#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    view: u64,
    executed: u64,
    certified: u64,
    /// When it, or one before it, was answered.
    answered: Option<u64>,
    /// Number and time of its last FETCH that was answered.
    fetched: Option<(u64, u64)>,
}

/// What the timer of the view waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Patience {
    /// In a view: the execution of a request.
    Request(u64, ClientId, u64),
    /// For the NEW-VIEW of this view.
    NewView(u64),
}

/// One replica: its key, its application and what it knows of the agreement.
#[derive(Clone, Debug)]
pub struct Replica<A, P> {
    config: Config,
    quorum: Quorum,
    auth: A,
    /// The view that this replica takes part in, and that it entered with `entry`.
    view: u64,
    entry: Option<Entry>,
    /// The view that it wants: `view`, or a later one while it waits for a NEW-VIEW.
    wanted: u64,
    /// The VIEW-CHANGE for the latest view of each replica, own included.
    changes: BTreeMap<ReplicaId, Change>,
    /// Views given up since something was executed.
    failures: u32,
    patience: Option<Patience>,
    log: Log,
    /// The last number that this replica assigned as primary.
    proposed: u64,
    executor: Executor<P>,
    certified: u64,
    waiting: Waiting,
    /// How far each replica said it is, and when it was last answered.
    heard: BTreeMap<ReplicaId, Heard>,
    /// The states after executed checkpoints from h on.
    snapshots: BTreeMap<u64, Snapshot>,
    /// A stable checkpoint above what is executed, whose state is asked for.
    goal: Option<QuorumCertificate>,
    /// The number of our last FETCH.
    round: u64,
}

impl<A: Auth, P: App> Replica<A, P> {
    /// A replica at the genesis of its chain. `auth` holds the key of `config.me`.
    pub fn new(config: Config, auth: A, app: P) -> Self {
        Self {
            quorum: config.quorum(),
            view: 0,
            entry: None,
            wanted: 0,
            changes: BTreeMap::new(),
            failures: 0,
            patience: None,
            log: Log::new(config.genesis_certificate(), config.window(), config.history),
            proposed: 0,
            executor: Executor::new(&config.genesis, app),
            certified: 0,
            waiting: Waiting::default(),
            heard: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            goal: None,
            round: 0,
            config,
            auth,
        }
    }

    /// What to do before the first input, and after a crash.
    #[must_use]
    pub fn start(&self) -> Vec<Output> {
        let status = Output::SetTimer(Timer::Status, self.config.status_every);
        let view = self.patience.as_ref().map(|_| self.view_timer());
        [Some(status), view].into_iter().flatten().collect()
    }

    /// Handles one input at time `now`, in milliseconds.
    pub fn step(&mut self, now: u64, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        let handled = match input {
            Input::Request(request) => self.on_request(request, &mut out),
            Input::Message(bytes) => self.on_bytes(now, &bytes, &mut out),
            Input::Timeout(Timer::Status) => self.on_status_timer(&mut out),
            Input::Timeout(Timer::View) => self.on_view_timer(&mut out),
            Input::Timeout(_) => Err(Reason::Misdirected),
        };
        match handled {
            Ok(()) => self.progress(now, &mut out),
            Err(reason) => out.push(Output::Rejected(reason)),
        }
        out
    }

    fn on_bytes(&mut self, now: u64, bytes: &[u8], out: &mut Vec<Output>) -> Result<(), Reason> {
        if bytes.len() > self.config.message_max {
            return Err(Reason::TooLong);
        }
        match Message::decode(bytes).map_err(Reason::Decode)? {
            Message::Request(request) => self.on_request(request, out),
            Message::PrePrepare(vote, batch) => self.on_pre_prepare(now, vote, batch, out),
            Message::Prepare(vote) => self.on_prepare(vote, out),
            Message::Commit(vote) => self.on_commit(vote, out),
            Message::Checkpoint(vote) => self.on_checkpoint(vote, out),
            Message::Status(status) => self.on_status(now, status, out),
            Message::ViewChange(change) => self.on_view_change(change),
            Message::NewView(message) => self.on_new_view(message, out),
            Message::Stable(certificate) => self.on_stable(certificate, out),
            Message::Fetch(fetch) => self.on_fetch(now, fetch, out),
            Message::Body(batch) => self.on_body(batch),
            Message::State(snapshot) => self.on_state(snapshot, out),
            Message::Reply(_) => Err(Reason::Misdirected),
        }
    }

    /// Runs every rule that has become applicable, until none is.
    fn progress(&mut self, now: u64, out: &mut Vec<Output>) {
        while self.propose(now, out)
            | self.agree(out)
            | self.prepare(out)
            | self.commit(out)
            | self.execute(out)
            | self.certify(out)
            | self.join(out)
            | self.lead(out)
        {}
        self.be_patient(out);
    }

    fn on_request(
        &mut self,
        request: Signed<Request>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let request = self.admit(request)?;
        let Request { client, nonce, operation, .. } = request.body();
        if self.executor.answer(client).is_some_and(|answer| answer.nonce == *nonce) {
            out.extend(self.reply(client));
            return Ok(());
        }
        if self.executor.next_nonce(client) != Some(*nonce) {
            return Err(Reason::Nonce);
        }
        self.executor.app().check(operation.as_slice()).or(Err(Reason::Operation))?;
        if self.waiting.of(client).is_none() {
            self.enqueue(request.clone())?;
        } else if self.is_primary() {
            return Err(Reason::Duplicate);
        }
        if self.is_active() && !self.is_primary() {
            let bytes = Message::Request(request.into_unverified()).encode();
            out.push(Output::Send(self.primary(), bytes));
        }
        Ok(())
    }

    fn enqueue(&mut self, request: Signed<Request, Verified>) -> Result<(), Reason> {
        if codec::encode(&request).len() > self.batch_bytes() {
            return Err(Reason::TooLong);
        }
        if self.waiting.len() >= self.config.waiting_max {
            return Err(Reason::Full);
        }
        self.waiting.push(request);
        Ok(())
    }

    /// The most bytes of requests in a batch: a PRE-PREPARE must fit into a message.
    const fn batch_bytes(&self) -> usize {
        self.config.message_max / 2
    }

    /// The cached answer to a client, signed.
    fn reply(&self, client: &ClientId) -> Option<Output> {
        let answer = self.executor.answer(client)?;
        let reply = Reply {
            chain: self.config.chain,
            sender: self.config.me,
            view: self.view,
            client: client.clone(),
            nonce: answer.nonce,
            result: answer.result.clone(),
        };
        let bytes = Message::Reply(self.sign(reply).into_unverified()).encode();
        Some(Output::Reply(client.clone(), bytes))
    }

    /// Checks chain, membership and signature.
    fn admit<T: Statement>(&self, signed: Signed<T>) -> Result<Signed<T, Verified>, Reason> {
        signed.verify(&self.auth, &self.config.committee, self.config.chain)
    }

    fn sign<T: Statement>(&self, body: T) -> Signed<T, Verified> {
        Signed::own(&self.auth, body)
    }

    /// The rules that every vote of the three phases obeys, before its signature is looked at.
    fn place<F>(&self, vote: &Vote<F>) -> Result<(), Reason> {
        if vote.sender == self.config.me {
            Err(Reason::Sender)
        } else if vote.view != self.view {
            Err(Reason::View)
        } else if !self.log.admits(vote.seq) {
            Err(Reason::Sequence)
        } else {
            Ok(())
        }
    }

    /// A vote of our own.
    fn vote<F>(&self, seq: u64, digest: Digest) -> Vote<F> {
        Vote::new(self.config.chain, self.config.me, self.view, seq, digest)
    }

    fn primary(&self) -> ReplicaId {
        self.quorum.primary(self.view)
    }

    /// Whether this replica votes in its view.
    const fn is_active(&self) -> bool {
        self.view == self.wanted
    }

    fn is_primary(&self) -> bool {
        self.is_active() && self.primary() == self.config.me
    }

    /// The view that this replica takes part in.
    pub const fn view(&self) -> u64 {
        self.view
    }

    /// The last sequence number that was executed.
    pub const fn executed(&self) -> u64 {
        self.executor.height()
    }

    /// The last height whose block is certified.
    pub const fn certified(&self) -> u64 {
        self.certified
    }

    /// h: the low water mark.
    pub const fn low(&self) -> u64 {
        self.log.low()
    }

    /// Sequence numbers held in memory, at most the history and L.
    pub fn log_len(&self) -> usize {
        self.log.len()
    }

    /// Requests held in memory.
    pub fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    /// The application.
    pub const fn app(&self) -> &P {
        self.executor.app()
    }

    /// The application alone.
    #[cfg(feature = "sim")]
    pub(crate) fn into_app(self) -> P {
        self.executor.into_app()
    }

    /// The state root after the last executed batch.
    pub fn state_root(&self) -> Digest {
        self.executor.state_root()
    }
}

/// What becomes of a vote that a tally has looked at.
fn noted<T>(
    counted: Counted<T>,
    evidence: fn(Signed<T, Verified>, Signed<T, Verified>) -> Evidence,
    out: &mut Vec<Output>,
) -> Result<(), Reason> {
    match counted {
        Counted::New => Ok(()),
        Counted::Again => Err(Reason::Duplicate),
        Counted::Equivocation(first, second) => {
            out.push(Output::Evidence(evidence(first, second)));
            Err(Reason::Equivocation)
        }
    }
}
