//! Scalars, points, the pairing, and hashing to them.

use medcrypto_core::bls::{
    G1, G2, Gt, NonIdentityG1, NonIdentityG2, PreparedG2, Scalar, SecretG1, SecretScalar,
    expand_message_xmd, hash_to_g1, hash_to_g2, hash_to_scalar, hash_to_secret_scalar,
    multi_pairing,
};
use serde_json::Value;

use crate::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};
use crate::{domain, vectors};

fn scalar(case: &Case, name: &str) -> Scalar {
    Scalar::from_bytes(&case.array(name)).unwrap()
}

fn one<const N: usize>(name: &'static str, bytes: [u8; N]) -> Outputs {
    Outputs::from([(name, bytes.to_vec())])
}

fn arithmetic(case: &Case) -> Verdict {
    let (a, b) = (scalar(case, "a"), scalar(case, "b"));
    let results = [
        ("sum", a + b),
        ("difference", a - b),
        ("product", a * b),
        ("negative", -a),
        ("inverse", a.invert().unwrap()),
    ];
    Ok(results.into_iter().map(|(name, value)| (name, value.to_bytes().to_vec())).collect())
}

fn secret_wide(case: &Case) -> Verdict {
    let secret = SecretScalar::from_wide(&case.array("bytes")).ok_or("None")?;
    Ok(one("scalar", *secret.to_secret_bytes()))
}

#[test]
fn kat_scalars() {
    let runners: [(&str, Runner); 6] = [
        ("decode", |case| {
            Scalar::from_bytes(&case.array("bytes"))
                .map(|s| one("bytes", s.to_bytes()))
                .map_err(named)
        }),
        ("secret-decode", |case| {
            let secret = SecretScalar::from_bytes(&case.array("bytes")).map_err(named)?;
            Ok(one("bytes", *secret.to_secret_bytes()))
        }),
        ("wide", |case| Ok(one("scalar", Scalar::from_wide(&case.array("bytes")).to_bytes()))),
        ("secret-wide", secret_wide),
        ("arithmetic", arithmetic),
        ("from-u128", |case| {
            let value = u128::from_be_bytes(case.array("value"));
            Ok(one("scalar", Scalar::from_u128(value).to_bytes()))
        }),
    ];
    run(vectors!("scalar"), "medcrypto-core/scalar", &runners);
}

/// The two groups have the same interface and no trait; this writes their runners once.
macro_rules! group_runners {
    ($module:ident, $point:ident, $nonidentity:ident) => {
        mod $module {
            use super::*;

            fn point(value: &Value) -> $point {
                $point::from_bytes(&unhex(value).try_into().unwrap()).unwrap()
            }

            pub fn decode(case: &Case) -> Verdict {
                let point = $point::from_bytes(&case.array("bytes")).map_err(named)?;
                Ok(one("bytes", point.to_bytes()))
            }

            pub fn nonidentity(case: &Case) -> Verdict {
                let point = $nonidentity::from_bytes(&case.array("bytes")).map_err(named)?;
                assert_eq!(point.point().to_bytes(), point.to_bytes());
                Ok(one("bytes", point.to_bytes()))
            }

            pub fn multiply(case: &Case) -> Verdict {
                let (base, k) = (point(case.input("point")), scalar(case, "scalar"));
                let secret = SecretScalar::from_bytes(&k.to_bytes()).unwrap();
                let multiple = base.mul_vartime(&k);
                assert_eq!(base.mul(&secret), multiple);
                let generated = $point::mul_generator(&secret);
                assert_eq!($point::generator().mul_vartime(&k), generated);
                let both = [("multiple", multiple), ("of_generator", generated)];
                Ok(both.into_iter().map(|(name, p)| (name, p.to_bytes().to_vec())).collect())
            }

            pub fn add(case: &Case) -> Verdict {
                let (a, b) = (point(case.input("a")), point(case.input("b")));
                let both = [("sum", a + b), ("difference", a - b)];
                Ok(both.into_iter().map(|(name, p)| (name, p.to_bytes().to_vec())).collect())
            }

            pub fn multi_exp(case: &Case) -> Verdict {
                let points: Vec<_> = case.list("points").iter().map(point).collect();
                let scalar = |value| Scalar::from_bytes(&unhex(value).try_into().unwrap()).unwrap();
                let scalars: Vec<_> = case.list("scalars").iter().map(scalar).collect();
                Ok(one("sum", $point::multi_exp_vartime(&points, &scalars).unwrap().to_bytes()))
            }
        }
    };
}
group_runners!(first, G1, NonIdentityG1);
group_runners!(second, G2, NonIdentityG2);

#[test]
fn kat_points() {
    let runners: [(&str, Runner); 11] = [
        ("g1-decode", first::decode),
        ("g1-nonidentity-decode", first::nonidentity),
        ("g1-multiply", first::multiply),
        ("g1-add", first::add),
        ("g1-multi-exp", first::multi_exp),
        ("g2-decode", second::decode),
        ("g2-nonidentity-decode", second::nonidentity),
        ("g2-multiply", second::multiply),
        ("g2-add", second::add),
        ("g2-multi-exp", second::multi_exp),
        ("secret-g1-decode", |case| {
            let point = SecretG1::from_bytes(&case.array("bytes")).map_err(named)?;
            Ok(one("bytes", *point.to_secret_bytes()))
        }),
    ];
    run(vectors!("points"), "medcrypto-core/points", &runners);
}

fn pairing(case: &Case) -> Verdict {
    let g1 = |value: &Value| G1::from_bytes(&unhex(value).try_into().unwrap()).unwrap();
    let g2 = |value: &Value| G2::from_bytes(&unhex(value).try_into().unwrap()).unwrap();
    let ps = case.list("g1").iter().map(g1);
    let pairs: Vec<_> = ps.zip(case.list("g2").iter().map(g2)).collect();
    let product = multi_pairing(&pairs);
    let prepared = pairs.iter().map(|(p, q)| PreparedG2::new(q).pairing(p));
    assert_eq!(prepared.fold(Gt::identity(), |product, factor| product * factor), product);
    Ok(one("element", product.to_bytes()))
}

#[test]
fn kat_gt_and_the_pairing() {
    let runners: [(&str, Runner); 3] = [
        ("pairing", pairing),
        ("power", |case| {
            Ok(one("element", Gt::generator().pow_vartime(&scalar(case, "scalar")).to_bytes()))
        }),
        ("decode", |case| {
            let bytes = case.array("bytes");
            let element = Gt::from_bytes(&bytes).map_err(named)?;
            assert_eq!(element.to_bytes(), bytes);
            Ok(one("inverse", element.invert().to_bytes()))
        }),
    ];
    run(vectors!("gt"), "medcrypto-core/gt", &runners);
}

#[test]
fn kat_hashing() {
    let runners: [(&str, Runner); 6] = [
        ("g1", |case| {
            let point = hash_to_g1(domain(case.text("domain")), &case.bytes("message"));
            Ok(one("point", point.to_bytes()))
        }),
        ("g2", |case| {
            let point = hash_to_g2(domain(case.text("domain")), &case.bytes("message"));
            Ok(one("point", point.to_bytes()))
        }),
        ("scalar", |case| {
            let scalar = hash_to_scalar(domain(case.text("domain")), &case.bytes("message"));
            Ok(one("scalar", scalar.to_bytes()))
        }),
        ("secret-scalar", |case| {
            let (domain, message) = (domain(case.text("domain")), case.bytes("message"));
            Ok(one("scalar", *hash_to_secret_scalar(domain, &message).to_secret_bytes()))
        }),
        ("expand-32", |case| {
            let (domain, message) = (domain(case.text("domain")), case.bytes("message"));
            Ok(one("bytes", expand_message_xmd::<32>(domain, &message)))
        }),
        ("expand-64", |case| {
            let (domain, message) = (domain(case.text("domain")), case.bytes("message"));
            Ok(one("bytes", expand_message_xmd::<64>(domain, &message)))
        }),
    ];
    run(vectors!("hash"), "medcrypto-core/hash", &runners);
}
