//! Where a value stops being secret: what is published, and verdicts that the caller sees.
//!
//! In every build but one these functions return their argument and do nothing. The build that
//! checks constant time (the package `ct/`, under `--cfg medcrypto_ct`) marks secrets as undefined
//! memory and watches for branches and addresses that depend on them; there, a declassified value
//! counts as defined. The reason names what becomes public, and stands in the report.

/// `value`, which from here on is public for `reason`. Never a key, a nonce, or a part of one.
#[cfg(not(medcrypto_ct))]
#[inline(always)]
#[must_use]
pub fn declassify<T: Copy>(value: T, reason: &'static str) -> T {
    let _ = reason;
    value
}

/// `bytes`, which from here on are public for `reason`.
#[cfg(not(medcrypto_ct))]
#[inline(always)]
#[must_use]
pub fn declassify_bytes<'a>(bytes: &'a [u8], reason: &'static str) -> &'a [u8] {
    let _ = reason;
    bytes
}

#[cfg(medcrypto_ct)]
pub use watched::{Hook, declassify, declassify_bytes, install};

#[cfg(medcrypto_ct)]
mod watched {
    use std::sync::OnceLock;

    /// Is told the address, the length and the reason of what becomes public.
    pub type Hook = fn(*const u8, usize, &'static str);

    static HOOK: OnceLock<Hook> = OnceLock::new();

    /// Sets the hook, once a process; false if there is one already.
    pub fn install(hook: Hook) -> bool {
        HOOK.set(hook).is_ok()
    }

    fn report(address: *const u8, len: usize, reason: &'static str) {
        if let Some(hook) = HOOK.get() {
            hook(address, len, reason);
        }
    }

    /// As in every other build, and tells the hook.
    #[inline(never)]
    #[must_use]
    pub fn declassify<T: Copy>(value: T, reason: &'static str) -> T {
        // In memory, and read back after the hook: a copy in a register would stay secret.
        let mut value = core::hint::black_box(value);
        report((&raw mut value).cast(), size_of::<T>(), reason);
        core::hint::black_box(value)
    }

    /// As in every other build, and tells the hook.
    #[inline(never)]
    #[must_use]
    pub fn declassify_bytes<'a>(bytes: &'a [u8], reason: &'static str) -> &'a [u8] {
        report(bytes.as_ptr(), bytes.len(), reason);
        core::hint::black_box(bytes)
    }
}
