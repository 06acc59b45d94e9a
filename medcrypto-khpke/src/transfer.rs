//! Transfers: an amount leaves one account for another, and nobody but the two learns how much.
//!
//! ```text
//! statement   context, keys A and B, the stored balance C̃ = (X̃, Ẽ, T̃, tag) of A, core (X, E_A, T_A, E_B, T_B)
//! witness     r₁, r₂;  k = (k₁, k₂, k₃), the mask key of A;  t, t′ = balance − t,  0 ≤ t, t′ < 2^{ul}
//! rows   R1   X₁ = [r₁]P₁             R2   X₂ = [r₂]P₂             R3   X₃ = [r₁+r₂]P₃
//!        R4   E_A = [r₁]S^A₁ + [r₂]S^A₂ + [t]H                     R5   E_B = [r₁]S^B₁ + [r₂]S^B₂ + [t]H
//!        R6   T_A = [r₁]Ŝ^A₁ + [r₂]Ŝ^A₂                            R7   T_B = [r₁]Ŝ^B₁ + [r₂]Ŝ^B₂
//!        R8   S^A₁ = [k₁]P₁ + [k₃]P₃                               R9   S^A₂ = [k₂]P₂ + [k₃]P₃
//!        R10  Ẽ − E_A = [k₁](X̃₁−X₁) + [k₂](X̃₂−X₂) + [k₃](X̃₃−X₃) + [t′]H
//! digits R11  t = Σ 2^{uj}τⱼ,  t′ = Σ 2^{uj}τ_{l+j},  0 ≤ τⱼ < 2^u          m = 2l of them
//! transcript  "pp", "low", "high" of the range; "ctx" ledger 32 ‖ A 32 ‖ B 32 ‖ epoch u64 ‖ nonce u64 ‖ policy u8;
//!             "pkA", "pkB", "bal", "tx", each the whole encoding; then as for every range proof, no second challenge
//! encoding    compact    version ‖ suite ‖ tag ‖ V ‖ V̄ ‖ c ‖ z ‖ zv ‖ z_{r₁} … z_{k₃}           179 + 160·m bytes
//!             batchable  version ‖ suite ‖ tag ‖ V ‖ V̄ ‖ a ‖ A ‖ z ‖ zv ‖ z_{r₁} … z_{k₃}       643 + 208·m bytes
//! ```
//! For digits of 10 bits and amounts of 40: 1 459 and 2 307 bytes.
//!
//! R8 and R9 make k the key of A; without them a payer with a malformed balance chooses k and so t′. R6 and R7
//! keep T right; without them a tag would seal a ciphertext that makes every later sum unreadable. The
//! balance comes from the verifier's own state, never from the message. Where an amount of zero is refused,
//! E − H takes the place of E in R4 and R5, and t = 1 + Σ.
//!
//! | | Mo et al. | here |
//! |---|---|---|
//! | relation | E, g^{1/x} free of the key; `OR` a trapdoor w | R8, R9; no trapdoor |
//! | same randomness for both | two equations a side | one X |
//! | T | – | R6, R7 |
//! | challenge | hash of the first move | the whole statement, then the first move |
//! | range | [0, 2^ℓ] by a relation, (0, 2^ℓ) by another | [0, 2^{ul}) |
//!
//! Sound under U-SDH and DL in 𝔾₁ in the random-oracle model (`docs/security.md`); zero-knowledge without a
//! trapdoor. Status: *composition*.

mod batch;
mod proof;
#[cfg(test)]
mod tests;
mod witness;

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar};
use medcrypto_core::codec::Writer;
use medcrypto_core::{Transcript, dst};

use crate::ciphertext::{Ciphertext, Core};
use crate::encrypt::TransferCore;
use crate::generators::{FixedPoint, generators};
use crate::keys::{RegisteredKey, Slots};
use crate::range::{BatchableBody, Claim, Conjunction, Interval};
use crate::sigma::{Base, Form, Row};
use crate::{Error, VerifiedCore};

pub use batch::{TransferClaim, verify_transfers};
pub use proof::{BatchableTransferProof, TransferProof};
pub use witness::TransferWitness;

/// Which amounts a ledger lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountPolicy {
    /// Every amount of the range.
    Any,
    /// Every amount but zero: 1 to 2^{ul}.
    Positive,
}

/// What a transfer is bound to, beside the two accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferContext {
    /// The ledger.
    pub ledger: [u8; 32],
    /// How often the payer's available balance has changed.
    pub epoch: u64,
    /// The payer's own number, used once in an epoch.
    pub nonce: u64,
    /// Which amounts may pass.
    pub policy: AmountPolicy,
}

/// That a core moves an amount of a range from one account to another, which leaves another of the range.
#[derive(Clone, Copy, Debug)]
pub struct TransferStatement<'a> {
    range: Interval<'a>,
    context: TransferContext,
    payer: &'a RegisteredKey,
    payee: &'a RegisteredKey,
    balance: &'a Ciphertext,
    core: &'a TransferCore,
}

impl<'a> TransferStatement<'a> {
    /// `range` is what [`RangeParameters::bits`](crate::RangeParameters::bits) gives, `balance` what the
    /// ledger has stored as the payer's available one.
    ///
    /// # Errors
    /// [`Error::Count`] for keys or a balance of several slots, [`Error::Mismatch`] for a key and itself or
    /// an account and itself, [`Error::Range`] for any other range.
    pub fn new(
        range: Interval<'a>,
        context: TransferContext,
        [payer, payee]: [&'a RegisteredKey; 2],
        balance: &'a Ciphertext,
        core: &'a TransferCore,
    ) -> Result<Self, Error> {
        if [payer.slots(), payee.slots(), balance.slots()] != [Slots::ONE; 3] {
            return Err(Error::Count);
        }
        if payer.id() == payee.id() || payer.account() == payee.account() {
            return Err(Error::Mismatch);
        }
        if range.low() != 0 || range.sides() != 1 {
            return Err(Error::Range);
        }
        Ok(Self { range, context, payer, payee, balance, core })
    }

    fn absorb(&self, transcript: &mut Transcript) {
        transcript.enter(dst::khpke::TRANSFER_PER_DIGIT);
        self.range.absorb(transcript);
        transcript.append_bytes(b"ctx", &self.context_bytes());
        transcript.append_bytes(b"pkA", &self.payer.key().to_bytes());
        transcript.append_bytes(b"pkB", &self.payee.key().to_bytes());
        transcript.append_bytes(b"bal", &self.balance.to_bytes());
        transcript.append_bytes(b"tx", &self.core.to_bytes());
    }

    fn context_bytes(&self) -> Vec<u8> {
        let TransferContext { ledger, epoch, nonce, policy } = &self.context;
        Writer::with_capacity(113)
            .array(ledger)
            .array(&self.payer.account().0)
            .array(&self.payee.account().0)
            .u64(*epoch)
            .u64(*nonce)
            .u8(match policy {
                AmountPolicy::Any => 1,
                AmountPolicy::Positive => 2,
            })
            .finish()
    }

    /// The number of digits of both amounts.
    fn digits(&self) -> usize {
        2 * self.range.digits()
    }

    fn conjunction(&self) -> Result<Conjunction<'a>, Error> {
        let (parameters, digits) = (self.range.parameters(), self.digits());
        Ok(Conjunction { parameters, digits, others: Secrets::COUNT, rows: self.rows()? })
    }

    /// R1 to R10.
    fn rows(&self) -> Result<Vec<Row<'a>>, Error> {
        let secrets = Secrets::after(self.digits());
        let mut rows = self.shared(&secrets);
        rows.extend(self.amounts(&secrets)?);
        rows.extend(self.consistency(&secrets));
        rows.extend(self.mask_key(&secrets)?);
        rows.extend(self.change(&secrets));
        Ok(rows)
    }

    /// R1, R2, R3.
    fn shared(&self, Secrets { r: [r1, r2], sum, .. }: &Secrets) -> Vec<Row<'a>> {
        let x = self.core.for_payer().x().points();
        let row = |((image, base), form): ((G1, &'static FixedPoint), &Form)| Row {
            image,
            terms: alloc::vec![(Base::Fixed(base), form.clone())],
        };
        x.into_iter().zip(&generators().p).zip([r1, r2, sum]).map(row).collect()
    }

    /// R4, R5.
    fn amounts(&self, secrets: &Secrets) -> Result<Vec<Row<'a>>, Error> {
        let least = match self.context.policy {
            AmountPolicy::Any => G1::identity(),
            AmountPolicy::Positive => *generators().h.point(),
        };
        let row = |key: &'a RegisteredKey, core: Core| {
            let mask = by(key.slot_bases(0).ok_or(Error::Count)?, &secrets.r);
            let [e] = core.e() else { return Err(Error::Count) };
            Ok(self.range.rows(*e - least, &mask, 0))
        };
        Ok([row(self.payer, self.core.for_payer())?, row(self.payee, self.core.for_payee())?]
            .concat())
    }

    /// R6, R7.
    fn consistency(&self, secrets: &Secrets) -> [Row<'a>; 2] {
        let parties = [(self.payer, self.core.for_payer()), (self.payee, self.core.for_payee())];
        parties.map(|(key, core)| Row {
            image: core.t(),
            terms: by(key.consistency_bases(), &secrets.r).into(),
        })
    }

    /// R8, R9.
    fn mask_key(&self, Secrets { k: [k1, k2, k3], .. }: &Secrets) -> Result<[Row<'a>; 2], Error> {
        let [s1, s2] = self.payer.slot_bases(0).ok_or(Error::Count)?.map(|base| base.point());
        let [p1, p2, p3] = generators().p.each_ref().map(Base::Fixed);
        let row = |image, base, form: &Form| Row {
            image,
            terms: alloc::vec![(base, form.clone()), (p3, k3.clone())],
        };
        Ok([row(s1, p1, k1), row(s2, p2, k2)])
    }

    /// R10.
    fn change(&self, secrets: &Secrets) -> Vec<Row<'a>> {
        let (stored, debit) = (self.balance.core(), self.core.for_payer());
        let mut left = stored.x().points();
        left.iter_mut().zip(debit.x().points()).for_each(|(x, spent)| *x = *x - spent);
        let difference = |core: &Core| core.e().iter().copied().sum::<G1>();
        let mask = by(left.map(Base::Point), &secrets.k);
        self.range.rows(difference(stored) - difference(&debit), &mask, self.range.digits())
    }

    fn claim<'b>(
        &self,
        body: &'b BatchableBody,
        mut transcript: Transcript,
    ) -> Result<Claim<'b>, Error>
    where
        'a: 'b,
    {
        self.absorb(&mut transcript);
        Ok(Claim { about: self.conjunction()?, transcript, body })
    }

    /// What a verified transfer lets the two evaluation keys seal.
    fn verified(&self) -> VerifiedTransfer {
        let core = |key: &RegisteredKey, core| VerifiedCore::new(key.id(), core);
        VerifiedTransfer {
            debit: core(self.payer, self.core.for_payer()),
            credit: core(self.payee, self.core.for_payee()),
        }
    }
}

/// A transfer whose proof was verified: what each side's evaluation key may seal.
#[derive(Clone, Debug)]
pub struct VerifiedTransfer {
    debit: VerifiedCore,
    credit: VerifiedCore,
}

impl VerifiedTransfer {
    /// The amount under the payer's key, to be subtracted.
    #[must_use]
    pub fn debit(&self) -> &VerifiedCore {
        &self.debit
    }

    /// The amount under the payee's key, to be added.
    #[must_use]
    pub fn credit(&self) -> &VerifiedCore {
        &self.credit
    }
}

/// The secrets that follow the digits.
struct Secrets {
    /// r₁, r₂.
    r: [Form; 2],
    /// r₁ + r₂.
    sum: Form,
    /// k₁, k₂, k₃.
    k: [Form; 3],
}

impl Secrets {
    const COUNT: usize = 5;

    fn after(digits: usize) -> Self {
        Self {
            r: [0, 1].map(|index| Form::one(digits + index)),
            sum: Form::weighted([0, 1].map(|index| (digits + index, Scalar::ONE))),
            k: [2, 3, 4].map(|index| Form::one(digits + index)),
        }
    }
}

/// Σ [form]base.
fn by<'a, const N: usize>(bases: [Base<'a>; N], forms: &[Form; N]) -> [(Base<'a>, Form); N] {
    let mut forms = forms.iter().cloned();
    bases.map(|base| (base, forms.next().unwrap_or_else(|| Form::weighted([]))))
}
