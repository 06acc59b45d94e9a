//! Carrying out what replicas and clients want done.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Health, Mark, Party, World};
use crate::auth::Auth;
use crate::pbft::{App, Input, Message, Output};
use crate::sim::check::{self, Violation};
use crate::sim::event::Event;

impl<A: Auth + Clone, P: App> World<A, P> {
    pub(super) fn input(
        &mut self,
        party: Party,
        input: Input,
        garbled: bool,
    ) -> Result<(), Violation> {
        let id = match party {
            Party::Replica(id) => return self.replica_input(id, input, garbled),
            Party::Client(id) => id,
        };
        let Some(asker) = self.askers.get_mut(&id) else { return Ok(()) };
        let outputs = asker.client.step(input);
        if garbled {
            check::garbled(party, &outputs)?;
        }
        self.perform(party, outputs);
        self.submit_next(id);
        Ok(())
    }

    fn replica_input(&mut self, id: u16, input: Input, garbled: bool) -> Result<(), Violation> {
        let health = self.health(id);
        let up = matches!(health, Health::Up | Health::Failing);
        let Some(replica) = self.replicas.get_mut(&id).filter(|_| up) else {
            return Ok(());
        };
        let outputs = replica.step(self.now, input.clone());
        let outputs = match self.liars.get_mut(&id) {
            Some(liar) => {
                let bytes =
                    if let Input::Message(bytes) = &input { Some(&bytes[..]) } else { None };
                let told = liar.twist(bytes, outputs.clone(), &mut self.network.rng);
                let lied = (told != outputs).then_some(Mark::Lied(liar.lie()));
                self.marks.extend(lied);
                told
            }
            None => {
                self.watch(id, &input, &outputs, garbled)?;
                outputs
            }
        };
        if health == Health::Failing {
            self.stop(id);
        } else {
            self.perform(Party::Replica(id), outputs);
        }
        Ok(())
    }

    pub(super) fn submit_next(&mut self, id: u16) {
        let Some(asker) = self.askers.get_mut(&id).filter(|asker| !asker.client.is_busy()) else {
            return;
        };
        let operation = asker.script.pop_front();
        let outputs = operation.and_then(|op| asker.client.submit(op).ok()).unwrap_or_default();
        self.perform(Party::Client(id), outputs);
    }

    pub(super) fn perform(&mut self, party: Party, outputs: Vec<Output>) {
        for output in outputs {
            self.carry_out(party, output);
        }
    }

    fn carry_out(&mut self, party: Party, output: Output) {
        let lies = matches!(party, Party::Replica(id) if self.checker.distrusts(id));
        match output {
            Output::Send(to, bytes) => self.send(party, &[Party::Replica(to.0)], &bytes),
            Output::Broadcast(bytes) => {
                let others = self.replicas.keys().map(|id| Party::Replica(*id));
                let others = others.filter(|to| *to != party).collect::<Vec<_>>();
                self.send(party, &others, &bytes);
            }
            Output::Reply(client, bytes) => {
                let to = self.names.get(&client).copied().map(Party::Client);
                self.send(party, to.as_slice(), &bytes);
            }
            Output::SetTimer(timer, span) => {
                let round = self.order;
                self.timers.insert((party, timer), round);
                self.schedule(span, Event::Expire(party, timer, round));
            }
            Output::CancelTimer(timer) => {
                self.timers.remove(&(party, timer));
            }
            Output::Evidence(evidence) if !lies => self.evidence.push(evidence),
            Output::Rejected(reason) if !lies => self.rejected.push((party, reason)),
            Output::Done { result, .. } => self.done(party, result),
            _ => {}
        }
    }

    fn done(&mut self, party: Party, result: Vec<u8>) {
        let Party::Client(id) = party else { return };
        if let Some(asker) = self.askers.get_mut(&id) {
            asker.results.push(result);
        }
    }

    fn send(&mut self, from: Party, to: &[Party], bytes: &[u8]) {
        self.note(from, bytes, to.len());
        for to in to {
            let arrivals = self.network.carry(from, *to, bytes);
            self.watch_link(from, *to, arrivals.len());
            for arrival in arrivals {
                let (bytes, garbled) = (arrival.bytes, arrival.garbled);
                let event = Event::Deliver { from, to: *to, bytes, garbled };
                self.schedule(arrival.delay, event);
            }
        }
    }

    /// Counts a message and, for S3, remembers what clients asked.
    pub(super) fn note(&mut self, from: Party, bytes: &[u8], copies: usize) {
        let Ok(message) = Message::decode(bytes) else { return };
        let count = self.sent.entry(message.kind()).or_insert(0);
        *count = count.saturating_add(u64::try_from(copies).unwrap_or(u64::MAX));
        if let (Party::Client(_), Message::Request(request)) = (from, message) {
            self.checker.submitted(request.body());
        }
    }

    pub(super) fn schedule(&mut self, delay: u64, event: Event) {
        let at = self.now.saturating_add(delay);
        self.queue.push(Reverse((at, self.order, event)));
        self.order = self.order.saturating_add(1);
    }

    pub(super) fn health(&self, id: u16) -> Health {
        self.health.get(&id).copied().unwrap_or(Health::Up)
    }

    fn stop(&mut self, id: u16) {
        self.health.insert(id, Health::Down);
        self.timers.retain(|(party, _), _| *party != Party::Replica(id));
        self.marks.insert(Mark::Crashed);
    }

    /// A replica that stopped, or was about to, goes on.
    pub(super) fn restart(&mut self, id: u16) {
        if !matches!(self.health(id), Health::Down | Health::Failing) {
            return;
        }
        self.health.insert(id, Health::Up);
        let Some(replica) = self.replicas.get(&id) else { return };
        let (outputs, executed) = (replica.start(), replica.executed());
        let top = self.blocks().last_key_value().map_or(0, |(height, _)| *height);
        if executed < top && !self.checker.distrusts(id) {
            self.behind.insert(id, top);
        }
        self.perform(Party::Replica(id), outputs);
    }
}
