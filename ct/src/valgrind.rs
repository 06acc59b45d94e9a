//! Client requests to valgrind's memcheck (valgrind.h, memcheck.h), on x86-64.

use core::arch::asm;

const RUNNING_ON_VALGRIND: u64 = 0x1001;
const MEMCHECK: u64 = (b'M' as u64) << 24 | (b'C' as u64) << 16;
const MAKE_MEM_UNDEFINED: u64 = MEMCHECK + 1;
const MAKE_MEM_DEFINED: u64 = MEMCHECK + 2;

#[inline(never)]
fn request(code: u64, address: u64, len: u64) -> u64 {
    let arguments: [u64; 6] = [code, address, len, 0, 0, 0];
    let mut result = 0_u64;
    // SAFETY: the preamble rotates rdi by 128 bits and exchanges rbx with itself: nothing outside
    // valgrind, which writes rdx. `arguments` outlives the block.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") arguments.as_ptr(), inout("rdx") result, inout("rdi") 0_u64 => _,
            options(nostack)
        );
    }
    result
}

/// Whether this program runs on valgrind.
pub fn is_running() -> bool {
    request(RUNNING_ON_VALGRIND, 0, 0) != 0
}

/// Makes the bytes secret: a branch or an address that depends on them is an error.
pub fn poison(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, bytes.as_mut_ptr() as u64, bytes.len() as u64);
}

/// Makes `len` bytes at `address` public.
pub fn unpoison(address: *const u8, len: usize) {
    request(MAKE_MEM_DEFINED, address as u64, len as u64);
}
