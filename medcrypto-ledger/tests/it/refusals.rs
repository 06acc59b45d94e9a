//! What a refusal costs: no copy of the state.

use std::sync::atomic::{AtomicUsize, Ordering};

use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::{Call, Contract, Rejection, SignedTx, State, TxBody};
use medcrypto_ledger::contract::gate::{self, Class, Gate, Limit};
use medcrypto_ledger::contract::host::{Answer, Machine};
use serde::{Deserialize, Serialize};

use crate::world::{Symbolic, TRANSACTION, d, key, sign};

static COPIES: AtomicUsize = AtomicUsize::new(0);

/// A contract that counts how often it is copied, and takes even numbers only.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Sum(u64);

impl Clone for Sum {
    fn clone(&self) -> Self {
        COPIES.fetch_add(1, Ordering::SeqCst);
        Self(self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Odd;

impl<V> Contract<V> for Sum {
    type Action = u64;
    type Event = u64;
    type Reject = Odd;

    fn fits(number: &u64) -> bool {
        *number < 1_000
    }

    fn act(&mut self, number: &u64, _: &Call<'_>, _: &V) -> Result<Vec<u64>, Odd> {
        if number % 2 == 1 {
            return Err(Odd);
        }
        self.0 += number;
        Ok(vec![self.0])
    }
}

type Inner = gate::Action<u64>;

fn tx(chain: &str, sender: &str, nonce: u64, action: Inner) -> Vec<u8> {
    let sender = key(sender);
    let body = TxBody { chain_id: ChainId(d(chain)), sender, nonce, action };
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    encode(&SignedTx { body, signature })
}

#[test]
fn a_transaction_copies_no_state_refused_or_applied() {
    let class = (Class(0), Limit { burst: 1, per_block: 0 });
    let gate = Gate::new(key("registrar"), Pairs([class].into()), Sum(0));
    let mut machine = Machine::new(State::genesis(gate), Symbolic).on_chain(ChainId(d("chain")));
    let enrol = gate::Action::Enrol(key("member"), Class(0), d("certificate"));
    let mut forged: Vec<u8> = tx("chain", "member", 1, gate::Action::Act(2));
    *forged.last_mut().unwrap() ^= 1;
    let act = |nonce, number| tx("chain", "member", nonce, gate::Action::Act(number));
    let inner = |reject| Some(Rejection::Action(reject));
    let steps = [
        (tx("chain", "registrar", 1, enrol), None),
        (vec![0xFF], Some(Rejection::Malformed)),
        (act(1, 1_000), Some(Rejection::Bounds)),
        (forged, Some(Rejection::Signature)),
        (tx("another", "member", 1, gate::Action::Act(2)), Some(Rejection::Chain)),
        (act(2, 2), Some(Rejection::Nonce)),
        (act(1, 3), inner(gate::Reject::Inner(Odd))),
        (tx("chain", "stranger", 1, gate::Action::Act(2)), inner(gate::Reject::Stranger)),
        (act(1, 2), None),
        (act(2, 2), inner(gate::Reject::Rate)),
    ];
    COPIES.store(0, Ordering::SeqCst);
    for (tx, expected) in steps {
        let before = encode(machine.state());
        let told = machine.run(&tx, 1, 1_000);
        match expected {
            Some(rejection) => {
                assert_eq!(told, Answer::Rejected(rejection));
                assert_eq!(encode(machine.state()), before, "refused, and changed something");
            }
            None => assert!(matches!(told, Answer::Applied(_)), "{told:?}"),
        }
    }
    assert_eq!(COPIES.load(Ordering::SeqCst), 0);
    assert_eq!(machine.state().clone(), *machine.state());
    assert_eq!(COPIES.load(Ordering::SeqCst), 1, "a copy counts");
}
