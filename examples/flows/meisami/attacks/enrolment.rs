//! Who wants to be enrolled as somebody else: the paper admits whatever key speaks first.

use medcrypto_ledger::Digest;
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::contract::gate::{self, Reject};
use medcrypto_ledger::contract::policy;

use super::Attempt;
use crate::flows::Failure;
use crate::flows::meisami::certificate::{Application, Certificate, Refusal, Subject};
use crate::flows::meisami::signer::Signer;
use crate::flows::meisami::ward::{Ward, check, outcome};

type Refused = Reject<policy::Reject>;

/// A stranger, and a nurse, with the surgeon's references.
pub(super) fn enrolment(ward: &mut Ward, _: bool) -> Result<Vec<Attempt>, Failure> {
    let (stranger, nurse) = (Signer::generate(&mut ward.rng), ward.reader(2)?.signer.clone());
    let surgeon = ward.reader(0)?;
    let (held, holder) = (surgeon.certificate.clone(), surgeon.signer.clone());
    let chain = ward.network.chain_id();
    let as_surgeon = |signer: &Signer| Subject { key: signer.public_key(), ..held.subject.clone() };
    let with = |subject| Certificate { subject, ..held.clone() };
    let own = Certificate::issue(as_surgeon(&stranger), &stranger);
    let tries = [
        ("certified by oneself", own, chain, &stranger, Refusal::Certificate),
        ("another key in it", with(as_surgeon(&stranger)), chain, &stranger, Refusal::Certificate),
        ("a nurse's key in it", with(as_surgeon(&nurse)), chain, &nurse, Refusal::Certificate),
        ("shown by a stranger", held.clone(), chain, &stranger, Refusal::Possession),
        ("of another chain", held.clone(), ChainId(Digest::ZERO), &holder, Refusal::Possession),
    ];
    let mut attempts = Vec::new();
    for (what, certificate, chain, applicant, wanted) in tries {
        let told = ward.admit(Application::new(certificate, chain, applicant))?;
        let found = told.map_or_else(|refusal| refusal.to_string(), |told| outcome(&told));
        attempts.push(Attempt::new(what, wanted, found));
    }
    let class = held.subject.class;
    let enrol = gate::Action::Enrol(stranger.public_key(), class, Digest::ZERO);
    let told = ward.network.post(&stranger, enrol)?;
    attempts.push(Attempt::new("past the registrar", Refused::Registrar, outcome(&told)));
    let told = ward.admit(Application::new(held.clone(), chain, &holder))?.map_err(check)?;
    attempts.push(Attempt::new("the surgeon a second time", Refused::Taken, outcome(&told)));
    attempts.push(Attempt::new("grants to the stranger", false, granted(ward, &stranger)?));
    // What the same application comes to when the hospital has signed it.
    let certified = Certificate::issue(as_surgeon(&stranger), &ward.hospital);
    let told = ward.admit(Application::new(certified, chain, &stranger))?.map_err(check)?;
    attempts.push(Attempt::new("the same, certified", "applied", outcome(&told)));
    attempts.push(Attempt::new("and then it is granted", true, granted(ward, &stranger)?));
    Ok(attempts)
}

/// Whether a consent that means the surgeon grants this key anything.
fn granted(ward: &Ward, signer: &Signer) -> Result<bool, Failure> {
    let consent = ward.source.consents.get("notThem").ok_or_else(|| check("no consent"))?;
    let grants = ward.compile(consent).map_err(check)?;
    Ok(grants.get(&signer.public_key()).is_some_and(|grant| !grant.types.is_empty()))
}
