"""What every object has: a header, length prefixes, and malformed forms that no decoder takes."""

import struct


def wrapped(tag, fields):
    return bytes([1, 1, tag]) + fields


def enc(data):
    return struct.pack(">I", len(data)) + data


def seed(byte):
    return bytes([byte]) * 32


def malformed(file, kind, good, error=None, extra=None):
    """What no decoder takes, whatever the object is."""
    extra = extra or {}
    cases = [
        ("empty", b"", "Length", "Truncated"),
        ("header alone", good[:3], "Length", "Truncated"),
        ("last byte missing", good[:-1], "Length", "Truncated"),
        ("one byte more", good + b"\0", "Length", "TrailingBytes"),
        ("version 2", b"\2" + good[1:], "Header", "WrongVersion"),
        ("suite 2", good[:1] + b"\2" + good[2:], "Header", "WrongSuite"),
        ("another object's tag", good[:2] + bytes([good[2] ^ 0x40]) + good[3:], "Header", "WrongTag"),
    ]
    for comment, data, expected, flag in cases:
        file.invalid(kind, comment, error or expected, {"bytes": data} | extra, flags=[flag])
