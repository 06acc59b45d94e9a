//! The requirement language: what an institution asks of a record.
//!
//! ```text
//! text ─ parse, type-check ─▶ syntax tree ─ negation inward, fold, sort ─▶ normal form
//! JSON ─────────┘                  │                                          │
//!                                  ▼                                          ▼
//!                      evaluate: True, False, Unknown        canonical text, digest Q, circuit
//! Q = h2f(MEDCRYPTO-ZK-V01-REQUIREMENT, canonical text)
//! ```
//!
//! A requirement is met only by `True`. A missing value satisfies neither a question nor its
//! negation, so nothing can be proven from an absent field but that it is absent.
//! `docs/requirement-language.md` is the reference. Status: *composition*.

use core::fmt;

use medcrypto_core::dst::zk;

use crate::hash::h2f_wide;
use crate::record::Record;
use crate::schema::{FieldId, Schema};

mod ast;
mod check;
mod error;
mod evaluate;
mod json;
pub(crate) mod normal;
mod normalise;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use error::{Position, RequirementError, RequirementErrorKind};
pub use evaluate::Truth;

/// Longest text in bytes, in either form.
pub const MAX_TEXT: usize = 1 << 16;
/// Deepest nesting; an atom alone has depth 1.
pub const MAX_DEPTH: usize = 8;
/// Most groups, negations and atoms together.
pub const MAX_NODES: usize = 256;
/// Most members of one set.
pub const MAX_SET: usize = 256;

/// A requirement that fits its schema.
#[derive(Clone)]
pub struct Requirement {
    schema: Schema,
    expr: ast::Expr,
    normal: normal::Formula,
    canonical: String,
}

impl Requirement {
    /// Reads the text form.
    ///
    /// # Errors
    /// [`RequirementError`], with line and column.
    pub fn parse(schema: Schema, text: &str) -> Result<Self, RequirementError> {
        let position = Position::Text { line: 1, column: 1 };
        let placed = |kind| RequirementError { kind, position };
        parse::parse(schema, text).and_then(|expr| Self::new(schema, expr).map_err(placed))
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`RequirementError`], with the path of the part.
    pub fn from_json(schema: Schema, json: &str) -> Result<Self, RequirementError> {
        let position = Position::Json("$".into());
        let placed = |kind| RequirementError { kind, position };
        json::parse(schema, json).and_then(|expr| Self::new(schema, expr).map_err(placed))
    }

    /// Normalises. The canonical text must be a requirement itself, under the limits of the
    /// language: Q names what anybody can read again.
    fn new(schema: Schema, expr: ast::Expr) -> Result<Self, RequirementErrorKind> {
        let normal = normalise::normalise(schema, &expr);
        let canonical = print::Printer(schema).formula(&normal);
        if normal != normal::Formula::False && parse::parse(schema, &canonical).is_err() {
            return Err(RequirementErrorKind::NormalForm);
        }
        Ok(Self { schema, expr, normal, canonical })
    }

    /// The JSON form, as it was written.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::print(self.schema, &self.expr)
    }

    /// The canonical text: equal for two requirements exactly when their normal forms are.
    ///
    /// It parses to the same normal form, or is `false` if the bounds of the schema exclude every
    /// record.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The schema that the requirement was checked against.
    #[must_use]
    pub const fn schema(&self) -> Schema {
        self.schema
    }

    /// The fields that the requirement reads, in the order of the schema.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        let both = |atom: &ast::Atom| {
            let (first, second) = atom.fields();
            [Some(first), second]
        };
        let mut fields: Vec<_> = self.expr.atoms().into_iter().flat_map(both).flatten().collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// The value on a record; `Unknown` on a record of another schema.
    ///
    /// For the holder's own eyes: which part failed is nobody else's business, so nothing finer
    /// than the three values leaves this crate.
    #[must_use]
    pub fn evaluate(&self, record: &Record) -> Truth {
        if record.schema().digest_wide() != self.schema.digest_wide() {
            return Truth::Unknown;
        }
        evaluate::evaluate(&self.expr, record)
    }

    /// What circuits compile.
    pub(crate) const fn normal(&self) -> &normal::Formula {
        &self.normal
    }

    /// The digest Q before its reduction modulo r.
    pub(crate) fn digest_wide(&self) -> [u8; 64] {
        h2f_wide(zk::REQUIREMENT, self.canonical.as_bytes())
    }
}

/// The text form, as it was written, on one line.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print::Printer(self.schema).expr(&self.expr))
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requirement({self})")
    }
}
