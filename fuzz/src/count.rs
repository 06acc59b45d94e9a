//! How many inputs ran, and how many of them reached the code.
//!
//! Written as `runs,reached` to the file that `MEDCRYPTO_FUZZ_COUNTS` names: at the first run, then
//! every [`INTERVAL`]. libFuzzer ends a process without leaving `main`, so that what ran after
//! the last write is lost; the counts err on the low side.

use std::{
    fs,
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};

use crate::Reached;

const INTERVAL: Duration = Duration::from_millis(200);

struct Counts {
    runs: u64,
    reached: u64,
    written: Option<Instant>,
    path: Option<std::ffi::OsString>,
}

static COUNTS: LazyLock<Mutex<Counts>> = LazyLock::new(|| {
    let path = std::env::var_os("MEDCRYPTO_FUZZ_COUNTS");
    Mutex::new(Counts { runs: 0, reached: 0, written: None, path })
});

/// Counts one run.
pub fn record(reached: Reached) {
    let mut counts = COUNTS.lock().unwrap();
    counts.runs += 1;
    counts.reached += u64::from(reached == Reached::Yes);
    let Some(path) = &counts.path else { return };
    if counts.written.is_some_and(|written| written.elapsed() < INTERVAL) {
        return;
    }
    fs::write(path, format!("{},{}\n", counts.runs, counts.reached)).unwrap();
    counts.written = Some(Instant::now());
}
