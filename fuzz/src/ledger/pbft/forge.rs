//! Messages of an adversary: rightly signed with the keys that it holds, its certificates filled up with
//! signatures that it heard.
//!
//! ```text
//! certificate, PREPARED   a signature of every member whose key is held, or who said so; now and then
//!                         one less, or a wrong one
//! NEW-VIEW                q VIEW-CHANGEs that were heard, or made with the keys held; O is the plan that
//!                         the paper's rule gives, or nearly
//! BODY, STATE             a batch that was heard; a state as the blocks say, or nearly
//! ```

use std::collections::BTreeMap;

use medcrypto_ledger::block::{BlockId, CertifiedBlock, ChainId, Checkpoint, QuorumCertificate};
use medcrypto_ledger::codec::{self, Pairs};
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{
    Batch, Commit, Fetch, PrePrepare, Prepare, Reply, Request, Status,
};
use medcrypto_ledger::pbft::signed::{Statement, Unverified};
use medcrypto_ledger::pbft::{Answer, App, Message, Quorum, Signed, Snapshot};
use medcrypto_ledger::{Bytes, Digest, ReplicaId, Signature};

use super::heard::Heard;
use super::{Tape, auth, client_id, config, request, sign};
use crate::ledger::names::names;
use crate::script::Script;

/// What an adversary knows.
pub(super) struct Forge<'a> {
    pub(super) n: u16,
    pub(super) keys: &'a [u16],
    pub(super) heard: &'a Heard,
    pub(super) blocks: &'a [CertifiedBlock],
    /// The latest view that somebody is in.
    pub(super) view: u64,
    /// The last number that somebody executed.
    pub(super) executed: u64,
    /// What the others' clocks say.
    pub(super) now: u64,
}

impl Forge<'_> {
    fn chain(&self) -> ChainId {
        config(self.n, 0).chain
    }

    fn quorum(&self) -> Quorum {
        Quorum::new(self.n).expect("a committee")
    }

    /// A message of any kind by one of the members whose key is held, or who is none.
    pub(super) fn message(&self, script: &mut Script<'_>) -> Message {
        let (view, seq, digest) = self.vote(script);
        let primary = self.quorum().primary(view).0;
        let me = match script.below(16) {
            0 => self.n,
            1..=7 if self.keys.contains(&primary) => primary,
            _ => script.pick(self.keys),
        };
        let (chain, sender) = (self.chain(), ReplicaId(me));
        let signer = auth("replica", me);
        let kinds = names::<Message>();
        match kinds[script.below(kinds.len())] {
            "Request" => Message::Request(self.request(script)),
            "PrePrepare" => {
                let (digest, batch) = self.batch(script, sender);
                let seq = if script.below(4) > 0 { self.executed + 1 } else { seq };
                Message::PrePrepare(
                    sign(&signer, PrePrepare::new(chain, sender, view, seq, digest)),
                    batch,
                )
            }
            "Prepare" => {
                Message::Prepare(sign(&signer, Prepare::new(chain, sender, view, seq, digest)))
            }
            "Commit" => {
                Message::Commit(sign(&signer, Commit::new(chain, sender, view, seq, digest)))
            }
            "Checkpoint" => {
                let latest = self.heard.checkpoints.last().filter(|_| script.flag());
                let latest = latest.map(|vote| (vote.body().height, vote.body().block_id));
                let (height, block_id) = latest.unwrap_or_else(|| self.place(script));
                let body = Checkpoint { chain_id: chain, height, block_id, replica: sender };
                Message::Checkpoint(sign(&signer, body))
            }
            "Reply" => {
                let (client, result) = (client_id(0), Bytes(script.bytes(2).to_vec()));
                let nonce = script.below(4) as u64;
                Message::Reply(sign(&signer, Reply { chain, sender, view, client, nonce, result }))
            }
            "Status" => {
                let (executed, certified) = (seq, script.below(12) as u64);
                Message::Status(sign(&signer, Status { chain, sender, view, executed, certified }))
            }
            "ViewChange" => {
                let view = self.view + script.below(3) as u64;
                Message::ViewChange(sign(&signer, self.view_change(script, me, view)))
            }
            "NewView" => self.new_view(script),
            "Stable" => Message::Stable(self.stable(script)),
            "Fetch" => {
                let (round, block) = (script.below(8) as u64, self.place(script).1.0);
                let digests = vec![digest, block];
                Message::Fetch(sign(&signer, Fetch { chain, sender, round, digests }))
            }
            "Body" => Message::Body(self.batch(script, sender).1),
            "State" => Message::State(self.state(script)),
            other => panic!("nobody forges {other}"),
        }
    }

    /// What to vote for: what somebody assigned lately, or anything near.
    fn vote(&self, script: &mut Script<'_>) -> (u64, u64, Digest) {
        let assigns = &self.heard.assigns;
        if !assigns.is_empty() && script.below(4) > 0 {
            let back = 1 + script.below(3.min(assigns.len()));
            let vote = assigns[assigns.len() - back].body();
            return (vote.view, vote.seq, vote.digest);
        }
        let near = (self.view + script.below(3) as u64).saturating_sub(1);
        let view = if script.below(4) == 0 { near } else { self.view };
        let seq = (self.executed + script.below(4) as u64).saturating_sub(1);
        (view, seq, self.digest(script))
    }

    /// What lets the last assignment become a block, and the last block a certified one, by the keys held.
    pub(super) fn agreement(&self) -> Vec<Message> {
        let (assign, block) = (self.heard.assigns.last(), self.heard.checkpoints.last());
        let keys = || self.keys.iter().map(|i| (ReplicaId(*i), auth("replica", *i)));
        let agree = assign.map(Signed::body).into_iter().flat_map(|vote| {
            let PrePrepare { chain, view, seq, digest, .. } = *vote;
            let prepare = move |i| Prepare::new(chain, i, view, seq, digest);
            let commit = move |i| Commit::new(chain, i, view, seq, digest);
            let prepares = keys().map(move |(i, key)| Message::Prepare(sign(&key, prepare(i))));
            prepares.chain(keys().map(move |(i, key)| Message::Commit(sign(&key, commit(i)))))
        });
        let certify = block.map(Signed::body).into_iter().flat_map(|vote| {
            let vote = move |replica| Checkpoint { replica, ..*vote };
            keys().map(move |(i, key)| Message::Checkpoint(sign(&key, vote(i))))
        });
        agree.chain(certify).collect()
    }

    /// One that was heard.
    pub(super) fn again(&self, script: &mut Script<'_>) -> Option<Message> {
        // The latest mostly: few of the first matter any more.
        let last = self.heard.messages.len().checked_sub(1)?;
        let back = if script.flag() { script.below(8) } else { script.below(last + 1) };
        self.heard.messages.get(last.saturating_sub(back)).cloned()
    }

    fn request(&self, script: &mut Script<'_>) -> Signed<Request> {
        let (client, nonce) = (script.below(3) as u16, 1 + script.below(4) as u64);
        request(self.chain(), client, nonce, &[1 + script.byte() % 2])
    }

    /// A digest that somebody assigned or agreed to, or that of the null batch, or of none.
    fn digest(&self, script: &mut Script<'_>) -> Digest {
        let assigned = self.heard.assigns.iter().map(|vote| vote.body().digest);
        let prepared = self.heard.prepares.iter().map(|vote| vote.body().digest);
        let null = [Batch::<Unverified>::null().digest(), Digest::ZERO];
        let all: Vec<_> = assigned.chain(prepared).chain(null).collect();
        // The latest mostly.
        let back = if script.flag() { script.below(8) } else { script.below(all.len()) };
        all[all.len().saturating_sub(1 + back)]
    }

    /// A batch that was heard or is new; its digest, or another one.
    fn batch(&self, script: &mut Script<'_>, proposer: ReplicaId) -> (Digest, Batch) {
        let heard = self.heard.batches.len();
        let batch = if heard > 0 && script.flag() {
            self.heard.batches[script.below(heard)].clone()
        } else {
            let requests = (0..script.below(3)).map(|_| self.request(script)).collect();
            let time = self.now + script.below(3) as u64;
            Batch { requests, time, proposer }
        };
        let digest = if script.below(8) == 0 { self.digest(script) } else { batch.digest() };
        (digest, batch)
    }

    /// A height and a block that may stand there; genesis among them.
    fn place(&self, script: &mut Script<'_>) -> (u64, BlockId) {
        let at = script.below(self.blocks.len() + 1);
        let id = match at.checked_sub(1).and_then(|at| self.blocks.get(at)) {
            Some(certified) => certified.block.header.id(),
            None => config(self.n, 0).genesis.block().header.id(),
        };
        (at as u64 + u64::from(script.below(16) == 0), id)
    }

    fn stable(&self, script: &mut Script<'_>) -> QuorumCertificate {
        let (height, block_id) = self.place(script);
        // Nobody signs genesis.
        let members = if height == 0 { 0 } else { self.n };
        let vote = |i| {
            let (chain_id, replica) = (self.chain(), ReplicaId(i));
            let body = Checkpoint { chain_id, height, block_id, replica };
            Some((replica, self.signature(i, body, |heard| heard.checkpoint(&body))?))
        };
        let mut votes: BTreeMap<_, _> = (0..members).filter_map(vote).collect();
        self.spoil(script, &mut votes);
        QuorumCertificate::new(height, block_id, votes)
    }

    /// By a key that is held, or as it was heard.
    fn signature<T: Statement>(
        &self,
        member: u16,
        body: T,
        heard: impl Fn(&Heard) -> Option<Signature>,
    ) -> Option<Signature> {
        if self.keys.contains(&member) {
            return Some(sign(&auth("replica", member), body).signature().clone());
        }
        heard(self.heard)
    }

    /// Takes a signature away, or changes one, now and then.
    fn spoil(&self, script: &mut Script<'_>, votes: &mut BTreeMap<ReplicaId, Signature>) {
        let who = ReplicaId(script.below(usize::from(self.n)) as u16);
        match script.below(16) {
            0 => drop(votes.remove(&who)),
            1 => drop(votes.insert(who, Signature(Bytes(vec![0; 32])))),
            _ => {}
        }
    }

    fn prepared(&self, script: &mut Script<'_>, view: u64, seq: u64, digest: Digest) -> Prepared {
        let (chain, quorum) = (self.chain(), self.quorum());
        let primary = quorum.primary(view);
        let vote = PrePrepare::new(chain, primary, view, seq, digest);
        let assign = self.signature(primary.0, vote, |heard| heard.assign(view, seq, digest));
        let backups = (0..self.n).filter(|i| *i != primary.0).filter_map(|i| {
            let vote = Prepare::new(chain, ReplicaId(i), view, seq, digest);
            let heard = |heard: &Heard| heard.prepare(ReplicaId(i), view, seq, digest);
            Some((ReplicaId(i), self.signature(i, vote, heard)?))
        });
        let mut prepares = backups.take(quorum.prepares()).collect();
        self.spoil(script, &mut prepares);
        let assign = assign.unwrap_or(Signature(Bytes(Vec::new())));
        Prepared { view, digest, assign, prepares: Pairs(prepares) }
    }

    /// With certificates of assignments that were heard.
    fn view_change(&self, script: &mut Script<'_>, me: u16, view: u64) -> ViewChange {
        let stable = self.stable(script);
        let mut prepared = BTreeMap::new();
        for _ in 0..script.below(3) {
            let assigns = &self.heard.assigns;
            let Some(last) = assigns.len().checked_sub(1) else { break };
            let vote = *assigns[last.saturating_sub(script.below(6))].body();
            let of = vote.view.saturating_sub(u64::from(script.below(8) == 0));
            let proof = self.prepared(script, of, vote.seq, vote.digest);
            prepared.insert(vote.seq, proof);
        }
        let (chain, sender) = (self.chain(), ReplicaId(me));
        ViewChange { chain, sender, view, stable, prepared: Pairs(prepared) }
    }

    /// By the primary of the view, if its key is held.
    fn new_view(&self, script: &mut Script<'_>) -> Message {
        let (chain, quorum) = (self.chain(), self.quorum());
        let mut view = self.view + script.below(3) as u64;
        let led = |view: &u64| self.keys.contains(&quorum.primary(*view).0);
        view = (view..view + u64::from(self.n)).find(led).unwrap_or(view);
        let sender = quorum.primary(view);
        let heard = self.heard.changes.iter().filter(|change| change.body().view == view);
        let mut changes: BTreeMap<_, _> =
            heard.map(|change| (change.body().sender, change.clone())).collect();
        for me in self.keys {
            if script.below(4) == 0 {
                continue;
            }
            let change = sign(&auth("replica", *me), self.view_change(script, *me, view));
            changes.insert(ReplicaId(*me), change);
        }
        while changes.len() > quorum.quorum() {
            let surplus = *changes.keys().nth(script.below(changes.len())).expect("one of them");
            changes.remove(&surplus);
        }
        let signer = auth("replica", sender.0);
        let mut plan = plan(changes.values().map(Signed::body));
        match script.below(16) {
            0 => drop(plan.pop_last()),
            1 => drop(plan.insert(script.below(12) as u64, self.digest(script))),
            _ => {}
        }
        let vote = |(seq, digest)| PrePrepare::new(chain, sender, view, seq, digest);
        let assigned = plan.into_iter().map(|place| sign(&signer, vote(place))).collect();
        let changes = Pairs(changes);
        Message::NewView(sign(&signer, NewView { chain, sender, view, changes, assigned }))
    }

    /// The state after a block, from the blocks up to it; a part of it changed now and then.
    fn state(&self, script: &mut Script<'_>) -> Snapshot {
        let height = script.below(self.blocks.len() + 1);
        let mut state = snapshot(self.n, &self.blocks[..height]);
        match script.below(12) {
            0 => drop(state.headers.remove(0)),
            1 => state.headers.reverse(),
            2 => state.app = Bytes(script.bytes(4).to_vec()),
            3 => drop(state.clients.0.pop_last()),
            4 => state.clients.0.values_mut().for_each(|answer| answer.nonce += 1),
            _ => {}
        }
        state
    }
}

/// What the rule of the paper gives: behind the latest checkpoint, the digest of the highest view, or null.
fn plan<'a>(changes: impl Iterator<Item = &'a ViewChange> + Clone) -> BTreeMap<u64, Digest> {
    let low = changes.clone().map(|change| change.stable.height).max().unwrap_or(0);
    let all = changes.flat_map(|change| &change.prepared.0).filter(|(seq, _)| **seq > low);
    let all: Vec<_> = all.map(|(seq, p)| (*seq, p.view, p.digest)).collect();
    let last = all.iter().map(|(seq, ..)| *seq).max().unwrap_or(low);
    let highest = |at| all.iter().filter(|(seq, ..)| *seq == at).max();
    let null = Batch::<Unverified>::null().digest();
    // Some sequence numbers are beyond every window.
    let places = (low + 1..=last).take(64);
    places.map(|seq| (seq, highest(seq).map_or(null, |(.., digest)| *digest))).collect()
}

/// The state that the blocks lead to, by executing them here.
pub(super) fn snapshot(n: u16, blocks: &[CertifiedBlock]) -> Snapshot {
    let genesis = config(n, 0).genesis.block().header;
    let headers = [genesis].into_iter().chain(blocks.iter().map(|b| b.block.header));
    let skipped = (blocks.len() + 1).saturating_sub(11);
    let (mut tape, mut clients) = (Tape::default(), BTreeMap::new());
    for certified in blocks {
        for tx in &certified.block.txs {
            let request: Signed<Request> = codec::decode(tx.as_slice()).expect("a request");
            let Request { client, nonce, operation, .. } = request.body().clone();
            tape.0.push(operation);
            let result = format!("{}@{}", tape.0.len(), certified.block.header.height);
            clients.insert(client, Answer { nonce, result: Bytes(result.into_bytes()) });
        }
    }
    let app = Bytes(tape.snapshot());
    Snapshot { headers: headers.skip(skipped).collect(), clients: Pairs(clients), app }
}
