//! Against naive books: who has how much, and how every operation must end.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;

const NAMES: [&str; 3] = ["m", "patient", "doctor"];
const PATIENT: usize = 1;
const DOCTOR: usize = 2;
/// The height of the tip.
const TIP: u64 = 9;

#[derive(Clone, Copy, Debug)]
enum Op {
    Mint(u64),
    Transfer(usize, usize, u64),
    Offer(usize, usize, u64, u64),
    Withdraw(usize, usize),
    Diagnose(usize, Option<usize>),
    Pass(u64),
}

fn ops() -> impl Strategy<Value = Op> {
    let who = 0_usize..3;
    let wait = prop_oneof![9 => 0..8_u64, 1 => Just(Coins::MAX_BLOCKS + 1)];
    prop_oneof![
        (0..20_u64).prop_map(Op::Mint),
        (who.clone(), who.clone(), 0..200_u64).prop_map(|(a, b, n)| Op::Transfer(a, b, n)),
        (who.clone(), who.clone(), 0..80_u64, wait.clone())
            .prop_map(|(a, b, n, h)| Op::Offer(a, b, n, h)),
        (0..80_u64, wait).prop_map(|(n, h)| Op::Offer(PATIENT, DOCTOR, n, h)),
        (who.clone(), 0..6_usize).prop_map(|(a, i)| Op::Withdraw(a, i)),
        (who, prop::option::of(0..6_usize)).prop_map(|(a, i)| Op::Diagnose(a, i)),
        (0..6_usize).prop_map(|i| Op::Diagnose(DOCTOR, Some(i))),
        (1..3_u64).prop_map(Op::Pass),
    ]
}

/// An offer that is open: from, to, price, until.
type Open = (usize, usize, u64, u64);

/// Who has how much, the offers by their place, closed ones included, and what has been minted.
struct Books {
    free: [u64; 3],
    offers: Vec<Option<Open>>,
    minted: BTreeSet<u64>,
    burnt: u64,
}

impl Books {
    /// As [`funded`] leaves it; the first offer is none.
    fn funded() -> Self {
        Self { free: [50, 150, 0], offers: vec![None], minted: [0, 1].into(), burnt: 0 }
    }

    /// Enters an operation, or says why it must be refused.
    fn enter(&mut self, op: Op, height: u64) -> Result<(), Reject> {
        match op {
            Op::Mint(i) if i > TIP => Err(Reject::Block),
            Op::Mint(i) if !self.minted.insert(i) => Err(Reject::Minted),
            Op::Mint(_) => {
                self.free[0] += REWARD;
                Ok(())
            }
            Op::Transfer(_, _, 0) => Err(Reject::Amount),
            Op::Transfer(a, b, _) if a == b => Err(Reject::Oneself),
            Op::Transfer(a, b, n) => {
                self.free[a] = self.free[a].checked_sub(n).ok_or(Reject::Funds)?;
                self.free[b] += n;
                Ok(())
            }
            Op::Offer(_, _, n, _) if n <= BURN => Err(Reject::Amount),
            Op::Offer(a, b, ..) if a == b => Err(Reject::Oneself),
            Op::Offer(_, _, _, h) if h > Coins::MAX_BLOCKS => Err(Reject::Until),
            Op::Offer(a, b, n, h) => {
                self.free[a] = self.free[a].checked_sub(n).ok_or(Reject::Funds)?;
                self.offers.push(Some((a, b, n, height + h)));
                Ok(())
            }
            Op::Withdraw(a, i) => self.withdraw(a, i, height),
            Op::Diagnose(a, _) if a != DOCTOR => Err(Reject::NoKey),
            Op::Diagnose(_, None) | Op::Pass(_) => Ok(()),
            Op::Diagnose(_, Some(i)) => self.consume(i, height),
        }
    }

    fn withdraw(&mut self, who: usize, i: usize, height: u64) -> Result<(), Reject> {
        let place = i % self.offers.len();
        let (from, _, price, until) = self.offers[place].ok_or(Reject::Offer)?;
        if from != who {
            return Err(Reject::Party);
        }
        if height <= until {
            return Err(Reject::Early);
        }
        self.offers[place] = None;
        self.free[who] += price;
        Ok(())
    }

    /// By the doctor, about the patient.
    fn consume(&mut self, i: usize, height: u64) -> Result<(), Reject> {
        let place = i % self.offers.len();
        let (from, to, price, until) = self.offers[place].ok_or(Reject::Offer)?;
        if (from, to) != (PATIENT, DOCTOR) {
            return Err(Reject::Party);
        }
        if height > until {
            return Err(Reject::Late);
        }
        self.offers[place] = None;
        self.free[DOCTOR] += price - BURN;
        self.burnt += BURN;
        Ok(())
    }
}

/// How often each thing has happened, and each refusal.
type Seen = BTreeMap<String, u64>;

/// The sender and what it sends.
fn sent(op: Op, offers: &[Digest], height: u64) -> Option<(&'static str, Action)> {
    Some(match op {
        Op::Mint(i) => ("anybody", Action::Mint(block(i))),
        Op::Transfer(a, b, n) => (NAMES[a], Action::Transfer(key(NAMES[b]), n)),
        Op::Offer(a, b, n, h) => (NAMES[a], Action::Offer(key(NAMES[b]), n, height + h)),
        Op::Withdraw(a, i) => (NAMES[a], Action::Withdraw(offers[i % offers.len()])),
        Op::Diagnose(a, i) => {
            let offer = i.map(|i| offers[i % offers.len()]);
            (NAMES[a], Action::Diagnose(diagnosis(offer)))
        }
        Op::Pass(_) => return None,
    })
}

fn name(event: &Event) -> &'static str {
    match event {
        Event::Minted(..) => "minted",
        Event::Transferred(..) => "transferred",
        Event::Offered(_) => "offered",
        Event::Withdrawn(_) => "withdrawn",
        Event::Diagnosed(..) => "diagnosed",
        Event::Paid(..) => "paid",
        _ => "another",
    }
}

fn agrees(ops: Vec<Op>, seen: &RefCell<Seen>) -> Result<(), TestCaseError> {
    let (mut world, mut books, mut offers) = (funded(), Books::funded(), vec![d("no offer")]);
    let count = |what: String| *seen.borrow_mut().entry(what).or_default() += 1;
    for op in ops {
        if let Op::Pass(blocks) = op {
            world.height += blocks;
        }
        let Some((sender, action)) = sent(op, &offers, world.height) else { continue };
        let before = world.state.clone();
        let wanted = books.enter(op, world.height);
        let told = world.send(sender, action);
        prop_assert_eq!(told.clone().map(|_| ()), wanted.map_err(Rejection::Action));
        match &told {
            Ok(events) => events.iter().for_each(|event| count(name(event).to_owned())),
            Err(rejection) => {
                prop_assert_eq!(&world.state, &before);
                count(rejection.to_string());
            }
        }
        offers.extend(told.into_iter().flatten().filter_map(|event| match event {
            Event::Offered(id) => Some(id),
            _ => None,
        }));
        conserved(&world.state.contract);
        prop_assert_eq!(balances(&world), books.free);
        let minted = REWARD * books.minted.len() as u64;
        prop_assert_eq!(world.state.contract.totals(), (minted, books.burnt));
    }
    Ok(())
}

/// T33, C13: after every operation, accepted or refused, all units are where the books say; what is
/// refused is refused for the books' reason, and everything that can happen does.
#[test]
fn t33_c13_units_are_conserved_over_all_operations() {
    let seen = RefCell::new(Seen::new());
    let cases = prop::collection::vec(ops(), 1..80);
    TestRunner::default().run(&cases, |ops| agrees(ops, &seen)).unwrap();
    let seen = seen.into_inner();
    let events = ["minted", "transferred", "offered", "withdrawn", "diagnosed", "paid"];
    let refusals = [
        Reject::Block,
        Reject::Minted,
        Reject::Amount,
        Reject::Oneself,
        Reject::Funds,
        Reject::Until,
        Reject::Offer,
        Reject::Party,
        Reject::Early,
        Reject::Late,
        Reject::NoKey,
    ];
    let refusals = refusals.map(|reject| Rejection::Action(reject).to_string());
    for what in events.map(str::to_owned).into_iter().chain(refusals) {
        assert!(seen.contains_key(&what), "never {what}: {seen:?}");
    }
}
