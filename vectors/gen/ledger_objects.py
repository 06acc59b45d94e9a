"""The objects of the ledger as the design writes them: dictionaries of named fields, and the lists
that DAG-CBOR encodes. The file shows the fields, so whoever reads it needs no decoder."""

import hashlib

from gen.ledger_cbor import Enum, Link, Sorted, digest, encode

NOBODY = 65535


def genesis(g):
    return [g["replicas"], g["time_ms"], g["state_root"]]


def chain_id(g):
    return digest("CHAIN", genesis(g))


def header(h):
    return [h["version"], h["chain_id"], h["height"], h["time_ms"], h["prev"], h["tx_root"], h["tx_count"],
            h["state_root"], Enum("Bft", h["proposer"])]  # fmt: skip


def block_id(h):
    return digest("HEADER", header(h))


def block(b):
    return [header(b["header"]), b["txs"]]


def checkpoint(c):
    return [c["chain_id"], c["height"], c["block_id"], c["replica"]]


def certificate(c):
    pairs = Sorted([v["replica"], v["signature"]] for v in c["signatures"])
    return [c["height"], c["block_id"], pairs]


def certified_block(c):
    return [block(c["block"]), certificate(c["certificate"])]


def tx_proof(p):
    return [header(p["header"]), certificate(p["certificate"]), p["index"], p["path"]]


def signed(body, s):
    return [body(s["body"]), s["signature"]]


def request(r):
    return [r["chain"], r["client"], r["nonce"], r["operation"]]


def vote(v):
    return [v["chain"], v["sender"], v["view"], v["seq"], v["digest"]]


def pbft_checkpoint(c):
    return checkpoint({**c, "chain_id": c["chain"]})


def reply(r):
    return [r["chain"], r["sender"], r["view"], r["client"], r["nonce"], r["result"]]


def status(s):
    return [s["chain"], s["sender"], s["view"], s["executed"], s["certified"]]


def prepared(p):
    return [p["view"], p["digest"], p["assign"], Sorted([v["replica"], v["signature"]] for v in p["prepares"])]


def view_change(c):
    pairs = Sorted([p["seq"], prepared(p)] for p in c["prepared"])
    return [c["chain"], c["sender"], c["view"], certificate(c["stable"]), pairs]


def new_view(n):
    changes = Sorted([c["replica"], signed(view_change, c)] for c in n["changes"])
    return [n["chain"], n["sender"], n["view"], changes, [signed(vote, v) for v in n["assigned"]]]


def fetch(f):
    return [f["chain"], f["sender"], f["round"], f["digests"]]


def snapshot(s):
    clients = Sorted([a["client"], [a["nonce"], a["result"]]] for a in s["clients"])
    return [[header(h) for h in s["headers"]], clients, s["app"]]


def batch(b):
    return [[signed(request, r) for r in b["requests"]], b["time"], b["proposer"]]


BODIES = {"Request": request, "PrePrepare": vote, "Prepare": vote, "Commit": vote,
          "Checkpoint": pbft_checkpoint, "Reply": reply, "Status": status}  # fmt: skip
CHANGES = {"ViewChange": view_change, "NewView": new_view, "Fetch": fetch}
# Messages that nobody signs: what they carry is checked by itself.
UNSIGNED = {"Stable": certificate, "Body": batch, "State": snapshot}


def message(m):
    if m["message"] in UNSIGNED:
        return Enum(m["message"], UNSIGNED[m["message"]](m["content"]))
    content = signed((BODIES | CHANGES)[m["message"]], m)
    return Enum(m["message"], [content, batch(m["batch"])] if "batch" in m else content)


# Transactions.


def deadlines(d):
    return [d[name] for name in ("prove_until", "rekey", "deliver", "dispute", "verdict")]


def publish(r):
    return [r["verifying_key"], r["requirement"], Sorted(sorted(r["issuers"])), r["earliest_as_of_ms"],
            Sorted(sorted(r["keywords"])), r["class"], r["period"], r["exclusive"], r["price"], r["places"],
            r["bond"], r["proxy"], Sorted(sorted(r["arbiters"])), deadlines(r["deadlines"])]  # fmt: skip


def register_record(r):
    record = [r["patient"], r["commitment"], Link(r["ciphertext"]), r["issuer"], r["as_of_ms"]]
    return [record, r["signature"]]


def prove(p):
    names = ("commitment", "requirement", "policy", "context", "nullifier", "scope", "kind")
    exclusive = p["exclusive"] and [p["exclusive"]["nullifier"], p["exclusive"]["proof"]]
    return [p["request"], p["nonce"], [p["inputs"][name] for name in names], p["proof"], exclusive]


def rekey(r):
    return [r["request"], r["rekey_id"], Link(r["sealed"])]


def deliver(d):
    return [d["request"], d["patient"], Link(d["delivery"])]


def settle(s):
    return [s["request"], s["patient"], s["by_patient"], s["by_institution"]]


def dispute(d):
    return [d["request"], d["patient"], d["evidence"]]


def verdict(v):
    return [v["request"], v["patient"], v["evidence"], v["upheld"]]


def expire(e):
    return [e["request"], e["patient"]]


ACTIONS = {"Publish": publish, "RegisterRecord": register_record, "Prove": prove, "Rekey": rekey,
           "Deliver": deliver, "Settle": settle, "Dispute": dispute, "Verdict": verdict,
           "Expire": expire}  # fmt: skip


def tx_body(b):
    return [b["chain_id"], b["sender"], b["nonce"], Enum(b["action"], ACTIONS[b["action"]](b["content"]))]


def signed_tx(t):
    return [tx_body(t["body"]), t["signature"]]


def settlement_statement(s):
    return [s["chain_id"], s["request"], s["patient"], Link(s["delivery"])]


# Identifiers.


def cid(data, codec=0x55):
    return bytes([1, codec, 0x12, 32]) + hashlib.sha256(data).digest()


CHUNK = 256 * 1024


def manifest(data):
    chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)]
    return encode([len(data), [Link(cid(chunk)) for chunk in chunks]])


def object_cid(data):
    return cid(data) if len(data) <= CHUNK else cid(manifest(data), 0x71)
