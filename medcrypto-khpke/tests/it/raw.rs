//! KH-LCS a second time, over points that nobody has checked, with checks that can be left out.
//!
//! It shares no code with the crate: with no weakness it must compute the same bytes, and with one it shows
//! what the missing check is for.

use std::collections::HashMap;
use std::sync::OnceLock;

use blstrs::{G1Affine, G1Projective, Scalar};
use ff::Field;
use group::{Curve, Group};
use sha2::{Digest, Sha256, Sha512};

/// What a mock leaves out. Of none of these is there a switch in the crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weakness {
    /// Tags are not looked at.
    pub no_tag: bool,
    /// The tag depends on key and associated data alone.
    pub static_tag: bool,
    /// T is not looked at.
    pub no_consistency: bool,
    /// Points outside of the subgroup are taken.
    pub no_subgroup: bool,
    /// The identity is taken.
    pub identity: bool,
    /// Bytes after the end are skipped.
    pub lenient: bool,
    /// Evaluation adds no fresh randomness.
    pub no_fresh_randomness: bool,
    /// Evaluation checks the tag of its first input only.
    pub first_tag_only: bool,
    /// Neither τ nor the tag covers E.
    pub without_e: bool,
    /// Neither covers T.
    pub without_t: bool,
    /// Neither covers the associated data.
    pub without_ad: bool,
    /// Neither covers the key id.
    pub without_id: bool,
    /// α is the mask key k.
    pub swapped: bool,
    /// k₁, k₂ and k₃ are below 3, so that what leaks modulo 3 is all.
    pub small_mask: bool,
}

/// κ.
pub type Triple = [Scalar; 3];

/// Secrets and projections of a key of one slot.
#[derive(Clone, Debug)]
pub struct Keys {
    pub mask: Triple,
    pub consistency: Triple,
    pub alpha: Triple,
    pub beta: Triple,
    pub id: [u8; 32],
    /// S, Ŝ, A, B.
    pub projections: [[G1Projective; 2]; 4],
}

impl Keys {
    /// The id is computed from the encoding of the public key.
    pub fn new(mask: Triple, consistency: Triple, alpha: Triple, beta: Triple) -> Self {
        let projections = [mask, consistency, alpha, beta].map(|key| projection(&key));
        let mut keys = Self { mask, consistency, alpha, beta, id: [0; 32], projections };
        let mut hash = Sha256::new();
        hash.update(b"MEDCRYPTO-KHPKE-V01-KEY-ID");
        hash.update(keys.public_bytes());
        keys.id = hash.finalize().into();
        keys
    }

    pub fn public_bytes(&self) -> Vec<u8> {
        let points = self.projections.iter().flatten().flat_map(G1Projective::to_compressed);
        [1, 1, 0x40, 1].into_iter().chain(points).collect()
    }
}

pub fn projection(key: &Triple) -> [G1Projective; 2] {
    let [p1, p2, p3] = bases();
    [p1 * key[0] + p3 * key[2], p2 * key[1] + p3 * key[2]]
}

/// κ·X.
pub fn evaluate(key: &Triple, x: &[G1Projective; 3]) -> G1Projective {
    x[0] * key[0] + x[1] * key[1] + x[2] * key[2]
}

fn derived(label: u8, index: u8) -> G1Projective {
    let dst = b"MEDCRYPTO-KHPKE-V01-GEN";
    G1Projective::hash_to_curve(&[label, 0, 0, 0, index], dst, &[])
}

/// P₁, P₂, P₃.
pub fn bases() -> [G1Projective; 3] {
    static BASES: OnceLock<[G1Projective; 3]> = OnceLock::new();
    *BASES.get_or_init(|| [1, 2, 3].map(|i| derived(b'P', i)))
}

/// H.
pub fn h() -> G1Projective {
    static H: OnceLock<G1Projective> = OnceLock::new();
    *H.get_or_init(|| derived(b'H', 0))
}

/// [m]P for a small m.
pub fn times(point: &G1Projective, m: i64) -> G1Projective {
    let product = point * Scalar::from(m.unsigned_abs());
    if m < 0 { -product } else { product }
}

/// m for [m]H with |m| ≤ 200.
pub fn log(point: &G1Projective) -> Option<i64> {
    static TABLE: OnceLock<HashMap<[u8; 48], i64>> = OnceLock::new();
    let multiples = || (-200..=200).map(|m| (times(&h(), m).to_compressed(), m));
    TABLE.get_or_init(|| multiples().collect()).get(&point.to_compressed()).copied()
}

/// A ciphertext of one slot as points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wire {
    pub x: [G1Projective; 3],
    pub e: G1Projective,
    pub t: G1Projective,
    pub tag: [u8; 16],
}

/// Length of the encoding.
pub const LEN: usize = 4 + 5 * 48 + 16;

impl Wire {
    pub fn points(&self) -> [G1Projective; 5] {
        let [x1, x2, x3] = self.x;
        [x1, x2, x3, self.e, self.t]
    }

    pub fn of_points([x1, x2, x3, e, t]: [G1Projective; 5], tag: [u8; 16]) -> Self {
        Self { x: [x1, x2, x3], e, t, tag }
    }

    pub fn to_bytes(self) -> Vec<u8> {
        let points = self.points();
        let points = points.iter().flat_map(G1Projective::to_compressed);
        [1, 1, 0x43, 1].into_iter().chain(points).chain(self.tag).collect()
    }

    /// What an attacker reads: on the curve is all it asks for.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != LEN || bytes[..4] != [1, 1, 0x43, 1] {
            return None;
        }
        let point = |i: usize| {
            let bytes: [u8; 48] = bytes[4 + 48 * i..][..48].try_into().ok()?;
            let point: Option<G1Affine> = G1Affine::from_compressed_unchecked(&bytes).into();
            Some(G1Projective::from(point?))
        };
        let tag = bytes[LEN - 16..].try_into().ok()?;
        Some(Self::of_points([point(0)?, point(1)?, point(2)?, point(3)?, point(4)?], tag))
    }

    pub fn plus(&self, other: &Self) -> Self {
        let mut points = self.points();
        points.iter_mut().zip(other.points()).for_each(|(sum, point)| *sum += point);
        Self::of_points(points, self.tag)
    }

    pub fn times(&self, weight: i64) -> Self {
        Self::of_points(self.points().map(|point| times(&point, weight)), self.tag)
    }
}

/// An input of an evaluation: weight, associated data, bytes.
pub type Input = (i64, Vec<u8>, Vec<u8>);

/// KH-LCS without what `self` leaves out.
impl Weakness {
    pub fn keys(&self, mut secret: impl FnMut() -> Scalar) -> Keys {
        let mut triple = || [secret(), secret(), secret()];
        let (mut mask, consistency, mut alpha, beta) = (triple(), triple(), triple(), triple());
        if self.small_mask {
            mask = mask.map(|k| Scalar::from(u64::from(k.to_bytes_le()[0] % 3)));
        }
        if self.swapped {
            alpha = mask;
        }
        Keys::new(mask, consistency, alpha, beta)
    }

    pub fn encrypt(&self, keys: &Keys, ad: &[u8], m: i64, r: [Scalar; 2]) -> Wire {
        let [.., a, b] = keys.projections;
        let mut wire = fresh(&keys.projections, r);
        wire.e += times(&h(), m);
        wire.tag = self.tag_by_randomness(&keys.id, &[a, b], ad, &wire, r);
        wire
    }

    pub fn decode(&self, bytes: &[u8]) -> Option<Wire> {
        let bytes = if self.lenient { bytes.get(..LEN)? } else { bytes };
        let wire = Wire::parse(bytes)?;
        let points = wire.points();
        let in_group = points.iter().all(|p| bool::from(p.to_affine().is_torsion_free()));
        let [x1, x2, x3, _, t] = points;
        let finite = [x1, x2, x3, t].iter().all(|p| !bool::from(p.is_identity()));
        ((self.no_subgroup || in_group) && (self.identity || finite)).then_some(wire)
    }

    pub fn decrypt(&self, keys: &Keys, ad: &[u8], bytes: &[u8]) -> Option<i64> {
        let wire = self.decode(bytes)?;
        let consistent = self.no_consistency || evaluate(&keys.consistency, &wire.x) == wire.t;
        if !self.tagged(keys, ad, &wire) || !consistent {
            return None;
        }
        log(&(wire.e - evaluate(&keys.mask, &wire.x)))
    }

    pub fn evaluate(
        &self,
        keys: &Keys,
        inputs: &[Input],
        (b, ad): (i64, &[u8]),
        r: [Scalar; 2],
    ) -> Option<Wire> {
        let mut sum = Wire::of_points([G1Projective::identity(); 5], [0; 16]);
        for (i, (weight, ad, bytes)) in inputs.iter().enumerate() {
            let wire = self.decode(bytes)?;
            if !(self.tagged(keys, ad, &wire) || self.first_tag_only && i > 0) {
                return None;
            }
            sum = sum.plus(&wire.times(*weight));
        }
        if !self.no_fresh_randomness {
            sum = sum.plus(&fresh(&keys.projections, r));
        }
        sum.e += times(&h(), b);
        sum.tag = self.tag_by_key(keys, ad, &sum);
        Some(sum)
    }

    /// The tag that a holder of α and β computes.
    pub fn tag_by_key(&self, keys: &Keys, ad: &[u8], wire: &Wire) -> [u8; 16] {
        let tau = self.tau(&keys.id, ad, wire);
        let y = evaluate(&keys.alpha, &wire.x) + evaluate(&keys.beta, &wire.x) * tau;
        self.tag(&keys.id, ad, wire, &y)
    }

    /// The tag that anybody computes who knows r₁ and r₂.
    pub fn tag_by_randomness(
        &self,
        id: &[u8; 32],
        [a, b]: &[[G1Projective; 2]; 2],
        ad: &[u8],
        wire: &Wire,
        r: [Scalar; 2],
    ) -> [u8; 16] {
        let tau = self.tau(id, ad, wire);
        let y = (a[0] + b[0] * tau) * r[0] + (a[1] + b[1] * tau) * r[1];
        self.tag(id, ad, wire, &y)
    }

    fn tagged(&self, keys: &Keys, ad: &[u8], wire: &Wire) -> bool {
        self.no_tag || self.tag_by_key(keys, ad, wire) == wire.tag
    }

    fn tau(&self, id: &[u8; 32], ad: &[u8], wire: &Wire) -> Scalar {
        let input = self.input("MEDCRYPTO-KHPKE-V01-TCR", id, ad, wire);
        wide(&Sha512::digest(input).into())
    }

    fn tag(&self, id: &[u8; 32], ad: &[u8], wire: &Wire, y: &G1Projective) -> [u8; 16] {
        let mut input = self.input("MEDCRYPTO-KHPKE-V01-TAG", id, ad, wire);
        if !self.static_tag {
            input.extend(y.to_compressed());
        }
        Sha256::digest(input)[..16].try_into().unwrap()
    }

    fn input(&self, domain: &str, id: &[u8; 32], ad: &[u8], wire: &Wire) -> Vec<u8> {
        let sized = |bytes: &[u8]| {
            let len = u32::try_from(bytes.len()).unwrap();
            [&len.to_be_bytes(), bytes].concat()
        };
        let id = if self.without_id { [0; 32] } else { *id };
        let ad = if self.without_ad { &[] } else { ad };
        let mut input = [sized(domain.as_bytes()), id.to_vec(), sized(ad), vec![1]].concat();
        let left_out = [self.static_tag; 3]
            .into_iter()
            .chain([self.without_e || self.static_tag, self.without_t || self.static_tag]);
        let points = wire.points();
        let covered = points.iter().zip(left_out).filter(|(_, left_out)| !left_out);
        covered.for_each(|(point, _)| input.extend(point.to_compressed()));
        input
    }
}

/// An encryption of 0 without a tag.
pub fn fresh(projections: &[[G1Projective; 2]; 4], r: [Scalar; 2]) -> Wire {
    let [p1, p2, p3] = bases();
    let [s, t, _, _] = projections;
    let masked = |base: &[G1Projective; 2]| base[0] * r[0] + base[1] * r[1];
    let x = [p1 * r[0], p2 * r[1], p3 * (r[0] + r[1])];
    Wire { x, e: masked(s), t: masked(t), tag: [0; 16] }
}

/// A point of prime order `order`, 3 or 11, which divides the number of points of the curve,
/// r·3·11²·10177²·859267²·52437899².
pub fn torsion(order: u32) -> G1Projective {
    static POINTS: [OnceLock<G1Projective>; 2] = [OnceLock::new(), OnceLock::new()];
    *POINTS[usize::from(order == 3)].get_or_init(|| found(order))
}

fn found(order: u32) -> G1Projective {
    let others = 0x396c_8c00_5555_e156_8c00_aaab_0000_aaab_u128 / if order == 3 { 3 } else { 121 };
    let r = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    let factors = [hex::decode(r).unwrap(), others.to_be_bytes().to_vec()];
    let candidates = (1..=u8::MAX).filter_map(|x| {
        let mut bytes = [0; 48];
        (bytes[0], bytes[47]) = (0x80, x);
        let point: Option<G1Affine> = G1Affine::from_compressed_unchecked(&bytes).into();
        Some(factors.iter().fold(G1Projective::from(point?), |point, by| multiplied(&point, by)))
    });
    let point = { candidates }.find(|point| !bool::from(point.is_identity())).unwrap();
    assert!(bool::from(multiplied(&point, &order.to_be_bytes()).is_identity()));
    point
}

/// A multiple by a big-endian integer that is not taken mod r.
pub fn multiplied(point: &G1Projective, by: &[u8]) -> G1Projective {
    let bits = by.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
    bits.fold(
        G1Projective::identity(),
        |sum, bit| {
            if bit == 1 { sum.double() + point } else { sum.double() }
        },
    )
}

/// A big-endian integer mod r.
pub fn wide(bytes: &[u8; 64]) -> Scalar {
    let byte = |sum: Scalar, byte: &u8| sum * Scalar::from(256) + Scalar::from(u64::from(*byte));
    bytes.iter().fold(Scalar::ZERO, byte)
}
