//! What the tests of every flow need: its JSON, and empty folders.

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
