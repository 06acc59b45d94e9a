//! Attacks by those who keep and order: storage, core nodes, miners.

use medcrypto_ledger::Bytes;
use medcrypto_ledger::Digest;
use medcrypto_ledger::cas::{self, Store as _};
use medcrypto_ledger::contract::coin;
use medcrypto_ledger::contract::envelope::SignedTx;
use medcrypto_ledger::contract::keychain::Action;
use medcrypto_ledger::merkle::MerkleLog;
use medcrypto_ledger::pow::{
    Chain, Found, Genesis, Header, Refusal, SPACING_MS, SealedHeader, Target, TxProof, U256, Work,
};

use super::Attempt;
use crate::flows::Failure;
use crate::flows::healthchain::clinic::{Clinic, check, outcome};
use crate::flows::healthchain::narrate::opened;
use crate::flows::healthchain::parties::REVOKED;
use crate::flows::healthchain::reading::LightNode;
use crate::flows::healthchain::userchain::{self, GENESIS_MS, Userchain};

pub(super) fn lying_storage(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let light = LightNode::follow(clinic)?;
    let [first, second, ..] = clinic.uploads.as_slice() else { return Err(check("no uploads")) };
    let (first, second) = (first.cid, second.cid);
    let truth = cas::get(&clinic.store, &first).map_err(check)?;
    let mut attempts = Vec::new();
    let corrupt = "stored bytes do not match their identifier";
    let other = cas::get(&clinic.store, &second).map_err(check)?;
    let flipped = truth.iter().enumerate().map(|(i, byte)| if i == 99 { byte ^ 1 } else { *byte });
    let cut = truth.iter().take(truth.len() - 1).copied();
    let lies = [
        ("another upload's bytes", other),
        ("one bit changed", flipped.collect()),
        ("a byte less", cut.collect()),
        ("nothing", Vec::new()),
    ];
    for (what, bytes) in lies {
        clinic.store.write(first, bytes);
        let doctor = clinic.doctor(0)?;
        let findings = light.search(clinic, doctor)?;
        let key = findings.key(clinic, doctor, 0)?;
        let seen = findings.uploads.first().ok_or_else(|| check("no upload"))?;
        let found = seen.open(clinic, &key).map_or_else(|e| e.to_string(), |_| "opens".to_owned());
        attempts.push(Attempt::new(what, corrupt, found));
    }
    Ok(attempts)
}

pub(super) fn lying_core_node(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let light = LightNode::follow(clinic)?;
    let users = clinic.users();
    let answers = users.node().search(|_| true);
    let found = answers.last().cloned().ok_or_else(|| check("no transaction"))?;
    let said = |found: &Found| {
        light.believe(found).map_or_else(|refusal| refusal.to_string(), |_| "believed".to_owned())
    };
    let proof = &found.proof;
    let with = |proof: TxProof| Found { proof, ..found.clone() };
    let mut changed = found.tx.0.clone();
    changed.iter_mut().take(60).for_each(|byte| *byte ^= 1);
    let index = proof.index.saturating_sub(1);
    let genesis = users.genesis().header::<medcrypto_ledger::sim::Oracle>().id();
    let nowhere = medcrypto_ledger::block::BlockId(Digest::ZERO);
    let tip = users.node().chain().head().id();
    Ok(vec![
        Attempt::new("the truth", "believed", said(&found)),
        Attempt::new(
            "another transaction at this place",
            "not in the block",
            said(&Found { tx: Bytes(changed), ..found.clone() }),
        ),
        Attempt::new(
            "another place",
            "not in the block",
            said(&with(TxProof { index, ..proof.clone() })),
        ),
        Attempt::new(
            "an old block without it",
            "not in the block",
            said(&with(TxProof { block: genesis, ..proof.clone() })),
        ),
        Attempt::new(
            "a block that nobody has mined",
            "not confirmed",
            said(&with(TxProof { block: nowhere, ..proof.clone() })),
        ),
        Attempt::new(
            "a block that is not deep enough",
            "not confirmed",
            said(&with(TxProof { block: tip, ..proof.clone() })),
        ),
    ])
}

/// Real work, at a target that one hash in 2¹⁶ meets.
pub(super) fn reward_theft(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let mut limit = [0xFF; 32];
    limit.iter_mut().take(2).for_each(|byte| *byte = 0);
    let limit = Target::round(U256::from_be_bytes(&limit));
    let mut chain = Chain::<Work>::new(&Genesis { limit, time_ms: GENESIS_MS });
    let [miner, thief, ..] = clinic.miners.as_slice() else { return Err(check("no miners")) };
    let name = |signer: &crate::flows::signer::Signer| userchain::name(&signer.public_key());
    let root = MerkleLog::of([b"tx".as_slice()]).root();
    let mut header = chain.template(root, name(miner), GENESIS_MS + SPACING_MS);
    let mined = header.mine(1 << 24).ok_or_else(|| check("no nonce"))?;
    let header = *mined.header();
    let said = |header| {
        let checked = SealedHeader::<Work>::check(header);
        checked.map_or_else(|refusal| refusal.to_string(), |_| "sealed".to_owned())
    };
    let (stolen, later) = (
        Header { miner: name(thief), ..header },
        Header { time_ms: header.time_ms + SPACING_MS, ..header },
    );
    let taken = chain.accept(mined, GENESIS_MS + SPACING_MS);
    let oracle = chain.template(root, name(thief), GENESIS_MS + SPACING_MS);
    Ok(vec![
        Attempt::new("the block as it was mined", "sealed", said(header)),
        Attempt::new("another miner", "too little work", said(stolen)),
        Attempt::new("another time", "too little work", said(later)),
        Attempt::new(
            "the chain takes the mined one",
            "accepted",
            taken.map_or_else(|refusal: Refusal| refusal.to_string(), |_| "accepted".to_owned()),
        ),
        Attempt::new("a block without work", "too little work", said(oracle)),
    ])
}

/// E-C7: proof of work forks. The revocation waits again; what was uploaded after it stays closed, and
/// no coin is minted for a block above the tip. This fork is deeper than the watchers allow for: it leaves
/// the tip out, so they vote no more, and the Docchain goes on by the branch that it has paid for.
pub(super) fn reorganised_revocation(clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let block = *clinic.users().node().chain().head();
    let miner = clinic.miners.iter().find(|m| userchain::name(&m.public_key()) == block.miner);
    let miner = miner.cloned().ok_or_else(|| check("no miner"))?;
    let shallow = outcome(&clinic.post(&miner, coin::Action::Mint(block.id()))?);
    let epoch = |clinic: &Clinic| {
        let keys = clinic.users().keys();
        let current = keys.state().contract.current(&clinic.owner.member.key());
        current.map_or_else(|| "none".to_owned(), |current| current.epoch.to_string())
    };
    let before = epoch(clinic);
    fork(clinic)?;
    let dropped = epoch(clinic);
    let gone = outcome(&clinic.post(&miner, coin::Action::Mint(block.id()))?);
    let tip = clinic.tip();
    let paid = outcome(&clinic.post(&miner, coin::Action::Mint(tip.block))?);
    clinic.settle()?;
    let moved = if clinic.tip() == tip { "stays" } else { "moves" };
    let after = epoch(clinic);
    let light = LightNode::follow(clinic)?;
    let doctor = clinic.doctor(REVOKED)?;
    let findings = light.search(clinic, doctor)?;
    let reads = format!("{:?}", opened(clinic, &findings, doctor)?);
    Ok(vec![
        Attempt::new("coins for a block that is not deep", "no such block", shallow),
        Attempt::new("the epoch before the fork", "1", before),
        Attempt::new("the epoch on the fork, which leaves the revocation out", "0", dropped),
        Attempt::new("coins for a block that is gone", "no such block", gone),
        Attempt::new(
            "coins for the tip, which the fork leaves out, as documented",
            "applied",
            paid,
        ),
        Attempt::new("the tip, once the fork lies deep", "stays", moved),
        Attempt::new("the epoch after what was dropped is mined again", "1", after),
        Attempt::new("the epochs that doctor 3 reads", "{0}", reads),
    ])
}

/// The last block before the revocation.
pub(super) fn before_revocation(users: &Userchain) -> Result<Header, Failure> {
    let rotates = |tx: &[u8]| {
        let tx = medcrypto_ledger::codec::decode::<SignedTx<Action>>(tx);
        matches!(tx.map(|tx| tx.body.action), Ok(Action::Rotate(keys)) if keys.epoch == 1)
    };
    let found = users.node().search(rotates);
    let found = found.first().ok_or_else(|| check("no revocation"))?;
    let chain = users.node().chain();
    let block = chain.get(&found.proof.block).ok_or_else(|| check("no such block"))?;
    chain.get(&block.prev).copied().ok_or_else(|| check("no such block"))
}

/// A fork from the block before the revocation, one block longer than the best chain, without
/// transactions.
fn fork(clinic: &Clinic) -> Result<(), Failure> {
    let mut users = clinic.users_mut();
    let head = users.node().chain().head().height;
    let mut parent = before_revocation(&users)?;
    let empty = MerkleLog::new().root().hash;
    while parent.height <= head {
        let (height, time_ms, prev) = (parent.height + 1, parent.time_ms + 1, parent.id());
        parent = Header { height, time_ms, prev, tx_root: empty, tx_count: 0, ..parent };
        users.take(parent, Vec::new())?;
    }
    Ok(())
}
