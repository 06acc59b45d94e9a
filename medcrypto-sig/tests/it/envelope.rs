use medcrypto_sig::ed25519::SigningKey;
use medcrypto_sig::envelope::{Domain, DualSigned, Envelope, Role, SignedEnvelope};
use medcrypto_sig::{DecodeError, Error};

use crate::secret;

fn patient() -> SigningKey {
    SigningKey::from_seed(&secret(&"01".repeat(32)))
}

fn institution() -> SigningKey {
    SigningKey::from_seed(&secret(&"02".repeat(32)))
}

fn envelope(role: Role) -> Envelope {
    Envelope {
        domain: Domain::new("sharing/settlement").unwrap(),
        chain_id: [0x11; 32],
        role,
        nonce: 0x0102_0304_0506_0708,
        payload_hash: [0x22; 32],
    }
}

fn dual() -> DualSigned {
    let by_patient = envelope(Role::Patient).sign(&patient());
    let by_institution = envelope(Role::Institution).sign(&institution());
    DualSigned::combine(by_patient, by_institution).unwrap()
}

/// From plain-integer Python of RFC 8032 over the message of the module text.
const SIGNED: &str = "0101360000001273686172696e672f736574746c656d656e74111111111111111111111111111111111111111111111111111111111111111101010203040506070822222222222222222222222222222222222222222222222222222222222222228686cf834e84da36bf0118f45331c8c314520f7ae83dd692019e890a47c58d586683a811b31b330d521bb6bafd04d8569427efe9085e8c4720fd280bd3138c0c";
const DUAL: &str = "0101370000001273686172696e672f736574746c656d656e741111111111111111111111111111111111111111111111111111111111111111010203040506070822222222222222222222222222222222222222222222222222222222222222228686cf834e84da36bf0118f45331c8c314520f7ae83dd692019e890a47c58d586683a811b31b330d521bb6bafd04d8569427efe9085e8c4720fd280bd3138c0c81f2fa463d31fdd3155d61f64ccde778abbb09fb1e689b99e0feb6916ff24ee85aeab0d94bb87969d322f0cee32d6c7eee76f1a9d7dd9ade9c1e9881fb05ab05";

#[test]
fn pinned_envelopes() {
    assert_eq!((SignedEnvelope::BASE_LEN, DualSigned::BASE_LEN), (144, 207));
    let name = "sharing/settlement".len();
    assert_eq!((SIGNED.len(), DUAL.len()), (2 * (144 + name), 2 * (207 + name)));
    let made = envelope(Role::Patient).sign(&patient());
    assert_eq!(hex::encode(made.to_bytes()), SIGNED);
    let pinned = SignedEnvelope::from_bytes(&hex::decode(SIGNED).unwrap()).unwrap();
    let verified = pinned.verify(&patient().verifying_key()).unwrap();
    assert_eq!(*verified.envelope(), envelope(Role::Patient));
    assert_eq!(*verified.signer(), patient().verifying_key());

    assert_eq!(hex::encode(dual().to_bytes()), DUAL);
    let pinned = DualSigned::from_bytes(&hex::decode(DUAL).unwrap()).unwrap();
    assert_eq!(pinned, dual());
    let keys = (patient().verifying_key(), institution().verifying_key());
    let verified = pinned.verify(&keys.0, &keys.1).unwrap();
    assert_eq!(*verified.patient().envelope(), envelope(Role::Patient));
    assert_eq!(*verified.institution().envelope(), envelope(Role::Institution));
    assert_eq!((*verified.patient().signer(), *verified.institution().signer()), keys);
}

/// Every single-field change of an envelope.
fn changes() -> Vec<Envelope> {
    let base = || envelope(Role::Patient);
    let domain = |name| Envelope { domain: Domain::new(name).unwrap(), ..base() };
    let mut changes = vec![
        domain("sharing/settlemenT"),
        domain("sharing/settlement2"),
        domain("sharing/settlemen"),
        domain("consent"),
        Envelope { chain_id: [0x22; 32], ..base() },
        Envelope { payload_hash: [0x11; 32], ..base() },
    ];
    for role in [Role::Hospital, Role::Institution, Role::Proxy, Role::Authority] {
        changes.push(Envelope { role, ..base() });
    }
    for bit in 0..64 {
        changes.push(Envelope { nonce: base().nonce ^ (1 << bit), ..base() });
    }
    for bit in 0..256 {
        let mut changed = (base(), base());
        changed.0.chain_id[bit / 8] ^= 1 << (bit % 8);
        changed.1.payload_hash[bit / 8] ^= 1 << (bit % 8);
        changes.extend([changed.0, changed.1]);
    }
    changes
}

/// `changed` with the signature that was made for another envelope.
fn graft(changed: &Envelope, donor: &SignedEnvelope) -> SignedEnvelope {
    let mut bytes = changed.sign(&patient()).to_bytes();
    let (start, donor) = (bytes.len() - 64, donor.to_bytes());
    bytes[start..].copy_from_slice(&donor[donor.len() - 64..]);
    SignedEnvelope::from_bytes(&bytes).unwrap()
}

#[test]
fn every_field_is_signed() {
    let signed = envelope(Role::Patient).sign(&patient());
    let key = patient().verifying_key();
    graft(&envelope(Role::Patient), &signed).verify(&key).unwrap();
    for changed in changes() {
        let grafted = graft(&changed, &signed);
        assert_eq!(*grafted.unverified(), changed);
        assert_eq!(grafted.verify(&key), Err(Error::Verification), "{changed:?}");
    }
    assert_eq!(signed.verify(&institution().verifying_key()), Err(Error::Verification));
}

#[test]
fn every_byte_of_the_encoding_is_signed_or_refused() {
    let bytes = hex::decode(SIGNED).unwrap();
    let key = patient().verifying_key();
    for position in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[position / 8] ^= 1 << (position % 8);
        let verdict = SignedEnvelope::from_bytes(&changed)
            .map_err(Error::from)
            .and_then(|envelope| envelope.verify(&key));
        assert!(verdict.is_err(), "bit {position}");
    }
}

#[test]
fn t6_field_boundaries_do_not_shift() {
    // Moving a byte between the domain and its neighbour changes the signed message, also where
    // the bare concatenation of the fields would stay the same.
    let mut chain_id = [0x41; 32];
    let long =
        Envelope { domain: Domain::new("abA").unwrap(), chain_id, ..envelope(Role::Patient) };
    chain_id[31] = 0x42;
    let short =
        Envelope { domain: Domain::new("ab").unwrap(), chain_id, ..envelope(Role::Patient) };
    let grafted = graft(&short, &long.sign(&patient()));
    assert_eq!(grafted.verify(&patient().verifying_key()), Err(Error::Verification));
}

#[test]
fn a_bare_signature_over_the_payload_is_no_envelope() {
    // A key that signed the digest alone has not signed an envelope about it.
    let bare = patient().sign(&[0x22; 32]);
    let mut bytes = hex::decode(SIGNED).unwrap();
    let start = bytes.len() - 64;
    bytes[start..].copy_from_slice(&bare.to_bytes()[3..]);
    let forged = SignedEnvelope::from_bytes(&bytes).unwrap();
    assert_eq!(forged.verify(&patient().verifying_key()), Err(Error::Verification));
}

#[test]
fn a_verified_dual_envelope_tells_what_each_party_signed() {
    let (p, i) = (patient().verifying_key(), institution().verifying_key());
    let verified = dual().verify(&p, &i).unwrap();
    let (patient, institution) = (verified.patient().envelope(), verified.institution().envelope());
    assert_eq!(patient, dual().unverified());
    assert_eq!((patient.role, institution.role), (Role::Patient, Role::Institution));
    assert_eq!(*institution, Envelope { role: Role::Institution, ..patient.clone() });
}

#[test]
fn h7_dual_signing_needs_both_parties() {
    let (p, i) = (patient().verifying_key(), institution().verifying_key());
    dual().verify(&p, &i).unwrap();
    // Keys swapped, and one key for both.
    assert_eq!(dual().verify(&i, &p).unwrap_err(), Error::Verification);
    assert_eq!(dual().verify(&p, &p).unwrap_err(), Error::DuplicateSigner);
    assert_eq!(dual().verify(&i, &i).unwrap_err(), Error::DuplicateSigner);

    // One party signs both roles: refused under one key and under two.
    let both_by_patient = DualSigned::combine(
        envelope(Role::Patient).sign(&patient()),
        envelope(Role::Institution).sign(&patient()),
    )
    .unwrap();
    assert_eq!(both_by_patient.verify(&p, &p).unwrap_err(), Error::DuplicateSigner);
    assert_eq!(both_by_patient.verify(&p, &i).unwrap_err(), Error::Verification);

    // One signature twice, and the two exchanged, on the wire.
    let good = hex::decode(DUAL).unwrap();
    let first = good.len() - 128;
    let (shared, signatures) = good.split_at(first);
    let (by_patient, by_institution) = signatures.split_at(64);
    for pair in
        [[by_patient, by_patient], [by_institution, by_institution], [by_institution, by_patient]]
    {
        let forged = DualSigned::from_bytes(&[shared, pair[0], pair[1]].concat()).unwrap();
        assert_eq!(forged.verify(&p, &i).unwrap_err(), Error::Verification);
    }
}

#[test]
fn h7_dual_envelopes_must_agree_in_everything_but_the_role() {
    let by_patient = envelope(Role::Patient).sign(&patient());
    let by_institution = envelope(Role::Institution).sign(&institution());
    let refused = |a: &SignedEnvelope, b: &SignedEnvelope| {
        DualSigned::combine(a.clone(), b.clone()).unwrap_err()
    };
    assert_eq!(refused(&by_institution, &by_patient), Error::Mismatch);
    assert_eq!(refused(&by_patient, &by_patient), Error::Mismatch);
    assert_eq!(refused(&by_institution, &by_institution), Error::Mismatch);
    for changed in changes() {
        let other_role = changed.role;
        let changed = Envelope { role: Role::Institution, ..changed };
        if other_role == Role::Patient {
            let other = changed.sign(&institution());
            assert_eq!(refused(&by_patient, &other), Error::Mismatch, "{changed:?}");
        }
    }
    for role in [Role::Hospital, Role::Proxy, Role::Authority] {
        assert_eq!(refused(&by_patient, &envelope(role).sign(&institution())), Error::Mismatch);
        assert_eq!(refused(&envelope(role).sign(&patient()), &by_institution), Error::Mismatch);
    }
}

#[test]
fn every_byte_of_a_dual_envelope_is_signed_or_refused() {
    let bytes = hex::decode(DUAL).unwrap();
    let (p, i) = (patient().verifying_key(), institution().verifying_key());
    for position in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[position / 8] ^= 1 << (position % 8);
        let verdict = DualSigned::from_bytes(&changed)
            .map_err(Error::from)
            .and_then(|dual| dual.verify(&p, &i));
        assert!(verdict.is_err(), "bit {position}");
    }
}

#[test]
fn domains_are_short_visible_ascii() {
    assert_eq!(Domain::new(""), Err(DecodeError::Length));
    assert_eq!(Domain::new(&"a".repeat(65)), Err(DecodeError::Length));
    for name in ["a b", "a\n", "\0", "ä", "\u{7f}"] {
        assert_eq!(Domain::new(name), Err(DecodeError::NonCanonical), "{name:?}");
    }
    let longest = "~".repeat(64);
    assert_eq!(Domain::new(&longest).unwrap().as_str(), longest);
    // The same rules on the wire: overlong, and not UTF-8.
    let mut bytes = hex::decode(SIGNED).unwrap();
    bytes[7] = 0xff;
    assert_eq!(SignedEnvelope::from_bytes(&bytes), Err(DecodeError::NonCanonical));
    bytes[3..7].copy_from_slice(&65u32.to_be_bytes());
    assert_eq!(SignedEnvelope::from_bytes(&bytes), Err(DecodeError::Length));
}

#[test]
fn roles_have_one_byte_each_and_unknown_ones_are_refused() {
    let roles = [Role::Patient, Role::Hospital, Role::Institution, Role::Proxy, Role::Authority];
    let position = 3 + 4 + 18 + 32;
    for byte in 0..=255u8 {
        let mut bytes = hex::decode(SIGNED).unwrap();
        bytes[position] = byte;
        let decoded = SignedEnvelope::from_bytes(&bytes).map(|signed| signed.unverified().role);
        let expected = usize::from(byte).checked_sub(1).and_then(|index| roles.get(index)).copied();
        assert_eq!(decoded, expected.ok_or(DecodeError::NonCanonical));
    }
}
