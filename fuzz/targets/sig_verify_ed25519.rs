#![no_main]
use medcrypto_fuzz::sig::VERIFY_ED25519 as TARGET;

libfuzzer_sys::fuzz_target!(|data: &[u8]| medcrypto_fuzz::run(&TARGET, data));
