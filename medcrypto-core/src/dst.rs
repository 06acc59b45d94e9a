//! The registry of domain-separation strings.
//!
//! Every key derivation, transcript and signed message of the workspace, and every hash whose value
//! leaves its function, starts from one of these strings; inner digests are inputs to one of these,
//! and where a standard fixes the hash (content addresses, RFC 6962) the standard decides.
//! Nobody outside this file can make a [`Dst`]. A test proves that no string
//! equals or starts another; `docs/domains.md` lists them and is compared with [`ALL`].
//!
//! Style: `MEDCRYPTO-<CRATE>-V01-<PURPOSE>`, except where a standard fixes the string.

/// A registered domain-separation string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dst(&'static str);

impl Dst {
    /// The string.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Its ASCII bytes.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    /// A string of a published test vector, which no registry of ours may hold.
    #[cfg(test)]
    pub(crate) const fn of_test_vector(name: &'static str) -> Self {
        Self(name)
    }
}

/// Writes each string once: as a documented constant, and as a row of [`ALL`].
macro_rules! registry {
    ($($(#[$module_doc:meta])* $module:ident { $($(#[$doc:meta])* $name:ident = $string:literal;)* })*) => {
        $($(#[$module_doc])* pub mod $module {
            use super::Dst;
            $($(#[$doc])* pub const $name: Dst = Dst($string);)*
        })*

        /// Every registered string with the path of its constant, in the order of this file.
        pub const ALL: &[(&str, Dst)] = &[
            $($((concat!(stringify!($module), "::", stringify!($name)), $module::$name),)*)*
        ];
    };
}

registry! {
    /// Shared machinery.
    core {
        /// Every transcript, before the domain of its protocol.
        TRANSCRIPT = "MEDCRYPTO-CORE-V01-TRANSCRIPT";
        /// Hedged randomness: key derivation over the caller's randomness and the secret.
        HEDGE = "MEDCRYPTO-CORE-V01-HEDGE";
    }

    /// Proxy re-encryption.
    pre {
        /// Digest of the public parameters, the prefix of every other hash.
        PARAMS = "MEDCRYPTO-PRE-V01-PARAMS";
        /// H1: identity to 𝔾₁, decryption keys.
        ID_DEC = "MEDCRYPTO-PRE-V01-ID-DEC";
        /// H1s: identity to 𝔾₁, signing keys.
        ID_SIG = "MEDCRYPTO-PRE-V01-ID-SIG";
        /// H2: identity and scope path to 𝔾₁.
        SCOPE = "MEDCRYPTO-PRE-V01-SCOPE";
        /// H3: header to 𝔾₁, the public tag.
        HEADER_TAG = "MEDCRYPTO-PRE-V01-HEADER-TAG";
        /// Context digest of an encapsulation.
        CONTEXT = "MEDCRYPTO-PRE-V01-CONTEXT";
        /// Hs: Fujisaki–Okamoto scalar.
        FO_SCALAR = "MEDCRYPTO-PRE-V01-FO-SCALAR";
        /// Hm: Fujisaki–Okamoto mask.
        FO_MASK = "MEDCRYPTO-PRE-V01-FO-MASK";
        /// Hy: mask of a re-encryption key.
        REKEY_MASK = "MEDCRYPTO-PRE-V01-REKEY-MASK";
        /// Hc: challenge of the identity-based signature.
        IBS_CHALLENGE = "MEDCRYPTO-PRE-V01-IBS-CHALLENGE";
        /// Hedged nonce of the identity-based signature.
        IBS_NONCE = "MEDCRYPTO-PRE-V01-IBS-NONCE";
        /// Key that leaves the encapsulation.
        KEM_KEY = "MEDCRYPTO-PRE-V01-KEM-KEY";
        /// Key of the payload stream.
        DEM_KEY = "MEDCRYPTO-PRE-V01-DEM-KEY";
        /// Commitment to the key of the payload stream.
        DEM_COMMIT = "MEDCRYPTO-PRE-V01-DEM-COMMIT";
        /// Hedged seed of an encapsulation.
        HEDGED_SEED = "MEDCRYPTO-PRE-V01-HEDGED-SEED";
        /// Hedged scalars that blind a scope key or a re-encryption key.
        HEDGED_BLINDING = "MEDCRYPTO-PRE-V01-HEDGED-BLINDING";
        /// Associated data of the envelope inside a re-encryption key.
        ENVELOPE = "MEDCRYPTO-PRE-V01-ENVELOPE";
        /// Associated data of a re-encryption key sealed to a proxy.
        SEALED_REKEY = "MEDCRYPTO-PRE-V01-SEALED-REKEY";
        /// Digest that names a re-encryption key.
        REKEY_ID = "MEDCRYPTO-PRE-V01-REKEY-ID";
        /// Digest of the secret part of a re-encryption key.
        REKEY_SECRET = "MEDCRYPTO-PRE-V01-REKEY-SECRET";
        /// Signed message: a re-encryption key.
        SIGN_REKEY = "MEDCRYPTO-PRE-V01-SIGN-REKEY";
        /// Signed message: a revocation.
        SIGN_REVOCATION = "MEDCRYPTO-PRE-V01-SIGN-REVOCATION";
        /// Weights of batched public checks.
        WEIGHTS = "MEDCRYPTO-PRE-V01-WEIGHTS";
        /// Signed message: bytes of the application.
        SIGN_MESSAGE = "MEDCRYPTO-PRE-V01-SIGN-MESSAGE";
        /// Digest of a ciphertext, header and payload, that may be published.
        CIPHERTEXT_DIGEST = "MEDCRYPTO-PRE-V01-CIPHERTEXT-DIGEST";
    }

    /// Record commitments and requirement proofs.
    zk {
        /// Digest of a record schema.
        SCHEMA = "MEDCRYPTO-ZK-V01-SCHEMA";
        /// Salts of a record commitment.
        SALT = "MEDCRYPTO-ZK-V01-SALT";
        /// Context X of a proof.
        CONTEXT = "MEDCRYPTO-ZK-V01-CONTEXT";
        /// Nullifier scope.
        SCOPE = "MEDCRYPTO-ZK-V01-SCOPE";
        /// Digest Q of a compiled requirement.
        REQUIREMENT = "MEDCRYPTO-ZK-V01-REQUIREMENT";
        /// Digest of an issuer policy.
        POLICY = "MEDCRYPTO-ZK-V01-POLICY";
        /// What an issuer signs.
        ISSUE = "MEDCRYPTO-ZK-V01-ISSUE";
        /// Digest of a circuit's matrices.
        CIRCUIT = "MEDCRYPTO-ZK-V01-CIRCUIT";
        /// Digest of a verifying key.
        VERIFYING_KEY = "MEDCRYPTO-ZK-V01-VERIFYING-KEY";
    }

    /// Keyed-homomorphic encryption, range and transfer proofs.
    khpke {
        /// Generators with unknown discrete logarithms.
        GEN = "MEDCRYPTO-KHPKE-V01-GEN";
        /// Digest that names a public key.
        KEY_ID = "MEDCRYPTO-KHPKE-V01-KEY-ID";
        /// The exponent τ of a ciphertext.
        TCR = "MEDCRYPTO-KHPKE-V01-TCR";
        /// The tag of a ciphertext.
        TAG = "MEDCRYPTO-KHPKE-V01-TAG";
        /// Proof of possession of a key.
        POSSESSION = "MEDCRYPTO-KHPKE-V01-POSSESSION";
        /// Proof of an evaluation.
        EVALUATION = "MEDCRYPTO-KHPKE-V01-EVALUATION";
        /// Proof of a decryption.
        DECRYPTION = "MEDCRYPTO-KHPKE-V01-DECRYPTION";
        /// Digest of range parameters.
        RANGE_PARAMETERS = "MEDCRYPTO-KHPKE-V01-RANGE-PARAMETERS";
        /// Range proof of a commitment, digit by digit.
        RANGE_PER_DIGIT = "MEDCRYPTO-KHPKE-V01-RANGE-PER-DIGIT";
        /// Range proof of a commitment, aggregated.
        RANGE_AGGREGATED = "MEDCRYPTO-KHPKE-V01-RANGE-AGGREGATED";
        /// Range proof of every slot of a ciphertext, digit by digit.
        VECTOR_PER_DIGIT = "MEDCRYPTO-KHPKE-V01-VECTOR-PER-DIGIT";
        /// Range proof of every slot of a ciphertext, aggregated.
        VECTOR_AGGREGATED = "MEDCRYPTO-KHPKE-V01-VECTOR-AGGREGATED";
        /// Proof of a transfer, digit by digit.
        TRANSFER_PER_DIGIT = "MEDCRYPTO-KHPKE-V01-TRANSFER-PER-DIGIT";
        /// Proof of a transfer, aggregated.
        TRANSFER_AGGREGATED = "MEDCRYPTO-KHPKE-V01-TRANSFER-AGGREGATED";
        /// Proof of the first balance of an account.
        INITIAL = "MEDCRYPTO-KHPKE-V01-INITIAL";
        /// Weights of batched checks.
        WEIGHTS = "MEDCRYPTO-KHPKE-V01-WEIGHTS";
        /// Checksum of a table of discrete logarithms.
        DLOG_TABLE = "MEDCRYPTO-KHPKE-V01-DLOG-TABLE";
        /// Digest of the plan of an aggregation, which every uploader signs.
        PLAN = "MEDCRYPTO-KHPKE-V01-PLAN";
        /// Digest of an upload.
        UPLOAD = "MEDCRYPTO-KHPKE-V01-UPLOAD";
    }

    /// Signatures.
    sig {
        /// The signed envelope.
        ENVELOPE = "MEDCRYPTO-SIG-V01-ENVELOPE";
        /// BLS signatures, minimal signature size (draft-irtf-cfrg-bls-signature-05, section 4.2.3).
        BLS_SIGNATURE = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
        /// BLS proofs of possession (the same section).
        BLS_POSSESSION = "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
    }

    /// The ledger.
    ledger {
        /// A transaction.
        TRANSACTION = "MEDCRYPTO-LEDGER-V01-TRANSACTION";
        /// A block header; its digest is the block id.
        HEADER = "MEDCRYPTO-LEDGER-V01-HEADER";
        /// A chain's identity.
        CHAIN = "MEDCRYPTO-LEDGER-V01-CHAIN";
        /// The state of a replica: application digest and client table.
        STATE = "MEDCRYPTO-LEDGER-V01-STATE";
        /// The state of the contracts.
        CONTRACT_STATE = "MEDCRYPTO-LEDGER-V01-CONTRACT-STATE";
        /// The name of a class of data.
        DATA_CLASS = "MEDCRYPTO-LEDGER-V01-DATA-CLASS";
        /// A batch of requests with its proposed time.
        BATCH = "MEDCRYPTO-LEDGER-V01-BATCH";
        /// PBFT request.
        PBFT_REQUEST = "MEDCRYPTO-LEDGER-V01-PBFT-REQUEST";
        /// PBFT pre-prepare.
        PBFT_PRE_PREPARE = "MEDCRYPTO-LEDGER-V01-PBFT-PRE-PREPARE";
        /// PBFT prepare.
        PBFT_PREPARE = "MEDCRYPTO-LEDGER-V01-PBFT-PREPARE";
        /// PBFT commit.
        PBFT_COMMIT = "MEDCRYPTO-LEDGER-V01-PBFT-COMMIT";
        /// PBFT checkpoint.
        PBFT_CHECKPOINT = "MEDCRYPTO-LEDGER-V01-PBFT-CHECKPOINT";
        /// PBFT reply.
        PBFT_REPLY = "MEDCRYPTO-LEDGER-V01-PBFT-REPLY";
        /// What patient and institution sign to settle a sale.
        SETTLEMENT = "MEDCRYPTO-LEDGER-V01-SETTLEMENT";
        /// PBFT status, which asks for what was lost.
        PBFT_STATUS = "MEDCRYPTO-LEDGER-V01-PBFT-STATUS";
        /// PBFT view change.
        PBFT_VIEW_CHANGE = "MEDCRYPTO-LEDGER-V01-PBFT-VIEW-CHANGE";
        /// PBFT new view.
        PBFT_NEW_VIEW = "MEDCRYPTO-LEDGER-V01-PBFT-NEW-VIEW";
        /// PBFT fetch, which asks for batches and states by digest.
        PBFT_FETCH = "MEDCRYPTO-LEDGER-V01-PBFT-FETCH";
        /// A block header of a chain of work; its digest is the block id.
        POW_HEADER = "MEDCRYPTO-LEDGER-V01-POW-HEADER";
        /// The identity of a chain of work.
        POW_CHAIN = "MEDCRYPTO-LEDGER-V01-POW-CHAIN";
        /// What a device signs to join its management node.
        DEVICE_JOIN = "MEDCRYPTO-LEDGER-V01-DEVICE-JOIN";
        /// A wrapped key, which is written once.
        WRAPPED_KEY = "MEDCRYPTO-LEDGER-V01-WRAPPED-KEY";
        /// A value that is revealed later.
        COMMITMENT = "MEDCRYPTO-LEDGER-V01-COMMITMENT";
        /// What an authority signs about whose a key is.
        CERTIFICATE = "MEDCRYPTO-LEDGER-V01-CERTIFICATE";
        /// What the holder of a certificate signs to be enrolled on a chain.
        ENROLMENT = "MEDCRYPTO-LEDGER-V01-ENROLMENT";
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn t02_no_domain_starts_another() {
        for (i, (name, dst)) in ALL.iter().enumerate() {
            for (other_name, other) in &ALL[i + 1..] {
                let (a, b) = (dst.as_str(), other.as_str());
                assert!(!a.starts_with(b) && !b.starts_with(a), "{name} and {other_name}");
            }
        }
    }

    #[test]
    fn every_domain_names_crate_version_and_purpose() {
        for (name, dst) in ALL {
            let string = dst.as_str();
            let module = name.split("::").next().unwrap().to_uppercase();
            let ours = string.starts_with(&format!("MEDCRYPTO-{module}-V01-"));
            let standard = module == "SIG" && string.starts_with("BLS_");
            assert!(ours || standard, "{name} = {string}");
            assert!(string.is_ascii() && string.len() < 256, "{name} = {string}");
        }
    }
}
