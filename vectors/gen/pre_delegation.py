"""Delegation and re-encryption of medcrypto-pre."""

from . import bls
from .common import File
from .mp1 import Delegation, enc, Grant, id_enc, stream, u64, wrapped
from .pre_cases import ALICE, BOB, CAROL, FULL, NOW, PROXY, SOURCE, UNICODE
from .pre_cases import address, all_bad, flipped, random32


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
