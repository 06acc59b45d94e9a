//! Practical Byzantine fault tolerance.
//!
//! Castro and Liskov, OSDI 1999, in the variant with signatures (the papers' consensus: Huang et
//! al., steps 1 to 5).
//!
//! ```text
//! 0  client  → primary    REQUEST
//! 1  primary → backups    PRE-PREPARE(v, n, d) + batch                n − 1 messages
//! 2  backups → others     PREPARE(v, n, d)                            (n − 1)²
//! 3  all     → others     COMMIT(v, n, d)      once prepared          n(n − 1)
//! 4  all     → others     CHECKPOINT(n, id)    once executed          n(n − 1)
//! 5  all     → client     REPLY                f + 1 equal ones are believed
//! ```
//! Safety: two quorums share a correct replica ([`quorum`]), which votes once a view and number, so
//! no two digests commit at one number; execution is a function of the digests, so blocks are equal
//! at every height. What committed in one view is proposed again in the next ([`change`]). Liveness
//! needs a network that delivers in the end: lost messages are asked for with STATUS, missing batches
//! with FETCH, a primary that leaves a request waiting is replaced, and who is too far behind takes
//! over a state that hashes to a certified block. The log is collected: the window moves with the
//! certified checkpoints.
//!
//! Deviations from Huang et al.: the thresholds ([`quorum`]), a view change with certificates in the
//! place of "change the leader and restart", signatures by every sender, a block certificate.
//!
//! Status: *published* (the protocol, its signature variant); batching, block certificates,
//! retransmission and the transfer of states are *composition*.

pub mod app;
pub mod change;
pub mod client;
mod executor;
mod io;
mod log;
pub mod message;
pub mod quorum;
mod replica;
pub mod signed;
mod waiting;

pub use app::{App, Context, RestoreError};
pub use client::{Busy, Client};
pub use executor::{Answer, Replay, Snapshot, genesis_state_root};
pub use io::{Config, Evidence, Input, Output, Reason, Timer};
pub use message::Message;
pub use quorum::Quorum;
pub use replica::Replica;
pub use signed::{Signed, Tally, Unverified, Verified};
