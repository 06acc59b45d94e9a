//! Secrets for the probes, and what is done with results.

use std::{collections::BTreeMap, hint::black_box, sync::Mutex};

use medcrypto_core::rand_core::{CryptoRng, Error, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::valgrind;

/// A generator whose output is secret.
pub struct SecretRng(ChaCha20Rng);

impl SecretRng {
    pub fn new(seed: u64) -> Self {
        Self(public_rng(seed))
    }
}

impl RngCore for SecretRng {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.draw())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.draw())
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
        valgrind::poison(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl SecretRng {
    fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_bytes(&mut bytes);
        bytes
    }
}

impl CryptoRng for SecretRng {}

/// A generator whose output is public: for what a probe needs and does not test.
pub fn public_rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Makes an encoding secret from `start` on, as decoding finds it.
pub fn poisoned<T: AsMut<[u8]>>(mut bytes: T, start: usize) -> T {
    valgrind::poison(&mut bytes.as_mut()[start..]);
    black_box(bytes)
}

/// Uses a result, which may be secret, and drops it.
pub fn sink<T>(value: T) {
    drop(black_box(value));
}

static DECLASSIFIED: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());

/// The hook of `medcrypto_core::declassify`: makes the bytes public and keeps count.
pub fn on_declassify(address: *const u8, len: usize, reason: &'static str) {
    valgrind::unpoison(address, len);
    if let Ok(mut reasons) = DECLASSIFIED.lock() {
        *reasons.entry(reason).or_default() += 1;
    }
}

/// Prints what became public, and how many times.
pub fn report_declassified() {
    if let Ok(reasons) = DECLASSIFIED.lock() {
        reasons.iter().for_each(|(reason, count)| println!("declassified {count} {reason}"));
    }
}
