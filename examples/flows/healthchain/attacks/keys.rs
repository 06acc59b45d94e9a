//! Attacks by parties with keys: a revoked doctor, a thief of devices, devices.

use std::collections::BTreeSet;

use medcrypto_core::dst;
use medcrypto_ledger::Digest;
use medcrypto_ledger::auth::Auth as _;
use medcrypto_ledger::block::{BlockId, ChainId};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::coin::{self, Diagnosis};
use medcrypto_ledger::contract::envelope::{SignedTx, TxBody};
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::contract::keychain::Action;

use super::Attempt;
use super::chain::before_revocation;
use crate::flows::Failure;
use crate::flows::healthchain::clinic::{Clinic, RULES, check, outcome};
use crate::flows::healthchain::narrate::{mint, opened};
use crate::flows::healthchain::parties::REVOKED;
use crate::flows::healthchain::reading::LightNode;
use crate::flows::healthchain::userchain::DEPTH;
use crate::flows::signer::Signer;

const NO_KEY: &str = "the doctor has no key of a record";

pub(super) fn revoked_doctor(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let light = LightNode::follow(clinic)?;
    let doctor = clinic.doctor(REVOKED)?;
    let findings = light.search(clinic, doctor)?;
    let old = findings.key(clinic, doctor, 0)?;
    let later: Vec<_> = findings.uploads.iter().filter(|seen| seen.epoch > 0).collect();
    let found: BTreeSet<String> = later
        .iter()
        .map(|seen| seen.open(clinic, &old).map_or_else(|e| e.to_string(), |_| "opens".to_owned()))
        .collect();
    let found: Vec<_> = found.into_iter().collect();
    let none = findings.key(clinic, doctor, 1).map_or_else(|e| e.to_string(), |_| "a key".into());
    let other = clinic.doctor(0)?;
    let theirs = light.search(clinic, other)?;
    let owner = clinic.owner.member.key();
    let stolen = theirs.wrapped.get(&1).ok_or_else(|| check("no key of epoch 1"))?;
    let stolen = doctor.secret.unwrap_key((&owner, 1), &other.key(), stolen.as_slice());
    let epochs = format!("{:?}", opened(clinic, &findings, doctor)?);
    let records: BTreeSet<_> = later.iter().map(|seen| seen.id).collect();
    let old_records = findings.uploads.iter().filter(|seen| seen.epoch == 0).map(|seen| seen.id);
    let old_records: BTreeSet<_> = old_records.collect();
    let mut attempts = vec![
        Attempt::new(
            "its key of epoch 0 against every later upload",
            "does not open",
            found.join(", "),
        ),
        Attempt::new("its own key of epoch 1", "no key", none),
        Attempt::new(
            "what is wrapped for doctor 1",
            "does not open",
            stolen.map_or_else(|e| e.to_string(), |_| "a key".to_owned()),
        ),
        Attempt::new("the epochs that it still reads, as documented", "{0}", epochs),
    ];
    attempts.extend(new_anchor(clinic, &old_records, &records)?);
    attempts.extend(old_anchor(clinic, &old_records, &records)?);
    Ok(attempts)
}

/// A diagnosis by the revoked doctor, in words.
fn says(
    clinic: &mut Clinic,
    anchor: BlockId,
    records: &BTreeSet<Digest>,
    offer: Option<Digest>,
) -> Result<String, Failure> {
    let signer = clinic.doctor(REVOKED)?.signer.clone();
    let cid = clinic.uploads.first().ok_or_else(|| check("no upload"))?.cid;
    let diagnosis = Diagnosis { anchor, records: records.clone(), cid, offer };
    Ok(outcome(&clinic.post(&signer, coin::Action::Diagnose(diagnosis))?))
}

/// The tip as an anchor.
fn new_anchor(
    clinic: &mut Clinic,
    old: &BTreeSet<Digest>,
    later: &BTreeSet<Digest>,
) -> Result<Vec<Attempt>, Failure> {
    let tip = clinic.tip().block;
    let about_later = says(clinic, tip, later, None)?;
    let about_old = says(clinic, tip, old, None)?;
    Ok(vec![
        Attempt::new("a diagnosis about later uploads", NO_KEY, about_later),
        Attempt::new("a diagnosis about old ones, without the current key", NO_KEY, about_old),
    ])
}

/// The last block before the revocation as an anchor. It is taken until the tip is `max_lag` blocks on: what
/// the doctor could say before, it can say until then, and what it was offered it is paid. It learns nothing
/// by it, and speaks about nothing that was uploaded later.
fn old_anchor(
    clinic: &mut Clinic,
    old: &BTreeSet<Digest>,
    later: &BTreeSet<Digest>,
) -> Result<Vec<Attempt>, Failure> {
    let anchor = before_revocation(&clinic.users())?;
    let offer = left_open(clinic)?;
    let (id, doctor) = (anchor.id(), clinic.doctor(REVOKED)?.key());
    let about_later = says(clinic, id, later, None)?;
    let within = says(clinic, id, old, Some(offer))?;
    let paid = clinic.audit()?.balance(&doctor);
    let again = says(clinic, id, old, Some(offer))?;
    while clinic.users().settled().is_none_or(|to| to.height <= anchor.height + RULES.max_lag) {
        clinic.users_mut().mine()?;
    }
    clinic.watch()?;
    let beyond = says(clinic, id, old, None)?;
    Ok(vec![
        Attempt::new("later uploads, at the last block before its revocation", NO_KEY, about_later),
        Attempt::new("old ones there, for an offer left open, as documented", "applied", within),
        Attempt::new("units that it has for it, as documented", "20", paid),
        Attempt::new("the same again for the same offer", "no such offer", again),
        Attempt::new("the same block once the tip is 145 on", "anchor too old", beyond),
    ])
}

/// An offer that the patient made to the doctor and cannot take back before its height.
fn left_open(clinic: &mut Clinic) -> Result<Digest, Failure> {
    let miner = mint(clinic)?;
    let owner = clinic.owner.member.signer.clone();
    let doctor = clinic.doctor(REVOKED)?.key();
    clinic.pay(&miner, coin::Action::Transfer(owner.public_key(), RULES.reward / 4))?;
    let events = clinic.pay(&owner, coin::Action::Offer(doctor, RULES.reward / 4, 1000))?;
    match events.as_slice() {
        [coin::Event::Offered(offer)] => Ok(*offer),
        _ => Err(check("no offer")),
    }
}

/// What the contract says of an action that waits for the next block.
fn told(clinic: &Clinic) -> Result<String, Failure> {
    let mut users = clinic.users_mut();
    let block = users.mine()?;
    let (_, told) = users.replay(&block);
    let words = told.iter().map(|told| match told {
        Answer::Applied(_) => "applied".to_owned(),
        Answer::Rejected(rejection) => rejection.to_string(),
    });
    Ok(words.collect::<Vec<_>>().join(", "))
}

pub(super) fn stolen_device(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let thief = Signer::generate(&mut clinic.rng);
    let [ecg, _, new] = clinic.devices.clone();
    let consent = clinic.join(&new);
    clinic.send(&thief, consent.clone());
    let moved = told(clinic)?;
    let Action::Join(device, _) = &consent else { return Err(check("no join")) };
    let own = thief.sign(dst::ledger::DEVICE_JOIN, b"mine");
    clinic.send(&thief, Action::Join(device.clone(), own));
    let forged = told(clinic)?;
    clinic.send(&thief, clinic.join(&ecg));
    let taken = told(clinic)?;
    clinic.send(&thief, Action::Leave(ecg.key()));
    let left = told(clinic)?;
    let unsigned = "the device has not signed";
    Ok(vec![
        Attempt::new("a device's consent to another", unsigned, moved),
        Attempt::new("a signature of the thief's own", unsigned, forged),
        Attempt::new("a device that has an owner", "device taken", taken),
        Attempt::new("sending somebody's device away", "no such device", left),
    ])
}

/// How many uploads a doctor sees once everything lies deep enough.
fn seen(clinic: &mut Clinic) -> Result<usize, Failure> {
    for _ in 0..DEPTH {
        clinic.users_mut().mine()?;
    }
    let clinic = &*clinic;
    let doctor = clinic.doctors.first().ok_or_else(|| check("no doctor"))?;
    Ok(LightNode::follow(clinic)?.search(clinic, doctor)?.uploads.len())
}

/// Whether a doctor sees just so many uploads more than before.
fn new_uploads(clinic: &mut Clinic, before: usize) -> Result<String, Failure> {
    Ok(format!("{} new", seen(clinic)?.saturating_sub(before)))
}

pub(super) fn stale_epoch(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let before = seen(clinic)?;
    let window = clinic.source.windows.first().cloned().unwrap_or_default();
    let [ecg, monitor, new] = clinic.devices.clone();
    let upload = |clinic: &Clinic, epoch| {
        clinic.users_mut().pass(10_000);
        let taken_ms = clinic.users().now_ms();
        let cid = medcrypto_ledger::cas::Cid::of(&window);
        clinic.send(&ecg.signer, Action::Upload(epoch, taken_ms, cid));
        told(clinic)
    };
    let old = upload(clinic, 0)?;
    let future = upload(clinic, 2)?;
    let owner = clinic.owner.member.signer.clone();
    clinic.send(&owner, Action::Leave(monitor.key()));
    let leaves = told(clinic)?;
    let stale = upload(clinic, 1)?;
    clinic.send(&owner, clinic.join(&monitor));
    let again = told(clinic)?;
    let (now, cid) = (clinic.users().now_ms(), medcrypto_ledger::cas::Cid::of(&window));
    clinic.send(&new.signer, Action::Upload(1, now, cid));
    let stranger = told(clinic)?;
    let uploads = new_uploads(clinic, before)?;
    Ok(vec![
        Attempt::new("an upload under epoch 0", "the epoch is 1", old),
        Attempt::new("an upload under an epoch that is not yet", "the epoch is 1", future),
        Attempt::new("a device leaves", "applied", leaves),
        Attempt::new("an upload under the key that it knows", "a new epoch is due", stale),
        Attempt::new("the device comes back", "device taken", again),
        Attempt::new("an upload by a device of nobody's", "no such device", stranger),
        Attempt::new("what a doctor sees of these uploads", "0 new", uploads),
    ])
}

pub(super) fn replayed_upload(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let before = seen(clinic)?;
    let window = clinic.source.windows.first().cloned().unwrap_or_default();
    let tx = clinic.upload(0, 10_000, "ecg", &window)?;
    let honest = told(clinic)?;
    let again = |tx: &SignedTx<Action>| {
        clinic.users_mut().submit(codec::encode(tx));
        told(clinic)
    };
    let device = &clinic.devices[0].signer;
    let signed = |body: TxBody<Action>| {
        let signature = device.sign(dst::ledger::TRANSACTION, &codec::encode(&body));
        SignedTx { body, signature }
    };
    let next = TxBody { nonce: tx.body.nonce + 1, ..tx.body.clone() };
    let elsewhere = TxBody { chain_id: ChainId(Digest::ZERO), ..next.clone() };
    let changed = SignedTx { body: next.clone(), ..tx.clone() };
    let mut bytes = codec::encode(&tx);
    bytes.push(0);
    clinic.users_mut().submit(bytes);
    let longer = told(clinic)?;
    let same = again(&tx)?;
    let pasted = again(&changed)?;
    let foreign = again(&signed(elsewhere))?;
    let early = again(&signed(next))?;
    let uploads = new_uploads(clinic, before)?;
    Ok(vec![
        Attempt::new("an honest upload", "applied", honest),
        Attempt::new("the same bytes", "not the sender's next nonce", same),
        Attempt::new("the next nonce under the old signature", "signature refused", pasted),
        Attempt::new("for another chain", "another chain", foreign),
        Attempt::new(
            "signed again with the same time",
            "not a time after the last and before now",
            early,
        ),
        Attempt::new("a byte behind", "malformed transaction", longer),
        Attempt::new("what a doctor sees of these uploads", "1 new", uploads),
    ])
}
