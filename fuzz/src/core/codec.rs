//! The reader and the writer are inverse, whatever is read in whatever order.

use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use crate::{Class, Reached, Target};

/// A program of reads over bytes, and the same writes.
pub const CODEC: Target = Target {
    name: "core_codec",
    class: Class::Parser,
    max_len: 256,
    run,
    seeds,
    dict: &[b"\x01\x01\x12", b"\x00\x00\x00\x03", b"\xff\xff\xff\xff"],
};

fn seeds() -> Vec<Vec<u8>> {
    let program = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    let bytes = Writer::default()
        .header(Header::v1(Tag::PreHeader))
        .u8(7)
        .u16(0x102)
        .u32(0x102_0304)
        .u64(1)
        .bool(true)
        .bytes(b"abc")
        .array(&[9; 4])
        .array(&[8; 3])
        .finish();
    let numbers = [&[5, 1, 2, 3, 4, 5][..], &[0xff; 40]].concat();
    vec![[&[9], &program[..], &bytes].concat(), numbers, vec![1, 6, 0, 0, 0, 4, 1, 2, 3]]
}

/// Reads nothing, and always can.
const NOTHING: u8 = 8;

/// `n ‖ n operations ‖ bytes`. Reached: a field was read before one was refused.
fn run(data: &[u8]) -> Reached {
    let Some((&n, rest)) = data.split_first() else { return Reached::No };
    let Some((program, bytes)) = rest.split_at_checked(usize::from(n % 16)) else {
        return Reached::No;
    };
    let mut reader = Reader::new(bytes);
    let mut written = Writer::default();
    let mut reached = Reached::No;
    for operation in program {
        let Some(more) = step(*operation, &mut reader, written) else { return reached };
        written = more;
        if *operation != NOTHING {
            reached = Reached::Yes;
        }
    }
    let written = written.finish();
    assert!(bytes.starts_with(&written), "{written:?}");
    assert_eq!(reader.finish().is_ok(), bytes.len() == written.len());
    reached
}

/// Reads a field and writes it; none when it is refused.
fn step(operation: u8, reader: &mut Reader<'_>, to: Writer) -> Option<Writer> {
    let header = Header::v1(Tag::PreHeader);
    Some(match operation % 9 {
        0 => {
            reader.header(header).ok()?;
            to.header(header)
        }
        1 => to.u8(reader.u8().ok()?),
        2 => to.u16(reader.u16().ok()?),
        3 => to.u32(reader.u32().ok()?),
        4 => to.u64(reader.u64().ok()?),
        5 => to.bool(reader.bool().ok()?),
        6 => {
            let bytes = reader.bytes(usize::from(operation)).ok()?;
            assert!(bytes.len() <= usize::from(operation));
            to.bytes(bytes)
        }
        7 => to.array(&reader.array::<4>().ok()?),
        _ => to.array(reader.take(usize::from(operation / 9)).ok()?),
    })
}
