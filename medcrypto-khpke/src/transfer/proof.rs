//! The proof of a transfer in its two forms.

use alloc::vec::Vec;

use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript};
use rand_core::{CryptoRng, RngCore};

use super::{Secrets, TransferStatement, TransferWitness, VerifiedTransfer};
use crate::Error;
use crate::range::{BatchableBody, CompactBody, Interval, Proved, Shape, verify_all};

/// How many rows there are: R1 to R10.
const ROWS: usize = 10;

/// Proof of a transfer: the short form.
///
/// The module above has the relation. Proving is constant time in the witness and needs no pairing; verification
/// is variable time: a small multi-exponentiation a digit and a row, and one product of two pairings.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use medcrypto_core::{Transcript, dst};
/// use medcrypto_khpke::{
///     AccountId, AmountPolicy, AssociatedData, DecryptionKey, DigitBits, PossessionProof, Slots, TransferContext,
///     TransferProof, TransferStatement, TransferWitness, insecure,
/// };
/// let rng = &mut rand_core::OsRng;
/// let session = || Transcript::new(dst::khpke::TRANSFER_PER_DIGIT);
/// let mut account = |number| -> Result<_, Box<dyn std::error::Error>> {
///     let (secret, public) = DecryptionKey::generate(Slots::ONE, rng)?;
///     let account = AccountId([number; 32]);
///     let possession = PossessionProof::prove(&public, &account, &secret, &mut session(), rng)?;
///     Ok((secret, public.register(account, &possession, &mut session())?))
/// };
/// let ((alice, payer), (_, payee)) = (account(1)?, account(2)?);
/// let rng = &mut rand_core::OsRng;
/// let parameters = insecure::deal(DigitBits::new(8)?, rng)?.verify()?;
/// let balance = payer.encrypt(&AssociatedData::default(), &[1000], rng)?;
///
/// let (core, witness) = TransferWitness::new(&alice, [&payer, &payee], 250, 1000, rng)?;
/// let context = TransferContext { ledger: [7; 32], epoch: 0, nonce: 0, policy: AmountPolicy::Positive };
/// let statement =
///     TransferStatement::new(parameters.bits(32)?, context, [&payer, &payee], &balance, &core)?;
/// let proof = TransferProof::prove(&statement, &witness, &mut session(), rng)?;
///
/// let proof = TransferProof::from_bytes(&proof.to_bytes())?;
/// let verified = proof.verify(&statement, &mut session())?;
/// let debit = alice.evaluation_key().seal(&AssociatedData::default(), verified.debit())?;
/// # let _ = debit; Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferProof(CompactBody);

/// Proof of a transfer: the form of which many are verified at once.
///
/// What is proved, and under what assumptions, is as for [`TransferProof`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchableTransferProof(pub(super) BatchableBody);

impl TransferStatement<'_> {
    fn prove<R: RngCore + CryptoRng>(
        &self,
        witness: &TransferWitness<'_>,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Proved, Error> {
        let hidden = witness.hidden(self)?;
        self.absorb(transcript);
        self.conjunction()?.prove(&hidden, transcript, rng)
    }
}

impl TransferProof {
    const HEADER: Header = Header::v1(Tag::KhpkeTransferProof);

    /// Encoded length in bytes for amounts of this range.
    #[must_use]
    pub fn len(range: &Interval<'_>) -> usize {
        Header::LEN + shape(range.digits()).compact_len()
    }

    /// Proves, constant time in the witness.
    ///
    /// # Errors
    /// [`Error::Range`] for an amount, or change, out of the range; [`Error::Verification`] if the stored
    /// balance, the core or the key is not the one of the witness.
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &TransferStatement<'_>,
        witness: &TransferWitness<'_>,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        statement.prove(witness, transcript, rng).map(|proved| Self(proved.compact()))
    }

    /// Checks the proof; the verifier takes the balance and the keys from its own state.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        &self,
        statement: &TransferStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<VerifiedTransfer, Error> {
        statement.absorb(transcript);
        statement.conjunction()?.verify(&self.0, transcript)?;
        Ok(statement.verified())
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write(Writer::default().header(Self::HEADER)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else; the length tells the digits.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Self::HEADER)?;
        let shape = shapes().find(|shape| Header::LEN + shape.compact_len() == bytes.len());
        let body = CompactBody::read(&mut reader, shape.ok_or(DecodeError::Length)?)?;
        reader.finish()?;
        Ok(Self(body))
    }
}

impl BatchableTransferProof {
    const HEADER: Header = Header::v1(Tag::KhpkeBatchableTransferProof);

    /// Encoded length in bytes for amounts of this range.
    #[must_use]
    pub fn len(range: &Interval<'_>) -> usize {
        Header::LEN + shape(range.digits()).batchable_len()
    }

    /// Proves, constant time in the witness.
    ///
    /// # Errors
    /// As [`TransferProof::prove`].
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &TransferStatement<'_>,
        witness: &TransferWitness<'_>,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        statement.prove(witness, transcript, rng).map(|proved| Self(proved.batchable()))
    }

    /// Checks this proof alone; many at once: [`verify_transfers`](super::verify_transfers).
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        &self,
        statement: &TransferStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<VerifiedTransfer, Error> {
        let claim = statement.claim(&self.0, transcript.clone())?;
        verify_all(statement.range.parameters(), &[claim])?;
        statement.absorb(transcript);
        self.0.absorb(transcript).or(Err(Error::Verification))?;
        Ok(statement.verified())
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write(Writer::default().header(Self::HEADER)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else; the length tells the digits.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Self::HEADER)?;
        let shape = shapes().find(|shape| Header::LEN + shape.batchable_len() == bytes.len());
        let body = BatchableBody::read(&mut reader, shape.ok_or(DecodeError::Length)?)?;
        reader.finish()?;
        Ok(Self(body))
    }
}

/// Of a proof about two amounts of `digits` digits each.
const fn shape(digits: usize) -> Shape {
    Shape { digits: 2 * digits, others: Secrets::COUNT, rows: ROWS }
}

fn shapes() -> impl Iterator<Item = Shape> {
    (1..=64).map(shape)
}
