"""Cases of canonical bytes: every object of the ledger, and every wrong way to write it."""

import base64
import hashlib

from gen import ledger_objects as o
from gen.common import File
from gen.ledger_cbor import Enum, Link, digest, encode, wrong


class Values:
    """Values that differ from field to field: two fields exchanged never go unnoticed."""

    def __init__(self):
        self.count = 0

    def hash(self):
        self.count += 1
        return hashlib.sha256(b"value %d" % self.count).digest()

    def key(self):
        return self.hash()[: 8 + self.count % 25]

    def cid(self):
        return o.cid(self.hash())

    def number(self, *choices):
        self.count += 1
        sizes = choices or (0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**53 - 1)
        return sizes[self.count % len(sizes)]


def some_header(v):
    return {"version": 1, "chain_id": v.hash(), "height": v.number(), "time_ms": v.number(), "prev": v.hash(),
            "tx_root": v.hash(), "tx_count": v.number(1, 24, 2**32 - 1), "state_root": v.hash(),
            "proposer": v.number(0, 3, o.NOBODY)}  # fmt: skip


def some_certificate(v, count=3):
    votes = [{"replica": replica, "signature": v.key()} for replica in (0, 2, 300, 1023)[:count]]
    return {"height": v.number(), "block_id": v.hash(), "signatures": votes}


def some_request(v):
    body = {"chain": v.hash(), "client": v.key(), "nonce": v.number(), "operation": v.key()}
    return {"body": body, "signature": v.key()}


def some_batch(v, count=2):
    return {"requests": [some_request(v) for _ in range(count)], "time": v.number(), "proposer": v.number(0, 3)}


def some_vote(v):
    return {"chain": v.hash(), "sender": v.number(0, 3, 300), "view": v.number(), "seq": v.number(),
            "digest": v.hash()}  # fmt: skip


def some_prepared(v, seq):
    prepares = [{"replica": replica, "signature": v.key()} for replica in (1, 24, 300)]
    return {"seq": seq, "view": v.number(), "digest": v.hash(), "assign": v.key(), "prepares": prepares}


def some_view_change(v, sender, count=2):
    prepared = [some_prepared(v, seq) for seq in (17, 255, 2**32)[:count]]
    return {"chain": v.hash(), "sender": sender, "view": v.number(), "stable": some_certificate(v),
            "prepared": prepared}  # fmt: skip


def some_new_view(v):
    change = lambda i, count: {"replica": i, "body": some_view_change(v, i, count), "signature": v.key()}
    changes = [change(i, count) for i, count in ((0, 2), (3, 0), (300, 1))]
    assigned = [{"body": some_vote(v), "signature": v.key()} for _ in range(2)]
    return {"chain": v.hash(), "sender": v.number(0, 3, 300), "view": v.number(), "changes": changes,
            "assigned": assigned}  # fmt: skip


def some_snapshot(v, count=2):
    # In the order of the keys, which are compared byte by byte.
    clients = sorted(v.key() for _ in range(count))
    answers = [{"client": client, "nonce": v.number(), "result": v.key()} for client in clients]
    return {"headers": [some_header(v) for _ in range(count)], "clients": answers, "app": v.key()}


def blocks(v):
    """(kind, comment, fields, value, outputs)"""
    keys = [v.key() for _ in range(4)]
    g = {"replicas": keys, "time_ms": 1_700_000_000_000, "state_root": v.hash()}
    yield "genesis", "a genesis", g, o.genesis(g), {"chain_id": o.chain_id(g)}
    for i in range(3):
        h = some_header(v)
        yield "header", f"header {i}", h, o.header(h), {"block_id": o.block_id(h)}
    h = {**some_header(v), "proposer": o.NOBODY, "height": 2**64 - 1}
    yield "header", "greatest height, proposed by nobody", h, o.header(h), {"block_id": o.block_id(h)}
    for txs in ([], [v.key(), b"", v.key() * 20]):
        b = {"header": some_header(v), "txs": txs}
        yield "block", f"{len(txs)} transactions", b, o.block(b), {}
        c = {"block": b, "certificate": some_certificate(v, 1 + len(txs))}
        yield "certified-block", f"{len(txs)} transactions", c, o.certified_block(c), {}
    c = {"chain_id": v.hash(), "height": v.number(), "block_id": v.hash(), "replica": 300}
    yield "checkpoint", "a checkpoint", c, o.checkpoint(c), {"signed": digest("PBFT-CHECKPOINT", o.checkpoint(c))}
    p = {"header": some_header(v), "certificate": some_certificate(v), "index": v.number(), "path": [v.hash(), v.hash()]}
    yield "tx-proof", "a proof of inclusion", p, o.tx_proof(p), {}


def messages(v):
    sender = lambda: v.number(0, 3, 300)
    bodies = {
        "Request": lambda: some_request(v)["body"],
        "Checkpoint": lambda: {"chain": v.hash(), "height": v.number(), "block_id": v.hash(), "replica": sender()},
        "Reply": lambda: {"chain": v.hash(), "sender": sender(), "view": v.number(), "client": v.key(),
                          "nonce": v.number(), "result": v.key()},
        "Status": lambda: {"chain": v.hash(), "sender": sender(), "view": v.number(), "executed": v.number(),
                           "certified": v.number()},
    }  # fmt: skip
    for name in o.BODIES:
        body = bodies.get(name, lambda: some_vote(v))()
        m = {"message": name, "body": body, "signature": v.key()}
        if name == "PrePrepare":
            m["batch"] = some_batch(v)
        yield "message", name, m, o.message(m), {}
    for count in (0, 1, 3):
        b = some_batch(v, count)
        yield "batch", f"{count} requests", b, o.batch(b), {"digest": digest("BATCH", o.batch(b))}


def changes(v):
    sender = lambda: v.number(0, 3, 300)
    bodies = {
        "ViewChange": lambda: some_view_change(v, sender()),
        "NewView": lambda: some_new_view(v),
        "Fetch": lambda: {"chain": v.hash(), "sender": sender(), "round": v.number(), "digests": [v.hash(), v.hash()]},
    }
    for name in o.CHANGES:
        m = {"message": name, "body": bodies[name](), "signature": v.key()}
        yield "message", name, m, o.message(m), {}
    unsigned = {"Stable": some_certificate, "Body": some_batch, "State": some_snapshot}
    for name in o.UNSIGNED:
        m = {"message": name, "content": unsigned[name](v)}
        yield "message", name, m, o.message(m), {}
    m = {"message": "Body", "content": {"requests": [], "time": 0, "proposer": o.NOBODY}}
    yield "message", "Body of the null request", m, o.message(m), {}


def contents(v):
    """(action, fields)"""
    terms = {"verifying_key": v.hash(), "requirement": v.hash(), "issuers": [v.key(), v.key()],
             "earliest_as_of_ms": v.number(), "keywords": [b"oncology", b"lung"], "class": v.hash(),
             "period": 8106, "exclusive": True, "price": v.number(), "places": 24, "bond": v.number(),
             "proxy": v.key(), "arbiters": [v.key(), v.key(), v.key()],
             "deadlines": dict(prove_until=1_800_000_000_000, rekey=1, deliver=24, dispute=256, verdict=65536)}  # fmt: skip
    yield "Publish", terms
    yield "Publish", {**terms, "keywords": [], "issuers": [v.key()], "exclusive": False}
    yield "RegisterRecord", {"patient": v.key(), "commitment": v.hash(), "ciphertext": v.cid(), "issuer": v.key(),
                             "as_of_ms": v.number(), "signature": v.key()}  # fmt: skip
    names = ("commitment", "requirement", "policy", "context", "nullifier", "scope")
    inputs = {**{name: v.hash() for name in names}, "kind": 1}
    exclusive = {"nullifier": v.hash(), "proof": v.key()}
    for extra in (None, exclusive):
        yield "Prove", {"request": v.hash(), "nonce": v.hash(), "inputs": inputs, "proof": v.key() * 6, "exclusive": extra}
    yield "Rekey", {"request": v.hash(), "rekey_id": v.hash(), "sealed": v.cid()}
    yield "Deliver", {"request": v.hash(), "patient": v.key(), "delivery": v.cid()}
    yield "Settle", {"request": v.hash(), "patient": v.key(), "by_patient": v.key(), "by_institution": v.key()}
    yield "Dispute", {"request": v.hash(), "patient": v.key(), "evidence": v.hash()}
    for upheld in (False, True):
        yield "Verdict", {"request": v.hash(), "patient": v.key(), "evidence": v.hash(), "upheld": upheld}
    for patient in (None, v.key()):
        yield "Expire", {"request": v.hash(), "patient": patient}


def transactions(v):
    for action, content in contents(v):
        body = {"chain_id": v.hash(), "sender": v.key(), "nonce": v.number(), "action": action, "content": content}
        t = {"body": body, "signature": v.key()}
        yield "signed-tx", action, t, o.signed_tx(t), {"id": digest("TRANSACTION", o.tx_body(body))}
    s = {"chain_id": v.hash(), "request": v.hash(), "patient": v.key(), "delivery": v.cid()}
    value = o.settlement_statement(s)
    yield "settlement", "what both parties sign", s, value, {"signed": digest("SETTLEMENT", value)}


# Inside a VIEW-CHANGE: votes of its checkpoint, its certificates, votes of these.
CHANGE = [(3, 2), (4,), *((4, i, 1, 3) for i in range(2))]
# Where a list may have any length: the path of its place inside the value.
VARIABLE = {
    "genesis": [(0,)],
    "block": [(1,)],
    "certified-block": [(0, 1), (1, 2)],
    "tx-proof": [(1, 2), (3,)],
    "batch": [(0,)],
    "PrePrepare": [(None, 1, 0)],
    "ViewChange": [(None, 0, *path) for path in CHANGE],
    "NewView": [(None, 0, 3), (None, 0, 4), *((None, 0, 3, i, 1, 0, *path) for i in range(3) for path in CHANGE)],
    "Stable": [(None, 2)],
    "Fetch": [(None, 0, 3)],
    "Body": [(None, 0)],
    "State": [(None, 0), (None, 1)],
    "signed-tx": [(0, 3, None, i) for i in (2, 4, 12)],
}


def encodings():
    file = File("medcrypto-ledger/encoding", "gen/ledger_cbor.py, an encoder of its own")
    v, seen = Values(), set()
    for part in (blocks, messages, transactions, changes):
        for kind, comment, fields, value, outputs in part(v):
            file.valid(kind, comment, {"fields": fields}, {"bytes": encode(value), **outputs})
            # One object of each kind, message and action, in every wrong way.
            name = comment.split()[0] if kind in ("message", "signed-tx") else kind
            if name in seen or comment.startswith("0 "):
                continue
            seen.add(name)
            for flag, reason, data in wrong(value, lambda path: path in VARIABLE.get(name, VARIABLE.get(kind, []))):
                file.invalid(kind, f"{name}: {reason}", "NonCanonical", {"bytes": data}, flags=[flag])
    return file


def pattern(length):
    return bytes((7 * i + i // o.CHUNK) & 0xFF for i in range(length))


def cids():
    file = File("medcrypto-ledger/cid", "gen/ledger_objects.py, hashlib")
    text = lambda cid: b"b" + base64.b32encode(cid).lower().rstrip(b"=")
    for comment, data in (("beep boop", b"beep boop"), ("no bytes", b""), ("one byte", b"\0")):
        cid = o.object_cid(data)
        outputs = {"cid": cid, "text": text(cid), "digest": cid[4:]}
        assert data != b"beep boop" or outputs["text"] == b"bafkreieq5jui4j25lacwomsqgjeswwl3y5zcdrresptwgmfylxo2depppq"
        file.valid("cid", comment, {"data": data}, outputs, flags=["Published"] if data == b"beep boop" else [])
    for length in (1000, o.CHUNK, o.CHUNK + 1, 2 * o.CHUNK, 2 * o.CHUNK + 1, 655_360):
        cid = o.object_cid(pattern(length))
        comment = f"{length} bytes, byte i is (7 i + floor(i / 2^18)) mod 256"
        file.valid("pattern", comment, {"length": length}, {"cid": cid, "text": text(cid)})
    identifiers(file)
    stores(file)
    return file


def identifiers(file):
    digest = hashlib.sha256(b"x").digest()
    for codec in (0x55, 0x71):
        good = bytes([1, codec, 0x12, 32]) + digest
        file.valid("identifier", f"codec 0x{codec:x}", {"bytes": good}, {"bytes": good})
    bad = {
        "version 0 of the same hash": b"\x12\x20" + digest,
        "version 2": b"\x02\x55\x12\x20" + digest,
        "codec dag-pb": b"\x01\x70\x12\x20" + digest,
        "codec identity": b"\x01\x00\x12\x20" + digest,
        "hash sha2-512 of 32 bytes": b"\x01\x55\x13\x20" + digest,
        "hash blake3": b"\x01\x55\x1e\x20" + digest,
        "a digest of 31 bytes": b"\x01\x55\x12\x1f" + digest[:31],
        "a digest of 33 bytes": b"\x01\x55\x12\x21" + digest + b"\0",
        "a byte behind": b"\x01\x55\x12\x20" + digest + b"\0",
        "a byte missing": b"\x01\x55\x12\x20" + digest[:31],
        "a long varint for the codec": b"\x01\xd5\x00\x12\x20" + digest,
        "a long varint for the version": b"\x81\x00\x55\x12\x20" + digest,
        "no bytes": b"",
        "a varint without end": b"\xff" * 12,
    }
    for comment, data in bad.items():
        file.invalid("identifier", comment, "Cid", {"bytes": data})


def stores(file):
    """Blocks under identifiers, some of them lies; no honest object of several chunks is this short."""

    def case(comment, error, cid, *blocks):
        listed = [{"cid": c, "block": b} for c, b in blocks]
        inputs = {"cid": cid, "blocks": listed}
        if error is None:
            file.valid("get", comment, inputs, {"data": blocks[0][1]})
        else:
            file.invalid("get", comment, error, inputs)

    raw = o.cid(b"x")
    case("a raw block", None, raw, (raw, b"x"))
    case("nothing there", "Missing", raw)
    case("another block", "Corrupt", raw, (raw, b"y"))
    case("a byte behind", "Corrupt", raw, (raw, b"x\0"))
    under = lambda block: (o.cid(block, 0x71), block)
    chunk = Link(raw)
    manifests = {
        "a manifest of a short object": [1, [chunk]],
        "a manifest of nothing": [0, []],
        "a total for which there are too few chunks": [o.CHUNK + 1, [chunk]],
        "a total for which there are too many chunks": [o.CHUNK + 1, [chunk] * 3],
        "the greatest total": [2**64 - 1, [chunk, chunk]],
        "a manifest of manifests": [o.CHUNK + 1, [Link(o.cid(b"x", 0x71)), chunk]],
        "a first chunk that is not full": [o.CHUNK + 1, [chunk, chunk]],
        "a map": Enum("total", 1),
        "no list": 7,
    }
    for comment, value in manifests.items():
        cid, block = under(encode(value))
        case(comment, "Corrupt", cid, (cid, block), (raw, b"x"))
    cid, block = under(encode([o.CHUNK + 1, [chunk, chunk]]) + b"\0")
    case("a manifest with a byte behind", "Corrupt", cid, (cid, block), (raw, b"x"))
    cid, block = under(encode([o.CHUNK + 1, [chunk, chunk]]))
    case("a chunk that is not there", "Missing", cid, (cid, block))
