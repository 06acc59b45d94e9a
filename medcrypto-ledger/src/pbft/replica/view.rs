//! Giving up a view, and entering the next.
//!
//! ```text
//! active backup      a request waits                    → timer
//! timer              request not executed, or NEW-VIEW not there     → VIEW-CHANGE for the next view
//! f + 1 VIEW-CHANGEs for later views than ours          → VIEW-CHANGE for the least of them
//! q VIEW-CHANGEs for the view that we want or later     → timer, doubled with each view in vain
//! q VIEW-CHANGEs for the view that we want, and we are its primary   → NEW-VIEW
//! NEW-VIEW           of that view or a later one        → enter it
//! ```

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Patience, Replica};
use crate::auth::{Auth, ClientId};
use crate::codec::Pairs;
use crate::pbft::app::App;
use crate::pbft::change::{Change, Entry, NewView, Plan, ViewChange};
use crate::pbft::io::{Output, Reason, Timer};
use crate::pbft::log::Slot;
use crate::pbft::message::Message;
use crate::pbft::signed::Signed;

impl<A: Auth, P: App> Replica<A, P> {
    pub(super) fn on_view_timer(&mut self, out: &mut Vec<Output>) -> Result<(), Reason> {
        self.patience.take().ok_or(Reason::Misdirected)?;
        self.give_up(self.wanted.saturating_add(1), out);
        Ok(())
    }

    /// Votes in the old view no more.
    fn give_up(&mut self, view: u64, out: &mut Vec<Output>) {
        self.wanted = view;
        self.failures = self.failures.saturating_add(1);
        let (chain, sender, stable) = (self.config.chain, self.config.me, self.log.stable());
        let slots = self.log.after(self.low());
        let prepared = slots.filter_map(|(seq, slot)| Some((seq, slot.certificate.clone()?)));
        let prepared = Pairs(prepared.collect());
        let change = ViewChange { chain, sender, view, stable: stable.clone(), prepared };
        let change = Change::own(self.sign(change));
        self.changes.insert(sender, change.clone());
        out.push(Output::Broadcast(Message::ViewChange(change.into_unverified()).encode()));
    }

    /// Only the latest view of each replica is kept, so there are at most n of them.
    pub(super) fn on_view_change(&mut self, change: Signed<ViewChange>) -> Result<(), Reason> {
        let ViewChange { sender, view, .. } = *change.body();
        if sender == self.config.me {
            return Err(Reason::Sender);
        }
        if view <= self.view {
            return Err(Reason::View);
        }
        if self.changes.get(&sender).is_some_and(|last| view <= last.body().view) {
            return Err(Reason::Stale);
        }
        let change = Change::admit(change, &self.config, &self.auth)?;
        self.changes.insert(sender, change);
        Ok(())
    }

    /// f + 1 replicas want later views than we do: one of them is correct, so we follow.
    pub(super) fn join(&mut self, out: &mut Vec<Output>) -> bool {
        let views = self.changes.values().map(|change| change.body().view);
        let later = views.filter(|view| *view > self.wanted).collect::<Vec<_>>();
        let least = later.iter().min().filter(|_| later.len() >= self.quorum.weak());
        least.map(|view| self.give_up(*view, out)).is_some()
    }

    /// The VIEW-CHANGEs for the view that we want, if there are q.
    fn support(&self) -> Option<Vec<&Change>> {
        let all = self.changes.values().filter(|change| change.body().view == self.wanted);
        let some = all.take(self.quorum.quorum()).collect::<Vec<_>>();
        (!self.is_active() && some.len() == self.quorum.quorum()).then_some(some)
    }

    /// Whether q replicas gave up the views before the one that we want. Who wants a later one gave
    /// this one up, too; its VIEW-CHANGE for it may be lost, and will not be sent again.
    fn is_given_up(&self) -> bool {
        let views = self.changes.values().map(|change| change.body().view);
        views.filter(|view| *view >= self.wanted).count() >= self.quorum.quorum()
    }

    /// As primary of the view that q replicas want: starts it.
    pub(super) fn lead(&mut self, out: &mut Vec<Output>) -> bool {
        if self.quorum.primary(self.wanted) != self.config.me {
            return false;
        }
        let Some(entry) = self.support().and_then(|support| self.new_view(&support)) else {
            return false;
        };
        let message = Message::NewView(entry.message.clone().into_unverified());
        out.push(Output::Broadcast(message.encode()));
        self.enter(entry, out);
        true
    }

    fn new_view(&self, support: &[&Change]) -> Option<Entry> {
        let (chain, sender, view) = (self.config.chain, self.config.me, self.wanted);
        let plan = Plan::of(&support.iter().map(|change| change.body()).collect::<Vec<_>>())?;
        let votes = plan.votes(chain, sender, view).into_iter().map(|vote| self.sign(vote));
        let votes = votes.collect::<Vec<_>>();
        let changes = support.iter().map(|c| (c.body().sender, (*c).clone().into_unverified()));
        let changes = Pairs(changes.collect());
        let assigned = votes.iter().cloned().map(Signed::into_unverified).collect();
        let message = self.sign(NewView { chain, sender, view, changes, assigned });
        Some(Entry::own(message, plan, votes))
    }

    /// From the primary, or relayed by anybody.
    pub(super) fn on_new_view(
        &mut self,
        message: Signed<NewView>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let view = message.body().view;
        if view <= self.view || view < self.wanted {
            return Err(Reason::View);
        }
        if message.body().sender == self.config.me {
            return Err(Reason::Sender);
        }
        let entry = Entry::admit(message, &self.config, &self.auth)?;
        self.enter(entry, out);
        Ok(())
    }

    fn enter(&mut self, entry: Entry, out: &mut Vec<Output>) {
        let view = entry.message.body().view;
        (self.view, self.wanted) = (view, view);
        self.changes.retain(|_, change| change.body().view > view);
        self.log.end_view();
        for (seq, vote) in &entry.assigned {
            self.log.slot_mut(*seq).into_iter().for_each(|slot| slot.assign(vote.clone()));
        }
        self.proposed = entry.plan.last;
        // The view is theirs to enter, whatever we think of their block.
        let aimed = self.aim(entry.plan.stable.clone(), out);
        out.extend(aimed.err().map(Output::Rejected));
        self.entry = Some(entry);
        self.waiting.requeue(&self.carried_clients());
        out.push(Output::Entered { view });
        self.fetch(out);
    }

    /// Whose requests the primary needs to propose no more, because its NEW-VIEW did. A backup goes
    /// on waiting for them.
    fn carried_clients(&self) -> BTreeSet<ClientId> {
        if !self.is_primary() {
            return BTreeSet::new();
        }
        let batches = self.log.after(self.executed()).filter_map(|(_, slot)| Slot::batch(slot));
        let requests = batches.flat_map(|batch| &batch.requests);
        requests.map(|request| request.body().client.clone()).collect()
    }

    /// Sets the timer of the view for what is waited for now, unless it runs for it already.
    pub(super) fn be_patient(&mut self, out: &mut Vec<Output>) {
        let patience = if self.is_active() {
            let oldest = self.waiting.oldest().filter(|_| !self.is_primary());
            oldest.map(|r| Patience::Request(self.view, r.client.clone(), r.nonce))
        } else {
            self.is_given_up().then_some(Patience::NewView(self.wanted))
        };
        if patience == self.patience {
            return;
        }
        self.patience = patience;
        let running = self.patience.as_ref().map(|_| self.view_timer());
        out.push(running.unwrap_or(Output::CancelTimer(Timer::View)));
    }

    /// T for the first view that is given up, 2T for the second, and so on.
    pub(super) const fn view_timer(&self) -> Output {
        let doubled = 2_u64.saturating_pow(self.failures.saturating_sub(1));
        Output::SetTimer(Timer::View, self.config.view_timeout.saturating_mul(doubled))
    }
}
