//! The pinned objects of version 1: vectors/pinned/v1/pre.json, which no generator ever rewrites.

use medcrypto_pre::{
    Header, IdentityKey, IdentitySignature, OpeningEvidence, ReEncryptedHeader, ReKey,
    ReKeyStatement, Revocation, RevocationList, SealedReKey, UnixTime,
};

use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{address, delegator, one, params};

const NOW: UnixTime = UnixTime(1_500);

fn opened(case: &Case) -> Verdict {
    let (params, address, owner) = (params(case), address(case), delegator(case, "delegator"));
    let key = |name| IdentityKey::from_bytes(&case.bytes(name)).unwrap().verify(&params).unwrap();
    let (alice, bob, proxy) = (key("owner_key"), key("delegatee_key"), key("proxy_key"));
    let header = Header::from_bytes(&case.bytes("header")).unwrap();
    let payload = case.bytes("payload");
    let record = alice.open_to_vec(&address, &header, &payload).unwrap();
    let verified = header.clone().verify(&params, &address).unwrap();

    let sealed = SealedReKey::from_bytes(&case.bytes("sealed")).unwrap();
    let clear = ReKey::from_bytes(&case.bytes("rekey")).unwrap();
    let clear = clear.verify(&params, &medcrypto_pre::Proxy(proxy.identity().clone()), &owner);
    let re = ReEncryptedHeader::from_bytes(&case.bytes("re_encrypted")).unwrap();
    for rekey in [proxy.import(&sealed, &owner).unwrap(), clear.unwrap()] {
        assert_eq!(rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap(), re);
    }

    let statement = ReKeyStatement::from_bytes(&case.bytes("statement")).unwrap();
    let bob = bob.accept(statement, &owner).unwrap();
    assert_eq!(*bob.open_to_vec(&address, &re, &payload, NOW).unwrap(), *record);
    let evidence = OpeningEvidence::from_bytes(&case.bytes("evidence")).unwrap();
    assert_eq!(*evidence.open_to_vec(&params, &address, &header, &payload).unwrap(), *record);
    one("plaintext", &record)
}

fn signed(case: &Case) -> Verdict {
    let (params, signer) = (params(case), delegator(case, "signer"));
    let signature = IdentitySignature::from_bytes(&case.bytes("signature")).unwrap();
    signature.verify(&params, &signer.0, &case.bytes("message")).unwrap();
    let revocation = Revocation::from_bytes(&case.bytes("revocation")).unwrap();
    let verified = revocation.verify(&params, &signer).unwrap();
    Ok(Outputs::from([("rekey_id", verified.revocation().rekey().0.to_vec())]))
}

#[test]
fn kat_pinned_v1_is_valid_for_ever() {
    let runners: [(&str, Runner); 2] = [("delegation", opened), ("signatures", signed)];
    let json = include_str!("../../../vectors/pinned/v1/pre.json");
    assert_eq!(run(json, "medcrypto-pre/pinned-v1", &runners), 2);
}
