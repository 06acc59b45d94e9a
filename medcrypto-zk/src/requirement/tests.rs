//! Laws of the language on random requirements and records, and its corners one by one.

mod arbitrary;
mod corners;
mod docs;
mod laws;
mod limits;
