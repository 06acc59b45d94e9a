//! Scripts for the policy contract behind its gate, against a model that only keeps what was accepted.
//!
//! ```text
//! event    time or height grows, or a transaction: mostly one that its sender may hope for, sometimes with
//!          a part past its bound, another sender, chain, nonce or signature
//! after every transaction
//!          the answer is the one that the model (`model`) gives
//!          a refusal has changed nothing, an acceptance has used one nonce of its sender
//!          the digest has changed exactly if the state has
//!          state and answer encode to what decodes to them; the state is restored from its snapshot
//! ```

mod model;

use std::collections::BTreeMap;

use medcrypto_core::dst::ledger::TRANSACTION;
use medcrypto_ledger::codec::{Pairs, decode, encode};
use medcrypto_ledger::contract::envelope::{Rejection, SignedTx, State, TxBody};
use medcrypto_ledger::contract::gate::{Action, Class, Gate, Limit, Reject};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::policy::{self, DataType, Grant, Policies};
use medcrypto_ledger::pbft::App;
use medcrypto_ledger::{Bytes, Digest, PublicKey, Signature};

use super::hospital::{Symbolic, chain, cid, digest, key, sign};
use crate::script::Script;
use model::Model;

pub(super) type Gated = Gate<Policies>;
pub(super) type Act = Action<policy::Action>;
type Refusal = Rejection<Reject<policy::Reject>>;

const NAMES: [&str; 8] =
    ["patient", "other", "doctor", "nurse", "device", "registrar", "fresh", "fresher"];
const TYPES: [&str; 3] = ["pulse", "ct", "genome"];
const OBJECTS: [&str; 3] = ["first", "second", "third"];

fn limits() -> BTreeMap<Class, Limit> {
    let limit = |burst, per_block| Limit { burst, per_block };
    [
        (Class(0), limit(6, 2)),
        (Class(1), limit(1, 1)),
        (Class(2), limit(0, 9)),
        (Class(3), limit(u64::MAX, u64::MAX)),
    ]
    .into()
}

/// Nobody is a member yet.
pub(super) fn genesis() -> State<Gated> {
    State::genesis(Gate::new(key("registrar"), Pairs(limits()), Policies::default()))
}

pub(super) fn signed<A: serde::Serialize>(sender: &str, nonce: u64, action: A) -> SignedTx<A> {
    let body = TxBody { chain_id: chain(), sender: key(sender), nonce, action };
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    SignedTx { body, signature }
}

pub(super) fn data_type(name: &str) -> DataType {
    DataType(name.as_bytes().into())
}

struct Run {
    machine: Machine<Gated, Symbolic>,
    model: Model,
    now: u64,
    height: u64,
    acted: usize,
}

/// Reached: two actions behind the gate were accepted.
pub(super) fn script(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let machine = Machine::new(genesis(), Symbolic).on_chain(chain());
    let model = Model::new(key("registrar"), limits());
    let mut run = Run { machine, model, now: 1_000, height: 1, acted: 0 };
    for name in ["patient", "other", "doctor", "nurse"] {
        let class = Class(script.pick(&[0, 0, 0, 3]));
        run.send("registrar", Action::Enrol(key(name), class, digest(name)));
    }
    for _ in 0..64 {
        if script.is_over() {
            break;
        }
        run.event(&mut script);
    }
    run.acted >= 2
}

impl Run {
    fn event(&mut self, script: &mut Script<'_>) {
        if script.below(6) == 0 {
            self.now += script.pick(&[1, 49, 50, 100, 1_000]);
            self.height += script.below(3) as u64;
            self.model.observe(self.now);
            return;
        }
        let (sender, action) = self.action(script);
        let nonce = self.nonce(sender);
        let mut tx = signed(sender, nonce, action);
        match script.below(32) {
            0 => {
                tx = signed(
                    sender,
                    script.pick(&[0, nonce - 1, nonce + 1, u64::MAX]),
                    tx.body.action,
                )
            }
            1 => tx.body.chain_id.0 = Digest::ZERO,
            2 => tx.signature.0.0.truncate(31),
            3 => tx.signature = Signature(Bytes(vec![0; 257])),
            4 => tx.body.sender = PublicKey(Bytes(vec![7; 129])),
            _ => {}
        }
        self.apply(&tx);
    }

    fn nonce(&self, sender: &str) -> u64 {
        self.machine.state().next_nonce(&key(sender)).expect("few transactions")
    }

    /// Somebody, and what it may want to do.
    fn action(&self, script: &mut Script<'_>) -> (&'static str, Act) {
        let who = key(script.pick(&NAMES));
        let sender = if script.below(8) == 0 { script.pick(&NAMES) } else { "registrar" };
        match script.below(16) {
            0 => (sender, Action::Enrol(who, Class(script.below(5) as u8), digest("salted"))),
            1 => (sender, Action::Revoke(who)),
            2 => (script.pick(&NAMES), Action::Rotate(who)),
            3..=6 => self.grant(script),
            7..=11 => self.write(script),
            _ => {
                let patient = script.pick(&NAMES[..2]);
                let cid = cid(script.pick(&OBJECTS));
                let read = policy::Action::Read(key(patient), a_type(script), cid);
                (script.pick(&NAMES[..4]), Action::Act(read))
            }
        }
    }

    fn grant(&self, script: &mut Script<'_>) -> (&'static str, Act) {
        let mut types: std::collections::BTreeSet<_> =
            (0..script.below(4)).map(|_| a_type(script)).collect();
        if script.below(32) == 0 {
            types.extend((0..62 + script.below(3) as u8).map(|i| DataType(Bytes(vec![i]))));
        }
        let from_ms = self.now + script.pick(&[0, 1, 100]);
        let until_ms = self.now + script.pick(&[0, 1, 100, 200, 100_000]);
        let staff = key(script.pick(&NAMES[..5]));
        let grant = policy::Action::Grant(staff, Grant { types, from_ms, until_ms });
        (script.pick(&NAMES[..2]), Action::Act(grant))
    }

    fn write(&self, script: &mut Script<'_>) -> (&'static str, Act) {
        let (patient, data_type) = (script.pick(&NAMES[..2]), a_type(script));
        let policies = self.machine.state().contract.inner();
        let next = policies.next_epoch(&key(patient), &data_type, self.now);
        let epoch = if script.below(8) == 0 { script.below(4) as u64 } else { next };
        let write = policy::Action::Write(data_type, epoch, cid(script.pick(&OBJECTS)));
        (patient, Action::Act(write))
    }

    fn send(&mut self, sender: &str, action: Act) {
        self.apply(&signed(sender, self.nonce(sender), action));
    }

    /// What becomes of a transaction before its action is looked at.
    fn envelope(&self, tx: &SignedTx<Act>) -> Result<(), Refusal> {
        let TxBody { chain_id, sender, nonce, action } = &tx.body;
        let fits = sender.0.0.len() <= 128 && tx.signature.0.0.len() <= 256;
        if !fits || !model::fits(action) {
            return Err(Rejection::Bounds);
        }
        if tx.signature != sign(sender, TRANSACTION, &encode(&tx.body)) {
            return Err(Rejection::Signature);
        }
        if *chain_id != chain() {
            return Err(Rejection::Chain);
        }
        let last = self.machine.state().nonces.0.get(sender).map_or(0, |last| *last);
        if *nonce == last + 1 { Ok(()) } else { Err(Rejection::Nonce) }
    }

    fn apply(&mut self, tx: &SignedTx<Act>) {
        let TxBody { sender, nonce, action, .. } = &tx.body;
        let (before, bytes) = (self.machine.state().clone(), encode(tx));
        let next = match action {
            Action::Act(policy::Action::Write(data_type, ..)) => {
                before.contract.inner().next_epoch(sender, data_type, self.now)
            }
            _ => 0,
        };
        let expected = self.envelope(tx).and_then(|()| {
            let verdict = self.model.act(sender, action, next, self.height, self.now);
            verdict.map_err(Rejection::Action)
        });
        let stateless = !matches!(expected, Err(Rejection::Bounds | Rejection::Signature));
        assert_eq!(self.machine.check(&bytes).is_ok(), stateless);
        let answer = self.machine.run(&bytes, self.height, self.now);
        assert_eq!(decode(&encode(&answer)).as_ref(), Ok(&answer));
        let after = self.machine.state();
        match answer {
            Answer::Applied(events) => {
                assert_eq!((expected, events.len()), (Ok(()), 1));
                assert_eq!(after.nonces.0.get(sender), Some(nonce));
                self.acted += usize::from(matches!(action, Action::Act(_)));
            }
            Answer::Rejected(rejection) => {
                assert_eq!(expected, Err(rejection));
                assert_eq!(*after, before, "refused, and changed something");
            }
        }
        assert_eq!(after.digest() == before.digest(), *after == before, "digest and state");
        self.restore();
        self.model.observe(self.now);
    }

    /// Another machine takes over the state.
    fn restore(&self) {
        let mut restored = Machine::<Gated, Symbolic>::new(genesis(), Symbolic);
        restored.restore(&self.machine.snapshot()).expect("its own snapshot");
        assert_eq!(restored.state(), self.machine.state());
    }
}

fn a_type(script: &mut Script<'_>) -> DataType {
    match script.below(48) {
        0 => DataType(Bytes(vec![b'x'; 33])),
        1 => DataType(Bytes::default()),
        _ => data_type(script.pick(&TYPES)),
    }
}
