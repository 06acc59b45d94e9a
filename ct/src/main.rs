//! Runs one operation on secrets under valgrind's memcheck, which reports each branch and each
//! address that depends on a secret. `scripts/ct` runs them all and judges.
//!
//! ```text
//! ctgrind list          the names, with what is expected: clean, explained, leaky
//! ctgrind NAME          runs one; exits with 2 when not on valgrind
//! ```
//!
//! A *clean* probe has no context but those of `ct.supp`. A *leaky* one is a control: it must be
//! flagged. An *explained* one runs in a dependency with branches of its own: each context matches a
//! line of `explained.tsv`, and the report gives their number.

mod probes;
mod secret;
mod valgrind;

use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    if name == "list" {
        probes::all().iter().for_each(|probe| println!("{}\t{}", probe.name, probe.expected));
        return ExitCode::SUCCESS;
    }
    if !valgrind::is_running() {
        eprintln!("ctgrind: not on valgrind, so nothing would be seen");
        return ExitCode::from(2);
    }
    let Some(probe) = probes::all().into_iter().find(|probe| probe.name == name) else {
        eprintln!("ctgrind: no probe {name:?}");
        return ExitCode::from(2);
    };
    if !medcrypto_core::install(secret::on_declassify) {
        return ExitCode::from(2);
    }
    (probe.run)();
    secret::report_declassified();
    ExitCode::SUCCESS
}
