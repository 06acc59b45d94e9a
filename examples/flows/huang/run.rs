//! One run of `huang_share`, from the options to the checks.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use medcrypto_ledger::codec;
use medcrypto_ledger::contract::Stage;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup::single_party;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::artefacts::Artefacts;
use super::attacks::{ATTACKS, Run};
use super::cli::{DEFAULT_REQUIREMENT, Options, USAGE, read};
use super::exchange::Exchange;
use super::folder::{Folder, read_file};
use super::network::fault_warning;
use super::report::Report;
use super::source::Source;
use super::{Failure, narrate, output, study};
use crate::flows::attack::Attack;
use crate::flows::command::Example;

/// The program.
pub const EXAMPLE: Example<Options> = Example { name: "huang_share", usage: USAGE, read, run };

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let shared = &options.shared;
    let attack = Attack::asked(&ATTACKS, shared.attack.as_deref())?;
    let mut report = shared.report((EXAMPLE.name, 9), out, err);
    let requirement = requirement(options.require.as_deref())?;
    let folder = Folder::read(&options.record)?;
    let (source, record) =
        Source::read(&folder, options.patient.as_deref(), &requirement.fields())?;
    // Nothing is set up, written or posted for a record that does not meet the requirement.
    if requirement.evaluate(&record) != medcrypto_zk::requirement::Truth::True {
        let patient = source.patient();
        return Err(Failure::Unmet(format!("patient {patient} does not meet the requirement")));
    }
    narrate::opening(&mut report, &requirement, &source).map_err(output)?;
    let artefacts = options.out.as_deref().map(Artefacts::open).transpose()?;
    let mut setup_rng = stream(shared.seed, 1);
    let (key, setup_s) =
        proving_key(&requirement, artefacts.as_ref(), &mut report, &mut setup_rng)?;
    let rng = stream(shared.seed, 2);
    let mut exchange = Exchange::prepare(key, &source, record, shared.faults(), rng)?;
    let warning = fault_warning(exchange.network.replicas());
    warning.map_or(Ok(()), |warning| report.line(&warning)).map_err(output)?;
    match attack {
        Some(attack) => strike(attack, &mut exchange, &source, &mut report)?,
        None => share(&mut exchange, options, artefacts.as_ref(), setup_s, &mut report)?,
    }
    report.trace(&exchange.network.report().trace.to_string());
    report.close()
}

/// One of the seed's streams: setup and exchange do not share one, so that a run with the key of an
/// earlier run is otherwise the same.
fn stream(seed: u64, number: u64) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(number);
    rng
}

/// The requirement from a file, from text, or the default.
fn requirement(given: Option<&OsStr>) -> Result<Requirement, Failure> {
    let schema = Schema::clinical_v1();
    let named = given.map(Path::new);
    let file = named.filter(|path| path.is_file());
    let text = match (file, given) {
        (Some(path), _) => String::from_utf8(read_file(path)?)
            .map_err(|_| Failure::Usage(format!("{}: not UTF-8 text", path.display())))?,
        (None, Some(text)) => text.to_string_lossy().into_owned(),
        (None, None) => DEFAULT_REQUIREMENT.to_owned(),
    };
    // What does not parse and looks like a path was perhaps meant as one.
    let like_path =
        named.filter(|path| path.components().count() > 1 || path.extension().is_some());
    let place = match (file, like_path) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(path)) => format!("no file {}; as a requirement", path.display()),
        (None, None) => "requirement".to_owned(),
    };
    let parsed = if text.trim_start().starts_with('{') {
        Requirement::from_json(schema, &text)
    } else {
        Requirement::parse(schema, text.trim_end())
    };
    parsed.map_err(|error| Failure::Usage(format!("{place}: {error}")))
}

/// The key of an earlier run for the same circuit, or a new one; and the seconds it took.
fn proving_key(
    requirement: &Requirement,
    artefacts: Option<&Artefacts>,
    report: &mut Report<'_>,
    rng: &mut ChaCha20Rng,
) -> Result<(ProvingKey, f64), Failure> {
    let circuit = Circuit::compile(requirement)
        .map_err(|error| Failure::Usage(format!("requirement: {error}")))?;
    let earlier = artefacts.map(|artefacts| artefacts.check(&circuit)).transpose()?;
    let started = Instant::now();
    let key = match artefacts.filter(|_| earlier == Some(true)) {
        Some(artefacts) => artefacts.proving_key(circuit)?,
        None => {
            let line = format!("setup of the proving key, {} constraints", circuit.constraints());
            report.progress(&line).map_err(output)?;
            let label = Provenance::single_party("institution-1", study::GENESIS_MS);
            label
                .and_then(|label| single_party(circuit, label, rng))
                .map_err(|error| Failure::Check(format!("setup: {error}")))?
        }
    };
    Ok((key, started.elapsed().as_secs_f64()))
}

/// Runs one attack and checks that every attempt was stopped as it must be.
fn strike(
    attack: &Attack<Run>,
    exchange: &mut Exchange,
    source: &Source,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    attack.announce(report)?;
    report.progress("running the honest steps up to the attack").map_err(output)?;
    (attack.run)(exchange, source)?.iter().for_each(|attempt| attempt.check(report));
    Ok(())
}

/// Runs the nine steps and checks what must hold afterwards.
fn share(
    exchange: &mut Exchange,
    options: &Options,
    artefacts: Option<&Artefacts>,
    setup_s: f64,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let done = narrate::nine_steps(exchange, report)?;
    let blocks: Vec<_> = exchange.network.chain().iter().map(codec::encode).collect();
    let audited = exchange.audit(&blocks);
    report.check("a stranger verifies the chain from genesis", audited.is_ok());
    let patient = exchange.patient.signer.public_key();
    let settled = audited.is_ok_and(|(_, state)| {
        let sale = state.sales.0.get(&(done.published.request, patient.clone()));
        let paid = state.balances.0.get(&patient) == Some(&study::PRICE);
        sale.is_some_and(|sale| sale.stage == Stage::Settled) && paid
    });
    report.check("the sale is settled and the patient is paid", settled);
    report.check("no block holds a run of 16 bytes of the record", !done.leaks(exchange, &blocks));
    if let Some(artefacts) = artefacts.filter(|_| report.all_passed()) {
        artefacts.write(&done.finished(exchange))?;
    }
    if !options.shared.fast {
        report.table(super::paper::table(&done.measured(exchange, setup_s))).map_err(output)?;
    }
    Ok(())
}
