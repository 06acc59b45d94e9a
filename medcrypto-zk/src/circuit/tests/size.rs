//! The bound on openings of lists.

use crate::circuit::{Circuit, MAX_OPENINGS};
use crate::error::Error;
use crate::requirement::Requirement;
use crate::schema::{CodeSystem, Schema};

/// A set of `n` concept identifiers with valid check digits.
fn set(n: usize) -> String {
    let numbers = (1_000_000_u64..).filter(|number| number / 10 % 100 == 0);
    let codes = numbers.map(|number| number.to_string());
    let codes: Vec<String> = codes
        .filter(|code| CodeSystem::Sct.encode(code).is_ok())
        .take(n)
        .map(|code| format!("sct:{code}"))
        .collect();
    format!("{{{}}}", codes.join(", "))
}

fn compile(text: &str) -> Result<Circuit, Error> {
    Circuit::compile(&Requirement::parse(Schema::clinical_v1(), text).unwrap())
}

#[test]
fn a_requirement_beyond_the_openings_is_refused_before_any_row() {
    let half = MAX_OPENINGS / 2;
    for text in [
        format!("count(procedures, {}) >= 2", set(half + 1)),
        format!("count(procedures, {}) <= 2", set(half + 1)),
        format!("count(procedures, {}) = 2", set(256)),
        format!("lacks(procedures, {})", set(MAX_OPENINGS + 1)),
        format!("any(lacks(procedures, {}), has(medications, {}))", set(MAX_OPENINGS), set(1)),
        format!(
            "at_least(1, count(procedures, {0}) = 2, has(procedures, {0}), present(sex))",
            set(half)
        ),
    ] {
        assert_eq!(compile(&text).map(drop).unwrap_err(), Error::TooLarge);
    }
}

/// At the bound a circuit compiles, and its keys fit their file: per column 96 + 96 + 192 + 96
/// bytes, and 96 for each element of the domain.
#[test]
fn the_largest_circuit_compiles_and_its_key_fits_its_file() {
    let circuit = compile(&format!("count(procedures, {}) >= 2", set(MAX_OPENINGS / 2))).unwrap();
    assert!((150_000..170_000).contains(&circuit.constraints()), "{}", circuit.constraints());
    let domain = (circuit.constraints() + 8).next_power_of_two();
    let queries = circuit.variables() * (3 * 96 + 192) + domain * 96;
    assert!(queries < crate::keys::MAX_QUERIES / 2, "{queries}");
    let many = compile(&format!("has(procedures, {})", set(256))).unwrap();
    assert!(many.constraints() < 10_000);
}
