//! Devices, uploads and epochs of keys.

use std::collections::BTreeSet;

use medcrypto_ledger::codec::{Pairs, decode, encode};
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx};
use medcrypto_ledger::contract::keychain::{
    Action, Current, Event, JoinStatement, Keychain, Keys, MAX_RECORDS, Reject,
};
use medcrypto_ledger::{Bytes, Digest, Signature};

use crate::sandbox::{Sandbox, Sent};
use crate::world::{Symbolic, TRANSACTION, cid, d, key, sign};

type World = Sandbox<Keychain, Symbolic>;

fn refused(reject: Reject) -> Sent<Keychain, Symbolic> {
    Err(Rejection::Action(reject))
}

fn wrapped(what: &str) -> Bytes {
    Bytes(what.as_bytes().to_vec())
}

/// The key of an epoch for these doctors, wrapped for each.
pub(crate) fn keys(epoch: u64, doctors: &[&str]) -> Action {
    let wrap = |doctor: &&str| (key(doctor), wrapped(&format!("{epoch} for {doctor}")));
    let doctors = Pairs(doctors.iter().map(wrap).collect());
    Action::Rotate(Keys { epoch, doctors, own: wrapped(&format!("{epoch} for the owner")) })
}

fn share(doctor: &str, epochs: &[u64]) -> Action {
    let wrap = |epoch: &u64| (*epoch, wrapped(&format!("{epoch} shared with {doctor}")));
    Action::Share(key(doctor), Pairs(epochs.iter().map(wrap).collect()))
}

fn joining(owner: &str, device: &str) -> JoinStatement {
    JoinStatement { chain_id: World::chain(), owner: key(owner), device: key(device) }
}

fn consent(statement: &JoinStatement, signer: &str) -> Signature {
    sign(&key(signer), medcrypto_core::dst::ledger::DEVICE_JOIN, &encode(statement))
}

fn join(owner: &str, device: &str) -> Action {
    Action::Join(key(device), consent(&joining(owner, device), device))
}

/// An owner with a device, and five doctors who have the key of epoch 0.
pub(crate) fn ward() -> World {
    let mut world = World::new(Keychain::default(), Symbolic);
    world.accepted("owner", join("owner", "ecg"));
    world.accepted("owner", keys(0, &["d1", "d2", "d3", "d4", "d5"]));
    world
}

fn upload(world: &mut World, device: &str, epoch: u64, taken_ms: u64) -> Sent<Keychain, Symbolic> {
    world.send(device, Action::Upload(epoch, taken_ms, cid("window")))
}

fn diagnosable(world: &World, doctor: &str, records: &[Digest]) -> Result<(), Reject> {
    let records = records.iter().copied().collect();
    let owner = world.state.contract.diagnosable(&key(doctor), &records)?;
    assert_eq!(*owner, key("owner"));
    Ok(())
}

#[test]
fn c21_devices_join_with_their_own_signature_have_one_node_and_leave_for_ever() {
    let mut world = ward();
    world.accepted("owner", join("owner", "pump"));
    let owner_of = |world: &World, device| world.state.contract.device(&key(device)).cloned();
    for device in ["ecg", "pump"] {
        assert_eq!(owner_of(&world, device).unwrap().owner, key("owner"), "several of one node");
    }
    assert_eq!(world.send("thief", join("thief", "ecg")), refused(Reject::Taken));
    assert_eq!(world.send("owner", join("owner", "owner")), refused(Reject::Oneself));
    assert_eq!(world.send("thief", Action::Leave(key("ecg"))), refused(Reject::Device));
    assert_eq!(world.send("owner", Action::Leave(key("d1"))), refused(Reject::Device));
    let left = world.send("owner", Action::Leave(key("pump")));
    assert_eq!(left, Ok(vec![Event::Left(key("owner"), key("pump"))]));
    assert_eq!(world.send("owner", Action::Leave(key("pump"))), refused(Reject::Device));
    assert_eq!(upload(&mut world, "pump", 0, 5), refused(Reject::Device));
    assert_eq!(world.send("owner", join("owner", "pump")), refused(Reject::Taken));
    assert_eq!(world.send("other", join("other", "pump")), refused(Reject::Taken));
}

#[test]
fn c21_a_device_joins_nobody_whom_it_has_not_named() {
    let mut world = ward();
    let right = joining("owner", "new");
    let elsewhere = medcrypto_ledger::block::ChainId(d("other chain"));
    let wrong = [
        consent(&right, "owner"),
        consent(&JoinStatement { chain_id: elsewhere, ..right.clone() }, "new"),
        consent(&JoinStatement { owner: key("thief"), ..right.clone() }, "new"),
        consent(&JoinStatement { device: key("ecg"), ..right.clone() }, "new"),
        sign(&key("new"), TRANSACTION, &encode(&right)),
    ];
    for signature in wrong {
        let sent = world.send("owner", Action::Join(key("new"), signature));
        assert_eq!(sent, refused(Reject::DeviceSignature));
    }
    world.accepted("owner", Action::Join(key("new"), consent(&right, "new")));
}

#[test]
fn c21_a_device_that_has_left_knows_the_key_so_a_new_epoch_is_due() {
    let mut world = ward();
    world.accepted("owner", join("owner", "pump"));
    assert!(upload(&mut world, "ecg", 0, 1).is_ok());
    world.accepted("owner", Action::Leave(key("pump")));
    let current = |world: &World| world.state.contract.current(&key("owner"));
    assert_eq!(current(&world), Some(Current { epoch: 0, stale: true }));
    assert_eq!(upload(&mut world, "ecg", 0, 2), refused(Reject::Stale));
    world.accepted("owner", keys(1, &["d1"]));
    assert_eq!(current(&world), Some(Current { epoch: 1, stale: false }));
    assert!(upload(&mut world, "ecg", 1, 2).is_ok());
}

#[test]
fn c04_c09_an_upload_is_by_a_device_under_the_epoch_that_counts_and_later_than_the_last() {
    let mut world = World::new(Keychain::default(), Symbolic);
    world.accepted("owner", join("owner", "ecg"));
    assert_eq!(upload(&mut world, "ecg", 0, 1), refused(Reject::Stale), "no epoch yet");
    world.accepted("owner", keys(0, &["d1"]));
    assert_eq!(upload(&mut world, "owner", 0, 1), refused(Reject::Device));
    assert_eq!(upload(&mut world, "ecg", 1, 1), refused(Reject::Epoch(0)));
    assert_eq!(upload(&mut world, "ecg", 0, 0), refused(Reject::Time));
    assert_eq!(upload(&mut world, "ecg", 0, 1_001), refused(Reject::Time), "from the future");
    let action = Action::Upload(0, 1_000, cid("window"));
    let id = world.accepted("ecg", action.clone());
    let stored = world.state.contract.upload(&id).unwrap();
    assert_eq!((&stored.owner, &stored.device, stored.epoch), (&key("owner"), &key("ecg"), 0));
    assert_eq!(stored.cid, cid("window"));
    assert_eq!(upload(&mut world, "ecg", 0, 1_000), refused(Reject::Time));
    world.now = 2_000;
    assert_ne!(world.accepted("ecg", Action::Upload(0, 1_001, cid("window"))), id);
    world.accepted("owner", keys(1, &["d1"]));
    assert_eq!(upload(&mut world, "ecg", 0, 1_002), refused(Reject::Epoch(1)));
}

/// C4: the upload's id covers every field, and the signature every bit of it.
#[test]
fn c04_every_changed_field_of_an_upload_is_refused() {
    let mut world = ward();
    world.now = 5_000;
    let body = world.body(&key("ecg"), Action::Upload(0, 7, cid("window")));
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    let mut changed = vec![body.clone(); 6];
    changed[0].chain_id.0 = d("other chain");
    changed[1].sender = key("pump");
    changed[2].nonce += 1;
    changed[3].action = Action::Upload(1, 7, cid("window"));
    changed[4].action = Action::Upload(0, 8, cid("window"));
    changed[5].action = Action::Upload(0, 7, cid("other"));
    for changed in changed {
        assert_ne!(changed.id(), body.id());
        let sent = world.apply(&SignedTx { body: changed, signature: signature.clone() });
        assert_eq!(sent, Err(Rejection::Signature));
    }
    let tx = SignedTx { body, signature };
    assert!(world.apply(&tx).is_ok());
    assert_eq!(world.apply(&tx), Err(Rejection::Nonce), "played again");
}

#[test]
fn c05_c09_epochs_rise_by_one_and_give_the_key_to_those_named_alone() {
    let mut world = World::new(Keychain::default(), Symbolic);
    for epoch in [1, u64::MAX] {
        assert_eq!(world.send("owner", keys(epoch, &["d1"])), refused(Reject::Epoch(0)));
    }
    world.height = 7;
    let rotated = world.send("owner", keys(0, &["d1", "d2"]));
    assert_eq!(rotated, Ok(vec![Event::Rotated(key("owner"), 0)]));
    for epoch in [0, 2] {
        assert_eq!(world.send("owner", keys(epoch, &["d1"])), refused(Reject::Epoch(1)));
    }
    world.height = 9;
    world.accepted("owner", keys(1, &["d2"]));
    let since = |epoch, doctor| world.state.contract.held_since(&key("owner"), epoch, &key(doctor));
    assert_eq!([since(0, "d1"), since(0, "d2")], [Some(7), Some(7)]);
    assert_eq!([since(1, "d1"), since(1, "d2"), since(2, "d2")], [None, Some(9), None]);
    // Another owner has epochs of its own.
    world.accepted("other", keys(0, &[]));
    assert_eq!(world.state.contract.held_since(&key("other"), 0, &key("d1")), None);
    assert_eq!(world.send("owner", keys(2, &["owner"])), refused(Reject::Oneself));
}

#[test]
fn c06_c10_a_revoked_doctor_and_a_new_one_speak_about_what_they_have_the_keys_of() {
    let mut world = ward();
    let early = world.accepted("ecg", Action::Upload(0, 1, cid("early")));
    assert_eq!(diagnosable(&world, "d3", &[early]), Ok(()));
    // d3 is revoked, d6 is added from now on, d7 for the past alone.
    world.accepted("owner", keys(1, &["d1", "d2", "d4", "d5", "d6"]));
    let late = world.accepted("ecg", Action::Upload(1, 2, cid("late")));
    assert_eq!(diagnosable(&world, "d1", &[early, late]), Ok(()));
    for records in [&[early][..], &[late]] {
        assert_eq!(diagnosable(&world, "d3", records), Err(Reject::NoKey), "not current");
    }
    assert_eq!(diagnosable(&world, "d6", &[late]), Ok(()));
    assert_eq!(diagnosable(&world, "d6", &[early, late]), Err(Reject::NoKey));
    let shared = world.send("owner", share("d6", &[0]));
    assert_eq!(shared, Ok(vec![Event::Shared(key("owner"), key("d6"))]));
    assert_eq!(diagnosable(&world, "d6", &[early, late]), Ok(()));
    world.accepted("owner", share("d7", &[0]));
    assert_eq!(diagnosable(&world, "d7", &[early]), Err(Reject::NoKey));
    world.accepted("owner", share("d7", &[1]));
    assert_eq!(diagnosable(&world, "d7", &[early, late]), Ok(()));
}

#[test]
fn c06_records_exist_are_few_and_of_one_owner() {
    let mut world = ward();
    let record = world.accepted("ecg", Action::Upload(0, 1, cid("window")));
    world.accepted("other", join("other", "other ecg"));
    world.accepted("other", keys(0, &["d1"]));
    let foreign = world.accepted("other ecg", Action::Upload(0, 1, cid("window")));
    let wrong = [vec![], vec![d("dangling")], vec![record, d("dangling")], vec![record, foreign]];
    for records in wrong {
        assert_eq!(diagnosable(&world, "d1", &records), Err(Reject::Records));
    }
    let mut many = BTreeSet::new();
    world.now = 10_000;
    for i in 0..=MAX_RECORDS as u64 {
        many.insert(world.accepted("ecg", Action::Upload(0, 2 + i, cid("window"))));
    }
    let chain = &world.state.contract;
    assert_eq!(chain.diagnosable(&key("d1"), &many), Err(Reject::Records));
    many.pop_first();
    assert_eq!(chain.diagnosable(&key("d1"), &many), Ok(&key("owner")));
}

#[test]
fn c10_shared_keys_are_of_epochs_that_exist_and_given_once() {
    let mut world = World::new(Keychain::default(), Symbolic);
    assert_eq!(world.send("owner", share("d1", &[0])), refused(Reject::NoEpoch));
    world.accepted("owner", keys(0, &["d1"]));
    world.accepted("owner", keys(1, &["d1"]));
    assert_eq!(world.send("owner", share("d1", &[0])), refused(Reject::Held));
    assert_eq!(world.send("owner", share("d2", &[0, 2])), refused(Reject::NoEpoch));
    assert_eq!(world.send("owner", share("owner", &[0])), refused(Reject::Oneself));
    world.accepted("owner", share("d2", &[0, 1]));
    let again = Action::Share(key("d2"), Pairs([(1, wrapped("another wrapping"))].into()));
    assert_eq!(world.send("owner", again), refused(Reject::Held));
    // Nobody but the owner gives the owner's keys: this is the stranger's own, empty, keychain.
    assert_eq!(world.send("stranger", share("stranger's friend", &[0])), refused(Reject::NoEpoch));
}

#[test]
fn c23_a_wrapped_key_is_written_once_and_a_copier_locks_nobody_out() {
    let mut world = ward();
    let old = wrapped("0 for d1");
    let twice = |own: &str, of_doctor: &Bytes| {
        let doctors = Pairs([(key("d1"), of_doctor.clone())].into());
        Action::Rotate(Keys { epoch: 1, doctors, own: wrapped(own) })
    };
    assert_eq!(world.send("owner", twice("new", &old)), refused(Reject::Reused));
    assert_eq!(
        world.send("owner", twice("0 for the owner", &wrapped("x"))),
        refused(Reject::Reused)
    );
    assert_eq!(world.send("owner", twice("x", &wrapped("x"))), refused(Reject::Reused));
    let shared = Action::Share(key("d9"), Pairs([(0, old)].into()));
    assert_eq!(world.send("owner", shared), refused(Reject::Reused));
    // A copier is faster; the owner's transaction passes all the same.
    world.accepted("copier", keys(0, &["d1"]));
    world.accepted("copier", keys(1, &["d1"]));
    world.accepted("owner", keys(1, &["d1"]));
}

/// C23: every size and every structure has its own refusal.
#[test]
fn c23_sizes_and_structure_of_each_transaction() {
    let mut world = ward();
    let many = |count: usize| {
        let doctors = (0..count).map(|i| (key(&format!("m{i}")), wrapped(&format!("w{i}"))));
        Action::Rotate(Keys { epoch: 1, doctors: Pairs(doctors.collect()), own: wrapped("own") })
    };
    assert_eq!(world.clone().send("owner", many(Keys::MAX_SHARES + 1)), refused(Reject::Doctors));
    world.clone().accepted("owner", many(Keys::MAX_SHARES));
    let sized = |doctor: usize, own: usize| {
        let doctors = Pairs([(key("d1"), Bytes(vec![1; doctor]))].into());
        Action::Rotate(Keys { epoch: 1, doctors, own: Bytes(vec![2; own]) })
    };
    let longest = Keys::MAX_WRAPPED;
    for (doctor, own) in [(0, 1), (1, 0), (longest + 1, 1), (1, longest + 1)] {
        assert_eq!(world.send("owner", sized(doctor, own)), refused(Reject::Wrapped));
    }
    world.clone().accepted("owner", sized(longest, longest));
    let given = |len: usize| Action::Share(key("d9"), Pairs([(0, Bytes(vec![1; len]))].into()));
    for len in [0, longest + 1] {
        assert_eq!(world.send("owner", given(len)), refused(Reject::Wrapped));
    }
    world.clone().accepted("owner", given(longest));
    assert_eq!(world.send("owner", share("d9", &[])), refused(Reject::Epochs));
    for epoch in 1..=Keys::MAX_SHARES as u64 {
        world.accepted("owner", keys(epoch, &[]));
    }
    let all: Vec<u64> = (0..=Keys::MAX_SHARES as u64).collect();
    assert_eq!(world.send("owner", share("d9", &all)), refused(Reject::Epochs));
    world.accepted("owner", share("d9", &all[1..]));
}

#[test]
fn c23_keys_and_signatures_have_bounds() {
    let mut world = ward();
    let long = "k".repeat(129);
    let oversized = Signature(Bytes(vec![0; 257]));
    let actions = [
        join("owner", &long),
        Action::Join(key("new"), oversized),
        Action::Leave(key(&long)),
        keys(1, &[&long]),
        share(&long, &[0]),
    ];
    for action in actions {
        assert_eq!(world.send("owner", action), Err(Rejection::Bounds));
    }
}

#[test]
fn the_last_epoch_is_the_last() {
    let owners = Pairs([(key("owner"), (u64::MAX, false))].into());
    let none = Pairs::<u64, u64>::default();
    let state = encode(&(&none, owners, &none, &none, BTreeSet::<Digest>::new()));
    let mut world = World::new(decode(&state).unwrap(), Symbolic);
    assert_eq!(world.send("owner", keys(0, &[])), refused(Reject::Exhausted));
}
