//! What each consent grants to whom, compiled.

use super::ward::Ward;
use crate::flows::report::Table;

/// The consents by name, what each reader may read of the types, and why one is refused.
#[must_use]
pub fn table(ward: &Ward) -> Table {
    let types = ward.source.observations.len();
    let row = |(name, json): (&String, &Vec<u8>)| {
        let grants = ward.compile(json);
        let cell = |of: &super::parties::Reader| match &grants {
            Ok(grants) => grants.get(&of.signer.public_key()).map_or(0, |grant| grant.types.len()),
            Err(_) => 0,
        };
        let cells = ward.readers.iter().map(|reader| format!("{}/{types}", cell(reader)));
        let outcome = grants.as_ref().map_or_else(ToString::to_string, |_| "policy".to_owned());
        [name.clone()].into_iter().chain(cells).chain([outcome]).collect()
    };
    let names = ward.readers.iter().map(|reader| reader.name);
    Table {
        title: "What the patient's consents grant: types of data that each reader may read",
        columns: ["consent"].into_iter().chain(names).chain(["outcome"]).collect(),
        rows: ward.source.consents.iter().map(row).collect(),
        measured: Vec::new(),
    }
}
