#![no_main]
use medcrypto_fuzz::khpke::OPEN as TARGET;

libfuzzer_sys::fuzz_target!(|data: &[u8]| medcrypto_fuzz::run(&TARGET, data));
