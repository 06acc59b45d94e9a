//! The JSON of a consent: every element is known and there once, or the consent is refused.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Consent, Provision, Refusal, Setting};

const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const ACTION: &str = "http://terminology.hl7.org/CodeSystem/consentaction";
const RESOURCE: &str = "http://hl7.org/fhir/resource-types";
const LOINC: &str = "http://loinc.org";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "elements that say nothing about access")]
struct RawConsent {
    resource_type: String,
    id: Option<IgnoredAny>,
    text: Option<IgnoredAny>,
    status: String,
    scope: Object<Concept>,
    category: Vec<Object<Concept>>,
    patient: Object<Reference>,
    date_time: Option<IgnoredAny>,
    organization: Option<IgnoredAny>,
    source_attachment: Option<IgnoredAny>,
    policy_rule: Object<Concept>,
    provision: Option<Object<RawProvision>>,
}

/// What is written as an object: serde would take an array of its members, too, and know no names there.
struct Object<T>(T);

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawProvision {
    r#type: Option<String>,
    period: Option<Object<Period>>,
    #[serde(default)]
    actor: Vec<Object<Actor>>,
    #[serde(default)]
    action: Vec<Object<Concept>>,
    security_label: Option<IgnoredAny>,
    purpose: Option<IgnoredAny>,
    #[serde(default)]
    class: Vec<Object<Coding>>,
    #[serde(default)]
    code: Vec<Object<Concept>>,
    data_period: Option<IgnoredAny>,
    data: Option<IgnoredAny>,
    #[serde(default)]
    provision: Vec<Object<RawProvision>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Period {
    start: Option<String>,
    end: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Actor {
    role: Object<Concept>,
    reference: Object<Reference>,
}

/// Exactly one coding: two could say two things.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Concept {
    coding: [Object<Coding>; 1],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is displayed says nothing about access")]
struct Coding {
    system: String,
    code: String,
    display: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is displayed says nothing about access")]
struct Reference {
    reference: String,
    display: Option<IgnoredAny>,
}

impl Coding {
    fn of(&self, system: &str) -> Option<&str> {
        (self.system == system).then_some(self.code.as_str())
    }
}

impl Concept {
    fn of(&self, system: &str) -> Option<&str> {
        let [coding] = &self.coding;
        coding.of(system)
    }
}

pub(super) fn parse<'a>(json: &[u8], setting: Setting<'a>) -> Result<Consent<'a>, Refusal> {
    if json.len() > Consent::MAX_LEN {
        return Err(Refusal::Json("too long".to_string()));
    }
    let raw = serde_json::from_slice::<Object<RawConsent>>(json);
    let raw = raw.map_err(|error| Refusal::Json(error.to_string()))?;
    if raw.resource_type != "Consent" {
        return Err(Refusal::Json("resourceType: not Consent".to_string()));
    }
    let taken_back = matches!(raw.status.as_str(), "inactive" | "entered-in-error");
    if !taken_back && raw.status != "active" {
        return Err(Refusal::Status);
    }
    let keys: BTreeSet<_> = setting.readers.iter().map(|reader| &reader.key).collect();
    if keys.len() != setting.readers.len() {
        return Err(Refusal::Readers);
    }
    if taken_back && raw.patient.reference == setting.patient {
        return Ok(Consent { setting, opt_in: false, exception: Vec::new() });
    }
    if raw.scope.of(SCOPE) != Some("patient-privacy") {
        return Err(Refusal::Scope);
    }
    let plain = |category: &Object<Concept>| {
        category.of(LOINC) == Some("59284-0") || category.of(ACT_CODE) == Some("INFAO")
    };
    if !raw.category.iter().all(plain) {
        return Err(Refusal::Category);
    }
    if raw.patient.reference != setting.patient {
        return Err(Refusal::Patient);
    }
    let opt_in = match raw.policy_rule.of(ACT_CODE) {
        Some("OPTIN") => true,
        Some("OPTOUT") => false,
        _ => return Err(Refusal::PolicyRule),
    };
    let exception = raw.provision.as_ref().map(|raw| provision(raw, !opt_in, &setting));
    let exception: Vec<_> = exception.into_iter().collect::<Result<_, _>>()?;
    if !opt_in && exception.iter().any(|exception| exception.recipients.is_empty()) {
        return Err(Refusal::Recipients);
    }
    Ok(Consent { setting, opt_in, exception })
}

/// A provision that permits, or denies.
fn provision(
    raw: &RawProvision,
    permits: bool,
    setting: &Setting<'_>,
) -> Result<Provision, Refusal> {
    let effect = if permits { "permit" } else { "deny" };
    let refusals = [
        (raw.r#type.as_ref().is_some_and(|named| named != effect), Refusal::Type),
        (raw.type_and_period_disagree(), Refusal::UntypedPeriod),
        (raw.purpose.is_some(), Refusal::Purpose),
        (raw.data.is_some(), Refusal::Data),
        (raw.data_period.is_some(), Refusal::DataPeriod),
        (raw.security_label.is_some(), Refusal::SecurityLabel),
    ];
    if let Some((_, refusal)) = refusals.into_iter().find(|(refused, _)| *refused) {
        return Err(refusal);
    }
    let named = |of: Option<&str>, refusal| of.map(ToString::to_string).ok_or(refusal);
    let classes = raw.class.iter().map(|class| named(class.of(RESOURCE), Refusal::Class));
    let codes = raw.code.iter().map(|code| named(code.of(LOINC), Refusal::Code));
    let inner = raw.provision.iter().map(|inner| provision(inner, !permits, setting));
    Ok(Provision {
        recipients: recipients(&raw.actor, setting)?,
        access: access(&raw.action)?,
        period: raw.period.as_ref().map_or(Ok((0, u64::MAX)), |p| p.bounds(permits))?,
        classes: classes.collect::<Result<_, _>>()?,
        codes: codes.collect::<Result<_, _>>()?,
        exceptions: inner.collect::<Result<_, _>>()?,
    })
}

impl RawProvision {
    const fn type_and_period_disagree(&self) -> bool {
        self.period.is_some() && self.r#type.is_none()
    }
}

/// Who receives; an actor may also be the custodian.
fn recipients(
    actors: &[Object<Actor>],
    setting: &Setting<'_>,
) -> Result<BTreeSet<String>, Refusal> {
    let mut recipients = BTreeSet::new();
    for actor in actors {
        let (role, reference) = (&actor.role, &actor.reference.reference);
        let known = match role.of(PARTICIPATION) {
            Some("PRCP") => setting.readers.iter().any(|r| r.names.contains(&reference.as_str())),
            Some("CST") if reference == setting.custodian => continue,
            Some("CST") => false,
            _ => return Err(Refusal::Role),
        };
        if !known {
            return Err(Refusal::Actor(reference.clone()));
        }
        recipients.insert(reference.clone());
    }
    Ok(recipients)
}

/// Whether it is about reading: no action means all of them.
fn access(actions: &[Object<Concept>]) -> Result<bool, Refusal> {
    let mut access = actions.is_empty();
    for action in actions {
        match action.of(ACTION) {
            Some("access") => access = true,
            Some("correct") => {}
            _ => return Err(Refusal::Action),
        }
    }
    Ok(access)
}

const HOUR: i64 = 3_600_000;
/// Local time is between 12 hours behind and 14 hours ahead of UTC.
const BEHIND: i64 = 12 * HOUR;
const AHEAD: i64 = 14 * HOUR;

impl Period {
    /// Milliseconds since 1970: the last start and the first end of a permission, the first start and
    /// the last end of a denial.
    fn bounds(&self, permits: bool) -> Result<(u64, u64), Refusal> {
        let (late, early) = if permits { (BEHIND, -AHEAD) } else { (-AHEAD, BEHIND) };
        let ms = |date: &Option<String>, days: i64, shift: i64, open: u64| {
            let Some(date) = date else { return Ok(open) };
            let day = day(date).ok_or(Refusal::Period)?;
            let ms = (day + days) * 24 * HOUR + shift;
            Ok(u64::try_from(ms).unwrap_or(0))
        };
        let (from, until) = (ms(&self.start, 0, late, 0)?, ms(&self.end, 1, early, u64::MAX)?);
        let days = |date: &Option<String>| date.as_deref().and_then(day);
        match (days(&self.start), days(&self.end)) {
            (Some(start), Some(end)) if start > end => Err(Refusal::Period),
            _ => Ok((from, until)),
        }
    }
}

/// Days since 1970 of a date YYYY-MM-DD of the Gregorian calendar.
fn day(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let mut number = |len: usize| {
        let part = parts.next().filter(|part| part.len() == len)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, 28 + i64::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    let length = *lengths.get(index)?;
    if parts.next().is_some() || year == 0 || !(1..=length).contains(&day) {
        return None;
    }
    let before = year - 1;
    let years = before * 365 + before / 4 - before / 100 + before / 400;
    let months: i64 = lengths.iter().take(index).sum();
    Some(years + months + day - 1 - 719_162)
}
