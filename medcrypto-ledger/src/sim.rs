//! A seeded deterministic network, and the voting model. Feature `sim`.
//!
//! For tests, examples and measurements: nothing here belongs into a deployment, and nothing here
//! is a construction with a status.

pub mod auth;
mod check;
mod faults;
pub mod model;
mod oracle;
mod world;

pub use auth::SymbolicAuth;
pub use check::Violation;
pub use faults::Faults;
pub use oracle::Oracle;
pub use world::{Party, Report, World};
