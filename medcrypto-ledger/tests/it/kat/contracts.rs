//! Transactions of every contract behind the envelope, and the states that they lead to.

use medcrypto_ledger::Verifier;
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::coin::Rules;
use medcrypto_ledger::contract::envelope::{Contract, SignedTx};
use medcrypto_ledger::contract::keychain::Keychain;
use medcrypto_ledger::contract::quota::Ledger;
use medcrypto_ledger::contract::reveal::Rounds;

use super::fields::Fields;
use super::reader::{Case, Outputs, Runner, Verdict as Given, named, run};
use crate::coin::{Chain, coins};
use crate::quota::Clear;
use crate::sandbox::Sandbox;
use crate::world::{Symbolic, key};

const RULES: Rules = Rules { reward: 100, burn: 10, max_lag: 8 };

#[test]
fn t12_histories_of_contracts_give_the_known_states() {
    let json = include_str!("../../../../vectors/ledger/contracts.json");
    let kinds: [(_, Runner); 4] = [
        ("keychain", |case| history(case, Keychain::default(), Symbolic)),
        ("coin", |case| history(case, coins(RULES), Chain)),
        ("reveal", |case| history(case, Rounds::default(), Symbolic)),
        ("quota", |case| history(case, Ledger::new(key("issuer")), Clear)),
    ];
    run(json, "medcrypto-ledger/contracts", &kinds);
}

/// Applies the transactions one after the other, or decodes bytes that must be refused.
fn history<C, V>(case: &Case, contract: C, verdicts: V) -> Given
where
    V: Verifier,
    C: Contract<V> + PartialEq,
{
    if case.optional("bytes").is_some() {
        let decoded = decode::<SignedTx<C::Action>>(&case.bytes("bytes"));
        return decoded.map(|_| Outputs::new()).map_err(named);
    }
    let mut world = Sandbox::new(contract, verdicts);
    for step in case.list("txs").iter().map(Fields) {
        world.height = step.number("height");
        let tx = decode(step.bytes("tx").as_slice()).map_err(named)?;
        world.apply(&tx).map_err(named)?;
    }
    Ok(Outputs::from([("state", encode(&world.state))]))
}
