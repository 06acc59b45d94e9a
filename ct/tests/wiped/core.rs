//! `SecretBytes`, `SecretScalar`, `SecretG1`.

use medcrypto_core::{
    SecretBytes, Transcript,
    bls::{G1, G2, SecretG1, SecretScalar, hash_to_secret_scalar, multi_pairing, pairing},
    dst,
    rng::hedged,
};

use super::{clean, rng, spy::Search};

#[test]
fn t20_core_leaves_no_secret() {
    let scalar = SecretScalar::generate(&mut rng(1));
    let point = SecretG1::new(G1::mul_generator(&scalar)).unwrap();
    let bytes = SecretBytes::<32>::generate(&mut rng(2));
    let hashed = hash_to_secret_scalar(dst::pre::FO_SCALAR, bytes.to_secret_bytes().as_slice());
    let mut search = Search::new();
    search.add_scalar("the scalar", scalar.to_secret_bytes().as_slice());
    search.add_scalar("the hash", hashed.to_secret_bytes().as_slice());
    search.add_point("the point", point.to_secret_bytes().as_slice());
    search.add("the bytes", bytes.to_secret_bytes().as_slice());
    search.check_controls();
    let (encoded, wire) = (scalar.to_secret_bytes(), point.to_secret_bytes());
    let witness = bytes.to_secret_bytes();
    let pairs = |point: &G1| [(*point, G2::generator()), (G1::generator(), G2::generator())];
    clean! { search,
        "generate": SecretScalar::generate(&mut rng(1));
        "decode": SecretScalar::from_bytes(&encoded).unwrap();
        "encode": scalar.to_secret_bytes();
        "hash": hash_to_secret_scalar(dst::pre::FO_SCALAR, witness.as_slice());
        "multiply": G1::generator().mul(&scalar);
        "comb in G1": G1::mul_generator(&scalar);
        "comb in G2": G2::mul_generator(&scalar);
        "point": SecretG1::from_bytes(&wire).unwrap();
        "point out": point.to_secret_bytes();
        "pairing": point.expose(|point| pairing(point, &G2::generator()));
        "product": point.expose(|point| multi_pairing(&pairs(point)));
        "bytes": SecretBytes::<32>::generate(&mut rng(2));
        "bytes out": bytes.to_secret_bytes();
        "hedged": hedged::<32, _>(dst::pre::HEDGED_SEED, witness.as_slice(), b"", &mut rng(3));
        "nonce": Transcript::new(dst::zk::CONTEXT).nonce(witness.as_slice(), &mut rng(3));
    }
    // The control that this test was written for: the points of a product of pairings.
    let copied = || point.expose(|point| pairs(point).into_iter().collect::<Vec<_>>());
    assert_eq!(search.found(copied), ["the point as limbs"]);
}
