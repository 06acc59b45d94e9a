"""KH-LCS and its proofs from the equations of the documentation, on plain integers and py_ecc, with every
draw given as recorded bytes."""

import functools
import hashlib
import struct

from . import bls, symmetric
from .domains import dst
from .objects import enc, wrapped

PUBLIC, DECRYPTION_KEY, EVALUATION_KEY, CIPHERTEXT = 0x40, 0x41, 0x42, 0x43
POSSESSION, EVALUATION_PROOF, DECRYPTION_PROOF = 0x44, 0x45, 0x46


@functools.cache
def generator(label, index):
    return bls.hash_g1(dst("khpke::GEN"), label + struct.pack(">I", index))


P = [generator(b"P", i) for i in (1, 2, 3)]
H = generator(b"H", 0)


def i64(value):
    return struct.pack(">q", value)


def join(parts):
    return b"".join(parts)


def recorded(label, length):
    """Bytes that stand for a caller's generator."""
    blocks = (hashlib.sha256(f"medcrypto-khpke {label} {i}".encode()).digest() for i in range(length // 32 + 1))
    return join(blocks)[:length]


def exponents(data):
    return [bls.wide(data[i : i + 64]) for i in range(0, len(data), 64)]


def triples(values):
    return [values[i : i + 3] for i in range(0, len(values), 3)]


def private(key, x):
    """κ·X."""
    return bls.total(bls.mul(point, k) for point, k in zip(x, key))


def public(projection, r):
    """[r₁]π₁ + [r₂]π₂."""
    return bls.total(bls.mul(point, k) for point, k in zip(projection, r))


def projected(key):
    shared = bls.mul(P[2], key[2])
    return [bls.add(bls.mul(P[0], key[0]), shared), bls.add(bls.mul(P[1], key[1]), shared)]


class Core:
    """X, E, T."""

    def __init__(self, x, e, t):
        self.x, self.e, self.t = x, e, t

    def points(self):
        return [*self.x, *self.e, self.t]

    def encode(self):
        return bytes([len(self.e)]) + join(bls.g1(point) for point in self.points())

    def plus(self, other, weight=1):
        parts = [bls.add(a, bls.mul(b, weight)) for a, b in zip(self.points(), other.points())]
        return Core(parts[:3], parts[3:-1], parts[-1])


class Ciphertext:
    def __init__(self, core, tag):
        self.core, self.tag = core, tag

    def encode(self):
        return wrapped(CIPHERTEXT, self.core.encode() + self.tag)


class Key:
    """k₁ … kₙ, κ̂, α, β and what they project to."""

    def __init__(self, slots, randomness):
        self.slots, self.all = slots, triples(exponents(randomness))
        assert len(self.all) == slots + 3
        self.masks, (self.consistency, self.alpha, self.beta) = self.all[:slots], self.all[slots:]
        self.projections = [projected(key) for key in self.all]
        points = join(bls.g1(point) for pair in self.projections for point in pair)
        self.public = wrapped(PUBLIC, bytes([slots]) + points)
        self.id = hashlib.sha256(dst("khpke::KEY_ID") + self.public).digest()
        scalars = lambda keys: join(bls.scalar(part) for key in keys for part in key)
        body = self.id + scalars([self.alpha, self.beta])
        self.evaluation = wrapped(EVALUATION_KEY, body)
        rest = scalars([self.consistency, *self.masks])
        self.secret = wrapped(DECRYPTION_KEY, bytes([slots]) + body + rest)

    # -- encryption ------------------------------------------------------------------------------

    def fresh(self, messages, r):
        x = [bls.mul(P[0], r[0]), bls.mul(P[1], r[1]), bls.mul(P[2], r[0] + r[1])]
        slots = zip(self.projections, messages)
        e = [bls.add(public(pair, r), bls.mul(H, m)) for pair, m in slots]
        return Core(x, e, public(self.projections[self.slots], r))

    def bound(self, domain, ad, core):
        return enc(dst(domain)) + self.id + enc(ad) + core.encode()

    def tau(self, ad, core):
        return bls.wide(hashlib.sha512(self.bound("khpke::TCR", ad, core)).digest())

    def tag_of(self, ad, core, y):
        return hashlib.sha256(self.bound("khpke::TAG", ad, core) + bls.g1(y)).digest()[:16]

    def sealed(self, ad, core):
        """With the tag that the evaluation key gives."""
        tau = self.tau(ad, core)
        key = [a + tau * b for a, b in zip(self.alpha, self.beta)]
        return Ciphertext(core, self.tag_of(ad, core, private(key, core.x)))

    def encrypt(self, ad, messages, randomness):
        r = exponents(randomness)
        core = self.fresh(messages, r)
        tau, (a, b) = self.tau(ad, core), self.projections[self.slots + 1 :]
        y = bls.add(public(a, r), bls.mul(public(b, r), tau))
        made = Ciphertext(core, self.tag_of(ad, core, y))
        assert made.tag == self.sealed(ad, core).tag, "both keys of the hash proof system agree"
        return made

    def message_points(self, core):
        return [bls.add(e, bls.neg(private(k, core.x))) for k, e in zip(self.masks, core.e)]

    # -- evaluation ------------------------------------------------------------------------------

    def combined(self, terms, constants):
        """Σ wᵢ·C⁽ⁱ⁾ + b, not randomised."""
        start = Core([bls.O1] * 3, [bls.mul(H, b) for b in constants], bls.O1)
        add = lambda core, term: core.plus(term[1].core, term[0])
        return functools.reduce(add, terms, start)

    def evaluate(self, terms, constants, ad, randomness):
        zeros = [0] * self.slots
        fresh = self.fresh(zeros, exponents(randomness))
        return self.sealed(ad, self.combined(terms, constants).plus(fresh))


# -- proofs ----------------------------------------------------------------------------------------


def transcript(domain):
    """The tests start every transcript as that of a possession."""
    state = symmetric.Transcript(dst("core::TRANSCRIPT"))
    state.append(b"domain", dst("khpke::POSSESSION"))
    state.append(b"domain", dst(domain))
    return state


class Sigma:
    """Rows (image, [(base, index of its secret)]) over a transcript that has the statement."""

    def __init__(self, state, rows):
        self.state, self.rows = state, rows

    def commitments(self, values):
        weigh = lambda terms: bls.total(bls.mul(base, values[index]) for base, index in terms)
        return [weigh(terms) for _, terms in self.rows]

    def nonces(self, secrets, rng):
        witness, fork, drawn = join(bls.scalar(s) for s in secrets), self.state.fork(), []
        for i in range(len(secrets)):
            fork.append_u64(b"nonce", i)
            fill = fork.rng(b"witness", witness, rng[32 * i : 32 * i + 32])
            drawn.append(bls.wide(fill(64)))
        return drawn

    def prove(self, secrets, rng):
        """challenge ‖ responses."""
        assert all(bls.same(a, b) for a, (b, _) in zip(self.commitments(secrets), self.rows))
        nonces = self.nonces(secrets, rng)
        for commitment in self.commitments(nonces):
            self.state.append(b"A", bls.g1(commitment))
        challenge = self.state.challenge(b"c", 16)
        c = int.from_bytes(challenge, "big")
        return challenge + join(bls.scalar(s + c * w) for s, w in zip(nonces, secrets))

    def verifies(self, proof):
        c, values = int.from_bytes(proof[:16], "big"), proof[16:]
        z = [int.from_bytes(values[i : i + 32], "big") for i in range(0, len(values), 32)]
        for commitment, (image, _) in zip(self.commitments(z), self.rows):
            self.state.append(b"A", bls.g1(bls.add(commitment, bls.neg(bls.mul(image, c)))))
        return self.state.challenge(b"c", 16) == proof[:16]


def projection_rows(pair, first):
    return [
        (pair[0], [(P[0], first), (P[2], first + 2)]),
        (pair[1], [(P[1], first + 1), (P[2], first + 2)]),
    ]


def possession(key, account):
    state = transcript("khpke::POSSESSION")
    state.append(b"key", key.public)
    state.append(b"account", account)
    rows = [row for i, pair in enumerate(key.projections) for row in projection_rows(pair, 3 * i)]
    return Sigma(state, rows)


def decryption(key, ad, ciphertext, messages):
    state = transcript("khpke::DECRYPTION")
    state.append(b"key", key.id)
    state.append(b"ad", ad)
    state.append(b"C", ciphertext.encode())
    rows, core = [], ciphertext.core
    for i, m in enumerate(messages):
        state.append(b"m", i64(m))
        rows += projection_rows(key.projections[i], 3 * i)
        image = bls.add(core.e[i], bls.neg(bls.mul(H, m)))
        rows.append((image, [(x, 3 * i + j) for j, x in enumerate(core.x)]))
    return Sigma(state, rows)


def evaluation(key, terms, constants, ad, result):
    """`terms` are (weight, ciphertext, its associated data)."""
    state = transcript("khpke::EVALUATION")
    state.append(b"key", key.id)
    state.append_u64(b"k", len(terms))
    for weight, ciphertext, bound in terms:
        state.append(b"w", i64(weight))
        state.append(b"ad", bound)
        state.append(b"C", ciphertext.encode())
    for b in constants:
        state.append(b"b", i64(b))
    state.append(b"ad", ad)
    state.append(b"C", result.encode())
    delta = result.core.plus(key.combined(terms, constants), -1)
    images = [delta.x[2], delta.t, *delta.e]
    bases = [[P[2]] * 2, key.projections[key.slots], *key.projections[: key.slots]]
    weights = [int.from_bytes(state.challenge(b"weight", 16), "big") for _ in bases]
    weigh = lambda points: bls.total(bls.mul(point, w) for point, w in zip(points, weights))
    rest = [(weigh([pair[i] for pair in bases]), i) for i in (0, 1)]
    return Sigma(state, [(delta.x[0], [(P[0], 0)]), (delta.x[1], [(P[1], 1)]), (weigh(images), rest)])
