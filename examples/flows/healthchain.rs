//! Healthchain (Xu et al.): wearables upload to a chain of work, doctors answer on a chain of PBFT.
//!
//! ```text
//! Userchain    proof of work, mined by an oracle; devices, uploads and keys as transactions, which
//!              whoever wants their state replays (contract keychain)
//! Docchain     PBFT; coins and diagnoses (contract coin), which ask the Userchain up to a tip that its
//!              replicas have seen six blocks deep
//! Algorithm 2  window of ten seconds → AES-256-GCM under the epoch key → store, identifier → Userchain
//! Algorithm 3  epoch key → HPKE for each doctor and for the owner → Userchain
//! Algorithm 4  doctor finds, verifies and opens uploads → conclusion → Docchain, paid in coins
//! ```

pub mod attacks;
pub mod cli;
pub mod clinic;
pub mod data;
pub mod figures;
pub mod model;
pub mod narrate;
pub mod parties;
pub mod reading;
pub mod run;
pub mod tables;
pub mod timing;
pub mod userchain;
pub mod vault;
pub mod words;
