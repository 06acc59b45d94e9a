//! Statements: every input, every alias, and the values behind them.

use ark_bls12_381::Fr;
use ark_ff::{BigInteger, PrimeField};
use medcrypto_core::DecodeError;
use medcrypto_zk::Error;
use medcrypto_zk::field::{LineageId, Nullifier, SchemaDigest};
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::statement::{
    Context, ContextError, IssueMessage, IssuerPolicy, Kind, PartyKey, Period, PolicyError, Scope,
    ScopeError, Statement, nullifier,
};

use crate::common::{key, patient, policy, proven, rng, scope};

fn field(bytes: &[u8], index: usize) -> Fr {
    Fr::from_be_bytes_mod_order(&bytes[3 + 32 * index..][..32])
}

fn with_field(bytes: &[u8], index: usize, value: Fr) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[3 + 32 * index..][..32].copy_from_slice(&value.into_bigint().to_bytes_be());
    bytes
}

/// The statement of changed bytes is refused by the decoder or by the verifier.
fn is_refused(bytes: &[u8]) -> bool {
    match Statement::from_bytes(bytes) {
        Ok(changed) => {
            key().verifying_key().verify(&changed, &proven().1) == Err(Error::Verification)
        }
        Err(_) => true,
    }
}

#[test]
fn t09_every_input_changed_singly_is_refused() {
    let bytes = proven().0.to_bytes();
    for index in 0..7 {
        let value = field(&bytes, index);
        for changed in [value + Fr::from(1), value - Fr::from(1), Fr::from(0), -value] {
            if changed != value {
                assert!(is_refused(&with_field(&bytes, index, changed)), "input {index}");
            }
        }
    }
    for (i, j) in (0..7).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let swapped = with_field(&bytes, i, field(&bytes, j));
        let swapped = with_field(&swapped, j, field(&bytes, i));
        assert!(is_refused(&swapped), "inputs {i} and {j}");
    }
}

#[test]
fn t10_an_input_of_r_or_more_has_no_meaning() {
    let bytes = proven().0.to_bytes();
    let modulus = Fr::MODULUS.to_bytes_be();
    for index in 0..7 {
        let mut aliased = bytes.clone();
        let mut carry = 0u16;
        let own = &mut aliased[3 + 32 * index..][..32];
        for (byte, add) in own.iter_mut().zip(&modulus).rev() {
            let sum = u16::from(*byte) + u16::from(*add) + carry;
            (*byte, carry) = (sum.to_be_bytes()[1], sum >> 8);
        }
        assert_eq!(carry, 0, "value + r fits 32 bytes");
        assert_eq!(Statement::from_bytes(&aliased), Err(DecodeError::NonCanonical));
    }
    assert_eq!(Nullifier::from_bytes(&modulus.try_into().unwrap()), Err(DecodeError::NonCanonical));
    let mut kind = bytes;
    kind[226] = 2;
    assert_eq!(Statement::from_bytes(&kind), Err(DecodeError::NonCanonical));
}

#[test]
fn a_statement_is_the_one_that_the_verifier_builds() {
    let (statement, _) = proven();
    let expected = Statement::new(
        statement.commitment(),
        key().verifying_key().requirement_digest(),
        crate::common::context().digest(),
        statement.nullifier(),
        &scope(Kind::PerLineage),
        policy().digest(),
    );
    assert_eq!(*statement, expected);
    assert_eq!(statement.commitment(), patient(2).opening.commitment());
}

#[test]
fn nullifiers_depend_on_holder_lineage_scope_and_kind_as_documented() {
    let (secret, other) =
        (HolderSecret::generate(&mut rng(1)), HolderSecret::generate(&mut rng(2)));
    let (a, b) = (LineageId::from_id(&[1; 31]), LineageId::from_id(&[2; 31]));
    let (person, lineage) = (scope(Kind::PerPerson), scope(Kind::PerLineage));
    assert_eq!(nullifier(&secret, a, &person), nullifier(&secret, b, &person));
    assert_ne!(nullifier(&secret, a, &lineage), nullifier(&secret, b, &lineage));
    assert_ne!(nullifier(&secret, a, &person), nullifier(&other, a, &person));
    let next = Period::quarter(2026, 4).unwrap();
    let later = Scope::new(Kind::PerPerson, b"lung-cancer-study", next).unwrap();
    assert_ne!(nullifier(&secret, a, &person), nullifier(&secret, a, &later));
}

#[test]
fn a_scope_has_a_name_and_a_quarter_is_one_of_four() {
    assert_eq!(Scope::new(Kind::PerPerson, b"", Period::ALWAYS), Err(ScopeError::Name));
    assert_eq!(Scope::new(Kind::PerPerson, &[0; 65_536], Period::ALWAYS), Err(ScopeError::Name));
    assert_eq!(Period::quarter(2026, 0), Err(ScopeError::Quarter));
    assert_eq!(Period::quarter(2026, 5), Err(ScopeError::Quarter));
    assert_ne!(Period::quarter(2026, 4).unwrap(), Period::quarter(2027, 1).unwrap());
}

#[test]
fn a_policy_is_a_set_of_issuers_and_a_date() {
    let (a, b) = ([1; 32], [2; 32]);
    let policy = |keys: &[&[u8]], as_of| IssuerPolicy::new(keys, as_of).unwrap().policy32();
    assert_eq!(policy(&[&a, &b], 5), policy(&[&b, &a, &b], 5));
    assert_ne!(policy(&[&a, &b], 5), policy(&[&a, &b], 6));
    assert_ne!(policy(&[&a, &b], 5), policy(&[&a], 5));
    // One key of 64 bytes is not two of 32.
    assert_ne!(policy(&[&a, &b], 5), policy(&[&[a, b].concat()], 5));
    assert_eq!(IssuerPolicy::new(&[&[1; 65_536]], 5), Err(PolicyError::KeyLength));
    assert_eq!(IssuerPolicy::new(&[], 5), Err(PolicyError::NoIssuer));
    assert_eq!(IssuerPolicy::new(&[&[]], 5), Err(PolicyError::KeyLength));
    assert_eq!(IssuerPolicy::new(&[&a, &b[..31]], 5), Err(PolicyError::KeyLength));
    let accepting = IssuerPolicy::new(&[&a], 5).unwrap();
    assert!(accepting.accepts(&a, 5) && !accepting.accepts(&a, 4) && !accepting.accepts(&b, 5));
}

/// A length of 65 536 has no encoding, so two such keys cannot trade bytes.
#[test]
fn t09_a_key_whose_length_has_no_encoding_is_refused() {
    let longest = [7; PartyKey::MAX + 1];
    assert_eq!(PartyKey::new(&longest), Err(ContextError::KeyLength));
    let key = PartyKey::new(&longest[1..]).unwrap();
    let context = crate::common::context();
    let long = Context { institution_key: key, ..context };
    assert_ne!(long.digest(), Context { patient_key: key, ..context }.digest());
    assert_eq!(PartyKey::new(b"institution key"), Ok(context.institution_key));
}

#[test]
fn the_issuer_signs_every_field() {
    let message = IssueMessage {
        commitment: proven().0.commitment(),
        record_digest: [1; 32],
        schema: key().verifying_key().schema_digest(),
        as_of_ms: 2,
        ciphertext_digest: [3; 32],
    };
    let bytes = message.to_bytes();
    assert_eq!(bytes.len(), IssueMessage::LEN);
    assert!(bytes.starts_with(b"MEDCRYPTO-ZK-V01-ISSUE"));
    let mut schema = message.schema.to_bytes();
    schema[31] ^= 1;
    let other_schema = SchemaDigest::from_bytes(&schema).unwrap();
    let changed = [
        IssueMessage { commitment: patient(50).opening.commitment(), ..message },
        IssueMessage { record_digest: [2; 32], ..message },
        IssueMessage { schema: other_schema, ..message },
        IssueMessage { as_of_ms: 3, ..message },
        IssueMessage { ciphertext_digest: [4; 32], ..message },
    ];
    for other in changed {
        assert_ne!(other.to_bytes(), bytes);
    }
}

/// h2f reads 512 bits modulo a 255-bit r: the bias is below r / 2^512 < 2^-250.
#[test]
fn t11_the_bias_of_hashing_to_the_field_is_bounded() {
    const { assert!(512 - Fr::MODULUS_BIT_SIZE > 250) };
    // A statistic that a reduction of 32 bytes fails: values above 2^254 are as frequent as r says.
    let (total, mut high) = (4_000u32, 0u32);
    for i in 0..total {
        let name = i.to_be_bytes();
        let digest = Scope::new(Kind::PerPerson, &name, Period::ALWAYS).unwrap().digest();
        high += u32::from(digest.to_bytes()[0] >= 0x40);
    }
    // (r − 2^254) / r = 0.448; reducing 256 bits would give 0.34.
    let share = f64::from(high) / f64::from(total);
    assert!((0.41..0.49).contains(&share), "{share}");
}
