//! The requirement language: what an institution asks of a record.

pub(crate) mod normal;
