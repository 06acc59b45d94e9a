//! FHIR Consents as grants: the nine of the published patient, and what each element does.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::contract::consent::{Consent, Reader, Refusal, Setting};
use medcrypto_ledger::contract::policy::{self, DataType, Event, Grant, Policies};
use medcrypto_ledger::{Bytes, PublicKey};

use crate::sandbox::Sandbox;
use crate::world::{Symbolic, cid, key};

const HERE: &str = "Organization/f001";
/// 2016-06-01, in milliseconds since 1970.
const NOW: u64 = 1_464_739_200_000;
const HOUR: u64 = 3_600_000;

fn data_type(code: &str) -> DataType {
    DataType(Bytes(code.as_bytes().to_vec()))
}

/// Two of the house, a nurse from elsewhere, and the person whom one consent names, who treats nobody.
fn with_setting<T>(run: impl FnOnce(Setting<'_>) -> T) -> T {
    let reader = |name: &str, names, treats| Reader { key: key(name), names, treats };
    let readers = [
        reader("surgeon", &["Practitioner/f001", HERE][..], true),
        reader("lab", &["Practitioner/f003", HERE], true),
        reader("nurse", &["Practitioner/f204"], true),
        reader("relative", &["Patient/example"], false),
    ];
    let types = [
        (data_type("15074-8"), "Observation"),
        (data_type("8867-4"), "Observation"),
        (data_type("11450-4"), "Condition"),
    ];
    run(Setting { patient: "Patient/f001", custodian: HERE, readers: &readers, types: &types })
}

/// Who may read which types; no line for who may read nothing.
fn table(json: &[u8], now: u64) -> Result<String, Refusal> {
    let grants = grants(json, now)?;
    let mut lines = Vec::new();
    for name in ["surgeon", "lab", "nurse", "relative"] {
        let types = grants[&key(name)].types.iter();
        let types: Vec<_> = types.map(|t| String::from_utf8(t.0.0.clone()).unwrap()).collect();
        if !types.is_empty() {
            lines.push(format!("{name}: {}", types.join(" ")));
        }
    }
    Ok(lines.join("; "))
}

fn grants(json: &[u8], now: u64) -> Result<BTreeMap<PublicKey, Grant>, Refusal> {
    with_setting(|setting| {
        let grants = Consent::parse(json, setting)?.grants(now).0;
        assert_eq!(grants.len(), setting.readers.len(), "every reader is told");
        Ok(grants)
    })
}

fn parse(json: &[u8]) -> Result<(), Refusal> {
    with_setting(|setting| Consent::parse(json, setting).map(|_| ()))
}

fn published(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../testdata/fhir/Consent-consent-example-{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(path).unwrap()
}

const ALL: &str = "11450-4 15074-8 8867-4";

/// The outcome of each, and its reason.
#[test]
fn t29_the_nine_consents_of_f001_become_policies_or_are_refused_for_their_reason() {
    let of_all = |names: &[&str]| {
        names.iter().map(|name| format!("{name}: {ALL}")).collect::<Vec<_>>().join("; ")
    };
    let compiled = [
        ("grantor", of_all(&["relative"])),
        ("notAuthor", String::new()),
        ("notOrg", of_all(&["nurse"])),
        ("notThem", of_all(&["surgeon", "lab"])),
    ];
    for (name, wanted) in compiled {
        assert_eq!(table(&published(name), NOW), Ok(wanted), "{name}");
    }
    let refused = [
        ("Emergency", Refusal::Category),
        ("Out", Refusal::Recipients),
        ("basic", Refusal::UntypedPeriod),
        ("notThis", Refusal::Data),
        ("notTime", Refusal::UntypedPeriod),
    ];
    for (name, reason) in refused {
        assert_eq!(parse(&published(name)), Err(reason), "{name}");
    }
    let count = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir"));
    let names = count.unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("Consent-")).count(), 9, "none is left out");
}

/// A consent of ours with this base and this provision.
fn ours(base: &str, provision: &str) -> String {
    let system = "http://terminology.hl7.org/CodeSystem";
    let concept = |system: &str, code: &str| {
        format!(r#"{{"coding":[{{"system":"{system}","code":"{code}"}}]}}"#)
    };
    let scope = concept(&format!("{system}/consentscope"), "patient-privacy");
    let category = concept("http://loinc.org", "59284-0");
    let rule = concept(&format!("{system}/v3-ActCode"), base);
    format!(
        r#"{{"resourceType":"Consent","id":"ours","status":"active","scope":{scope},"category":[{category}],"patient":{{"reference":"Patient/f001"}},"policyRule":{rule}{}}}"#,
        if provision.is_empty() { String::new() } else { format!(r#","provision":{provision}"#) }
    )
}

fn actor(role: &str, reference: &str) -> String {
    let system = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    format!(
        r#"{{"role":{{"coding":[{{"system":"{system}","code":"{role}"}}]}},"reference":{{"reference":"{reference}"}}}}"#
    )
}

fn recipient(reference: &str) -> String {
    format!(r#""actor":[{}]"#, actor("PRCP", reference))
}

fn action(code: &str) -> String {
    let system = "http://terminology.hl7.org/CodeSystem/consentaction";
    format!(r#""action":[{{"coding":[{{"system":"{system}","code":"{code}"}}]}}]"#)
}

fn outcome(base: &str, provision: &str) -> Result<String, Refusal> {
    table(ours(base, provision).as_bytes(), NOW)
}

#[test]
fn the_base_permits_those_who_treat_or_nobody() {
    let treating = format!("surgeon: {ALL}; lab: {ALL}; nurse: {ALL}");
    assert_eq!(outcome("OPTIN", ""), Ok(treating));
    assert_eq!(outcome("OPTOUT", ""), Ok(String::new()));
    for other in ["EMRGONLY", "optin", ""] {
        assert_eq!(outcome(other, ""), Err(Refusal::PolicyRule));
    }
}

#[test]
fn provisions_invert_and_those_inside_invert_again() {
    let surgeon = recipient("Practitioner/f001");
    let house = recipient(HERE);
    let inside = format!(r#"{{{house},"provision":[{{{surgeon}}}]}}"#);
    assert_eq!(outcome("OPTOUT", &inside), Ok(format!("lab: {ALL}")));
    assert_eq!(outcome("OPTIN", &inside), Ok(format!("surgeon: {ALL}; nurse: {ALL}")));
    // One that matches and denies is enough, in any order.
    let code = r#""code":[{"coding":[{"system":"http://loinc.org","code":"8867-4"}]}]"#;
    let again = format!(r#"{{{surgeon},"provision":[{{{code}}}]}}"#);
    for inner in [format!("{again},{{{surgeon}}}"), format!("{{{surgeon}}},{again}")] {
        let both = format!(r#"{{{house},"provision":[{inner}]}}"#);
        assert_eq!(outcome("OPTOUT", &both), Ok(format!("lab: {ALL}")));
    }
    let one = format!(r#"{{{house},"provision":[{again}]}}"#);
    assert_eq!(outcome("OPTOUT", &one), Ok(format!("surgeon: 8867-4; lab: {ALL}")));
    // What an opt-in gives back is for those who treat, unless it names them.
    let denied = |inner: &str| {
        let relative = recipient("Patient/example");
        outcome(
            "OPTIN",
            &format!(r#"{{"provision":[{inner}],"type":"deny"}}"#).replace("@", &relative),
        )
    };
    assert_eq!(
        denied(&format!("{{{code}}}")),
        Ok("surgeon: 8867-4; lab: 8867-4; nurse: 8867-4".into())
    );
    assert_eq!(denied("{@}"), Ok(format!("relative: {ALL}")));
}

#[test]
fn a_type_is_the_opposite_of_what_it_excepts_from() {
    let surgeon = recipient("Practitioner/f001");
    for (base, right, wrong) in [("OPTIN", "deny", "permit"), ("OPTOUT", "permit", "deny")] {
        let typed = |named: &str| format!(r#"{{"type":"{named}",{surgeon}}}"#);
        assert_eq!(outcome(base, &typed(right)), outcome(base, &format!("{{{surgeon}}}")));
        assert_eq!(outcome(base, &typed(wrong)), Err(Refusal::Type));
        let inner = |named| format!(r#"{{{surgeon},"provision":[{}]}}"#, typed(named));
        assert!(outcome(base, &inner(wrong)).is_ok());
        assert_eq!(outcome(base, &inner(right)), Err(Refusal::Type));
    }
}

#[test]
fn classes_codes_and_actions_narrow_an_exception() {
    let with = |element: &str| outcome("OPTOUT", &format!("{{{},{element}}}", recipient(HERE)));
    let both = |types: &str| Ok(format!("surgeon: {types}; lab: {types}"));
    let class = |code: &str| {
        format!(r#""class":[{{"system":"http://hl7.org/fhir/resource-types","code":"{code}"}}]"#)
    };
    assert_eq!(with(&class("Condition")), both("11450-4"));
    assert_eq!(with(&class("Medication")), Ok(String::new()));
    assert_eq!(with(r#""class":[{"system":"urn:other","code":"Condition"}]"#), Err(Refusal::Class));
    let code = |system: &str| {
        format!(r#""code":[{{"coding":[{{"system":"{system}","code":"15074-8"}}]}}]"#)
    };
    assert_eq!(with(&code("http://loinc.org")), both("15074-8"));
    assert_eq!(with(&code("http://snomed.info/sct")), Err(Refusal::Code));
    assert_eq!(with(&action("access")), both(ALL));
    assert_eq!(with(&action("correct")), Ok(String::new()), "to correct is not to read");
    for other in ["disclose", "use", "collect", ""] {
        assert_eq!(with(&action(other)), Err(Refusal::Action));
    }
}

#[test]
fn what_a_grant_cannot_say_and_whom_nobody_knows_is_refused() {
    let cases = [
        (r#""purpose":[{}]"#.to_string(), Refusal::Purpose),
        (r#""data":[{}]"#.into(), Refusal::Data),
        (r#""dataPeriod":{}"#.into(), Refusal::DataPeriod),
        (r#""securityLabel":[{}]"#.into(), Refusal::SecurityLabel),
        (r#""period":{"start":"2016-01-01"}"#.into(), Refusal::UntypedPeriod),
        (recipient("Practitioner/f999"), Refusal::Actor("Practitioner/f999".into())),
        (
            format!(r#""actor":[{}]"#, actor("CST", "Organization/f002")),
            Refusal::Actor("Organization/f002".into()),
        ),
        (format!(r#""actor":[{}]"#, actor("AUT", HERE)), Refusal::Role),
    ];
    for (element, refusal) in cases {
        assert_eq!(outcome("OPTIN", &format!("{{{element}}}")), Err(refusal.clone()), "{element}");
        let inside = format!(r#"{{{},"provision":[{{{element}}}]}}"#, recipient(HERE));
        assert_eq!(outcome("OPTOUT", &inside), Err(refusal), "{element}");
    }
    for element in ["", &action("access"), &format!(r#""actor":[{}]"#, actor("CST", HERE))] {
        assert_eq!(outcome("OPTOUT", &format!("{{{element}}}")), Err(Refusal::Recipients));
    }
}

/// What an earlier consent granted is taken back by this one, whatever else it says.
#[test]
fn a_consent_that_was_taken_back_permits_nobody() {
    let right = ours("OPTIN", "");
    assert_ne!(table(right.as_bytes(), NOW), Ok(String::new()));
    for status in ["inactive", "entered-in-error"] {
        let over = right.replace("\"active\"", &format!("\"{status}\""));
        assert_eq!(table(over.as_bytes(), NOW), Ok(String::new()));
        let broader = over.replace("OPTIN", "no code");
        assert_eq!(table(broader.as_bytes(), NOW), Ok(String::new()));
        assert!(parse(over.replace("Patient/f001", "Patient/f002").as_bytes()).is_err());
    }
}

#[test]
fn two_readers_with_one_key_are_refused() {
    let twice = |setting: Setting<'_>| {
        let readers = [setting.readers[0].clone(), setting.readers[0].clone()];
        let setting = Setting { readers: &readers, ..setting };
        Consent::parse(ours("OPTIN", "").as_bytes(), setting).map(|_| ())
    };
    assert_eq!(with_setting(twice), Err(Refusal::Readers));
}

#[test]
fn the_frame_of_a_consent_is_understood_or_refused() {
    let right = ours("OPTIN", "");
    let cases = [
        ("\"active\"", "\"rejected\"", Refusal::Status),
        ("patient-privacy", "research", Refusal::Scope),
        ("59284-0", "59284-1", Refusal::Category),
        ("Patient/f001", "Patient/f002", Refusal::Patient),
    ];
    for (from, to, refusal) in cases {
        assert_eq!(parse(right.replace(from, to).as_bytes()), Err(refusal));
    }
    let json = [
        ("\"id\"", "\"modifierExtension\":[],\"id\"", "modifierExtension"),
        ("\"id\"", "\"status\":\"active\",\"id\"", "status"),
        ("\"Consent\"", "\"Patient\"", "resourceType"),
        (
            "\"patient\":{\"reference\":\"Patient/f001\"}",
            "\"patient\":[\"Patient/f001\",null]",
            "an object",
        ),
        ("\"patient\":{", "\"patient\":{\"type\":\"Group\",", "type"),
        ("\"coding\":[{", "\"coding\":[{\"system\":\"a\",\"code\":\"b\"},{", "trailing"),
        ("\"OPTIN\"}]}}", "\"OPTIN\"}]}}}", "trailing"),
    ];
    for (from, to, named) in json {
        let Err(Refusal::Json(why)) = parse(right.replace(from, to).as_bytes()) else {
            panic!("{to} is accepted")
        };
        assert!(why.contains(named), "{why}");
    }
    for cut in 0..right.len() {
        assert!(matches!(parse(&right.as_bytes()[..cut]), Err(Refusal::Json(_))));
    }
    let long = format!("{right}{}", " ".repeat(Consent::MAX_LEN - right.len()));
    assert!(parse(long.as_bytes()).is_ok());
    assert_eq!(parse(format!("{long} ").as_bytes()), Err(Refusal::Json("too long".into())));
    let deep = r#"{"provision":["#.repeat(200);
    assert!(matches!(parse(ours("OPTIN", &deep).as_bytes()), Err(Refusal::Json(_))));
}

/// Days without a zone: a permission is as short as any zone makes it, a denial as long.
#[test]
fn periods_open_late_and_close_early_or_the_other_way_round() {
    let day = 24 * HOUR;
    let period = r#""period":{"start":"2016-06-01","end":"2016-06-02"}"#;
    let consent = |base, named| {
        let provision = format!(r#"{{"type":"{named}",{},{period}}}"#, recipient(HERE));
        ours(base, &provision)
    };
    let reads = |consent: &str, now| table(consent.as_bytes(), now).unwrap().contains("surgeon");
    let (permit, deny) = (consent("OPTOUT", "permit"), consent("OPTIN", "deny"));
    for (at, permitted) in [
        (12 * HOUR - 1, false),
        (12 * HOUR, true),
        (2 * day - 14 * HOUR - 1, true),
        (2 * day - 14 * HOUR, false),
    ] {
        assert_eq!(reads(&permit, NOW + at), permitted, "{at}");
    }
    assert!(reads(&deny, NOW - 14 * HOUR - 1) && !reads(&deny, NOW - 14 * HOUR));
    let end = NOW + 2 * day + 12 * HOUR;
    assert!(!reads(&deny, end - 1) && reads(&deny, end));
    // A grant lasts until something changes.
    let until = |consent: &str, now| grants(consent.as_bytes(), now).unwrap()[&key("lab")].until_ms;
    assert_eq!(until(&permit, NOW), NOW + 12 * HOUR);
    assert_eq!(until(&permit, NOW + 12 * HOUR), NOW + 2 * day - 14 * HOUR);
    assert_eq!(until(&deny, end - 1), end);
    assert_eq!(until(&deny, end), u64::MAX);
}

#[test]
fn periods_are_days_in_order() {
    let with = |period: &str| {
        let provision = format!(r#"{{"type":"deny","period":{{{period}}}}}"#);
        parse(ours("OPTIN", &provision).as_bytes())
    };
    for date in [
        "2016",
        "2016-06",
        "2016-6-1",
        "2016-00-01",
        "2016-13-01",
        "2015-02-29",
        "1900-02-29",
        "2016-06-31",
        "2016-06-01T00:00:00Z",
        "+016-06-01",
        "0000-01-01",
        "2016-06-00",
        "",
    ] {
        assert_eq!(with(&format!(r#""start":"{date}""#)), Err(Refusal::Period), "{date}");
    }
    for date in ["2016-02-29", "2000-02-29", "1900-02-28", "1964-01-01", "9999-12-31", "0001-01-01"]
    {
        assert!(with(&format!(r#""end":"{date}""#)).is_ok(), "{date}");
    }
    assert_eq!(with(r#""start":"2016-06-02","end":"2016-06-01""#), Err(Refusal::Period));
    assert!(with(r#""start":"2016-06-01","end":"2016-06-01""#).is_ok());
}

/// Fails closed: no changed byte of a consent that excepts the nurse lets the nurse read.
#[test]
fn t29_t39_a_changed_byte_permits_nobody_who_was_denied() {
    let json = published("notThem");
    let mut compiled = 0;
    for index in 0..json.len() {
        for byte in [json[index] ^ 1, json[index] ^ 0x20, b' ', b'"', b'0', b'}', 0xff] {
            let mut changed = json.clone();
            changed[index] = byte;
            let Ok(grants) = grants(&changed, NOW) else { continue };
            assert!(grants[&key("nurse")].types.is_empty(), "byte {index} is {byte}");
            compiled += 1;
        }
    }
    assert!(compiled > json.len(), "its prose may change");
}

/// What is compiled is what the contract enforces, and a later consent takes back what an earlier gave.
#[test]
fn s2_s4_compiled_grants_are_what_the_contract_enforces() {
    let mut world = Sandbox::new(Policies::default(), Symbolic);
    world.now = NOW;
    let of = |name: &str| key(name);
    world.accepted("patient", policy::Action::Write(data_type("15074-8"), 0, cid("6.3")));
    let send = |world: &mut Sandbox<Policies, Symbolic>, consent: &str| {
        for (reader, grant) in grants(&published(consent), NOW).unwrap() {
            world.accepted("patient", policy::Action::Grant(reader, grant));
        }
    };
    let readers = |world: &Sandbox<Policies, Symbolic>| -> BTreeSet<PublicKey> {
        let read = policy::Action::Read(of("patient"), data_type("15074-8"), cid("6.3"));
        let names = ["surgeon", "lab", "nurse", "relative", "stranger"].into_iter();
        let reads = names.filter(|name| {
            let sent = world.clone().send(name, read.clone());
            sent.is_ok_and(|events| matches!(events[..], [Event::Access(..)]))
        });
        reads.map(of).collect()
    };
    send(&mut world, "notThem");
    assert_eq!(readers(&world), [of("surgeon"), of("lab")].into());
    send(&mut world, "grantor");
    assert_eq!(readers(&world), [of("relative")].into());
    send(&mut world, "notAuthor");
    assert_eq!(readers(&world), BTreeSet::new());
    let grants: &[Grant] = &world.state.contract.grants.0.values().cloned().collect::<Vec<_>>();
    assert!(grants.is_empty(), "absent, not empty");
}
