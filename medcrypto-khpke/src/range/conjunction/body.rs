//! The two forms of a proof, without header and statement.

use alloc::vec::Vec;

use medcrypto_core::bls::{NonIdentityG1, Scalar};
use medcrypto_core::codec::{Reader, Writer};
use medcrypto_core::{DecodeError, Transcript};

use super::Commitments;
use crate::sigma::Challenge;

/// How many digits, other secrets and rows a proof is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) digits: usize,
    pub(crate) others: usize,
    pub(crate) rows: usize,
}

impl Shape {
    /// Length of a compact body in bytes: 160·m + 16 + 32·others.
    pub(crate) const fn compact_len(self) -> usize {
        160 * self.digits + Challenge::LEN + 32 * self.others
    }

    /// Length of a batchable body in bytes: 208·m + 48·rows + 32·others.
    pub(crate) const fn batchable_len(self) -> usize {
        208 * self.digits + 48 * self.rows + 32 * self.others
    }
}

/// What answers the challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Responses {
    /// z of the digits, then of the other secrets.
    pub(super) secrets: Vec<Scalar>,
    /// zv of the digits.
    pub(super) blinders: Vec<Scalar>,
}

/// V, V̄, a, A and the responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BatchableBody {
    pub(super) commitments: Commitments,
    pub(super) responses: Responses,
}

/// V, V̄, c and the responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CompactBody {
    pub(super) v: Vec<NonIdentityG1>,
    pub(super) v_bar: Vec<NonIdentityG1>,
    pub(super) challenge: Challenge,
    pub(super) responses: Responses,
}

impl Responses {
    /// z of the digits ‖ zv ‖ z of the others.
    pub(super) fn write(&self, writer: Writer) -> Writer {
        let (digits, others) = self.secrets.split_at(self.blinders.len().min(self.secrets.len()));
        let scalars = digits.iter().chain(&self.blinders).chain(others);
        scalars.fold(writer, |writer, scalar| writer.array(&scalar.to_bytes()))
    }

    /// Prover and verifier both do it, so that what follows in a transcript is bound to the responses.
    pub(super) fn absorb(&self, transcript: &mut Transcript) {
        transcript.append_bytes(b"z", &self.write(Writer::default()).finish());
    }

    fn read(reader: &mut Reader<'_>, shape: Shape) -> Result<Self, DecodeError> {
        let mut secrets = scalars(reader, shape.digits)?;
        let blinders = scalars(reader, shape.digits)?;
        secrets.extend(scalars(reader, shape.others)?);
        Ok(Self { secrets, blinders })
    }
}

impl BatchableBody {
    pub(crate) fn shape(&self) -> Shape {
        let digits = self.responses.blinders.len();
        let others = self.responses.secrets.len().saturating_sub(digits);
        Shape { digits, others, rows: self.commitments.rows.len() }
    }

    /// The challenge, with the whole proof in the transcript.
    pub(crate) fn absorb(&self, transcript: &mut Transcript) -> Result<Challenge, DecodeError> {
        let challenge = self.commitments.challenge(transcript);
        self.responses.absorb(transcript);
        challenge
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let Commitments { v, v_bar, a, rows } = &self.commitments;
        self.responses.write(write_points(writer, v.iter().chain(v_bar).chain(a).chain(rows)))
    }

    pub(crate) fn read(reader: &mut Reader<'_>, shape: Shape) -> Result<Self, DecodeError> {
        let v = points(reader, shape.digits)?;
        let v_bar = points(reader, shape.digits)?;
        let a = points(reader, shape.digits)?;
        let rows = points(reader, shape.rows)?;
        let commitments = Commitments { v, v_bar, a, rows };
        Ok(Self { commitments, responses: Responses::read(reader, shape)? })
    }
}

impl CompactBody {
    /// Without the number of rows, which a compact body does not show.
    pub(crate) fn fits(&self, shape: Shape) -> bool {
        let secrets = self.responses.secrets.len();
        self.responses.blinders.len() == shape.digits && secrets == shape.digits + shape.others
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let writer = write_points(writer, self.v.iter().chain(&self.v_bar));
        self.responses.write(writer.array(&self.challenge.to_bytes()))
    }

    pub(crate) fn read(reader: &mut Reader<'_>, shape: Shape) -> Result<Self, DecodeError> {
        let v = points(reader, shape.digits)?;
        let v_bar = points(reader, shape.digits)?;
        let challenge = Challenge::from_bytes(&reader.array()?)?;
        Ok(Self { v, v_bar, challenge, responses: Responses::read(reader, shape)? })
    }
}

fn write_points<'a>(writer: Writer, points: impl Iterator<Item = &'a NonIdentityG1>) -> Writer {
    points.fold(writer, |writer, point| writer.array(&point.to_bytes()))
}

/// `count` is the statement's, never the sender's.
fn points(reader: &mut Reader<'_>, count: usize) -> Result<Vec<NonIdentityG1>, DecodeError> {
    (0..count).map(|_| NonIdentityG1::from_bytes(&reader.array()?)).collect()
}

fn scalars(reader: &mut Reader<'_>, count: usize) -> Result<Vec<Scalar>, DecodeError> {
    (0..count).map(|_| Scalar::from_bytes(&reader.array()?)).collect()
}
