//! Reading a payload.

use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Read};

use chacha20poly1305::Tag;
use medcrypto_core::declassify;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{CHUNK, COMMITMENT, Cipher, TAG};
use crate::{Error, kem::KemKey};

/// A full sealed chunk and one byte more, which tells whether another chunk follows.
const WINDOW: usize = CHUNK + TAG + 1;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    More,
    Complete,
    Broken,
}

/// Decrypts the payload that it reads from `R`; read the record from it, then [`finish`](Self::finish).
///
/// Every byte it returns is authentic and in its place, but only after
/// [`finish`](Self::finish) is the record known to be complete: discard what was read if it fails.
/// [`read_to_limit`](Self::read_to_limit) returns all of the record or nothing. A truncated payload
/// is an error of [`Read::read`] too, never an early end.
pub struct Opener<R: Read> {
    cipher: Cipher,
    /// The window; between two chunks its first `filled` bytes are ciphertext.
    window: Zeroizing<Vec<u8>>,
    filled: usize,
    /// The plaintext that waits in the window.
    start: usize,
    end: usize,
    /// The byte that followed the chunk in the window.
    carry: Option<u8>,
    state: State,
    input: R,
}

impl<R: Read> Opener<R> {
    /// Reads the key commitment and compares it.
    pub(crate) fn new(key: &KemKey, mut input: R) -> io::Result<Self> {
        let (cipher, expected) = Cipher::new(key);
        let mut commitment = [0; COMMITMENT];
        input.read_exact(&mut commitment).map_err(truncated)?;
        let same = commitment.ct_eq(&expected).unwrap_u8();
        if declassify(same, "whether a payload is under this key") == 0 {
            return Err(Error::Decryption.into());
        }
        let window = Zeroizing::new(alloc::vec![0; WINDOW]);
        let (filled, start, end) = (0, 0, 0);
        Ok(Self { cipher, window, filled, start, end, carry: None, state: State::More, input })
    }

    /// Succeeds once the whole record was read and its end is authentic; gives the input back.
    ///
    /// # Errors
    /// [`Error::Decryption`]: discard everything that was read.
    pub fn finish(self) -> Result<R, Error> {
        if self.state == State::Complete && self.start == self.end {
            Ok(self.input)
        } else {
            Err(Error::Decryption)
        }
    }

    /// What is left of the record, if it is at most `limit` bytes; nothing otherwise.
    ///
    /// # Errors
    /// [`Error::Decryption`] or [`Error::TooLong`] (inside an [`io::Error`]), or what the input
    /// reports.
    pub fn read_to_limit(self, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        self.collect(limit, limit.min(CHUNK))
    }

    fn collect(mut self, limit: usize, capacity: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut record = Zeroizing::new(Vec::with_capacity(capacity));
        while self.advance()? {
            let ready = self.ready();
            if ready.len() > limit - record.len() {
                return Err(Error::TooLong.into());
            }
            reserve(&mut record, ready.len());
            record.extend_from_slice(ready);
            self.start = self.end;
        }
        self.finish()?;
        Ok(record)
    }

    /// Makes plaintext wait in the window; false at the end of the record.
    fn advance(&mut self) -> io::Result<bool> {
        while self.start == self.end {
            match self.state {
                State::More => self.next_chunk()?,
                State::Complete => return Ok(false),
                State::Broken => return Err(Error::Decryption.into()),
            }
        }
        Ok(true)
    }

    fn ready(&self) -> &[u8] {
        self.window.get(self.start..self.end).unwrap_or_default()
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        self.fill()?;
        let last = self.filled < WINDOW;
        let len = self.filled - usize::from(!last);
        self.carry = if last { None } else { self.window.last().copied() };
        self.filled = 0;
        self.state = State::Broken;
        let plain = self.open_chunk(len, last)?;
        (self.start, self.end) = (0, plain);
        self.state = if last { State::Complete } else { State::More };
        Ok(())
    }

    /// Opens the first `len` bytes of the window in place; how many bytes of plaintext there are.
    fn open_chunk(&mut self, len: usize, last: bool) -> Result<usize, Error> {
        let plain = len.checked_sub(TAG).ok_or(Error::Decryption)?;
        let first = self.cipher.counter == 0;
        if plain == 0 && !first {
            return Err(Error::Decryption);
        }
        let sealed = self.window.get_mut(..len).ok_or(Error::Decryption)?;
        let (chunk, tag) = sealed.split_at_mut(plain);
        self.cipher.open(chunk, Tag::from_slice(tag), last)?;
        Ok(plain)
    }

    /// Fills the window as far as the input goes.
    fn fill(&mut self) -> io::Result<()> {
        if let (Some(byte), Some(first)) = (self.carry.take(), self.window.first_mut()) {
            *first = byte;
            self.filled = 1;
        }
        while let Some(room) = self.window.get_mut(self.filled..).filter(|room| !room.is_empty()) {
            match self.input.read(room) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                read => self.filled += read?,
            }
        }
        Ok(())
    }
}

impl Opener<&[u8]> {
    pub(crate) fn open_to_vec(key: &KemKey, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Opener::new(key, payload)
            .and_then(|opener| opener.collect(payload.len(), payload.len()))
            .map_err(|_| Error::Decryption)
    }
}

/// Makes room for `more` bytes without leaving a copy behind.
fn reserve(record: &mut Zeroizing<Vec<u8>>, more: usize) {
    if record.capacity() - record.len() < more {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * record.len() + more));
        larger.extend_from_slice(record);
        *record = larger;
    }
}

/// A payload that ends too early is one that does not open.
fn truncated(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof { Error::Decryption.into() } else { error }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || !self.advance()? {
            return Ok(0);
        }
        let ready = self.ready();
        let len = ready.len().min(buffer.len());
        let parts = buffer.get_mut(..len).zip(ready.get(..len));
        parts.into_iter().for_each(|(to, from)| to.copy_from_slice(from));
        self.start += len;
        Ok(len)
    }
}

impl<R: Read> fmt::Debug for Opener<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::reserve;
    use alloc::vec::Vec;
    use zeroize::Zeroizing;

    fn record(len: usize, capacity: usize) -> Zeroizing<Vec<u8>> {
        let mut record = Zeroizing::new(Vec::with_capacity(capacity));
        record.resize(len, 7);
        assert_eq!(record.capacity(), capacity);
        record
    }

    #[test]
    fn room_is_made_before_it_is_wanted_and_only_then() {
        let mut exact = record(6, 10);
        let place = exact.as_ptr();
        reserve(&mut exact, 4);
        assert_eq!((exact.as_ptr(), exact.capacity()), (place, 10), "there was room");
        for (len, capacity, more) in [(6, 10, 5), (10, 10, 1), (0, 0, 9)] {
            let mut grown = record(len, capacity);
            reserve(&mut grown, more);
            assert_eq!(grown.capacity(), 2 * len + more);
            assert_eq!(grown[..], record(len, capacity)[..]);
        }
    }
}
