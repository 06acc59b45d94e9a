//! What every uploader signs before it uploads.
//!
//! ```text
//! plan     header ‖ round u64 ‖ key id 32 ‖ values u32 ‖ slots u8 ‖ fields per slot u8 ‖ B u8 ‖ f u8
//!          ‖ minimum u32 ‖ ratio u32 ‖ members u32 ‖ (account 32 ‖ weight u32)*, accounts ascending
//! digest   SHA-256(DST "MEDCRYPTO-KHPKE-V01-PLAN" ‖ plan), 32 bytes
//! ```

use alloc::vec::Vec;

use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, dst};
use sha2::{Digest, Sha256};

use super::{Quantisation, Uploads};
use crate::evaluate::{Combination, Term};
use crate::{AccountId, AssociatedData, Error, KeyId, RegisteredKey, Slots};

/// The most bits of a slot of a sum: what the largest tables of discrete logarithms reach.
const MAX_SLOT_BITS: u32 = 48;
/// With two, each learns the other's.
const MIN_ROSTER: u32 = 3;
/// Members and values that a plan may have: 2¹⁶ and 2²⁸.
const MAX_ROSTER: usize = 1 << 16;
const MAX_VALUES: u32 = 1 << 28;

/// Why there is no such plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Fewer uploaders than the minimum, a minimum below 3, too many, or one of them twice.
    #[error("the roster is too small, too large, or names somebody twice")]
    Roster,
    /// A weight of 0.
    #[error("a weight is zero")]
    ZeroWeight,
    /// A weight that is too large beside another, or exceeds all others together.
    #[error("a weight stands out")]
    Weight,
    /// No value, too many values, or no field in a slot.
    #[error("the shape of the vector is empty or too large")]
    Shape,
    /// k·W > 48: sums of fields would not fit into a slot.
    #[error("the sums do not fit into a slot")]
    Overflow,
}

/// An uploader and how often its vector counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who uploads.
    pub account: AccountId,
    /// wᵢ, at least 1.
    pub weight: u32,
}

/// How a vector becomes ciphertexts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many numbers a vector has.
    pub values: u32,
    /// How many of them share a slot: k.
    pub fields_per_slot: u8,
    /// B and f.
    pub quantisation: Quantisation,
}

/// What protects the uploaders from each other's absence and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// T_min, how many uploaders there are at least; at least 3.
    pub minimum_roster: u32,
    /// w_max ≤ ratio·w_min.
    pub weight_ratio: u32,
}

/// The plan of one aggregation: round, key, roster with weights, encoding.
///
/// About 68 bytes and 36 bytes a member. Every plan that exists is free of overflow.
///
/// ```
/// use medcrypto_khpke::aggregate::{Bounds, Member, Plan, PlanError, Quantisation, Shape};
/// use medcrypto_khpke::{AccountId, KeyId, Slots};
/// let shape = Shape { values: 5, fields_per_slot: 2, quantisation: Quantisation::new(8, 6)? };
/// let bounds = Bounds { minimum_roster: 3, weight_ratio: 4 };
/// let member = |id, weight| Member { account: AccountId([id; 32]), weight };
/// let plan = |roster| Plan::new(1, (KeyId([7; 32]), Slots::new(2)?), roster, shape, bounds);
/// let ours = plan(vec![member(1, 2), member(2, 4), member(3, 3)])?;
/// assert_eq!((ours.field_bits(), ours.chunks()), (8 + 4, 2));
/// let slots = ours.encode(&[0.5, -0.25, 1.0, 0.0, 2.5])?;
/// assert_eq!(slots, [[(112 << 12) + 160, (128 << 12) + 192], [(128 << 12) + 255, (128 << 12) + 128]]);
/// assert_eq!(plan(vec![member(1, 1), member(2, 0), member(3, 0)]).err(), Some(PlanError::ZeroWeight.into()));
/// # Ok::<_, medcrypto_khpke::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    round: u64,
    key: KeyId,
    slots: Slots,
    roster: Vec<Member>,
    shape: Shape,
    bounds: Bounds,
    total_weight: u64,
}

impl Plan {
    /// A plan for `key` with its number of slots; the roster in any order.
    ///
    /// # Errors
    /// [`PlanError`], inside of [`Error::Plan`].
    pub fn new(
        round: u64,
        (key, slots): (KeyId, Slots),
        mut roster: Vec<Member>,
        shape: Shape,
        bounds: Bounds,
    ) -> Result<Self, Error> {
        roster.sort_unstable_by_key(|member| member.account);
        check_roster(&roster, bounds)?;
        let total_weight = check_weights(&roster, bounds)?;
        let plan = Self { round, key, slots, roster, shape, bounds, total_weight };
        plan.check_shape()?;
        Ok(plan)
    }

    /// The number of the round.
    #[must_use]
    pub const fn round(&self) -> u64 {
        self.round
    }

    /// The key that the uploads are encrypted to.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The uploaders, ascending.
    #[must_use]
    pub fn roster(&self) -> &[Member] {
        &self.roster
    }

    /// Σwᵢ.
    #[must_use]
    pub const fn total_weight(&self) -> u64 {
        self.total_weight
    }

    /// B and f.
    #[must_use]
    pub const fn quantisation(&self) -> Quantisation {
        self.shape.quantisation
    }

    /// W = B + ⌈log2 Σwᵢ⌉.
    #[must_use]
    pub const fn field_bits(&self) -> u32 {
        self.shape.quantisation.bits() + u64::BITS - (self.total_weight - 1).leading_zeros()
    }

    /// k.
    #[must_use]
    pub fn fields_per_slot(&self) -> usize {
        self.shape.fields_per_slot.into()
    }

    /// How many bits a slot of a sum has: k·W ≤ 48, the range that a table of logarithms needs.
    #[must_use]
    pub fn slot_bits(&self) -> u32 {
        u32::from(self.shape.fields_per_slot) * self.field_bits()
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn values(&self) -> usize {
        usize::try_from(self.shape.values).unwrap_or(usize::MAX)
    }

    /// Slots of a ciphertext.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.get()
    }

    /// Ciphertexts of a vector.
    #[must_use]
    pub fn chunks(&self) -> usize {
        self.values().div_ceil(self.fields_per_slot() * self.slots())
    }

    /// What uploaders sign.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let hash = Sha256::new_with_prefix(dst::khpke::PLAN.as_bytes());
        hash.chain_update(self.to_bytes()).finalize().into()
    }

    /// The plan once `signed` has found every uploader's signature of its [`digest`](Self::digest).
    ///
    /// # Errors
    /// [`Error::Mismatch`] for the plan of another key, [`Error::Verification`] if `signed` says no.
    pub fn accepted(
        self,
        key: &RegisteredKey,
        mut signed: impl FnMut(&AccountId, &[u8; 32]) -> bool,
    ) -> Result<AcceptedPlan, Error> {
        if key.id() != self.key || key.slots() != self.slots {
            return Err(Error::Mismatch);
        }
        let digest = self.digest();
        if self.roster.iter().all(|member| signed(&member.account, &digest)) {
            Ok(AcceptedPlan { plan: self, digest })
        } else {
            Err(Error::Verification)
        }
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { shape, bounds, .. } = self;
        let byte = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let start = Writer::with_capacity(68 + 36 * self.roster.len())
            .header(Header::v1(Tag::KhpkePlan))
            .u64(self.round)
            .array(&self.key.0)
            .u32(shape.values)
            .u8(self.slots.to_byte())
            .u8(shape.fields_per_slot)
            .u8(byte(shape.quantisation.bits()))
            .u8(byte(shape.quantisation.fraction()))
            .u32(bounds.minimum_roster)
            .u32(bounds.weight_ratio)
            .u32(u32::try_from(self.roster.len()).unwrap_or(u32::MAX));
        let member =
            |plan: Writer, member: &Member| plan.array(&member.account.0).u32(member.weight);
        self.roster.iter().fold(start, member).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`Error::Decode`], or what [`new`](Self::new) refuses.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkePlan))?;
        let (round, key, values) = (reader.u64()?, KeyId(reader.array()?), reader.u32()?);
        let (slots, fields_per_slot) = (Slots::read(&mut reader)?, reader.u8()?);
        let (bits, fraction) = (reader.u8()?.into(), reader.u8()?.into());
        let (minimum_roster, weight_ratio) = (reader.u32()?, reader.u32()?);
        let quantisation =
            Quantisation::new(bits, fraction).map_err(|_| DecodeError::NonCanonical)?;
        let roster = members(&mut reader)?;
        reader.finish()?;
        if !roster.is_sorted_by_key(|member| member.account) {
            return Err(DecodeError::NonCanonical.into());
        }
        let shape = Shape { values, fields_per_slot, quantisation };
        Self::new(round, (key, slots), roster, shape, Bounds { minimum_roster, weight_ratio })
    }

    fn check_shape(&self) -> Result<(), PlanError> {
        if !(1..=MAX_VALUES).contains(&self.shape.values) || self.shape.fields_per_slot == 0 {
            return Err(PlanError::Shape);
        }
        if self.slot_bits() > MAX_SLOT_BITS {
            return Err(PlanError::Overflow);
        }
        // A chunk has a number of 32 bits.
        u32::try_from(self.chunks()).map(drop).map_err(|_| PlanError::Shape)
    }
}

/// A count and that many members; too large a count runs out of bytes first.
fn members(reader: &mut Reader<'_>) -> Result<Vec<Member>, DecodeError> {
    let count = reader.u32()?;
    let member = |_| Ok(Member { account: AccountId(reader.array()?), weight: reader.u32()? });
    (0..count).map(member).collect()
}

/// The roster is sorted.
fn check_roster(roster: &[Member], bounds: Bounds) -> Result<(), PlanError> {
    let enough = usize::try_from(bounds.minimum_roster).is_ok_and(|least| roster.len() >= least);
    let distinct = roster.is_sorted_by(|a, b| a.account < b.account);
    let sizes = bounds.minimum_roster >= MIN_ROSTER && roster.len() <= MAX_ROSTER;
    if enough && distinct && sizes { Ok(()) } else { Err(PlanError::Roster) }
}

/// Σw of weights none of which stands out.
fn check_weights(roster: &[Member], bounds: Bounds) -> Result<u64, PlanError> {
    let weights = || roster.iter().map(|member| u64::from(member.weight));
    let (least, most) = (weights().min().unwrap_or(0), weights().max().unwrap_or(0));
    let total: u64 = weights().sum();
    if least == 0 {
        Err(PlanError::ZeroWeight)
    } else if most > least * u64::from(bounds.weight_ratio) || most > total - most {
        Err(PlanError::Weight)
    } else {
        Ok(total)
    }
}

/// A plan that every uploader has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedPlan {
    plan: Plan,
    digest: [u8; 32],
}

impl AcceptedPlan {
    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its digest.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// What the chunk of an uploader is bound to: plan, round, chunk and uploader.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the account is not on the roster, [`Error::Count`] for a chunk that does not
    /// exist.
    pub fn upload_data(&self, account: &AccountId, chunk: usize) -> Result<AssociatedData, Error> {
        let found = self.plan.roster.binary_search_by_key(account, |member| member.account);
        found.map_err(|_| Error::Mismatch)?;
        self.bound(chunk, &account.0)
    }

    /// What the sum of a chunk is bound to: plan, round and chunk, and no uploader.
    ///
    /// # Errors
    /// [`Error::Count`] for a chunk that does not exist.
    pub fn sum_data(&self, chunk: usize) -> Result<AssociatedData, Error> {
        self.bound(chunk, &[])
    }

    /// Whether `combination` is the plan's for this chunk: the registered uploads of exactly the roster, in its
    /// order, with its weights, and no constant. Evaluator and decryptor ask the same.
    #[must_use]
    pub fn permits(&self, uploads: &Uploads, chunk: usize, combination: &Combination<'_>) -> bool {
        let Combination { terms, constants, ad } = combination;
        let matches = |(member, term): (&Member, &Term<'_>)| {
            self.upload_data(&member.account, chunk).is_ok_and(|ad| ad == *term.ad)
                && term.weight == i64::from(member.weight)
                && uploads.hold(member.account, chunk, term.ad, term.ciphertext)
        };
        self.sum_data(chunk).is_ok_and(|sum| sum == **ad)
            && terms.len() == self.plan.roster.len()
            && self.plan.roster.iter().zip(*terms).all(matches)
            && constants.iter().all(|constant| *constant == 0)
    }

    fn bound(&self, chunk: usize, uploader: &[u8]) -> Result<AssociatedData, Error> {
        let number = u32::try_from(chunk).ok().filter(|_| chunk < self.plan.chunks());
        let data = Writer::with_capacity(128)
            .array(dst::khpke::UPLOAD.as_bytes())
            .array(&self.digest)
            .u64(self.plan.round)
            .u32(number.ok_or(Error::Count)?)
            .bytes(uploader);
        AssociatedData::new(&data.finish())
    }
}
