//! The table as a file.
//!
//! ```text
//! file       header ‖ range bits u8 ‖ a u8 ‖ ends, 2^(a−2) × u32 ‖ entries, 2^a × 5 bytes ‖ checksum
//! checksum   SHA-256(DST "MEDCRYPTO-KHPKE-V01-DLOG-TABLE" ‖ H ‖ everything before), 32 bytes
//! ```
//! The giant steps are no part of it and are computed again: 1 024 additions.

use alloc::vec::Vec;

use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::dst;
use sha2::{Digest, Sha256};

use super::buckets::{Buckets, ENTRY, MIN_BITS};
use super::{Table, check_sizes};
use crate::DecodeError;
use crate::generators::generators;

pub(super) const CHECKSUM: usize = 32;

impl Table {
    /// The file: 37 bytes and 6 bytes an entry.
    ///
    /// A function of the sizes alone, as the base is fixed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (ends, entries) = (self.buckets.ends(), self.buckets.entries());
        let start = Writer::with_capacity(file_len(self.table_bits()))
            .header(Header::v1(Tag::KhpkeDlogTable))
            .u8(byte(self.range_bits))
            .u8(byte(self.table_bits()));
        let ended = ends.iter().fold(start, |file, end| file.u32(*end));
        let mut file = entries.iter().fold(ended, |file, entry| file.array(entry)).finish();
        file.extend_from_slice(&checksum(&file));
        file
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// Checked are the sizes, the checksum, that buckets and entries ascend and that every index stands
    /// there once. Not checked is that the entries are the abscissas of the multiples of H, which would be
    /// to build the table again: a file that somebody made, with a checksum to it, may miss numbers. It
    /// cannot make [`decode`](Self::decode) return a wrong one.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`] or [`DecodeError::NonCanonical`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkeDlogTable))?;
        let (range_bits, table_bits) = (reader.u8()?.into(), reader.u8()?.into());
        check_sizes(range_bits, table_bits).map_err(|_| DecodeError::NonCanonical)?;
        // Before anything is allocated.
        if bytes.len() != file_len(table_bits) {
            return Err(DecodeError::Length);
        }
        check(bytes)?;
        let ends: Result<_, _> = (0..1 << (table_bits - MIN_BITS)).map(|_| reader.u32()).collect();
        let entries: Result<_, _> = (0..1 << table_bits).map(|_| reader.array()).collect();
        let buckets = Buckets::from_parts(table_bits, ends?, entries?);
        buckets.map(|buckets| Self::around(range_bits, buckets)).ok_or(DecodeError::NonCanonical)
    }
}

/// Header, sizes, ends, entries, checksum.
pub(super) const fn file_len(table_bits: u32) -> usize {
    Header::LEN + 2 + (4 << (table_bits - MIN_BITS)) + (ENTRY << table_bits) + CHECKSUM
}

/// Compares the last bytes with the checksum of the others.
pub(super) fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let (content, found) = bytes.split_last_chunk().ok_or(DecodeError::Length)?;
    if checksum(content) == *found { Ok(()) } else { Err(DecodeError::NonCanonical) }
}

pub(super) fn checksum(content: &[u8]) -> [u8; CHECKSUM] {
    let hash = Sha256::new().chain_update(dst::khpke::DLOG_TABLE.as_bytes());
    hash.chain_update(generators().h.point().to_bytes()).chain_update(content).finalize().into()
}

/// Sizes are below 256.
pub(super) fn byte(bits: u32) -> u8 {
    u8::try_from(bits).unwrap_or(u8::MAX)
}
