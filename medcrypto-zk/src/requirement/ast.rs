//! The typed syntax tree, as it was written: nothing is normalised here.

use crate::schema::{Date, FieldId};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    AtLeast(u32, Vec<Expr>),
    Atom(Atom),
}

/// A question about one field, or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Atom {
    /// `id OP decimal "unit"`; the number is scaled by the field's decimals.
    Number(FieldId, Op, i64),
    /// `id in [a, b] "unit"`.
    Range(FieldId, i64, i64),
    /// `age(id) OP years on DATE`.
    Age(FieldId, Op, u16, Date),
    /// `id = name`, `id = true`.
    Is(FieldId, u64),
    /// `id in {name, …}`.
    OneOf(FieldId, Vec<u64>),
    /// `cmp(a + c, b) OP 0`: how a + c stands to b.
    Compare {
        left: FieldId,
        plus: i64,
        right: FieldId,
        op: Op,
    },
    Has(FieldId, Set),
    Lacks(FieldId, Set),
    Count(FieldId, Set, Op, u32),
    Present(FieldId),
    Missing(FieldId),
}

/// A set of codes of the field's terminology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    Codes(Vec<u64>),
    Under((u64, u64)),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Lt,
    Le,
    Eq,
    Ne,
    Ge,
    Gt,
}

impl Op {
    pub(crate) const ALL: [Self; 6] = [Self::Lt, Self::Le, Self::Eq, Self::Ne, Self::Ge, Self::Gt];

    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Ge => ">=",
            Self::Gt => ">",
        }
    }

    /// The comparison that holds exactly when this one fails.
    pub(crate) const fn negated(self) -> Self {
        match self {
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
        }
    }
}

impl Atom {
    /// The fields that the atom reads.
    pub(crate) fn fields(&self) -> (FieldId, Option<FieldId>) {
        match *self {
            Self::Compare { left, right, .. } => (left, Some(right)),
            Self::Number(field, ..)
            | Self::Range(field, ..)
            | Self::Age(field, ..)
            | Self::Is(field, _)
            | Self::OneOf(field, _)
            | Self::Has(field, _)
            | Self::Lacks(field, _)
            | Self::Count(field, ..)
            | Self::Present(field)
            | Self::Missing(field) => (field, None),
        }
    }
}

impl Expr {
    /// Every atom, from left to right.
    pub(crate) fn atoms(&self) -> Vec<&Atom> {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().flat_map(Self::atoms).collect()
            }
            Self::Not(part) => part.atoms(),
            Self::Atom(atom) => vec![atom],
        }
    }
}
