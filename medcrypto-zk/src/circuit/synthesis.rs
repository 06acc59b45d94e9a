//! The rows of a circuit, written once for setup and for every witness.

use medcrypto_core::SecretBytes;
use zeroize::Zeroizing;

use super::Program;
use super::formula::Compiler;
use super::view;
use crate::commitment::{RecordOpening, RecordTree};
use crate::field::{Fr, SchemaDigest};
use crate::gadget::hash::{hash_2, hash_4};
use crate::gadget::system::INPUTS;
use crate::gadget::{Bit, Lc, System};
use crate::holder::HolderSecret;
use crate::poseidon::PoseidonTag;
use crate::record::Record;

/// Everything secret that a proof uses.
pub(crate) struct Witness {
    pub(crate) tree: RecordTree,
    pub(crate) secret: Zeroizing<Fr>,
    pub(crate) lineage: Fr,
}

impl Witness {
    /// The witness of an opening and its holder.
    pub(crate) fn new(opening: &RecordOpening, secret: &HolderSecret) -> Self {
        let (tree, lineage) = (opening.tree(), opening.lineage().value());
        Self { tree, secret: secret.element(), lineage }
    }

    /// A witness of the right shape and of no meaning.
    pub(super) fn stand_in(record: &Record) -> Self {
        let seed = SecretBytes::new(Zeroizing::new([0; 32]));
        let zero = Fr::from(0u64);
        Self { tree: RecordTree::build(record, &seed), secret: Zeroizing::new(zero), lineage: zero }
    }
}

/// Writes the rows of `program`; the calls are the same for every witness.
pub(crate) fn synthesise(system: &mut System, program: &Program, witness: &Witness) {
    let secret = system.witness(*witness.secret);
    let lineage = system.witness(witness.lineage);
    let [commitment, statement @ ..] = system.inputs();
    bind_statement(system, program, statement, (&secret, &lineage));
    let fields = program.formula.fields();
    let views = view::open(system, program.schema, &fields, &witness.tree);
    let holder = hash_2(system, PoseidonTag::Holder, [secret, Lc::zero()]);
    let schema = Lc::constant(SchemaDigest::of(&program.schema).value());
    let parts = [views.root.clone(), schema, holder, lineage];
    let root = hash_4(system, PoseidonTag::Root, parts);
    system.enforce_equal(commitment, &root);
    Compiler { system, views: &views, tree: &witness.tree }.enforce(&program.formula);
}

/// Q, X, N, scope, issuer policy and kind: inputs 1 to 6.
fn bind_statement(
    system: &mut System,
    program: &Program,
    [requirement, context, nullifier, scope, policy, kind]: [Lc; INPUTS - 1],
    (secret, lineage): (&Lc, &Lc),
) {
    system.enforce_equal(requirement, &Lc::constant(program.digest.value()));
    let _ = system.product(&context, &context);
    let _ = system.product(&policy, &policy);
    let kind = Bit::enforce(system, kind);
    let id = system.product(kind.lc(), lineage);
    let parts = [secret.clone(), id, scope, kind.lc().clone()];
    let expected = hash_4(system, PoseidonTag::Nullifier, parts);
    system.enforce_equal(nullifier, &expected);
}
