//! Byzantine agreement under a seeded network: see `medcrypto_examples::flows::lab`.
#![forbid(unsafe_code)]
#![allow(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a program, never built without std"
)]

use std::process::ExitCode;

use medcrypto_examples::flows::lab::run;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1);
    ExitCode::from(run::main(arguments, &mut std::io::stdout(), &mut std::io::stderr()))
}
