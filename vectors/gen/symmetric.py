"""HKDF, ChaCha20-Poly1305 and merlin from their texts."""

import hashlib
import hmac
import struct

# -- RFC 5869 ----------------------------------------------------------------------------------


def hkdf_extract(salt, ikm):
    return hmac.new(salt, ikm, hashlib.sha256).digest()


def hkdf_expand(prk, info, length):
    out, block = b"", b""
    for i in range(1, 256):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
        if len(out) >= length:
            return out[:length]
    raise AssertionError


def hkdf(salt, ikm, info, length=32):
    return hkdf_expand(hkdf_extract(salt, ikm), info, length)


# -- RFC 8439 ----------------------------------------------------------------------------------

MASK = 0xFFFFFFFF


def quarter(x, a, b, c, d):
    x[a] = (x[a] + x[b]) & MASK
    v = x[d] ^ x[a]
    x[d] = (v << 16 | v >> 16) & MASK
    x[c] = (x[c] + x[d]) & MASK
    v = x[b] ^ x[c]
    x[b] = (v << 12 | v >> 20) & MASK
    x[a] = (x[a] + x[b]) & MASK
    v = x[d] ^ x[a]
    x[d] = (v << 8 | v >> 24) & MASK
    x[c] = (x[c] + x[d]) & MASK
    v = x[b] ^ x[c]
    x[b] = (v << 7 | v >> 25) & MASK


def chacha20_block(key, counter, nonce):
    start = struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)
    x = list(start)
    for _ in range(10):
        for column in range(4):
            quarter(x, column, column + 4, column + 8, column + 12)
        quarter(x, 0, 5, 10, 15)
        quarter(x, 1, 6, 11, 12)
        quarter(x, 2, 7, 8, 13)
        quarter(x, 3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(x, start)))


def chacha20(key, nonce, data):
    blocks = (len(data) + 63) // 64
    stream = b"".join(chacha20_block(key, 1 + i, nonce) for i in range(blocks))[: len(data)]
    mixed = int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")
    return mixed.to_bytes(len(data), "little")


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s, acc, prime = int.from_bytes(key[16:], "little"), 0, 2**130 - 5
    for i in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[i : i + 16] + b"\1", "little")) * r % prime
    return ((acc + s) % 2**128).to_bytes(16, "little")


def chacha20_poly1305(key, nonce, plain, aad=b""):
    pad = lambda data: data + bytes(-len(data) % 16)
    sealed = chacha20(key, nonce, plain)
    lengths = struct.pack("<QQ", len(aad), len(sealed))
    one_time = chacha20_block(key, 0, nonce)[:32]
    return sealed + poly1305(one_time, pad(aad) + pad(sealed) + lengths)


# -- merlin 1.0 over STROBE-128 ----------------------------------------------------------------

RATE = 166
I, A, C, T, M, K = (1 << i for i in range(6))


def rotl(value, n):
    n %= 64
    return (value << n | value >> (64 - n)) & (2**64 - 1) if n else value


def round_constants():
    """FIPS 202, algorithms 5 and 6."""
    register = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant ^= 1 << (2**j - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        yield constant


CONSTANTS = list(round_constants())


def keccak_f1600(data):
    """FIPS 202, section 3."""
    lanes = struct.unpack("<25Q", data)
    a = [[lanes[x + 5 * y] for y in range(5)] for x in range(5)]
    for constant in CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ rotl(c[(x + 1) % 5], 1) for x in range(5)]
        a = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
        x, y, current = 1, 0, a[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            current, a[x][y] = a[x][y], rotl(current, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [a[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & (2**64 - 1))
        a[0][0] ^= constant
    return struct.pack("<25Q", *(a[i % 5][i // 5] for i in range(25)))


class Strobe:
    """STROBE-128 as far as merlin uses it."""

    def __init__(self, label):
        state = bytearray(200)
        state[:6] = bytes([1, RATE + 2, 1, 0, 1, 96])
        state[6:18] = b"STROBEv1.0.2"
        self.state = bytearray(keccak_f1600(bytes(state)))
        self.pos = self.begin = 0
        self.meta_ad(label)

    def clone(self):
        other = object.__new__(Strobe)
        other.state, other.pos, other.begin = bytearray(self.state), self.pos, self.begin
        return other

    def meta_ad(self, data, more=False):
        self._operate(M | A, more)
        self._absorb(data)

    def ad(self, data):
        self._operate(A, False)
        self._absorb(data)

    def prf(self, length):
        self._operate(I | A | C, False)
        out = bytearray()
        for _ in range(length):
            out.append(self.state[self.pos])
            self.state[self.pos] = 0
            self._step()
        return bytes(out)

    def key(self, data):
        self._operate(A | C, False)
        for byte in data:
            self.state[self.pos] = byte
            self._step()

    def _operate(self, flags, more):
        if more:
            return
        begin, self.begin = self.begin, self.pos + 1
        self._absorb(bytes([begin, flags]))
        if flags & (C | K) and self.pos:
            self._run()

    def _absorb(self, data):
        for byte in data:
            self.state[self.pos] ^= byte
            self._step()

    def _step(self):
        self.pos += 1
        if self.pos == RATE:
            self._run()

    def _run(self):
        self.state[self.pos] ^= self.begin
        self.state[self.pos + 1] ^= 0x04
        self.state[RATE + 1] ^= 0x80
        self.state = bytearray(keccak_f1600(bytes(self.state)))
        self.pos = self.begin = 0


class Transcript:
    """merlin's transcript and the generator that it builds."""

    def __init__(self, label):
        self.strobe = Strobe(b"Merlin v1.0")
        self.append(b"dom-sep", label)

    def append(self, label, message):
        self.strobe.meta_ad(label)
        self.strobe.meta_ad(struct.pack("<I", len(message)), more=True)
        self.strobe.ad(message)

    def append_u64(self, label, value):
        self.append(label, struct.pack("<Q", value))

    def challenge(self, label, length):
        self.strobe.meta_ad(label)
        self.strobe.meta_ad(struct.pack("<I", length), more=True)
        return self.strobe.prf(length)

    def fork(self):
        """The same so far; what is appended to either is not in the other."""
        other = object.__new__(Transcript)
        other.strobe = self.strobe.clone()
        return other

    def rng(self, label, witness, randomness):
        """The function that fills `length` bytes, from a witness and 32 bytes of the caller's rng."""
        strobe = self.strobe.clone()
        strobe.meta_ad(label)
        strobe.meta_ad(struct.pack("<I", len(witness)), more=True)
        strobe.key(witness)
        strobe.meta_ad(b"rng")
        strobe.key(randomness)

        def fill(length):
            strobe.meta_ad(struct.pack("<I", length))
            return strobe.prf(length)

        return fill


def self_test():
    """Against the texts: RFC 8439 section 2.8.2, RFC 5869 case 1, SHA3-256, merlin's own test."""
    key = bytes(range(0x80, 0xA0))
    plain = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        b"future, sunscreen would be it."
    )
    nonce, aad = bytes.fromhex("070000004041424344454647"), bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    sealed = chacha20_poly1305(key, nonce, plain, aad)
    assert sealed[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"
    okm = hkdf(bytes(range(13)), b"\x0b" * 22, bytes(range(0xF0, 0xFA)), 42)
    assert okm.hex().startswith("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")
    state = bytearray(200)
    state[0], state[135] = 0x06, 0x80
    assert keccak_f1600(bytes(state))[:32] == hashlib.sha3_256(b"").digest()
    transcript = Transcript(b"test protocol")
    transcript.append(b"some label", b"some data")
    challenge = transcript.challenge(b"challenge", 32)
    assert challenge.hex() == "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615"


self_test()
