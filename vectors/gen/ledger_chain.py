"""Cases of chains: an honest one, verified from its genesis, and one for every fault; proofs for light
clients; block times and quorums.

Signatures are a keyed hash, which the test implements too: the ledger takes any scheme. The
application is a hash over what it ran.
"""

import hashlib

from gen import ledger_merkle as merkle
from gen import ledger_objects as o
from gen.common import File
from gen.ledger_cbor import Sorted, digest, encode

WORLD = bytes(range(32))
REPLICAS = [b"replica %d" % i for i in range(4)]
CLIENTS = [b"client a", b"client b"]


def sign(key, purpose, value):
    """SHA-256(world || len8(domain) || domain || len64(key) || key || message)."""
    domain = b"MEDCRYPTO-LEDGER-V01-" + purpose
    parts = [WORLD, bytes([len(domain)]), domain, len(key).to_bytes(8, "big"), key, encode(value)]
    return hashlib.sha256(b"".join(parts)).digest()


def app_step(state, operation):
    return hashlib.sha256(state + operation).digest()


def state_root(app, clients):
    table = Sorted([client, list(answer)] for client, answer in sorted(clients.items()))
    return digest("STATE", [app, table])


def median(times):
    last = sorted(times[-11:])
    return last[(len(last) - 1) // 2]


def signed_request(chain, client, nonce, operation, signer=None):
    body = {"chain": chain, "client": client, "nonce": nonce, "operation": operation}
    return encode([o.request(body), sign(signer or client, b"PBFT-REQUEST", o.request(body))])


def certify(header, signers=(0, 1, 3), **changed):
    c = {"height": header["height"], "block_id": o.block_id(header)} | changed
    votes = []
    for replica in signers:
        vote = {"chain_id": header["chain_id"], "height": c["height"], "block_id": c["block_id"], "replica": replica}
        key = REPLICAS[replica] if replica < len(REPLICAS) else b"a stranger"
        votes.append({"replica": replica, "signature": sign(key, b"PBFT-CHECKPOINT", o.checkpoint(vote))})
    return {**c, "signatures": votes}


class Chain:
    """Builds blocks as replicas would; `changed` replaces what the header says."""

    def __init__(self):
        self.app, self.clients, self.blocks = bytes(32), {}, []
        root = state_root(self.app, self.clients)
        self.genesis = {"replicas": REPLICAS, "time_ms": 1000, "state_root": root}
        self.id = o.chain_id(self.genesis)
        self.head = {"version": 1, "chain_id": self.id, "height": 0, "time_ms": 1000, "prev": bytes(32),
                     "tx_root": merkle.mth([]), "tx_count": 0, "state_root": root, "proposer": o.NOBODY}  # fmt: skip
        self.times = [1000]

    def request(self, client, operation, nonce=None):
        last = self.clients.get(client, (0, b""))[0]
        return signed_request(self.id, client, last + 1 if nonce is None else nonce, operation)

    def run(self, client, operation):
        self.app = app_step(self.app, operation)
        nonce = self.clients.get(client, (0, b""))[0] + 1
        self.clients[client] = (nonce, self.app[:4])

    def make(self, txs, proposed, proposer, changed=None, certificate=None):
        time = max(proposed, median(self.times) + 1)
        header = {"version": 1, "chain_id": self.id, "height": self.head["height"] + 1, "time_ms": time,
                  "prev": o.block_id(self.head), "tx_root": merkle.mth(txs), "tx_count": len(txs),
                  "state_root": state_root(self.app, self.clients), "proposer": proposer}  # fmt: skip
        header |= changed or {}
        proof = (certificate or certify)(header)
        certified = {"block": {"header": header, "txs": txs}, "certificate": proof}
        return certified

    def push(self, certified):
        self.blocks.append(certified)
        self.head = certified["block"]["header"]
        self.times.append(self.head["time_ms"])

    def bytes(self):
        return [encode(o.certified_block(b)) for b in self.blocks]


def first_block():
    """A chain with an empty first block."""
    chain = Chain()
    chain.push(chain.make([], 500, o.NOBODY))
    return chain


def second(chain, **options):
    """Its second block, with a request of each client."""
    txs = [chain.request(CLIENTS[0], b"one"), chain.request(CLIENTS[1], b"two")]
    chain.run(CLIENTS[0], b"one")
    chain.run(CLIENTS[1], b"two")
    return chain.make(txs, 2000, 2, **options)


def honest():
    chain = first_block()
    chain.push(second(chain))
    txs = [chain.request(CLIENTS[0], b"three")]
    chain.run(CLIENTS[0], b"three")
    # Proposed too early: the median decides.
    chain.push(chain.make(txs, 0, 3))
    return chain


def accept(file, comment, chain):
    inputs = {"genesis": chain.genesis, "blocks": chain.bytes()}
    outputs = {"head": o.block_id(chain.head), "state_root": chain.head["state_root"], "chain_id": chain.id}
    file.valid("chain", comment, inputs, outputs, {"world": WORLD})


def refuse(file, comment, error, genesis, blocks):
    file.invalid("chain", comment, error, {"genesis": genesis, "blocks": blocks}, {"world": WORLD})


def flip(data):
    return bytes([data[0] ^ 1]) + data[1:]


def header_faults(file):
    cases = [
        ("another version", "Version", {"version": 2}),
        ("another chain", "Chain", {"chain_id": bytes(32)}),
        ("a height left out", "Height", {"height": 3}),
        ("a height again", "Height", {"height": 1}),
        ("a wrong link", "Previous", lambda c: {"prev": flip(o.block_id(c.head))}),
        ("a link to genesis", "Previous", lambda c: {"prev": c.head["prev"]}),
        ("the time of the median", "Time", lambda c: {"time_ms": median(c.times)}),
        ("a transaction too many counted", "TxCount", {"tx_count": 3}),
        ("no transaction counted", "TxCount", {"tx_count": 0}),
        ("another root", "TxRoot", {"tx_root": merkle.mth([])}),
        ("another state", "StateRoot", lambda c: {"state_root": flip(state_root(c.app, c.clients))}),
        ("the state before the block", "StateRoot", lambda c: {"state_root": c.head["state_root"]}),
    ]
    for comment, fault, changed in cases:
        chain = first_block()
        # The second block has run when `changed` is asked, and nothing of it is on the chain.
        late = changed if callable(changed) else lambda _, fixed=changed: fixed
        made = second(chain)
        chain_changed = late(chain)
        header = made["block"]["header"] | chain_changed
        made = {"block": {**made["block"], "header": header}, "certificate": certify(header)}
        chain.push(made)
        refuse(file, comment, f"2: {fault}", chain.genesis, chain.bytes())


def certificate_faults(file):
    wrong = lambda c, i: {**c, "signatures": [
        {**v, "signature": flip(v["signature"])} if i == n else v for n, v in enumerate(c["signatures"])
    ]}  # fmt: skip
    exchanged = lambda c: {**c, "signatures": [
        {**v, "signature": other["signature"]} for v, other in zip(c["signatures"], c["signatures"][::-1])
    ]}  # fmt: skip
    cases = {
        "two signatures of four": lambda h: certify(h, (0, 1)),
        "no signature": lambda h: certify(h, ()),
        "a wrong signature": lambda h: wrong(certify(h), 1),
        "four signatures, one of them wrong": lambda h: wrong(certify(h, range(4)), 3),
        "signatures of other replicas": lambda h: exchanged(certify(h)),
        "a stranger among three": lambda h: certify(h, (0, 1, 4)),
        "another block named": lambda h: certify(h, block_id=flip(o.block_id(h))),
        "another height named": lambda h: certify(h, height=h["height"] + 1),
        "signatures for another chain": lambda h: certify({**h, "chain_id": bytes(32)}, block_id=o.block_id(h)),
    }
    for comment, certificate in cases.items():
        chain = first_block()
        chain.push(second(chain, certificate=certificate))
        refuse(file, comment, "2: Certificate", chain.genesis, chain.bytes())


def transaction_faults(file):
    chain = first_block()
    good = chain.request(CLIENTS[0], b"one")
    cases = [
        ("no request", "Encoding", b"\0"),
        ("a request with a byte behind", "Encoding", good + b"\0"),
        ("a request of another chain", "Signature", signed_request(bytes(32), CLIENTS[0], 1, b"one")),
        ("signed by another client", "Signature", signed_request(chain.id, CLIENTS[0], 1, b"one", CLIENTS[1])),
        ("a changed operation", "Signature", good.replace(b"one", b"two")),
        ("number 0", "Nonce", chain.request(CLIENTS[0], b"one", 0)),
        ("number 2 first", "Nonce", chain.request(CLIENTS[0], b"one", 2)),
    ]
    for comment, fault, tx in cases:
        chain = first_block()
        chain.push(chain.make([tx], 2000, 2))
        refuse(file, comment, f"2: Tx({fault})", chain.genesis, chain.bytes())
    chain = first_block()
    chain.push(chain.make([good, good], 2000, 2))
    refuse(file, "a request twice", "2: Tx(Nonce)", chain.genesis, chain.bytes())


def sequence_faults(file):
    chain = honest()
    data = chain.bytes()
    refuse(file, "the second block left out", "2: Height", chain.genesis, [data[0], data[2]])
    refuse(file, "two blocks exchanged", "2: Height", chain.genesis, [data[0], data[2], data[1]])
    refuse(file, "a byte behind a block", "2: Encoding", chain.genesis, [data[0], data[1] + b"\0", data[2]])
    refuse(file, "no bytes", "3: Encoding", chain.genesis, [*data[:2], b""])
    votes = chain.blocks[1]["certificate"]["signatures"]
    backwards = o.certified_block(chain.blocks[1])
    backwards[1][2] = [[v["replica"], v["signature"]] for v in votes[::-1]]
    refuse(file, "signatures in descending order", "2: Encoding", chain.genesis, [data[0], encode(backwards), data[2]])
    for comment, changed in (("another state at genesis", {"state_root": bytes(32)}), ("another time", {"time_ms": 999})):
        refuse(file, comment, "1: Chain", {**chain.genesis, **changed}, data)
    for comment, keys in (("no replica", []), ("a replica twice", REPLICAS[:3] + REPLICAS[:1])):
        refuse(file, comment, "0: Committee", {**chain.genesis, "replicas": keys}, [])


def light(file):
    chain = honest()
    block = chain.blocks[1]
    txs = block["block"]["txs"]

    def proof(place, **changed):
        whole = {"header": block["block"]["header"], "certificate": block["certificate"]}
        return {**whole, "index": place, "path": merkle.path(place, txs)} | changed

    for index, tx in enumerate(txs):
        inputs = {"genesis": chain.genesis, "proof": encode(o.tx_proof(proof(index))), "tx": tx}
        file.valid("tx-proof", f"transaction {index} of 2", inputs, None, {"world": WORLD})

    def deny(comment, error, p, tx=txs[0], genesis=chain.genesis):
        inputs = {"genesis": genesis, "proof": encode(o.tx_proof(p)), "tx": tx}
        file.invalid("tx-proof", comment, error, inputs, {"world": WORLD})

    deny("another transaction", "Merkle", proof(0), txs[1])
    deny("another index", "Merkle", proof(0, index=1))
    deny("an index beyond the block", "Merkle", proof(0, index=2))
    deny("no path", "Merkle", proof(0, path=[]))
    deny("a path with a node more", "Merkle", proof(0, path=[merkle.leaf_hash(txs[1]), bytes(32)]))
    deny("two signatures", "Certificate", proof(0, certificate=certify(block["block"]["header"], (0, 1))))
    other = {**block["block"]["header"], "tx_root": merkle.leaf_hash(txs[0]), "tx_count": 1}
    deny("a header that nobody certified", "Certificate", proof(0, header=other, path=[]))
    deny("another genesis", "Certificate", proof(0), genesis={**chain.genesis, "time_ms": 1})


def times(file):
    for values in ([1000], [1, 2], [5, 1, 3], [4, 3, 2, 1], list(range(11)), list(range(20, 0, -1)), [7] * 12):
        for proposed in (0, median(values), median(values) + 1, 10**6):
            outputs = {"median": median(values), "time": max(proposed, median(values) + 1)}
            outputs = {name: value.to_bytes(8, "big") for name, value in outputs.items()}
            inputs = {"times": values, "proposed": proposed}
            file.valid("time", f"{len(values)} times, {proposed} proposed", inputs, outputs)


def quorums(file):
    for n in (1, 2, 3, 4, 5, 6, 7, 10, 13, 100, 1024):
        f = (n - 1) // 3
        # The least q of which any two share f + 1 replicas.
        q = next(q for q in range(1, n + 1) if 2 * q - n >= f + 1)
        assert q <= n - f
        outputs = {"faulty": f, "quorum": q, "weak": f + 1, "primary": 2**63 % n}
        outputs = {name: value.to_bytes(2, "big") for name, value in outputs.items()}
        file.valid("quorum", f"{n} replicas", {"replicas": n, "view": str(2**63)}, outputs)


def chains():
    file = File("medcrypto-ledger/chain", "gen/ledger_chain.py, hashlib", "explicit")
    accept(file, "no block", Chain())
    accept(file, "three blocks", honest())
    for part in (header_faults, certificate_faults, transaction_faults, sequence_faults, light, times, quorums):
        part(file)
    return file
