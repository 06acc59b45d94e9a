"""The domain-separation strings, spelled here; gen.check compares them with the page that documents them."""

import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "domains.md"
PURPOSES = {
    "core": "TRANSCRIPT HEDGE",
    "pre": """
        PARAMS ID_DEC ID_SIG SCOPE HEADER_TAG CONTEXT FO_SCALAR FO_MASK REKEY_MASK IBS_CHALLENGE
        IBS_NONCE KEM_KEY DEM_KEY DEM_COMMIT HEDGED_SEED HEDGED_BLINDING ENVELOPE SEALED_REKEY REKEY_ID
        REKEY_SECRET SIGN_REKEY SIGN_REVOCATION WEIGHTS SIGN_MESSAGE CIPHERTEXT_DIGEST
    """,
    "zk": "SCHEMA SALT CONTEXT SCOPE REQUIREMENT POLICY ISSUE CIRCUIT VERIFYING_KEY",
    "sig": "ENVELOPE",
    "ledger": """
        TRANSACTION HEADER CHAIN STATE CONTRACT_STATE DATA_CLASS BATCH PBFT_REQUEST PBFT_PRE_PREPARE
        PBFT_PREPARE PBFT_COMMIT PBFT_CHECKPOINT PBFT_REPLY SETTLEMENT PBFT_STATUS PBFT_VIEW_CHANGE
        PBFT_NEW_VIEW PBFT_FETCH POW_HEADER POW_CHAIN DEVICE_JOIN WRAPPED_KEY COMMITMENT
        CERTIFICATE ENROLMENT
    """,
    "khpke": """
        GEN KEY_ID TCR TAG POSSESSION EVALUATION DECRYPTION RANGE_PARAMETERS RANGE_PER_DIGIT
        RANGE_AGGREGATED VECTOR_PER_DIGIT VECTOR_AGGREGATED TRANSFER_PER_DIGIT TRANSFER_AGGREGATED
        INITIAL WEIGHTS DLOG_TABLE PLAN UPLOAD
    """,
}
ALL = {
    f"{crate}::{name}": f"MEDCRYPTO-{crate.upper()}-V01-{name.replace('_', '-')}".encode()
    for crate, names in PURPOSES.items()
    for name in names.split()
}
# Of the ciphersuite that draft-irtf-cfrg-bls-signature names; they have its spelling.
ALL["sig::BLS_SIGNATURE"] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
ALL["sig::BLS_POSSESSION"] = b"BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"


def dst(name):
    return ALL[name]


def problems():
    page = dict(re.findall(r"^\| `(\w+::\w+)` \| `([^`]+)` \|$", PAGE.read_text(), re.M))
    for name in sorted(page.keys() | ALL.keys()):
        if page.get(name, "").encode() != ALL.get(name, b""):
            yield f"{PAGE.name}: {name} is {page.get(name)}, the generators say {ALL.get(name)}"
