//! What is encrypted: the record with its salts, and the resources that it was read from.
//!
//! ```text
//! payload   len32 opening ‖ count u16 ‖ (len32 Type/id ‖ len32 JSON)*
//! h         SHA-256(payload), which the hospital signs: the 32-byte seed inside hides the rest
//! ```

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Reader, Writer};
use medcrypto_core::zeroize::Zeroizing;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::schema::Schema;
use sha2::{Digest, Sha256};

use super::Failure;

/// The most bytes of one part.
const MAX_PART: usize = 16 << 20;

/// A record as it travels to whoever may read it.
#[derive(Debug)]
pub struct Payload(Zeroizing<Vec<u8>>);

impl Payload {
    /// Puts an opening and the resources together.
    ///
    /// # Errors
    /// [`Failure::Data`] for more than 65 535 resources.
    pub fn new(opening: &RecordOpening, resources: &[(String, String)]) -> Result<Self, Failure> {
        let opening = opening.to_secret_bytes();
        let size: usize = resources.iter().map(|(name, json)| 8 + name.len() + json.len()).sum();
        let count = u16::try_from(resources.len())
            .map_err(|_| Failure::Data(format!("{} resources are too many", resources.len())))?;
        let writer = Writer::with_capacity(6 + opening.len() + size).bytes(&opening).u16(count);
        let write = |writer: Writer, (name, json): &(String, String)| {
            writer.bytes(name.as_bytes()).bytes(json.as_bytes())
        };
        Ok(Self(Zeroizing::new(resources.iter().fold(writer, write).finish())))
    }

    /// Takes a payload that was decrypted.
    #[must_use]
    pub const fn from_bytes(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The digest h.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.as_bytes()).into()
    }

    /// The opening of the record's commitment and the number of resources.
    ///
    /// # Errors
    /// [`DecodeError`] when this is no payload.
    pub fn open(&self) -> Result<(RecordOpening, usize), DecodeError> {
        let mut reader = Reader::new(&self.0);
        let opening = RecordOpening::from_bytes(Schema::clinical_v1(), reader.bytes(MAX_PART)?)?;
        let count = reader.u16()?;
        for _ in 0..count {
            core::str::from_utf8(reader.bytes(MAX_PART)?).or(Err(DecodeError::NonCanonical))?;
            reader.bytes(MAX_PART)?;
        }
        reader.finish()?;
        Ok((opening, count.into()))
    }
}
