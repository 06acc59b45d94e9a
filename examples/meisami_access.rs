//! A patient and its own access policy: see `medcrypto_examples::flows::meisami`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use medcrypto_examples::flows::meisami::run::EXAMPLE;

fn main() -> ExitCode {
    EXAMPLE.main()
}
