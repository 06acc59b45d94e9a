//! Writing a payload.

use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Write};

use zeroize::{Zeroize, Zeroizing};

use super::{CHUNK, COMMITMENT, Cipher, TAG};
use crate::{Error, kem::KemKey};

/// Encrypts what is written to it and writes the payload to `W`.
///
/// The payload is complete only after [`finish`](Self::finish): a sealer that is merely dropped
/// leaves a truncated payload, which no opener accepts. After an error of the output it writes no
/// more: the output may hold part of a chunk, and what would follow could not be opened.
pub struct Sealer<W: Write> {
    cipher: Cipher,
    /// A chunk went wrong.
    broken: bool,
    chunk: Zeroizing<Vec<u8>>,
    output: W,
}

impl<W: Write> Sealer<W> {
    /// Starts a payload with its key commitment.
    pub(crate) fn new(key: &KemKey, mut output: W) -> io::Result<Self> {
        let (cipher, commitment) = Cipher::new(key);
        output.write_all(&commitment)?;
        let chunk = Zeroizing::new(Vec::with_capacity(CHUNK));
        Ok(Self { cipher, broken: false, chunk, output })
    }

    /// Writes the last chunk, flushes, and gives the output back.
    ///
    /// # Errors
    /// What the output reports, or [`Error::TooLong`]; after an earlier error,
    /// [`io::ErrorKind::BrokenPipe`].
    pub fn finish(mut self) -> io::Result<W> {
        self.emit(true)?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn emit(&mut self, last: bool) -> io::Result<()> {
        self.require_whole()?;
        self.broken = true;
        let sealed = self.cipher.seal(&mut self.chunk, last);
        let written = match sealed {
            Ok(tag) => {
                self.output.write_all(&self.chunk).and_then(|()| self.output.write_all(&tag))
            }
            Err(error) => Err(error.into()),
        };
        self.chunk.zeroize();
        self.broken = written.is_err();
        written
    }

    fn require_whole(&self) -> io::Result<()> {
        if self.broken { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl Sealer<Vec<u8>> {
    pub(crate) fn seal_to_vec(key: &KemKey, record: &[u8]) -> Result<Vec<u8>, Error> {
        let chunks = record.len().div_ceil(CHUNK).max(1);
        let output = Vec::with_capacity(COMMITMENT + record.len() + chunks * TAG);
        let seal = || {
            let mut sealer = Self::new(key, output)?;
            sealer.write_all(record)?;
            sealer.finish()
        };
        // Writing to memory does not fail.
        seal().map_err(|_: io::Error| Error::TooLong)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.require_whole()?;
        // A full chunk waits for the next byte, because it may be the last.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.emit(false)?;
        }
        let room = CHUNK - self.chunk.len();
        let (now, _) = bytes.split_at(room.min(bytes.len()));
        self.chunk.extend_from_slice(now);
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.require_whole()?;
        self.output.flush()
    }
}

impl<W: Write> fmt::Debug for Sealer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").finish_non_exhaustive()
    }
}
