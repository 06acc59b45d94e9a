//! `docs/requirement-language.md` says what the code does.

use std::fs;

use crate::requirement::Requirement;
use crate::requirement::tests::arbitrary;
use crate::schema::{CodeSystem, Location, Schema, SlotSpec, SlotType};

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/requirement-language.md");
    fs::read_to_string(path).unwrap()
}

fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    page.split(fence.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn every_example_parses_and_returns() {
    let (page, schema) = (page(), Schema::clinical_v1());
    let examples = blocks(&page, "requirement");
    assert!(examples.len() >= 4);
    for text in examples {
        let requirement = Requirement::parse(schema, text).unwrap();
        let again = Requirement::from_json(schema, &requirement.to_json()).unwrap();
        assert_eq!(again.to_string(), requirement.to_string());
    }
    let json = blocks(&page, "json");
    assert_eq!(json.len(), 1);
    let requirement = Requirement::from_json(schema, json[0]).unwrap();
    let text = Requirement::parse(schema, &requirement.to_string()).unwrap();
    assert_eq!(text.to_json(), requirement.to_json());
}

#[test]
fn every_error_reads_as_the_page_says() {
    let page = page();
    let table = page.split("| Input | Error |").nth(1).unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() >= 8);
    for row in rows {
        let (input, error) = row[3..].split_once("` | ").unwrap();
        let refused = Requirement::parse(Schema::clinical_v1(), input).unwrap_err();
        assert_eq!(refused.to_string(), error.trim_end_matches(" |"), "{input}");
    }
}

#[test]
fn the_table_is_the_schema() {
    let page = page();
    let rows: Vec<_> = page.lines().filter(|line| is_slot_row(line)).collect();
    let expected: Vec<_> = Schema::clinical_v1().fields().iter().map(row).collect();
    assert_eq!(rows, expected);
}

fn is_slot_row(line: &str) -> bool {
    let cell = line.strip_prefix("| ").and_then(|rest| rest.split(" |").next());
    cell.is_some_and(|cell| cell.starts_with("wide ") || cell.parse::<u16>().is_ok())
}

fn row(spec: &SlotSpec) -> String {
    let place = match spec.location {
        Location::Wide(index) => format!("wide {index}"),
        Location::Leaf(slot) => slot.0.to_string(),
    };
    let number = |scaled: i64| {
        let text = format!("{:.*}", usize::from(spec.decimals), scaled as f64 / scale(spec));
        let is_fraction = text.contains('.');
        if is_fraction { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
    };
    let bounds = match spec.kind {
        SlotType::Enum => spec.names.join(", "),
        SlotType::Date => String::new(),
        SlotType::Codes60 => "SNOMED CT".into(),
        _ => format!("{}–{}", number(spec.min), number(spec.max)),
    };
    assert!(spec.system.is_none_or(|system| system == CodeSystem::Sct));
    let sources = spec.sources.join(", ").replace('|', "\\|");
    let cell = |text: &str| if text.is_empty() { String::new() } else { format!("{text} ") };
    format!(
        "| {place} | {} | {sources} | {}| {}| {} |",
        spec.name,
        cell(spec.unit),
        cell(&bounds),
        spec.decimals
    )
}

fn scale(spec: &SlotSpec) -> f64 {
    10_f64.powi(i32::from(spec.decimals))
}

/// The small schema of the other tests has every type that the page's grammar names.
#[test]
fn prefixes_work_where_a_schema_has_them() {
    let text = "all(has(diagnoses, under \"E11\"), smoker = false)";
    assert_eq!(Requirement::parse(arbitrary::schema(), text).unwrap().to_string(), text);
}
