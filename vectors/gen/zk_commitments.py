"""Cases of record commitments: salts, gap trees, the record of f001, and openings as bytes."""

from gen import zk_field as f
from gen import zk_record as z
from gen import zk_schema as schema
from gen.common import File
from gen.zk_field import R, be, enc
from gen.zk_record import Codes

SEED = bytes(range(0x40, 0x60))
SECRET = bytes(range(1, 32))
LINEAGE = int.from_bytes(bytes(range(0x81, 0xA0)), "big")
HOLDER = f.poseidon(f.HOLDER, [int.from_bytes(SECRET, "big"), 0])


def full():
    """Every field set, each to a value of its own; the lists at their limits."""
    record = {}
    for number, field in enumerate(schema.FIELDS):
        low = min(field.range, 3 * number + 1)
        high = low if field.wide else min(field.range, low + number)
        if field.kind != schema.CODES60:
            record[field.name] = (low, high)
    record["conditions_active"] = Codes([], True)
    record["conditions_history"] = Codes([], False)
    record["procedures"] = Codes(range(2**60 - 64, 2**60 - 1), True)
    record["medications"] = Codes([1, 2**60 - 2], False)
    return record


def record():
    file = File("medcrypto-zk/record", "gen/zk_commitments.py, plain integers", "explicit")
    for tree, slot, index in ((0, 0, 0), (0, 1, 0), (0, 63, 0), (1, 14, 0), (1, 16, 63)):
        inputs = {"tree": tree, "slot": slot, "index": index}
        salt = z.salt(SEED, tree, slot, index)
        file.valid("salt", f"tree {tree}, slot {slot}, leaf {index}", inputs, {"salt": salt}, {"seed": SEED})
    lists = {"empty": [], "one": [368009], "f001": [368009, 18099001, 254637007],
             "sentinel neighbours": [1, 2**60 - 2], "full": range(1, 64)}  # fmt: skip
    for name, codes in lists.items():
        salts = [z.salt(SEED, 1, 14, i) for i in range(len(codes) + 1)]
        root = z.gap_root(list(codes), 60, salts)
        inputs = {"slot": 14, "bits": 60, "codes": [str(code) for code in codes]}
        file.valid("code-list", f"list {name}", inputs, {"root": enc(root)}, {"seed": SEED})
    records = {"f001 of the HL7 FHIR R4 examples": z.f001(), "f001 with complete lists": z.f001(True),
               "nothing known": {}, "every field": full()}  # fmt: skip
    for name, value in records.items():
        commitment(file, name, value)
    openings(file)
    return file


def commitment(file, name, value):
    leaves, root, c = z.commitment(value, SEED, HOLDER, LINEAGE)
    inputs = {"record": z.spelled(value), "holder": enc(HOLDER), "lineage": enc(LINEAGE)}
    opening = z.opening(value, SEED, HOLDER, LINEAGE)
    outputs = {"leaves": b"".join(map(enc, leaves)), "root": enc(root), "commitment": enc(c), "opening": opening}
    flags = ["SampleData"] if name.startswith("f001") else []
    file.valid("commitment", name, inputs, outputs, {"seed": SEED}, flags)


def openings(file):
    """Bytes that are no opening; the record is f001's unless the case says otherwise."""

    def refuse(comment, error, parts):
        file.invalid("opening", comment, error, {"opening": b"".join(parts)})

    base = z.opening_parts(z.f001(), SEED, HOLDER, LINEAGE)
    for at, name in enumerate(("version", "suite", "tag")):
        header = bytearray(base[0])
        header[at] += 1
        refuse(f"another {name}", "Header", [header, *base[1:]])
    other = enc(schema.schema_digest() + 1)
    refuse("another schema", "Header", [base[0], other, *base[2:]])
    refuse("schema digest of r or more", "Header", [base[0], be(schema.schema_digest() + R, 32), *base[2:]])
    refuse("a byte too long", "Length", [*base, b"\0"])
    refuse("a byte too short", "Length", [b"".join(base)[:-1]])
    refuse("only the header", "Length", base[:1])
    refuse("one field more counted", "Length", [*base[:5], b"\x1a", *base[6:], b"\0"])
    refuse("one field less counted", "Length", [*base[:5], b"\x18", *base[6:-1]])
    for at, name in ((3, "holder"), (4, "lineage")):
        for comment, value in (("r", R), ("2^256 - 1", 2**256 - 1)):
            refuse(f"{name} is {comment}", "NonCanonical", [*base[:at], be(value, 32), *base[at + 1 :]])

    def entry(comment, error, field, data):
        at = 6 + [x.name for x in schema.FIELDS].index(field)
        refuse(comment, error, [*base[:at], data, *base[at + 1 :]])

    point = lambda lo, hi: b"\x01" + be(lo, 8) + be(hi, 8)
    codes = lambda values, complete=1: b"\x02" + be(complete, 1) + be(len(values), 2) + b"".join(
        be(v, 8) for v in values
    )
    entry("an unknown kind of entry", "NonCanonical", "glucose", b"\x03")
    entry("an interval from above to below", "NonCanonical", "glucose", point(631, 630))
    entry("above the bound", "NonCanonical", "glucose", point(10_001, 10_001))
    entry("the upper end above the bound", "NonCanonical", "glucose", point(1, 10_001))
    entry("2^64 - 1", "NonCanonical", "glucose", point(2**64 - 1, 2**64 - 1))
    entry("an interval in the wide leaf", "NonCanonical", "birth_date", point(1, 2))
    entry("an interval of an enum", "NonCanonical", "sex", point(0, 1))
    entry("codes in a number", "NonCanonical", "glucose", codes([1]))
    entry("a number in a list", "NonCanonical", "procedures", point(0, 0))
    entry("the lower sentinel as a code", "NonCanonical", "procedures", codes([0]))
    entry("the upper sentinel as a code", "NonCanonical", "procedures", codes([2**60 - 1]))
    entry("codes out of order", "NonCanonical", "procedures", codes([2, 1]))
    entry("a code twice", "NonCanonical", "procedures", codes([1, 1]))
    entry("complete is 2", "NonCanonical", "procedures", codes([1], 2))
    entry("64 codes", "Length", "procedures", codes(range(1, 65)))
    entry("65535 codes announced, none there", "Length", "procedures", b"\x02\x01\xff\xff")
