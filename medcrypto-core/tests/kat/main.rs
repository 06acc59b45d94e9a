//! The known answers of vectors/core, made by an implementation that shares no code with this one.
#![cfg(feature = "bls")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "test code"
)]

mod bytes;
mod groups;
#[path = "../../../vectors/reader.rs"]
mod reader;

use medcrypto_core::rand_core::{CryptoRng, Error, RngCore};
use medcrypto_core::{Dst, dst};

/// The file `name` of this crate.
macro_rules! vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/core/", $name, ".json"))
    };
}
use vectors;

/// The registered string of a constant.
fn domain(name: &str) -> Dst {
    let found = dst::ALL.iter().find(|(constant, _)| *constant == name);
    found.unwrap_or_else(|| panic!("no domain {name}")).1
}

/// A generator that gives the recorded bytes, and nothing after them.
struct Recorded<'a>(&'a [u8]);

impl RngCore for Recorded<'_> {
    fn next_u32(&mut self) -> u32 {
        panic!("bytes only")
    }
    fn next_u64(&mut self) -> u64 {
        panic!("bytes only")
    }
    fn fill_bytes(&mut self, dest: &mut [u8]) {
        let (now, later) = self.0.split_at(dest.len());
        dest.copy_from_slice(now);
        self.0 = later;
    }
    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Recorded<'_> {}
