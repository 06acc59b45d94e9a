//! One record, one study, nine steps: see `medcrypto_examples::flows::huang`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use medcrypto_examples::flows::huang::run::EXAMPLE;

fn main() -> ExitCode {
    EXAMPLE.main()
}
