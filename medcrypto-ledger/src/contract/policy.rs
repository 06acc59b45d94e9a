//! Who may read whose data (Meisami et al., Protocols 2 to 4, corrected).
//!
//! ```text
//! grants   (patient, staff) ↦ ⟨types, from, until⟩         set = replace, empty set = remove
//! epochs   (patient, type)  ↦ number of the key that encrypts from now on, 0 at first
//! stale    (patient, type)  somebody has lost access since the last write
//!
//! Grant    by the patient    replaces the grant; whatever type it takes away becomes stale
//! Write    by the patient    carries the epoch that the data is encrypted under, which must be
//!                            epoch(patient, type) + [stale, or a grant of the type has run out]
//! Read     by the patient, or under a grant of the type with from ≤ now < until; of a registered
//!          identifier; leaves an event
//! ```
//! Nobody is granted anything by default. A patient writes its own data only: an action names no other
//! patient to write for. The nonce is the envelope's, so that no old grant is played again.
//!
//! | | Meisami et al. | here |
//! |---|---|---|
//! | Protocols 2, 3 | grants stand under the patient's key and are looked up under the reader's | (patient, staff) |
//! | Protocol 2 | `L ← L ∪ message`: nothing is ever removed | replaced |
//! | Protocol 4 | the patient needs a grant to store; staff may write | neither |
//! | keys | one for all types, for ever | one a patient, type and epoch; who loses access gets no later key |
//!
//! The chain enforces what it records; that a reader without a grant cannot read is the encryption's
//! part. A reader keeps the keys of the epochs it was given: revocation is for what is written later.
//!
//! Status: *composition*.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::envelope::{Call, Contract, key_fits};
use crate::auth::PublicKey;
use crate::cas::Cid;
use crate::codec::{Bytes, Pairs, as_array};

/// A type of data, such as the bytes of a LOINC code; 1 to [`DataType::MAX_LEN`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataType(pub Bytes);

impl DataType {
    /// The longest name of a type, in bytes.
    pub const MAX_LEN: usize = 32;

    fn fits(&self) -> bool {
        (1..=Self::MAX_LEN).contains(&self.0.0.len())
    }
}

/// What a member of the staff may read of a patient, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The types of data.
    pub types: BTreeSet<DataType>,
    /// The first millisecond.
    pub from_ms: u64,
    /// The first millisecond after it.
    pub until_ms: u64,
}
as_array!(Grant { types, from_ms, until_ms });

impl Grant {
    /// The most types in a grant.
    pub const MAX_TYPES: usize = 64;

    /// Whether it is of this type and holds at this time.
    #[must_use]
    pub fn covers(&self, data_type: &DataType, now: u64) -> bool {
        self.types.contains(data_type) && (self.from_ms..self.until_ms).contains(&now)
    }

    /// The types that this grant has and its successor does not have now.
    fn lost_to(&self, successor: &Self, now: u64) -> BTreeSet<DataType> {
        let lost = |data_type: &&DataType| !successor.covers(data_type, now);
        self.types.iter().filter(lost).cloned().collect()
    }
}

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The sender grants this to a member of the staff, in place of what it granted before; no types
    /// take everything back.
    Grant(PublicKey, Grant),
    /// The sender stores data of its own: type, epoch of the key, identifier of the ciphertext.
    Write(DataType, u64, Cid),
    /// The sender wants to read this type of this patient: the ciphertext.
    Read(PublicKey, DataType, Cid),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// The patient's grant to this member of the staff is now this.
    Granted(PublicKey, PublicKey, Grant),
    /// The patient has stored data of this type under this epoch.
    Written(PublicKey, DataType, u64, Cid),
    /// This reader was given the patient's data.
    Access(PublicKey, PublicKey, DataType, Cid),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// A grant to oneself.
    #[error("a grant to oneself")]
    Oneself,
    /// A window that is empty or over.
    #[error("an empty window, or one that is over")]
    Window,
    /// Another epoch than the next write's, which is this.
    #[error("the epoch is {0}")]
    Epoch(u64),
    /// No grant that covers the type now.
    #[error("no grant")]
    Denied,
    /// The patient has stored nothing of this type under this identifier.
    #[error("nothing under this identifier")]
    Unknown,
}

/// The policies of all patients. A new value denies everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// Grants by patient and staff; none is empty.
    pub grants: Pairs<(PublicKey, PublicKey), Grant>,
    /// The epoch of the last write, by patient and type.
    pub epochs: Pairs<(PublicKey, DataType), u64>,
    /// What somebody lost access to since the last write.
    pub stale: BTreeSet<(PublicKey, DataType)>,
    /// What was written, by patient and type.
    pub written: Pairs<(PublicKey, DataType), BTreeSet<Cid>>,
}
as_array!(Policies { grants, epochs, stale, written });

impl Policies {
    /// Whether `reader` may read this type of this patient at this time: a patient its own, staff
    /// under a grant, nobody else.
    #[must_use]
    pub fn allows(
        &self,
        reader: &PublicKey,
        patient: &PublicKey,
        data_type: &DataType,
        now: u64,
    ) -> bool {
        let granted = || self.grants.0.get(&(patient.clone(), reader.clone()));
        reader == patient || granted().is_some_and(|grant| grant.covers(data_type, now))
    }

    /// The epoch that the patient's next write of this type must carry.
    #[must_use]
    pub fn next_epoch(&self, patient: &PublicKey, data_type: &DataType, now: u64) -> u64 {
        let key = (patient.clone(), data_type.clone());
        let last = self.epochs.0.get(&key).copied();
        let lost = self.stale.contains(&key) || self.run_out(patient, data_type, now);
        // Before the first write nobody holds a key.
        last.map_or(0, |epoch| epoch.saturating_add(lost.into()))
    }

    fn run_out(&self, patient: &PublicKey, data_type: &DataType, now: u64) -> bool {
        let mut grants = self.grants_of(patient);
        grants.any(|grant| grant.until_ms <= now && grant.types.contains(data_type))
    }

    fn grants_of(&self, patient: &PublicKey) -> impl Iterator<Item = &Grant> {
        let own = move |(of, _): &&(PublicKey, PublicKey)| of == patient;
        let from = (patient.clone(), PublicKey(Bytes::default()));
        self.grants.0.range(from..).take_while(move |(key, _)| own(key)).map(|(_, grant)| grant)
    }

    fn grant(
        &mut self,
        call: &Call<'_>,
        staff: &PublicKey,
        grant: &Grant,
    ) -> Result<Event, Reject> {
        let patient = call.sender;
        if staff == patient {
            return Err(Reject::Oneself);
        }
        let over = grant.from_ms >= grant.until_ms || grant.until_ms <= call.context.time_ms;
        if over && !grant.types.is_empty() {
            return Err(Reject::Window);
        }
        let key = (patient.clone(), staff.clone());
        let before = if grant.types.is_empty() {
            self.grants.0.remove(&key)
        } else {
            self.grants.0.insert(key, grant.clone())
        };
        let lost = before.iter().flat_map(|before| before.lost_to(grant, call.context.time_ms));
        self.stale.extend(lost.map(|data_type| (patient.clone(), data_type)));
        Ok(Event::Granted(patient.clone(), staff.clone(), grant.clone()))
    }

    fn write(
        &mut self,
        call: &Call<'_>,
        data_type: &DataType,
        epoch: u64,
        cid: Cid,
    ) -> Result<Event, Reject> {
        let (patient, now) = (call.sender, call.context.time_ms);
        let next = self.next_epoch(patient, data_type, now);
        if epoch != next {
            return Err(Reject::Epoch(next));
        }
        let key = (patient.clone(), data_type.clone());
        self.forget(patient, data_type, now);
        self.stale.remove(&key);
        self.epochs.0.insert(key.clone(), epoch);
        self.written.0.entry(key).or_default().insert(cid);
        Ok(Event::Written(patient.clone(), data_type.clone(), epoch, cid))
    }

    /// Takes a type out of the grants that have run out: its next key is one that they never had.
    fn forget(&mut self, patient: &PublicKey, data_type: &DataType, now: u64) {
        self.grants.0.retain(|(of, _), grant| {
            if of == patient && grant.until_ms <= now {
                grant.types.remove(data_type);
            }
            !grant.types.is_empty()
        });
    }

    fn read(
        &self,
        call: &Call<'_>,
        patient: &PublicKey,
        data_type: &DataType,
        cid: Cid,
    ) -> Result<Event, Reject> {
        if !self.allows(call.sender, patient, data_type, call.context.time_ms) {
            return Err(Reject::Denied);
        }
        let written = self.written.0.get(&(patient.clone(), data_type.clone()));
        if !written.is_some_and(|written| written.contains(&cid)) {
            return Err(Reject::Unknown);
        }
        Ok(Event::Access(call.sender.clone(), patient.clone(), data_type.clone(), cid))
    }
}

impl<V> Contract<V> for Policies {
    type Action = Action;
    type Event = Event;
    type Reject = Reject;

    fn fits(action: &Action) -> bool {
        match action {
            Action::Grant(staff, grant) => {
                let few = grant.types.len() <= Grant::MAX_TYPES;
                key_fits(staff) && few && grant.types.iter().all(DataType::fits)
            }
            Action::Write(data_type, ..) => data_type.fits(),
            Action::Read(patient, data_type, _) => key_fits(patient) && data_type.fits(),
        }
    }

    fn act(&mut self, action: &Action, call: &Call<'_>, _: &V) -> Result<Vec<Event>, Reject> {
        let event = match action {
            Action::Grant(staff, grant) => self.grant(call, staff, grant),
            Action::Write(data_type, epoch, cid) => self.write(call, data_type, *epoch, *cid),
            Action::Read(patient, data_type, cid) => self.read(call, patient, data_type, *cid),
        };
        event.map(|event| alloc::vec![event])
    }
}
