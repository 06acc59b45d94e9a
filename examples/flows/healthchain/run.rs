//! One run of `healthchain_iot`, from the options to the checks.

use std::io::Write;

use super::attacks::{ATTACKS, Run};
use super::cli::{Options, USAGE, read};
use super::clinic::Clinic;
use super::data::Source;
use super::{narrate, tables};
use crate::flows::Failure;
use crate::flows::attack::Attack;
use crate::flows::command::Example;
pub(super) use crate::flows::output;
use crate::flows::report::Report;

/// The program.
pub const EXAMPLE: Example<Options> = Example { name: "healthchain_iot", usage: USAGE, read, run };

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let Options { data, out: figures, shared } = options;
    let attack = Attack::asked(&ATTACKS, shared.attack.as_deref())?;
    let mut report = shared.report((EXAMPLE.name, narrate::STEPS), out, err);
    let mut clinic = Clinic::new(Source::read(data)?, shared.faults(), shared.seed)?;
    match attack {
        Some(attack) => strike(attack, &mut clinic, &mut report)?,
        None => {
            let done = narrate::steps(&mut clinic, &mut report)?;
            if !shared.fast {
                tables::all(&mut clinic, &done, figures.as_deref(), &mut report)?;
            }
        }
    }
    report.trace(&clinic.docchain.report().trace.to_string());
    report.close()
}

/// Runs one attack and checks that every attempt ended as it must.
fn strike(
    attack: &Attack<Run>,
    clinic: &mut Clinic,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    attack.announce(report)?;
    narrate::until_revoked(clinic, report)?;
    clinic.settle()?;
    (attack.run)(clinic)?.iter().for_each(|attempt| attempt.check(report));
    Ok(())
}
