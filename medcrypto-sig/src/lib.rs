//! medcrypto-sig
