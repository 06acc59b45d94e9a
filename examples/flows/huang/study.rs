//! What the study asks for and on which terms: the constants of the default run.

use std::collections::BTreeSet;

use medcrypto_core::dst;
use medcrypto_ledger::contract::{Deadlines, Requirement};
use medcrypto_ledger::{Digest, PublicKey};
use medcrypto_pre::{ScopePath, Terms, UnixTime};
use medcrypto_zk::schema::Date;

use super::Failure;

/// The class of data that is sold; it can be licensed exclusively.
pub const CLASS: &str = "clinical-record";
/// The quarter of the licence, as a scope component and as 4·year + quarter − 1.
pub const QUARTER: (&str, u32) = ("2013Q2", 4 * 2013 + 1);
/// The time of block 0: 2013-04-02T12:00:00Z, the day on which the study asks.
pub const GENESIS_MS: u64 = 1_364_904_000_000;
/// As of when the record is complete: the start of that day.
pub const AS_OF_MS: u64 = 1_364_860_800_000;
/// The oldest record that the study takes: 2013-01-01.
pub const EARLIEST_AS_OF_MS: u64 = 1_356_998_400_000;
/// What one patient's data cost.
pub const PRICE: u64 = 100;
/// What a dispute costs whoever raises it in vain.
pub const BOND: u64 = 20;
/// What institutions have at genesis.
pub const FUNDS: u64 = 1_000;
/// How long a delegation is valid.
const LICENCE_DAYS: u64 = 90;
const HOUR_MS: u64 = 3_600_000;
const DAY_S: u64 = 86_400;

/// The day that the hospital puts on the record.
///
/// # Errors
/// Never: the date exists.
pub fn as_of() -> Result<Date, Failure> {
    Date::parse("2013-04-02").ok_or_else(|| Failure::Check("no such day".to_owned()))
}

/// The digest that names the class on the chain.
#[must_use]
pub fn class() -> Digest {
    Digest::of_bytes(dst::ledger::DATA_CLASS, CLASS.as_bytes())
}

/// The scope of the records of the study's quarter.
///
/// # Errors
/// Never: the components are short.
pub fn scope() -> Result<ScopePath, Failure> {
    path(&[CLASS, QUARTER.0])
}

/// A scope path.
///
/// # Errors
/// [`Failure::Check`] for components that no path has.
pub fn path(components: &[&str]) -> Result<ScopePath, Failure> {
    ScopePath::new(components).map_err(|error| Failure::Check(format!("a scope: {error}")))
}

/// The licence terms of a delegation under a request.
///
/// # Errors
/// Never: the period is not empty and the names are short.
pub fn licence(request: &Digest) -> Result<Terms, Failure> {
    let from = GENESIS_MS / 1000;
    let id = request.to_string();
    Terms::new(UnixTime(from), UnixTime(from + LICENCE_DAYS * DAY_S))
        .and_then(|terms| terms.licence(&id))
        .and_then(|terms| terms.purpose("study of treated NSCLC"))
        .map(|terms| terms.exclusive(true).serial(1))
        .map_err(|error| Failure::Check(format!("the terms: {error}")))
}

/// When the delegation has ended.
#[must_use]
pub const fn after_licence() -> UnixTime {
    UnixTime(GENESIS_MS / 1000 + LICENCE_DAYS * DAY_S)
}

/// What the institution publishes.
#[must_use]
pub fn terms(
    verifying_key: Digest,
    requirement: Digest,
    issuer: PublicKey,
    proxy: PublicKey,
    arbiters: BTreeSet<PublicKey>,
) -> Requirement {
    let keywords = ["nsclc", "glucose", "age"];
    Requirement {
        verifying_key,
        requirement,
        issuers: BTreeSet::from([issuer]),
        earliest_as_of_ms: EARLIEST_AS_OF_MS,
        keywords: keywords.map(|word| word.as_bytes().into()).into(),
        class: class(),
        period: QUARTER.1,
        exclusive: true,
        price: PRICE,
        places: 1,
        bond: BOND,
        proxy,
        arbiters,
        deadlines: Deadlines {
            prove_until: GENESIS_MS + 24 * HOUR_MS,
            rekey: HOUR_MS,
            deliver: HOUR_MS,
            dispute: HOUR_MS,
            verdict: HOUR_MS,
        },
    }
}
