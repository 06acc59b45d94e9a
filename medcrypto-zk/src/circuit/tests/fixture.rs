//! Records, requirements and satisfied instances.

use ark_ff::AdditiveGroup;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

use crate::circuit::{Program, Witness, synthesise};
use crate::commitment::RecordOpening;
use crate::field::{Fr, LineageId, SchemaDigest};
use crate::gadget::System;
use crate::gadget::system::{INPUTS, Row};
use crate::holder::HolderSecret;
use crate::poseidon::{PoseidonTag, hash_2, hash_4};
use crate::record::{CodeList, Entry, Record};
use crate::requirement::Requirement;
use crate::schema::{CodeSystem, Date, Location, Schema, Slot, SlotSpec, SlotType};

/// The requirement of the example.
pub(super) const DEFAULT: &str = r#"all(has(conditions_active, {sct:254637007}),
    glucose >= 6.1 "mmol/L", age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)"#;

/// Counts and absence, required.
pub(super) const ENFORCED: &str = r"all(
    count(conditions_active, {sct:44054006, sct:38341003}) >= 2,
    count(conditions_active, {sct:44054006, sct:73211009}) <= 5,
    count(procedures, {sct:80146002}) = 1, lacks(procedures, {sct:73211009}))";

/// Bits of the literals that [`OPTIONAL`] does not use.
pub(super) const FURTHER: &str = r#"any(
    all(cmp(diastolic + 40, systolic) <= 0, count(procedures, {sct:80146002}) = 1),
    all(bmi <= 30 "kg/m2", present(weight)), present(glucose))"#;

/// A requirement that uses most literals as bits.
pub(super) const OPTIONAL: &str = r#"any(
    all(has(conditions_active, {sct:254637007, sct:44054006}), lacks(medications, {sct:387458008})),
    all(count(conditions_active, {sct:44054006, sct:38341003}) >= 2, count(procedures, {sct:80146002}) <= 1),
    at_least(2, systolic >= 140 "mm[Hg]", diastolic in [60, 90] "mm[Hg]", sex = female, missing(bmi)))"#;

pub(super) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(super) fn below(rng: &mut ChaCha20Rng, bound: u64) -> u64 {
    rng.next_u64() % bound
}

pub(super) fn program(text: &str) -> Program {
    Program::of(&Requirement::parse(Schema::clinical_v1(), text).unwrap())
}

/// A record that meets [`DEFAULT`], and the second and third part of [`OPTIONAL`].
pub(super) fn patient() -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let mut set = |name: &str, value: i64| {
        let field = schema.field(name).unwrap();
        let encoded = schema.spec(field).unwrap().encode(value).unwrap();
        record.set(field, Entry::point(encoded)).unwrap();
    };
    set("birth_date", Date::new(1944, 11, 17).unwrap().day_number());
    set("glucose", 630);
    set("systolic", 150);
    set("diastolic", 80);
    let mut list = |name: &str, codes: &[u64], complete| {
        let list = CodeList::new(codes.to_vec(), complete);
        record.set(schema.field(name).unwrap(), Entry::Codes(list)).unwrap();
    };
    list("conditions_active", &[254_637_007, 44_054_006, 38_341_003], true);
    list("procedures", &[80_146_002], true);
    list("medications", &[387_458_008], false);
    record
}

pub(super) fn witness(record: Record, seed: u64) -> Witness {
    let rng = &mut rng(seed);
    let secret = HolderSecret::generate(rng);
    let lineage = LineageId::from_id(&[9; 31]);
    let opening = RecordOpening::generate(record, secret.commitment(), lineage, rng);
    Witness::new(&opening, &secret)
}

/// The public inputs of a witness, computed outside the circuit.
pub(super) fn inputs(program: &Program, witness: &Witness, kind: u64) -> [Fr; INPUTS] {
    let holder = hash_2(PoseidonTag::Holder, [*witness.secret, Fr::ZERO]);
    let schema = SchemaDigest::of(&program.schema).value();
    let root = [witness.tree.nodes.root, schema, holder, witness.lineage];
    let (kind, scope) = (Fr::from(kind), Fr::from(9u64));
    let parts = [*witness.secret, kind * witness.lineage, scope, kind];
    [
        hash_4(PoseidonTag::Root, root),
        program.digest.value(),
        Fr::from(5u64),
        hash_4(PoseidonTag::Nullifier, parts),
        scope,
        Fr::from(11u64),
        kind,
    ]
}

/// The first violated row, if any.
pub(super) fn violated(program: &Program, witness: &Witness) -> Option<usize> {
    violated_for(program, witness, &inputs(program, witness, 1))
}

pub(super) fn violated_for(
    program: &Program,
    witness: &Witness,
    inputs: &[Fr; INPUTS],
) -> Option<usize> {
    let mut system = System::values_only(inputs);
    synthesise(&mut system, program, witness);
    system.violated()
}

/// Rows and a satisfying assignment.
pub(super) fn instance(program: &Program, witness: &Witness) -> (Vec<Row>, Vec<Fr>) {
    let mut system = System::with_rows(&inputs(program, witness, 1));
    synthesise(&mut system, program, witness);
    assert_eq!(system.violated(), None);
    system.finish()
}

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

/// Every type in both kinds of leaf, with narrow ranges so that boundaries are met often.
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
    Schema::new(7, &FIELDS).unwrap()
}

pub(super) const ICD: [&str; 8] = ["E11", "E11.9", "E10.1", "E1A", "I10", "C34.1", "A00", "Z99.9"];
pub(super) const SCT: [&str; 6] =
    ["254637007", "44054006", "38341003", "22298006", "195967001", "73211009"];

/// A random record: a third missing, intervals, lists complete and partial.
pub(super) fn random_record(rng: &mut ChaCha20Rng, schema: Schema) -> Record {
    let mut record = Record::empty(schema);
    for (field, spec) in schema.ids() {
        if below(rng, 4) > 0 {
            let entry = random_entry(rng, spec);
            record.set(field, entry).unwrap();
        }
    }
    record
}

fn random_entry(rng: &mut ChaCha20Rng, spec: &SlotSpec) -> Entry {
    if let Some(system) = spec.system {
        let pool: &[&str] = if system == CodeSystem::Icd10 { &ICD } else { &SCT };
        let picked = pool.iter().filter(|_| below(rng, 3) == 0);
        let codes = picked.map(|code| system.encode(code).unwrap()).collect();
        return Entry::Codes(CodeList::new(codes, below(rng, 3) > 0));
    }
    let value = |rng: &mut ChaCha20Rng| {
        if spec.kind == SlotType::Date {
            // Within two days of an anniversary, or anywhere.
            let anchor = Date::new(1973, 4, 2).unwrap().day_number().unsigned_abs();
            let near = anchor + below(rng, 5) - 2;
            if below(rng, 2) == 0 { near } else { below(rng, spec.range() + 1) }
        } else {
            below(rng, spec.range() + 1)
        }
    };
    let (a, b) = (value(rng), value(rng));
    let may_spread = spec.kind.is_ordered() && matches!(spec.location, Location::Leaf(_));
    if may_spread && below(rng, 2) == 0 {
        Entry::Interval { lo: a.min(b), hi: a.max(b) }
    } else {
        Entry::point(a)
    }
}
