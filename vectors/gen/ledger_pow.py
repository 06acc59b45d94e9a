"""Cases of proof of work in plain integers: targets, work, retargeting, headers, mining, and chains with
forks.
"""

from gen import ledger_merkle as merkle
from gen.common import File
from gen.ledger_cbor import digest, encode

TOP = 1 << 256
EASY = 0x207FFFFF
SPACING, WINDOW, FUTURE = 60_000, 2016, 7_200_000


def value(bits):
    """mantissa * 256^(size - 3), or None unless it is a positive integer below 2^256."""
    size, mantissa = bits >> 24, bits & 0xFFFFFF
    number, rest = divmod(mantissa << (8 * size), 1 << 24)
    return number if rest == 0 and 0 < number < TOP and mantissa < 1 << 23 else None


def compact(number):
    """The bits of the largest target that is at most `number`, and at least 1."""
    number = max(number, 1)
    size = (number.bit_length() + 8) // 8  # one bit more than the number needs
    mantissa = number >> 8 * (size - 3) if size > 3 else number << 8 * (3 - size)
    return size << 24 | mantissa


def work(bits):
    return TOP // (value(bits) + 1)


def retarget(bits, limit, first, last, intervals):
    expected = intervals * SPACING
    took = min(max(last - first, expected // 4), expected * 4)
    return compact(min(value(bits) * took // expected, value(limit)))


def header(**changed):
    h = {"version": 1, "chain_id": bytes(32), "height": 0, "time_ms": 0, "prev": bytes(32), "tx_root": merkle.mth([]),
         "tx_count": 0, "bits": EASY, "nonce": 0, "miner": bytes(32)}  # fmt: skip
    assert set(changed) <= set(h)
    return h | changed


def header_id(h):
    return digest("POW-HEADER", list(h.values()))


def chain_id(kind, genesis):
    return digest("POW-CHAIN", [kind, [genesis["bits"], genesis["time_ms"]]])


def mined(h):
    """The first nonce from the header's on."""
    while int.from_bytes(header_id(h), "big") > value(h["bits"]):
        h = h | {"nonce": (h["nonce"] + 1) % (1 << 64)}
    return h


def unmined(h):
    """The first nonce from the header's on that does not do."""
    while int.from_bytes(header_id(h), "big") <= value(h["bits"]):
        h = h | {"nonce": h["nonce"] + 1}
    return h


def targets(file):
    good = [0x01010000, 0x017F0000, 0x02008000, 0x02123400, 0x02010000, 0x03123456, 0x03008000, 0x04008000, 0x04123456,
            0x1D00FFFF, 0x1B0404CB, 0x1F7FFFFF, 0x20010000, EASY, 0x2100FFFF, 0x21008000]  # fmt: skip
    for bits in good:
        assert compact(value(bits)) == bits
        outputs = {"value": value(bits).to_bytes(32, "big"), "work": work(bits).to_bytes(32, "big")}
        file.valid("target", f"bits {bits:08x}", {"bits": bits}, outputs)
    bad = {
        0: "nothing", 0x03000000: "a value of 0", 0x20000000: "a value of 0 of many bytes", 0x01003456: "a value of 0 after shifting",
        0x01123456: "a fraction", 0x02123456: "a smaller fraction", 0x00123456: "a fraction alone", 0x01000100: "a fraction below 1",
        0x03800000: "the sign", 0x1DFFFFFF: "the sign and more", 0x04923456: "the sign of a small number",
        0x21010000: "2^256", 0x2100FFFF + 1: "just 2^256", 0x22000100: "2^256 otherwise", 0xFF7FFFFF: "far too large", 0x23000001: "2^256 again",
        0x04001234: "a byte too long", 0x220000FF: "two bytes too long", 0x20007FFF: "a leading zero too many", 0x05000080: "one byte in five",
    }  # fmt: skip
    for bits, comment in bad.items():
        assert value(bits) is None or compact(value(bits)) != bits, comment
        file.invalid("target", comment, "Bits", {"bits": bits})
    numbers = [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0x7FFFFF, 0x800000, 0x123456789A, 1 << 255, TOP - 1]
    for number in numbers:
        bits = compact(number)
        assert value(bits) <= max(number, 1) and compact(value(bits)) == bits
        file.valid("round", f"{number:x}", {"value": number.to_bytes(32, "big")}, {"bits": bits.to_bytes(4, "big")})


def retargets(file):
    full, limit = WINDOW * SPACING, EASY
    t0 = 1_700_000_000_000
    spans = {
        "on time": full, "twice as fast": full // 2, "half as fast": full * 2, "a millisecond slow": full + 1,
        "at the lower clamp": full // 4, "below the lower clamp": full // 4 - 1, "above the lower clamp": full // 4 + 1,
        "at the upper clamp": full * 4, "below the upper clamp": full * 4 - 1, "above the upper clamp": full * 4 + 1,
        "no time at all": 0, "backwards": -1, "backwards to 1970": -t0, "for ever": (1 << 64) - 1 - t0,
    }  # fmt: skip
    for bits in (0x1D00FFFF, 0x1B0404CB):
        for comment, span in spans.items():
            give_retarget(file, f"{bits:08x}, {comment}", bits, limit, t0, t0 + span, WINDOW)
    first = (WINDOW - 1) * SPACING
    for comment, span in {"on time": first, "as if of 2016": full, "fast": first // 4 - 1, "slow": first * 4 + 1}.items():
        give_retarget(file, f"first window, {comment}", 0x1D00FFFF, limit, t0, t0 + span, WINDOW - 1)
    give_retarget(file, "held by the limit", EASY, limit, t0, t0 + full * 4, WINDOW)
    give_retarget(file, "held by a limit in between", 0x1D00FFFF, 0x1D01FFFE, t0, t0 + full * 4, WINDOW)
    give_retarget(file, "a product of 258 bits under the largest limit", 0x2100FFFF, 0x2100FFFF, t0, t0 + full * 4, WINDOW)
    give_retarget(file, "down from the largest limit", 0x2100FFFF, 0x2100FFFF, t0, t0, WINDOW)
    give_retarget(file, "never 0", 0x01010000, limit, t0, t0, WINDOW)
    give_retarget(file, "up from 1", 0x01010000, limit, t0, t0 + full * 4, WINDOW)


def give_retarget(file, comment, bits, limit, first, last, intervals):
    inputs = {"bits": bits, "limit": limit, "first_ms": first, "last_ms": last, "intervals": intervals}
    outputs = {"bits": retarget(bits, limit, first, last, intervals).to_bytes(4, "big")}
    file.valid("retarget", comment, inputs, outputs)


def headers(file):
    genesis = {"bits": EASY, "time_ms": 1_700_000_000_000}
    for kind in ("work", "oracle"):
        h = header(chain_id=chain_id(kind, genesis), **genesis)
        outputs = {"chain_id": h["chain_id"], "id": header_id(h), "bytes": encode(list(h.values()))}
        file.valid("genesis", f"sealed by {kind}", {"kind": kind, **genesis}, outputs)
    full = header(version=(1 << 16) - 1, chain_id=b"\1" * 32, height=(1 << 64) - 1, time_ms=(1 << 64) - 1, prev=b"\2" * 32, tx_root=b"\3" * 32,
                  tx_count=(1 << 32) - 1, bits=0x1D00FFFF, nonce=(1 << 64) - 1, miner=b"\4" * 32)  # fmt: skip
    file.valid("header", "the longest", full, {"id": header_id(full), "bytes": encode(list(full.values()))})
    for bits in (0x2000FFFF, 0x1F7FFFFF, 0x1F0FFFFF):
        h = header(chain_id=b"\5" * 32, height=7, bits=bits)
        file.valid("mine", f"bits {bits:08x}", h, {"nonce": mined(h)["nonce"].to_bytes(8, "big")})
    over = header(bits=EASY, nonce=(1 << 64) - 1)
    while mined(over)["nonce"] > over["height"] + 9:
        over |= {"height": over["height"] + 1}
    file.valid("mine", "past the last nonce", over, {"nonce": mined(over)["nonce"].to_bytes(8, "big")})


class Tree:
    """Builds headers on any block, with a reference fork choice over them all."""

    def __init__(self):
        self.genesis = {"bits": EASY, "time_ms": 1_000_000}
        root = header(chain_id=chain_id("work", self.genesis), **self.genesis)
        self.root = header_id(root)
        self.all = {self.root: root}
        self.sent = []

    def path(self, block):
        """Ids from genesis to the block."""
        ids = []
        while block in self.all:
            ids.append(block)
            block = self.all[block]["prev"]
        return ids[::-1]

    def best(self, among):
        total = lambda block: sum(work(self.all[i]["bits"]) for i in self.path(block)[1:])
        return min(among, key=lambda block: (-total(block), block))

    def grow(self, on, miner=b"\0", seal=mined, **changed):
        parent = self.all[on]
        h = header(chain_id=parent["chain_id"], height=parent["height"] + 1, time_ms=parent["time_ms"] + SPACING, prev=on,
                   miner=miner * 32)  # fmt: skip
        h = seal(h | changed)
        self.sent.append(h)
        self.all[header_id(h)] = h
        return header_id(h)

    def inputs(self, now):
        listed = [list(h.values()) for h in self.sent]
        return {"genesis": self.genesis, "headers": [encode(h) for h in listed], "now_ms": now}


def chains(file):
    for length in (0, 1, 12):
        tree = Tree()
        tip = tree.root
        for _ in range(length):
            tip = tree.grow(tip)
        give_chain(file, f"{length} blocks", tree)
    for seed in range(6):
        tree = Tree()
        blocks = [tree.root]
        for step in range(24):
            parent = blocks[-1 - (step * 7 + seed * 5) % min(len(blocks), 4)]
            blocks.append(tree.grow(parent, bytes([seed * 32 + step])))
        give_chain(file, f"a tree of 25 blocks, {seed}", tree)


def give_chain(file, comment, tree, now=1 << 50):
    """After every block the change of the best chain: left downwards, joined upwards."""
    seen, best, left, joined = [tree.root], tree.root, b"", b""
    for h in tree.sent:
        seen.append(header_id(h))
        old, best = tree.path(best), tree.best(seen)
        new = tree.path(best)
        left += b"".join(i for i in old[::-1] if i not in new)
        joined += b"".join(i for i in new if i not in old)
    total = sum(work(tree.all[i]["bits"]) for i in tree.path(best)[1:])
    outputs = {"head": best, "work": total.to_bytes(32, "big"), "left": left, "joined": joined}
    file.valid("chain", comment, tree.inputs(now), outputs)


def hostile(file):
    def deny(comment, error, now=1 << 50, **changed):
        tree = Tree()
        tip = tree.root
        for _ in range(12):
            tip = tree.grow(tip)
        tree.grow(tip, **changed)
        file.invalid("chain", comment, error, tree.inputs(now))

    # Blocks are a minute apart: the median of blocks 2 to 12 is the time of block 7.
    median, last = 1_000_000 + 7 * SPACING, 1_000_000 + 12 * SPACING
    deny("version 0", "Version", version=0)
    deny("version 2", "Version", version=2)
    deny("another chain", "Chain", chain_id=bytes(32))
    deny("the chain of an oracle", "Chain", chain_id=chain_id("oracle", Tree().genesis))
    deny("a hash above the target", "Work", seal=unmined)
    deny("an unknown block before", "Previous", prev=b"\7" * 32)
    deny("no block before", "Previous", prev=bytes(32))
    deny("a height left out", "Height", height=14)
    deny("a height again", "Height", height=12)
    deny("height 0", "Height", height=0)
    deny("the largest height", "Height", height=(1 << 64) - 1)
    deny("the time of the median", "Time", time_ms=median)
    deny("time 0", "Time", time_ms=0)
    deny("ahead of the clock", "Future", now=last, time_ms=last + FUTURE + 1)
    deny("the end of time", "Future", time_ms=(1 << 64) - 1)
    deny("an easier target", "Target", bits=0x2100FFFF)
    deny("a harder target", "Target", bits=0x207FFFFE)
    for comment, time in (("a millisecond after the median", median + 1), ("as far ahead as may be", last + FUTURE)):
        tree = Tree()
        tip = tree.root
        for _ in range(12):
            tip = tree.grow(tip)
        tree.grow(tip, time_ms=time)
        give_chain(file, comment, tree, now=last)
    tree = Tree()
    tree.sent += [tree.all[tree.grow(tree.root)]]
    file.invalid("chain", "a block twice", "Known", tree.inputs(1 << 50))


def pow_cases():
    file = File("medcrypto-ledger/pow", "gen/ledger_pow.py, hashlib", "none")
    for part in (targets, retargets, headers, chains, hostile):
        part(file)
    return file
