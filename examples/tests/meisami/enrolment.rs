//! Who is let into the ward, under what, and with which actions.

use std::collections::BTreeSet;

use medcrypto_examples::flows::meisami::certificate::{Application, Certificate, Refusal, Subject};
use medcrypto_examples::flows::meisami::signer::Signer;
use medcrypto_examples::flows::meisami::ward::{OWNER, STAFF, Ward, applied};
use medcrypto_ledger::Digest;
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::Rejection;
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::contract::{gate, policy};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{source, ward};

fn signer(seed: u64) -> Signer {
    Signer::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// S2: every field of what the hospital says is covered, and so are the key and the chain.
#[test]
fn s02_nobody_is_enrolled_with_what_is_said_of_another() {
    let (hospital, surgeon, other) = (signer(1), signer(2), signer(3));
    let chain = ChainId(Digest([7; 32]));
    let references: &[_] = &["Practitioner/f002"];
    let key = surgeon.public_key();
    let subject = Subject { key, references, treats: true, class: STAFF.0 };
    let honest = Certificate::issue(subject.clone(), &hospital);
    let verify = |certificate: &Certificate, asked: ChainId, by: &Signer| {
        let application = Application::new(certificate.clone(), asked, by);
        application.verify(&hospital.public_key(), chain).map(|verified| verified.subject().clone())
    };
    assert_eq!(verify(&honest, chain, &surgeon), Ok(subject.clone()));
    let changed = [
        (Subject { key: other.public_key(), ..subject.clone() }, &other),
        (Subject { references: &["Practitioner/f003"], ..subject.clone() }, &surgeon),
        (Subject { references: &[], ..subject.clone() }, &surgeon),
        (Subject { treats: false, ..subject.clone() }, &surgeon),
        (Subject { class: OWNER.0, ..subject.clone() }, &surgeon),
    ];
    for (subject, by) in changed {
        let forged = Certificate { subject: subject.clone(), ..honest.clone() };
        assert_eq!(verify(&forged, chain, by), Err(Refusal::Certificate), "{subject:?}");
        let own = Certificate::issue(subject.clone(), by);
        assert_eq!(verify(&own, chain, by), Err(Refusal::Certificate), "{subject:?}");
        // Only the hospital's signature is missing.
        assert_eq!(verify(&Certificate::issue(subject.clone(), &hospital), chain, by), Ok(subject));
    }
    assert_eq!(verify(&honest, chain, &other), Err(Refusal::Possession));
    assert_eq!(verify(&honest, ChainId(Digest([8; 32])), &surgeon), Err(Refusal::Possession));
}

/// The certificate of a further key of somebody who is a member.
fn further(ward: &Ward, seed: u64) -> Application {
    let key = signer(seed);
    let subject = ward.readers[0].certificate.subject.clone();
    let subject = Subject { key: key.public_key(), ..subject };
    let certificate = Certificate::issue(subject, &ward.hospital);
    Application::new(certificate, ward.network.chain_id(), &key)
}

/// H2: one person with two keys is two members, whom nothing that the chain keeps connects.
#[test]
fn h02_the_same_person_twice_has_two_digests_that_the_registrar_alone_opens() {
    let mut ward = ward();
    for seed in [11, 12] {
        let told = ward.admit(further(&ward, seed)).unwrap().unwrap();
        applied(&told).unwrap();
    }
    let (machine, _) = ward.machine().unwrap();
    let chain = &machine.state().contract;
    let digests: BTreeSet<_> =
        ward.admitted.keys().map(|key| chain.member(key).unwrap().certificate).collect();
    assert_eq!(digests.len(), ward.readers.len() + 1 + 2, "no two alike");
    for (key, (verified, salt)) in &ward.admitted {
        let kept = chain.member(key).unwrap();
        assert_eq!(kept.certificate, verified.digest(salt));
        assert_eq!(kept.class, verified.subject().class);
        // Who guesses the certificate still lacks the salt.
        assert_ne!(kept.certificate, verified.digest(&[0; 32]));
    }
    let references = ward.readers[0].certificate.subject.references;
    for block in ward.blocks() {
        for name in references {
            assert!(!block.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{name}");
        }
    }
}

/// The salt is drawn for each enrolment, not for each person.
#[test]
fn h02_the_same_certificate_has_another_digest_on_another_chain() {
    let digest = |seed| {
        let rng = ChaCha20Rng::seed_from_u64(seed);
        let faults = medcrypto_ledger::sim::Faults::NONE;
        let mut ward = Ward::new(source(), faults, rng).unwrap();
        ward.hospital = signer(1);
        applied(&ward.admit(further(&ward, 11)).unwrap().unwrap()).unwrap();
        let (verified, salt) = &ward.admitted[&signer(11).public_key()];
        (verified.subject().clone(), verified.digest(salt))
    };
    let (first, second) = (digest(5), digest(6));
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

/// S7: the types are the codes that the observations themselves carry.
#[test]
fn s07_data_types_are_the_loinc_codes_of_the_observations() {
    let source = source();
    let codes: Vec<_> = source.observations.iter().map(|(code, _)| code.0.0.clone()).collect();
    let wanted = ["15074-8", "11555-0", "11557-6", "789-8", "718-7"];
    assert_eq!(codes, wanted.map(|code| code.as_bytes().to_vec()));
    for (code, resource) in &source.observations {
        let resource: serde_json::Value = serde_json::from_slice(resource).unwrap();
        let coding = &resource["code"]["coding"][0];
        assert_eq!(coding["system"], "http://loinc.org");
        assert_eq!(coding["code"].as_str().unwrap().as_bytes(), code.0.0);
    }
}

/// S9: what is none of the gate's and the policy's actions does not decode.
#[test]
fn s09_an_unknown_kind_of_transaction_is_no_transaction() {
    let mut ward = ward();
    let patient = ward.patient.signer.clone();
    let (code, _) = ward.source.observations[0].clone();
    let cid = medcrypto_ledger::cas::Cid::of(b"data");
    let action = gate::Action::Act(policy::Action::Write(code, 0, cid));
    let honest = encode(&ward.network.sign(&patient, action));
    let (mut machine, height) = ward.machine().unwrap();
    let (height, now) = (height + 1, ward.network.now_ms());
    for name in ["Act", "Write"] {
        let place = honest.windows(name.len()).position(|bytes| bytes == name.as_bytes());
        let mut unknown = honest.clone();
        unknown[place.unwrap()] = b'X';
        let told = machine.run(&unknown, height, now);
        assert_eq!(told, Answer::Rejected(Rejection::Malformed), "{name}");
    }
    assert!(matches!(machine.run(&honest, height, now), Answer::Applied(_)));
}
