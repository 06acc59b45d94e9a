//! Meisami et al.: a patient's own access policy on a private chain, Protocols 1 to 4 corrected.
//!
//! ```text
//! enrol       the registrar lets in whom the hospital certifies, each class with a rate by block height
//! Protocol 1  patient and staff: ECDSA keys on secp256k1; a reader has an HPKE key as well
//! Protocol 2  T_access: a FHIR Consent becomes a grant for every reader
//! Protocol 4  T_data, write: AES-256-GCM under the key of ⟨patient, type, epoch⟩, wrapped for each reader
//! Protocol 3  T_data, read: the policy is checked on the chain, the ciphertext fetched and opened
//! ```

pub mod attacks;
pub mod certificate;
pub mod cli;
pub mod matrix;
pub mod narrate;
pub mod parties;
pub mod printed;
pub mod run;
pub mod signer;
pub mod vault;
pub mod ward;
