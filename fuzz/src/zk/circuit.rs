//! Differential: what the evaluator says of a record, and whether the rows of the circuit hold.

use medcrypto_zk::Error;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::{ContextDigest, LineageId, PolicyDigest, RequirementDigest};
use medcrypto_zk::hazmat::check_rows;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::requirement::{Requirement, Truth};
use medcrypto_zk::statement::{Kind, Period, Scope, Statement, nullifier};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::small::{expression, record, small_schema};
use super::text::laws;
use crate::script::Script;

/// Law: the rows hold exactly where the evaluator says True; and of the requirement and its negation
/// at most one can be proven. Reached: the rows were looked at.
pub(super) fn differential(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let depth = script.below(4);
    let text = expression(&mut script, depth);
    let schema = small_schema();
    let Ok(requirement) = Requirement::parse(schema, &text) else { return false };
    let kind = if script.flag() { Kind::PerPerson } else { Kind::PerLineage };
    let record = record(&mut script, schema);
    let truth = requirement.evaluate(&record);
    let negated = Requirement::parse(schema, &format!("not({text})"));
    if let Ok(negated) = &negated {
        let expected = match truth {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
        };
        assert_eq!(negated.evaluate(&record), expected, "{text}");
    }
    let secret = HolderSecret::from_bytes([3; 31].into());
    let lineage = LineageId::from_id(&[9; 31]);
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let opening = RecordOpening::generate(record, secret.commitment(), lineage, rng);
    // Any other normal form of the same requirement would have other rows: these are the ones.
    let reached = compare(&requirement, &opening, &secret, kind, truth);
    if !reached {
        laws(&requirement);
    }
    reached
}

fn compare(
    requirement: &Requirement,
    opening: &RecordOpening,
    secret: &HolderSecret,
    kind: Kind,
    truth: Truth,
) -> bool {
    let scope = Scope::new(kind, b"fuzzing", Period::ALWAYS).expect("a name");
    let statement = Statement::new(
        opening.commitment(),
        RequirementDigest::of(requirement),
        ContextDigest::from_bytes(&[5; 32]).expect("below r"),
        nullifier(secret, opening.lineage(), &scope),
        &scope,
        PolicyDigest::from_bytes(&[6; 32]).expect("below r"),
    );
    match check_rows(requirement, &statement, opening, secret) {
        Ok(()) => assert_eq!(truth, Truth::True, "rows hold: {requirement}"),
        Err(Error::Inconsistent) => assert_ne!(truth, Truth::True, "rows fail: {requirement}"),
        Err(Error::Unsatisfiable) => {
            assert_ne!(truth, Truth::True, "{requirement}");
            return false;
        }
        Err(error) => panic!("{error}: {requirement}"),
    }
    true
}
