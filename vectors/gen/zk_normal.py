"""Normal forms of requirements: folding, flattening, sorting, and their text.

A normal form is ("lit", text), ("all", parts), ("any", parts), ("at_least", k, parts) or FALSE;
literals are kept as canonical text.
"""

from gen import zk_schema as schema

FALSE = ("false",)


def lit(text):
    return ("lit", text)


def group(kind, parts):
    """Flattened, sorted by text, without repetitions; a group of one is its part."""
    flat = [inner for part in parts for inner in (part[1] if part[0] == kind else [part])]
    distinct = {show(part): part for part in flat}
    ordered = [distinct[text] for text in sorted(distinct)]
    return ordered[0] if len(ordered) == 1 else (kind, ordered)


def all_of(parts):
    return FALSE if FALSE in parts else group("all", parts)


def any_of(parts):
    kept = [part for part in parts if part != FALSE]
    return group("any", kept) if kept else FALSE


def threshold(k, parts):
    kept = sorted((part for part in parts if part != FALSE), key=show)
    return ("at_least", k, kept) if len(kept) >= k else FALSE


def present(field):
    return lit(f"present({field.name})")


def at_most(field, c):
    if c < 0:
        return FALSE
    return present(field) if c >= field.range else lit(bound(field, "<=", c))


def at_least(field, c):
    if c > field.range:
        return FALSE
    return present(field) if c <= 0 else lit(bound(field, ">=", c))


def bound(field, op, encoded):
    value = encoded + field.min
    if field.kind != schema.DATE:
        return f'{field.name} {op} {decimal(field, value)} "{field.unit}"'
    if op == "<=":
        return f"age({field.name}) >= 0 on {schema.day_text(value)}"
    return f"age({field.name}) < 0 on {schema.day_text(value - 1)}"


def decimal(field, value):
    digits = str(abs(value)).rjust(field.decimals + 1, "0")
    split = len(digits) - field.decimals
    text = f"{digits[:split]}.{digits[split:]}".rstrip("0").rstrip(".") if field.decimals else digits
    return ("-" if value < 0 else "") + text


def within(field, low, high):
    if 0 < low and high < field.range and field.kind != schema.DATE:
        if low == high:
            return lit(bound(field, "=", low))
        ends = f"[{decimal(field, low + field.min)}, {decimal(field, high + field.min)}]"
        return lit(f'{field.name} in {ends} "{field.unit}"')
    bounds = [at_least(field, low), at_most(field, high)]
    # A side that always holds says no more than the other one.
    return all_of([b for b in bounds if b != present(field)] or bounds)


def outside(field, low, high):
    bounds = [at_most(field, low - 1), at_least(field, high + 1)]
    return present(field) if present(field) in bounds else any_of(bounds)


def compared(field, op, c):
    return {
        "<": lambda: at_most(field, c - 1),
        "<=": lambda: at_most(field, c),
        "=": lambda: within(field, c, c),
        "!=": lambda: outside(field, c, c),
        ">=": lambda: at_least(field, c),
        ">": lambda: at_least(field, c + 1),
    }[op]()


def age(field, op, years, on):
    """Born on the last day on which one is so old, or a year more."""
    reached, passed = schema.cutoff(on, years), schema.cutoff(on, years + 1)
    return {
        ">=": lambda: at_most(field, reached),
        ">": lambda: at_most(field, passed),
        "<": lambda: at_least(field, reached + 1),
        "<=": lambda: at_least(field, passed + 1),
        "=": lambda: within(field, passed + 1, reached),
        "!=": lambda: outside(field, passed + 1, reached),
    }[op]()


def one_of(field, values):
    def normal(negate):
        chosen = sorted(set(range(field.range + 1)) - set(values) if negate else set(values))
        if not chosen or len(chosen) > field.range:
            return present(field) if chosen else FALSE
        names = [field.names[value] for value in chosen]
        shown = f"= {names[0]}" if len(names) == 1 else f"in {{{', '.join(names)}}}"
        return lit(f"{field.name} {shown}")

    return normal


def compare(left, plus, right, op):
    def not_above(a, b, c):
        """a + c <= b on scaled values."""
        if a.min + c > b.max:
            return FALSE
        if a.max + c <= b.min:
            return all_of([present(a), present(b)])
        return lit(f"cmp({a.name} + {decimal(a, c)}, {b.name}) <= 0")

    below = lambda strict: not_above(left, right, plus + strict)
    above = lambda strict: not_above(right, left, strict - plus)
    return {
        "<=": lambda: below(0),
        "<": lambda: below(1),
        ">=": lambda: above(0),
        ">": lambda: above(1),
        "=": lambda: all_of([below(0), above(0)]),
        "!=": lambda: any_of([below(1), above(1)]),
    }[op]()


def count(listed, op, k):
    def least(k):
        return lit(f"has({listed})" if k == 1 else f"count({listed}) >= {k}")

    def most(k):
        return lit(f"lacks({listed})" if k == 0 else f"count({listed}) <= {k}")

    return {
        ">=": lambda: least(k),
        ">": lambda: least(k + 1),
        "<=": lambda: most(k),
        "<": lambda: most(k - 1),
        "=": lambda: lit(f"count({listed}) = {k}") if k else most(0),
        "!=": lambda: any_of([most(k - 1), least(k + 1)]) if k else least(1),
    }[op]()


def show(node):
    if node[0] in ("lit", "false"):
        return node[-1] if node[0] == "lit" else "false"
    inner = ", ".join(show(part) for part in node[-1])
    return f"at_least({node[1]}, {inner})" if node[0] == "at_least" else f"{node[0]}({inner})"
