//! Execution: committed batches, in order, become blocks.
//!
//! ```text
//! request (client, nonce)   executed iff nonce = last(client) + 1, otherwise skipped by everybody
//! time(n)    = max(proposed, median + 1)
//! state_root = digest(STATE, [application digest, client table])
//! client table: client ↦ (last nonce, its reply)
//! ```
//! Time, transactions and state depend on the ordered batches alone, so every correct replica makes
//! the same block.

use alloc::vec::Vec;

use medcrypto_core::dst::ledger;

use super::app::{App, Context};
use super::message::{Batch, Request};
use super::signed::{Signed, Verified};
use crate::auth::{ClientId, ReplicaId};
use crate::block::{
    Block, BlockId, ChainId, Genesis, Header, MEDIAN_SPAN, Seal, VERSION, block_time,
};
use crate::codec::{self, Bytes, Digest, Pairs, as_array};

/// The last request of a client and what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) nonce: u64,
    pub(crate) result: Bytes,
}
as_array!(Answer { nonce, result });

type ClientTable = Pairs<ClientId, Answer>;

/// The state root of an application that no client has asked yet, as a genesis states it.
#[must_use]
pub fn genesis_state_root<P: App>(app: &P) -> Digest {
    state_root(app, &ClientTable::default())
}

fn state_root<P: App>(app: &P, clients: &ClientTable) -> Digest {
    codec::digest(ledger::STATE, &(app.digest(), clients))
}

/// The application, the client table and the head of the chain.
#[derive(Clone, Debug)]
pub(crate) struct Executor<P> {
    app: P,
    chain: ChainId,
    clients: ClientTable,
    head: BlockId,
    height: u64,
    times: Vec<u64>,
}

impl<P: App> Executor<P> {
    pub(crate) fn new(genesis: &Genesis, app: P) -> Self {
        Self {
            app,
            chain: genesis.chain_id(),
            clients: ClientTable::default(),
            head: genesis.block().header.id(),
            height: 0,
            times: alloc::vec![genesis.time_ms],
        }
    }

    pub(crate) const fn app(&self) -> &P {
        &self.app
    }

    /// The last height that was executed.
    pub(crate) const fn height(&self) -> u64 {
        self.height
    }

    pub(crate) fn state_root(&self) -> Digest {
        state_root(&self.app, &self.clients)
    }

    /// The last answer to a client.
    pub(crate) fn answer(&self, client: &ClientId) -> Option<&Answer> {
        self.clients.0.get(client)
    }

    /// The nonce that a client's next request must carry; none after `u64::MAX`.
    pub(crate) fn next_nonce(&self, client: &ClientId) -> Option<u64> {
        self.answer(client).map_or(0, |answer| answer.nonce).checked_add(1)
    }

    /// Executes a batch as the next block.
    pub(crate) fn execute(&mut self, batch: &Batch<Verified>) -> Block {
        self.height = self.height.saturating_add(1);
        let time = block_time(batch.time, &self.times);
        let txs = batch.requests.iter().filter_map(|r| self.apply(r, time)).collect::<Vec<_>>();
        let header = self.header(time, &txs, batch.proposer);
        self.times.push(time);
        self.times.drain(..self.times.len().saturating_sub(MEDIAN_SPAN));
        self.head = header.id();
        Block { header, txs }
    }

    /// The transaction that enters the block, unless the request is not its client's next.
    fn apply(&mut self, request: &Signed<Request, Verified>, time: u64) -> Option<Bytes> {
        let Request { client, nonce, operation, .. } = request.body();
        if self.next_nonce(client) != Some(*nonce) {
            return None;
        }
        let context = Context { height: self.height, time, client: client.clone(), nonce: *nonce };
        let result = Bytes(self.app.apply(operation.as_slice(), &context));
        self.clients.0.insert(client.clone(), Answer { nonce: *nonce, result });
        Some(Bytes(codec::encode(request)))
    }

    fn header(&self, time_ms: u64, txs: &[Bytes], proposer: ReplicaId) -> Header {
        Header {
            version: VERSION,
            chain_id: self.chain,
            height: self.height,
            time_ms,
            prev: self.head,
            tx_root: tx_root(txs),
            // A batch is bounded by the longest message, far below 2³² requests.
            tx_count: u32::try_from(txs.len()).unwrap_or(u32::MAX),
            state_root: self.state_root(),
            seal: Seal::Bft(proposer),
        }
    }
}

/// RFC 6962 root.
fn tx_root(txs: &[Bytes]) -> Digest {
    use sha2::{Digest as _, Sha256};
    let mut level: Vec<[u8; 32]> = txs
        .iter()
        .map(|tx| Sha256::new().chain_update([0]).chain_update(tx.as_slice()).finalize().into())
        .collect();
    if level.is_empty() {
        return Digest(Sha256::digest([]).into());
    }
    while level.len() > 1 {
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [a, b] => Some(
                    Sha256::new()
                        .chain_update([1])
                        .chain_update(a)
                        .chain_update(b)
                        .finalize()
                        .into(),
                ),
                [a] => Some(*a),
                _ => None,
            })
            .collect();
    }
    Digest(level.first().copied().unwrap_or_default())
}
