//! Every adversary against the mock that it must beat, and against the crate.
//!
//! Against the mock it wins every game; against the crate at most half of them and three standard deviations.

use super::adversaries::*;
use super::schemes::{Keyed, Ours, Printed, Scheme};
use super::{AD, Forbidden, Game, most_guesses, wins};
use crate::fixture::rng;
use crate::raw::Weakness;

const NONE: Weakness = Weakness {
    no_tag: false,
    static_tag: false,
    no_consistency: false,
    no_subgroup: false,
    identity: false,
    lenient: false,
    no_fresh_randomness: false,
    first_tag_only: false,
    without_e: false,
    without_t: false,
    without_ad: false,
    without_id: false,
    swapped: false,
    small_mask: false,
};

/// Wins always.
fn beats<S: Scheme>(mock: &S, adversary: impl Fn(&mut Game<'_, S>) -> bool) {
    assert_eq!(wins(mock, 12, true, adversary), 12);
}

/// Guesses.
fn guesses<S: Scheme>(scheme: &S, runs: u32, adversary: impl Fn(&mut Game<'_, S>) -> bool) {
    let wins = wins(scheme, runs, true, adversary);
    assert!(wins <= most_guesses(runs), "{wins} of {runs}");
}

#[test]
fn t30_x01_a1_the_printed_scheme_loses_to_who_adds_one() {
    beats(&Printed, a01);
}

#[test]
fn t30_a1_who_adds_one_needs_a_tag_that_is_not_checked_or_not_about_e() {
    beats(&Weakness { no_tag: true, ..NONE }, a01);
    beats(&Weakness { without_e: true, ..NONE }, a01);
    guesses(&Ours, 128, a01);
}

#[test]
fn t30_a2_who_rerandomises_needs_a_tag_that_is_not_checked() {
    beats(&Weakness { no_tag: true, ..NONE }, a02);
    guesses(&Ours, 128, a02);
}

#[test]
fn t30_t11_a3_who_splices_needs_a_tag_of_the_key_alone() {
    beats(&Weakness { static_tag: true, ..NONE }, a03);
    guesses(&Ours, 128, a03);
}

#[test]
fn t30_a4_who_doubles_needs_a_tag_that_is_not_checked() {
    beats(&Weakness { no_tag: true, ..NONE }, a04);
    guesses(&Ours, 128, a04);
}

/// The mock here is the game: one that forgets what was made from the challenge.
#[test]
fn t30_m02_a5_who_evaluates_the_challenge_is_forbidden_to_ask() {
    assert_eq!(wins(&Ours, 12, false, a05), 12);
    guesses(&Ours, 128, a05);
}

#[test]
fn t30_t13_a6_who_respells_needs_a_lenient_decoder() {
    beats(&Weakness { lenient: true, ..NONE }, a06);
    guesses(&Ours, 128, a06);
}

/// A key that leaks is small here, so that it leaks at once; T alone keeps even that one.
#[test]
fn t30_t12_a7_a_tag_of_ones_own_needs_a_t_that_is_not_checked() {
    beats(&Weakness { no_consistency: true, small_mask: true, ..NONE }, a07);
    guesses(&Weakness { small_mask: true, ..NONE }, 64, a07);
    guesses(&Ours, 64, a07);
}

#[test]
fn t30_t13_a8_small_orders_need_a_decoder_that_takes_them() {
    beats(&Weakness { no_subgroup: true, small_mask: true, ..NONE }, a08);
    guesses(&Weakness { small_mask: true, ..NONE }, 16, a08);
    guesses(&Ours, 16, a08);
}

#[test]
fn t30_t13_a9_identities_need_a_decoder_that_takes_them() {
    let weak = Weakness { no_consistency: true, small_mask: true, ..NONE };
    beats(&Weakness { identity: true, ..weak }, a09);
    guesses(&weak, 64, a09);
    guesses(&Ours, 64, a09);
}

#[test]
fn t30_t10_a10_two_wrong_t_need_a_tag_that_is_not_checked_or_not_about_t() {
    beats(&Weakness { first_tag_only: true, ..NONE }, a10);
    beats(&Weakness { without_t: true, ..NONE }, a10);
    guesses(&Ours, 128, a10);
}

#[test]
fn t30_t09_a11_sources_show_without_fresh_randomness() {
    beats(&Weakness { no_fresh_randomness: true, ..NONE }, a11);
    guesses(&Ours, 128, a11);
}

#[test]
fn t30_t11_a12_other_associated_data_need_a_tag_that_is_not_about_them() {
    beats(&Weakness { without_ad: true, ..NONE }, a12);
    guesses(&Ours, 128, a12);
}

#[test]
fn t30_t12_who_evaluates_reads_only_where_the_keys_are_swapped() {
    beats(&Weakness { swapped: true, ..NONE }, evaluator_reads);
    guesses(&Ours, 128, evaluator_reads);
}

/// A harness in which even the sound mock lost would show nothing.
#[test]
fn t30_the_mock_without_a_weakness_loses_to_nobody() {
    for adversary in [a01, a02, a03, a04, a05, a06, a07, a09, a10, a11, a12] {
        guesses(&NONE, 16, adversary);
    }
}

#[test]
fn m02_the_trivial_queries_are_forbidden() {
    let mut game = Game::new(&Ours, true, rng(1));
    let challenge = game.challenge();
    assert_eq!(game.decrypt(AD, &challenge), Err(Forbidden));
    let input = |bytes: &[u8]| [(1, AD.to_vec(), bytes.to_vec())];
    let second = game.evaluate(&input(&challenge), 3).unwrap().unwrap();
    let third = game.evaluate(&input(&second), 4).unwrap().unwrap();
    assert_eq!(game.decrypt(AD, &second), Err(Forbidden));
    assert_eq!(game.decrypt(AD, &third), Err(Forbidden));
    let own = game.encrypt(9);
    let other = game.evaluate(&input(&own), 1).unwrap().unwrap();
    assert_eq!(game.decrypt(AD, &other), Ok(Some(10)));
    game.reveal().unwrap();
    assert_eq!(game.evaluate(&input(&own), 1), Err(Forbidden));
    assert_eq!(game.decrypt(AD, &own), Err(Forbidden));
    assert_eq!(game.reveal(), Err(Forbidden));
}

#[test]
fn m02_before_the_challenge_the_revealed_key_leaves_decryption_open() {
    let mut game = Game::new(&Ours, true, rng(2));
    let own = game.encrypt(9);
    game.reveal().unwrap();
    assert_eq!(game.decrypt(AD, &own), Ok(Some(9)));
    game.challenge();
    assert_eq!(game.decrypt(AD, &own), Err(Forbidden));
}

/// The adversaries compute with points of their own: those have to be the crate's.
#[test]
fn the_adversaries_see_the_public_key_of_the_crate() {
    let game = Game::new(&Ours, true, rng(3));
    let (scheme, key) = game.public();
    let points = scheme.projections(&key).into_iter().flatten();
    let bytes: Vec<u8> = points.flat_map(|point| point.to_compressed()).collect();
    assert_eq!(bytes, key.key().to_bytes()[4..]);
    assert_eq!(scheme.id(&key), key.id().0);
}
