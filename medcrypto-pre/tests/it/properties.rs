//! Laws over random paths, records and identities, and random bytes for every decoder.

use medcrypto_pre::{
    Authority, Delegatee, Delegator, Grant, Header, Identity, IdentityKey, IdentitySignature,
    MasterSecretKey, OpeningEvidence, Proxy, PublicParams, ReEncryptedHeader, ReKey,
    ReKeyStatement, RecordAddress, RecordId, Revocation, RevocationList, ScopePath, SealedReKey,
    seal_to_vec,
};
use proptest::prelude::*;

use crate::fixture::{NOW, rng, terms};

fn identity() -> impl Strategy<Value = Identity> {
    ("\\PC{1,12}", "\\PC{1,12}", "\\PC{0,6}")
        .prop_map(|(realm, subject, epoch)| Identity::new(&realm, &subject, &epoch).unwrap())
}

fn path() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("\\PC{1,8}", 1..=4)
}

fn scope(components: &[String]) -> ScopePath {
    ScopePath::new(&components.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn owner_and_delegatee_always_agree(
        people in (identity(), identity(), identity()),
        filed in path(),
        depth in 1_usize..=4,
        record in prop::collection::vec(any::<u8>(), 0..200),
        flip in prop::option::of((any::<prop::sample::Index>(), 1_u8..=255)),
        seed in any::<u64>(),
    ) {
        let (owner, reader, proxy) = people;
        prop_assume!(owner != reader && owner != proxy);
        let mut rng = rng(seed);
        let authority = Authority::setup(&mut rng);
        let key = |id: &Identity| authority.issue(id).unwrap().verify(authority.params()).unwrap();
        let (alice, bob, cloud) = (key(&owner), key(&reader), key(&proxy));
        let owner = Delegator(owner);
        let record_id = RecordId::new(b"record").unwrap();
        let address = RecordAddress::in_scope(owner.clone(), scope(&filed), record_id);
        let (header, mut payload) =
            seal_to_vec(authority.params(), &address, &record, &mut rng).unwrap();
        let grant = Grant {
            delegatee: Delegatee(reader),
            proxy: Proxy(proxy),
            scope: scope(&filed[..depth.min(filed.len())]),
            terms: terms(),
        };
        let delegation = alice.delegate(&grant, &mut rng).unwrap();
        let rekey = cloud.import(&delegation.sealed, &owner).unwrap();
        let verified = header.clone().verify(authority.params(), &address).unwrap();
        let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
        let delegated = bob.accept(delegation.statement, &owner).unwrap();
        // Half of the payloads are corrupted.
        if let Some((at, bits)) = flip {
            let at = at.index(payload.len());
            payload[at] ^= bits;
        }
        let by_owner = alice.open_to_vec(&address, &header, &payload);
        let by_reader = delegated.open_to_vec(&address, &re, &payload, NOW);
        prop_assert_eq!(&by_owner, &by_reader);
        prop_assert_eq!(by_owner.is_ok(), flip.is_none());
        prop_assert!(flip.is_some() || by_owner.unwrap().as_slice() == record);
    }
}

/// Decodes with every decoder; what is accepted is encoded again.
fn decode_all(bytes: &[u8]) -> Vec<Option<Vec<u8>>> {
    vec![
        PublicParams::from_bytes(bytes).ok().map(|x| x.to_bytes().to_vec()),
        MasterSecretKey::from_bytes(bytes).ok().map(|x| x.to_secret_bytes().to_vec()),
        IdentityKey::from_bytes(bytes).ok().map(|x| x.to_secret_bytes().to_vec()),
        Header::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        ReEncryptedHeader::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        ReKey::from_bytes(bytes).ok().map(|x| x.to_secret_bytes().to_vec()),
        ReKeyStatement::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        SealedReKey::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        IdentitySignature::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        Revocation::from_bytes(bytes).ok().map(|x| x.to_bytes()),
        OpeningEvidence::from_bytes(bytes).ok().map(|x| x.to_secret_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn t37_random_bytes_never_panic(
        tag in 0x10_u8..=0x1a,
        tail in prop::collection::vec(any::<u8>(), 0..700),
    ) {
        for bytes in [tail.clone(), [&[1, 1, tag][..], &tail].concat()] {
            for again in decode_all(&bytes).into_iter().flatten() {
                prop_assert_eq!(again, bytes.clone());
            }
        }
    }
}

/// Every object, cut, extended and with single bytes changed: refused, or the same bytes again.
#[test]
fn t05_t37_accepted_bytes_are_the_encoding() {
    for (name, bytes) in crate::encoding::objects() {
        let accepted = decode_all(&bytes);
        assert_eq!(accepted.iter().flatten().count(), 1, "{name}");
        assert_eq!(accepted.into_iter().flatten().next().unwrap(), bytes, "{name}");
        for cut in 0..bytes.len() {
            assert!(decode_all(&bytes[..cut]).iter().all(Option::is_none), "{name} cut {cut}");
        }
        let extended = [&bytes[..], &[0]].concat();
        assert!(decode_all(&extended).iter().all(Option::is_none), "{name}");
        for (at, bits) in (0..bytes.len()).flat_map(|at| [(at, 1), (at, 0x20), (at, 0xff)]) {
            let mut changed = bytes.clone();
            changed[at] ^= bits;
            for again in decode_all(&changed).into_iter().flatten() {
                assert_eq!(again, changed, "{name} byte {at}");
            }
        }
    }
}
