//! FHIR Consents of hostile JSON.
//!
//! ```text
//! input    flags u8 ‖ rest    bit 7  0 the rest is the JSON, 1 a script that edits a seed by the token
//! accepted at every time all readers and nobody else are told, about types of the setting alone, and the
//!          same until the bound; white space between the tokens changes nothing; an unknown key in any
//!          object refuses it, except inside of what says nothing about access
//! reached  it is the JSON of a consent
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::contract::consent::{Consent, Reader, Refusal, Setting};
use medcrypto_ledger::contract::policy::{DataType, Grant};

use super::hospital::key;
use super::policies::data_type;
use crate::script::{Script, random};
use crate::zk::tokens::{edited_json, tokens};

const HERE: &str = "Organization/f001";
const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem";
/// 2016-06-01, in milliseconds since 1970.
const NOW: u64 = 1_464_739_200_000;
const TIMES: [u64; 6] = [0, NOW, NOW + 1, 1_500_000_000_000, 1_900_000_000_000, u64::MAX - 1];

/// Elements whose content is not looked at.
const SILENT: [&[u8]; 6] =
    [b"id", b"text", b"dateTime", b"organization", b"sourceAttachment", b"display"];

/// Names and values of a consent.
pub(super) const WORDS: &[&[u8]] = &[
    b"\"provision\":",
    b"\"actor\":",
    b"\"period\":",
    b"\"start\":",
    b"\"end\":",
    b"\"type\":",
    b"\"permit\"",
    b"\"deny\"",
    b"\"code\":",
    b"\"class\":",
    b"\"display\":",
    b"OPTIN",
    b"OPTOUT",
    b"null",
];

/// Three who treat, and one whom consents may name.
static READERS: LazyLock<Vec<Reader<'static>>> = LazyLock::new(|| {
    let reader = |name, names, treats| Reader { key: key(name), names, treats };
    vec![
        reader("surgeon", &["Practitioner/f001", HERE][..], true),
        reader("lab", &["Practitioner/f003", HERE], true),
        reader("nurse", &["Practitioner/f204"], true),
        reader("relative", &["Patient/example"], false),
    ]
});

static TYPES: LazyLock<Vec<(DataType, &str)>> = LazyLock::new(|| {
    let pairs = [("15074-8", "Observation"), ("8867-4", "Observation"), ("11450-4", "Condition")];
    pairs.map(|(code, class)| (data_type(code), class)).into()
});

fn setting() -> Setting<'static> {
    Setting { patient: "Patient/f001", custodian: HERE, readers: &READERS, types: &TYPES }
}

fn published() -> Vec<String> {
    let names = ["grantor", "notAuthor", "notOrg", "notThem", "notThis", "notTime", "basic", "Out"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/fhir");
    let read = |name| {
        let file = folder.join(format!("Consent-consent-example-{name}.json"));
        std::fs::read_to_string(file).expect("a file of testdata")
    };
    names.map(read).into()
}

fn concept(system: &str, code: &str) -> String {
    format!(r#"{{"coding":[{{"system":"{system}","code":"{code}"}}]}}"#)
}

/// A consent in which every element that is understood stands, three exceptions deep.
fn nested(base: &str, [outer, inner]: [&str; 2]) -> String {
    let actor = |role: &str, who: &str| {
        let role = concept(&format!("{SYSTEM}/v3-ParticipationType"), role);
        format!(r#"{{"role":{role},"reference":{{"reference":"{who}","display":"who"}}}}"#)
    };
    let (custodian, nurse) = (actor("CST", HERE), actor("PRCP", "Practitioner/f204"));
    let relative = actor("PRCP", "Patient/example");
    let access = concept(&format!("{SYSTEM}/consentaction"), "access");
    let correct = concept(&format!("{SYSTEM}/consentaction"), "correct");
    let class = r#"{"system":"http://hl7.org/fhir/resource-types","code":"Observation"}"#;
    let code = concept("http://loinc.org", "8867-4");
    let last = format!(r#"{{"type":"{outer}","actor":[{nurse}],"code":[{code}]}}"#);
    let period = r#"{"start":"2016-02-29","end":"2017-01-01"}"#;
    let middle =
        format!(r#"{{"type":"{inner}","period":{period},"class":[{class}],"provision":[{last}]}}"#);
    let provision = format!(
        r#"{{"type":"{outer}","period":{{"start":"2015-01-01"}},"actor":[{custodian},{nurse},{relative}],"action":[{access},{correct}],"provision":[{middle}]}}"#
    );
    let scope = concept(&format!("{SYSTEM}/consentscope"), "patient-privacy");
    let category = concept("http://loinc.org", "59284-0");
    let rule = concept(&format!("{SYSTEM}/v3-ActCode"), base);
    format!(
        r#"{{"resourceType":"Consent","id":"ours","text":{{"div":"<b>{{\"}}</b>"}},"status":"active","scope":{scope},"category":[{category}],"patient":{{"reference":"Patient/f001"}},"dateTime":"2016-05-11","organization":[{{}}],"policyRule":{rule},"provision":{provision}}}"#
    )
}

fn consents() -> Vec<String> {
    let ours = [nested("OPTOUT", ["permit", "deny"]), nested("OPTIN", ["deny", "permit"])];
    ours.into_iter().chain(published()).collect()
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let plain = consents().into_iter().map(|json| [b"\0", json.as_bytes()].concat());
    let scripts = random(21, 16, 60).into_iter().map(|script| [&[0x80], &script[..]].concat());
    plain.chain(scripts).collect()
}

pub(super) fn consent(data: &[u8]) -> bool {
    static TOKENS: LazyLock<Vec<Vec<String>>> =
        LazyLock::new(|| consents().iter().map(|json| tokens(json)).collect());
    let Some((flags, rest)) = data.split_first() else { return false };
    let json = match flags >> 7 {
        0 => Cow::Borrowed(rest),
        _ => edited_json(&mut Script::new(rest), &TOKENS).into_bytes().into(),
    };
    match Consent::parse(&json, setting()) {
        Ok(consent) => {
            accepted(&json, &consent);
            true
        }
        Err(refusal) => !matches!(refusal, Refusal::Json(_)),
    }
}

type Grants = BTreeMap<PublicKey, Grant>;

fn accepted(json: &[u8], consent: &Consent<'_>) {
    let grants: Vec<_> = TIMES.iter().map(|now| grants(consent, *now)).collect();
    let spaced = spaced(json);
    if spaced.len() <= Consent::MAX_LEN {
        let spaced = Consent::parse(&spaced, setting()).expect("the same between spaces");
        let all = TIMES.map(|now| spaced.grants(now).0);
        assert!(all.iter().eq(&grants), "white space");
    }
    for at in objects(json) {
        let (before, after) = json.split_at(at);
        let is_empty = after.trim_ascii_start().starts_with(b"}");
        let key: &[u8] = if is_empty { br#""unknown":0"# } else { br#""unknown":0,"# };
        let more = [before, key, after].concat();
        let refused = matches!(Consent::parse(&more, setting()), Err(Refusal::Json(_)));
        assert!(refused, "an unknown key at {at}");
    }
}

/// What is granted at a time, which is the same until the bound.
fn grants(consent: &Consent<'_>, now_ms: u64) -> Grants {
    let grants = consent.grants(now_ms).0;
    let readers: BTreeSet<_> = READERS.iter().map(|reader| &reader.key).collect();
    assert!(grants.keys().eq(readers), "told to others than the readers");
    let Some(until_ms) = grants.values().map(|grant| grant.until_ms).next() else { return grants };
    for grant in grants.values() {
        assert!(grant.types.iter().all(|named| TYPES.iter().any(|(known, _)| named == known)));
        assert_eq!((grant.from_ms, grant.until_ms), (now_ms, until_ms));
        assert!(until_ms > now_ms, "granted until it is over");
    }
    for then in [now_ms + (until_ms - now_ms) / 2, until_ms - 1] {
        let later = consent.grants(then).0;
        let types = |grants: &Grants| grants.values().map(|g| g.types.clone()).collect::<Vec<_>>();
        assert_eq!(types(&later), types(&grants), "before the bound");
    }
    grants
}

/// White space on both sides of everything that stands between strings and words.
fn spaced(json: &[u8]) -> Vec<u8> {
    let (mut out, mut quoted, mut escaped) = (Vec::with_capacity(json.len() * 2), false, false);
    for byte in json {
        let between = !quoted && b"{}[]:,".contains(byte);
        if between {
            out.extend(b" \n");
        }
        out.push(*byte);
        if between {
            out.extend(b"\t\r");
        }
        quoted ^= *byte == b'"' && !escaped;
        escaped = quoted && *byte == b'\\' && !escaped;
    }
    out
}

/// Where the content of each object begins that says something about access.
fn objects(json: &[u8]) -> Vec<usize> {
    let (mut found, mut silent) = (Vec::new(), vec![false]);
    let (mut string, mut is_silent, mut at) = (&json[..0], false, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => {
                let len = string_len(&json[at + 1..]);
                string = &json[at + 1..at + 1 + len];
                at += len + 1;
            }
            // A name that is written with escapes may be any.
            b':' => is_silent = SILENT.contains(&string) || string.contains(&b'\\'),
            b',' => is_silent = false,
            b'{' | b'[' => {
                silent.push(is_silent || silent.last() == Some(&true));
                if *byte == b'{' && silent.last() == Some(&false) {
                    found.push(at + 1);
                }
                is_silent = false;
            }
            b'}' | b']' => drop(silent.pop()),
            _ => {}
        }
        at += 1;
    }
    found
}

/// How many bytes stand before the closing quote.
fn string_len(rest: &[u8]) -> usize {
    let mut escaped = false;
    let end = rest.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(rest.len())
}
