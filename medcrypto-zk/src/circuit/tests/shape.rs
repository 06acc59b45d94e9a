//! The rows are the same for every witness.

use super::fixture::{
    DEFAULT, OPTIONAL, inputs, instance, patient, program, random_record, rng, violated, witness,
};
use crate::circuit::{Circuit, Matrices, Program, synthesise};
use crate::error::Error;
use crate::gadget::System;
use crate::gadget::system::INPUTS;
use crate::record::{Entry, Record};
use crate::requirement::Requirement;
use crate::requirement::normal::{Formula, Literal};
use crate::schema::Schema;

#[test]
fn t17_the_rows_do_not_depend_on_the_witness() {
    let schema = Schema::clinical_v1();
    let rng = &mut rng(5);
    for text in [DEFAULT, OPTIONAL] {
        let program = program(text);
        let expected = program.matrices().unwrap().digest();
        let random = (0..40).map(|_| random_record(rng, schema));
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

/// Groth16's domain holds the rows and one element for the constant and each input.
#[test]
fn t20_rows_and_inputs_fit_the_domain() {
    let requirement = Requirement::parse(Schema::clinical_v1(), DEFAULT).unwrap();
    let circuit = Circuit::compile(&requirement).unwrap();
    let size = circuit.constraints() + INPUTS + 1;
    assert!(size <= 1 << 13 && size > 1 << 12, "{size}");
}

/// Which branch of an `any` is met shows in no public input: C and N are salted by the holder.
#[test]
fn t23_the_branch_that_is_met_is_in_no_public_input() {
    assert_eq!(INPUTS, 7);
    let program = program(r#"any(glucose >= 6.1 "mmol/L", systolic >= 140 "mm[Hg]")"#);
    let schema = Schema::clinical_v1();
    let of = |name: &str, value, seed| {
        let mut record = Record::empty(schema);
        record.set(schema.field(name).unwrap(), Entry::point(value)).unwrap();
        let witness = witness(record, seed);
        assert_eq!(violated(&program, &witness), None);
        inputs(&program, &witness, 1)
    };
    let (sugar, pressure) = (of("glucose", 700, 1), of("systolic", 150, 2));
    let differ: Vec<usize> = (0..INPUTS).filter(|i| sugar[*i] != pressure[*i]).collect();
    assert_eq!(differ, [0, 3]);
}

/// A threshold of 0, an empty group and a sentinel in a set would be satisfied by anything.
#[test]
fn t08_vacuous_formulas_have_no_circuit() {
    let schema = Schema::clinical_v1();
    let field = |name| schema.field(name).unwrap();
    let fine = Formula::Literal(Literal::Present(field("glucose")));
    let list = field("conditions_active");
    let last = (1u64 << 60) - 1;
    let vacuous = [
        Formula::False,
        Formula::AtLeast(0, vec![fine.clone(), fine.clone()]),
        Formula::AtLeast(3, vec![fine.clone(), fine.clone()]),
        Formula::All(vec![]),
        Formula::Any(vec![]),
        Formula::All(vec![fine.clone(), Formula::False]),
        Formula::Literal(Literal::Has(list, vec![])),
        Formula::Literal(Literal::Has(list, vec![(0, 5)])),
        Formula::Literal(Literal::Has(list, vec![(5, last)])),
        Formula::Literal(Literal::Lacks(list, vec![(6, 5)])),
        Formula::Literal(Literal::CountAtLeast(list, vec![(1, 5), (5, 6)], 2)),
        Formula::Literal(Literal::Has(field("glucose"), vec![(1, 5)])),
        Formula::Literal(Literal::HiAtMost(field("glucose"), 10_001)),
    ];
    let with = |formula| Program { formula, ..program(DEFAULT) };
    assert!(with(fine).matrices().is_ok());
    for formula in vacuous {
        assert!(with(formula.clone()).matrices().is_err(), "{formula:?}");
    }
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
