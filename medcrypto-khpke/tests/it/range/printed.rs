//! The digit proof as printed, for one amount, carried over to two source groups (E23), and what breaks it.
//!
//! ```text
//! C₃ = [y]g + [t]h,  h = [w]g           t = Σ u^j tⱼ,  σᵢ = [1/(x+i)]g,  gT = e(g, g₂)
//! Vⱼ = [vⱼ]σ_{tⱼ},  aⱼ = e(Vⱼ, g₂)^{−sⱼ} gT^{qⱼ},  D₁ = [Σ u^j sⱼ]h + [r]g,  α = [ẑ]g − [ĉ]h,  c = H(a) + ĉ
//! (5) z = r − c·y    (6) zvⱼ = qⱼ − c·vⱼ    (7) ztⱼ = sⱼ − c·sⱼ, which E10 mends to sⱼ − c·tⱼ
//! (11) D₁ = [Σ u^j ztⱼ]h + [c]C₃ + [z]g, as E7 mends it
//! (13) aⱼ = e(Vⱼ, gvk)^c e(Vⱼ, g₂)^{−ztⱼ} gT^{zvⱼ}, as E9 mends it       (15) [ẑ]g = α + [ĉ]h
//! ```

use medcrypto_core::bls::{G1, G2, Gt, Scalar, hash_to_scalar, pairing};
use medcrypto_core::dst;

/// g, h, g₂, gvk and σ₀ … σ₁₅.
struct Public {
    g: G1,
    h: G1,
    g2: G2,
    gvk: G2,
    signatures: Vec<G1>,
}

/// The branch that was to give zero knowledge: h = [w]g, and w is an input of PartyInitial.
const W: u64 = 31_337;
const X: u64 = 987_654_321;
const TOO_MUCH: u64 = 1_000_000_000;

fn public() -> Public {
    let (g, g2) = (G1::generator(), G2::generator());
    let sign = |i| g.mul_vartime(&number(X + i).invert().unwrap());
    let (h, gvk) = (g.mul_vartime(&number(W)), g2.mul_vartime(&number(X)));
    Public { g, h, g2, gvk, signatures: (0..16).map(sign).collect() }
}

fn number(value: u64) -> Scalar {
    Scalar::from_u64(value)
}

/// A scalar that no other label gives.
fn drawn(label: &str) -> Scalar {
    hash_to_scalar(dst::khpke::WEIGHTS, label.as_bytes())
}

#[derive(Clone)]
struct Proof {
    v: Vec<G1>,
    a: Vec<Gt>,
    d1: G1,
    alpha: G1,
    c_hat: Scalar,
    z_hat: Scalar,
    z: Scalar,
    zv: Vec<Scalar>,
    zt: Vec<Scalar>,
}

/// Σ 16^j yⱼ.
fn weighted(digits: &[Scalar]) -> Scalar {
    digits.iter().rev().fold(number(0), |sum, digit| sum * number(16) + *digit)
}

/// H(a): neither statement nor α is in it.
fn hashed(a: &[Gt]) -> Scalar {
    let bytes: Vec<u8> = a.iter().flat_map(Gt::to_bytes).collect();
    hash_to_scalar(dst::khpke::WEIGHTS, &bytes)
}

impl Public {
    fn amount(&self, y: Scalar, t: Scalar) -> G1 {
        self.g.mul_vartime(&y) + self.h.mul_vartime(&t)
    }

    /// e(V, gvk)^c e(V, g₂)^{−zt} gT^{zv}.
    fn answered(&self, v: &G1, c: Scalar, zt: Scalar, zv: Scalar) -> Gt {
        let product =
            pairing(v, &self.gvk).pow_vartime(&c) * pairing(v, &self.g2).pow_vartime(&-zt);
        product * pairing(&self.g, &self.g2).pow_vartime(&zv)
    }

    /// A prover with digits `t` blinded by `v`; `respond` makes ztⱼ of sⱼ, c and tⱼ.
    fn prove(
        &self,
        y: Scalar,
        t: [u64; 2],
        v: [Scalar; 2],
        respond: fn(Scalar, Scalar, Scalar) -> Scalar,
    ) -> Proof {
        let t = t.map(number);
        let [s, q] = [["s0", "s1"], ["q0", "q1"]].map(|labels| labels.map(drawn));
        let (r, z_hat, c_hat) = (drawn("r"), drawn("z^"), drawn("c^"));
        let signed = |j: usize| self.signatures.get(usize::try_from(digit(t[j])).unwrap());
        let blind = |j: usize| signed(j).unwrap_or(&self.g).mul_vartime(&v[j]);
        let blinded = [blind(0), blind(1)];
        let a: Vec<_> = (0..2).map(|j| self.answered(&blinded[j], number(0), s[j], q[j])).collect();
        let c = hashed(&a) + c_hat;
        Proof {
            v: blinded.to_vec(),
            a,
            d1: self.amount(r, weighted(&s)),
            alpha: self.amount(z_hat, -c_hat),
            c_hat,
            z_hat,
            z: r - c * y,
            zv: (0..2).map(|j| q[j] - c * v[j]).collect(),
            zt: (0..2).map(|j| respond(s[j], c, t[j])).collect(),
        }
    }

    fn accepts(&self, c3: &G1, proof: &Proof) -> bool {
        let c = hashed(&proof.a) + proof.c_hat;
        let answered =
            |j: usize| proof.a[j] == self.answered(&proof.v[j], c, proof.zt[j], proof.zv[j]);
        let row = self.amount(proof.z, weighted(&proof.zt)) + c3.mul_vartime(&c);
        let branch =
            self.g.mul_vartime(&proof.z_hat) == proof.alpha + self.h.mul_vartime(&proof.c_hat);
        proof.d1 == row && branch && (0..2).all(answered)
    }

    /// Responses first, then a, D₁ and α to fit: what relation F was to keep for who knows w.
    fn simulated(&self, c3: &G1) -> Proof {
        let c = drawn("c");
        let (zv, zt) = (["zv0", "zv1"].map(drawn), ["zt0", "zt1"].map(drawn));
        let v = vec![self.signatures[0], self.signatures[0]];
        let a: Vec<_> = (0..2).map(|j| self.answered(&v[j], c, zt[j], zv[j])).collect();
        let (z, z_hat, c_hat) = (drawn("z"), drawn("z^"), c - hashed(&a));
        let d1 = self.amount(z, weighted(&zt)) + c3.mul_vartime(&c);
        let alpha = self.amount(z_hat, -c_hat);
        Proof { v, a, d1, alpha, c_hat, z_hat, z, zv: zv.to_vec(), zt: zt.to_vec() }
    }
}

/// The small number that a scalar is, or one beyond all tables.
fn digit(scalar: Scalar) -> u64 {
    (0..16).find(|i| number(*i) == scalar).unwrap_or(u64::MAX)
}

fn as_printed(s: Scalar, c: Scalar, _: Scalar) -> Scalar {
    s - c * s
}

fn mended(s: Scalar, c: Scalar, t: Scalar) -> Scalar {
    s - c * t
}

fn blinders() -> [Scalar; 2] {
    ["v0", "v1"].map(drawn)
}

/// E10: with (7) as printed no honest proof verifies; mended, it does.
#[test]
fn e10_the_printed_response_is_incomplete() {
    let (public, y) = (public(), drawn("y"));
    let c3 = public.amount(y, number(9 + 16 * 4));
    assert!(!public.accepts(&c3, &public.prove(y, [9, 4], blinders(), as_printed)));
    assert!(public.accepts(&c3, &public.prove(y, [9, 4], blinders(), mended)));
    let other = public.amount(y, number(9 + 16 * 5));
    assert!(!public.accepts(&other, &public.prove(y, [9, 4], blinders(), mended)));
}

/// X4: sⱼ = ztⱼ/(1 − c), then gT^{qⱼ}, then gT^{vⱼ}, and then every digit is found by trial.
#[test]
fn x04_the_printed_response_leaks_every_digit() {
    let public = public();
    let proof = public.prove(drawn("y"), [9, 4], blinders(), as_printed);
    let c = hashed(&proof.a) + proof.c_hat;
    let (over, one_less) = (c.invert().unwrap(), (Scalar::ONE - c).invert().unwrap());
    let leaked = [0, 1].map(|j| {
        let s = proof.zt[j] * one_less;
        let q = proof.a[j] * pairing(&proof.v[j], &public.g2).pow_vartime(&s);
        let zv = pairing(&public.g, &public.g2).pow_vartime(&proof.zv[j]);
        let v = (q * zv.invert()).pow_vartime(&over);
        let key = |i: u64| public.gvk + public.g2.mul_vartime(&number(i));
        (0..16).find(|i| pairing(&proof.v[j], &key(*i)) == v)
    });
    assert_eq!(leaked, [Some(9), Some(4)]);
}

/// X5, E18: v = 0 is allowed and V = 1 is not refused: any number is a digit.
#[test]
fn x05_e18_printed_an_identity_proves_any_amount() {
    let (public, y) = (public(), drawn("y"));
    let c3 = public.amount(y, number(TOO_MUCH));
    let zero = [number(0); 2];
    let forged = public.prove(y, [TOO_MUCH, 0], zero, mended);
    assert!(forged.v.iter().all(G1::is_identity));
    assert!(public.accepts(&c3, &forged));
    assert!(!public.accepts(&c3, &public.prove(y, [TOO_MUCH, 0], blinders(), mended)));
}

/// X6: neither D₁ nor C₃ is hashed, so Δ goes into D₁ and then C₃ is chosen.
#[test]
fn x06_printed_a_statement_chosen_after_the_challenge() {
    let (public, y) = (public(), drawn("y"));
    let mut forged = public.prove(y, [0, 0], blinders(), mended);
    let delta = drawn("delta");
    forged.d1 = forged.d1 + public.h.mul_vartime(&delta);
    let c = hashed(&forged.a) + forged.c_hat;
    let t = delta * c.invert().unwrap();
    assert!((0..=0xffff).all(|small| number(small) != t));
    assert!(public.accepts(&public.amount(y, t), &forged));
}

/// X7, E14: α is hashed nowhere and ĉ is the prover's, so not even w is needed to choose c.
#[test]
fn x07_e14_printed_anybody_forges_through_the_branch() {
    let public = public();
    let c3 = public.amount(drawn("y"), number(TOO_MUCH));
    assert!(public.accepts(&c3, &public.simulated(&c3)));
}

/// X7: with an α that is fixed before ĉ, as if it were hashed, the branch is a forging key for who knows w,
/// and w is an input of every PartyInitial.
#[test]
fn x07_printed_the_branch_is_a_forging_key() {
    let public = public();
    let (c3, mu) = (public.amount(drawn("y"), number(TOO_MUCH)), drawn("mu"));
    let mut forged = public.simulated(&c3);
    forged.alpha = public.g.mul_vartime(&mu);
    assert!(!public.accepts(&c3, &forged));
    forged.z_hat = mu + forged.c_hat * number(W);
    assert!(public.accepts(&c3, &forged));
}

/// E13: the simulator's α = [μ]g₁ satisfies (15) only if g₁ = g.
#[test]
fn e13_the_simulator_uses_another_base() {
    let public = public();
    let (c3, mu) = (public.amount(drawn("y"), number(1)), drawn("mu"));
    let mut simulated = public.simulated(&c3);
    simulated.z_hat = mu + simulated.c_hat * number(W);
    simulated.alpha = public.g.mul_vartime(&number(2)).mul_vartime(&mu);
    assert!(!public.accepts(&c3, &simulated));
    simulated.alpha = public.g.mul_vartime(&mu);
    assert!(public.accepts(&c3, &simulated));
}

/// E7: with C₃^c g^z inside of the product over the digits, they are counted l times.
#[test]
fn e07_the_printed_row_holds_for_one_digit_only() {
    let (public, y) = (public(), drawn("y"));
    let c3 = public.amount(y, number(9 + 16 * 4));
    let proof = public.prove(y, [9, 4], blinders(), mended);
    let c = hashed(&proof.a) + proof.c_hat;
    let constant = c3.mul_vartime(&c) + public.g.mul_vartime(&proof.z);
    let digits = public.h.mul_vartime(&weighted(&proof.zt));
    let row = |times: u64| digits + constant.mul_vartime(&number(times));
    assert!(proof.d1 == row(1) && proof.d1 != row(2));
}

/// E9: (13) with the responses of the other amount.
#[test]
fn e09_the_printed_digit_equation_takes_the_other_responses() {
    let (public, y) = (public(), drawn("y"));
    let c3 = public.amount(y, number(9 + 16 * 4));
    let mut proof = public.prove(y, [9, 4], blinders(), mended);
    let other = public.prove(y, [1, 2], blinders(), mended);
    (proof.zt, proof.zv) = (other.zt, other.zv);
    assert!(!public.accepts(&c3, &proof));
}

/// E15, E16: signatures of hashes, and (13) holds for none of the digits.
#[test]
fn e15_e16_signatures_of_hashes_sign_no_digit() {
    let (mut public, y) = (public(), drawn("y"));
    let hashed = |i: usize| number(X) + drawn(&format!("digit {i}"));
    let g = public.g;
    let sign = |i| g.mul_vartime(&hashed(i).invert().unwrap());
    public.signatures = (0..16).map(sign).collect();
    let c3 = public.amount(y, number(9 + 16 * 4));
    assert!(!public.accepts(&c3, &public.prove(y, [9, 4], blinders(), mended)));
}

/// E21: no d is 0, neither digit equation holds, and (29) does; d₁ ≠ d₀ would have told.
#[test]
fn e21_the_batch_equation_holds_for_many_weights_and_two_false_digits() {
    let (public, y) = (public(), drawn("y"));
    let mut proof = public.prove(y, [9, 4], blinders(), mended);
    (proof.zv[0], proof.zv[1]) = (proof.zv[0] + Scalar::ONE, proof.zv[1] - Scalar::ONE);
    let c = hashed(&proof.a) + proof.c_hat;
    let defect =
        |j: usize| public.answered(&proof.v[j], c, proof.zt[j], proof.zv[j]) * proof.a[j].invert();
    let batch = |d: [u64; 2]| {
        (0..2).map(|j| defect(j).pow_vartime(&number(d[j]))).fold(Gt::identity(), |a, b| a * b)
    };
    assert!(!defect(0).is_identity() && !defect(1).is_identity());
    assert!(batch([5, 5]).is_identity() && !batch([5, 7]).is_identity());
}

/// X11: a point of order 3 is not the identity and pairs to 1 all the same, so V ≠ 1 alone repairs nothing.
#[test]
fn x11_a_point_of_order_three_pairs_like_the_identity() {
    use group::{Curve, Group};
    let torsion = crate::raw::torsion(3);
    assert!(bool::from(!torsion.is_identity()));
    let generator = blstrs::G2Projective::generator().to_affine();
    assert!(bool::from(blstrs::pairing(&torsion.to_affine(), &generator).is_identity()));
    let bytes = torsion.to_affine().to_compressed();
    assert_eq!(G1::from_bytes(&bytes), Err(medcrypto_core::DecodeError::NotInGroup));
}
