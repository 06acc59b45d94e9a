//! The salted commitment to a record.
//!
//! ```text
//! salt(tree, slot, i)   SHAKE256(MEDCRYPTO-ZK-V01-SALT ‖ seed32 ‖ tree u8 ‖ slot u16 ‖ i u32), 31 bytes
//! leaf of slot 0        P9(2; v_1…v_6, mask, salt)           a missing field has value 0 and mask bit 0
//! leaf of slot s        P5(1; s + 2¹⁶·type + 2²⁴·present, lo, hi, salt)
//! list leaf             lo = hi = root of the list's gap tree; the type tells complete from partial
//! node                  P9(4; 8 children), level 0 nearest the leaves; 64 slots, depth 2
//! C                     P5(8; root, schema digest, holder commitment, lineage)
//! ```
//!
//! The seed is fresh for every C and leaves only inside the encrypted record. A slot that the
//! schema does not use is a leaf of type 0. Hiding: 31-byte salts on every leaf; binding:
//! collision resistance of Poseidon. Status: *composition*.

mod opening;
mod salt;
mod tree;

pub use opening::RecordOpening;
#[cfg(test)]
pub(crate) use salt::{SaltedTree, salt};
pub(crate) use tree::{Leaf, RecordTree};

#[cfg(test)]
mod tests;
