//! Targets of medcrypto-ledger.

mod acts;
mod cas;
mod cbor;
mod chain;
mod codec;
mod consent;
mod contract;
mod contracts;
mod hospital;
mod merkle;
mod names;
mod pbft;
mod policies;
mod seeds;
mod userchain;

use crate::{Class, Target};

/// Targets of medcrypto-ledger.
pub const TARGETS: &[&Target] = &[
    &BLOCK,
    &CERTIFICATE_BYTES,
    &GENESIS,
    &TRANSACTION,
    &RECEIPT,
    &STATE,
    &POLICY,
    &GATE,
    &CONTRACTS,
    &POW,
    &MESSAGE,
    &SNAPSHOT,
    &TX_PROOF,
    &MERKLE_PROOF,
    &CID,
    &STORE,
    &MERKLE_MODEL,
    &MERKLE_VERIFY,
    &CHAIN,
    &CERTIFICATE,
    &CONTRACT,
    &POLICIES,
    &CONSENT,
    &USERCHAIN,
    &KEYCHAIN,
    &COIN,
    &REVEAL,
    &QUOTA,
    &REPLICA,
    &WORLD,
];

/// Heads of DAG-CBOR: arrays, byte strings, links, the names of enums.
const CBOR: &[&[u8]] = &[
    &[0x82],
    &[0x83],
    &[0x84],
    &[0x85],
    &[0x88],
    &[0x89],
    &[0x58, 0x20],
    &[0x1b],
    &[0x19, 0x03, 0xe8],
    &[0xa1, 0x63, b'B', b'f', b't', 0x00],
    &[0xd8, 0x2a, 0x58, 0x25, 0x00, 0x01, 0x55, 0x12, 0x20],
    &[0xf6],
    &[0xf5],
    &[0xf4],
    &[0x80],
    &[0x40],
];

const fn decoder(
    name: &'static str,
    max_len: usize,
    run: fn(&[u8]) -> crate::Reached,
    seeds: fn() -> Vec<Vec<u8>>,
) -> Target {
    Target { name, class: Class::Parser, max_len, run, seeds, dict: CBOR }
}

/// Scripts to start from, those that reach the code first.
fn scripts(run: fn(&[u8]) -> crate::Reached, seed: u64, count: usize, len: usize) -> Vec<Vec<u8>> {
    crate::script::reaching(run, crate::script::random(seed, count, len))
}

const fn machine(
    name: &'static str,
    class: Class,
    max_len: usize,
    run: fn(&[u8]) -> crate::Reached,
    seeds: fn() -> Vec<Vec<u8>>,
) -> Target {
    Target { name, class, max_len, run, seeds, dict: &[] }
}

/// Certified blocks, blocks, headers.
pub const BLOCK: Target = decoder(
    "ledger_block",
    1024,
    |data| codec::block(data).into(),
    || codec::inputs(&seeds::blocks()),
);

/// Quorum certificates and votes.
pub const CERTIFICATE_BYTES: Target = decoder(
    "ledger_certificate_bytes",
    512,
    |data| codec::certificate(data).into(),
    || codec::inputs(&seeds::certificates()),
);

/// What a chain starts from.
pub const GENESIS: Target = decoder(
    "ledger_genesis",
    256,
    |data| codec::genesis(data).into(),
    || codec::inputs(&seeds::geneses()),
);

/// Transactions of the contract.
pub const TRANSACTION: Target = decoder(
    "ledger_transaction",
    1024,
    |data| codec::transaction(data).into(),
    || codec::inputs(&seeds::transactions()),
);

/// Answers of the contract.
pub const RECEIPT: Target = decoder(
    "ledger_receipt",
    256,
    |data| codec::receipt(data).into(),
    || codec::inputs(&seeds::receipts()),
);

/// The contract's state.
pub const STATE: Target = decoder(
    "ledger_state",
    2048,
    |data| codec::state(data).into(),
    || codec::inputs(&seeds::states()),
);

/// Transactions, answers and states of the policy contract.
pub const POLICY: Target = decoder(
    "ledger_policy",
    1024,
    |data| codec::policy(data).into(),
    || codec::inputs(&seeds::policies()),
);

/// The same behind the gate.
pub const GATE: Target = decoder(
    "ledger_gate",
    1024,
    |data| codec::gate(data).into(),
    || codec::inputs(&seeds::gates()),
);

/// Transactions, answers and states of the contracts for devices, coins, rounds and quotas.
pub const CONTRACTS: Target = decoder(
    "ledger_contracts",
    2048,
    |data| codec::contracts(data).into(),
    || codec::inputs(&seeds::contracts()),
);

/// Headers, blocks, proofs and targets of the chain of work.
pub const POW: Target =
    decoder("ledger_pow", 1024, |data| codec::pow(data).into(), || codec::inputs(&seeds::pow()));

/// Messages of replicas and clients.
pub const MESSAGE: Target = decoder(
    "ledger_message",
    2048,
    |data| codec::message(data).into(),
    || codec::inputs(&seeds::messages()),
);

/// What a replica that is far behind is sent.
pub const SNAPSHOT: Target = decoder(
    "ledger_snapshot",
    2048,
    |data| codec::snapshot(data).into(),
    || codec::inputs(&seeds::snapshots()),
);

/// What a light client is shown.
pub const TX_PROOF: Target = decoder(
    "ledger_tx_proof",
    1024,
    |data| codec::tx_proof(data).into(),
    || codec::inputs(&seeds::tx_proofs()),
);

/// Paths of the Merkle log.
pub const MERKLE_PROOF: Target = decoder(
    "ledger_merkle_proof",
    256,
    |data| codec::merkle_proof(data).into(),
    || codec::inputs(&seeds::paths()),
);

/// Content identifiers.
pub const CID: Target = decoder("ledger_cid", 64, |data| codec::cid(data).into(), seeds::cids);

/// Objects of a hostile store.
pub const STORE: Target = machine(
    "ledger_store",
    Class::Verifier,
    256,
    |data| (!data.is_empty() && cas::store(data)).into(),
    seeds::stores,
);

/// The Merkle log against RFC 6962.
pub const MERKLE_MODEL: Target = machine(
    "ledger_merkle_model",
    Class::Verifier,
    256,
    |data| (!data.is_empty() && merkle::model(data)).into(),
    || scripts(MERKLE_MODEL.run, 11, 10, 160),
);

/// Hostile proofs of inclusion and consistency.
pub const MERKLE_VERIFY: Target = machine(
    "ledger_merkle_verify",
    Class::Verifier,
    64,
    |data| (!data.is_empty() && merkle::proofs(data)).into(),
    || scripts(MERKLE_VERIFY.run, 12, 16, 32),
);

/// The verification of a chain.
pub const CHAIN: Target = machine(
    "ledger_chain",
    Class::Verifier,
    128,
    |data| (!data.is_empty() && chain::chain(data)).into(),
    || scripts(CHAIN.run, 13, 16, 48),
);

/// The verification of certificates and of proofs to light clients.
pub const CERTIFICATE: Target = machine(
    "ledger_certificate",
    Class::Verifier,
    128,
    |data| (!data.is_empty() && chain::certificate(data)).into(),
    || scripts(CERTIFICATE.run, 14, 16, 48),
);

/// Scripts for the requirement contract.
pub const CONTRACT: Target = machine(
    "ledger_contract",
    Class::Stateful,
    1024,
    |data| (!data.is_empty() && contract::script(data)).into(),
    || scripts(CONTRACT.run, 15, 12, 600),
);

/// Scripts for the policy contract behind its gate.
pub const POLICIES: Target = machine(
    "ledger_policies",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && policies::script(data)).into(),
    || scripts(POLICIES.run, 19, 12, 300),
);

/// FHIR Consents.
pub const CONSENT: Target = Target {
    name: "ledger_consent",
    class: Class::Parser,
    max_len: 6144,
    run: |data| (!data.is_empty() && consent::consent(data)).into(),
    seeds: consent::seeds,
    dict: consent::WORDS,
};

/// Scripts of headers for the chain of work.
pub const USERCHAIN: Target = machine(
    "ledger_userchain",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && userchain::script(data)).into(),
    || scripts(USERCHAIN.run, 22, 12, 300),
);

/// Scripts for devices, their uploads and keys.
pub const KEYCHAIN: Target = machine(
    "ledger_keychain",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && acts::keychain(data)).into(),
    || scripts(KEYCHAIN.run, 23, 12, 300),
);

/// Scripts for coins and diagnoses.
pub const COIN: Target = machine(
    "ledger_coin",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && acts::coin(data)).into(),
    || scripts(COIN.run, 24, 12, 300),
);

/// Scripts for rounds of commit and reveal.
pub const REVEAL: Target = machine(
    "ledger_reveal",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && acts::reveal(data)).into(),
    || scripts(REVEAL.run, 25, 12, 300),
);

/// Scripts for quotas.
pub const QUOTA: Target = machine(
    "ledger_quota",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && acts::quota(data)).into(),
    || scripts(QUOTA.run, 26, 12, 300),
);

/// One replica among hostile messages.
pub const REPLICA: Target = machine(
    "ledger_replica",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && pbft::replica_bytes(data)).into(),
    || scripts(REPLICA.run, 16, 12, 200),
);

/// Replicas in a simulated world.
pub const WORLD: Target = machine(
    "ledger_world",
    Class::Stateful,
    512,
    |data| (!data.is_empty() && pbft::world(data)).into(),
    || scripts(WORLD.run, 17, 12, 200),
);
