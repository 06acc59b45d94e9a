//! Acceptance rows of the paper's feature list that need all the parties, by their number.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use medcrypto_core::rand_core::SeedableRng;
use medcrypto_examples::flows::huang::exchange::{Exchange, applied};
use medcrypto_examples::flows::huang::folder::Folder;
use medcrypto_examples::flows::huang::judge::Judge;
use medcrypto_examples::flows::huang::network::{Network, fault_warning, outcome};
use medcrypto_examples::flows::huang::parties::{Deposit, Received};
use medcrypto_examples::flows::huang::signer::Signer;
use medcrypto_examples::flows::huang::source::Source;
use medcrypto_examples::flows::huang::{Failure, cli, study};
use medcrypto_ledger::auth::Auth;
use medcrypto_ledger::contract::{Action, Reject, Rekey, State};
use medcrypto_ledger::sim::Faults;
use medcrypto_ledger::{Digest, codec};
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup::single_party;
use rand_chacha::ChaCha20Rng;

use crate::FHIR;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn key_for(text: &str) -> ProvingKey {
    let requirement = Requirement::parse(Schema::clinical_v1(), text).unwrap();
    let circuit = Circuit::compile(&requirement).unwrap();
    let label = Provenance::single_party("test", study::GENESIS_MS).unwrap();
    single_party(circuit, label, &mut rng(5)).unwrap()
}

/// The key of the default requirement, as bytes: a key is not copied.
fn default_key() -> ProvingKey {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = BYTES.get_or_init(|| key_for(cli::DEFAULT_REQUIREMENT).to_bytes());
    let schema = Schema::clinical_v1();
    let requirement = Requirement::parse(schema, cli::DEFAULT_REQUIREMENT).unwrap();
    ProvingKey::from_bytes(Circuit::compile(&requirement).unwrap(), bytes).unwrap()
}

fn exchange_with(key: ProvingKey) -> (Exchange, Source) {
    let folder = Folder::read(Path::new(FHIR)).unwrap();
    let (source, record) = Source::read(&folder, None, &[]).unwrap();
    (Exchange::prepare(key, &source, record, Faults::NONE, rng(6)).unwrap(), source)
}

/// H1: seven entities, seven types, and the proxy's operations take no secret of anybody else. What
/// does not compile stands at `ProxyCloud`; here are the parameters of everything it offers.
#[test]
fn h01_every_entity_is_a_type_and_the_proxy_takes_no_secret_key() {
    use std::any::TypeId;

    use medcrypto_examples::flows::huang::parties::{
        Hospital, Institution, Patient, Pkg, ProxyCloud,
    };
    let entities = [
        TypeId::of::<Patient>(),
        TypeId::of::<Hospital>(),
        TypeId::of::<Institution>(),
        TypeId::of::<Pkg>(),
        TypeId::of::<ProxyCloud>(),
        TypeId::of::<Network>(),
        TypeId::of::<State>(),
    ];
    assert_eq!(entities.iter().collect::<std::collections::HashSet<_>>().len(), 7);

    let source = include_str!("../../flows/huang/parties/proxy.rs");
    let offered: Vec<_> = source.split("\n    pub fn ").skip(1).collect();
    assert!(offered.len() >= 5, "{}", offered.len());
    let secrets = [
        "IdentityKey",
        "DelegateeKey",
        "SigningKey",
        "MasterSecretKey",
        "HolderSecret",
        "RecordOpening",
    ];
    for function in offered {
        let (name, rest) = function.split_once('(').unwrap();
        let parameters = rest.split(" {\n").next().unwrap().split("->").next().unwrap();
        let taken = secrets.iter().filter(|secret| parameters.contains(**secret)).count();
        // Its own key enters once, when it is made.
        assert_eq!(taken, usize::from(name == "new"), "{name}({parameters}");
    }
}

/// H6, H10, H11, H12, H14: what each party can and cannot read on the way.
#[test]
fn h06_h10_h11_h12_h14_only_the_institution_reads() {
    let (mut exchange, _) = exchange_with(default_key());
    let published = exchange.publish().unwrap();
    let stored = exchange.encrypt().unwrap();
    let plain = exchange.payload.as_bytes().to_vec();
    let runs: BTreeSet<&[u8]> =
        plain.windows(16).filter(|run| run.iter().any(|byte| *byte != run[0])).collect();
    let shares = |bytes: &[u8]| bytes.windows(16).any(|run| runs.contains(run));
    assert!(!shares(&stored.deposit.ciphertext));
    exchange.register(&stored).unwrap();

    // H10: no re-encryption key is taken before the proof.
    let sealed = exchange.proxy.put(b"sealed").unwrap();
    let rekey = Rekey { request: published.request, rekey_id: Digest([1; 32]), sealed };
    let patient = exchange.patient.signer.clone();
    let early = exchange.network.post(&patient, Action::Rekey(rekey)).unwrap();
    assert_eq!(outcome(&early), Reject::Stage.to_string());

    let proof = exchange.prove(&published).unwrap();
    exchange.verify(proof).unwrap();
    let delegated = exchange.delegate(&published).unwrap();

    // H10: nobody but the proxy opens the sealed key.
    let sealed = exchange.proxy.get(&delegated.sealed).unwrap();
    let sealed = medcrypto_pre::SealedReKey::from_bytes(&sealed).unwrap();
    for other in [&exchange.patient.identity, &exchange.institution.identity] {
        assert!(other.import(&sealed, &exchange.delegator()).is_err());
    }

    // H11: before re-encryption the institution has nothing that opens; the proxy's own key never
    // does.
    let address = &stored.deposit.address;
    let (header, payload) = Deposit::split(&stored.deposit.ciphertext, address).unwrap();
    assert!(exchange.institution.identity.open_to_vec(address, &header, payload).is_err());
    let cloud = exchange.pkg.issue("cloud", "proxy-1").unwrap();
    assert!(cloud.open_to_vec(address, &header, payload).is_err());

    let delivery = exchange.deliver(&published, &stored, &delegated).unwrap();
    assert!(!shares(&exchange.proxy.get(&delivery).unwrap()));
    for (_, block) in exchange.proxy.store.blocks() {
        assert!(!shares(block));
    }

    // H12: the plaintext is the record, and opens the commitment on the chain.
    let received = exchange.receive(&stored, &delegated, &delivery).unwrap();
    let Received::Genuine(received) = received else { panic!("not the record") };
    assert_eq!(received.as_bytes(), plain);
    assert!(received.open().unwrap().1 > 10);
    exchange.settle(&published, delivery).unwrap();

    // H14: blocks are small and hold nothing of the record.
    for certified in exchange.network.chain() {
        let bytes = codec::encode(&certified);
        assert!(bytes.len() < 4096, "{} bytes", bytes.len());
        assert!(!shares(&bytes));
    }
}

/// H8: 6.3 mmol/L meets 6.1 and not 6.4.
#[test]
fn h08_proving_fails_above_the_value() {
    let (mut exchange, _) = exchange_with(key_for("glucose >= 6.4 \"mmol/L\""));
    let published = exchange.publish().unwrap();
    assert!(matches!(exchange.prove(&published), Err(Failure::Unmet(_))));
    let (mut exchange, _) = exchange_with(key_for("glucose >= 6.3 \"mmol/L\""));
    let published = exchange.publish().unwrap();
    assert!(exchange.prove(&published).is_ok());
}

/// H4: one flipped bit in any public input is refused by the contract.
#[test]
fn h04_every_public_input_is_bound() {
    let (mut exchange, _) = exchange_with(default_key());
    let published = exchange.publish().unwrap();
    let stored = exchange.encrypt().unwrap();
    exchange.register(&stored).unwrap();
    let honest = exchange.prove(&published).unwrap();
    let patient = exchange.patient.signer.clone();
    for input in 0..7 {
        let mut proof = honest.clone();
        let inputs = &mut proof.inputs;
        match input {
            0 => inputs.commitment.0[31] ^= 1,
            1 => inputs.requirement.0[31] ^= 1,
            2 => inputs.policy.0[31] ^= 1,
            3 => inputs.context.0[31] ^= 1,
            4 => inputs.nullifier.0[31] ^= 1,
            5 => inputs.scope.0[31] ^= 1,
            _ => inputs.kind ^= 1,
        }
        let receipt = exchange.network.post(&patient, Action::Prove(proof)).unwrap();
        assert_eq!(outcome(&receipt), Reject::Proof.to_string(), "input {input}");
    }
    exchange.verify(honest).unwrap();
}

/// H7: a registration under another's signature never reaches the chain.
#[test]
fn h07_a_record_is_registered_by_its_patient_or_issuer_alone() {
    let (mut exchange, _) = exchange_with(default_key());
    let stored = exchange.encrypt().unwrap();
    let record = exchange.record(&stored);
    let attestation = exchange.hospital.attest(&record, exchange.payload.digest()).unwrap();
    let stranger = Signer::generate(&mut rng(9));
    let action = Action::RegisterRecord(record, attestation);
    let receipt = exchange.network.post(&stranger, action.clone()).unwrap();
    assert_eq!(outcome(&receipt), Reject::Sender.to_string());
    let patient = exchange.patient.signer.clone();
    let mut unsigned = exchange.network.sign(&patient, action);
    unsigned.signature = stranger.sign(medcrypto_core::dst::ledger::TRANSACTION, b"other bytes");
    let lost = exchange.network.submit(&patient, codec::encode(&unsigned));
    assert!(matches!(lost, Err(Failure::NoProgress(_))));
}

/// H27: four replicas boot and commit, one silent or not; with two silent nothing does, and the run
/// says so.
#[test]
fn h27_four_replicas_commit_with_one_silent_and_never_with_two() {
    for (silent, commits) in [(&[][..], true), (&[3], true), (&[2, 3], false)] {
        let funder = Signer::generate(&mut rng(1));
        let funds = BTreeMap::from([(funder.public_key(), 10_000)]);
        let state = State::genesis(funds, BTreeSet::from([study::class()])).unwrap();
        let judge = Judge::new([]);
        let keys: Vec<_> = (2..6).map(|replica| Signer::generate(&mut rng(replica))).collect();
        let start = (2, study::GENESIS_MS);
        let mut network = Network::start((state, judge), &keys, Faults::NONE, start).unwrap();
        silent.iter().for_each(|replica| network.silence(*replica));
        let key = funder.public_key();
        let arbiters = BTreeSet::from([key.clone()]);
        let terms = study::terms(Digest([1; 32]), Digest([2; 32]), key.clone(), key, arbiters);
        let posted = network.post(&funder, Action::Publish(terms));
        match posted {
            Ok(receipt) => assert!(commits && applied(receipt).is_ok()),
            Err(failure) => {
                assert!(!commits);
                assert_eq!(failure.code(), 4);
            }
        }
    }
    assert!(fault_warning(3).is_some_and(|warning| warning.contains("f = 0")));
    assert_eq!(fault_warning(4), None);
}
