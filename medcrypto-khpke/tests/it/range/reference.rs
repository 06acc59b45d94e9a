//! The proof once more, from its documentation and core alone: a verifier that can leave out any one check,
//! and provers that cheat. Only for [0, 2^ℓ), of one row.

use medcrypto_core::bls::{G1, G2, Scalar, multi_pairing};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::RangeStatement;

use super::setup::Parts;
use crate::fixture::generator;

/// A statement about [0, 2^ℓ) in points.
#[derive(Clone)]
pub struct Facts {
    pub parts: Parts,
    pub digest: [u8; 32],
    pub low: i128,
    pub high: i128,
    pub commitment: G1,
}

impl Facts {
    pub fn new(parts: &Parts, statement: &RangeStatement<'_>) -> Self {
        Self {
            parts: parts.clone(),
            digest: *statement.interval.parameters().digest(),
            low: statement.interval.low(),
            high: statement.interval.high(),
            commitment: G1::from_bytes(&statement.commitment.to_bytes()).unwrap(),
        }
    }

    /// Σ 2^{uj}yⱼ.
    pub fn weighted(&self, digits: &[Scalar]) -> Scalar {
        let weight = |j: u8| Scalar::from_u64(1 << (self.parts.bits * j));
        (0..).zip(digits).map(|(j, digit)| weight(j) * *digit).sum()
    }
}

/// A proof in all its parts, the challenge as a compact proof has it.
#[derive(Clone)]
pub struct Parsed {
    pub v: Vec<G1>,
    pub v_bar: Vec<G1>,
    pub a: Vec<G1>,
    pub row: G1,
    pub c: u128,
    pub z: Vec<Scalar>,
    pub zv: Vec<Scalar>,
    pub z_beta: Scalar,
}

/// Something that a careless verifier leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Omitted {
    Nothing,
    /// "Com" in the transcript.
    Commitment,
    /// "V" and "Vbar" in the transcript.
    Blinded,
    /// "a" in the transcript.
    Answers,
    /// "A" in the transcript.
    Row,
    /// V ≠ O.
    Identity,
    /// a + [c]V̄ = [zv]Γ − [z]V.
    DigitEquation,
    /// A + [c](Com − [low]H) = [Z(z)]H + [z_β]Q.
    RowEquation,
    /// e(V̄, P₂) = e(V, gvk).
    Pairing,
    /// Recomputing c.
    Challenge,
}

pub fn points(points: &[G1]) -> Vec<u8> {
    points.iter().flat_map(G1::to_bytes).collect()
}

fn scalars(scalars: &[Scalar]) -> Vec<u8> {
    scalars.iter().flat_map(Scalar::to_bytes).collect()
}

/// The transcript up to the challenge, and the challenge.
pub fn challenge(facts: &Facts, proof: &Parsed, omitted: Omitted, t: &mut Transcript) -> u128 {
    t.enter(dst::khpke::RANGE_PER_DIGIT);
    t.append_bytes(b"pp", &facts.digest);
    t.append_bytes(b"low", &facts.low.to_be_bytes());
    t.append_bytes(b"high", &facts.high.to_be_bytes());
    let mut unless = |part, label, bytes: &[u8]| {
        if omitted != part {
            t.append_bytes(label, bytes);
        }
    };
    unless(Omitted::Commitment, b"Com", &facts.commitment.to_bytes());
    unless(Omitted::Blinded, b"V", &points(&proof.v));
    unless(Omitted::Blinded, b"Vbar", &points(&proof.v_bar));
    unless(Omitted::Answers, b"a", &points(&proof.a));
    unless(Omitted::Row, b"A", &proof.row.to_bytes());
    u128::from_be_bytes(t.challenge_bytes(b"c"))
}

impl Parsed {
    /// [zv]Γ − [z]V − [c]V̄ for each digit, and [Z(z)]H + [z_β]Q − [c](Com − [low]H).
    pub fn recomputed(&self, facts: &Facts, c: u128) -> (Vec<G1>, G1) {
        let c = Scalar::from_u128(c);
        let answer = |j: usize| {
            facts.parts.base.mul_vartime(&self.zv[j])
                - self.v[j].mul_vartime(&self.z[j])
                - self.v_bar[j].mul_vartime(&c)
        };
        let (h, q) = (generator(b"H", 0), generator(b"Q", 0));
        let low = h.mul_vartime(&Scalar::from_u128(facts.low.try_into().unwrap()));
        let row = h.mul_vartime(&facts.weighted(&self.z)) + q.mul_vartime(&self.z_beta)
            - (facts.commitment - low).mul_vartime(&c);
        ((0..self.z.len()).map(answer).collect(), row)
    }

    /// Whether all checks but the omitted one hold, digit by digit and without weights.
    pub fn accepted(&self, facts: &Facts, omitted: Omitted, mut transcript: Transcript) -> bool {
        let c = challenge(facts, self, omitted, &mut transcript);
        let used = if omitted == Omitted::Challenge { self.c } else { c };
        let (a, row) = self.recomputed(facts, used);
        let pair = |(v, v_bar): (&G1, &G1)| {
            multi_pairing(&[(*v_bar, G2::generator()), (-*v, facts.parts.key)]).is_identity()
        };
        let checks = [
            (Omitted::Identity, !self.v.contains(&G1::identity())),
            (Omitted::DigitEquation, self.a == a),
            (Omitted::RowEquation, self.row == row),
            (Omitted::Pairing, self.v.iter().zip(&self.v_bar).all(pair)),
            (Omitted::Challenge, self.c == c),
        ];
        checks.iter().all(|(check, holds)| *check == omitted || *holds)
    }

    pub fn compact(&self) -> Vec<u8> {
        let c = self.c.to_be_bytes();
        let points = [points(&self.v), points(&self.v_bar)].concat();
        [&[1, 1, 0x48], &points[..], &c, &self.responses()].concat()
    }

    pub fn batchable(&self) -> Vec<u8> {
        let points = [&self.v[..], &self.v_bar, &self.a, &[self.row]].map(points).concat();
        [&[1, 1, 0x49], &points[..], &self.responses()].concat()
    }

    fn responses(&self) -> Vec<u8> {
        [scalars(&self.z), scalars(&self.zv), scalars(&[self.z_beta])].concat()
    }

    /// The parts of a batchable proof of `m` digits, whose challenge is still to be computed.
    pub fn of_batchable(bytes: &[u8], m: usize) -> Self {
        let (all_points, all_scalars) = bytes[3..].split_at(48 * (3 * m + 1));
        let all_points: Vec<_> = all_points
            .chunks(48)
            .map(|point| G1::from_bytes(point.try_into().unwrap()).unwrap())
            .collect();
        let all_scalars: Vec<_> = all_scalars
            .chunks(32)
            .map(|scalar| Scalar::from_bytes(scalar.try_into().unwrap()).unwrap())
            .collect();
        Self {
            v: all_points[..m].to_vec(),
            v_bar: all_points[m..2 * m].to_vec(),
            a: all_points[2 * m..3 * m].to_vec(),
            row: all_points[3 * m],
            c: 0,
            z: all_scalars[..m].to_vec(),
            zv: all_scalars[m..2 * m].to_vec(),
            z_beta: all_scalars[2 * m],
        }
    }
}

/// What a prover of the reference draws and knows; every number is the caller's.
#[derive(Clone)]
pub struct Prover {
    /// Multiples of Γ that blind: Vⱼ = [vⱼ]`signed`ⱼ.
    pub v: Vec<Scalar>,
    /// What stands for the signature of each digit.
    pub signed: Vec<G1>,
    /// The digits, or what is claimed to be one.
    pub digits: Vec<Scalar>,
    pub beta: Scalar,
    pub s: Vec<Scalar>,
    pub q: Vec<Scalar>,
    pub s_beta: Scalar,
}

impl Prover {
    /// With nonces that are different in every prover of a test.
    pub fn new(signed: Vec<G1>, digits: Vec<Scalar>, beta: Scalar, seed: u64) -> Self {
        let m = digits.len();
        let mut next = (1..).map(|i: u64| {
            Scalar::from_u64(seed + i).invert().unwrap() * Scalar::from_u64(0xffff_fff1)
        });
        let mut some = |count| (0..count).map(|_| next.next().unwrap()).collect::<Vec<_>>();
        let (v, s, q) = (some(m), some(m), some(m));
        let s_beta = some(1)[0];
        Self { v, signed, digits, beta, s, q, s_beta }
    }

    /// Everything before the challenge.
    pub fn committed(&self, facts: &Facts) -> Parsed {
        let gamma = &facts.parts.base;
        let digit = |j: usize| {
            let v = self.signed[j].mul_vartime(&self.v[j]);
            let v_bar = gamma.mul_vartime(&self.v[j]) - v.mul_vartime(&self.digits[j]);
            let a = gamma.mul_vartime(&self.q[j]) - v.mul_vartime(&self.s[j]);
            (v, v_bar, a)
        };
        let digits: Vec<_> = (0..self.digits.len()).map(digit).collect();
        let row = generator(b"H", 0).mul_vartime(&facts.weighted(&self.s))
            + generator(b"Q", 0).mul_vartime(&self.s_beta);
        let zeros = vec![Scalar::from_u64(0); digits.len()];
        Parsed {
            v: digits.iter().map(|(v, _, _)| *v).collect(),
            v_bar: digits.iter().map(|(_, v_bar, _)| *v_bar).collect(),
            a: digits.iter().map(|(_, _, a)| *a).collect(),
            row,
            c: 0,
            z: zeros.clone(),
            zv: zeros,
            z_beta: Scalar::from_u64(0),
        }
    }

    /// The responses to a challenge.
    pub fn answered(&self, mut proof: Parsed, c: u128) -> Parsed {
        proof.c = c;
        let c = Scalar::from_u128(c);
        let respond = |nonces: &[Scalar], secrets: &[Scalar]| {
            nonces.iter().zip(secrets).map(|(nonce, secret)| *nonce + c * *secret).collect()
        };
        proof.z = respond(&self.s, &self.digits);
        proof.zv = respond(&self.q, &self.v);
        proof.z_beta = self.s_beta + c * self.beta;
        proof
    }

    pub fn proved(&self, facts: &Facts, omitted: Omitted, mut transcript: Transcript) -> Parsed {
        let proof = self.committed(facts);
        let c = challenge(facts, &proof, omitted, &mut transcript);
        self.answered(proof, c)
    }
}
