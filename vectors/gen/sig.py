"""Known answers of medcrypto-sig: Ed25519, ECDSA and BLS from their texts, and the envelope."""

import hashlib
import hmac
import struct

from . import bls
from .common import File, main
from .domains import dst

SOURCE = "gen/sig.py: integers, hashlib, hmac"
CURVE = "gen/sig.py: py_ecc 8.0.0"


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


# -- Ed25519, RFC 8032 section 5.1 ---------------------------------------------------------------

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


# -- ECDSA, SEC 1 section 4.1, RFC 6979 ------------------------------------------------------------

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


# -- BLS, draft-irtf-cfrg-bls-signature-05, minimal signature size ----------------------------------


def bls_point(secret, message, domain="sig::BLS_SIGNATURE"):
    return bls.mul(bls.hash_g1(dst(domain), message), secret)


def bls_key(secret):
    public = bls.g2(bls.mul(bls.P2, secret))
    return wrapped(0x34, public + bls.g1(bls_point(secret, public, "sig::BLS_POSSESSION")))


def bls_signature(point):
    return wrapped(0x35, bls.g1(point))


def bls_file():
    file = File("medcrypto-sig/bls", CURVE)
    secrets = [1, 2, bls.R - 1, int.from_bytes(seed(5), "big"), int.from_bytes(seed(6), "big")]
    for secret in secrets:
        for message in (b"", b"medcrypto", bytes(100)):
            outputs = {"key": bls_key(secret), "signature": bls_signature(bls_point(secret, message))}
            file.valid("sign", f"secret {secret:#x}", {"secret": be(secret), "message": message}, outputs)
    for comment, value in [("zero", 0), ("r", bls.R), ("every bit", 2**256 - 1)]:
        file.invalid("sign", comment, "NonCanonical", {"secret": be(value), "message": b""}, flags=["BadSecret"])
    bls_decoders(file)
    bls_verdicts(file)
    return file


def bls_decoders(file):
    good = bls_key(5)
    file.valid("key", "possession proved", {"bytes": good}, {"bytes": good})
    malformed(file, "key", good)
    for flag, comment, data, error in bls.bad_points(96):
        file.invalid("key", f"key: {comment}", error, {"bytes": good[:3] + data + good[99:]}, flags=[flag])
    for flag, comment, data, error in bls.bad_points(48):
        file.invalid("key", f"possession: {comment}", error, {"bytes": good[:99] + data}, flags=[flag])
    swapped = good[:99] + bls_key(6)[99:]
    signed = good[:99] + bls.g1(bls_point(5, good[3:99]))
    for comment, data in [("another key's possession", swapped), ("a signature as possession", signed)]:
        file.invalid("key", comment, "Verification", {"bytes": data}, flags=["WrongSignature"])


def bls_verdicts(file):
    message = b"medcrypto"
    case = lambda keys, message, signature: {"keys": keys, "message": message, "bytes": signature}
    signature = bls_signature(bls_point(5, message))
    malformed(file, "verify", signature, extra={"keys": [bls_key(5)], "message": message})
    for flag, comment, data, error in bls.bad_points(48):
        file.invalid("verify", comment, error, case([bls_key(5)], message, wrapped(0x35, data)), flags=[flag])
    votes = [bls_point(k, message) for k in (5, 6, 7)]
    keys = [bls_key(k) for k in (5, 6, 7)]
    for n in (1, 2, 3):
        total = bls_signature(bls.total(votes[:n]))
        file.valid("verify", f"{n} signers", case(keys[:n], message, total), {"bytes": total})
    three = bls_signature(bls.total(votes))
    wrong = [
        ("another message", case(keys, b"Medcrypto", three)),
        ("a signer missing", case(keys[:2], message, three)),
        ("a signature missing", case(keys, message, bls_signature(bls.total(votes[:2])))),
        ("negated", case(keys, message, bls_signature(bls.neg(bls.total(votes))))),
        ("a possession as signature", case(keys[:1], keys[0][3:99], wrapped(0x35, keys[0][99:]))),
    ]
    for comment, inputs in wrong:
        file.invalid("verify", comment, "Verification", inputs, flags=["WrongSignature"])
    file.invalid("verify", "no signer", "NoSigner", case([], message, three), flags=["NoSigner"])
    twice = bls_signature(bls.total([votes[0]] * 2))
    file.invalid("verify", "one key twice", "DuplicateSigner", case([keys[0]] * 2, message, twice), flags=["DuplicateSigner"])


# -- the envelope ----------------------------------------------------------------------------------

ROLES = {"Patient": 1, "Hospital": 2, "Institution": 3, "Proxy": 4, "Authority": 5}


def envelope_message(domain, chain, role, nonce, payload):
    fields = [dst("sig::ENVELOPE"), domain, chain, bytes([role]), struct.pack(">Q", nonce), payload]
    return b"".join(enc(field) for field in fields)


def envelope(secret, domain, chain, role, nonce, payload):
    signature = ed_sign(secret, envelope_message(domain, chain, role, nonce, payload))
    fields = enc(domain) + chain + bytes([role]) + struct.pack(">Q", nonce) + payload
    return wrapped(0x36, fields + signature)


def dual(patient, institution, domain, chain, nonce, payload):
    by_patient = envelope(patient, domain, chain, 1, nonce, payload)[-64:]
    by_institution = envelope(institution, domain, chain, 3, nonce, payload)[-64:]
    fields = enc(domain) + chain + struct.pack(">Q", nonce) + payload
    return wrapped(0x37, fields + by_patient + by_institution)


def envelopes():
    file = File("medcrypto-sig/envelope", SOURCE)
    chain, payload = seed(0x11), seed(0x22)
    common = {"chain": chain, "payload": payload}
    for name, role in ROLES.items():
        for domain, nonce in [("sharing/settlement", 0x0102030405060708), ("a", 0), ("~" * 64, 2**64 - 1)]:
            inputs = {"seed": seed(role), "domain": domain, "role": name, "nonce": struct.pack(">Q", nonce)} | common
            out = envelope(seed(role), domain.encode(), chain, role, nonce, payload)
            file.valid("envelope", f"{name} signs", inputs, {"bytes": out})
    for domain, nonce in [("sharing/settlement", 7), ("a", 0), ("~" * 64, 2**64 - 1)]:
        inputs = {"patient": seed(1), "institution": seed(2), "domain": domain, "nonce": struct.pack(">Q", nonce)} | common
        file.valid("dual", "both sign", inputs, {"bytes": dual(seed(1), seed(2), domain.encode(), chain, nonce, payload)})
    bad_envelopes(file, chain, payload)
    bad_duals(file, chain, payload)
    return file


def bad_envelopes(file, chain, payload):
    key = wrapped(0x30, ed_public(seed(1)))
    good = envelope(seed(1), b"consent", chain, 1, 5, payload)
    malformed(file, "verify-envelope", good, extra={"key": key})
    at = 3 + 4 + len(b"consent")
    refuse = lambda comment, error, data, flag: file.invalid("verify-envelope", comment, error, {"key": key, "bytes": data}, flags=[flag])
    file.valid("verify-envelope", "as signed", {"key": key, "bytes": good}, {"bytes": good})
    for role in (0, 6, 255):
        refuse(f"role {role}", "NonCanonical", good[: at + 32] + bytes([role]) + good[at + 33 :], "NonCanonical")
    refuse("S = every bit", "NonCanonical", good[:-32] + b"\xff" * 32, "NonCanonical")
    refuse("a blank in the domain", "NonCanonical", good.replace(b"consent", b"con ent"), "NonCanonical")
    refuse("a domain that is not UTF-8", "NonCanonical", good.replace(b"consent", b"con\xffent"), "NonCanonical")
    refuse("no domain", "Length", good[:3] + bytes(4) + good[at:], "BadLength")
    refuse("a domain of 65 bytes", "Length", good[:3] + enc(b"a" * 65) + good[at:], "BadLength")
    fields = {"domain": 7, "chain": at, "role": at + 32, "nonce": at + 40, "payload": at + 41, "R": len(good) - 64, "S": len(good) - 64 + 33}
    for name, position in fields.items():
        flipped = bytearray(good)
        flipped[position] ^= 2
        refuse(f"a bit of the {name}", "Verification", bytes(flipped), "WrongSignature")
    other = {"key": wrapped(0x30, ed_public(seed(2))), "bytes": good}
    file.invalid("verify-envelope", "another key", "Verification", other, flags=["WrongKey"])


def bad_duals(file, chain, payload):
    key = lambda byte: wrapped(0x30, ed_public(seed(byte)))
    good = dual(seed(1), seed(2), b"consent", chain, 5, payload)
    keys = {"patient": key(1), "institution": key(2)}
    file.valid("verify-dual", "as signed", keys | {"bytes": good}, {"bytes": good})
    malformed(file, "verify-dual", good, extra=keys)
    swapped = good[:-128] + good[-64:] + good[-128:-64]
    refuse = lambda comment, error, case, flag: file.invalid("verify-dual", comment, error, case, flags=[flag])
    refuse("signatures exchanged", "Verification", keys | {"bytes": swapped}, "WrongSignature")
    refuse("keys exchanged", "Verification", {"patient": key(2), "institution": key(1), "bytes": good}, "WrongKey")
    same = dual(seed(1), seed(1), b"consent", chain, 5, payload)
    refuse("one key for both", "DuplicateSigner", {"patient": key(1), "institution": key(1), "bytes": same}, "DuplicateSigner")
    for position in (10, 20, 50, len(good) - 128, len(good) - 64):
        flipped = bytearray(good)
        flipped[position] ^= 2
        refuse(f"byte {position} changed", "Verification", keys | {"bytes": bytes(flipped)}, "WrongSignature")


def files():
    return {"ed25519": ed25519(), "ecdsa": ecdsa(), "bls": bls_file(), "envelope": envelopes()}


if __name__ == "__main__":
    main(files)
