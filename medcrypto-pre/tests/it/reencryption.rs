//! Re-encrypted headers: what the delegatee accepts, and when.

use medcrypto_core::bls::{G1, Gt, SecretScalar, pairing};
use medcrypto_pre::{
    Authority, Delegatee, Delegator, Error, Grant, Header, OpeningEvidence, ReEncryptedHeader,
    RecordAddress, RecordId, RevocationList, Terms, UnixTime, seal_to_vec,
};

use crate::{
    fixture::{NOW, World, id, path, refused, rng, terms, world},
    model::{self, RawHeader, Setting, halves},
};

fn none() -> RevocationList {
    RevocationList::new()
}

#[test]
fn t24_t_of_another_record_key_or_length_is_refused() {
    let world = world();
    let (one, bob_one) = world.delegate(&World::grant(&["lab"]));
    let again = Grant { terms: terms().serial(1), ..World::grant(&["lab"]) };
    let (two, bob_two) = world.delegate(&again);
    let (address, other) = (World::address(&["lab"], b"a"), World::address(&["lab"], b"b"));
    let (header, payload) = world.seal(&address, b"x");
    let (other_header, _) = world.seal(&other, b"x");
    let verify = |header: Header, address| header.verify(world.params(), address).unwrap();
    let (verified, other_verified) =
        (verify(header.clone(), &address), verify(other_header, &other));
    let bytes = |rekey: &medcrypto_pre::VerifiedReKey, header| {
        rekey.re_encrypt(header, NOW, &none()).unwrap().to_bytes()
    };
    let good = bytes(&one, &verified);
    let splice = |t: &[u8], rekey: &[u8]| {
        let t = &t[t.len() - 320..t.len() - 32];
        [&good[..good.len() - 320], t, &rekey[rekey.len() - 32..]].concat()
    };
    let open = |bob: &medcrypto_pre::DelegateeKey, bytes: &[u8]| {
        let header = ReEncryptedHeader::from_bytes(bytes)?;
        bob.open_to_vec(&address, &header, &payload, NOW)
    };
    assert!(open(&bob_one, &good).is_ok());
    // T of another record; T of another key, under either name; the other key's delegatee.
    let of_two = bytes(&two, &verified);
    let crossed = [
        splice(&bytes(&one, &other_verified), &good),
        splice(&of_two, &good),
        splice(&good, &of_two),
        splice(&of_two, &of_two),
    ];
    for bytes in &crossed {
        assert_eq!(open(&bob_one, bytes).unwrap_err(), Error::Decryption);
    }
    assert_eq!(open(&bob_two, &good).unwrap_err(), Error::Decryption);
    assert!(open(&bob_two, &crossed[3]).is_ok());
    for cut in [1, 32, 33, 320] {
        assert!(ReEncryptedHeader::from_bytes(&good[..good.len() - cut]).is_err());
    }
    // The trivial T.
    let trivial = RawHeader::parse(&header.to_bytes()).re_encrypted(&Gt::identity(), &one.id().0);
    assert_eq!(open(&bob_one, &trivial).unwrap_err(), Error::Decryption);
}

#[test]
fn t39_every_byte_matters_to_the_delegatee() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"x");
    let verified = header.verify(world.params(), &address).unwrap();
    let bytes = rekey.re_encrypt(&verified, NOW, &none()).unwrap().to_bytes();
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1;
        let Ok(bad) = ReEncryptedHeader::from_bytes(&bad) else { continue };
        let opened = bob.open_to_vec(&address, &bad, &payload, NOW);
        assert_eq!(opened.unwrap_err(), Error::Decryption, "byte {i}");
    }
    let re = ReEncryptedHeader::from_bytes(&bytes).unwrap();
    for i in 0..payload.len() {
        let mut bad = payload.clone();
        bad[i] ^= 1;
        let opened = bob.open_to_vec(&address, &re, &bad, NOW);
        assert_eq!(opened.unwrap_err(), Error::Decryption, "byte {i}");
    }
}

/// C3: a proxy that is also the encryptor tries to make Bob accept what Alice rejects.
#[test]
fn c3_delegatee_accepts_only_what_the_owner_accepts() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    // The encryptor masks σ with an arbitrary K' instead of K, otherwise honestly.
    let forced = Gt::generator();
    let (raw, s) = setting.encapsulate(&address, [6; 32], Some(forced));
    let payload = model::payload(&model::kem_key(&raw.to_bytes(), &[6; 32], 1), b"forged");
    let header = Header::from_bytes(&raw.to_bytes()).unwrap();
    // The public check cannot see it, and the owner gets nothing.
    let verified = header.clone().verify(world.params(), &address).unwrap();
    let owner = world.alice.open_to_vec(&address, &header, &payload);
    assert_eq!(owner.unwrap_err(), Error::Decryption);
    // As proxy it returns T·K_A⁻¹·K', for which it needs no secret of Bob.
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let honest = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
    let t = honest.to_bytes();
    let t = Gt::from_bytes(t[t.len() - 320..t.len() - 32].try_into().unwrap()).unwrap();
    let k_alice = pairing(&setting.h1(&id("alice").to_bytes()).mul(&s), &setting.ppub);
    let malicious = t * k_alice.invert() * forced;
    // Without the check of C3, Bob accepts.
    let y = SecretScalar::from_bytes(&bob.to_secret_bytes()).unwrap();
    let unmasked = malicious * pairing(&-G1::generator().mul(&y), &raw.c0);
    let ctx = setting.record_ctx(&address);
    assert_eq!(setting.finish(&ctx, &raw, &unmasked), Some([6; 32]));
    assert_eq!(
        model::open(&model::kem_key(&raw.to_bytes(), &[6; 32], 1), &payload).unwrap(),
        b"forged"
    );
    // With it, he agrees with Alice: neither the honest nor the malicious T opens.
    for t in [t, malicious] {
        let re = raw.re_encrypted(&t, &rekey.id().0);
        let re = ReEncryptedHeader::from_bytes(&re).unwrap();
        let opened = bob.open_to_vec(&address, &re, &payload, NOW);
        assert_eq!(opened.unwrap_err(), Error::Decryption);
    }
}

/// C4: opening checks owner, path and time, whoever re-encrypted.
#[test]
fn c4_t26_validity_is_checked_at_the_time_of_use_by_both() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"x");
    let verified = header.verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
    for (time, valid) in [(0, false), (999, false), (1_000, true), (1_999, true), (2_000, false)] {
        let at_proxy = rekey.re_encrypt(&verified, UnixTime(time), &none()).map(|_| ());
        let at_bob = bob.open_to_vec(&address, &re, &payload, UnixTime(time)).map(|_| ());
        let expected = if valid { Ok(()) } else { Err(Error::Validity) };
        assert_eq!((at_proxy, at_bob), (expected, expected), "{time}");
    }
    let stranger = Delegator(id("carol"));
    let record = RecordId::new(b"record").unwrap();
    let foreign = RecordAddress::in_scope(stranger, path(&["lab"]), record);
    assert_eq!(bob.open_to_vec(&foreign, &re, &payload, NOW).unwrap_err(), Error::Identity);
    assert_eq!(Terms::new(UnixTime(5), UnixTime(5)), Err(Error::Terms));
}

/// T27: a key imported before its revocation is refused after it; the list is asked at each use.
#[test]
fn t27_revocation_reaches_keys_imported_before() {
    let world = world();
    let (rekey, _) = world.delegate(&World::grant(&["lab"]));
    let other = Grant { delegatee: Delegatee(id("carol")), ..World::grant(&["lab"]) };
    let other = world.alice.delegate(&other, &mut rng(4)).unwrap();
    let other = world.proxy.import(&other.sealed, &World::alice_id()).unwrap();
    let address = World::address(&["lab"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let verified = header.verify(world.params(), &address).unwrap();
    let mut list = RevocationList::new();
    assert!(rekey.re_encrypt(&verified, NOW, &list).is_ok());
    let revocation = world.alice.revoke(rekey.id(), NOW, &mut rng(5)).unwrap();
    list.revoke(&revocation.verify(world.params(), &World::alice_id()).unwrap());
    assert_eq!(rekey.re_encrypt(&verified, NOW, &list).unwrap_err(), Error::Revoked);
    assert!(other.re_encrypt(&verified, NOW, &list).is_ok());
}

#[test]
fn t40_an_old_key_is_refused_after_a_new_grant() {
    let world = world();
    let grant = |serial| Grant { terms: terms().serial(serial), ..World::grant(&["lab"]) };
    let (old, _) = world.delegate(&grant(1));
    let (new, _) = world.delegate(&grant(2));
    let (elsewhere, _) =
        world.delegate(&Grant { terms: terms().serial(0), ..World::grant(&["psy"]) });
    let mut list = RevocationList::new();
    assert_eq!(list.check(old.statement()), Ok(()));
    list.supersede(new.statement());
    assert_eq!(list.check(old.statement()), Err(Error::Revoked));
    assert_eq!(list.check(new.statement()), Ok(()));
    assert_eq!(list.check(elsewhere.statement()), Ok(()));
    // Order does not matter, and the floor never falls.
    list.supersede(old.statement());
    assert_eq!(list.check(old.statement()), Err(Error::Revoked));
}

#[test]
fn t08_t32_a_header_verified_under_other_parameters_is_refused() {
    let world = world();
    let other = Authority::setup(&mut rng(60));
    let address = World::address(&["lab"], b"record");
    let (foreign, _) = seal_to_vec(other.params(), &address, b"x", &mut rng(2)).unwrap();
    assert!(foreign.clone().verify(world.params(), &address).is_err());
    let verified = foreign.verify(other.params(), &address).unwrap();
    let (rekey, _) = world.delegate(&World::grant(&["lab"]));
    let refusal = rekey.re_encrypt(&verified, NOW, &none());
    assert_eq!(refusal.unwrap_err(), Error::Parameters);
}

/// The delegatee's side of the equation: T = K·e([y]P₁, C0), bit for bit.
#[test]
fn re_encryption_is_what_the_equation_says() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let address = World::address(&["lab", "q"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let raw = RawHeader::parse(&header.to_bytes());
    let y = SecretScalar::from_bytes(&bob.to_secret_bytes()).unwrap();
    let k = pairing(&halves(&world.alice).0, &raw.c0);
    let expected = k * pairing(&G1::generator().mul(&y), &raw.c0);
    let verified = header.verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
    assert_eq!(re.to_bytes(), raw.re_encrypted(&expected, &rekey.id().0));
}

/// C12 (a): arbiters open what the buyer opened, from the evidence alone.
#[test]
fn c12_evidence_shows_arbiters_what_owner_and_delegatee_open() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"not what was sold");
    let verified = header.clone().verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
    let evidence = bob.evidence(&address, &re, NOW).unwrap();
    let bytes = evidence.to_secret_bytes();
    assert_eq!(bytes, world.alice.evidence(&address, &header).unwrap().to_secret_bytes());
    let evidence = OpeningEvidence::from_bytes(bytes.as_slice()).unwrap();
    let open =
        |address, header, payload| evidence.open_to_vec(world.params(), address, header, payload);
    assert_eq!(open(&address, &header, &payload).unwrap().as_slice(), b"not what was sold");
    // A payload that does not open is told apart from evidence that is none.
    assert_eq!(open(&address, &header, &payload[1..]).unwrap_err(), Error::Decryption);
    let elsewhere = World::address(&["lab"], b"other");
    assert_eq!(open(&elsewhere, &header, &payload).unwrap_err(), Error::Verification);
    let (other, _) = world.seal(&elsewhere, b"x");
    assert_eq!(open(&address, &other, &payload).unwrap_err(), Error::Verification);
    let mut forged = bytes.clone();
    forged[3] ^= 1;
    let forged = OpeningEvidence::from_bytes(forged.as_slice()).unwrap();
    let verdict = forged.open_to_vec(world.params(), &address, &header, &payload);
    assert_eq!(verdict.unwrap_err(), Error::Verification);
    // Evidence is had only by whoever may open.
    assert_eq!(refused(world.bob.evidence(&address, &header)), Error::Identity);
    assert_eq!(refused(bob.evidence(&address, &re, UnixTime(9_999))), Error::Validity);
    // The time is that of opening: the last valid second, whenever the evidence is made.
    let last = bob.evidence(&address, &re, UnixTime(1_999)).unwrap();
    assert_eq!(last.to_secret_bytes(), bytes);
}

/// C1 for evidence: a copy of a header with another V holds the same σ; no evidence is made for it.
#[test]
fn c1_no_evidence_for_a_mauled_copy_of_a_header() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab"]));
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"secret");
    let verified = header.clone().verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap().to_bytes();
    let mut mauled = RawHeader::parse(&header.to_bytes());
    mauled.v = G1::generator();
    // The attack, on holders that give evidence for anything: σ of the copy opens the original.
    let k = pairing(&halves(&world.alice).0, &mauled.c0);
    let setting = Setting::new(world.params());
    let sigma = setting.finish(&setting.record_ctx(&address), &mauled, &k).unwrap();
    let key = model::kem_key(&header.to_bytes(), &sigma, 1);
    assert_eq!(model::open(&key, &payload).unwrap(), b"secret");
    // Ours.
    let copy = Header::from_bytes(&mauled.to_bytes()).unwrap();
    assert_eq!(refused(world.alice.evidence(&address, &copy)), Error::Verification);
    let at = re.len() - 320;
    let copy = [&[1, 1, 0x16][..], &mauled.to_bytes()[3..], &re[at..]].concat();
    let copy = ReEncryptedHeader::from_bytes(&copy).unwrap();
    assert_eq!(refused(bob.evidence(&address, &copy, NOW)), Error::Verification);
}

/// A cheating encryptor cannot make evidence for what the owner does not open.
#[test]
fn c12_evidence_needs_the_mask_to_be_right() {
    let world = world();
    let setting = Setting::new(world.params());
    let address = World::address(&["lab"], b"record");
    // σ masked with an arbitrary K, and σ masked with the K that another disclosed value leads to.
    let other = setting.k(&address, &setting.hs(&[7; 32], &setting.record_ctx(&address)));
    for (forced, disclosed) in [(Gt::generator(), 6), (other, 6), (other, 7)] {
        let (raw, _) = setting.encapsulate(&address, [6; 32], Some(forced));
        let payload = model::payload(&model::kem_key(&raw.to_bytes(), &[6; 32], 1), b"forged");
        let header = Header::from_bytes(&raw.to_bytes()).unwrap();
        let opened = world.alice.open_to_vec(&address, &header, &payload);
        assert_eq!(opened.unwrap_err(), Error::Decryption);
        let evidence = [&[1, 1, 0x1a][..], &[disclosed; 32]].concat();
        let evidence = OpeningEvidence::from_bytes(&evidence).unwrap();
        let verdict = evidence.open_to_vec(world.params(), &address, &header, &payload);
        assert_eq!(verdict.unwrap_err(), Error::Verification);
    }
}
