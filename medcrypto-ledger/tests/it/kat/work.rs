//! Targets, retargeting, headers and chains of work, as plain integers have them.

use medcrypto_ledger::Digest;
use medcrypto_ledger::block::{BlockId, ChainId};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::pow::{Chain, Genesis, Header, Refusal, SealedHeader, Target, U256, Work};

use super::fields::Fields;
use super::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};

#[test]
fn t26_t27_proof_of_work_gives_the_known_answers() {
    let json = include_str!("../../../../vectors/ledger/pow.json");
    let kinds: [(_, Runner); 7] = [
        ("target", target),
        ("round", round),
        ("retarget", retarget),
        ("genesis", genesis),
        ("header", header),
        ("mine", mine),
        ("chain", chain),
    ];
    run(json, "medcrypto-ledger/pow", &kinds);
}

fn bits(case: &Case, name: &str) -> Result<Target, Refusal> {
    Target::from_bits(u32::try_from(case.number(name)).unwrap())
}

fn compact(target: Target) -> Vec<u8> {
    target.bits().to_be_bytes().to_vec()
}

fn target(case: &Case) -> Verdict {
    let target = bits(case, "bits").map_err(named)?;
    Ok(Outputs::from([
        ("value", target.value().to_be_bytes().to_vec()),
        ("work", target.work().to_be_bytes().to_vec()),
    ]))
}

fn round(case: &Case) -> Verdict {
    let target = Target::round(U256::from_be_bytes(&case.array("value")));
    assert_eq!(Target::from_bits(target.bits()), Ok(target));
    Ok(Outputs::from([("bits", compact(target))]))
}

fn retarget(case: &Case) -> Verdict {
    let (old, limit) = (bits(case, "bits").unwrap(), bits(case, "limit").unwrap());
    let (first, last) = (case.number("first_ms"), case.number("last_ms"));
    let new = old.retarget(first, last, case.number("intervals"), limit);
    Ok(Outputs::from([("bits", compact(new))]))
}

fn genesis(case: &Case) -> Verdict {
    let genesis = Genesis { limit: bits(case, "bits").unwrap(), time_ms: case.number("time_ms") };
    let header = match case.text("kind") {
        "work" => genesis.header::<Work>(),
        "oracle" => genesis.header::<medcrypto_ledger::sim::Oracle>(),
        kind => panic!("{kind}"),
    };
    let mut outputs = shown(&header);
    outputs.insert("chain_id", header.chain_id.0.0.to_vec());
    Ok(outputs)
}

fn shown(header: &Header) -> Outputs {
    let bytes = encode(header);
    assert_eq!(decode::<Header>(&bytes).as_ref(), Ok(header));
    Outputs::from([("id", header.id().0.0.to_vec()), ("bytes", bytes)])
}

fn header_of(case: &Case) -> Header {
    let digest = |name| Digest(case.array(name));
    Header {
        version: u16::try_from(case.number("version")).unwrap(),
        chain_id: ChainId(digest("chain_id")),
        height: case.number("height"),
        time_ms: case.number("time_ms"),
        prev: BlockId(digest("prev")),
        tx_root: digest("tx_root"),
        tx_count: u32::try_from(case.number("tx_count")).unwrap(),
        target: bits(case, "bits").unwrap(),
        nonce: case.number("nonce"),
        miner: digest("miner"),
    }
}

fn header(case: &Case) -> Verdict {
    let outputs = shown(&header_of(case));
    assert_eq!(outputs["bytes"].len(), Header::MAX_LEN);
    Ok(outputs)
}

fn mine(case: &Case) -> Verdict {
    let mut header = header_of(case);
    let mined = header.mine(1 << 20).unwrap();
    assert_eq!(*mined.header(), header);
    Ok(Outputs::from([("nonce", header.nonce.to_be_bytes().to_vec())]))
}

/// Every header in turn, at one time of the clock.
fn chain(case: &Case) -> Verdict {
    let genesis = Fields(case.input("genesis"));
    let limit = Target::from_bits(genesis.small("bits")).unwrap();
    let mut chain = Chain::<Work>::new(&Genesis { limit, time_ms: genesis.number("time_ms") });
    let now = case.number("now_ms");
    let (mut left, mut joined) = (vec![], vec![]);
    for bytes in case.list("headers") {
        let header = decode::<Header>(&unhex(bytes)).unwrap();
        let sealed = SealedHeader::check(header).map_err(named)?;
        let change = chain.accept(sealed, now).map_err(named)?;
        left.extend(change.left.iter().flat_map(|id| id.0.0));
        joined.extend(change.joined.iter().flat_map(|id| id.0.0));
    }
    Ok(Outputs::from([
        ("head", chain.head().id().0.0.to_vec()),
        ("work", chain.work().to_be_bytes().to_vec()),
        ("left", left),
        ("joined", joined),
    ]))
}
