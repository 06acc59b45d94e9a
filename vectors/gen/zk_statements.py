"""Cases of statements: field elements, holders, scopes, policies, contexts, nullifiers, the inputs."""

import hashlib

from gen import zk_field as f
from gen import zk_schema as schema
from gen.common import File
from gen.zk_field import R, be, domain, enc
from gen.zk_groth16 import statement_bytes

SECRETS = [bytes(31), bytes([0xFF]) * 31, bytes(range(1, 32))]
LINEAGE = int.from_bytes(bytes(range(0x81, 0xA0)), "big")
SCOPES = [
    (0, b"lung-cancer-study", 0),
    (1, b"lung-cancer-study", 0),
    (1, b"lung-cancer-study", 4 * 2026 + 2),
    (0, b"x", 2**32 - 1),
    (1, bytes(range(256)), 1),
]
KEYS = [bytes([i]) * 32 for i in (9, 1, 200)]


def holder(secret):
    return f.poseidon(f.HOLDER, [int.from_bytes(secret, "big"), 0])


def scope(kind, name, period):
    return f.h2f("SCOPE", be(kind, 1) + be(len(name), 2) + name + be(period, 4))


def policy(keys, earliest):
    """policy32 and the public input."""
    data = be(len(keys[0]), 2) + b"".join(sorted(set(keys))) + be(earliest, 8)
    policy32 = hashlib.sha256(data).digest()
    return policy32, f.h2f("POLICY", policy32)


def nullifier(secret, lineage, kind, name, period):
    parts = [int.from_bytes(secret, "big"), kind * lineage, scope(kind, name, period), kind]
    return f.poseidon(f.NULLIFIER, parts)


CONTEXT = {
    "profile": 1, "verifying_key": bytes([0x33]) * 32, "chain": bytes([3]) * 32, "contract": bytes([4]) * 32,
    "request": bytes([5]) * 32, "version": 0x0102030405060708, "policy": bytes([6]) * 32,
    "institution_key": b"institution key", "patient_key": b"patient key", "nonce": bytes([7]) * 32,
    "expiry_ms": 0x1112131415161718,
}  # fmt: skip


def context(c):
    key = lambda data: be(len(data), 2) + data
    return f.h2f(
        "CONTEXT",
        be(c["profile"], 1) + c["verifying_key"] + c["chain"] + c["contract"] + c["request"]
        + be(c["version"], 8) + c["policy"] + key(c["institution_key"]) + key(c["patient_key"])
        + c["nonce"] + be(c["expiry_ms"], 8),
    )  # fmt: skip


def spelled(c):
    """JSON numbers end at 2^53: these two travel as text."""
    return {**c, "version": str(c["version"]), "expiry_ms": str(c["expiry_ms"])}


def contexts(file):
    changed = [("as it is", CONTEXT)]
    for name in ("verifying_key", "chain", "contract", "request", "policy", "nonce"):
        changed.append((f"another {name}", {**CONTEXT, name: bytes([0xAA]) * 32}))
    for name in ("version", "expiry_ms"):
        changed.append((f"greatest {name}", {**CONTEXT, name: 2**64 - 1}))
    moved = {"institution_key": b"institution ke", "patient_key": b"ypatient key"}
    changed.append(("a byte moved from one key to the other", {**CONTEXT, **moved}))
    changed.append(("empty keys", {**CONTEXT, "institution_key": b"", "patient_key": b""}))
    for comment, c in changed:
        file.valid("context", comment, spelled(c), {"digest": enc(context(c))})


def elements(file):
    for comment, value in (("0", 0), ("1", 1), ("r - 1", R - 1)):
        file.valid("element", comment, {"bytes": be(value, 32)}, {"bytes": enc(value)})
    for comment, value in (("r", R), ("r + 1", R + 1), ("2^255", 2**255), ("2^256 - 1", 2**256 - 1)):
        file.invalid("element", comment, "NonCanonical", {"bytes": be(value, 32)})
    for secret in SECRETS:
        file.valid("holder", f"secret {secret[:2].hex()}", {"secret": secret}, {"commitment": enc(holder(secret))})


def scopes(file):
    for kind, name, period in SCOPES:
        inputs = {"kind": kind, "name": name, "period": period}
        file.valid("scope", f"kind {kind}, period {period}", inputs, {"digest": enc(scope(kind, name, period))})
        for secret in SECRETS[1:]:
            n = nullifier(secret, LINEAGE, kind, name, period)
            both = {**inputs, "secret": secret, "lineage": enc(LINEAGE)}
            file.valid("nullifier", f"kind {kind}, period {period}", both, {"nullifier": enc(n)})
    file.invalid("scope", "no name", "Name", {"kind": 0, "name": b"", "period": 0})
    for year, quarter in ((2026, 1), (2026, 4), (0, 1), (65535, 4)):
        number = 4 * year + quarter - 1
        file.valid("quarter", f"{year} Q{quarter}", {"year": year, "quarter": quarter}, {"period": be(number, 4)})
    for quarter in (0, 5, 255):
        file.invalid("quarter", f"quarter {quarter}", "Quarter", {"year": 2026, "quarter": quarter})


def policies(file):
    lists = {"one key": KEYS[:1], "three keys": KEYS, "in another order": KEYS[::-1], "one repeated": KEYS + KEYS[:1],
             "short keys": [b"ab", b"aa"]}  # fmt: skip
    for name, keys in lists.items():
        for earliest in (0, 1_364_860_800_000):
            policy32, digest = policy(keys, earliest)
            inputs = {"keys": keys, "earliest_as_of_ms": earliest}
            file.valid("policy", f"{name}, from {earliest}", inputs, {"policy32": policy32, "digest": enc(digest)})
    bad = {"NoIssuer": [], "KeyLength": [b"a", b"bc"]}
    for error, keys in bad.items():
        file.invalid("policy", "no policy", error, {"keys": keys, "earliest_as_of_ms": 0})
    file.invalid("policy", "an empty key", "KeyLength", {"keys": [b""], "earliest_as_of_ms": 0})


def statements(file):
    """The seven inputs in order, and bytes that are no statement."""
    for kind, name, period in SCOPES[1:4]:
        policy32, digest = policy(KEYS, 7)
        q = f.h2f("REQUIREMENT", b"present(bmi)")
        inputs = {"commitment": enc(11), "requirement": enc(q), "context": enc(context(CONTEXT)),
                  "nullifier": enc(nullifier(SECRETS[2], LINEAGE, kind, name, period)),
                  "policy": enc(digest), "kind": kind, "name": name, "period": period}  # fmt: skip
        order = [inputs["commitment"], inputs["requirement"], inputs["context"], inputs["nullifier"],
                 enc(scope(kind, name, period)), inputs["policy"], enc(kind)]  # fmt: skip
        data = statement_bytes(int.from_bytes(x, "big") for x in order)
        file.valid("statement", f"kind {kind}, period {period}", inputs, {"bytes": data})
    good = [*range(2, 8), 1]
    refuse = lambda comment, error, data: file.invalid("statement", comment, error, {"bytes": data})
    for i, name in enumerate(("commitment", "requirement", "context", "nullifier", "scope", "policy", "kind")):
        changed = [R if i == j else value for j, value in enumerate(good)]
        refuse(f"{name} is r", "NonCanonical", statement_bytes(changed))
        aliased = [value + R if i == j else value for j, value in enumerate(good)]
        refuse(f"{name} aliased, + r", "NonCanonical", statement_bytes(aliased))
    refuse("kind is 2", "NonCanonical", statement_bytes([*good[:6], 2]))
    refuse("kind is 256", "NonCanonical", statement_bytes([*good[:6], 256]))
    refuse("six inputs", "Length", statement_bytes(good[:6]))
    refuse("eight inputs", "Length", statement_bytes([*good, 0]))
    refuse("no bytes", "Length", b"")
    for at, name in enumerate(("version", "suite", "tag")):
        data = bytearray(statement_bytes(good))
        data[at] += 1
        refuse(f"another {name}", "Header", data)


def issue(file):
    parts = {"commitment": enc(11), "record_digest": bytes([8]) * 32, "schema": enc(schema.schema_digest()),
             "as_of_ms": 1_364_860_800_000, "ciphertext_digest": bytes([9]) * 32}  # fmt: skip
    data = (
        domain("ISSUE") + parts["commitment"] + parts["record_digest"] + parts["schema"]
        + be(parts["as_of_ms"], 8) + parts["ciphertext_digest"]
    )  # fmt: skip
    file.valid("issue-message", "what an issuer signs", parts, {"bytes": data})


def statement():
    file = File("medcrypto-zk/statement", "gen/zk_statements.py, plain integers")
    for part in (elements, scopes, policies, contexts, statements, issue):
        part(file)
    return file
