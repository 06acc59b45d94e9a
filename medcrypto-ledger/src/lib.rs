//! medcrypto-ledger
