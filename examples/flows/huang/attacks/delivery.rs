//! Attacks on steps 2 and 6 to 8: ciphertexts, delegations, and who may open what.

use medcrypto_ledger::Digest;
use medcrypto_ledger::contract::{Action, Dispute, Event, Reject, Verdict};
use medcrypto_pre::{Delegator, Error, Header, ScopePath, UnixTime, VerifiedReKey};
use sha2::{Digest as _, Sha256};

use super::{Attempt, delegated};
use crate::flows::huang::Failure;
use crate::flows::huang::exchange::{Delegated, Exchange, Published, Stored, applied};
use crate::flows::huang::network::outcome;
use crate::flows::huang::parties::{Case, Deposit, Received};
use crate::flows::huang::payload::Payload;
use crate::flows::huang::source::Source;
use crate::flows::huang::study;

/// The key that the proxy imports from a delegation.
fn imported(exchange: &Exchange, delegated: &Delegated) -> Result<VerifiedReKey, Failure> {
    let sealed = exchange.proxy.get(&delegated.sealed)?;
    let key = exchange.proxy.import(&sealed, &exchange.delegator());
    key.map_err(|error| Failure::Check(format!("the proxy: {error}")))
}

/// How an operation of medcrypto-pre ended.
fn ended<T>(result: Result<T, Error>) -> String {
    result.map_or_else(|error| error.to_string(), |_| "allowed".to_owned())
}

/// The patient registers another ciphertext than the hospital signed; then has the hospital sign a
/// ciphertext of another record, which the institution disputes and the arbiters refund.
pub(super) fn swapped_ciphertext(
    exchange: &mut Exchange,
    _: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let published = exchange.publish()?;
    let honest = exchange.encrypt()?;
    let attestation =
        exchange.hospital.attest(&exchange.record(&honest), exchange.payload.digest())?;
    let genuine = core::mem::replace(
        &mut exchange.payload,
        Payload::from_bytes(b"not the record".to_vec().into()),
    );
    let swapped = exchange.encrypt()?;
    let patient = exchange.patient.signer.clone();
    let record = exchange.record(&swapped);
    let refused = exchange.network.post(&patient, Action::RegisterRecord(record, attestation))?;
    exchange.register(&swapped)?;
    let proof = exchange.prove(&published)?;
    exchange.verify(proof)?;
    let delegated = exchange.delegate(&published)?;
    let delivery = exchange.deliver(&published, &swapped, &delegated)?;
    let received = exchange.receive(&swapped, &delegated, &delivery)?;
    exchange.payload = genuine;
    let Received::Mismatch(evidence) = received else {
        return Err(Failure::Check("the swapped record opened the commitment".to_owned()));
    };
    let events = dispute(exchange, &published, &swapped, &evidence)?;
    let refund = events.contains(&Event::Refunded(published.request, patient.public_key()));
    Ok(vec![
        Attempt::new(
            "registered under the signature for another",
            Reject::Attestation,
            outcome(&refused),
        ),
        Attempt::new("disputed with evidence, the arbiters refund", true, refund),
    ])
}

/// The genuine record is delivered; the institution disputes with junk, with forged
/// evidence and with the genuine evidence. No arbiter upholds any, and the patient is paid.
pub(super) fn false_dispute(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let (published, stored, delegated) = delegated(exchange)?;
    let delivery = exchange.deliver(&published, &stored, &delegated)?;
    let patient = exchange.patient.signer.public_key();
    let statement = delegated.delegation.statement.clone();
    let key = exchange.institution.accept(statement, &exchange.delegator());
    let key = key.map_err(|error| Failure::Check(format!("the institution: {error}")))?;
    let (header, address) = (exchange.proxy.get(&delivery)?, &stored.deposit.address);
    let genuine = exchange.institution.evidence(&key, address, &header, exchange.now());
    let genuine = genuine.map_err(|error| Failure::Check(format!("the institution: {error}")))?;
    let upheld = |evidence: &[u8]| {
        let commitment = exchange.commitment();
        let case = case(exchange, &stored, &commitment);
        exchange.arbiters.iter().filter(|arbiter| arbiter.upholds(&case, evidence)).count()
    };
    let junk = upheld(b"not what I ordered");
    let truthful = upheld(&genuine);
    let mut forged = genuine.to_vec();
    forged.last_mut().into_iter().for_each(|byte| *byte ^= 1);
    let forged = upheld(&forged);
    let events = dispute(exchange, &published, &stored, &genuine)?;
    let paid = events.contains(&Event::Settled(published.request, patient));
    Ok(vec![
        Attempt::new("arbiters who uphold a made-up plaintext", 0, junk),
        Attempt::new("arbiters who uphold forged evidence", 0, forged),
        Attempt::new("arbiters who uphold genuine evidence of a genuine record", 0, truthful),
        Attempt::new("disputed all the same, the patient is paid", true, paid),
    ])
}

/// The public facts of a dispute over what is stored.
fn case<'a>(exchange: &'a Exchange, stored: &'a Stored, commitment: &'a Digest) -> Case<'a> {
    Case {
        params: exchange.pkg.params(),
        address: &stored.deposit.address,
        ciphertext: &stored.deposit.ciphertext,
        commitment: commitment.as_bytes(),
    }
}

/// The institution disputes, two arbiters vote on what they recompute; what happened.
fn dispute(
    exchange: &mut Exchange,
    published: &Published,
    stored: &Stored,
    evidence: &[u8],
) -> Result<Vec<Event>, Failure> {
    let patient = exchange.patient.signer.public_key();
    let (request, commitment) = (published.request, exchange.commitment());
    let digest = Digest(Sha256::digest(evidence).into());
    let institution = exchange.institution.signer.clone();
    let action = Action::Dispute(Dispute { request, patient: patient.clone(), evidence: digest });
    applied(exchange.network.post(&institution, action)?)?;
    let mut events = Vec::new();
    for arbiter in exchange.arbiters.clone().into_iter().take(2) {
        let upheld = arbiter.upholds(&case(exchange, stored, &commitment), evidence);
        let verdict = Verdict { request, patient: patient.clone(), evidence: digest, upheld };
        events.extend(applied(exchange.network.post(&arbiter.signer, Action::Verdict(verdict))?)?);
    }
    Ok(events)
}

/// Every byte of a stored header is changed in turn; the proxy must refuse each.
pub(super) fn unverified_header(
    exchange: &mut Exchange,
    _: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let (_, stored, delegated) = delegated(exchange)?;
    let key = imported(exchange, &delegated)?;
    let (address, now) = (&stored.deposit.address, exchange.now());
    let length = stored.deposit.header_len;
    let refused = (0..length).filter(|i| {
        let mut mauled = stored.deposit.ciphertext.clone();
        mauled.get_mut(*i).into_iter().for_each(|byte| *byte ^= 1);
        exchange.proxy.re_encrypt(&key, &mauled, address, now).is_err()
    });
    let refused = refused.count();
    let other = exchange.patient.encrypt(
        &exchange.payload,
        &Digest([9; 32]),
        Some(&study::scope()?),
        &mut exchange.rng,
    )?;
    let moved = exchange.proxy.re_encrypt(&key, &other.ciphertext, address, now);
    let honest = exchange.proxy.re_encrypt(&key, &stored.deposit.ciphertext, address, now);
    Ok(vec![
        Attempt::new("mauled headers that the proxy refuses", length, refused),
        Attempt::new("another record's header under this name", Error::Verification, ended(moved)),
        Attempt::new("the honest header", "allowed", ended(honest)),
    ])
}

/// The institution's name where the patient's belongs, and the other way round.
pub(super) fn transposed_identities(
    exchange: &mut Exchange,
    _: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let (_, _, delegated) = delegated(exchange)?;
    let sealed = exchange.proxy.get(&delegated.sealed)?;
    let institution = Delegator(exchange.institution.name().0);
    let from_institution = exchange.proxy.import(&sealed, &institution);
    let statement = || delegated.delegation.statement.clone();
    let expected_other = exchange.institution.accept(statement(), &institution);
    let by_patient = exchange.patient.identity.accept(statement(), &exchange.delegator());
    let honest = exchange.institution.accept(statement(), &exchange.delegator());
    Ok(vec![
        Attempt::new(
            "the proxy expects the institution's key",
            Error::Decryption,
            ended(from_institution),
        ),
        Attempt::new("the institution expects its own", Error::Verification, ended(expected_other)),
        Attempt::new("the patient accepts for the institution", Error::Identity, ended(by_patient)),
        Attempt::new("everyone in his place", "allowed", ended(honest)),
    ])
}

/// Deposits a copy of the payload under a scope, or under none.
fn deposit(exchange: &mut Exchange, scope: Option<&ScopePath>) -> Result<Deposit, Failure> {
    let name = Digest([u8::try_from(scope.map_or(0, ScopePath::depth)).unwrap_or(0); 32]);
    exchange.patient.encrypt(&exchange.payload, &name, scope, &mut exchange.rng)
}

/// The delegation is for one class and quarter: another quarter, another class that starts alike,
/// the class as a whole, and no scope at all are refused; what lies below is not.
pub(super) fn outside_scope(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let (_, _, delegated) = delegated(exchange)?;
    let key = imported(exchange, &delegated)?;
    let (class, quarter) = (study::CLASS, study::QUARTER.0);
    let alike = format!("{class}s");
    let mut attempt = |what, components: &[&str], expected: &str| {
        let scope =
            Some(components).filter(|path| !path.is_empty()).map(study::path).transpose()?;
        let foreign = deposit(exchange, scope.as_ref())?;
        let now = exchange.now();
        let found = exchange.proxy.re_encrypt(&key, &foreign.ciphertext, &foreign.address, now);
        Ok::<_, Failure>(Attempt::new(what, expected, ended(found)))
    };
    let refused = Error::Scope.to_string();
    Ok(vec![
        attempt("another quarter", &[class, "2013Q3"], &refused)?,
        attempt("a class that starts alike", &[&alike, quarter], &refused)?,
        attempt("the whole class", &[class], &refused)?,
        attempt("a record without scope", &[], &refused)?,
        attempt("a record below the scope", &[class, quarter, "laboratory"], "allowed")?,
    ])
}

/// The proxy and the institution use a delegation after its term.
pub(super) fn after_expiry(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let (published, stored, delegated) = delegated(exchange)?;
    let key = imported(exchange, &delegated)?;
    let (address, late) = (&stored.deposit.address, study::after_licence());
    let ciphertext = &stored.deposit.ciphertext;
    let proxy = exchange.proxy.re_encrypt(&key, ciphertext, address, late);
    let last = UnixTime(late.0 - 1);
    let in_time = exchange.proxy.re_encrypt(&key, ciphertext, address, last);
    let delivery = exchange.deliver(&published, &stored, &delegated)?;
    let header = exchange.proxy.get(&delivery)?;
    let statement = delegated.delegation.statement.clone();
    let opener = exchange.institution.accept(statement, &exchange.delegator());
    let opened = opener
        .and_then(|key| exchange.institution.receive(&key, address, &header, ciphertext, late));
    Ok(vec![
        Attempt::new("re-encrypted after the term", Error::Validity, ended(proxy)),
        Attempt::new("opened after the term", Error::Validity, ended(opened)),
        Attempt::new("re-encrypted in its last second", "allowed", ended(in_time)),
    ])
}

/// Proxy and institution pool all they have. Within the scope they open what was never sold: the
/// documented limit. Beyond it they have the delivery of the one record to graft onto others.
pub(super) fn collusion(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let (_, stored, delegated) = delegated(exchange)?;
    let key = imported(exchange, &delegated)?;
    let statement = delegated.delegation.statement.clone();
    let opener = exchange.institution.accept(statement, &exchange.delegator());
    let opener = opener.map_err(|error| Failure::Check(format!("the institution: {error}")))?;
    let now = exchange.now();
    let sold =
        exchange.proxy.re_encrypt(&key, &stored.deposit.ciphertext, &stored.deposit.address, now);
    let sold = sold.map_err(|error| Failure::Check(format!("the proxy: {error}")))?.to_bytes();
    let unsold = deposit(exchange, Some(&study::scope()?))?;
    let within = exchange
        .proxy
        .re_encrypt(&key, &unsold.ciphertext, &unsold.address, now)
        .and_then(|header| {
            let (address, bytes) = (&unsold.address, &unsold.ciphertext);
            exchange.institution.receive(&opener, address, &header.to_bytes(), bytes, now)
        });
    let other = deposit(exchange, Some(&study::path(&[study::CLASS, "2013Q3"])?))?;
    let (other_header, _) = Deposit::split(&other.ciphertext, &other.address)
        .map_err(|error| Failure::Check(error.to_string()))?;
    let grafted = graft(&sold, &other_header);
    let beyond =
        exchange.institution.receive(&opener, &other.address, &grafted, &other.ciphertext, now);
    let lied = exchange.institution.receive(
        &opener,
        &stored.deposit.address,
        &grafted,
        &other.ciphertext,
        now,
    );
    let own = exchange.institution.identity.open_to_vec(&other.address, &other_header, &[]);
    Ok(vec![
        Attempt::new(
            "the delegated scope, never sold (the documented limit)",
            "allowed",
            ended(within),
        ),
        Attempt::new("another quarter", Error::Scope, ended(beyond)),
        Attempt::new("another quarter under this one's name", Error::Decryption, ended(lied)),
        Attempt::new("with the institution's identity key", Error::Identity, ended(own)),
    ])
}

/// The re-encryption of one header put on another.
fn graft(re_encrypted: &[u8], onto: &Header) -> Vec<u8> {
    let length = onto.to_bytes().len();
    let tail = re_encrypted.get(length..).unwrap_or_default();
    let mut bytes = [onto.to_bytes().as_slice(), tail].concat();
    // The tag of a re-encrypted header in place of a header's.
    bytes.iter_mut().zip(re_encrypted).take(3).for_each(|(byte, tag)| *byte = *tag);
    bytes
}
