//! What a verifier builds a statement from: contexts, scopes, issuer policies, issue messages,
//! nullifiers. Law: two of a kind have one digest exactly when they say the same.

use medcrypto_zk::field::{Commitment, LineageId, SchemaDigest};
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::{
    Context, IssueMessage, IssuerPolicy, Kind, PartyKey, Period, Profile, Scope, nullifier,
};

use crate::script::Script;

/// Two of a kind from one script. Reached: both are well-formed.
pub(super) fn digests(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    match script.below(5) {
        0 => contexts(&mut script),
        1 => scopes(&mut script),
        2 => policies(&mut script),
        3 => messages(&mut script),
        _ => nullifiers(&mut script),
    }
}

/// The script's bytes again for the second of a pair, but for one change of a byte or a length.
fn varied(script: &mut Script<'_>, len: usize) -> (Vec<u8>, Vec<u8>) {
    let first = script.bytes(len).to_vec();
    let mut second = first.clone();
    match script.below(4) {
        0 => {}
        1 => second.extend(script.bytes(1)),
        2 => drop(second.pop()),
        _ => {
            let at = script.below(second.len());
            if let Some(byte) = second.get_mut(at) {
                *byte ^= script.byte();
            }
        }
    }
    (first, second)
}

fn contexts(script: &mut Script<'_>) -> bool {
    let (institution, institution_2) = varied(script, 40);
    let (patient, patient_2) = varied(script, 40);
    let mut pick32 = || [script.byte() % 3; 32];
    let (vk, chain, contract, request) = (pick32(), pick32(), pick32(), pick32());
    let (policy, nonce) = (pick32(), pick32());
    let key = |bytes| PartyKey::new(bytes);
    let (Ok(institution_key), Ok(patient_key)) = (key(&institution), key(&patient)) else {
        return false;
    };
    let first = Context {
        profile: Profile::Anchored,
        verifying_key: vk,
        chain,
        contract,
        request,
        version: u64::from(script.byte()),
        policy,
        institution_key,
        patient_key,
        nonce,
        expiry_ms: script.u64(),
    };
    let (Ok(institution_key), Ok(patient_key)) = (key(&institution_2), key(&patient_2)) else {
        return false;
    };
    let mut second = Context { institution_key, patient_key, ..first };
    let other = [script.byte() % 3; 32];
    match script.below(12) {
        0 => second.verifying_key = other,
        1 => second.chain = other,
        2 => second.contract = other,
        3 => second.request = other,
        4 => second.policy = other,
        5 => second.nonce = other,
        6 => second.version = u64::from(script.byte()),
        7 => second.expiry_ms = script.u64(),
        8 => (second.institution_key, second.patient_key) = (patient_key, institution_key),
        _ => {}
    }
    assert_eq!(first == second, first.digest() == second.digest(), "{first:?} {second:?}");
    true
}

fn scope(script: &mut Script<'_>, name: &[u8]) -> Option<Scope> {
    let kind = if script.flag() { Kind::PerPerson } else { Kind::PerLineage };
    Scope::new(kind, name, Period::from_number(u32::from(script.byte() % 3))).ok()
}

fn scopes(script: &mut Script<'_>) -> bool {
    let (first, second) = varied(script, 40);
    let (Some(first), Some(second)) = (scope(script, &first), scope(script, &second)) else {
        return false;
    };
    assert_eq!(first == second, first.digest() == second.digest(), "{first:?} {second:?}");
    true
}

/// As sets: the order and the repetition of issuers say nothing.
fn policies(script: &mut Script<'_>) -> bool {
    let mut set = || {
        let mut keys: Vec<&[u8]> = (0..1 + script.below(3)).map(|_| script_key(script)).collect();
        let as_of = u64::from(script.byte() % 3);
        let policy = IssuerPolicy::new(&keys, as_of);
        keys.sort_unstable();
        keys.dedup();
        (policy, keys, as_of)
    };
    let ((first, keys, as_of), (second, keys_2, as_of_2)) = (set(), set());
    let (Ok(first), Ok(second)) = (first, second) else { return false };
    let same = (&keys, as_of) == (&keys_2, as_of_2);
    assert_eq!(same, first.policy32() == second.policy32(), "{keys:?} {keys_2:?}");
    assert_eq!(same, first.digest() == second.digest());
    for (key, of) in keys.iter().zip([0_u64, 1, 2]).chain(keys_2.iter().zip([2, 1, 0])) {
        let accepted = keys.contains(key) && of >= as_of;
        assert_eq!(first.accepts(key, of), accepted);
    }
    true
}

/// All of one length, from few bytes, so that sets are often equal.
fn script_key<'a>(script: &mut Script<'a>) -> &'a [u8] {
    let keys: [&[u8]; 4] = [&[1, 1], &[1, 2], &[2, 1], &[1]];
    // A key of another length is refused one time in sixteen.
    let index = script.below(16);
    keys[if index == 15 { 3 } else { index % 3 }]
}

fn messages(script: &mut Script<'_>) -> bool {
    let message = |script: &mut Script<'_>| IssueMessage {
        commitment: Commitment::from_bytes(&[script.byte() % 2; 32]).expect("below r"),
        record_digest: [script.byte() % 2; 32],
        schema: SchemaDigest::of(&Schema::clinical_v1()),
        as_of_ms: u64::from(script.byte() % 2),
        ciphertext_digest: [script.byte() % 2; 32],
    };
    let (first, second) = (message(script), message(script));
    assert_eq!(first == second, first.to_bytes() == second.to_bytes());
    assert_eq!(first.to_bytes().len(), IssueMessage::LEN);
    true
}

/// Per person: of holder and scope alone. Per lineage: of the lineage too.
fn nullifiers(script: &mut Script<'_>) -> bool {
    let mut party = || {
        let (holder, lineage) = (script.byte() % 2, script.byte() % 2);
        (holder, lineage, scope(script, b"study"))
    };
    let (first, second) = (party(), party());
    let value = |(holder, lineage, scope): &(u8, u8, Option<Scope>)| {
        let secret = HolderSecret::from_bytes([*holder; 31].into());
        let lineage = LineageId::from_id(&[*lineage; 31]);
        scope.as_ref().map(|scope| nullifier(&secret, lineage, scope))
    };
    let same_scope = first.2 == second.2;
    let per_person = first.2.as_ref().is_some_and(|scope| scope.kind() == Kind::PerPerson);
    let same = first.0 == second.0 && same_scope && (per_person || first.1 == second.1);
    assert_eq!(same, value(&first) == value(&second), "{first:?} {second:?}");
    true
}
