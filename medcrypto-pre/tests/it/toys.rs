//! T9: the two schemes that peers ship or descend from, in miniature, and how a proxy and a delegatee
//! take the delegator's whole key in each. The same moves give nothing here.

use medcrypto_core::{
    bls::{G1, G2, Gt, Scalar, SecretScalar, hash_to_g1, hash_to_scalar, pairing},
    dst::pre,
};

use crate::{
    fixture::{World, id, rng, world},
    model::{self, RawHeader, Setting, halves, scalar},
};

fn random(seed: u64) -> Scalar {
    scalar(&SecretScalar::generate(&mut rng(seed)))
}

/// Green and Ateniese, "Identity-Based Proxy Re-encryption" (ACNS 2007), scheme IBP1, Type 3:
///
/// ```text
/// sk     A = [α]H1(id)
/// enc    C1 = [r]P₂,  C2 = m·e([r]H1(id), Ppub)
/// rekey  R3 = H2(X) − A,  X encrypted to the delegatee
/// reenc  C2′ = C2·e(R3, C1) = m·e(H2(X), C1)
/// ```
mod green_ateniese {
    use super::*;

    pub struct Authority(pub Scalar);

    impl Authority {
        pub fn issue(&self, name: &str) -> G1 {
            hash_to_g1(pre::ID_DEC, name.as_bytes()).mul_vartime(&self.0)
        }

        pub fn encrypt(&self, name: &str, m: &Gt, r: &Scalar) -> (G2, Gt) {
            let public = G2::generator().mul_vartime(&self.0);
            let point = hash_to_g1(pre::ID_DEC, name.as_bytes()).mul_vartime(r);
            (G2::generator().mul_vartime(r), *m * pairing(&point, &public))
        }
    }

    pub fn decrypt(key: &G1, (c1, c2): &(G2, Gt)) -> Gt {
        *c2 * pairing(&-*key, c1)
    }

    pub fn h2(x: &Gt) -> G1 {
        hash_to_g1(pre::SCOPE, &x.to_bytes())
    }

    pub fn re_encrypt(r3: &G1, (c1, c2): &(G2, Gt)) -> (G2, Gt) {
        (*c1, *c2 * pairing(r3, c1))
    }
}

fn message(n: u64) -> Gt {
    pairing(&G1::generator().mul_vartime(&Scalar::from_u64(n)), &G2::generator())
}

/// X is the delegatee's, R3 the proxy's: A = H2(X) − R3.
#[test]
fn t09_green_ateniese_coalition_gets_the_identity_key_and_ours_does_not() {
    use green_ateniese::{Authority, decrypt, h2, re_encrypt};
    let authority = Authority(random(1));
    let (alice, bob) = (authority.issue("alice"), authority.issue("bob"));
    let x = message(77);
    let sealed_x = authority.encrypt("bob", &x, &random(2));
    let r3 = h2(&x) - alice;
    // The toy works as the paper says.
    let delegated = authority.encrypt("alice", &message(5), &random(3));
    let at_bob = re_encrypt(&r3, &delegated);
    assert_eq!(decrypt(&h2(&decrypt(&bob, &sealed_x)), &at_bob), message(5));
    // The coalition: the key itself, and with it what nobody ever delegated.
    let stolen = h2(&decrypt(&bob, &sealed_x)) - r3;
    assert_eq!(stolen, alice);
    let private = authority.encrypt("alice", &message(6), &random(4));
    assert_eq!(decrypt(&stolen, &private), message(6));

    // Ours: the mask is the delegatee's, TK0 the proxy's, and either difference is no key of Alice.
    let world = world();
    let coalition = Coalition::of(&world);
    let mask = G1::generator().mul_vartime(&coalition.y);
    for stolen in [coalition.tk0 - mask, mask - coalition.tk0, coalition.tk0 + mask] {
        coalition.opens_no_private_record(&world, &stolen);
    }
}

/// Umbral with one share (umbral-pre 0.11): keys a, b; points on any group, here 𝔾₁.
///
/// ```text
/// rekey    d = H(X_A, [b]X_A),  rk = a·d⁻¹        X_A = [x]P, so [b]X_A = [x]B
/// capsule  E = [r]P, V = [u]P;  K = [a](E + V)
/// reenc    E′ = [rk]E, V′ = [rk]V;  K = [d](E′ + V′)
/// ```
mod umbral {
    use super::*;

    pub fn d(precursor: &G1, shared: &G1) -> Scalar {
        let message = [precursor.to_bytes(), shared.to_bytes()].concat();
        hash_to_scalar(pre::REKEY_MASK, &message)
    }

    pub fn re_encrypt(rk: &Scalar, capsule: &[G1; 2]) -> [G1; 2] {
        capsule.map(|point| point.mul_vartime(rk))
    }
}

/// d is the delegatee's, rk the proxy's: a = rk·d.
#[test]
fn t09_umbral_coalition_gets_the_secret_key_and_ours_does_not() {
    let p = G1::generator();
    let (a, b, x) = (random(11), random(12), random(13));
    let (bob, precursor) = (p.mul_vartime(&b), p.mul_vartime(&x));
    let d = umbral::d(&precursor, &bob.mul_vartime(&x));
    let rk = a * d.invert().unwrap();
    // The toy works: Bob, who knows b alone, gets what Alice gets.
    let capsule = |seed| [random(seed), random(seed + 1)].map(|k| p.mul_vartime(&k));
    let key = |secret: &Scalar, [e, v]: &[G1; 2]| (*e + *v).mul_vartime(secret);
    let at_bob = umbral::re_encrypt(&rk, &capsule(20));
    let d_of_bob = umbral::d(&precursor, &precursor.mul_vartime(&b));
    assert_eq!(key(&d_of_bob, &at_bob), key(&a, &capsule(20)));
    // The coalition: the secret key, and every capsule of Alice's.
    let stolen = rk * d_of_bob;
    assert_eq!(stolen, a);
    assert_eq!(key(&stolen, &capsule(30)), key(&a, &capsule(30)));

    // Ours: the proxy holds a point, the delegatee an exponent; their products open nothing.
    let world = world();
    let coalition = Coalition::of(&world);
    for factor in [coalition.y, coalition.y.invert().unwrap(), -coalition.y] {
        coalition.opens_no_private_record(&world, &coalition.tk0.mul_vartime(&factor));
    }
}

/// What proxy and delegatee of a delegation of `lab` hold together.
struct Coalition {
    tk0: G1,
    y: Scalar,
}

impl Coalition {
    fn of(world: &World) -> Self {
        let grant = World::grant(&["lab"]);
        let clear = world.alice.delegate_unsealed(&grant, &mut rng(5)).unwrap();
        let (tk0, _) = model::parts(&clear.to_secret_bytes(), 1);
        let bob = world.bob.accept(clear.statement().clone(), &World::alice_id()).unwrap();
        let y = Scalar::from_bytes(&bob.to_secret_bytes()).unwrap();
        Self { tk0, y }
    }

    /// `stolen` is not A, does not verify as A, and opens no record outside the scope.
    fn opens_no_private_record(&self, world: &World, stolen: &G1) {
        let (a, d) = halves(&world.alice);
        assert!(*stolen != a && *stolen != d);
        let setting = Setting::new(world.params());
        let h1 = setting.h1(&id("alice").to_bytes());
        assert_ne!(pairing(stolen, &G2::generator()), pairing(&h1, &setting.ppub));
        for components in [&[][..], &["psy"]] {
            let address = World::address(components, b"record");
            let raw = RawHeader::parse(&world.seal(&address, b"x").0.to_bytes());
            let ctx = setting.record_ctx(&address);
            assert_eq!(setting.finish(&ctx, &raw, &pairing(stolen, &raw.c0)), None);
            assert!(setting.finish(&ctx, &raw, &pairing(&a, &raw.c0)).is_some(), "control");
        }
    }
}
