//! Scripts for the contracts for devices, coins, rounds and quotas.
//!
//! ```text
//! event    time or height grows, or an action, mostly one that its sender may hope for; sometimes with
//!          another nonce, chain or signature, sometimes by somebody else
//! after every transaction
//!          a refusal has changed nothing, an acceptance has used one nonce of its sender
//!          state and answer encode to what decodes to them; the state is restored from its snapshot
//!          keychain  an epoch stays or rises by one; it is stale once a device has left, and nothing is
//!                    stored while it is; nobody loses a key, and nobody has one of an epoch to come
//!          coins     Σ balances + Σ escrow = minted − burnt; a block mints once, the burnt only grows;
//!                    the tip never goes back
//!          rounds    a commitment and a value stay as they are until the round closes, and a value opens
//!                    its commitment
//!          quotas    Σ balances + Σ waiting = what was issued; a version rises with its balance
//! ```

mod devices;
mod money;
mod rounds;

pub(super) use devices::keychain;
pub(super) use money::{coin, quota};
pub(super) use rounds::reveal;

use std::fmt::Debug;

use medcrypto_ledger::Digest;
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::envelope::{Contract, Rejection, State};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::pbft::App;

use super::hospital::{Symbolic, chain, key};
use super::policies::signed;
use crate::script::Script;

/// What a script runs against.
struct Run<C: Contract<Symbolic>> {
    genesis: C,
    machine: Machine<C, Symbolic>,
    height: u64,
    now: u64,
    applied: usize,
    /// Ids of the transactions that were accepted.
    ids: Vec<Digest>,
}

impl<C: Contract<Symbolic> + PartialEq> Run<C>
where
    C::Action: Debug,
{
    fn new(genesis: C) -> Self {
        let machine = Machine::new(State::genesis(genesis.clone()), Symbolic).on_chain(chain());
        Self { genesis, machine, height: 1, now: 1_000, applied: 0, ids: Vec::new() }
    }

    /// Runs a script: who does what, and what holds from one state to the next. Reached: three actions of
    /// the script were accepted.
    fn play(
        mut self,
        script: &mut Script<'_>,
        act: impl Fn(&Self, &mut Script<'_>) -> (&'static str, C::Action),
        law: impl Fn(&C, &C),
    ) -> bool {
        self.applied = 0;
        for _ in 0..64 {
            if script.is_over() {
                break;
            }
            if script.below(8) == 0 {
                self.now += script.pick(&[1, 50, 1_000]);
                self.height += script.below(4) as u64;
                continue;
            }
            let (sender, action) = act(&self, script);
            let before = self.contract().clone();
            self.send(sender, action, script.below(32));
            law(&before, self.contract());
        }
        self.applied >= 3
    }

    fn contract(&self) -> &C {
        &self.machine.state().contract
    }

    /// One of the accepted transactions, mostly of the last, or none of them.
    fn an_id(&self, script: &mut Script<'_>) -> Digest {
        let back = script.below(6);
        self.ids.iter().rev().nth(back).copied().unwrap_or(Digest::ZERO)
    }

    /// Sends an action, with `fault` below 4 one that the envelope refuses.
    fn send(&mut self, sender: &str, action: C::Action, fault: usize) {
        let nonce = self.machine.state().next_nonce(&key(sender)).expect("few transactions");
        let mut tx = signed(sender, if fault == 0 { nonce + 1 } else { nonce }, action);
        match fault {
            1 => tx = signed(sender, nonce - 1, tx.body.action),
            2 => tx.body.chain_id.0 = Digest::ZERO,
            3 => tx.signature.0.0.truncate(31),
            _ => {}
        }
        let (before, digest) = (self.machine.state().clone(), self.machine.digest());
        let answer = self.machine.run(&encode(&tx), self.height, self.now);
        assert_eq!(decode(&encode(&answer)).as_ref(), Ok(&answer));
        let after = self.machine.state();
        match answer {
            Answer::Applied(events) => {
                assert!(fault > 3, "accepted in spite of {fault}");
                assert!(!events.is_empty());
                let mut nonces = before.nonces;
                nonces.0.insert(tx.body.sender.clone(), tx.body.nonce);
                assert_eq!(after.nonces, nonces);
                assert_ne!(after.digest(), digest);
                self.applied += 1;
                self.ids.push(tx.body.id());
            }
            Answer::Rejected(rejection) => {
                let of_envelope =
                    matches!(rejection, Rejection::Nonce | Rejection::Signature | Rejection::Chain);
                assert!(of_envelope || fault > 3 || rejection == Rejection::Bounds);
                assert!(rejection != Rejection::Malformed);
                assert!(*after == before, "refused, and changed something");
                assert_eq!(after.digest(), digest);
            }
        }
        let genesis = State::genesis(self.genesis.clone());
        let mut restored = Machine::<C, Symbolic>::new(genesis, Symbolic);
        restored.restore(&self.machine.snapshot()).expect("its own snapshot");
        assert!(restored.state() == self.machine.state(), "restored otherwise");
    }
}
