//! Many windows of proof of work: an oracle seals, the chain retargets.

use core::num::NonZeroU64;

use medcrypto_ledger::block::median_time;
use medcrypto_ledger::merkle::MerkleLog;
use medcrypto_ledger::pow::{
    Chain, FUTURE_MS, Genesis, Header, Refusal, SPACING_MS, SealedHeader, Target, WINDOW, Work,
};
use medcrypto_ledger::sim::Oracle;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::work::one_in;
use crate::world::d;

const NOW: u64 = 1_700_000_000_000;

pub(crate) fn genesis(bits: u32) -> Genesis {
    Genesis { limit: one_in(bits), time_ms: NOW }
}

/// The next header, at this time.
pub(crate) fn next(chain: &Chain<Oracle>, time_ms: u64) -> Header {
    let header = chain.template(MerkleLog::new().root(), d("miner"), time_ms);
    Header { time_ms, ..header }
}

/// Appends a block of this time; the clock shows it.
pub(crate) fn push(chain: &mut Chain<Oracle>, time_ms: u64) -> Result<(), Refusal> {
    chain.accept(Oracle::seal(next(chain, time_ms)), time_ms).map(|_| ())
}

/// Appends blocks every `spacing` until the head has this height.
fn grow(chain: &mut Chain<Oracle>, height: u64, spacing: u64) {
    while chain.head().height < height {
        push(chain, chain.head().time_ms + spacing).unwrap();
    }
}

/// ⌊value(t) · factor / divisor⌋, rounded.
fn times(t: Target, factor: u64, divisor: u64) -> Target {
    Target::round(t.value().scaled(factor, NonZeroU64::new(divisor).unwrap()))
}

#[test]
fn c8_the_target_changes_at_2016_and_at_4032_and_nowhere_else() {
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    let (t0, half) = (one_in(40), SPACING_MS / 2);
    grow(&mut chain, 4100, half);
    let at = |height| chain.at(height).unwrap().target;
    let t1 = times(t0, 1, 2);
    let t2 = times(t1, 1, 2);
    for (height, target) in [
        (1, t0),
        (2014, t0),
        (2015, t0),
        (2016, t1),
        (2017, t1),
        (4031, t1),
        (4032, t2),
        (4033, t2),
    ] {
        assert_eq!(at(height), target, "height {height}");
    }
    for height in 1..=4100 {
        let expected = [t0, t1, t2][usize::try_from(height / WINDOW).unwrap()];
        assert_eq!(at(height), expected, "height {height}");
    }
}

#[test]
fn c8_a_header_with_the_target_of_another_window_is_refused() {
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    let (old, new) = (one_in(40), times(one_in(40), 1, 2));
    for (height, expected) in [(2015, old), (2016, new), (2017, new), (4031, new)] {
        grow(&mut chain, height - 1, SPACING_MS / 2);
        let good = next(&chain, chain.head().time_ms + SPACING_MS / 2);
        assert_eq!(good.target, expected, "height {height}");
        let other = if expected == old { new } else { old };
        let lie = Oracle::seal(Header { target: other, ..good });
        assert_eq!(chain.accept(lie, good.time_ms).unwrap_err(), Refusal::Target, "{height}");
        assert!(chain.accept(Oracle::seal(good), good.time_ms).is_ok());
    }
}

#[test]
fn c8_blocks_on_time_keep_the_target_through_the_first_window_too() {
    // The first window has 2015 intervals: counted as 2016, the target would fall by 1/2016.
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    grow(&mut chain, 2 * WINDOW + 1, SPACING_MS);
    let targets = [1, 2015, 2016, 4031, 4032, 4033].map(|h| chain.at(h).unwrap().target);
    assert_eq!(targets, [one_in(40); 6]);
}

#[test]
fn c8_every_interval_is_counted_once() {
    // An hour between blocks 2015 and 2016 belongs to the second window, whose interval starts at
    // block 2015. Measured from block 2016 on, nobody would ever see it.
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    grow(&mut chain, 2015, SPACING_MS / 2);
    let t1 = times(one_in(40), 1, 2);
    let late = chain.head().time_ms + 3_600_000;
    push(&mut chain, late).unwrap();
    assert_eq!(chain.head().target, t1);
    grow(&mut chain, 4032, SPACING_MS);
    let took = 2015 * SPACING_MS + 3_600_000;
    assert_eq!(chain.head().target, times(t1, took, WINDOW * SPACING_MS));
    assert_ne!(chain.head().target, t1);
}

#[test]
fn t26_slow_is_easier_fast_is_harder_and_neither_by_more_than_four() {
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    let mut window = |number: u64, spacing| {
        grow(&mut chain, number * WINDOW - 1, spacing);
        next(&chain, chain.head().time_ms).target
    };
    let t0 = one_in(40);
    let t1 = window(1, 1);
    assert_eq!(t1, times(t0, 1, 4), "sixty thousand times as fast, four times as hard");
    let t2 = window(2, SPACING_MS * 2);
    assert_eq!(t2, times(t1, 2, 1), "half as fast, twice as easy");
    let t3 = window(3, SPACING_MS / 8);
    assert_eq!(t3, times(t2, 1, 4));
    let t4 = window(4, SPACING_MS * 1000);
    assert_eq!(t4, times(t3, 4, 1), "a thousand times as slow, four times as easy");
    assert!(t4.value() < t0.value());
    assert_eq!(window(5, SPACING_MS * 1000), t0, "and never easier than the limit");
}

#[test]
fn c8_a_negative_interval_counts_as_the_shortest() {
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    grow(&mut chain, 2014, SPACING_MS);
    let honest = chain.head().time_ms;
    // Block 2015 is two hours ahead; then time creeps along the median.
    let ahead = next(&chain, honest + FUTURE_MS);
    chain.accept(Oracle::seal(ahead), honest).unwrap();
    while chain.head().height < 4031 {
        let last: Vec<u64> =
            (0..11).map(|i| chain.at(chain.head().height - i).unwrap().time_ms).collect();
        push(&mut chain, median_time(&last) + 1).unwrap();
    }
    let (first, last) = (chain.at(2015).unwrap(), *chain.head());
    assert!(last.time_ms < first.time_ms, "time runs backwards from 2015 to 4031");
    push(&mut chain, last.time_ms + SPACING_MS).unwrap();
    assert_eq!(chain.head().target, times(last.target, 1, 4));
}

#[test]
fn t26_a_time_warp_gains_nothing() {
    // Every block says the least time it may, only the last of each window the true one. Measured
    // from the first block of the window, each window seems twice as long as the one before.
    let mut chain = Chain::<Oracle>::new(&genesis(40));
    grow(&mut chain, 2015, SPACING_MS);
    for window in 1..4 {
        let true_end = NOW + ((window + 1) * WINDOW - 1) * SPACING_MS;
        while chain.head().height < (window + 1) * WINDOW - 2 {
            let least = next(&chain, 0).height;
            let last: Vec<u64> = (1..=11).map(|i| chain.at(least - i).unwrap().time_ms).collect();
            push(&mut chain, median_time(&last) + 1).unwrap();
        }
        push(&mut chain, true_end).unwrap();
        let first = chain.at(window * WINDOW).unwrap();
        let naive = chain.head().time_ms - first.time_ms;
        assert!(naive > WINDOW * SPACING_MS * 19 / 10 || window == 1, "{naive}");
        assert_eq!(next(&chain, 0).target, one_in(40), "window {window}");
    }
}

#[test]
fn c8_more_work_than_256_bits_count_is_refused() {
    let limit = Target::from_bits(0x0101_0000).unwrap();
    let mut chain = Chain::<Oracle>::new(&Genesis { limit, time_ms: NOW });
    push(&mut chain, NOW + 1).unwrap();
    let (head, work) = (*chain.head(), chain.work());
    // 2²⁵⁵ and 2²⁵⁵ again.
    assert_eq!(push(&mut chain, NOW + 2), Err(Refusal::Overflow));
    assert_eq!((chain.head(), chain.work(), chain.kept()), (&head, work, 2));
}

/// Mean milliseconds a block over the window that ends at `height`.
fn spacing(chain: &Chain<Oracle>, height: u64) -> u64 {
    let time = |h| chain.at(h).unwrap().time_ms;
    (time(height) - time(height - WINDOW)) / WINDOW
}

/// Mines to `height` at this rate.
fn run(chain: &mut Chain<Oracle>, height: u64, rate: u64, rng: &mut ChaCha8Rng) {
    let rate = NonZeroU64::new(rate).unwrap();
    while chain.head().height < height {
        let target = next(chain, 0).target;
        let wait = Oracle::wait_ms(target, rate, rng).max(1);
        push(chain, chain.head().time_ms + wait).unwrap();
    }
}

#[test]
fn t26_after_a_step_of_the_hash_rate_blocks_take_a_minute_again() {
    // 2⁴⁰ tries a block in a minute are 2⁴⁰ / 60 000 a millisecond.
    let minute = (1_u64 << 40) / SPACING_MS;
    let mut rng = ChaCha8Rng::seed_from_u64(26);
    let mut chain = Chain::<Oracle>::new(&genesis(38));
    for (windows, rate) in [(3, minute), (7, 4 * minute), (11, minute / 4 + minute / 16)] {
        run(&mut chain, windows * WINDOW, rate, &mut rng);
        let mean = spacing(&chain, windows * WINDOW - 1);
        assert!((57_000..63_000).contains(&mean), "{windows} windows: {mean} ms");
    }
    let fast = spacing(&chain, 4 * WINDOW - 1);
    assert!(fast < 17_000, "the first window of four times the rate: {fast} ms");
}

#[test]
fn t26_waits_are_exponential() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let (target, rate) = (one_in(30), NonZeroU64::new(1 << 10).unwrap());
    let mean = 1_u64 << 20;
    let waits: Vec<u64> = (0..40_000).map(|_| Oracle::wait_ms(target, rate, &mut rng)).collect();
    let average = waits.iter().sum::<u64>() / 40_000;
    assert!(average.abs_diff(mean) < mean / 50, "{average}");
    // P(E > k) = e⁻ᵏ, in ten-thousandths.
    for (k, expected) in [(1, 3679), (2, 1353), (3, 498)] {
        let longer = waits.iter().filter(|wait| **wait > k * mean).count() / 4;
        assert!(longer.abs_diff(expected) < 100, "P(E > {k}) = {longer}");
    }
    let square: u128 = waits.iter().map(|wait| u128::from(wait.abs_diff(mean)).pow(2)).sum();
    let variance = u64::try_from((square / 40_000) >> 20).unwrap();
    assert!(variance.abs_diff(mean) < mean / 20, "{variance}");
    let mut again = ChaCha8Rng::seed_from_u64(0);
    let first: Vec<u64> = (0..4).map(|_| Oracle::wait_ms(target, rate, &mut again)).collect();
    assert_eq!(first, waits[..4]);
}

#[test]
fn t25_no_block_of_an_oracle_enters_a_chain_of_work() {
    // Nearly every hash meets this target, so that the seal alone does not stop it.
    let limit = Target::from_bits(0x2100_FFFF).unwrap();
    let genesis = Genesis { limit, time_ms: NOW };
    let simulated = Chain::<Oracle>::new(&genesis);
    let header = next(&simulated, NOW + 1);
    let sealed = SealedHeader::check(header).unwrap();
    let mut real = Chain::<Work>::new(&genesis);
    assert_eq!(real.accept(sealed, NOW).unwrap_err(), Refusal::Chain);
    assert_ne!(genesis.chain_id::<Oracle>(), genesis.chain_id::<Work>());
    let own = Header { chain_id: real.head().chain_id, prev: real.head().id(), ..header };
    assert!(real.accept(SealedHeader::check(own).unwrap(), NOW).is_ok());
}
