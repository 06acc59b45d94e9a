//! The KH-CCA game of Emura et al., executable, with adversaries that show it has teeth.
//!
//! ```text
//! Enc           anybody's                       Dec     not of a member of D, and not after both the key and the challenge are out
//! Eval          not after the key is out; a result made from a member of D is a member
//! RevHK         gives α, β                      D       pairs of associated data and canonical bytes, first the challenge
//! ```

mod adversaries;
mod rows;
mod schemes;

use std::collections::HashSet;

use blstrs::Scalar;
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use crate::fixture;
use crate::raw::{Input, Triple, wide};
use schemes::{Keyed, Scheme};

pub use adversaries::other_spellings;

/// A query that the rules do not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forbidden;

/// Associated data of everything that does not say otherwise.
pub const AD: &[u8] = b"round 1";
/// What the challenge encrypts: one of these.
pub const MESSAGES: [i64; 2] = [10, 20];

pub struct Game<'s, S: Scheme> {
    scheme: &'s S,
    keys: S::Keys,
    secret: bool,
    members: HashSet<(Vec<u8>, Vec<u8>)>,
    challenged: bool,
    revealed: bool,
    /// Results of evaluations enter D; the mock of A5 forgets that.
    tracks: bool,
    rng: ChaCha20Rng,
}

impl<'s, S: Scheme> Game<'s, S> {
    fn new(scheme: &'s S, tracks: bool, mut rng: ChaCha20Rng) -> Self {
        let keys = scheme.generate(&mut rng);
        let secret = rng.next_u32() & 1 == 1;
        let members = HashSet::new();
        Self { scheme, keys, secret, members, challenged: false, revealed: false, tracks, rng }
    }

    /// What everybody has.
    pub fn public(&self) -> (&'s S, S::Public) {
        (self.scheme, self.scheme.public(&self.keys))
    }

    pub fn encrypt(&mut self, m: i64) -> Vec<u8> {
        let public = self.scheme.public(&self.keys);
        self.scheme.encrypt(&public, AD, m, &mut self.rng)
    }

    pub fn decrypt(&self, ad: &[u8], bytes: &[u8]) -> Result<Option<i64>, Forbidden> {
        let member = self.members.contains(&(ad.to_vec(), bytes.to_vec()));
        if member || (self.challenged && self.revealed) {
            return Err(Forbidden);
        }
        Ok(self.scheme.decrypt(&self.keys, ad, bytes))
    }

    pub fn evaluate(&mut self, inputs: &[Input], b: i64) -> Result<Option<Vec<u8>>, Forbidden> {
        if self.revealed {
            return Err(Forbidden);
        }
        let result = self.scheme.evaluate(&self.keys, inputs, b, AD, &mut self.rng);
        let member = |(_, ad, bytes): &Input| self.members.contains(&(ad.clone(), bytes.clone()));
        if self.tracks && inputs.iter().any(member) {
            self.members.extend(result.iter().map(|bytes| (AD.to_vec(), bytes.clone())));
        }
        Ok(result)
    }

    pub fn challenge(&mut self) -> Vec<u8> {
        let bytes = self.encrypt(MESSAGES[usize::from(self.secret)]);
        self.challenged = true;
        self.members.insert((AD.to_vec(), bytes.clone()));
        bytes
    }

    /// Not of the KH-CCA game, but of source hiding: one of two evaluations of the same value.
    pub fn evaluate_one_of(&mut self, lists: [&[Input]; 2]) -> Vec<u8> {
        let list = lists[usize::from(self.secret)];
        self.scheme.evaluate(&self.keys, list, 0, AD, &mut self.rng).unwrap()
    }

    /// A guess without a clue.
    pub fn coin(&mut self) -> bool {
        self.rng.next_u32() & 1 == 1
    }

    /// A uniform exponent of the adversary.
    pub fn exponent(&mut self) -> Scalar {
        exponent(&mut self.rng)
    }
}

impl<S: Keyed> Game<'_, S> {
    pub fn reveal(&mut self) -> Result<[Triple; 2], Forbidden> {
        if self.revealed {
            return Err(Forbidden);
        }
        self.revealed = true;
        Ok(self.scheme.reveal(&self.keys))
    }
}

fn exponent(rng: &mut ChaCha20Rng) -> Scalar {
    let mut bytes = [0; 64];
    rng.fill_bytes(&mut bytes);
    wide(&bytes)
}

/// How many of `runs` games `adversary` wins.
fn wins<S: Scheme>(
    scheme: &S,
    runs: u32,
    tracks: bool,
    adversary: impl Fn(&mut Game<'_, S>) -> bool,
) -> u32 {
    let won = |run: u32| {
        let mut game = Game::new(scheme, tracks, fixture::rng(u64::from(run)));
        u32::from(adversary(&mut game) == game.secret)
    };
    (0..runs).map(won).sum()
}

/// One half and three standard deviations of a guess.
fn most_guesses(runs: u32) -> u32 {
    let three_deviations = 1.5 * f64::from(runs).sqrt();
    (0..=runs)
        .rev()
        .find(|wins| f64::from(*wins) <= f64::from(runs) / 2.0 + three_deviations)
        .unwrap()
}
