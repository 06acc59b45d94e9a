//! The nine steps, told one by one: who does what, how long it takes, how large it is, who sees what.

use std::collections::BTreeSet;
use std::io;
use std::time::Instant;

use medcrypto_ledger::contract::Proof;
use medcrypto_zk::keys::Provenance;
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::statement::Statement;

use super::artefacts::Finished;
use super::exchange::{Exchange, Published, Stored};
use super::judge::statement;
use super::paper::{self, Measured};
use super::parties::Received;
use super::report::Report;
use super::signer::Ed25519;
use super::source::Source;
use super::{Failure, output};

/// The length of a run of plaintext that no block may hold.
const RUN: usize = 16;

/// What the nine steps leave behind.
#[derive(Debug)]
pub struct Done {
    /// The request.
    pub published: Published,
    stored: Stored,
    proof: Proof,
    statement: Statement,
    prove_s: f64,
}

/// Tells what is about to happen.
///
/// # Errors
/// When the output cannot be written.
pub fn opening(
    report: &mut Report<'_>,
    requirement: &Requirement,
    source: &Source,
) -> io::Result<()> {
    report.line(&format!("patient      {}", source.patient()))?;
    report.line(&format!("requirement  {requirement}"))?;
    for warning in source.warnings() {
        report.line(&format!("left out     {warning}"))?;
    }
    report.line("key escrow   the authority of identity keys could decrypt everything")
}

/// Runs and tells the nine steps.
///
/// # Errors
/// [`Failure`].
pub fn nine_steps(exchange: &mut Exchange, report: &mut Report<'_>) -> Result<Done, Failure> {
    let published = published(exchange, report)?;
    let stored = stored(exchange, report)?;
    registered(exchange, &stored, report)?;
    let (proof, prove_s) = proven(exchange, &published, report)?;
    verified(exchange, &proof, report)?;
    delivered(exchange, &published, &stored, report)?;
    let statement = statement(&proof.inputs)
        .map_err(|error| Failure::Check(format!("the statement: {error}")))?;
    Ok(Done { published, stored, proof, statement, prove_s })
}

fn published(exchange: &mut Exchange, report: &mut Report<'_>) -> Result<Published, Failure> {
    report.begin();
    let published = exchange.publish()?;
    let Provenance::SingleParty { operator, .. } = exchange.key.verifying_key().provenance() else {
        return Err(Failure::Check("a key of unknown provenance".to_owned()));
    };
    let facts = vec![
        ("request", short(&published.request.0)),
        (
            "verifying key",
            format!(
                "{} B, single-party by {operator}",
                exchange.key.verifying_key().to_bytes().len()
            ),
        ),
        ("price", published.terms.price.to_string()),
    ];
    let sees = "keywords nsclc, glucose, age: part of the requirement in the open";
    report
        .step(1, "institution", "publishes the requirement, price in escrow", facts, sees)
        .map_err(output)?;
    Ok(published)
}

fn stored(exchange: &mut Exchange, report: &mut Report<'_>) -> Result<Stored, Failure> {
    let stored = exchange.encrypt()?;
    let facts = vec![
        ("plaintext", format!("{} B", exchange.payload.as_bytes().len())),
        ("header", format!("{} B", stored.deposit.header_len)),
        ("ciphertext", format!("{} B", stored.deposit.ciphertext.len())),
        ("cid", stored.cid.to_string()),
    ];
    let sees = "the proxy: identity, scope and length; no byte of the record";
    report.step(2, "patient", "encrypts the record and uploads it", facts, sees).map_err(output)?;
    let leak = shares_run(exchange.payload.as_bytes(), &stored.deposit.ciphertext);
    report.check("the proxy's copy shares no run of 16 bytes with the record", !leak);
    Ok(stored)
}

fn registered(
    exchange: &mut Exchange,
    stored: &Stored,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let record = exchange.register(stored)?;
    let facts = vec![
        ("commitment", short(&record.commitment.0)),
        ("signed with", "ciphertext digest and date".to_owned()),
    ];
    let sees =
        "the chain: commitment, ciphertext's name, who vouches; salted, so no guess can be tried";
    report
        .step(3, "hospital", "signs commitment and ciphertext; patient registers", facts, sees)
        .map_err(output)
}

fn proven(
    exchange: &mut Exchange,
    published: &Published,
    report: &mut Report<'_>,
) -> Result<(Proof, f64), Failure> {
    report.progress("two proofs: for the request, and for the exclusive class").map_err(output)?;
    let started = Instant::now();
    let proof = exchange.prove(published)?;
    let prove_s = started.elapsed().as_secs_f64() / 2.0;
    let facts = vec![
        ("constraints", exchange.key.circuit().constraints().to_string()),
        ("proof", format!("{} B each", proof.proof.0.len())),
        ("nullifier", short(&proof.inputs.nullifier.0)),
    ];
    let sees = "nothing yet";
    report
        .step(4, "patient", "proves that the record meets the requirement", facts, sees)
        .map_err(output)?;
    Ok((proof, prove_s))
}

fn verified(
    exchange: &mut Exchange,
    proof: &Proof,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    exchange.verify(proof.clone())?;
    let facts = vec![("order", "signature, proof, bound values, nullifiers".to_owned())];
    let sees = "everybody: that the requirement holds, and nothing else of the record";
    report.step(5, "contract", "verifies both proofs", facts, sees).map_err(output)
}

fn delivered(
    exchange: &mut Exchange,
    published: &Published,
    stored: &Stored,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let delegated = exchange.delegate(published)?;
    let statement = &delegated.delegation.statement;
    let facts = vec![
        ("scope", statement.scope().to_string()),
        ("sealed key", format!("{} B", delegated.delegation.sealed.to_bytes().len())),
    ];
    let sees = "the chain: the key's name; only the proxy opens it";
    report
        .step(6, "patient", "delegates the scope, key sealed to the proxy", facts, sees)
        .map_err(output)?;
    let delivery = exchange.deliver(published, stored, &delegated)?;
    let size = exchange.proxy.get(&delivery)?.len();
    let facts = vec![("re-encrypted header", format!("{size} B")), ("cid", delivery.to_string())];
    let sees = "the proxy: who reads what and when; not what it says";
    report
        .step(7, "proxy", "verifies the header and re-encrypts it", facts, sees)
        .map_err(output)?;
    let received = exchange.receive(stored, &delegated, &delivery)?;
    let Received::Genuine(payload) = received else {
        return Err(Failure::Check("the plaintext does not open the commitment".to_owned()));
    };
    let same = payload.as_bytes() == exchange.payload.as_bytes();
    let resources = payload.open().map_or(0, |(_, count)| count);
    let facts = vec![("resources", resources.to_string()), ("commitment", "recomputed".to_owned())];
    let sees = "the institution alone: the record";
    report
        .step(8, "institution", "opens the record and recomputes the commitment", facts, sees)
        .map_err(output)?;
    report.check("the plaintext is what the patient encrypted", same);
    report.check("it opens the commitment that was proven", resources > 0);
    let settled = exchange.settle(published, delivery)?;
    let genesis = exchange.network.genesis();
    let included = settled.inclusion.verify(genesis, &settled.leaf, &Ed25519);
    let header = &settled.inclusion.header;
    let facts = vec![
        ("block", header.height.to_string()),
        ("trace", exchange.network.report().to_string()),
    ];
    let sees = "the chain: both signatures over the delivery";
    report.step(9, "both", "sign; four replicas settle", facts, sees).map_err(output)?;
    report.check("a light client verifies the settlement in its block", included.is_ok());
    Ok(())
}

impl Done {
    /// Whether any block holds a run of 16 bytes of the record.
    #[must_use]
    pub fn leaks(&self, exchange: &Exchange, blocks: &[Vec<u8>]) -> bool {
        blocks.iter().any(|block| shares_run(exchange.payload.as_bytes(), block))
    }

    /// What goes into the folder of artefacts.
    #[must_use]
    pub fn finished<'a>(&'a self, exchange: &'a Exchange) -> Finished<'a> {
        Finished {
            key: &exchange.key,
            statement: &self.statement,
            proof: self.proof.proof.as_slice(),
            ciphertext: &self.stored.deposit.ciphertext,
            figure: paper::figure_5(exchange.network.block_ms()),
        }
    }

    /// The figures beside the paper's.
    #[must_use]
    pub fn measured(&self, exchange: &Exchange, setup_s: f64) -> Measured {
        let proof = medcrypto_zk::proof::Proof::from_bytes(self.proof.proof.as_slice());
        let key = exchange.key.verifying_key();
        let started = Instant::now();
        let verified = proof.is_ok_and(|proof| key.verify(&self.statement, &proof).is_ok());
        let verify_s = if verified { started.elapsed().as_secs_f64() } else { f64::NAN };
        Measured {
            setup_s,
            prove_s: self.prove_s,
            verify_s,
            verifying_key: key.to_bytes().len(),
            proof: self.proof.proof.0.len(),
            constraints: exchange.key.circuit().constraints(),
            block_ms: exchange.network.block_ms(),
        }
    }
}

/// Whether two byte strings share a run of [`RUN`] bytes that is not one byte repeated.
fn shares_run(secret: &[u8], public: &[u8]) -> bool {
    let runs: BTreeSet<_> = secret.windows(RUN).filter(|run| varied(run)).collect();
    public.windows(RUN).any(|run| runs.contains(run))
}

fn varied(run: &[u8]) -> bool {
    run.windows(2).any(|pair| pair.first() != pair.last())
}

/// The first eight bytes in hexadecimal.
fn short(digest: &[u8; 32]) -> String {
    let (head, _) = digest.split_at(8);
    format!("{}…", hex::encode(head))
}
