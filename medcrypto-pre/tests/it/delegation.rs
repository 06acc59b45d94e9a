//! Re-encryption keys, re-encryption, and the delegatee's opening.

use medcrypto_core::{
    bls::{G2, Gt, SecretScalar, pairing},
    dst,
    rng::hedged,
};
use medcrypto_pre::{
    Authority, Delegatee, Delegator, Error, Grant, Header, Proxy, ReEncryptedHeader, ReKey,
    ReKeyStatement, RecordAddress, RecordId, RevocationList, SealedReKey, seal_to_vec,
};

use crate::{
    fixture::{NOW, Stuck, World, id, path, refused, rng, terms, world},
    model::{self, RawHeader, Setting, halves},
};

fn none() -> RevocationList {
    RevocationList::new()
}

/// The row H3: one hundred sharings, and what must not work each time.
#[test]
fn h3_hundred_round_trips_with_wrong_recipient_wrong_proxy_and_double_hop() {
    let world = world();
    let mut rng = rng(42);
    for round in 0..100_u32 {
        let (category, text) = (format!("c{}", round % 7), format!("record {round}"));
        let address = World::address(&[&category, "q"], text.as_bytes());
        let (header, payload) =
            seal_to_vec(world.params(), &address, text.as_bytes(), &mut rng).unwrap();
        let grant = World::grant(&[&category]);
        let delegation = world.alice.delegate(&grant, &mut rng).unwrap();
        let rekey = world.proxy.import(&delegation.sealed, &World::alice_id()).unwrap();
        let verified = header.clone().verify(world.params(), &address).unwrap();
        let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
        let bob = world.bob.accept(delegation.statement.clone(), &World::alice_id()).unwrap();
        let opened = bob.open_to_vec(&address, &re, &payload, NOW).unwrap();
        assert_eq!(opened.as_slice(), text.as_bytes());
        assert_eq!(world.alice.open_to_vec(&address, &header, &payload).unwrap(), opened);
        // Wrong recipient: accepting, and opening with another delegation's key.
        let carol = world.carol.accept(delegation.statement.clone(), &World::alice_id());
        assert_eq!(refused(carol), Error::Identity);
        let to_carol = Grant { delegatee: Delegatee(id("carol")), ..grant };
        let to_carol = world.alice.delegate(&to_carol, &mut rng).unwrap();
        let carol = world.carol.accept(to_carol.statement, &World::alice_id()).unwrap();
        let opened = carol.open_to_vec(&address, &re, &payload, NOW);
        assert_eq!(opened.unwrap_err(), Error::Decryption);
        // Wrong proxy key.
        let wrong = world.carol.import(&delegation.sealed, &World::alice_id());
        assert_eq!(refused(wrong), Error::Decryption);
    }
}

/// Bob delegates his own records to Carol; Alice's records do not come along.
#[test]
fn h3_t15_there_is_no_second_hop() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"x");
    let (rekey, _) = world.delegate(&World::grant(&["lab"]));
    let verified = header.verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();

    let onward = Grant { delegatee: Delegatee(id("carol")), ..World::grant(&["lab"]) };
    let onward = world.bob.delegate(&onward, &mut rng(8)).unwrap();
    let bob = Delegator(id("bob"));
    let second = world.proxy.import(&onward.sealed, &bob).unwrap();
    // By the interface: the header belongs to Alice's address.
    assert_eq!(second.re_encrypt(&verified, NOW, &none()).unwrap_err(), Error::Identity);
    // By the bytes: a re-encrypted header is no header.
    assert!(Header::from_bytes(&re.to_bytes()).is_err());
    // Even if the inner header is claimed for Bob, it does not verify.
    let record = || RecordId::new(b"record").unwrap();
    let claimed = RecordAddress::in_scope(bob.clone(), path(&["lab"]), record());
    let check = re.header().clone().verify(world.params(), &claimed);
    assert_eq!(refused(check), Error::Verification);
    // Carol, with the onward delegation, opens nothing of Alice's.
    let carol = world.carol.accept(onward.statement, &bob).unwrap();
    assert_eq!(carol.open_to_vec(&address, &re, &payload, NOW).unwrap_err(), Error::Identity);
    assert_eq!(carol.open_to_vec(&claimed, &re, &payload, NOW).unwrap_err(), Error::Decryption);
    // The envelope, which would carry a second hop, has no scope and no header shape of a record.
    let envelope = Header::from_bytes(model::envelope(&rekey_statement(&rekey))).unwrap();
    assert_eq!(envelope.depth(), 0);
    assert!(envelope.verify(world.params(), &address).is_err());
}

fn rekey_statement(rekey: &medcrypto_pre::VerifiedReKey) -> Vec<u8> {
    rekey.statement().statement().to_bytes()
}

/// A sealed key is no record of the proxy, and a record of the proxy is no sealed key.
#[test]
fn t15_records_and_sealed_keys_are_kept_apart() {
    let world = world();
    let grant = World::grant(&["lab"]);
    let sealed = world.alice.delegate(&grant, &mut rng(3)).unwrap().sealed.to_bytes();
    let alice = World::alice_id().0.to_bytes();
    let label = model::enc(dst::pre::SEALED_REKEY.as_bytes());
    let aad = RecordId::new(&[label, model::enc(&alice)].concat()).unwrap();
    let address = RecordAddress::private(Delegator(id("proxy")), aad);
    // Same identity, same scope, same associated data; only the purpose differs.
    let header = [&[1, 1, 0x12][..], &sealed[3..180]].concat();
    let header = Header::from_bytes(&header).unwrap();
    let opened = world.proxy.open_to_vec(&address, &header, &sealed[184..]);
    assert_eq!(opened.unwrap_err(), Error::Decryption);
    assert!(header.verify(world.params(), &address).is_err());
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(3)).unwrap().to_secret_bytes();
    let (header, payload) = world.seal(&address, &clear);
    let length = (payload.len() as u32).to_be_bytes();
    let forged = [&[1, 1, 0x15][..], &header.to_bytes()[3..], &length, &payload].concat();
    let forged = SealedReKey::from_bytes(&forged).unwrap();
    let imported = world.proxy.import(&forged, &World::alice_id());
    assert_eq!(refused(imported), Error::Decryption);
    assert!(world.proxy.open_to_vec(&address, &header, &payload).is_ok());
}

/// A stuck generator repeats neither the envelope nor the mask nor the blinding across grants.
#[test]
fn t10_a_stuck_generator_repeats_no_mask_across_grants() {
    let world = world();
    let base = World::grant(&["lab"]);
    let grants = [
        base.clone(),
        Grant { delegatee: Delegatee(id("carol")), ..base.clone() },
        Grant { proxy: Proxy(id("proxy-2")), ..base.clone() },
        Grant { scope: path(&["psy"]), ..base.clone() },
        Grant { terms: terms().serial(1), ..base.clone() },
        Grant { terms: terms().exclusive(true), ..base.clone() },
    ];
    let keys: Vec<_> = grants
        .iter()
        .map(|grant| world.alice.delegate_unsealed(grant, &mut Stuck).unwrap().to_secret_bytes())
        .collect();
    for i in 0..keys.len() {
        for j in 0..i {
            let ((a0, a), (b0, b)) = (model::parts(&keys[i], 1), model::parts(&keys[j], 1));
            assert!(a0 != b0 && a != b, "{i} {j}");
            assert_ne!(model::envelope(&keys[i])[4..100], model::envelope(&keys[j])[4..100]);
        }
    }
    // Two levels of one grant differ as well.
    let deep = Grant { scope: path(&["lab", "x"]), ..base.clone() };
    let deep = world.alice.delegate_unsealed(&deep, &mut Stuck).unwrap().to_secret_bytes();
    let (_, tk) = model::parts(&deep, 2);
    assert_ne!(tk[0], tk[1]);
    // y itself, as two delegatees of the same scope recover it.
    let y = |grant: &Grant, key: &medcrypto_pre::VerifiedIdentityKey| {
        let delegation = world.alice.delegate(grant, &mut Stuck).unwrap();
        key.accept(delegation.statement, &World::alice_id()).unwrap().to_secret_bytes()
    };
    assert_ne!(y(&grants[0], &world.bob), y(&grants[1], &world.carol));
    assert_ne!(y(&grants[0], &world.bob), y(&grants[4], &world.bob));
    // The attack: Bob takes σE of his own envelope for σE of Carol's, whose envelope is public.
    let setting = Setting::new(world.params());
    let envelope = |i: usize| RawHeader::parse(model::envelope(&keys[i]));
    let ctx = setting.ctx(2, &id("bob").to_bytes(), &[0], &model::envelope_aad(&grants[0]));
    let k = pairing(&halves(&world.bob).0, &envelope(0).c0);
    let sigma = setting.finish(&ctx, &envelope(0), &k).unwrap();
    let guess = |i: usize| {
        let (aad, e) = (model::envelope_aad(&grants[i]), envelope(i).to_bytes());
        setting.hy(&model::kem_key(&e, &sigma, 2), &aad, &e).to_secret_bytes()
    };
    assert_eq!(guess(0), y(&grants[0], &world.bob));
    assert_ne!(guess(1), y(&grants[1], &world.carol));
    assert_ne!(guess(4), y(&grants[4], &world.bob));
    // Nor does whoever knows the generator's output know σE or the blinding.
    assert_ne!(sigma, *hedged::<32, _>(dst::pre::HEDGED_SEED, &[], &ctx, &mut Stuck));
    let context = [b"r\x01", &model::sha(&[&model::envelope_aad(&grants[0])])[..]].concat();
    let blinding = |witness: &[u8]| {
        let wide = hedged::<64, _>(dst::pre::HEDGED_BLINDING, witness, &context, &mut Stuck);
        G2::generator().mul(&SecretScalar::from_wide(&wide).unwrap())
    };
    let tk1 = model::parts(&keys[0], 1).1[0];
    assert_ne!(blinding(&[]), tk1);
    assert_eq!(blinding(&halves(&world.alice).0.to_bytes()), tk1);
    // Sealing two different keys to one proxy does not repeat the seal's key either.
    let seal = |grant| world.alice.delegate(grant, &mut Stuck).unwrap().sealed.to_bytes();
    assert_ne!(seal(&grants[0])[4..100], seal(&grants[4])[4..100]);
}

#[test]
fn t13_parties_of_a_delegation_cannot_be_exchanged() {
    let world = world();
    let delegation = world.alice.delegate(&World::grant(&["lab"]), &mut rng(3)).unwrap();
    let bob = Delegator(id("bob"));
    // Whoever is expected, but did not delegate.
    let wrong = world.proxy.import(&delegation.sealed, &bob);
    assert_eq!(refused(wrong), Error::Decryption);
    let wrong = world.bob.accept(delegation.statement.clone(), &bob);
    assert_eq!(refused(wrong), Error::Verification);
    // The delegator accepting, the proxy accepting, the delegatee importing.
    for key in [&world.alice, &world.proxy] {
        let wrong = key.accept(delegation.statement.clone(), &World::alice_id());
        assert_eq!(refused(wrong), Error::Identity);
    }
    let wrong = world.bob.import(&delegation.sealed, &World::alice_id());
    assert_eq!(refused(wrong), Error::Decryption);
    // A key in clear names its proxy.
    let clear = world.alice.delegate_unsealed(&World::grant(&["lab"]), &mut rng(3)).unwrap();
    let clear = ReKey::from_bytes(&clear.to_secret_bytes()).unwrap();
    let wrong = clear.verify(world.params(), &Proxy(id("bob")), &World::alice_id());
    assert_eq!(refused(wrong), Error::Verification);
}

#[test]
fn t15_private_records_and_other_scopes_are_not_re_encrypted() {
    let world = world();
    let (rekey, bob) = world.delegate(&World::grant(&["lab", "2025Q3"]));
    let cases: &[&[&str]] =
        &[&[], &["lab"], &["lab", "2025Q4"], &["lab2", "2025Q3"], &["2025Q3", "lab"]];
    for components in cases {
        let address = World::address(components, b"record");
        let (header, payload) = world.seal(&address, b"x");
        let bytes = header.to_bytes();
        let verified = header.verify(world.params(), &address).unwrap();
        assert_eq!(rekey.re_encrypt(&verified, NOW, &none()).unwrap_err(), Error::Scope);
        // Nor opened, had some proxy re-encrypted it nevertheless.
        let forced = RawHeader::parse(&bytes).re_encrypted(&Gt::generator(), &rekey.id().0);
        let forced = ReEncryptedHeader::from_bytes(&forced).unwrap();
        let opened = bob.open_to_vec(&address, &forced, &payload, NOW);
        assert_eq!(opened.unwrap_err(), Error::Scope);
    }
    for components in [&["lab", "2025Q3"][..], &["lab", "2025Q3", "a", "b"]] {
        let address = World::address(components, b"record");
        let (header, payload) = world.seal(&address, b"x");
        let verified = header.verify(world.params(), &address).unwrap();
        let re = rekey.re_encrypt(&verified, NOW, &none()).unwrap();
        assert_eq!(bob.open_to_vec(&address, &re, &payload, NOW).unwrap().as_slice(), b"x");
    }
}

#[test]
fn t16_every_byte_of_a_re_encryption_key_is_covered() {
    let world = world();
    let grant = Grant {
        terms: terms().licence("licence").unwrap().purpose("study").unwrap().serial(2),
        ..World::grant(&["lab", "q"])
    };
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(3)).unwrap();
    let (bytes, statement) = (clear.to_secret_bytes(), clear.statement().to_bytes());
    let proxy = Proxy(id("proxy"));
    for i in 0..bytes.len() {
        let mut bad = bytes.to_vec();
        bad[i] ^= 1;
        let Ok(bad) = ReKey::from_bytes(&bad) else { continue };
        let verdict = bad.verify(world.params(), &proxy, &World::alice_id());
        assert_eq!(refused(verdict), Error::Verification, "byte {i}");
    }
    for i in 0..statement.len() {
        let mut bad = statement.clone();
        bad[i] ^= 1;
        let Ok(bad) = ReKeyStatement::from_bytes(&bad) else { continue };
        let verdict = world.bob.accept(bad, &World::alice_id());
        assert_eq!(refused(verdict), Error::Verification, "byte {i}");
    }
    // Another genuine TK0 under the same statement: h0 refuses.
    let other = world.alice.delegate_unsealed(&grant, &mut rng(4)).unwrap().to_secret_bytes();
    let mixed = [&bytes[..3], &other[3..51], &bytes[51..]].concat();
    let mixed = ReKey::from_bytes(&mixed).unwrap();
    let verdict = mixed.verify(world.params(), &proxy, &World::alice_id());
    assert_eq!(refused(verdict), Error::Verification);
}

#[test]
fn t16_every_byte_of_a_sealed_key_is_covered() {
    let world = world();
    let sealed = world.alice.delegate(&World::grant(&["lab"]), &mut rng(3)).unwrap().sealed;
    let bytes = sealed.to_bytes();
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1;
        let Ok(bad) = SealedReKey::from_bytes(&bad) else { continue };
        let verdict = world.proxy.import(&bad, &World::alice_id());
        assert_eq!(refused(verdict), Error::Decryption, "byte {i}");
    }
}

/// Mallory signs a statement that names Alice: with her own key it verifies under nobody.
#[test]
fn t17_the_signer_is_whom_the_caller_expects() {
    let world = world();
    let by_carol = world.carol.delegate(&World::grant(&["lab"]), &mut rng(3)).unwrap();
    let carol = Delegator(id("carol"));
    let genuine = by_carol.statement.clone().verify(world.params(), &carol).unwrap();
    assert_eq!(genuine.statement().delegator(), &carol);
    let verdict = by_carol.statement.clone().verify(world.params(), &World::alice_id());
    assert_eq!(refused(verdict), Error::Verification);
    // Rewritten to name Alice (the names have equal length), signature kept.
    let bytes = by_carol.statement.to_bytes();
    let at = bytes.windows(5).position(|window| window == b"carol").unwrap();
    let renamed = [&bytes[..at], b"alice", &bytes[at + 5..]].concat();
    let renamed = ReKeyStatement::from_bytes(&renamed).unwrap();
    assert_eq!(renamed.delegator(), &World::alice_id());
    for expected in [World::alice_id(), carol] {
        let verdict = renamed.clone().verify(world.params(), &expected);
        assert_eq!(refused(verdict), Error::Verification);
    }
    // Signed anew by Carol, still naming Alice: neither is whom it names and who signed it.
    let setting = Setting::new(world.params());
    let resign = |bytes: &[u8]| {
        let body = &bytes[..bytes.len() - 96];
        let signature = model::sign(&setting, &world.carol, dst::pre::SIGN_REKEY, body);
        ReKeyStatement::from_bytes(&[body, &signature].concat()).unwrap()
    };
    assert!(resign(&bytes).verify(world.params(), &Delegator(id("carol"))).is_ok());
    for expected in [World::alice_id(), Delegator(id("carol"))] {
        let verdict = resign(&renamed.to_bytes()).verify(world.params(), &expected);
        assert_eq!(refused(verdict), Error::Verification);
    }
    // Nor does a statement count that names other parameters than it is verified under.
    let mut elsewhere = bytes.clone();
    elsewhere[3..35].fill(9);
    let verdict = resign(&elsewhere).verify(world.params(), &Delegator(id("carol")));
    assert_eq!(refused(verdict), Error::Verification);
    // Sealed by Carol, expected from Alice.
    let verdict = world.proxy.import(&by_carol.sealed, &World::alice_id());
    assert_eq!(refused(verdict), Error::Decryption);
    // Under another authority's parameters nothing verifies.
    let other = Authority::setup(&mut rng(70));
    let verdict = by_carol.statement.verify(other.params(), &Delegator(id("carol")));
    assert_eq!(refused(verdict), Error::Verification);
}

/// T35: what travels is sealed, and only the proxy's key gets TK0 out of it; the key in clear
/// carries its name.
#[test]
fn t35_only_the_proxy_gets_the_key_out_of_the_seal() {
    let world = world();
    let grant = World::grant(&["lab"]);
    let delegation = world.alice.delegate(&grant, &mut rng(3)).unwrap();
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(3)).unwrap();
    assert_eq!(clear.statement(), &delegation.statement);
    let (sealed, tk0) = (delegation.sealed.to_bytes(), clear.to_secret_bytes()[3..51].to_vec());
    assert!(!sealed.windows(16).any(|window| tk0.windows(16).any(|part| part == window)));
    assert!(!delegation.statement.to_bytes().windows(16).any(|w| tk0[..16] == *w));
    for other in [&world.alice, &world.bob, &world.carol] {
        let verdict = other.import(&delegation.sealed, &World::alice_id());
        assert_eq!(refused(verdict), Error::Decryption);
    }
    // What the proxy imported has this very TK0: both keys re-encrypt to the same T.
    let address = World::address(&["lab"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let header = header.verify(world.params(), &address).unwrap();
    let imported = world.proxy.import(&delegation.sealed, &World::alice_id()).unwrap();
    let clear = clear.verify(world.params(), &grant.proxy, &World::alice_id()).unwrap();
    let [sealed, clear] =
        [imported, clear].map(|key| key.re_encrypt(&header, NOW, &none()).unwrap());
    assert_eq!(sealed, clear);
}
