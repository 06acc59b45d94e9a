"""Known answers of medcrypto-ledger: `python3 -m gen.ledger OUTDIR`."""

from gen.common import main
from gen.ledger_chain import chains
from gen.ledger_contracts import contracts
from gen.ledger_encodings import cids, encodings
from gen.ledger_merkle import merkle
from gen.ledger_pow import pow_cases


def files():
    return {
        "encoding": encodings(),
        "merkle": merkle(),
        "cid": cids(),
        "chain": chains(),
        "contracts": contracts(),
        "pow": pow_cases(),
    }


if __name__ == "__main__":
    main(files)
