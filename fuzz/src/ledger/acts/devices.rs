//! Devices, their uploads and the keys of doctors.

use std::collections::BTreeMap;

use medcrypto_ledger::Bytes;
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::contract::keychain::{Action, Keychain, Keys};

use super::super::contracts::{joined, keychain_acts};
use super::super::hospital::{cid, key};
use super::Run;
use crate::script::Script;

const OWNERS: [&str; 2] = ["owner", "other"];
const DEVICES: [&str; 3] = ["ecg", "pump", "scale"];
const DOCTORS: [&str; 3] = ["doctor", "nurse", "owner"];

pub(in super::super) fn keychain(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = Run::new(Keychain::default());
    for (sender, action) in keychain_acts().into_iter().take(2) {
        run.send(sender, action, usize::MAX);
    }
    run.play(&mut script, act, law)
}

/// An owner's key for somebody; one of few, so that some come twice.
fn wrapped(script: &mut Script<'_>) -> Bytes {
    match script.below(24) {
        0 => Bytes::default(),
        1 => Bytes(vec![7; Keys::MAX_WRAPPED + 1]),
        _ => Bytes(vec![script.byte(), 1]),
    }
}

fn act(run: &Run<Keychain>, script: &mut Script<'_>) -> (&'static str, Action) {
    let owner = script.pick(&[OWNERS[0], OWNERS[0], OWNERS[1]]);
    let current = run.contract().current(&key(owner));
    let next = current.map_or(0, |current| current.epoch + 1);
    match script.below(8) {
        0 => {
            let device = script.pick(&DEVICES);
            (owner, Action::Join(key(device), joined(script.pick(&[owner, OWNERS[0]]), device)))
        }
        1 => (owner, Action::Leave(key(script.pick(&DEVICES)))),
        2 | 3 => {
            let epoch = script.pick(&[next, next, next, 0, next + 1]);
            let doctors =
                (0..script.below(3)).map(|_| (key(script.pick(&DOCTORS)), wrapped(script)));
            let doctors = Pairs(doctors.collect());
            (owner, Action::Rotate(Keys { epoch, doctors, own: wrapped(script) }))
        }
        4 => {
            let epochs = (0..script.below(3)).map(|_| (script.below(4) as u64, wrapped(script)));
            let epochs = Pairs(epochs.collect::<BTreeMap<_, _>>());
            (owner, Action::Share(key(script.pick(&DOCTORS)), epochs))
        }
        _ => {
            let epoch = script.pick(&[next.saturating_sub(1), next.saturating_sub(1), next, 0]);
            let taken = run.now - script.below(3) as u64 * 500;
            let taken = if script.below(8) == 0 { run.now + 1 } else { taken };
            (script.pick(&DEVICES), Action::Upload(epoch, taken, cid("window")))
        }
    }
}

fn law(before: &Keychain, after: &Keychain) {
    for owner in OWNERS.map(key) {
        match (before.current(&owner), after.current(&owner)) {
            (None, None) => {}
            (None, Some(now)) => assert_eq!((now.epoch, now.stale), (0, false)),
            (Some(_), None) => panic!("an owner's epochs are gone"),
            (Some(then), Some(now)) if now.epoch == then.epoch => {
                assert!(now.stale || !then.stale, "fresh again in the same epoch");
            }
            (Some(then), Some(now)) => assert_eq!((now.epoch, now.stale), (then.epoch + 1, false)),
        }
        let last = after.current(&owner).map_or(0, |current| current.epoch + 1);
        for (epoch, doctor) in (0..=last).flat_map(|e| DOCTORS.map(|doctor| (e, key(doctor)))) {
            let held = after.held_since(&owner, epoch, &doctor);
            let then = before.held_since(&owner, epoch, &doctor);
            assert!(then.is_none() || held == then, "a key was lost");
            assert!(held.is_none() || (epoch < last && doctor != owner), "a key of no epoch");
        }
    }
    for device in DEVICES.map(key) {
        let Some(then) = before.device(&device) else { continue };
        let now = after.device(&device).expect("devices stay known");
        assert_eq!(now.owner, then.owner);
        assert!(now.last_ms >= then.last_ms && (now.left || !then.left));
        let is_stale = after.current(&now.owner).is_none_or(|current| current.stale);
        assert!(!now.left || then.left || is_stale, "left, and its epoch goes on");
        assert!(now.last_ms == then.last_ms || !(is_stale || now.left), "stored without an epoch");
    }
}
