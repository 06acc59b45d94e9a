//! Access policies: the corrected protocols, and the printed ones with what breaks them.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::block::{ChainId, Context};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx, State, TxBody, apply};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::policy::{Action, DataType, Event, Grant, Policies, Reject};
use medcrypto_ledger::pbft::App;
use medcrypto_ledger::{Bytes, PublicKey};

use crate::world::{Symbolic, TRANSACTION, cid, d, key, sign};

mod model;

fn data_type(name: &str) -> DataType {
    DataType(Bytes(name.as_bytes().to_vec()))
}

fn grant(types: &[&str], from_ms: u64, until_ms: u64) -> Grant {
    Grant { types: types.iter().map(|name| data_type(name)).collect(), from_ms, until_ms }
}

fn signed(chain: &str, sender: &str, nonce: u64, action: Action) -> SignedTx<Action> {
    let body = TxBody { chain_id: ChainId(d(chain)), sender: key(sender), nonce, action };
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    SignedTx { body, signature }
}

/// The policies with a clock; refused transactions are shown to change nothing.
#[derive(Clone)]
struct World {
    state: State<Policies>,
    now: u64,
}

impl World {
    fn new() -> Self {
        Self { state: State::genesis(Policies::default()), now: 1_000 }
    }

    fn send(&mut self, sender: &str, action: Action) -> Result<Event, Rejection<Reject>> {
        let nonce = self.state.next_nonce(&key(sender)).unwrap();
        self.apply(&signed("chain", sender, nonce, action))
    }

    fn apply(&mut self, tx: &SignedTx<Action>) -> Result<Event, Rejection<Reject>> {
        let context = Context { chain_id: ChainId(d("chain")), height: 1, time_ms: self.now };
        let before = self.state.clone();
        let told = apply(&mut self.state, tx, &context, &Symbolic);
        assert!(told.is_ok() || self.state == before, "refused, and changed something");
        let [event] = told?.try_into().unwrap();
        assert_eq!(self.state.nonces.0[&tx.body.sender], tx.body.nonce);
        Ok(event)
    }

    fn grant(&mut self, staff: &str, grant: Grant) -> Result<Event, Rejection<Reject>> {
        self.send("patient", Action::Grant(key(staff), grant))
    }

    fn write(&mut self, name: &str, epoch: u64, what: &str) -> Result<Event, Rejection<Reject>> {
        self.send("patient", Action::Write(data_type(name), epoch, cid(what)))
    }

    fn read(&mut self, reader: &str, name: &str, what: &str) -> Result<Event, Rejection<Reject>> {
        self.send(reader, Action::Read(key("patient"), data_type(name), cid(what)))
    }

    fn epoch(&self, name: &str) -> u64 {
        self.state.contract.next_epoch(&key("patient"), &data_type(name), self.now)
    }
}

const DENIED: Result<Event, Rejection<Reject>> = Err(Rejection::Action(Reject::Denied));

fn access(reader: &str, name: &str, what: &str) -> Result<Event, Rejection<Reject>> {
    Ok(Event::Access(key(reader), key("patient"), data_type(name), cid(what)))
}

fn needs_epoch(epoch: u64) -> Result<Event, Rejection<Reject>> {
    Err(Rejection::Action(Reject::Epoch(epoch)))
}

/// Protocols 2 to 4 as printed: one map of sets, keyed by the hash of one key, and nobody removes.
#[derive(Default)]
struct Printed(BTreeMap<PublicKey, BTreeSet<(PublicKey, BTreeSet<DataType>)>>);

impl Printed {
    /// Protocol 2: L\[H(pk_p)\] ← L\[H(pk_p)\] ∪ {(pk_m, POLICY)}.
    fn access(&mut self, patient: &str, staff: &str, types: &[&str]) {
        let policy = types.iter().map(|name| data_type(name)).collect();
        self.0.entry(key(patient)).or_default().insert((key(staff), policy));
    }

    /// Protocol 3, for the key that asks: some tuple of L\[H(pk_k)\] names it and the type.
    fn check(&self, asking: &str, name: &str) -> bool {
        let tuples = self.0.get(&key(asking)).into_iter().flatten();
        let mut of = tuples.filter(|(who, _)| *who == key(asking));
        of.any(|(_, types)| types.contains(&data_type(name)))
    }

    /// The same with the lookup mended, to show what else is wrong.
    fn check_mended(&self, patient: &str, staff: &str, name: &str) -> bool {
        let tuples = self.0.get(&key(patient)).into_iter().flatten();
        let mut of = tuples.filter(|(who, _)| *who == key(staff));
        of.any(|(_, types)| types.contains(&data_type(name)))
    }

    /// Protocol 4 with RW = 0: nothing compares the writer with the patient.
    fn write(&self, patient: &str, _writer: &str) -> bool {
        self.0.contains_key(&key(patient))
    }
}

#[test]
fn e_s1_staff_with_a_grant_reads_and_as_printed_never_does() {
    let mut printed = Printed::default();
    printed.access("patient", "doctor", &["glucose"]);
    assert!(!printed.check("doctor", "glucose"), "looked up under the doctor's own key");
    let mut world = World::new();
    let given = grant(&["glucose"], 0, 5_000);
    let event = Event::Granted(key("patient"), key("doctor"), given.clone());
    assert_eq!(world.grant("doctor", given), Ok(event));
    world.write("glucose", 0, "6.3").unwrap();
    assert_eq!(world.read("doctor", "glucose", "6.3"), access("doctor", "glucose", "6.3"));
}

#[test]
fn e_s2_s04_an_empty_set_takes_everything_back_and_as_printed_nothing() {
    let mut printed = Printed::default();
    printed.access("patient", "doctor", &["glucose"]);
    printed.access("patient", "doctor", &[]);
    assert!(printed.check_mended("patient", "doctor", "glucose"), "the old tuple is still there");
    let mut world = World::new();
    world.grant("doctor", grant(&["glucose"], 0, 5_000)).unwrap();
    world.write("glucose", 0, "6.3").unwrap();
    world.grant("doctor", grant(&[], 0, 0)).unwrap();
    assert_eq!(world.read("doctor", "glucose", "6.3"), DENIED);
    assert!(world.state.contract.grants.0.is_empty(), "absent, not empty");
}

#[test]
fn c4_a_grant_replaces_the_one_before_and_is_never_united_with_it() {
    let mut world = World::new();
    world.write("glucose", 0, "6.3").unwrap();
    world.write("weight", 0, "80").unwrap();
    world.grant("doctor", grant(&["glucose"], 0, 5_000)).unwrap();
    world.grant("doctor", grant(&["weight"], 0, 5_000)).unwrap();
    assert_eq!(world.read("doctor", "glucose", "6.3"), DENIED);
    assert_eq!(world.read("doctor", "weight", "80"), access("doctor", "weight", "80"));
}

#[test]
fn e_s3_e_s4_a_patient_stores_without_a_grant_and_nobody_stores_for_a_patient() {
    let mut printed = Printed::default();
    assert!(!printed.write("patient", "patient"), "the first record needs a grant");
    printed.access("patient", "doctor", &["glucose"]);
    assert!(printed.write("patient", "doctor"), "staff writes");
    let mut world = World::new();
    world.write("glucose", 0, "6.3").unwrap();
    world.grant("doctor", grant(&["glucose"], 0, 5_000)).unwrap();
    // The doctor's write is about the doctor: the patient's data stay what they are.
    let before = world.state.contract.written.0[&(key("patient"), data_type("glucose"))].clone();
    world.send("doctor", Action::Write(data_type("glucose"), 0, cid("forged"))).unwrap();
    let after = &world.state.contract.written.0[&(key("patient"), data_type("glucose"))];
    assert_eq!(*after, before);
    let forged = world.read("doctor", "glucose", "forged");
    assert_eq!(forged, Err(Rejection::Action(Reject::Unknown)));
}

#[test]
fn e_s5_s06_a_read_names_patient_type_and_identifier_and_each_must_be_right() {
    let mut world = World::new();
    world.write("glucose", 0, "6.3").unwrap();
    world.write("weight", 0, "80").unwrap();
    world.grant("doctor", grant(&["glucose"], 0, 5_000)).unwrap();
    let unknown = Err(Rejection::Action(Reject::Unknown));
    assert_eq!(world.read("doctor", "glucose", "80"), unknown, "another type's");
    assert_eq!(world.read("doctor", "glucose", "6.4"), unknown, "nobody's");
    assert_eq!(world.read("doctor", "weight", "80"), DENIED);
    let other = Action::Read(key("other"), data_type("glucose"), cid("6.3"));
    assert_eq!(world.send("doctor", other), DENIED);
    assert_eq!(world.read("patient", "glucose", "6.3"), access("patient", "glucose", "6.3"));
}

#[test]
fn t29_e_s7_an_old_grant_played_again_is_refused_and_as_printed_unrevokes() {
    let mut printed = Printed::default();
    for types in [&["glucose"][..], &[], &["glucose"]] {
        printed.access("patient", "doctor", types);
    }
    assert!(printed.check_mended("patient", "doctor", "glucose"));
    let mut world = World::new();
    world.write("glucose", 0, "6.3").unwrap();
    let old =
        signed("chain", "patient", 2, Action::Grant(key("doctor"), grant(&["glucose"], 0, 5_000)));
    world.apply(&old).unwrap();
    world.grant("doctor", grant(&[], 0, 0)).unwrap();
    let before = world.state.clone();
    assert_eq!(world.apply(&old), Err(Rejection::Nonce));
    assert_eq!(world.state, before);
    assert_eq!(world.read("doctor", "glucose", "6.3"), DENIED);
}

#[test]
fn e_s8_a_transaction_is_its_senders_on_this_chain_with_the_next_nonce() {
    let world = World::new();
    let action = Action::Grant(key("doctor"), grant(&["glucose"], 0, 5_000));
    let refused = |tx: &SignedTx<Action>| world.clone().apply(tx).unwrap_err();
    let good = signed("chain", "patient", 1, action.clone());
    assert!(world.clone().apply(&good).is_ok());
    assert_eq!(refused(&signed("other chain", "patient", 1, action.clone())), Rejection::Chain);
    for nonce in [0, 2, u64::MAX] {
        assert_eq!(refused(&signed("chain", "patient", nonce, action.clone())), Rejection::Nonce);
    }
    let mut forged = good.clone();
    forged.body.sender = key("other");
    assert_eq!(refused(&forged), Rejection::Signature);
    let mut forged = good.clone();
    forged.body.action = Action::Grant(key("mallory"), grant(&["glucose"], 0, 5_000));
    assert_eq!(refused(&forged), Rejection::Signature);
    let mut forged = good;
    forged.signature.0.0[0] ^= 1;
    assert_eq!(refused(&forged), Rejection::Signature);
}

#[test]
fn e_s9_losing_access_in_any_way_makes_the_next_write_use_another_key() {
    let mut world = World::new();
    world.grant("doctor", grant(&["glucose", "weight"], 0, 5_000)).unwrap();
    world.grant("nurse", grant(&["glucose"], 0, 5_000)).unwrap();
    world.write("glucose", 0, "a").unwrap();
    world.write("weight", 0, "b").unwrap();
    // Fewer types: the type that is gone, and that one alone.
    world.grant("doctor", grant(&["weight"], 0, 5_000)).unwrap();
    assert_eq!((world.epoch("glucose"), world.epoch("weight")), (1, 0));
    assert_eq!(world.write("glucose", 0, "c"), needs_epoch(1), "the doctor's key");
    assert_eq!(world.write("glucose", 2, "c"), needs_epoch(1));
    world.write("glucose", 1, "c").unwrap();
    assert_eq!(world.epoch("glucose"), 1, "once");
    // A window that no longer holds now.
    world.grant("nurse", grant(&["glucose"], 3_000, 5_000)).unwrap();
    assert_eq!(world.epoch("glucose"), 2);
    world.write("glucose", 2, "d").unwrap();
    // Gaining access changes no key.
    world.grant("doctor", grant(&["glucose", "weight"], 0, 5_000)).unwrap();
    assert_eq!((world.epoch("glucose"), world.epoch("weight")), (2, 0));
}

#[test]
fn c4_a_grant_that_has_run_out_changes_the_key_once_at_the_next_write() {
    let mut world = World::new();
    world.grant("doctor", grant(&["glucose", "weight"], 0, 2_000)).unwrap();
    world.write("glucose", 0, "a").unwrap();
    world.now = 1_999;
    assert_eq!(world.read("doctor", "glucose", "a"), access("doctor", "glucose", "a"));
    assert_eq!(world.epoch("glucose"), 0);
    world.now = 2_000;
    assert_eq!(world.read("doctor", "glucose", "a"), DENIED, "the end is outside");
    assert_eq!(world.write("glucose", 0, "b"), needs_epoch(1));
    world.write("glucose", 1, "b").unwrap();
    assert_eq!(world.epoch("glucose"), 1, "and not again");
    assert_eq!(world.epoch("weight"), 0, "nothing was written, nobody has a key");
    world.write("weight", 0, "c").unwrap();
    assert!(world.state.contract.grants.0.is_empty());
}

#[test]
fn windows_and_owners_are_checked() {
    let mut world = World::new();
    let window = Err(Rejection::Action(Reject::Window));
    assert_eq!(world.grant("doctor", grant(&["glucose"], 3_000, 3_000)), window);
    assert_eq!(world.grant("doctor", grant(&["glucose"], 4_000, 3_000)), window);
    assert_eq!(world.grant("doctor", grant(&["glucose"], 0, 1_000)), window, "over already");
    let oneself = world.grant("patient", grant(&["glucose"], 0, 5_000));
    assert_eq!(oneself, Err(Rejection::Action(Reject::Oneself)));
    world.write("glucose", 0, "a").unwrap();
    world.grant("doctor", grant(&["glucose"], 2_000, 3_000)).unwrap();
    assert_eq!(world.read("doctor", "glucose", "a"), DENIED, "not yet");
    world.now = 2_000;
    assert_eq!(world.read("doctor", "glucose", "a"), access("doctor", "glucose", "a"));
}

#[test]
fn every_part_has_a_bound() {
    let mut world = World::new();
    let mut bounds = |action: Action| world.send("patient", action) == Err(Rejection::Bounds);
    let long = "x".repeat(33);
    assert!(bounds(Action::Write(data_type(""), 0, cid("a"))));
    assert!(bounds(Action::Write(data_type(&long), 0, cid("a"))));
    assert!(bounds(Action::Read(key("patient"), data_type(&long), cid("a"))));
    assert!(bounds(Action::Read(key(&"k".repeat(129)), data_type("t"), cid("a"))));
    assert!(bounds(Action::Grant(key(&"k".repeat(129)), grant(&["t"], 0, 5_000))));
    assert!(bounds(Action::Grant(key("doctor"), grant(&[&long], 0, 5_000))));
    let names = (0..65).map(|i| i.to_string()).collect::<Vec<_>>();
    let names = names.iter().map(String::as_str).collect::<Vec<_>>();
    assert!(bounds(Action::Grant(key("doctor"), grant(&names, 0, 5_000))));
    assert!(!bounds(Action::Grant(key("doctor"), grant(&names[..64], 0, 5_000))));
    assert!(!bounds(Action::Write(data_type(&long[..32]), 0, cid("a"))));
}

#[test]
fn the_machine_answers_every_byte_string_and_restores_what_it_snapshot() {
    let chain = ChainId(d("chain"));
    let mut machine = Machine::new(State::genesis(Policies::default()), Symbolic).on_chain(chain);
    let tx = encode(&signed("chain", "patient", 1, Action::Write(data_type("t"), 0, cid("a"))));
    let written = Event::Written(key("patient"), data_type("t"), 0, cid("a"));
    assert!(machine.check(&tx).is_ok());
    assert_eq!(machine.run(&tx, 1, 1_000), Answer::Applied(vec![written]));
    assert_eq!(machine.run(&tx, 2, 2_000), Answer::Rejected(Rejection::Nonce));
    for end in 0..tx.len() {
        assert_eq!(machine.run(&tx[..end], 2, 2_000), Answer::Rejected(Rejection::Malformed));
        assert!(machine.check(&tx[..end]).is_err());
    }
    let long = vec![0; Machine::<Policies, Symbolic>::MAX_TX + 1];
    assert_eq!(machine.run(&long, 2, 2_000), Answer::Rejected(Rejection::Malformed));
    let mut other = Machine::new(State::genesis(Policies::default()), Symbolic).on_chain(chain);
    assert_ne!(other.digest(), machine.digest());
    assert!(other.restore(&machine.snapshot()[1..]).is_err());
    other.restore(&machine.snapshot()).unwrap();
    assert_eq!(other.digest(), machine.digest());
    let unborn = &mut Machine::new(State::genesis(Policies::default()), Symbolic);
    assert_eq!(unborn.run(&tx, 1, 1_000), Answer::Rejected(Rejection::Chain));
}

#[test]
fn golden_bytes_of_every_action() {
    let actions = [
        Action::Grant(key("d"), grant(&["a", "b"], 1, 2)),
        Action::Write(data_type("a"), 3, cid("a")),
        Action::Read(key("p"), data_type("a"), cid("a")),
    ];
    let cid = "d82a58250001551220ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let expected = [
        "a1654772616e748241648382416141620102".to_owned(),
        format!("a165577269746583416103{cid}"),
        format!("a164526561648341704161{cid}"),
    ];
    for (action, expected) in actions.iter().zip(expected) {
        assert_eq!(hex::encode(encode(action)), expected);
        assert_eq!(decode::<Action>(&encode(action)).as_ref(), Ok(action));
    }
}
