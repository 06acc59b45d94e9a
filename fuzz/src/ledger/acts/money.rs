//! Coins and quotas.

use medcrypto_ledger::contract::coin::{self, Coins, Diagnosis};
use medcrypto_ledger::contract::quota::{self, Account, Ledger};

use super::super::contracts::{
    WATCHERS, anchor, block, coins, diagnosis, enc_key, issue, open, record, seal, transfer,
};
use super::super::hospital::{digest, key};
use super::Run;
use crate::script::Script;

const NAMES: [&str; 4] = ["patient", "doctor", "miner", "other"];

pub(in super::super) fn coin(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = Run::new(coins());
    for watcher in &WATCHERS[..3] {
        run.send(watcher, anchor(0, 3), usize::MAX);
    }
    run.send("anybody", coin::Action::Mint(block(0)), usize::MAX);
    run.send("miner", coin::Action::Transfer(key("patient"), 90), usize::MAX);
    run.play(&mut script, coin_act, conserved)
}

fn coin_act(run: &Run<Coins>, script: &mut Script<'_>) -> (&'static str, coin::Action) {
    use coin::Action::{Diagnose, Mint, Offer, Transfer, Withdraw};
    let (sender, to) = (script.pick(&NAMES), key(script.pick(&NAMES)));
    let balance = run.contract().balance(&key(sender));
    let units = script.pick(&[1, 11, 30, balance, balance, balance + 1, 0, 10, u64::MAX]);
    let (tip, any) = (run.contract().watch().tip().height, script.below(17) as u64);
    match script.below(9) {
        0 => (sender, Mint(block(script.pick(&[tip, tip + 1, any, any])))),
        8 => {
            let from = script.pick(&[tip, tip, tip, 0]);
            let to = script.pick(&[tip + 1, tip + 2, tip, 17]);
            (script.pick(&["w0", "w1", "w2", "w3", sender]), anchor(from, to))
        }
        1 => (sender, Transfer(to, units)),
        2 | 3 => {
            let patient = script.pick(&["patient", "patient", sender]);
            let doctor = script.pick(&["doctor", "doctor", "other"]);
            let until = run.height + script.pick(&[0, 1, 3, Coins::MAX_BLOCKS + 1]);
            (patient, Offer(key(doctor), units, until))
        }
        4 => (script.pick(&["patient", sender]), Withdraw(an_offer(run, script))),
        _ => {
            let offer = (script.below(4) > 0).then(|| an_offer(run, script));
            let records = (0..script.below(4)).map(|_| record(script.below(5))).collect();
            let says = diagnosis(script.below(9) as u64, offer);
            let says = if script.flag() { says } else { Diagnosis { records, ..says } };
            (script.pick(&["doctor", "doctor", "doctor", sender]), Diagnose(says))
        }
    }
}

fn an_offer(run: &Run<Coins>, script: &mut Script<'_>) -> medcrypto_ledger::Digest {
    let open: Vec<_> = run.contract().offers().map(|(id, _)| *id).collect();
    if open.is_empty() || script.below(8) == 0 { run.an_id(script) } else { script.pick(&open) }
}

fn conserved(before: &Coins, after: &Coins) {
    let ((minted, burnt), (minted_then, burnt_then)) = (after.totals(), before.totals());
    let free: u128 = after.balances().map(|(_, units)| u128::from(units)).sum();
    let escrow: u128 = after.offers().map(|(_, offer)| u128::from(offer.price)).sum();
    assert_eq!(free + escrow + u128::from(burnt), minted.into(), "units appear or vanish");
    assert!(after.balances().all(|(_, units)| units > 0), "absent, not 0");
    assert!([0, 100].contains(&(minted - minted_then)) && minted <= 1_600, "a block mints once");
    assert!([0, 10].contains(&(burnt - burnt_then)));
    assert!(after.watch().tip().height >= before.watch().tip().height, "the tip went back");
    assert!(after.offers().all(|(_, offer)| offer.price > 10 && offer.patient != offer.doctor));
}

const OWNERS: [&str; 3] = ["a", "b", "c"];

pub(in super::super) fn quota(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = Run::new(Ledger::new(key("issuer")));
    for (owner, amount) in [("a", 100), ("b", 10)] {
        run.send("issuer", issue(owner, amount), usize::MAX);
    }
    run.play(&mut script, quota_act, moved)
}

fn quota_act(run: &Run<Ledger>, script: &mut Script<'_>) -> (&'static str, quota::Action) {
    let (from, to) = (script.pick(&OWNERS), script.pick(&OWNERS));
    let account = run.contract().account(&key(from));
    match script.below(8) {
        0 => (script.pick(&["issuer", "issuer", from]), issue(script.pick(&["c", to]), 1_000)),
        1..=3 => (from, transfer_of(from, account, to, script)),
        _ => {
            let waiting: Vec<_> = run.contract().waiting().map(|(id, to, _)| (*id, to)).collect();
            let some = (!waiting.is_empty()).then(|| script.pick(&waiting));
            let id = some.map_or(digest("none"), |(id, _)| id);
            let id = if script.below(8) == 0 { run.an_id(script) } else { id };
            let receiver =
                OWNERS.into_iter().find(|owner| some.is_some_and(|(_, to)| key(owner) == *to));
            (
                if script.below(4) == 0 { from } else { receiver.unwrap_or(from) },
                quota::Action::Redeem(id),
            )
        }
    }
}

/// Mostly as the account is; sometimes about another version, balance or amount than that of the proof.
fn transfer_of(
    from: &str,
    account: Option<&Account>,
    to: &str,
    script: &mut Script<'_>,
) -> quota::Action {
    let none = Account { key: enc_key(from), balance: seal(&enc_key(from), 50), version: 0 };
    let mut account = account.cloned().unwrap_or(none);
    let held = open(&account.key, &account.balance).expect("a ciphertext");
    let amount = script.pick(&[0, 1, held / 2, held, held.saturating_add(1), u64::MAX]);
    match script.below(16) {
        0 => account.version = account.version.wrapping_sub(1),
        1 => account.balance = seal(&account.key, held.saturating_add(100)),
        _ => {}
    }
    let mut action = transfer(from, &account, to, amount);
    let quota::Action::Transfer(sent) = &mut action else { return action };
    match script.below(16) {
        0 => sent.credit = seal(&enc_key(to), amount.saturating_add(1)),
        1 => sent.version = sent.version.wrapping_add(1),
        2 => sent.to = key("c"),
        3 => sent.proof.0.clear(),
        _ => {}
    }
    action
}

/// What there is in clear: in an account, and waiting.
fn held(account: &Account) -> u128 {
    open(&account.key, &account.balance).expect("a ciphertext of the account's key").into()
}

fn sum(ledger: &Ledger) -> u128 {
    let accounts: u128 = OWNERS.iter().filter_map(|o| ledger.account(&key(o))).map(held).sum();
    let waiting = ledger.waiting().map(|(_, to, credit)| {
        let to = ledger.account(to).expect("to somebody with an account");
        u128::from(open(&to.key, credit).expect("under the receiver's key"))
    });
    accounts + waiting.sum::<u128>()
}

fn moved(before: &Ledger, after: &Ledger) {
    let mut issued = 0;
    for owner in OWNERS.map(key) {
        match (before.account(&owner), after.account(&owner)) {
            (None, None) => {}
            (None, Some(new)) => {
                assert_eq!(new.version, 0);
                issued += held(new);
            }
            (Some(_), None) => panic!("an account is gone"),
            (Some(then), Some(now)) => {
                let is_same = now.version == then.version && now == then;
                assert!(is_same || now.version == then.version + 1 && now.key == then.key);
            }
        }
    }
    assert_eq!(sum(after), sum(before) + issued, "quotas appear or vanish");
}
