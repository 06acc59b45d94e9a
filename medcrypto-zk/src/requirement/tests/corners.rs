//! Single cases: errors and their places, folding, ages, missing values, units.

use super::arbitrary;
use crate::record::{CodeList, Entry, Record};
use crate::requirement::{Position, Requirement, RequirementErrorKind as Kind, Truth};
use crate::schema::{CodeError, Date, FieldId, Schema};

fn clinical(text: &str) -> Requirement {
    Requirement::parse(Schema::clinical_v1(), text).unwrap()
}

fn small(text: &str) -> Requirement {
    Requirement::parse(arbitrary::schema(), text).unwrap()
}

fn field(name: &str) -> FieldId {
    Schema::clinical_v1().field(name).unwrap()
}

fn record(entries: impl IntoIterator<Item = (&'static str, Entry)>) -> Record {
    let mut record = Record::empty(Schema::clinical_v1());
    for (name, entry) in entries {
        record.set(field(name), entry).unwrap();
    }
    record
}

fn born(date: &str) -> Record {
    let day = Date::parse(date).unwrap().day_number();
    record([("birth_date", Entry::point(u64::try_from(day).unwrap()))])
}

#[test]
fn errors_name_the_place_and_the_reason() {
    let cases = [
        ("", 1, 1, Kind::Expected("an expression")),
        ("all()", 1, 1, Kind::EmptyGroup),
        ("any( )", 1, 1, Kind::EmptyGroup),
        ("at_least(1)", 1, 10, Kind::EmptyGroup),
        ("at_least(0, present(sex))", 1, 10, Kind::Threshold),
        ("at_least(2, present(sex))", 1, 10, Kind::Threshold),
        ("all(present(sex),\n  present(gluc))", 2, 11, Kind::UnknownField),
        ("glucose >= 6.1", 1, 15, Kind::Expected("a unit in quotes")),
        ("glucose >= 6.1 \"mg/dL\"", 1, 16, Kind::WrongUnit("mmol/L")),
        ("glucose >= 6.1 \"mmol/l\"", 1, 16, Kind::WrongUnit("mmol/L")),
        ("glucose >= 6.123 \"mmol/L\"", 1, 12, Kind::TooManyDecimals(2)),
        ("heart_rate > 60.0 \"/min\"", 1, 14, Kind::TooManyDecimals(0)),
        ("glucose >= 06 \"mmol/L\"", 1, 12, Kind::Expected("a decimal number")),
        ("at_least(01, present(sex))", 1, 10, Kind::Expected("a whole number")),
        ("age(birth_date) > 018 on 2001-02-28", 1, 19, Kind::Expected("a whole number")),
        ("glucose >= 6. \"mmol/L\"", 1, 12, Kind::Expected("a decimal number")),
        ("glucose >= 9999999999999 \"mmol/L\"", 1, 12, Kind::NumberOutOfRange),
        ("glucose in [2, 1] \"mmol/L\"", 1, 1, Kind::EmptyInterval),
        ("glucose => 1 \"mmol/L\"", 1, 10, Kind::Expected("a decimal number")),
        ("sex = woman", 1, 7, Kind::UnknownName),
        ("sex in {}", 1, 8, Kind::EmptySet),
        ("sex >= male", 1, 5, Kind::Expected("=")),
        ("age(glucose) > 1 on 2000-01-01", 1, 5, Kind::WrongType("a date")),
        ("age(birth_date) > 1 on 2001-02-29", 1, 24, Kind::Date),
        ("age(birth_date) > 151 on 2001-02-28", 1, 19, Kind::NumberOutOfRange),
        ("birth_date > 1 \"d\"", 1, 1, Kind::WrongType("a number, an enum or a boolean")),
        ("has(glucose, {sct:368009})", 1, 5, Kind::WrongType("a list of codes")),
        ("has(procedures, {})", 1, 17, Kind::EmptySet),
        ("has(procedures, {icd10:E11})", 1, 18, Kind::WrongSystem("sct")),
        ("has(procedures, {icd:E11})", 1, 18, Kind::Expected("one of sct:, icd10:, loinc:, atc:")),
        ("has(procedures, {sct:368008})", 1, 18, Kind::Code(CodeError::CheckDigit)),
        ("has(procedures, under \"36\")", 1, 23, Kind::Code(CodeError::NoPrefixes)),
        ("count(procedures, {sct:368009}) >= 0", 1, 36, Kind::CountOutOfRange),
        ("count(procedures, {sct:368009}) < 0", 1, 35, Kind::CountOutOfRange),
        ("count(procedures, {sct:368009}) = 63", 1, 35, Kind::CountOutOfRange),
        ("cmp(systolic + 1, glucose) <= 0", 1, 5, Kind::NotComparable),
        ("cmp(systolic + 1, systolic) <= 0", 1, 5, Kind::NotComparable),
        ("cmp(systolic + 1, diastolic) <= 1", 1, 33, Kind::Expected("0")),
        ("present(sex) present(sex)", 1, 14, Kind::Expected("the end")),
        ("present(s\u{e9}x)", 1, 10, Kind::NotAscii),
        ("present(sex", 1, 12, Kind::Expected(")")),
    ];
    for (text, line, column, kind) in cases {
        let error = Requirement::parse(Schema::clinical_v1(), text).unwrap_err();
        assert_eq!((error.kind, error.position), (kind, Position::Text { line, column }), "{text}");
    }
}

#[test]
fn json_errors_name_the_path() {
    let schema = Schema::clinical_v1();
    let cases = [
        (r#"{"all":[{"present":"sex"},{"present":"x"}]}"#, "$.all[1].present", Kind::UnknownField),
        (r#"{"all":[]}"#, "$.all", Kind::EmptyGroup),
        (
            r#"{"is":{"field":"sex","value":"male","extra":1}}"#,
            "$.is.extra",
            Kind::Expected("no such key"),
        ),
        (r#"{"is":{"field":"sex"}}"#, "$.is", Kind::Expected("value")),
        (r#"{"present":"sex","missing":"sex"}"#, "$", Kind::Expected("an object with one key")),
        (
            r#"{"number":{"field":"glucose","op":">=","value":6.1,"unit":"mmol/L"}}"#,
            "$.number.value",
            Kind::Expected("a string"),
        ),
    ];
    for (text, path, kind) in cases {
        let error = Requirement::from_json(schema, text).unwrap_err();
        assert_eq!((error.kind, error.position), (kind, Position::Json(path.into())), "{text}");
    }
    let quote = Requirement::from_json(schema, r#"{"present":"a\":b"}"#).unwrap_err();
    assert_eq!(quote.kind, Kind::UnknownField);
    let twice = r#"{"all":[{"is":{"field":"sex","value":"male","value":"other"}}]}"#;
    assert_eq!(Requirement::from_json(schema, twice).unwrap_err().kind, Kind::RepeatedKey);
    let error = Requirement::from_json(schema, "{\"all\":\n [").unwrap_err();
    assert_eq!(error.position, Position::Text { line: 2, column: 2 });
}

#[test]
fn canonical_text_and_digest_are_pinned() {
    let requirement = clinical(
        "all(age(birth_date) <= 75 on 2013-04-02, age(birth_date) >= 40 on 2013-04-02,
             glucose >= 6.10 \"mmol/L\", has(conditions_active, {sct:254637007}))",
    );
    assert_eq!(
        requirement.canonical(),
        "all(age(birth_date) < 0 on 1937-04-02, age(birth_date) >= 0 on 1973-04-02, \
         glucose >= 6.1 \"mmol/L\", has(conditions_active, {sct:254637007}))"
    );
    assert_eq!(
        requirement.to_string(),
        "all(age(birth_date) <= 75 on 2013-04-02, age(birth_date) >= 40 on 2013-04-02, \
         glucose >= 6.1 \"mmol/L\", has(conditions_active, {sct:254637007}))"
    );
    assert_eq!(
        hex::encode(requirement.digest_wide()),
        "2b2457f884ae11fcda4d4d7dffaf0bc60421d1be64d19db5a4a0f6010ad0a8ffb32d69db4dd5a1872ef6f991f7c0d9195e02191131227f5957c1012c0707e2a9"
    );
    assert_eq!(
        hex::encode(Schema::clinical_v1().digest_wide()),
        "8c4e11617aaf9e0cc9f77a25ba7d89f706dc0f30d1a4885dd11a9a9d6d86738964c81f188e0964f7b838bf1fcdd69bfcb967175c7d085ef818a70281b569987b"
    );
}

#[test]
fn negation_moves_into_the_atoms() {
    let same =
        |a: &str, b: &str| assert_eq!(clinical(a).canonical(), clinical(b).canonical(), "{a}");
    same("not(heart_rate <= 60 \"/min\")", "heart_rate >= 61 \"/min\"");
    same("not(sex = male)", "sex in {other, female}");
    same("not(present(sex))", "missing(sex)");
    same("not(lacks(procedures, {sct:368009}))", "has(procedures, {sct:368009})");
    same(
        "not(at_least(2, present(sex), present(bmi), missing(bmi)))",
        "at_least(2, missing(sex), missing(bmi), present(bmi))",
    );
    same("not(cmp(systolic + 1, diastolic) <= 0)", "cmp(diastolic + 0, systolic) <= 0");
    same("systolic != 120 \"mm[Hg]\"", "any(systolic < 120 \"mm[Hg]\", systolic > 120 \"mm[Hg]\")");
    same("count(procedures, {sct:368009}) >= 1", "has(procedures, {sct:368009})");
    same("all(all(present(sex), present(bmi)), present(sex))", "all(present(bmi), present(sex))");
}

#[test]
fn atoms_outside_the_bounds_fold() {
    let folds = |text: &str, to: &str| assert_eq!(clinical(text).canonical(), to, "{text}");
    folds("glucose >= 0 \"mmol/L\"", "present(glucose)");
    folds("glucose <= 500 \"mmol/L\"", "present(glucose)");
    folds("glucose > 100 \"mmol/L\"", "false");
    folds("base_excess >= -50 \"mmol/L\"", "present(base_excess)");
    folds("base_excess >= -49.9 \"mmol/L\"", "base_excess >= -49.9 \"mmol/L\"");
    folds("any(glucose < 0 \"mmol/L\", present(sex))", "present(sex)");
    folds("all(glucose < 0 \"mmol/L\", present(sex))", "false");
    folds("glucose in [-5, 7] \"mmol/L\"", "glucose <= 7 \"mmol/L\"");
    folds("not(glucose in [-5, 200] \"mmol/L\")", "false");
    folds("sex in {male, female, other}", "present(sex)");
    folds("cmp(systolic + -400, diastolic) <= 0", "all(present(diastolic), present(systolic))");
    folds("cmp(systolic + 301, diastolic) <= 0", "false");
    for inside in ["cmp(systolic + -399, diastolic) <= 0", "cmp(systolic + 300, diastolic) <= 0"] {
        folds(inside, inside);
    }
    folds("at_least(1, glucose < 0 \"mmol/L\", present(sex))", "at_least(1, present(sex))");
    folds("at_least(2, glucose < 0 \"mmol/L\", present(sex))", "false");
    folds("age(birth_date) >= 150 on 2000-01-01", "false");
    folds("age(birth_date) < 150 on 2000-01-01", "present(birth_date)");
}

#[test]
fn the_fields_of_a_requirement_are_listed_once_in_order() {
    let text = "all(cmp(systolic + 1, diastolic) <= 0, not(glucose > 1 \"mmol/L\"), sex = male,
                    at_least(1, present(sex), age(birth_date) > 1 on 2000-01-01))";
    let names = ["birth_date", "sex", "systolic", "diastolic", "glucose"];
    assert_eq!(clinical(text).fields(), names.map(field));
}

/// Repetition inside `at_least` is a weight, not noise.
#[test]
fn at_least_keeps_repetitions() {
    let once = clinical("at_least(2, present(sex), present(bmi))");
    let twice = clinical("at_least(2, present(sex), present(sex), present(bmi))");
    assert_ne!(once.digest_wide(), twice.digest_wide());
    let record = record([("sex", Entry::point(1))]);
    assert_eq!((once.evaluate(&record), twice.evaluate(&record)), (Truth::False, Truth::True));
    let turned = clinical("at_least(2, present(bmi), present(sex), present(sex))");
    assert_eq!(turned.digest_wide(), twice.digest_wide());
}

#[test]
fn t06_a_missing_value_satisfies_neither_an_atom_nor_its_negation() {
    let empty = Record::empty(Schema::clinical_v1());
    for atom in [
        "age(birth_date) >= 0 on 2013-04-02",
        "age(birth_date) < 18 on 2013-04-02",
        "glucose <= 100 \"mmol/L\"",
        "glucose in [0, 1] \"mmol/L\"",
        "sex = male",
        "sex in {male, female, other}",
        "has(conditions_active, {sct:254637007})",
        "lacks(conditions_active, {sct:254637007})",
        "count(conditions_active, {sct:254637007}) <= 1",
        "cmp(systolic + 0, diastolic) >= 0",
    ] {
        assert_eq!(clinical(atom).evaluate(&empty), Truth::Unknown, "{atom}");
        assert_eq!(clinical(&format!("not({atom})")).evaluate(&empty), Truth::Unknown, "{atom}");
    }
    assert_eq!(clinical("missing(sex)").evaluate(&empty), Truth::True);
    assert_eq!(clinical("present(sex)").evaluate(&empty), Truth::False);
    assert_eq!(clinical("any(sex = male, missing(sex))").evaluate(&empty), Truth::True);
}

#[test]
fn t06_a_partial_list_proves_presence_and_lower_bounds_only() {
    let lists = |complete| {
        let list = CodeList::new(vec![368_009, 254_637_007], complete);
        record([("conditions_active", Entry::Codes(list))])
    };
    let (complete, partial) = (lists(true), lists(false));
    for (text, on_complete, on_partial) in [
        ("has(conditions_active, {sct:368009})", Truth::True, Truth::True),
        ("has(conditions_active, {sct:18099001})", Truth::False, Truth::Unknown),
        ("lacks(conditions_active, {sct:18099001})", Truth::True, Truth::Unknown),
        ("lacks(conditions_active, {sct:368009})", Truth::False, Truth::False),
        ("count(conditions_active, {sct:368009, sct:254637007}) >= 2", Truth::True, Truth::True),
        ("count(conditions_active, {sct:368009, sct:254637007}) = 2", Truth::True, Truth::Unknown),
        ("count(conditions_active, {sct:368009, sct:254637007}) <= 2", Truth::True, Truth::Unknown),
        ("count(conditions_active, {sct:368009, sct:254637007}) <= 1", Truth::False, Truth::False),
        // Repeating a code in a set does not count it twice.
        ("count(conditions_active, {sct:368009, sct:368009}) >= 2", Truth::False, Truth::Unknown),
    ] {
        assert_eq!(clinical(text).evaluate(&complete), on_complete, "{text}");
        assert_eq!(clinical(text).evaluate(&partial), on_partial, "{text}");
    }
}

#[test]
fn t18_an_interval_satisfies_a_bound_only_as_a_whole() {
    // A glucose of "< 5 mmol/L" is [0, 4.99].
    let record = record([("glucose", Entry::Interval { lo: 0, hi: 499 })]);
    for (text, truth) in [
        ("glucose < 5 \"mmol/L\"", Truth::True),
        ("glucose <= 4.98 \"mmol/L\"", Truth::Unknown),
        ("not(glucose <= 4.98 \"mmol/L\")", Truth::Unknown),
        ("glucose >= 5 \"mmol/L\"", Truth::False),
        ("glucose in [0, 4.99] \"mmol/L\"", Truth::True),
        ("glucose in [1, 6] \"mmol/L\"", Truth::Unknown),
        ("glucose != 5 \"mmol/L\"", Truth::True),
        ("glucose = 0 \"mmol/L\"", Truth::Unknown),
    ] {
        assert_eq!(clinical(text).evaluate(&record), truth, "{text}");
    }
}

#[test]
fn t18_ages_turn_on_the_birthday_and_leap_day_births_on_the_first_of_march() {
    for (birth, on, years) in [
        ("1944-11-17", "2013-04-02", 68),
        ("1973-04-02", "2013-04-02", 40),
        ("1973-04-03", "2013-04-02", 39),
        ("2000-02-29", "2023-02-28", 22),
        ("2000-02-29", "2023-03-01", 23),
        ("2000-02-29", "2024-02-29", 24),
        ("2000-02-28", "2024-02-29", 24),
        ("2001-02-28", "2024-02-29", 23),
        ("2001-03-01", "2024-02-29", 22),
        ("1900-03-01", "2000-02-29", 99),
        ("2013-04-02", "2013-04-02", 0),
    ] {
        let record = born(birth);
        let truth = |op: &str, y: i32| {
            let requirement = clinical(&format!("age(birth_date) {op} {y} on {on}"));
            let negated = clinical(&format!("not({requirement})"));
            let (value, inverse) = (requirement.evaluate(&record), negated.evaluate(&record));
            assert_ne!(value, inverse);
            value == Truth::True
        };
        assert!(truth("=", years) && truth(">=", years) && truth("<=", years), "{birth} {on}");
        assert!(!truth(">=", years + 1) && truth("<", years + 1), "{birth} {on}");
        assert!(!truth(">", years) && !truth("!=", years), "{birth} {on}");
    }
    // Not born yet: no age at all, not the age 0.
    let unborn = born("2013-04-03");
    assert_eq!(clinical("age(birth_date) >= 0 on 2013-04-02").evaluate(&unborn), Truth::False);
}

#[test]
fn t18_a_threshold_is_exact_in_the_units_of_its_field() {
    let record = record([("glucose", Entry::point(630))]);
    assert_eq!(clinical("glucose >= 6.3 \"mmol/L\"").evaluate(&record), Truth::True);
    assert_eq!(clinical("glucose = 6.30 \"mmol/L\"").evaluate(&record), Truth::True);
    assert_eq!(clinical("glucose > 6.3 \"mmol/L\"").evaluate(&record), Truth::False);
    assert_eq!(clinical("glucose >= 6.31 \"mmol/L\"").evaluate(&record), Truth::False);
}

#[test]
fn t19_a_requirement_names_terminology_and_schema() {
    assert!(clinical("has(procedures, {sct:368009})").canonical().contains("sct:368009"));
    // ICD-10-CM is no system of the language, and prefixes stay within one.
    assert!(Requirement::parse(arbitrary::schema(), "has(diagnoses, {icd10cm:E11})").is_err());
    let block = small("has(diagnoses, under \"E1\")");
    assert_eq!(block.canonical(), "has(diagnoses, under \"E1\")");
    // A record under another schema answers nothing, even to a field of the same name.
    let requirement = clinical("missing(sex)");
    assert_eq!(requirement.evaluate(&Record::empty(arbitrary::schema())), Truth::Unknown);
}
