//! What must hold of every flow, and what its tests need.

use std::path::{Path, PathBuf};

use medcrypto_examples::flows::command::Example;
use serde_json::Value;

use crate::command::Ran;

/// The JSON of a run that ends well, without the times.
pub(crate) fn json<O>(example: &Example<O>, arguments: &[&str]) -> Value {
    let ran = Ran::of(example, &[arguments, &["--json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let mut value: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(value["schema"], "medcrypto.example.v1");
    assert_eq!(value["example"], example.name);
    without_times(&mut value);
    value
}

/// The same seed gives the same JSON, of so many steps, and another seed another trace. Both JSONs.
pub(crate) fn two_seeds<O>(example: &Example<O>, options: &[&str], steps: usize) -> [Value; 2] {
    let seeded = |seed| {
        let value = json(example, &[options, &["--seed", seed]].concat());
        assert_eq!(value["steps"].as_array().unwrap().len(), steps);
        value
    };
    let [first, again, other] = ["7", "7", "8"].map(seeded);
    assert_eq!(first, again);
    assert_ne!(first["trace"], other["trace"]);
    [first, other]
}

/// How many checks a run has made, all of which hold.
pub(crate) fn checks(ran: &Ran) -> u32 {
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let last = ran.out.lines().last().unwrap();
    let (passed, total) = last.strip_prefix("CHECKS ").unwrap().split_once('/').unwrap();
    assert_eq!(passed, total, "{}", ran.out);
    total.parse().unwrap()
}

/// Every attack of the list, which is that of the flow, is stopped for its reason; how many attempts each
/// makes.
pub(crate) fn attempts<O>(
    example: &Example<O>,
    names: impl Iterator<Item = &'static str>,
) -> Vec<u32> {
    let listed = Ran::of(example, &["--list-attacks"]);
    let names: Vec<_> = names.collect();
    assert_eq!(listed.out.lines().collect::<Vec<_>>(), names);
    let attack = |name| checks(&Ran::of(example, &["--fast", "--attack", name]));
    names.into_iter().map(attack).collect()
}

/// Every member but those named `ms`.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("ms");
            members.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

/// An empty folder of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}
