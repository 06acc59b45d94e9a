//! Requests that were accepted and not executed: at most one a client, first come first served.

use alloc::collections::{BTreeMap, VecDeque};
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

    /// Forgets a client's request up to an executed nonce.
    pub(crate) fn executed(&mut self, client: &ClientId, nonce: u64) {
        if self.of(client).is_some_and(|request| request.body().nonce <= nonce) {
            self.requests.remove(client);
            self.order.retain(|waiting| waiting != client);
        }
    }
}
