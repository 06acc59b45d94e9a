//! Canonical encodings: `version ‖ suite ‖ tag ‖ fields`, nothing optional, nothing trailing.
//!
//! ```text
//! object     version u8 ‖ suite u8 ‖ tag u8 ‖ fields
//! integer    big-endian, fixed width
//! array      its bytes
//! bytes      length u32 ‖ that many bytes, at most a named bound
//! ```
//!
//! A decoder reads every field through one [`Reader`] and ends with [`Reader::finish`]; what it
//! accepts re-encodes to the bytes it was given. Tags are append-only and never reused.

use alloc::vec::Vec;
use core::fmt;

use crate::{DecodeError, declassify};

/// The first three bytes of every object: format version, cipher suite, object tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Format version of the object; a new layout is a new version.
    pub version: u8,
    /// Suite of the crate that the object belongs to.
    pub suite: u8,
    /// What the object is.
    pub tag: Tag,
}

impl Header {
    /// Encoded length in bytes.
    pub const LEN: usize = 3;

    /// The header of a version 1, suite 1 object.
    #[must_use]
    pub const fn v1(tag: Tag) -> Self {
        Self { version: 1, suite: 1, tag }
    }

    /// `version ‖ suite ‖ tag`.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::LEN] {
        [self.version, self.suite, self.tag as u8]
    }
}

/// Object tags of the whole workspace. Append only; a number is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Tag {
    /// medcrypto-pre: public parameters of an authority.
    PreParams = 0x10,
    /// medcrypto-pre: the decryption and signing key of an identity (secret).
    PreIdentityKey = 0x11,
    /// medcrypto-pre: ciphertext header.
    PreHeader = 0x12,
    /// medcrypto-pre: re-encryption key, as the proxy imports it (secret).
    PreReKey = 0x13,
    /// medcrypto-pre: re-encryption key without its secret part, for audit.
    PreReKeyStatement = 0x14,
    /// medcrypto-pre: re-encryption key sealed to a proxy.
    PreSealedReKey = 0x15,
    /// medcrypto-pre: re-encrypted header.
    PreReEncryptedHeader = 0x16,
    /// medcrypto-pre: identity-based signature.
    PreSignature = 0x17,
    /// medcrypto-pre: revocation statement.
    PreRevocation = 0x18,
    /// medcrypto-pre: master secret key of an authority (secret).
    PreMasterKey = 0x19,
    /// medcrypto-pre: evidence of what a record opens to (secret until disclosed).
    PreOpeningEvidence = 0x1a,
    /// medcrypto-zk: public inputs of a proof.
    ZkStatement = 0x20,
    /// medcrypto-zk: proof.
    ZkProof = 0x21,
    /// medcrypto-zk: verifying key with its provenance.
    ZkVerifyingKey = 0x22,
    /// medcrypto-zk: proving key with its provenance.
    ZkProvingKey = 0x23,
    /// medcrypto-zk: record with its salt seed, as it travels inside a ciphertext (secret).
    ZkRecordOpening = 0x24,
    /// medcrypto-sig: ed25519 verifying key.
    SigEd25519Key = 0x30,
    /// medcrypto-sig: ed25519 signature.
    SigEd25519 = 0x31,
    /// medcrypto-sig: ECDSA secp256k1 verifying key.
    SigEcdsaKey = 0x32,
    /// medcrypto-sig: ECDSA secp256k1 signature.
    SigEcdsa = 0x33,
    /// medcrypto-sig: BLS public key with its proof of possession.
    SigBlsKey = 0x34,
    /// medcrypto-sig: BLS signature.
    SigBls = 0x35,
    /// medcrypto-sig: signed envelope.
    SigEnvelope = 0x36,
    /// medcrypto-sig: envelope signed by patient and institution.
    SigDualEnvelope = 0x37,
    /// medcrypto-khpke: public key.
    KhpkePublicKey = 0x40,
    /// medcrypto-khpke: decryption key (secret).
    KhpkeDecryptionKey = 0x41,
    /// medcrypto-khpke: evaluation key (secret).
    KhpkeEvaluationKey = 0x42,
    /// medcrypto-khpke: ciphertext.
    KhpkeCiphertext = 0x43,
    /// medcrypto-khpke: proof of possession.
    KhpkePossession = 0x44,
    /// medcrypto-khpke: proof of an evaluation.
    KhpkeEvaluationProof = 0x45,
    /// medcrypto-khpke: proof of a decryption.
    KhpkeDecryptionProof = 0x46,
    /// medcrypto-khpke: range parameters.
    KhpkeRangeParameters = 0x47,
    /// medcrypto-khpke: range proof of a commitment, compact.
    KhpkeRangeProof = 0x48,
    /// medcrypto-khpke: range proof of a commitment, batchable.
    KhpkeBatchableRangeProof = 0x49,
    /// medcrypto-khpke: range proof of the slots of a ciphertext, compact.
    KhpkeVectorProof = 0x4a,
    /// medcrypto-khpke: range proof of the slots of a ciphertext, batchable.
    KhpkeBatchableVectorProof = 0x4b,
    /// medcrypto-khpke: amount of a transfer under both keys.
    KhpkeTransferCore = 0x4c,
    /// medcrypto-khpke: proof of a transfer, compact.
    KhpkeTransferProof = 0x4d,
    /// medcrypto-khpke: proof of a transfer, batchable.
    KhpkeBatchableTransferProof = 0x4e,
    /// medcrypto-khpke: table of discrete logarithms.
    KhpkeDlogTable = 0x50,
    /// medcrypto-khpke: plan of an aggregation.
    KhpkePlan = 0x51,
}

/// Checked cursor over untrusted bytes.
#[derive(Clone)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// A cursor at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Reads a header and requires it to be `expected`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::Header`].
    pub fn header(&mut self, expected: Header) -> Result<(), DecodeError> {
        let header = declassify(self.array()?, "the header of an object");
        if header == expected.to_bytes() { Ok(()) } else { Err(DecodeError::Header) }
    }

    /// Reads `N` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, tail) = self.0.split_first_chunk().ok_or(DecodeError::Length)?;
        self.0 = tail;
        Ok(*head)
    }

    /// Reads one byte.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when none is left.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    /// Reads a big-endian `u16`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when too few bytes are left.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Reads a big-endian `u32`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when too few bytes are left.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Reads a big-endian `u64`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when too few bytes are left.
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Reads a byte that must be 0 or 1.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::NonCanonical`].
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::NonCanonical),
        }
    }

    /// Reads exactly `len` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when fewer are left.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (head, tail) = self.0.split_at_checked(len).ok_or(DecodeError::Length)?;
        self.0 = tail;
        Ok(head)
    }

    /// Reads a `u32` length and that many bytes; the length may not exceed `max`.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when the length is over `max` or over what is left.
    pub fn bytes(&mut self, max: usize) -> Result<&'a [u8], DecodeError> {
        let len = usize::try_from(self.u32()?).map_err(|_| DecodeError::Length)?;
        if len > max { Err(DecodeError::Length) } else { self.take(len) }
    }

    /// Ends the decoding: nothing may be left.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when bytes are left.
    pub const fn finish(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Length) }
    }
}

/// Builds an encoding field by field; every method is the inverse of one of [`Reader`]'s.
///
/// The buffer is not wiped: an encoding that holds secrets is collected into
/// [`zeroize::Zeroizing`] by its owner, with the capacity reserved up front.
#[derive(Clone, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty buffer with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// Appends a header.
    #[must_use]
    pub fn header(self, header: Header) -> Self {
        self.array(&header.to_bytes())
    }

    /// Appends bytes as they are; for fields of fixed width.
    #[must_use]
    pub fn array(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends one byte.
    #[must_use]
    pub fn u8(self, value: u8) -> Self {
        self.array(&value.to_be_bytes())
    }

    /// Appends a big-endian `u16`.
    #[must_use]
    pub fn u16(self, value: u16) -> Self {
        self.array(&value.to_be_bytes())
    }

    /// Appends a big-endian `u32`.
    #[must_use]
    pub fn u32(self, value: u32) -> Self {
        self.array(&value.to_be_bytes())
    }

    /// Appends a big-endian `u64`.
    #[must_use]
    pub fn u64(self, value: u64) -> Self {
        self.array(&value.to_be_bytes())
    }

    /// Appends 1 for true and 0 for false.
    #[must_use]
    pub fn bool(self, value: bool) -> Self {
        self.u8(u8::from(value))
    }

    /// Appends a `u32` length and the bytes.
    ///
    /// A slice of 4 GiB or more has no encoding; its length is written as `u32::MAX`, which no
    /// decoder accepts because every bound is below it.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.u32(u32::try_from(bytes.len()).unwrap_or(u32::MAX)).array(bytes)
    }

    /// The encoding.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// The bytes may be a key's: neither type prints them.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader {{ left: {} }}", self.0.len())
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer {{ written: {} }}", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_and_writers_print_no_byte() {
        let text = format!("{:?} {:?}", Reader::new(&[91; 5]), Writer::default().array(&[91; 5]));
        assert_eq!(text, "Reader { left: 5 } Writer { written: 5 }");
    }

    #[test]
    fn the_writer_is_the_inverse_of_the_reader() {
        let header = Header::v1(Tag::PreHeader);
        let bytes = Writer::with_capacity(64)
            .header(header)
            .u8(1)
            .u16(0x0203)
            .u32(0x0405_0607)
            .u64(0x0809_0a0b_0c0d_0e0f)
            .bool(true)
            .bytes(b"abc")
            .array(&[0xff; 2])
            .finish();
        assert_eq!(hex::encode(&bytes), "0101120102030405060708090a0b0c0d0e0f0100000003616263ffff");
        let mut reader = Reader::new(&bytes);
        reader.header(header).unwrap();
        assert_eq!(reader.u8(), Ok(1));
        assert_eq!(reader.u16(), Ok(0x0203));
        assert_eq!(reader.u32(), Ok(0x0405_0607));
        assert_eq!(reader.u64(), Ok(0x0809_0a0b_0c0d_0e0f));
        assert_eq!(reader.bool(), Ok(true));
        assert_eq!(reader.bytes(3), Ok(&b"abc"[..]));
        assert_eq!(reader.array(), Ok([0xff; 2]));
        reader.finish().unwrap();
    }

    #[test]
    fn the_reader_refuses_what_is_short_long_or_strange() {
        let header = Header::v1(Tag::PreHeader);
        for (bytes, error) in [
            (&[1, 1][..], DecodeError::Length),
            (&[2, 1, 0x12], DecodeError::Header),
            (&[1, 2, 0x12], DecodeError::Header),
            (&[1, 1, 0x13], DecodeError::Header),
        ] {
            assert_eq!(Reader::new(bytes).header(header), Err(error), "{bytes:?}");
        }
        assert_eq!(Reader::new(&[2]).bool(), Err(DecodeError::NonCanonical));
        assert_eq!(Reader::new(&[0, 0, 0, 4, 1, 2, 3, 4]).bytes(3), Err(DecodeError::Length));
        assert_eq!(Reader::new(&[0, 0, 0, 4, 1, 2, 3]).bytes(4), Err(DecodeError::Length));
        assert_eq!(Reader::new(&[0xff; 8]).bytes(usize::MAX), Err(DecodeError::Length));
        assert_eq!(Reader::new(&[0]).finish(), Err(DecodeError::Length));
    }
}
