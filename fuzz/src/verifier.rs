//! Verifiers: what differs from a valid combination in any part is refused, and a valid one accepted.

use arbitrary::Unstructured;

use crate::{
    Reached,
    edit::{self, Base, byte},
};

/// A verifier under test, of `N` parts such as key, message and signature.
pub struct Verifier<const N: usize> {
    /// Combinations that verify.
    pub valid: fn() -> &'static [[Base; N]],
    /// Leading bytes of each part that no edit changes: its header.
    pub keep: [usize; N],
    /// The verdict; none when a part cannot be decoded, or a comparison of plain bytes refuses it
    /// before the equation.
    pub check: fn(&[Vec<u8>; N]) -> Option<bool>,
}

impl<const N: usize> Verifier<N> {
    /// Runs one input. Reached: the equation was evaluated.
    ///
    /// # Panics
    /// When the verifier does, accepts what is not valid, or refuses what is.
    pub fn run(&self, data: &[u8]) -> Reached {
        if data.is_empty() {
            return Reached::No;
        }
        let mut script = Unstructured::new(data);
        let valid = (self.valid)();
        let chosen = usize::from(byte(&mut script)) % valid.len();
        let mut parts = valid[chosen].each_ref().map(|base| base.bytes.clone());
        // A bit a part: whether it is edited.
        let which = script.arbitrary::<u16>().unwrap_or_default();
        for (i, part) in parts.iter_mut().enumerate().filter(|(i, _)| which >> i & 1 == 1) {
            let other = usize::from(byte(&mut script));
            if other & 1 == 1 {
                *part = valid[other / 2 % valid.len()][i].bytes.clone();
            } else {
                self.edit(&mut script, chosen, i, part, other / 2 % 4);
            }
        }
        let verdict = (self.check)(&parts);
        let expected = valid.iter().any(|bases| bases.iter().map(|base| &base.bytes).eq(&parts));
        assert!(verdict == Some(expected) || verdict.is_none() && !expected, "{verdict:?}");
        verdict.is_some().into()
    }

    fn edit(
        &self,
        script: &mut Unstructured<'_>,
        chosen: usize,
        part: usize,
        bytes: &mut Vec<u8>,
        more: usize,
    ) {
        let valid = (self.valid)();
        let header = bytes[..self.keep[part]].to_vec();
        let others: Vec<_> = valid.iter().map(|bases| &bases[part]).collect();
        for _ in 0..=more {
            edit::edit(script, &valid[chosen][part], &others, bytes);
        }
        bytes.iter_mut().zip(header).for_each(|(to, from)| *to = from);
    }

    /// Each valid combination as it is, each part of another one, and each part edited.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let count = u8::try_from((self.valid)().len()).unwrap();
        let unchanged = (0..count.min(3)).map(|chosen| vec![chosen, 0, 0]);
        let swapped = (0..N).map(|part| [&[0][..], &(1_u16 << part).to_le_bytes(), &[3]].concat());
        let edits = [[0, 0, 0, 5], [0, 1, 1, 9], [6, 40, 0, 3], [8, 10, 0, 1], [12, 0, 9, 0]];
        let edited = (0..N).flat_map(|part| {
            let start = [&[0][..], &(1_u16 << part).to_le_bytes(), &[0]].concat();
            edits.map(move |edit| [&start[..], &edit].concat())
        });
        unchanged.chain(swapped).chain(edited).collect()
    }
}

/// A target of a verifier, its valid combinations made once.
macro_rules! verifier {
    ($(#[$doc:meta])* $name:ident = $string:literal, $n:literal, $keep:expr, $valid:expr,
     $check:expr $(,)?) => {
        $(#[$doc])*
        pub const $name: crate::Target = {
            use crate::{edit::Base, verifier::Verifier};
            static VALID: std::sync::LazyLock<Vec<[Base; $n]>> = std::sync::LazyLock::new($valid);
            static VERIFIER: Verifier<$n> =
                Verifier { valid: || &VALID, keep: $keep, check: $check };
            crate::Target {
                name: $string,
                class: crate::Class::Verifier,
                max_len: 128,
                run: |data| VERIFIER.run(data),
                seeds: || VERIFIER.seeds(),
                dict: &[],
            }
        };
    };
}
pub(crate) use verifier;
