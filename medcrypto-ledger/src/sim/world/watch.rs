//! Incidents, and what is seen in passing: the marks.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Health, Incident, Mark, Party, World};
use crate::auth::{Auth, ReplicaId};
use crate::block::Seal;
use crate::pbft::{App, Input, Message, Output, Reason, Timer};
use crate::sim::check::{self, Violation};
use crate::sim::faults::Faults;

impl<A: Auth + Clone, P: App> World<A, P> {
    pub(super) fn happen(&mut self, incident: &Incident) {
        match incident {
            Incident::Mute(group) => self.part(group, true, false),
            Incident::Deafen(group) => self.part(group, false, true),
            Incident::Split(group) => self.part(group, true, true),
            Incident::Mend => self.network.cut.clear(),
            Incident::Crash(id) => {
                if self.health(*id) == Health::Up {
                    self.health.insert(*id, Health::Failing);
                }
            }
            Incident::Restart(id) => self.restart(*id),
            Incident::Calm => {
                self.heal(Faults::NONE);
                let all = self.replicas.keys().copied().collect::<Vec<_>>();
                all.into_iter().for_each(|id| self.restart(id));
            }
        }
    }

    fn part(&mut self, group: &BTreeSet<u16>, out: bool, back: bool) {
        let all = || self.replicas.keys().copied();
        let pairs = group.iter().flat_map(|a| all().map(|b| (*a, b)));
        for (a, b) in pairs.filter(|(_, b)| !group.contains(b)) {
            let (a, b) = (Party::Replica(a), Party::Replica(b));
            self.network.cut.extend(out.then_some((a, b)));
            self.network.cut.extend(back.then_some((b, a)));
        }
    }

    pub(super) fn watch_link(&mut self, from: Party, to: Party, arrivals: usize) {
        let cut = &self.network.cut;
        let one_way = cut.contains(&(from, to)) && !cut.contains(&(to, from));
        self.marks.extend(one_way.then_some(Mark::OneWay));
        match arrivals {
            0 => self.marks.insert(Mark::Lost),
            1 => false,
            _ => self.marks.insert(Mark::Repeated),
        };
    }

    /// Looks at what a correct replica did with an input.
    pub(super) fn watch(
        &mut self,
        id: u16,
        input: &Input,
        outputs: &[Output],
        garbled: bool,
    ) -> Result<(), Violation> {
        let Some(replica) = self.replicas.get(&id) else { return Ok(()) };
        self.checker.replica(id, replica)?;
        outputs.iter().try_for_each(|output| self.checker.output(ReplicaId(id), output))?;
        if self.behind.get(&id).is_some_and(|top| *top <= replica.executed()) {
            self.behind.remove(&id);
            self.marks.insert(Mark::CaughtUp);
        }
        if garbled {
            check::garbled(Party::Replica(id), outputs)?;
            self.marks.insert(Mark::Garbled);
            return Ok(());
        }
        self.marks.extend((replica.low() > 0).then_some(Mark::Stable));
        let seen = outputs.iter().filter_map(|output| self.mark(input, output)).collect::<Vec<_>>();
        self.marks.extend(seen);
        self.marks.extend(fetched(input, outputs).then_some(Mark::Fetched));
        Ok(())
    }

    fn mark(&self, input: &Input, output: &Output) -> Option<Mark> {
        match output {
            Output::Broadcast(bytes) => match Message::decode(bytes).ok()? {
                Message::NewView(new) if !new.body().assigned.is_empty() => Some(Mark::Carried),
                Message::ViewChange(_) if matches!(input, Input::Message(_)) => Some(Mark::Joined),
                _ => None,
            },
            Output::SetTimer(Timer::View, span) if *span > self.config.view_timeout => {
                Some(Mark::Doubled)
            }
            Output::Certified { block, .. } if block.header.seal == Seal::Bft(ReplicaId::NONE) => {
                Some(Mark::Null)
            }
            Output::Entered { .. } => Some(Mark::Entered),
            Output::Restored { .. } => Some(Mark::Restored),
            Output::Evidence(_) => Some(Mark::Evidence),
            Output::Rejected(reason) => refused(*reason),
            _ => None,
        }
    }
}

const fn refused(reason: Reason) -> Option<Mark> {
    match reason {
        Reason::Certificate => Some(Mark::BadCertificate),
        Reason::Plan => Some(Mark::BadPlan),
        Reason::Signature => Some(Mark::BadSignature),
        Reason::View => Some(Mark::OtherView),
        Reason::State => Some(Mark::BadState),
        _ => None,
    }
}

fn fetched(input: &Input, outputs: &[Output]) -> bool {
    let Input::Message(bytes) = input else { return false };
    let body = || Message::decode(bytes).is_ok_and(|message| matches!(message, Message::Body(_)));
    !matches!(outputs, [Output::Rejected(_)]) && body()
}
