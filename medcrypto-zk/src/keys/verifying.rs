//! The verifying key.

use ark_bls12_381::{Bls12_381, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::dst::zk;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::field::{RequirementDigest, SchemaDigest};
use crate::gadget::system::INPUTS;

/// Who knows the trapdoor of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// One party ran the setup. It can forge proofs, so the key convinces that party and those who
    /// trust it, and nobody else.
    SingleParty {
        /// Who ran it, at most [`Provenance::MAX_OPERATOR`] bytes.
        operator: String,
        /// When, in milliseconds since 1970, as the operator says.
        created_ms: u64,
    },
}

impl Provenance {
    /// Longest name of an operator in bytes.
    pub const MAX_OPERATOR: usize = 128;

    /// A single-party label.
    ///
    /// # Errors
    /// [`DecodeError::Length`] when the name is empty or too long.
    pub fn single_party(operator: &str, created_ms: u64) -> Result<Self, Error> {
        let fits = (1..=Self::MAX_OPERATOR).contains(&operator.len());
        let label = || Self::SingleParty { operator: operator.into(), created_ms };
        fits.then(label).ok_or(Error::Decode(DecodeError::Length))
    }

    fn write(&self, writer: Writer) -> Writer {
        let Self::SingleParty { operator, created_ms } = self;
        let len = u16::try_from(operator.len()).unwrap_or(u16::MAX);
        writer.u8(1).u16(len).array(operator.as_bytes()).u64(*created_ms)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if reader.u8()? != 1 {
            return Err(DecodeError::Header.into());
        }
        let len = usize::from(reader.u16()?);
        let operator = core::str::from_utf8(reader.take(len)?);
        let operator = operator.map_err(|_| DecodeError::NonCanonical)?;
        Self::single_party(operator, reader.u64()?)
    }
}

type Points = ark_groth16::VerifyingKey<Bls12_381>;

/// Checks proofs of one requirement; see [the module](crate::keys) for its bytes.
///
/// 728 bytes of points, 99 of header and digests, and the provenance.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyingKey {
    provenance: Provenance,
    circuit: [u8; 32],
    requirement: RequirementDigest,
    schema: SchemaDigest,
    points: Points,
}

impl VerifyingKey {
    /// Length of the points in bytes.
    pub const POINTS_LEN: usize = 48 + 3 * 96 + 8 + (INPUTS + 1) * 48;

    pub(crate) fn new(
        provenance: Provenance,
        circuit: [u8; 32],
        (requirement, schema): (RequirementDigest, SchemaDigest),
        points: Points,
    ) -> Result<Self, Error> {
        if is_degenerate(&points) {
            return Err(Error::DegenerateKey);
        }
        Ok(Self { provenance, circuit, requirement, schema, points })
    }

    /// Who knows the trapdoor.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The digest of the circuit.
    #[must_use]
    pub const fn circuit_digest(&self) -> [u8; 32] {
        self.circuit
    }

    /// The digest Q of the one requirement whose proofs this key checks.
    #[must_use]
    pub const fn requirement_digest(&self) -> RequirementDigest {
        self.requirement
    }

    /// The schema of the records.
    #[must_use]
    pub const fn schema_digest(&self) -> SchemaDigest {
        self.schema
    }

    /// The digest that names this key in contexts and registries.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let hash = Sha256::new_with_prefix(zk::VERIFYING_KEY.as_bytes());
        hash.chain_update(self.to_bytes()).finalize().into()
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut points = Vec::with_capacity(Self::POINTS_LEN);
        // Writing to a Vec cannot fail; were it to, the short encoding is refused by every decoder.
        let _ = self.points.serialize_compressed(&mut points);
        let writer = Writer::default().header(Header::v1(Tag::ZkVerifyingKey));
        self.provenance
            .write(writer)
            .array(&self.circuit)
            .array(&self.requirement.to_bytes())
            .array(&self.schema.to_bytes())
            .array(&points)
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`Error::Decode`], or [`Error::DegenerateKey`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::ZkVerifyingKey))?;
        let provenance = Provenance::read(&mut reader)?;
        let circuit = reader.array()?;
        let requirement = RequirementDigest::from_bytes(&reader.array()?)?;
        let schema = SchemaDigest::from_bytes(&reader.array()?)?;
        let raw = reader.array::<{ Self::POINTS_LEN }>()?;
        reader.finish()?;
        let points = decode_points(&raw)?;
        let key = Self::new(provenance, circuit, (requirement, schema), points)?;
        if key.to_bytes() == bytes { Ok(key) } else { Err(DecodeError::NonCanonical.into()) }
    }

    pub(crate) const fn points(&self) -> &Points {
        &self.points
    }
}

/// The points, each validated; the count of IC points is fixed before anything is allocated.
fn decode_points(raw: &[u8; VerifyingKey::POINTS_LEN]) -> Result<Points, Error> {
    let count = raw.get(336..344).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    if count != u64::try_from(INPUTS + 1).ok() {
        return Err(DecodeError::Length.into());
    }
    Points::deserialize_compressed(raw.as_slice()).map_err(|_| DecodeError::NotInGroup.into())
}

/// What only an accident produces.
fn is_degenerate(points: &Points) -> bool {
    let second = [points.beta_g2, points.gamma_g2, points.delta_g2];
    let first = core::iter::once(&points.alpha_g1).chain(&points.gamma_abc_g1);
    let generator = G2Affine::generator();
    points.gamma_abc_g1.len() != INPUTS + 1
        || first.clone().any(G1Affine::is_zero)
        || second.iter().any(G2Affine::is_zero)
        || points.delta_g2 == points.gamma_g2
        || points.delta_g2 == points.beta_g2
        || points.beta_g2 == points.gamma_g2
        || points.delta_g2 == generator
        || has_repetition(&points.gamma_abc_g1)
}

fn has_repetition(points: &[G1Affine]) -> bool {
    points.iter().enumerate().any(|(i, point)| points.iter().take(i).any(|other| other == point))
}
