//! Compiled circuits: one requirement, one circuit.
//!
//! ```text
//! statement   C, Q, X, N, scope, issuer_policy, kind                        seven public inputs
//! witness     sk, lineage, the opened leaves and lists of the record
//! rows        C = P5(8; root, schema, P3(9; sk, 0), lineage)
//!             N = P5(10; sk, kind·lineage, scope, kind),   kind² = kind
//!             Q = the requirement's digest;   X·X = x₂,   policy·policy = p₂
//!             the requirement's formula over the opened fields
//! digest      SHA-256(MEDCRYPTO-ZK-V01-CIRCUIT ‖ columns u32 ‖ rows u32 ‖ every row's a, b, c)
//! ```
//!
//! X and the policy are squared into a column of their own, so that the circuit itself, and not a
//! detail of the QAP reduction, ties them to the proof. Schema digest and Q are constants of the
//! circuit. Status: *composition*.

mod formula;
mod list;
mod synthesis;
mod view;

#[cfg(test)]
mod tests;

use core::fmt;

use ark_ff::AdditiveGroup;
use medcrypto_core::dst::zk;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::field::{Fr, RequirementDigest, encode};
use crate::gadget::system::{INPUTS, Row, Sparse};
use crate::record::Record;
use crate::requirement::Requirement;
use crate::requirement::normal::{Formula, Literal};
use crate::schema::Schema;

pub(crate) use synthesis::{Witness, synthesise};

/// Most openings of lists in one circuit.
///
/// `has` opens once, `lacks` once for each code or prefix of its set, `count` twice for each. An
/// opening is about 1 250 rows and stands for nearly all of a large circuit, so this bounds keys to
/// about a hundred megabytes and the memory of setup before any of it is spent.
pub const MAX_OPENINGS: usize = 128;

/// What a circuit is compiled from.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) schema: Schema,
    pub(crate) formula: Formula,
    pub(crate) digest: RequirementDigest,
}

/// The three matrices of a circuit.
#[derive(Clone)]
pub(crate) struct Matrices {
    /// A, B and C, row by row.
    pub(crate) sides: [Vec<Sparse>; 3],
    /// Number of columns.
    pub(crate) columns: usize,
}

impl Matrices {
    fn new(rows: Vec<Row>, columns: usize) -> Self {
        let mut sides = [(); 3].map(|()| Vec::with_capacity(rows.len()));
        let [a, b, c] = &mut sides;
        for row in rows {
            a.push(row.a);
            b.push(row.b);
            c.push(row.c);
        }
        Self { sides, columns }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.sides.first().map_or(0, Vec::len)
    }

    /// Whether every row holds; `assignment` starts with one and the inputs.
    pub(crate) fn are_satisfied_by(&self, assignment: &[Fr]) -> bool {
        let [a, b, c] = &self.sides;
        let mut rows = a.iter().zip(b).zip(c);
        assignment.len() == self.columns
            && rows.all(|((a, b), c)| dot(a, assignment) * dot(b, assignment) == dot(c, assignment))
    }

    /// The circuit digest.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
        let mut hash = Sha256::new_with_prefix(zk::CIRCUIT.as_bytes());
        hash.update(number(self.columns));
        hash.update(number(self.rows()));
        let [a, b, c] = &self.sides;
        for side in a.iter().zip(b).zip(c).flat_map(|((a, b), c)| [a, b, c]) {
            hash.update(number(side.len()));
            for (coefficient, column) in side {
                hash.update(number(*column));
                hash.update(encode(coefficient));
            }
        }
        hash.finalize().into()
    }
}

/// ⟨row, assignment⟩.
pub(crate) fn dot(row: &Sparse, assignment: &[Fr]) -> Fr {
    row.iter()
        .filter_map(|(coefficient, column)| Some(*coefficient * assignment.get(*column)?))
        .fold(Fr::ZERO, |sum, term| sum + term)
}

/// The circuit of one requirement under one schema.
///
/// About 5 000 to 15 000 rows for what institutions ask; about 160 000 at [`MAX_OPENINGS`].
/// Compiling takes some hundred milliseconds, seconds at the limit; the keys of
/// [`setup`](crate::setup) keep the circuit. Status: *composition*.
#[derive(Clone)]
pub struct Circuit {
    requirement: Requirement,
    program: Program,
    matrices: Matrices,
    digest: [u8; 32],
}

impl Circuit {
    /// Compiles a requirement.
    ///
    /// # Errors
    /// [`Error::Unsatisfiable`] when no record can meet it, [`Error::TooLarge`] when it opens lists
    /// more than [`MAX_OPENINGS`] times.
    pub fn compile(requirement: &Requirement) -> Result<Self, Error> {
        let program = Program::of(requirement);
        let matrices = program.matrices()?;
        let digest = matrices.digest();
        Ok(Self { requirement: requirement.clone(), program, matrices, digest })
    }

    /// The digest of the matrices, which keys carry.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The requirement.
    #[must_use]
    pub const fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// The digest Q of the requirement.
    #[must_use]
    pub const fn requirement_digest(&self) -> RequirementDigest {
        self.program.digest
    }

    /// The schema of the records that the circuit opens.
    #[must_use]
    pub const fn schema(&self) -> Schema {
        self.program.schema
    }

    /// Number of rank-1 constraints.
    #[must_use]
    pub fn constraints(&self) -> usize {
        self.matrices.rows()
    }

    /// Number of variables, the constant and the seven public inputs included.
    #[must_use]
    pub const fn variables(&self) -> usize {
        self.matrices.columns
    }

    pub(crate) const fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    pub(crate) const fn program(&self) -> &Program {
        &self.program
    }
}

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuit").field("constraints", &self.constraints()).finish_non_exhaustive()
    }
}

impl Program {
    /// What the circuit of `requirement` is compiled from.
    pub(crate) fn of(requirement: &Requirement) -> Self {
        Self {
            schema: requirement.schema(),
            formula: requirement.normal().clone(),
            digest: RequirementDigest::of(requirement),
        }
    }

    /// The matrices, from an all-missing stand-in record: synthesis does not look at values.
    pub(crate) fn matrices(&self) -> Result<Matrices, Error> {
        self.check()?;
        let empty = Witness::stand_in(&Record::empty(self.schema));
        let mut system = crate::gadget::System::with_rows(&[Fr::ZERO; INPUTS]);
        synthesise(&mut system, self, &empty);
        let (rows, assignment) = system.finish();
        Ok(Matrices::new(rows, assignment.len()))
    }

    /// Whether there are rows for the formula.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.formula == Formula::False || !self.is_well_formed(&self.formula) {
            return Err(Error::Unsatisfiable);
        }
        if self.formula.openings() > MAX_OPENINGS {
            return Err(Error::TooLarge);
        }
        Ok(())
    }

    fn is_well_formed(&self, formula: &Formula) -> bool {
        match formula {
            Formula::False => false,
            Formula::Literal(literal) => self.has_sound_operands(literal),
            Formula::All(parts) | Formula::Any(parts) => {
                !parts.is_empty() && parts.iter().all(|part| self.is_well_formed(part))
            }
            Formula::AtLeast(k, parts) => {
                let most = u32::try_from(parts.len()).unwrap_or(u32::MAX);
                (1..=most).contains(k) && parts.iter().all(|part| self.is_well_formed(part))
            }
        }
    }

    /// The fields exist, and no interval of codes reaches a sentinel.
    fn has_sound_operands(&self, literal: &Literal) -> bool {
        let Some(spec) = self.schema.spec(literal.field()) else { return false };
        let exists = literal.other().is_none_or(|field| self.schema.spec(field).is_some());
        match literal {
            Literal::Has(_, set)
            | Literal::Lacks(_, set)
            | Literal::CountAtLeast(_, set, _)
            | Literal::CountAtMost(_, set, _)
            | Literal::CountEqual(_, set, _) => {
                let last = (1u64 << spec.bits()).saturating_sub(2);
                let sound = |(lo, hi): &(u64, u64)| 1 <= *lo && lo <= hi && *hi <= last;
                let apart = set.is_sorted_by(|left, right| left.1 < right.0);
                spec.kind.is_list() && !set.is_empty() && set.iter().all(sound) && apart
            }
            Literal::HiAtMost(_, c) | Literal::LoAtLeast(_, c) => *c <= spec.range(),
            Literal::Within(_, a, b) => a <= b && *b <= spec.range(),
            _ => exists,
        }
    }
}
