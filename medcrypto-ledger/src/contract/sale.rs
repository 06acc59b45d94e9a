//! One sale after its proof: re-encryption key, delivery, settlement, dispute, expiry.

use medcrypto_core::dst;

use super::apply::{Event, Reject, Run};
use super::state::{Request, Sale, Stage, State};
use super::tx::{Delivery, Dispute, Expiry, Rekey, Settlement, SettlementStatement, Verdict};
use super::verdicts::Verdicts;
use crate::auth::PublicKey;
use crate::codec::{self, Digest, Pairs};

impl State {
    /// Step 6.
    pub(super) fn rekey<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        rekey: &Rekey,
    ) -> Result<Event, Reject> {
        let (request, sale) = self.sale(rekey.request, &run.body.sender)?;
        if sale.stage != Stage::Proven {
            return Err(Reject::Stage);
        }
        in_time(run, sale.deadline)?;
        let lasts = request.requirement.deadlines.deliver;
        self.enter(run, rekey.request, &run.body.sender, Stage::Rekeyed(rekey.sealed), lasts);
        Ok(Event::Rekeyed(rekey.request, rekey.rekey_id))
    }

    /// Step 7. From here on the data is out, so an exclusive nullifier is burnt.
    pub(super) fn deliver<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        delivery: &Delivery,
    ) -> Result<Event, Reject> {
        let (request, sale) = self.sale(delivery.request, &delivery.patient)?;
        if run.body.sender != request.requirement.proxy {
            return Err(Reject::Sender);
        }
        if !matches!(sale.stage, Stage::Rekeyed(_)) {
            return Err(Reject::Stage);
        }
        in_time(run, sale.deadline)?;
        self.burn(sale.exclusive);
        let lasts = request.requirement.deadlines.dispute;
        let stage = Stage::Delivered(delivery.delivery);
        self.enter(run, delivery.request, &delivery.patient, stage, lasts);
        Ok(Event::Delivered(delivery.request, delivery.patient.clone()))
    }

    /// Step 9: anybody may bring the two signatures.
    pub(super) fn settle<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        settlement: &Settlement,
    ) -> Result<Event, Reject> {
        let Settlement { request: id, patient, by_patient, by_institution } = settlement;
        let (request, sale) = self.sale(*id, patient)?;
        let Stage::Delivered(delivery) = sale.stage else { return Err(Reject::Stage) };
        let statement = SettlementStatement {
            chain_id: run.context.chain_id,
            request: *id,
            patient: patient.clone(),
            delivery,
        };
        let message = codec::encode(&statement);
        let signed =
            |key, signature| run.verdicts.verify(key, dst::ledger::SETTLEMENT, &message, signature);
        signed(patient, by_patient).or(Err(Reject::PatientSignature))?;
        signed(&request.institution, by_institution).or(Err(Reject::InstitutionSignature))?;
        Ok(self.pay(*id, patient, &request))
    }

    /// The institution puts its bond on it.
    pub(super) fn dispute<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        dispute: &Dispute,
    ) -> Result<Event, Reject> {
        let (request, sale) = self.sale(dispute.request, &dispute.patient)?;
        if run.body.sender != request.institution {
            return Err(Reject::Sender);
        }
        if !matches!(sale.stage, Stage::Delivered(_)) {
            return Err(Reject::Stage);
        }
        in_time(run, sale.deadline)?;
        self.debit(&request.institution, request.requirement.bond)?;
        let lasts = request.requirement.deadlines.verdict;
        let stage = Stage::Disputed(dispute.evidence, Pairs::default());
        self.enter(run, dispute.request, &dispute.patient, stage, lasts);
        Ok(Event::Disputed(dispute.request, dispute.patient.clone()))
    }

    /// More than half of the arbiters decide; an even split decides nothing and is silence.
    pub(super) fn vote<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        verdict: &Verdict,
    ) -> Result<Event, Reject> {
        let Verdict { request: id, patient, evidence, upheld } = verdict;
        let (request, mut sale) = self.sale(*id, patient)?;
        let arbiter = &run.body.sender;
        if !request.requirement.arbiters.contains(arbiter) {
            return Err(Reject::Sender);
        }
        let deadline = sale.deadline;
        let Stage::Disputed(disputed, votes) = &mut sale.stage else { return Err(Reject::Stage) };
        in_time(run, deadline)?;
        if disputed != evidence {
            return Err(Reject::Evidence);
        }
        if votes.0.insert(arbiter.clone(), *upheld).is_some() {
            return Err(Reject::Duplicate);
        }
        let agree = votes.0.values().filter(|vote| *vote == upheld).count();
        if agree > request.requirement.arbiters.len() / 2 {
            return Ok(self.decide(*id, patient, &request, *upheld));
        }
        self.sales.0.insert((*id, patient.clone()), sale);
        Ok(Event::Voted(*id, arbiter.clone()))
    }

    /// A deadline has passed: before delivery the sale ends, after it silence pays the patient.
    pub(super) fn expire<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        expiry: &Expiry,
    ) -> Result<Event, Reject> {
        let id = expiry.request;
        let Some(patient) = &expiry.patient else { return self.close(run, id) };
        let (request, sale) = self.sale(id, patient)?;
        if matches!(sale.stage, Stage::Settled | Stage::Refunded | Stage::Expired) {
            return Err(Reject::Stage);
        }
        if run.context.time_ms <= sale.deadline {
            return Err(Reject::Early);
        }
        match sale.stage {
            Stage::Delivered(_) => Ok(self.pay(id, patient, &request)),
            // The dispute is neither won nor lost: the bond goes back.
            Stage::Disputed(..) => {
                self.credit(&request.institution, request.requirement.bond);
                Ok(self.pay(id, patient, &request))
            }
            _ => {
                self.release(sale.exclusive);
                self.return_place(id);
                self.end(id, patient, Stage::Expired);
                Ok(Event::Expired(id, patient.clone()))
            }
        }
    }

    /// After the last moment of a proof the unused escrow goes back.
    fn close<V: Verdicts>(&mut self, run: &Run<'_, V>, id: Digest) -> Result<Event, Reject> {
        let request = self.requests.0.get_mut(&id).ok_or(Reject::Unknown)?;
        if run.context.time_ms <= request.requirement.deadlines.prove_until {
            return Err(Reject::Early);
        }
        if request.places == 0 {
            return Err(Reject::Places);
        }
        let unused = request.requirement.price.saturating_mul(request.places.into());
        request.places = 0;
        let institution = request.institution.clone();
        self.credit(&institution, unused);
        Ok(Event::Closed(id))
    }

    /// The end of a dispute.
    fn decide(
        &mut self,
        id: Digest,
        patient: &PublicKey,
        request: &Request,
        upheld: bool,
    ) -> Event {
        let (price, bond) = (request.requirement.price, request.requirement.bond);
        if upheld {
            self.credit(&request.institution, price);
            self.credit(&request.institution, bond);
            self.end(id, patient, Stage::Refunded);
            return Event::Refunded(id, patient.clone());
        }
        self.credit(patient, bond);
        self.pay(id, patient, request)
    }

    /// Pays the patient.
    fn pay(&mut self, id: Digest, patient: &PublicKey, request: &Request) -> Event {
        self.credit(patient, request.requirement.price);
        self.end(id, patient, Stage::Settled);
        Event::Settled(id, patient.clone())
    }

    /// A request and one of its sales.
    fn sale(&self, id: Digest, patient: &PublicKey) -> Result<(Request, Sale), Reject> {
        let request = self.requests.0.get(&id).ok_or(Reject::Unknown)?;
        let sale = self.sales.0.get(&(id, patient.clone())).ok_or(Reject::Stage)?;
        Ok((request.clone(), sale.clone()))
    }

    fn return_place(&mut self, id: Digest) {
        if let Some(request) = self.requests.0.get_mut(&id) {
            request.places = request.places.saturating_add(1);
        }
    }

    /// Enters a stage that lasts so many milliseconds.
    fn enter<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        id: Digest,
        patient: &PublicKey,
        stage: Stage,
        lasts: u64,
    ) {
        if let Some(sale) = self.sales.0.get_mut(&(id, patient.clone())) {
            sale.stage = stage;
            sale.deadline = run.context.time_ms.saturating_add(lasts);
        }
    }

    /// Enters a last stage.
    fn end(&mut self, id: Digest, patient: &PublicKey, stage: Stage) {
        if let Some(sale) = self.sales.0.get_mut(&(id, patient.clone())) {
            sale.stage = stage;
        }
    }
}

fn in_time<V: Verdicts>(run: &Run<'_, V>, deadline: u64) -> Result<(), Reject> {
    if run.context.time_ms <= deadline { Ok(()) } else { Err(Reject::Late) }
}
