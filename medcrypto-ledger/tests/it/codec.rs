//! Canonical bytes: what is refused, and what every object of the chain looks like for ever.

use std::collections::BTreeMap;

use medcrypto_ledger::block::{
    Block, BlockId, CertifiedBlock, ChainId, Checkpoint, Genesis, Header, QuorumCertificate, Seal,
    TxProof,
};
use medcrypto_ledger::codec::{Pairs, decode, digest, encode};
use medcrypto_ledger::contract::{
    Action, Deadlines, Delivery, Dispute, ExclusiveProof, Expiry, Outcome, Proof, PublicInputs,
    Receipt, Record, Reject, Rekey, Requirement, Settlement, SignedTx, TxBody, Verdict,
};
use medcrypto_ledger::merkle::{InclusionProof, RootHash};
use medcrypto_ledger::{Bytes, Committee, DecodeError, Digest, PublicKey, ReplicaId, Signature};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Digest as _;

use crate::world::{TRANSACTION, cid};

fn refused<T: Serialize + DeserializeOwned + std::fmt::Debug>(hex: &str) {
    let result = decode::<T>(&hex::decode(hex).unwrap()).map(|value| format!("{value:?}"));
    assert_eq!(result, Err(DecodeError::NonCanonical), "{hex}");
}

#[test]
fn t12_other_encodings_of_numbers_and_bytes_are_refused() {
    assert_eq!(decode::<u64>(&[0]), Ok(0));
    // Longer integers than needed, a negative one, a float, a tag, a simple value, nothing.
    for hex in [
        "1800",
        "190000",
        "1a00000000",
        "1b0000000000000000",
        "20",
        "f90000",
        "fb0000000000000000",
        "c000",
        "f6",
        "f7",
        "e0",
        "",
        "0000",
        "00ff",
        "1b0000",
        "ff",
    ] {
        refused::<u64>(hex);
    }
    // Byte strings: longer length than needed, indefinite, short, text, an array of integers.
    assert_eq!(decode::<Bytes>(&[0x41, 7]), Ok(Bytes(vec![7])));
    for hex in ["580107", "5f4107ff", "4207", "6107", "8107", "410700", "5bffffffffffffffff"] {
        refused::<Bytes>(hex);
    }
    // Digests of another length.
    refused::<Digest>(&format!("581f{}", "00".repeat(31)));
    refused::<Digest>(&format!("5821{}", "00".repeat(33)));
    refused::<Digest>(&format!("9820{}", "00".repeat(32)));
}

#[test]
fn t12_other_encodings_of_structs_and_maps_are_refused() {
    // Structs: as a map, too short, too long, indefinite; a size that no memory holds.
    type Root = RootHash;
    let zero = format!("5820{}", "00".repeat(32));
    assert!(decode::<Root>(&hex::decode(format!("8201{zero}")).unwrap()).is_ok());
    for hex in [
        format!("a26473697a650164686173685820{}", "00".repeat(32)),
        format!("8101{zero}"),
        format!("8301{zero}00"),
        format!("9f01{zero}ff"),
        format!("980201{zero}"),
        "9bffffffffffffffff01".to_owned(),
    ] {
        refused::<Root>(&hex);
    }
    // Maps and sets: unsorted, doubled.
    type Map = Pairs<u64, u64>;
    assert!(decode::<Map>(&hex::decode("82820105820206").unwrap()).is_ok());
    for hex in ["82820206820105", "82820105820106", "a2010502 06", "8283010500820206"] {
        refused::<Map>(&hex.replace(' ', ""));
    }
    type Set = std::collections::BTreeSet<u64>;
    assert!(decode::<Set>(&[0x82, 1, 2]).is_ok());
    refused::<Set>("820201");
    refused::<Set>("820101");
}

#[test]
fn t12_deep_nesting_and_other_variants_are_refused() {
    type Root = RootHash;
    // Deep nesting ends, where nothing nests and everywhere else.
    refused::<Root>(&"81".repeat(100_000));
    refused::<SignedTx>(&"81".repeat(100_000));
    // Variants: unknown, with content that has none, two at once.
    refused::<Seal>("a163506f7700");
    refused::<Seal>("63426674");
    refused::<Seal>("a2634266740063426674 00".replace(' ', "").as_str());
    refused::<Outcome>("a1674170706c696564f6");
}

#[test]
fn a_digest_covers_its_domain_and_length() {
    let expected = {
        let mut bytes = vec![TRANSACTION.as_bytes().len() as u8];
        bytes.extend(TRANSACTION.as_bytes());
        bytes.push(5);
        sha2::Sha256::digest(&bytes)
    };
    assert_eq!(digest(TRANSACTION, &5_u64).0, <[u8; 32]>::from(expected));
    assert_ne!(digest(crate::world::SETTLEMENT, &5_u64), digest(TRANSACTION, &5_u64));
}

fn fill(byte: u8) -> Digest {
    Digest([byte; 32])
}

fn public(byte: u8) -> PublicKey {
    PublicKey(Bytes(vec![byte; 3]))
}

fn signature(byte: u8) -> Signature {
    Signature(Bytes(vec![byte; 2]))
}

fn header() -> Header {
    Header {
        version: 1,
        chain_id: ChainId(fill(1)),
        height: 2,
        time_ms: 1_700_000_000_000,
        prev: BlockId(fill(3)),
        tx_root: fill(4),
        tx_count: 5,
        state_root: fill(6),
        seal: Seal::Bft(ReplicaId(7)),
    }
}

fn certificate() -> QuorumCertificate {
    let votes = BTreeMap::from([(ReplicaId(0), signature(8)), (ReplicaId(300), signature(9))]);
    QuorumCertificate::new(2, BlockId(fill(3)), votes)
}

fn requirement() -> Requirement {
    Requirement {
        verifying_key: fill(1),
        requirement: fill(2),
        issuers: [public(4)].into(),
        earliest_as_of_ms: 3,
        keywords: [Bytes(b"k".to_vec())].into(),
        class: fill(5),
        period: 8105,
        exclusive: true,
        price: 6,
        places: 7,
        bond: 8,
        proxy: public(9),
        arbiters: [public(10), public(11)].into(),
        deadlines: Deadlines { prove_until: 1, rekey: 2, deliver: 3, dispute: 4, verdict: 5 },
    }
}

fn record() -> Record {
    Record {
        patient: public(2),
        commitment: fill(1),
        ciphertext: cid("beep boop"),
        issuer: public(3),
        as_of_ms: 4,
    }
}

fn inputs() -> PublicInputs {
    PublicInputs {
        commitment: fill(1),
        requirement: fill(2),
        policy: fill(3),
        context: fill(4),
        nullifier: fill(5),
        scope: fill(6),
        kind: 0,
    }
}

fn actions() -> Vec<(&'static str, Action)> {
    let request = fill(1);
    let patient = public(2);
    let exclusive = Some(ExclusiveProof { nullifier: fill(7), proof: Bytes(vec![8]) });
    let proof =
        Proof { request, nonce: fill(2), inputs: inputs(), proof: Bytes(vec![9]), exclusive };
    let sealed = cid("beep boop");
    vec![
        ("Publish", Action::Publish(requirement())),
        ("RegisterRecord", Action::RegisterRecord(record(), signature(4))),
        ("Prove", Action::Prove(proof)),
        ("Rekey", Action::Rekey(Rekey { request, rekey_id: fill(2), sealed })),
        (
            "Deliver",
            Action::Deliver(Delivery { request, patient: patient.clone(), delivery: sealed }),
        ),
        (
            "Settle",
            Action::Settle(Settlement {
                request,
                patient: patient.clone(),
                by_patient: signature(3),
                by_institution: signature(4),
            }),
        ),
        (
            "Dispute",
            Action::Dispute(Dispute { request, patient: patient.clone(), evidence: fill(3) }),
        ),
        (
            "Verdict",
            Action::Verdict(Verdict {
                request,
                patient: patient.clone(),
                evidence: fill(3),
                upheld: true,
            }),
        ),
        ("Expire", Action::Expire(Expiry { request, patient: None })),
    ]
}

fn signed(action: Action) -> SignedTx {
    let body = TxBody { chain_id: ChainId(fill(1)), sender: public(2), nonce: 3, action };
    SignedTx { body, signature: signature(5) }
}

/// Shortens runs of 32 equal bytes, which the fixtures are made of.
fn shorthand(bytes: &[u8]) -> String {
    let mut text = hex::encode(bytes);
    for byte in 0..16_u8 {
        let run = format!("{byte:02x}").repeat(32);
        text = text.replace(&run, &format!("<{byte}*32>"));
    }
    text.replace(&hex::encode(cid("beep boop").to_bytes()), "<cid>")
}

#[test]
fn golden_bytes_of_blocks_and_certificates() {
    let block = Block { header: header(), txs: vec![Bytes(vec![1, 2])] };
    let certified = CertifiedBlock { block, certificate: certificate() };
    let vote = Checkpoint {
        chain_id: ChainId(fill(1)),
        height: 2,
        block_id: BlockId(fill(3)),
        replica: ReplicaId(4),
    };
    let path = InclusionProof(vec![fill(9)]);
    let proof = TxProof { header: header(), certificate: certificate(), index: 1, path };
    let committee = Committee::new(vec![public(1), public(2)]).unwrap();
    let genesis = Genesis::new(&committee, 5, fill(6));
    let golden = [
        (encode(&header()), HEADER.to_owned()),
        (encode(&certificate()), CERTIFICATE.to_owned()),
        (encode(&certified), format!("8282{HEADER}81420102{CERTIFICATE}")),
        (encode(&vote), "845820<1*32>025820<3*32>04".to_owned()),
        (encode(&proof), format!("84{HEADER}{CERTIFICATE}01815820<9*32>")),
        (encode(&genesis), "838243010101430202020 5 5820<6*32>".replace(' ', "")),
    ];
    for (bytes, expected) in golden {
        assert_eq!(shorthand(&bytes), expected);
    }
    assert_eq!(header().id().0.to_string(), HEADER_ID);
    assert_eq!(genesis.chain_id().0.to_string(), CHAIN_ID);
    assert_eq!(genesis.block().header.id().0.to_string(), GENESIS_ID);
}

const HEADER: &str =
    "89015820<1*32>021b0000018bcfe568005820<3*32>5820<4*32>055820<6*32>a16342667407";
const CERTIFICATE: &str = "83025820<3*32>8282004208088219012c420909";
const HEADER_ID: &str = "acd59e583348582af149fdecc02bc639692c48eec1397b81e264cbf3e08fcc97";
const CHAIN_ID: &str = "8b068460d8b0f5fd00b58988ff31ce40235e6849fdb284a258780302de22c3f9";
const GENESIS_ID: &str = "671ec9b74d5d21cf2ee11387c5dfaf92af5d612d0b50277552516c5e6567c50e";

#[test]
fn golden_bytes_of_every_transaction() {
    assert_eq!(actions().len(), GOLDEN.len());
    for ((name, action), golden) in actions().into_iter().zip(GOLDEN) {
        let tx = signed(action);
        let bytes = encode(&tx);
        let body = shorthand(&bytes);
        let action = body
            .strip_prefix("82845820<1*32>4302020203")
            .and_then(|rest| rest.strip_suffix("420505"))
            .unwrap();
        assert_eq!(action, golden, "{name}");
        assert_eq!(decode::<SignedTx>(&bytes), Ok(tx));
    }
}

/// Made by an independent encoder (Python, 20 lines).
const GOLDEN: [&str; 9] = [
    "a1675075626c6973688e5820<1*32>5820<2*32>81430404040381416b5820<5*32>191fa9f50607084309090982430a0a0a430b0b0b850102030405",
    "a16e52656769737465725265636f72648285430202025820<1*32>d82a582500<cid>4303030304420404",
    "a16550726f7665855820<1*32>5820<2*32>875820<1*32>5820<2*32>5820<3*32>5820<4*32>5820<5*32>5820<6*32>004109825820<7*32>4108",
    "a16552656b6579835820<1*32>5820<2*32>d82a582500<cid>",
    "a16744656c69766572835820<1*32>43020202d82a582500<cid>",
    "a166536574746c65845820<1*32>43020202420303420404",
    "a16744697370757465835820<1*32>430202025820<3*32>",
    "a16756657264696374845820<1*32>430202025820<3*32>f5",
    "a166457870697265825820<1*32>f6",
];

#[test]
fn golden_bytes_of_receipts() {
    let applied = Receipt { outcome: Outcome::Applied, events: vec![] };
    assert_eq!(shorthand(&encode(&applied)), "82674170706c69656480");
    let refused = Reject::Exclusive { nullifier: fill(1), holder: fill(2) };
    for outcome in [Outcome::Applied, Outcome::Rejected(Reject::Proof), Outcome::Rejected(refused)]
    {
        let receipt = Receipt { outcome, events: vec![] };
        assert_eq!(decode::<Receipt>(&encode(&receipt)), Ok(receipt));
    }
}

#[test]
fn a_flipped_bit_never_decodes_to_the_same_transaction() {
    for (name, action) in actions() {
        let tx = signed(action);
        let bytes = encode(&tx);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = decode::<SignedTx>(&flipped) {
                assert_ne!(other, tx, "{name} bit {bit}");
                assert_eq!(encode(&other), flipped);
            }
        }
        for len in 0..bytes.len() {
            assert!(decode::<SignedTx>(&bytes[..len]).is_err(), "{name} cut at {len}");
        }
    }
}

proptest! {
    #[test]
    fn t39_arbitrary_bytes_never_panic_and_decode_to_themselves(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        which in 0..9_usize,
    ) {
        let (_, action) = actions().swap_remove(which);
        let mut spliced = encode(&signed(action));
        let at = at.index(spliced.len());
        spliced.splice(at.., bytes.iter().copied());
        for bytes in [&bytes, &spliced] {
            if let Ok(tx) = decode::<SignedTx>(bytes) {
                prop_assert_eq!(&encode(&tx), bytes);
            }
            if let Ok(block) = decode::<CertifiedBlock>(bytes) {
                prop_assert_eq!(&encode(&block), bytes);
            }
        }
    }
}

#[test]
fn byte_strings_are_the_bytes_they_were_made_of() {
    let made = Bytes::from(&b"\x01\x02"[..]);
    assert_eq!(made, Bytes::from(vec![1, 2]));
    assert_eq!(made.as_slice(), [1, 2]);
    assert_eq!(AsRef::<[u8]>::as_ref(&made), [1, 2]);
    assert_eq!(encode(&made), [0x42, 1, 2]);
}
