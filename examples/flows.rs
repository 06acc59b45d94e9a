//! One module a source paper.

pub mod huang;
