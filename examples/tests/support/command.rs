//! Command lines, run in the process of the test.

use medcrypto_examples::flows::command::Example;

/// What a run printed, and its exit code.
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of<O>(example: &Example<O>, arguments: &[&str]) -> Self {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = example.perform(arguments, &mut out, &mut err);
        Self { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
    }
}
