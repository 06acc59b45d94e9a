//! A lung-cancer patient, the default requirement, and one key for all tests.

use std::sync::OnceLock;

use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::{ContextDigest, LineageId};
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::keys::{Provenance, ProvingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::record::{CodeList, Entry, Record};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::{Date, Schema};
use medcrypto_zk::setup;
use medcrypto_zk::statement::{Context, IssuerPolicy, Kind, Period, Profile, Scope, Statement};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// The requirement of the example.
pub(crate) const REQUIREMENT: &str = r#"all(has(conditions_active, {sct:254637007}),
    glucose >= 6.1 "mmol/L", age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)"#;

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub(crate) fn requirement(text: &str) -> Requirement {
    Requirement::parse(Schema::clinical_v1(), text).unwrap()
}

/// Born 1944, glucose 6.3 mmol/L, active non-small-cell lung cancer and one more condition.
pub(crate) fn record() -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let mut set = |name: &str, entry| record.set(schema.field(name).unwrap(), entry).unwrap();
    let scaled = |name: &str, value: i64| {
        let spec = schema.spec(schema.field(name).unwrap()).unwrap();
        Entry::point(spec.encode(value).unwrap())
    };
    let born = Date::new(1944, 11, 17).unwrap().day_number();
    set("birth_date", scaled("birth_date", born));
    set("glucose", scaled("glucose", 630));
    let conditions = CodeList::new(vec![254_637_007, 44_054_006], true);
    set("conditions_active", Entry::Codes(conditions));
    record
}

pub(crate) struct Patient {
    pub(crate) secret: HolderSecret,
    pub(crate) opening: RecordOpening,
}

pub(crate) fn patient(seed: u64) -> Patient {
    let rng = &mut rng(seed);
    let secret = HolderSecret::generate(rng);
    let lineage = LineageId::from_id(&[7; 31]);
    let opening = RecordOpening::generate(record(), secret.commitment(), lineage, rng);
    Patient { secret, opening }
}

/// Set up once for all tests.
pub(crate) fn key() -> &'static ProvingKey {
    static KEY: OnceLock<ProvingKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let circuit = Circuit::compile(&requirement(REQUIREMENT)).unwrap();
        let label = Provenance::single_party("test suite", 1_700_000_000_000).unwrap();
        setup::single_party(circuit, label, &mut rng(1)).unwrap()
    })
}

pub(crate) fn policy() -> IssuerPolicy {
    IssuerPolicy::new(&[&[2; 32], &[1; 32]], 1_364_860_800_000).unwrap()
}

pub(crate) fn scope(kind: Kind) -> Scope {
    Scope::new(kind, b"lung-cancer-study", Period::quarter(2026, 3).unwrap()).unwrap()
}

pub(crate) fn context() -> Context<'static> {
    Context {
        profile: Profile::Anchored,
        verifying_key: key().verifying_key().digest(),
        chain: [3; 32],
        contract: [4; 32],
        request: [5; 32],
        version: 1,
        policy: policy().policy32(),
        institution_key: b"institution key".into(),
        patient_key: b"patient key".into(),
        nonce: [6; 32],
        expiry_ms: 1_800_000_000_000,
    }
}

pub(crate) fn statement_for(patient: &Patient, context: ContextDigest, scope: &Scope) -> Statement {
    key().statement(&patient.opening, &patient.secret, context, scope, policy().digest()).unwrap()
}

pub(crate) fn statement(patient: &Patient) -> Statement {
    statement_for(patient, context().digest(), &scope(Kind::PerLineage))
}

/// The default patient's statement and one proof of it, made once.
pub(crate) fn proven() -> &'static (Statement, Proof) {
    static PROVEN: OnceLock<(Statement, Proof)> = OnceLock::new();
    PROVEN.get_or_init(|| {
        let patient = patient(2);
        let statement = statement(&patient);
        let proof = key().prove(&statement, &patient.opening, &patient.secret, &mut rng(3));
        (statement, proof.unwrap())
    })
}
