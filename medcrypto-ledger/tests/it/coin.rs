//! Healthcoin: who is paid what, and that no unit appears or vanishes.

mod model;

use std::collections::BTreeSet;

use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::contract::coin::{
    Action, Coins, Diagnosis, Event, Offer, Reject, Report, Rules, Tip, Userchain, Watch,
};
use medcrypto_ledger::contract::envelope::Rejection;
use medcrypto_ledger::contract::keychain::{self, Keychain, MAX_RECORDS};
use medcrypto_ledger::{Digest, Dst, PublicKey, Refused, Signature, Verifier};

use crate::sandbox::{Sandbox, Sent};
use crate::world::{Symbolic, cid, d, key};

/// A Userchain of sixteen blocks of miner `m`, ever longer ones of which may be the tip; `doctor` has the
/// keys of `patient`'s records `r…` as of block 1.
#[derive(Clone)]
pub(crate) struct Chain;

pub(crate) fn block(i: u64) -> BlockId {
    BlockId(d(&format!("block {i}")))
}

fn record(i: usize) -> Digest {
    d(&format!("record {i}"))
}

impl Verifier for Chain {
    fn verify(&self, k: &PublicKey, t: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        Symbolic.verify(k, t, m, s)
    }
}

impl Userchain for Chain {
    fn block(&self, tip: &BlockId, id: &BlockId) -> Result<(u64, PublicKey), Refused> {
        let place = |id: &BlockId| (0..16).find(|i| block(*i) == *id).ok_or(Refused);
        let (tip, place) = (place(tip)?, place(id)?);
        if place <= tip { Ok((place, key("m"))) } else { Err(Refused) }
    }

    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused> {
        let known = records.iter().all(|id| (0..MAX_RECORDS + 1).any(|i| record(i) == *id));
        let speaks = *anchor == block(1) && *doctor == key("doctor") && known;
        speaks.then(|| key("patient")).ok_or(Refused)
    }
}

type World = Sandbox<Coins, Chain>;

const REWARD: u64 = 100;
const BURN: u64 = 10;
pub(crate) const RULES: Rules = Rules { reward: REWARD, burn: BURN, max_lag: 8 };

fn refused(reject: Reject) -> Sent<Coins, Chain> {
    Err(Rejection::Action(reject))
}

pub(crate) const WATCHERS: [&str; 4] = ["w0", "w1", "w2", "w3"];

/// No coins yet, and nothing known of the Userchain but its genesis.
pub(crate) fn coins(rules: Rules) -> Coins {
    Coins::new(rules, Watch::new(WATCHERS.map(key).into(), block(0)))
}

pub(crate) fn anchor(from: u64, to: u64) -> Action {
    Action::Anchor(block(from), Tip { block: block(to), height: to })
}

/// A quorum of the watchers moves the tip.
pub(crate) fn anchored<V>(world: &mut Sandbox<Coins, V>, from: u64, to: u64)
where
    V: Userchain + Verifier,
{
    for watcher in WATCHERS.iter().take(3) {
        world.accepted(watcher, anchor(from, to));
    }
    assert_eq!(world.state.contract.watch().tip(), Tip { block: block(to), height: to });
}

/// The tip is block 9, and nobody has anything.
fn watched(rules: Rules) -> World {
    let mut world = World::new(coins(rules), Chain);
    anchored(&mut world, 0, 9);
    world
}

/// The patient has 150 units, the miner 50.
fn funded() -> World {
    let mut world = watched(RULES);
    world.accepted("anybody", Action::Mint(block(0)));
    world.accepted("anybody", Action::Mint(block(1)));
    world.accepted("m", Action::Transfer(key("patient"), 150));
    world
}

fn diagnosis(offer: Option<Digest>) -> Diagnosis {
    let records = BTreeSet::from([record(0), record(1)]);
    Diagnosis { anchor: block(1), records, cid: cid("conclusion"), offer }
}

fn balances(world: &World) -> [u64; 3] {
    ["m", "patient", "doctor"].map(|name| world.state.contract.balance(&key(name)))
}

fn conserved(coins: &Coins) {
    let (minted, burnt) = coins.totals();
    let free: u64 = coins.balances().map(|(_, units)| units).sum();
    let escrow: u64 = coins.offers().map(|(_, offer)| offer.price).sum();
    assert_eq!(free + escrow, minted - burnt);
    assert!(coins.balances().all(|(_, units)| units > 0), "absent, not 0");
}

#[test]
fn c13_a_block_pays_its_miner_once_whoever_brings_it() {
    let mut world = watched(RULES);
    let minted = world.send("anybody", Action::Mint(block(3)));
    assert_eq!(minted, Ok(vec![Event::Minted(block(3), key("m"))]));
    assert_eq!(balances(&world), [REWARD, 0, 0]);
    assert_eq!(world.send("m", Action::Mint(block(3))), refused(Reject::Minted));
    for beyond in [10, 16] {
        assert_eq!(world.send("m", Action::Mint(block(beyond))), refused(Reject::Block));
    }
    assert_eq!(world.state.contract.totals(), (REWARD, 0));
}

#[test]
fn c13_a_transfer_moves_what_there_is_and_no_unit_twice() {
    let mut world = funded();
    let all = Action::Transfer(key("doctor"), 150);
    let moved = world.send("patient", all.clone());
    assert_eq!(moved, Ok(vec![Event::Transferred(key("patient"), key("doctor"), 150)]));
    assert_eq!(world.send("patient", all), refused(Reject::Funds), "the same units again");
    assert_eq!(balances(&world), [50, 0, 150]);
    for units in [151, u64::MAX] {
        let sent = world.send("doctor", Action::Transfer(key("m"), units));
        assert_eq!(sent, refused(Reject::Funds));
    }
    assert_eq!(world.send("m", Action::Transfer(key("doctor"), 0)), refused(Reject::Amount));
    assert_eq!(world.send("m", Action::Transfer(key("m"), 1)), refused(Reject::Oneself));
    assert_eq!(world.send("nobody", Action::Transfer(key("m"), 1)), refused(Reject::Funds));
}

#[test]
fn t33_what_cannot_be_counted_is_not_minted() {
    let mut world = watched(Rules { reward: u64::MAX / 2 + 1, ..RULES });
    world.accepted("m", Action::Mint(block(0)));
    assert_eq!(world.send("m", Action::Mint(block(1))), refused(Reject::Overflow));
    world.accepted("m", Action::Transfer(key("patient"), 1));
    assert_eq!(world.send("m", Action::Mint(block(1))), refused(Reject::Overflow), "in all");
    conserved(&world.state.contract);
}

#[test]
fn c06_c13_c14_a_diagnosis_consumes_the_offer_and_names_who_answers_for_it() {
    let mut world = funded();
    let offer = world.accepted("patient", Action::Offer(key("doctor"), 60, 5));
    assert_eq!(balances(&world), [50, 90, 0]);
    world.height = 5;
    let action = Action::Diagnose(diagnosis(Some(offer)));
    let id = world.id("doctor", action.clone());
    let said = Event::Diagnosed(id, key("doctor"), key("patient"));
    assert_eq!(world.send("doctor", action), Ok(vec![said, Event::Paid(offer, 50)]));
    assert_eq!(balances(&world), [50, 90, 50]);
    assert_eq!(world.state.contract.totals(), (2 * REWARD, BURN));
    let report = Report {
        doctor: key("doctor"),
        patient: key("patient"),
        diagnosis: diagnosis(Some(offer)),
    };
    assert_eq!(world.state.contract.report(&id), Some(&report));
    let again = Action::Diagnose(diagnosis(Some(offer)));
    assert_eq!(world.send("doctor", again), refused(Reject::Offer), "paid once");
    assert_eq!(world.send("patient", Action::Withdraw(offer)), refused(Reject::Offer));
    assert!(world.send("doctor", Action::Diagnose(diagnosis(None))).is_ok(), "for nothing");
}

#[test]
fn c06_who_has_no_key_at_the_anchor_does_not_diagnose() {
    let mut world = funded();
    let right = diagnosis(None);
    let dangling = BTreeSet::from([record(0), d("dangling")]);
    let wrong = [
        ("revoked", right.clone()),
        ("doctor", Diagnosis { anchor: block(2), ..right.clone() }),
        ("doctor", Diagnosis { records: dangling, ..right.clone() }),
    ];
    for (doctor, diagnosis) in wrong {
        assert_eq!(world.send(doctor, Action::Diagnose(diagnosis)), refused(Reject::NoKey));
    }
    let of =
        |count: usize| Diagnosis { records: (0..count).map(record).collect(), ..right.clone() };
    for count in [0, MAX_RECORDS + 1] {
        assert_eq!(world.send("doctor", Action::Diagnose(of(count))), refused(Reject::Records));
    }
    world.accepted("doctor", Action::Diagnose(of(MAX_RECORDS)));
}

/// A Userchain of keychains, each as of the block of its place.
#[derive(Clone)]
struct Keychains(Vec<Keychain>);

impl Verifier for Keychains {
    fn verify(&self, k: &PublicKey, t: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        Symbolic.verify(k, t, m, s)
    }
}

impl Userchain for Keychains {
    fn block(&self, tip: &BlockId, id: &BlockId) -> Result<(u64, PublicKey), Refused> {
        Chain.block(tip, id)
    }

    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused> {
        let (height, _) = self.block(anchor, anchor)?;
        let keychain = self.0.get(usize::try_from(height).unwrap()).ok_or(Refused)?;
        keychain.diagnosable(doctor, records).cloned().or(Err(Refused))
    }
}

/// C6: the anchor decides who has keys, and a revoked doctor does not choose an old one for ever.
#[test]
fn c06_a_revoked_doctors_old_anchor_is_of_no_use_once_the_chain_has_gone_on() {
    let mut ward = crate::keychain::ward();
    let record = ward.accepted("ecg", keychain::Action::Upload(0, 1, cid("window")));
    let mut chains = vec![ward.state.contract.clone(); 2];
    ward.accepted("owner", crate::keychain::keys(1, &["d1"]));
    chains.resize(12, ward.state.contract.clone());
    let mut world = Sandbox::new(coins(RULES), Keychains(chains));
    anchored(&mut world, 0, 2);
    let says = |anchor| {
        let records = BTreeSet::from([record]);
        Action::Diagnose(Diagnosis { anchor: block(anchor), records, ..diagnosis(None) })
    };
    let refused = |reject| Err(Rejection::Action(reject));
    for beyond in [3, 16] {
        assert_eq!(world.send("d1", says(beyond)), refused(Reject::Block));
    }
    assert_eq!(world.send("d3", says(2)), refused(Reject::NoKey));
    world.accepted("d3", says(1));
    anchored(&mut world, 2, 9);
    world.accepted("d3", says(1));
    assert_eq!(world.send("d3", says(0)), refused(Reject::Anchor));
    anchored(&mut world, 9, 10);
    for doctor in ["d1", "d3"] {
        assert_eq!(world.send(doctor, says(1)), refused(Reject::Anchor));
    }
    assert_eq!(world.send("d3", says(2)), refused(Reject::NoKey));
    world.accepted("d1", says(2));
}

#[test]
fn c13_offers_are_for_their_parties_and_their_time() {
    let mut world = funded();
    let cases = [
        ("doctor", BURN, 1, Reject::Amount),
        ("patient", 60, 1, Reject::Oneself),
        ("doctor", 151, 1, Reject::Funds),
        ("doctor", 60, 0, Reject::Until),
        ("doctor", 60, 2 + Coins::MAX_BLOCKS, Reject::Until),
        ("doctor", 60, u64::MAX, Reject::Until),
    ];
    for (to, price, until, reject) in cases {
        assert_eq!(world.send("patient", Action::Offer(key(to), price, until)), refused(reject));
    }
    world.clone().accepted("patient", Action::Offer(key("doctor"), BURN + 1, 1));
    world.clone().accepted("patient", Action::Offer(key("doctor"), 60, 1 + Coins::MAX_BLOCKS));
    let other = world.accepted("patient", Action::Offer(key("other doctor"), 20, 3));
    let foreign = world.accepted("m", Action::Offer(key("doctor"), 20, 3));
    let mine = world.accepted("patient", Action::Offer(key("doctor"), 20, 3));
    let wanted = Offer { patient: key("m"), doctor: key("doctor"), price: 20, until: 3 };
    assert!(world.state.contract.offers().any(|(id, offer)| (*id, offer) == (foreign, &wanted)));
    for offer in [other, foreign] {
        let sent = world.send("doctor", Action::Diagnose(diagnosis(Some(offer))));
        assert_eq!(sent, refused(Reject::Party), "of another patient, or to another doctor");
    }
    assert_eq!(world.send("patient", Action::Withdraw(foreign)), refused(Reject::Party));
    world.height = 3;
    assert_eq!(world.send("patient", Action::Withdraw(mine)), refused(Reject::Early));
    world.clone().accepted("doctor", Action::Diagnose(diagnosis(Some(mine))));
    world.height = 4;
    let late = world.send("doctor", Action::Diagnose(diagnosis(Some(mine))));
    assert_eq!(late, refused(Reject::Late));
    let withdrawn = world.send("patient", Action::Withdraw(mine));
    assert_eq!(withdrawn, Ok(vec![Event::Withdrawn(mine)]));
    assert_eq!(world.send("patient", Action::Withdraw(mine)), refused(Reject::Offer), "twice");
}

#[test]
fn accounts_of_oversized_keys_do_not_exist() {
    let mut world = funded();
    let long = key(&"k".repeat(129));
    for action in [Action::Transfer(long.clone(), 1), Action::Offer(long, 60, 1)] {
        assert_eq!(world.send("patient", action), Err(Rejection::Bounds));
    }
}

/// What the operations of the property in `model` come to, once each.
#[test]
fn t33_the_operations_reach_every_event() {
    let mut world = funded();
    let offer = world.accepted("patient", Action::Offer(key("doctor"), 60, 1));
    world.accepted("doctor", Action::Diagnose(diagnosis(Some(offer))));
    let offer = world.accepted("patient", Action::Offer(key("doctor"), 60, 1));
    world.height = 2;
    world.accepted("patient", Action::Withdraw(offer));
    conserved(&world.state.contract);
    assert_eq!(balances(&world), [50, 90, 50]);
}
