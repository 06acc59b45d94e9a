"""Groth16 over BLS12-381: encodings of keys and proofs, verification by py_ecc's pairing, and proofs
made with the trapdoor of a key of our own (the simulator of the scheme's zero-knowledge proof).
"""

import functools
import hashlib

from py_ecc.fields import optimized_bls12_381_FQ as FQ
from py_ecc.fields import optimized_bls12_381_FQ2 as FQ2
from py_ecc.fields import optimized_bls12_381_FQ12 as FQ12
from py_ecc.optimized_bls12_381 import (
    G1, G2, add, b, b2, is_inf, is_on_curve, multiply, neg, pairing,
)  # fmt: skip
from py_ecc.optimized_bls12_381.optimized_pairing import final_exponentiate

from gen import bls
from gen.bls import P, sqrt_fp as sqrt
from gen.zk_field import R, be, domain

put1, put2 = bls.g1, bls.g2
INFINITY1 = bytes([0xC0]) + bytes(47)
INFINITY2 = bytes([0xC0]) + bytes(95)


# Points, in the compressed form of Zcash.


def sqrt2(a, bb):
    """A square root of a + b i, or None."""
    if bb == 0:
        root = sqrt(a)
        return (root, 0) if root is not None else (0, sqrt(-a % P))
    norm = sqrt((a * a + bb * bb) % P)
    if norm is None:
        return None
    for sign in (norm, -norm):
        x = sqrt((a + sign) * pow(2, -1, P) % P)
        if x:
            return x, bb * pow(2 * x, -1, P) % P
    return None


def get1(data):
    """Decodes a point of the group, not the identity; None for anything else."""
    flags, x = data[0] >> 5, int.from_bytes(bytes([data[0] & 0x1F]) + data[1:], "big")
    y = sqrt((pow(x, 3, P) + 4) % P)
    if flags & 6 != 4 or x >= P or y is None:
        return None
    if (y > (P - 1) // 2) != bool(flags & 1):
        y = P - y
    return in_group((FQ(x), FQ(y), FQ(1)), b)


def get2(data):
    flags, x1 = data[0] >> 5, int.from_bytes(bytes([data[0] & 0x1F]) + data[1:48], "big")
    x0 = int.from_bytes(data[48:], "big")
    x = FQ2((x0, x1))
    if flags & 6 != 4 or x1 >= P or x0 >= P:
        return None
    root = sqrt2(*(int(c) for c in (x * x * x + b2).coeffs))
    if root is None:
        return None
    if ((root[1] or root[0]) > (P - 1) // 2) != bool(flags & 1):
        root = tuple(-c % P for c in root)
    return in_group((x, FQ2(root), FQ2.one()), b2)


def in_group(point, curve):
    assert is_on_curve(point, curve)
    return point if is_inf(multiply(point, R)) else None


# Keys and proofs.


class Key:
    """A verifying key: label, digests, and points [alpha, beta, gamma, delta, ic…] as bytes."""

    def __init__(self, operator, created_ms, circuit, requirement, schema, points):
        self.operator, self.created_ms = operator, created_ms
        self.circuit, self.requirement, self.schema = circuit, requirement, schema
        self.points = list(points)

    def parts(self):
        """The named pieces of the encoding, in order."""
        return {
            "header": b"\x01\x01\x22",
            "provenance": b"\x01",
            "operator": be(len(self.operator), 2) + self.operator,
            "created": be(self.created_ms, 8),
            "circuit": self.circuit,
            "requirement": self.requirement,
            "schema": self.schema,
            "alpha": self.points[0],
            "beta": self.points[1],
            "gamma": self.points[2],
            "delta": self.points[3],
            "count": (len(self.points) - 4).to_bytes(8, "little"),
            **{f"ic{i}": point for i, point in enumerate(self.points[4:])},
        }

    def encode(self, **changed):
        return b"".join({**self.parts(), **changed}.values())

    def digest(self):
        return hashlib.sha256(domain("VERIFYING-KEY") + self.encode()).digest()

    @staticmethod
    def decode(data):
        size = int.from_bytes(data[4:6], "big")
        assert data[:4] == b"\x01\x01\x22\x01" and len(data) == 3 + 1 + 2 + size + 8 + 96 + 728
        at = 6 + size
        digests = [data[at + 8 + 32 * i : at + 40 + 32 * i] for i in range(3)]
        widths = [48, 96, 96, 96] + [48] * 8
        raw = data[at + 104 : at + 104 + 336] + data[at + 104 + 344 :]
        points = [raw[sum(widths[:i]) : sum(widths[: i + 1])] for i in range(12)]
        key = Key(data[6:at], int.from_bytes(data[at : at + 8], "big"), *digests, points)
        assert key.encode() == data
        return key


def proof_bytes(a, bb, c):
    return b"\x01\x01\x21" + a + bb + c


def statement_bytes(inputs):
    return b"\x01\x01\x20" + b"".join(be(value, 32) for value in inputs)


@functools.cache
def point1(data):
    point = get1(data)
    assert point is not None
    return point


@functools.cache
def point2(data):
    point = get2(data)
    assert point is not None
    return point


@functools.cache
def miller(data1, data2):
    return pairing(point2(data2), point1(data1), final_exponentiate=False)


def minus(data1):
    return put1(neg(point1(data1)))


def verifies(key, inputs, proof):
    """e(A, B) = e(alpha, beta) e(IC(inputs), gamma) e(C, delta), for a proof (A, B, C) in bytes."""
    alpha, beta, gamma, delta, *ic = key.points
    total = point1(ic[0])
    for base, value in zip(ic[1:], inputs, strict=True):
        total = add(total, multiply(point1(base), value))
    product = miller(minus(proof[0]), proof[1]) * miller(alpha, beta)
    product *= miller(put1(total), gamma) * miller(proof[2], delta)
    return final_exponentiate(product) == FQ12.one()


class Trapdoor:
    """Exponents of a key; whoever knows them makes a valid proof of any statement."""

    def __init__(self, exponents):
        self.alpha, self.beta, self.gamma, self.delta, *self.ic = exponents

    def points(self):
        second = [put2(multiply(G2, x)) for x in (self.beta, self.gamma, self.delta)]
        return [put1(multiply(G1, self.alpha)), *second, *(put1(multiply(G1, x)) for x in self.ic)]

    def simulate(self, inputs, a, bb):
        """C = (a b - alpha beta - gamma IC(inputs)) / delta."""
        ic = self.ic[0] + sum(x * value for x, value in zip(self.ic[1:], inputs, strict=True))
        c = (a * bb - self.alpha * self.beta - self.gamma * ic) * pow(self.delta, -1, R) % R
        return put1(multiply(G1, a)), put2(multiply(G2, bb)), put1(multiply(G1, c))
