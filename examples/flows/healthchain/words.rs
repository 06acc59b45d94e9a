//! What the newest block of the Userchain holds, in the names of the parties.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::envelope::SignedTx;
use medcrypto_ledger::contract::keychain::Action;

use super::clinic::{Clinic, check};
use crate::flows::Failure;

/// Mines what waits, all of which must be applied, and tells what stands in the block.
///
/// # Errors
/// [`Failure::Check`] says what was refused.
pub fn confirm(clinic: &Clinic) -> Result<String, Failure> {
    let id = clinic.confirm()?;
    let users = clinic.users();
    let txs = users.node().txs(&id).iter().map(|tx| codec::decode(tx.as_slice()));
    let txs = txs.collect::<Result<Vec<SignedTx<Action>>, _>>().map_err(check)?;
    let mut uploads = BTreeMap::<u64, usize>::new();
    let mut told = Vec::new();
    for tx in &txs {
        match &tx.body.action {
            Action::Upload(epoch, ..) => *uploads.entry(*epoch).or_default() += 1,
            other => told.push(words(clinic, other)),
        }
    }
    told.extend(uploads.iter().map(|(epoch, count)| format!("{count} uploads, epoch {epoch}")));
    Ok(told.join("; "))
}

fn words(clinic: &Clinic, action: &Action) -> String {
    match action {
        Action::Join(device, _) => format!("{} joins", name(clinic, device)),
        Action::Leave(device) => format!("{} leaves", name(clinic, device)),
        Action::Upload(epoch, ..) => format!("an upload, epoch {epoch}"),
        Action::Rotate(keys) => {
            format!("epoch {} for {}", keys.epoch, names(clinic, keys.doctors.0.keys()))
        }
        Action::Share(doctor, keys) => {
            let epochs: Vec<_> = keys.0.keys().map(u64::to_string).collect();
            format!("epoch {} for {}", epochs.join(", "), name(clinic, doctor))
        }
    }
}

/// The doctors whom an epoch named and a later one does not.
#[must_use]
pub fn left_out(clinic: &Clinic, before: &SignedTx<Action>, after: &SignedTx<Action>) -> String {
    let (before, after) = (named(before), named(after));
    names(clinic, before.difference(&after).copied())
}

fn named(tx: &SignedTx<Action>) -> BTreeSet<&PublicKey> {
    match &tx.body.action {
        Action::Rotate(keys) => keys.doctors.0.keys().collect(),
        _ => BTreeSet::new(),
    }
}

fn names<'a>(clinic: &Clinic, keys: impl Iterator<Item = &'a PublicKey>) -> String {
    let mut names: Vec<_> = keys.map(|key| name(clinic, key)).collect();
    names.sort_unstable();
    names.join(", ")
}

/// What a key is called in the output.
fn name(clinic: &Clinic, key: &PublicKey) -> &'static str {
    let devices = clinic.devices.iter().map(|device| (device.key(), device.name));
    let doctors = clinic.doctors.iter().map(|doctor| (doctor.key(), doctor.name));
    let mut all = devices.chain(doctors);
    all.find(|(known, _)| known == key).map_or("a stranger", |(_, name)| name)
}
