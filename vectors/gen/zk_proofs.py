"""Cases of Groth16: the pinned proof and all its neighbours, proofs by simulation under a key of our
own, and bytes that are no key, statement or proof."""

import hashlib
import pathlib

from py_ecc.optimized_bls12_381 import G1, G2, add, multiply

from gen import bls
from gen import zk_groth16 as g
from gen.common import File
from gen.zk_field import R, be, enc, h2f
from gen.zk_schema import schema_digest

PINNED = pathlib.Path(__file__).resolve().parents[1] / "pinned" / "v1" / "zk"
NAMES = ("commitment", "requirement", "context", "nullifier", "scope", "policy", "kind")
EXPONENTS = ["alpha", "beta", "gamma", "delta", *(f"ic{i}" for i in range(8))]


def pinned(name):
    return bytes.fromhex("".join((PINNED / f"{name}.hex").read_text().split()))


def split(data, widths):
    assert sum(widths) == len(data)
    return [data[sum(widths[:i]) : sum(widths[: i + 1])] for i in range(len(widths))]


def scalar(name):
    """A recorded exponent, from a label."""
    return h2f("SALT", b"trapdoor of the vectors " + name.encode())


def shifted1(data):
    return g.put1(add(g.point1(data), G1))


def shifted2(data):
    return g.put2(add(g.point2(data), G2))


def case(file, comment, key, inputs, proof, valid, randomness=None, flags=(), known=None):
    """One verification; what it must give is computed here, by pairings unless exponents tell."""
    holds = enc(inputs[1]) == key.requirement and (g.verifies(key, inputs, proof) if known is None else known)
    assert holds == valid, comment
    data = {"verifying_key": key.encode(), "statement": g.statement_bytes(inputs), "proof": g.proof_bytes(*proof)}
    if valid:
        file.valid("verify", comment, data, None, randomness, flags)
    else:
        file.invalid("verify", comment, "Verification", data, randomness, flags)


def groth16():
    file = File("medcrypto-zk/groth16", "gen/zk_groth16.py, py_ecc 8.0.0", "explicit")
    key = g.Key.decode(pinned("verifying-key"))
    inputs = [int.from_bytes(x, "big") for x in split(pinned("statement")[3:], [32] * 7)]
    proof = split(pinned("proof")[3:], [48, 96, 48])
    case(file, "the pinned proof", key, inputs, proof, True, flags=["Regression"])
    neighbours(file, key, inputs, proof)
    simulated(file)
    return file


def neighbours(file, key, inputs, proof):
    a, b, c = proof
    rho = scalar("rho")
    again = [g.put1(multiply(g.point1(a), rho)), g.put2(multiply(g.point2(b), pow(rho, -1, R))), c]
    case(file, "re-randomised by somebody else", key, inputs, again, True, {"rho": be(rho, 32)}, ["Malleable"])
    for i, name in enumerate(NAMES):
        value = 1 - inputs[i] if name == "kind" else (inputs[i] + 1) % R
        changed = [value if i == j else x for j, x in enumerate(inputs)]
        case(file, f"another {name}", key, changed, proof, False)
    swapped = [inputs[0], inputs[1], inputs[3], inputs[2], *inputs[4:]]
    case(file, "context and nullifier swapped", key, swapped, proof, False)
    other = {"A": [shifted1(a), b, c], "B": [a, shifted2(b), c], "C": [a, b, shifted1(c)],
             "A and C swapped": [c, b, a], "A negated": [g.minus(a), b, c],
             "C negated": [a, b, g.minus(c)]}  # fmt: skip
    for name, changed in other.items():
        case(file, f"another proof: {name}", key, inputs, changed, False)
    named = g.Key(key.operator, key.created_ms, key.circuit, enc(inputs[1] + 1), key.schema, key.points)
    case(file, "a key that names another requirement", named, inputs, proof, False)
    for at, name in enumerate(["alpha", "beta", "gamma", "delta"] + [f"ic{i}" for i in (0, 7)]):
        place = {4: 4, 5: 11}.get(at, at)
        points = list(key.points)
        points[place] = (shifted2 if place in (1, 2, 3) else shifted1)(points[place])
        moved = g.Key(key.operator, key.created_ms, key.circuit, key.requirement, key.schema, points)
        case(file, f"a key with another {name}", moved, inputs, proof, False)


def own_key():
    exponents = {name: scalar(name) for name in EXPONENTS}
    trapdoor = g.Trapdoor(exponents.values())
    q = h2f("REQUIREMENT", b"present(bmi)")
    circuit = hashlib.sha256(b"no circuit: the trapdoor proves").digest()
    key = g.Key("vectors, \u00fc".encode(), 1, circuit, enc(q), enc(schema_digest()), trapdoor.points())
    return key, trapdoor, q, {name: be(value, 32) for name, value in exponents.items()}


def simulated(file):
    """Key and proofs made here. The first is checked by pairings, the others by their exponents."""
    key, trapdoor, q, exponents = own_key()
    statements = {
        "small inputs": [1, q, 2, 3, 4, 5, 1],
        "inputs 0": [0, q, 0, 0, 0, 0, 0],
        "inputs r - 1": [R - 1, q, R - 1, R - 1, R - 1, R - 1, 1],
        "hashed inputs": [scalar("c"), q, scalar("x"), scalar("n"), scalar("s"), scalar("p"), 0],
    }
    for name, inputs in statements.items():
        a, b = scalar(f"a {name}"), scalar(f"b {name}")
        proof = trapdoor.simulate(inputs, a, b)
        recorded = {**exponents, "a": be(a, 32), "b": be(b, 32)}
        known = None if name == "small inputs" else True
        case(file, f"simulated, {name}", key, inputs, proof, True, recorded, ["Simulated"], known)
        off = trapdoor.simulate([*inputs[:6], 1 - inputs[6]], a, b)
        case(file, f"simulated for the other kind, {name}", key, inputs, off, False, recorded, ["Simulated"], False)


def decoding():
    file = File("medcrypto-zk/decoding", "gen/zk_groth16.py, py_ecc 8.0.0", "explicit")
    key, trapdoor, q, exponents = own_key()
    outputs = {"operator": key.operator, "created_ms": be(key.created_ms, 8), "circuit": key.circuit,
               "requirement": key.requirement, "schema": key.schema, "digest": key.digest()}  # fmt: skip
    file.valid("verifying-key", "a key made here", {"bytes": key.encode()}, outputs, exponents)
    keys(file, key)
    a, b = scalar("a"), scalar("b")
    proof = trapdoor.simulate([1, q, 2, 3, 4, 5, 1], a, b)
    recorded = {"a": be(a, 32), "b": be(b, 32)}
    file.valid("proof", "a proof made here", {"bytes": g.proof_bytes(*proof)}, None, recorded)
    proofs(file, proof)
    return file


def bad_points(width):
    """(comment, bytes) of what is no point of the group; the identity is not among them."""
    curve, put = (bls.on_e1, bls.g1) if width == 48 else (bls.on_e2, bls.g2)
    x_too_large = bytearray(be(g.P, 48) + bytes(width - 48))
    x_too_large[0] |= 0x80
    infinity = g.INFINITY1 if width == 48 else g.INFINITY2
    yield "off the curve", bls.off_curve(curve, width)
    yield "on the curve, outside the subgroup", bls.outside(curve, put)
    yield "x is p", bytes(x_too_large)
    yield "all ones", bytes([0xFF]) * width
    yield "all zero", bytes(width)
    yield "the identity with its sign bit set", bytes([0xE0]) + infinity[1:]
    yield "the identity with another bit set", infinity[:-1] + b"\x01"


def uncompressed(data):
    return bytes([data[0] & 0x7F]) + data[1:]


def headers(file, kind, data):
    for at, name in enumerate(("version", "suite", "tag")):
        changed = bytearray(data)
        changed[at] += 1
        file.invalid(kind, f"another {name}", "Header", {"bytes": changed})
    file.invalid(kind, "a byte too short", "Length", {"bytes": data[:-1]})
    file.invalid(kind, "a byte too long", "Length", {"bytes": data + b"\0"})
    file.invalid(kind, "no bytes", "Length", {"bytes": b""})


def keys(file, key):
    def refuse(comment, error, **changed):
        file.invalid("verifying-key", comment, error, {"bytes": key.encode(**changed)})

    headers(file, "verifying-key", key.encode())
    refuse("unknown provenance", "Header", provenance=b"\x02")
    refuse("no operator", "Length", operator=be(0, 2))
    refuse("operator of 129 bytes", "Length", operator=be(129, 2) + b"x" * 129)
    refuse("operator that is no UTF-8", "NonCanonical", operator=be(1, 2) + b"\xff")
    refuse("operator longer than the file", "Length", operator=be(65535, 2))
    refuse("requirement digest is r", "NonCanonical", requirement=be(R, 32))
    refuse("schema digest is r", "NonCanonical", schema=be(R, 32))
    # Seven or nine IC points: by the count alone, and with the points.
    refuse("count of 7", "Length", count=(7).to_bytes(8, "little"))
    refuse("count of 2^64 - 1", "Length", count=bytes([0xFF]) * 8)
    refuse("count in big-endian", "Length", count=be(8, 8))
    refuse("seven IC points", "Length", count=(7).to_bytes(8, "little"), ic7=b"")
    refuse("nine IC points", "Length", count=(9).to_bytes(8, "little"), ic8=shifted1(key.points[11]))
    parts = key.parts()
    for name in ("alpha", "beta", "gamma", "delta", "ic0", "ic7"):
        width = len(parts[name])
        for comment, data in bad_points(width):
            refuse(f"{name} {comment}", "NotInGroup", **{name: data})
        refuse(f"{name} without the flag of compression", "NotInGroup", **{name: uncompressed(parts[name])})
        refuse(f"{name} the identity", "DegenerateKey", **{name: g.INFINITY1 if width == 48 else g.INFINITY2})
    refuse("delta = gamma", "DegenerateKey", delta=parts["gamma"])
    refuse("delta = beta", "DegenerateKey", delta=parts["beta"])
    refuse("gamma = beta", "DegenerateKey", gamma=parts["beta"])
    refuse("delta the generator", "DegenerateKey", delta=g.put2(G2))
    refuse("two equal IC points", "DegenerateKey", ic5=parts["ic2"])


def proofs(file, proof):
    headers(file, "proof", g.proof_bytes(*proof))
    for i, name in enumerate("ABC"):
        cases = [(comment, data, "NotInGroup") for comment, data in bad_points(len(proof[i]))]
        cases.append(("without the flag of compression", uncompressed(proof[i]), "NotInGroup"))
        cases.append(("the identity", g.INFINITY2 if i == 1 else g.INFINITY1, "Identity"))
        for comment, data, error in cases:
            changed = [data if i == j else x for j, x in enumerate(proof)]
            file.invalid("proof", f"{name} {comment}", error, {"bytes": g.proof_bytes(*changed)})
