//! Devices, their uploads and the keys of those who may read them (Xu et al., Algorithms 2 and 3).
//!
//! ```text
//! device   ↦ ⟨owner, time of its last upload, left⟩     the owner is its one management node
//! owner    ↦ ⟨epoch, stale⟩                             epoch 0 at first, then one more each
//! (owner, epoch, doctor) ↦ height since when the doctor has this epoch's key
//!
//! Join    by the owner, signed by the device too     Leave   by the owner; the epoch is stale now
//! Upload  by the device, under the owner's epoch, which must not be stale (tx_IoT)
//! Rotate  by the owner: the next epoch, its key for those named and for nobody else, and for itself
//!         (tx_key; a revocation names all but one)
//! Share   by the owner: the keys of such epochs as it likes, for one doctor (tx_key without rotation)
//! ```
//! A wrapped key is opaque: 1 to [`Keys::MAX_WRAPPED`] bytes, made for its reader by an encryption that
//! binds ⟨owner, epoch, reader⟩. An owner's is accepted once (another owner may copy it, so that nobody
//! is refused because of a copier who was faster), and no key of a device comes back once it has left. A
//! reader keeps the keys it was given: revocation is for what is uploaded later.
//!
//! | | Xu et al. | here |
//! |---|---|---|
//! | Algorithm 3 | every update changes all keys; the text gives a new doctor the current one | two actions, the owner's choice |
//! | envelope | names one upload, "decrypts several" | names an epoch |
//! | a device leaves | – | it knows the key, so nothing is uploaded before the next |
//! | times | 4 bytes | milliseconds in 8, rising with each upload of a device |
//!
//! The chain shows who treats whom, unless the keys are pseudonyms.
//!
//! Status: *composition*.

mod tx;

pub use tx::{Action, Event, JoinStatement, Keys, Reject};

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use medcrypto_core::dst;

use super::envelope::{Call, Contract, key_fits, signature_fits};
use crate::auth::{PublicKey, Signature, Verifier};
use crate::cas::Cid;
use crate::codec::{self, Bytes, Digest, Pairs, as_array};

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its management node.
    pub owner: PublicKey,
    /// When its last upload was taken; 0 before the first.
    pub last_ms: u64,
    /// Whether it has left.
    pub left: bool,
}
as_array!(Device { owner, last_ms, left });

/// How far an owner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Current {
    /// The epoch.
    pub epoch: u64,
    /// Whether a device has left since it began.
    pub stale: bool,
}
as_array!(Current { epoch, stale });

/// An epoch, and the doctor whose key of it is given.
type Place<'a> = (u64, &'a PublicKey);

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Whose.
    pub owner: PublicKey,
    /// By which device.
    pub device: PublicKey,
    /// The epoch of its key.
    pub epoch: u64,
    /// The ciphertext.
    pub cid: Cid,
}
as_array!(Upload { owner, device, epoch, cid });

/// The most records that one diagnosis is about.
pub const MAX_RECORDS: usize = 64;

/// All devices, uploads and keys. A new value has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keychain {
    devices: Pairs<PublicKey, Device>,
    owners: Pairs<PublicKey, Current>,
    /// Since which height a doctor has the key of an owner's epoch.
    held: Pairs<(PublicKey, u64, PublicKey), u64>,
    uploads: Pairs<Digest, Upload>,
    wrapped: BTreeSet<Digest>,
}
as_array!(Keychain { devices, owners, held, uploads, wrapped });

impl Keychain {
    /// A device, also one that has left.
    #[must_use]
    pub fn device(&self, key: &PublicKey) -> Option<&Device> {
        self.devices.0.get(key)
    }

    /// How far an owner is; `None` before its first epoch.
    #[must_use]
    pub fn current(&self, owner: &PublicKey) -> Option<Current> {
        self.owners.0.get(owner).copied()
    }

    /// Since which height a doctor has the key of an epoch.
    #[must_use]
    pub fn held_since(&self, owner: &PublicKey, epoch: u64, doctor: &PublicKey) -> Option<u64> {
        self.held.0.get(&(owner.clone(), epoch, doctor.clone())).copied()
    }

    /// An upload by its id, the id of the transaction.
    #[must_use]
    pub fn upload(&self, id: &Digest) -> Option<&Upload> {
        self.uploads.0.get(id)
    }

    /// Whose these records are, if the doctor may speak about them: it has the current key and the
    /// key of each record (Algorithm 4).
    ///
    /// # Errors
    /// [`Reject::Records`], [`Reject::NoKey`].
    pub fn diagnosable(
        &self,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<&PublicKey, Reject> {
        if !(1..=MAX_RECORDS).contains(&records.len()) {
            return Err(Reject::Records);
        }
        let found: Option<Vec<_>> = records.iter().map(|id| self.upload(id)).collect();
        let found = found.ok_or(Reject::Records)?;
        let owner = &found.first().ok_or(Reject::Records)?.owner;
        if found.iter().any(|upload| upload.owner != *owner) {
            return Err(Reject::Records);
        }
        let current = self.current(owner).ok_or(Reject::NoKey)?.epoch;
        let mut epochs = found.iter().map(|upload| upload.epoch).chain([current]);
        let holds = epochs.all(|epoch| self.held_since(owner, epoch, doctor).is_some());
        if holds { Ok(owner) } else { Err(Reject::NoKey) }
    }

    fn join<V: Verifier>(
        &mut self,
        call: &Call<'_>,
        device: &PublicKey,
        signature: &Signature,
        verifier: &V,
    ) -> Result<Event, Reject> {
        let (owner, chain_id) = (call.sender.clone(), call.context.chain_id);
        if owner == *device {
            return Err(Reject::Oneself);
        }
        if self.devices.0.contains_key(device) {
            return Err(Reject::Taken);
        }
        let statement = JoinStatement { chain_id, owner: owner.clone(), device: device.clone() };
        verifier
            .verify(device, dst::ledger::DEVICE_JOIN, &codec::encode(&statement), signature)
            .or(Err(Reject::DeviceSignature))?;
        let new = Device { owner: owner.clone(), last_ms: 0, left: false };
        self.devices.0.insert(device.clone(), new);
        Ok(Event::Joined(owner, device.clone()))
    }

    fn leave(&mut self, call: &Call<'_>, key: &PublicKey) -> Result<Event, Reject> {
        let mine = |device: &&mut Device| device.owner == *call.sender && !device.left;
        self.devices.0.get_mut(key).filter(mine).ok_or(Reject::Device)?.left = true;
        if let Some(current) = self.owners.0.get_mut(call.sender) {
            current.stale = true;
        }
        Ok(Event::Left(call.sender.clone(), key.clone()))
    }

    fn store(
        &mut self,
        call: &Call<'_>,
        epoch: u64,
        taken_ms: u64,
        cid: Cid,
    ) -> Result<Event, Reject> {
        let present = |device: &&mut Device| !device.left;
        let device = self.devices.0.get_mut(call.sender).filter(present).ok_or(Reject::Device)?;
        let current = self.owners.0.get(&device.owner).ok_or(Reject::Stale)?;
        if current.stale {
            return Err(Reject::Stale);
        }
        if epoch != current.epoch {
            return Err(Reject::Epoch(current.epoch));
        }
        if taken_ms <= device.last_ms || taken_ms > call.context.time_ms {
            return Err(Reject::Time);
        }
        device.last_ms = taken_ms;
        let (owner, device) = (device.owner.clone(), call.sender.clone());
        self.uploads.0.insert(call.tx, Upload { owner, device, epoch, cid });
        Ok(Event::Uploaded(call.tx))
    }

    fn rotate(&mut self, call: &Call<'_>, keys: &Keys) -> Result<Event, Reject> {
        if keys.doctors.0.len() > Keys::MAX_SHARES {
            return Err(Reject::Doctors);
        }
        if keys.doctors.0.contains_key(call.sender) {
            return Err(Reject::Oneself);
        }
        let next = self.current(call.sender).map_or(Some(0), |last| last.epoch.checked_add(1));
        let next = next.ok_or(Reject::Exhausted)?;
        if keys.epoch != next {
            return Err(Reject::Epoch(next));
        }
        let given = keys.doctors.0.iter().map(|(doctor, wrapped)| ((next, doctor), wrapped));
        self.give(call, Some(&keys.own), given)?;
        self.owners.0.insert(call.sender.clone(), Current { epoch: next, stale: false });
        Ok(Event::Rotated(call.sender.clone(), next))
    }

    fn share(
        &mut self,
        call: &Call<'_>,
        doctor: &PublicKey,
        epochs: &Pairs<u64, Bytes>,
    ) -> Result<Event, Reject> {
        if !(1..=Keys::MAX_SHARES).contains(&epochs.0.len()) {
            return Err(Reject::Epochs);
        }
        if doctor == call.sender {
            return Err(Reject::Oneself);
        }
        let current = self.current(call.sender).ok_or(Reject::NoEpoch)?;
        if epochs.0.keys().any(|epoch| *epoch > current.epoch) {
            return Err(Reject::NoEpoch);
        }
        let given = epochs.0.iter().map(|(epoch, wrapped)| ((*epoch, doctor), wrapped));
        self.give(call, None, given)?;
        Ok(Event::Shared(call.sender.clone(), doctor.clone()))
    }

    /// From now on each doctor has its epoch's key: all of them, or none if one key is refused. What the
    /// sender keeps for itself counts as written too.
    fn give<'a>(
        &mut self,
        call: &Call<'_>,
        own: Option<&Bytes>,
        given: impl Iterator<Item = (Place<'a>, &'a Bytes)>,
    ) -> Result<(), Reject> {
        let (mut written, mut held) = (BTreeSet::new(), Vec::new());
        own.into_iter().try_for_each(|wrapped| self.accept(call, wrapped, &mut written))?;
        for ((epoch, doctor), wrapped) in given {
            self.accept(call, wrapped, &mut written)?;
            let key = (call.sender.clone(), epoch, doctor.clone());
            if self.held.0.contains_key(&key) {
                return Err(Reject::Held);
            }
            held.push((key, call.context.height));
        }
        self.wrapped.append(&mut written);
        self.held.0.extend(held);
        Ok(())
    }

    /// Notes a wrapped key of an accepted length that the owner has not written before.
    fn accept(
        &self,
        call: &Call<'_>,
        wrapped: &Bytes,
        written: &mut BTreeSet<Digest>,
    ) -> Result<(), Reject> {
        if !(1..=Keys::MAX_WRAPPED).contains(&wrapped.0.len()) {
            return Err(Reject::Wrapped);
        }
        let id = codec::digest(dst::ledger::WRAPPED_KEY, &(call.sender, wrapped));
        let fresh = !self.wrapped.contains(&id) && written.insert(id);
        if fresh { Ok(()) } else { Err(Reject::Reused) }
    }
}

impl<V: Verifier> Contract<V> for Keychain {
    type Action = Action;
    type Event = Event;
    type Reject = Reject;

    fn fits(action: &Action) -> bool {
        match action {
            Action::Join(device, signature) => key_fits(device) && signature_fits(signature),
            Action::Leave(key) | Action::Share(key, _) => key_fits(key),
            Action::Upload(..) => true,
            Action::Rotate(keys) => keys.doctors.0.keys().all(key_fits),
        }
    }

    fn act(
        &mut self,
        action: &Action,
        call: &Call<'_>,
        verifier: &V,
    ) -> Result<Vec<Event>, Reject> {
        let event = match action {
            Action::Join(device, signature) => self.join(call, device, signature, verifier),
            Action::Leave(device) => self.leave(call, device),
            Action::Upload(epoch, taken_ms, cid) => self.store(call, *epoch, *taken_ms, *cid),
            Action::Rotate(keys) => self.rotate(call, keys),
            Action::Share(doctor, epochs) => self.share(call, doctor, epochs),
        };
        event.map(|event| alloc::vec![event])
    }
}
