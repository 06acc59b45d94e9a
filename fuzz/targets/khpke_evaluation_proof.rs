#![no_main]
use medcrypto_fuzz::khpke::EVALUATION_PROOF as TARGET;

libfuzzer_sys::fuzz_target!(|data: &[u8]| medcrypto_fuzz::run(&TARGET, data));
