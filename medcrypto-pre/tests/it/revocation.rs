//! T27 and T40 as a machine: whatever comes in whatever order, a proxy refuses what it must.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_pre::{
    Delegatee, Error, Grant, RevocationList, UnixTime, VerifiedHeader, VerifiedReKey,
    VerifiedRevocation,
};
use proptest::prelude::*;

use crate::fixture::{World, id, path, rng, terms, world};

/// Delegatee, scope and serial of a grant.
type Key = (&'static str, &'static str, u64);

const KEYS: [Key; 7] = [
    ("bob", "lab", 0),
    ("bob", "lab", 1),
    ("bob", "lab", 2),
    ("carol", "lab", 0),
    ("carol", "lab", 5),
    ("bob", "psy", 1),
    ("bob", "psy", 3),
];

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The proxy imports a key, and notes that it supersedes older ones.
    Import(usize),
    Revoke(usize),
    /// Re-encryption of a record of the scope, under an imported key, at a time.
    Use(usize, &'static str, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..KEYS.len();
    let time = prop::sample::select(vec![999, 1_000, 1_500, 1_999, 2_000]);
    prop_oneof![
        2 => key.clone().prop_map(Step::Import),
        1 => key.clone().prop_map(Step::Revoke),
        4 => (key, prop::sample::select(vec!["lab", "psy"]), time)
            .prop_map(|(key, scope, time)| Step::Use(key, scope, time)),
    ]
}

struct Parts {
    keys: Vec<VerifiedReKey>,
    revocations: Vec<VerifiedRevocation>,
    headers: BTreeMap<&'static str, VerifiedHeader>,
}

impl Parts {
    fn new() -> Self {
        let world = world();
        let grant = |(to, scope, serial): Key| Grant {
            delegatee: Delegatee(id(to)),
            scope: path(&[scope]),
            terms: terms().serial(serial),
            ..World::grant(&["lab"])
        };
        let import = |key: &Key| {
            let delegation = world.alice.delegate(&grant(*key), &mut rng(3)).unwrap();
            world.proxy.import(&delegation.sealed, &World::alice_id()).unwrap()
        };
        let keys: Vec<_> = KEYS.iter().map(import).collect();
        let revoke = |key: &VerifiedReKey| {
            let revocation = world.alice.revoke(key.id(), UnixTime(5), &mut rng(4)).unwrap();
            revocation.verify(world.params(), &World::alice_id()).unwrap()
        };
        let headers = ["lab", "psy"].map(|scope| {
            let address = World::address(&[scope], b"record");
            let (header, _) = world.seal(&address, b"x");
            (scope, header.verify(world.params(), &address).unwrap())
        });
        let revocations = keys.iter().map(revoke).collect();
        Self { keys, revocations, headers: BTreeMap::from(headers) }
    }
}

/// What a proxy must answer, kept in the plainest terms.
#[derive(Default)]
struct Expected {
    revoked: BTreeSet<usize>,
    imported: BTreeSet<usize>,
}

impl Expected {
    fn answer(&self, key: usize, scope: &str, time: u64) -> Result<(), Error> {
        let (to, of, serial) = KEYS[key];
        let newer = |other: &usize| {
            let (its, from, with) = KEYS[*other];
            (its, from) == (to, of) && with > serial
        };
        match () {
            () if scope != of => Err(Error::Scope),
            () if !(1_000..2_000).contains(&time) => Err(Error::Validity),
            () if self.revoked.contains(&key) => Err(Error::Revoked),
            () if self.imported.iter().any(newer) => Err(Error::Revoked),
            () => Ok(()),
        }
    }
}

#[test]
fn t27_t40_t26_a_proxy_agrees_with_its_model_in_every_order_of_events() {
    let parts = Parts::new();
    // Every key is verified once, before everything: no verdict is remembered with it.
    let config = ProptestConfig { cases: 150, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..24))| {
        let (mut list, mut expected) = (RevocationList::new(), Expected::default());
        for step in steps {
            match step {
                Step::Import(key) => {
                    list.supersede(parts.keys[key].statement());
                    expected.imported.insert(key);
                }
                Step::Revoke(key) => {
                    list.revoke(&parts.revocations[key]);
                    expected.revoked.insert(key);
                }
                Step::Use(key, scope, time) => {
                    let answer =
                        parts.keys[key].re_encrypt(&parts.headers[scope], UnixTime(time), &list);
                    prop_assert_eq!(answer.map(drop), expected.answer(key, scope, time));
                }
            }
        }
        for (key, verified) in parts.keys.iter().enumerate() {
            let expected = expected.answer(key, KEYS[key].1, 1_500);
            prop_assert_eq!(list.check(verified.statement()), expected);
        }
    });
}
