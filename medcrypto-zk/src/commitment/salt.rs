//! Salts of a record tree, all from one seed.

use medcrypto_core::SecretBytes;
use medcrypto_core::dst::zk;
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::Zeroizing;

use crate::field::{Fr, from_31_bytes};

/// Which tree a salt belongs to; the numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum SaltedTree {
    /// The record's own tree.
    Record = 0,
    /// The gap tree of a list.
    List = 1,
}

/// The salt of one leaf.
pub(crate) fn salt(seed: &SecretBytes<32>, tree: SaltedTree, slot: u16, index: u32) -> Fr {
    let mut hash = Shake256::default();
    hash.update(zk::SALT.as_bytes());
    seed.expose(|seed| hash.update(seed));
    hash.update(&[tree as u8]);
    hash.update(&slot.to_be_bytes());
    hash.update(&index.to_be_bytes());
    let mut out = Zeroizing::new([0; 31]);
    hash.finalize_xof().read(out.as_mut_slice());
    from_31_bytes(&out)
}
