//! The research institution: asks, pays, and reads what it was sold.

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
    /// It opens the commitment that the proof was about; the number of resources in it.
    Genuine(usize),
    /// It does not: the evidence of a dispute.
    Mismatch(Payload),
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
    pub fn examine(&self, payload: Payload, commitment: &Digest) -> Received {
        match payload.open() {
            Ok((opening, count)) if opening.commitment().to_bytes() == commitment.0 => {
                Received::Genuine(count)
            }
            _ => Received::Mismatch(payload),
        }
    }
}
