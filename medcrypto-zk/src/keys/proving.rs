//! The proving key.

use core::fmt;

use ark_bls12_381::Bls12_381;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use sha2::{Digest, Sha256};

use super::verifying::VerifyingKey;
use crate::circuit::Circuit;
use crate::error::Error;
use crate::field::SchemaDigest;

type Queries = ark_groth16::ProvingKey<Bls12_381>;

/// Makes proofs of one requirement: the circuit, the verifying key and the queries.
///
/// A few megabytes, about a hundred for the largest circuits. The circuit is compiled again on decoding and its digest compared, so a key
/// cannot drift from the program that uses it.
pub struct ProvingKey {
    circuit: Circuit,
    verifying: VerifyingKey,
    queries: Queries,
}

/// Most bytes of queries that a file may hold: above any circuit of this crate, because
/// [`MAX_OPENINGS`](crate::circuit::MAX_OPENINGS) bounds them to about half of it.
pub(crate) const MAX_QUERIES: usize = 1 << 28;
/// Most bytes of a verifying key.
const MAX_VERIFYING: usize = 4096;

impl ProvingKey {
    pub(crate) fn new(
        circuit: Circuit,
        verifying: VerifyingKey,
        queries: Queries,
    ) -> Result<Self, Error> {
        let same_circuit = verifying.circuit_digest() == circuit.digest()
            && verifying.requirement_digest() == circuit.requirement_digest()
            && verifying.schema_digest() == SchemaDigest::of(&circuit.schema());
        let key = Self { circuit, verifying, queries };
        if same_circuit && key.fits() { Ok(key) } else { Err(Error::WrongCircuit) }
    }

    /// The verifying key.
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The circuit.
    #[must_use]
    pub const fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut queries = Vec::with_capacity(self.queries.uncompressed_size());
        // Writing to a Vec cannot fail; were it to, the digest would cover what is there.
        let _ = self.queries.serialize_uncompressed(&mut queries);
        let body = Writer::with_capacity(queries.len() + MAX_VERIFYING)
            .bytes(&self.verifying.to_bytes())
            .bytes(&queries)
            .finish();
        Writer::with_capacity(body.len() + Header::LEN + 32)
            .header(Header::v1(Tag::ZkProvingKey))
            .array(&Sha256::digest(&body))
            .array(&body)
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote for this circuit.
    ///
    /// Every point is checked for its subgroup, which takes seconds.
    ///
    /// # Errors
    /// [`Error::CorruptedKey`] when the bytes do not match their digest, [`Error::WrongCircuit`]
    /// for a key of another requirement, otherwise as [`VerifyingKey::from_bytes`].
    pub fn from_bytes(circuit: Circuit, bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::ZkProvingKey))?;
        let digest: [u8; 32] = reader.array()?;
        let body = bytes.get(Header::LEN + 32..).unwrap_or_default();
        if digest != <[u8; 32]>::from(Sha256::digest(body)) {
            return Err(Error::CorruptedKey);
        }
        let verifying = VerifyingKey::from_bytes(reader.bytes(MAX_VERIFYING)?)?;
        let raw = reader.bytes(MAX_QUERIES)?;
        reader.finish()?;
        if verifying.circuit_digest() != circuit.digest() {
            return Err(Error::WrongCircuit);
        }
        let key = Self::new(circuit, verifying, decode_queries(raw)?)?;
        // One key, one file, without relying on how strictly arkworks reads a point.
        if key.to_bytes() == bytes { Ok(key) } else { Err(DecodeError::NonCanonical.into()) }
    }

    /// Whether the queries have the lengths of the circuit and carry the verifying key.
    fn fits(&self) -> bool {
        let columns = self.circuit.variables();
        let inputs = crate::gadget::system::INPUTS + 1;
        self.queries.vk == *self.verifying.points()
            && self.queries.a_query.len() == columns
            && self.queries.b_g1_query.len() == columns
            && self.queries.b_g2_query.len() == columns
            && self.queries.l_query.len() + inputs == columns
            && self.queries.h_query.len() + 1
                == (self.circuit.constraints() + inputs).next_power_of_two()
    }

    pub(crate) const fn queries(&self) -> &Queries {
        &self.queries
    }
}

fn decode_queries(mut raw: &[u8]) -> Result<Queries, Error> {
    let queries = Queries::deserialize_uncompressed(&mut raw);
    let queries = queries.map_err(|_| Error::Decode(DecodeError::NotInGroup))?;
    if raw.is_empty() { Ok(queries) } else { Err(DecodeError::Length.into()) }
}

impl fmt::Debug for ProvingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvingKey").field("circuit", &self.circuit).finish_non_exhaustive()
    }
}
