//! Symbolic primitives and a hospital around one contract.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::block::{ChainId, Context};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::{
    Action, Binding, Deadlines, Delivery, Dispute, Event, ExclusiveProof, Expiry, KIND_PERSON,
    Proof, PublicInputs, Record, Reject, Rekey, Requirement, Settlement, SettlementStatement,
    SignedTx, Stage, State, TxBody, Verdict, Verdicts, apply,
};
use medcrypto_ledger::{Bytes, Digest, Dst, PublicKey, Refused, Signature, Verifier};
use sha2::Digest as _;

pub(crate) const TRANSACTION: Dst = medcrypto_core::dst::ledger::TRANSACTION;
pub(crate) const SETTLEMENT: Dst = medcrypto_core::dst::ledger::SETTLEMENT;

/// SHA-256 of length-prefixed parts.
pub(crate) fn hash(parts: &[&[u8]]) -> Digest {
    let mut state = sha2::Sha256::new();
    for part in parts {
        state.update((part.len() as u64).to_be_bytes());
        state.update(part);
    }
    Digest(state.finalize().into())
}

/// Signatures and proofs that are hashes of what they say: easy to make, unequal for unequal input.
#[derive(Clone, Debug)]
pub(crate) struct Symbolic;

pub(crate) fn sign(key: &PublicKey, domain: Dst, message: &[u8]) -> Signature {
    let digest = hash(&[b"sig", key.0.as_slice(), domain.as_bytes(), message]);
    Signature(Bytes(digest.0.to_vec()))
}

pub(crate) fn prove(verifying_key: &Digest, inputs: &PublicInputs) -> Bytes {
    Bytes(hash(&[b"proof", &verifying_key.0, &encode(inputs)]).0.to_vec())
}

pub(crate) fn attest(record: &Record) -> Signature {
    Signature(Bytes(hash(&[b"attest", &encode(record)]).0.to_vec()))
}

fn require(holds: bool) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(Refused) }
}

impl Verifier for Symbolic {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        require(sign(key, domain, message) == *signature)
    }
}

impl Verdicts for Symbolic {
    fn attestation(&self, record: &Record, signature: &Signature) -> Result<(), Refused> {
        require(attest(record) == *signature)
    }

    fn proof(
        &self,
        verifying_key: &Digest,
        inputs: &PublicInputs,
        proof: &[u8],
    ) -> Result<(), Refused> {
        require(prove(verifying_key, inputs).as_slice() == proof)
    }

    fn policy(&self, issuers: &BTreeSet<PublicKey>, earliest_as_of_ms: u64) -> Digest {
        hash(&[b"policy", &encode(issuers), &earliest_as_of_ms.to_be_bytes()])
    }

    fn context(&self, b: &Binding<'_>) -> Digest {
        hash(&[
            &b.verifying_key.0,
            &b.chain_id.0.0,
            &b.request.0,
            &encode(b.issuers),
            &b.earliest_as_of_ms.to_be_bytes(),
            b.institution.0.as_slice(),
            b.patient.0.as_slice(),
            &b.nonce.0,
            &b.expiry_ms.to_be_bytes(),
        ])
    }

    fn scope(&self, kind: u8, name: &[u8], period: u32) -> Digest {
        hash(&[b"scope", &[kind], name, &period.to_be_bytes()])
    }
}

pub(crate) fn key(name: &str) -> PublicKey {
    PublicKey(Bytes(name.as_bytes().to_vec()))
}

pub(crate) fn cid(name: &str) -> Cid {
    Cid::of(name.as_bytes())
}

pub(crate) fn d(name: &str) -> Digest {
    hash(&[name.as_bytes()])
}

/// Free money of the two institutions and the patients at genesis.
pub(crate) const FUNDS: u64 = 1000;

/// The contract with its clock.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) chain: ChainId,
    pub(crate) state: State,
    pub(crate) now: u64,
}

impl World {
    /// One class, `cancer`, can be licensed exclusively.
    pub(crate) fn new() -> Self {
        let names = ["institution", "rival", "patient", "other"];
        let allocation: BTreeMap<_, _> = names.iter().map(|name| (key(name), FUNDS)).collect();
        let state = State::genesis(allocation, BTreeSet::from([d("cancer")])).unwrap();
        Self { chain: ChainId(d("chain")), state, now: 1000 }
    }

    pub(crate) fn tx(&self, sender: &str, action: Action) -> SignedTx {
        let sender = key(sender);
        let nonce = self.state.next_nonce(&sender);
        signed(TxBody { chain_id: self.chain, sender, nonce, action })
    }

    pub(crate) fn apply(&mut self, tx: &SignedTx) -> Result<Vec<Event>, Reject> {
        let context = Context { chain_id: self.chain, height: 1, time_ms: self.now };
        let before = self.state.clone();
        let told = apply(&mut self.state, tx, &context, &Symbolic);
        assert!(told.is_ok() || self.state == before, "refused, and changed something");
        told
    }

    pub(crate) fn send(&mut self, sender: &str, action: Action) -> Result<Vec<Event>, Reject> {
        let tx = self.tx(sender, action);
        self.apply(&tx)
    }

    pub(crate) fn publish(&mut self, sender: &str, terms: Requirement) -> Digest {
        match self.send(sender, Action::Publish(terms)).unwrap()[..] {
            [Event::Published(id)] => id,
            ref events => panic!("{events:?}"),
        }
    }

    pub(crate) fn register(&mut self, patient: &str, record: &str) {
        let record = self.record(patient, record);
        let signature = attest(&record);
        self.send(patient, Action::RegisterRecord(record, signature)).unwrap();
    }

    pub(crate) fn record(&self, patient: &str, record: &str) -> Record {
        Record {
            patient: key(patient),
            commitment: d(record),
            ciphertext: cid(record),
            issuer: key("issuer"),
            as_of_ms: 500,
        }
    }

    /// An honest proof; `person` stands for the holder secret in the nullifiers.
    pub(crate) fn proof(&self, patient: &str, request: Digest, record: &str) -> Proof {
        let open = &self.state.requests.0[&request];
        let terms = &open.requirement;
        let nonce = d("nonce");
        let scope = Symbolic.scope(KIND_PERSON, request.as_bytes(), terms.period);
        let binding = Binding {
            verifying_key: terms.verifying_key,
            chain_id: self.chain,
            request,
            issuers: &terms.issuers,
            earliest_as_of_ms: terms.earliest_as_of_ms,
            institution: &open.institution,
            patient: &key(patient),
            nonce,
            expiry_ms: terms.deadlines.prove_until,
        };
        let inputs = PublicInputs {
            commitment: d(record),
            requirement: terms.requirement,
            policy: Symbolic.policy(&terms.issuers, terms.earliest_as_of_ms),
            context: Symbolic.context(&binding),
            nullifier: hash(&[patient.as_bytes(), &scope.0]),
            scope,
            kind: KIND_PERSON,
        };
        let mut proof = Proof { request, nonce, inputs, proof: Bytes::default(), exclusive: None };
        self.prove_again(patient, &mut proof);
        proof
    }

    /// Makes the proofs anew after a change of the inputs.
    pub(crate) fn prove_again(&self, patient: &str, proof: &mut Proof) {
        let terms = &self.state.requests.0[&proof.request].requirement;
        proof.proof = prove(&terms.verifying_key, &proof.inputs);
        if !self.state.exclusive_classes.contains(&terms.class) {
            return;
        }
        let scope = Symbolic.scope(KIND_PERSON, terms.class.as_bytes(), terms.period);
        let nullifier = hash(&[patient.as_bytes(), &scope.0]);
        let inputs = PublicInputs { nullifier, scope, ..proof.inputs };
        let proof_bytes = prove(&terms.verifying_key, &inputs);
        proof.exclusive = Some(ExclusiveProof { nullifier, proof: proof_bytes });
    }

    pub(crate) fn settlement(&self, request: Digest, patient: &str, delivery: Cid) -> Settlement {
        let patient = key(patient);
        let statement = SettlementStatement {
            chain_id: self.chain,
            request,
            patient: patient.clone(),
            delivery,
        };
        let message = encode(&statement);
        let institution =
            self.state.requests.0.get(&request).map_or(key("nobody"), |r| r.institution.clone());
        let by_patient = sign(&patient, SETTLEMENT, &message);
        let by_institution = sign(&institution, SETTLEMENT, &message);
        Settlement { request, patient, by_patient, by_institution }
    }

    pub(crate) fn stage(&self, request: Digest, patient: &str) -> Option<Stage> {
        self.state.sales.0.get(&(request, key(patient))).map(|sale| sale.stage.clone())
    }

    pub(crate) fn balance(&self, who: &str) -> u64 {
        self.state.balances.0.get(&key(who)).copied().unwrap_or(0)
    }

    /// Drives a fresh sale of `patient` to the named stage.
    pub(crate) fn reach(&mut self, request: Digest, patient: &str, stage: &str) {
        let steps = ["Proven", "Rekeyed", "Delivered", "Settled"];
        let proof = self.proof(patient, request, "record");
        if stage == "None" {
            return;
        }
        self.send(patient, Action::Prove(proof)).unwrap();
        let last = steps.iter().position(|step| *step == stage).unwrap_or(2);
        if stage == "Expired" {
            self.now += 101;
            self.send("anybody", expire(request, patient)).unwrap();
            return;
        }
        if last >= 1 {
            self.send(patient, rekey(request)).unwrap();
        }
        if last >= 2 {
            self.send("proxy", deliver(request, patient)).unwrap();
        }
        if last == 3 {
            let settlement = self.settlement(request, patient, cid("delivery"));
            self.send(patient, Action::Settle(settlement)).unwrap();
        }
        if stage == "Disputed" || stage == "Refunded" {
            self.send("institution", dispute(request, patient)).unwrap();
        }
        if stage == "Refunded" {
            self.send("arbiter1", verdict(request, patient, true)).unwrap();
            self.send("arbiter2", verdict(request, patient, true)).unwrap();
        }
    }
}

pub(crate) fn signed(body: TxBody) -> SignedTx {
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    SignedTx { body, signature }
}

pub(crate) fn terms(exclusive: bool) -> Requirement {
    Requirement {
        verifying_key: d("vk"),
        requirement: d("Q"),
        issuers: [key("issuer")].into(),
        earliest_as_of_ms: 500,
        keywords: [Bytes::from(b"nsclc".as_slice())].into(),
        class: d("cancer"),
        period: 8105,
        exclusive,
        price: 100,
        places: 2,
        bond: 10,
        proxy: key("proxy"),
        arbiters: [key("arbiter1"), key("arbiter2"), key("arbiter3")].into(),
        deadlines: Deadlines {
            prove_until: 2000,
            rekey: 100,
            deliver: 200,
            dispute: 300,
            verdict: 400,
        },
    }
}

pub(crate) fn rekey(request: Digest) -> Action {
    Action::Rekey(Rekey { request, rekey_id: d("rk"), sealed: cid("sealed") })
}

pub(crate) fn deliver(request: Digest, patient: &str) -> Action {
    Action::Deliver(Delivery { request, patient: key(patient), delivery: cid("delivery") })
}

pub(crate) fn dispute(request: Digest, patient: &str) -> Action {
    Action::Dispute(Dispute { request, patient: key(patient), evidence: d("evidence") })
}

pub(crate) fn verdict(request: Digest, patient: &str, upheld: bool) -> Action {
    let (patient, evidence) = (key(patient), d("evidence"));
    Action::Verdict(Verdict { request, patient, evidence, upheld })
}

pub(crate) fn expire(request: Digest, patient: &str) -> Action {
    Action::Expire(Expiry { request, patient: Some(key(patient)) })
}

pub(crate) fn close(request: Digest) -> Action {
    Action::Expire(Expiry { request, patient: None })
}
