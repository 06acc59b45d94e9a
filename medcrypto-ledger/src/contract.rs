//! The requirement contract: a sale of data from publication to payment (Huang et al., steps 1–9).
//!
//! ```text
//! Publish ──escrow──▶ request                       RegisterRecord ──▶ (patient, commitment, issuer)
//! per (request, patient):
//!   –  ─Prove─▶ Proven ─Rekey─▶ Rekeyed ─Deliver─▶ Delivered ─Settle (both) / silence─▶ Settled
//!                 └──Expire──▶ Expired ◀──Expire──┘      └─Dispute─▶ Disputed ─quorum─▶ Settled
//!                                                                                    └▶ Refunded
//! balances + escrow + bonds = genesis allocation, after every transaction
//! ```
//!
//! [`apply`] is deterministic and total. It looks at a transaction in this order, and the [`Reject`]
//! names the first thing that fails: sizes, signature, chain, nonce, then the action; for
//! [`Action::Prove`] the proof first and the values it is bound to after that.
//!
//! | | Huang et al. | here |
//! |---|---|---|
//! | steps 1, 5 | the contract compares the patient's proof and hash with the institution's | it verifies the proof against a statement; h is the patient's registered commitment |
//! | replay | – | context in the proof, nullifiers, nonces |
//! | step 9 | data first, payment when the institution likes | escrow, deadlines; silence after delivery pays |
//! | disputes | – | encrypted to named arbiters; their quorum decides, a lost dispute costs the bond |
//! | exclusivity | "accountable" | a nullifier of person, class and period that every sale of the class shows |
//!
//! The ledger checks no signature and no proof itself: [`Verdicts`] does.
//!
//! Status: *composition*.
//!
//! Other contracts share the envelope of [`envelope`], stand behind a [`gate`] if they want one and are run
//! by a [`host::Machine`]: [`policy`], [`keychain`], [`coin`], [`reveal`], [`quota`].

mod apply;
pub mod coin;
#[cfg(feature = "fhir")]
pub mod consent;
pub mod envelope;
pub mod gate;
pub mod host;
pub mod keychain;
mod machine;
mod money;
pub mod policy;
pub mod quota;
pub mod reveal;
mod sale;
mod state;
mod tx;
mod verdicts;

pub use apply::{Event, Reject, apply};
pub use machine::{Outcome, Receipt, RequirementLedger};
pub use state::{Claim, Request, Sale, Stage, State};
pub use tx::{
    Action, Deadlines, Delivery, Dispute, ExclusiveProof, Expiry, Proof, PublicInputs, Record,
    Rekey, Requirement, Settlement, SettlementStatement, SignedTx, TxBody, Verdict,
};
pub use verdicts::{Binding, KIND_PERSON, Verdicts};
