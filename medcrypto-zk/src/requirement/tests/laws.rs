//! Print and parse, normal form against evaluator, order and repetition.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::arbitrary::{expr, record, schema};
use crate::record::Record;
use crate::requirement::ast::Expr;
use crate::requirement::normal::{Formula, Literal};
use crate::requirement::{Requirement, Truth, json, parse, print};
use crate::schema::{FieldId, Schema};

/// The meaning of a normal form: two-valued, straight from the documentation of its literals.
fn holds(formula: &Formula, record: &Record) -> bool {
    match formula {
        Formula::False => false,
        Formula::Literal(literal) => literal_holds(literal, record),
        Formula::All(parts) => parts.iter().all(|part| holds(part, record)),
        Formula::Any(parts) => parts.iter().any(|part| holds(part, record)),
        Formula::AtLeast(k, parts) => {
            parts.iter().filter(|part| holds(part, record)).count() >= usize::try_from(*k).unwrap()
        }
    }
}

fn literal_holds(literal: &Literal, record: &Record) -> bool {
    let value = |field: &FieldId| record.interval(*field);
    let known = |field: &FieldId, set: &[(u64, u64)]| {
        let codes = record.codes(*field)?.codes();
        let inside = |code: &&u64| set.iter().any(|(lo, hi)| lo <= code && *code <= hi);
        u32::try_from(codes.iter().filter(inside).count()).ok()
    };
    let complete = |field: &FieldId| record.codes(*field).is_some_and(|list| list.is_complete());
    match literal {
        Literal::Present(f) => record.is_present(*f),
        Literal::Missing(f) => !record.is_present(*f),
        Literal::HiAtMost(f, c) => value(f).is_some_and(|(_, hi)| hi <= *c),
        Literal::LoAtLeast(f, c) => value(f).is_some_and(|(lo, _)| lo >= *c),
        Literal::Within(f, a, b) => value(f).is_some_and(|(lo, hi)| *a <= lo && hi <= *b),
        Literal::OneOf(f, values) => value(f).is_some_and(|(lo, _)| values.contains(&lo)),
        Literal::Compare { left, right, offset } => match (value(left), value(right)) {
            (Some((_, hi)), Some((lo, _))) => i64::try_from(hi).unwrap() + offset <= lo as i64,
            _ => false,
        },
        Literal::Has(f, set) => known(f, set).is_some_and(|n| n >= 1),
        Literal::Lacks(f, set) => complete(f) && known(f, set) == Some(0),
        Literal::CountAtLeast(f, set, k) => known(f, set).is_some_and(|n| n >= *k),
        Literal::CountAtMost(f, set, k) => complete(f) && known(f, set).is_some_and(|n| n <= *k),
        Literal::CountEqual(f, set, k) => complete(f) && known(f, set) == Some(*k),
    }
}

fn requirement(expr: Expr) -> Requirement {
    Requirement::new(schema(), expr).unwrap()
}

fn negation(expr: &Expr) -> Requirement {
    requirement(Expr::Not(Box::new(expr.clone())))
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(20_000))]

    /// The normal form holds exactly where the evaluator says True, and that of the negation
    /// exactly where it says False: so the third value is kept too.
    #[test]
    fn normal_form_keeps_the_three_values(expr in expr(), record in record()) {
        let (positive, negative) = (requirement(expr.clone()), negation(&expr));
        let truth = positive.evaluate(&record);
        prop_assert_eq!(holds(positive.normal(), &record), truth == Truth::True, "{}", positive);
        prop_assert_eq!(holds(negative.normal(), &record), truth == Truth::False, "{}", positive);
    }
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn text_and_json_return_the_tree(expr in expr()) {
        let text = print::Printer(schema()).expr(&expr);
        prop_assert_eq!(parse::parse(schema(), &text).unwrap(), expr.clone(), "{}", text);
        let json = json::print(schema(), &expr);
        prop_assert_eq!(json::parse(schema(), &json).unwrap(), expr, "{}", json);
    }

    #[test]
    fn canonical_text_returns_the_normal_form(expr in expr()) {
        let requirement = requirement(expr);
        if *requirement.normal() != Formula::False {
            let again = Requirement::parse(schema(), requirement.canonical()).unwrap();
            prop_assert_eq!(again.normal(), requirement.normal());
            prop_assert_eq!(again.canonical(), requirement.canonical());
        }
    }

    #[test]
    fn order_and_repetition_do_not_change_the_digest(expr in expr(), flip: bool) {
        let shuffled = requirement(shuffle(&expr, flip));
        prop_assert_eq!(shuffled.digest_wide(), requirement(expr).digest_wide());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[ -~\n]{0,80}") {
        for schema in [schema(), Schema::clinical_v1()] {
            let _ = Requirement::parse(schema, &text);
            let _ = Requirement::from_json(schema, &text);
        }
    }

    #[test]
    fn no_mutation_of_a_requirement_makes_the_parser_panic(
        expr in expr(), at: prop::sample::Index, byte: u8, cut: bool,
    ) {
        for text in [print::Printer(schema()).expr(&expr), json::print(schema(), &expr)] {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(if cut { at } else { bytes.len() });
            let text = String::from_utf8_lossy(&bytes);
            // What is accepted prints as something that is accepted again.
            if let Ok(requirement) = Requirement::parse(schema(), &text) {
                prop_assert!(Requirement::parse(schema(), &requirement.to_string()).is_ok());
            }
            let _ = Requirement::from_json(schema(), &text);
        }
    }
}

/// Reverses every group, and repeats the first part of every `all` and `any`.
fn shuffle(expr: &Expr, repeat: bool) -> Expr {
    let parts = |parts: &[Expr], repeat: bool| -> Vec<Expr> {
        let again = parts.iter().take(usize::from(repeat));
        parts.iter().rev().chain(again).map(|part| shuffle(part, repeat)).collect()
    };
    match expr {
        Expr::All(list) => Expr::All(parts(list, repeat)),
        Expr::Any(list) => Expr::Any(parts(list, repeat)),
        Expr::Not(part) => Expr::Not(Box::new(shuffle(part, repeat))),
        Expr::AtLeast(k, list) => Expr::AtLeast(*k, parts(list, false)),
        Expr::Atom(atom) => Expr::Atom(atom.clone()),
    }
}

/// The laws above would be empty if the generators reached one value only.
#[test]
fn the_generators_reach_all_three_values() {
    let mut runner = TestRunner::deterministic();
    let mut seen = [0; 3];
    for _ in 0..2_000 {
        let expr = expr().new_tree(&mut runner).unwrap().current();
        let record = record().new_tree(&mut runner).unwrap().current();
        seen[requirement(expr).evaluate(&record) as usize] += 1;
    }
    assert!(seen.iter().all(|count| *count > 200), "{seen:?}");
}
