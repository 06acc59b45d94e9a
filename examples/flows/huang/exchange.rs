//! The nine steps. Each takes what the step before it made, so no order but this one can be written.
//!
//! ```text
//! 1 publish    institution → chain    requirement digest, verifying key, price in escrow
//! 2 encrypt    patient → proxy        MP1 ciphertext of record and salts, named by its content
//! 3 register   patient → chain        commitment C, ciphertext, hospital's signature over both
//! 4 prove      patient                Groth16 proof for this request, and one for the class
//! 5 verify     chain                  signature, proof, values it is bound to, nullifiers
//! 6 delegate   patient → chain        re-encryption key sealed to the proxy
//! 7 deliver    proxy → chain          header verified, re-encrypted
//! 8 receive    institution            opens, recomputes C from the plaintext
//! 9 settle     both → chain           two signatures, a certified block, inclusion proof
//! ```

mod stages;

use std::collections::BTreeSet;
use std::fmt;

use medcrypto_core::dst;
use medcrypto_core::rand_core::RngCore;
use medcrypto_ledger::auth::{Auth, PublicKey};
use medcrypto_ledger::block::{BadBlock, Header, TxProof};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::contract::{
    self, Action, Delivery, Event, Proof, Rekey, Requirement, Settlement, SettlementStatement,
    State,
};
use medcrypto_ledger::sim::Faults;
use medcrypto_ledger::{Digest, codec};
use medcrypto_pre::{Delegator, Grant, UnixTime};
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::keys::ProvingKey;
use medcrypto_zk::record::Record;
use rand_chacha::ChaCha20Rng;

use super::Failure;
use super::judge::Judge;
use super::network::Network;
use super::parties::{Arbiter, Hospital, Institution, Patient, Pkg, ProxyCloud, Received, Sale};
use super::payload::Payload;
use super::signer::Signer;
use super::source::Source;
use super::study;
use stages::action_of;

pub use stages::{Delegated, Published, Settled, Stored, applied};

/// How many replicas there are.
const REPLICAS: u16 = 4;

/// The parties, the chain, and what was prepared before step 1.
pub struct Exchange {
    /// Everything random comes from here.
    pub rng: ChaCha20Rng,
    /// The authority of identity keys.
    pub pkg: Pkg,
    /// The hospital.
    pub hospital: Hospital,
    /// The patient.
    pub patient: Patient,
    /// The institution.
    pub institution: Institution,
    /// A second institution, to which nothing may be sold that was sold exclusively.
    pub rival: Signer,
    /// The proxy cloud.
    pub proxy: ProxyCloud,
    /// Whoever decides disputes.
    pub arbiters: Vec<Arbiter>,
    /// The replicas and what runs on them.
    pub network: Network,
    /// Proves the requirement; its label says who made it.
    pub key: ProvingKey,
    /// The record behind its commitment.
    pub opening: RecordOpening,
    /// What is encrypted.
    pub payload: Payload,
}

impl Exchange {
    /// Sets the parties up around a record that the hospital has read.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn prepare(
        key: ProvingKey,
        source: &Source,
        record: Record,
        faults: Faults,
        mut rng: ChaCha20Rng,
    ) -> Result<Self, Failure> {
        let rng_mut = &mut rng;
        let pkg = Pkg::setup(rng_mut);
        let hospital = Hospital::new(rng_mut);
        let patient = Patient::new(pkg.issue("hospital", source.patient())?, rng_mut);
        let institution = Institution {
            identity: pkg.issue("research", "institution-1")?,
            signer: Signer::generate(rng_mut),
        };
        let proxy = ProxyCloud::new(pkg.issue("cloud", "proxy-1")?, Signer::generate(rng_mut));
        let arbiters = (0..3).map(|_| Arbiter::new(rng_mut)).collect();
        let holder = patient.holder.commitment();
        let opening = hospital.commit(record, holder, rng_mut);
        let payload = Payload::new(&opening, source.resources())?;
        let rival = Signer::generate(rng_mut);
        let buyers = [institution.signer.public_key(), rival.public_key()];
        let funds = buyers.map(|buyer| (buyer, study::FUNDS)).into();
        let state = State::genesis(funds, BTreeSet::from([study::class()]))
            .map_err(|error| Failure::Check(format!("genesis: {error}")))?;
        let judge = Judge::new([key.verifying_key().clone()]);
        let keys: Vec<_> = (0..REPLICAS).map(|_| Signer::generate(rng_mut)).collect();
        let start = (rng_mut.next_u64(), study::GENESIS_MS);
        let network = Network::start((state, judge), &keys, faults, start)?;
        Ok(Self {
            pkg,
            hospital,
            patient,
            institution,
            rival,
            proxy,
            arbiters,
            network,
            key,
            opening,
            payload,
            rng,
        })
    }

    /// Step 1.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn publish(&mut self) -> Result<Published, Failure> {
        let terms = study::terms(
            Digest(self.key.verifying_key().digest()),
            Digest(self.key.verifying_key().requirement_digest().to_bytes()),
            self.hospital.signer.public_key(),
            self.proxy.signer.public_key(),
            self.arbiters.iter().map(|arbiter| arbiter.signer.public_key()).collect(),
        );
        self.publish_as(&self.institution.signer.clone(), terms)
    }

    /// Publishes any terms for any institution.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn publish_as(
        &mut self,
        institution: &Signer,
        terms: Requirement,
    ) -> Result<Published, Failure> {
        let receipt = self.network.post(institution, Action::Publish(terms.clone()))?;
        match applied(receipt)?.first() {
            Some(Event::Published(request)) => Ok(Published { request: *request, terms }),
            other => Err(Failure::Check(format!("publishing gave {other:?}"))),
        }
    }

    /// The commitment C of the record.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        Digest(self.opening.commitment().to_bytes())
    }

    /// Who delegates.
    #[must_use]
    pub fn delegator(&self) -> Delegator {
        Delegator(self.patient.identity.identity().clone())
    }

    /// The simulated time in seconds.
    #[must_use]
    pub fn now(&self) -> UnixTime {
        UnixTime(self.network.now_ms() / 1000)
    }

    /// Step 2.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn encrypt(&mut self) -> Result<Stored, Failure> {
        let (commitment, scope) = (self.commitment(), study::scope()?);
        let (payload, rng) = (&self.payload, &mut self.rng);
        let deposit = self.patient.encrypt(payload, &commitment, Some(&scope), rng)?;
        let cid = self.proxy.put(&deposit.ciphertext)?;
        Ok(Stored { deposit, cid })
    }

    /// The record as the chain will know it, unsigned.
    #[must_use]
    pub fn record(&self, stored: &Stored) -> contract::Record {
        contract::Record {
            patient: self.patient.signer.public_key(),
            commitment: self.commitment(),
            ciphertext: stored.cid,
            issuer: self.hospital.signer.public_key(),
            as_of_ms: study::AS_OF_MS,
        }
    }

    /// Step 3.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn register(&mut self, stored: &Stored) -> Result<contract::Record, Failure> {
        let record = self.record(stored);
        let attestation = self.hospital.attest(&record, self.payload.digest())?;
        let action = Action::RegisterRecord(record.clone(), attestation);
        applied(self.network.post(&self.patient.signer, action)?)?;
        Ok(record)
    }

    /// Step 4.
    ///
    /// # Errors
    /// [`Failure::Unmet`] before any work.
    pub fn prove(&mut self, published: &Published) -> Result<Proof, Failure> {
        let institution = self.institution.signer.public_key();
        self.prove_to(published, &institution)
    }

    /// A proof for any institution's request.
    ///
    /// # Errors
    /// [`Failure::Unmet`] before any work.
    pub fn prove_to(
        &mut self,
        published: &Published,
        institution: &PublicKey,
    ) -> Result<Proof, Failure> {
        self.accept_terms(&published.terms)?;
        let sale = Sale {
            chain_id: self.network.chain_id(),
            request: published.request,
            institution,
            terms: &published.terms,
            class_is_exclusive: true,
        };
        self.patient.prove(&self.key, &self.opening, &sale, &mut self.rng)
    }

    /// What a patient looks at before it proves: who re-encrypts, who decides disputes, what is paid.
    /// The institution chose all of it.
    fn accept_terms(&self, terms: &Requirement) -> Result<(), Failure> {
        let known = self.arbiters.iter().map(|arbiter| arbiter.signer.public_key()).collect();
        let accepted = terms.proxy == self.proxy.signer.public_key()
            && terms.arbiters == known
            && terms.price >= study::PRICE;
        let declined = || Failure::Check("the patient declines the terms".to_owned());
        accepted.then_some(()).ok_or_else(declined)
    }

    /// Step 5.
    ///
    /// # Errors
    /// [`Failure::Check`] names what the contract refused.
    pub fn verify(&mut self, proof: Proof) -> Result<(), Failure> {
        applied(self.network.post(&self.patient.signer, Action::Prove(proof))?).map(|_| ())
    }

    /// Step 6.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn delegate(&mut self, published: &Published) -> Result<Delegated, Failure> {
        let grant = Grant {
            delegatee: self.institution.name(),
            proxy: self.proxy.name(),
            scope: study::scope()?,
            terms: study::licence(&published.request)?,
        };
        let delegation = self.patient.delegate(&grant, &mut self.rng)?;
        let sealed = self.proxy.put(&delegation.sealed.to_bytes())?;
        let rekey_id = Digest(delegation.statement.id().0);
        let rekey = Rekey { request: published.request, rekey_id, sealed };
        applied(self.network.post(&self.patient.signer, Action::Rekey(rekey))?)?;
        Ok(Delegated { delegation, sealed })
    }

    /// Step 7.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn deliver(
        &mut self,
        published: &Published,
        stored: &Stored,
        delegated: &Delegated,
    ) -> Result<Cid, Failure> {
        let failure = |error| Failure::Check(format!("the proxy: {error}"));
        let sealed = self.proxy.get(&delegated.sealed)?;
        let key = self.proxy.import(&sealed, &self.delegator()).map_err(failure)?;
        let deposit = self.proxy.get(&stored.cid)?;
        let (address, now) = (&stored.deposit.address, self.now());
        let header = self.proxy.re_encrypt(&key, &deposit, address, now).map_err(failure)?;
        let delivery = self.proxy.put(&header.to_bytes())?;
        let patient = self.patient.signer.public_key();
        let action = Action::Deliver(Delivery { request: published.request, patient, delivery });
        applied(self.network.post(&self.proxy.signer.clone(), action)?)?;
        Ok(delivery)
    }

    /// Step 8.
    ///
    /// # Errors
    /// [`Failure::Check`] when the delivery does not open.
    pub fn receive(
        &self,
        stored: &Stored,
        delegated: &Delegated,
        delivery: &Cid,
    ) -> Result<Received, Failure> {
        let failure = |error| Failure::Check(format!("the institution: {error}"));
        let statement = delegated.delegation.statement.clone();
        let key = self.institution.accept(statement, &self.delegator()).map_err(failure)?;
        let (header, deposit) = (self.proxy.get(delivery)?, self.proxy.get(&stored.cid)?);
        let (address, now) = (&stored.deposit.address, self.now());
        let payload = self.institution.receive(&key, address, &header, &deposit, now);
        let payload = payload.map_err(failure)?;
        if self.institution.is_genuine(&payload, &self.commitment()) {
            return Ok(Received::Genuine(payload));
        }
        let evidence = self.institution.evidence(&key, address, &header, now).map_err(failure)?;
        Ok(Received::Mismatch(evidence))
    }

    /// Step 9.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn settle(&mut self, published: &Published, delivery: Cid) -> Result<Settled, Failure> {
        let settlement = self.settlement(published, delivery);
        let signer = self.institution.signer.clone();
        let action = Action::Settle(settlement);
        applied(self.network.post(&signer, action.clone())?)?;
        let chain = self.network.chain();
        let found = chain.iter().rev().find_map(|certified| {
            let index = certified
                .block
                .txs
                .iter()
                .position(|tx| action_of(tx).as_ref() == Some(&action))?;
            Some((certified, index))
        });
        let (certified, index) =
            found.ok_or_else(|| Failure::NoProgress("the settlement is in no block".to_owned()))?;
        let position = u64::try_from(index).unwrap_or(u64::MAX);
        let inclusion = TxProof::of(certified, position)
            .map_err(|error| Failure::Check(format!("the inclusion proof: {error}")))?;
        let leaf = certified.block.txs.get(index).map(|tx| tx.as_slice().to_vec());
        Ok(Settled { inclusion, leaf: leaf.unwrap_or_default() })
    }

    /// Verifies blocks from genesis as a stranger who knows the committee, the rules and the verifying key,
    /// and returns the contract's state at the end.
    ///
    /// # Errors
    /// [`BadBlock`] names the first bad height.
    pub fn audit(&self, blocks: &[Vec<u8>]) -> Result<(Header, State), BadBlock> {
        let judge = Judge::new([self.key.verifying_key().clone()]);
        self.network.audit(blocks, &judge)
    }

    /// Both parties' signatures under a settlement.
    #[must_use]
    pub fn settlement(&self, published: &Published, delivery: Cid) -> Settlement {
        let patient = self.patient.signer.public_key();
        let (chain_id, request) = (self.network.chain_id(), published.request);
        let statement =
            SettlementStatement { chain_id, request, patient: patient.clone(), delivery };
        let message = codec::encode(&statement);
        let by = |signer: &Signer| signer.sign(dst::ledger::SETTLEMENT, &message);
        let (by_patient, by_institution) = (by(&self.patient.signer), by(&self.institution.signer));
        Settlement { request, patient, by_patient, by_institution }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").finish_non_exhaustive()
    }
}
