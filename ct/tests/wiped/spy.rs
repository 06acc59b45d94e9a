//! An allocator that looks into every block that is freed (growth frees one too), for sixteen
//! bytes of each secret.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    array, slice,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use medcrypto_core::bls::{G1, Scalar};

const NEEDLE: usize = 16;
const MOST: usize = 40;

static NEEDLES: [[AtomicU64; 2]; MOST] = [const { [const { AtomicU64::new(0) }; 2] }; MOST];
static USED: AtomicUsize = AtomicUsize::new(0);
static HITS: [AtomicUsize; MOST] = [const { AtomicUsize::new(0) }; MOST];
/// The needles are the program's, so one search at a time.
static ONE: Mutex<()> = Mutex::new(());

struct Spy;

#[global_allocator]
static SPY: Spy = Spy;

// SAFETY: memory comes from and goes to the system's allocator; `realloc` is the default one,
// which allocates, copies and frees through the two functions below.
unsafe impl GlobalAlloc for Spy {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that what is found in a block was written into that block.
        // SAFETY: the caller's layout.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller gives back a block of this layout; it was zeroed when allocated.
        scan(unsafe { slice::from_raw_parts(block, layout.size()) });
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Counts the needles in a block. Allocates nothing.
fn scan(block: &[u8]) {
    let needles = &NEEDLES[..USED.load(Relaxed)];
    for window in block.windows(NEEDLE) {
        let halves = [0, 8].map(|at| u64::from_ne_bytes(window[at..at + 8].try_into().unwrap()));
        for (needle, hits) in needles.iter().zip(&HITS) {
            if needle[0].load(Relaxed) == halves[0] && needle[1].load(Relaxed) == halves[1] {
                hits.fetch_add(1, Relaxed);
            }
        }
    }
}

/// The secrets that are looked for, by name.
pub struct Search {
    needles: Vec<(String, [u8; NEEDLE])>,
    _alone: MutexGuard<'static, ()>,
}

impl Search {
    pub fn new() -> Self {
        let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        USED.store(0, Relaxed);
        Self { needles: Vec::new(), _alone: alone }
    }

    /// Bytes 8 to 24 of a secret: no flags of an encoding, no leading zeros.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let at = self.needles.len();
        let needle: [u8; NEEDLE] = bytes[8..8 + NEEDLE].try_into().unwrap();
        for (half, to) in needle.chunks_exact(8).zip(&NEEDLES[at]) {
            to.store(u64::from_ne_bytes(half.try_into().unwrap()), Relaxed);
        }
        self.needles.push((name.into(), needle));
        USED.store(at + 1, Relaxed);
    }

    pub fn add_point(&mut self, name: &str, encoded: &[u8]) {
        let point = G1::from_bytes(encoded.try_into().unwrap()).unwrap();
        self.add(&format!("{name} on the wire"), encoded);
        self.add(&format!("{name} as limbs"), memory(&point));
    }

    pub fn add_scalar(&mut self, name: &str, encoded: &[u8]) {
        let scalar = Scalar::from_bytes(encoded.try_into().unwrap()).unwrap();
        self.add(&format!("{name} as limbs"), memory(&scalar));
        self.add_both_ways(name, encoded);
    }

    pub fn add_both_ways(&mut self, name: &str, encoded: &[u8]) {
        let reversed: Vec<u8> = encoded.iter().rev().copied().collect();
        self.add(&format!("{name} on the wire"), encoded);
        self.add(&format!("{name}, little-endian"), &reversed);
    }

    /// Runs an operation, drops its result in a block of its own, and says which secrets were in
    /// the memory that was freed. The block shows what a drop leaves of a secret held inline.
    pub fn found<T>(&self, operation: impl FnOnce() -> T) -> Vec<&str> {
        HITS.iter().for_each(|hits| hits.store(0, Relaxed));
        drop(Box::new(operation()));
        let hits: [usize; MOST] = array::from_fn(|i| HITS[i].load(Relaxed));
        let hit = self.needles.iter().zip(hits).filter(|(_, hits)| *hits > 0);
        hit.map(|((name, _), _)| name.as_str()).collect()
    }

    /// The positive control: whatever is freed in clear is found, by each needle, at any offset.
    pub fn check_controls(&self) {
        for (i, (name, needle)) in self.needles.iter().enumerate() {
            let block = [&vec![0; i][..], needle, &[1; 3]].concat();
            assert_eq!(self.found(|| block), [name.as_str()]);
            // A secret held inline, by a type that does not wipe it.
            assert_eq!(self.found(|| Unwiped(*needle)), [name.as_str()]);
            // Growth moves the bytes and frees the old block.
            let growing = || {
                let mut grown = Vec::with_capacity(NEEDLE);
                grown.extend_from_slice(needle);
                grown.reserve_exact(4096);
                grown.fill(0);
                grown
            };
            assert_eq!(self.found(growing), [name.as_str()]);
        }
        assert_eq!(self.found(|| vec![7_u8; 4096]), [""; 0]);
    }
}

#[expect(dead_code, reason = "what is dropped is looked at")]
struct Unwiped([u8; NEEDLE]);

/// How a value of a backend's type, all integers, lies in memory.
pub fn memory<T: Copy>(value: &T) -> &[u8] {
    // SAFETY: the bytes of an initialised value without padding, borrowed as long as the value.
    unsafe { slice::from_raw_parts((&raw const *value).cast(), size_of::<T>()) }
}
