//! The research institution: asks, pays, and reads what it was sold.

use medcrypto_core::zeroize::Zeroizing;
use medcrypto_ledger::Digest;
use medcrypto_pre::{
    Delegatee, DelegateeKey, Delegator, ReEncryptedHeader, ReKeyStatement, RecordAddress, UnixTime,
    VerifiedIdentityKey,
};

use super::Deposit;
use crate::flows::huang::payload::Payload;
use crate::flows::huang::signer::Signer;

/// Holds an identity key and a key that signs transactions.
#[derive(Debug)]
pub struct Institution {
    /// Decrypts what is delegated to it.
    pub identity: VerifiedIdentityKey,
    /// Signs transactions.
    pub signer: Signer,
}

/// What the institution decrypted, and whether it is what was proven.
#[derive(Debug)]
pub enum Received {
    /// It opens the commitment that the proof was about.
    Genuine(Payload),
    /// It does not: the evidence of a dispute, for the arbiters alone.
    Mismatch(Zeroizing<Vec<u8>>),
}

impl Institution {
    /// Its name as a delegatee.
    #[must_use]
    pub fn name(&self) -> Delegatee {
        Delegatee(self.identity.identity().clone())
    }

    /// Accepts a delegation from the patient it has dealt with.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error`].
    pub fn accept(
        &self,
        statement: ReKeyStatement,
        patient: &Delegator,
    ) -> Result<DelegateeKey, medcrypto_pre::Error> {
        self.identity.accept(statement, patient)
    }

    /// Step 8: opens a delivery and recomputes the commitment from the plaintext.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error`] when it does not open.
    pub fn receive(
        &self,
        key: &DelegateeKey,
        address: &RecordAddress,
        delivery: &[u8],
        ciphertext: &[u8],
        now: UnixTime,
    ) -> Result<Payload, medcrypto_pre::Error> {
        let header = ReEncryptedHeader::from_bytes(delivery)?;
        let (_, payload) = Deposit::split(ciphertext, address)?;
        Ok(Payload::from_bytes(key.open_to_vec(address, &header, payload, now)?))
    }

    /// Whether a payload is the record behind a commitment.
    #[must_use]
    pub fn is_genuine(&self, payload: &Payload, commitment: &Digest) -> bool {
        let opened = payload.open().map(|(opening, _)| opening.commitment().to_bytes());
        opened == Ok(commitment.0)
    }

    /// What shows an arbiter to which plaintext a delivery opens.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error`] when it does not open.
    pub fn evidence(
        &self,
        key: &DelegateeKey,
        address: &RecordAddress,
        delivery: &[u8],
        now: UnixTime,
    ) -> Result<Zeroizing<Vec<u8>>, medcrypto_pre::Error> {
        let header = ReEncryptedHeader::from_bytes(delivery)?;
        let evidence = key.evidence(address, &header, now)?;
        Ok(Zeroizing::new(evidence.to_secret_bytes().to_vec()))
    }
}
