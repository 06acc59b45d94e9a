//! Sealing, header verification and the owner's opening.

use medcrypto_core::bls::{G1, G2, Scalar, SecretScalar, pairing, pairing_product_is_one};
use medcrypto_pre::{Error, Header, RecordAddress, RecordId, seal_to_vec};

use crate::{
    fixture::{Stuck, World, path, refused, rng, world},
    model::{self, RawHeader, Setting, halves, scalar},
};

#[test]
fn ciphertexts_are_what_the_equations_say() {
    let world = world();
    let setting = Setting::new(world.params());
    for components in [&[][..], &["lab"], &["lab", "2025Q3"], &["a", "b", "c", "d"]] {
        let address = World::address(components, b"record");
        let (header, payload) = world.seal(&address, b"plaintext");
        let bytes = header.to_bytes();
        let raw = RawHeader::parse(&bytes);
        let k = pairing(&halves(&world.alice).0, &raw.c0);
        let sigma = setting.finish(&setting.record_ctx(&address), &raw, &k).unwrap();
        let key = model::kem_key(&bytes, &sigma, 1);
        assert_eq!(model::open(&key, &payload).unwrap(), b"plaintext");
        // The model encapsulates the same σ to the same bytes.
        assert_eq!(setting.encapsulate(&address, sigma, None).0.to_bytes(), bytes);
        assert_eq!(model::payload(&key, b"plaintext"), payload);
        assert!(header.verify(world.params(), &address).is_ok());
    }
}

#[test]
fn t04_identity_points_are_refused_in_a_header() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let mut bytes = header.to_bytes();
    for (at, len) in [(4, 96), (100, 48), (180, 48)] {
        bytes[at..at + len].fill(0);
        bytes[at] = 0xc0;
        assert!(Header::from_bytes(&bytes).is_err());
    }
}

/// With a proxy that does not check headers, five times the header is a decryption oracle.
#[test]
fn t07_scalar_mauling_of_a_header() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"secret");
    let raw = RawHeader::parse(&header.to_bytes());
    let mauled = raw.scaled(5);

    // The attack, on a proxy without the check: T' unmasks to K⁵.
    let clear = world.alice.delegate_unsealed(&World::grant(&["lab"]), &mut rng(5)).unwrap();
    let (tk0, tk) = model::parts(&clear.to_secret_bytes(), 1);
    let bob = world.bob.accept(clear.statement().clone(), &World::alice_id()).unwrap();
    let y = SecretScalar::from_bytes(&bob.to_secret_bytes()).unwrap();
    let t = model::unchecked_re_encrypt(&tk0, &tk, &mauled);
    let k5 = t * pairing(&-G1::generator().mul(&y), &mauled.c0);
    let k = k5.pow_vartime(&Scalar::from_u64(5).invert().unwrap());
    let sigma = setting.finish(&setting.record_ctx(&address), &raw, &k).unwrap();
    let key = model::kem_key(&raw.to_bytes(), &sigma, 1);
    assert_eq!(model::open(&key, &payload).unwrap(), b"secret");

    // The real proxy never sees a verified header of it.
    let mauled = Header::from_bytes(&mauled.to_bytes()).unwrap();
    assert_eq!(refused(mauled.verify(world.params(), &address)), Error::Verification);
}

/// Every single change of a header is noticed by the public check, the mask of σ included.
#[test]
fn t07_every_field_of_a_header_is_covered_by_the_public_check() {
    let world = world();
    let address = World::address(&["lab", "2025Q3"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let raw = RawHeader::parse(&header.to_bytes());
    let two = Scalar::from_u64(2);
    let mut changed = vec![raw.clone(); 6];
    changed[0].c0 = raw.c0.mul_vartime(&two);
    changed[1].c[0] = raw.c[0].mul_vartime(&two);
    changed[2].c[1] = raw.c[1].mul_vartime(&two);
    changed[3].masked[0] ^= 1;
    changed[4].v = raw.v.mul_vartime(&two);
    changed[5].c.swap(0, 1);
    for raw in changed {
        let header = Header::from_bytes(&raw.to_bytes()).unwrap();
        assert_eq!(refused(header.verify(world.params(), &address)), Error::Verification);
    }
}

/// An error in V and the opposite one in C1 cancel in an unweighted check.
#[test]
fn t12_unweighted_verification_is_forgeable() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    let (mut raw, s) = setting.encapsulate(&address, [8; 32], None);
    let d = G1::generator();
    raw.c[0] = raw.c[0] + d;
    let ctx = setting.record_ctx(&address);
    let tag = setting.h3(&ctx, &raw.hdr0());
    raw.v = tag.mul_vartime(&scalar(&s)) - d;

    let left = raw.v + raw.c[0];
    let right = tag + setting.scope_points(&address)[0];
    assert!(pairing_product_is_one(&[(left, G2::generator()), (-right, raw.c0)]));
    let forged = Header::from_bytes(&raw.to_bytes()).unwrap();
    assert_eq!(refused(forged.verify(world.params(), &address)), Error::Verification);
}

#[test]
fn t13_t14_a_header_belongs_to_one_address() {
    let world = world();
    let address = World::address(&["ab", "c"], b"record");
    let (header, payload) = world.seal(&address, b"x");
    let bob = medcrypto_pre::Delegator(crate::fixture::id("bob"));
    let record = || RecordId::new(b"record").unwrap();
    let others = [
        World::address(&["a", "bc"], b"record"),
        World::address(&["ab"], b"record"),
        World::address(&["ab", "c", "d"], b"record"),
        World::address(&["ab", "c"], b"recore"),
        World::address(&[], b"record"),
        RecordAddress::in_scope(bob, path(&["ab", "c"]), record()),
    ];
    for other in &others {
        let check = header.clone().verify(world.params(), other);
        assert_eq!(refused(check), Error::Verification);
        assert!(world.alice.open_to_vec(other, &header, &payload).is_err());
    }
    let opened = world.alice.open_to_vec(&address, &header, &payload).unwrap();
    assert_eq!(opened.as_slice(), b"x");
    // Somebody else's key is refused by name, and does not work under its own name either.
    let wrong = world.bob.open_to_vec(&address, &header, &payload);
    assert_eq!(wrong.unwrap_err(), Error::Identity);
    let wrong = world.bob.open_to_vec(&others[5], &header, &payload);
    assert_eq!(wrong.unwrap_err(), Error::Decryption);
}

/// A header whose C1 is wrong opens for the owner and for no delegatee; the store refuses it.
#[test]
fn t31_griefing_header_is_refused_at_deposit() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    // The mask covers C1, so the griefer recomputes it over the wrong C1.
    let (raw, s) = setting.encapsulate(&address, [8; 32], None);
    let mut grief = raw.clone();
    grief.c[0] = grief.c[0] + G1::generator();
    let ctx = setting.record_ctx(&address);
    let k = pairing(&halves(&world.alice).0, &grief.c0);
    grief.masked = model::xor(&[8; 32], &setting.mask(&k, &ctx, &grief.c0, &grief.c));
    grief.v = setting.h3(&ctx, &grief.hdr0()).mul(&s);
    let payload = model::payload(&model::kem_key(&grief.to_bytes(), &[8; 32], 1), b"x");
    let header = Header::from_bytes(&grief.to_bytes()).unwrap();
    assert!(world.alice.open_to_vec(&address, &header, &payload).is_ok());
    assert_eq!(refused(header.verify(world.params(), &address)), Error::Verification);
}

#[test]
fn t06_t39_every_byte_of_header_and_payload_matters_to_the_owner() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"plaintext");
    let bytes = header.to_bytes();
    for i in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut bad = bytes.clone();
            bad[i] ^= bit;
            let Ok(bad) = Header::from_bytes(&bad) else { continue };
            let opened = world.alice.open_to_vec(&address, &bad, &payload);
            assert_eq!(opened.unwrap_err(), Error::Decryption, "header byte {i}");
        }
    }
    for i in 0..payload.len() {
        let mut bad = payload.clone();
        bad[i] ^= 1;
        let opened = world.alice.open_to_vec(&address, &header, &bad);
        assert_eq!(opened.unwrap_err(), Error::Decryption, "payload byte {i}");
    }
}

/// Two headers that differ in V alone hold the same σ; the keys derived from them differ.
#[test]
fn t06_the_key_depends_on_the_whole_header() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    let (raw, _) = setting.encapsulate(&address, [3; 32], None);
    let mut other = raw.clone();
    other.v = G1::generator();
    let ctx = setting.record_ctx(&address);
    let k = pairing(&halves(&world.alice).0, &raw.c0);
    assert_eq!(setting.finish(&ctx, &raw, &k), setting.finish(&ctx, &other, &k));
    let payload = model::payload(&model::kem_key(&raw.to_bytes(), &[3; 32], 1), b"x");
    let open = |raw: &RawHeader| {
        let header = Header::from_bytes(&raw.to_bytes()).unwrap();
        world.alice.open_to_vec(&address, &header, &payload)
    };
    assert_eq!(open(&raw).unwrap().as_slice(), b"x");
    assert_eq!(open(&other).unwrap_err(), Error::Decryption);
}

#[test]
fn t22_one_payload_opens_under_one_header_only() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    // Two headers with their payloads, crossed: the commitment refuses before any chunk.
    let (one, _) = setting.encapsulate(&address, [1; 32], None);
    let (two, _) = setting.encapsulate(&address, [2; 32], None);
    let payload = |raw: &RawHeader, sigma| {
        model::payload(&model::kem_key(&raw.to_bytes(), &[sigma; 32], 1), b"x")
    };
    let header = Header::from_bytes(&one.to_bytes()).unwrap();
    assert!(world.alice.open_to_vec(&address, &header, &payload(&one, 1)).is_ok());
    let crossed = world.alice.open_to_vec(&address, &header, &payload(&two, 2));
    assert_eq!(crossed.unwrap_err(), Error::Decryption);
    // A chunk under the right key with a foreign commitment is refused too.
    let mixed = [&payload(&two, 2)[..32], &payload(&one, 1)[32..]].concat();
    let mixed = world.alice.open_to_vec(&address, &header, &mixed);
    assert_eq!(mixed.unwrap_err(), Error::Decryption);
    // A crafted σ: one that does not give C0 is refused whatever K is.
    let mut crafted = one.clone();
    crafted.masked[0] ^= 1;
    let k = pairing(&halves(&world.alice).0, &one.c0);
    assert_eq!(setting.finish(&setting.record_ctx(&address), &crafted, &k), None);
}

/// An encryptor that takes another exponent than σ gives: everything opens but the check of σ.
#[test]
fn t22_the_exponent_is_the_one_that_sigma_gives() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    let seal = |s: &SecretScalar| {
        let raw = setting.encapsulate_with(&address, [4; 32], s, 1, None);
        let payload = model::payload(&model::kem_key(&raw.to_bytes(), &[4; 32], 1), b"x");
        let header = Header::from_bytes(&raw.to_bytes()).unwrap();
        // The public check sees nothing wrong in either case.
        assert!(header.clone().verify(world.params(), &address).is_ok());
        world.alice.open_to_vec(&address, &header, &payload).map(|_| ())
    };
    assert_eq!(seal(&setting.hs(&[4; 32], &setting.record_ctx(&address))), Ok(()));
    assert_eq!(seal(&SecretScalar::generate(&mut rng(5))), Err(Error::Decryption));
}

/// A header that announces no payload is no record, however well it is made.
#[test]
fn t15_a_header_without_payload_is_no_record() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    let s = setting.hs(&[4; 32], &setting.record_ctx(&address));
    let try_with = |cipher| {
        let raw = setting.encapsulate_with(&address, [4; 32], &s, cipher, None);
        let payload = model::payload(&model::kem_key(&raw.to_bytes(), &[4; 32], 1), b"x");
        let header = Header::from_bytes(&raw.to_bytes()).unwrap();
        let opened = world.alice.open_to_vec(&address, &header, &payload).map(|_| ());
        (header.verify(world.params(), &address).map(|_| ()), opened)
    };
    assert_eq!(try_with(1), (Ok(()), Ok(())));
    assert_eq!(try_with(0), (Err(Error::Verification), Err(Error::Decryption)));
}

/// A stuck generator: another record, scope or owner is another σ, hence another key.
#[test]
fn t34_a_stuck_generator_repeats_no_key_across_records() {
    let world = world();
    let seal = |address: &RecordAddress, text: &[u8]| {
        seal_to_vec(world.params(), address, text, &mut Stuck).unwrap()
    };
    let addresses = [
        World::address(&["lab"], b"record-1"),
        World::address(&["lab"], b"record-2"),
        World::address(&["lab", "x"], b"record-1"),
        World::address(&[], b"record-1"),
    ];
    let sealed: Vec<_> = addresses.iter().map(|address| seal(address, b"same")).collect();
    for i in 0..sealed.len() {
        for j in 0..i {
            let (one, two) = (&sealed[i], &sealed[j]);
            assert_ne!(one.0.to_bytes()[4..100], two.0.to_bytes()[4..100], "C0 {i} {j}");
            assert_ne!(one.1[..32], two.1[..32], "key {i} {j}");
        }
    }
    // The documented limit: the same record name twice repeats the key.
    assert_eq!(seal(&addresses[0], b"one").1[..32], seal(&addresses[0], b"two").1[..32]);
    assert!(RecordId::new(b"").is_err() && RecordId::new(&[0; 1025]).is_err());
}

/// A digest of the record can be searched for; the digest that the crate offers cannot.
#[test]
fn t25_dictionary_attack_on_a_plaintext_digest() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let record = |value: u32| format!("glucose {}.{} mmol/L", value / 10, value % 10).into_bytes();
    let search = |digest: &[u8; 32]| (0..400).find(|v| model::sha(&[&record(*v)]) == *digest);
    assert_eq!(search(&model::sha(&[&record(63)])), Some(63));

    let (header, payload) = world.seal(&address, &record(63));
    let published = medcrypto_pre::ciphertext_digest(&header, payload.as_slice()).unwrap();
    assert_eq!(search(&published), None);
    // Another sealing of the same record is another digest, and the digest covers every byte.
    let (header_2, payload_2) =
        seal_to_vec(world.params(), &address, &record(63), &mut rng(99)).unwrap();
    let digest = |h: &Header, p: &[u8]| medcrypto_pre::ciphertext_digest(h, p).unwrap();
    assert_ne!(published, digest(&header_2, &payload_2));
    assert_ne!(published, digest(&header_2, &payload));
    assert_ne!(published, digest(&header, &payload[1..]));
    let label = model::enc(medcrypto_core::dst::pre::CIPHERTEXT_DIGEST.as_bytes());
    let expected = model::sha(&[&label, &model::enc(&header.to_bytes()), &payload]);
    assert_eq!(published, expected);
}

/// C1: an oracle that decapsulates envelopes to σ gives away the scope key. Ours has no such oracle.
#[test]
fn c1_decapsulation_oracle_on_an_envelope() {
    let world = world();
    let setting = Setting::new(world.params());
    let grant = World::grant(&["lab"]);
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(5)).unwrap();
    let statement = clear.statement().to_bytes();
    let mut e = RawHeader::parse(model::envelope(&statement));
    let ctx =
        setting.ctx(2, &crate::fixture::id("bob").to_bytes(), &[0], &model::envelope_aad(&grant));

    // The attack, on a delegatee that decapsulates foreign headers to σ: change V, ask, and the σ
    // of the original envelope comes back; y and the scope key follow.
    let (original, v) = (e.to_bytes(), e.v);
    e.v = G1::generator();
    let oracle = |e: &RawHeader| setting.finish(&ctx, e, &pairing(&halves(&world.bob).0, &e.c0));
    let sigma = oracle(&e).unwrap();
    let y =
        setting.hy(&model::kem_key(&original, &sigma, 2), &model::envelope_aad(&grant), &original);
    let bob = world.bob.accept(clear.statement().clone(), &World::alice_id()).unwrap();
    assert_eq!(bob.to_secret_bytes(), y.to_secret_bytes());

    // Ours: the envelope, as it is or dressed up as a record of Bob, opens for nobody.
    e.v = v;
    let owner = medcrypto_pre::Delegator(crate::fixture::id("bob"));
    let record = RecordId::new(&model::envelope_aad(&grant)).unwrap();
    let address = RecordAddress::private(owner, record);
    let payload = model::payload(&model::kem_key(&original, &sigma, 2), b"x");
    for flags in [0, 0x10] {
        e.flags = flags;
        let header = Header::from_bytes(&e.to_bytes()).unwrap();
        let opened = world.bob.open_to_vec(&address, &header, &payload);
        assert_eq!(opened.unwrap_err(), Error::Decryption);
        assert!(header.verify(world.params(), &address).is_err());
    }
}

#[test]
fn t23_one_error_whatever_fails_inside() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"x");
    let raw = RawHeader::parse(&header.to_bytes());
    let mut fo = raw.clone();
    fo.masked[3] ^= 1;
    let fo = Header::from_bytes(&fo.to_bytes()).unwrap();
    let mut aead = payload.clone();
    *aead.last_mut().unwrap() ^= 1;
    let mut commitment = payload.clone();
    commitment[0] ^= 1;
    let failures = [
        world.alice.open_to_vec(&address, &fo, &payload),
        world.alice.open_to_vec(&address, &header, &aead),
        world.alice.open_to_vec(&address, &header, &commitment),
        world.alice.open_to_vec(&address, &header, &payload[..20]),
        world.alice.open_to_vec(&World::address(&["lab"], b"other"), &header, &payload),
        world.alice.open_to_vec(&World::address(&["lab", "x"], b"record"), &header, &payload),
    ];
    // The delegatee: a wrong T, a wrong mask, a wrong tag of the cipher, a wrong commitment.
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let verified = header.clone().verify(world.params(), &address).unwrap();
    let none = medcrypto_pre::RevocationList::new();
    let re = rekey.re_encrypt(&verified, crate::fixture::NOW, &none).unwrap();
    let mut wrong_mask = re.to_bytes();
    wrong_mask[150] ^= 1;
    let wrong_t = raw.re_encrypted(&medcrypto_core::bls::Gt::generator(), &rekey.id().0);
    let decode = |bytes: &[u8]| medcrypto_pre::ReEncryptedHeader::from_bytes(bytes).unwrap();
    let open = |re, payload: &[u8]| bob.open_to_vec(&address, re, payload, crate::fixture::NOW);
    let delegated = [
        open(&decode(&wrong_t), &payload),
        open(&decode(&wrong_mask), &payload),
        open(&re, &aead),
        open(&re, &commitment),
        open(&re, &payload[..20]),
    ];
    for failure in failures.into_iter().chain(delegated) {
        assert_eq!(failure.unwrap_err(), Error::Decryption);
    }
}
