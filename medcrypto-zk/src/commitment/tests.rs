//! Salts: what they hide, and what they are made of.

use alloc::collections::BTreeSet;

use ark_ff::{AdditiveGroup, BigInteger, PrimeField};
use medcrypto_core::SecretBytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::RecordTree;
use super::tree::Leaf;
use crate::code_list::GapTree;
use crate::field::Fr;
use crate::record::{CodeList, Entry, Record};
use crate::schema::Schema;

const GLUCOSE: u16 = 7;

fn record(glucose: u64) -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    record.set(schema.field("glucose").unwrap(), Entry::point(glucose)).unwrap();
    let list = Entry::Codes(CodeList::new(vec![44_054_006, 254_637_007], true));
    record.set(schema.field("conditions_active").unwrap(), list).unwrap();
    record
}

fn seed(number: u64) -> SecretBytes<32> {
    SecretBytes::generate(&mut ChaCha20Rng::seed_from_u64(number))
}

/// Every salt of a tree: of the wide leaf, of the 63 others, and of the gaps of each list.
fn salts(tree: &RecordTree) -> Vec<Vec<u8>> {
    let gaps = |list: &GapTree| (0..3).map(|i| list.gap(i).unwrap().salt).collect::<Vec<_>>();
    let lists = tree.lists.iter().flat_map(|(_, list)| gaps(list));
    let leaves = tree.leaves.iter().map(|leaf| leaf.salt);
    let all = core::iter::once(tree.wide.salt).chain(leaves).chain(lists);
    all.map(|salt| salt.into_bigint().to_bytes_be()).collect()
}

/// A glucose value has 10 001 possible leaves. Without a salt one of them is the leaf on the list.
#[test]
fn t13_a_leaf_of_few_values_cannot_be_searched_for() {
    let leaf = RecordTree::build(&record(630), &seed(1)).leaf(GLUCOSE);
    let search = |digest: Fr| {
        let guess =
            |value: u64| Leaf { lo: value.into(), hi: value.into(), salt: Fr::ZERO, ..leaf };
        (0..=10_000).find(|value| guess(*value).digest() == digest)
    };
    assert_eq!(search(Leaf { salt: Fr::ZERO, ..leaf }.digest()), Some(630));
    assert_eq!(search(leaf.digest()), None);
}

/// One tree repeats no salt, another seed shares none, and no salt depends on what it hides.
#[test]
fn t13_salts_come_from_the_seed_and_the_place_alone() {
    let first = salts(&RecordTree::build(&record(630), &seed(1)));
    assert_eq!(first.len(), 1 + 63 + 3);
    let set: BTreeSet<_> = first.iter().collect();
    assert_eq!(set.len(), first.len());
    assert_eq!(salts(&RecordTree::build(&record(100), &seed(1))), first);
    let next_version = salts(&RecordTree::build(&record(630), &seed(2)));
    assert!(next_version.iter().all(|salt| !set.contains(salt)));
    // The value still shows in the leaf.
    let leaf = |value| RecordTree::build(&record(value), &seed(1)).leaf(GLUCOSE).digest();
    assert_ne!(leaf(630), leaf(100));
}
