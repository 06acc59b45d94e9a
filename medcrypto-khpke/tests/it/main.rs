//! Tests of the public interface, a module a subject.

mod aggregate;
mod encryption;
mod fixture;
mod game;
mod raw;
