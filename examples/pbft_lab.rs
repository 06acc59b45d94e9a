//! Byzantine agreement under a seeded network: see `medcrypto_examples::flows::lab`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use medcrypto_examples::flows::lab::run::EXAMPLE;

fn main() -> ExitCode {
    EXAMPLE.main()
}
