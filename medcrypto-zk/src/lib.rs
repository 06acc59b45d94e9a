//! medcrypto-zk
