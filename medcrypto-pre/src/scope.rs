//! Scope paths: what a record is about, and what a delegation covers.
//!
//! ```text
//! path_enc(j) = j ‖ len32 ‖ w₁ ‖ … ‖ len32 ‖ wⱼ          1 ≤ j ≤ 4           (also the wire encoding)
//! covers      (w₁ … w_ℓ) covers (v₁ … v_L)  ⇔  ℓ ≤ L and wᵢ = vᵢ for i ≤ ℓ
//! ```
//! The comparison is by component, never by characters: `lab` does not cover `lab2`, and
//! (`ab`, `c`) is not (`a`, `bc`). Put an epoch into the path, say (`lab`, `2025Q3`): the path is what
//! a proxy and a delegatee gain together, so short-lived paths keep that small.

use alloc::{string::String, vec::Vec};
use core::fmt;

use medcrypto_core::{
    DecodeError,
    codec::{Reader, Writer},
};

use crate::{Error, identity::text};

/// A path of 1 to 4 components of 1 to 64 bytes each.
///
/// # Example
/// ```
/// # use medcrypto_pre::{Error, ScopePath};
/// let laboratory = ScopePath::new(&["lab"])?;
/// let quarter = ScopePath::new(&["lab", "2025Q3"])?;
/// assert!(laboratory.covers(&quarter) && !quarter.covers(&laboratory));
/// assert!(!ScopePath::new(&["la"])?.covers(&laboratory));
/// assert_eq!(ScopePath::new(&[]), Err(Error::Name)); // the empty scope cannot be delegated
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopePath(Vec<String>);

impl ScopePath {
    /// Most components.
    pub const MAX_DEPTH: usize = 4;
    /// Longest component in bytes.
    pub const MAX_COMPONENT: usize = 64;
    /// Longest encoding in bytes.
    pub const MAX_LEN: usize = 1 + Self::MAX_DEPTH * (4 + Self::MAX_COMPONENT);

    /// A path of the components, the widest first.
    ///
    /// # Errors
    /// [`Error::Name`] for no or more than 4 components, or one that is empty or over 64 bytes.
    pub fn new(components: &[&str]) -> Result<Self, Error> {
        let depth = (1..=Self::MAX_DEPTH).contains(&components.len());
        let fits = |w: &&str| (1..=Self::MAX_COMPONENT).contains(&w.len());
        if !depth || !components.iter().all(fits) {
            return Err(Error::Name);
        }
        Ok(Self(components.iter().map(|w| String::from(*w)).collect()))
    }

    /// The components, the widest first.
    pub fn components(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many components there are.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }

    /// Whether a delegation of this path reaches records filed under `other`.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// `path_enc`: the number of components and each with its length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        prefix_bytes(&self.0)
    }

    /// `path_enc(j)` for j = 1 … depth.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = Vec<u8>> {
        (1..=self.0.len()).filter_map(|j| self.0.get(..j)).map(prefix_bytes)
    }

    /// Reads a path inside a larger object.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let depth = usize::from(reader.u8()?);
        if depth > Self::MAX_DEPTH {
            return Err(DecodeError::NonCanonical);
        }
        let components: Result<Vec<_>, _> =
            (0..depth).map(|_| text(reader, Self::MAX_COMPONENT)).collect();
        Self::new(&components?).map_err(|_| DecodeError::NonCanonical)
    }
}

fn prefix_bytes(components: &[String]) -> Vec<u8> {
    let writer = Writer::with_capacity(ScopePath::MAX_LEN).u8(depth_byte(components.len()));
    components.iter().fold(writer, |writer, w| writer.bytes(w.as_bytes())).finish()
}

/// A number of components on the wire. There are four at most, so the default, which no decoder
/// takes, is unreachable.
pub(crate) fn depth_byte(depth: usize) -> u8 {
    u8::try_from(depth).unwrap_or(u8::MAX)
}

impl fmt::Display for ScopePath {
    /// Components between slashes, for people; a component may itself hold a slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}
