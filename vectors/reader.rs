//! Reads known-answer files; shared by the tests of every crate through `#[path]`.
//!
//! A test names the kinds of case it knows. It fails on a file of another algorithm, without cases,
//! with a kind it does not know or without one that it does, on an output that differs, is missing
//! or is too many, on another error than the recorded one, and on an input that nobody looked at.
#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::std_instead_of_alloc, clippy::std_instead_of_core, reason = "test code")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::{Map, Value};

/// One case of a file.
pub struct Case {
    pub id: u64,
    pub kind: String,
    comment: String,
    error: Option<String>,
    inputs: Map<String, Value>,
    outputs: Map<String, Value>,
    randomness: Map<String, Value>,
    unread: RefCell<BTreeSet<String>>,
}

/// What a case computed, by name.
pub type Outputs = BTreeMap<&'static str, Vec<u8>>;

/// What an operation gave: its outputs, or the name of its error.
pub type Verdict = Result<Outputs, String>;

/// How a test runs the cases of one kind.
pub type Runner = fn(&Case) -> Verdict;

/// The name of an error, as the files spell it.
pub fn named<E: Debug>(error: E) -> String {
    format!("{error:?}")
}

/// Runs every case of `json`, a file about `algorithm`; returns how many there were.
pub fn run(json: &str, algorithm: &str, runners: &[(&str, Runner)]) -> usize {
    let file: Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(file["schema"], "medcrypto-kat/1");
    assert_eq!(file["algorithm"], algorithm);
    let cases = file["tests"].as_array().expect("cases");
    assert!(!cases.is_empty(), "{algorithm}: no case");
    let mut unseen: BTreeSet<_> = runners.iter().map(|(kind, _)| *kind).collect();
    for case in cases {
        let case = Case::new(case);
        let known = runners.iter().find(|(kind, _)| *kind == case.kind);
        let (kind, runner) = known.unwrap_or_else(|| panic!("{algorithm}: kind {}", case.kind));
        unseen.remove(kind);
        case.check(runner(&case));
    }
    assert!(unseen.is_empty(), "{algorithm}: no case of {unseen:?}");
    cases.len()
}

impl Case {
    fn new(case: &Value) -> Self {
        let object = |name: &str| case[name].as_object().expect("an object").clone();
        let text = |name: &str| case[name].as_str().expect("a string").to_owned();
        let error = case.get("error").map(|error| error.as_str().expect("a string").to_owned());
        let invalid = match case["result"].as_str() {
            Some("valid") => false,
            Some("invalid") => true,
            other => panic!("result {other:?}"),
        };
        assert_eq!(
            invalid,
            error.is_some(),
            "an invalid case names its error, a valid one has none"
        );
        let (inputs, randomness) = (object("inputs"), object("randomness"));
        let unread = inputs.keys().chain(randomness.keys()).cloned().collect();
        let (kind, comment, outputs) = (text("kind"), text("comment"), object("outputs"));
        let id = case["id"].as_u64().expect("a number");
        let unread = RefCell::new(unread);
        Self { id, kind, comment, error, inputs, outputs, randomness, unread }
    }

    /// An input of any shape.
    pub fn input(&self, name: &str) -> &Value {
        self.unread.borrow_mut().remove(name);
        self.inputs.get(name).unwrap_or_else(|| panic!("{}: no input {name}", self.name()))
    }

    /// An input that may be absent.
    pub fn optional(&self, name: &str) -> Option<&Value> {
        self.inputs.contains_key(name).then(|| self.input(name))
    }

    /// An input that is bytes.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.input(name))
    }

    /// An input that is `N` bytes.
    pub fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap_or_else(|_| panic!("{}: {name}", self.name()))
    }

    /// An input that is text.
    pub fn text(&self, name: &str) -> &str {
        self.input(name).as_str().expect("a string")
    }

    /// An input that is a number.
    pub fn number(&self, name: &str) -> u64 {
        self.input(name).as_u64().expect("a number")
    }

    /// An input that is a list.
    pub fn list(&self, name: &str) -> &[Value] {
        self.input(name).as_array().expect("a list")
    }

    /// Whether randomness of this name is recorded.
    pub fn has_random(&self, name: &str) -> bool {
        self.randomness.contains_key(name)
    }

    /// Recorded randomness.
    pub fn random_bytes(&self, name: &str) -> Vec<u8> {
        self.unread.borrow_mut().remove(name);
        let value = self.randomness.get(name);
        unhex(value.unwrap_or_else(|| panic!("{}: no randomness {name}", self.name())))
    }

    /// Recorded randomness of `N` bytes.
    pub fn random<const N: usize>(&self, name: &str) -> [u8; N] {
        let bytes = self.random_bytes(name);
        bytes.try_into().unwrap_or_else(|_| panic!("{}: length of {name}", self.name()))
    }

    fn name(&self) -> String {
        format!("case {} ({}: {})", self.id, self.kind, self.comment)
    }

    fn check(&self, verdict: Verdict) {
        let name = self.name();
        match (verdict, &self.error) {
            (Ok(outputs), None) => self.check_outputs(&outputs),
            (Err(error), Some(expected)) => assert_eq!(&error, expected, "{name}"),
            (Ok(_), Some(expected)) => panic!("{name}: accepted, and not {expected}"),
            (Err(error), None) => panic!("{name}: refused with {error}"),
        }
        let unread = self.unread.borrow();
        assert!(unread.is_empty(), "{name}: nobody looked at {unread:?}");
    }

    fn check_outputs(&self, outputs: &Outputs) {
        let name = self.name();
        for (key, value) in outputs {
            let expected = self.outputs.get(*key);
            let expected = expected.unwrap_or_else(|| panic!("{name}: {key} is not recorded"));
            assert_eq!(hex::encode(value), expected.as_str().expect("hex"), "{name}: {key}");
        }
        assert_eq!(outputs.len(), self.outputs.len(), "{name}: {:?}", self.outputs.keys());
    }
}

/// The bytes of a string of hexadecimal digits.
pub fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("a string")).expect("hex")
}
