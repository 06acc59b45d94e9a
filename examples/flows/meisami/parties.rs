//! Who takes part: patient, readers, and a storage that nobody trusts.

use std::collections::BTreeMap;

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::PublicKey;
use medcrypto_ledger::cas::MemoryStore;
use medcrypto_ledger::contract::gate::Class;
use medcrypto_ledger::contract::policy::{DataType, Grant};

use super::certificate::{Certificate, Subject};
use super::signer::Signer;
use super::vault::{DataKey, Place, ReaderKey, ReaderSecret, Sealed};

/// What the hospital knows of each reader: its name here, its references, whether it treats the patient.
const READERS: [(&str, &[&str], bool); 4] = [
    ("surgeon", &["Practitioner/f002", "Organization/f001"], true),
    ("internist", &["Practitioner/f005", "Organization/f001"], true),
    ("nurse", &["Practitioner/f204"], true),
    ("relative", &["Patient/example"], false),
];

/// The patient, with the keys of its data.
#[derive(Debug)]
pub struct Patient {
    /// On the chain.
    pub signer: Signer,
    /// The keys so far.
    pub keys: BTreeMap<Place, DataKey>,
    /// What it has granted, by reader.
    pub granted: BTreeMap<PublicKey, Grant>,
}

/// Somebody who may want to read.
#[derive(Debug)]
pub struct Reader {
    /// What it is called here.
    pub name: &'static str,
    /// What the hospital says of it.
    pub certificate: Certificate,
    /// On the chain.
    pub signer: Signer,
    /// Opens what is wrapped for it.
    pub secret: ReaderSecret,
}

impl Reader {
    /// All four, with fresh keys, certified for a class.
    pub fn all<R: RngCore + CryptoRng>(hospital: &Signer, class: Class, rng: &mut R) -> Vec<Self> {
        let reader = |(name, references, treats)| {
            let (signer, secret) = (Signer::generate(rng), ReaderSecret::generate(rng));
            let subject = Subject { key: signer.public_key(), references, treats, class };
            Self { name, certificate: Certificate::issue(subject, hospital), signer, secret }
        };
        READERS.map(reader).into()
    }
}

/// Ciphertexts by identifier and wrapped keys by reader; serves everybody, and may lie.
#[derive(Debug, Default)]
pub struct Storage {
    /// Ciphertexts.
    pub store: MemoryStore,
    wrapped: BTreeMap<(PublicKey, Place), Vec<u8>>,
}

impl Storage {
    /// Keeps a key that is wrapped for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a key that is none.
    pub fn wrap<R: RngCore + CryptoRng>(
        &mut self,
        (reader, key): (PublicKey, &ReaderKey),
        place: &Place,
        data_key: &DataKey,
        rng: &mut R,
    ) -> Result<(), Sealed> {
        let wrapped = data_key.wrap(place, key, rng)?;
        self.wrapped.insert((reader, place.clone()), wrapped);
        Ok(())
    }

    /// The key of a place as wrapped for a reader.
    #[must_use]
    pub fn wrapped(&self, reader: &PublicKey, place: &Place) -> Option<&[u8]> {
        self.wrapped.get(&(reader.clone(), place.clone())).map(Vec::as_slice)
    }
}

impl Patient {
    /// A patient without data.
    #[must_use]
    pub fn new(signer: Signer) -> Self {
        Self { signer, keys: BTreeMap::new(), granted: BTreeMap::new() }
    }

    /// The newest key of a type.
    #[must_use]
    pub fn newest(&self, data_type: &DataType) -> Option<(&Place, &DataKey)> {
        self.keys.iter().rev().find(|(place, _)| place.data_type == *data_type)
    }
}
