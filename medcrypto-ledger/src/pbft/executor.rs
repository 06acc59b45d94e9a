//! Execution: committed batches, in order, become blocks; blocks, in order, become the state again.
//!
//! ```text
//! request (client, nonce)   executed iff nonce = last(client) + 1, otherwise skipped by everybody
//! time(n)    = max(proposed, median + 1)
//! state_root = digest(STATE, [application digest, client table])
//! client table: client ↦ (last nonce, its reply)
//! snapshot(n)   = ⟨headers n−10 … n, client table, application⟩, refused unless it hashes to block n
//! ```
//! Time, transactions and state depend on the ordered batches alone, so every correct replica makes
//! the same block. A transaction is a request with its client's signature: a stranger who replays a
//! chain needs to trust no replica that the client asked. What was skipped is in no block, so a
//! block with anything else than its clients' next requests is refused, whoever signed it.

use alloc::vec::Vec;

use medcrypto_core::dst::ledger;

use super::app::{App, Context};
use super::io::Reason;
use super::message::{Batch, Request};
use super::signed::{Signed, Verified};
use crate::auth::{ClientId, Committee, Verifier};
use crate::block::{
    self, BadTx, Block, BlockId, Execute, Genesis, Header, MEDIAN_SPAN, Seal, block_time,
};
use crate::codec::{self, Bytes, Digest, Pairs, as_array};
use crate::error::Error;

/// The last request of a client and what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The number of the request.
    pub nonce: u64,
    /// What the application returned.
    pub result: Bytes,
}
as_array!(Answer { nonce, result });

/// All that a replica needs in order to go on after a block, in a form that the block's certificate
/// vouches for: the headers are linked to it, client table and application hash to its state root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The block's header after those of the ten blocks before: what the median time needs.
    pub headers: Vec<Header>,
    /// The client table.
    pub clients: Pairs<ClientId, Answer>,
    /// The application's own snapshot.
    pub app: Bytes,
}
as_array!(Snapshot { headers, clients, app });

/// The state root of an application that no client has asked yet, as a genesis states it.
#[must_use]
pub fn genesis_state_root<P: App>(app: &P) -> Digest {
    root(app, &Pairs::default())
}

fn root<P: App>(app: &P, clients: &Pairs<ClientId, Answer>) -> Digest {
    codec::digest(ledger::STATE, &(app.digest(), clients))
}

/// What the state root covers.
#[derive(Clone, Debug)]
struct State<P> {
    app: P,
    clients: Pairs<ClientId, Answer>,
}

impl<P: App> State<P> {
    fn new(app: P) -> Self {
        Self { app, clients: Pairs::default() }
    }

    fn root(&self) -> Digest {
        root(&self.app, &self.clients)
    }

    fn answer(&self, client: &ClientId) -> Option<&Answer> {
        self.clients.0.get(client)
    }

    /// Takes over a state of this root. A well-formed state of another root shows only once it has
    /// replaced ours, which is then put back.
    fn restore(&mut self, snapshot: &Snapshot, wanted: Digest) -> Result<(), Reason> {
        let ours = self.app.snapshot();
        self.app.restore(snapshot.app.as_slice()).or(Err(Reason::State))?;
        if root(&self.app, &snapshot.clients) != wanted {
            let restored = self.app.restore(&ours);
            debug_assert!(restored.is_ok(), "an application refuses its own snapshot");
            return Err(Reason::State);
        }
        self.clients = snapshot.clients.clone();
        Ok(())
    }

    /// The nonce that a client's next request must carry; none after `u64::MAX`.
    fn next_nonce(&self, client: &ClientId) -> Option<u64> {
        self.answer(client).map_or(0, |answer| answer.nonce).checked_add(1)
    }

    /// Executes a request, if it is its client's next: the transaction that enters the block.
    fn apply(
        &mut self,
        request: &Signed<Request, Verified>,
        height: u64,
        time: u64,
    ) -> Option<Bytes> {
        let Request { client, nonce, operation, .. } = request.body();
        if self.next_nonce(client) != Some(*nonce) {
            return None;
        }
        let context = Context { height, time, client: client.clone(), nonce: *nonce };
        let result = Bytes(self.app.apply(operation.as_slice(), &context));
        self.clients.0.insert(client.clone(), Answer { nonce: *nonce, result });
        Some(Bytes(codec::encode(request)))
    }
}

/// A replica's state with the head of its chain.
#[derive(Clone, Debug)]
pub(crate) struct Executor<P> {
    state: State<P>,
    head: Header,
    /// The headers before the head that the median time needs.
    before: Vec<Header>,
}

impl<P: App> Executor<P> {
    pub(crate) fn new(genesis: &Genesis, app: P) -> Self {
        Self { state: State::new(app), head: genesis.block().header, before: Vec::new() }
    }

    pub(crate) const fn app(&self) -> &P {
        &self.state.app
    }

    #[cfg(feature = "sim")]
    pub(crate) fn into_app(self) -> P {
        self.state.app
    }

    /// The last height that was executed.
    pub(crate) const fn height(&self) -> u64 {
        self.head.height
    }

    pub(crate) fn state_root(&self) -> Digest {
        self.state.root()
    }

    /// The last answer to a client.
    pub(crate) fn answer(&self, client: &ClientId) -> Option<&Answer> {
        self.state.answer(client)
    }

    /// The nonce that a client's next request must carry.
    pub(crate) fn next_nonce(&self, client: &ClientId) -> Option<u64> {
        self.state.next_nonce(client)
    }

    fn headers(&self) -> impl Iterator<Item = &Header> {
        self.before.iter().chain([&self.head])
    }

    /// Executes a batch as the next block.
    pub(crate) fn execute(&mut self, batch: &Batch<Verified>) -> Block {
        let height = self.height().saturating_add(1);
        let times = self.headers().map(|header| header.time_ms).collect::<Vec<_>>();
        let time = block_time(batch.time, &times);
        let executed = batch.requests.iter().filter_map(|r| self.state.apply(r, height, time));
        let txs = executed.collect::<Vec<_>>();
        let block =
            Block::next(&self.head, time, Seal::Bft(batch.proposer), txs, self.state.root());
        self.before.push(self.head);
        self.before.drain(..self.before.len().saturating_sub(MEDIAN_SPAN - 1));
        self.head = block.header;
        block
    }

    /// What another replica needs in order to be where this one is.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let headers = self.headers().copied().collect();
        let app = Bytes(self.state.app.snapshot());
        Snapshot { headers, clients: self.state.clients.clone(), app }
    }

    /// Goes to the state after a certified block.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot, block: BlockId) -> Result<(), Reason> {
        let (head, before) = snapshot.headers.split_last().ok_or(Reason::State)?;
        let linked = |pair: &[Header]| matches!(pair, [a, b] if b.prev == a.id());
        let linked = head.id() == block && snapshot.headers.windows(2).all(linked);
        let span = u64::try_from(before.len()).unwrap_or(u64::MAX);
        if !linked || span != head.height.min(MEDIAN_SPAN as u64 - 1) {
            return Err(Reason::State);
        }
        self.state.restore(snapshot, head.state_root)?;
        (self.head, self.before) = (*head, before.to_vec());
        Ok(())
    }
}

/// A stranger's state: executes the transactions of blocks, and believes the clients' signatures
/// only.
#[derive(Clone, Debug)]
pub struct Replay<V, P> {
    verifier: V,
    committee: Committee,
    state: State<P>,
}

impl<V: Verifier, P: App> Replay<V, P> {
    /// The state at genesis; `app` is the application's first state.
    ///
    /// # Errors
    /// [`Error::Committee`] when `genesis` lists no committee.
    pub fn new(genesis: &Genesis, verifier: V, app: P) -> Result<Self, Error> {
        Ok(Self::of(Committee::new(genesis.replicas.clone())?, verifier, app))
    }

    pub(crate) fn of(committee: Committee, verifier: V, app: P) -> Self {
        Self { verifier, committee, state: State::new(app) }
    }

    /// The application.
    #[must_use]
    pub const fn app(&self) -> &P {
        &self.state.app
    }
}

impl<V: Verifier, P: App> Execute for Replay<V, P> {
    fn execute(&mut self, context: &block::Context, txs: &[Bytes]) -> Result<Digest, BadTx> {
        for tx in txs {
            let request = codec::decode::<Signed<Request>>(tx.as_slice());
            let request = request.or(Err(BadTx::Encoding))?;
            let request = request.verify(&self.verifier, &self.committee, context.chain_id);
            let request = request.or(Err(BadTx::Signature))?;
            let applied = self.state.apply(&request, context.height, context.time_ms);
            applied.ok_or(BadTx::Nonce)?;
        }
        Ok(self.state.root())
    }
}
