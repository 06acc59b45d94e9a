//! A ward: the chain, the parties around it, and what each can do.

use std::collections::BTreeMap;

use medcrypto_core::rand_core::RngCore;
use medcrypto_ledger::cas::{self, Cid, MemoryStore};
use medcrypto_ledger::codec::{self, Pairs};
use medcrypto_ledger::contract::consent::{Consent, Refusal, Setting};
use medcrypto_ledger::contract::envelope::{Rejection, State};
use medcrypto_ledger::contract::gate::{self, Class, Gate, Limit};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::policy::{self, DataType, Grant, Policies};
use medcrypto_ledger::sim::Faults;
use medcrypto_ledger::{Bytes, PublicKey};
use rand_chacha::ChaCha20Rng;
use serde_json::Value;

use super::certificate::{Application, Certificate, Refusal as Uncertified, Subject, Verified};
use super::parties::{Patient, Reader, Storage};
use super::signer::{Ecdsa, Signer};
use super::vault::{self, DataKey, Place};
use crate::flows::Failure;
use crate::flows::folder::Folder;
use crate::flows::network::{AnswerOf, Network};

/// The contract of the private chain.
pub type Chain = Gate<Policies>;
/// What became of a transaction.
pub type Told = AnswerOf<Chain, Ecdsa>;

/// 2016-06-01T00:00:00Z, after the dates of the consents.
pub const GENESIS_MS: u64 = 1_464_739_200_000;
/// Whose ward it is.
pub const PATIENT: &str = "Patient/f001";
/// Who keeps the data.
pub const CUSTODIAN: &str = "Organization/f001";
/// The class of the patient, and what it may do.
pub const OWNER: (Class, Limit) = (Class(1), Limit { burst: 64, per_block: 8 });
/// The class of readers.
pub const STAFF: (Class, Limit) = (Class(2), Limit { burst: 8, per_block: 1 });
/// How many replicas there are.
pub const REPLICAS: u16 = 4;

/// The patient's observations and consents, as they stand in the folder.
#[derive(Clone, Debug)]
pub struct Source {
    /// LOINC code and resource of each observation.
    pub observations: Vec<(DataType, Vec<u8>)>,
    /// Consents by name.
    pub consents: BTreeMap<String, Vec<u8>>,
}

impl Source {
    /// Takes the patient's observations with a LOINC code, and the consents about the patient.
    ///
    /// # Errors
    /// [`Failure::Data`] for a file that is not JSON, or a folder without either.
    pub fn of(folder: &Folder) -> Result<Self, Failure> {
        let mut source = Self { observations: Vec::new(), consents: BTreeMap::new() };
        for (name, bytes) in folder.files() {
            let resource: Value = serde_json::from_slice(bytes)
                .map_err(|error| Failure::Data(format!("{}/{name}: {error}", folder.path())))?;
            source.take(&resource, bytes);
        }
        if source.observations.is_empty() || source.consents.is_empty() {
            let lacks = format!("{}: no observation or consent of {PATIENT}", folder.path());
            return Err(Failure::Data(lacks));
        }
        Ok(source)
    }

    fn take(&mut self, resource: &Value, bytes: &[u8]) {
        let text = |pointer: &str| resource.pointer(pointer).and_then(Value::as_str);
        let about = |pointer| text(pointer) == Some(PATIENT);
        match text("/resourceType") {
            Some("Observation") if about("/subject/reference") => {
                let codings = resource.pointer("/code/coding").and_then(Value::as_array);
                let loinc = |coding: &&Value| coding["system"] == "http://loinc.org";
                let coding = codings.into_iter().flatten().find(loinc);
                let code = coding.and_then(|coding| coding["code"].as_str());
                let data_type = code.map(|code| DataType(Bytes(code.as_bytes().to_vec())));
                self.observations.extend(data_type.map(|t| (t, bytes.to_vec())));
            }
            Some("Consent") if about("/patient/reference") => {
                let id = text("/id").unwrap_or_default();
                let name = id.strip_prefix("consent-example-").unwrap_or(id);
                self.consents.insert(name.to_owned(), bytes.to_vec());
            }
            _ => {}
        }
    }
}

/// The chain and everybody around it.
#[derive(Debug)]
pub struct Ward {
    /// The replicas.
    pub network: Network<Machine<Chain, Ecdsa>, Ecdsa>,
    /// Who certifies whose a key is.
    pub hospital: Signer,
    /// Who enrols.
    pub registrar: Signer,
    /// What the registrar has seen of each member, and the salt of its digest.
    pub admitted: BTreeMap<PublicKey, (Verified, [u8; 32])>,
    /// Whose data.
    pub patient: Patient,
    /// Who may want to read.
    pub readers: Vec<Reader>,
    /// Where the ciphertexts are.
    pub storage: Storage,
    /// What there is to store, and what the patient consents to.
    pub source: Source,
    /// Everything random.
    pub rng: ChaCha20Rng,
}

impl Ward {
    /// A ward in which nobody is enrolled.
    ///
    /// # Errors
    /// [`Failure::Usage`], never for four replicas.
    pub fn new(source: Source, faults: Faults, mut rng: ChaCha20Rng) -> Result<Self, Failure> {
        let keys: Vec<_> = (0..REPLICAS).map(|_| Signer::generate(&mut rng)).collect();
        let (hospital, registrar) = (Signer::generate(&mut rng), Signer::generate(&mut rng));
        let limits = Pairs([OWNER, STAFF].into());
        let gate = Gate::new(registrar.public_key(), limits, Policies::default());
        let seed = (rng.next_u64(), GENESIS_MS);
        let network = Network::start((State::genesis(gate), Ecdsa), &keys, faults, seed)?;
        let patient = Patient::new(Signer::generate(&mut rng));
        let readers = Reader::all(&hospital, STAFF.0, &mut rng);
        let (storage, admitted) = (Storage::default(), BTreeMap::new());
        Ok(Self { network, hospital, registrar, admitted, patient, readers, storage, source, rng })
    }

    /// Everybody applies with what the hospital says of it, and is let in.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn enrol(&mut self) -> Result<(), Failure> {
        let (chain, patient) = (self.network.chain_id(), &self.patient.signer);
        let (key, references) = (patient.public_key(), [PATIENT].as_slice());
        let subject = Subject { key, references, treats: false, class: OWNER.0 };
        let certificate = Certificate::issue(subject, &self.hospital);
        let readers = self.readers.iter().map(|reader| (&reader.certificate, &reader.signer));
        let all = readers.chain([(&certificate, patient)]);
        let all = all.map(|(of, signer)| Application::new(of.clone(), chain, signer));
        for application in all.collect::<Vec<_>>() {
            applied(&self.admit(application)?.map_err(check)?)?;
        }
        Ok(())
    }

    /// The registrar checks an application and enrols its key, under a salted digest of the certificate
    /// and with the class that the certificate says; or the reason why it does not.
    ///
    /// # Errors
    /// [`Failure::NoProgress`].
    pub fn admit(
        &mut self,
        application: Application,
    ) -> Result<Result<Told, Uncertified>, Failure> {
        let chain = self.network.chain_id();
        let verified = match application.verify(&self.hospital.public_key(), chain) {
            Ok(verified) => verified,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut salt = [0; 32];
        self.rng.fill_bytes(&mut salt);
        let Subject { key, class, .. } = verified.subject().clone();
        let action = gate::Action::Enrol(key.clone(), class, verified.digest(&salt));
        let registrar = self.registrar.clone();
        let told = self.network.post(&registrar, action)?;
        if matches!(told, Answer::Applied(_)) {
            self.admitted.insert(key, (verified, salt));
        }
        Ok(Ok(told))
    }

    /// Posts an action behind the gate.
    ///
    /// # Errors
    /// [`Failure::NoProgress`].
    pub fn post(&mut self, sender: &Signer, action: policy::Action) -> Result<Told, Failure> {
        self.network.post(sender, gate::Action::Act(action))
    }

    /// The patient encrypts data under the epoch that the chain wants, stores it, and wraps the key for
    /// whom it has granted the type. Nothing leaves the patient before the chain has agreed to its epoch.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn write(&mut self, data_type: &DataType, data: &[u8]) -> Result<Cid, Failure> {
        let newest = self.patient.newest(data_type).map_or(0, |(place, _)| place.epoch);
        let (mut told, mut blob) = self.announce(data_type, newest, data)?;
        if let Answer::Rejected(Rejection::Action(gate::Reject::Inner(policy::Reject::Epoch(
            next,
        )))) = told
        {
            (told, blob) = self.announce(data_type, next, data)?;
        }
        applied(&told)?;
        let cid = cas::put(&mut self.storage.store, &blob).map_err(check)?;
        self.wrap(data_type)?;
        Ok(cid)
    }

    /// Posts the identifier of data that is encrypted under an epoch.
    fn announce(
        &mut self,
        data_type: &DataType,
        epoch: u64,
        data: &[u8],
    ) -> Result<(Told, Vec<u8>), Failure> {
        let patient = self.patient.signer.public_key();
        let place = Place { patient, data_type: data_type.clone(), epoch };
        let fresh = DataKey::generate(&mut self.rng);
        let key = self.patient.keys.entry(place.clone()).or_insert(fresh);
        let blob = key.seal(&place, data, &mut self.rng).map_err(check)?;
        let cid = cas::put(&mut MemoryStore::new(), &blob).map_err(check)?;
        let signer = self.patient.signer.clone();
        let told = self.post(&signer, policy::Action::Write(data_type.clone(), epoch, cid))?;
        Ok((told, blob))
    }

    /// Wraps the keys of a type for every reader who is granted it now.
    fn wrap(&mut self, data_type: &DataType) -> Result<(), Failure> {
        let now = self.network.now_ms();
        for reader in &self.readers {
            let name = reader.signer.public_key();
            let grant = self.patient.granted.get(&name);
            if !grant.is_some_and(|grant| grant.covers(data_type, now)) {
                continue;
            }
            let keys = self.patient.keys.iter();
            for (place, key) in keys.filter(|(place, _)| place.data_type == *data_type) {
                let to = (name.clone(), reader.secret.public());
                self.storage.wrap(to, place, key, &mut self.rng).map_err(check)?;
            }
        }
        Ok(())
    }

    /// What a consent grants now, or why it becomes no policy.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn compile(&self, consent: &[u8]) -> Result<BTreeMap<PublicKey, Grant>, Refusal> {
        let members = self.admitted.values().map(|(verified, _)| verified.subject());
        let staff = members.filter(|subject| subject.class == STAFF.0);
        let readers: Vec<_> = staff.map(Subject::in_consent).collect();
        let types: Vec<_> =
            self.source.observations.iter().map(|(t, _)| (t.clone(), "Observation")).collect();
        let setting =
            Setting { patient: PATIENT, custodian: CUSTODIAN, readers: &readers, types: &types };
        Ok(Consent::parse(consent, setting)?.grants(self.network.now_ms()).0)
    }

    /// The patient puts a consent in force: a grant for every reader, and the keys that go with it.
    ///
    /// # Errors
    /// [`Failure::Check`] for a consent that is refused, or a grant that is.
    pub fn consent(&mut self, name: &str) -> Result<(), Failure> {
        let consent = self.source.consents.get(name);
        let consent = consent.ok_or_else(|| Failure::Data(format!("no consent {name}")))?;
        let grants = self.compile(consent).map_err(check)?;
        let signer = self.patient.signer.clone();
        for (reader, grant) in grants {
            let told = self.post(&signer, policy::Action::Grant(reader.clone(), grant.clone()))?;
            applied(&told)?;
            self.patient.granted.insert(reader, grant);
        }
        let types: Vec<_> = self.source.observations.iter().map(|(t, _)| t.clone()).collect();
        types.iter().try_for_each(|data_type| self.wrap(data_type))
    }

    /// A reader asks the chain, fetches the ciphertext and opens it: the data, or what stopped it.
    ///
    /// # Errors
    /// [`Failure::NoProgress`].
    pub fn read(
        &mut self,
        reader: usize,
        data_type: &DataType,
        cid: Cid,
    ) -> Result<Result<Vec<u8>, String>, Failure> {
        let patient = self.patient.signer.public_key();
        let signer = self.reader(reader)?.signer.clone();
        let action = policy::Action::Read(patient.clone(), data_type.clone(), cid);
        let told = self.post(&signer, action)?;
        let access = policy::Event::Access(signer.public_key(), patient, data_type.clone(), cid);
        match told {
            Answer::Applied(events) if events == [gate::Event::Inner(access)] => {
                self.open(reader, data_type, cid).map(Ok)
            }
            told => Ok(Err(outcome(&told))),
        }
    }

    /// What a reader opens without asking the chain: storage serves everybody.
    ///
    /// # Errors
    /// [`Failure::Check`] says what stops it.
    pub fn open(&self, reader: usize, data_type: &DataType, cid: Cid) -> Result<Vec<u8>, Failure> {
        let blob = cas::get(&self.storage.store, &cid).map_err(check)?;
        let epoch = vault::epoch(&blob).map_err(check)?;
        self.open_with(reader, data_type, epoch, &blob)
    }

    /// The same with the key of an epoch of the reader's choice.
    ///
    /// # Errors
    /// [`Failure::Check`] says what stops it.
    pub fn open_with(
        &self,
        reader: usize,
        data_type: &DataType,
        epoch: u64,
        blob: &[u8],
    ) -> Result<Vec<u8>, Failure> {
        let patient = self.patient.signer.public_key();
        let place = Place { patient, data_type: data_type.clone(), epoch };
        let reader = self.reader(reader)?;
        let wrapped = self.storage.wrapped(&reader.signer.public_key(), &place);
        let wrapped = wrapped.ok_or_else(|| Failure::Check("no key".to_owned()))?;
        let key = reader.secret.unwrap_key(&place, wrapped).map_err(check)?;
        // The place that the blob was made for, whatever key it is tried with.
        let epoch = vault::epoch(blob).map_err(check)?;
        key.open(&Place { epoch, ..place }, blob).map_err(check)
    }

    /// A reader by its place in the list.
    ///
    /// # Errors
    /// [`Failure::Check`] for one that is not there.
    pub fn reader(&self, index: usize) -> Result<&Reader, Failure> {
        self.readers.get(index).ok_or_else(|| Failure::Check(format!("no reader {index}")))
    }

    /// The blocks so far, encoded.
    #[must_use]
    pub fn blocks(&self) -> Vec<Vec<u8>> {
        self.network.chain().iter().map(codec::encode).collect()
    }

    /// The machine of a replica, as a stranger finds it by executing the chain.
    ///
    /// # Errors
    /// [`Failure::Check`] for a chain that does not verify.
    pub fn machine(&self) -> Result<(Machine<Chain, Ecdsa>, u64), Failure> {
        let (head, state) = self.network.audit(&self.blocks(), &Ecdsa).map_err(check)?;
        let machine = Machine::new(state, Ecdsa).on_chain(self.network.chain_id());
        Ok((machine, head.height))
    }
}

/// What became of a transaction, in words.
#[must_use]
pub fn outcome(told: &Told) -> String {
    match told {
        Answer::Applied(_) => "applied".to_owned(),
        Answer::Rejected(rejection) => rejection.to_string(),
    }
}

/// That a transaction of the honest flow was applied.
///
/// # Errors
/// [`Failure::Check`] says why not.
pub fn applied(told: &Told) -> Result<(), Failure> {
    match told {
        Answer::Applied(_) => Ok(()),
        refused @ Answer::Rejected(_) => Err(Failure::Check(outcome(refused))),
    }
}

/// A failure of a step that must not fail.
pub(super) fn check(error: impl ToString) -> Failure {
    Failure::Check(error.to_string())
}
