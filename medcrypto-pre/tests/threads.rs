//! T36: nothing here wakes a thread pool. blst's own bindings hand `miller_loop_n`, hence secrets, to
//! one; a binary of its own, because the count is of the whole process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "test code")]

use std::fs;

use medcrypto_pre::{
    Authority, Delegatee, Delegation, Delegator, Grant, Identity, Proxy, RecordAddress, RecordId,
    RevocationList, ScopePath, Terms, UnixTime, seal_to_vec,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn t36_no_operation_starts_a_thread() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let before = threads();
    let authority = Authority::setup(&mut rng);
    let name = |subject| Identity::new("realm", subject, "").unwrap();
    let key = |subject| {
        let key = authority.issue(&name(subject)).unwrap();
        key.verify(authority.params()).unwrap()
    };
    let (alice, bob, proxy) = (key("alice"), key("bob"), key("proxy"));
    let (owner, scope) = (Delegator(name("alice")), ScopePath::new(&["a", "b", "c", "d"]).unwrap());
    let record = RecordId::new(b"record").unwrap();
    let address = RecordAddress::in_scope(owner.clone(), scope.clone(), record);
    let (header, payload) = seal_to_vec(authority.params(), &address, b"text", &mut rng).unwrap();
    let grant = Grant {
        delegatee: Delegatee(name("bob")),
        proxy: Proxy(name("proxy")),
        scope,
        terms: Terms::new(UnixTime(0), UnixTime(9)).unwrap(),
    };
    let Delegation { sealed, statement } = alice.delegate(&grant, &mut rng).unwrap();
    let rekey = proxy.import(&sealed, &owner).unwrap();
    let verified = header.verify(authority.params(), &address).unwrap();
    let re = rekey.re_encrypt(&verified, UnixTime(5), &RevocationList::new()).unwrap();
    let bob = bob.accept(statement, &owner).unwrap();
    assert_eq!(*bob.open_to_vec(&address, &re, &payload, UnixTime(5)).unwrap(), b"text");
    assert_eq!(threads(), before);
    // The count counts.
    let (stop, wait) = std::sync::mpsc::channel::<()>();
    let other = std::thread::spawn(move || wait.recv());
    assert_eq!(threads(), before + 1);
    drop(stop);
    assert!(other.join().unwrap().is_err());
}
