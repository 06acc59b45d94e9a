//! A hospital around one contract: symbolic primitives, parties, honest transactions.

use std::collections::BTreeSet;

use medcrypto_core::dst::ledger::{SETTLEMENT, TRANSACTION};
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::{
    Action, Binding, Deadlines, ExclusiveProof, KIND_PERSON, Proof, PublicInputs, Record,
    Requirement, Settlement, SettlementStatement, SignedTx, State, TxBody, Verdicts,
};
use medcrypto_ledger::{Bytes, Digest, Dst, PublicKey, Refused, Signature, Verifier};
use sha2::Digest as _;

/// SHA-256 of length-prefixed parts.
fn hash(parts: &[&[u8]]) -> Digest {
    let mut state = sha2::Sha256::new();
    for part in parts {
        state.update((part.len() as u64).to_be_bytes());
        state.update(part);
    }
    Digest(state.finalize().into())
}

/// Signatures and proofs that are hashes of what they say: easy to make, unequal for unequal input.
#[derive(Clone, Debug)]
pub(super) struct Symbolic;

pub(super) fn sign(key: &PublicKey, domain: Dst, message: &[u8]) -> Signature {
    let digest = hash(&[b"sig", key.0.as_slice(), domain.as_bytes(), message]);
    Signature(Bytes(digest.0.to_vec()))
}

pub(super) fn prove(verifying_key: &Digest, inputs: &PublicInputs) -> Bytes {
    Bytes(hash(&[b"proof", &verifying_key.0, &encode(inputs)]).0.to_vec())
}

pub(super) fn attest(record: &Record) -> Signature {
    Signature(Bytes(hash(&[b"attest", &encode(record)]).0.to_vec()))
}

fn require(holds: bool) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(Refused) }
}

impl Verifier for Symbolic {
    fn verify(&self, key: &PublicKey, d: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        require(sign(key, d, m) == *s)
    }
}

impl Verdicts for Symbolic {
    fn attestation(&self, record: &Record, signature: &Signature) -> Result<(), Refused> {
        require(attest(record) == *signature)
    }

    fn proof(&self, key: &Digest, inputs: &PublicInputs, proof: &[u8]) -> Result<(), Refused> {
        require(prove(key, inputs).as_slice() == proof)
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

pub(super) fn key(name: &str) -> PublicKey {
    PublicKey(Bytes(name.as_bytes().to_vec()))
}

pub(super) fn cid(name: &str) -> Cid {
    Cid::of(name.as_bytes())
}

pub(super) fn digest(name: &str) -> Digest {
    hash(&[name.as_bytes()])
}

pub(super) fn chain() -> ChainId {
    ChainId(digest("chain"))
}

/// Two institutions and two patients have money; one class can be licensed exclusively.
pub(super) fn genesis() -> State {
    let names = ["institution", "rival", "patient", "other"];
    let allocation = names.iter().map(|name| (key(name), 1_000)).collect();
    State::genesis(allocation, [digest("cancer")].into()).expect("a small sum")
}

pub(super) fn signed(state: &State, sender: &str, action: Action) -> SignedTx {
    let sender = key(sender);
    let nonce = state.next_nonce(&sender);
    let body = TxBody { chain_id: chain(), sender, nonce, action };
    resigned(body)
}

pub(super) fn resigned(body: TxBody) -> SignedTx {
    let signature = sign(&body.sender, TRANSACTION, &encode(&body));
    SignedTx { body, signature }
}

pub(super) fn terms(class: &str, exclusive: bool) -> Requirement {
    Requirement {
        verifying_key: digest("vk"),
        requirement: digest("Q"),
        issuers: [key("issuer")].into(),
        earliest_as_of_ms: 500,
        keywords: [Bytes::from(b"nsclc".as_slice())].into(),
        class: digest(class),
        period: 8_105,
        exclusive,
        price: 100,
        places: 2,
        bond: 10,
        proxy: key("proxy"),
        arbiters: [key("arbiter1"), key("arbiter2"), key("arbiter3")].into(),
        deadlines: Deadlines {
            prove_until: 2_000,
            rekey: 100,
            deliver: 200,
            dispute: 300,
            verdict: 400,
        },
    }
}

pub(super) fn record(patient: &str, name: &str) -> Record {
    Record {
        patient: key(patient),
        commitment: digest(name),
        ciphertext: cid(name),
        issuer: key("issuer"),
        as_of_ms: 500,
    }
}

/// An honest proof; the patient's name stands for the holder secret in the nullifiers.
pub(super) fn proof(state: &State, patient: &str, request: Digest, name: &str) -> Option<Proof> {
    let open = state.requests.0.get(&request)?;
    let terms = &open.requirement;
    let nonce = digest("nonce");
    let scope = Symbolic.scope(KIND_PERSON, request.as_bytes(), terms.period);
    let binding = Binding {
        verifying_key: terms.verifying_key,
        chain_id: chain(),
        request,
        issuers: &terms.issuers,
        earliest_as_of_ms: terms.earliest_as_of_ms,
        institution: &open.institution,
        patient: &key(patient),
        nonce,
        expiry_ms: terms.deadlines.prove_until,
    };
    let inputs = PublicInputs {
        commitment: digest(name),
        requirement: terms.requirement,
        policy: Symbolic.policy(&terms.issuers, terms.earliest_as_of_ms),
        context: Symbolic.context(&binding),
        nullifier: hash(&[patient.as_bytes(), &scope.0]),
        scope,
        kind: KIND_PERSON,
    };
    let bytes = prove(&terms.verifying_key, &inputs);
    let wanted = state.exclusive_classes.contains(&terms.class);
    let exclusive = wanted.then(|| {
        let scope = Symbolic.scope(KIND_PERSON, terms.class.as_bytes(), terms.period);
        let nullifier = hash(&[patient.as_bytes(), &scope.0]);
        let inputs = PublicInputs { nullifier, scope, ..inputs };
        ExclusiveProof { nullifier, proof: prove(&terms.verifying_key, &inputs) }
    });
    Some(Proof { request, nonce, inputs, proof: bytes, exclusive })
}

pub(super) fn settlement(state: &State, request: Digest, patient: &str) -> Settlement {
    let statement = SettlementStatement {
        chain_id: chain(),
        request,
        patient: key(patient),
        delivery: cid("delivery"),
    };
    let message = encode(&statement);
    let open = state.requests.0.get(&request);
    let institution = open.map_or_else(|| key("nobody"), |open| open.institution.clone());
    Settlement {
        request,
        patient: key(patient),
        by_patient: sign(&key(patient), SETTLEMENT, &message),
        by_institution: sign(&institution, SETTLEMENT, &message),
    }
}
