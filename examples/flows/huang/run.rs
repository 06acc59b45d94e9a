//! One run of `huang_share`, from the command line to the exit code.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use medcrypto_ledger::codec;
use medcrypto_ledger::contract::Stage;
use medcrypto_ledger::sim::Faults;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup::single_party;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::artefacts::Artefacts;
use super::cli::{Command, DEFAULT_REQUIREMENT, Options, USAGE, parse};
use super::exchange::Exchange;
use super::folder::{Folder, read_file};
use super::network::fault_warning;
use super::report::Report;
use super::source::Source;
use super::{Failure, attacks, narrate, study};

/// What a network does to messages in a full run: one in twenty is lost, one in twenty arrives twice,
/// and all overtake each other.
const ROUGH: Faults =
    Faults { link_spread: 20, delay_min: 5, delay_max: 80, loss: 50, duplicate: 50, garble: 0 };

/// Runs a command line and returns the exit code. Results go to `out`, progress and the one message
/// of a failure to `err`.
pub fn main<I>(arguments: I, out: &mut dyn Write, err: &mut dyn Write) -> u8
where
    I: IntoIterator<Item: Into<OsString>>,
{
    let ended = parse(arguments).and_then(|command| perform(command, out, err));
    let Err(failure) = ended else { return 0 };
    // Where the message cannot be written there is nobody to read it.
    let _ = writeln!(err, "huang_share: {failure}");
    failure.code()
}

fn perform(command: Command, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    match command {
        Command::Help => out.write_all(USAGE.as_bytes()).map_err(output),
        Command::ListAttacks => {
            attacks::names().try_for_each(|name| writeln!(out, "{name}")).map_err(output)
        }
        Command::Run(options) => run(&options, out, err),
    }
}

fn run(options: &Options, out: &mut dyn Write, err: &mut dyn Write) -> Result<(), Failure> {
    let unknown = options.attack.as_deref().filter(|name| attacks::about(name).is_none());
    if let Some(name) = unknown {
        return Err(Failure::Usage(format!("no attack named {name}; see --list-attacks")));
    }
    let mut report = Report::new(("huang_share", 9), out, err, options.json, options.seed);
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
    let mut setup_rng = stream(options.seed, 1);
    let (key, setup_s) =
        proving_key(&requirement, artefacts.as_ref(), &mut report, &mut setup_rng)?;
    let faults = if options.fast { Faults::NONE } else { ROUGH };
    let mut exchange = Exchange::prepare(key, &source, record, faults, stream(options.seed, 2))?;
    let warning = fault_warning(exchange.network.replicas());
    warning.map_or(Ok(()), |warning| report.line(&warning)).map_err(output)?;
    match options.attack.as_deref() {
        Some(name) => attack(name, &mut exchange, &source, &mut report)?,
        None => share(&mut exchange, options, artefacts.as_ref(), setup_s, &mut report)?,
    }
    report.trace(&exchange.network.report().trace.to_string());
    let checks = report.finish().map_err(output)?;
    checks.map_err(|failed| Failure::Check(format!("failed: {}", failed.join("; "))))
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
fn attack(
    name: &str,
    exchange: &mut Exchange,
    source: &Source,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let about = attacks::about(name).unwrap_or_default();
    report.line(&format!("attack {name}: {about}")).map_err(output)?;
    report.progress("running the honest steps up to the attack").map_err(output)?;
    for attempt in attacks::run(name, exchange, source)? {
        report.check(format!("{}: {}", attempt.what, attempt.found), attempt.is_stopped());
    }
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
    let audited = exchange.network.audit(&blocks);
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
    if !options.fast {
        report.table(super::paper::table(&done.measured(exchange, setup_s))).map_err(output)?;
    }
    Ok(())
}

/// A failure to write the output.
pub(super) fn output(error: io::Error) -> Failure {
    Failure::Data(format!("output: {error}"))
}
