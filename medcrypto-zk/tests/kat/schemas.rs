//! The schema with its codes and dates.

use medcrypto_zk::field::SchemaDigest;
use medcrypto_zk::schema::{CodeSystem, Date, Location, Schema, SlotSpec};
use serde_json::Value;

use crate::reader::{Case, Outputs, Runner, Verdict, named, run};

#[test]
fn t19_the_schema_gives_the_known_answers() {
    let json = include_str!("../../../vectors/zk/schema.json");
    let kinds: [(_, Runner); 4] =
        [("schema", schema), ("code", code), ("prefix", prefix), ("cutoff", cutoff)];
    run(json, "medcrypto-zk/schema", &kinds);
}

fn schema(case: &Case) -> Verdict {
    assert_eq!(case.number("version"), 1);
    let (schema, fields) = (Schema::clinical_v1(), case.list("fields"));
    assert_eq!(schema.fields().len(), fields.len());
    schema.fields().iter().zip(fields).for_each(|(spec, row)| assert_row(spec, row));
    Ok(Outputs::from([("digest", SchemaDigest::of(&schema).to_bytes().to_vec())]))
}

fn assert_row(spec: &SlotSpec, row: &Value) {
    let place = match spec.location {
        Location::Wide(index) => format!("wide {index}"),
        Location::Leaf(slot) => format!("slot {}", slot.0),
    };
    let system = spec.system.map_or("", CodeSystem::uri);
    let ours = serde_json::json!({
        "name": spec.name, "place": place, "type": spec.kind as u8, "unit": spec.unit,
        "min": spec.min, "max": spec.max, "decimals": spec.decimals, "system": system,
        "sources": spec.sources, "names": spec.names,
    });
    assert_eq!(&ours, row);
}

fn system(case: &Case) -> CodeSystem {
    let name = case.text("system");
    CodeSystem::ALL.into_iter().find(|system| system.prefix() == name).unwrap()
}

fn code(case: &Case) -> Verdict {
    let value = system(case).encode(case.text("code")).map_err(named)?;
    Ok(Outputs::from([("value", value.to_be_bytes().to_vec())]))
}

fn prefix(case: &Case) -> Verdict {
    let (lo, hi) = system(case).under(case.text("prefix")).map_err(named)?;
    Ok(Outputs::from([("lo", lo.to_be_bytes().to_vec()), ("hi", hi.to_be_bytes().to_vec())]))
}

fn cutoff(case: &Case) -> Verdict {
    let on = Date::parse(case.text("on")).unwrap();
    let day = on.cutoff(u16::try_from(case.number("years")).unwrap());
    Ok(Outputs::from([("day", day.to_be_bytes().to_vec())]))
}
