"""Scheme MP1 of medcrypto-pre from its equations, with every draw given as recorded bytes."""

import hashlib
import struct

from . import bls
from .core import hedged
from .domains import dst
from .symmetric import chacha20_poly1305, hkdf, hkdf_expand

CHUNK = 65536
RECORD, ENVELOPE, SEALED = 1, 2, 3


def sha(data):
    return hashlib.sha256(data).digest()


def enc(data):
    return struct.pack(">I", len(data)) + data


def u64(value):
    return struct.pack(">Q", value)


def wrapped(tag, fields):
    return bytes([1, 1, tag]) + fields


def id_enc(identity):
    return b"".join(enc(part.encode()) for part in identity)


def path_enc(path):
    return bytes([len(path)]) + b"".join(enc(w.encode()) for w in path)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


# -- payload -------------------------------------------------------------------------------------


def stream(key, record):
    """commitment ‖ chunks, under the key that leaves an encapsulation."""
    derive = lambda name: hkdf_expand(key, enc(dst(name)) + b"\1", 32)
    dem, chunks = derive("pre::DEM_KEY"), [record[i : i + CHUNK] for i in range(0, len(record), CHUNK)] or [b""]
    out = derive("pre::DEM_COMMIT")
    for i, chunk in enumerate(chunks):
        nonce = bytes(7) + struct.pack(">I", i) + bytes([i + 1 == len(chunks)])
        out += chacha20_poly1305(dem, nonce, chunk)
    return out


class Capsule:
    """A header in its parts, with the secrets that made it."""

    def __init__(self, c0, c, masked, v, flags, sigma, s, key_gt, kem_key):
        self.c0, self.c, self.masked, self.v, self.flags = c0, c, masked, v, flags
        self.sigma, self.s, self.key_gt, self.kem_key = sigma, s, key_gt, kem_key

    def fields(self):
        """Everything of a header but its first three bytes."""
        points = bls.g2(self.c0) + b"".join(bls.g1(p) for p in self.c)
        return bytes([self.flags]) + points + self.masked + bls.g1(self.v)

    def header(self):
        return wrapped(0x12, self.fields())


class Authority:
    def __init__(self, alpha):
        self.alpha = alpha
        self.ppub = bls.mul(bls.P2, alpha)
        self.params_id = sha(enc(dst("pre::PARAMS")) + bls.g2(self.ppub))
        self.keys = {}

    def params(self):
        return wrapped(0x10, bls.g2(self.ppub))

    def master(self):
        return wrapped(0x19, bls.scalar(self.alpha))

    def h1(self, identity):
        return bls.hash_g1(dst("pre::ID_DEC"), self.params_id + id_enc(identity))

    def h1s(self, identity):
        return bls.hash_g1(dst("pre::ID_SIG"), self.params_id + id_enc(identity))

    def h2(self, identity, path):
        """H2 of every prefix."""
        start = self.params_id + id_enc(identity)
        prefixes = (path[:j] for j in range(1, len(path) + 1))
        return [bls.hash_g1(dst("pre::SCOPE"), start + path_enc(prefix)) for prefix in prefixes]

    def key(self, identity):
        """(A, D)."""
        if identity not in self.keys:
            points = (self.h1(identity), self.h1s(identity))
            self.keys[identity] = tuple(bls.mul(point, self.alpha) for point in points)
        return self.keys[identity]

    def key_bytes(self, identity):
        a, d = self.key(identity)
        return wrapped(0x11, self.params_id + id_enc(identity) + bls.g1(a) + bls.g1(d))

    # -- encapsulation ---------------------------------------------------------------------------

    def ctx(self, purpose, identity, path, aad):
        data = self.params_id + bytes([purpose]) + id_enc(identity) + path_enc(path) + enc(aad)
        return sha(enc(dst("pre::CONTEXT")) + data)

    def encapsulate(self, purpose, identity, path, aad, random, witness=b"", forced=None):
        """`forced` is the value that a cheating encryptor masks σ with."""
        ctx = self.ctx(purpose, identity, path, aad)
        sigma = hedged(dst("pre::HEDGED_SEED"), witness, ctx, random, 32)
        s = bls.hash_secret_scalar(dst("pre::FO_SCALAR"), self.params_id + sigma + ctx)
        c0 = bls.mul(bls.P2, s)
        c = [bls.mul(point, s) for point in self.h2(identity, path)]
        key_gt = forced or bls.pairing(bls.mul(self.h1(identity), s), self.ppub)
        points = bls.g2(c0) + b"".join(bls.g1(p) for p in c)
        mask = bls.expand(dst("pre::FO_MASK"), self.params_id + bls.gt(key_gt) + ctx + points, 32)
        flags = len(path) | (0 if purpose == ENVELOPE else 1) << 4
        hdr0 = wrapped(0x12, bytes([flags]) + points + xor(sigma, mask))
        tag = bls.hash_g1(dst("pre::HEADER_TAG"), self.params_id + ctx + hdr0)
        capsule = Capsule(c0, c, xor(sigma, mask), bls.mul(tag, s), flags, sigma, s, key_gt, None)
        info = enc(dst("pre::KEM_KEY")) + bytes([purpose])
        capsule.kem_key = hkdf(sha(capsule.header()), sigma, info)
        return capsule

    def seal(self, owner, path, record_id, record, random):
        capsule = self.encapsulate(RECORD, owner, path, record_id, random)
        return capsule, stream(capsule.kem_key, record)

    # -- signatures ------------------------------------------------------------------------------

    def sign(self, identity, label, message, random):
        """U ‖ W."""
        d, label = self.key(identity)[1], enc(dst(label))
        wide = hedged(dst("pre::IBS_NONCE"), bls.g1(d), label + sha(message), random, 64)
        k = bls.wide(wide)
        u = bls.mul(self.h1s(identity), k)
        data = self.params_id + id_enc(identity) + label + bls.g1(u) + sha(message)
        h = bls.hash_scalar(dst("pre::IBS_CHALLENGE"), data)
        return bls.g1(u) + bls.g1(bls.mul(d, k + h))

    def revoke(self, identity, rekey_id, time, random):
        message = wrapped(0x18, self.params_id + id_enc(identity) + rekey_id + u64(time))
        return message + self.sign(identity, "pre::SIGN_REVOCATION", message, random)

    # -- delegation ------------------------------------------------------------------------------

    def delegate(self, grant, random):
        return Delegation(self, grant, random)


class Grant:
    def __init__(self, delegator, delegatee, proxy, scope, terms):
        self.delegator, self.delegatee, self.proxy = delegator, delegatee, proxy
        self.scope, self.terms = scope, terms

    def terms_enc(self):
        not_before, not_after, licence, exclusive, purpose, serial = self.terms
        window = u64(not_before) + u64(not_after)
        return window + enc(licence.encode()) + bytes([exclusive]) + enc(purpose.encode()) + u64(serial)

    def envelope_aad(self):
        ids = b"".join(enc(id_enc(i)) for i in (self.delegator, self.delegatee, self.proxy))
        terms = enc(self.terms_enc())
        return enc(dst("pre::ENVELOPE")) + ids + path_enc(self.scope) + terms + b"\1\1\1"


class Delegation:
    """Everything of a delegation, from the recorded bytes `random`, by draw."""

    def __init__(self, authority, grant, random):
        self.authority, self.grant = authority, grant
        a, aad = authority.key(grant.delegator)[0], grant.envelope_aad()
        witness = bls.g1(a)
        self.envelope = authority.encapsulate(ENVELOPE, grant.delegatee, (), aad, random["envelope"], witness)
        self.y = self.mask(aad)
        blinding = [
            bls.wide(hedged(dst("pre::HEDGED_BLINDING"), witness, b"r" + bytes([j]) + sha(aad), random[f"r{j}"], 64))
            for j in range(1, len(grant.scope) + 1)
        ]
        points = authority.h2(grant.delegator, grant.scope)
        terms = [a, bls.mul(bls.P1, self.y)] + [bls.mul(p, r) for p, r in zip(points, blinding)]
        self.tk0 = bls.total(terms)
        self.tk = [bls.mul(bls.P2, r) for r in blinding]
        signed = self.signed()
        self.statement = signed + authority.sign(grant.delegator, "pre::SIGN_REKEY", signed, random["signature"])
        self.rekey_id = sha(enc(dst("pre::REKEY_ID")) + self.statement)
        self.rekey = wrapped(0x13, bls.g1(self.tk0) + self.statement)
        self.sealed = self.seal(witness + self.rekey_id, random["seal"])

    def mask(self, aad):
        """y."""
        bound = sha(enc(aad) + enc(self.envelope.header()))
        data = self.authority.params_id + self.envelope.kem_key + bound
        return bls.hash_secret_scalar(dst("pre::REKEY_MASK"), data)

    def signed(self):
        ids = b"".join(id_enc(i) for i in (self.grant.delegator, self.grant.delegatee, self.grant.proxy))
        params_id = self.authority.params_id
        h0 = sha(enc(dst("pre::REKEY_SECRET")) + params_id + bls.g1(self.tk0))
        parties = params_id + ids + path_enc(self.grant.scope) + self.grant.terms_enc()
        tk = b"".join(bls.g2(point) for point in self.tk)
        return wrapped(0x14, parties + b"\1\1\1" + h0 + b"\0" + tk + self.envelope.header())

    def seal(self, witness, random):
        aad = enc(dst("pre::SEALED_REKEY")) + enc(id_enc(self.grant.delegator))
        capsule = self.authority.encapsulate(SEALED, self.grant.proxy, (), aad, random, witness)
        return wrapped(0x15, capsule.fields() + enc(stream(capsule.kem_key, self.rekey)))

    def re_encrypt(self, capsule):
        """T = e(TK0, C0) · Π e(−Cj, TKj), and the header with it."""
        pairs = [(self.tk0, capsule.c0)] + [(bls.neg(c), tk) for c, tk in zip(capsule.c, self.tk)]
        t = bls.pairing_product(pairs)
        # What the equations of the scheme promise: T is K masked by e([y]P1, C0).
        generator = bls.pairing(bls.P1, bls.P2)
        assert t == capsule.key_gt * generator ** (self.y * capsule.s % bls.R)
        return self.with_t(capsule, t)

    def with_t(self, capsule, t):
        return wrapped(0x16, capsule.fields() + bls.gt(t) + self.rekey_id)
