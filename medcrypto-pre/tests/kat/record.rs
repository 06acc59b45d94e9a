//! Sealing, headers and opening.

use medcrypto_pre::{Delegator, Header, OpeningEvidence, ciphertext_digest, hazmat};
use sha2::{Digest, Sha256};

use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{address, authority_of, error, key, key_of, one, params, vectors};

fn seal(case: &Case) -> Verdict {
    let (authority, address, record) = (authority_of(case), address(case), case.bytes("plaintext"));
    let random = case.random("rng");
    let sealed = hazmat::seal_to_vec(authority.params(), &address, &record, &random);
    let (header, payload) = sealed.map_err(error)?;
    header.clone().verify(authority.params(), &address).unwrap();
    let Delegator(owner) = address.owner();
    let key = key_of(&authority, owner);
    assert_eq!(*key.open_to_vec(&address, &header, &payload).unwrap(), record);
    let evidence = key.evidence(&address, &header).unwrap().to_secret_bytes();
    let digest = ciphertext_digest(&header, payload.as_slice()).unwrap();
    Ok(Outputs::from([
        ("header", header.to_bytes()),
        ("payload", payload),
        ("evidence", evidence.to_vec()),
        ("digest", digest.to_vec()),
    ]))
}

fn repeated(case: &Case) -> Vec<u8> {
    vec![case.number("byte").try_into().unwrap(); case.number("length").try_into().unwrap()]
}

fn seal_long(case: &Case) -> Verdict {
    let (authority, address, record) = (authority_of(case), address(case), repeated(case));
    let random = case.random("rng");
    let sealed = hazmat::seal_to_vec(authority.params(), &address, &record, &random);
    let (header, payload) = sealed.map_err(error)?;
    let digest = Sha256::digest(payload).to_vec();
    Ok(Outputs::from([("header", header.to_bytes()), ("payload_sha256", digest)]))
}

#[test]
fn kat_seal() {
    let runners: [(&str, Runner); 2] = [("seal", seal), ("seal-long", seal_long)];
    run(vectors!("seal"), "medcrypto-pre/seal", &runners);
}

fn header(case: &Case, name: &str) -> Header {
    Header::from_bytes(&case.bytes(name)).unwrap()
}

fn verify(case: &Case) -> Verdict {
    let (params, address) = (params(case), address(case));
    let verified = header(case, "bytes").verify(&params, &address).map_err(error)?;
    one("bytes", &verified.header().to_bytes())
}

#[test]
fn kat_header() {
    let runners: [(&str, Runner); 2] = [
        ("verify", verify),
        ("decode", |case| {
            one("bytes", &Header::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
    ];
    run(vectors!("header"), "medcrypto-pre/header", &runners);
}

fn open(case: &Case) -> Verdict {
    let (key, address, header) = (key(case, "reader"), address(case), header(case, "header"));
    let record = key.open_to_vec(&address, &header, &case.bytes("payload")).map_err(error)?;
    one("plaintext", &record)
}

/// The chunks of a payload of two, in the order of the case.
fn open_chunks(case: &Case) -> Verdict {
    let (authority, address, record) = (authority_of(case), address(case), repeated(case));
    let random = case.random("rng");
    let sealed = hazmat::seal_to_vec(authority.params(), &address, &record, &random);
    let (sealed_header, mut payload) = sealed.unwrap();
    assert_eq!(sealed_header, header(case, "header"));
    assert_eq!(Sha256::digest(&payload)[..], case.bytes("payload_sha256"));
    let chunks = payload.split_off(32);
    let (first, second) = chunks.split_at(65_536 + 16);
    for chunk in crate::texts(case.input("order")) {
        payload.extend_from_slice(if chunk == "first" { first } else { second });
    }
    let Delegator(owner) = address.owner();
    let key = key_of(&authority, owner);
    let opened = key.open_to_vec(&address, &sealed_header, &payload).map_err(error)?;
    one("plaintext_sha256", &Sha256::digest(&*opened))
}

fn evidence(case: &Case) -> Verdict {
    let (params, address, header) = (params(case), address(case), header(case, "header"));
    let (encoded, payload) = (case.bytes("bytes"), case.bytes("payload"));
    let evidence = OpeningEvidence::from_bytes(&encoded).map_err(error)?;
    assert_eq!(evidence.to_secret_bytes()[..], encoded);
    let record = evidence.open_to_vec(&params, &address, &header, &payload).map_err(error)?;
    one("plaintext", &record)
}

#[test]
fn kat_open() {
    let runners: [(&str, Runner); 3] =
        [("open", open), ("open-chunks", open_chunks), ("evidence", evidence)];
    run(vectors!("open"), "medcrypto-pre/open", &runners);
}
