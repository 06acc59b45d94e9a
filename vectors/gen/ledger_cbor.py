"""DAG-CBOR with plain Python values, written canonically or wrongly on purpose.

    int, bytes, str, bool, None, list, Link(36 bytes), Enum(name, content)

A `Wrong` value stands for bytes that are not the canonical encoding of a value.
"""

import hashlib


class Link(bytes):
    """A CID; encoded under tag 42 with the multibase prefix 0."""


class Enum:
    """A map of one name to its content."""

    def __init__(self, name, content):
        self.name, self.content = name, content


class Wrong(bytes):
    """Stands as it is."""


def head(major, value):
    """The shortest head."""
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 24:
            return bytes([major << 5 | value])
        if value < 1 << (8 * width):
            return bytes([major << 5 | info]) + value.to_bytes(width, "big")
    raise OverflowError


def long_head(major, value):
    """A head one size longer than needed."""
    short = len(head(major, value)) - 1
    info, width = {0: (24, 1), 1: (25, 2), 2: (26, 4), 4: (27, 8)}[short]
    return bytes([major << 5 | info]) + value.to_bytes(width, "big")


def encode(value):
    if isinstance(value, Wrong):
        return bytes(value)
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, Link):
        return b"\xd8\x2a" + head(2, len(value) + 1) + b"\0" + value
    if isinstance(value, (bytes, bytearray)):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value)) + value.encode("ascii")
    if isinstance(value, Enum):
        return head(5, 1) + encode(value.name) + encode(value.content)
    return head(4, len(value)) + b"".join(encode(item) for item in value)


def digest(purpose, value):
    """SHA-256(len8(tag) || tag || encode(value))."""
    tag = b"MEDCRYPTO-LEDGER-V01-" + purpose.encode()
    return hashlib.sha256(bytes([len(tag)]) + tag + encode(value)).digest()


# Wrong encodings of a value, everywhere they can stand.


def long_integer(v):
    return long_head(0, v) if type(v) is int and v < 1 << 32 else None


def negative(v):
    return head(1, v) if type(v) is int else None


def floating(v):
    return b"\xf9\x00\x00" if type(v) is int and v == 0 else b"\xfa\x3f\x80\x00\x00" if type(v) is int and v == 1 else None


def is_bytes(v):
    return type(v) in (bytes, bytearray)


def long_string(v):
    return long_head(2, len(v)) + v if is_bytes(v) else None


def indefinite_string(v):
    return b"\x5f" + encode(bytes(v)) + b"\xff" if is_bytes(v) else None


def text(v):
    return head(3, len(v)) + bytes(b & 0x7F for b in v) if is_bytes(v) else None


def as_list(v):
    return encode(list(v)) if is_bytes(v) and v else None


def is_list(v):
    return isinstance(v, (list, tuple))


def long_list(v):
    return long_head(4, len(v)) + encode(list(v))[len(head(4, len(v))) :] if is_list(v) else None


def indefinite_list(v):
    return b"\x9f" + b"".join(map(encode, v)) + b"\xff" if is_list(v) else None


def longer(v):
    return head(4, len(v) + 1) + b"".join(map(encode, v)) + b"\0" if is_list(v) else None


def shorter(v):
    return head(4, len(v) - 1) + b"".join(map(encode, v[:-1])) if is_list(v) and v else None


def as_map(v):
    return head(5, len(v)) + b"".join(head(0, i) + encode(x) for i, x in enumerate(v)) if is_list(v) else None


def backwards(v):
    """A set or a list of pairs in descending order."""
    return encode(list(v)[::-1]) if is_sorted(v) else None


def doubled(v):
    return encode([*v, v[-1]]) if is_sorted(v) else None


def is_sorted(v):
    return isinstance(v, Sorted) and len(v) > 1


class Sorted(list):
    """A set, or the pairs of a map, in ascending order of their encoded keys' values."""


def indefinite_map(v):
    return b"\xbf" + encode(v.name) + encode(v.content) + b"\xff" if isinstance(v, Enum) else None


def two_names(v):
    return head(5, 2) + (encode(v.name) + encode(v.content)) * 2 if isinstance(v, Enum) else None


def unknown_name(v):
    return head(5, 1) + encode(v.name + "s") + encode(v.content) if isinstance(v, Enum) else None


def untagged(v):
    return encode(bytes(v)) if isinstance(v, Link) else None


def other_tag(v):
    return b"\xd8\x2b" + encode(v)[2:] if isinstance(v, Link) else None


def no_multibase(v):
    return b"\xd8\x2a" + encode(bytes(v)) if isinstance(v, Link) else None


def other_simple(v):
    return b"\xf7" if v is None or isinstance(v, bool) else None


def is_number(v):
    return bytes([v]) if isinstance(v, bool) else None


TWISTS = [
    ("LongInteger", "an integer longer than needed", long_integer),
    ("NegativeInteger", "a negative integer", negative),
    ("Float", "a float for an integer", floating),
    ("LongLength", "the length of a string longer than needed", long_string),
    ("IndefiniteLength", "a string of indefinite length", indefinite_string),
    ("WrongType", "text for bytes", text),
    ("WrongType", "a list of integers for bytes", as_list),
    ("LongLength", "the length of a list longer than needed", long_list),
    ("IndefiniteLength", "a list of indefinite length", indefinite_list),
    ("ExtraField", "one element too many", longer),
    ("MissingField", "one element too few", shorter),
    ("WrongType", "a map for a list", as_map),
    ("Unsorted", "members in descending order", backwards),
    ("Duplicate", "the last member twice", doubled),
    ("IndefiniteLength", "a map of indefinite length", indefinite_map),
    ("Duplicate", "a map with the name twice", two_names),
    ("UnknownName", "another name", unknown_name),
    ("WrongType", "an identifier without its tag", untagged),
    ("WrongType", "an identifier under another tag", other_tag),
    ("WrongType", "an identifier without the multibase prefix", no_multibase),
    ("WrongType", "undefined", other_simple),
    ("WrongType", "an integer for a truth value", is_number),
]


def places(value, path=()):
    """Every value inside a value, with its path."""
    yield path, value
    if isinstance(value, Enum):
        yield from places(value.content, (*path, None))
    elif is_list(value):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def put(value, path, new):
    """The value with `new` at a path."""
    if not path:
        return new
    if isinstance(value, Enum):
        return Enum(value.name, put(value.content, path[1:], new))
    changed = [put(x, path[1:], new) if i == path[0] else x for i, x in enumerate(value)]
    return type(value)(changed)


def wrong(value, variable=lambda path: False):
    """(flag, comment, bytes) of wrong encodings: each twist at the first and the last place it fits.

    `variable` says where a list may have any length, so that a member more or less is no error.
    """
    for flag, comment, twist in TWISTS:
        fits = [(path, twist(v)) for path, v in places(value)]
        fits = [(path, data) for path, data in fits if data is not None]
        if flag in ("ExtraField", "MissingField"):
            fits = [(path, data) for path, data in fits if not variable(path)]
        for path, data in dict(fits[:1] + fits[-1:]).items():
            where = "".join("." + ("content" if step is None else str(step)) for step in path) or "."
            yield flag, f"{comment}, at {where}", encode(put(value, path, Wrong(data)))
    whole = encode(value)
    yield "TrailingBytes", "a byte behind", whole + b"\0"
    yield "TrailingBytes", "the value twice", whole * 2
    yield "Truncated", "the last byte missing", whole[:-1]
    yield "Truncated", "no bytes", b""
