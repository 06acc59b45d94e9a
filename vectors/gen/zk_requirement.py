"""The requirement language: text to normal form to canonical text.

Written from docs/requirement-language.md; gen/zk_normal.py holds the normal forms. The default schema
has no boolean field and no list of base-37 codes, so neither is here.
"""

import datetime
import re

from gen import zk_schema as schema
from gen.zk_normal import (
    age, all_of, any_of, compare, compared, count, lit, one_of, outside, show, threshold, within,
)  # fmt: skip

TOKEN = re.compile(r'\s*([a-z][a-z0-9_]*|-?[0-9][0-9.\-]*|"[^"]*"|<=|>=|!=|[<>=(){}\[\],:+])')
CODE = re.compile(r"\s*([A-Za-z0-9.\-]+)")
NEGATED = {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">=": "<", ">": "<="}
SYSTEMS = ("sct", "loinc", "icd10", "atc")


class Refused(Exception):
    """A requirement that is none; the argument is the class of the error."""


def need(holds, error):
    if not holds:
        raise Refused(error)


class Parser:
    """Recursive descent; atoms become functions of `negate` to a normal form."""

    def __init__(self, text):
        need(len(text) <= 1 << 16, "TooLong")
        need(all(c in "\t\n\r" or " " <= c <= "~" for c in text), "NotAscii")
        self.text, self.at, self.nodes = text, 0, 0

    def peek(self):
        found = TOKEN.match(self.text, self.at)
        return found.group(1) if found else ""

    def next(self):
        found = TOKEN.match(self.text, self.at)
        need(found, "Expected")
        self.at = found.end()
        return found.group(1)

    def take(self, token):
        if self.peek() == token:
            self.next()
            return True
        return False

    def require(self, token):
        need(self.take(token), "Expected")

    def whole(self):
        node = self.expr(1)
        need(not self.text[self.at :].strip(), "Expected")
        return node

    def field(self):
        name = self.next()
        need(name in schema.BY_NAME, "UnknownField")
        return schema.BY_NAME[name]

    def expr(self, depth):
        word = self.next()
        need(re.fullmatch("[a-z][a-z0-9_]{0,31}", word), "Expected")
        self.nodes += 1
        need(depth <= 8, "TooDeep")
        need(self.nodes <= 256, "TooManyNodes")
        if not self.take("("):
            return self.value(word)
        if word in ("all", "any", "not", "at_least"):
            node = getattr(self, word)(depth)
            self.require(")")
            return node
        calls = ("age", "cmp", "has", "lacks", "count", "present", "missing")
        need(word in calls, "Expected")
        return getattr(self, word)()

    def parts(self, depth):
        need(self.peek() != ")", "EmptyGroup")
        parts = [self.expr(depth + 1)]
        while self.take(","):
            parts.append(self.expr(depth + 1))
        return parts

    def all(self, depth):
        parts = self.parts(depth)
        return lambda negate: (any_of if negate else all_of)([p(negate) for p in parts])

    def any(self, depth):
        parts = self.parts(depth)
        return lambda negate: (all_of if negate else any_of)([p(negate) for p in parts])

    def not_(self, depth):
        part = self.expr(depth + 1)
        return lambda negate: part(not negate)

    def at_least(self, depth):
        k = whole(self.next())
        parts = []
        while self.take(","):
            parts.append(self.expr(depth + 1))
        need(parts, "EmptyGroup")
        need(1 <= k <= len(parts), "Threshold")
        n = len(parts)
        return lambda negate: threshold(n - k + 1 if negate else k, [p(negate) for p in parts])

    def value(self, name):
        need(name in schema.BY_NAME, "UnknownField")
        field = schema.BY_NAME[name]
        if self.take("in"):
            return self.names(field) if self.take("{") else self.range(field)
        if field.kind == schema.ENUM:
            self.require("=")
            return one_of(field, [self.name(field)])
        need(is_number(field), "WrongType")
        op = self.next()
        need(op in NEGATED, "Expected")
        value = scaled(field, self.next()) - field.min
        self.unit(field)
        return lambda negate: compared(field, NEGATED[op] if negate else op, value)

    def unit(self, field):
        unit = self.next()
        need(unit[0] == '"', "Expected")
        need(unit[1:-1] == field.unit, "WrongUnit")

    def range(self, field):
        self.require("[")
        low = scaled(field, self.next()) - field.min
        self.require(",")
        high = scaled(field, self.next()) - field.min
        self.require("]")
        self.unit(field)
        need(low <= high, "EmptyInterval")
        return lambda negate: (outside if negate else within)(field, low, high)

    def name(self, field):
        need(field.kind == schema.ENUM, "WrongType")
        name = self.next()
        need(name in field.names, "UnknownName")
        return field.names.index(name)

    def names(self, field):
        values = []
        while not self.take("}"):
            if values:
                self.require(",")
            values.append(self.name(field))
        need(field.kind == schema.ENUM, "WrongType")
        need(values, "EmptySet")
        need(len(values) <= 256, "SetTooLarge")
        return one_of(field, values)

    def closed(self):
        field = self.field()
        self.require(")")
        return field

    def present(self):
        name = self.closed().name
        return lambda negate: lit(f"{'missing' if negate else 'present'}({name})")

    def missing(self):
        name = self.closed().name
        return lambda negate: lit(f"{'present' if negate else 'missing'}({name})")

    def age(self):
        field = self.closed()
        need(field.kind == schema.DATE, "WrongType")
        op = self.next()
        need(op in NEGATED, "Expected")
        years = whole(self.next())
        need(years <= 150, "NumberOutOfRange")
        self.require("on")
        on = calendar_day(self.next())
        return lambda negate: age(field, NEGATED[op] if negate else op, years, on)

    def cmp(self):
        left = self.field()
        self.require("+")
        plus = scaled(left, self.next())
        self.require(",")
        right = self.closed()
        alike = (left.unit, left.decimals) == (right.unit, right.decimals)
        need(is_number(right) and alike and left is not right, "NotComparable")
        op = self.next()
        need(op in NEGATED, "Expected")
        need(self.next() == "0", "Expected")
        return lambda negate: compare(left, plus, right, NEGATED[op] if negate else op)

    def listed(self):
        field = self.field()
        need(field.kind == schema.CODES60, "WrongType")
        self.require(",")
        if self.take("under"):
            self.next()
            raise Refused("Code")  # No list of the default schema has prefixes.
        self.require("{")
        codes = []
        while not self.take("}"):
            if codes:
                self.require(",")
            codes.append(self.code())
        need(codes, "EmptySet")
        need(len(codes) <= 256, "SetTooLarge")
        self.require(")")
        shown = ", ".join(f"sct:{code}" for code in sorted(set(codes)))
        return f"{field.name}, {{{shown}}}"

    def code(self):
        system = self.next()
        self.require(":")
        found = CODE.match(self.text, self.at)
        need(found, "Code")
        self.at = found.end()
        need(system in SYSTEMS, "Expected")
        need(system == "sct", "WrongSystem")
        try:
            return schema.snomed(found.group(1))
        except schema.BadCode as error:
            raise Refused("Code") from error

    def has(self):
        listed = self.listed()
        return lambda negate: lit(f"{'lacks' if negate else 'has'}({listed})")

    def lacks(self):
        listed = self.listed()
        return lambda negate: lit(f"{'has' if negate else 'lacks'}({listed})")

    def count(self):
        listed = self.listed()
        op = self.next()
        need(op in NEGATED, "Expected")
        k = whole(self.next())
        shift = op in (">=", "<")
        need(shift <= k <= 62 + shift, "CountOutOfRange")
        return lambda negate: count(listed, NEGATED[op] if negate else op, k)


setattr(Parser, "not", Parser.not_)


def is_number(field):
    return field.kind in (schema.INTEGER, schema.DECIMAL)


def whole(text):
    need(re.fullmatch("0|[1-9][0-9]*", text), "Expected")
    need(len(text) <= 9, "NumberOutOfRange")
    return int(text)


def scaled(field, text):
    need(is_number(field), "WrongType")
    found = re.fullmatch(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?", text)
    need(found, "Expected")
    sign, integer, fraction = found.groups(default="")
    need(len(fraction) <= field.decimals, "TooManyDecimals")
    need(len(integer) <= 12, "NumberOutOfRange")
    value = int(integer + fraction.ljust(field.decimals, "0"))
    return -value if sign else value


def calendar_day(text):
    need(re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text), "Date")
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise Refused("Date") from error
    need(1900 <= day.year <= 2199, "Date")
    return day


def canonical(text):
    """The canonical text; it must be a requirement itself, with the same normal form."""
    normal = show(Parser(text).whole()(False))
    if normal == "false":
        return normal
    try:
        again = show(Parser(normal).whole()(False))
    except Refused as error:
        raise Refused("NormalForm") from error
    assert again == normal, (normal, again)
    return normal
