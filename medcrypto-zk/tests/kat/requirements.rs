//! The requirement language: canonical text and digest, or the kind of the error.

use medcrypto_zk::field::RequirementDigest;
use medcrypto_zk::requirement::{Requirement, RequirementError};
use medcrypto_zk::schema::Schema;

use crate::reader::{Case, Outputs, Verdict, named, run};

#[test]
fn requirements_give_the_known_answers() {
    let json = include_str!("../../../vectors/zk/requirement.json");
    run(json, "medcrypto-zk/requirement", &[("requirement", requirement)]);
}

fn requirement(case: &Case) -> Verdict {
    let requirement = Requirement::parse(Schema::clinical_v1(), case.text("text"));
    let requirement = requirement.map_err(kind)?;
    let json = Requirement::from_json(Schema::clinical_v1(), &requirement.to_json()).unwrap();
    assert_eq!(json.canonical(), requirement.canonical(), "the JSON form");
    Ok(Outputs::from([
        ("canonical", requirement.canonical().as_bytes().to_vec()),
        ("digest", RequirementDigest::of(&requirement).to_bytes().to_vec()),
    ]))
}

/// The name of the kind, without what it says more.
fn kind(error: RequirementError) -> String {
    named(error.kind).split('(').next().unwrap().to_owned()
}
