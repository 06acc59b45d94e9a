"""BLS12-381 as the crates spell it: groups and pairing from py_ecc, encodings and hashing from the
standards' text.

    G1, G2   compressed, flags of the Zcash encoding: 0x80 compressed, 0x40 infinity, 0x20 larger y
    GT       torus: b = (c0 + 1)/c1 in Fp6, six little-endian coefficients; 1 is 288 zero bytes
    scalars  32 bytes, big-endian
"""

import functools
import hashlib

from py_ecc import optimized_bls12_381 as curve
from py_ecc.bls.hash_to_curve import hash_to_G1, hash_to_G2

P = curve.field_modulus
R = curve.curve_order
P1, P2 = curve.G1, curve.G2
add, neg = curve.add, curve.neg
O1, O2 = curve.Z1, curve.Z2


def mul(point, scalar):
    return curve.multiply(point, scalar % R)


def total(points, start=O1):
    return functools.reduce(add, points, start)


def same(a, b):
    return curve.eq(a, b)


# -- points ------------------------------------------------------------------------------------


def fp(value):
    return int(value).to_bytes(48, "big")


def g1(point):
    """48 bytes."""
    if curve.is_inf(point):
        return b"\xc0" + bytes(47)
    x, y = (int(c) for c in curve.normalize(point))
    return flagged(fp(x), 2 * y > P)


def g2(point):
    """96 bytes: the imaginary coefficient of x, then the real one."""
    if curve.is_inf(point):
        return b"\xc0" + bytes(95)
    x, y = curve.normalize(point)
    (x0, x1), (y0, y1) = ([int(c) for c in v.coeffs] for v in (x, y))
    larger = 2 * y1 > P if y1 else 2 * y0 > P
    return flagged(fp(x1) + fp(x0), larger)


def flagged(coordinate, larger):
    return bytes([coordinate[0] | 0x80 | (0x20 if larger else 0)]) + coordinate[1:]


def sqrt_fp(a):
    root = pow(a, (P + 1) // 4, P)
    return root if root * root % P == a % P else None


def on_e1(x):
    """Whether x is the coordinate of a point of E : y^2 = x^3 + 4, and that point."""
    y = sqrt_fp((x**3 + 4) % P)
    return None if y is None else (curve.FQ(x), curve.FQ(y), curve.FQ.one())


def on_e2(x):
    """The same for E' : y^2 = x^3 + 4(u + 1), x real."""
    a, b = (x**3 + 4) % P, 4
    norm = sqrt_fp((a * a + b * b) % P)
    if norm is None:
        return None
    for sign in (norm, -norm):
        re = sqrt_fp((a + sign) * pow(2, -1, P) % P)
        if re:
            im = b * pow(2 * re, -1, P) % P
            y = curve.FQ2([re, im])
            assert y * y == curve.FQ2([a, b])
            return (curve.FQ2([x, 0]), y, curve.FQ2.one())
    return None


def in_subgroup(point):
    return curve.is_inf(curve.multiply(point, R))


def outside(on_curve, encode):
    """The encoding of the first point of the curve that is not in the subgroup."""
    for x in range(1, 256):
        point = on_curve(x)
        if point is not None and not in_subgroup(point):
            return encode(point)
    raise AssertionError


def off_curve(on_curve, width):
    """The encoding of the first x > 0 that no point of the curve has."""
    x = next(x for x in range(1, 256) if on_curve(x) is None)
    return bytes([0x80]) + bytes(width - 2) + bytes([x])


# -- GT ----------------------------------------------------------------------------------------

FQ12 = curve.FQ12


def pairing_product(pairs):
    """The product of e(p, q) in the normalisation of the crates: py_ecc's raised to -3."""
    value = FQ12.one()
    for p, q in pairs:
        if not curve.is_inf(p) and not curve.is_inf(q):
            value = value * curve.pairing(q, p, final_exponentiate=False)
    value = curve.final_exponentiate(value)
    return conjugate(value * value * value)


def pairing(p, q):
    return pairing_product([(p, q)])


def conjugate(value):
    """c0 - c1 w: the inverse of an element of the subgroup."""
    return FQ12([-c if i % 2 else c for i, c in enumerate(value.coeffs)])


GT_ONE = FQ12.one()


def gt(value):
    """288 bytes."""
    if value == GT_ONE:
        return bytes(288)
    half = FQ12([pow(2, -1, P)] + [0] * 11)
    c0 = (value + conjugate(value)) * half
    c1_w = (value - conjugate(value)) * half
    w = FQ12([0, 1] + [0] * 10)
    return fp6((c0 + GT_ONE) * w / c1_w)


def fp6(value):
    """The coefficients of 1, v, v^2 over Fp2, with v = w^2 and u = w^6 - 1."""
    c = [int(x) for x in value.coeffs]
    assert not any(c[1::2])
    pairs = (((c[k] + c[k + 6]) % P, c[k + 6]) for k in (0, 2, 4))
    return b"".join(x.to_bytes(48, "little") for pair in pairs for x in pair)


# -- hashing, RFC 9380 -------------------------------------------------------------------------


def expand(dst, message, length):
    """expand_message_xmd over SHA-256, section 5.3.1."""
    sha = lambda data: hashlib.sha256(data).digest()
    suffix = dst + bytes([len(dst)])
    first = sha(bytes(64) + message + length.to_bytes(2, "big") + b"\0" + suffix)
    block, out = sha(first + b"\1" + suffix), b""
    for i in range(2, 258):
        out += block
        if len(out) >= length:
            return out[:length]
        mixed = bytes(a ^ b for a, b in zip(first, block))
        block = sha(mixed + bytes([i]) + suffix)
    raise AssertionError


def hash_g1(dst, message):
    return hash_to_G1(message, dst, hashlib.sha256)


def hash_g2(dst, message):
    return hash_to_G2(message, dst, hashlib.sha256)


def hash_scalar(dst, message):
    return int.from_bytes(expand(dst, message, 48), "big") % R


def hash_secret_scalar(dst, message):
    """The first nonzero hash of message ‖ 0x00, 0x01, …"""
    return next(s for i in range(256) if (s := hash_scalar(dst, message + bytes([i]))))


def scalar(value):
    return (value % R).to_bytes(32, "big")


def wide(data):
    """64 bytes, big-endian, mod r."""
    assert len(data) == 64
    return int.from_bytes(data, "big") % R


# -- bad points --------------------------------------------------------------------------------


@functools.cache
def bad_points(width):
    """(flag, comment, bytes, error) of every way a field of 48 or 96 bytes can be no point."""
    on_curve, encode = (on_e1, g1) if width == 48 else (on_e2, g2)
    zeros = lambda first, last=0: bytes([first]) + bytes(width - 2) + bytes([last])
    x_is_p = bytes(width - 48) + fp(P)
    most = bytes([0x9F]) + b"\xff" * (width - 1)
    generator = encode(P1 if width == 48 else P2)
    clear = lambda mask: bytes([generator[0] & ~mask & 0xFF]) + generator[1:]
    cases = [
        ("NotInSubgroup", "on the curve, outside the subgroup", outside(on_curve, encode), "NotInGroup"),
        ("NotOnCurve", "x on no point of the curve", off_curve(on_curve, width), "NotInGroup"),
        ("Identity", "the identity", zeros(0xC0), "Identity"),
        ("NonCanonical", "x = p", bytes([x_is_p[0] | 0x80]) + x_is_p[1:], "NonCanonical"),
        ("NonCanonical", "every bit of x set", most, "NonCanonical"),
        ("WrongFlags", "not marked as compressed", clear(0x80), "NonCanonical"),
        ("WrongFlags", "a finite x under the infinity flag", bytes([generator[0] | 0x40]) + generator[1:], "NonCanonical"),
        ("WrongFlags", "infinity with a sign", zeros(0xE0), "NonCanonical"),
        ("WrongFlags", "infinity not marked as compressed", zeros(0x40), "NonCanonical"),
        ("InfinityWithJunk", "infinity, last byte 1", zeros(0xC0, 1), "NonCanonical"),
        ("InfinityWithJunk", "infinity, junk under the flags", zeros(0xC1), "NonCanonical"),
        ("WrongFlags", "all bytes zero", bytes(width), "NonCanonical"),
    ]
    if width == 96:
        imaginary_p = bytes([fp(P)[0] | 0x80]) + fp(P)[1:] + bytes(48)
        cases.append(("NonCanonical", "imaginary part of x = p", imaginary_p, "NonCanonical"))
    return cases
