//! A1 to A13. Each has a plan that works where a check is missing, and guesses where it fails.

use blstrs::{G1Projective, Scalar};
use group::Group;

use super::schemes::{Keyed, Scheme};
use super::{AD, Forbidden, Game, MESSAGES};
use crate::raw::{self, Keys, Triple, Wire, bases, fresh, h, times};

type Answer = Result<Option<i64>, Forbidden>;

/// What an answer says about the secret bit; a coin if it says nothing.
fn conclude<S: Scheme>(game: &mut Game<'_, S>, answer: Answer, undo: fn(i64) -> i64) -> bool {
    match answer.ok().flatten().map(undo) {
        Some(m) if m == MESSAGES[0] => false,
        Some(m) if m == MESSAGES[1] => true,
        _ => game.coin(),
    }
}

/// Asks about a change of the challenge that is not the challenge.
fn ask_changed<S: Scheme>(
    game: &mut Game<'_, S>,
    change: impl FnOnce(&mut Game<'_, S>, Wire) -> Wire,
    undo: fn(i64) -> i64,
) -> bool {
    let challenge = Wire::parse(&game.challenge()).unwrap();
    let changed = change(game, challenge).to_bytes();
    let answer = game.decrypt(AD, &changed);
    conclude(game, answer, undo)
}

/// A1: add 1 to the message.
pub fn a01<S: Scheme>(game: &mut Game<'_, S>) -> bool {
    let challenge = game.challenge();
    let (scheme, public) = game.public();
    let answer = game.decrypt(AD, &scheme.shift(&public, &challenge));
    conclude(game, answer, |m| m - 1)
}

/// A2: rerandomise, and keep the tag.
pub fn a02<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let add_zero = |game: &mut Game<'_, S>, wire: Wire| {
        let (scheme, public) = game.public();
        wire.plus(&fresh(&scheme.projections(&public), [game.exponent(), game.exponent()]))
    };
    ask_changed(game, add_zero, |m| m)
}

/// A3: add 1 to the message, and take the tag of another ciphertext.
pub fn a03<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let splice = |game: &mut Game<'_, S>, wire: Wire| {
        let own = Wire::parse(&game.encrypt(5)).unwrap();
        Wire { e: wire.e + h(), tag: own.tag, ..wire }
    };
    ask_changed(game, splice, |m| m - 1)
}

/// A4: double everything.
pub fn a04<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    ask_changed(game, |_, wire| wire.times(2), |m| m / 2)
}

/// A5: evaluate the challenge and 0, and ask about the result.
pub fn a05<S: Scheme>(game: &mut Game<'_, S>) -> bool {
    let (challenge, zero) = (game.challenge(), game.encrypt(0));
    let inputs = [(1, AD.to_vec(), challenge), (1, AD.to_vec(), zero)];
    let result = game.evaluate(&inputs, 0).unwrap().unwrap();
    let answer = game.decrypt(AD, &result);
    conclude(game, answer, |m| m)
}

/// A6: write the challenge in other bytes, which are not in D.
pub fn a06<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let challenge = game.challenge();
    let answers = other_spellings(&challenge).into_iter().map(|bytes| game.decrypt(AD, &bytes));
    let answer =
        answers.collect::<Vec<_>>().into_iter().find(|answer| matches!(answer, Ok(Some(_))));
    conclude(game, answer.unwrap_or(Ok(None)), |m| m)
}

/// The same points in bytes that are not their encoding.
pub fn other_spellings(bytes: &[u8]) -> Vec<Vec<u8>> {
    let with = |at: usize, change: fn(u8) -> u8| {
        let mut bytes = bytes.to_vec();
        bytes[at] = change(bytes[at]);
        bytes
    };
    let longer = [bytes, &[0]].concat();
    let infinite = with(4, |flags| flags | 0x40);
    let flagless = with(4, |flags| flags & 0x7f);
    let versions = [with(0, |v| v + 1), with(1, |v| v + 1), with(3, |n| n + 1)];
    let mut spellings = vec![longer, uncompressed(bytes), infinite, flagless];
    spellings.extend(versions);
    spellings.extend((0..5).filter_map(|i| plus_modulus(bytes, 4 + 48 * i)));
    spellings
}

/// X₁ in its 96 bytes, the rest as it is.
fn uncompressed(bytes: &[u8]) -> Vec<u8> {
    use group::Curve;
    let point = Wire::parse(bytes).unwrap().x[0].to_affine().to_uncompressed();
    [&bytes[..4], &point, &bytes[52..]].concat()
}

/// The abscissa at `at` plus the modulus of the field, where 381 bits are enough for it.
fn plus_modulus(bytes: &[u8], at: usize) -> Option<Vec<u8>> {
    let modulus = hex::decode("1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab").unwrap();
    let mut bytes = bytes.to_vec();
    let flags = bytes[at] & 0xe0;
    bytes[at] &= 0x1f;
    let mut carry = 0;
    for i in (0..48).rev() {
        let sum = u16::from(bytes[at + i]) + u16::from(modulus[i]) + carry;
        [bytes[at + i], _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    (bytes[at] & 0xe0 == 0).then(|| {
        bytes[at] |= flags;
        bytes
    })
}

/// What the revealed key is good for: tags of anything.
struct Tagger {
    keys: Keys,
    rule: raw::Weakness,
}

impl Tagger {
    fn reveal<S: Keyed>(game: &mut Game<'_, S>) -> Self {
        let [alpha, beta] = game.reveal().unwrap();
        let (scheme, public) = game.public();
        let (none, rule) = ([Scalar::from(0); 3], scheme.rule());
        let mut keys = Keys::new(none, none, alpha, beta);
        keys.id = scheme.id(&public);
        Self { keys, rule }
    }

    fn tagged(&self, mut wire: Wire) -> Vec<u8> {
        wire.tag = self.rule.tag_by_key(&self.keys, AD, &wire);
        wire.to_bytes()
    }
}

/// Reads the challenge with a mask key, if there is one.
fn unmask<S: Scheme>(game: &mut Game<'_, S>, mask: Option<Triple>) -> bool {
    let challenge = Wire::parse(&game.challenge()).unwrap();
    let read = |mask: Triple| raw::log(&(challenge.e - raw::evaluate(&mask, &challenge.x)));
    conclude(game, Ok(mask.and_then(read)), |m| m)
}

/// −k·X for X made of multiples of H, by one question about E = O.
fn ask_mask<S: Keyed>(game: &Game<'_, S>, tagger: &Tagger, multiples: [i64; 3]) -> Option<i64> {
    let x = multiples.map(|m| times(&h(), m));
    let wire = Wire { x, e: G1Projective::identity(), t: h(), tag: [0; 16] };
    game.decrypt(AD, &tagger.tagged(wire)).ok().flatten()
}

fn small(k: i64) -> Scalar {
    Scalar::from(u64::try_from(k).unwrap())
}

/// A7: before the challenge, X outside of the language with a tag of one's own.
pub fn a07<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let tagger = Tagger::reveal(game);
    let answers = [[2, 1, 1], [1, 2, 1], [1, 1, 2]].map(|x| ask_mask(game, &tagger, x));
    let mask = (|| {
        let answers = [-answers[0]?, -answers[1]?, -answers[2]?];
        let sum = answers.iter().sum::<i64>() / 4;
        Some(answers.map(|answer| small(answer - sum)))
    })();
    unmask(game, mask)
}

/// A8: before the challenge, a point of order 3 in X, which tells k modulo 3.
pub fn a08<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let tagger = Tagger::reveal(game);
    let parts = [0, 1, 2].map(|part| modulo_3(game, &tagger, part));
    let mask = (|| Some([parts[0]?, parts[1]?, parts[2]?].map(small)))();
    unmask(game, mask)
}

/// kᵢ modulo 3: E and T are right for one guess each.
fn modulo_3<S: Keyed>(game: &mut Game<'_, S>, tagger: &Tagger, part: usize) -> Option<i64> {
    let torsion = raw::torsion(3);
    let (scheme, public) = game.public();
    let mut base = fresh(&scheme.projections(&public), [game.exponent(), game.exponent()]);
    base.x[part] += torsion;
    base.e += times(&h(), 7);
    let mut guesses = (0..3).flat_map(|k| (0..3).map(move |t| (k, t)));
    let right = guesses.find(|(k, t)| {
        let (e, t) = (base.e + times(&torsion, *k), base.t + times(&torsion, *t));
        game.decrypt(AD, &tagger.tagged(Wire { e, t, ..base })) == Ok(Some(7))
    });
    right.map(|(k, _)| k)
}

/// A9: before the challenge, the identity in two places of X, which leaves one part of the key.
pub fn a09<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let tagger = Tagger::reveal(game);
    let answers = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(|x| ask_mask(game, &tagger, x));
    let mask = (|| Some([-answers[0]?, -answers[1]?, -answers[2]?].map(small)))();
    unmask(game, mask)
}

/// A10: evaluate the challenge with a wrong T, and a ciphertext whose T is wrong the other way.
pub fn a10<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let challenge = Wire::parse(&game.challenge()).unwrap();
    let (scheme, public) = game.public();
    let [.., a, b] = scheme.projections(&public);
    let r = [game.exponent(), game.exponent()];
    let mut own = fresh(&scheme.projections(&public), r);
    own.t -= bases()[0];
    let id = scheme.id(&public);
    own.tag = scheme.rule().tag_by_randomness(&id, &[a, b], AD, &own, r);
    let poisoned = Wire { t: challenge.t + bases()[0], ..challenge };
    let inputs = [own, poisoned].map(|wire| (1, AD.to_vec(), wire.to_bytes()));
    let result = game.evaluate(&inputs, 0).unwrap();
    let answer = result.map_or(Ok(None), |bytes| game.decrypt(AD, &bytes));
    conclude(game, answer, |m| m)
}

/// A11: of two sums of the same value, tell which was taken.
pub fn a11<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let lists = [[5, 7], [7, 5]].map(|list| list.map(|m| (1, AD.to_vec(), game.encrypt(m))));
    let result = Wire::parse(&game.evaluate_one_of([&lists[0], &lists[1]])).unwrap();
    let sums = lists.map(|list| {
        let [first, second] = list.map(|(_, _, bytes)| Wire::parse(&bytes).unwrap());
        first.plus(&second).points()
    });
    match sums.iter().position(|sum| *sum == result.points()) {
        Some(list) => list == 1,
        None => game.coin(),
    }
}

/// A12: the challenge under other associated data.
pub fn a12<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let challenge = game.challenge();
    let answer = game.decrypt(b"round 2", &challenge);
    conclude(game, answer, |m| m)
}

/// T12: the revealed key in the place of the mask key.
pub fn evaluator_reads<S: Keyed>(game: &mut Game<'_, S>) -> bool {
    let [alpha, _] = game.reveal().unwrap();
    unmask(game, Some(alpha))
}
