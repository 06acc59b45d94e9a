//! Evaluator against circuit: a tree walk over the syntax tree, and the rows.

use rand_chacha::ChaCha20Rng;

use super::fixture::{
    DEFAULT, ICD, SCT, below, patient, program, random_record, rng, small_schema, violated, witness,
};
use crate::circuit::Program;
use crate::record::{CodeList, Entry, Record};
use crate::requirement::{Requirement, Truth};
use crate::schema::{CodeSystem, Schema};

const OPS: [&str; 6] = ["<", "<=", "=", "!=", ">=", ">"];

fn pick<'a>(rng: &mut ChaCha20Rng, from: &[&'a str]) -> &'a str {
    from[usize::try_from(below(rng, from.len() as u64)).unwrap()]
}

fn set_of(rng: &mut ChaCha20Rng, list: &str) -> String {
    let (system, pool): (_, &[&str]) =
        if list == "diagnoses" { ("icd10", &ICD) } else { ("sct", &SCT) };
    if list == "diagnoses" && below(rng, 3) == 0 {
        return format!("under \"{}\"", pick(rng, &["E1", "E", "C34", "E11"]));
    }
    let count = 1 + below(rng, 3);
    let codes: Vec<String> = (0..count).map(|_| format!("{system}:{}", pick(rng, pool))).collect();
    format!("{{{}}}", codes.join(", "))
}

fn atom(rng: &mut ChaCha20Rng) -> String {
    let op = pick(rng, &OPS);
    match below(rng, 12) {
        0 => format!("small {op} {} \"1\"", below(rng, 7)),
        1 => {
            let (a, b) = (below(rng, 7), below(rng, 7));
            format!(
                "{} in [{}, {}] \"1\"",
                pick(rng, &["small", "wide_number"]),
                a.min(b),
                a.max(b)
            )
        }
        2 => format!("signed {op} {} \"cm\"", pick(rng, &["-0.3", "-0.1", "0.0", "0.2", "0.4"])),
        3 => format!("wide_number {op} {} \"1\"", below(rng, 10)),
        4 => {
            let (years, date) = (below(rng, 80), pick(rng, &["2013-04-02", "2012-02-29"]));
            let years = if below(rng, 2) == 0 { 40 } else { years };
            format!("age({}) {op} {years} on {date}", pick(rng, &["born", "day"]))
        }
        5 => format!("{} = {}", pick(rng, &["flag", "wide_flag"]), pick(rng, &["true", "false"])),
        6 => format!("color = {}", pick(rng, &["red", "green", "blue"])),
        7 => format!("wide_color in {{{}, {}}}", pick(rng, &["a", "b"]), pick(rng, &["c", "d"])),
        8 => format!("cmp(small + {}, other) {op} 0", pick(rng, &["-2", "-1", "0", "1", "3"])),
        9 => {
            let field = pick(rng, &["small", "born", "diagnoses", "concepts", "flag"]);
            format!("{}({field})", pick(rng, &["present", "missing"]))
        }
        10 => {
            let list = pick(rng, &["diagnoses", "concepts"]);
            format!("{}({list}, {})", pick(rng, &["has", "lacks"]), set_of(rng, list))
        }
        _ => {
            let list = pick(rng, &["diagnoses", "concepts"]);
            format!("count({list}, {}) {op} {}", set_of(rng, list), below(rng, 4))
        }
    }
}

fn expression(rng: &mut ChaCha20Rng, depth: u64) -> String {
    if depth == 0 || below(rng, 4) == 0 {
        return atom(rng);
    }
    let parts = 1 + below(rng, 3);
    let inner: Vec<String> = (0..parts).map(|_| expression(rng, depth - 1)).collect();
    let inner = inner.join(", ");
    match below(rng, 4) {
        0 => format!("all({inner})"),
        1 => format!("any({inner})"),
        2 => format!("not({})", expression(rng, depth - 1)),
        _ => format!("at_least({}, {inner})", 1 + below(rng, parts)),
    }
}

/// Whether the rows accept; a formula that is False has no circuit.
fn accepts(program: &Program, record: Record, seed: u64) -> bool {
    program.formula != crate::requirement::normal::Formula::False
        && violated(program, &witness(record, seed)).is_none()
}

#[test]
fn evaluator_and_rows_agree_on_random_requirements() {
    let rng = &mut rng(41);
    let schema = small_schema();
    let (mut cases, mut met, mut refused) = (0u64, 0u64, 0u64);
    while cases < 2_400 {
        let text = expression(rng, 1 + cases % 3);
        let Ok(requirement) = Requirement::parse(schema, &text) else {
            refused += 1;
            assert!(refused < 2_000, "{text}: {:?}", Requirement::parse(schema, &text));
            continue;
        };
        let program = Program::of(&requirement);
        for _ in 0..4 {
            let record = random_record(rng, schema);
            let expected = requirement.evaluate(&record) == Truth::True;
            assert_eq!(accepts(&program, record, cases), expected, "{text}");
            cases += 1;
            met += u64::from(expected);
        }
    }
    assert!(met > cases / 8 && met < cases * 7 / 8, "{met} of {cases} met");
    assert!(refused < cases / 4, "{refused} refused");
}

/// Every operator, every constant and every interval of a field of seven values; boundaries ± 1.
#[test]
fn t02_comparisons_are_exhaustive_on_a_narrow_field() {
    let schema = small_schema();
    let field = schema.field("small").unwrap();
    let mut entries = vec![None];
    entries.extend((0..7).flat_map(|lo| (lo..7).map(move |hi| Some((lo, hi)))));
    for (shape, op) in OPS.iter().enumerate() {
        for constant in 0..7 {
            let atom = format!("small {op} {constant} \"1\"");
            // Enforced, and as a bit beside one that never holds.
            let optional = format!("any({atom}, missing(flag))");
            let text = if (shape + constant) % 2 == 0 { atom } else { optional };
            let requirement = Requirement::parse(schema, &text).unwrap();
            let program = Program::of(&requirement);
            for entry in &entries {
                let mut record = Record::empty(schema);
                record.set(schema.field("flag").unwrap(), Entry::point(1)).unwrap();
                if let Some((lo, hi)) = *entry {
                    record.set(field, Entry::Interval { lo, hi }).unwrap();
                }
                let expected = requirement.evaluate(&record) == Truth::True;
                assert_eq!(accepts(&program, record, 1), expected, "{text} on {entry:?}");
            }
        }
    }
}

#[test]
fn t06_nothing_is_provable_from_an_absent_field_but_that_it_is_absent() {
    let schema = Schema::clinical_v1();
    let yes = ["missing(glucose)", "missing(conditions_active)"];
    let no = [
        "glucose >= 0 \"mmol/L\"",
        "not(glucose >= 1 \"mmol/L\")",
        "has(conditions_active, {sct:254637007})",
        "lacks(conditions_active, {sct:254637007})",
        "count(conditions_active, {sct:254637007}) = 0",
        "age(birth_date) >= 0 on 2013-04-02",
        "sex = male",
    ];
    for (texts, expected) in [(yes.as_slice(), true), (no.as_slice(), false)] {
        for text in texts {
            assert_eq!(accepts(&program(text), Record::empty(schema), 3), expected, "{text}");
        }
    }
}

/// A claim bit may be lowered, so nothing may negate it: a negation is another literal, and a record
/// of which the literal is true or unknown does not meet it.
#[test]
fn t05_a_negated_one_sided_literal_is_not_its_bit_at_zero() {
    let schema = small_schema();
    let list = schema.field("diagnoses").unwrap();
    let code = CodeSystem::Icd10.encode("E11").unwrap();
    for text in [
        "not(has(diagnoses, {icd10:E11}))",
        "not(lacks(diagnoses, {icd10:E11}))",
        "not(any(has(diagnoses, {icd10:E11}), missing(diagnoses)))",
        "any(not(has(diagnoses, {icd10:E11})), not(present(small)))",
        "not(at_least(1, lacks(diagnoses, {icd10:E11}), lacks(diagnoses, {icd10:I10})))",
    ] {
        let requirement = Requirement::parse(schema, text).unwrap();
        for (codes, complete) in
            [(vec![], true), (vec![], false), (vec![code], true), (vec![code], false)]
        {
            let mut record = Record::empty(schema);
            record.set(schema.field("small").unwrap(), Entry::point(1)).unwrap();
            record.set(list, Entry::Codes(CodeList::new(codes, complete))).unwrap();
            let expected = requirement.evaluate(&record) == Truth::True;
            assert_eq!(accepts(&Program::of(&requirement), record, 6), expected, "{text}");
        }
    }
}

#[test]
fn t07_the_empty_list_lacks_everything_and_has_nothing() {
    let schema = small_schema();
    let list = schema.field("diagnoses").unwrap();
    let cases = [
        ("lacks(diagnoses, under \"E\")", true, true),
        ("lacks(diagnoses, {icd10:I10})", true, true),
        ("count(diagnoses, under \"E\") = 0", true, true),
        ("has(diagnoses, under \"A\")", true, false),
        ("has(diagnoses, under \"Z\")", true, false),
        ("count(diagnoses, under \"Z\") >= 1", true, false),
        ("lacks(diagnoses, under \"E\")", false, false),
        ("count(diagnoses, under \"E\") <= 3", false, false),
    ];
    for (text, complete, expected) in cases {
        let requirement = Requirement::parse(schema, text).unwrap();
        let mut record = Record::empty(schema);
        record.set(list, Entry::Codes(CodeList::new(vec![], complete))).unwrap();
        assert_eq!(accepts(&Program::of(&requirement), record, 5), expected, "{text}");
    }
}

#[test]
fn the_default_requirement_accepts_its_patient_and_no_neighbour() {
    let program = program(DEFAULT);
    let schema = Schema::clinical_v1();
    assert!(accepts(&program, patient(), 1));
    let changes: [(&str, Option<i64>); 4] = [
        ("glucose", Some(609)),
        ("glucose", None),
        ("birth_date", None),
        ("birth_date", Some(30_000)),
    ];
    for (name, value) in changes {
        let mut record = patient();
        let field = schema.field(name).unwrap();
        let encoded = value.map(|value| schema.spec(field).unwrap().encode(value).unwrap());
        record.set(field, encoded.map_or(Entry::Missing, Entry::point)).unwrap();
        assert!(!accepts(&program, record, 1), "{name} {value:?}");
    }
    let mut record = patient();
    let field = schema.field("conditions_active").unwrap();
    record.set(field, Entry::Codes(CodeList::new(vec![44_054_006], true))).unwrap();
    assert!(!accepts(&program, record, 1));
}
