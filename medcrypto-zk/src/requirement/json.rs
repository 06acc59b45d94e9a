//! The JSON form, one to one with the text form.
//!
//! ```text
//! {"all": [e, …]} {"any": [e, …]} {"not": e} {"at_least": {"k": 2, "of": [e, …]}}
//! {"number": {"field", "op", "value": "6.1", "unit"}}
//! {"range": {"field", "from": "1", "to": "2", "unit"}}
//! {"age": {"field", "op", "years": 40, "on": "2013-04-02"}}
//! {"is": {"field", "value": "male"}}            {"one_of": {"field", "values": ["male", …]}}
//! {"cmp": {"left", "plus": "0", "right", "op"}}
//! {"has": {"field", "set"}} {"lacks": {"field", "set"}} {"count": {"field", "set", "op", "k": 3}}
//! {"present": "field"} {"missing": "field"}
//! set   {"codes": ["sct:254637007", …]} | {"under": "E11"}
//! ```
//!
//! Decimals are strings, because a JSON number has no exact decimals everywhere. Unknown and
//! repeated keys are refused.

use serde_json::{Map, Value, json};

use super::MAX_TEXT;
use super::ast::{Atom, Expr, Op, Set};
use super::check::Checker;
use super::error::{Position, RequirementError, RequirementErrorKind as Kind};
use super::print::Printer;
use crate::schema::{FieldId, Schema};

type Result<T> = core::result::Result<T, RequirementError>;

/// Parses a whole requirement.
pub(super) fn parse(schema: Schema, text: &str) -> Result<Expr> {
    if text.len() > MAX_TEXT {
        return Err(Node::root(&Value::Null).error(Kind::TooLong));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| RequirementError {
        kind: Kind::Json,
        position: Position::Text { line: error.line(), column: error.column() },
    })?;
    let root = Node::root(&value);
    if colons(text) != members(&value) {
        return Err(root.error(Kind::RepeatedKey));
    }
    expr(&mut Checker::new(schema), &root, 1)
}

/// Colons outside strings of a JSON text: one a member, repeated keys included.
fn colons(json: &str) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Members that are left when the last of each repeated key has won.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(map) => map.len() + map.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// A value with its path.
struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    fn root(value: &'a Value) -> Self {
        Self { value, path: "$".into() }
    }

    fn error(&self, kind: Kind) -> RequirementError {
        RequirementError { kind, position: Position::Json(self.path.clone()) }
    }

    fn check<T>(&self, result: core::result::Result<T, Kind>) -> Result<T> {
        result.map_err(|kind| self.error(kind))
    }

    fn string(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.error(Kind::Expected("a string")))
    }

    /// A whole number as text, for the same checks as in the text form.
    fn integer(&self) -> Result<String> {
        let number = self.value.as_u64().map(|number| number.to_string());
        number.ok_or_else(|| self.error(Kind::Expected("a whole number")))
    }

    fn array(&self) -> Result<Vec<Node<'a>>> {
        let items = self.value.as_array().ok_or_else(|| self.error(Kind::Expected("an array")))?;
        let node = |(i, value)| Node { value, path: format!("{}[{i}]", self.path) };
        Ok(items.iter().enumerate().map(node).collect())
    }

    fn map(&self) -> Result<&'a Map<String, Value>> {
        self.value.as_object().ok_or_else(|| self.error(Kind::Expected("an object")))
    }

    /// The members with exactly these keys.
    fn members<const N: usize>(&self, keys: [&'static str; N]) -> Result<[Node<'a>; N]> {
        let map = self.map()?;
        if let Some(stranger) = map.keys().find(|key| !keys.contains(&key.as_str())) {
            let path = format!("{}.{stranger}", self.path);
            return Err(Node { value: self.value, path }.error(Kind::Expected("no such key")));
        }
        if let Some(absent) = keys.into_iter().find(|key| !map.contains_key(*key)) {
            return Err(self.error(Kind::Expected(absent)));
        }
        Ok(keys.map(|key| Node {
            value: map.get(key).unwrap_or(&Value::Null),
            path: format!("{}.{key}", self.path),
        }))
    }

    /// The only member.
    fn only(&self) -> Result<(&'a str, Node<'a>)> {
        let mut members = self.map()?.iter();
        match (members.next(), members.next()) {
            (Some((key, value)), None) => {
                Ok((key, Node { value, path: format!("{}.{key}", self.path) }))
            }
            _ => Err(self.error(Kind::Expected("an object with one key"))),
        }
    }

    fn field(&self, checker: &Checker) -> Result<FieldId> {
        self.check(checker.field(self.string()?))
    }

    fn op(&self) -> Result<Op> {
        let symbol = self.string()?;
        let op = Op::ALL.into_iter().find(|op| op.symbol() == symbol);
        op.ok_or_else(|| self.error(Kind::Expected("a comparison")))
    }
}

fn expr(checker: &mut Checker, node: &Node<'_>, depth: usize) -> Result<Expr> {
    node.check(checker.enter(depth))?;
    let (key, body) = node.only()?;
    Ok(match key {
        "all" => Expr::All(group(checker, &body, depth)?),
        "any" => Expr::Any(group(checker, &body, depth)?),
        "not" => Expr::Not(Box::new(expr(checker, &body, depth + 1)?)),
        "at_least" => {
            let [k, of] = body.members(["k", "of"])?;
            let parts = group(checker, &of, depth)?;
            Expr::AtLeast(k.check(Checker::threshold(&k.integer()?, &parts))?, parts)
        }
        _ => Expr::Atom(atom(checker, key, &body)?),
    })
}

fn group(checker: &mut Checker, node: &Node<'_>, depth: usize) -> Result<Vec<Expr>> {
    let parts: Vec<Expr> =
        node.array()?.iter().map(|part| expr(checker, part, depth + 1)).collect::<Result<_>>()?;
    node.check(Checker::group(&parts))?;
    Ok(parts)
}

fn atom(checker: &Checker, key: &str, body: &Node<'_>) -> Result<Atom> {
    match key {
        "number" => number(checker, body),
        "range" => range(checker, body),
        "age" => age(checker, body),
        "is" => {
            let [field, value] = body.members(["field", "value"])?;
            let id = field.field(checker)?;
            value.check(checker.name(id, value.string()?)).map(|value| Atom::Is(id, value))
        }
        "one_of" => {
            let [field, values] = body.members(["field", "values"])?;
            let id = field.field(checker)?;
            let name = |node: &Node<'_>| node.check(checker.name(id, node.string()?));
            let names = values.array()?.iter().map(name).collect::<Result<_>>()?;
            values.check(checker.one_of(id, names))
        }
        "cmp" => compare(checker, body),
        "has" => {
            let [field, set] = body.members(["field", "set"])?;
            listed(checker, &field, &set).map(|(id, set)| Atom::Has(id, set))
        }
        "lacks" => {
            let [field, set] = body.members(["field", "set"])?;
            listed(checker, &field, &set).map(|(id, set)| Atom::Lacks(id, set))
        }
        "count" => {
            let [field, set, op, k] = body.members(["field", "set", "op", "k"])?;
            let (id, set) = listed(checker, &field, &set)?;
            k.check(Checker::count(id, set, op.op()?, &k.integer()?))
        }
        "present" => body.field(checker).map(Atom::Present),
        "missing" => body.field(checker).map(Atom::Missing),
        _ => Err(body.error(Kind::Expected("an expression"))),
    }
}

fn number(checker: &Checker, body: &Node<'_>) -> Result<Atom> {
    let [field, op, value, unit] = body.members(["field", "op", "value", "unit"])?;
    let id = field.field(checker)?;
    let scaled = value.check(checker.number(id, value.string()?))?;
    unit.check(checker.unit(id, unit.string()?))?;
    Ok(Atom::Number(id, op.op()?, scaled))
}

fn range(checker: &Checker, body: &Node<'_>) -> Result<Atom> {
    let [field, from, to, unit] = body.members(["field", "from", "to", "unit"])?;
    let id = field.field(checker)?;
    let lo = from.check(checker.number(id, from.string()?))?;
    let hi = to.check(checker.number(id, to.string()?))?;
    unit.check(checker.unit(id, unit.string()?))?;
    body.check(Checker::range(id, lo, hi))
}

fn age(checker: &Checker, body: &Node<'_>) -> Result<Atom> {
    let [field, op, years, on] = body.members(["field", "op", "years", "on"])?;
    let id = field.field(checker)?;
    field.check(checker.date_field(id))?;
    let years = years.check(Checker::years(&years.integer()?))?;
    Ok(Atom::Age(id, op.op()?, years, on.check(Checker::date(on.string()?))?))
}

fn compare(checker: &Checker, body: &Node<'_>) -> Result<Atom> {
    let [left, plus, right, op] = body.members(["left", "plus", "right", "op"])?;
    let (a, b) = (left.field(checker)?, right.field(checker)?);
    let scaled = plus.check(checker.number(a, plus.string()?))?;
    body.check(checker.comparable(a, b))?;
    Ok(Atom::Compare { left: a, plus: scaled, right: b, op: op.op()? })
}

fn listed(checker: &Checker, field: &Node<'_>, set: &Node<'_>) -> Result<(FieldId, Set)> {
    let id = field.field(checker)?;
    field.check(checker.list(id))?;
    let (key, body) = set.only()?;
    let code = |node: &Node<'_>| {
        let (system, code) = node.string()?.split_once(':').unwrap_or(("", ""));
        node.check(checker.code(id, system, code))
    };
    let set = match key {
        "codes" => {
            let codes = body.array()?.iter().map(code).collect::<Result<_>>()?;
            body.check(Checker::codes(codes))?
        }
        "under" => body.check(checker.under(id, body.string()?))?,
        _ => return Err(body.error(Kind::Expected("codes or under"))),
    };
    Ok((id, set))
}

/// The JSON text of a syntax tree, without white space.
pub(super) fn print(schema: Schema, expr: &Expr) -> String {
    value(Printer(schema), expr).to_string()
}

fn value(printer: Printer, expr: &Expr) -> Value {
    let list = |parts: &[Expr]| parts.iter().map(|part| value(printer, part)).collect::<Value>();
    match expr {
        Expr::All(parts) => json!({ "all": list(parts) }),
        Expr::Any(parts) => json!({ "any": list(parts) }),
        Expr::Not(part) => json!({ "not": value(printer, part) }),
        Expr::AtLeast(k, parts) => json!({ "at_least": { "k": k, "of": list(parts) } }),
        Expr::Atom(atom) => atom_value(printer, atom),
    }
}

fn atom_value(printer: Printer, atom: &Atom) -> Value {
    let name = |field| printer.name(field);
    let set = |field, set: &Set| match set {
        Set::Codes(codes) => {
            json!({ "codes": codes.iter().map(|c| printer.code(field, *c)).collect::<Value>() })
        }
        Set::Under(interval) => json!({ "under": printer.prefix(field, *interval) }),
    };
    match atom {
        Atom::Number(f, op, c) => json!({ "number": { "field": name(*f), "op": op.symbol(),
            "value": printer.number(*f, *c), "unit": printer.unit(*f) } }),
        Atom::Range(f, a, b) => json!({ "range": { "field": name(*f),
            "from": printer.number(*f, *a), "to": printer.number(*f, *b),
            "unit": printer.unit(*f) } }),
        Atom::Age(f, op, years, on) => json!({ "age": { "field": name(*f), "op": op.symbol(),
            "years": years, "on": on.to_string() } }),
        Atom::Is(f, v) => {
            json!({ "is": { "field": name(*f), "value": printer.value_name(*f, *v) } })
        }
        Atom::OneOf(f, values) => json!({ "one_of": { "field": name(*f), "values":
            values.iter().map(|v| printer.value_name(*f, *v)).collect::<Value>() } }),
        Atom::Compare { left, plus, right, op } => json!({ "cmp": { "left": name(*left),
            "plus": printer.number(*left, *plus), "right": name(*right), "op": op.symbol() } }),
        Atom::Has(f, s) => json!({ "has": { "field": name(*f), "set": set(*f, s) } }),
        Atom::Lacks(f, s) => json!({ "lacks": { "field": name(*f), "set": set(*f, s) } }),
        Atom::Count(f, s, op, k) => json!({ "count": { "field": name(*f), "set": set(*f, s),
            "op": op.symbol(), "k": k } }),
        Atom::Present(f) => json!({ "present": name(*f) }),
        Atom::Missing(f) => json!({ "missing": name(*f) }),
    }
}
