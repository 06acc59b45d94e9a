"""What the known answers of medcrypto-pre share: parties, terms, a sealed record."""

from . import bls
from .core import seeded
from .mp1 import Authority
from .objects import malformed

SOURCE = "gen/mp1.py: py_ecc 8.0.0, hashlib, hmac, ChaCha20-Poly1305 from RFC 8439"

ALICE, BOB = ("realm.example", "alice", "2025"), ("realm.example", "bob", "2025")
CAROL, PROXY = ("realm.example", "carol", ""), ("realm.example", "proxy", "2025")
LONG = ("r" * 255, "s" * 255, "e" * 255)
UNICODE = ("r\u00e9alm", "\u60a3\u8005", "\u03b1")
NOW = 1500
PLAIN = (1000, 2000, "", False, "", 0)
FULL = (0, 2**64 - 1, "licence-42", True, "oncology study 7", 3)


def random32(label):
    return seeded("pre " + label, 32)


def address(owner, scope, record):
    return {"owner": list(owner), "scope": list(scope), "record": record}


def master():
    return Authority(bls.wide(seeded("pre master", 64)))


def all_bad(file, kind, good, points, error=None, extra=None):
    """`good` malformed, and each point field of it (offset, width) replaced by what is none."""
    malformed(file, kind, good, error, extra)
    for name, at, width in points:
        for flag, comment, data, expected in bls.bad_points(width):
            changed = good[:at] + data + good[at + width :]
            file.invalid(kind, f"{name}: {comment}", error or expected, {"bytes": changed} | (extra or {}), flags=[flag])


def flipped(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


class Sealed:
    """The record that the negative cases change."""

    def __init__(self, world):
        self.path, self.record = ("lab", "2025Q3"), b"glucose 6.1"
        self.random = random32("open")
        self.capsule, self.payload = world.seal(ALICE, self.path, b"record/1", self.record, self.random)
        self.header = self.capsule.header()
        self.where = address(ALICE, self.path, b"record/1")
