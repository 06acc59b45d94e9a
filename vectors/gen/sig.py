"""Known answers of medcrypto-sig: BLS signatures and the envelope; Ed25519 and ECDSA beside it."""

import struct

from . import bls
from .common import File, main
from .domains import dst
from .objects import enc, malformed, seed, wrapped
from .sig_ecdsa import be, ecdsa
from .sig_ed25519 import SOURCE, ed25519, ed_public, ed_sign

CURVE = "gen/sig.py: py_ecc 8.0.0"

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
