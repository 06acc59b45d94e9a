//! Pinned bytes of version 1.

use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::{LineageId, RequirementDigest, SchemaDigest};
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::keys::VerifyingKey;
use medcrypto_zk::proof::Proof;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::{Kind, Statement, nullifier};
use zeroize::Zeroizing;

use crate::common::{REQUIREMENT, context, patient, policy, record, requirement, rng, scope};

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text.split_whitespace().collect::<String>()).unwrap()
}

#[test]
fn digests_are_pinned() {
    let secret = HolderSecret::from_bytes(Zeroizing::new([0x11; 31]));
    let lineage = LineageId::from_id(&[0x22; 31]);
    let opening = RecordOpening::generate(record(), secret.commitment(), lineage, &mut rng(0));
    let mut context = context();
    context.verifying_key = [0x33; 32];
    let pinned = [
        ("schema", SchemaDigest::of(&Schema::clinical_v1()).to_bytes()),
        ("holder", secret.commitment().to_bytes()),
        ("C", opening.commitment().to_bytes()),
        ("Q", RequirementDigest::of(&requirement(REQUIREMENT)).to_bytes()),
        ("X", context.digest().to_bytes()),
        ("scope", scope(Kind::PerLineage).digest().to_bytes()),
        ("policy", policy().digest().to_bytes()),
        ("N", nullifier(&secret, lineage, &scope(Kind::PerLineage)).to_bytes()),
    ];
    let lines: Vec<String> =
        pinned.iter().map(|(name, bytes)| format!("{name} {}", hex::encode(bytes))).collect();
    assert_eq!(lines.join("\n"), include_str!("../data/digests_v1.txt").trim_end());
}

/// A key, a statement and a proof of this version, which verify for ever.
#[test]
fn the_pinned_proof_verifies() {
    let key = VerifyingKey::from_bytes(&unhex(include_str!(
        "../../../vectors/pinned/v1/zk/verifying-key.hex"
    )))
    .unwrap();
    let statement =
        Statement::from_bytes(&unhex(include_str!("../../../vectors/pinned/v1/zk/statement.hex")))
            .unwrap();
    let proof =
        Proof::from_bytes(&unhex(include_str!("../../../vectors/pinned/v1/zk/proof.hex"))).unwrap();
    key.verify(&statement, &proof).unwrap();
    let expected = Statement::new(
        patient(2).opening.commitment(),
        RequirementDigest::of(&requirement(REQUIREMENT)),
        statement.context(),
        statement.nullifier(),
        &scope(Kind::PerLineage),
        policy().digest(),
    );
    assert_eq!(statement, expected);
}
