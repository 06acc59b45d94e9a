//! The payload stream.

use std::io::{Cursor, ErrorKind, Read, Write};

use medcrypto_pre::{Error, Header, RecordAddress, seal};

use crate::{
    fixture::{World, rng, world},
    model::{self, Setting},
};

const CHUNK: usize = 65_536;
const SEALED: usize = CHUNK + 16;

fn address() -> RecordAddress {
    World::address(&["lab"], b"record")
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

fn open(world: &World, header: &Header, payload: &[u8]) -> Result<Vec<u8>, Error> {
    world.alice.open_to_vec(&address(), header, payload).map(|record| record.to_vec())
}

#[test]
fn t21_every_length_around_a_chunk_round_trips() {
    let world = world();
    let lengths = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK + 77];
    for len in lengths {
        let (header, payload) = world.seal(&address(), &bytes(len));
        let chunks = len.div_ceil(CHUNK).max(1);
        assert_eq!(payload.len(), 32 + len + 16 * chunks);
        assert_eq!(open(&world, &header, &payload), Ok(bytes(len)), "{len}");
    }
}

/// Writing nothing does not end a chunk.
#[test]
fn t21_an_empty_write_changes_nothing() {
    let world = world();
    let (header, mut sealer) = seal(world.params(), &address(), Vec::new(), &mut rng(2)).unwrap();
    for piece in [&[][..], &bytes(CHUNK), &[], &[]] {
        assert_eq!(sealer.write(piece).unwrap(), piece.len());
    }
    let payload = sealer.finish().unwrap();
    assert_eq!(payload.len(), 32 + SEALED);
    assert_eq!(open(&world, &header, &payload), Ok(bytes(CHUNK)));
}

#[test]
fn t21_truncation_reordering_duplication_and_extension_are_refused() {
    let world = world();
    let record = bytes(3 * CHUNK + 100);
    let (header, payload) = world.seal(&address(), &record);
    assert_eq!(open(&world, &header, &payload), Ok(record));
    let (commitment, chunks) = payload.split_at(32);
    let chunks: Vec<_> = chunks.chunks(SEALED).collect();
    let build = |order: &[usize]| {
        let chosen: Vec<_> = order.iter().map(|i| chunks[*i]).collect();
        [commitment, &chosen.concat()].concat()
    };
    assert_eq!(build(&[0, 1, 2, 3]), payload);
    let wrong_orders: &[&[usize]] = &[
        &[],
        &[0],
        &[0, 1],
        &[0, 1, 2],
        &[3],
        &[1, 2, 3],
        &[0, 2, 3],
        &[0, 1, 3],
        &[1, 0, 2, 3],
        &[0, 2, 1, 3],
        &[0, 1, 3, 2],
        &[0, 0, 1, 2, 3],
        &[0, 1, 1, 2, 3],
        &[0, 1, 2, 3, 3],
        &[0, 1, 2, 3, 0],
    ];
    for order in wrong_orders {
        assert_eq!(open(&world, &header, &build(order)), Err(Error::Decryption), "{order:?}");
    }
    for cut in [0, 1, 31, 32, 33, 47, 48, 32 + SEALED - 1, 32 + SEALED + 1, payload.len() - 1] {
        assert_eq!(open(&world, &header, &payload[..cut]), Err(Error::Decryption), "{cut}");
    }
    let extended = [&payload[..], &[0]].concat();
    assert_eq!(open(&world, &header, &extended), Err(Error::Decryption));
}

#[test]
fn t21_small_payload_refuses_every_cut_and_every_extension() {
    let world = world();
    let (header, payload) = world.seal(&address(), b"");
    assert_eq!(payload.len(), 48);
    assert_eq!(open(&world, &header, &payload), Ok(vec![]));
    for cut in 0..payload.len() {
        assert_eq!(open(&world, &header, &payload[..cut]), Err(Error::Decryption));
    }
    for extra in [1, 15, 16, 17, SEALED] {
        let extended = [&payload[..], &vec![0; extra]].concat();
        assert_eq!(open(&world, &header, &extended), Err(Error::Decryption));
    }
    // The authentic last chunk of the empty record does not end another one.
    let (full, full_payload) = world.seal(&address(), &bytes(CHUNK));
    let ended = [&full_payload[..], &payload[32..]].concat();
    assert_eq!(open(&world, &full, &ended), Err(Error::Decryption));
}

/// Authentic, but not what a sealer writes: one record has one payload for one key.
#[test]
fn t21_an_empty_last_chunk_after_others_is_refused() {
    let world = world();
    let setting = Setting::new(world.params());
    let (raw, _) = setting.encapsulate(&address(), [3; 32], None);
    let header = Header::from_bytes(&raw.to_bytes()).unwrap();
    let key = model::kem_key(&raw.to_bytes(), &[3; 32], 1);
    let full = bytes(CHUNK);
    let try_with = |chunks: &[&[u8]]| open(&world, &header, &model::payload_of(&key, chunks));
    assert_eq!(try_with(&[&full]), Ok(full.clone()));
    assert_eq!(try_with(&[&full, &[9]]), Ok([&full[..], &[9]].concat()));
    assert_eq!(try_with(&[&[]]), Ok(vec![]));
    assert_eq!(try_with(&[&full, &[]]), Err(Error::Decryption));
    assert_eq!(try_with(&[&full[1..], &[9]]), Err(Error::Decryption));
}

#[test]
fn t21_a_stream_is_provisional_until_it_is_finished() {
    let world = world();
    let (header, payload) = world.seal(&address(), &bytes(2 * CHUNK));
    // Cut at a chunk boundary: nothing of the first chunk can be told from a whole record, so it
    // is not even released.
    let cut = &payload[..32 + SEALED];
    let mut opener = world.alice.open(&address(), &header, cut).unwrap();
    let error = opener.read(&mut [0; 10]).unwrap_err();
    assert_eq!(Error::of_io(&error), Some(Error::Decryption));
    assert!(opener.read(&mut [0; 10]).is_err(), "broken stays broken");
    assert!(opener.finish().is_err());
    // Cut inside the second chunk: the first one is released, and the end is an error, never a
    // silent end of file.
    let cut = &payload[..32 + SEALED + 1000];
    let mut opener = world.alice.open(&address(), &header, cut).unwrap();
    let mut first = vec![0; CHUNK];
    opener.read_exact(&mut first).unwrap();
    assert_eq!(first, bytes(2 * CHUNK)[..CHUNK]);
    assert_eq!(opener.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::InvalidData);
    assert_eq!(opener.finish().unwrap_err(), Error::Decryption);
    // Not read to the end: not finished.
    let mut opener = world.alice.open(&address(), &header, payload.as_slice()).unwrap();
    opener.read_exact(&mut first).unwrap();
    assert!(opener.finish().is_err());
    let (short_header, short) = world.seal(&address(), b"0123456789");
    let mut opener = world.alice.open(&address(), &short_header, short.as_slice()).unwrap();
    opener.read_exact(&mut [0; 9]).unwrap();
    assert!(opener.finish().is_err());
    let mut opener = world.alice.open(&address(), &header, payload.as_slice()).unwrap();
    assert_eq!(opener.read_to_end(&mut Vec::new()).unwrap(), 2 * CHUNK);
    assert!(opener.finish().unwrap().is_empty());
}

#[test]
fn a_limit_is_a_limit() {
    let world = world();
    let (header, payload) = world.seal(&address(), &bytes(CHUNK + 10));
    let open = |limit| {
        world.alice.open(&address(), &header, payload.as_slice()).unwrap().read_to_limit(limit)
    };
    assert_eq!(open(CHUNK + 10).unwrap().as_slice(), bytes(CHUNK + 10));
    let error = open(CHUNK + 9).unwrap_err();
    assert_eq!(Error::of_io(&error), Some(Error::TooLong));
}

#[test]
fn written_in_pieces_read_in_pieces() {
    let world = world();
    let record = bytes(2 * CHUNK + 4321);
    let (header, mut sealer) = seal(world.params(), &address(), Vec::new(), &mut rng(2)).unwrap();
    let mut rest = record.as_slice();
    for step in [0, 1, 7, 1000, CHUNK, 65, CHUNK + 3].into_iter().cycle() {
        let (now, later) = rest.split_at(step.min(rest.len()));
        sealer.write_all(now).unwrap();
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    sealer.flush().unwrap();
    let payload = sealer.finish().unwrap();
    assert_eq!((header.to_bytes(), payload.clone()), {
        let (header, payload) = world.seal(&address(), &record);
        (header.to_bytes(), payload)
    });
    let trickle = Trickle(Cursor::new(payload), 0);
    let mut opener = world.alice.open(&address(), &header, trickle).unwrap();
    let mut opened = Vec::new();
    // By hand: `read_to_end` itself tries again after an interruption.
    let mut part = [0; 4_096];
    while let len @ 1.. = opener.read(&mut part).unwrap() {
        opened.extend_from_slice(&part[..len]);
    }
    opener.finish().unwrap();
    assert_eq!(opened, record);
}

/// A reader that gives odd amounts and is interrupted now and then.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 += 1;
        if self.1 % 5 == 0 {
            return Err(ErrorKind::Interrupted.into());
        }
        let len = buffer.len().min(1 + 977 * (self.1 % 7));
        self.0.read(&mut buffer[..len])
    }
}

#[test]
fn errors_of_the_outside_pass_through() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(ErrorKind::TimedOut.into())
        }
    }
    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let world = world();
    let (header, payload) = world.seal(&address(), b"x");
    let error = world.alice.open(&address(), &header, Failing).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let half = (&payload[..40]).chain(Failing);
    let mut opener = world.alice.open(&address(), &header, half).unwrap();
    assert_eq!(opener.read(&mut [0; 4]).unwrap_err().kind(), ErrorKind::TimedOut);
    let error = seal(world.params(), &address(), Failing, &mut rng(2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

/// An output that fails once must not get a payload that goes on as if nothing had happened.
#[test]
fn a_sealer_stays_broken_after_an_error_of_its_output() {
    /// Takes the commitment, fails at the first chunk, and would take everything after it.
    #[derive(Debug)]
    struct Hiccup<'a>(&'a mut Vec<u8>, usize);
    impl Write for Hiccup<'_> {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.1 += 1;
            if self.1 == 2 {
                return Err(ErrorKind::TimedOut.into());
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let world = world();
    let mut written = Vec::new();
    let output = Hiccup(&mut written, 0);
    let (_, mut sealer) = seal(world.params(), &address(), output, &mut rng(2)).unwrap();
    sealer.write_all(&bytes(CHUNK)).unwrap();
    assert_eq!(sealer.write(b"x").unwrap_err().kind(), ErrorKind::TimedOut);
    assert_eq!(sealer.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!(sealer.flush().unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!(sealer.finish().unwrap_err().kind(), ErrorKind::BrokenPipe);
    assert_eq!(written.len(), 32);
}
