//! A seeded deterministic network, and the voting model. Feature `sim`.
//!
//! For tests, examples and measurements: nothing here belongs into a deployment, and nothing here
//! is a construction with a status.

pub mod auth;
mod check;
mod event;
mod faults;
mod liar;
mod mark;
pub mod model;
mod oracle;
pub mod swarm;
mod tape;
mod world;

pub use auth::SymbolicAuth;
pub use check::Violation;
pub use event::{Incident, Party, Report};
pub use faults::Faults;
pub use liar::Lie;
pub use mark::Mark;
pub use oracle::Oracle;
pub use tape::Tape;
pub use world::World;
