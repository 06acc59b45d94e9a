//! Scripts for the requirement contract.
//!
//! ```text
//! event    time passes, or a transaction: mostly the one that fits, sometimes with a field changed,
//!          by another sender, twice, or at another nonce
//! after every event
//!          balances + escrow + bonds are what they were at genesis
//!          a refusal has changed nothing, an acceptance has used one nonce of its sender
//!          a nullifier that was used stays used; a final stage stays
//!          an exclusive licence is the only sale of its person, class and period
//!          the replicated machine gives the same answer from the encoded transaction
//! ```

use std::collections::BTreeMap;

use medcrypto_ledger::block::Context;
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::{
    Action, Delivery, Dispute, Event, Expiry, Outcome, Reject, Rekey, RequirementLedger, SignedTx,
    Stage, State, Verdict, apply,
};
use medcrypto_ledger::pbft::App;
use medcrypto_ledger::{Bytes, Digest};

use super::hospital::{
    Symbolic, attest, chain, cid, digest, genesis, key, proof, record, resigned, settlement,
    signed, terms,
};
use crate::script::Script;

const NAMES: [&str; 10] = [
    "institution",
    "rival",
    "patient",
    "other",
    "proxy",
    "issuer",
    "arbiter1",
    "arbiter2",
    "arbiter3",
    "stranger",
];
const PATIENTS: [&str; 2] = ["patient", "other"];
const RECORDS: [&str; 2] = ["record", "newer"];

struct Run {
    state: State,
    machine: RequirementLedger<Symbolic>,
    now: u64,
    total: u128,
    requests: Vec<Digest>,
    applied: usize,
}

/// Reached: at least three transactions were applied.
pub(super) fn script(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let state = genesis();
    let machine = RequirementLedger::new(state.clone(), Symbolic).on_chain(chain());
    let total = state.total();
    let mut run = Run { state, machine, now: 1_000, total, requests: Vec::new(), applied: 0 };
    for _ in 0..64 {
        if script.is_over() {
            break;
        }
        run.event(&mut script);
    }
    let snapshot = run.machine.snapshot();
    assert_eq!(decode::<State>(&snapshot).as_ref(), Ok(&run.state));
    let mut restored = RequirementLedger::new(genesis(), Symbolic);
    restored.restore(&snapshot).expect("its own snapshot");
    assert_eq!(restored.digest(), run.state.digest());
    run.applied >= 3
}

impl Run {
    fn event(&mut self, script: &mut Script<'_>) {
        if script.below(6) == 0 {
            self.now += [1, 99, 101, 201, 301, 401, 1_000][script.below(7)];
            return;
        }
        let Some((sender, action)) = self.action(script) else { return };
        let mut tx = signed(&self.state, sender, action);
        match script.below(24) {
            0 => tx.body.nonce += 1,
            1 => {
                tx = resigned({
                    tx.body.nonce = script.below(3) as u64;
                    tx.body
                })
            }
            2 => {
                tx = resigned({
                    tx.body.sender = key(script.pick(&NAMES));
                    tx.body
                })
            }
            3 => {
                tx = resigned({
                    tx.body.chain_id.0 = Digest::ZERO;
                    tx.body
                })
            }
            4 => tx.signature.0.0.truncate(31),
            _ => {}
        }
        let applied = self.apply(&tx);
        if applied && script.below(4) == 0 {
            assert!(!self.apply(&tx), "the same transaction twice");
        }
    }

    fn request(&self, script: &mut Script<'_>) -> Digest {
        if self.requests.is_empty() || script.below(32) == 0 {
            return Digest::ZERO;
        }
        self.requests[script.below(self.requests.len())]
    }

    /// A transaction, most often by whom it is for.
    fn action(&self, script: &mut Script<'_>) -> Option<(&'static str, Action)> {
        let patient = script.pick(&PATIENTS);
        let request = self.request(script);
        let upheld = script.flag();
        let action = match script.below(12) {
            0 => return Some((script.pick(&["institution", "rival"]), publication(script))),
            1 => {
                let mut record = record(patient, script.pick(&RECORDS));
                record.as_of_ms = 490 + script.below(16) as u64;
                let attestation = attest(&record);
                Action::RegisterRecord(record, attestation)
            }
            2 | 3 => self.proof(script, patient, request)?,
            4 | 5 => {
                Action::Rekey(Rekey { request, rekey_id: digest("rk"), sealed: cid("sealed") })
            }
            6 | 7 => {
                let delivery =
                    Delivery { request, patient: key(patient), delivery: cid("delivery") };
                return Some(("proxy", Action::Deliver(delivery)));
            }
            8 => Action::Settle(settlement(&self.state, request, patient)),
            9 => {
                let evidence = digest("evidence");
                let dispute = Dispute { request, patient: key(patient), evidence };
                return Some((self.buyer(request), Action::Dispute(dispute)));
            }
            10 => {
                let evidence = digest(if script.below(16) == 0 { "other" } else { "evidence" });
                let verdict = Verdict { request, patient: key(patient), evidence, upheld };
                return Some((script.pick(&NAMES[6..]), Action::Verdict(verdict)));
            }
            _ => {
                let patient = script.flag().then(|| key(patient));
                return Some(("stranger", Action::Expire(Expiry { request, patient })));
            }
        };
        Some((patient, action))
    }

    fn buyer(&self, request: Digest) -> &'static str {
        let open = self.state.requests.0.get(&request);
        if open.is_some_and(|open| open.institution == key("rival")) {
            "rival"
        } else {
            "institution"
        }
    }

    fn proof(&self, script: &mut Script<'_>, patient: &str, request: Digest) -> Option<Action> {
        let mut proof = proof(&self.state, patient, request, script.pick(&RECORDS))?;
        match script.below(24) {
            0 => proof.inputs.nullifier.0[0] ^= 1,
            1 => proof.inputs.context = Digest::ZERO,
            2 => proof.inputs.kind ^= 1,
            3 => proof.exclusive = None,
            4 => proof.proof = Bytes(script.bytes(4).to_vec()),
            5 => proof.nonce = Digest::ZERO,
            _ => {}
        }
        Some(Action::Prove(proof))
    }

    fn apply(&mut self, tx: &SignedTx) -> bool {
        let context = Context { chain_id: chain(), height: 1, time_ms: self.now };
        let before = self.state.clone();
        let applied = apply(&mut self.state, tx, &context, &Symbolic);
        let bytes = encode(tx);
        let admitted = self.machine.check(&bytes).is_ok();
        let receipt = self.machine.run(&bytes, 1, self.now);
        match applied {
            Ok(events) => {
                assert!(admitted);
                assert_eq!((receipt.outcome, &receipt.events), (Outcome::Applied, &events));
                self.requests.extend(events.iter().filter_map(|event| match event {
                    Event::Published(id) => Some(*id),
                    _ => None,
                }));
                self.applied += 1;
                assert_eq!(self.state.nonces.0.get(&tx.body.sender), Some(&tx.body.nonce));
            }
            Err(reject) => {
                assert_eq!(before, self.state, "refused, and changed something");
                assert_eq!(receipt.outcome, Outcome::Rejected(reject));
                let unfit = matches!(reject, Reject::Bounds | Reject::Signature);
                assert!(admitted || unfit || reject == Reject::Malformed, "{reject}");
            }
        }
        assert_eq!(self.machine.state(), &self.state);
        self.invariants(&before);
        receipt.outcome == Outcome::Applied
    }

    fn invariants(&self, before: &State) {
        assert_eq!(self.state.total(), self.total, "money was made or lost");
        assert!(self.state.nullifiers.is_superset(&before.nullifiers));
        for (name, sale) in &before.sales.0 {
            let after = self.state.sales.0.get(name).expect("no sale is forgotten");
            let is_final = matches!(sale.stage, Stage::Settled | Stage::Refunded | Stage::Expired);
            assert!(!is_final || after == sale, "a sale that was over has changed");
        }
        for (id, open) in &self.state.requests.0 {
            let sales =
                self.state.sales.0.range((*id, key(""))..).take_while(|(of, _)| of.0 == *id);
            let running = sales.filter(|(_, sale)| sale.stage != Stage::Expired).count();
            assert!(running <= open.requirement.places as usize, "more sales than places");
        }
        self.exclusive();
    }

    /// Who holds an exclusive licence holds it alone.
    fn exclusive(&self) {
        let mut licences: BTreeMap<Digest, (usize, bool)> = BTreeMap::new();
        for ((request, _), sale) in &self.state.sales.0 {
            let (Some(nullifier), false) = (sale.exclusive, sale.stage == Stage::Expired) else {
                continue;
            };
            let open = self.state.requests.0.get(request).expect("a sale has its request");
            let licence = licences.entry(nullifier).or_default();
            licence.0 += 1;
            licence.1 |= open.requirement.exclusive;
        }
        assert!(licences.values().all(|(sales, exclusive)| *sales == 1 || !exclusive));
    }
}

/// Terms near the bounds of what an institution can pay and a contract takes.
fn publication(script: &mut Script<'_>) -> Action {
    let class = if script.flag() { "cancer" } else { "flu" };
    let mut terms = terms(class, script.flag() && class == "cancer");
    match script.below(12) {
        0 => terms.price = script.pick(&[0, 1, 500, 501, u64::MAX]),
        1 => terms.places = script.pick(&[0, 1, 10, 11, u32::MAX]),
        2 => terms.bond = script.pick(&[0, 1, 1_000, u64::MAX]),
        3 => terms.deadlines.prove_until = script.u64(),
        4 => terms.deadlines.verdict = script.pick(&[0, 1, u64::MAX]),
        5 => terms.issuers.clear(),
        6 => terms.arbiters = [key("arbiter1")].into(),
        7 => terms.exclusive = true,
        8 => terms.issuers = [key("issuer"), key("stranger")].into(),
        _ => {}
    }
    Action::Publish(terms)
}
