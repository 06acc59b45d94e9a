//! A small schema with every type of field, random records and random requirements over it.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::record::{CodeList, Entry, Record};
use crate::requirement::ast::{Atom, Expr, Op, Set};
use crate::schema::{CodeSystem, Date, FieldId, Location, Schema, Slot, SlotSpec, SlotType};

const fn spec(name: &'static str, location: Location, kind: SlotType, max: i64) -> SlotSpec {
    let (unit, min, decimals, sources) = ("", 0, 0, [].as_slice());
    let names = [].as_slice();
    SlotSpec { name, location, kind, unit, min, max, decimals, sources, names, system: None }
}

const fn leaf(slot: u16) -> Location {
    Location::Leaf(Slot(slot))
}

static TABLE: [SlotSpec; 9] = [
    spec("born", Location::Wide(0), SlotType::Date, Date::MAX_DAY),
    SlotSpec {
        names: &["female", "male", "other"],
        ..spec("sex", Location::Wide(1), SlotType::Enum, 2)
    },
    SlotSpec { unit: "/min", ..spec("pulse", Location::Wide(2), SlotType::Integer, 9) },
    SlotSpec { unit: "Cel", min: -9, decimals: 1, ..spec("skin", leaf(1), SlotType::Decimal, 6) },
    SlotSpec { unit: "Cel", min: -3, decimals: 1, ..spec("core", leaf(2), SlotType::Decimal, 12) },
    spec("onset", leaf(3), SlotType::Date, Date::MAX_DAY),
    spec("smoker", leaf(4), SlotType::Boolean, 1),
    SlotSpec {
        system: Some(CodeSystem::Icd10),
        ..spec("diagnoses", leaf(5), SlotType::Codes37, 0)
    },
    SlotSpec { system: Some(CodeSystem::Sct), ..spec("findings", leaf(6), SlotType::Codes60, 0) },
];

pub(super) fn schema() -> Schema {
    Schema::new(1, &TABLE).unwrap()
}

pub(super) fn field(name: &str) -> FieldId {
    schema().field(name).unwrap()
}

const ICD10: [&str; 6] = ["E10", "E11", "E119", "E1165", "I10", "C4A"];
const SCT: [u64; 4] = [254_637_007, 368_009, 18_099_001, 22_298_006];

fn icd10() -> Vec<u64> {
    ICD10.iter().map(|code| CodeSystem::Icd10.encode(code).unwrap()).collect()
}

fn interval(name: &'static str) -> BoxedStrategy<Entry> {
    let schema = schema();
    let spec = schema.spec(field(name)).unwrap();
    let range = spec.range();
    let spreads = spec.kind.is_ordered() && matches!(spec.location, Location::Leaf(_));
    let day = |date: &str| u64::try_from(Date::parse(date).unwrap().day_number()).unwrap();
    let values = match spec.kind {
        SlotType::Date => (day("1999-12-28")..day("2001-03-04")).boxed(),
        _ => (0..=range).boxed(),
    };
    let wide = if spreads { 3_u64 } else { 0 };
    (values, 0..=wide)
        .prop_map(move |(lo, more)| Entry::Interval { lo, hi: range.min(lo + more) })
        .boxed()
}

fn entry(name: &'static str) -> BoxedStrategy<Entry> {
    let list = |codes: Vec<u64>| {
        let len = codes.len();
        (subsequence(codes, 0..=len), any::<bool>())
            .prop_map(|(codes, complete)| Entry::Codes(CodeList::new(codes, complete)))
            .boxed()
    };
    let known = match name {
        "diagnoses" => list(icd10()),
        "findings" => list(SCT.to_vec()),
        _ => interval(name),
    };
    prop_oneof![1 => Just(()).prop_map(|()| Entry::Missing), 4 => known].boxed()
}

pub(super) fn record() -> impl Strategy<Value = Record> {
    let entries: Vec<_> = TABLE.iter().map(|spec| entry(spec.name)).collect();
    entries.prop_map(|entries| {
        let mut record = Record::empty(schema());
        for ((id, _), entry) in schema().ids().zip(entries) {
            record.set(id, entry).unwrap();
        }
        record
    })
}

fn op() -> impl Strategy<Value = Op> {
    select(Op::ALL.to_vec())
}

fn number() -> impl Strategy<Value = (FieldId, i64)> {
    // Two beyond the bounds on either side.
    prop_oneof![
        (Just(field("pulse")), -2_i64..=11),
        (Just(field("skin")), -11_i64..=8),
        (Just(field("core")), -5_i64..=14),
    ]
}

fn set() -> BoxedStrategy<(FieldId, Set)> {
    let codes = |name: &'static str, codes: Vec<u64>| {
        vec(select(codes), 1..4).prop_map(move |codes| (field(name), Set::Codes(codes)))
    };
    let under = select(vec!["E", "E1", "E11", "I10", "C", "Z"]).prop_map(|prefix| {
        (field("diagnoses"), Set::Under(CodeSystem::Icd10.under(prefix).unwrap()))
    });
    prop_oneof![codes("diagnoses", icd10()), codes("findings", SCT.to_vec()), under].boxed()
}

fn count() -> impl Strategy<Value = Atom> {
    (set(), op(), 0_u32..4).prop_map(|((field, set), op, k)| {
        let least = u32::from(matches!(op, Op::Ge | Op::Lt));
        Atom::Count(field, set, op, k.max(least))
    })
}

fn age() -> impl Strategy<Value = Atom> {
    let on = select(vec!["2000-02-29", "2001-02-28", "2001-03-01", "2020-02-29", "2199-12-31"]);
    let years = prop_oneof![0_u16..3, 18_u16..22, 98_u16..=150];
    (select(vec!["born", "onset"]), op(), years, on)
        .prop_map(|(name, op, y, on)| Atom::Age(field(name), op, y, Date::parse(on).unwrap()))
}

fn compare() -> impl Strategy<Value = Atom> {
    let pair = select(vec![("skin", "core"), ("core", "skin")]);
    (pair, -25_i64..=25, op()).prop_map(|((left, right), plus, op)| Atom::Compare {
        left: field(left),
        plus,
        right: field(right),
        op,
    })
}

fn atom() -> impl Strategy<Value = Atom> {
    let any_field = || select(TABLE.iter().map(|spec| field(spec.name)).collect::<Vec<_>>());
    prop_oneof![
        (number(), op()).prop_map(|((field, c), op)| Atom::Number(field, op, c)),
        (number(), 0_i64..6).prop_map(|((field, c), more)| Atom::Range(field, c, c + more)),
        age(),
        (0_u64..3).prop_map(|value| Atom::Is(field("sex"), value)),
        (0_u64..2).prop_map(|value| Atom::Is(field("smoker"), value)),
        vec(0_u64..3, 1..4).prop_map(|values| Atom::OneOf(field("sex"), values)),
        compare(),
        set().prop_map(|(field, set)| Atom::Has(field, set)),
        set().prop_map(|(field, set)| Atom::Lacks(field, set)),
        count(),
        any_field().prop_map(Atom::Present),
        any_field().prop_map(Atom::Missing),
    ]
}

pub(super) fn expr() -> impl Strategy<Value = Expr> {
    atom().prop_map(Expr::Atom).prop_recursive(4, 24, 4, |inner| {
        let parts = || vec(inner.clone(), 1..5);
        prop_oneof![
            parts().prop_map(Expr::All),
            parts().prop_map(Expr::Any),
            inner.clone().prop_map(|part| Expr::Not(Box::new(part))),
            (parts(), any::<u32>()).prop_map(|(parts, k)| {
                let n = u32::try_from(parts.len()).unwrap();
                Expr::AtLeast(1 + k % n, parts)
            }),
        ]
    })
}
