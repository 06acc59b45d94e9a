//! Targets of medcrypto-zk.

mod bytes;
mod circuit;
mod fhir;
mod key_file;
mod parts;
mod points;
mod seeds;
mod small;
mod text;
pub(crate) mod tokens;
mod verify;

use crate::{Class, Target};

/// Targets of medcrypto-zk.
pub const TARGETS: &[&Target] = &[
    &PROOF,
    &STATEMENT,
    &ELEMENT,
    &OPENING,
    &VERIFYING_KEY,
    &PROVING_KEY,
    &REQUIREMENT_TEXT,
    &REQUIREMENT_JSON,
    &CODE,
    &FHIR,
    &GROTH16,
    &DIGESTS,
    &CIRCUIT,
];

/// Proofs: three points.
pub const PROOF: Target = Target {
    name: "zk_proof",
    class: Class::Points,
    max_len: 256,
    run: |data| (!data.is_empty() && bytes::proof(data)).into(),
    seeds: seeds::proofs,
    dict: &[],
};

/// Statements: seven field elements.
pub const STATEMENT: Target = Target {
    name: "zk_statement",
    class: Class::Parser,
    max_len: 256,
    run: |data| (!data.is_empty() && bytes::statement(data)).into(),
    seeds: seeds::statements,
    dict: &[&bytes::MODULUS],
};

/// Field elements.
pub const ELEMENT: Target = Target {
    name: "zk_element",
    class: Class::Parser,
    max_len: 32,
    run: |data| (!data.is_empty() && bytes::element(data)).into(),
    seeds: seeds::elements,
    dict: &[&bytes::MODULUS],
};

/// Openings: records with their salts.
pub const OPENING: Target = Target {
    name: "zk_opening",
    class: Class::Parser,
    max_len: 2048,
    run: |data| (!data.is_empty() && bytes::opening(data)).into(),
    seeds: seeds::openings,
    dict: &[&[1, 0, 0, 0, 0, 0, 0, 0], &[2, 1, 0], &[2, 0, 0], &bytes::MODULUS],
};

/// Verifying keys: twelve points and their provenance.
pub const VERIFYING_KEY: Target = Target {
    name: "zk_verifying_key",
    class: Class::Points,
    max_len: 1024,
    run: |data| (!data.is_empty() && bytes::verifying_key(data)).into(),
    seeds: seeds::verifying_keys,
    dict: &[],
};

/// Files of proving keys.
pub const PROVING_KEY: Target = Target {
    name: "zk_proving_key",
    class: Class::KeyFile,
    max_len: 128,
    run: |data| (!data.is_empty() && key_file::proving_key(data)).into(),
    seeds: || [vec![0]].into_iter().chain(seeds::scripts(3, 6, 60)).collect(),
    dict: &[],
};

/// Requirements in text.
pub const REQUIREMENT_TEXT: Target = Target {
    name: "zk_requirement_text",
    class: Class::Parser,
    max_len: 1024,
    run: |data| (!data.is_empty() && text::text(data)).into(),
    seeds: seeds::texts,
    dict: seeds::WORDS,
};

/// Requirements in JSON.
pub const REQUIREMENT_JSON: Target = Target {
    name: "zk_requirement_json",
    class: Class::Parser,
    max_len: 1024,
    run: |data| (!data.is_empty() && text::json(data)).into(),
    seeds: seeds::jsons,
    dict: seeds::JSON_WORDS,
};

/// Codes of the terminologies, and dates.
pub const CODE: Target = Target {
    name: "zk_code",
    class: Class::Parser,
    max_len: 32,
    run: |data| (!data.is_empty() && text::code(data)).into(),
    seeds: seeds::codes,
    dict: &[],
};

/// FHIR resources.
pub const FHIR: Target = Target {
    name: "zk_fhir",
    class: Class::Parser,
    max_len: 6144,
    run: |data| (!data.is_empty() && fhir::ingest(data)).into(),
    seeds: seeds::resources,
    dict: seeds::FHIR_WORDS,
};

/// The verifier of proofs.
pub const GROTH16: Target = Target {
    name: "zk_groth16",
    class: Class::Verifier,
    max_len: 128,
    run: |data| (!data.is_empty() && verify::groth16(data)).into(),
    seeds: || crate::script::reaching(GROTH16.run, seeds::scripts(2, 12, 60)),
    dict: &[],
};

/// What statements are made from: contexts, scopes, policies, nullifiers.
pub const DIGESTS: Target = Target {
    name: "zk_digests",
    class: Class::Verifier,
    max_len: 256,
    run: |data| (!data.is_empty() && parts::digests(data)).into(),
    seeds: || crate::script::reaching(DIGESTS.run, seeds::scripts(1, 10, 120)),
    dict: &[],
};

/// Evaluator against circuit.
pub const CIRCUIT: Target = Target {
    name: "zk_circuit",
    class: Class::Verifier,
    max_len: 256,
    run: |data| (!data.is_empty() && circuit::differential(data)).into(),
    seeds: || crate::script::reaching(CIRCUIT.run, seeds::scripts(4, 12, 160)),
    dict: &[],
};
