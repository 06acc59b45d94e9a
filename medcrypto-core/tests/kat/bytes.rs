//! Encodings, hedged randomness and transcripts.

use std::collections::BTreeSet;
use std::sync::Mutex;

use medcrypto_core::bls::{G1, G2, Gt, Scalar};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, rng};
use serde_json::Value;

use crate::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};
use crate::{Recorded, domain, vectors};

const TAGS: [Tag; 24] = [
    Tag::PreParams,
    Tag::PreIdentityKey,
    Tag::PreHeader,
    Tag::PreReKey,
    Tag::PreReKeyStatement,
    Tag::PreSealedReKey,
    Tag::PreReEncryptedHeader,
    Tag::PreSignature,
    Tag::PreRevocation,
    Tag::PreMasterKey,
    Tag::PreOpeningEvidence,
    Tag::ZkStatement,
    Tag::ZkProof,
    Tag::ZkVerifyingKey,
    Tag::ZkProvingKey,
    Tag::ZkRecordOpening,
    Tag::SigEd25519Key,
    Tag::SigEd25519,
    Tag::SigEcdsaKey,
    Tag::SigEcdsa,
    Tag::SigBlsKey,
    Tag::SigBls,
    Tag::SigEnvelope,
    Tag::SigDualEnvelope,
];

fn tag(name: &str) -> Tag {
    *TAGS.iter().find(|tag| format!("{tag:?}") == name).unwrap_or_else(|| panic!("tag {name}"))
}

fn header(case: &Case) -> Verdict {
    Ok(Outputs::from([("bytes", Header::v1(tag(case.text("tag"))).to_bytes().to_vec())]))
}

/// One field, and the writer that has written it again. Integers come back as 64 bits.
fn field(
    kind: &str,
    reader: &mut Reader<'_>,
    writer: Writer,
) -> Result<(Vec<u8>, Writer), DecodeError> {
    let (kind, argument) = kind.split_once('/').unwrap_or((kind, ""));
    let wide = |value: u64| value.to_be_bytes().to_vec();
    Ok(match kind {
        "header" => {
            let header = Header::v1(tag(argument));
            reader.header(header)?;
            (Vec::new(), writer.header(header))
        }
        "u8" => reader.u8().map(|v| (wide(v.into()), writer.u8(v)))?,
        "u16" => reader.u16().map(|v| (wide(v.into()), writer.u16(v)))?,
        "u32" => reader.u32().map(|v| (wide(v.into()), writer.u32(v)))?,
        "u64" => reader.u64().map(|v| (wide(v), writer.u64(v)))?,
        "bool" => reader.bool().map(|v| (vec![v.into()], writer.bool(v)))?,
        "bytes" => {
            reader.bytes(argument.parse().unwrap()).map(|v| (v.to_vec(), writer.bytes(v)))?
        }
        "array" => reader.take(argument.parse().unwrap()).map(|v| (v.to_vec(), writer.array(v)))?,
        other => panic!("field {other}"),
    })
}

fn read_fields(bytes: &[u8], fields: &[Value]) -> Result<(Vec<Vec<u8>>, Writer), DecodeError> {
    let (mut reader, mut writer, mut values) = (Reader::new(bytes), Writer::default(), Vec::new());
    for kind in fields {
        let (value, written) = field(kind.as_str().unwrap(), &mut reader, writer)?;
        values.push(value);
        writer = written;
    }
    reader.finish().map(|()| (values, writer))
}

fn read(case: &Case) -> Verdict {
    let bytes = case.bytes("bytes");
    let (values, written) = read_fields(&bytes, case.list("fields")).map_err(named)?;
    assert_eq!(written.finish(), bytes);
    let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8"];
    assert!(values.len() <= names.len());
    Ok(names.into_iter().zip(values).collect())
}

#[test]
fn kat_codec() {
    run(vectors!("codec"), "medcrypto-core/codec", &[("header", header), ("read", read)]);
}

fn hedged<const N: usize>(case: &Case) -> Verdict {
    let (witness, context) = (case.bytes("witness"), case.bytes("context"));
    let recorded = case.random::<32>("rng");
    let mut rng = Recorded(&recorded);
    let out = rng::hedged::<N, _>(domain(case.text("domain")), &witness, &context, &mut rng);
    assert!(rng.0.is_empty());
    Ok(Outputs::from([("bytes", out.to_vec())]))
}

#[test]
fn kat_hedged_randomness() {
    let runners: [(&str, Runner); 2] = [("hedged-32", hedged::<32>), ("hedged-64", hedged::<64>)];
    run(vectors!("rng"), "medcrypto-core/rng", &runners);
}

/// A label of a file; the interface wants one that lives for ever, so each is kept, once.
fn label(text: &str) -> &'static [u8] {
    static LABELS: Mutex<BTreeSet<&'static [u8]>> = Mutex::new(BTreeSet::new());
    let mut labels = LABELS.lock().unwrap();
    if let Some(known) = labels.get(text.as_bytes()) {
        return known;
    }
    let label = Box::leak(text.as_bytes().to_vec().into_boxed_slice());
    labels.insert(label);
    label
}

fn append(transcript: &mut Transcript, step: &Value) {
    let (kind, name) = (step[0].as_str().unwrap(), step[1].as_str().unwrap());
    if kind == "enter" {
        return transcript.enter(domain(name));
    }
    let (label, value) = (label(name), unhex(&step[2]));
    match kind {
        "bytes" => transcript.append_bytes(label, &value),
        "u64" => transcript.append_u64(label, u64::from_be_bytes(value.try_into().unwrap())),
        "scalar" => transcript
            .append_scalar(label, &Scalar::from_bytes(&value.try_into().unwrap()).unwrap()),
        "g1" => transcript.append_g1(label, &G1::from_bytes(&value.try_into().unwrap()).unwrap()),
        "g2" => transcript.append_g2(label, &G2::from_bytes(&value.try_into().unwrap()).unwrap()),
        "gt" => transcript.append_gt(label, &Gt::from_bytes(&value.try_into().unwrap()).unwrap()),
        "challenge" => drop(transcript.challenge_scalar(label)),
        other => panic!("step {other}"),
    }
}

fn transcript(case: &Case) -> Transcript {
    let mut transcript = Transcript::new(domain(case.text("domain")));
    case.list("steps").iter().for_each(|step| append(&mut transcript, step));
    transcript
}

fn challenge(case: &Case) -> Verdict {
    let label = label(case.text("label"));
    let mut copy = transcript(case);
    let scalar = transcript(case).challenge_scalar(label);
    assert_eq!(Scalar::from_wide(&copy.challenge_bytes(label)), scalar);
    Ok(Outputs::from([("scalar", scalar.to_bytes().to_vec())]))
}

fn nonce(case: &Case) -> Verdict {
    let recorded = case.random::<32>("rng");
    let mut rng = Recorded(&recorded);
    let nonce = transcript(case).nonce(&case.bytes("witness"), &mut rng);
    assert!(rng.0.is_empty());
    Ok(Outputs::from([("scalar", nonce.to_secret_bytes().to_vec())]))
}

#[test]
fn kat_transcript() {
    let runners: [(&str, Runner); 2] = [("challenge", challenge), ("nonce", nonce)];
    run(vectors!("transcript"), "medcrypto-core/transcript", &runners);
}
