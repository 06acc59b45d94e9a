//! The seeds: what the generators make, what they reach, and that no target finds fault with them.
//!
//! `MEDCRYPTO_WRITE_SEEDS=1 cargo test --test replay` writes seeds, dictionaries and `wanted.csv`.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use medcrypto_fuzz::{Reached, Target, targets};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn writing() -> bool {
    std::env::var_os("MEDCRYPTO_WRITE_SEEDS").is_some()
}

/// The commit since which executions count, by target: a column of `wanted.csv` that is written by hand.
fn since() -> BTreeMap<String, String> {
    let table = fs::read_to_string(root().join("wanted.csv")).unwrap_or_default();
    let row = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        Some((String::from(*cells.first()?), String::from(*cells.get(4)?)))
    };
    table.lines().skip(1).filter_map(row).collect()
}

/// What stands in the repository for all targets, by path.
fn expected() -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut wanted = String::from("target,class,wanted,max_len,since\n");
    let since = since();
    for target in targets() {
        let Target { name, class, max_len, .. } = target;
        let since = since.get(*name).map_or("", String::as_str);
        assert!(since.bytes().all(|digit| digit.is_ascii_hexdigit()), "{name}: no commit: {since}");
        writeln!(wanted, "{name},{},{},{max_len},{since}", class.name(), class.wanted()).unwrap();
        for (i, seed) in (target.seeds)().into_iter().enumerate() {
            files.insert(PathBuf::from(format!("seeds/{name}/{i:02}")), seed);
        }
        if !target.dict.is_empty() {
            files.insert(PathBuf::from(format!("dict/{name}.dict")), dictionary(target.dict));
        }
    }
    files.insert(PathBuf::from("wanted.csv"), wanted.into_bytes());
    files
}

fn dictionary(tokens: &[&[u8]]) -> Vec<u8> {
    let escaped =
        |token: &&[u8]| token.iter().fold(String::new(), |s, b| s + &format!("\\x{b:02x}"));
    tokens.iter().map(|token| format!("\"{}\"\n", escaped(token))).collect::<String>().into_bytes()
}

#[test]
fn seeds_and_dictionaries_are_what_the_generators_make() {
    let expected = expected();
    for (path, bytes) in &expected {
        let path = root().join(path);
        if writing() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
        }
        assert!(fs::read(&path).is_ok_and(|found| found == *bytes), "{}", path.display());
    }
    assert!(expected.values().map(Vec::len).sum::<usize>() < 2_000_000);
}

#[test]
fn nothing_stands_in_the_folders_that_no_target_made() {
    let expected = expected();
    let folders = fs::read_dir(root().join("seeds")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = folders
        .chain([root().join("dict")])
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .collect();
    for file in files {
        let path = file.unwrap().path();
        let relative = path.strip_prefix(root()).unwrap();
        // Findings that were mended stay beside the seeds.
        let regression = path.file_name().unwrap().to_string_lossy().starts_with("finding-");
        assert!(regression || expected.contains_key(relative), "{}", relative.display());
    }
}

#[test]
fn every_target_has_a_stub_and_every_stub_a_target() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let bins: Vec<_> =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/")).collect();
    // And the one that runs any.
    assert_eq!(bins.len(), targets().count() + 1);
    for target in targets() {
        let name = target.name;
        assert!(bins.contains(&format!("{name}.rs\"").as_str()), "{name}");
        let stub = fs::read_to_string(root().join(format!("targets/{name}.rs"))).unwrap();
        let (module, rest) = name.split_once('_').unwrap();
        let path = format!("medcrypto_fuzz::{module}::{}", rest.to_uppercase());
        assert!(stub.contains(&format!("{path} as TARGET;")), "{name} runs {path}");
    }
}

/// libFuzzer cuts what is longer, and then it is another input.
#[test]
fn every_committed_seed_fits_its_target() {
    let mut long = Vec::new();
    for Target { name, max_len, .. } in targets() {
        for file in fs::read_dir(root().join("seeds").join(name)).unwrap() {
            let path = file.unwrap().path();
            let len = fs::metadata(&path).unwrap().len();
            if len > u64::try_from(*max_len).unwrap() {
                long.push(format!("{}: {len} > {max_len}", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_seed_runs_and_the_first_of_a_target_reaches_its_code() {
    let faults = |target: &&Target| {
        let reached: Vec<_> = (target.seeds)().iter().map(|seed| (target.run)(seed)).collect();
        reached.first() != Some(&Reached::Yes) || (target.run)(&[]) != Reached::No
    };
    let wrong: Vec<_> = targets().filter(faults).map(|target| target.name).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn findings_that_were_mended_stay_mended() {
    for target in targets() {
        let folder = root().join("seeds").join(target.name);
        for file in fs::read_dir(folder).unwrap() {
            (target.run)(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}
