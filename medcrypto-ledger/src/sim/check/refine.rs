//! S10: what correct replicas do is, number by number, what the voting model allows.
//!
//! ```text
//! PRE-PREPARE(v, n, d) of oneself, PREPARE(v, n, d), O of one's NEW-VIEW   accept d in v at n
//! COMMIT(v, n, d)      prepare d in v at n
//! Committed            commit d at n
//! VIEW-CHANGE(v)       change to v, at every number
//! ```
//! The model has two values, three views and seven replicas: what goes beyond is not looked at. Of
//! the liars it assumes the worst.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::auth::ReplicaId;
use crate::codec::Digest;
use crate::pbft::{Message, Quorum};
use crate::sim::model::{Act, Conduct, Model, Rules, State, Step, VIEWS_MAX, Value};

/// A number: what was done at it, and which digests its values are.
#[derive(Clone, Debug, Default)]
struct Number {
    state: State,
    values: Vec<Digest>,
}

impl Number {
    fn value(&mut self, digest: Digest) -> Option<Value> {
        if !self.values.contains(&digest) {
            self.values.push(digest);
        }
        match self.values.iter().position(|known| *known == digest) {
            Some(0) => Some(Value::A),
            Some(1) => Some(Value::B),
            _ => None,
        }
    }
}

/// The model beside the replicas.
#[derive(Clone, Debug)]
pub(super) struct Refinement {
    model: Option<Model>,
    /// What was done at a number of which nobody has spoken.
    fresh: State,
    numbers: BTreeMap<u64, Number>,
}

/// One thing that a replica did at a number.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    Accept(u64),
    Prepare(u64),
    Commit(u64),
}

impl Refinement {
    pub(super) fn new(quorum: Quorum) -> Self {
        let mut new = Self { model: None, fresh: State::default(), numbers: BTreeMap::new() };
        new.believe(quorum, &BTreeSet::new());
        new
    }

    /// From now on these replicas are Byzantine, and what they did before says nothing.
    pub(super) fn believe(&mut self, quorum: Quorum, liars: &BTreeSet<ReplicaId>) {
        let conduct = |id| {
            if liars.contains(&id) { Conduct::Byzantine } else { Conduct::Correct }
        };
        let conducts = quorum.members().map(conduct).collect::<Vec<_>>();
        let rules = Rules { listening: true, ..Rules::corrected(quorum) };
        self.model = Model::new(&conducts, rules);
        let states = self.numbers.values_mut().map(|number| &mut number.state);
        for state in states.chain([&mut self.fresh]) {
            *state = liars.iter().fold(*state, |state, liar| state.without(*liar));
        }
    }

    /// What `replica` said; the number at which no step of the model is like it.
    pub(super) fn said(&mut self, replica: ReplicaId, message: &Message) -> Result<(), u64> {
        match message {
            Message::PrePrepare(vote, _) if vote.body().sender == replica => {
                let vote = vote.body();
                self.did(replica, vote.seq, vote.digest, Deed::Accept(vote.view))
            }
            Message::Prepare(vote) => {
                let vote = vote.body();
                self.did(replica, vote.seq, vote.digest, Deed::Accept(vote.view))
            }
            Message::Commit(vote) => {
                let vote = vote.body();
                self.did(replica, vote.seq, vote.digest, Deed::Prepare(vote.view))
            }
            Message::NewView(message) if message.body().sender == replica => {
                message.body().assigned.iter().map(|vote| vote.body()).try_for_each(|vote| {
                    self.did(replica, vote.seq, vote.digest, Deed::Accept(vote.view))
                })
            }
            Message::ViewChange(change) => {
                self.change(replica, change.body().view);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn did(
        &mut self,
        replica: ReplicaId,
        seq: u64,
        digest: Digest,
        deed: Deed,
    ) -> Result<(), u64> {
        let fresh = Number { state: self.fresh, values: Vec::new() };
        let number = self.numbers.entry(seq).or_insert(fresh);
        let (Some(model), Some(value)) = (&self.model, number.value(digest)) else {
            return Ok(());
        };
        let act = match deed {
            Deed::Accept(view) => known(view).map(|view| Act::Accept(view, value)),
            Deed::Prepare(view) => known(view).map(|view| Act::Prepare(view, value)),
            Deed::Commit(view) => known(view).map(|_| Act::Commit(value)),
        };
        let Some(step) = act.map(|act| Step { replica, act }) else {
            return Ok(());
        };
        if number.state.has(step) {
            return Ok(());
        }
        number.state = model.step(number.state, step).ok_or(seq)?;
        Ok(())
    }

    /// Who skips views asks for those between.
    fn change(&mut self, replica: ReplicaId, view: u64) {
        let Some(model) = &self.model else { return };
        let views = 1..=known(view).unwrap_or(VIEWS_MAX - 1);
        let steps = views.map(|view| Step { replica, act: Act::ChangeTo(view) });
        let steps = steps.collect::<Vec<_>>();
        let states = self.numbers.values_mut().map(|number| &mut number.state);
        for state in states.chain([&mut self.fresh]) {
            *state = steps.iter().fold(*state, |s, step| model.step(s, *step).unwrap_or(s));
        }
    }
}

/// A view of the model.
fn known(view: u64) -> Option<u8> {
    u8::try_from(view).ok().filter(|view| *view < VIEWS_MAX)
}
