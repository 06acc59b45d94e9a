//! What happens in a world, and the digest of all of it.
//!
//! ```text
//! event = (time, order of scheduling, delivery | timer | incident)     least first
//! trace = SHA-256 over every event that was handled
//! ```

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::mark::Mark;
use crate::codec::{self, Digest};
use crate::pbft::Timer;

/// Who sends, receives or keeps a timer. Clients are numbered as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A replica.
    Replica(u16),
    /// A client.
    Client(u16),
}

/// What happens to the network or to a replica at some time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Incident {
    /// Nothing gets from these replicas to the others any more.
    Mute(BTreeSet<u16>),
    /// Nothing gets from the others to these replicas any more.
    Deafen(BTreeSet<u16>),
    /// Both.
    Split(BTreeSet<u16>),
    /// Every link is whole again.
    Mend,
    /// The replica handles one more input and stops before it has carried out any output.
    Crash(u16),
    /// A replica that stopped goes on from what it had saved, which is everything.
    Restart(u16),
    /// From now on the network is whole and loses, repeats, delays and changes nothing, and
    /// everybody who had stopped goes on.
    Calm,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Deliver { from: Party, to: Party, bytes: Vec<u8>, garbled: bool },
    Expire(Party, Timer, u64),
    Happen(Incident),
}

/// The digest of the events so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace(Sha256);

impl Trace {
    pub(super) fn absorb(&mut self, at: u64, order: u64, event: &Event) {
        self.0.update(at.to_be_bytes());
        self.0.update(order.to_be_bytes());
        let (from, to, what, digest) = match event {
            Event::Deliver { from, to, bytes, .. } => {
                (label(*from), label(*to), 0, Sha256::digest(bytes))
            }
            Event::Expire(party, Timer::Status, _) => {
                (label(*party), [0; 3], 1, Sha256::digest([]))
            }
            Event::Expire(party, ..) => (label(*party), [0; 3], 2, Sha256::digest([])),
            Event::Happen(incident) => ([0; 3], [0; 3], 3, Sha256::digest(codec::encode(incident))),
        };
        self.0.update([from, to].concat());
        self.0.update([what]);
        self.0.update(digest);
    }

    pub(super) fn digest(&self) -> Digest {
        Digest(self.0.clone().finalize().into())
    }
}

fn label(party: Party) -> [u8; 3] {
    let (kind, [high, low]) = match party {
        Party::Replica(id) => (1, id.to_be_bytes()),
        Party::Client(id) => (2, id.to_be_bytes()),
    };
    [kind, high, low]
}

/// What a run leaves behind; [`fmt::Display`] prints seed and trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The seed that repeats the run.
    pub seed: u64,
    /// Digest of every event.
    pub trace: Digest,
    /// Events handled.
    pub events: u64,
    /// Simulated milliseconds.
    pub time: u64,
    /// Messages handed to the network, by kind.
    pub sent: BTreeMap<&'static str, u64>,
    /// What was seen of what is worth seeing.
    pub marks: BTreeSet<Mark>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, trace, events, time, .. } = self;
        write!(f, "seed={seed} trace={trace} events={events} time={time}ms")
    }
}
