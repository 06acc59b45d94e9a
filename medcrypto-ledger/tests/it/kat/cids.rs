//! Identifiers, and a store that may lie.

use std::collections::BTreeMap;

use medcrypto_ledger::cas::{CHUNK, Cid, Store, get};
use serde_json::Value;

use super::fields::Fields;
use super::reader::{Case, Outputs, Runner, Verdict, named, run};

#[test]
fn t28_identifiers_give_the_known_answers() {
    let json = include_str!("../../../../vectors/ledger/cid.json");
    let kinds: [(_, Runner); 4] =
        [("cid", cid), ("pattern", pattern), ("identifier", identifier), ("get", got)];
    run(json, "medcrypto-ledger/cid", &kinds);
    let pinned = include_str!("../../../../vectors/pinned/v1/ledger/cid.json");
    run(pinned, "medcrypto-ledger/cid", &kinds);
}

fn spelled(cid: &Cid) -> Outputs {
    Outputs::from([("cid", cid.to_bytes()), ("text", cid.to_string().into_bytes())])
}

fn cid(case: &Case) -> Verdict {
    let cid = Cid::of(&case.bytes("data"));
    let mut outputs = spelled(&cid);
    outputs.insert("digest", cid.content_digest().to_vec());
    Ok(outputs)
}

fn pattern(case: &Case) -> Verdict {
    let length = usize::try_from(case.number("length")).unwrap();
    let data: Vec<u8> = (0..length).map(|i| (7 * i + i / CHUNK) as u8).collect();
    Ok(spelled(&Cid::of(&data)))
}

fn identifier(case: &Case) -> Verdict {
    let cid = Cid::from_bytes(&case.bytes("bytes")).map_err(named)?;
    Ok(Outputs::from([("bytes", cid.to_bytes())]))
}

/// Answers as it was told, whatever the identifiers say.
struct Told(BTreeMap<Cid, Vec<u8>>);

impl Store for Told {
    fn read(&self, cid: &Cid) -> Option<Vec<u8>> {
        self.0.get(cid).cloned()
    }

    fn write(&mut self, cid: Cid, block: Vec<u8>) {
        self.0.insert(cid, block);
    }
}

fn got(case: &Case) -> Verdict {
    let told = |block: &Value| (Fields(block).cid("cid"), Fields(block).bytes("block").0);
    let store = Told(case.list("blocks").iter().map(told).collect());
    let cid = Cid::from_bytes(&case.bytes("cid")).unwrap();
    let data = get(&store, &cid).map_err(named)?;
    Ok(Outputs::from([("data", data)]))
}
