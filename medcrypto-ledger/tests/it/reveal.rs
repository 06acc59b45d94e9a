//! Commit–reveal: hiding, binding, no copies, and nobody waits for the silent.

use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::contract::envelope::Rejection;
use medcrypto_ledger::contract::reveal::{Action, Event, Opening, Reject, Rounds, Terms};
use medcrypto_ledger::{Bytes, Digest};

use crate::sandbox::{Sandbox, Sent};
use crate::world::{Symbolic, d, key};

type World = Sandbox<Rounds, Symbolic>;

fn refused(reject: Reject) -> Sent<Rounds, Symbolic> {
    Err(Rejection::Action(reject))
}

fn terms(names: &[&str], least: u16) -> Terms {
    let members = names.iter().map(|name| key(name)).collect();
    Terms { members, commit_until: 5, reveal_until: 9, least }
}

fn value(of: &str) -> Bytes {
    Bytes(format!("value of {of}").into_bytes())
}

fn opening(round: Digest, member: &str) -> Opening {
    Opening {
        chain_id: World::chain(),
        round,
        member: key(member),
        salt: d(&format!("salt of {member}")),
        value: value(member),
    }
}

fn commit(round: Digest, member: &str) -> Action {
    Action::Commit(round, opening(round, member).commitment())
}

fn reveal(round: Digest, member: &str) -> Action {
    let Opening { salt, value, .. } = opening(round, member);
    Action::Reveal(round, salt, value)
}

/// A round of `a`, `b` and `c`.
fn opened(least: u16) -> (World, Digest) {
    let mut world = World::new(Rounds::default(), Symbolic);
    let round = world.accepted("anybody", Action::Open(terms(&["a", "b", "c"], least)));
    (world, round)
}

/// The same after everybody has committed.
fn committed(least: u16) -> (World, Digest) {
    let (mut world, round) = opened(least);
    for member in ["a", "b", "c"] {
        world.accepted(member, commit(round, member));
    }
    world.height = 6;
    (world, round)
}

#[test]
fn e_w5_c9_who_does_not_reveal_is_dropped_and_nobody_waits() {
    let (mut world, round) = committed(2);
    let revealed = world.send("a", reveal(round, "a"));
    assert_eq!(revealed, Ok(vec![Event::Revealed(round, key("a"))]));
    world.accepted("c", reveal(round, "c"));
    world.height = 9;
    assert_eq!(world.send("anybody", Action::Close(round)), refused(Reject::Early));
    world.height = 10;
    assert_eq!(world.send("b", reveal(round, "b")), refused(Reject::Late));
    let values = Pairs([(key("a"), value("a")), (key("c"), value("c"))].into());
    let closed = world.send("anybody", Action::Close(round));
    assert_eq!(closed, Ok(vec![Event::Closed(round, values)]));
    assert_eq!(world.send("anybody", Action::Close(round)), refused(Reject::Round));
    assert!(world.state.contract.rounds.0.is_empty());
}

#[test]
fn c9_too_few_values_are_none() {
    let (mut world, round) = committed(3);
    for member in ["a", "c"] {
        world.accepted(member, reveal(round, member));
    }
    world.height = 10;
    assert_eq!(world.send("a", Action::Close(round)), Ok(vec![Event::Failed(round)]));
}

/// E-W3: the last one to speak knows the other values and cannot take another of its own.
#[test]
fn e_w3_a_member_reveals_what_it_has_committed_to_or_nothing() {
    let (mut world, round) = committed(2);
    world.accepted("a", reveal(round, "a"));
    let Opening { salt, value: own, .. } = opening(round, "b");
    let wrong = [
        Action::Reveal(round, salt, value("a")),
        Action::Reveal(round, salt, Bytes::default()),
        Action::Reveal(round, d("another salt"), own.clone()),
        reveal(round, "a"),
    ];
    for action in wrong {
        assert_eq!(world.send("b", action), refused(Reject::Opening));
    }
    world.accepted("b", Action::Reveal(round, salt, own));
    assert_eq!(world.send("b", reveal(round, "b")), refused(Reject::Again));
}

#[test]
fn e_w3_a_copied_commitment_opens_to_nothing_for_the_copier() {
    let (mut world, round) = opened(2);
    world.accepted("a", commit(round, "a"));
    world.accepted("b", commit(round, "a"));
    world.height = 6;
    world.accepted("a", reveal(round, "a"));
    assert_eq!(world.send("b", reveal(round, "a")), refused(Reject::Opening));
}

#[test]
fn e_w3_a_commitment_of_another_round_opens_to_nothing_here() {
    let (mut world, first) = opened(2);
    let second = world.accepted("anybody", Action::Open(terms(&["a", "b", "c"], 2)));
    assert_ne!(first, second);
    world.accepted("a", commit(first, "a"));
    world.accepted("a", Action::Commit(second, opening(first, "a").commitment()));
    world.height = 6;
    world.accepted("a", reveal(first, "a"));
    let Opening { salt, value, .. } = opening(first, "a");
    assert_eq!(world.send("a", Action::Reveal(second, salt, value)), refused(Reject::Opening));
}

#[test]
fn commitments_come_before_all_openings() {
    let (mut world, round) = opened(2);
    world.accepted("a", commit(round, "a"));
    assert_eq!(world.send("a", commit(round, "a")), refused(Reject::Again), "nor changed");
    assert_eq!(world.send("stranger", commit(round, "stranger")), refused(Reject::Member));
    world.height = 5;
    assert_eq!(world.send("a", reveal(round, "a")), refused(Reject::Early));
    world.accepted("b", commit(round, "b"));
    world.height = 6;
    assert_eq!(world.send("c", commit(round, "c")), refused(Reject::Late));
    assert_eq!(world.send("c", reveal(round, "c")), refused(Reject::Missing));
    assert_eq!(world.send("stranger", reveal(round, "stranger")), refused(Reject::Missing));
    world.height = 9;
    world.accepted("a", reveal(round, "a"));
    for action in [commit(d("none"), "a"), reveal(d("none"), "a"), Action::Close(d("none"))] {
        assert_eq!(world.send("a", action), refused(Reject::Round));
    }
}

#[test]
fn the_commitment_covers_every_field_and_its_bytes_are_pinned() {
    let right = opening(d("round"), "a");
    let changed = [
        Opening { chain_id: ChainId(d("other chain")), ..right.clone() },
        Opening { round: d("other round"), ..right.clone() },
        Opening { member: key("b"), ..right.clone() },
        Opening { salt: d("other salt"), ..right.clone() },
        Opening { value: value("b"), ..right.clone() },
    ];
    let commitment = right.commitment();
    assert!(changed.iter().all(|opening| opening.commitment() != commitment));
    assert_eq!(
        commitment.to_string(),
        "8b71e7d924332e950b9bafbdc3499586bf80be6f8c7ba389426d1910b9b4e696"
    );
}

#[test]
fn terms_that_no_round_can_keep_are_refused() {
    let mut world = World::new(Rounds::default(), Symbolic);
    world.height = 3;
    let right = terms(&["a", "b", "c"], 3);
    let named = |count: usize| (0..count).map(|i| key(&format!("m{i}"))).collect();
    let wrong = [
        Terms { members: named(0), ..right.clone() },
        Terms { members: named(Terms::MAX_MEMBERS + 1), ..right.clone() },
        Terms { least: 0, ..right.clone() },
        Terms { least: 4, ..right.clone() },
        Terms { commit_until: 2, ..right.clone() },
        Terms { commit_until: 9, ..right.clone() },
    ];
    for terms in wrong {
        assert_eq!(world.send("anybody", Action::Open(terms)), refused(Reject::Terms));
    }
    let most = Terms { members: named(Terms::MAX_MEMBERS), commit_until: 3, ..right };
    world.accepted("anybody", Action::Open(most));
    let long = Terms { members: [key(&"k".repeat(129))].into(), ..terms(&["a"], 1) };
    assert_eq!(world.send("anybody", Action::Open(long)), Err(Rejection::Bounds));
}

#[test]
fn values_have_a_length() {
    let (mut world, round) = opened(1);
    let sized = |len: usize| Opening { value: Bytes(vec![7; len]), ..opening(round, "a") };
    let longest = sized(Terms::MAX_VALUE);
    world.accepted("a", Action::Commit(round, longest.commitment()));
    world.height = 6;
    let too_long = sized(Terms::MAX_VALUE + 1);
    let sent = world.send("a", Action::Reveal(round, too_long.salt, too_long.value));
    assert_eq!(sent, refused(Reject::Value));
    world.accepted("a", Action::Reveal(round, longest.salt, longest.value));
}
