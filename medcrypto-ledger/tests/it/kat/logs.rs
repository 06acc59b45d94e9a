//! Roots and proofs of the Merkle log.

use medcrypto_ledger::Digest;
use medcrypto_ledger::merkle::{
    ConsistencyProof, InclusionProof, MerkleLog, RootHash, verify_consistency, verify_inclusion,
};

use super::reader::{Case, Outputs, Runner, Verdict, named, run, unhex};

#[test]
fn t19_t20_t23_the_log_gives_the_known_answers() {
    let json = include_str!("../../../../vectors/ledger/merkle.json");
    let kinds: [(_, Runner); 5] = [
        ("root", root),
        ("inclusion", inclusion),
        ("inclusion-proof", inclusion_proof),
        ("consistency", consistency),
        ("consistency-proof", consistency_proof),
    ];
    run(json, "medcrypto-ledger/merkle", &kinds);
}

fn log(case: &Case) -> MerkleLog {
    let leaves: Vec<Vec<u8>> = case.list("leaves").iter().map(unhex).collect();
    MerkleLog::of(leaves.iter().map(Vec::as_slice))
}

fn path(case: &Case) -> Vec<Digest> {
    case.list("path").iter().map(|node| Digest(unhex(node).try_into().unwrap())).collect()
}

fn joined(path: &[Digest]) -> Outputs {
    Outputs::from([("path", path.iter().flat_map(|node| node.0).collect())])
}

fn root(case: &Case) -> Verdict {
    let root = log(case).root();
    assert_eq!(root.size, case.list("leaves").len() as u64);
    Ok(Outputs::from([("root", root.hash.0.to_vec())]))
}

fn inclusion(case: &Case) -> Verdict {
    let (log, index) = (log(case), case.number("index"));
    let proof = log.prove_inclusion(index, log.size()).map_err(named)?;
    Ok(joined(&proof.0))
}

fn inclusion_proof(case: &Case) -> Verdict {
    let root = RootHash { size: case.number("size"), hash: Digest(case.array("root")) };
    let (leaf, proof) = (Digest(case.array("leaf")), InclusionProof(path(case)));
    verify_inclusion(&leaf, case.number("index"), &root, &proof).map_err(named)?;
    Ok(Outputs::new())
}

fn consistency(case: &Case) -> Verdict {
    let log = log(case);
    let proof = log.prove_consistency(case.number("old"), log.size()).map_err(named)?;
    Ok(joined(&proof.0))
}

fn consistency_proof(case: &Case) -> Verdict {
    let root = |size, hash| RootHash { size: case.number(size), hash: Digest(case.array(hash)) };
    let (old, new) = (root("old_size", "old_root"), root("new_size", "new_root"));
    verify_consistency(&old, &new, &ConsistencyProof(path(case))).map_err(named)?;
    Ok(Outputs::new())
}
