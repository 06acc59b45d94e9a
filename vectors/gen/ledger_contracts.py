"""Transactions of the contracts behind the common envelope, and the states that they lead to.

Each case is a short history: encoded transactions with the height of their block, and the encoded state after
the last. Signatures and proofs are the hashes that the tests of the ledger take for them.
"""

import hashlib

from gen.common import File
from gen.ledger_cbor import Enum, Link, Sorted, digest, encode, wrong
from gen.ledger_objects import cid


def sym(*parts):
    """SHA-256 of length-prefixed parts."""
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def d(name):
    return sym(name.encode())


CHAIN = d("chain")


def sign(key, purpose, value):
    return sym(b"sig", key, b"MEDCRYPTO-LEDGER-V01-" + purpose.encode(), encode(value))


class History:
    """Transactions in order, and the nonces that they leave."""

    def __init__(self):
        self.txs, self.nonces = [], {}

    def send(self, height, sender, name, content):
        """Answers the transaction's id."""
        nonce = self.nonces[sender] = self.nonces.get(sender, 0) + 1
        body = [CHAIN, sender, nonce, Enum(name, content)]
        self.txs.append((height, [body, sign(sender, "TRANSACTION", body)]))
        return digest("TRANSACTION", body)

    def state(self, contract):
        return [contract, pairs(self.nonces)]


def pairs(table):
    return Sorted([key, value] for key, value in sorted(table.items()))


def keychain():
    h = History()
    owner, ecg, pump, doctors = b"owner", b"ecg", b"pump", [b"d1", b"d2"]
    for device in (ecg, pump):
        h.send(1, owner, "Join", [device, sign(device, "DEVICE-JOIN", [CHAIN, owner, device])])
    h.send(1, owner, "Rotate", [0, pairs({k: b"0 for " + k for k in doctors}), b"0 for the owner"])
    upload = h.send(2, ecg, "Upload", [0, 7, Link(cid(b"window"))])
    h.send(300, owner, "Rotate", [1, pairs({b"d2": b"1 for d2"}), b"1 for the owner"])
    h.send(300, owner, "Share", [b"d3", pairs({0: b"0 for d3", 1: b"1 for d3"})])
    h.send(301, owner, "Leave", pump)
    written = [b"0 for d1", b"0 for d2", b"0 for the owner", b"1 for d2", b"1 for the owner", b"0 for d3", b"1 for d3"]
    devices = {ecg: [owner, 7, False], pump: [owner, 0, True]}
    held = {(owner, 0, b"d1"): 1, (owner, 0, b"d2"): 1, (owner, 1, b"d2"): 300, (owner, 0, b"d3"): 300, (owner, 1, b"d3"): 300}
    uploads = {upload: [owner, ecg, 0, Link(cid(b"window"))]}
    wrapped = Sorted(sorted(digest("WRAPPED-KEY", [owner, key]) for key in written))
    state = [pairs(devices), pairs({owner: [1, True]}), pairs(held), pairs(uploads), wrapped]
    return h, state


def coin():
    h = History()
    m, patient, doctor = b"m", b"patient", b"doctor"
    blocks = [d(f"block {i}") for i in range(2)]
    watchers, tip = [b"w0", b"w1", b"w2", b"w3"], [blocks[1], 1]
    for watcher in watchers[:3]:
        h.send(1, watcher, "Anchor", [blocks[0], tip])
    later = [d("block 9"), 9]
    h.send(1, watchers[3], "Anchor", [tip[0], later])
    for block in blocks:
        h.send(1, b"anybody", "Mint", block)
    h.send(1, m, "Transfer", [patient, 150])
    first = h.send(1, patient, "Offer", [doctor, 60, 5])
    back = h.send(1, patient, "Offer", [doctor, 20, 1])
    left = h.send(1, patient, "Offer", [doctor, 30, 300])
    records = Sorted(sorted(d(f"record {i}") for i in range(2)))
    reports = {}
    for offer in (first, None):
        diagnosis = [d("block 1"), records, Link(cid(b"conclusion")), offer]
        reports[h.send(5, doctor, "Diagnose", diagnosis)] = [doctor, patient, diagnosis]
    h.send(6, patient, "Withdraw", back)
    balances = {m: 50, patient: 60, doctor: 50}
    offers = {left: [patient, doctor, 30, 300]}
    watch = [Sorted(watchers), tip, pairs({watchers[3]: later})]
    state = [[100, 10, 8], watch, pairs(balances), pairs(offers), pairs(reports), Sorted(sorted(blocks)), 200, 10]
    return h, state


def reveal():
    h = History()
    terms = [Sorted([b"a", b"b", b"c"]), 5, 300, 2]
    over = h.send(1, b"anybody", "Open", [Sorted([b"a", b"b"]), 1, 2, 1])
    left = h.send(1, b"anybody", "Open", terms)
    commit = lambda member: digest("COMMITMENT", [CHAIN, left, member, d("salt"), b"value of " + member])
    for member in (b"a", b"b"):
        h.send(5, member, "Commit", [left, commit(member)])
    h.send(6, b"b", "Reveal", [left, d("salt"), b"value of b"])
    h.send(6, b"c", "Close", over)
    commitments, values = pairs({m: commit(m) for m in (b"a", b"b")}), pairs({b"b": b"value of b"})
    return h, [pairs({left: [terms, commitments, values]})]


def quota():
    h = History()
    key = lambda owner: b"key of " + owner + b":"
    seal = lambda owner, amount: key(owner) + amount.to_bytes(8, "big")
    a, b, issuer = b"a", b"b", b"issuer"
    for owner, amount in ((a, 100), (b, 10)):
        h.send(1, issuer, "Issue", [owner, key(owner), seal(owner, amount), owner])
    ids = []
    for version, (held, amount) in enumerate(((100, 30), (70, 5))):
        debit, credit = seal(a, amount), seal(b, amount)
        proof = sym(b"transfer", encode([CHAIN, a, b, version, key(a), key(b), seal(a, held), debit, credit]))
        ids.append(h.send(1, a, "Transfer", [b, version, debit, credit, proof]))
    h.send(1, b, "Redeem", ids[0])
    accounts = {a: [key(a), seal(a, 65), 2], b: [key(b), seal(b, 40), 1]}
    return h, [issuer, pairs(accounts), pairs({ids[1]: [a, b, seal(b, 5)]})]


# Where a list may have any length: members of a set, pairs of a map.
VARIABLE = {("Rotate", 1), ("Share", 1), ("Diagnose", 1), ("Open", 0)}


def contracts():
    file = File("medcrypto-ledger/contracts", "gen/ledger_cbor.py, states written out by hand")
    for kind, history in (("keychain", keychain), ("coin", coin), ("reveal", reveal), ("quota", quota)):
        h, state = history()
        txs = [{"height": height, "tx": encode(tx)} for height, tx in h.txs]
        file.valid(kind, "a history", {"txs": txs}, {"state": encode(h.state(state))})
        seen = set()
        for _, tx in h.txs:
            name = tx[0][3].name
            if name in seen:
                continue
            seen.add(name)
            variable = lambda path: path[:3] == (0, 3, None) and len(path) == 4 and (name, path[3]) in VARIABLE
            for flag, reason, data in wrong(tx, variable):
                file.invalid(kind, f"{name}: {reason}", "NonCanonical", {"bytes": data}, flags=[flag])
    return file
