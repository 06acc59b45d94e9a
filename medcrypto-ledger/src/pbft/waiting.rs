//! Requests that were accepted and not executed: at most one a client, first come first served.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;

use super::message::Request;
use super::signed::{Signed, Verified};
use crate::auth::ClientId;
use crate::codec;

/// The requests by client, and the order of those that no batch holds yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waiting {
    requests: BTreeMap<ClientId, Signed<Request, Verified>>,
    order: VecDeque<ClientId>,
}

impl Waiting {
    pub(crate) fn len(&self) -> usize {
        self.requests.len()
    }

    pub(crate) fn of(&self, client: &ClientId) -> Option<&Signed<Request, Verified>> {
        self.requests.get(client)
    }

    pub(crate) fn push(&mut self, request: Signed<Request, Verified>) {
        let client = request.body().client.clone();
        self.order.push_back(client.clone());
        self.requests.insert(client, request);
    }

    /// The next batch: at most `count` requests of together at most `bytes`, but at least one.
    pub(crate) fn take(&mut self, count: usize, bytes: usize) -> Vec<Signed<Request, Verified>> {
        let mut batch = Vec::new();
        let mut left = bytes;
        while let Some(request) = self.order.front().and_then(|c| self.requests.get(c)) {
            let len = codec::encode(request).len();
            if batch.len() == count || (len > left && !batch.is_empty()) {
                break;
            }
            left = left.saturating_sub(len);
            batch.push(request.clone());
            self.order.pop_front();
        }
        batch
    }

    /// The request that has waited longest outside a batch.
    pub(crate) fn oldest(&self) -> Option<&Request> {
        self.order.front().and_then(|client| self.of(client)).map(Signed::body)
    }

    /// What was in a batch waits again, before what was not; unless it is in a batch of these
    /// clients, which the new view proposes anyway.
    pub(crate) fn requeue(&mut self, in_flight: &BTreeSet<ClientId>) {
        let batched = self.requests.keys().filter(|client| !self.order.contains(client));
        let order = batched.chain(&self.order).filter(|client| !in_flight.contains(client));
        self.order = order.cloned().collect();
    }

    /// Forgets every request that is not its client's next.
    pub(crate) fn settle(&mut self, next: impl Fn(&ClientId) -> Option<u64>) {
        self.requests.retain(|client, request| next(client) == Some(request.body().nonce));
        self.order.retain(|client| self.requests.contains_key(client));
    }

    /// Forgets a client's request up to an executed nonce.
    pub(crate) fn executed(&mut self, client: &ClientId, nonce: u64) {
        if self.of(client).is_some_and(|request| request.body().nonce <= nonce) {
            self.requests.remove(client);
            self.order.retain(|waiting| waiting != client);
        }
    }
}
