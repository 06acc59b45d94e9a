//! The parties, each a type of its own with what it knows and what it can do.
//!
//! | party | knows | learns in the flow |
//! |---|---|---|
//! | authority | the master secret key | nothing; it could decrypt everything (key escrow) |
//! | hospital | the record | nothing new |
//! | patient | the record, its keys | the price |
//! | institution | its keys, the proving key's waste if it kept it | that the requirement holds, then the record |
//! | proxy | its keys | ciphertexts, who asks, never a plaintext |
//! | arbiters | their keys | the evidence of a dispute |
//! | replicas | their keys | what the chain shows |

mod arbiter;
mod authority;
mod hospital;
mod institution;
mod patient;
mod proxy;

pub use arbiter::{Arbiter, Case};
pub use authority::Pkg;
pub use hospital::Hospital;
pub use institution::{Institution, Received};
pub use patient::{Deposit, Patient, Sale};
pub use proxy::ProxyCloud;
