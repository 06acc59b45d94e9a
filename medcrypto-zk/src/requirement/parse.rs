//! The text form.
//!
//! ```text
//! expr  all(expr, …) | any(expr, …) | not(expr) | at_least(k, expr, …) | atom
//! atom  id OP decimal "unit" | id in [a, b] "unit" | id = name | id in {name, …}
//!       age(id) OP int on YYYY-MM-DD | cmp(id + decimal, id) OP 0
//!       has(id, set) | lacks(id, set) | count(id, set) OP int | present(id) | missing(id)
//! set   {system:code, …} | under "prefix"
//! OP    < <= = != >= >
//! ```
//!
//! Recursive descent, one token of look-ahead. Depth, nodes and length are bounded before memory
//! is spent.

use super::MAX_TEXT;
use super::ast::{Atom, Expr, Op, Set};
use super::check::Checker;
use super::error::{Position, RequirementError, RequirementErrorKind as Kind};
use crate::schema::{FieldId, Schema, SlotType, is_identifier};

type Result<T> = core::result::Result<T, RequirementError>;

/// Parses a whole requirement.
pub(super) fn parse(schema: Schema, text: &str) -> Result<Expr> {
    let mut parser = Parser { text, at: 0, checker: Checker::new(schema) };
    if text.len() > MAX_TEXT {
        return Err(parser.error_at(0, Kind::TooLong));
    }
    if let Some(at) = text.bytes().position(|b| !matches!(b, b' '..=b'~' | b'\t' | b'\n' | b'\r')) {
        return Err(parser.error_at(at, Kind::NotAscii));
    }
    let expr = parser.expr(1)?;
    parser.skip_space();
    if parser.at == text.len() { Ok(expr) } else { Err(parser.expected("the end")) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    checker: Checker,
}

/// A piece of text with its offset.
#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn error_at(&self, at: usize, kind: Kind) -> RequirementError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
        RequirementError { kind, position: Position::Text { line, column } }
    }

    fn expected(&self, what: &'static str) -> RequirementError {
        self.error_at(self.at, Kind::Expected(what))
    }

    /// Places an error of the type-check.
    fn check<T>(&self, at: usize, result: core::result::Result<T, Kind>) -> Result<T> {
        result.map_err(|kind| self.error_at(at, kind))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// The longest run of such characters, possibly empty.
    fn run(&mut self, is_part: impl Fn(char) -> bool) -> Token<'a> {
        self.skip_space();
        let (at, rest) = (self.at, self.rest());
        let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += len;
        Token { text: rest.get(..len).unwrap_or(""), at }
    }

    fn take(&mut self, symbol: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(symbol);
        self.at += if found { symbol.len() } else { 0 };
        found
    }

    fn require(&mut self, symbol: &'static str) -> Result<()> {
        if self.take(symbol) { Ok(()) } else { Err(self.expected(symbol)) }
    }

    fn word(&mut self, what: &'static str) -> Result<Token<'a>> {
        let word = self.run(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let is_word = is_identifier(word.text);
        if is_word { Ok(word) } else { Err(self.error_at(word.at, Kind::Expected(what))) }
    }

    fn digits(&mut self) -> Token<'a> {
        self.run(|c| c.is_ascii_digit() || c == '.' || c == '-')
    }

    fn quoted(&mut self, what: &'static str) -> Result<Token<'a>> {
        self.skip_space();
        let at = self.at;
        let body = self.rest().strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (text, _) = body.ok_or_else(|| self.expected(what))?;
        self.at += text.len() + 2;
        Ok(Token { text, at })
    }

    fn op(&mut self) -> Result<Op> {
        self.skip_space();
        // Longest first: "<=" before "<".
        let longest = [Op::Le, Op::Ge, Op::Ne, Op::Lt, Op::Gt, Op::Eq];
        let op = longest.into_iter().find(|op| self.rest().starts_with(op.symbol()));
        let op = op.ok_or_else(|| self.expected("a comparison"))?;
        self.at += op.symbol().len();
        Ok(op)
    }

    fn field(&mut self) -> Result<FieldId> {
        let name = self.word("a field")?;
        self.check(name.at, self.checker.field(name.text))
    }

    fn expr(&mut self, depth: usize) -> Result<Expr> {
        let word = self.word("an expression")?;
        let entered = self.checker.enter(depth);
        self.check(word.at, entered)?;
        if !self.take("(") {
            return self.value_atom(word).map(Expr::Atom);
        }
        let expr = match word.text {
            "all" => Expr::All(self.group(word, depth)?),
            "any" => Expr::Any(self.group(word, depth)?),
            "not" => Expr::Not(Box::new(self.expr(depth + 1)?)),
            "at_least" => self.at_least(depth)?,
            _ => return self.call_atom(word).map(Expr::Atom),
        };
        self.require(")")?;
        Ok(expr)
    }

    fn group(&mut self, word: Token<'_>, depth: usize) -> Result<Vec<Expr>> {
        self.skip_space();
        if self.rest().starts_with(')') {
            return Err(self.error_at(word.at, Kind::EmptyGroup));
        }
        let mut parts = vec![self.expr(depth + 1)?];
        while self.take(",") {
            parts.push(self.expr(depth + 1)?);
        }
        Ok(parts)
    }

    fn at_least(&mut self, depth: usize) -> Result<Expr> {
        let k = self.digits();
        let mut parts = Vec::new();
        while self.take(",") {
            parts.push(self.expr(depth + 1)?);
        }
        let k = self.check(k.at, Checker::threshold(k.text, &parts))?;
        Ok(Expr::AtLeast(k, parts))
    }

    /// `id …` without a bracket.
    fn value_atom(&mut self, name: Token<'_>) -> Result<Atom> {
        let field = self.check(name.at, self.checker.field(name.text))?;
        let kind = self.check(name.at, self.checker.kind(field))?;
        if self.rest().starts_with("in") {
            self.require("in")?;
            self.skip_space();
            let is_set = self.rest().starts_with('{');
            return if is_set { self.names(field) } else { self.range(name, field) };
        }
        if matches!(kind, SlotType::Enum | SlotType::Boolean) {
            self.require("=")?;
            let value = self.word("a value")?;
            return self
                .check(value.at, self.checker.name(field, value.text))
                .map(|v| Atom::Is(field, v));
        }
        if !kind.is_numeric() {
            return Err(self.error_at(name.at, Kind::WrongType("a number, an enum or a boolean")));
        }
        let op = self.op()?;
        let value = self.number(field)?;
        self.unit(field)?;
        Ok(Atom::Number(field, op, value))
    }

    fn number(&mut self, field: FieldId) -> Result<i64> {
        let number = self.digits();
        self.check(number.at, self.checker.number(field, number.text))
    }

    fn unit(&mut self, field: FieldId) -> Result<()> {
        let unit = self.quoted("a unit in quotes")?;
        self.check(unit.at, self.checker.unit(field, unit.text))
    }

    fn range(&mut self, name: Token<'_>, field: FieldId) -> Result<Atom> {
        self.require("[")?;
        let lo = self.number(field)?;
        self.require(",")?;
        let hi = self.number(field)?;
        self.require("]")?;
        self.unit(field)?;
        self.check(name.at, Checker::range(field, lo, hi))
    }

    fn names(&mut self, field: FieldId) -> Result<Atom> {
        let at = self.at;
        self.require("{")?;
        let mut names = Vec::new();
        while !self.take("}") {
            if !names.is_empty() {
                self.require(",")?;
            }
            let name = self.word("a value")?;
            names.push(self.check(name.at, self.checker.name(field, name.text))?);
        }
        self.check(at, self.checker.one_of(field, names))
    }

    /// `word(…` of an atom; the bracket is read.
    fn call_atom(&mut self, word: Token<'_>) -> Result<Atom> {
        match word.text {
            "age" => self.age(),
            "cmp" => self.compare(),
            "has" => self.listed().map(|(field, set)| Atom::Has(field, set)),
            "lacks" => self.listed().map(|(field, set)| Atom::Lacks(field, set)),
            "count" => self.count(),
            "present" => self.closed_field().map(Atom::Present),
            "missing" => self.closed_field().map(Atom::Missing),
            _ => Err(self.error_at(word.at, Kind::Expected("an expression"))),
        }
    }

    fn closed_field(&mut self) -> Result<FieldId> {
        let field = self.field()?;
        self.require(")")?;
        Ok(field)
    }

    fn age(&mut self) -> Result<Atom> {
        self.skip_space();
        let at = self.at;
        let field = self.closed_field()?;
        self.check(at, self.checker.date_field(field))?;
        let op = self.op()?;
        let years = self.digits();
        let years = self.check(years.at, Checker::years(years.text))?;
        self.require("on")?;
        let date = self.digits();
        let date = self.check(date.at, Checker::date(date.text))?;
        Ok(Atom::Age(field, op, years, date))
    }

    fn compare(&mut self) -> Result<Atom> {
        self.skip_space();
        let at = self.at;
        let left = self.field()?;
        self.require("+")?;
        let plus = self.number(left)?;
        self.require(",")?;
        let right = self.closed_field()?;
        self.check(at, self.checker.comparable(left, right))?;
        let op = self.op()?;
        let zero = self.digits();
        if zero.text != "0" {
            return Err(self.error_at(zero.at, Kind::Expected("0")));
        }
        Ok(Atom::Compare { left, plus, right, op })
    }

    /// `id, set)`.
    fn listed(&mut self) -> Result<(FieldId, Set)> {
        self.skip_space();
        let at = self.at;
        let field = self.field()?;
        self.check(at, self.checker.list(field))?;
        self.require(",")?;
        let set = self.set(field)?;
        self.require(")")?;
        Ok((field, set))
    }

    fn count(&mut self) -> Result<Atom> {
        let (field, set) = self.listed()?;
        let op = self.op()?;
        let count = self.digits();
        self.check(count.at, Checker::count(field, set, op, count.text))
    }

    fn set(&mut self, field: FieldId) -> Result<Set> {
        if self.take("under") {
            let prefix = self.quoted("a prefix in quotes")?;
            return self.check(prefix.at, self.checker.under(field, prefix.text));
        }
        self.skip_space();
        let at = self.at;
        self.require("{")?;
        let mut codes = Vec::new();
        while !self.take("}") {
            if !codes.is_empty() {
                self.require(",")?;
            }
            codes.push(self.code(field)?);
        }
        self.check(at, Checker::codes(codes))
    }

    fn code(&mut self, field: FieldId) -> Result<u64> {
        let system = self.word("a code such as sct:254637007")?;
        self.require(":")?;
        let code = self.run(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        self.check(system.at, self.checker.code(field, system.text, code.text))
    }
}
