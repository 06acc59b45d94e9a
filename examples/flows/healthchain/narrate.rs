//! The nine steps of the flow, and what must hold after each.

use std::collections::BTreeSet;

use medcrypto_ledger::Digest;
use medcrypto_ledger::cas;
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::coin::{self, Diagnosis};
use medcrypto_ledger::contract::envelope::SignedTx;
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::contract::keychain::Action;
use medcrypto_ledger::pow::WINDOW;

use super::clinic::{Clinic, RULES, check, outcome};
use super::data::{WINDOW_LEN, WINDOW_S, extremes};
use super::parties::{ADDED, REVOKED};
use super::reading::{Findings, LightNode};
use super::run::output;
use super::userchain::DEPTH;
use super::vault::Place;
use super::words;
use crate::flows::Failure;
use crate::flows::report::{Report, Table};
use crate::flows::signer::Signer;

/// How many steps there are.
pub const STEPS: u8 = 9;
/// Who has a key in each epoch, by place among the doctors: at first, after the revocation, and after
/// the monitor was exchanged.
const EPOCHS: [&[usize]; 3] = [&[0, 1, 2, 3, 4], &[0, 1, 3, 4], &[0, 1, 3, 4, ADDED]];
/// The hash rate of each window, as a multiple of the first.
const RATES: [u64; 3] = [2, 4, 1];
/// Kinds of data.
pub const ECG: &str = "ecg";
const VITALS: &str = "vital signs";

/// What the flow has left behind for the tables: one transaction of each kind, as it was sent.
#[derive(Debug)]
pub struct Done {
    /// A window of the ECG.
    pub upload: SignedTx<Action>,
    /// The key of the first epoch.
    pub key: SignedTx<Action>,
    /// The diagnosis.
    pub diagnosis: SignedTx<coin::Action>,
}

/// Everything up to the second epoch, in which one doctor has no part any more.
///
/// # Errors
/// [`Failure`].
pub fn until_revoked(
    clinic: &mut Clinic,
    report: &mut Report<'_>,
) -> Result<[SignedTx<Action>; 2], Failure> {
    join(clinic, report)?;
    let key = first_epoch(clinic, report)?;
    let upload = measure(clinic, 3, 0, report)?;
    revoke(clinic, &key, report)?;
    Ok([upload, key])
}

/// All steps.
///
/// # Errors
/// [`Failure`].
pub fn steps(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<Done, Failure> {
    let [upload, key] = until_revoked(clinic, report)?;
    exchange(clinic, report)?;
    windows(clinic, report)?;
    read(clinic, report)?;
    let diagnosis = diagnose(clinic, report)?;
    account(clinic, &diagnosis, report)?;
    Ok(Done { upload, key, diagnosis: diagnosis.0 })
}

/// C21: devices join, with their consent; the owner is their one management node.
fn join(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<(), Failure> {
    report.begin();
    for device in clinic.devices.iter().take(2) {
        clinic.send(&clinic.owner.member.signer, clinic.join(device));
    }
    let facts = vec![("on the chain", words::confirm(clinic)?)];
    report.step(1, "owner", "takes on devices, which agree", facts, "keys").map_err(output)
}

/// Algorithm 3.
fn first_epoch(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<SignedTx<Action>, Failure> {
    let tx = rotate(clinic, 0)?;
    let facts = vec![("Algorithm 3", words::confirm(clinic)?), ("tx_key", bytes(&tx))];
    let what = "wraps the key of the first epoch";
    report.step(2, "owner", what, facts, "who is whose doctor").map_err(output)?;
    Ok(tx)
}

fn rotate(clinic: &mut Clinic, epoch: usize) -> Result<SignedTx<Action>, Failure> {
    let doctors = EPOCHS.get(epoch).ok_or_else(|| check("no such epoch"))?;
    let action = clinic.rotate(doctors)?;
    Ok(clinic.send(&clinic.owner.member.signer, action))
}

/// Algorithm 2: a third of the windows, and the vital signs, under the current epoch.
fn measure(
    clinic: &mut Clinic,
    number: u8,
    third: usize,
    report: &mut Report<'_>,
) -> Result<SignedTx<Action>, Failure> {
    let count = clinic.source.windows.len() / 3;
    let windows = clinic.source.windows.iter().skip(third * count).take(count);
    let windows: Vec<_> = windows.cloned().collect();
    let mut last = None;
    for window in &windows {
        last = Some(clinic.upload(0, WINDOW_S as u64 * 1000, ECG, window)?);
    }
    let last = last.ok_or_else(|| check("nothing to measure"))?;
    if third != 1 {
        let monitor = if third == 0 { 1 } else { 2 };
        for observation in clinic.source.vitals.clone() {
            clinic.upload(monitor, 1, VITALS, &observation)?;
        }
    }
    let facts = vec![
        ("Algorithm 2", words::confirm(clinic)?),
        ("windows", format!("{} of {WINDOW_LEN} B", windows.len())),
        ("tx_IoT", bytes(&last)),
    ];
    let what = "encrypt, store, compute the identifier, upload";
    report.step(number, "devices", what, facts, "identifiers and times").map_err(output)?;
    Ok(last)
}

/// A doctor is revoked in mid-stream: the next epoch names the others.
fn revoke(
    clinic: &mut Clinic,
    before: &SignedTx<Action>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let tx = rotate(clinic, 1)?;
    let facts = vec![("Algorithm 3", words::confirm(clinic)?)];
    let what = format!("revokes {}", words::left_out(clinic, before, &tx));
    report.step(4, "owner", what, facts, "who is left out").map_err(output)?;
    measure(clinic, 4, 1, report).map(|_| ())
}

/// A doctor is added with the current key; a device leaves, another joins, and the epoch is over.
fn exchange(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<(), Failure> {
    let owner = clinic.owner.member.signer.clone();
    let share = clinic.share(ADDED)?;
    clinic.send(&owner, share);
    let [_, old, new] = clinic.devices.clone();
    clinic.send(&owner, Action::Leave(old.key()));
    clinic.send(&owner, clinic.join(&new));
    rotate(clinic, 2)?;
    let facts = vec![("on the chain", words::confirm(clinic)?)];
    let what = format!("adds {} and exchanges a device", clinic.doctor(ADDED)?.name);
    report.step(5, "owner", what, facts, "keys").map_err(output)?;
    measure(clinic, 5, 2, report).map(|_| ())
}

/// Windows of the Userchain, each under another hash rate.
fn windows(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (window, times) in (1..).zip(RATES) {
        clinic.users_mut().set_rate(times);
        while clinic.users().node().chain().head().height < window * WINDOW {
            clinic.users_mut().mine()?;
        }
        rows.push(retargeted(clinic, window, &times.to_string())?);
    }
    let changed = |row: &Vec<String>| row.get(2) != row.get(4);
    let every = rows.len() == RATES.len() && rows.iter().all(changed);
    report.check(format!("each of {} windows changes the target", rows.len()), every);
    let head = clinic.users().node().chain().head().height;
    let facts = vec![("blocks", head.to_string()), ("windows", rows.len().to_string())];
    report.step(6, "miners", "mine windows at other rates", facts, "everything").map_err(output)?;
    let title = "The Userchain retargets";
    let columns = vec!["window", "hash rate", "target before", "mean time", "target after"];
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}

/// A window that has just ended: its number and rate, its target, its mean time, the next target.
fn retargeted(clinic: &Clinic, window: u64, rate: &str) -> Result<Vec<String>, Failure> {
    let users = clinic.users();
    let chain = users.node().chain();
    let at = |height| chain.at(height).ok_or_else(|| check("no such block"));
    let (first, last) = (at((window - 1) * WINDOW)?, at(window * WINDOW - 1)?);
    let mean = (last.time_ms - first.time_ms) / (WINDOW - 1);
    let bits = |target: medcrypto_ledger::pow::Target| format!("{:08x}", target.bits());
    let after = at(window * WINDOW)?.target;
    Ok(vec![
        window.to_string(),
        rate.to_owned(),
        bits(last.target),
        format!("{}.{} s", mean / 1000, mean % 1000 / 100),
        bits(after),
    ])
}

/// Every doctor searches as a light node and opens what it can: C10, C22, T30.
fn read(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<(), Failure> {
    let light = LightNode::follow(clinic)?;
    let mut rows = Vec::new();
    for (place, doctor) in clinic.doctors.iter().enumerate() {
        let findings = light.search(clinic, doctor)?;
        let own = [own_epochs(place), opened(clinic, &findings, doctor)?];
        let [expected, found] = &own;
        let name = format!(
            "{} opens the epochs {expected:?} and fails at the AEAD on all others",
            doctor.name
        );
        report.check(name, expected == found);
        let epochs: Vec<_> = found.iter().map(u64::to_string).collect();
        rows.push(vec![doctor.name.to_owned(), epochs.join(", ")]);
    }
    let count = clinic.uploads.len();
    let facts = vec![("uploads", count.to_string()), ("confirmations", DEPTH.to_string())];
    let what = "search through a core node, verify, fetch, open";
    report.step(7, "doctors", what, facts, "nothing").map_err(output)?;
    let (title, columns) = ("What each doctor opens", vec!["doctor", "epochs"]);
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}

/// The epochs that a doctor must be able to open.
fn own_epochs(place: usize) -> BTreeSet<u64> {
    match place {
        REVOKED => [0].into(),
        ADDED => [1, 2].into(),
        _ => [0, 1, 2].into(),
    }
}

/// The epochs of which a doctor opens every upload, and reads what was measured. Every upload is tried
/// with every key that the doctor has.
///
/// # Errors
/// [`Failure::Check`] for an upload that opens to something else, or an epoch that opens in part.
pub fn opened(
    clinic: &Clinic,
    findings: &Findings,
    doctor: &super::parties::Member,
) -> Result<BTreeSet<u64>, Failure> {
    let keys: Result<Vec<_>, _> =
        findings.wrapped.keys().map(|epoch| findings.key(clinic, doctor, *epoch)).collect();
    let keys = keys?;
    let (mut open, mut shut) = (BTreeSet::new(), BTreeSet::new());
    for seen in &findings.uploads {
        let plain = keys.iter().find_map(|key| seen.open(clinic, key).ok());
        let Some((_, data)) = plain else {
            shut.insert(seen.epoch);
            continue;
        };
        open.insert(seen.epoch);
        let truth = clinic.uploads.iter().find(|upload| upload.id == seen.id);
        if truth.is_none_or(|truth| truth.data != data) {
            return Err(check("an upload opens to something else"));
        }
    }
    let seen = findings.uploads.len();
    if open.is_disjoint(&shut) && seen == clinic.uploads.len() {
        Ok(open)
    } else {
        Err(check("an epoch opens in part, or an upload was not found"))
    }
}

/// A diagnosis that is on the Docchain, and its id.
type Filed = (SignedTx<coin::Action>, Digest);

/// Algorithm 4, and how it is paid: the watchers agree on a tip, a miner mints, the user buys coins and
/// offers them.
fn diagnose(clinic: &mut Clinic, report: &mut Report<'_>) -> Result<Filed, Failure> {
    let tip = clinic.watch()?;
    let miner = mint(clinic)?;
    let (owner, doctor) = (clinic.owner.member.signer.clone(), clinic.doctor(0)?.signer.clone());
    let (user, name) = (owner.public_key(), doctor.public_key());
    clinic.pay(&miner, coin::Action::Transfer(user, RULES.reward / 2))?;
    let price = RULES.reward / 4;
    let offered = clinic.pay(&owner, coin::Action::Offer(name, price, 1000))?;
    let [coin::Event::Offered(offer)] = offered.as_slice() else {
        return Err(check("no offer"));
    };
    let diagnosis = conclude(clinic, Some(*offer))?;
    let tx = clinic.docchain.sign(&doctor, coin::Action::Diagnose(diagnosis));
    let told = clinic.docchain.submit(&doctor, codec::encode(&tx))?;
    report.check("the diagnosis is on the Docchain", outcome(&told) == "applied");
    let events: &[_] = if let Answer::Applied(events) = &told { events } else { &[] };
    let paid = events.iter().find_map(|event| match event {
        coin::Event::Paid(_, units) => Some(*units),
        _ => None,
    });
    let paid = paid.ok_or_else(|| check("nobody was paid"))?;
    let facts = vec![
        ("tx_diag", bytes(&tx)),
        ("paid", format!("{paid} units, {} burnt", price - paid)),
        ("tip", format!("height {}", tip.height)),
    ];
    let (id, name) = (tx.body.id(), clinic.doctor(0)?.name);
    let what = "diagnoses and is paid (Algorithm 4)";
    report.step(8, name, what, facts, "who treats whom, the price").map_err(output)?;
    Ok((tx, id))
}

/// The miner of block 1 is paid for it.
///
/// # Errors
/// [`Failure::Check`] for a chain without one, or a tip that is lower.
pub(super) fn mint(clinic: &mut Clinic) -> Result<Signer, Failure> {
    let block = clinic.users().node().chain().at(1).copied().ok_or_else(|| check("no block"))?;
    let of = |miner: &&Signer| super::userchain::name(&miner.public_key()) == block.miner;
    let miner = clinic.miners.iter().find(of).cloned().ok_or_else(|| check("no miner"))?;
    clinic.pay(&miner, coin::Action::Mint(block.id()))?;
    Ok(miner)
}

/// What doctor 1 makes of the last window, encrypted under the current epoch.
fn conclude(clinic: &mut Clinic, offer: Option<Digest>) -> Result<Diagnosis, Failure> {
    let light = LightNode::follow(clinic)?;
    let doctor = clinic.doctor(0)?;
    let findings = light.search(clinic, doctor)?;
    let epoch = findings.wrapped.keys().next_back().copied().ok_or_else(|| check("no key"))?;
    let key = findings.key(clinic, doctor, epoch)?;
    let (mut records, mut last) = (BTreeSet::new(), None);
    for seen in findings.uploads.iter().filter(|seen| seen.epoch == epoch) {
        let (kind, data) = seen.open(clinic, &key)?;
        if kind == ECG {
            records.insert(seen.id);
            last = Some(data);
        }
    }
    let (low, high) = extremes(&last.unwrap_or_default())?;
    let text = format!("lead MLII between {low} and {high} µV in the last window");
    let (owner, author) = (&clinic.owner.member.key(), &doctor.key());
    let place = Place { owner, author, epoch, taken_ms: clinic.docchain.now_ms() };
    let blob = key.seal(place, "diagnosis", text.as_bytes(), &mut clinic.rng).map_err(check)?;
    let cid = cas::put(&mut clinic.store, &blob).map_err(check)?;
    Ok(Diagnosis { anchor: clinic.tip().block, records, cid, offer })
}

/// C14: anybody verifies the Docchain and finds who answers for a diagnosis, and for which records.
fn account(clinic: &mut Clinic, (tx, id): &Filed, report: &mut Report<'_>) -> Result<(), Failure> {
    let coins = clinic.audit()?;
    let filed = coins.report(id).ok_or_else(|| check("no such diagnosis"))?;
    let records = filed.diagnosis.records.len();
    let names = filed.doctor == tx.body.sender && filed.patient == clinic.owner.member.key();
    report.check("a stranger finds the doctor, the patient and the records", names && records > 0);
    let (minted, burnt) = coins.totals();
    let free: u64 = coins.balances().map(|(_, units)| units).sum();
    let held: u64 = coins.offers().map(|(_, offer)| offer.price).sum();
    report
        .check("no coin is made or lost", free + held == minted - burnt && minted == RULES.reward);
    let doctor = clinic.doctor(0)?.key();
    report.check("the doctor has its pay", coins.balance(&doctor) == RULES.reward / 4 - RULES.burn);
    let facts = vec![
        ("records", records.to_string()),
        ("coins", format!("{minted} minted, {burnt} burnt, {free} free, {held} in escrow")),
    ];
    report
        .step(9, "anybody", "verifies the Docchain from genesis", facts, "everything")
        .map_err(output)
}

fn bytes<A: serde::Serialize>(tx: &SignedTx<A>) -> String {
    format!("{} B", codec::encode(tx).len())
}
