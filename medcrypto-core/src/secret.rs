//! Secrets are inert: not copied, not cloned, not compared in variable time, not printed, wiped.

use core::fmt;

use rand_core::{CryptoRng, RngCore};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// `N` secret bytes.
///
/// Wiped on drop (the value itself; copies that the compiler leaves on the stack or in registers
/// are out of scope), redacted in `Debug`, comparable only in constant time.
pub struct SecretBytes<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// Takes ownership of bytes that are wiped on drop already.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; N]>) -> Self {
        Self(bytes)
    }

    /// Draws uniform bytes.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; N]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Lends the bytes to `use_it`, which must not copy them out.
    pub fn expose<T>(&self, use_it: impl FnOnce(&[u8; N]) -> T) -> T {
        use_it(&self.0)
    }

    /// The bytes, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; N]> {
        self.0.clone()
    }
}

impl<const N: usize> fmt::Debug for SecretBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretBytes").finish_non_exhaustive()
    }
}

impl<const N: usize> ConstantTimeEq for SecretBytes<N> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}
