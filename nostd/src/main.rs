//! Links every crate that promises `no_std` with `alloc`. A dependency that brings std in defines the panic handler
//! a second time, and this binary no longer compiles (E0152). The calls keep the crates from being linked in name only.
#![no_std]
#![no_main]

extern crate alloc;

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;

/// Has no memory: the probe is compiled, never run.
struct Nowhere;

// SAFETY: a null pointer is the documented answer of an allocator that has nothing to give.
unsafe impl GlobalAlloc for Nowhere {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Nowhere = Nowhere;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Entry point by the C convention; hosted and freestanding targets link it alike.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> i32 {
    let mut transcript = medcrypto_core::Transcript::new(medcrypto_core::dst::ALL[0].1);
    transcript.append_bytes(b"probe", &[]);
    let root = medcrypto_ledger::merkle::leaf_hash(&[]);
    i32::from(root == medcrypto_ledger::Digest::ZERO)
}
