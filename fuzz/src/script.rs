//! A fuzz input read as a script: numbers and choices until it runs dry, then zeros.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// What is left of a fuzz input.
pub struct Script<'a>(Unstructured<'a>);

impl<'a> Script<'a> {
    /// The whole input.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        Self(Unstructured::new(data))
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// Whether the next bit is set.
    pub fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// The next number.
    pub fn u64(&mut self) -> u64 {
        self.0.arbitrary().unwrap_or(0)
    }

    /// A number below `bound`, 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        let last = bound.saturating_sub(1);
        self.0.int_in_range(0..=last).unwrap_or(0)
    }

    /// One of `from`.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// At most `len` bytes.
    pub fn bytes(&mut self, len: usize) -> &'a [u8] {
        self.0.bytes(len.min(self.0.len())).unwrap_or(&[])
    }

    /// Everything that is left.
    #[must_use]
    pub fn rest(self) -> &'a [u8] {
        self.0.take_rest()
    }
}

/// Whether the costly laws are checked of this input: always, unless `MEDCRYPTO_FUZZ_EVERY` is `n`; then of
/// one in `n`, by its bytes, so that a finding is one again.
#[must_use]
pub fn is_examined(data: &[u8]) -> bool {
    static EVERY: LazyLock<u32> = LazyLock::new(|| {
        std::env::var("MEDCRYPTO_FUZZ_EVERY").map_or(1, |n| n.parse().expect("a number above 0"))
    });
    // FNV-1a.
    let mix = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    data.iter().fold(0x811c_9dc5, mix) % *EVERY == 0
}

/// `bytes` cut or filled with zeros to `len`.
#[must_use]
pub fn fitted(bytes: &[u8], len: usize) -> Vec<u8> {
    let mut fitted = bytes.to_vec();
    fitted.resize(len, 0);
    fitted
}

/// Scripts of pseudo-random bytes to start from.
#[must_use]
pub fn random(seed: u64, count: usize, len: usize) -> Vec<Vec<u8>> {
    let rng = &mut ChaCha20Rng::seed_from_u64(seed);
    let script = |_| {
        let mut bytes = vec![0; len];
        rng.fill_bytes(&mut bytes);
        bytes
    };
    (0..count).map(script).collect()
}

/// The same with those first that reach the code.
pub fn reaching(run: fn(&[u8]) -> crate::Reached, mut scripts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    scripts.sort_by_key(|script| run(script) == crate::Reached::No);
    scripts
}
