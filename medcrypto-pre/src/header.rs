//! Headers: the encapsulated key of a ciphertext, and its public verification.
//!
//! ```text
//! hdr0    version ‖ suite ‖ tag ‖ (L | extra-secret ≪ 3 | DEM ≪ 4) ‖ C0 ‖ C1 … CL ‖ cσ
//!         C0 ∈ 𝔾₂ 96 bytes;  Cj ∈ 𝔾₁ 48 bytes;  cσ 32 bytes;  L ≤ 4
//! hdr     hdr0 ‖ V,  V ∈ 𝔾₁ 48 bytes            4 + 176 + 48·L bytes: 228 at L = 1, 276 at L = 2
//! verify  e(V + Σ [ρj]Cj, P₂) = e(H3(ctx, hdr0) + Σ [ρj]H2(id, path_j), C0)
//! ```
//! The check needs no key. It says that V and all Cj carry the exponent of C0, so that a proxy
//! which acts only on verified headers is no decryption oracle; it cannot see a wrong cσ, which only
//! whoever opens the record notices.
//!
//! The weights ρj are 128 bits each, derived by hashing from the context and the whole header (with
//! ρ0 = 1): a wrong header passes with probability 2⁻¹²⁸ per hash evaluation, and the verdict is a
//! function of public bytes that anyone can repeat. The public check is the tag of Boyen, Mei,
//! Waters (CCS 2005) and Weng et al. (ISC 2009).
//!
//! Identity, path and associated data are hashed but not on the wire: whoever verifies or opens
//! states them.

use alloc::vec::Vec;

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, NonIdentityG1, NonIdentityG2, pairing_product_is_one},
    codec::{self, Reader, Tag, Writer},
};
use sha2::{Digest, Sha256};

use crate::{Error, PublicParams, RecordAddress, ScopePath, oracles, scope};

/// The cipher that carries the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dem {
    /// No payload: the envelope inside a re-encryption key.
    None = 0,
    /// The chunked stream over ChaCha20-Poly1305.
    ChaCha20Poly1305 = 1,
}

/// Everything of a header but V.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) dem: Dem,
    pub(crate) c0: NonIdentityG2,
    pub(crate) c: Vec<NonIdentityG1>,
    pub(crate) masked: [u8; 32],
}

impl Fields {
    /// hdr0.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.write(Tag::PreHeader).finish()
    }

    fn write(&self, tag: Tag) -> Writer {
        let writer = Writer::with_capacity(Header::BASE_LEN + self.c.len() * G1::LEN)
            .header(codec::Header::v1(tag))
            .u8(scope::depth_byte(self.c.len()) | (self.dem as u8) << 4)
            .array(&self.c0.to_bytes());
        let points = |writer: Writer, point: &NonIdentityG1| writer.array(&point.to_bytes());
        self.c.iter().fold(writer, points).array(&self.masked)
    }

    fn read(reader: &mut Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        reader.header(codec::Header::v1(tag))?;
        let (depth, dem) = read_flags(reader.u8()?)?;
        let c0 = NonIdentityG2::from_bytes(&reader.array()?)?;
        let c = (0..depth).map(|_| NonIdentityG1::from_bytes(&reader.array()?));
        let c = c.collect::<Result<_, _>>()?;
        Ok(Self { dem, c0, c, masked: reader.array()? })
    }
}

/// The depth and the cipher of the fourth byte. The extra secret has no meaning yet.
fn read_flags(flags: u8) -> Result<(u8, Dem), DecodeError> {
    let depth = flags & 7;
    let dem = match flags >> 3 {
        0 => Dem::None,
        2 => Dem::ChaCha20Poly1305,
        _ => return Err(DecodeError::Header),
    };
    if usize::from(depth) > ScopePath::MAX_DEPTH {
        return Err(DecodeError::Header);
    }
    Ok((depth, dem))
}

/// The header of a ciphertext, well-formed but not verified; 4 + 176 + 48·L bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    fields: Fields,
    v: NonIdentityG1,
}

impl Header {
    /// Encoded length in bytes at depth 0; each scope component adds 48.
    pub const BASE_LEN: usize = 4 + G2::LEN + 32 + G1::LEN;
    /// Greatest encoded length in bytes.
    pub const MAX_LEN: usize = Self::BASE_LEN + ScopePath::MAX_DEPTH * G1::LEN;

    pub(crate) fn new(fields: Fields, v: NonIdentityG1) -> Self {
        Self { fields, v }
    }

    /// How many scope components the record was filed under.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.fields.c.len()
    }

    pub(crate) fn dem(&self) -> Dem {
        self.fields.dem
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Checks the header for the record at `address`, as a proxy must before it acts on it and a
    /// store should before it accepts it. Variable time: every input is public.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        self,
        params: &PublicParams,
        address: &RecordAddress,
    ) -> Result<VerifiedHeader, Error> {
        let context = address.context();
        if !context.fits(&self) {
            return Err(Error::Verification);
        }
        let id = params.id();
        let ctx = context.digest(&id);
        let weights = oracles::header_weights(&id, &ctx, &self.to_bytes());
        let weights = weights.get(..=self.depth()).ok_or(Error::Verification)?;
        let weigh = |points: Vec<G1>| {
            G1::multi_exp_vartime(&points, weights).map_err(|_| Error::Verification)
        };
        let tag = oracles::tag_point(&id, &ctx, &self.fields.to_bytes());
        let scopes = oracles::scope_points(&id, context.identity, context.path);
        let left = weigh(self.points().collect())?;
        let right = weigh([tag].into_iter().chain(scopes).collect())?;
        let pairs = [(left, G2::generator()), (-right, self.fields.c0.point())];
        if pairing_product_is_one(&pairs) {
            Ok(VerifiedHeader { header: self, address: address.clone(), params: params.clone() })
        } else {
            Err(Error::Verification)
        }
    }

    /// V, C1 … CL.
    fn points(&self) -> impl Iterator<Item = G1> {
        [&self.v].into_iter().chain(&self.fields.c).map(NonIdentityG1::point)
    }

    /// SHA-256 of the encoding.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.write(Tag::PreHeader).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let header = Self::read(&mut reader, Tag::PreHeader)?;
        reader.finish()?;
        Ok(header)
    }

    /// Writes the header under the tag of the object that it opens.
    pub(crate) fn write(&self, tag: Tag) -> Writer {
        self.fields.write(tag).array(&self.v.to_bytes())
    }

    pub(crate) fn read(reader: &mut Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        let fields = Fields::read(reader, tag)?;
        Ok(Self { fields, v: NonIdentityG1::from_bytes(&reader.array()?)? })
    }
}

/// A header that passed the public check, with the address it was checked for.
///
/// It cannot be decoded, only obtained from [`Header::verify`]; re-encryption takes nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHeader {
    header: Header,
    address: RecordAddress,
    params: PublicParams,
}

impl VerifiedHeader {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The address it was verified for.
    #[must_use]
    pub fn address(&self) -> &RecordAddress {
        &self.address
    }

    pub(crate) fn params(&self) -> &PublicParams {
        &self.params
    }
}
