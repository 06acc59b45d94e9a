//! One run of `meisami_access`, from the options to the checks.

use std::io::Write;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::attacks::{ATTACKS, Run};
use super::cli::{Options, USAGE, read};
use super::narrate;
use super::ward::{Source, Ward};
use crate::flows::Failure;
use crate::flows::attack::{Attack, Attempt};
use crate::flows::command::Example;
use crate::flows::folder::Folder;
pub(super) use crate::flows::output;
use crate::flows::report::{Report, Table};

/// The program.
pub const EXAMPLE: Example<Options> = Example { name: "meisami_access", usage: USAGE, read, run };

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let Options { record, shared } = options;
    let attack = Attack::asked(&ATTACKS, shared.attack.as_deref())?;
    let mut report = shared.report((EXAMPLE.name, narrate::STEPS), out, err);
    let source = Source::of(&Folder::read(record)?)?;
    let ward = |number| {
        let mut rng = ChaCha20Rng::seed_from_u64(shared.seed);
        rng.set_stream(number);
        Ward::new(source.clone(), shared.faults(), rng)
    };
    let mut first = ward(0)?;
    match attack {
        Some(attack) => {
            attack.announce(&mut report)?;
            strike(attack, &mut first, shared.fast, &mut report)?;
        }
        None => {
            narrate::steps(&mut first, &mut report)?;
            if !shared.fast {
                table(ward, &mut report)?;
            }
        }
    }
    report.trace(&first.network.report().trace.to_string());
    report.close()
}

/// Runs one attack and checks that every attempt ended as it must.
fn strike(
    attack: &Attack<Run>,
    ward: &mut Ward,
    fast: bool,
    report: &mut Report<'_>,
) -> Result<Vec<Attempt>, Failure> {
    ward.enrol()?;
    let attempts = (attack.run.on)(ward, fast)?;
    attempts.iter().for_each(|attempt| attempt.check(report));
    Ok(attempts)
}

/// The paper's Table 3 with what came of each attack here.
fn table(
    ward: impl Fn(u64) -> Result<Ward, Failure>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (number, attack) in (1..).zip(&ATTACKS) {
        let Attack { name, run: Run { bound, .. }, .. } = attack;
        report.progress(&format!("attack {name}")).map_err(output)?;
        let attempts = strike(attack, &mut ward(number)?, true, report)?;
        let stopped = attempts.iter().filter(|attempt| attempt.is_stopped()).count();
        let found = format!("{stopped} of {}", attempts.len());
        rows.push(vec![(*name).to_owned(), found, (*bound).to_owned()]);
    }
    let title =
        "The attacks of the paper's Table 3, each of which it calls resisted, and self-enrolment";
    let columns = vec!["attack", "as they must end", "what holds, and up to where"];
    report.table(Table { title, columns, rows, measured: Vec::new() }).map_err(output)
}
