"""Known answers of medcrypto-core."""

import struct

from . import bls, symmetric
from .common import File, main
from .domains import ALL, dst

SOURCE = "gen/core.py: integers, hashlib"
CURVE = "gen/core.py: py_ecc 8.0.0, encodings and expand_message_xmd from the texts"

TAGS = {
    "PreParams": 0x10, "PreIdentityKey": 0x11, "PreHeader": 0x12, "PreReKey": 0x13,
    "PreReKeyStatement": 0x14, "PreSealedReKey": 0x15, "PreReEncryptedHeader": 0x16,
    "PreSignature": 0x17, "PreRevocation": 0x18, "PreMasterKey": 0x19, "PreOpeningEvidence": 0x1A,
    "ZkStatement": 0x20, "ZkProof": 0x21, "ZkVerifyingKey": 0x22, "ZkProvingKey": 0x23,
    "ZkRecordOpening": 0x24,
    "SigEd25519Key": 0x30, "SigEd25519": 0x31, "SigEcdsaKey": 0x32, "SigEcdsa": 0x33,
    "SigBlsKey": 0x34, "SigBls": 0x35, "SigEnvelope": 0x36, "SigDualEnvelope": 0x37,
}  # fmt: skip


def seeded(label, length):
    """Bytes that look random and mean nothing; recorded in the file, never derived by a reader."""
    return bls.expand(b"medcrypto-kat", label.encode(), length)


def exponent(label):
    return bls.wide(seeded(label, 64))


# -- codec -------------------------------------------------------------------------------------


def codec():
    file = File("medcrypto-core/codec", SOURCE)
    for name, tag in TAGS.items():
        file.valid("header", f"header of {name}", {"tag": name}, {"bytes": bytes([1, 1, tag])})
    number = lambda value: struct.pack(">Q", value)
    fields = ["header/PreHeader", "u8", "u16", "u32", "u64", "bool", "bool", "bytes/3", "array/2"]
    whole = bytes.fromhex("010112" "01" "0203" "04050607" "08090a0b0c0d0e0f" "00" "01" "00000003616263" "fffe")
    values = [b"", number(1), number(0x203), number(0x4050607), number(0x8090A0B0C0D0E0F)]
    values += [b"\0", b"\1", b"abc", b"\xff\xfe"]
    read = lambda data, fields: {"bytes": data, "fields": fields}
    named = lambda values: {str(i): value for i, value in enumerate(values)}
    file.valid("read", "one field of each kind", read(whole, fields), named(values))
    file.valid("read", "an empty byte string", read(bytes(4), ["bytes/0"]), named([b""]))
    for cut in range(len(whole)):
        file.invalid("read", f"the same cut to {cut} bytes", "Length", read(whole[:cut], fields), flags=["Truncated"])
    file.invalid("read", "one byte more", "Length", read(whole + b"\0", fields), flags=["TrailingBytes"])
    for at, flag in enumerate(("WrongVersion", "WrongSuite", "WrongTag")):
        for change in (0x01, 0x80, 0xFF):
            bad = bytearray(whole)
            bad[at] ^= change
            file.invalid("read", f"header byte {at} changed", "Header", read(bytes(bad), fields), flags=[flag])
    for value in (2, 0x80, 0xFF):
        bad = read(bytes([value]), ["bool"])
        file.invalid("read", f"{value} is no truth value", "NonCanonical", bad, flags=["NonCanonical"])
    over = [
        ("length over the bound", b"\0\0\0\4abcd", "bytes/3"),
        ("length over what is left", b"\0\0\0\4abc", "bytes/4"),
        ("greatest length", b"\xff" * 8, "bytes/1024"),
        ("little-endian length", b"\3\0\0\0abc", "bytes/3"),
    ]
    for comment, data, field in over:
        file.invalid("read", comment, "Length", read(data, [field]), flags=["BadLength"])
    return file


# -- scalars -----------------------------------------------------------------------------------


def scalars():
    file = File("medcrypto-core/scalar", SOURCE)
    be = lambda value: value.to_bytes(32, "big")
    good = [0, 1, 2, 2**32, 2**64 - 1, 2**254, bls.R - 2, bls.R - 1, exponent("scalar")]
    for value in good:
        file.valid("decode", f"{value:#x}", {"bytes": be(value)}, {"bytes": be(value)})
    bad = [(bls.R, "r"), (bls.R + 1, "r + 1"), (2 * bls.R, "2r"), (2**255, "2^255"), (2**256 - 1, "all bits")]
    for value, name in bad:
        for kind in ("decode", "secret-decode"):
            file.invalid(kind, name, "NonCanonical", {"bytes": be(value)}, flags=["NonCanonical"])
    file.invalid("secret-decode", "zero is no secret", "NonCanonical", {"bytes": bytes(32)}, flags=["Zero"])
    for value in good[1:]:
        file.valid("secret-decode", f"{value:#x}", {"bytes": be(value)}, {"bytes": be(value)})
    low = lambda value: value.to_bytes(64, "big")
    wides = [bytes(64), low(bls.R), low(bls.R - 1), low(bls.R**2), low(bls.R**2 - 1), low(bls.R + 5), b"\xff" * 64]
    for data in wides + [seeded(f"wide {i}", 64) for i in range(4)]:
        value = bls.wide(data)
        file.valid("wide", "64 bytes mod r", {"bytes": data}, {"scalar": bls.scalar(value)})
        if value:
            file.valid("secret-wide", "64 bytes mod r", {"bytes": data}, {"scalar": bls.scalar(value)})
        else:
            file.invalid("secret-wide", "a multiple of r", "None", {"bytes": data}, flags=["Zero"])
    pairs = [(1, bls.R - 1), (exponent("a"), exponent("b")), (bls.R - 1, bls.R - 1), (7, 0)]
    for a, b in pairs:
        inputs = {"a": bls.scalar(a), "b": bls.scalar(b)}
        results = {"sum": a + b, "difference": a - b, "product": a * b, "negative": -a}
        results["inverse"] = pow(a, -1, bls.R)
        file.valid("arithmetic", "mod r", inputs, {k: bls.scalar(v) for k, v in results.items()})
    for value in (0, 1, 2**128 - 1, int.from_bytes(seeded("weight", 16), "big")):
        file.valid("from-u128", "a weight", {"value": value.to_bytes(16, "big")}, {"scalar": bls.scalar(value)})
    return file


# -- points ------------------------------------------------------------------------------------


def points():
    file = File("medcrypto-core/points", CURVE)
    groups = [("g1", bls.P1, bls.g1, bls.O1, 48), ("g2", bls.P2, bls.g2, bls.O2, 96)]
    for name, generator, encode, infinity, width in groups:
        decoders(file, name, generator, encode, infinity, width)
        arithmetic(file, name, generator, encode, infinity)
    for flag, comment, data, _ in bls.bad_points(48):
        file.invalid("secret-g1-decode", comment, "NonCanonical", {"bytes": data}, flags=[flag])
    secret = bls.g1(bls.mul(bls.P1, exponent("secret point")))
    file.valid("secret-g1-decode", "a secret point", {"bytes": secret}, {"bytes": secret})
    return file


def decoders(file, name, generator, encode, infinity, width):
    for flag, comment, data, error in bls.bad_points(width):
        file.invalid(f"{name}-nonidentity-decode", comment, error, {"bytes": data}, flags=[flag])
        if flag != "Identity":
            file.invalid(f"{name}-decode", comment, error, {"bytes": data}, flags=[flag])
    file.valid(f"{name}-decode", "the identity", {"bytes": encode(infinity)}, {"bytes": encode(infinity)}, flags=["Identity"])
    good = [1, 2, bls.R - 1] + [exponent(f"{name} {i}") for i in range(4)]
    for scalar in good:
        data = encode(bls.mul(generator, scalar))
        for kind in (f"{name}-decode", f"{name}-nonidentity-decode"):
            file.valid(kind, f"[{scalar:#x}] of the generator", {"bytes": data}, {"bytes": data})


def arithmetic(file, name, generator, encode, infinity):
    base = bls.mul(generator, exponent(f"{name} base"))
    other = bls.mul(generator, exponent(f"{name} other"))
    for scalar in [1, 2, 16, 2**128, bls.R - 1, exponent(f"{name} factor")]:
        inputs = {"point": encode(base), "scalar": bls.scalar(scalar)}
        outputs = {"multiple": encode(bls.mul(base, scalar)), "of_generator": encode(bls.mul(generator, scalar))}
        file.valid(f"{name}-multiply", f"by {scalar:#x}", inputs, outputs)
    sums = [(base, other), (base, base), (base, bls.neg(base)), (base, infinity)]
    for a, b in sums:
        inputs = {"a": encode(a), "b": encode(b)}
        outputs = {"sum": encode(bls.add(a, b)), "difference": encode(bls.add(a, bls.neg(b)))}
        file.valid(f"{name}-add", "sum and difference", inputs, outputs)
    terms = [(base, exponent("e1")), (other, exponent("e2")), (infinity, 5), (base, 0), (other, bls.R - 1)]
    total = bls.total([bls.mul(p, k) for p, k in terms], infinity)
    inputs = {"points": [encode(p) for p, _ in terms], "scalars": [bls.scalar(k) for _, k in terms]}
    file.valid(f"{name}-multi-exp", "five terms, one of them the identity", inputs, {"sum": encode(total)})


# -- pairing and GT ----------------------------------------------------------------------------


def gt():
    file = File("medcrypto-core/gt", CURVE + "; the pairing raised to -3, torus compression")
    generator = bls.pairing(bls.P1, bls.P2)
    a, b = exponent("pairing a"), exponent("pairing b")
    pairings(file, generator, a, b)
    for k in (0, 1, 2, bls.R - 1, a):
        power = generator**k
        file.valid("power", f"e(P1, P2) to the {k:#x}", {"scalar": bls.scalar(k)}, {"element": bls.gt(power)})
        file.valid("decode", f"e(P1, P2) to the {k:#x}", {"bytes": bls.gt(power)}, {"inverse": bls.gt(bls.conjugate(power))})
    encoded = bls.gt(generator)
    for i in range(6):
        coefficient = int.from_bytes(encoded[48 * i : 48 * i + 48], "little")
        for comment, value in (("p", bls.P), ("itself + p", coefficient + bls.P), ("every bit", 2**384 - 1)):
            bad = bytearray(encoded)
            bad[48 * i : 48 * i + 48] = value.to_bytes(48, "little")
            file.invalid("decode", f"coefficient {i}: {comment}", "NonCanonical", {"bytes": bytes(bad)}, flags=["NonCanonical"])
    for comment, bad in strangers(encoded):
        file.invalid("decode", comment, "NotInGroup", {"bytes": bad}, flags=["NotInSubgroup"])
    return file


def pairings(file, generator, a, b):
    cases = [
        ("e(P1, P2)", [(1, 1)]),
        ("e([a]P1, [b]P2)", [(a, b)]),
        ("e(O, Q)", [(0, b)]),
        ("e(P, O)", [(a, 0)]),
        ("nothing", []),
        ("e(P, Q) e(-P, Q)", [(a, b), (-a, b)]),
        ("three pairs, one with the identity", [(a, 1), (0, 3), (5, b)]),
    ]
    for comment, pairs in cases:
        ps = [bls.mul(bls.P1, x) for x, _ in pairs]
        qs = [bls.mul(bls.P2, y) for _, y in pairs]
        value = bls.pairing_product(list(zip(ps, qs)))
        assert value == generator ** (sum(x * y for x, y in pairs) % bls.R), "bilinear"
        inputs = {"g1": [bls.g1(p) for p in ps], "g2": [bls.g2(q) for q in qs]}
        file.valid("pairing", comment, inputs, {"element": bls.gt(value)})


def strangers(encoded):
    """Code words of elements of norm 1 that are not in the subgroup."""
    changed = bytearray(encoded)
    changed[0] ^= 1
    yield "one bit of e(P1, P2)", bytes(changed)
    yield "b = 1", (1).to_bytes(288, "little")
    raw = bls.FQ12(list(range(1, 13)))
    unitary = bls.conjugate(raw) / raw
    yield "norm 1, not cyclotomic", bls.gt(unitary)
    yield "cyclotomic, not of order r", bls.gt(unitary ** (bls.P**2) * unitary)


# -- hashing -----------------------------------------------------------------------------------


def hashing():
    file = File("medcrypto-core/hash", CURVE)
    for name, string in ALL.items():
        for message in (b"", name.encode()):
            inputs = {"domain": name, "message": message}
            comment = f"under {string.decode()}"
            file.valid("g1", comment, inputs, {"point": bls.g1(bls.hash_g1(string, message))})
            file.valid("scalar", comment, inputs, {"scalar": bls.scalar(bls.hash_scalar(string, message))})
            file.valid("secret-scalar", comment, inputs, {"scalar": bls.scalar(bls.hash_secret_scalar(string, message))})
            file.valid("expand-32", comment, inputs, {"bytes": bls.expand(string, message, 32)})
        file.valid("g2", comment, inputs, {"point": bls.g2(bls.hash_g2(string, message))})
    for length in (55, 56, 63, 64, 65, 1000):
        inputs = {"domain": "pre::FO_MASK", "message": seeded("long", length)}
        file.valid("expand-64", f"{length} bytes", inputs, {"bytes": bls.expand(dst("pre::FO_MASK"), seeded("long", length), 64)})
    return file


MESSAGES = [b"", b"abc", b"abcdef0123456789", b"q128_" + b"q" * 128, b"a512_" + b"a" * 512]
# RFC 9380, K.1: SHA-256, DST QUUX-V01-CS02-with-expander-SHA256-128, 32 bytes, in the order above.
K1 = [
    "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235",
    "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615",
    "eff31487c770a893cfb36f912fbfcbff40d5661771ca4b2cb4eafe524333f5c1",
    "b23a1d2b4d97b2ef7785562a7e8bac7eed54ed6e97e29aa51bfe3f12ddad1ff9",
    "4623227bcc01293b8c130bf771da8c298dede7383243dc0993d2d94823958c4c",
]
# RFC 9380, J.9.1: the x of "" and "abc"; J.10.1: the x of "", real part.
J9 = [
    "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
    "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
]
J10 = "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a"


def rfc9380():
    """The RFC's suites, messages and tags. What is printed above is asserted, the rest computed."""
    file = File("medcrypto-core/rfc9380", CURVE + "; checked against printed values of RFC 9380")
    for i, message in enumerate(MESSAGES):
        tag = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
        point = bls.hash_g1(tag, message)
        assert i >= len(J9) or fp_hex(point[0] / point[2]) == J9[i]
        file.valid("g1", "appendix J.9.1", {"dst": tag, "message": message}, {"point": bls.g1(point)})
        tag = b"QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_"
        point = bls.hash_g2(tag, message)
        assert i or fp_hex((point[0] / point[2]).coeffs[0]) == J10
        file.valid("g2", "appendix J.10.1", {"dst": tag, "message": message}, {"point": bls.g2(point)})
        tag = b"QUUX-V01-CS02-with-expander-SHA256-128"
        assert bls.expand(tag, message, 32).hex() == K1[i]
        for length in (32, 128):
            outputs = {"bytes": bls.expand(tag, message, length)}
            file.valid(f"expand-{length}", "appendix K.1", {"dst": tag, "message": message}, outputs)
    return file


def fp_hex(value):
    return bls.fp(int(value)).hex()


# -- hedged randomness and transcripts ---------------------------------------------------------


def hedged(purpose, witness, context, randomness, length):
    """src/rng.rs, from its text."""
    prefixed = lambda data: struct.pack(">I", len(data)) + data
    info = prefixed(purpose) + context
    return symmetric.hkdf(dst("core::HEDGE"), randomness + prefixed(witness), info, length)


def rng():
    file = File("medcrypto-core/rng", "gen/core.py: hashlib, hmac", "explicit")
    names = [name for name in ALL if "HEDGED" in name or "NONCE" in name or "SALT" in name]
    for name in names:
        for witness, context, label in [(b"", b"", "zero"), (b"witness", b"context", "a"), (bytes(100), b"c" * 200, "b")]:
            random = bytes(32) if label == "zero" else seeded(label, 32)
            inputs = {"domain": name, "witness": witness, "context": context}
            for length in (32, 64):
                out = hedged(ALL[name], witness, context, random, length)
                file.valid(f"hedged-{length}", f"rng bytes: {label}", inputs, {"bytes": out}, {"rng": random})
    return file


def transcripts():
    file = File("medcrypto-core/transcript", "gen/core.py: STROBE-128 and merlin from their texts", "explicit")
    generator = bls.gt(bls.pairing(bls.P1, bls.P2))
    operations = [
        ["enter", "zk::SCOPE"], ["bytes", "m", b"\1"], ["u64", "n", (5).to_bytes(8, "big")],
        ["scalar", "s", bls.scalar(1)], ["g1", "P", bls.g1(bls.P1)], ["g2", "Q", bls.g2(bls.P2)],
        ["gt", "T", generator],
    ]  # fmt: skip
    long = [["bytes", "long", seeded("transcript", 500)], ["bytes", "", b""]]
    twice = [["bytes", "m", b"x"], ["challenge", "c", b""], ["bytes", "m", b"x"]]
    lists = [("one append of each kind", operations), ("over a block", long), ("a challenge between", twice)]
    lists += [("nothing", []), ("only a number", operations[2:3])]
    for comment, steps in lists:
        for domain in ("zk::CONTEXT", "sig::ENVELOPE"):
            inputs = {"domain": domain, "steps": steps, "label": "c"}
            state = replay(domain, steps)
            challenge = bls.scalar(bls.wide(state.challenge(b"c", 64)))
            file.valid("challenge", comment, inputs, {"scalar": challenge})
            nonces(file, comment, domain, steps)
    return file


def nonces(file, comment, domain, steps):
    for witness in (b"w", seeded("witness", 48)):
        random = seeded("nonce", 32)
        fill = replay(domain, steps).rng(b"witness", witness, random)
        inputs = {"domain": domain, "steps": steps, "witness": witness}
        file.valid("nonce", comment, inputs, {"scalar": bls.scalar(bls.wide(fill(64)))}, {"rng": random})


def replay(domain, steps):
    state = symmetric.Transcript(dst("core::TRANSCRIPT"))
    state.append(b"domain", dst(domain))
    for step in steps:
        kind, label = step[0], step[1].encode()
        if kind == "enter":
            state.append(b"domain", dst(step[1]))
        elif kind == "challenge":
            state.challenge(label, 64)
        elif kind == "u64":
            state.append_u64(label, int.from_bytes(step[2], "big"))
        else:
            state.append(label, step[2])
    return state


def files():
    return {
        "codec": codec(),
        "scalar": scalars(),
        "points": points(),
        "gt": gt(),
        "hash": hashing(),
        "rfc9380": rfc9380(),
        "rng": rng(),
        "transcript": transcripts(),
    }


if __name__ == "__main__":
    main(files)
