#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| medcrypto_fuzz::run(medcrypto_fuzz::named(), data));
