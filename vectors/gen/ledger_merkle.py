"""RFC 6962, section 2.1, by its recursive definitions; and cases of roots and proofs.

A proof is checked here from the definitions too: PATH and PROOF are unique, so a list of hashes
proves something exactly if it is the one that the definition gives for the tree.
"""

import hashlib

from gen.common import File

# Leaves and the root of all eight: the test vectors of the certificate-transparency project.
LEAVES = [b"", b"\0", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
          bytes(range(0x50, 0x58)), bytes(range(0x60, 0x70))]  # fmt: skip
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(data):
    return sha(b"\0" + data)


def split(n):
    """The largest power of two below n."""
    return 1 << ((n - 1).bit_length() - 1)


def mth(leaves):
    """Over the leaves' data."""
    if len(leaves) < 2:
        return leaf_hash(leaves[0]) if leaves else sha(b"")
    k = split(len(leaves))
    return sha(b"\1" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [mth(leaves[k:])]
    return path(m - k, leaves[k:]) + [mth(leaves[:k])]


def proof(m, leaves, whole=True):
    """PROOF(m, D[n]), SUBPROOF with its flag."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return proof(m, leaves[:k], whole) + [mth(leaves[k:])]
    return proof(m - k, leaves[k:], False) + [mth(leaves[:k])]


def flipped(data, bit=0):
    return bytes([data[0] ^ 1 << bit]) + data[1:]


def leaves_of(size):
    return LEAVES[:size] + [b"leaf %d" % i for i in range(len(LEAVES), size)]


def roots(file):
    for size in [*range(18), 64, 65]:
        leaves = leaves_of(size)
        root = mth(leaves)
        assert size != 8 or root.hex() == CT_ROOT
        flags = ["Published"] if size in (0, 8) else []
        file.valid("root", f"{size} leaves", {"leaves": leaves}, {"root": root}, flags=flags)
    assert mth([]).hex().startswith("e3b0c442") and mth(leaves_of(3)) != mth(leaves_of(3) + [LEAVES[2]])
    repeated = [*leaves_of(3), LEAVES[2]]
    file.valid("root", "3 leaves and the last again", {"leaves": repeated}, {"root": mth(repeated)})


def inclusions(file):
    for size in (1, 2, 3, 5, 7, 8, 13, 16):
        for index in sorted({0, size // 2, size - 1}):
            leaves = leaves_of(size)
            inputs = {"leaves": leaves, "index": index}
            file.valid("inclusion", f"leaf {index} of {size}", inputs, {"path": b"".join(path(index, leaves))})
    leaves = leaves_of(7)
    for index in (0, 4, 6):
        neighbours(file, leaves, index)
    for index, size in ((7, 7), (0, 0)):
        inputs = {"leaves": leaves_of(size), "index": index}
        file.invalid("inclusion", f"leaf {index} of {size}", "OutOfRange", inputs)


def neighbours(file, leaves, index):
    good = path(index, leaves)
    size, root, leaf = len(leaves), mth(leaves), leaf_hash(leaves[index])

    def refuse(comment, leaf=leaf, index=index, size=size, root=root, nodes=good):
        inputs = {"leaf": leaf, "index": index, "size": size, "root": root, "path": list(nodes)}
        file.invalid("inclusion-proof", f"leaf 0x{leaf[:2].hex()}: {comment}", "Merkle", inputs)

    data = {"leaf": leaf, "index": index, "size": size, "root": root, "path": good}
    file.valid("inclusion-proof", f"leaf {index} of {size}", data)
    refuse("another leaf", leaf=flipped(leaf))
    refuse("another index", index=(index + 1) % size)
    refuse("index = size", index=size)
    refuse("index 2^53", index=2**53)
    refuse("another root", root=flipped(root, 7))
    # The tree of one leaf more has a path of another length for leaf 6, of another shape for 4.
    if len(path(index, leaves_of(size + 1))) != len(good):
        refuse("another size", size=size + 1)
    refuse("size 0", size=0)
    refuse("a node missing", nodes=good[:-1])
    refuse("the first node missing", nodes=good[1:])
    refuse("a node more", nodes=[*good, root])
    refuse("no node", nodes=[])
    refuse("two nodes swapped", nodes=[good[1], good[0], *good[2:]])
    for i in range(len(good)):
        refuse(f"node {i} changed", nodes=[flipped(x) if i == j else x for j, x in enumerate(good)])
    # A second preimage: the parent as a leaf.
    if index == 0:
        refuse("the parent's preimage as a leaf", leaf=leaf_hash(leaf + good[0]), size=4, nodes=good[1:])


def consistencies(file):
    for old, new in ((1, 1), (1, 2), (2, 3), (3, 7), (4, 7), (6, 8), (7, 8), (8, 13), (13, 16), (5, 5)):
        leaves = leaves_of(new)
        inputs = {"leaves": leaves, "old": old}
        file.valid("consistency", f"{old} to {new}", inputs, {"path": b"".join(proof(old, leaves))})
    for old, new in ((0, 3), (4, 3)):
        file.invalid("consistency", f"{old} to {new}", "OutOfRange", {"leaves": leaves_of(new), "old": old})
    for old, new in ((3, 7), (4, 7), (7, 7)):
        consistency_neighbours(file, old, new)


def consistency_neighbours(file, old, new):
    leaves = leaves_of(new)
    good = {"old_size": old, "old_root": mth(leaves[:old]), "new_size": new, "new_root": mth(leaves),
            "path": proof(old, leaves)}  # fmt: skip
    file.valid("consistency-proof", f"{old} to {new}", good)

    def refuse(comment, **changed):
        file.invalid("consistency-proof", f"{old} to {new}: {comment}", "Merkle", {**good, **changed})

    nodes = good["path"]
    refuse("another old root", old_root=flipped(good["old_root"]))
    refuse("another new root", new_root=flipped(good["new_root"]))
    refuse("old size 0", old_size=0)
    refuse("old size above the new", old_size=new + 1)
    refuse("a node more", path=[*nodes, good["new_root"]])
    if nodes:
        refuse("old size one more", old_size=old + 1)
        refuse("a node missing", path=nodes[:-1])
        refuse("the first node missing", path=nodes[1:])
        refuse("no node", path=[])
    for i in range(len(nodes)):
        refuse(f"node {i} changed", path=[flipped(x) if i == j else x for j, x in enumerate(nodes)])
    forked = leaves_of(old)[:-1] + [b"rewritten"]
    refuse("a log that was rewritten", old_root=mth(forked))


def merkle():
    file = File("medcrypto-ledger/merkle", "gen/ledger_merkle.py, hashlib")
    roots(file)
    inclusions(file)
    consistencies(file)
    return file
