//! Transfer and Redeem: no quota twice, none below zero, none lost.

use std::cell::RefCell;
use std::collections::BTreeMap;

use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::Rejection;
use medcrypto_ledger::contract::quota::{
    Account, Action, Event, Ledger, Quotas, Reject, Statement, Transfer,
};
use medcrypto_ledger::{Bytes, Digest, Dst, PublicKey, Refused, Signature, Verifier};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::sandbox::{Sandbox, Sent};
use crate::world::{Symbolic, d, hash, key};

/// A ciphertext that everybody can open: key, then amount. A proof is the digest of its statement, and
/// there is none for nothing, or for an amount above the balance.
#[derive(Clone)]
pub(crate) struct Clear;

fn seal(key: &Bytes, amount: u64) -> Bytes {
    Bytes([key.as_slice(), &amount.to_be_bytes()].concat())
}

fn open(key: &Bytes, sealed: &Bytes) -> Result<u64, Refused> {
    let amount = sealed.as_slice().strip_prefix(key.as_slice()).ok_or(Refused)?;
    Ok(u64::from_be_bytes(amount.try_into().or(Err(Refused))?))
}

fn prove(statement: &Statement) -> Bytes {
    Bytes(hash(&[b"transfer", &encode(statement)]).0.to_vec())
}

impl Verifier for Clear {
    fn verify(&self, k: &PublicKey, t: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        Symbolic.verify(k, t, m, s)
    }
}

impl Quotas for Clear {
    fn issued(&self, owner: &PublicKey, account: &Account, proof: &[u8]) -> Result<(), Refused> {
        open(&account.key, &account.balance)?;
        (proof == owner.0.as_slice()).then_some(()).ok_or(Refused)
    }

    fn debited(&self, s: &Statement, proof: &[u8]) -> Result<Bytes, Refused> {
        if prove(s).as_slice() != proof {
            return Err(Refused);
        }
        let amount = open(&s.from_key, &s.debit)?;
        if amount == 0 || open(&s.to_key, &s.credit)? != amount {
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

type World = Sandbox<Ledger, Clear>;

fn refused(reject: Reject) -> Sent<Ledger, Clear> {
    Err(Rejection::Action(reject))
}

fn enc_key(owner: &str) -> Bytes {
    Bytes(format!("key of {owner}:").into_bytes())
}

fn issue(owner: &str, amount: u64) -> Action {
    let (key, enc) = (key(owner), enc_key(owner));
    let balance = seal(&enc, amount);
    let proof = key.0.clone();
    Action::Issue(key, enc, balance, proof)
}

/// `a` has 100, `b` 10, `c` 0.
fn world() -> World {
    let mut world = World::new(Ledger::new(key("issuer")), Clear);
    for (owner, amount) in [("a", 100), ("b", 10), ("c", 0)] {
        world.accepted("issuer", issue(owner, amount));
    }
    world
}

fn account(world: &World, owner: &str) -> Account {
    world.state.contract.account(&key(owner)).unwrap().clone()
}

fn held(world: &World, owner: &str) -> u64 {
    let Account { key, balance, .. } = account(world, owner);
    open(&key, &balance).unwrap()
}

fn statement(world: &World, from: &str, to: &str, amount: u64) -> Statement {
    let account = account(world, from);
    Statement {
        chain_id: World::chain(),
        from: key(from),
        to: key(to),
        version: account.version,
        from_key: account.key,
        to_key: enc_key(to),
        balance: account.balance,
        debit: seal(&enc_key(from), amount),
        credit: seal(&enc_key(to), amount),
    }
}

fn proven(s: &Statement) -> Transfer {
    let Statement { to, version, debit, credit, .. } = s.clone();
    Transfer { to, version, debit, credit, proof: prove(s) }
}

fn transfer(world: &World, from: &str, to: &str, amount: u64) -> Action {
    Action::Transfer(proven(&statement(world, from, to, amount)))
}

#[test]
fn m5_m6_a_transfer_debits_and_its_redeem_credits() {
    let mut world = world();
    let action = transfer(&world, "a", "b", 30);
    let id = world.id("a", action.clone());
    let sent = world.send("a", action);
    assert_eq!(sent, Ok(vec![Event::Transferred(id, key("a"), key("b"))]));
    assert_eq!((held(&world, "a"), held(&world, "b")), (70, 10));
    let waits = world.state.contract.waiting().collect::<Vec<_>>();
    assert_eq!(waits, [(&id, &key("b"), &seal(&enc_key("b"), 30))]);
    assert_eq!(world.send("b", Action::Redeem(id)), Ok(vec![Event::Redeemed(id)]));
    assert_eq!((held(&world, "a"), held(&world, "b")), (70, 40));
    assert_eq!((account(&world, "a").version, account(&world, "b").version), (1, 1));
}

#[test]
fn t32_a_transfer_is_redeemed_once_and_by_its_receiver() {
    let mut world = world();
    let action = transfer(&world, "a", "b", 30);
    let id = world.accepted("a", action);
    for other in ["a", "c", "stranger"] {
        assert_eq!(world.send(other, Action::Redeem(id)), refused(Reject::Transfer));
    }
    world.accepted("b", Action::Redeem(id));
    assert_eq!(world.send("b", Action::Redeem(id)), refused(Reject::Transfer));
    assert_eq!(world.send("b", Action::Redeem(d("none"))), refused(Reject::Transfer));
    assert_eq!(held(&world, "b"), 40);
}

#[test]
fn t32_of_two_transfers_on_one_version_one_is_accepted() {
    let mut world = world();
    let (first, second) = (transfer(&world, "a", "b", 80), transfer(&world, "a", "c", 80));
    world.accepted("a", first.clone());
    assert_eq!(world.send("a", second), refused(Reject::Version(1)));
    assert_eq!(world.send("a", first), refused(Reject::Version(1)), "E-M1, the same again");
    assert_eq!(held(&world, "a"), 20);
    // The same proof under the version that counts now is about another statement.
    let mut renamed = proven(&statement(&world, "a", "b", 20));
    renamed.proof = prove(&Statement { version: 0, ..statement(&world, "a", "b", 20) });
    assert_eq!(world.send("a", Action::Transfer(renamed)), refused(Reject::Proof));
}

#[test]
fn t32_nothing_goes_below_zero_and_nothing_is_no_transfer() {
    let mut world = world();
    for amount in [101, u64::MAX] {
        let sent = transfer(&world, "a", "b", amount);
        assert_eq!(world.send("a", sent), refused(Reject::Proof));
    }
    let all = transfer(&world, "a", "b", 100);
    world.accepted("a", all);
    let more = transfer(&world, "a", "b", 1);
    assert_eq!(world.send("a", more), refused(Reject::Proof));
    let nothing = transfer(&world, "a", "b", 0);
    assert_eq!(world.send("a", nothing), refused(Reject::Proof));
    assert_eq!((account(&world, "a").version, world.state.contract.waiting().count()), (1, 1));
}

/// What is never redeemed is bounded for each payer and receiver, and stands in nobody else's way.
#[test]
fn t32_dust_waits_up_to_a_bound_that_only_its_payer_meets() {
    let mut world = world();
    let mut ids = Vec::new();
    for _ in 0..Ledger::MAX_WAITING {
        let dust = transfer(&world, "a", "b", 1);
        ids.push(world.accepted("a", dust));
    }
    let more = transfer(&world, "a", "b", 1);
    assert_eq!(world.send("a", more), refused(Reject::Waiting));
    assert_eq!(world.state.contract.waiting().count(), Ledger::MAX_WAITING);
    assert_eq!(held(&world, "a"), 100 - Ledger::MAX_WAITING as u64, "nothing was taken for it");
    for (from, to) in [("a", "c"), ("b", "c"), ("b", "a")] {
        let other = transfer(&world, from, to, 1);
        world.accepted(from, other);
    }
    world.accepted("b", Action::Redeem(ids[0]));
    let again = transfer(&world, "a", "b", 1);
    world.accepted("a", again);
}

/// E-M2: a credit that arrives between proof and transfer does not spoil the proof.
#[test]
fn e_m2_paying_somebody_spoils_none_of_its_proofs() {
    let mut world = world();
    let prepared = transfer(&world, "b", "c", 10);
    let incoming = transfer(&world, "a", "b", 5);
    let incoming = world.accepted("a", incoming);
    world.accepted("b", prepared);
    world.accepted("b", Action::Redeem(incoming));
    assert_eq!((held(&world, "b"), account(&world, "b").version), (5, 2));
}

#[test]
fn m5_every_field_of_the_statement_is_bound() {
    let world = world();
    let right = statement(&world, "a", "b", 30);
    let bytes = |what: &str| Bytes(what.as_bytes().to_vec());
    let changed = [
        Statement { chain_id: ChainId(d("other chain")), ..right.clone() },
        Statement { from: key("c"), ..right.clone() },
        Statement { to: key("c"), ..right.clone() },
        Statement { version: 1, ..right.clone() },
        Statement { from_key: bytes("key"), ..right.clone() },
        Statement { to_key: bytes("key"), ..right.clone() },
        Statement { balance: seal(&enc_key("a"), 1_000), ..right.clone() },
        Statement { debit: seal(&enc_key("a"), 1), ..right.clone() },
        Statement { credit: seal(&enc_key("b"), 31), ..right.clone() },
    ];
    for statement in changed {
        let proof = prove(&statement);
        let sent = Action::Transfer(Transfer { proof, ..proven(&right) });
        assert_eq!(world.clone().send("a", sent), refused(Reject::Proof));
    }
    for (debit, credit) in [(1, 30), (30, 31)] {
        let lying = Statement {
            debit: seal(&enc_key("a"), debit),
            credit: seal(&enc_key("b"), credit),
            ..right.clone()
        };
        let sent = Action::Transfer(proven(&lying));
        assert_eq!(world.clone().send("a", sent), refused(Reject::Proof), "two amounts");
    }
    world.clone().accepted("a", Action::Transfer(proven(&right)));
    // The statement names the sender: nobody sends another's proof.
    assert_eq!(world.clone().send("c", Action::Transfer(proven(&right))), refused(Reject::Proof));
}

#[test]
fn m4_accounts_are_the_issuers_to_open_once() {
    let mut world = world();
    assert_eq!(world.send("d", issue("d", 1_000)), refused(Reject::Issuer));
    assert_eq!(world.send("issuer", issue("a", 1_000)), refused(Reject::Exists));
    let Action::Issue(owner, enc, balance, _) = issue("d", 5) else { panic!("an issue") };
    let unproven = Action::Issue(owner, enc, balance, Bytes::default());
    assert_eq!(world.send("issuer", unproven), refused(Reject::Proof));
    let to_nobody = transfer(&world, "a", "d", 1);
    assert_eq!(world.send("a", to_nobody.clone()), refused(Reject::Account));
    assert_eq!(world.send("d", transfer(&world, "a", "b", 1)), refused(Reject::Account));
    let own = transfer(&world, "a", "a", 1);
    assert_eq!(world.send("a", own), refused(Reject::Oneself));
    world.accepted("issuer", issue("d", 5));
    world.accepted("a", to_nobody);
}

#[test]
fn parts_of_quota_transactions_have_bounds() {
    let mut world = world();
    let of = |len: usize| Bytes(vec![1; len]);
    let Transfer { to, version, debit, credit, proof } = proven(&statement(&world, "a", "b", 1));
    let right = Transfer { to, version, debit, credit, proof };
    let (ciphertext, most) = (Account::MAX_CIPHERTEXT, Account::MAX_PROOF);
    let wrong = [
        Transfer { to: key(&"k".repeat(129)), ..right.clone() },
        Transfer { debit: of(0), ..right.clone() },
        Transfer { debit: of(ciphertext + 1), ..right.clone() },
        Transfer { credit: of(0), ..right.clone() },
        Transfer { credit: of(ciphertext + 1), ..right.clone() },
        Transfer { proof: of(most + 1), ..right.clone() },
    ];
    for transfer in wrong {
        assert_eq!(world.send("a", Action::Transfer(transfer)), Err(Rejection::Bounds));
    }
    let sizes = [(0, 1, 0), (Account::MAX_KEY + 1, 1, 0), (1, 0, 0), (1, ciphertext + 1, 0)];
    for (enc, balance, proof) in sizes.into_iter().chain([(1, 1, most + 1)]) {
        let action = Action::Issue(key("d"), of(enc), of(balance), of(proof));
        assert_eq!(world.send("issuer", action), Err(Rejection::Bounds));
    }
    let largest = Transfer { debit: of(ciphertext), credit: of(ciphertext), ..right };
    let largest = Action::Transfer(Transfer { proof: of(most), ..largest });
    assert_eq!(world.send("a", largest), refused(Reject::Proof), "fits, and proves nothing");
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// A transfer as the books see it: whose proof, to whom, how much, at which version.
#[derive(Clone, Copy)]
struct Sum {
    from: usize,
    to: usize,
    amount: u64,
    version: u64,
}

/// A transfer's id, its receiver, the amount, and who has sent it.
type Waiting = (Digest, usize, u64, usize);

/// What everybody holds, and what waits.
struct Books {
    held: [u64; 3],
    waiting: Vec<Waiting>,
}

impl Books {
    /// How a transfer must end that `sender` sends, whose account has this version.
    fn transfer(&mut self, id: Digest, sender: usize, sum: Sum, now: u64) -> Result<(), Reject> {
        if sum.to == sender {
            return Err(Reject::Oneself);
        }
        if self.waiting.iter().filter(|w| (w.1, w.3) == (sum.to, sender)).count()
            >= Ledger::MAX_WAITING
        {
            return Err(Reject::Waiting);
        }
        if sum.version != now {
            return Err(Reject::Version(now));
        }
        if sum.from != sender || sum.amount == 0 {
            return Err(Reject::Proof);
        }
        self.held[sender] = self.held[sender].checked_sub(sum.amount).ok_or(Reject::Proof)?;
        self.waiting.push((id, sum.to, sum.amount, sender));
        Ok(())
    }

    fn redeem(&mut self, id: Digest, sender: usize) -> Result<(), Reject> {
        let own = |(of, to, ..): &Waiting| (*of, *to) == (id, sender);
        let place = self.waiting.iter().position(own).ok_or(Reject::Transfer)?;
        self.held[sender] += self.waiting.remove(place).2;
        Ok(())
    }
}

/// Sender, receiver, amount, which transfer, whether to redeem it.
type Op = (usize, usize, u64, usize, bool);

/// Every operation ends as the books say.
fn agrees(ops: Vec<Op>, seen: &RefCell<BTreeMap<String, u64>>) -> Result<(), TestCaseError> {
    let (mut world, mut ids) = (world(), vec![d("none")]);
    let mut books = Books { held: [100, 10, 0], waiting: Vec::new() };
    let version = |world: &World, who: usize| account(world, NAMES[who]).version;
    let fresh = |world: &World, from: usize, to: usize, amount| {
        let sum = Sum { from, to, amount, version: version(world, from) };
        (transfer(world, NAMES[from], NAMES[to], amount), sum)
    };
    let mut old = fresh(&world, 0, 1, 30);
    for (from, to, amount, i, redeem) in ops {
        let sent = if i == 3 { old.clone() } else { fresh(&world, from, to, amount) };
        let redeemed = ids[i % ids.len()];
        let action = if redeem { Action::Redeem(redeemed) } else { sent.0.clone() };
        let id = world.id(NAMES[from], action.clone());
        let wanted = if redeem {
            books.redeem(redeemed, from)
        } else {
            books.transfer(id, from, sent.1, version(&world, from))
        };
        let told = world.send(NAMES[from], action).map(|_| ());
        prop_assert_eq!(told, wanted.map_err(Rejection::Action));
        let what = match wanted {
            Ok(()) if redeem => "redeemed".to_owned(),
            Ok(()) => "transferred".to_owned(),
            Err(Reject::Version(_)) => "another version".to_owned(),
            Err(reject) => reject.to_string(),
        };
        *seen.borrow_mut().entry(what).or_default() += 1;
        if wanted.is_ok() && !redeem {
            ids.push(id);
            old = sent;
        }
        let waits = world.state.contract.waiting();
        let waits: u64 = waits
            .map(|(_, to, credit)| {
                let key = &world.state.contract.account(to).unwrap().key;
                open(key, credit).unwrap()
            })
            .sum();
        prop_assert_eq!(NAMES.map(|name| held(&world, name)), books.held);
        prop_assert_eq!(waits, books.waiting.iter().map(|waits| waits.2).sum::<u64>());
        prop_assert_eq!(books.held.iter().sum::<u64>() + waits, 110);
    }
    Ok(())
}

/// T32, T33, M6: what accounts hold and what waits is what was issued, whoever sends what, and each
/// operation ends as the books say.
#[test]
fn t32_t33_quotas_are_conserved() {
    let seen = RefCell::new(BTreeMap::new());
    let op = (0_usize..3, 0_usize..3, 0_u64..120, 0_usize..4, any::<bool>());
    let cases = prop::collection::vec(op, 1..40);
    TestRunner::default().run(&cases, |ops| agrees(ops, &seen)).unwrap();
    let seen = seen.into_inner();
    let refusals = [Reject::Oneself, Reject::Proof, Reject::Transfer].map(|r| r.to_string());
    let others = ["redeemed", "transferred", "another version"].map(str::to_owned);
    for what in refusals.into_iter().chain(others) {
        assert!(seen.contains_key(&what), "never {what}: {seen:?}");
    }
}
