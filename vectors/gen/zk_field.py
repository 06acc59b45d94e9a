"""The scalar field of BLS12-381, hashing into it, and Poseidon, from the papers in plain integers.

Constants and matrices come from the Grain LFSR as the Poseidon paper (USENIX Security 2021,
appendix E) describes it; the permutation runs dense, with no optimised partial rounds.
"""

import functools
import hashlib

R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
FULL_ROUNDS = 8
PARTIAL_ROUNDS = {3: 57, 5: 60, 9: 63}

# Tags of Poseidon calls.
LEAF, WIDE_LEAF, GAP, RECORD_NODE, LIST_NODE, ROOT, HOLDER, NULLIFIER = 1, 2, 3, 4, 5, 8, 9, 10


def be(value, width):
    return value.to_bytes(width, "big")


def enc(value):
    """32 bytes, big-endian."""
    return be(value % R, 32)


def domain(purpose):
    return b"MEDCRYPTO-ZK-V01-" + purpose.encode()


def h2f(purpose, message):
    """SHA-512(len8(dst) || dst || m) mod r."""
    dst = domain(purpose)
    wide = hashlib.sha512(bytes([len(dst)]) + dst + message).digest()
    return int.from_bytes(wide, "big") % R


def grain(width, partial_rounds):
    """The self-shrinking Grain stream for GF(p), x^5, 255 bits."""
    fields = [(1, 2), (0, 4), (255, 12), (width, 12), (FULL_ROUNDS, 10), (partial_rounds, 10)]
    bits = [int(b) for value, size in fields for b in format(value, f"0{size}b")] + [1] * 30
    assert len(bits) == 80

    def raw():
        at = 0
        while True:
            new = bits[at + 62] ^ bits[at + 51] ^ bits[at + 38] ^ bits[at + 23] ^ bits[at + 13] ^ bits[at]
            bits.append(new)
            at += 1
            yield new

    stream = raw()
    for _ in range(160):
        next(stream)
    while True:
        keep, bit = next(stream), next(stream)
        if keep:
            yield bit


def number(stream):
    """255 bits, the first one highest."""
    value = 0
    for _ in range(255):
        value = value << 1 | next(stream)
    return value


@functools.cache
def parameters(width):
    """Round constants, row by row, and the Cauchy matrix 1 / (x_i + y_j)."""
    partial = PARTIAL_ROUNDS[width]
    stream = grain(width, partial)
    flat = []
    while len(flat) < width * (FULL_ROUNDS + partial):
        candidate = number(stream)
        if candidate < R:
            flat.append(candidate)
    constants = [flat[i : i + width] for i in range(0, len(flat), width)]
    while True:
        points = [number(stream) % R for _ in range(2 * width)]
        if len(set(points)) == len(points):
            break
    xs, ys = points[:width], points[width:]
    matrix = [[pow(x + y, -1, R) for y in ys] for x in xs]
    return constants, matrix


def permute(state):
    constants, matrix = parameters(len(state))
    half = FULL_ROUNDS // 2
    for index, row in enumerate(constants):
        state = [(s + c) % R for s, c in zip(state, row)]
        is_full = index < half or index >= len(constants) - half
        state = [pow(s, 5, R) if is_full or i == 0 else s for i, s in enumerate(state)]
        state = [sum(m * s for m, s in zip(line, state)) % R for line in matrix]
    return state


def poseidon(tag, inputs, level=0):
    """One call: capacity tag + 2^16 length + 2^32 level, inputs behind it, output state[1]."""
    capacity = tag + (len(inputs) << 16) + (level << 32)
    return permute([capacity, *inputs])[1]


def tree(tag, digests):
    """Two levels of arity eight over 64 digests; missing ones are 0. Parents and root."""
    leaves = list(digests) + [0] * (64 - len(digests))
    parents = [poseidon(tag, leaves[i : i + 8], 0) for i in range(0, 64, 8)]
    return parents, poseidon(tag, parents, 1)
