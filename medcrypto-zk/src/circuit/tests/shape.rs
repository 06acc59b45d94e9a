//! The rows are the same for every witness.

use super::fixture::{
    DEFAULT, OPTIONAL, inputs, instance, patient, program, random_record, rng, witness,
};
use crate::circuit::{Circuit, Matrices, synthesise};
use crate::error::Error;
use crate::gadget::System;
use crate::record::Record;
use crate::requirement::Requirement;
use crate::schema::Schema;

#[test]
fn t17_the_rows_do_not_depend_on_the_witness() {
    let schema = Schema::clinical_v1();
    let rng = &mut rng(5);
    for text in [DEFAULT, OPTIONAL] {
        let program = program(text);
        let expected = program.matrices().unwrap().digest();
        let random = (0..12).map(|_| random_record(rng, schema));
        let records = [Record::empty(schema), patient()].into_iter().chain(random);
        for (seed, record) in (0..).zip(records) {
            let witness = witness(record, seed);
            let mut system = System::with_rows(&inputs(&program, &witness, seed % 2));
            synthesise(&mut system, &program, &witness);
            let (rows, assignment) = system.finish();
            assert_eq!(Matrices::new(rows, assignment.len()).digest(), expected);
        }
    }
}

#[test]
fn t17_values_alone_give_the_same_assignment() {
    let program = program(DEFAULT);
    let witness = witness(patient(), 1);
    let (_, expected) = instance(&program, &witness);
    let mut system = System::values_only(&inputs(&program, &witness, 1));
    synthesise(&mut system, &program, &witness);
    assert_eq!(system.finish().1, expected);
}

#[test]
fn the_default_circuit_is_frozen() {
    let requirement = Requirement::parse(Schema::clinical_v1(), DEFAULT).unwrap();
    let circuit = Circuit::compile(&requirement).unwrap();
    assert_eq!((circuit.constraints(), circuit.variables()), (4229, 4264));
    assert_eq!(
        hex::encode(circuit.digest()),
        "b1cb26869bd07fbb90170be9d62467196a6b822ccce4a3f7f8f228fce8c95a27"
    );
}

#[test]
fn a_requirement_that_nothing_meets_has_no_circuit() {
    let texts = [
        "all(glucose < 0 \"mmol/L\", present(sex))",
        "all(glucose < 0 \"mmol/L\", glucose > 100 \"mmol/L\")",
    ];
    for text in texts {
        let requirement = Requirement::parse(Schema::clinical_v1(), text).unwrap();
        assert_eq!(requirement.canonical(), "false");
        assert!(matches!(Circuit::compile(&requirement), Err(Error::Unsatisfiable)), "{text}");
    }
}
