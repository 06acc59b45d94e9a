//! The sharing flows that the examples run, as a library so that tests can run them too.
//!
//! A flow wires the crates of the workspace together; it holds no cryptography of its own. Everything
//! it prints is an identifier, a digest, a size or a time, never a name of a person.
#![forbid(unsafe_code)]
#![allow(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a program, never built without std"
)]

pub mod flows;
