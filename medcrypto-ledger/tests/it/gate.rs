//! Members and their rate, in front of a contract.

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::block::{ChainId, Context};
use medcrypto_ledger::codec::{Pairs, encode};
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx, State, TxBody, apply};
use medcrypto_ledger::contract::gate::{Action, Class, Event, Gate, Limit, Reject};
use medcrypto_ledger::contract::policy::{self, DataType, Policies};

use crate::world::{Symbolic, TRANSACTION, cid, d, key, sign};

type Sent = Result<Event<policy::Event>, Rejection<Reject<policy::Reject>>>;

const DEVICE: Class = Class(1);
const STAFF: Class = Class(2);

#[derive(Clone)]
struct World {
    state: State<Gate<Policies>>,
    height: u64,
}

impl World {
    /// Devices may do 20 things at once and 2 more with every block; staff 3 and 1.
    fn new() -> Self {
        let limits = [
            (DEVICE, Limit { burst: 20, per_block: 2 }),
            (STAFF, Limit { burst: 3, per_block: 1 }),
        ];
        let gate = Gate::new(key("registrar"), Pairs(limits.into()), Policies::default());
        Self { state: State::genesis(gate), height: 1 }
    }

    fn with_members() -> Self {
        let mut world = Self::new();
        for (name, class) in [("device", DEVICE), ("doctor", STAFF)] {
            world.send("registrar", Action::Enrol(key(name), class, d(name))).unwrap();
        }
        world
    }

    fn tx(&self, sender: &str, action: Action<policy::Action>) -> SignedTx<Action<policy::Action>> {
        let nonce = self.state.next_nonce(&key(sender)).unwrap();
        let body = TxBody { chain_id: ChainId(d("chain")), sender: key(sender), nonce, action };
        let signature = sign(&body.sender, TRANSACTION, &encode(&body));
        SignedTx { body, signature }
    }

    fn send(&mut self, sender: &str, action: Action<policy::Action>) -> Sent {
        let context =
            Context { chain_id: ChainId(d("chain")), height: self.height, time_ms: 1_000 };
        let tx = self.tx(sender, action);
        let before = self.state.clone();
        let told = apply(&mut self.state, &tx, &context, &Symbolic);
        assert!(told.is_ok() || self.state == before, "refused, and changed something");
        let mut events = told?;
        assert_eq!(events.len(), 1);
        Ok(events.remove(0))
    }

    fn write(&mut self, sender: &str, what: u64) -> Sent {
        self.send(sender, write(what))
    }
}

fn write(what: u64) -> Action<policy::Action> {
    let pulse = DataType(b"pulse"[..].into());
    Action::Act(policy::Action::Write(pulse, 0, cid(&what.to_string())))
}

fn refused(reject: Reject<policy::Reject>) -> Sent {
    Err(Rejection::Action(reject))
}

#[test]
fn h02_only_the_registrar_enrols_and_strangers_are_refused() {
    let mut world = World::new();
    assert_eq!(world.write("device", 1), refused(Reject::Stranger));
    let enrol = Action::Enrol(key("device"), DEVICE, d("certificate"));
    assert_eq!(world.send("device", enrol.clone()), refused(Reject::Registrar));
    let event = Event::Enrolled(key("device"), DEVICE);
    assert_eq!(world.send("registrar", enrol.clone()), Ok(event));
    assert_eq!(world.send("registrar", enrol), refused(Reject::Taken));
    let unknown = Action::Enrol(key("other"), Class(9), d("certificate"));
    assert_eq!(world.send("registrar", unknown), refused(Reject::Class));
    let itself = Action::Enrol(key("registrar"), DEVICE, d("certificate"));
    assert_eq!(world.send("registrar", itself), refused(Reject::Taken));
    assert!(world.write("device", 1).is_ok());
    assert_eq!(world.write("registrar", 1), refused(Reject::Stranger), "it enrols, no more");
}

/// The registrar salts the digest anew, so the chain shows two keys and two digests.
#[test]
fn h02_the_same_person_twice_is_two_members_that_share_nothing() {
    let mut world = World::new();
    for (pseudonym, salt) in [("p1", "salt 1"), ("p2", "salt 2")] {
        let certificate = crate::world::hash(&[b"alice's certificate", salt.as_bytes()]);
        world.send("registrar", Action::Enrol(key(pseudonym), STAFF, certificate)).unwrap();
    }
    let member = |name| *world.state.contract.member(&key(name)).unwrap();
    assert_ne!(member("p1").certificate, member("p2").certificate);
    assert_eq!(member("p1").bucket, member("p2").bucket);
}

#[test]
fn revoked_and_rotated_keys_do_nothing_and_never_come_back() {
    let mut world = World::with_members();
    assert_eq!(world.send("doctor", Action::Revoke(key("device"))), refused(Reject::Registrar));
    let rotated = world.send("doctor", Action::Rotate(key("doctor 2")));
    assert_eq!(rotated, Ok(Event::Rotated(key("doctor"), key("doctor 2"))));
    assert_eq!(world.write("doctor", 1), refused(Reject::Stranger));
    assert_eq!(world.send("doctor", Action::Rotate(key("doctor 3"))), refused(Reject::Stranger));
    assert!(world.write("doctor 2", 1).is_ok());
    let taken = refused(Reject::Taken);
    assert_eq!(world.send("doctor 2", Action::Rotate(key("doctor"))), taken);
    assert_eq!(world.send("doctor 2", Action::Rotate(key("device"))), taken);
    let revoked = world.send("registrar", Action::Revoke(key("device")));
    assert_eq!(revoked, Ok(Event::Revoked(key("device"))));
    assert_eq!(world.write("device", 1), refused(Reject::Stranger));
    assert_eq!(world.send("registrar", Action::Revoke(key("device"))), refused(Reject::Stranger));
    assert_eq!(world.send("registrar", Action::Enrol(key("device"), DEVICE, d("c"))), taken);
}

#[test]
fn s09_t31_a_flood_gets_exactly_its_limit_and_others_are_not_touched() {
    let mut world = World::with_members();
    let mut accepted = 0;
    for i in 0..10_000 {
        world.height = 1 + i / 1_000;
        accepted += u64::from(world.write("device", i).is_ok());
    }
    // Twenty at once, and two with each of nine more blocks.
    assert_eq!(accepted, 20 + 9 * 2);
    assert_eq!(world.write("device", 0), refused(Reject::Rate));
    for i in 0..3 {
        assert!(world.write("doctor", i).is_ok());
    }
    assert_eq!(world.write("doctor", 3), refused(Reject::Rate));
}

#[test]
fn t31_buckets_fill_by_height_up_to_the_burst_and_count_accepted_actions_only() {
    let mut world = World::with_members();
    for i in 0..3 {
        world.write("doctor", i).unwrap();
    }
    assert_eq!(world.write("doctor", 3), refused(Reject::Rate));
    world.height += 1;
    // Refused behind the gate: the token is still there.
    let wrong = Action::Act(policy::Action::Write(DataType(b"pulse"[..].into()), 7, cid("x")));
    let epoch = refused(Reject::Inner(policy::Reject::Epoch(0)));
    assert_eq!(world.send("doctor", wrong), epoch);
    assert_eq!(epoch.unwrap_err().to_string(), "the epoch is 0");
    assert!(world.write("doctor", 3).is_ok());
    assert_eq!(world.write("doctor", 4), refused(Reject::Rate));
    world.height = u64::MAX;
    for i in 0..3 {
        assert!(world.write("doctor", i).is_ok(), "no more than the burst, no overflow");
    }
    assert_eq!(world.write("doctor", 3), refused(Reject::Rate));
    // A rotated key brings its bucket along.
    world.send("doctor", Action::Rotate(key("fresh"))).unwrap();
    assert_eq!(world.write("fresh", 4), refused(Reject::Rate));
}

#[test]
fn parts_have_bounds_behind_and_before_the_gate() {
    let mut world = World::with_members();
    let long: PublicKey = key(&"k".repeat(129));
    let actions = [
        Action::Enrol(long.clone(), STAFF, d("c")),
        Action::Revoke(long.clone()),
        Action::Rotate(long),
        Action::Act(policy::Action::Write(DataType(b""[..].into()), 0, cid("x"))),
    ];
    for action in actions {
        assert_eq!(world.send("registrar", action), Err(Rejection::Bounds));
    }
}

#[test]
fn a_replay_of_the_same_transactions_gives_the_same_state() {
    let run = || {
        let mut world = World::with_members();
        let answers = (0..200).map(|i| {
            world.height = 1 + i / 10;
            let sender = if i % 3 == 0 { "doctor" } else { "device" };
            world.write(sender, i)
        });
        let answers = answers.collect::<Vec<_>>();
        (answers, world.state.digest())
    };
    assert_eq!(run(), run());
}
