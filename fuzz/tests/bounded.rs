//! No input makes a decoder or a parser take more memory than its own size explains, whatever
//! lengths and counts it claims: promise 1 of SECURITY.md.
//!
//! ```text
//! input    a seed, and the seed with ff ff ff ff, 7f ff ff ff or 00 0f ff ff at one place, at each place
//! bound    what lives at once, beside what lived before: ≤ what a whole object takes,
//!          512 bytes a byte of input, and 64 KiB
//! ```

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use medcrypto_fuzz::{Class, Target, targets};

/// Counts what lives, and how much of it at most.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn grow(len: usize) {
    let live = LIVE.fetch_add(len, Relaxed) + len;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code, reason = "an allocator")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most that lived while it ran, beside what lived before.
fn peak(run: impl FnOnce()) -> usize {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    run();
    PEAK.load(Relaxed) - before
}

const CLAIMS: [[u8; 4]; 3] = [[0xff; 4], [0x7f, 0xff, 0xff, 0xff], [0, 0x0f, 0xff, 0xff]];

/// Seeds of a target, each with a claim at every place; at some places where there are many.
fn inputs(target: &Target) -> impl Iterator<Item = Vec<u8>> {
    (target.seeds)().into_iter().take(8).flat_map(|seed| {
        let places = seed.len().saturating_sub(4);
        let claimed = (1..places).step_by(places / 400 + 1).flat_map({
            let seed = seed.clone();
            move |place| CLAIMS.map(|claim| [&seed[..place], &claim, &seed[place + 4..]].concat())
        });
        claimed.collect::<Vec<_>>().into_iter().chain([seed])
    })
}

#[test]
fn t37_what_lives_at_once_is_bounded_by_the_length_of_the_input() {
    assert!(peak(|| drop(vec![0_u8; 1 << 20])) >= 1 << 20, "the control: it is counted");
    let readers = targets()
        .filter(|target| matches!(target.class, Class::Parser | Class::Points | Class::KeyFile));
    let mut worst = Vec::new();
    for target in readers {
        // What is made once, such as the objects that scripts edit, is made here.
        (target.seeds)().iter().for_each(|seed| _ = (target.run)(seed));
        let whole = peak(|| _ = (target.run)(&(target.seeds)()[0]));
        for input in inputs(target) {
            let bytes = peak(|| _ = (target.run)(&input));
            if bytes > whole + 512 * input.len() + (64 << 10) {
                worst.push((target.name, input.len(), bytes));
            }
        }
    }
    assert!(worst.is_empty(), "{worst:?}");
}
