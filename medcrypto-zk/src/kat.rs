//! Known answers of an independent generator, for what no interface shows: the permutation, salts,
//! gap trees and the leaves of a record. The rest is in `tests/kat.rs`.
#![allow(unreachable_pub, reason = "test code")]

use medcrypto_core::SecretBytes;
use serde_json::Value;
use zeroize::Zeroizing;

use self::reader::{Case, Outputs, Verdict, named, run};
use crate::code_list::GapTree;
use crate::commitment::{RecordOpening, SaltedTree, salt};
use crate::field::{ELEMENT_LEN, Fr, HolderCommitment, LineageId, decode, encode};
use crate::poseidon::{PoseidonTag, hash_2, hash_4, hash_8, width_3, width_5, width_9};
use crate::record::{CodeList, Entry, Record};
use crate::schema::Schema;

#[path = "../../vectors/reader.rs"]
mod reader;

#[test]
fn t14_poseidon_gives_the_known_answers() {
    let json = include_str!("../../vectors/zk/poseidon.json");
    run(json, "medcrypto-zk/poseidon", &[("permutation", permutation), ("hash", hash)]);
}

#[test]
fn t13_records_give_the_known_answers() {
    let json = include_str!("../../vectors/zk/record.json");
    let kinds: [(_, reader::Runner); 4] = [
        ("salt", salted),
        ("code-list", code_list),
        ("commitment", commitment),
        ("opening", opening),
    ];
    run(json, "medcrypto-zk/record", &kinds);
    let pinned = include_str!("../../vectors/pinned/v1/zk/record.json");
    run(pinned, "medcrypto-zk/record", &kinds);
}

fn elements(bytes: &[u8]) -> Vec<Fr> {
    bytes.chunks(ELEMENT_LEN).map(|chunk| decode(chunk.try_into().unwrap()).unwrap()).collect()
}

fn bytes<'a>(elements: impl IntoIterator<Item = &'a Fr>) -> Vec<u8> {
    elements.into_iter().flat_map(encode).collect()
}

fn fixed<const N: usize>(elements: &[Fr]) -> [Fr; N] {
    elements.try_into().unwrap()
}

fn permutation(case: &Case) -> Verdict {
    let mut state = elements(&case.bytes("state"));
    match state.len() {
        3 => width_3().permute(state.as_mut_slice().try_into().unwrap()),
        5 => width_5().permute(state.as_mut_slice().try_into().unwrap()),
        9 => width_9().permute(state.as_mut_slice().try_into().unwrap()),
        other => panic!("width {other}"),
    }
    Ok(Outputs::from([("state", bytes(&state))]))
}

fn hash(case: &Case) -> Verdict {
    let (inputs, level) = (elements(&case.bytes("inputs")), case.number("level"));
    let tag = match case.number("tag") {
        1 => PoseidonTag::Leaf,
        2 => PoseidonTag::WideLeaf,
        3 => PoseidonTag::Gap,
        4 => PoseidonTag::RecordNode,
        5 => PoseidonTag::ListNode,
        8 => PoseidonTag::Root,
        9 => PoseidonTag::Holder,
        10 => PoseidonTag::Nullifier,
        other => panic!("tag {other}"),
    };
    let digest = match (inputs.len(), level) {
        (2, 0) => hash_2(tag, fixed(&inputs)),
        (4, 0) => hash_4(tag, fixed(&inputs)),
        (8, level) => hash_8(tag, u8::try_from(level).unwrap(), &fixed(&inputs)),
        other => panic!("{other:?}"),
    };
    Ok(Outputs::from([("digest", bytes([&digest]))]))
}

fn seed(case: &Case) -> SecretBytes<32> {
    SecretBytes::new(Zeroizing::new(case.random("seed")))
}

fn slot(case: &Case) -> u16 {
    u16::try_from(case.number("slot")).unwrap()
}

fn salted(case: &Case) -> Verdict {
    let tree = match case.number("tree") {
        0 => SaltedTree::Record,
        1 => SaltedTree::List,
        other => panic!("tree {other}"),
    };
    let index = u32::try_from(case.number("index")).unwrap();
    let salt = encode(&salt(&seed(case), tree, slot(case), index));
    assert_eq!(salt[0], 0, "31 bytes");
    Ok(Outputs::from([("salt", salt[1..].to_vec())]))
}

fn code(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

fn code_list(case: &Case) -> Verdict {
    let codes: Vec<u64> = case.list("codes").iter().map(code).collect();
    let bits = u32::try_from(case.number("bits")).unwrap();
    let (seed, slot) = (seed(case), slot(case));
    let tree = GapTree::build(&codes, bits, |index| salt(&seed, SaltedTree::List, slot, index));
    Ok(Outputs::from([("root", bytes([&tree.root()]))]))
}

fn record(fields: &Value) -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    for (name, value) in fields.as_object().unwrap() {
        let entry = match value.get("codes").map(|codes| codes.as_array().unwrap()) {
            Some(codes) => {
                let complete = value["complete"].as_bool().unwrap();
                Entry::Codes(CodeList::new(codes.iter().map(code).collect(), complete))
            }
            None => {
                let end = |name: &str| value[name].as_u64().unwrap();
                Entry::Interval { lo: end("lo"), hi: end("hi") }
            }
        };
        record.set(schema.field(name).unwrap(), entry).unwrap();
    }
    record
}

/// The opening is put together here from the inputs, so that the recorded seed is the one used.
fn commitment(case: &Case) -> Verdict {
    let record = record(case.input("record"));
    let holder = HolderCommitment::from_bytes(&case.array("holder")).unwrap();
    let lineage = LineageId::from_bytes(&case.array("lineage")).unwrap();
    let opening = RecordOpening::from_parts(record, seed(case), holder, lineage);
    let tree = opening.tree();
    let leaves: Vec<Fr> = core::iter::once(tree.wide.digest())
        .chain((1..64).map(|s| tree.leaf(s).digest()))
        .collect();
    let encoded = opening.to_secret_bytes();
    let again = RecordOpening::from_bytes(Schema::clinical_v1(), &encoded).unwrap();
    assert_eq!(again.commitment(), opening.commitment());
    Ok(Outputs::from([
        ("leaves", bytes(&leaves)),
        ("root", bytes([&tree.nodes.root])),
        ("commitment", opening.commitment().to_bytes().to_vec()),
        ("opening", encoded.to_vec()),
    ]))
}

fn opening(case: &Case) -> Verdict {
    let opening = RecordOpening::from_bytes(Schema::clinical_v1(), &case.bytes("opening"));
    opening.map(|_| Outputs::new()).map_err(named)
}
