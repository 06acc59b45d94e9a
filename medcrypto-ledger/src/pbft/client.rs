//! A client: one request at a time, believed once f + 1 replicas answer alike.
//!
//! ```text
//! submit    REQUEST to the primary, timer
//! timeout   REQUEST to every replica, timer
//! REPLY     verified, about this request, one a replica;  f + 1 equal results → done
//! ```
//! One of f + 1 replicas is correct, and it answers only after its batch is final.
//!
//! Status: *published* (Castro and Liskov 1999, section 4.1).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::io::{Input, Output, Reason, Timer};
use super::message::{Message, Reply, Request};
use super::quorum::Quorum;
use super::signed::{Signed, Verified};
use crate::auth::{Auth, ClientId, Committee, ReplicaId};
use crate::block::ChainId;
use crate::codec::Bytes;

/// A request is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a request is open")]
pub struct Busy;

/// One client with its key.
#[derive(Clone, Debug)]
pub struct Client<A> {
    chain: ChainId,
    committee: Committee,
    id: ClientId,
    auth: A,
    retransmit_after: u64,
    view: u64,
    nonce: u64,
    open: Option<Open>,
}

#[derive(Clone, Debug)]
struct Open {
    request: Signed<Request, Verified>,
    replies: BTreeMap<ReplicaId, (u64, Bytes)>,
}

impl<A: Auth> Client<A> {
    /// A client that has asked nothing yet and repeats itself after `retransmit_after`
    /// milliseconds. `auth` holds the key that `id` names.
    pub const fn new(
        chain: ChainId,
        committee: Committee,
        id: ClientId,
        auth: A,
        retransmit_after: u64,
    ) -> Self {
        Self { chain, committee, id, auth, retransmit_after, view: 0, nonce: 0, open: None }
    }

    /// Who it is.
    pub const fn id(&self) -> &ClientId {
        &self.id
    }

    /// Whether a request is open.
    pub const fn is_busy(&self) -> bool {
        self.open.is_some()
    }

    /// Signs an operation as the next request and sends it to the primary.
    ///
    /// # Errors
    /// [`Busy`] while the request before is open.
    pub fn submit(&mut self, operation: Vec<u8>) -> Result<Vec<Output>, Busy> {
        if self.is_busy() {
            return Err(Busy);
        }
        self.nonce = self.nonce.saturating_add(1);
        let request = Signed::own(
            &self.auth,
            Request {
                chain: self.chain,
                client: self.id.clone(),
                nonce: self.nonce,
                operation: Bytes(operation),
            },
        );
        let bytes = Message::Request(request.clone().into_unverified()).encode();
        self.open = Some(Open { request, replies: BTreeMap::new() });
        let primary = Quorum::of(&self.committee).primary(self.view);
        Ok(alloc::vec![Output::Send(primary, bytes), self.timer()])
    }

    /// Handles a reply or the timer.
    pub fn step(&mut self, input: Input) -> Vec<Output> {
        let handled = match input {
            Input::Message(bytes) => self.on_bytes(&bytes),
            Input::Timeout(Timer::Retransmit) => Ok(self.retransmit()),
            _ => Err(Reason::Misdirected),
        };
        handled.unwrap_or_else(|reason| alloc::vec![Output::Rejected(reason)])
    }

    const fn timer(&self) -> Output {
        Output::SetTimer(Timer::Retransmit, self.retransmit_after)
    }

    fn retransmit(&self) -> Vec<Output> {
        let Some(open) = &self.open else {
            return Vec::new();
        };
        let bytes = Message::Request(open.request.clone().into_unverified()).encode();
        alloc::vec![Output::Broadcast(bytes), self.timer()]
    }

    fn on_bytes(&mut self, bytes: &[u8]) -> Result<Vec<Output>, Reason> {
        let Message::Reply(reply) = Message::decode(bytes).map_err(Reason::Decode)? else {
            return Err(Reason::Misdirected);
        };
        let reply = reply.verify(&self.auth, &self.committee, self.chain)?;
        let Reply { sender, view, client, nonce, result, .. } = reply.body();
        if *client != self.id {
            return Err(Reason::Misdirected);
        }
        let open = self.open.as_mut().filter(|_| *nonce == self.nonce).ok_or(Reason::Nonce)?;
        if open.replies.contains_key(sender) {
            return Err(Reason::Duplicate);
        }
        open.replies.insert(*sender, (*view, result.clone()));
        Ok(self.conclude(result))
    }

    /// Done once f + 1 replicas gave this result.
    fn conclude(&mut self, result: &Bytes) -> Vec<Output> {
        let replies = self.open.iter().flat_map(|open| open.replies.values());
        let views = replies.filter(|(_, r)| r == result).map(|(v, _)| *v).collect::<Vec<_>>();
        if views.len() < Quorum::of(&self.committee).weak() {
            return Vec::new();
        }
        // The least of them: a correct replica is at least there.
        self.view = views.into_iter().min().unwrap_or(self.view);
        self.open = None;
        let done = Output::Done { nonce: self.nonce, result: result.0.clone() };
        alloc::vec![Output::CancelTimer(Timer::Retransmit), done]
    }
}
