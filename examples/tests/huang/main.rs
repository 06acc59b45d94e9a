//! The sharing flow as its users meet it: the command line, and the parties as a library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

mod bad_input;
mod command_line;
mod rows;

use std::path::{Path, PathBuf};

use medcrypto_examples::flows::huang::run;

/// What a run printed, and its exit code.
struct Ran {
    code: u8,
    out: String,
    err: String,
}

/// Runs a command line in this process.
fn huang_share(arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run::main(arguments, &mut out, &mut err);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// An empty folder of this name.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// The sample folder.
const FHIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir");

/// A copy of the sample folder, without the list of digests, that a test may spoil.
fn copied(name: &str) -> PathBuf {
    let path = folder(name);
    for entry in std::fs::read_dir(FHIR).unwrap() {
        let file = entry.unwrap().path();
        std::fs::copy(&file, path.join(file.file_name().unwrap())).unwrap();
    }
    path
}
