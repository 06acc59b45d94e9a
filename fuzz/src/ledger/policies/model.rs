//! What gate and policy promise, from nothing but the list of what was accepted.
//!
//! ```text
//! rate     of every stretch of blocks that begins with an action of a member, the actions in it are at most
//!          burst + blocks · per block; an action that keeps to it is not refused
//! keys     who was a member never is again
//! read     under the last grant that the patient gave this reader, of what the patient wrote
//! epochs   the first write has 0, every other one the last epoch or the next, and the next if anybody could
//!          read under the last one who cannot now
//! ```

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::contract::gate::{Action, Class, Limit, Reject};
use medcrypto_ledger::contract::policy::{self, DataType, Grant};

use super::Act;

type Verdict = Result<(), Reject<policy::Reject>>;

/// A member of a class, and the heights at which it acted under whatever key.
struct Account {
    class: Class,
    acts: Vec<u64>,
}

/// The writes of one type by one patient.
#[derive(Default)]
struct Written {
    epoch: u64,
    cids: BTreeSet<Cid>,
    /// Who could read when somebody looked, since the first write under this epoch.
    readers: BTreeSet<PublicKey>,
}

pub(super) struct Model {
    registrar: PublicKey,
    limits: BTreeMap<Class, Limit>,
    members: BTreeMap<PublicKey, Account>,
    taken: BTreeSet<PublicKey>,
    /// The last grant of a patient to somebody.
    grants: BTreeMap<(PublicKey, PublicKey), Grant>,
    written: BTreeMap<(PublicKey, DataType), Written>,
}

/// The bounds of the parts of an action.
pub(super) fn fits(action: &Act) -> bool {
    let key = |key: &PublicKey| key.0.0.len() <= 128;
    let name = |data_type: &DataType| (1..=32).contains(&data_type.0.0.len());
    match action {
        Action::Enrol(who, ..) | Action::Revoke(who) | Action::Rotate(who) => key(who),
        Action::Act(policy::Action::Grant(who, grant)) => {
            key(who) && grant.types.len() <= 64 && grant.types.iter().all(name)
        }
        Action::Act(policy::Action::Write(data_type, ..)) => name(data_type),
        Action::Act(policy::Action::Read(who, data_type, _)) => key(who) && name(data_type),
    }
}

impl Model {
    pub(super) fn new(registrar: PublicKey, limits: BTreeMap<Class, Limit>) -> Self {
        let taken = [registrar.clone()].into();
        let (members, grants, written) = Default::default();
        Self { registrar, limits, members, taken, grants, written }
    }

    /// The verdict on an action, and what it leaves; `next` is the epoch that a write is told to carry.
    pub(super) fn act(
        &mut self,
        sender: &PublicKey,
        action: &Act,
        next: u64,
        height: u64,
        now: u64,
    ) -> Verdict {
        match action {
            Action::Enrol(who, class, _) => self.enrol(sender, who, *class),
            Action::Revoke(who) => {
                self.by_registrar(sender)?;
                self.members.remove(who).map(drop).ok_or(Reject::Stranger)
            }
            Action::Rotate(who) => {
                self.untaken(who)?;
                let account = self.members.remove(sender).ok_or(Reject::Stranger)?;
                self.members.insert(who.clone(), account);
                self.taken.insert(who.clone());
                Ok(())
            }
            Action::Act(action) => {
                self.within_rate(sender, height)?;
                self.policy(sender, action, next, now).map_err(Reject::Inner)?;
                self.members.get_mut(sender).expect("a member").acts.push(height);
                Ok(())
            }
        }
    }

    fn by_registrar(&self, sender: &PublicKey) -> Verdict {
        if *sender == self.registrar { Ok(()) } else { Err(Reject::Registrar) }
    }

    fn untaken(&self, who: &PublicKey) -> Verdict {
        if self.taken.contains(who) { Err(Reject::Taken) } else { Ok(()) }
    }

    fn enrol(&mut self, sender: &PublicKey, who: &PublicKey, class: Class) -> Verdict {
        self.by_registrar(sender)?;
        self.untaken(who)?;
        if !self.limits.contains_key(&class) {
            return Err(Reject::Class);
        }
        self.members.insert(who.clone(), Account { class, acts: Vec::new() });
        self.taken.insert(who.clone());
        Ok(())
    }

    fn within_rate(&self, sender: &PublicKey, height: u64) -> Verdict {
        let account = self.members.get(sender).ok_or(Reject::Stranger)?;
        let Limit { burst, per_block } = self.limits[&account.class];
        // With this action; the stretch that begins with it has one.
        let acts: Vec<_> = account.acts.iter().copied().chain([height]).collect();
        let keeps = |(i, from): (usize, &u64)| {
            let most = u128::from(burst) + u128::from(height - from) * u128::from(per_block);
            (acts.len() - i) as u128 <= most
        };
        if acts.iter().enumerate().all(keeps) { Ok(()) } else { Err(Reject::Rate) }
    }

    fn policy(
        &mut self,
        sender: &PublicKey,
        action: &policy::Action,
        next: u64,
        now: u64,
    ) -> Result<(), policy::Reject> {
        match action {
            policy::Action::Grant(staff, grant) => self.grant(sender, staff, grant, now),
            policy::Action::Write(data_type, epoch, cid) => {
                self.is_next(sender, data_type, next, now);
                if *epoch != next {
                    return Err(policy::Reject::Epoch(next));
                }
                self.write(sender, data_type, next, *cid, now);
                Ok(())
            }
            policy::Action::Read(patient, data_type, cid) => {
                if sender != patient && !self.may_read(sender, patient, data_type, now) {
                    return Err(policy::Reject::Denied);
                }
                let written = self.written.get(&(patient.clone(), data_type.clone()));
                let is_there = written.is_some_and(|written| written.cids.contains(cid));
                if is_there { Ok(()) } else { Err(policy::Reject::Unknown) }
            }
        }
    }

    fn grant(
        &mut self,
        patient: &PublicKey,
        staff: &PublicKey,
        grant: &Grant,
        now: u64,
    ) -> Result<(), policy::Reject> {
        if patient == staff {
            return Err(policy::Reject::Oneself);
        }
        let never = grant.from_ms >= grant.until_ms || grant.until_ms <= now;
        if never && !grant.types.is_empty() {
            return Err(policy::Reject::Window);
        }
        self.grants.insert((patient.clone(), staff.clone()), grant.clone());
        Ok(())
    }

    fn may_read(
        &self,
        reader: &PublicKey,
        patient: &PublicKey,
        data_type: &DataType,
        now: u64,
    ) -> bool {
        let grant = self.grants.get(&(patient.clone(), reader.clone()));
        grant.is_some_and(|grant| {
            grant.types.contains(data_type) && grant.from_ms <= now && now < grant.until_ms
        })
    }

    /// Who may read now.
    fn readers(&self, patient: &PublicKey, data_type: &DataType, now: u64) -> BTreeSet<PublicKey> {
        let given = self.grants.keys().filter(|(of, _)| of == patient).map(|(_, staff)| staff);
        given.filter(|staff| self.may_read(staff, patient, data_type, now)).cloned().collect()
    }

    fn is_next(&self, patient: &PublicKey, data_type: &DataType, next: u64, now: u64) {
        let Some(written) = self.written.get(&(patient.clone(), data_type.clone())) else {
            assert_eq!(next, 0, "the first epoch");
            return;
        };
        assert!(next == written.epoch || next == written.epoch + 1, "epoch {next}");
        let may = self.readers(patient, data_type, now);
        assert!(next > written.epoch || written.readers.is_subset(&may), "a key that was lost");
    }

    fn write(&mut self, patient: &PublicKey, data_type: &DataType, epoch: u64, cid: Cid, now: u64) {
        let readers = self.readers(patient, data_type, now);
        let written = self.written.entry((patient.clone(), data_type.clone())).or_default();
        if written.cids.is_empty() || epoch > written.epoch {
            written.readers = readers;
        }
        written.epoch = epoch;
        written.cids.insert(cid);
    }

    /// Notes who may read now.
    pub(super) fn observe(&mut self, now: u64) {
        let places: Vec<_> = self.written.keys().cloned().collect();
        for (patient, data_type) in places {
            let readers = self.readers(&patient, &data_type, now);
            let written = self.written.entry((patient, data_type)).or_default();
            written.readers.extend(readers);
        }
    }
}
