"""Known answers of medcrypto-pre. The scheme itself is in gen/mp1.py."""

from . import bls
from .common import File, main
from .core import seeded
from .domains import dst
from .mp1 import CHUNK, Authority, Delegation, enc, Grant, sha, wrapped
from .objects import malformed
from .pre_cases import ALICE, BOB, CAROL, LONG, PLAIN, PROXY, SOURCE, UNICODE, Sealed
from .pre_cases import address, all_bad, flipped, master, random32
from .pre_delegation import delegate_file, draws, re_encrypt_file


# -- authority ------------------------------------------------------------------------------------


def authority_file(world):
    file = File("medcrypto-pre/authority", SOURCE)
    for comment, alpha in [("one", 1), ("r - 1", bls.R - 1), ("any", world.alpha)]:
        authority = Authority(alpha)
        outputs = {"params": authority.params(), "params_id": authority.params_id}
        file.valid("params", f"alpha = {comment}", {"master": authority.master()}, outputs)
    for identity in (ALICE, BOB, CAROL, LONG, UNICODE, ("a", "b", "")):
        inputs = {"master": world.master(), "identity": list(identity)}
        file.valid("identity-key", "a key", inputs, {"bytes": world.key_bytes(identity)})
    all_bad(file, "params-decode", world.params(), [("Ppub", 3, 96)])
    malformed(file, "master-decode", world.master(), "NonCanonical")
    for comment, value in [("zero", 0), ("r", bls.R), ("every bit", 2**256 - 1)]:
        bad = wrapped(0x19, value.to_bytes(32, "big"))
        file.invalid("master-decode", comment, "NonCanonical", {"bytes": bad}, flags=["BadSecret"])
    identity_keys(file, world)
    return file


def identity_keys(file, world):
    good = world.key_bytes(ALICE)
    end = len(good)
    all_bad(file, "identity-key-decode", good, [("A", end - 96, 48), ("D", end - 48, 48)], "NonCanonical")
    part = lambda realm, subject: good[:35] + enc(realm) + enc(subject) + enc(b"") + good[-96:]
    names = [("no realm", b"", b"x"), ("no subject", b"x", b""), ("256 bytes", b"x" * 256, b"x"), ("not UTF-8", b"\xff", b"x")]
    for comment, realm, subject in names:
        file.invalid("identity-key-decode", comment, "NonCanonical", {"bytes": part(realm, subject)}, flags=["BadName"])
    check = lambda data: {"params": world.params(), "bytes": data}
    file.valid("identity-key-verify", "as issued", check(good), {"bytes": good})
    other = world.key_bytes(BOB)
    wrong = [
        ("A and D exchanged", good[:-96] + good[-48:] + good[-96:-48]),
        ("another identity's A", good[:-96] + other[-96:-48] + good[-48:]),
        ("another identity's D", good[:-48] + other[-48:]),
        ("A negated", flipped(good, end - 96, 0x20)),
        ("D negated", flipped(good, end - 48, 0x20)),
        ("another name", good.replace(b"alice", b"alicf")),
    ]
    for comment, data in wrong:
        file.invalid("identity-key-verify", comment, "Verification", check(data), flags=["WrongKey"])
    file.invalid("identity-key-verify", "other parameters", "Parameters", check(flipped(good, 3)), flags=["WrongParameters"])


# -- records --------------------------------------------------------------------------------------


def seal_file(world):
    file = File("medcrypto-pre/seal", SOURCE, "explicit")
    paths = [(), ("lab",), ("lab", "2025Q3"), ("a", "b", "c"), ("w" * 64, "x", "y/z", "\u00e9")]
    records = [b"", b"x", b"record " * 20, bytes(1000), b"\xff" * 65]
    for path, record in zip(paths, records):
        sealed_case(file, world, ALICE, path, record)
    sealed_case(file, world, CAROL, ("ab", "c"), b"x", "stuck generator", bytes(32))
    sealed_case(file, world, CAROL, ("a", "bc"), b"x", "stuck generator", bytes(32))
    for length in (CHUNK, CHUNK + 1, 2 * CHUNK):
        long_case(file, world, length)
    return file


def sealed_case(file, world, owner, path, record, comment=None, random=None):
    random = random or random32(f"seal {path}")
    capsule, payload = world.seal(owner, path, b"record/1", record, random)
    inputs = {"master": world.master(), "address": address(owner, path, b"record/1"), "plaintext": record}
    outputs = {"header": capsule.header(), "payload": payload, "evidence": wrapped(0x1A, capsule.sigma)}
    outputs["digest"] = sha(enc(dst("pre::CIPHERTEXT_DIGEST")) + enc(capsule.header()) + payload)
    file.valid("seal", comment or f"depth {len(path)}", inputs, outputs, {"rng": random})


def long_case(file, world, length):
    random = random32(f"long {length}")
    capsule, payload = world.seal(ALICE, ("lab",), b"image", b"\xa5" * length, random)
    inputs = {"master": world.master(), "address": address(ALICE, ("lab",), b"image"), "byte": 0xA5, "length": length}
    outputs = {"header": capsule.header(), "payload_sha256": sha(payload)}
    file.valid("seal-long", f"{length} bytes", inputs, outputs, {"rng": random})


def header_file(world, sealed):
    file = File("medcrypto-pre/header", SOURCE)
    good = sealed.header
    file.valid("decode", "depth 2", {"bytes": good}, {"bytes": good})
    fields = [("C0", 4, 96), ("C1", 100, 48), ("C2", 148, 48), ("V", 228, 48)]
    all_bad(file, "decode", good, fields)
    for flags in (0x15, 0x17, 0x1A, 0x22, 0xF2, 0x0A):
        changed = good[:3] + bytes([flags]) + good[4:]
        file.invalid("decode", f"flags {flags:#04x}", "Header", {"bytes": changed}, flags=["WrongFlags"])
    check = lambda data, where=sealed.where: {"params": world.params(), "address": where, "bytes": data}
    file.valid("verify", "for its address", check(good), {"bytes": good})
    # The public check cannot see a wrong mask when the tag is made for it: it is V that binds.
    wrong = [
        ("C1 negated", flipped(good, 100, 0x20)),
        ("C2 negated", flipped(good, 148, 0x20)),
        ("V negated", flipped(good, 228, 0x20)),
        ("C0 negated", flipped(good, 4, 0x20)),
        ("a bit of the mask", flipped(good, 196)),
        ("the last bit of the mask", flipped(good, 227)),
        ("C1 and C2 exchanged", good[:100] + good[148:196] + good[100:148] + good[196:]),
        ("V = C1", good[:228] + good[100:148]),
        ("no cipher", good[:3] + b"\2" + good[4:]),
        ("everything times 5", scaled(sealed.capsule, 5)),
    ]
    for comment, data in wrong:
        file.invalid("verify", comment, "Verification", check(data), flags=["WrongHeader"])
    for comment, where in other_addresses(sealed):
        file.invalid("verify", comment, "Verification", check(good, where), flags=["WrongAddress"])
    return file


def scaled(capsule, k):
    """The header with every point multiplied: what malleability would need to pass."""
    points = bls.g2(bls.mul(capsule.c0, k)) + b"".join(bls.g1(bls.mul(c, k)) for c in capsule.c)
    return wrapped(0x12, bytes([capsule.flags]) + points + capsule.masked + bls.g1(bls.mul(capsule.v, k)))


def other_addresses(sealed):
    yield "another owner", address(BOB, sealed.path, b"record/1")
    yield "another record", address(ALICE, sealed.path, b"record/2")
    yield "another scope", address(ALICE, ("lab", "2025Q4"), b"record/1")
    yield "components run together", address(ALICE, ("lab2", "025Q3"), b"record/1")
    yield "a shorter scope", address(ALICE, ("lab",), b"record/1")
    yield "a longer scope", address(ALICE, ("lab", "2025Q3", "x"), b"record/1")
    yield "private", address(ALICE, (), b"record/1")


def open_file(world, sealed):
    file = File("medcrypto-pre/open", SOURCE, "explicit")
    case = lambda header=sealed.header, payload=sealed.payload, where=sealed.where, reader=ALICE: {
        "master": world.master(), "reader": list(reader), "address": where, "header": header, "payload": payload,
    }  # fmt: skip
    file.valid("open", "by the owner", case(), {"plaintext": sealed.record})
    for comment, payload in bad_payloads(sealed.payload):
        file.invalid("open", comment, "Decryption", case(payload=payload), flags=["WrongPayload"])
    for comment, at in [("the mask", 200), ("V", 228), ("C0", 4)]:
        changed = flipped(sealed.header, at, 0x20)
        file.invalid("open", f"{comment} changed", "Decryption", case(changed), flags=["WrongHeader"])
    for comment, where in list(other_addresses(sealed))[1:]:
        file.invalid("open", comment, "Decryption", case(where=where), flags=["WrongAddress"])
    file.invalid("open", "somebody else's address", "Identity", case(reader=BOB), flags=["WrongKey"])
    reordered(file, world)
    evidence(file, world, sealed)
    return file


def bad_payloads(payload):
    yield "empty", b""
    yield "half a commitment", payload[:16]
    yield "the commitment alone", payload[:32]
    yield "the last byte missing", payload[:-1]
    yield "one byte more", payload + b"\0"
    yield "a bit of the commitment", flipped(payload, 0)
    yield "a bit of the record", flipped(payload, 32)
    yield "a bit of the tag", flipped(payload, len(payload) - 1)
    yield "an empty chunk more", payload + bytes(16)


def reordered(file, world):
    """Two chunks that lost their order, their end, or one another; sealed again by the reader."""
    random, record = random32("reorder"), b"\x5a" * (CHUNK + 20)
    capsule, payload = world.seal(ALICE, ("lab",), b"image", record, random)
    inputs = {"master": world.master(), "address": address(ALICE, ("lab",), b"image"), "header": capsule.header()}
    inputs |= {"payload_sha256": sha(payload), "byte": 0x5A, "length": len(record)}
    file.valid("open-chunks", "as sealed", inputs | {"order": ["first", "second"]}, {"plaintext_sha256": sha(record)}, {"rng": random})
    orders = [["second"], ["first"], ["second", "first"], ["first", "first", "second"], ["first", "second", "second"]]
    for order in orders:
        file.invalid("open-chunks", " ".join(order), "Decryption", inputs | {"order": order}, {"rng": random}, ["WrongPayload"])


def evidence(file, world, sealed):
    good = wrapped(0x1A, sealed.capsule.sigma)
    case = lambda data=good, header=sealed.header, payload=sealed.payload, where=sealed.where: {
        "params": world.params(), "address": where, "header": header, "payload": payload, "bytes": data,
    }  # fmt: skip
    file.valid("evidence", "opens the record", case(), {"plaintext": sealed.record})
    extra = {key: value for key, value in case().items() if key != "bytes"}
    malformed(file, "evidence", good, extra=extra)
    file.invalid("evidence", "another secret", "Verification", case(flipped(good, 3)), flags=["WrongEvidence"])
    file.invalid("evidence", "another mask", "Verification", case(header=flipped(sealed.header, 200)), flags=["WrongHeader"])
    for comment, where in other_addresses(sealed):
        file.invalid("evidence", comment, "Verification", case(where=where), flags=["WrongAddress"])
    file.invalid("evidence", "a bit of the payload", "Decryption", case(payload=flipped(sealed.payload, 40)), flags=["WrongPayload"])


# -- signatures -----------------------------------------------------------------------------------


def signature_file(world):
    file = File("medcrypto-pre/signature", SOURCE, "explicit")
    for signer, message in [(ALICE, b"message"), (BOB, b""), (UNICODE, bytes(300))]:
        random = random32(f"sign {signer[1]}")
        out = wrapped(0x17, world.sign(signer, "pre::SIGN_MESSAGE", message, random))
        inputs = {"master": world.master(), "signer": list(signer), "message": message}
        file.valid("sign", f"{len(message)} bytes", inputs, {"bytes": out}, {"rng": random})
        if signer == ALICE:
            good = out
    all_bad(file, "decode", good, [("U", 3, 48), ("W", 51, 48)])
    check = lambda data=good, signer=ALICE, message=b"message": {
        "params": world.params(), "signer": list(signer), "message": message, "bytes": data,
    }  # fmt: skip
    file.valid("verify", "as made", check(), {"bytes": good})
    other_label = wrapped(0x17, world.sign(ALICE, "pre::SIGN_REKEY", b"message", random32("label")))
    wrong = [
        ("another message", check(message=b"Message")), ("another signer", check(signer=BOB)),
        ("U negated", check(flipped(good, 3, 0x20))), ("W negated", check(flipped(good, 51, 0x20))),
        ("U and W exchanged", check(good[:3] + good[51:] + good[3:51])), ("another label", check(other_label)),
    ]  # fmt: skip
    for comment, inputs in wrong:
        file.invalid("verify", comment, "Verification", inputs, flags=["WrongSignature"])
    revocations(file, world)
    return file


def revocations(file, world):
    rekey_id = seeded("rekey id", 32)
    for signer, time in [(ALICE, 5), (CAROL, 2**53)]:
        random = random32(f"revocation {time}")
        inputs = {"master": world.master(), "signer": list(signer), "rekey_id": rekey_id, "time": time}
        out = world.revoke(signer, rekey_id, time, random)
        file.valid("revoke", f"at {time}", inputs, {"bytes": out}, {"rng": random})
        if signer == ALICE:
            good = out
    end = len(good)
    all_bad(file, "revocation-decode", good, [("U", end - 96, 48), ("W", end - 48, 48)])
    check = lambda data=good, expected=ALICE: {"params": world.params(), "expected": list(expected), "bytes": data}
    file.valid("revocation-verify", "as made", check(), {"bytes": good})
    message = good[:-96]
    as_message = message + world.sign(ALICE, "pre::SIGN_MESSAGE", message, random32("as message"))
    wrong = [
        ("another key's id", check(flipped(good, end - 96 - 9))), ("another time", check(flipped(good, end - 97))),
        ("other parameters", check(flipped(good, 3))), ("another name", check(good.replace(b"alice", b"alicf"))),
        ("another delegator", check(expected=BOB)), ("signed as a message", check(as_message)),
    ]  # fmt: skip
    for comment, inputs in wrong:
        file.invalid("revocation-verify", comment, "Verification", inputs, flags=["WrongSignature"])


def files():
    world = master()
    sealed = Sealed(world)
    grant = Grant(ALICE, BOB, PROXY, ("lab",), PLAIN)
    made = Delegation(world, grant, draws("main", 1))
    return {
        "authority": authority_file(world),
        "seal": seal_file(world),
        "header": header_file(world, sealed),
        "open": open_file(world, sealed),
        "delegate": delegate_file(world, made),
        "re-encrypt": re_encrypt_file(world, sealed, made),
        "signature": signature_file(world),
    }


if __name__ == "__main__":
    main(files)
