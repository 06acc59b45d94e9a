//! medcrypto-pre
