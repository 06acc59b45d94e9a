//! What went into an object is what it tells, also after a trip through its bytes.

use std::io::{self, Cursor, ErrorKind, Read, Write};

use medcrypto_pre::{
    Delegatee, Delegation, Error, Grant, Identity, MasterSecretKey, Proxy, ReKeyStatement,
    RevocationList, Terms, UnixTime, ciphertext_digest, hazmat::DelegationRandomness, seal,
};

use crate::fixture::{NOW, World, id, path, rng, world};

#[test]
fn an_identity_tells_its_three_parts() {
    let identity = Identity::new("realm.example", "alice", "2025").unwrap();
    let parts = [identity.realm(), identity.subject(), identity.key_epoch()];
    assert_eq!(parts, ["realm.example", "alice", "2025"]);
    let world = world();
    assert_eq!(world.authority.issue(&identity).unwrap().identity(), &identity);
    assert_eq!(world.alice.identity(), &identity);
}

#[test]
fn a_scope_tells_its_components_the_widest_first() {
    let scope = path(&["lab", "haematology", "2025"]);
    assert_eq!(scope.components().collect::<Vec<_>>(), ["lab", "haematology", "2025"]);
    assert_eq!(scope.components().len(), 3);
}

/// Every field differs from its default and from every other.
fn terms() -> Terms {
    let window = Terms::new(UnixTime(1_001), UnixTime(2_002)).unwrap();
    window.licence("LIC-7").unwrap().purpose("TREAT").unwrap().exclusive(true).serial(42)
}

fn assert_told(terms: &Terms) {
    assert_eq!((terms.not_before(), terms.not_after()), (UnixTime(1_001), UnixTime(2_002)));
    assert_eq!((terms.licence_id(), terms.purpose_of_use()), ("LIC-7", "TREAT"));
    assert_eq!((terms.is_exclusive(), terms.serial_number()), (true, 42));
}

#[test]
fn terms_tell_what_was_agreed_and_nothing_more_by_default() {
    assert_told(&terms());
    let plain = Terms::new(UnixTime(1), UnixTime(2)).unwrap();
    assert_eq!((plain.licence_id(), plain.purpose_of_use()), ("", ""));
    assert_eq!((plain.is_exclusive(), plain.serial_number()), (false, 0));
}

#[test]
fn a_statement_tells_the_grant_that_was_signed() {
    let world = world();
    let (delegatee, proxy) = (Delegatee(id("bob")), Proxy(id("proxy")));
    let scope = path(&["lab", "2025"]);
    let (d, p, s) = (delegatee.clone(), proxy.clone(), scope.clone());
    let grant = Grant { delegatee: d, proxy: p, scope: s, terms: terms() };
    let Delegation { statement, .. } = world.alice.delegate(&grant, &mut rng(3)).unwrap();
    let key = world.bob.accept(statement.clone(), &World::alice_id()).unwrap();
    let decoded = ReKeyStatement::from_bytes(&statement.to_bytes()).unwrap();
    for told in [&statement, &decoded, key.statement().statement()] {
        assert_eq!(told.delegator(), &World::alice_id());
        assert_eq!((told.delegatee(), told.proxy()), (&delegatee, &proxy));
        assert_eq!(told.scope(), &scope);
        assert_told(told.terms());
        assert_eq!(told.id(), statement.id());
    }
    assert_eq!(key.statement().id(), statement.id());
}

#[test]
fn the_master_key_of_an_authority_makes_the_same_authority() {
    let world = world();
    let bytes = world.authority.master_key().to_secret_bytes();
    let again = MasterSecretKey::from_bytes(bytes.as_slice()).unwrap();
    let again = medcrypto_pre::Authority::from_master_key(again);
    assert_eq!(again.params().to_bytes(), world.params().to_bytes());
}

#[test]
fn a_delegatee_reads_a_stream_as_it_reads_memory() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world.seal(&address, b"haemoglobin 7.3");
    let (rekey, key) = world.delegate(&World::grant(&["lab"]));
    let verified = header.verify(world.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
    let opener = key.open(&address, &re, Cursor::new(&payload), NOW).unwrap();
    assert_eq!(format!("{opener:?}"), "Opener { .. }");
    assert_eq!(*opener.read_to_limit(1 << 10).unwrap(), b"haemoglobin 7.3");

    let late = key.open(&address, &re, Cursor::new(&payload), UnixTime(2_000)).unwrap_err();
    let reason = late.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    assert_eq!(reason, Some(&Error::Validity));
}

#[test]
fn sealers_and_recorded_randomness_print_nothing_of_themselves() {
    let world = world();
    let address = World::address(&["lab"], b"record");
    let (_, mut sealer) = seal(world.params(), &address, Vec::new(), &mut rng(2)).unwrap();
    sealer.write_all(b"haemoglobin").unwrap();
    sealer.flush().unwrap();
    assert_eq!(format!("{sealer:?}"), "Sealer { .. }");
    let randomness = DelegationRandomness {
        envelope: [1; 32],
        blinding: [[2; 32]; medcrypto_pre::ScopePath::MAX_DEPTH],
        signature: [3; 32],
        seal: [4; 32],
    };
    assert_eq!(format!("{randomness:?}"), "DelegationRandomness { .. }");
}

#[test]
fn licence_and_purpose_may_be_as_long_as_documented() {
    let terms = || Terms::new(UnixTime(1), UnixTime(2)).unwrap();
    let long = |len: usize| "x".repeat(len);
    assert_eq!(terms().licence(&long(128)).unwrap().licence_id(), long(128));
    assert_eq!(terms().licence(&long(129)), Err(Error::Name));
    assert_eq!(terms().purpose(&long(256)).unwrap().purpose_of_use(), long(256));
    assert_eq!(terms().purpose(&long(257)), Err(Error::Name));
}

/// Fails once with `first`, then reads.
struct Hiccup(Option<ErrorKind>, Cursor<Vec<u8>>);

impl Read for Hiccup {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or_else(|| self.1.read(buffer), |kind| Err(kind.into()))
    }
}

#[test]
fn a_digest_goes_on_after_an_interruption_and_stops_at_any_other_error() {
    let address = World::address(&["lab"], b"record");
    let (header, payload) = world().seal(&address, b"haemoglobin 7.3");
    let read = |kind| {
        let reader = Hiccup(kind, Cursor::new(payload.clone()));
        ciphertext_digest(&header, reader).map_err(|error| error.kind())
    };
    assert_eq!(read(Some(ErrorKind::Interrupted)), read(None));
    assert!(read(None).is_ok());
    assert_eq!(read(Some(ErrorKind::TimedOut)), Err(ErrorKind::TimedOut));
}
