//! Poseidon over BLS12-381's Fr: α = 5, widths 3, 5 and 9, fixed-length calls only
//! (Grassi, Khovratovich, Rechberger, Roy, Schofnegger, USENIX Security 2021).
//!
//! ```text
//! round        s ← s + c_i;  s ← s⁵ (every element in 4 + 4 full rounds, else the first);  s ← M·s
//! rounds       R_F = 8;  R_P = 57, 60, 63 for t = 3, 5, 9
//! constants    Grain LFSR, first matrix, as the authors' script writes them
//! call         state[0] = tag + 2¹⁶·length + 2³²·level,  inputs in state[1..],  output state[1]
//! ```
//!
//! | step | paper | here |
//! |---|---|---|
//! | rounds | at least 8 + 55…57 at 128 bits | 57/60/63, the larger counts in use |
//! | sponge | variable length with padding | one permutation a call; tag, length and level in the capacity |
//!
//! The partial rounds run in their sparse form ([`partial`]); a test compares it with the dense one.
//! 3 divides r − 1, so x³ is no permutation here; 5 does not. The permutation has no branch or address
//! of its own that depends on its state, but it is not constant time: arkworks reduces field
//! elements by a final subtraction behind a branch on their value. Status: *published*.

mod partial;

use std::sync::OnceLock;

use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{AdditiveGroup, Field};

use crate::field::Fr;

pub(crate) use partial::{Partial, Sparse};

/// Full rounds, half before and half after the partial ones.
pub(crate) const FULL_ROUNDS: usize = 8;

/// What a call hashes; the number is part of the capacity element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum PoseidonTag {
    /// Leaf of one slot.
    Leaf = 1,
    /// Leaf of up to six exact fields.
    WideLeaf = 2,
    /// Leaf of a code list.
    Gap = 3,
    /// Inner node of a record tree.
    RecordNode = 4,
    /// Inner node of a code list.
    ListNode = 5,
    /// Root of a record.
    Root = 8,
    /// Commitment to a holder secret.
    Holder = 9,
    /// Nullifier.
    Nullifier = 10,
}

/// The capacity element of a call with `length` inputs.
pub(crate) fn capacity(tag: PoseidonTag, length: usize, level: u8) -> Fr {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    Fr::from(u64::from(tag as u8) + (length << 16) + (u64::from(level) << 32))
}

/// Round constants and matrix of one width.
#[derive(Debug)]
pub(crate) struct Parameters<const T: usize> {
    /// Constants of the full rounds before the partial ones.
    pub(crate) opening: Vec<[Fr; T]>,
    /// The partial rounds.
    pub(crate) partial: Partial<T>,
    /// Constants of the full rounds after them; the first took over the last partial round's.
    pub(crate) closing: Vec<[Fr; T]>,
    /// The matrix, row by row.
    pub(crate) matrix: [[Fr; T]; T],
    /// The constants as generated, one row a round.
    #[cfg(test)]
    constants: Vec<[Fr; T]>,
}

impl<const T: usize> Parameters<T> {
    fn generate(partial_rounds: usize) -> Self {
        let rounds = (FULL_ROUNDS as u64, partial_rounds as u64);
        let (ark, mds) = find_poseidon_ark_and_mds::<Fr>(255, T - 1, rounds.0, rounds.1, 0);
        let mut matrix = [[Fr::ZERO; T]; T];
        for (to, from) in matrix.iter_mut().zip(&mds) {
            *to = row(from);
        }
        let constants: Vec<[Fr; T]> = ark.iter().map(|from| row(from)).collect();
        let half = FULL_ROUNDS / 2;
        let take = |skip: usize, count: usize| constants.iter().skip(skip).take(count).copied();
        let mut closing: Vec<[Fr; T]> = take(half + partial_rounds, half).collect();
        let middle: Vec<[Fr; T]> = take(half, partial_rounds).collect();
        let following = closing.first().copied().unwrap_or([Fr::ZERO; T]);
        let partial = Partial::new(&matrix, &middle, following);
        closing.splice(..1, [partial.following]);
        Self {
            opening: take(0, half).collect(),
            partial,
            closing,
            matrix,
            #[cfg(test)]
            constants,
        }
    }

    /// The permutation.
    pub(crate) fn permute(&self, state: &mut [Fr; T]) {
        self.opening.iter().for_each(|constants| self.full_round(state, constants));
        self.partial.rounds.iter().for_each(|round| partial_round(state, round));
        *state = mix(&self.partial.last, state);
        self.closing.iter().for_each(|constants| self.full_round(state, constants));
    }

    fn full_round(&self, state: &mut [Fr; T], constants: &[Fr; T]) {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element += constant;
            fifth_power(element);
        }
        *state = mix(&self.matrix, state);
    }

    /// The permutation as the paper writes it, with the dense matrix in every round.
    #[cfg(test)]
    fn permute_plainly(&self, state: &mut [Fr; T]) {
        let half = FULL_ROUNDS / 2;
        for (round, constants) in self.constants.iter().enumerate() {
            for (element, constant) in state.iter_mut().zip(constants) {
                *element += constant;
            }
            let is_full = round < half || round + half >= self.constants.len();
            state.iter_mut().take(if is_full { T } else { 1 }).for_each(fifth_power);
            *state = mix(&self.matrix, state);
        }
    }
}

fn partial_round<const T: usize>(state: &mut [Fr; T], round: &Sparse<T>) {
    let Some(first) = state.first_mut() else { return };
    *first += round.constant;
    fifth_power(first);
    let powered = *first;
    let sum = Fr::sum_of_products(&round.row, state);
    for (element, scale) in state.iter_mut().zip(&round.column) {
        *element += powered * scale;
    }
    if let Some(first) = state.first_mut() {
        *first = sum;
    }
}

fn mix<const T: usize>(matrix: &[[Fr; T]; T], state: &[Fr; T]) -> [Fr; T] {
    matrix.each_ref().map(|row| Fr::sum_of_products(row, state))
}

fn row<const T: usize>(from: &[Fr]) -> [Fr; T] {
    core::array::from_fn(|i| from.get(i).copied().unwrap_or(Fr::ZERO))
}

fn fifth_power(x: &mut Fr) {
    let fourth = x.square().square();
    *x *= fourth;
}

/// Parameters of width 3.
pub(crate) fn width_3() -> &'static Parameters<3> {
    static CELL: OnceLock<Parameters<3>> = OnceLock::new();
    CELL.get_or_init(|| Parameters::generate(57))
}

/// Parameters of width 5.
pub(crate) fn width_5() -> &'static Parameters<5> {
    static CELL: OnceLock<Parameters<5>> = OnceLock::new();
    CELL.get_or_init(|| Parameters::generate(60))
}

/// Parameters of width 9.
pub(crate) fn width_9() -> &'static Parameters<9> {
    static CELL: OnceLock<Parameters<9>> = OnceLock::new();
    CELL.get_or_init(|| Parameters::generate(63))
}

/// P3: two inputs.
pub(crate) fn hash_2(tag: PoseidonTag, [a, b]: [Fr; 2]) -> Fr {
    let mut state = [capacity(tag, 2, 0), a, b];
    width_3().permute(&mut state);
    state[1]
}

/// P5: four inputs.
pub(crate) fn hash_4(tag: PoseidonTag, [a, b, c, d]: [Fr; 4]) -> Fr {
    let mut state = [capacity(tag, 4, 0), a, b, c, d];
    width_5().permute(&mut state);
    state[1]
}

/// P9: eight inputs.
pub(crate) fn hash_8(tag: PoseidonTag, level: u8, inputs: &[Fr; 8]) -> Fr {
    let mut state = [Fr::ZERO; 9];
    let (first, rest) = state.split_at_mut(1);
    first.fill(capacity(tag, 8, level));
    rest.copy_from_slice(inputs);
    width_9().permute(&mut state);
    state[1]
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::field::{decode, encode};

    fn fr(hex_digits: &str) -> Fr {
        decode(&hex::decode(hex_digits).unwrap().try_into().unwrap()).unwrap()
    }

    /// Done-when 5: `poseidonperm_x5_255_3` of the authors' hadeshash test vectors.
    #[test]
    fn t14_the_permutation_of_width_3_reproduces_the_authors_vector() {
        let mut state = [0u64, 1, 2].map(Fr::from);
        let mut plainly = state;
        width_3().permute(&mut state);
        width_3().permute_plainly(&mut plainly);
        assert_eq!(state, plainly);
        let expected = [
            "28ce19420fc246a05553ad1e8c98f5c9d67166be2c18e9e4cb4b4e317dd2a78a",
            "51f3e312c95343a896cfd8945ea82ba956c1118ce9b9859b6ea56637b4b1ddc4",
            "3b2b69139b235626a0bfb56c9527ae66a7bf486ad8c11c14d1da0c69bbe0f79a",
        ];
        assert_eq!(state, expected.map(fr));
    }

    fn agrees_with_the_dense_form<const T: usize>(parameters: &Parameters<T>) {
        for seed in 0..20u64 {
            let mut state = core::array::from_fn(|i| Fr::from(seed * 977 + i as u64).square());
            let mut plainly = state;
            parameters.permute(&mut state);
            parameters.permute_plainly(&mut plainly);
            assert_eq!(state, plainly);
        }
    }

    #[test]
    fn the_sparse_form_is_the_same_permutation() {
        agrees_with_the_dense_form(width_3());
        agrees_with_the_dense_form(width_5());
        agrees_with_the_dense_form(width_9());
    }

    fn digest<const T: usize>(parameters: &Parameters<T>) -> String {
        let mut hash = Sha256::new();
        let all = parameters.constants.iter().chain(&parameters.matrix).flatten();
        all.for_each(|value| hash.update(encode(value)));
        hex::encode(hash.finalize())
    }

    #[test]
    fn the_constants_are_frozen() {
        let digests = [digest(width_3()), digest(width_5()), digest(width_9())];
        let frozen = [
            "0f2b0f1a2bdef1fde256a8d2e60770e3a759b97e05f8cd66e18d149c5db727af",
            "bda0095901529907fc91691d51a726c41436563bdec67f4a414ac8edabb2fe3d",
            "508c878a6f25df9d9e8e96273f353285287d2e4c2619316e4758082e2fe3e608",
        ];
        assert_eq!(digests, frozen);
    }

    #[test]
    fn t14_tag_length_and_level_separate_calls() {
        let zeros = [Fr::ZERO; 8];
        let mut outputs = vec![
            hash_2(PoseidonTag::Holder, [Fr::ZERO; 2]),
            hash_2(PoseidonTag::Nullifier, [Fr::ZERO; 2]),
            hash_4(PoseidonTag::Leaf, [Fr::ZERO; 4]),
            hash_4(PoseidonTag::Gap, [Fr::ZERO; 4]),
            hash_8(PoseidonTag::RecordNode, 0, &zeros),
            hash_8(PoseidonTag::RecordNode, 1, &zeros),
            hash_8(PoseidonTag::ListNode, 0, &zeros),
            hash_8(PoseidonTag::WideLeaf, 0, &zeros),
        ];
        let count = outputs.len();
        outputs.sort();
        outputs.dedup();
        assert_eq!(outputs.len(), count);
        assert_ne!(capacity(PoseidonTag::Leaf, 2, 0), capacity(PoseidonTag::Leaf, 4, 0));
    }

    #[test]
    fn t14_five_is_coprime_to_the_group_order_and_three_is_not() {
        use ark_ff::{BigInteger, PrimeField};
        let mut order = Fr::MODULUS;
        order.sub_with_borrow(&1u64.into());
        let modulo = |divisor: u32| {
            order
                .to_bytes_be()
                .iter()
                .fold(0u32, |rest, byte| (rest * 256 + u32::from(*byte)) % divisor)
        };
        assert_eq!(modulo(3), 0);
        assert_ne!(modulo(5), 0);
    }
}
