//! Ciphertexts, with and without their tag.
//!
//! ```text
//! Core         X₁, X₂, X₃, T ∈ 𝔾₁ \ {O},  E₁ … Eₙ ∈ 𝔾₁
//! Ciphertext   a core and its 16-byte tag
//! encoding     version ‖ suite ‖ tag ‖ n u8 ‖ X₁ ‖ X₂ ‖ X₃ ‖ E₁ … Eₙ ‖ T ‖ tag      4 + 48·(n + 4) + 16 bytes:
//!              260 for n = 1
//! ```
//! The points are checked where they are decoded: on the curve, in the subgroup of order r, X and T not the
//! identity. A point of small order in X would otherwise tell kᵢ modulo that order.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, NonIdentityG1};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, declassify};

use crate::Slots;
use crate::hps::Element;

/// What is encrypted, without a tag: neither key accepts it as it is.
///
/// A proof can show that a core is well formed; then the holder of the evaluation key gives it a tag
/// ([`seal`](crate::EvaluationKey::seal)).
///
/// ```compile_fail
/// # use medcrypto_khpke::{AssociatedData, Core, DecryptionKey};
/// fn untagged(key: &DecryptionKey, ad: &AssociatedData, core: &Core) {
///     let _ = key.open(ad, core);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Core {
    x: Element,
    e: Vec<G1>,
    t: NonIdentityG1,
}

impl Core {
    /// `e` holds 1 to 64 points.
    pub(crate) fn new(x: Element, e: &[G1], t: G1) -> Result<Self, DecodeError> {
        let publish = |point: &G1| point.published("a part of a ciphertext");
        Ok(Self { x, e: e.iter().map(publish).collect(), t: publish(&t).try_into()? })
    }

    /// Of points that are public already, 1 to 64 of them in `e`.
    pub(crate) fn of_parts(x: Element, e: Vec<G1>, t: NonIdentityG1) -> Self {
        Self { x, e, t }
    }

    /// How many numbers it carries.
    #[must_use]
    pub fn slots(&self) -> Slots {
        // A core is made with 1 to 64 slots only, so the default is unreachable.
        Slots::new(self.e.len()).unwrap_or(Slots::MAX)
    }

    /// X.
    pub(crate) fn x(&self) -> &Element {
        &self.x
    }

    /// E₁ … Eₙ.
    pub(crate) fn e(&self) -> &[G1] {
        &self.e
    }

    /// T.
    pub(crate) fn t(&self) -> G1 {
        self.t.point()
    }

    /// n u8 ‖ X ‖ E ‖ T: what proofs and tags are about.
    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let writer = self.x.write(writer.u8(self.slots().to_byte()));
        let writer = self.e.iter().fold(writer, |writer, point| writer.array(&point.to_bytes()));
        writer.array(&self.t.to_bytes())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let slots = Slots::read(reader)?;
        let x = Element::read(reader)?;
        let e = (0..slots.get()).map(|_| G1::from_bytes(&reader.array()?));
        let e = e.collect::<Result<_, _>>()?;
        Ok(Self { x, e, t: NonIdentityG1::from_bytes(&reader.array()?)? })
    }
}

/// A ciphertext of KH-LCS, for one key and one [`AssociatedData`](crate::AssociatedData); 5 points and 16 bytes for
/// one number.
///
/// Made by [`RegisteredKey::encrypt`](crate::RegisteredKey::encrypt), by
/// [`EvaluationKey::evaluate`](crate::EvaluationKey::evaluate) or
/// by [`EvaluationKey::seal`](crate::EvaluationKey::seal), read by
/// [`DecryptionKey::decrypt`](crate::DecryptionKey::decrypt). Status: *published*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ciphertext {
    core: Core,
    tag: [u8; Self::TAG_LEN],
}

impl Ciphertext {
    /// Length of the tag in bytes.
    pub const TAG_LEN: usize = 16;

    /// With a tag that is public from here on.
    pub(crate) fn new(core: Core, tag: [u8; Self::TAG_LEN]) -> Self {
        Self { core, tag: declassify(tag, "the tag of a ciphertext") }
    }

    /// Encoded length in bytes for `slots` slots.
    #[must_use]
    pub fn len(slots: Slots) -> usize {
        Header::LEN + 1 + G1::LEN * (slots.get() + 4) + Self::TAG_LEN
    }

    /// The ciphertext without its tag.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// How many numbers it carries.
    #[must_use]
    pub fn slots(&self) -> Slots {
        self.core.slots()
    }

    pub(crate) fn tag(&self) -> &[u8; Self::TAG_LEN] {
        &self.tag
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer =
            Writer::with_capacity(Self::len(self.slots())).header(Header::v1(Tag::KhpkeCiphertext));
        self.core.write(writer).array(&self.tag).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkeCiphertext))?;
        let core = Core::read(&mut reader)?;
        let tag = reader.array()?;
        reader.finish()?;
        Ok(Self { core, tag })
    }
}
