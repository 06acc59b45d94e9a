"""ECDSA over secp256k1 from SEC 1 and RFC 6979, over integers."""

import hashlib
import hmac

from .common import File
from .objects import malformed, seed, wrapped

SOURCE = "gen/sig.py: integers, hashlib, hmac"

FIELD = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def ec_add(a, b):
    if a is None or b is None:
        return a or b
    (x1, y1), (x2, y2) = a, b
    if x1 == x2 and (y1 + y2) % FIELD == 0:
        return None
    if a == b:
        slope = 3 * x1 * x1 * pow(2 * y1, -1, FIELD)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, FIELD)
    x = (slope * slope - x1 - x2) % FIELD
    return x, (slope * (x1 - x) - y1) % FIELD


def ec_mul(point, k):
    total = None
    for bit in bin(k)[2:]:
        total = ec_add(total, total)
        if bit == "1":
            total = ec_add(total, point)
    return total


def ec_enc(point):
    return bytes([2 + (point[1] & 1)]) + point[0].to_bytes(32, "big")


def be(value):
    return value.to_bytes(32, "big")


def rfc6979(secret, digest):
    mac = lambda key, data: hmac.new(key, data, hashlib.sha256).digest()
    bound = be(secret) + be(int.from_bytes(digest, "big") % N)
    v, k = b"\1" * 32, bytes(32)
    for byte in (b"\0", b"\1"):
        k = mac(k, v + byte + bound)
        v = mac(k, v)
    while True:
        v = mac(k, v)
        if 0 < (value := int.from_bytes(v, "big")) < N:
            return value
        k = mac(k, v + b"\0")
        v = mac(k, v)


def ecdsa_sign(secret, message):
    digest = hashlib.sha256(message).digest()
    k = rfc6979(secret, digest)
    r = ec_mul(G, k)[0] % N
    s = pow(k, -1, N) * (int.from_bytes(digest, "big") + r * secret) % N
    return r, s if 2 * s <= N else N - s


def ecdsa():
    file = File("medcrypto-sig/ecdsa", SOURCE)
    assert "%064x%064x" % ecdsa_sign(1, b"Satoshi Nakamoto") == "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
    for secret in (1, 2, N - 1, int.from_bytes(seed(7), "big")):
        for message in (b"", b"medcrypto", bytes(100)):
            r, s = ecdsa_sign(secret, message)
            outputs = {"key": wrapped(0x32, ec_enc(ec_mul(G, secret))), "signature": wrapped(0x33, be(r) + be(s))}
            file.valid("sign", f"secret {secret:#x}", {"secret": be(secret), "message": message}, outputs)
    for comment, value in [("zero", 0), ("n", N), ("every bit", 2**256 - 1)]:
        file.invalid("sign", comment, "NonCanonical", {"secret": be(value), "message": b""}, flags=["BadSecret"])
    ecdsa_keys(file)
    ecdsa_signatures(file)
    return file


def ecdsa_keys(file):
    good = wrapped(0x32, ec_enc(ec_mul(G, 7)))
    file.valid("key", "a key", {"bytes": good}, {"bytes": good})
    malformed(file, "key", good)
    x = be(G[0])
    file.invalid("key", "compact form of SEC 1", "NonCanonical", {"bytes": wrapped(0x32, b"\5" + x)}, flags=["NonCanonical"])
    for form in (0, 1, 4, 6, 7, 255):
        file.invalid("key", f"form {form}", "NotInGroup", {"bytes": wrapped(0x32, bytes([form]) + x)}, flags=["WrongFlags"])
    off = next(x for x in range(1, 50) if pow(x**3 + 7, (FIELD - 1) // 2, FIELD) != 1)
    for comment, value in [(f"x = {off} on no point", off), ("x = p", FIELD), ("x = p + 1", FIELD + 1)]:
        file.invalid("key", comment, "NotInGroup", {"bytes": wrapped(0x32, b"\2" + be(value))}, flags=["NotOnCurve"])


def ecdsa_signatures(file):
    secret, message = 7, b"medcrypto"
    r, s = ecdsa_sign(secret, message)
    key = wrapped(0x32, ec_enc(ec_mul(G, secret)))
    other = wrapped(0x32, ec_enc(ec_mul(G, 8)))
    case = lambda r, s, message=message, key=key: {"key": key, "message": message, "bytes": wrapped(0x33, be(r) + be(s))}
    file.valid("verify", "a signature", case(r, s), {"bytes": wrapped(0x33, be(r) + be(s))})
    malformed(file, "verify", wrapped(0x33, be(r) + be(s)), extra={"key": key, "message": message})
    bad = [("s high", r, N - s), ("r = 0", 0, s), ("s = 0", r, 0), ("r = n", N, s), ("s = n", r, N), ("s = n/2 + 1", r, N // 2 + 1)]
    for comment, r_, s_ in bad:
        file.invalid("verify", comment, "NonCanonical", case(r_, s_), flags=["NonCanonical"])
    wrong = [
        ("another message", case(r, s, b"Medcrypto")),
        ("another key", case(r, s, key=other)),
        ("r + 1", case(r + 1, s)),
        ("s + 1 or s - 1", case(r, s - 1)),
        ("r and s exchanged", case(min(s, r), N // 2)),
        ("the digest as the message", case(r, s, hashlib.sha256(message).digest())),
    ]
    for comment, inputs in wrong:
        file.invalid("verify", comment, "Verification", inputs, flags=["WrongSignature"])
