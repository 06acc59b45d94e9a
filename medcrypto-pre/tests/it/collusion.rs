//! What proxy and delegatee gain when they work together: the delegated scope, and nothing else.

use medcrypto_core::bls::{G1, SecretScalar, pairing};
use medcrypto_pre::{RecordAddress, seal_to_vec};
use proptest::prelude::*;

use crate::{
    fixture::{World, rng, world},
    model::{self, RawHeader, ScopeKey, Setting, halves},
};

/// B0 = TK0 − [y]P₁ and the TKj.
fn coalition(world: &World, components: &[&str]) -> ScopeKey {
    let grant = World::grant(components);
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(5)).unwrap();
    let (tk0, tk) = model::parts(&clear.to_secret_bytes(), components.len());
    let bob = world.bob.accept(clear.statement().clone(), &World::alice_id()).unwrap();
    let y = SecretScalar::from_bytes(&bob.to_secret_bytes()).unwrap();
    ScopeKey { b0: tk0 - G1::generator().mul(&y), tk }
}

/// The plaintext that a coalition reads out of a sealed record, if it can.
fn read(world: &World, key: &ScopeKey, address: &RecordAddress) -> Option<Vec<u8>> {
    let setting = Setting::new(world.params());
    let (header, payload) = seal_to_vec(world.params(), address, b"text", &mut rng(6)).unwrap();
    let raw = RawHeader::parse(&header.to_bytes());
    let ctx = setting.record_ctx(address);
    // Every way of pairing the header with the first j parts of the key.
    let attempts = (0..=key.tk.len()).map(|j| ScopeKey { b0: key.b0, tk: key.tk[..j].to_vec() });
    let found = attempts.filter_map(|key| setting.finish(&ctx, &raw, &key.k(&raw))).next()?;
    model::open(&model::kem_key(&raw.to_bytes(), &found, 1), &payload)
}

fn components() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(vec!["a", "b"]), 1..=4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn t09_coalition_opens_exactly_the_delegated_prefix(
        delegated in components(),
        filed in prop::collection::vec(prop::sample::select(vec!["a", "b"]), 0..=4),
    ) {
        let world = world();
        let key = coalition(&world, &delegated);
        let covered = filed.starts_with(&delegated);
        let text = read(&world, &key, &World::address(&filed, b"record"));
        prop_assert_eq!(text, covered.then(|| b"text".to_vec()));
        prop_assert!(key.b0 != halves(&world.alice).0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]
    /// Terms bind the honest; what binds a coalition is an epoch in the path: of another epoch it
    /// reads nothing, whatever the clock says.
    #[test]
    fn t26_an_epoch_in_the_path_expires_for_a_coalition_too(granted in 0_u32..8, filed in 0_u32..8) {
        let world = world();
        let epoch = |n: u32| format!("{}Q{}", 2025 + n / 4, n % 4 + 1);
        let (granted, filed) = (epoch(granted), epoch(filed));
        let key = coalition(&world, &["lab", &granted]);
        let text = read(&world, &key, &World::address(&["lab", &filed], b"record"));
        prop_assert_eq!(text.is_some(), granted == filed);
    }
}

/// The limit that the documentation states: past and future records, whatever the terms say.
#[test]
fn t09_coalition_gets_the_whole_scope_and_never_the_identity_key() {
    let world = world();
    let key = coalition(&world, &["lab"]);
    for record in [&b"before"[..], b"after", b"unlisted"] {
        assert!(read(&world, &key, &World::address(&["lab"], record)).is_some());
        assert!(read(&world, &key, &World::address(&["lab", "2031Q1"], record)).is_some());
        assert!(read(&world, &key, &World::address(&["psy"], record)).is_none());
        assert!(read(&world, &key, &World::address(&[], record)).is_none());
    }
    let (a, d) = halves(&world.alice);
    assert!(key.b0 != a && key.b0 != d);
}

/// The proxy alone, and the delegatee alone, read nothing that was not re-encrypted.
#[test]
fn t09_neither_half_of_the_coalition_is_enough() {
    let world = world();
    let setting = Setting::new(world.params());
    let grant = World::grant(&["lab"]);
    let clear = world.alice.delegate_unsealed(&grant, &mut rng(5)).unwrap();
    let (tk0, tk) = model::parts(&clear.to_secret_bytes(), 1);
    let address = World::address(&["lab"], b"record");
    assert!(read(&world, &ScopeKey { b0: tk0, tk }, &address).is_none());
    let (header, _) = world.seal(&address, b"x");
    let raw = RawHeader::parse(&header.to_bytes());
    let bob = pairing(&halves(&world.bob).0, &raw.c0);
    assert_eq!(setting.finish(&setting.record_ctx(&address), &raw, &bob), None);
}

/// Two delegations of two scopes do not add up to more than the two scopes.
#[test]
fn t09_coalition_of_two_scopes_is_the_union() {
    let world = world();
    let (lab, psy) = (coalition(&world, &["lab"]), coalition(&world, &["psy"]));
    let mixed = ScopeKey { b0: lab.b0, tk: psy.tk.clone() };
    let sum = ScopeKey { b0: lab.b0 + psy.b0, tk: lab.tk.clone() };
    let difference = ScopeKey { b0: lab.b0 - psy.b0, tk: lab.tk.clone() };
    for key in [&mixed, &sum, &difference] {
        for components in [&[][..], &["img"], &["lab"], &["psy"]] {
            assert!(read(&world, key, &World::address(components, b"record")).is_none());
        }
    }
    assert!(read(&world, &lab, &World::address(&["lab"], b"record")).is_some());
    assert!(read(&world, &lab, &World::address(&["psy"], b"record")).is_none());
}
