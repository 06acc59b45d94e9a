//! Past the interface, for tests that compare one part of the crate with another. Feature `hazmat`.
//!
//! Nothing here belongs into a deployment.

use crate::circuit::{Program, Witness, synthesise};
use crate::commitment::RecordOpening;
use crate::error::Error;
use crate::gadget::System;
use crate::holder::HolderSecret;
use crate::requirement::Requirement;
use crate::statement::Statement;

/// Checks the rows of a requirement's circuit on a witness, without the evaluator that a prover asks
/// first and without keys.
///
/// # Errors
/// [`Error::Unsatisfiable`] and [`Error::TooLarge`] as
/// [`Circuit::compile`](crate::circuit::Circuit::compile), [`Error::WrongRecord`] for another schema,
/// [`Error::Inconsistent`] when a row does not hold.
pub fn check_rows(
    requirement: &Requirement,
    statement: &Statement,
    opening: &RecordOpening,
    secret: &HolderSecret,
) -> Result<(), Error> {
    let program = Program::of(requirement);
    program.check()?;
    if opening.record().schema().digest_wide() != requirement.schema().digest_wide() {
        return Err(Error::WrongRecord);
    }
    let mut system = System::values_only(&statement.inputs());
    synthesise(&mut system, &program, &Witness::new(opening, secret));
    if system.violated().is_some() { Err(Error::Inconsistent) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::check_rows;
    use crate::commitment::RecordOpening;
    use crate::error::Error;
    use crate::field::{ContextDigest, LineageId, PolicyDigest, RequirementDigest};
    use crate::holder::HolderSecret;
    use crate::record::{Entry, Record};
    use crate::requirement::Requirement;
    use crate::schema::Schema;
    use crate::statement::{Kind, Period, Scope, Statement, nullifier};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    /// The rows that `record` meets, or not, under a statement of its own.
    fn rows(text: &str, glucose: Option<u64>) -> Result<(), Error> {
        let (schema, rng) = (Schema::clinical_v1(), &mut ChaCha20Rng::seed_from_u64(1));
        let mut record = Record::empty(schema);
        let entry = glucose.map_or(Entry::Missing, Entry::point);
        record.set(schema.field("glucose").unwrap(), entry).unwrap();
        let (secret, lineage) = (HolderSecret::generate(rng), LineageId::from_id(&[2; 31]));
        let opening = RecordOpening::generate(record, secret.commitment(), lineage, rng);
        let requirement = Requirement::parse(schema, text).unwrap();
        let scope = Scope::new(Kind::PerPerson, b"study", Period::ALWAYS).unwrap();
        let statement = Statement::new(
            opening.commitment(),
            RequirementDigest::of(&requirement),
            ContextDigest::from_bytes(&[0; 32]).unwrap(),
            nullifier(&secret, lineage, &scope),
            &scope,
            PolicyDigest::from_bytes(&[0; 32]).unwrap(),
        );
        check_rows(&requirement, &statement, &opening, &secret)
    }

    #[test]
    fn rows_hold_for_what_meets_the_requirement_and_for_nothing_else() {
        let text = "glucose >= 6.1 \"mmol/L\"";
        assert_eq!(rows(text, Some(610)), Ok(()));
        assert_eq!(rows(text, Some(609)), Err(Error::Inconsistent));
        assert_eq!(rows(text, None), Err(Error::Inconsistent));
        assert_eq!(rows("not(glucose >= 0 \"mmol/L\")", Some(1)), Err(Error::Unsatisfiable));
    }
}
