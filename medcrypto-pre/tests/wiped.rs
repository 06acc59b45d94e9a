//! T20: no operation gives memory back to the heap with a secret in it.
//!
//! The allocator of this program looks into every block that is freed (growth frees one too) for
//! sixteen bytes of each secret, in its encodings and as limbs in memory.
#![allow(unsafe_code, reason = "a global allocator is unsafe to implement")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "test code"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    slice,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use medcrypto_core::bls::{G1, G2, Scalar};
use medcrypto_pre::{
    Authority, Delegatee, Delegator, Grant, Identity, IdentityKey, MasterSecretKey,
    OpeningEvidence, Proxy, ReKey, ReKeyId, RecordAddress, RecordId, RevocationList, ScopePath,
    Terms, UnixTime, VerifiedIdentityKey, seal_to_vec,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

const NEEDLE: usize = 16;
const MOST: usize = 32;
const NOW: UnixTime = UnixTime(1_500);

static NEEDLES: [[AtomicU64; 2]; MOST] = [const { [const { AtomicU64::new(0) }; 2] }; MOST];
static USED: AtomicUsize = AtomicUsize::new(0);
static HITS: [AtomicUsize; MOST] = [const { AtomicUsize::new(0) }; MOST];

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
struct Search(Vec<(String, [u8; NEEDLE])>);

impl Search {
    fn new() -> Self {
        USED.store(0, Relaxed);
        Self(Vec::new())
    }

    /// Bytes 8 to 24 of a secret: no flags of an encoding, no leading zeros.
    fn add(&mut self, name: &str, bytes: &[u8]) {
        let at = self.0.len();
        let needle: [u8; NEEDLE] = bytes[8..8 + NEEDLE].try_into().unwrap();
        for (half, to) in needle.chunks_exact(8).zip(&NEEDLES[at]) {
            to.store(u64::from_ne_bytes(half.try_into().unwrap()), Relaxed);
        }
        self.0.push((name.into(), needle));
        USED.store(at + 1, Relaxed);
    }

    fn add_point(&mut self, name: &str, encoded: &[u8]) {
        let point = G1::from_bytes(encoded.try_into().unwrap()).unwrap();
        self.add(&format!("{name} on the wire"), encoded);
        self.add(&format!("{name} as limbs"), memory(&point));
    }

    fn add_scalar(&mut self, name: &str, encoded: &[u8]) {
        let scalar = Scalar::from_bytes(encoded.try_into().unwrap()).unwrap();
        let reversed: Vec<u8> = encoded.iter().rev().copied().collect();
        self.add(&format!("{name} on the wire"), encoded);
        self.add(&format!("{name} as limbs"), memory(&scalar));
        self.add(&format!("{name}, little-endian"), &reversed);
    }

    /// Runs an operation and says which secrets were in the memory that it freed.
    fn found<T>(&self, operation: impl FnOnce() -> T) -> Vec<&str> {
        HITS.iter().for_each(|hits| hits.store(0, Relaxed));
        drop(operation());
        let hits: [usize; MOST] = std::array::from_fn(|i| HITS[i].load(Relaxed));
        self.0.iter().zip(hits).filter(|(_, hits)| *hits > 0).map(|(s, _)| s.0.as_str()).collect()
    }

    /// The positive control: whatever is freed in clear is found, by each needle, at any offset.
    fn check_controls(&self) {
        for (i, (name, needle)) in self.0.iter().enumerate() {
            let block = [&vec![0; i][..], needle, &[1; 3]].concat();
            assert_eq!(self.found(|| block), [name.as_str()]);
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

/// How a value of a backend's type, all integers, lies in memory.
fn memory<T: Copy>(value: &T) -> &[u8] {
    // SAFETY: the bytes of an initialised value without padding, borrowed as long as the value.
    unsafe { slice::from_raw_parts((&raw const *value).cast(), size_of::<T>()) }
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn id(subject: &str) -> Identity {
    Identity::new("realm.example", subject, "2025").unwrap()
}

struct World {
    authority: Authority,
    alice: VerifiedIdentityKey,
    bob: VerifiedIdentityKey,
    proxy: VerifiedIdentityKey,
    owner: Delegator,
    address: RecordAddress,
    grant: Grant,
}

fn world(depth: usize) -> World {
    let authority = Authority::setup(&mut rng(1));
    let key = |name| authority.issue(&id(name)).unwrap().verify(authority.params()).unwrap();
    let (alice, bob, proxy) = (key("alice"), key("bob"), key("proxy"));
    let owner = Delegator(id("alice"));
    let scope = ScopePath::new(&["a", "b", "c", "d"][..depth]).unwrap();
    let record = RecordId::new(b"record").unwrap();
    let address = RecordAddress::in_scope(owner.clone(), scope.clone(), record);
    let terms = Terms::new(UnixTime(1_000), UnixTime(2_000)).unwrap();
    let grant = Grant { delegatee: Delegatee(id("bob")), proxy: Proxy(id("proxy")), scope, terms };
    World { authority, alice, bob, proxy, owner, address, grant }
}

impl World {
    /// Every secret of the run that the interface lets out. All randomness is seeded, so the
    /// operations that are watched later make the same ones again.
    fn search(&self) -> Search {
        let mut search = Search::new();
        search.add_scalar("α", &self.authority.master_key().to_secret_bytes()[3..]);
        for (name, key) in [("alice", &self.alice), ("bob", &self.bob), ("proxy", &self.proxy)] {
            let bytes = key.to_secret_bytes();
            let points = &bytes[bytes.len() - 96..];
            search.add_point(&format!("A of {name}"), &points[..48]);
            search.add_point(&format!("D of {name}"), &points[48..]);
        }
        let clear = self.alice.delegate_unsealed(&self.grant, &mut rng(3)).unwrap();
        search.add_point("TK0", &clear.to_secret_bytes()[3..51]);
        let bob = self.bob.accept(clear.statement().clone(), &self.owner).unwrap();
        search.add_scalar("y", bob.to_secret_bytes().as_slice());
        let (header, _) =
            seal_to_vec(self.authority.params(), &self.address, b"x", &mut rng(2)).unwrap();
        let evidence = self.alice.evidence(&self.address, &header).unwrap();
        search.add("σ", &evidence.to_secret_bytes()[3..]);
        search
    }
}

/// Fails with the name of the operation and of the secrets that it left.
macro_rules! clean {
    ($search:expr, $($name:literal: $operation:expr;)*) => {
        $(assert_eq!($search.found(|| $operation), [""; 0], $name);)*
    };
}

fn authority_and_keys_leave_nothing(world: &World, search: &Search) {
    let (authority, params) = (&world.authority, world.authority.params());
    let master = authority.master_key().to_secret_bytes();
    let key = world.alice.to_secret_bytes();
    clean! { search,
        "setup": Authority::setup(&mut rng(1));
        "master key": Authority::from_master_key(MasterSecretKey::from_bytes(&master[..]).unwrap());
        "master key out": authority.master_key().to_secret_bytes();
        "issue": authority.issue(&id("alice")).unwrap();
        "key out": world.alice.to_secret_bytes();
        "key in": IdentityKey::from_bytes(&key).unwrap();
        "half a key in": IdentityKey::from_bytes(&key[..key.len() - 48]).unwrap_err();
        "verify": authority.issue(&id("alice")).unwrap().verify(params).unwrap();
        "sign": world.alice.sign(b"m", &mut rng(4)).unwrap();
        "revoke": world.alice.revoke(ReKeyId([9; 32]), NOW, &mut rng(4)).unwrap();
    }
}

fn sharing_leaves_nothing(world: &World, search: &Search) {
    let World { alice, bob, proxy, owner, address, grant, .. } = world;
    let params = world.authority.params();
    let (header, payload) = seal_to_vec(params, address, b"x", &mut rng(2)).unwrap();
    let verified = header.clone().verify(params, address).unwrap();
    let clear = alice.delegate_unsealed(grant, &mut rng(3)).unwrap().to_secret_bytes();
    let delegation = alice.delegate(grant, &mut rng(3)).unwrap();
    let rekey = proxy.import(&delegation.sealed, owner).unwrap();
    let re = rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
    let reader = bob.accept(delegation.statement.clone(), owner).unwrap();
    let evidence = reader.evidence(address, &re, NOW).unwrap().to_secret_bytes();
    clean! { search,
        "seal": seal_to_vec(params, address, b"x", &mut rng(2)).unwrap();
        "open": alice.open_to_vec(address, &header, &payload).unwrap();
        "evidence of the owner": alice.evidence(address, &header).unwrap();
        "delegate": alice.delegate(grant, &mut rng(3)).unwrap();
        "delegate in clear": alice.delegate_unsealed(grant, &mut rng(3)).unwrap();
        "key in clear in and out": ReKey::from_bytes(&clear).unwrap().to_secret_bytes();
        "key in clear": ReKey::from_bytes(&clear).unwrap().verify(params, &grant.proxy, owner).unwrap();
        "import": proxy.import(&delegation.sealed, owner).unwrap();
        "import from another": proxy.import(&delegation.sealed, &Delegator(id("bob"))).unwrap_err();
        "re-encrypt": rekey.re_encrypt(&verified, NOW, &RevocationList::new()).unwrap();
        "accept": bob.accept(delegation.statement.clone(), owner).unwrap();
        "y out": reader.to_secret_bytes();
        "open re-encrypted": reader.open_to_vec(address, &re, &payload, NOW).unwrap();
        "evidence": reader.evidence(address, &re, NOW).unwrap();
        "evidence in": OpeningEvidence::from_bytes(&evidence[..]).unwrap();
    }
}

#[test]
fn t20_no_freed_memory_holds_a_secret() {
    for depth in [1, 4] {
        let world = world(depth);
        let search = world.search();
        search.check_controls();
        // The control that this test was written for: the points of a product of pairings.
        let clear = world.alice.delegate_unsealed(&world.grant, &mut rng(3)).unwrap();
        let tk0 = G1::from_bytes(clear.to_secret_bytes()[3..51].try_into().unwrap()).unwrap();
        let pairs = || [(tk0, G2::generator())].into_iter().collect::<Vec<_>>();
        assert_eq!(search.found(pairs), ["TK0 as limbs"]);
        authority_and_keys_leave_nothing(&world, &search);
        sharing_leaves_nothing(&world, &search);
    }
}
