"""Known answers of medcrypto-pre. The scheme itself is in gen/mp1.py."""

from . import bls
from .common import File, main
from .core import seeded
from .mp1 import CHUNK, Authority, Grant, Delegation, enc, id_enc, sha, stream, u64, wrapped
from .domains import dst
from .sig import malformed

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


class Sealed:
    """The record that the negative cases change."""

    def __init__(self, world):
        self.path, self.record = ("lab", "2025Q3"), b"glucose 6.1"
        self.random = random32("open")
        self.capsule, self.payload = world.seal(ALICE, self.path, b"record/1", self.record, self.random)
        self.header = self.capsule.header()
        self.where = address(ALICE, self.path, b"record/1")


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


# -- delegation -----------------------------------------------------------------------------------


def draws(label, depth):
    names = ["envelope"] + [f"r{j}" for j in range(1, depth + 1)] + ["signature", "seal"]
    return {name: random32(f"{label} {name}") for name in names}


def grant_inputs(world, grant):
    names = ("not_before", "not_after", "licence", "exclusive", "purpose", "serial")
    terms = dict(zip(names, grant.terms))
    terms["not_after"] = str(terms["not_after"])
    parties = {"delegator": grant.delegator, "delegatee": grant.delegatee, "proxy": grant.proxy, "scope": grant.scope}
    return {"master": world.master()} | {name: list(value) for name, value in parties.items()} | {"terms": terms}


def delegate_file(world, main_delegation):
    file = File("medcrypto-pre/delegate", SOURCE, "explicit")
    grants = [
        (main_delegation.grant, "main"),
        (Grant(ALICE, CAROL, PROXY, ("lab", "2025Q3"), FULL), "full"),
        (Grant(UNICODE, BOB, ALICE, ("w" * 64, "b", "c", "\u00e9"), (5, 6, "\u00e9", False, "\u60a3", 2**53)), "deep"),
    ]
    for grant, label in grants:
        random = draws(label, len(grant.scope))
        made = main_delegation if label == "main" else Delegation(world, grant, random)
        outputs = {"rekey": made.rekey, "statement": made.statement, "sealed": made.sealed}
        outputs |= {"rekey_id": made.rekey_id, "y": bls.scalar(made.y)}
        file.valid("delegate", f"depth {len(grant.scope)}", grant_inputs(world, grant), outputs, random)
    statements(file, world, main_delegation)
    rekeys(file, world, main_delegation)
    return file


def statements(file, world, made):
    good, end = made.statement, len(made.statement)
    points = [("TK1", end - 372, 96), ("C0 of E", end - 272, 96), ("V of E", end - 144, 48), ("U", end - 96, 48), ("W", end - 48, 48)]
    all_bad(file, "statement-decode", good, points)
    file.valid("statement-decode", "as made", {"bytes": good}, {"rekey_id": made.rekey_id})
    ids = 35 + sum(len(id_enc(i)) for i in (ALICE, BOB, PROXY))
    terms, mode = ids + 1 + 4 + 3, ids + 8 + 33
    put = lambda at, data: good[:at] + data + good[at + len(data) :]
    bad = [
        ("no scope", put(ids, b"\0"), "NonCanonical"), ("five components", put(ids, b"\5"), "NonCanonical"),
        ("a scope that is not UTF-8", put(ids + 5, b"\xff"), "NonCanonical"),
        ("an empty window", put(terms, u64(2000)), "NonCanonical"),
        ("exclusive = 2", put(terms + 20, b"\2"), "NonCanonical"),
        ("an endless licence", put(terms + 16, b"\xff" * 4), "Length"),
        ("mode 2", put(mode, b"\2"), "NonCanonical"), ("m = 2", put(mode + 1, b"\2"), "NonCanonical"),
        ("n = 0", put(mode + 2, b"\0"), "NonCanonical"), ("vk0 present", put(mode + 35, b"\1"), "NonCanonical"),
        ("E with a payload", put(end - 273, b"\x10"), "NonCanonical"),
        ("E of another tag", put(end - 274, b"\x15"), "Header"),
        ("a realm of 256 bytes", good[:35] + enc(b"r" * 256) + good[52:], "Length"),
    ]  # fmt: skip
    for comment, data, error in bad:
        file.invalid("statement-decode", comment, error, {"bytes": data}, flags=["BadField"])
    check = lambda data, expected=ALICE: {"params": world.params(), "expected": list(expected), "bytes": data}
    file.valid("statement-verify", "under its delegator", check(good), {"rekey_id": made.rekey_id})
    changed = {"params_id": 3, "realm of A": 39, "name of B": ids - len(id_enc(PROXY)) - 10, "proxy": ids - 10, "scope": ids + 5}
    changed |= {"not_before": terms + 7, "exclusive": terms + 20, "serial": terms + 32, "h0": mode + 3, "mask of E": end - 176}
    changed |= {"U": end - 96, "W": end - 48, "TK1": end - 372}
    for name, at in changed.items():
        bit = 0x20 if name in ("U", "W", "TK1") else 1
        file.invalid("statement-verify", f"{name} changed", "Verification", check(flipped(good, at, bit)), flags=["WrongStatement"])
    file.invalid("statement-verify", "U and W exchanged", "Verification", check(good[:-96] + good[-48:] + good[-96:-48]), flags=["WrongStatement"])
    file.invalid("statement-verify", "another delegator", "Verification", check(good, BOB), flags=["WrongKey"])


def rekeys(file, world, made):
    all_bad(file, "rekey-decode", made.rekey, [("TK0", 3, 48)], "NonCanonical")
    check = lambda data, proxy=PROXY, expected=ALICE: {
        "params": world.params(), "proxy": list(proxy), "expected": list(expected), "bytes": data,
    }  # fmt: skip
    file.valid("rekey-verify", "by its proxy", check(made.rekey), {"rekey_id": made.rekey_id})
    wrong = [
        ("TK0 negated", check(flipped(made.rekey, 3, 0x20))),
        ("another TK0", check(made.rekey[:3] + bls.g1(bls.P1) + made.rekey[51:])),
        ("h0 changed", check(flipped(made.rekey, len(made.rekey) - 373 - 32))),
        ("another proxy", check(made.rekey, proxy=BOB)),
        ("another delegator", check(made.rekey, expected=BOB)),
    ]
    for comment, inputs in wrong:
        file.invalid("rekey-verify", comment, "Verification", inputs, flags=["WrongKey"])
    good = made.sealed
    all_bad(file, "sealed-decode", good, [("C0", 4, 96), ("V", 132, 48)])
    bad = [("no cipher", good[:3] + b"\0" + good[4:], "NonCanonical"), ("an endless payload", good[:180] + b"\xff" * 4 + good[184:], "Length")]
    for comment, data, error in bad:
        file.invalid("sealed-decode", comment, error, {"bytes": data}, flags=["BadField"])
    opened = lambda data=good, reader=PROXY, expected=ALICE: {
        "master": world.master(), "reader": list(reader), "expected": list(expected), "bytes": data,
    }  # fmt: skip
    file.valid("import", "by its proxy", opened(), {"rekey_id": made.rekey_id})
    wrong = [
        ("by somebody else", opened(reader=BOB)),
        ("from somebody else", opened(expected=BOB)),
        ("a bit of the payload", opened(flipped(good, 300))),
        ("a bit of the commitment", opened(flipped(good, 184))),
        ("a bit of the mask", opened(flipped(good, 100))),
        ("another V", opened(flipped(good, 132, 0x20))),
    ]
    for comment, inputs in wrong:
        file.invalid("import", comment, "Decryption", inputs, flags=["WrongKey"])


# -- re-encryption --------------------------------------------------------------------------------


def re_encrypt_file(world, sealed, made):
    file = File("medcrypto-pre/re-encrypt", SOURCE)
    case = lambda where=sealed.where, header=sealed.header, now=NOW, revocations=(): {
        "params": world.params(), "delegator": list(ALICE), "proxy": list(PROXY), "rekey": made.rekey,
        "address": where, "header": header, "now": now, "revocations": list(revocations),
    }  # fmt: skip
    result = made.re_encrypt(sealed.capsule)
    file.valid("re-encrypt", "a record below the scope", case(), {"bytes": result})
    file.valid("re-encrypt", "first valid second", case(now=1000), {"bytes": result})
    file.valid("re-encrypt", "last valid second", case(now=1999), {"bytes": result})
    exact, _ = world.seal(ALICE, ("lab",), b"record/2", b"x", random32("exact"))
    file.valid("re-encrypt", "a record in the scope", case(address(ALICE, ("lab",), b"record/2"), exact.header()), {"bytes": made.re_encrypt(exact)})
    revoked = world.revoke(ALICE, made.rekey_id, NOW, random32("revoke"))
    stranger = world.revoke(BOB, made.rekey_id, NOW, random32("revoke"))
    file.valid("re-encrypt", "a stranger's revocation", case(revocations=[[list(BOB), stranger]]), {"bytes": result})
    file.invalid("re-encrypt", "revoked", "Revoked", case(revocations=[[list(ALICE), revoked]]), flags=["Revoked"])
    for now in (0, 999, 2000, 2**40):
        file.invalid("re-encrypt", f"at {now}", "Validity", case(now=now), flags=["OutsideWindow"])
    others = [("Scope", ALICE, ("lab2",)), ("Scope", ALICE, ("psy", "lab")), ("Scope", ALICE, ()), ("Identity", CAROL, ("lab",))]
    for error, owner, path in others:
        capsule, _ = world.seal(owner, path, b"r", b"x", random32(f"outside {path}"))
        file.invalid("re-encrypt", f"a record of {owner[1]} in {path}", error, case(address(owner, path, b"r"), capsule.header()), flags=["OutsideScope"])
    delegatees(file, world, sealed, made, result)
    return file


def delegatees(file, world, sealed, made, result):
    end = len(result)
    decoded = result[: end - 320] + bytes(288) + result[end - 32 :]
    file.valid("decode", "T = 1", {"bytes": decoded}, {"bytes": decoded})
    all_bad(file, "decode", result, [("C0", 4, 96), ("C2", 148, 48), ("V", 228, 48)])
    for comment, t, error in [("p", bls.P.to_bytes(48, "little"), "NonCanonical"), ("every bit", b"\xff" * 48, "NonCanonical")]:
        changed = result[: end - 320] + t + result[end - 272 :]
        file.invalid("decode", f"a coefficient of T: {comment}", error, {"bytes": changed}, flags=["NonCanonical"])
    file.invalid("decode", "a bit of T", "NotInGroup", {"bytes": flipped(result, end - 320)}, flags=["NotInSubgroup"])
    case = lambda data=result, payload=sealed.payload, where=sealed.where, now=NOW, reader=BOB: {
        "master": world.master(), "reader": list(reader), "delegator": list(ALICE), "statement": made.statement,
        "address": where, "bytes": data, "payload": payload, "now": now,
    }  # fmt: skip
    outputs = {"plaintext": sealed.record, "y": bls.scalar(made.y), "evidence": wrapped(0x1A, sealed.capsule.sigma)}
    file.valid("open", "by the delegatee", case(), outputs)
    generator = bls.pairing(bls.P1, bls.P2)
    only_delegatee = cheating(world, sealed, made, generator)
    wrong = [
        ("T = 1", case(decoded)), ("another T", case(made.with_t(sealed.capsule, generator))),
        ("another rk_id", case(flipped(result, end - 1))), ("the mask changed", case(flipped(result, 200))),
        ("V negated", case(flipped(result, 228, 0x20))), ("a bit of the payload", case(payload=flipped(sealed.payload, 40))),
        ("another record", case(where=address(ALICE, sealed.path, b"record/2"))),
        ("a header that only the delegatee would open", case(*only_delegatee)),
    ]  # fmt: skip
    for comment, inputs in wrong:
        file.invalid("open", comment, "Decryption", inputs, flags=["WrongHeader"])
    file.invalid("open", "another owner", "Identity", case(where=address(CAROL, sealed.path, b"record/1")), flags=["WrongAddress"])
    file.invalid("open", "another scope", "Scope", case(where=address(ALICE, ("psy",), b"record/1")), flags=["OutsideScope"])
    file.invalid("open", "private", "Scope", case(where=address(ALICE, (), b"record/1")), flags=["OutsideScope"])
    for now in (999, 2000):
        file.invalid("open", f"at {now}", "Validity", case(now=now), flags=["OutsideWindow"])
    file.invalid("open", "by somebody else", "Identity", case(reader=CAROL), flags=["WrongKey"])


def cheating(world, sealed, made, generator):
    """Proxy and encryptor in one: σ is masked under a K that is not e([s]H1(idA), Ppub)."""
    k = generator**7
    capsule = world.encapsulate(1, ALICE, sealed.path, b"record/1", random32("cheat"), forced=k)
    t = k * generator ** (made.y * capsule.s % bls.R)
    return made.with_t(capsule, t), stream(capsule.kem_key, b"forged")


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
