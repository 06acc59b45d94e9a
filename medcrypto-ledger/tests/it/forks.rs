//! Forks of proof of work: most work, reorganisation, bounded memory, core and light nodes.

use medcrypto_ledger::block::{BlockId, tx_root};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::merkle::InclusionProof;
use medcrypto_ledger::pow::{
    Block, Chain, Change, CoreNode, Found, Header, MAX_FORKED, Refusal, SPACING_MS, TxProof, WINDOW,
};
use medcrypto_ledger::sim::Oracle;
use medcrypto_ledger::{Bytes, Digest};

use crate::windows::{genesis, next, push};
use crate::world::d;

const NOW: u64 = 1_700_000_000_000;
const FAR: u64 = NOW + (1 << 40);

/// A block on this one, with this target and miner.
fn child(parent: &Header, time_ms: u64, miner: &str) -> Header {
    let (height, prev, miner) = (parent.height + 1, parent.id(), d(miner));
    Header { height, prev, time_ms, miner, ..*parent }
}

fn accept(chain: &mut Chain<Oracle>, header: Header) -> Result<Change, Refusal> {
    chain.accept(Oracle::seal(header), FAR)
}

#[test]
fn t27_a_short_heavy_fork_beats_a_long_light_one() {
    // Blocks come every 15 s. One block 2015 says so, and four times the work is due; the other
    // claims the time that the rule wants, and the target stays.
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    while chain.head().height < WINDOW - 2 {
        let time = chain.head().time_ms + SPACING_MS / 4;
        push(&mut chain, time).unwrap();
    }
    let fork = *chain.head();
    let mut other = chain.clone();
    let mut light = vec![child(&fork, NOW + (WINDOW - 1) * SPACING_MS, "light")];
    accept(&mut chain, light[0]).unwrap();
    for _ in 0..3 {
        light.push(next(&chain, chain.head().time_ms + 1));
        assert_eq!(chain.head().target, fork.target, "as easy as before");
        accept(&mut chain, *light.last().unwrap()).unwrap();
    }
    let first = child(&fork, fork.time_ms + SPACING_MS / 4, "heavy");
    accept(&mut other, first).unwrap();
    let second = next(&other, first.time_ms + 1);
    assert_ne!(second.target, fork.target);
    accept(&mut other, second).unwrap();

    // One block of the fork is nothing; the second outweighs three of the others.
    assert_eq!(accept(&mut chain, first), Ok(Change::default()));
    let change = accept(&mut chain, second).unwrap();
    assert_eq!(change.joined, [first.id(), second.id()]);
    assert_eq!(change.left, light.iter().rev().map(Header::id).collect::<Vec<_>>());
    assert_eq!(chain.head(), &second);
    assert_eq!(chain.head().height + 2, light[3].height);
    assert_eq!(chain.work(), other.work());
    assert_eq!(chain.at(WINDOW - 1), Some(&first));
    assert_eq!(chain.at(WINDOW + 1), None);
    // The light fork is still there.
    assert_eq!(chain.get(&light[3].id()), Some(&light[3]));
}

#[test]
fn c8_equal_work_goes_to_the_lower_id_whatever_came_first() {
    let genesis = genesis(8);
    let root = genesis.header::<Oracle>();
    let mut blocks: Vec<Header> =
        (0..8).map(|i| child(&root, NOW + 1, &format!("miner {i}"))).collect();
    let lowest = blocks.iter().map(Header::id).min().unwrap();
    for _ in 0..8 {
        blocks.rotate_left(1);
        let mut chain = Chain::<Oracle>::new(&genesis);
        for block in &blocks {
            accept(&mut chain, *block).unwrap();
        }
        assert_eq!(chain.head().id(), lowest);
        // More work than the lowest id has: id does not matter.
        let loser = blocks.iter().max_by_key(|block| block.id()).unwrap();
        let longer = child(loser, NOW + 2, "x");
        let change = accept(&mut chain, longer).unwrap();
        let expected = Change { left: vec![lowest], joined: vec![loser.id(), longer.id()] };
        assert_eq!(change, expected);
    }
}

/// A chain of `n` blocks on genesis, a minute apart.
fn branch(n: usize, miner: &str) -> Vec<Header> {
    let mut blocks = vec![child(&genesis(8).header::<Oracle>(), NOW + SPACING_MS, miner)];
    while blocks.len() < n {
        let parent = blocks.last().unwrap();
        blocks.push(child(parent, parent.time_ms + SPACING_MS, miner));
    }
    blocks
}

#[test]
fn t27_a_hundred_thousand_hostile_blocks_take_no_room_and_win_nothing() {
    let mut chain = Chain::<Oracle>::new(&genesis(8));
    let honest = branch(40, "honest");
    let rival = branch(41, "rival");
    for block in &honest {
        accept(&mut chain, *block).unwrap();
    }
    for block in &rival[..39] {
        assert_eq!(accept(&mut chain, *block), Ok(Change::default()));
    }
    let mut refused = 0;
    for i in 0..100_000_u32 {
        let parent = &honest[usize::try_from(i % 30).unwrap()];
        let hostile = child(parent, parent.time_ms + 1, &format!("hostile {i}"));
        match accept(&mut chain, hostile) {
            Ok(change) => assert_eq!(change, Change::default()),
            Err(refusal) => {
                assert_eq!(refusal, Refusal::Light);
                refused += 1;
            }
        }
        assert!(chain.kept() <= 41 + MAX_FORKED);
    }
    assert!(refused > 10_000, "{refused}");
    assert_eq!(chain.kept(), 41 + MAX_FORKED);
    assert_eq!(chain.head(), &honest[39]);
    // The one fork that could win is still there.
    accept(&mut chain, rival[39]).unwrap();
    let change = accept(&mut chain, rival[40]).unwrap();
    assert_eq!(chain.head(), &rival[40]);
    assert!(change.joined.ends_with(&[rival[40].id()]));
    assert!(chain.kept() <= 42 + MAX_FORKED);
}

#[test]
fn t27_a_full_tree_drops_tips_and_never_a_block_that_others_stand_on() {
    let mut chain = Chain::<Oracle>::new(&genesis(8));
    for block in branch(MAX_FORKED + 2, "best") {
        accept(&mut chain, block).unwrap();
    }
    // A fork as long as there is room. What is lighter does not enter; what is heavier costs a tip.
    let first = branch(MAX_FORKED, "first");
    for block in &first {
        accept(&mut chain, *block).unwrap();
    }
    let all = 2 * MAX_FORKED + 3;
    assert_eq!(chain.kept(), all);
    let kept = |chain: &Chain<Oracle>, block: &Header| chain.get(&block.id()).is_some();
    // Rivals of the head: each costs the fork its last block, and the one before is the tip.
    for i in 1..=10 {
        let parent = *chain.at(MAX_FORKED as u64 + 1).unwrap();
        accept(&mut chain, child(&parent, parent.time_ms + 1, &format!("rival {i}"))).unwrap();
        assert_eq!(chain.kept(), all);
        assert!(!kept(&chain, &first[MAX_FORKED - i]));
        assert!(kept(&chain, &first[MAX_FORKED - i - 1]));
    }
    let first = &first[..MAX_FORKED - 10];
    let [.., before, last] = first else { panic!("a long fork") };
    for parent in [&first[0], &first[100], before] {
        let lighter = child(parent, FAR, "lighter");
        let dropped = accept(&mut chain, lighter) == Err(Refusal::Light);
        assert!(dropped || parent == before && !kept(&chain, last), "one of the two tips went");
        assert_eq!(chain.kept(), all);
    }
    let tip = if kept(&chain, last) { *last } else { child(before, FAR, "lighter") };
    // On the only tip there is nothing lighter to drop.
    assert_eq!(accept(&mut chain, child(&tip, FAR, "more")), Err(Refusal::Light));
    assert!(first[..first.len() - 1].iter().all(|block| kept(&chain, block)));
    assert_eq!(chain.head().height, MAX_FORKED as u64 + 2);
}

#[test]
fn t27_the_order_in_which_blocks_arrive_does_not_matter() {
    // A random tree, first in the order of its making, then in others that respect parents.
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..30 {
        let mut tree = vec![genesis(8).header::<Oracle>()];
        for i in 0..60 {
            let parent = tree[tree.len() - 1 - random(tree.len().min(5))];
            tree.push(child(&parent, parent.time_ms + 1, &format!("{round} {i}")));
        }
        let mut chain = Chain::<Oracle>::new(&genesis(8));
        let mut waiting = tree[1..].to_vec();
        while !waiting.is_empty() {
            let at = random(waiting.len());
            match accept(&mut chain, waiting[at]) {
                Ok(_) => drop(waiting.remove(at)),
                Err(refusal) => assert_eq!(refusal, Refusal::Previous),
            }
        }
        let best = tree.iter().max_by_key(|h| (h.height, core::cmp::Reverse(h.id()))).unwrap();
        assert_eq!(chain.head(), best);
        let mut walk = *best;
        while walk.height > 0 {
            assert_eq!(chain.at(walk.height), Some(&walk));
            assert_eq!(chain.confirmations(&walk.id()), best.height - walk.height + 1);
            walk = *tree.iter().find(|h| h.id() == walk.prev).unwrap();
        }
        assert_eq!(chain.kept(), tree.len());
    }
}

fn tx(name: &str) -> Bytes {
    Bytes(name.as_bytes().to_vec())
}

/// The block on `parent` with these transactions.
fn block(parent: &Header, txs: &[&str], miner: &str) -> Block {
    let txs: Vec<Bytes> = txs.iter().map(|name| tx(name)).collect();
    let root = tx_root(&txs);
    let header = child(parent, parent.time_ms + 1, miner);
    let tx_count = u32::try_from(root.size).unwrap();
    Block { header: Header { tx_root: root.hash, tx_count, ..header }, txs }
}

fn give(node: &mut CoreNode<Oracle>, block: &Block) -> Result<(Change, Vec<Bytes>), Refusal> {
    let Block { header, txs } = decode::<Block>(&encode(block)).unwrap();
    node.accept(Oracle::seal(header), txs, FAR)
}

#[test]
fn c7_a_reorganisation_of_six_blocks_returns_what_is_mined_no_more() {
    let genesis = genesis(8);
    let mut node = CoreNode::<Oracle>::new(&genesis);
    let root = genesis.header::<Oracle>();
    let (mut old, mut new) = (vec![], vec![]);
    let (mut a, mut b) = (root, root);
    for i in 1..=6 {
        let (own, both) = (format!("only old {i}"), format!("both {i}"));
        old.push(block(&a, &[&own, &both], "old"));
        a = old.last().unwrap().header;
        give(&mut node, old.last().unwrap()).unwrap();
    }
    for i in 1..=7 {
        // A revocation among what the new branch leaves out would wait here, to be mined again.
        let both = format!("both {}", 7 - i);
        new.push(block(&b, &[&format!("only new {i}"), &both], "new"));
        b = new.last().unwrap().header;
    }
    let mut returned = vec![];
    let (mut left, mut joined) = (vec![], vec![]);
    for block in &new {
        let (change, txs) = give(&mut node, block).unwrap();
        left.extend(change.left);
        joined.extend(change.joined);
        returned.extend(txs);
    }
    let ids = |blocks: &[Block]| blocks.iter().map(|b| b.header.id()).collect::<Vec<BlockId>>();
    let mut expected = ids(&old);
    expected.reverse();
    assert_eq!((left, joined), (expected, ids(&new)));
    // "both 6" is in block 1 of the new branch, …, "both 0" in block 7: none of them waits.
    let waits: Vec<Bytes> = (1..=6).map(|i| tx(&format!("only old {i}"))).collect();
    assert_eq!(returned, waits);
    assert!(node.search(|tx| tx.starts_with(b"only old")).is_empty());
    assert_eq!(node.search(|tx| tx.starts_with(b"only new")).len(), 7);
    assert_eq!(node.txs(&old[0].header.id()), old[0].txs, "the fork is kept");
}

#[test]
fn t22_a_core_node_counts_and_hashes_the_transactions_itself() {
    let genesis = genesis(8);
    let mut node = CoreNode::<Oracle>::new(&genesis);
    let good = block(&genesis.header::<Oracle>(), &["a", "b", "c"], "m");
    let with =
        |txs: &[&str]| Block { txs: txs.iter().map(|name| tx(name)).collect(), ..good.clone() };
    for (txs, refusal) in [
        (["a", "b"].as_slice(), Refusal::TxCount),
        (&["a", "b", "c", "c"], Refusal::TxCount),
        (&[], Refusal::TxCount),
        (&["a", "b", "d"], Refusal::TxRoot),
        (&["b", "a", "c"], Refusal::TxRoot),
    ] {
        assert_eq!(give(&mut node, &with(txs)), Err(refusal));
        assert_eq!(node.chain().kept(), 1);
        assert!(node.txs(&good.header.id()).is_empty());
    }
    give(&mut node, &good).unwrap();
    assert_eq!(give(&mut node, &good), Err(Refusal::Known));
}

#[test]
fn c1_c22_a_light_node_searches_through_a_core_node_and_believes_proofs_only() {
    let genesis = genesis(8);
    let mut core = CoreNode::<Oracle>::new(&genesis);
    let mut light = Chain::<Oracle>::new(&genesis);
    let mut head = genesis.header::<Oracle>();
    for i in 0..10 {
        let names: Vec<String> = (0..i).map(|j| format!("device {j} block {i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let block = block(&head, &names, "m");
        head = block.header;
        give(&mut core, &block).unwrap();
        accept(&mut light, block.header).unwrap();
    }
    let answers = core.search(|tx| tx.starts_with(b"device 3 "));
    assert_eq!(answers.len(), 6, "blocks 4 to 9 hold one each");
    for found in &answers {
        let found = decode::<Found>(&encode(found)).unwrap();
        let header = light.verify(&found, 1).unwrap();
        assert_eq!(header.id(), found.proof.block);
        assert!(found.tx.as_slice().starts_with(b"device 3 "));
        let depth = head.height - header.height + 1;
        assert!(light.verify(&found, depth).is_ok());
        assert_eq!(light.verify(&found, depth + 1), Err(Refusal::Unconfirmed));
        assert_eq!(light.verify(&found, u64::MAX), Err(Refusal::Unconfirmed));
        let proof = &found.proof;
        let lies = [
            (Found { tx: tx("device 3 block 99"), ..found.clone() }, Refusal::Inclusion),
            (lie(&found, TxProof { index: proof.index + 1, ..proof.clone() }), Refusal::Inclusion),
            (lie(&found, TxProof { index: u64::MAX, ..proof.clone() }), Refusal::Inclusion),
            (lie(&found, TxProof { path: longer(proof), ..proof.clone() }), Refusal::Inclusion),
            (
                lie(&found, TxProof { path: InclusionProof(vec![]), ..proof.clone() }),
                Refusal::Inclusion,
            ),
            (
                lie(&found, TxProof { block: BlockId(d("x")), ..proof.clone() }),
                Refusal::Unconfirmed,
            ),
            (
                lie(&found, TxProof { block: light.at(2).unwrap().id(), ..proof.clone() }),
                Refusal::Inclusion,
            ),
            (
                lie(&found, TxProof { block: light.at(0).unwrap().id(), ..proof.clone() }),
                Refusal::Inclusion,
            ),
        ];
        for (lie, refusal) in lies {
            assert_eq!(light.verify(&lie, 0), Err(refusal), "{lie:?}");
        }
    }
    // A fork overtakes: what was confirmed is so no more.
    for block in branch(11, "fork") {
        accept(&mut light, block).unwrap();
    }
    for found in &answers {
        assert_eq!(light.verify(found, 0), Err(Refusal::Unconfirmed));
    }
}

fn lie(found: &Found, proof: TxProof) -> Found {
    Found { proof, ..found.clone() }
}

fn longer(proof: &TxProof) -> InclusionProof {
    InclusionProof([proof.path.0.clone(), vec![Digest::ZERO]].concat())
}
