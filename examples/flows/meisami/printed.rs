//! Protocols 1 to 4 as the paper prints them, to show what they do.
//!
//! ```text
//! Protocol 2  L[H(pk_p)] ← L[H(pk_p)] ∪ {⟨pk_m, POLICY⟩}
//! Protocol 3  for pk_k: some tuple of L[H(pk_k)] names pk_k and the type
//! Protocol 4  RW = 0: L[H(pk_k)] ≠ ∅ stores;  RW = 1: Protocol 3 reads
//! ```

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::contract::policy::DataType;

/// T_access: who speaks, about whom, and what is granted. No nonce, no chain, and no signature that the
/// pseudo-code looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// pk_p.
    pub patient: PublicKey,
    /// pk_m.
    pub staff: PublicKey,
    /// POLICY.
    pub policy: BTreeSet<DataType>,
}

/// The list L.
#[derive(Clone, Debug, Default)]
pub struct Printed(BTreeMap<PublicKey, BTreeSet<(PublicKey, BTreeSet<DataType>)>>);

impl Printed {
    /// Protocol 2.
    pub fn access(&mut self, message: &Access) {
        let tuple = (message.staff.clone(), message.policy.clone());
        self.0.entry(message.patient.clone()).or_default().insert(tuple);
    }

    /// Protocol 2 with the union mended: a grant replaces the one before, and an empty one is absent.
    pub fn replace(&mut self, message: &Access) {
        let tuples = self.0.entry(message.patient.clone()).or_default();
        tuples.retain(|(staff, _)| *staff != message.staff);
        if !message.policy.is_empty() {
            tuples.insert((message.staff.clone(), message.policy.clone()));
        }
    }

    /// Protocol 3: looked up under the key that asks.
    #[must_use]
    pub fn check(&self, asking: &PublicKey, data_type: &DataType) -> bool {
        self.check_under(asking, asking, data_type)
    }

    /// Protocol 3 with the lookup mended: under the patient's key.
    #[must_use]
    pub fn check_under(
        &self,
        patient: &PublicKey,
        asking: &PublicKey,
        data_type: &DataType,
    ) -> bool {
        let tuples = self.0.get(patient).into_iter().flatten();
        let mut own = tuples.filter(|(staff, _)| staff == asking);
        own.any(|(_, policy)| policy.contains(data_type))
    }

    /// Protocol 4 with RW = 0, about the data of a patient: nothing compares the writer with it.
    #[must_use]
    pub fn stores(&self, patient: &PublicKey, _writer: &PublicKey) -> bool {
        self.0.get(patient).is_some_and(|tuples| !tuples.is_empty())
    }
}
