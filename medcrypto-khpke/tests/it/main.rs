//! Tests of the public interface, a module a subject.

mod decryption_proof;
mod differential;
mod encryption;
mod evaluation;
mod fixture;
mod game;
mod keys;
mod printed;
mod raw;
