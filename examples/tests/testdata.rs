//! T37: the data are the published ones, whole and unchanged.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every file stands in the list of digests, with its digest, and the list names no other.
#[test]
fn t37_every_file_has_the_digest_of_the_list() {
    let list = fs::read_to_string(root().join("SHA256SUMS")).unwrap();
    let listed: BTreeSet<(String, String)> = list
        .lines()
        .map(|line| line.split_once("  ").map(|(a, b)| (b.into(), a.into())).unwrap())
        .collect();
    let of = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        (name, hex::encode(Sha256::digest(fs::read(path).unwrap())))
    };
    let about = ["SHA256SUMS", "ATTRIBUTION.md"];
    let found: BTreeSet<_> =
        files(&root()).into_iter().map(of).filter(|(name, _)| !about.contains(&&**name)).collect();
    assert!(found.len() > 30, "{}", found.len());
    assert_eq!(found, listed);
}

/// Figures that the sources state: 212 malignant and 357 benign samples, 108 000 samples of one
/// lead, glucose of 6.3 mmol/L for the patient f001.
#[test]
fn t37_the_data_are_those_of_their_sources() {
    let table = fs::read_to_string(root().join("wdbc/breast_cancer.csv")).unwrap();
    let class = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    let rows: Vec<_> = table.lines().skip(1).map(class).collect();
    let count = |of| rows.iter().filter(|class| *class == of).count();
    assert_eq!((count("0"), count("1"), rows.len()), (212, 357, 569));

    let lead = fs::read(root().join("ecg/mitdb208_mlii.u16le")).unwrap();
    assert_eq!(lead.len() / 2, 108_000);

    let glucose = fs::read(root().join("fhir/Observation-f001.json")).unwrap();
    let glucose: Value = serde_json::from_slice(&glucose).unwrap();
    assert_eq!(glucose["subject"]["reference"], "Patient/f001");
    assert_eq!(glucose["code"]["coding"][0]["code"], "15074-8");
    assert_eq!(glucose["valueQuantity"]["value"].to_string(), "6.3");
    assert_eq!(glucose["valueQuantity"]["code"], "mmol/L");
}
