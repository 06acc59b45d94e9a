//! Tests of the public interface, a module a subject.

mod encryption;
mod fixture;
