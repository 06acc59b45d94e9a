//! Limits of the text, of the normal form and of the numbers.

use crate::record::Record;
use crate::requirement::{
    MAX_DEPTH, MAX_NODES, Position, Requirement, RequirementErrorKind as Kind, Truth,
};
use crate::schema::{Schema, SlotType};

#[test]
fn depth_and_size_are_bounded() {
    let schema = Schema::clinical_v1();
    let nested =
        |depth: usize| format!("{}present(sex){}", "not(".repeat(depth - 1), ")".repeat(depth - 1));
    assert!(Requirement::parse(schema, &nested(MAX_DEPTH)).is_ok());
    let error = Requirement::parse(schema, &nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!(error.kind, Kind::TooDeep);
    assert_eq!(Requirement::parse(schema, &nested(10_000)).unwrap_err().kind, Kind::TooDeep);

    let wide = |nodes: usize| format!("all({})", vec!["present(sex)"; nodes - 1].join(","));
    assert!(Requirement::parse(schema, &wide(MAX_NODES)).is_ok());
    let error = Requirement::parse(schema, &wide(MAX_NODES + 1)).unwrap_err();
    assert_eq!(error.kind, Kind::TooManyNodes);

    let long = " ".repeat(1 << 17);
    assert_eq!(Requirement::parse(schema, &long).unwrap_err().kind, Kind::TooLong);
    let set = |n: usize| format!("has(procedures, {{{}}})", vec!["sct:368009"; n].join(","));
    assert!(Requirement::parse(schema, &set(256)).is_ok());
    assert_eq!(Requirement::parse(schema, &set(257)).unwrap_err().kind, Kind::SetTooLarge);
}

/// What is accepted has a canonical text that is accepted too.
#[test]
fn a_normal_form_beyond_the_limits_is_refused() {
    let schema = Schema::clinical_v1();
    // One node each as written; three each in the normal form.
    let unequal = |n: i32| {
        let atoms: Vec<_> = (1..=n).map(|i| format!("systolic != {i} \"mm[Hg]\"")).collect();
        format!("all({})", atoms.join(", "))
    };
    let deep = |depth: usize| {
        let open = ["all(present(sex), ", "any(missing(sex), "].into_iter().cycle();
        let open: String = open.take(depth - 1).collect();
        format!("{open}systolic != 120 \"mm[Hg]\"{}", ")".repeat(depth - 1))
    };
    let at_eight = format!("any(missing(bmi), {})", deep(MAX_DEPTH - 1));
    // An `any` takes the two bounds of `!=` up, an `all` does not.
    for good in [unequal(85), at_eight, "count(procedures, {sct:368009}) > 62".into()] {
        let requirement = Requirement::parse(schema, &good).unwrap();
        let again = Requirement::parse(schema, requirement.canonical()).unwrap();
        assert_eq!(again.canonical(), requirement.canonical());
    }
    let start = Position::Text { line: 1, column: 1 };
    for bad in [unequal(200), unequal(86), deep(MAX_DEPTH)] {
        let error = Requirement::parse(schema, &bad).unwrap_err();
        assert_eq!((error.kind, error.position), (Kind::NormalForm, start.clone()), "{bad}");
    }
    let atom = r#"{"number":{"field":"systolic","op":"!=","value":"1","unit":"mm[Hg]"}}"#;
    let json = format!("{{\"at_least\":{{\"k\":1,\"of\":[{}]}}}}", [atom; 100].join(","));
    let error = Requirement::from_json(schema, &json).unwrap_err();
    assert_eq!((error.kind, error.position), (Kind::NormalForm, Position::Json("$".into())));
}

/// Constants and bounds at their limits neither overflow nor wrap.
#[test]
fn the_widest_schema_and_the_widest_constants_do_not_overflow() {
    let mut low = Schema::clinical_v1().fields()[8];
    (low.min, low.max, low.decimals) = (1 - (1 << 60), -1, 9);
    low.kind = SlotType::Decimal;
    let mut high = Schema::clinical_v1().fields()[7];
    (high.min, high.max, high.decimals, high.kind) = (1, (1 << 60) - 1, 9, low.kind);
    let schema = Schema::new(1, Box::leak(Box::new([low, high]))).unwrap();
    let wide = "999999999.999999999";
    for op in ["<", "<=", "=", "!=", ">=", ">"] {
        for sign in ["", "-"] {
            for (a, b) in [(low.name, high.name), (high.name, low.name)] {
                for text in [
                    format!("{a} {op} {sign}{wide} \"mm[Hg]\""),
                    format!("cmp({a} + {sign}{wide}, {b}) {op} 0"),
                    format!("not(cmp({a} + {sign}{wide}, {b}) {op} 0)"),
                ] {
                    let requirement = Requirement::parse(schema, &text).unwrap();
                    let value = requirement.evaluate(&Record::empty(schema));
                    assert_eq!(value, Truth::Unknown, "{text}");
                }
            }
        }
    }
}
