//! Decoders: no input makes one panic, and what one accepts re-encodes to the input.

use std::ops::RangeInclusive;

use crate::{
    Reached,
    edit::{self, Base},
};

/// A decoder under test.
pub struct Decoder {
    /// What every object starts with.
    pub header: [u8; 3],
    /// How many bytes an object can have.
    pub sizes: RangeInclusive<usize>,
    /// Valid objects to edit.
    pub bases: fn() -> &'static [Base],
    /// Decodes and encodes again; none for what is refused.
    pub decode: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Decoder {
    /// Runs one input. Reached: the header is right and the size possible, so that every field up
    /// to the first wrong one is decoded.
    ///
    /// # Panics
    /// When the decoder does, or its answer re-encodes to other bytes.
    pub fn run(&self, data: &[u8]) -> Reached {
        let (min, max) = (*self.sizes.start(), *self.sizes.end());
        let size = (min == max).then_some(min);
        let input = edit::input(data, &self.header, size, (self.bases)());
        let passed = input.starts_with(&self.header) && self.sizes.contains(&input.len());
        match (self.decode)(&input) {
            Some(again) => {
                assert_eq!(again, input, "accepted, and encodes to other bytes");
                assert!(passed, "accepted under a wrong header or at a wrong size");
            }
            None => assert!((self.bases)().iter().all(|base| base.bytes != input), "refused"),
        }
        passed.into()
    }

    /// Whole objects, and scripts that edit them.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let bases = (self.bases)();
        let whole = bases.iter().take(4).map(|base| edit::whole(&base.bytes));
        let scripts = (0..12).map(|edit| vec![2, edit, edit, 0, edit % 8, 5, 1, 0, 9, 0, 2, 7]);
        let raw = bases.iter().take(1).map(|base| [&[0], &base.bytes[..]].concat());
        whole.chain(scripts).chain(raw).collect()
    }
}

/// Lengths, depths, the first bytes of points, and where the modulus of the points begins.
pub const DICT: &[&[u8]] = &[
    b"\x00\x00\x00\x00",
    b"\x00\x00\x00\x01",
    b"\x00\x00\x00\xff",
    b"\x00\x00\x01\x00",
    b"\xff\xff\xff\xff",
    b"\x80",
    b"\xa0",
    b"\xc0",
    b"\x9a\x01\x11\xea",
];

/// A target of a decoder, its valid objects made once.
macro_rules! decoder {
    ($(#[$doc:meta])* $name:ident = $string:literal, $class:ident, $tag:expr, $sizes:expr,
     $bases:expr, $decode:expr $(,)?) => {
        $(#[$doc])*
        pub const $name: crate::Target = {
            use crate::{decoder::Decoder, edit::Base};
            static BASES: std::sync::LazyLock<Vec<Base>> = std::sync::LazyLock::new($bases);
            static DECODER: Decoder = Decoder {
                header: medcrypto_core::codec::Header::v1($tag).to_bytes(),
                sizes: $sizes,
                bases: || &BASES,
                decode: $decode,
            };
            crate::Target {
                name: $string,
                class: crate::Class::$class,
                max_len: { let sizes: std::ops::RangeInclusive<usize> = $sizes; *sizes.end() + 64 },
                run: |data| DECODER.run(data),
                seeds: || DECODER.seeds(),
                dict: crate::decoder::DICT,
            }
        };
    };
}
pub(crate) use decoder;
