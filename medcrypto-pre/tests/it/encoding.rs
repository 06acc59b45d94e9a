//! The bytes: sizes, pins, and points that no field may hold.

use medcrypto_pre::{
    DecodeError, Delegatee, Error, Grant, Header, Identity, IdentityKey, IdentitySignature,
    OpeningEvidence, Proxy, PublicParams, ReEncryptedHeader, ReKey, ReKeyId, ReKeyStatement,
    Revocation, RevocationList, ScopePath, SealedReKey, Terms, UnixTime,
};

use crate::fixture::{NOW, World, id, rng, world};

/// One of everything, by name.
pub fn objects() -> Vec<(&'static str, Vec<u8>)> {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, _) = world.seal(&address, b"x");
    let grant = World::grant(&["lab"]);
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(3)).unwrap();
    let delegation = world.alice.delegate(&grant, &mut rng(3)).unwrap();
    let rekey = world.proxy.import(&delegation.sealed, &World::alice_id()).unwrap();
    let verified = header.clone().verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
    let revocation = world.alice.revoke(ReKeyId([9; 32]), UnixTime(5), &mut rng(4)).unwrap();
    vec![
        ("params", world.params().to_bytes().to_vec()),
        ("master key", world.authority.master_key().to_secret_bytes().to_vec()),
        ("identity key", world.alice.to_secret_bytes().to_vec()),
        ("header", header.to_bytes()),
        ("re-encrypted header", re.to_bytes()),
        ("re-encryption key", clear.to_secret_bytes().to_vec()),
        ("statement", delegation.statement.to_bytes()),
        ("sealed re-encryption key", delegation.sealed.to_bytes()),
        ("signature", world.alice.sign(b"message", &mut rng(4)).unwrap().to_bytes()),
        ("revocation", revocation.to_bytes()),
        ("evidence", world.alice.evidence(&address, &header).unwrap().to_secret_bytes().to_vec()),
    ]
}

const OBJECTS: &str = include_str!("../data/objects.hex");
/// What the delegatee and the proxy need to use the objects.
const KEYS: &str = include_str!("../data/keys.hex");

/// Made by this version, pinned: a change of any byte is a change of the format.
#[test]
fn bytes_are_pinned() {
    let world = world();
    let keys = [
        ("key of the delegatee", world.bob.to_secret_bytes().to_vec()),
        ("key of the proxy", world.proxy.to_secret_bytes().to_vec()),
    ];
    let lines = |objects: &[(&str, Vec<u8>)]| -> Vec<_> {
        objects.iter().map(|(n, bytes)| format!("{n}: {}", hex::encode(bytes))).collect()
    };
    assert_eq!(lines(&objects()), OBJECTS.lines().collect::<Vec<_>>());
    assert_eq!(lines(&keys), KEYS.lines().collect::<Vec<_>>());
}

/// Sealed, delegated and re-encrypted by this version, these bytes open for ever.
#[test]
fn pinned_objects_still_work() {
    let find = |name: &str| {
        let mut lines = OBJECTS.lines().chain(KEYS.lines());
        let line =
            lines.find_map(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")));
        hex::decode(line.unwrap()).unwrap()
    };
    let params = PublicParams::from_bytes(&find("params")).unwrap();
    let key = |name| IdentityKey::from_bytes(&find(name)).unwrap().verify(&params).unwrap();
    let (alice, bob, proxy) =
        (key("identity key"), key("key of the delegatee"), key("key of the proxy"));
    let header = Header::from_bytes(&find("header")).unwrap();
    let address = World::address(&["lab"], b"record");
    let verified = header.clone().verify(&params, &address).unwrap();
    let payload = hex::decode(include_str!("../data/payload.hex").trim()).unwrap();
    let opened = alice.open_to_vec(&address, &header, &payload).unwrap();
    assert_eq!(opened.as_slice(), b"x");
    let statement = ReKeyStatement::from_bytes(&find("statement")).unwrap();
    statement.clone().verify(&params, &World::alice_id()).unwrap();
    let sealed = SealedReKey::from_bytes(&find("sealed re-encryption key")).unwrap();
    let rekey = proxy.import(&sealed, &World::alice_id()).unwrap();
    let again = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
    let re = ReEncryptedHeader::from_bytes(&find("re-encrypted header")).unwrap();
    assert_eq!(again, re);
    let bob = bob.accept(statement, &World::alice_id()).unwrap();
    assert_eq!(bob.open_to_vec(&address, &re, &payload, NOW).unwrap(), opened);
    let evidence = OpeningEvidence::from_bytes(&find("evidence")).unwrap();
    assert_eq!(evidence.open_to_vec(&params, &address, &header, &payload).unwrap(), opened);
    let signature = IdentitySignature::from_bytes(&find("signature")).unwrap();
    signature.verify(&params, &id("alice"), b"message").unwrap();
    let revocation = Revocation::from_bytes(&find("revocation")).unwrap();
    revocation.verify(&params, &World::alice_id()).unwrap();
}

#[test]
fn sizes_are_as_documented() {
    let world = world();
    assert_eq!((PublicParams::LEN, world.params().to_bytes().len()), (99, 99));
    assert_eq!((Header::BASE_LEN, Header::MAX_LEN, ReEncryptedHeader::BASE_LEN), (180, 372, 500));
    assert_eq!(IdentitySignature::LEN, 99);
    assert_eq!((Identity::MAX_LEN, IdentityKey::BASE_LEN), (777, 131));
    let key = world.alice.to_secret_bytes();
    assert_eq!(key.len(), 131 + id("alice").to_bytes().len());
    assert_eq!((SealedReKey::BASE_LEN, Revocation::BASE_LEN), (184, 171));
    let revocation = world.alice.revoke(ReKeyId([9; 32]), UnixTime(5), &mut rng(4)).unwrap();
    assert_eq!(revocation.to_bytes().len(), 171 + id("alice").to_bytes().len());
    let names = |n: usize| &["a", "b", "c", "d"][..n];
    for depth in 1..=4 {
        let address = World::address(names(depth), b"record");
        let (header, payload) = world.seal(&address, b"0123456789");
        assert_eq!(header.to_bytes().len(), 180 + 48 * depth);
        assert_eq!(Header::from_bytes(&header.to_bytes()), Ok(header.clone()));
        assert_eq!(payload.len(), 32 + 10 + 16);
        let grant = World::grant(names(depth));
        let delegation = world.alice.delegate(&grant, &mut rng(3)).unwrap();
        let parties = [id("alice"), id("bob"), id("proxy")].map(|id| id.to_bytes().len());
        let variable = parties.iter().sum::<usize>() + grant.scope.to_bytes().len() + 33;
        let statement = delegation.statement.to_bytes().len();
        assert_eq!(statement, 347 + 96 * depth + variable);
        // Header, length, commitment, tag; inside, tag bytes and TK0.
        assert_eq!(delegation.sealed.to_bytes().len(), 184 + 48 + 3 + 48 + statement);
        let rekey = world.proxy.import(&delegation.sealed, &World::alice_id()).unwrap();
        let verified = header.verify(world.params(), &address).unwrap();
        let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
        assert_eq!(re.to_bytes().len(), [548, 596, 644, 692][depth - 1]);
    }
}

#[test]
fn the_longest_objects_are_as_long_as_documented() {
    let long = |len: usize| "x".repeat(len);
    let name = |subject: &str| Identity::new(&long(255), subject, &long(255)).unwrap();
    let (owner, bob, proxy) = (name(&long(255)), name(&"b".repeat(255)), name(&"p".repeat(255)));
    let authority = world().authority;
    let alice = authority.issue(&owner).unwrap().verify(authority.params()).unwrap();
    let component = long(ScopePath::MAX_COMPONENT);
    let terms = Terms::new(UnixTime(1), UnixTime(2)).unwrap();
    let terms = terms.licence(&long(Terms::MAX_LICENCE)).unwrap();
    let terms = terms.purpose(&long(Terms::MAX_PURPOSE)).unwrap();
    let scope = ScopePath::new(&[&component[..]; ScopePath::MAX_DEPTH]).unwrap();
    let grant = Grant { delegatee: Delegatee(bob), proxy: Proxy(proxy), scope, terms };
    let rekey = alice.delegate_unsealed(&grant, &mut rng(3)).unwrap();
    assert_eq!(owner.to_bytes().len(), Identity::MAX_LEN);
    assert_eq!(grant.scope.to_bytes().len(), ScopePath::MAX_LEN);
    let statement = rekey.statement().to_bytes();
    assert_eq!(statement.len(), ReKeyStatement::MAX_LEN);
    assert_eq!(rekey.to_secret_bytes().len(), ReKey::MAX_LEN);
    let sealed = alice.delegate(&grant, &mut rng(3)).unwrap().sealed;
    assert_eq!(SealedReKey::from_bytes(&sealed.to_bytes()), Ok(sealed.clone()));
    let (bytes, mut longer) = (sealed.to_bytes(), sealed.to_bytes());
    let payload = u32::try_from(bytes.len() - SealedReKey::BASE_LEN).unwrap();
    assert_eq!(payload as usize, 32 + ReKey::MAX_LEN + 16);
    longer.push(0);
    longer[SealedReKey::BASE_LEN - 4..][..4].copy_from_slice(&(payload + 1).to_be_bytes());
    assert_eq!(SealedReKey::from_bytes(&longer), Err(DecodeError::Length));
}

/// On the curve, outside the subgroup: points with x = 4 on E and with x = 2 on E′.
fn outside() -> ([u8; 48], [u8; 96]) {
    let (mut g1, mut g2) = ([0; 48], [0; 96]);
    (g1[0], g1[47], g2[0], g2[95]) = (0x80, 4, 0x80, 2);
    (g1, g2)
}

/// p, the least integer that is no coordinate.
const P: &str = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

/// Where the points of an object are.
fn points(name: &str, bytes: &[u8]) -> (Vec<usize>, Vec<usize>) {
    let end = bytes.len();
    match name {
        "params" => (vec![], vec![3]),
        "identity key" => (vec![end - 96, end - 48], vec![]),
        "header" | "re-encrypted header" => (vec![100, 180], vec![4]),
        "re-encryption key" | "statement" => {
            let mut g1 = vec![end - 96, end - 48, end - 96 - 48];
            g1.extend((name == "re-encryption key").then_some(3));
            (g1, vec![end - 96 - 180 + 4, end - 96 - 180 - 96])
        }
        "sealed re-encryption key" => (vec![132], vec![4]),
        "signature" | "revocation" => (vec![end - 96, end - 48], vec![]),
        _ => (vec![], vec![]),
    }
}

fn decode(name: &str, bytes: &[u8]) -> Result<(), DecodeError> {
    match name {
        "params" => PublicParams::from_bytes(bytes).map(drop),
        "identity key" => IdentityKey::from_bytes(bytes).map(drop),
        "header" => Header::from_bytes(bytes).map(drop),
        "re-encrypted header" => ReEncryptedHeader::from_bytes(bytes).map(drop),
        "re-encryption key" => ReKey::from_bytes(bytes).map(drop),
        "statement" => ReKeyStatement::from_bytes(bytes).map(drop),
        "sealed re-encryption key" => SealedReKey::from_bytes(bytes).map(drop),
        "signature" => IdentitySignature::from_bytes(bytes).map(drop),
        "revocation" => Revocation::from_bytes(bytes).map(drop),
        "evidence" => OpeningEvidence::from_bytes(bytes).map(drop),
        other => panic!("{other}"),
    }
}

#[test]
fn t03_t04_t05_no_field_takes_a_bad_point() {
    let (outside_g1, outside_g2) = outside();
    let p = hex::decode(P).unwrap();
    let mut checked = 0;
    for (name, bytes) in objects() {
        let (g1, g2) = points(name, &bytes);
        let fields = g1.iter().map(|at| (*at, 48)).chain(g2.iter().map(|at| (*at, 96)));
        for (at, len) in fields {
            let good = bytes[at..at + len].to_vec();
            assert_eq!(decode(name, &bytes), Ok(()));
            let mut infinity = vec![0; len];
            infinity[0] = 0xc0;
            let mut infinity_and_garbage = infinity.clone();
            infinity_and_garbage[len - 1] = 1;
            let mut unreduced = vec![0; len];
            unreduced[len - 48..].copy_from_slice(&p);
            unreduced[0] |= 0x80;
            let mut uncompressed = good.clone();
            uncompressed[0] &= 0x7f;
            let mut signed_infinity = infinity.clone();
            signed_infinity[0] = 0xe0;
            let outside = if len == 48 { outside_g1.to_vec() } else { outside_g2.to_vec() };
            let bad =
                [outside, infinity, infinity_and_garbage, unreduced, uncompressed, signed_infinity];
            for (kind, point) in bad.iter().enumerate() {
                let mut object = bytes.clone();
                object[at..at + len].copy_from_slice(point);
                let verdict = decode(name, &object);
                let secret = ["identity key", "re-encryption key"].contains(&name);
                let expected = match (kind, secret) {
                    (_, true) => Some(DecodeError::NonCanonical),
                    (0, _) => Some(DecodeError::NotInGroup),
                    (1, _) => Some(DecodeError::Identity),
                    _ => None,
                };
                assert!(verdict.is_err(), "{name} at {at}, kind {kind}");
                assert!(expected.is_none_or(|e| verdict == Err(e)), "{name} {kind} {verdict:?}");
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 6 * 26);
}

#[test]
fn t05_headers_of_another_version_suite_tag_or_shape_are_refused() {
    for (name, bytes) in objects() {
        if name == "master key" {
            continue;
        }
        for at in 0..3 {
            let mut bad = bytes.clone();
            bad[at] ^= 0x40;
            let secret = ["identity key", "re-encryption key"].contains(&name);
            let expected = if secret { DecodeError::NonCanonical } else { DecodeError::Header };
            assert_eq!(decode(name, &bad), Err(expected), "{name}");
        }
    }
    // The extra secret and other ciphers have no meaning yet; depths above 4 never will.
    let (header, _) = world().seal(&World::address(&["lab"], b"record"), b"x");
    for flags in [0x18, 0x19, 0x21, 0x91, 0x15, 0x16, 0x17] {
        let mut bytes = header.to_bytes();
        bytes[3] = flags;
        assert_eq!(Header::from_bytes(&bytes), Err(DecodeError::Header));
    }
}

#[test]
fn t37_lengths_and_counts_are_bounded() {
    let (_, statement) = objects().into_iter().find(|(name, _)| *name == "statement").unwrap();
    // The first length is that of the realm of the delegator.
    for (at, value) in [(35, u32::MAX), (35, 256), (35, 0)] {
        let mut bad = statement.clone();
        bad[at..at + 4].copy_from_slice(&value.to_be_bytes());
        assert!(ReKeyStatement::from_bytes(&bad).is_err());
    }
    let mode = statement.len() - 96 - 180 - 96 - 1 - 32 - 3;
    assert_eq!(statement[mode..mode + 3], [1, 1, 1]);
    for (at, value) in [(mode, 2), (mode + 1, 2), (mode + 2, 0), (mode + 3 + 32, 1)] {
        let mut bad = statement.clone();
        bad[at] = value;
        assert_eq!(ReKeyStatement::from_bytes(&bad), Err(DecodeError::NonCanonical));
    }
    // The window may not be empty, a flag is 0 or 1, a path has one to four components.
    let terms = mode - 33;
    let window = |not_before: u64, not_after: u64| {
        let mut bad = statement.clone();
        bad[terms..terms + 8].copy_from_slice(&not_before.to_be_bytes());
        bad[terms + 8..terms + 16].copy_from_slice(&not_after.to_be_bytes());
        ReKeyStatement::from_bytes(&bad).map(drop)
    };
    assert_eq!(window(1_000, 2_000), Ok(()));
    assert_eq!(window(2_000, 2_000), Err(DecodeError::NonCanonical));
    assert_eq!(window(2_001, 2_000), Err(DecodeError::NonCanonical));
    for (at, value) in [(terms + 20, 2), (terms - 8, 0), (terms - 8, 5)] {
        let mut bad = statement.clone();
        bad[at] = value;
        assert_eq!(ReKeyStatement::from_bytes(&bad), Err(DecodeError::NonCanonical), "{at}");
    }
    let (_, sealed) =
        objects().into_iter().find(|(name, _)| *name == "sealed re-encryption key").unwrap();
    let mut bad = sealed.clone();
    bad[180..184].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(SealedReKey::from_bytes(&bad), Err(DecodeError::Length));
    // Envelopes and seals have no scope; an envelope has no payload, and a seal has one.
    let envelope = statement.len() - 96 - 180;
    let with = |bytes: &[u8], flags_at: usize, flags: u8, scoped: bool| {
        let mut bad = bytes.to_vec();
        bad[flags_at] = flags;
        let point = if scoped { bytes[bytes.len() - 48..].to_vec() } else { vec![] };
        [&bad[..flags_at + 97], &point, &bad[flags_at + 97..]].concat()
    };
    let point = statement[statement.len() - 48..].to_vec();
    assert_eq!(with(&statement, envelope + 3, 0, false), statement);
    for bad in
        [with(&statement, envelope + 3, 0x10, false), with(&statement, envelope + 3, 1, true)]
    {
        assert_eq!(ReKeyStatement::from_bytes(&bad), Err(DecodeError::NonCanonical));
    }
    let scoped = [&sealed[..3], &[0x11], &sealed[4..100], &point, &sealed[100..]].concat();
    for bad in [with(&sealed, 3, 0, false), scoped] {
        assert_eq!(SealedReKey::from_bytes(&bad), Err(DecodeError::NonCanonical));
    }
}

#[test]
fn errors_are_small_and_say_what_they_are() {
    assert!(size_of::<Error>() <= 2);
    assert_eq!(Error::from(DecodeError::Length).to_string(), "malformed encoding: wrong length");
    let io: std::io::Error = Error::Decryption.into();
    assert_eq!(Error::of_io(&io), Some(Error::Decryption));
    assert_eq!(Error::of_io(&std::io::ErrorKind::Other.into()), None);
    assert_eq!(Identity::new("r", "s", "e").unwrap().to_string(), "r/s#e");
    assert_eq!(Identity::new("r", "s", "").unwrap().to_string(), "r/s");
    assert_eq!(crate::fixture::path(&["lab", "q"]).to_string(), "lab/q");
}
