//! The parsers of requirements, in text and JSON, of codes and of dates; laws between their forms.

use std::borrow::Cow;
use std::sync::LazyLock;

use medcrypto_zk::field::RequirementDigest;
use medcrypto_zk::requirement::{
    MAX_TEXT, Position, Requirement, RequirementError, RequirementErrorKind,
};
use medcrypto_zk::schema::{CodeSystem, Date, Schema};

use super::seeds;
use super::small::small_schema;
use super::tokens::{edited, edited_json, tokens};
use crate::script::{Script, is_examined};

/// Everything that an accepted requirement promises.
pub(super) fn laws(requirement: &Requirement) {
    let schema = requirement.schema();
    let digest = RequirementDigest::of(requirement);
    let text = requirement.to_string();
    let again = Requirement::parse(schema, &text);
    let json = requirement.to_json();
    // Printing may lengthen a text past the bound; nothing else may go wrong.
    for (form, read) in [(&text, again), (&json, Requirement::from_json(schema, &json))] {
        match read {
            Ok(read) => {
                assert_eq!(read.canonical(), requirement.canonical(), "{form}");
                assert_eq!(read.to_string(), text);
                assert_eq!(read.to_json(), json);
                assert_eq!(RequirementDigest::of(&read), digest);
                assert_eq!(read.fields(), requirement.fields());
            }
            Err(error) => assert!(form.len() > MAX_TEXT, "{error}: {form}"),
        }
    }
    let canonical = requirement.canonical();
    if canonical != "false" {
        let normal = Requirement::parse(schema, canonical).expect("a normal form is a requirement");
        assert_eq!(normal.canonical(), canonical);
        assert_eq!(RequirementDigest::of(&normal), digest);
    }
}

/// The texts of the seeds by their tokens, those of the clinical schema and those of the small one.
type Templates = [Vec<Vec<String>>; 2];

fn templates(seeds: &[Vec<u8>]) -> Templates {
    [0, 1].map(|schema| {
        let own = seeds.iter().filter(|seed| seed[0] == schema);
        own.map(|seed| tokens(&String::from_utf8_lossy(&seed[1..]))).collect()
    })
}

static TEXTS: LazyLock<Templates> = LazyLock::new(|| templates(&seeds::plain_texts()));
static JSONS: LazyLock<Templates> = LazyLock::new(|| templates(&seeds::plain_jsons()));

type Edit = fn(&mut Script<'_>, &[Vec<String>]) -> String;

/// The first byte chooses the schema, and whether the rest is the text (0 and 1) or a script that edits
/// one of the seeds.
fn input<'a>(data: &'a [u8], templates: &Templates, edit: Edit) -> Option<(Schema, Cow<'a, str>)> {
    let (first, rest) = data.split_first()?;
    let which = usize::from(first % 2);
    let schema = if which == 0 { Schema::clinical_v1() } else { small_schema() };
    let text = if *first < 2 {
        Cow::Borrowed(core::str::from_utf8(rest).ok()?)
    } else {
        Cow::Owned(edit(&mut Script::new(rest), &templates[which]))
    };
    Some((schema, text))
}

/// The text form. Reached: an error behind the first word, or none.
pub(super) fn text(data: &[u8]) -> bool {
    let Some((schema, text)) = input(data, &TEXTS, edited) else { return false };
    let parsed = Requirement::parse(schema, &text);
    if let (Ok(requirement), true) = (&parsed, is_examined(data)) {
        laws(requirement);
    }
    parsed.map_or_else(|error| is_behind_the_first_word(&error, &text), |_| true)
}

fn is_behind_the_first_word(error: &RequirementError, text: &str) -> bool {
    match &error.position {
        Position::Text { line, column } => {
            let start = text.len() - text.trim_start().len();
            let place = text.split('\n').take(line - 1).map(|line| line.len() + 1).sum::<usize>();
            let looked = !matches!(
                error.kind,
                RequirementErrorKind::NotAscii | RequirementErrorKind::TooLong
            );
            assert!(place + column - 1 <= text.len(), "{error}");
            looked && place + column - 1 > start
        }
        Position::Json(_) => panic!("a path in a text"),
    }
}

/// The JSON form. Reached: well-formed JSON without repeated keys.
pub(super) fn json(data: &[u8]) -> bool {
    let Some((schema, text)) = input(data, &JSONS, edited_json) else { return false };
    match Requirement::from_json(schema, &text) {
        Ok(requirement) => {
            if is_examined(data) {
                laws(&requirement);
            }
            true
        }
        Err(error) => !matches!(
            error.kind,
            RequirementErrorKind::Json
                | RequirementErrorKind::TooLong
                | RequirementErrorKind::RepeatedKey
        ),
    }
}

/// Codes of every terminology and dates: one text a value, one value a text.
pub(super) fn code(data: &[u8]) -> bool {
    let Some((first, rest)) = data.split_first() else { return false };
    let text = core::str::from_utf8(rest).unwrap_or("");
    let system = CodeSystem::ALL[usize::from(first % 4)];
    if let Ok(encoded) = system.encode(text) {
        assert!(1 <= encoded && encoded <= (1 << system.bits()) - 2);
        let plain = system.decode(encoded).expect("what was encoded is a code");
        assert_eq!(system.encode(&plain), Ok(encoded));
        assert_eq!(plain, text.replace('.', "").to_ascii_uppercase());
    }
    if let Ok((lo, hi)) = system.under(text) {
        assert!(lo <= hi);
        let prefix = system.prefix_of((lo, hi)).expect("an interval of a prefix");
        assert_eq!(system.under(&prefix), Ok((lo, hi)));
    }
    if let Some(date) = Date::parse(text) {
        assert_eq!(Date::from_day_number(date.day_number()), Some(date));
        assert_eq!(date.to_string(), text);
    }
    number(system, rest);
    !text.is_empty()
}

/// The same from the other side: a number that decodes encodes to itself.
fn number(system: CodeSystem, bytes: &[u8]) {
    let number = bytes.iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    if let Some(text) = system.decode(number) {
        assert_eq!(system.encode(&text), Ok(number));
    }
    let day = number as i64;
    if let Some(date) = Date::from_day_number(day) {
        assert_eq!(date.day_number(), day);
        assert_eq!(Date::parse(&date.to_string()), Some(date));
    }
}
