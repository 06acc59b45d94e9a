//! The clinic as a library: who reads what, whatever they try.

use std::collections::BTreeSet;
use std::path::Path;

use medcrypto_examples::flows::healthchain::clinic::Clinic;
use medcrypto_examples::flows::healthchain::data::Source;
use medcrypto_examples::flows::healthchain::narrate;
use medcrypto_examples::flows::healthchain::parties::REVOKED;
use medcrypto_examples::flows::healthchain::reading::LightNode;
use medcrypto_examples::flows::report::Report;
use medcrypto_ledger::cas::{self, Store};
use medcrypto_ledger::sim::Faults;

use crate::DATA;

/// A clinic after every step.
fn clinic() -> Clinic {
    let source = Source::read(Path::new(DATA)).unwrap();
    let mut clinic = Clinic::new(source, Faults::NONE, 5).unwrap();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let about = ("healthchain_iot", narrate::STEPS);
    let mut report = Report::new(about, &mut out, &mut err, true, 5);
    narrate::steps(&mut clinic, &mut report).unwrap();
    assert!(report.all_passed());
    drop(report);
    clinic
}

#[test]
fn t30_c10_the_revoked_doctors_real_key_opens_what_was_and_nothing_later() {
    let clinic = clinic();
    let light = LightNode::follow(&clinic).unwrap();
    let doctor = &clinic.doctors[REVOKED];
    let findings = light.search(&clinic, doctor).unwrap();
    assert_eq!(findings.wrapped.keys().collect::<Vec<_>>(), [&0], "one key was wrapped for it");
    let key = findings.key(&clinic, doctor, 0).unwrap();
    let (mut before, mut after) = (0, 0);
    for (seen, upload) in findings.uploads.iter().zip(&clinic.uploads) {
        assert_eq!(seen.id, upload.id);
        let opened = seen.open(&clinic, &key).map(|(_, data)| data).map_err(|e| e.to_string());
        if seen.epoch == 0 {
            assert_eq!(opened, Ok(upload.data.clone()));
            before += 1;
        } else {
            assert_eq!(opened, Err("does not open".to_owned()), "fails at the AEAD");
            after += 1;
        }
    }
    assert!(before >= 10 && after >= 20, "{before} {after}");
    // What is wrapped for the others does not help, whoever it is said to be for.
    let other = &clinic.doctors[0];
    let theirs = light.search(&clinic, other).unwrap();
    let owner = clinic.owner.member.key();
    for (epoch, wrapped) in theirs.wrapped.iter().filter(|(epoch, _)| **epoch > 0) {
        for reader in [other.key(), doctor.key()] {
            let stolen = doctor.secret.unwrap_key((&owner, *epoch), &reader, wrapped.as_slice());
            assert!(stolen.is_err());
        }
        assert!(
            other.secret.unwrap_key((&owner, *epoch), &other.key(), wrapped.as_slice()).is_ok()
        );
    }
}

#[test]
fn c5_each_doctor_opens_its_own_envelope_and_the_owner_all() {
    let clinic = clinic();
    let light = LightNode::follow(&clinic).unwrap();
    let owner = clinic.owner.member.key();
    let expected: [&[u64]; 6] = [&[0, 1, 2], &[0, 1, 2], &[0], &[0, 1, 2], &[0, 1, 2], &[1, 2]];
    for (doctor, epochs) in clinic.doctors.iter().zip(expected) {
        let findings = light.search(&clinic, doctor).unwrap();
        assert_eq!(findings.wrapped.keys().copied().collect::<Vec<_>>(), epochs);
        for (epoch, wrapped) in &findings.wrapped {
            let place = (&owner, *epoch);
            let open = |secret: &medcrypto_examples::flows::healthchain::parties::Member| {
                secret.secret.unwrap_key(place, &doctor.key(), wrapped.as_slice()).is_ok()
            };
            assert!(open(doctor));
            let others = clinic.doctors.iter().filter(|other| other.key() != doctor.key());
            assert!(!others.chain([&clinic.owner.member]).any(open));
        }
        let mine = narrate::opened(&clinic, &findings, doctor).unwrap();
        assert_eq!(mine, epochs.iter().copied().collect::<BTreeSet<_>>());
    }
}

#[test]
fn h14_t34_the_chains_hold_no_measurement_and_a_changed_ciphertext_is_noticed() {
    let mut clinic = clinic();
    let ids = |clinic: &Clinic| {
        let users = clinic.users();
        let found = users.node().search(|_| true);
        found.iter().flat_map(|found| found.tx.0.clone()).collect::<Vec<u8>>()
    };
    let chain = ids(&clinic);
    for upload in &clinic.uploads {
        let run = &upload.data[..16.min(upload.data.len())];
        assert!(!chain.windows(run.len()).any(|bytes| bytes == run));
    }
    for (_, block) in clinic.store.blocks() {
        let window = &clinic.source.windows[0][..32];
        assert!(!block.windows(32).any(|bytes| bytes == window), "storage sees no plaintext");
    }
    let cid = clinic.uploads[0].cid;
    let mut bytes = cas::get(&clinic.store, &cid).unwrap();
    bytes[100] ^= 1;
    clinic.store.write(cid, bytes);
    let light = LightNode::follow(&clinic).unwrap();
    let doctor = &clinic.doctors[0];
    let findings = light.search(&clinic, doctor).unwrap();
    assert!(narrate::opened(&clinic, &findings, doctor).is_err());
}

#[test]
fn c14_a_stranger_finds_who_answers_for_a_diagnosis_and_every_changed_block() {
    let clinic = clinic();
    let coins = clinic.audit().unwrap();
    assert_eq!(coins.offers().count(), 0, "the offer was consumed");
    assert!(coins.balance(&clinic.doctors[0].key()) > 0);
    let mut blocks: Vec<_> =
        clinic.docchain.chain().iter().map(medcrypto_ledger::codec::encode).collect();
    assert!(blocks.len() >= 4);
    for height in 0..blocks.len() {
        let middle = blocks[height].len() / 2;
        blocks[height][middle] ^= 1;
        let bad = clinic.verify(&blocks).unwrap_err();
        assert_eq!(bad.height, height as u64 + 1);
        blocks[height][middle] ^= 1;
    }
    assert!(clinic.verify(&blocks).is_ok());
}
