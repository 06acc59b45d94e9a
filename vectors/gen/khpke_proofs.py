"""Cases of the proofs of possession, evaluation and decryption of medcrypto-khpke."""

from . import bls
from . import khpke_scheme as scheme
from .common import File
from .khpke_scheme import Ciphertext, exponents, recorded
from .objects import malformed, seed, wrapped


def proofs(sample):
    source = "gen/khpke_scheme.py: py_ecc 8.0.0, hashlib; STROBE-128 and merlin from their texts"
    file = File("medcrypto-khpke/proofs", source, "explicit")
    possessions(file, sample)
    evaluations(file, sample)
    decryptions(file, sample)
    return file


def neighbours(file, kind, good, responses, inputs):
    """Every part of a proof changed, and what is no proof; the responses begin at byte `responses`."""
    malformed(file, kind, good, extra=inputs)
    challenge = slice(responses - 16, responses)
    replaced = lambda place, data: good[: place.start] + data + good[place.stop :]
    last = slice(len(good) - 32, len(good))
    bits = [("the challenge", responses - 1), ("the first response", responses + 31), ("the last response", len(good) - 1)]
    for name, at in bits:
        changed = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        file.invalid(kind, f"a bit of {name}", "Verification", inputs | {"bytes": changed}, flags=["WrongProof"])
    values = [("the challenge 0", challenge, bytes(16)), ("a response of r", last, bls.R.to_bytes(32, "big"))]
    for comment, place, data in [*values, ("a response of every bit", last, b"\xff" * 32)]:
        bad = inputs | {"bytes": replaced(place, data)}
        file.invalid(kind, comment, "NonCanonical", bad, flags=["NonCanonical"])


def spelled(tag, key, body, counted=True):
    return wrapped(tag, (bytes([key.slots]) if counted else b"") + body)


# -- possession ------------------------------------------------------------------------------------


def possessions(file, sample):
    for slots in (1, 3):
        key, account, rng = sample(slots), seed(slots), recorded(f"possession {slots}", 96 * (slots + 3))
        secrets = [part for triple in key.all for part in triple]
        body = scheme.possession(key, account).prove(secrets, rng)
        assert scheme.possession(key, account).verifies(body)
        good = spelled(scheme.POSSESSION, key, body)
        inputs = {"key": key.public, "secret": key.secret, "account": account}
        file.valid("possession", f"{slots} slots", inputs, {"bytes": good}, {"rng": rng})
        file.valid("register", f"{slots} slots", {"key": key.public, "account": account, "bytes": good}, {"id": key.id})
    key, account = sample(1), seed(1)
    good = spelled(scheme.POSSESSION, key, prove_possession(key, account))
    statement = {"key": key.public, "account": account}
    neighbours(file, "register", good, 20, statement)
    other = sample(1, "other")
    stranger = spelled(scheme.POSSESSION, other, prove_possession(other, account))
    three = spelled(scheme.POSSESSION, sample(3), prove_possession(sample(3), account))
    wrong = [
        ("another account", statement | {"account": seed(2), "bytes": good}),
        ("another key", statement | {"key": other.public, "bytes": good}),
        ("the proof of another key", statement | {"bytes": stranger}),
        ("the proof of a key of three slots", statement | {"bytes": three}),
    ]
    for comment, inputs in wrong:
        file.invalid("register", comment, "Verification", inputs, flags=["WrongStatement"])
    swapped = {"key": key.public, "secret": other.secret, "account": account}
    file.invalid("possession", "the secret of another key", "Mismatch", swapped, {"rng": bytes(384)}, ["WrongKey"])


def prove_possession(key, account):
    secrets = [part for triple in key.all for part in triple]
    return scheme.possession(key, account).prove(secrets, recorded("n", 32 * len(secrets)))


# -- evaluation ------------------------------------------------------------------------------------


def evaluations(file, sample):
    for slots in (1, 3):
        key = sample(slots)
        terms = [
            (2, key.encrypt(b"a0", [5] * slots, recorded("p 0", 128)), b"a0"),
            (-1, key.encrypt(b"a1", [-3] * slots, recorded("p 1", 128)), b"a1"),
        ]
        constants = list(range(-1, slots - 1))
        proved_evaluation(file, key, terms, constants, f"{slots} slots")
    key, other = sample(1), sample(1, "other")
    refused_evaluations(file, key, other)


def statement_of(key, terms, constants, ad, result):
    listed = [{"weight": w, "ad": bound, "bytes": c.encode()} for w, c, bound in terms]
    return {"key": key.public, "secret": key.secret, "terms": listed, "constants": constants, "ad": ad, "result": result.encode()}


def proved_evaluation(file, key, terms, constants, comment):
    randomness, rng = recorded(f"e {comment}", 128), recorded(f"n {comment}", 64)
    result = key.evaluate([term[:2] for term in terms], constants, b"sum", randomness)
    statement = lambda: scheme.evaluation(key, terms, constants, b"sum", result)
    body = statement().prove(exponents(randomness), rng)
    assert statement().verifies(body)
    good = spelled(scheme.EVALUATION_PROOF, key, body, counted=False)
    inputs = statement_of(key, terms, constants, b"sum", result)
    proving = {name: value for name, value in inputs.items() if name != "result"}
    outputs = {"result": result.encode(), "bytes": good}
    file.valid("evaluation", comment, proving, outputs, {"r": randomness, "rng": rng})
    file.valid("verify-evaluation", comment, inputs | {"bytes": good}, {"bytes": good})


def refused_evaluations(file, key, other):
    kind = "verify-evaluation"
    first = key.encrypt(b"a0", [5], recorded("p 0", 128))
    second = key.encrypt(b"a1", [-3], recorded("p 1", 128))
    terms, constants, randomness = [(2, first, b"a0"), (-1, second, b"a1")], [4], recorded("e", 128)
    result = key.evaluate([term[:2] for term in terms], constants, b"sum", randomness)
    body = scheme.evaluation(key, terms, constants, b"sum", result).prove(exponents(randomness), recorded("n", 64))
    good = wrapped(scheme.EVALUATION_PROOF, body)
    inputs = statement_of(key, terms, constants, b"sum", result)
    neighbours(file, kind, good, 19, inputs)
    untagged = Ciphertext(result.core, bytes(16))
    changed = [
        ("another weight", key, [(3, first, b"a0"), terms[1]], constants, b"sum", result),
        ("the inputs exchanged", key, terms[::-1], constants, b"sum", result),
        ("an input less", key, terms[:1], constants, b"sum", result),
        ("an input more, of weight 0", key, [*terms, (0, first, b"a0")], constants, b"sum", result),
        ("another ad of an input", key, [(2, first, b"a1"), terms[1]], constants, b"sum", result),
        ("another constant", key, terms, [5], b"sum", result),
        ("two constants", key, terms, [4, 0], b"sum", result),
        ("no input", key, [], constants, b"sum", result),
        ("another ad of the result", key, terms, constants, b"Sum", result),
        ("another tag of the result", key, terms, constants, b"sum", untagged),
        ("an input as the result", key, terms, constants, b"sum", first),
        ("another key", other, terms, constants, b"sum", result),
    ]
    for comment, *statement in changed:
        wrong = statement_of(*statement) | {"bytes": good}
        file.invalid(kind, comment, "Verification", wrong, flags=["WrongStatement"])


# -- decryption ------------------------------------------------------------------------------------


def decryptions(file, sample):
    for slots, messages in [(1, [-7]), (1, [0]), (3, [1, 0, -1000])]:
        key, rng = sample(slots), recorded(f"d {messages}", 96 * slots)
        made = key.encrypt(b"ad", messages, recorded(f"r {messages}", 128))
        secrets = [part for triple in key.masks for part in triple]
        body = scheme.decryption(key, b"ad", made, messages).prove(secrets, rng)
        assert scheme.decryption(key, b"ad", made, messages).verifies(body)
        good = spelled(scheme.DECRYPTION_PROOF, key, body)
        inputs = opening_of(key, b"ad", made, messages)
        file.valid("decryption", f"{messages}", inputs, {"bytes": good}, {"rng": rng})
        file.valid("verify-decryption", f"{messages}", inputs | {"bytes": good}, {"bytes": good})
    refused_decryptions(file, sample)


def opening_of(key, ad, made, messages):
    return {"key": key.public, "secret": key.secret, "ad": ad, "ciphertext": made.encode(), "messages": messages}


def refused_decryptions(file, sample):
    key, other, three = sample(1), sample(1, "other"), sample(3)
    made = key.encrypt(b"ad", [-7], recorded("r", 128))
    body = scheme.decryption(key, b"ad", made, [-7]).prove(key.masks[0], recorded("n", 96))
    good, kind = spelled(scheme.DECRYPTION_PROOF, key, body), "verify-decryption"
    inputs = opening_of(key, b"ad", made, [-7])
    neighbours(file, kind, good, 20, inputs)
    untagged, again = Ciphertext(made.core, bytes(16)), key.encrypt(b"ad", [-7], recorded("s", 128))
    changed = [
        ("another number", key, b"ad", made, [-6]),
        ("two numbers", key, b"ad", made, [-7, 0]),
        ("no number", key, b"ad", made, []),
        ("other associated data", key, b"Ad", made, [-7]),
        ("another tag", key, b"ad", untagged, [-7]),
        ("another ciphertext of the same number", key, b"ad", again, [-7]),
        ("another key", other, b"ad", made, [-7]),
        ("a key of three slots", three, b"ad", made, [-7]),
    ]
    for comment, *statement in changed:
        wrong = opening_of(*statement) | {"bytes": good}
        file.invalid(kind, comment, "Verification", wrong, flags=["WrongStatement"])
    refused = [
        ("another number", "Decryption", opening_of(key, b"ad", made, [-6])),
        ("a wrong tag", "Decryption", opening_of(key, b"ad", untagged, [-7])),
        ("two numbers", "Count", opening_of(key, b"ad", made, [-7, 0])),
    ]
    for comment, error, inputs in refused:
        file.invalid("decryption", comment, error, inputs, {"rng": bytes(96)}, ["WrongStatement"])
