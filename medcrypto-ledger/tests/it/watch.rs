//! The tip of the Userchain in the state of the Docchain: who moves it, how, and that nothing else decides.

use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::contract::coin::{Action, Coins, Event, Reject, Tip, Watch};
use medcrypto_ledger::contract::envelope::Rejection;

use crate::coin::{Chain, RULES, WATCHERS, anchor, anchored, block, coins};
use crate::sandbox::{Sandbox, Sent};
use crate::world::{d, key};

type World = Sandbox<Coins, Chain>;

fn refused(reject: Reject) -> Sent<Coins, Chain> {
    Err(Rejection::Action(reject))
}

fn world() -> World {
    World::new(coins(RULES), Chain)
}

fn tip(world: &World) -> u64 {
    world.state.contract.watch().tip().height
}

#[test]
fn c13_what_is_refused_before_the_tip_is_anchored_is_accepted_after_it() {
    let mut world = world();
    assert_eq!(world.send("m", Action::Mint(block(3))), refused(Reject::Block));
    let to = Tip { block: block(5), height: 5 };
    assert_eq!(world.send("w0", anchor(0, 5)), Ok(vec![Event::Seen(key("w0"), to)]));
    assert_eq!(world.send("w2", anchor(0, 5)), Ok(vec![Event::Seen(key("w2"), to)]));
    assert_eq!(world.send("m", Action::Mint(block(3))), refused(Reject::Block), "two of four");
    assert_eq!(world.send("w3", anchor(0, 5)), Ok(vec![Event::Anchored(to)]));
    world.accepted("m", Action::Mint(block(3)));
    world.accepted("m", Action::Mint(block(5)));
    assert_eq!(world.send("m", Action::Mint(block(6))), refused(Reject::Block));
}

#[test]
fn c13_the_tip_is_the_watchers_to_move_and_moves_forward_only() {
    let mut world = world();
    anchored(&mut world, 0, 5);
    for stranger in ["m", "doctor", "w4"] {
        assert_eq!(world.send(stranger, anchor(5, 6)), refused(Reject::Watcher));
    }
    for (from, to) in [(5, 5), (5, 4), (5, 0), (0, 6), (4, 6), (6, 7)] {
        assert_eq!(world.send("w0", anchor(from, to)), refused(Reject::Tip), "{from} {to}");
    }
    anchored(&mut world, 5, 6);
}

#[test]
fn c13_a_watcher_has_one_vote_and_votes_for_two_blocks_do_not_add_up() {
    let mut world = world();
    for _ in 0..4 {
        world.accepted("w0", anchor(0, 5));
    }
    world.accepted("w1", anchor(0, 6));
    world.accepted("w2", anchor(0, 6));
    world.accepted("w0", Action::Anchor(block(0), Tip { block: block(6), height: 7 }));
    assert_eq!(tip(&world), 0, "another height is another block");
    world.accepted("w0", anchor(0, 6));
    assert_eq!(tip(&world), 6, "the last vote counts");
}

/// A vote for a fork, cast while both branches stood on the tip, does not count on the other branch.
#[test]
fn c13_votes_of_before_the_tip_moved_are_gone() {
    let mut world = world();
    let fork = Action::Anchor(block(0), Tip { block: BlockId(d("fork")), height: 9 });
    world.accepted("w3", fork.clone());
    anchored(&mut world, 0, 5);
    for late in ["w0", "w1"] {
        assert_eq!(world.send(late, fork.clone()), refused(Reject::Tip));
    }
    let on = Action::Anchor(block(5), Tip { block: BlockId(d("fork")), height: 9 });
    world.accepted("w0", on.clone());
    world.accepted("w1", on);
    assert_eq!(tip(&world), 5, "the vote of w3 went on from another tip");
}

#[test]
fn c13_it_takes_a_quorum_of_however_many_watchers() {
    for (count, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (7, 5), (10, 7)] {
        let names: Vec<_> = (0..count).map(|i| format!("watcher {i}")).collect();
        let watchers = names.iter().map(|name| key(name)).collect();
        let mut world = World::new(Coins::new(RULES, Watch::new(watchers, block(0))), Chain);
        for (votes, name) in (1..=quorum).zip(&names) {
            world.accepted(name, anchor(0, 1));
            assert_eq!(tip(&world), u64::from(votes == quorum), "{votes} of {count}");
        }
    }
    let nobody = Watch::new([].into(), block(0));
    let mut world = World::new(Coins::new(RULES, nobody), Chain);
    assert_eq!(world.send(WATCHERS[0], anchor(0, 1)), refused(Reject::Watcher));
}
