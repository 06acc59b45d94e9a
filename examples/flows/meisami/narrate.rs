//! The run, step by step: who does what, what comes of it, and what the others see.

use std::collections::BTreeSet;

use medcrypto_ledger::cas::{self, Cid};
use medcrypto_ledger::codec::decode;
use medcrypto_ledger::contract::envelope::SignedTx;
use medcrypto_ledger::contract::gate;
use medcrypto_ledger::contract::policy::{self, DataType};
use medcrypto_ledger::pbft::Signed;
use medcrypto_ledger::pbft::message::Request;

use super::matrix;
use super::parties::Reader;
use super::printed::{Access, Printed};
use super::run::output;
use super::signer::Ecdsa;
use super::vault;
use super::ward::{Ward, outcome};
use crate::flows::Failure;
use crate::flows::report::Report;

/// How many steps there are.
pub const STEPS: u8 = 9;

/// Readers by their place in the list.
const SURGEON: usize = 0;
const INTERNIST: usize = 1;
const NURSE: usize = 2;
const RELATIVE: usize = 3;

/// What a policy refuses a reader with.
const NO_GRANT: &str = "no grant";

/// Runs and tells all steps.
///
/// # Errors
/// [`Failure`].
pub fn steps(ward: &mut Ward, report: &mut Report<'_>) -> Result<(), Failure> {
    let patient = ward.patient.signer.public_key();
    report.line(&format!("patient      {}", super::ward::PATIENT)).map_err(output)?;
    report.begin();
    ward.enrol()?;
    let members = ward.admitted.len().to_string();
    let facts = vec![("address of the patient", short(&patient.0.0)), ("members", members)];
    let sees = "the chain: keys and salted digests of certificates";
    let what = "enrols whom the hospital has certified";
    report.step(1, "registrar", what, facts, sees).map_err(output)?;
    as_printed(ward, report)?;
    let stored = stored(ward, report)?;
    granted(ward, report)?;
    read(ward, &stored, report)?;
    revoked(ward, &stored, report)?;
    renewed(ward, &stored, report)?;
    audited(ward, report)?;
    report.table(matrix::table(ward)).map_err(output)
}

/// Protocols 2 to 4 as printed, with the keys of this run.
fn as_printed(ward: &Ward, report: &mut Report<'_>) -> Result<(), Failure> {
    let (patient, staff) =
        (ward.patient.signer.public_key(), ward.reader(SURGEON)?.signer.public_key());
    let (data_type, _) = first(ward)?;
    let grant = Access { patient, staff, policy: [data_type.clone()].into() };
    let empty = Access { policy: BTreeSet::new(), ..grant.clone() };
    let Access { patient, staff, .. } = &grant;
    let mut printed = Printed::default();
    let before = printed.stores(patient, patient);
    printed.access(&grant);
    let reads = printed.check(staff, &data_type);
    let mended = printed.check_under(patient, staff, &data_type);
    printed.access(&empty);
    let still = printed.check_under(patient, staff, &data_type);
    let stores = printed.stores(patient, staff);
    // The same two messages with the union mended as well, and then the first as it was sent before.
    printed.replace(&grant);
    printed.replace(&empty);
    let revoked = !printed.check_under(patient, staff, &data_type);
    printed.replace(&grant);
    let again = printed.check_under(patient, staff, &data_type);
    let shown = [
        ("E-S3", "as printed, the patient cannot store before it has granted something", !before),
        ("E-S1", "as printed, staff with a grant reads nothing", !reads),
        ("E-S1", "with the lookup mended, it reads", mended),
        ("E-S2", "and still does after everything was taken back", still),
        ("E-S4", "as printed, staff stores for the patient", stores),
        ("E-S7", "with the union mended, what is taken back is gone", revoked),
        ("E-S7", "and the old grant, played again, is accepted: nothing in it is counted", again),
    ];
    shown.iter().for_each(|(_, name, holds)| report.check(*name, *holds));
    let errors: BTreeSet<_> =
        shown.iter().filter(|(.., holds)| *holds).map(|(error, ..)| *error).collect();
    let facts = vec![("errors shown", errors.into_iter().collect::<Vec<_>>().join(", "))];
    let sees = "nothing: this is not on the chain";
    report.step(2, "paper", "runs Protocols 2 to 4 as printed", facts, sees).map_err(output)
}

/// Step 3: every observation, before anybody is granted anything.
fn stored(ward: &mut Ward, report: &mut Report<'_>) -> Result<Vec<(DataType, Cid)>, Failure> {
    let mut stored = Vec::new();
    for (data_type, data) in ward.source.observations.clone() {
        let cid = ward.write(&data_type, &data)?;
        let blob = cas::get(&ward.storage.store, &cid).map_err(super::ward::check)?;
        let leaks = data.windows(16).any(|run| blob.windows(16).any(|other| other == run));
        let name = format!("storage has no 16 bytes of {}", code(&data_type));
        report.check(name, !leaks);
        stored.push((data_type, cid));
    }
    let bytes: usize = ward.storage.store.blocks().map(|(_, block)| block.len()).sum();
    let facts =
        vec![("observations", stored.len().to_string()), ("ciphertexts", format!("{bytes} B"))];
    let sees = "the chain: type, epoch and identifier; storage: ciphertexts";
    report.step(3, "patient", "encrypts and stores its data", facts, sees).map_err(output)?;
    Ok(stored)
}

fn granted(ward: &mut Ward, report: &mut Report<'_>) -> Result<(), Failure> {
    ward.consent("notThem")?;
    let facts = granted_to(ward, "notThem");
    let sees = "the chain: who may read which types until when";
    report.step(4, "patient", "puts a consent in force", facts, sees).map_err(output)
}

/// Who has a grant after a consent, and who has none.
fn granted_to(ward: &Ward, consent: &str) -> Vec<(&'static str, String)> {
    let grant = |key| ward.patient.granted.get(&key);
    let (with, without): (Vec<_>, Vec<_>) = ward.readers.iter().partition(|reader| {
        grant(reader.signer.public_key()).is_some_and(|grant| !grant.types.is_empty())
    });
    let names = |readers: Vec<&Reader>| {
        let names: Vec<_> = readers.iter().map(|reader| reader.name).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    };
    vec![("consent", consent.to_owned()), ("granted", names(with)), ("not", names(without))]
}

fn read(
    ward: &mut Ward,
    stored: &[(DataType, Cid)],
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let (mut served, mut refused) = (0, 0);
    let mut count = |found: &Result<_, _>| if found.is_ok() { served += 1 } else { refused += 1 };
    for (data_type, cid) in stored {
        let found = ward.read(SURGEON, data_type, *cid)?;
        count(&found);
        let name = format!("the {} reads {}", ward.reader(SURGEON)?.name, code(data_type));
        let wanted = ward.source.observations.iter().find(|(of, _)| of == data_type);
        report.check(name, found.is_ok_and(|data| wanted.is_some_and(|(_, own)| *own == data)));
    }
    let (data_type, cid) = stored.first().ok_or_else(|| lacking("data"))?;
    let internist = ward.read(INTERNIST, data_type, *cid)?;
    count(&internist);
    report.check(format!("the {} reads", ward.reader(INTERNIST)?.name), internist.is_ok());
    for reader in [NURSE, RELATIVE] {
        let name = format!("the {}", ward.reader(reader)?.name);
        let denied = ward.read(reader, data_type, *cid)?;
        count(&denied);
        report.check(format!("{name} is refused: {NO_GRANT}"), denied == Err(NO_GRANT.to_owned()));
        let taken = ward.open(reader, data_type, *cid);
        let without = taken.is_err_and(|failure| failure.to_string() == "no key");
        report.check(format!("{name} has no key of the ciphertext either"), without);
    }
    let facts = vec![("reads", served.to_string()), ("refused", refused.to_string())];
    let sees = "the chain: who has read what, and when";
    report.step(5, "readers", "ask the chain, fetch and decrypt", facts, sees).map_err(output)
}

fn revoked(
    ward: &mut Ward,
    stored: &[(DataType, Cid)],
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let old = old_grant(ward)?;
    ward.consent("grantor")?;
    let (data_type, cid) = stored.first().ok_or_else(|| lacking("data"))?;
    let refused = ward.read(SURGEON, data_type, *cid)?;
    report.check("the surgeon is refused after revocation", refused == Err(NO_GRANT.to_owned()));
    let surgeon = ward.reader(SURGEON)?.signer.clone();
    let told = ward.network.submit(&surgeon, old)?;
    let nonce = outcome(&told) == "not the sender's next nonce";
    report.check("the patient's old grant, played again, is refused by its nonce", nonce);
    let relative = ward.read(RELATIVE, data_type, *cid)?;
    report.check("the relative, whom the new consent names, reads", relative.is_ok());
    let facts = granted_to(ward, "grantor");
    let sees = "the chain: that grants are replaced";
    report.step(6, "patient", "puts another in force", facts, sees).map_err(output)
}

/// Steps 7 and 8: what is written after a revocation is under another key.
fn renewed(
    ward: &mut Ward,
    stored: &[(DataType, Cid)],
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let (data_type, old) = stored.first().ok_or_else(|| lacking("data"))?;
    let (_, data) = first(ward)?;
    let new = ward.write(data_type, &data)?;
    let blob = cas::get(&ward.storage.store, &new).map_err(super::ward::check)?;
    let epoch = vault::epoch(&blob).map_err(super::ward::check)?;
    report.check("the chain has asked for the next epoch", epoch == 1);
    let facts = vec![("epoch", epoch.to_string())];
    let sees = "the chain: that the key is another";
    report.step(7, "patient", "stores new data under a new key", facts, sees).map_err(output)?;
    let kept = ward.open(SURGEON, data_type, *old);
    report.check("the surgeon's key still opens what it could read", kept.is_ok());
    let tried = ward.open_with(SURGEON, data_type, 0, &blob);
    let found = tried.map_or_else(|failure| failure.to_string(), |_| "opened".to_owned());
    let closed = found == vault::Sealed.to_string();
    report.check("the same key does not open what was written since", closed);
    let relative = ward.read(RELATIVE, data_type, new)?;
    report.check("the relative reads the new data", relative == Ok(data));
    let facts = vec![("the old key with the new data", found)];
    let sees = "nothing: storage serves everybody";
    report
        .step(8, ward.reader(SURGEON)?.name, "tries the key that it has kept", facts, sees)
        .map_err(output)
}

fn audited(ward: &Ward, report: &mut Report<'_>) -> Result<(), Failure> {
    let audited = ward.network.audit(&ward.blocks(), &Ecdsa);
    report.check("a stranger verifies the chain from genesis", audited.is_ok());
    let (_, state) = audited.map_err(super::ward::check)?;
    let opens = ward.admitted.iter().filter(|(key, (verified, salt))| {
        state.contract.member(key).is_some_and(|m| m.certificate == verified.digest(salt))
    });
    let opened = opens.count();
    let whole = opened == ward.admitted.len() && opened == ward.readers.len() + 1;
    report.check("with the registrar's salts, each digest opens to a certificate", whole);
    let policies = state.contract.inner();
    let named: BTreeSet<_> = policies.grants.0.keys().map(|(_, reader)| reader).collect();
    let relative = ward.reader(RELATIVE)?.signer.public_key();
    report.check("it finds the relative's grant and no other", named == [&relative].into());
    let stored: usize = policies.written.0.values().map(BTreeSet::len).sum();
    report.check("and every stored object", stored == ward.source.observations.len() + 1);
    let facts = vec![
        ("blocks", ward.blocks().len().to_string()),
        ("trace", ward.network.report().to_string()),
    ];
    let sees = "everybody: the same";
    report.step(9, "stranger", "executes the chain from genesis", facts, sees).map_err(output)
}

/// The surgeon's grant as it stands on the chain.
fn old_grant(ward: &Ward) -> Result<Vec<u8>, Failure> {
    let surgeon = ward.reader(SURGEON)?.signer.public_key();
    let chain = ward.network.chain();
    let requests = chain.iter().flat_map(|block| &block.block.txs);
    let mut operations = requests.filter_map(|tx| {
        let request = decode::<Signed<Request>>(tx.as_slice()).ok()?;
        Some(request.body().operation.0.clone())
    });
    let found = operations.find(|operation| {
        let tx = decode::<SignedTx<gate::Action<policy::Action>>>(operation);
        let action = tx.map(|tx| tx.body.action);
        matches!(action, Ok(gate::Action::Act(policy::Action::Grant(to, _))) if to == surgeon)
    });
    found.ok_or_else(|| lacking("grant on the chain"))
}

fn first(ward: &Ward) -> Result<(DataType, Vec<u8>), Failure> {
    ward.source.observations.first().cloned().ok_or_else(|| lacking("observation"))
}

fn lacking(what: &str) -> Failure {
    Failure::Check(format!("no {what}"))
}

fn code(data_type: &DataType) -> String {
    String::from_utf8_lossy(data_type.0.as_slice()).into_owned()
}

/// The first eight bytes of the SHA-256 of a key, in hexadecimal.
fn short(key: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest: [u8; 32] = Sha256::digest(key).into();
    let (head, _) = digest.split_at(8);
    format!("{}…", hex::encode(head))
}
