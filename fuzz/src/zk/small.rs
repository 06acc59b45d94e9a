//! A schema with every type of field in narrow ranges, so that boundaries are met often; texts of
//! requirements over it, and records.

use medcrypto_zk::record::{CodeList, Entry, Record};
use medcrypto_zk::schema::{CodeSystem, Date, Location, Schema, Slot, SlotSpec, SlotType};

use crate::script::Script;

const BASE: SlotSpec = SlotSpec {
    name: "",
    location: Location::Wide(0),
    kind: SlotType::Integer,
    unit: "1",
    min: 0,
    max: 6,
    decimals: 0,
    sources: &[],
    names: &[],
    system: None,
};

const fn leaf(name: &'static str, slot: u16, kind: SlotType) -> SlotSpec {
    SlotSpec { name, location: Location::Leaf(Slot(slot)), kind, ..BASE }
}

const fn wide(name: &'static str, index: u8, kind: SlotType) -> SlotSpec {
    SlotSpec { name, location: Location::Wide(index), kind, ..BASE }
}

const DATE: SlotSpec = SlotSpec { max: Date::MAX_DAY, unit: "", ..wide("born", 0, SlotType::Date) };

static FIELDS: [SlotSpec; 12] = [
    DATE,
    SlotSpec { max: 1, unit: "", ..wide("wide_flag", 1, SlotType::Boolean) },
    SlotSpec {
        max: 4,
        unit: "",
        names: &["a", "b", "c", "d", "e"],
        ..wide("wide_color", 2, SlotType::Enum)
    },
    SlotSpec { max: 9, ..wide("wide_number", 3, SlotType::Integer) },
    leaf("small", 1, SlotType::Integer),
    SlotSpec { min: -3, max: 4, decimals: 1, unit: "cm", ..leaf("signed", 2, SlotType::Decimal) },
    leaf("other", 3, SlotType::Integer),
    SlotSpec { max: 1, unit: "", ..leaf("flag", 8, SlotType::Boolean) },
    SlotSpec {
        max: 2,
        unit: "",
        names: &["red", "green", "blue"],
        ..leaf("color", 9, SlotType::Enum)
    },
    SlotSpec { name: "day", location: Location::Leaf(Slot(10)), ..DATE },
    SlotSpec {
        max: 0,
        unit: "",
        system: Some(CodeSystem::Icd10),
        ..leaf("diagnoses", 30, SlotType::Codes37)
    },
    SlotSpec {
        max: 0,
        unit: "",
        system: Some(CodeSystem::Sct),
        ..leaf("concepts", 63, SlotType::Codes60)
    },
];

pub(super) fn small_schema() -> Schema {
    Schema::new(7, &FIELDS).expect("a schema")
}

const OPS: [&str; 6] = ["<", "<=", "=", "!=", ">=", ">"];
const ICD: [&str; 8] = ["E11", "E11.9", "E10.1", "E1A", "I10", "C34.1", "A00", "Z99.9"];
const SCT: [&str; 6] = ["254637007", "44054006", "38341003", "22298006", "195967001", "73211009"];

/// A requirement over [`small_schema`]; the parser may still refuse it.
pub(super) fn expression(script: &mut Script<'_>, depth: usize) -> String {
    if depth == 0 || script.below(4) == 0 {
        return atom(script);
    }
    let kind = script.below(4);
    let parts = 1 + script.below(3);
    let inner = |script: &mut Script<'_>| expression(script, depth - 1);
    let join = |parts: Vec<String>| parts.join(", ");
    match kind {
        0 => format!("all({})", join((0..parts).map(|_| inner(script)).collect())),
        1 => format!("any({})", join((0..parts).map(|_| inner(script)).collect())),
        2 => format!("not({})", inner(script)),
        _ => {
            let k = 1 + script.below(parts);
            format!("at_least({k}, {})", join((0..parts).map(|_| inner(script)).collect()))
        }
    }
}

fn atom(script: &mut Script<'_>) -> String {
    let op = script.pick(&OPS);
    match script.below(12) {
        0 => format!("small {op} {} \"1\"", script.below(8)),
        1 => {
            let field = script.pick(&["small", "wide_number"]);
            let (a, b) = (script.below(8), script.below(8));
            format!("{field} in [{}, {}] \"1\"", a.min(b), a.max(b))
        }
        2 => format!("signed {op} {} \"cm\"", script.pick(&["-0.3", "-0.1", "0.0", "0.2", "0.4"])),
        3 => format!("wide_number {op} {} \"1\"", script.below(11)),
        4 => {
            let (field, years) = (script.pick(&["born", "day"]), script.pick(&[0, 1, 40, 41, 80]));
            let date = script.pick(&["2013-04-02", "2012-02-29", "2013-02-28"]);
            format!("age({field}) {op} {years} on {date}")
        }
        5 => {
            let field = script.pick(&["flag", "wide_flag"]);
            format!("{field} = {}", script.pick(&["true", "false"]))
        }
        6 => format!("color = {}", script.pick(&["red", "green", "blue"])),
        7 => {
            let (a, b) = (script.pick(&["a", "b"]), script.pick(&["c", "d", "e"]));
            format!("wide_color in {{{a}, {b}}}")
        }
        8 => {
            let plus = script.pick(&["-7", "-2", "-1", "0", "1", "3", "7"]);
            format!("cmp(small + {plus}, other) {op} 0")
        }
        9 => {
            let field = script.pick(&["small", "born", "diagnoses", "concepts", "flag"]);
            format!("{}({field})", script.pick(&["present", "missing"]))
        }
        10 => {
            let list = script.pick(&["diagnoses", "concepts"]);
            format!("{}({list}, {})", script.pick(&["has", "lacks"]), set_of(script, list))
        }
        _ => {
            let list = script.pick(&["diagnoses", "concepts"]);
            let set = set_of(script, list);
            format!("count({list}, {set}) {op} {}", script.below(4))
        }
    }
}

fn set_of(script: &mut Script<'_>, list: &str) -> String {
    let is_icd = list == "diagnoses";
    if is_icd && script.below(3) == 0 {
        return format!("under \"{}\"", script.pick(&["E1", "E", "C34", "E11"]));
    }
    let (system, pool): (_, &[&str]) = if is_icd { ("icd10", &ICD) } else { ("sct", &SCT) };
    let count = 1 + script.below(3);
    let codes: Vec<_> = (0..count).map(|_| format!("{system}:{}", script.pick(pool))).collect();
    format!("{{{}}}", codes.join(", "))
}

/// A record over any schema: fields missing, intervals, lists complete and partial.
pub(super) fn record(script: &mut Script<'_>, schema: Schema) -> Record {
    let mut record = Record::empty(schema);
    for (field, spec) in schema.ids() {
        if script.below(4) > 0 {
            record.set(field, entry(script, spec)).expect("an entry within the bounds");
        }
    }
    record
}

fn entry(script: &mut Script<'_>, spec: &SlotSpec) -> Entry {
    if let Some(system) = spec.system {
        let pool: &[&str] = if system == CodeSystem::Icd10 { &ICD } else { &SCT };
        let mask = script.byte();
        let picked = pool.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
        let codes = picked.map(|(_, code)| system.encode(code).expect("a code")).collect();
        return Entry::Codes(CodeList::new(codes, script.below(3) > 0));
    }
    let (a, b) = (value(script, spec), value(script, spec));
    let may_spread = spec.kind.is_ordered() && matches!(spec.location, Location::Leaf(_));
    if may_spread && script.flag() {
        return Entry::Interval { lo: a.min(b), hi: a.max(b) };
    }
    Entry::point(a)
}

/// An encoded value; a date is often within two days of an anniversary.
fn value(script: &mut Script<'_>, spec: &SlotSpec) -> u64 {
    if spec.kind != SlotType::Date {
        return script.below(spec.range() as usize + 1) as u64;
    }
    let anchor = Date::new(1973, 4, 2).expect("a date").day_number().unsigned_abs();
    let near = script.flag();
    if near { anchor + script.below(5) as u64 - 2 } else { script.u64() % (spec.range() + 1) }
}
