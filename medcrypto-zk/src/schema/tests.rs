//! Bounds, digests and places of the schema.

use super::{Date, Location, Schema, SchemaError, Slot, SlotSpec, SlotType, clinical};
use alloc::boxed::Box;

fn with(change: impl FnOnce(&mut [SlotSpec])) -> Result<Schema, SchemaError> {
    let mut table: Box<[SlotSpec]> = clinical::FIELDS.into();
    change(&mut table);
    Schema::new(1, Box::leak(table))
}

#[test]
fn the_clinical_table_is_a_schema() {
    let schema = with(|_| ()).unwrap();
    assert_eq!(schema.digest_wide(), Schema::clinical_v1().digest_wide());
    assert_eq!(schema.fields().len(), 25);
}

/// A mistyped LOINC code would make a field silently missing.
#[test]
fn every_loinc_source_has_a_valid_check_digit() {
    let sources = clinical::FIELDS.iter().flat_map(|field| field.sources);
    let codes: Vec<_> =
        sources.filter(|source| source.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(codes.len(), 23);
    for code in codes {
        assert!(super::CodeSystem::Loinc.encode(code).is_ok(), "{code}");
    }
}

#[test]
fn bad_tables_are_refused() {
    let glucose = Schema::clinical_v1().field("glucose").unwrap().index();
    let refused = |change: fn(&mut SlotSpec)| with(|t| change(&mut t[glucose])).unwrap_err();
    assert_eq!(refused(|f| f.name = "Glucose"), SchemaError::Name(glucose));
    assert_eq!(refused(|f| f.name = "sex"), SchemaError::Name(glucose));
    assert_eq!(refused(|f| f.location = Location::Leaf(Slot(0))), SchemaError::Location(glucose));
    assert_eq!(refused(|f| f.location = Location::Leaf(Slot(1))), SchemaError::Location(glucose));
    assert_eq!(refused(|f| f.location = Location::Wide(6)), SchemaError::Location(glucose));
    assert_eq!(refused(|f| f.min = f.max + 1), SchemaError::Shape(glucose));
    assert_eq!(refused(|f| f.names = &["a"]), SchemaError::Shape(glucose));
    assert_eq!(refused(|f| (f.min, f.max) = (1 << 60, 1 << 60)), SchemaError::Shape(glucose));
    assert_eq!(refused(|f| (f.min, f.max) = (i64::MIN, i64::MIN + 9)), SchemaError::Shape(glucose));
    let reserved = [SlotType::Code37, SlotType::Loinc, SlotType::Snomed, SlotType::Digest];
    for kind in reserved.into_iter().chain([SlotType::Codes37Partial, SlotType::Codes60Partial]) {
        let changed = with(|t| (t[glucose].kind, t[glucose].decimals) = (kind, 0));
        assert_eq!(changed.unwrap_err(), SchemaError::Shape(glucose), "{kind:?}");
    }
    let late = with(|t| t[0].max = Date::MAX_DAY + 1).unwrap_err();
    assert_eq!(late, SchemaError::Shape(0));
}

#[test]
fn t19_every_part_of_a_field_is_in_the_digest() {
    let digest = Schema::clinical_v1().digest_wide();
    let glucose = Schema::clinical_v1().field("glucose").unwrap().index();
    let conditions = Schema::clinical_v1().field("conditions_active").unwrap().index();
    let changed = |at: usize, change: fn(&mut SlotSpec)| {
        let schema = with(|table| change(&mut table[at])).unwrap();
        assert_ne!(schema.digest_wide(), digest);
    };
    changed(glucose, |f| f.name = "glucose_2");
    changed(glucose, |f| f.location = Location::Leaf(Slot(63)));
    changed(glucose, |f| f.unit = "mg/dL");
    changed(glucose, |f| f.min += 1);
    changed(glucose, |f| f.max += 1);
    changed(glucose, |f| f.decimals = 1);
    changed(glucose, |f| f.sources = &["15074-8"]);
    changed(1, |f| f.names = &["male", "female", "other"]);
    changed(conditions, |f| {
        f.kind = SlotType::Codes37;
        f.system = Some(super::CodeSystem::Icd10);
    });
}

#[test]
fn numbers_encode_within_their_bounds_only() {
    let schema = Schema::clinical_v1();
    let spec = schema.spec(schema.field("base_excess").unwrap()).unwrap();
    assert_eq!((spec.min, spec.max, spec.range(), spec.bits()), (-500, 500, 1000, 10));
    assert_eq!(spec.encode(126), Some(626));
    assert_eq!((spec.encode(-500), spec.encode(500)), (Some(0), Some(1000)));
    assert_eq!((spec.encode(-501), spec.encode(501)), (None, None));
    assert_eq!((spec.decode(626), spec.decode(1001)), (Some(126), None));
}
