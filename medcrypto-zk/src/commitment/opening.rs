//! A record with everything that its commitment was made from.

use core::fmt;

use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, SecretBytes};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::tree::RecordTree;
use crate::field::{Commitment, HolderCommitment, LineageId, SchemaDigest};
use crate::poseidon::{PoseidonTag, hash_4};
use crate::record::Record;
use crate::schema::Schema;

/// A record, its salt seed, its holder and its lineage: what opens a [`Commitment`].
///
/// ```text
/// bytes   version ‖ suite ‖ tag ‖ schema32 ‖ seed32 ‖ holder32 ‖ lineage32 ‖ record
/// ```
///
/// It travels inside the encrypted payload only; who opens the payload recomputes C from it
/// ([`commitment`](Self::commitment)) and compares with the C that was proven. Not `Clone`,
/// redacted in `Debug`, wiped on drop. Status: *composition*.
pub struct RecordOpening {
    record: Record,
    seed: SecretBytes<32>,
    holder: HolderCommitment,
    lineage: LineageId,
}

/// More than any record takes, so that the buffer never moves: 69 entries of at most 508 bytes.
const CAPACITY: usize = Header::LEN + 4 * 32 + 1 + 69 * 508;

impl RecordOpening {
    /// Commits to `record` under a fresh seed.
    ///
    /// The issuer calls this; a new version of the record keeps its `lineage` and takes a new
    /// seed.
    pub fn generate<R: RngCore + CryptoRng>(
        record: Record,
        holder: HolderCommitment,
        lineage: LineageId,
        rng: &mut R,
    ) -> Self {
        Self { record, seed: SecretBytes::generate(rng), holder, lineage }
    }

    /// An opening under a recorded seed.
    #[cfg(test)]
    pub(crate) const fn from_parts(
        record: Record,
        seed: SecretBytes<32>,
        holder: HolderCommitment,
        lineage: LineageId,
    ) -> Self {
        Self { record, seed, holder, lineage }
    }

    /// The commitment C.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        self.root_of(&self.tree())
    }

    /// The record.
    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The digest of the record's schema.
    #[must_use]
    pub fn schema_digest(&self) -> SchemaDigest {
        SchemaDigest::of(&self.record.schema())
    }

    /// Whose record it is.
    #[must_use]
    pub const fn holder(&self) -> HolderCommitment {
        self.holder
    }

    /// The lineage of the record.
    #[must_use]
    pub const fn lineage(&self) -> LineageId {
        self.lineage
    }

    /// The canonical encoding, secret: see the type.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::with_capacity(CAPACITY)
            .header(Header::v1(Tag::ZkRecordOpening))
            .array(&SchemaDigest::of(&self.record.schema()).to_bytes())
            .array(self.seed.to_secret_bytes().as_slice())
            .array(&self.holder.to_bytes())
            .array(&self.lineage.to_bytes());
        Zeroizing::new(self.record.write(writer).finish())
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote under the same schema.
    ///
    /// # Errors
    /// [`DecodeError::Header`] for another schema too; otherwise see [`DecodeError`].
    pub fn from_bytes(schema: Schema, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::ZkRecordOpening))?;
        if reader.array()? != SchemaDigest::of(&schema).to_bytes() {
            return Err(DecodeError::Header);
        }
        let seed = SecretBytes::new(Zeroizing::new(reader.array()?));
        let holder = HolderCommitment::from_bytes(&reader.array()?)?;
        let lineage = LineageId::from_bytes(&reader.array()?)?;
        let record = Record::read(schema, &mut reader)?;
        reader.finish()?;
        Ok(Self { record, seed, holder, lineage })
    }

    pub(crate) fn tree(&self) -> RecordTree {
        RecordTree::build(&self.record, &self.seed)
    }

    pub(crate) fn root_of(&self, tree: &RecordTree) -> Commitment {
        let schema = SchemaDigest::of(&self.record.schema());
        let parts = [tree.nodes.root, schema.value(), self.holder.value(), self.lineage.value()];
        Commitment::new(hash_4(PoseidonTag::Root, parts))
    }
}

impl fmt::Debug for RecordOpening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordOpening").finish_non_exhaustive()
    }
}
