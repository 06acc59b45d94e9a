//! Tests of the public interface, a module a subject.

mod differential;
mod encryption;
mod fixture;
mod game;
mod range;
mod raw;
