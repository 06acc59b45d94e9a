//! Wearables, a Userchain and a Docchain: see `medcrypto_examples::flows::healthchain`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use medcrypto_examples::flows::healthchain::run::EXAMPLE;

fn main() -> ExitCode {
    EXAMPLE.main()
}
