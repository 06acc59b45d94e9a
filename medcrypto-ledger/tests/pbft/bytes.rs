//! T5, T39: hostile bytes change nothing.

use medcrypto_ledger::pbft::{Message, Output};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::common::{Bus, give, request};

#[test]
fn t05_a_flipped_bit_of_any_message_is_rejected_and_changes_nothing() {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"operation"));
    bus.queue.push_back((0, ask.encode()));
    let mut flips = 0;
    bus.run(|replica, bytes| {
        let before = format!("{replica:?}");
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let out = give(replica, flipped);
            assert!(matches!(out.as_slice(), [Output::Rejected(_)]), "bit {bit}: {out:?}");
            flips += 1;
        }
        assert_eq!(format!("{replica:?}"), before);
        true
    });
    assert_eq!(bus.count(|o| matches!(o, Output::Certified { .. })), 4, "the run itself succeeds");
    assert!(flips > 37 * 100 * 8, "{flips}");
}

#[test]
fn t39_truncated_and_spliced_messages_are_rejected() {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"operation"));
    bus.queue.push_back((0, ask.encode()));
    let mut last = Vec::new();
    bus.run(|replica, bytes| {
        let before = format!("{replica:?}");
        for cut in 0..bytes.len() {
            give(replica, bytes[..cut].to_vec());
            let tail = last.get(cut..).unwrap_or_default();
            let spliced = [&bytes[..cut], tail].concat();
            if spliced != bytes && spliced != last {
                give(replica, spliced);
            }
        }
        assert_eq!(format!("{replica:?}"), before);
        last = bytes.to_vec();
        true
    });
}

#[test]
fn t39_twenty_thousand_mangled_messages_change_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(39);
    let mut below = |bound: usize| rng.next_u64() as usize % bound;
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"operation"));
    bus.queue.push_back((0, ask.encode()));
    bus.run(|replica, bytes| {
        let before = format!("{replica:?}");
        for _ in 0..540 {
            let mut mangled = bytes.to_vec();
            for _ in 0..=below(6) {
                let at = below(mangled.len());
                mangled[at] = below(256) as u8;
            }
            if mangled != bytes {
                give(replica, mangled);
            }
        }
        assert_eq!(format!("{replica:?}"), before);
        true
    });
}

#[test]
fn t05_tallies_take_verified_votes_only() {
    trybuild::TestCases::new().compile_fail("tests/pbft/ui/*.rs");
}
