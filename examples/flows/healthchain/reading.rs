//! What a doctor makes of the Userchain: headers, proofs and signatures, and nobody's word.
//!
//! ```text
//! light node   every header, sealed and linked; a core node is asked for transactions
//! believed     in a block six deep, on a path to its root
//! counts       what the contract applies of all that, run again in the order of the chain: miners order what
//!              they are given, and what a core node leaves out shows as a nonce that is not the next
//! opened       wrapped key of the epoch → epoch key → blob whose identifier it is
//! ```

use std::collections::BTreeMap;

use medcrypto_ledger::auth::PublicKey;
use medcrypto_ledger::cas::{self, Cid};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::envelope::{SignedTx, State};
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::contract::keychain::{Action, Keychain};
use medcrypto_ledger::pow::{Chain, Found, Refusal};
use medcrypto_ledger::sim::Oracle;
use medcrypto_ledger::{Bytes, Digest};

use super::clinic::{Clinic, check};
use super::parties::Member;
use super::userchain::{DEPTH, Keys};
use super::vault::{EpochKey, Place};
use crate::flows::Failure;
use crate::flows::signer::Ed25519;

/// A light node of the Userchain.
#[derive(Debug)]
pub struct LightNode(Chain<Oracle>);

/// An upload that a doctor has found.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its id.
    pub id: Digest,
    /// The epoch of its key.
    pub epoch: u64,
    device: PublicKey,
    taken_ms: u64,
    cid: Cid,
}

/// What a doctor has found: uploads, and the keys that were wrapped for it, by epoch.
#[derive(Debug, Default)]
pub struct Findings {
    /// Uploads in order of the chain.
    pub uploads: Vec<Seen>,
    /// The doctor's keys as they were written.
    pub wrapped: BTreeMap<u64, Bytes>,
}

impl LightNode {
    /// Follows the headers of a core node.
    ///
    /// # Errors
    /// [`Failure::Check`] for a header that is refused.
    pub fn follow(clinic: &Clinic) -> Result<Self, Failure> {
        let users = clinic.users();
        let mut chain = Chain::new(users.genesis());
        let core = users.node().chain();
        for header in (1..=core.head().height).filter_map(|height| core.at(height)) {
            chain.accept(Oracle::seal(*header), users.now_ms()).map_err(check)?;
        }
        Ok(Self(chain))
    }

    /// A transaction that a core node has found, if it may be believed that the chain holds it.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn believe(&self, found: &Found) -> Result<SignedTx<Action>, Refusal> {
        self.0.verify(found, DEPTH)?;
        codec::decode(found.tx.as_slice()).or(Err(Refusal::Inclusion))
    }

    /// Every answer of the core node to a search for an owner's transactions and its devices'.
    ///
    /// # Errors
    /// [`Failure::Check`] for an answer that may not be believed.
    pub fn search(&self, clinic: &Clinic, doctor: &Member) -> Result<Findings, Failure> {
        let owner = clinic.owner.member.key();
        let mut findings = Findings::default();
        let start = State::genesis(Keychain::default());
        let mut keys = Keys::new(start, Ed25519).on_chain(clinic.users().chain_id());
        let wanted = |tx: &[u8]| codec::decode::<SignedTx<Action>>(tx).is_ok();
        for found in clinic.users().node().search(wanted) {
            let tx = self.believe(&found).map_err(check)?;
            let header = self.0.verify(&found, DEPTH).map_err(check)?;
            let told = keys.run(found.tx.as_slice(), header.height, header.time_ms);
            if !matches!(told, Answer::Applied(_)) {
                continue;
            }
            let device = keys.state().contract.device(&tx.body.sender);
            match &tx.body.action {
                Action::Upload(epoch, taken_ms, cid)
                    if device.is_some_and(|d| d.owner == owner) =>
                {
                    let (id, device) = (tx.body.id(), tx.body.sender.clone());
                    let (epoch, taken_ms, cid) = (*epoch, *taken_ms, *cid);
                    findings.uploads.push(Seen { id, epoch, device, taken_ms, cid });
                }
                Action::Rotate(keys) if tx.body.sender == owner => {
                    let own = keys.doctors.0.get(&doctor.key()).cloned();
                    findings.wrapped.extend(own.map(|wrapped| (keys.epoch, wrapped)));
                }
                Action::Share(reader, keys)
                    if *reader == doctor.key() && tx.body.sender == owner =>
                {
                    findings.wrapped.extend(keys.0.clone());
                }
                _ => {}
            }
        }
        Ok(findings)
    }
}

impl Findings {
    /// The doctor's key of an epoch.
    ///
    /// # Errors
    /// [`Failure::Check`] says what stops it.
    pub fn key(&self, clinic: &Clinic, doctor: &Member, epoch: u64) -> Result<EpochKey, Failure> {
        let wrapped = self.wrapped.get(&epoch).ok_or_else(|| check("no key"))?;
        let place = (&clinic.owner.member.key(), epoch);
        doctor.secret.unwrap_key(place, &doctor.key(), wrapped.as_slice()).map_err(check)
    }
}

impl Seen {
    /// What was measured: its kind and the data.
    ///
    /// # Errors
    /// [`Failure::Check`] says what stops it.
    pub fn open(&self, clinic: &Clinic, key: &EpochKey) -> Result<(String, Vec<u8>), Failure> {
        let blob = cas::get(&clinic.store, &self.cid).map_err(check)?;
        let (owner, author) = (&clinic.owner.member.key(), &self.device);
        let place = Place { owner, author, epoch: self.epoch, taken_ms: self.taken_ms };
        key.open(place, &blob).map_err(check)
    }
}
