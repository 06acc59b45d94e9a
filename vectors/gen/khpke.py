"""Known answers of medcrypto-khpke: KH-LCS and its proofs."""

from . import bls
from . import khpke_scheme as scheme
from .common import File, main
from .khpke_proofs import proofs
from .khpke_scheme import Ciphertext, Core, Key, i64, join, recorded
from .objects import malformed, wrapped

SOURCE = "gen/khpke_scheme.py: py_ecc 8.0.0, hashlib"
ZERO = bytes(64)
ORDER = bls.R.to_bytes(64, "big")


def keys():
    file = File("medcrypto-khpke/keys", SOURCE, "explicit")
    for slots in (1, 3):
        generated(file, f"{slots} slots", slots, recorded(f"key {slots}", 192 * (slots + 3)))
    draws = recorded("key 1", 768)
    generated(file, "an exponent that is 0", 1, ZERO + draws[64:], ["ZeroExponent"])
    generated(file, "an exponent that is r", 1, ORDER + draws[64:], ["ZeroExponent"])
    generated(file, "64 bytes of ones", 1, b"\xff" * 64 + draws[64:], ["WideReduction"])
    zeros = [("κ₁ and κ₃ of a mask", ZERO + draws[64:128] + ZERO + draws[192:]), ("everything", bytes(768))]
    for comment, data in zeros:
        file.invalid("generate", f"0: {comment}", "Identity", {"slots": 1}, {"keys": data}, ["Identity"])
    for comment, data in [("a draw missing", draws[:-64]), ("a draw too many", draws + ZERO)]:
        file.invalid("generate", comment, "Verification", {"slots": 1}, {"keys": data}, ["Randomness"])
    public_keys(file)
    secret_keys(file)
    return file


def generated(file, comment, slots, randomness, flags=()):
    key = Key(slots, randomness)
    outputs = {"id": key.id, "public": key.public, "decryption": key.secret, "evaluation": key.evaluation}
    file.valid("generate", comment, {"slots": slots}, outputs, {"keys": randomness}, flags)


def sample(slots=1, label="key"):
    return Key(slots, recorded(f"{label} {slots}", 192 * (slots + 3)))


def public_keys(file):
    good = sample().public
    for slots in (1, 3):
        data = sample(slots).public
        file.valid("public-key", f"{slots} slots", {"bytes": data}, {"bytes": data})
    malformed(file, "public-key", good)
    counts(file, "public-key", good)
    for place in (4, 4 + 7 * 48):
        for flag, comment, data, error in bls.bad_points(48):
            bad = good[:place] + data + good[place + 48 :]
            file.invalid("public-key", f"at {place}: {comment}", error, {"bytes": bad}, flags=[flag])


def counts(file, kind, good, error=None):
    for count, other in [(0, "NonCanonical"), (65, "NonCanonical"), (2, "Length")]:
        data = good[:3] + bytes([count]) + good[4:]
        file.invalid(kind, f"{count} slots", error or other, {"bytes": data}, flags=["BadCount"])


def secret_keys(file):
    """One error for whatever is wrong with a secret."""
    key = sample(3)
    for kind, good in [("decryption-key", key.secret), ("evaluation-key", key.evaluation)]:
        file.valid(kind, "as generated", {"bytes": good}, {"bytes": good})
        malformed(file, kind, good, "NonCanonical")
        for comment, value in [("r", bls.R), ("every bit", 2**256 - 1)]:
            data = good[:-32] + value.to_bytes(32, "big")
            file.invalid(kind, f"an exponent of {comment}", "NonCanonical", {"bytes": data}, flags=["BadSecret"])
        zero = good[:-32] + bytes(32)
        file.valid(kind, "an exponent of 0", {"bytes": zero}, {"bytes": zero}, flags=["ZeroExponent"])
    counts(file, "decryption-key", key.secret, "NonCanonical")


# -- ciphertexts -----------------------------------------------------------------------------------


def party(key):
    return {"key": key.public, "secret": key.secret}


def encryption():
    file = File("medcrypto-khpke/encryption", SOURCE, "explicit")
    one, three = sample(1), sample(3)
    for key, messages, ad in messages_of(one, three):
        randomness = recorded(f"r {messages} {len(ad)}", 128)
        made = key.encrypt(ad, messages, randomness).encode()
        inputs = party(key) | {"ad": ad, "messages": messages}
        file.valid("encrypt", f"{messages}, {len(ad)} bytes of ad", inputs, {"bytes": made}, {"r": randomness})
    refused_encryptions(file, one)
    ciphertexts(file, three.encrypt(b"ad", [1, 2, 3], recorded("r", 128)).encode())
    transfer_cores(file, one, sample(1, "other"))
    decryptions(file, one, three)
    return file


def messages_of(one, three):
    ends = [-(2**63), 2**63 - 1, 2**32]
    for message in [0, 1, -1, *ends]:
        yield one, [message], b"upload"
    for ad in (b"", bytes(1024)):
        yield one, [42], ad
    yield three, [0, 0, 0], b"upload"
    yield three, [1000, -1000, 7], b"upload"
    yield three, ends, b"upload"


def refused_encryptions(file, key):
    draws, inputs = recorded("r", 128), party(key) | {"ad": b"ad", "messages": [5]}
    first = bls.wide(draws[:64])
    opposite = (bls.R - first).to_bytes(64, "big")
    zeros = [("r₁ = 0", ZERO + draws[64:]), ("r₂ = 0", draws[:64] + ORDER), ("r₁ + r₂ = 0", draws[:64] + opposite)]
    for comment, randomness in zeros:
        file.invalid("encrypt", comment, "Identity", inputs, {"r": randomness}, ["Identity"])
    for messages in ([], [1, 2]):
        other = inputs | {"messages": messages}
        file.invalid("encrypt", f"{len(messages)} numbers", "Count", other, {"r": draws}, ["BadCount"])
    file.invalid("encrypt", "1025 bytes of ad", "Range", inputs | {"ad": bytes(1025)}, {"r": draws}, ["BadLength"])


def ciphertexts(file, good):
    """n = 3: X from byte 4, E from 148, T from 292, the tag from 340."""
    file.valid("ciphertext", "as encrypted", {"bytes": good}, {"bytes": good})
    malformed(file, "ciphertext", good)
    counts(file, "ciphertext", good)
    for name, place in [("X₁", 4), ("X₃", 100), ("E₁", 148), ("E₃", 244), ("T", 292)]:
        for flag, comment, data, error in bls.bad_points(48):
            changed = {"bytes": good[:place] + data + good[place + 48 :]}
            if flag == "Identity" and name[0] == "E":
                file.valid("ciphertext", f"{name}: {comment}", changed, changed, flags=[flag])
            else:
                file.invalid("ciphertext", f"{name}: {comment}", error, changed, flags=[flag])


def transfer_cores(file, payer, payee):
    """One X under two keys; X from byte 3, then E and T of the payer, then of the payee."""
    r = scheme.exponents(recorded("transfer", 128))
    a, b = (key.fresh([42], r) for key in (payer, payee))
    good = wrapped(0x4C, join(bls.g1(point) for point in [*a.points(), *b.e, b.t]))
    file.valid("transfer-core", "one amount for two keys", {"bytes": good}, {"bytes": good})
    malformed(file, "transfer-core", good)
    for name, place in [("X₁", 3), ("E of the payer", 147), ("T of the payer", 195), ("E of the payee", 243), ("T of the payee", 291)]:
        for flag, comment, data, error in bls.bad_points(48):
            changed = {"bytes": good[:place] + data + good[place + 48 :]}
            if flag == "Identity" and name[0] == "E":
                file.valid("transfer-core", f"{name}: {comment}", changed, changed, flags=[flag])
            else:
                file.invalid("transfer-core", f"{name}: {comment}", error, changed, flags=[flag])


def decryptions(file, one, three):
    def opens(comment, key, ad, made, messages, flags=()):
        inputs = {"secret": key.secret, "ad": ad, "bytes": made.encode()}
        file.valid("decrypt", comment, inputs, {"messages": join(map(i64, messages))}, flags=flags)

    def refuses(comment, key, ad, made, flag, error="Decryption"):
        inputs = {"secret": key.secret, "ad": ad, "bytes": made.encode()}
        file.invalid("decrypt", comment, error, inputs, flags=[flag])

    good = one.encrypt(b"ad", [-7], recorded("r", 128))
    opens("a number", one, b"ad", good, [-7])
    opens("three numbers", three, b"", three.encrypt(b"", [0, 1000, -1000], recorded("s", 128)), [0, 1000, -1000])
    refuses("other associated data", one, b"Ad", good, "WrongAd")
    refuses("another key", sample(1, "other"), b"ad", good, "WrongKey")
    refuses("a key of three slots", three, b"ad", good, "BadCount", "Count")
    refuses("a number that the table does not reach", one, b"ad", one.encrypt(b"ad", [1001], recorded("t", 128)), "Range")
    for i, name in enumerate(("X₁", "X₂", "X₃", "E", "T")):
        core = moved(good.core, i)
        refuses(f"{name} moved", one, b"ad", Ciphertext(core, good.tag), "Changed")
        if name == "T":
            refuses("T moved, under the right tag", one, b"ad", one.sealed(b"ad", core), "WrongConsistency")
        elif name != "E":
            refuses(f"{name} moved, under the right tag", one, b"ad", one.sealed(b"ad", core), "NotInLanguage")
    opens("E moved, under the right tag", one, b"ad", one.sealed(b"ad", moved(good.core, 3)), [-6], ["Malleable"])
    for bit in (0, 127):
        tag = bytearray(good.tag)
        tag[bit // 8] ^= 1 << bit % 8
        refuses(f"bit {bit} of the tag", one, b"ad", Ciphertext(good.core, bytes(tag)), "WrongTag")
    outside(opens, one)


def moved(core, i):
    """One H more at place `i`."""
    points = core.points()
    points[i] = bls.add(points[i], scheme.H)
    return Core(points[:3], points[3:-1], points[-1])


def outside(opens, key):
    """X not in L, everything else by the secret key: what only its owner can make, and reads."""
    x = [bls.mul(point, k) for point, k in zip(scheme.P, (2, 3, 4))]
    e = bls.add(scheme.private(key.masks[0], x), bls.mul(scheme.H, 9))
    core = Core(x, [e], scheme.private(key.consistency, x))
    opens("X outside of the language, by the owner of the key", key, b"ad", key.sealed(b"ad", core), [9], ["NotInLanguage"])


# -- evaluation ------------------------------------------------------------------------------------


def evaluation():
    file = File("medcrypto-khpke/evaluation", SOURCE, "explicit")
    one, three = sample(1), sample(3)
    inputs = [one.encrypt(b"a%d" % i, [m], recorded(f"in {i}", 128)) for i, m in enumerate((5, -2, 40))]
    wide = [three.encrypt(b"a%d" % i, m, recorded(f"w {i}", 128)) for i, m in enumerate(([1, 2, 3], [-4, 0, 9]))]
    weights = [[1], [1, 1, 1], [2, -3, 0], [0, 0], [-(2**63), 2**63 - 1]]
    for chosen in weights:
        evaluated(file, one, list(zip(chosen, inputs)), [0], f"weights {chosen}")
    evaluated(file, one, [(1, inputs[0]), (-1, inputs[0])], [0], "an input less itself", ["Cancels"])
    for constant in (1, -1, -(2**63), 2**63 - 1):
        evaluated(file, one, [(1, inputs[0])], [constant], f"constant {constant}")
    evaluated(file, three, list(zip([3, -1], wide)), [0, -5, 7], "three slots")
    refused_evaluations(file, one, inputs, wide)
    return file


def case(key, terms, constants, ads=None):
    ads = ads or [b"a%d" % i for i in range(len(terms))]
    spelled = [{"weight": w, "ad": ad, "bytes": c.encode()} for (w, c), ad in zip(terms, ads)]
    return party(key) | {"terms": spelled, "constants": constants, "ad": b"sum"}


def evaluated(file, key, terms, constants, comment, flags=()):
    randomness = recorded(f"e {comment}", 128)
    result = key.evaluate(terms, constants, b"sum", randomness)
    ads = [b"a0"] * len(terms) if "Cancels" in flags else None
    file.valid("evaluate", comment, case(key, terms, constants, ads), {"bytes": result.encode()}, {"r": randomness}, flags)


def refused_evaluations(file, key, inputs, wide):
    draws, untagged = recorded("e", 128), Ciphertext(inputs[1].core, bytes(16))

    def refuses(comment, error, inputs, flag, randomness=draws):
        file.invalid("evaluate", comment, error, inputs, {"r": randomness}, [flag])

    for weight in (1, 0):
        terms = [(1, inputs[0]), (weight, untagged)]
        refuses(f"a wrong tag, weight {weight}", "Decryption", case(key, terms, [0]), "WrongTag")
    refuses("an input under the ad of another", "Decryption", case(key, [(1, inputs[1])], [0]), "WrongAd")
    refuses("no input", "Count", case(key, [], [0]), "BadCount")
    refuses("two constants", "Count", case(key, [(1, inputs[0])], [0, 0]), "BadCount")
    refuses("an input of three slots", "Count", case(key, [(1, wide[0])], [0]), "BadCount")
    foreign = case(key, [(1, inputs[0])], [0]) | {"evaluator": sample(1, "other").evaluation}
    refuses("the evaluation key of another key", "Mismatch", foreign, "WrongKey")
    inverse = (bls.R - bls.wide(recorded("in 0", 64))).to_bytes(64, "big")
    cancelled = inverse + draws[64:]
    refuses("randomness that takes X₁ away", "Identity", case(key, [(1, inputs[0])], [0]), "Identity", cancelled)


def files():
    return {"keys": keys(), "encryption": encryption(), "evaluation": evaluation(), "proofs": proofs(sample)}


if __name__ == "__main__":
    main(files)
