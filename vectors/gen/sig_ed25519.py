"""Ed25519 from RFC 8032, over integers."""

import hashlib

from .common import File
from .objects import malformed, seed, wrapped

SOURCE = "gen/sig.py: integers, hashlib, hmac"

Q = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, Q) % Q
ROOT = pow(2, (Q - 1) // 4, Q)


def ed_add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % Q
    x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, Q) % Q
    return x, (y1 * y2 + x1 * x2) * pow(1 - k, -1, Q) % Q


def ed_mul(point, k):
    total = (0, 1)
    for bit in bin(k)[2:]:
        total = ed_add(total, total)
        if bit == "1":
            total = ed_add(total, point)
    return total


def ed_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, -1, Q) % Q
    x = pow(square, (Q + 3) // 8, Q)
    if x * x % Q != square:
        x = x * ROOT % Q
    if x * x % Q != square:
        return None
    return x if x & 1 == sign else Q - x


def ed_enc(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = (ed_x(4 * pow(5, -1, Q) % Q, 0), 4 * pow(5, -1, Q) % Q)


def little(data):
    return int.from_bytes(data, "little")


def sha512(data):
    return hashlib.sha512(data).digest()


def ed_secret(seed):
    digest = sha512(seed)
    a = little(digest[:32]) & (2**254 - 8) | 2**254
    return a, digest[32:]


def ed_public(seed):
    return ed_enc(ed_mul(BASE, ed_secret(seed)[0]))


def ed_sign(seed, message):
    a, prefix = ed_secret(seed)
    r = little(sha512(prefix + message)) % L
    point = ed_enc(ed_mul(BASE, r))
    c = little(sha512(point + ed_public(seed) + message)) % L
    return point + ((r + c * a) % L).to_bytes(32, "little")


def order_8():
    """A point of order 8."""
    for y in range(2, 100):
        x = ed_x(y, 0)
        if x is not None and ed_mul(point := ed_mul((x, y), L), 4) != (0, 1):
            return point
    raise AssertionError


def ed25519():
    file = File("medcrypto-sig/ed25519", SOURCE)
    assert ed_sign(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"), b"").hex().startswith("e5564300c360ac72")
    for byte, message in [(1, b""), (2, b"medcrypto"), (3, bytes(200)), (0, b"\0"), (255, b"\xff" * 64)]:
        outputs = {"key": wrapped(0x30, ed_public(seed(byte))), "signature": wrapped(0x31, ed_sign(seed(byte), message))}
        file.valid("sign", f"seed of bytes {byte}", {"seed": seed(byte), "message": message}, outputs)
    ed_keys(file)
    ed_signatures(file)
    return file


def ed_keys(file):
    good = wrapped(0x30, ed_public(seed(1)))
    file.valid("key", "a key", {"bytes": good}, {"bytes": good})
    malformed(file, "key", good)
    torsion = order_8()
    small = [ed_enc(ed_mul(torsion, k)) for k in range(8)]
    for k, point in enumerate(small):
        file.invalid("key", f"{k} times a point of order 8", "NotInGroup", {"bytes": wrapped(0x30, point)}, flags=["SmallOrder"])
    mixed = ed_enc(ed_add(ed_mul(BASE, ed_secret(seed(1))[0]), torsion))
    file.invalid("key", "a key and a point of order 8", "NotInGroup", {"bytes": wrapped(0x30, mixed)}, flags=["MixedOrder"])
    off = next(y for y in range(2, 50) if ed_x(y, 0) is None)
    file.invalid("key", f"y = {off} on no point", "NotInGroup", {"bytes": wrapped(0x30, off.to_bytes(32, "little"))}, flags=["NotOnCurve"])
    for comment, value in [("y = p + 1", Q + 1), ("y = p + 3", Q + 3), ("x = 0 with a sign", 1 | 1 << 255)]:
        file.invalid("key", comment, "NonCanonical", {"bytes": wrapped(0x30, value.to_bytes(32, "little"))}, flags=["NonCanonical"])


def ed_signatures(file):
    key, message = wrapped(0x30, ed_public(seed(1))), b"medcrypto"
    signature = ed_sign(seed(1), message)
    case = lambda message, signature, key=key: {"key": key, "message": message, "bytes": wrapped(0x31, signature)}
    file.valid("verify", "a signature", case(message, signature), {"bytes": wrapped(0x31, signature)})
    malformed(file, "verify", wrapped(0x31, signature), extra={"key": key, "message": message})
    s = little(signature[32:])
    for comment, value in [("S + l", s + L), ("S = l", L), ("every bit of S", 2**256 - 1)]:
        file.invalid("verify", comment, "NonCanonical", case(message, signature[:32] + value.to_bytes(32, "little")), flags=["NonCanonical"])
    wrong = [
        ("another message", case(b"Medcrypto", signature)),
        ("another key", case(message, signature, wrapped(0x30, ed_public(seed(2))))),
        ("S = 0", case(message, signature[:32] + bytes(32))),
        ("R = O, S = 0", case(message, b"\1" + bytes(63))),
        ("R not canonical", case(message, (Q + 1).to_bytes(32, "little") + signature[32:])),
        ("l - 1 - S", case(message, signature[:32] + (L - 1 - s).to_bytes(32, "little"))),
        ("cofactored only", case(message, cofactored(seed(1), message))),
    ]
    for comment, inputs in wrong:
        file.invalid("verify", comment, "Verification", inputs, flags=["WrongSignature"])


def cofactored(seed, message):
    """R = [r]B + T8: the equation holds after multiplication by 8, not as it stands."""
    a, r = ed_secret(seed)[0], 12345
    point = ed_enc(ed_add(ed_mul(BASE, r), order_8()))
    c = little(sha512(point + ed_public(seed) + message)) % L
    return point + ((r + c * a) % L).to_bytes(32, "little")
