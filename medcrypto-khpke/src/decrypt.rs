//! Decryption: both checks, then the discrete logarithm.
//!
//! ```text
//! Y = (α + τβ)·X, tag ≟ first 16 bytes of the hash     T ≟ κ̂·X     Mᵢ = Eᵢ − kᵢ·X     mᵢ = log_H Mᵢ
//! ```
//! The tag, T and all Mᵢ are computed before the one verdict, which is one word: whoever asks learns
//! nothing about which of them was wrong. Everything up to the discrete logarithm is constant time; that
//! one takes a time that depends on mᵢ.

mod proof;

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use medcrypto_core::bls::G1;
use medcrypto_core::declassify;
use subtle::Choice;
use zeroize::Zeroizing;

use crate::ciphertext::Ciphertext;
use crate::dlog::Table;
use crate::hps::HashingKey;
use crate::keys::DecryptionKey;
use crate::{AssociatedData, Error};

pub use proof::{DecryptionProof, DecryptionStatement};

/// `[m₁]H` … `[mₙ]H`: decrypted, and not yet numbers; wiped on drop.
pub struct MessagePoints(Zeroizing<Vec<G1>>);

impl MessagePoints {
    /// The numbers, by `log`, which finds m for `[m]H` or says that there is none in its range.
    ///
    /// # Errors
    /// [`Error::Decryption`] if there is none for some slot.
    pub fn decode(&self, log: impl Fn(&G1) -> Option<i64>) -> Result<Vec<i64>, Error> {
        self.0.iter().map(|point| log(point).ok_or(Error::Decryption)).collect()
    }

    /// The numbers, all in `range`, by a table; slots share inversions.
    ///
    /// # Errors
    /// [`Error::Range`] if the range is too large for the table, [`Error::Decryption`] if a number lies
    /// outside of it.
    pub fn decode_by_table(
        &self,
        table: &Table,
        range: RangeInclusive<i64>,
    ) -> Result<Vec<i64>, Error> {
        let numbers = table.decode_batch(&self.0, range)?.into_iter();
        numbers.map(|number| number.ok_or(Error::Decryption)).collect()
    }

    /// Whether these are the points, in constant time.
    fn are(&self, points: &[G1]) -> Result<(), Error> {
        if points.len() != self.0.len() {
            return Err(Error::Count);
        }
        let equal = |(a, b): (&G1, &G1)| is_identity(*a - *b);
        let all = self.0.iter().zip(points).map(equal).fold(Choice::from(1), |all, one| all & one);
        verdict(all, "whether a ciphertext opens to the stated numbers")
    }
}

impl fmt::Debug for MessagePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessagePoints").finish_non_exhaustive()
    }
}

impl DecryptionKey {
    /// Decrypts one number a slot; `log` finds m for `[m]H`.
    ///
    /// # Errors
    /// [`Error::Count`] for another number of slots, [`Error::Decryption`] for everything else: a wrong
    /// key, other associated data, a changed ciphertext, a number beyond the reach of `log`.
    pub fn decrypt(
        &self,
        ad: &AssociatedData,
        ciphertext: &Ciphertext,
        log: impl Fn(&G1) -> Option<i64>,
    ) -> Result<Vec<i64>, Error> {
        self.open(ad, ciphertext)?.decode(log)
    }

    /// Decrypts up to the discrete logarithm, constant time.
    ///
    /// # Errors
    /// As [`decrypt`](Self::decrypt).
    pub fn open(
        &self,
        ad: &AssociatedData,
        ciphertext: &Ciphertext,
    ) -> Result<MessagePoints, Error> {
        if ciphertext.slots() != self.slots() {
            return Err(Error::Count);
        }
        let core = ciphertext.core();
        let tagged = self.evaluation_key().tags(ad, ciphertext)?;
        let consistent = is_identity(core.t() - self.consistency().evaluate(core.x()));
        let unmask = |(mask, e): (&HashingKey, &G1)| *e - mask.evaluate(core.x());
        let points = self.masks().iter().zip(core.e()).map(unmask).collect();
        let points = MessagePoints(Zeroizing::new(points));
        verdict(tagged & consistent, "whether a ciphertext opens")?;
        Ok(points)
    }
}

fn is_identity(point: G1) -> Choice {
    Choice::from(u8::from(point.is_identity()))
}

/// The one branch, on an answer that is public from here on.
fn verdict(opens: Choice, reason: &'static str) -> Result<(), Error> {
    if declassify(opens.unwrap_u8(), reason) == 1 { Ok(()) } else { Err(Error::Decryption) }
}
