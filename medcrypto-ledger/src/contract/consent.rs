//! An HL7 FHIR R4 Consent as grants of the [`policy`](super::policy) contract (feature `fhir`).
//!
//! ```text
//! effect(reader, type)   policyRule: OPTIN permits those who treat, OPTOUT nobody
//! provision              an exception: where it matches, the opposite holds; a provision inside it is an
//!                        exception to that, and so on. Of several that match, one denial denies
//! matches                recipients (PRCP) ∧ access ∧ class ∧ code ∧ period, each met if absent, else by
//!                        any one of its members; a custodian (CST) is the one whose data this is
//! grants(now)            for every reader the types permitted now, until the next bound of a period
//! ```
//! R4 calls a provision "an exception to the base policy" and wants a type of every nested one and none
//! of the first; the published examples do neither. So a type may be absent, and one that is there must be
//! the opposite of what it excepts from.
//!
//! What would permit more than was surely meant is refused, and so is everything that a grant cannot say:
//! [`Refusal`] names the element. In particular:
//!
//! * the exception to an opt-out names its recipients, or it would permit everybody;
//! * the period of a provision without a type is refused: R4's own examples mean by it the time of the
//!   consent, of the exception and of the data;
//! * an unknown recipient and another custodian are refused: a denial that matches nobody denies nothing;
//! * dates are days without a time zone. A permission begins when the day has begun everywhere and ends
//!   when it ends anywhere; a denial the other way round.
//!
//! A refused consent grants nothing, and takes nothing back. One that is inactive or was entered in error
//! compiles to no types for every reader, whatever else it says. A compiled one names every reader, also with no types, so that sending
//! all of its grants takes back what an earlier consent has granted.
//!
//! Status: *composition*; not a complete reading of R4.

mod json;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::policy::{DataType, Grant};
use crate::auth::PublicKey;
use crate::codec::Pairs;

/// Around what a consent is read.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Whose data, as a reference: `Patient/f001`.
    pub patient: &'a str,
    /// Who keeps it: `Organization/f001`.
    pub custodian: &'a str,
    /// Everybody who may be permitted anything.
    pub readers: &'a [Reader<'a>],
    /// The types of data, each with the kind of resource that carries it: `Observation`. The name of a
    /// type is its LOINC code. A grant takes [`Grant::MAX_TYPES`].
    pub types: &'a [(DataType, &'a str)],
}

/// Somebody who may be permitted something.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// On the chain.
    pub key: PublicKey,
    /// In a consent: its own reference and those of the organisations that it works for.
    pub names: &'a [&'a str],
    /// Whether an opt-in, which names nobody, means this reader.
    pub treats: bool,
}

/// Why a consent becomes no policy. Each names its element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Longer than [`Consent::MAX_LEN`], or not the JSON of a consent of which every element is
    /// known and there once.
    #[error("{0}")]
    Json(String),
    /// Neither in force nor taken back: a draft, a proposal, or refused.
    #[error("status: neither active nor taken back")]
    Status,
    /// About something else than privacy.
    #[error("scope: not patient-privacy")]
    Scope,
    /// Of a category that changes what is meant.
    #[error("category: neither a consent document nor access to information")]
    Category,
    /// About somebody else.
    #[error("patient: another patient")]
    Patient,
    /// Two readers of the setting have one key.
    #[error("two readers with one key")]
    Readers,
    /// Another base than opt-in and opt-out.
    #[error("policyRule: neither OPTIN nor OPTOUT")]
    PolicyRule,
    /// An exception of the same effect.
    #[error("provision.type: not the opposite of what it excepts from")]
    Type,
    /// Not two days in order.
    #[error("provision.period: not days in order")]
    Period,
    /// A period without a type.
    #[error("provision.period: of the consent, the exception or the data, no type tells which")]
    UntypedPeriod,
    /// A role that is neither recipient nor custodian.
    #[error("provision.actor.role: neither PRCP nor CST")]
    Role,
    /// Not one of the readers, or another custodian.
    #[error("provision.actor.reference: {0} is unknown")]
    Actor(String),
    /// An exception to an opt-out for everybody.
    #[error("provision.actor: an exception to an opt-out names who may read")]
    Recipients,
    /// An action that is neither access nor correction.
    #[error("provision.action: neither access nor correct")]
    Action,
    /// The chain knows no purpose.
    #[error("provision.purpose: a grant has none")]
    Purpose,
    /// The chain knows no single resource.
    #[error("provision.data: a grant is of types, not of resources")]
    Data,
    /// The chain knows no date of the data.
    #[error("provision.dataPeriod: a grant has none")]
    DataPeriod,
    /// The chain knows no labels.
    #[error("provision.securityLabel: a grant has none")]
    SecurityLabel,
    /// Not a kind of resource.
    #[error("provision.class: not a type of resource")]
    Class,
    /// Not a LOINC code.
    #[error("provision.code: not of LOINC")]
    Code,
}

/// A consent of which every element is understood, around what it was read.
#[derive(Clone, Debug)]
pub struct Consent<'a> {
    setting: Setting<'a>,
    opt_in: bool,
    exception: Vec<Provision>,
}

/// Where an exception holds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Provision {
    recipients: BTreeSet<String>,
    /// Whether it is about reading at all.
    access: bool,
    /// From the first millisecond to the first after it.
    period: (u64, u64),
    classes: BTreeSet<String>,
    codes: BTreeSet<String>,
    exceptions: Vec<Provision>,
}

impl<'a> Consent<'a> {
    /// The longest consent, in bytes.
    pub const MAX_LEN: usize = 65_536;

    /// Reads the JSON of a consent.
    ///
    /// # Errors
    /// [`Refusal`] names the first element that is not understood.
    pub fn parse(json: &[u8], setting: Setting<'a>) -> Result<Self, Refusal> {
        json::parse(json, setting)
    }

    /// What every reader may read at `now_ms`, and until when: send each as
    /// [`Action::Grant`](super::policy::Action::Grant), and compile again then.
    #[must_use]
    pub fn grants(&self, now_ms: u64) -> Pairs<PublicKey, Grant> {
        let until_ms = next_bound(&self.exception, now_ms);
        let of = |reader: &Reader<'_>| {
            let permitted = self.setting.types.iter().filter(|(data_type, class)| {
                let case = Case { reader, data_type, class, now_ms };
                case.permitted(&self.exception, self.opt_in, reader.treats)
            });
            let types = permitted.map(|(data_type, _)| data_type.clone()).collect();
            (reader.key.clone(), Grant { types, from_ms: now_ms, until_ms })
        };
        Pairs(self.setting.readers.iter().map(of).collect())
    }
}

/// Who wants to read what, and when.
struct Case<'a> {
    reader: &'a Reader<'a>,
    data_type: &'a DataType,
    class: &'a str,
    now_ms: u64,
}

impl Case<'_> {
    /// Whether an effect with these exceptions permits; a permission is of those `meant`.
    fn permitted(&self, exceptions: &[Provision], permits: bool, meant: bool) -> bool {
        let mut matching = exceptions.iter().filter(|exception| self.matches(exception)).peekable();
        if matching.peek().is_none() {
            return permits && meant;
        }
        matching.all(|exception| {
            let meant = self.reader.treats || !exception.recipients.is_empty();
            self.permitted(&exception.exceptions, !permits, meant)
        })
    }

    fn matches(&self, exception: &Provision) -> bool {
        let any = |set: &BTreeSet<String>, holds: &dyn Fn(&str) -> bool| {
            set.is_empty() || set.iter().any(|member| holds(member))
        };
        let code = self.data_type.0.as_slice();
        exception.access
            && (exception.period.0..exception.period.1).contains(&self.now_ms)
            && any(&exception.recipients, &|name| self.reader.names.contains(&name))
            && any(&exception.classes, &|class| self.class == class)
            && any(&exception.codes, &|of| of.as_bytes() == code)
    }
}

/// The first bound of a period that is after `now_ms`.
fn next_bound(exceptions: &[Provision], now_ms: u64) -> u64 {
    let bounds = exceptions.iter().flat_map(|Provision { period, exceptions, .. }| {
        [period.0, period.1, next_bound(exceptions, now_ms)]
    });
    bounds.filter(|bound| *bound > now_ms).min().unwrap_or(u64::MAX)
}
