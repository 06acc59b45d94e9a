//! The contracts for devices, coins, rounds and quotas: symbolic verdicts and honest actions.

use std::collections::BTreeSet;

use medcrypto_core::dst::ledger::DEVICE_JOIN;
use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::codec::{Pairs, encode};
use medcrypto_ledger::contract::coin::{self, Coins, Diagnosis, Rules, Tip, Userchain, Watch};
use medcrypto_ledger::contract::keychain::{self, JoinStatement, Keys};
use medcrypto_ledger::contract::quota::{self, Account, Quotas, Statement};
use medcrypto_ledger::contract::reveal::{self, Opening, Terms};
use medcrypto_ledger::{Bytes, Digest, PublicKey, Refused, Signature};
use serde::Serialize;

use super::hospital::{Symbolic, chain, cid, digest, key, sign};
use super::policies;

/// The id of a sender's transaction.
pub(super) fn id<A: Serialize>(sender: &str, nonce: u64, action: A) -> Digest {
    policies::signed(sender, nonce, action).body.id()
}

pub(super) fn bytes(text: &str) -> Bytes {
    Bytes(text.as_bytes().to_vec())
}

/// What a device says when it joins.
pub(super) fn joined(owner: &str, device: &str) -> Signature {
    let statement = JoinStatement { chain_id: chain(), owner: key(owner), device: key(device) };
    sign(&key(device), DEVICE_JOIN, &encode(&statement))
}

/// Every action; an upload under another epoch and a stranger's are refused.
pub(super) fn keychain_acts() -> Vec<(&'static str, keychain::Action)> {
    use keychain::Action::{Join, Leave, Rotate, Share, Upload};
    let doctors = Pairs([(key("doctor"), bytes("for the doctor"))].into());
    let share = Pairs([(0, bytes("for the nurse"))].into());
    vec![
        ("owner", Join(key("ecg"), joined("owner", "ecg"))),
        ("owner", Rotate(Keys { epoch: 0, doctors, own: bytes("for the owner") })),
        ("ecg", Upload(0, 500, cid("window"))),
        ("owner", Share(key("nurse"), share)),
        ("ecg", Upload(7, 600, cid("window"))),
        ("stranger", Upload(0, 600, cid("window"))),
        ("owner", Leave(key("ecg"))),
    ]
}

pub(super) fn block(height: u64) -> BlockId {
    BlockId(digest(&format!("block {height}")))
}

pub(super) fn record(i: usize) -> Digest {
    digest(&format!("record {i}"))
}

/// Sixteen blocks of one miner; the doctor has the keys of four records as of the first eight.
impl Userchain for Symbolic {
    fn block(&self, tip: &BlockId, id: &BlockId) -> Result<(u64, PublicKey), Refused> {
        let place = |id: &BlockId| (0..16).find(|i| block(*i) == *id).ok_or(Refused);
        let (tip, place) = (place(tip)?, place(id)?);
        if place <= tip { Ok((place, key("miner"))) } else { Err(Refused) }
    }

    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused> {
        let (height, _) = Userchain::block(self, anchor, anchor)?;
        let known = records.iter().all(|id| (0..4).any(|i| record(i) == *id));
        let speaks = height < 8 && known && *doctor == key("doctor");
        speaks.then(|| key("patient")).ok_or(Refused)
    }
}

pub(super) const WATCHERS: [&str; 4] = ["w0", "w1", "w2", "w3"];

pub(super) fn coins() -> Coins {
    let watch = Watch::new(WATCHERS.map(key).into(), block(0));
    Coins::new(Rules { reward: 100, burn: 10, max_lag: 4 }, watch)
}

pub(super) fn anchor(from: u64, to: u64) -> coin::Action {
    coin::Action::Anchor(block(from), Tip { block: block(to), height: to })
}

pub(super) fn diagnosis(anchor: u64, offer: Option<Digest>) -> Diagnosis {
    let records = [record(0), record(1)].into();
    Diagnosis { anchor: block(anchor), records, cid: cid("conclusion"), offer }
}

/// Every action; the same offer a second time is refused.
pub(super) fn coin_acts() -> Vec<(&'static str, coin::Action)> {
    use coin::Action::{Diagnose, Mint, Offer, Transfer, Withdraw};
    let offer = Offer(key("doctor"), 40, 9);
    let consumed = id("patient", 1, &offer);
    vec![
        ("w0", anchor(0, 1)),
        ("w1", anchor(0, 1)),
        ("w2", anchor(0, 1)),
        ("w3", anchor(1, 4)),
        ("anybody", Mint(block(1))),
        ("miner", Transfer(key("patient"), 60)),
        ("patient", offer.clone()),
        ("doctor", Diagnose(diagnosis(1, Some(consumed)))),
        ("patient", Withdraw(consumed)),
        ("patient", Offer(key("doctor"), 15, 9)),
    ]
}

pub(super) fn opening(round: Digest, member: &str) -> Opening {
    let (member, value) = (key(member), bytes(member));
    Opening { chain_id: chain(), round, salt: digest("salt"), member, value }
}

pub(super) fn round(commit_until: u64, reveal_until: u64) -> Terms {
    let members = [key("a"), key("b")].into();
    Terms { members, commit_until, reveal_until, least: 2 }
}

/// Every action, one a block; to reveal in a round that is over is refused.
pub(super) fn reveal_acts() -> Vec<(&'static str, reveal::Action)> {
    use reveal::Action::{Close, Commit, Open, Reveal};
    let (first, second) = (Open(round(3, 5)), Open(round(90, 99)));
    let (closed, open) = (id("anybody", 1, &first), id("other", 1, &second));
    let commit = |round, member| Commit(round, opening(round, member).commitment());
    let reveal = |member| Reveal(closed, digest("salt"), bytes(member));
    vec![
        ("anybody", first),
        ("a", commit(closed, "a")),
        ("b", commit(closed, "b")),
        ("a", reveal("a")),
        ("b", reveal("b")),
        ("anybody", Close(closed)),
        ("b", reveal("b")),
        ("other", second),
        ("a", commit(open, "a")),
    ]
}

/// A ciphertext that everybody can open: key, then amount.
pub(super) fn seal(key: &Bytes, amount: u64) -> Bytes {
    Bytes([key.as_slice(), &amount.to_be_bytes()].concat())
}

pub(super) fn open(key: &Bytes, sealed: &Bytes) -> Result<u64, Refused> {
    let amount = sealed.as_slice().strip_prefix(key.as_slice()).ok_or(Refused)?;
    Ok(u64::from_be_bytes(amount.try_into().or(Err(Refused))?))
}

pub(super) fn prove_transfer(statement: &Statement) -> Bytes {
    Bytes(digest(&format!("{statement:?}")).0.to_vec())
}

impl Quotas for Symbolic {
    fn issued(&self, owner: &PublicKey, account: &Account, proof: &[u8]) -> Result<(), Refused> {
        open(&account.key, &account.balance)?;
        (proof == owner.0.as_slice()).then_some(()).ok_or(Refused)
    }

    fn debited(&self, s: &Statement, proof: &[u8]) -> Result<Bytes, Refused> {
        let amount = open(&s.from_key, &s.debit)?;
        let proven = prove_transfer(s).as_slice() == proof && amount > 0;
        if !proven || open(&s.to_key, &s.credit)? != amount {
            return Err(Refused);
        }
        let left = open(&s.from_key, &s.balance)?.checked_sub(amount).ok_or(Refused)?;
        Ok(seal(&s.from_key, left))
    }

    fn credited(&self, account: &Account, credit: &Bytes) -> Result<Bytes, Refused> {
        let (held, more) = (open(&account.key, &account.balance)?, open(&account.key, credit)?);
        Ok(seal(&account.key, held.checked_add(more).ok_or(Refused)?))
    }
}

pub(super) fn enc_key(owner: &str) -> Bytes {
    bytes(&format!("key of {owner}:"))
}

pub(super) fn issue(owner: &str, amount: u64) -> quota::Action {
    let (owner, enc) = (key(owner), enc_key(owner));
    let (balance, proof) = (seal(&enc, amount), owner.0.clone());
    quota::Action::Issue(owner, enc, balance, proof)
}

/// A transfer as proven about an account.
pub(super) fn transfer(from: &str, account: &Account, to: &str, amount: u64) -> quota::Action {
    let Account { key: from_key, balance, version } = account.clone();
    let statement = Statement {
        chain_id: chain(),
        from: key(from),
        to: key(to),
        version,
        debit: seal(&from_key, amount),
        credit: seal(&enc_key(to), amount),
        from_key,
        to_key: enc_key(to),
        balance,
    };
    let proof = prove_transfer(&statement);
    let Statement { to, debit, credit, .. } = statement;
    quota::Action::Transfer(quota::Transfer { to, version, debit, credit, proof })
}

/// Every action; what was never sent is not redeemed.
pub(super) fn quota_acts() -> Vec<(&'static str, quota::Action)> {
    let account = |balance, version| Account {
        key: enc_key("a"),
        balance: seal(&enc_key("a"), balance),
        version,
    };
    let paid = transfer("a", &account(100, 0), "b", 30);
    let redeem = quota::Action::Redeem(id("a", 1, &paid));
    vec![
        ("issuer", issue("a", 100)),
        ("issuer", issue("b", 10)),
        ("a", paid),
        ("b", redeem),
        ("a", transfer("a", &account(70, 1), "b", 20)),
        ("b", quota::Action::Redeem(digest("none"))),
    ]
}
