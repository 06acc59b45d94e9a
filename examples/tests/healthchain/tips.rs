//! Two chains: what the Docchain knows of the Userchain is in its state, and a revoked doctor's old anchor.

use std::collections::BTreeSet;
use std::sync::{Arc, RwLock};

use medcrypto_examples::flows::Failure;
use medcrypto_examples::flows::healthchain::clinic::{Clinic, RULES, Told, outcome};
use medcrypto_examples::flows::healthchain::parties::REVOKED;
use medcrypto_examples::flows::healthchain::userchain::{DEPTH, Judge, Userchain, name};
use medcrypto_examples::flows::healthchain::{data::Source, narrate};
use medcrypto_examples::flows::report::Report;
use medcrypto_examples::flows::signer::Signer;
use medcrypto_ledger::Digest;
use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::coin::{Action, Coins, Diagnosis, Event, Tip, Watch};
use medcrypto_ledger::contract::envelope::{State, TxBody};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::pow::Header;
use medcrypto_ledger::sim::Faults;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::DATA;

/// A clinic up to the revocation of doctor 3, which lies deep.
fn revoked() -> Clinic {
    let source = Source::read(DATA.as_ref()).unwrap();
    let mut clinic = Clinic::new(source, Faults::NONE, 5).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let about = ("healthchain_iot", narrate::STEPS);
    let mut report = Report::new(about, &mut out, &mut err, true, 5);
    narrate::until_revoked(&mut clinic, &mut report).unwrap();
    clinic
}

fn miner(clinic: &Clinic, header: &Header) -> Signer {
    let of = |miner: &&Signer| name(&miner.public_key()) == header.miner;
    clinic.miners.iter().find(of).unwrap().clone()
}

fn at(clinic: &Clinic, height: u64) -> Header {
    *clinic.users().node().chain().at(height).unwrap()
}

fn blocks(clinic: &Clinic) -> Vec<Vec<u8>> {
    clinic.docchain.chain().iter().map(codec::encode).collect()
}

/// The state that a stranger with this node and these others finds.
fn found(clinic: &Clinic, own: Userchain, others: Vec<Arc<RwLock<Userchain>>>) -> (Digest, Digest) {
    let judge = Judge::new(Arc::new(RwLock::new(own)), others);
    let (head, state) = clinic.docchain.audit(&blocks(clinic), &judge).unwrap();
    (head.state_root, state.digest())
}

#[test]
fn c13_a_refused_mint_is_refused_again_when_it_is_executed_later() {
    let mut clinic = revoked();
    let first = at(&clinic, 1);
    let miner = miner(&clinic, &first);
    // Deep enough for whoever looks, but no tip says so.
    for _ in 0..DEPTH {
        clinic.confirm().unwrap();
    }
    let early = clinic.post(&miner, Action::Mint(first.id())).unwrap();
    assert_eq!(outcome(&early), "no such block");
    let tip = clinic.watch().unwrap();
    assert!(tip.height >= first.height);
    let late = clinic.post(&miner, Action::Mint(first.id())).unwrap();
    assert_eq!(outcome(&late), "applied");
    // Much later, when every block lies deep: the same answers, or the roots would differ.
    for _ in 0..200 {
        clinic.users_mut().mine().unwrap();
    }
    let coins = clinic.audit().unwrap();
    assert_eq!(coins.totals(), (RULES.reward, 0));
    assert_eq!(coins.watch().tip(), tip);
    let users = clinic.users().clone();
    let again = found(&clinic, users.clone(), Vec::new());
    assert_eq!(again, found(&clinic, users, Vec::new()));
    assert_eq!(again.0, clinic.docchain.chain().last().unwrap().block.header.state_root);
}

/// Four views of one Userchain: shorter than the tip, up to it, longer, and on a longer fork that leaves
/// it out.
fn views(users: &Userchain, tip: &Tip) -> [Userchain; 4] {
    let until = |height: u64| {
        let mut node = Userchain::new(users.miners().to_vec(), ChaCha20Rng::seed_from_u64(9));
        for header in (1..=height).map(|height| *users.node().chain().at(height).unwrap()) {
            node.pass(header.time_ms.saturating_sub(node.now_ms()));
            node.take(header, users.node().txs(&header.id()).to_vec()).unwrap();
        }
        node
    };
    let mut longer = users.clone();
    for _ in 0..30 {
        longer.mine().unwrap();
    }
    let mut fork = users.clone();
    let mut parent = *users.node().chain().at(tip.height - 2).unwrap();
    while parent.height <= users.node().chain().head().height {
        let (height, time_ms, prev) = (parent.height + 1, parent.time_ms + 1, parent.id());
        let empty = medcrypto_ledger::block::tx_root(&[]).hash;
        parent = Header { height, time_ms, prev, tx_root: empty, tx_count: 0, ..parent };
        fork.take(parent, Vec::new()).unwrap();
    }
    assert_eq!(fork.node().chain().confirmations(&tip.block), 0);
    [until(tip.height - 3), until(tip.height), longer, fork]
}

#[test]
fn c13_replicas_with_other_views_of_the_userchain_agree() {
    let mut clinic = revoked();
    clinic.settle().unwrap();
    let tip = clinic.tip();
    let first = at(&clinic, 1);
    let shallow = at(&clinic, tip.height + 1);
    let miner = miner(&clinic, &first);
    for block in [first.id(), shallow.id(), tip.block, BlockId(Digest::ZERO)] {
        clinic.post(&miner, Action::Mint(block)).unwrap();
    }
    diagnosed(&mut clinic, REVOKED, tip.block, None);
    diagnosed(&mut clinic, 0, tip.block, None);
    let users = clinic.users().clone();
    let all: Vec<_> = views(&users, &tip).map(|v| Arc::new(RwLock::new(v))).into();
    let wanted = found(&clinic, users, Vec::new());
    for view in views(&clinic.users(), &tip) {
        assert_eq!(found(&clinic, view, all.clone()), wanted);
    }
    // The shorter one has caught up; with nobody to ask it would have judged otherwise, and noticed.
    let [short, ..] = views(&clinic.users(), &tip);
    let alone = Judge::new(Arc::new(RwLock::new(short)), Vec::new());
    assert!(clinic.docchain.audit(&blocks(&clinic), &alone).is_err());
}

/// The same as machines of replicas, one transaction after the other.
#[test]
fn c13_machines_with_other_views_answer_alike_at_every_step() {
    let mut clinic = revoked();
    for _ in 0..DEPTH {
        clinic.confirm().unwrap();
    }
    let users = clinic.users().clone();
    let to = users.settled().unwrap();
    let genesis = users.node().chain().at(0).unwrap().id();
    let all: Vec<_> = views(&users, &to).map(|v| Arc::new(RwLock::new(v))).into();
    let watchers: Vec<_> = clinic.watchers.clone();
    let watch = Watch::new(watchers.iter().map(Signer::public_key).collect(), genesis);
    let chain = clinic.docchain.chain_id();
    let machine = |own: &Arc<RwLock<Userchain>>| {
        let judge = Judge::new(Arc::clone(own), all.clone());
        Machine::new(State::genesis(Coins::new(RULES, watch.clone())), judge).on_chain(chain)
    };
    let mut machines: Vec<_> = all.iter().map(machine).collect();
    let first = at(&clinic, 1);
    let mut nonces = std::collections::BTreeMap::<_, u64>::new();
    let mut run = |sender: &Signer, action: Action| -> Told {
        let nonce = nonces.entry(sender.public_key()).or_insert(1);
        let body = TxBody { chain_id: chain, sender: sender.public_key(), nonce: *nonce, action };
        let tx = signed(sender, body);
        let told: Vec<_> = machines.iter_mut().map(|machine| machine.run(&tx, 1, 1)).collect();
        let roots: BTreeSet<_> = machines.iter().map(|machine| machine.state().digest()).collect();
        assert_eq!(roots.len(), 1, "the states differ");
        assert!(told.iter().all(|other| *other == told[0]), "{told:?}");
        *nonce += u64::from(matches!(told[0], Answer::Applied(_)));
        told[0].clone()
    };
    let someone = Signer::generate(&mut clinic.rng);
    assert_eq!(outcome(&run(&someone, Action::Mint(first.id()))), "no such block");
    for watcher in &watchers[..3] {
        run(watcher, Action::Anchor(genesis, to));
    }
    assert!(matches!(&run(&someone, Action::Mint(first.id())), Answer::Applied(_)));
    assert!(matches!(&run(&someone, Action::Mint(to.block)), Answer::Applied(_)));
    let beyond = at(&clinic, to.height + 1);
    assert_eq!(outcome(&run(&someone, Action::Mint(beyond.id()))), "no such block");
}

fn signed(sender: &Signer, body: TxBody<Action>) -> Vec<u8> {
    use medcrypto_ledger::Auth;
    use medcrypto_ledger::contract::envelope::SignedTx;
    let domain = medcrypto_core::dst::ledger::TRANSACTION;
    let signature = sender.sign(domain, &codec::encode(&body));
    codec::encode(&SignedTx { body, signature })
}

#[test]
fn c13_a_watcher_votes_for_what_lies_deep_on_the_tip_only() {
    let mut clinic = revoked();
    clinic.settle().unwrap();
    let (users, tip) = (clinic.users().clone(), clinic.tip());
    let place = |height| Tip { block: at(&clinic, height).id(), height };
    assert!(!users.vouches(&tip.block, &tip), "not above it");
    assert!(!users.vouches(&tip.block, &place(tip.height + 1)), "not deep");
    let mut later = users.clone();
    for _ in 0..3 {
        later.mine().unwrap();
    }
    assert!(later.vouches(&tip.block, &place(tip.height + 1)));
    let lied = Tip { height: tip.height + 2, ..place(tip.height + 1) };
    assert!(!later.vouches(&tip.block, &lied), "another height");
    let [.., mut fork] = views(&users, &tip);
    for _ in 0..DEPTH {
        fork.mine().unwrap();
    }
    let settled = fork.settled().unwrap();
    assert!(settled.height > tip.height);
    assert!(!fork.vouches(&tip.block, &settled), "a branch without the tip");
}

/// What a doctor says about the uploads of epoch 0 at an anchor.
fn diagnosed(clinic: &mut Clinic, doctor: usize, anchor: BlockId, offer: Option<Digest>) -> Told {
    let old = clinic.uploads.iter().filter(|upload| upload.epoch == 0);
    let records = old.map(|upload| upload.id).collect();
    let (signer, cid) = (clinic.doctors[doctor].signer.clone(), clinic.uploads[0].cid);
    let told = clinic.post(&signer, Action::Diagnose(Diagnosis { anchor, records, cid, offer }));
    told.unwrap()
}

fn offered(clinic: &mut Clinic, doctor: usize, price: u64) -> Result<Digest, Failure> {
    let owner = clinic.owner.member.signer.clone();
    let doctor = clinic.doctors[doctor].key();
    match clinic.pay(&owner, Action::Offer(doctor, price, 1000))?.as_slice() {
        [Event::Offered(offer)] => Ok(*offer),
        events => panic!("{events:?}"),
    }
}

/// C6: the loss by an old anchor is what was offered to the revoked doctor, less the burn, and only until
/// the tip is 145 blocks on.
#[test]
fn c06_a_revoked_doctors_old_anchor_is_worth_its_open_offers_and_no_more() {
    let mut clinic = revoked();
    clinic.settle().unwrap();
    let first = at(&clinic, 1);
    let miner = miner(&clinic, &first);
    clinic.pay(&miner, Action::Mint(first.id())).unwrap();
    let owner = clinic.owner.member.key();
    clinic.pay(&miner, Action::Transfer(owner, RULES.reward)).unwrap();
    let mine =
        [offered(&mut clinic, REVOKED, 20).unwrap(), offered(&mut clinic, REVOKED, 30).unwrap()];
    let other = offered(&mut clinic, 0, 40).unwrap();
    // The third block holds the first measurements, the fourth the revocation.
    let anchor = at(&clinic, 3);
    let says =
        |clinic: &mut Clinic, offer| outcome(&diagnosed(clinic, REVOKED, anchor.id(), offer));
    assert_eq!(says(&mut clinic, Some(other)), "somebody else's offer");
    for offer in mine {
        assert_eq!(says(&mut clinic, Some(offer)), "applied");
        assert_eq!(says(&mut clinic, Some(offer)), "no such offer");
    }
    let revoked = at(&clinic, 4).id();
    assert_eq!(
        outcome(&diagnosed(&mut clinic, REVOKED, revoked, None)),
        "the doctor has no key of a record"
    );
    let go_to = |clinic: &mut Clinic, height: u64| {
        while clinic.users().settled().unwrap().height < height {
            clinic.users_mut().mine().unwrap();
        }
        assert_eq!(clinic.watch().unwrap().height, height);
    };
    go_to(&mut clinic, anchor.height + RULES.max_lag);
    assert_eq!(says(&mut clinic, None), "applied", "as old as may be");
    go_to(&mut clinic, anchor.height + RULES.max_lag + 1);
    assert_eq!(says(&mut clinic, None), "anchor too old");
    let coins = clinic.audit().unwrap();
    let worth = (20 - RULES.burn) + (30 - RULES.burn);
    assert_eq!(coins.balance(&clinic.doctors[REVOKED].key()), worth);
    assert_eq!(coins.offers().count(), 1, "that of doctor 1");
}
