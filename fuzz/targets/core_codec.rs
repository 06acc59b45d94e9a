#![no_main]
use medcrypto_fuzz::core::CODEC as TARGET;

libfuzzer_sys::fuzz_target!(|data: &[u8]| medcrypto_fuzz::run(&TARGET, data));
