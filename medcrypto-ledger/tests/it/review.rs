//! The contract against who comes first, who asks for too much, and the gaps of the paper.

use medcrypto_ledger::Digest;
use medcrypto_ledger::contract::{Action, Event, Record, Reject, Requirement};

use crate::world::*;

/// A record as somebody else's key vouches for it.
fn vouched(world: &World, issuer: &str, as_of_ms: u64) -> Action {
    let record = Record { issuer: key(issuer), as_of_ms, ..world.record("patient", "record") };
    let signature = attest(&record);
    Action::RegisterRecord(record, signature)
}

fn prove_record(world: &mut World, request: Digest) -> Result<Vec<Event>, Reject> {
    let proof = world.proof("patient", request, "record");
    world.send("patient", Action::Prove(proof))
}

#[test]
fn who_registers_first_under_another_issuer_locks_nobody_out() {
    let mut world = World::new();
    // Any key can vouch for a commitment that it has seen on its way to the chain.
    let squat = vouched(&world, "squatter", 0);
    world.send("squatter", squat.clone()).unwrap();
    let request = world.publish("institution", terms(false));
    assert_eq!(prove_record(&mut world, request), Err(Reject::Issuer));
    world.register("patient", "record");
    assert_eq!(world.send("squatter", squat), Err(Reject::Duplicate));
    let squat = vouched(&world, "second squatter", 0);
    world.send("second squatter", squat).unwrap();
    assert!(prove_record(&mut world, request).is_ok());
    // The sale names the record that it is about, and so its ciphertext.
    let sale = &world.state.sales.0[&(request, key("patient"))];
    assert_eq!((sale.commitment, &sale.issuer), (d("record"), &key("issuer")));
}

#[test]
fn any_fresh_record_of_an_accepted_issuer_serves() {
    let mut world = World::new();
    let mut wide = terms(false);
    wide.issuers.insert(key("clinic"));
    let request = world.publish("institution", wide);
    let sent = |world: &mut World, issuer: &str, as_of_ms| {
        let action = vouched(world, issuer, as_of_ms);
        world.send("patient", action).unwrap();
    };
    assert_eq!(prove_record(&mut world, request), Err(Reject::Commitment));
    sent(&mut world, "stranger", 500);
    assert_eq!(prove_record(&mut world, request), Err(Reject::Issuer));
    sent(&mut world, "clinic", 499);
    assert_eq!(prove_record(&mut world, request), Err(Reject::Stale));
    sent(&mut world, "issuer", 500);
    assert!(prove_record(&mut world, request).is_ok());
    assert_eq!(world.state.sales.0[&(request, key("patient"))].issuer, key("issuer"));
}

#[test]
fn records_of_neighbouring_keys_are_not_taken_for_this_one() {
    let mut world = World::new();
    let request = world.publish("institution", terms(false));
    // The patients before and after this one have registered the same commitment.
    for patient in ["patien", "patienu", "patient2"] {
        world.register(patient, "record");
    }
    world.register("patient", "second record");
    assert_eq!(prove_record(&mut world, request), Err(Reject::Commitment));
}

#[test]
fn terms_have_bounds_so_that_nothing_is_locked_for_ever_or_sold_for_nothing() {
    const YEAR: u64 = 366 * 86_400_000;
    let answer = |change: &dyn Fn(&mut Requirement)| {
        let (mut world, mut terms) = (World::new(), terms(false));
        change(&mut terms);
        world.send("institution", Action::Publish(terms)).map(|_| ())
    };
    type Duration = fn(&mut Requirement) -> &mut u64;
    let durations: [Duration; 4] = [
        |t| &mut t.deadlines.rekey,
        |t| &mut t.deadlines.deliver,
        |t| &mut t.deadlines.dispute,
        |t| &mut t.deadlines.verdict,
    ];
    for duration in durations {
        for lasts in [0, YEAR + 1, u64::MAX] {
            assert_eq!(answer(&|t| *duration(t) = lasts), Err(Reject::Bounds), "{lasts}");
        }
        for lasts in [1, YEAR] {
            assert_eq!(answer(&|t| *duration(t) = lasts), Ok(()), "{lasts}");
        }
    }
    // The world's clock says 1000.
    for until in [1000 + YEAR + 1, u64::MAX] {
        assert_eq!(answer(&|t| t.deadlines.prove_until = until), Err(Reject::Bounds));
    }
    for until in [1000, 1000 + YEAR] {
        assert_eq!(answer(&|t| t.deadlines.prove_until = until), Ok(()));
    }
    assert_eq!(answer(&|t| t.deadlines.prove_until = 999), Err(Reject::Late));
    for (amount, result) in [(0, Err(Reject::Bounds)), (1, Ok(()))] {
        assert_eq!(answer(&|t| t.price = amount), result);
        assert_eq!(answer(&|t| t.bond = amount), result);
    }
}

/// T11: no clock, no order of a hash table, no generator of its own. The crate is `no_std`, so none of
/// these can be named without a dependency that offers it; this names the ones a change might bring.
#[test]
fn t11_nothing_but_the_input_decides() {
    fn sources(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let lib = std::fs::read_to_string(root.join("lib.rs")).unwrap();
    assert!(lib.lines().any(|line| line == "#![no_std]"));
    let banned =
        ["HashMap", "HashSet", "Instant", "SystemTime", "thread_rng", "OsRng", "getrandom"];
    let files = sources(&root);
    assert!(files.len() > 25);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for word in banned {
            assert!(!shipped.contains(word), "{word} in {}", file.display());
        }
        let std = shipped.replace("#[cfg(test)]\nextern crate std;", "");
        assert!(!std.contains("std::") && !std.contains("extern crate std"), "{}", file.display());
    }
}
