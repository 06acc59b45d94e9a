//! Rounds of commit and reveal.

use medcrypto_ledger::contract::reveal::{Action, Opening, Rounds};
use medcrypto_ledger::{Bytes, Digest};

use super::super::contracts::{opening, round};
use super::super::hospital::{chain, digest, key};
use super::Run;
use crate::script::Script;

const MEMBERS: [&str; 3] = ["a", "b", "stranger"];

pub(in super::super) fn reveal(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = Run::new(Rounds::default());
    run.send("anybody", Action::Open(round(4, 12)), usize::MAX);
    run.play(&mut script, act, law)
}

/// A round that is open, or an id of none.
fn an_id(run: &Run<Rounds>, script: &mut Script<'_>) -> Digest {
    let open: Vec<_> = run.contract().rounds.0.keys().copied().collect();
    if open.is_empty() || script.below(16) == 0 { run.an_id(script) } else { script.pick(&open) }
}

fn act(run: &Run<Rounds>, script: &mut Script<'_>) -> (&'static str, Action) {
    let (member, id) = (script.pick(&MEMBERS), an_id(run, script));
    match script.below(8) {
        0 => {
            let mut terms = round(run.height + script.below(4) as u64, run.height);
            terms.reveal_until = terms.commit_until + script.below(5) as u64;
            terms.least = script.pick(&[1, 2, 2, 2, 0, 3]);
            if script.below(16) == 0 {
                terms.members.clear();
            }
            (member, Action::Open(terms))
        }
        1..=3 => {
            // Sometimes a copy of another's.
            let of = if script.below(4) == 0 { MEMBERS[0] } else { member };
            (member, Action::Commit(id, opening(id, of).commitment()))
        }
        4..=6 => {
            let Opening { mut salt, mut value, .. } = opening(id, member);
            match script.below(16) {
                0 => salt = digest("pepper"),
                1 => value = Bytes(vec![0; 1_025]),
                2 => value = Bytes::default(),
                _ => {}
            }
            (member, Action::Reveal(id, salt, value))
        }
        _ => (member, Action::Close(id)),
    }
}

fn law(before: &Rounds, after: &Rounds) {
    for (id, now) in &after.rounds.0 {
        let members = &now.terms.members;
        assert!(now.commitments.0.keys().all(|member| members.contains(member)));
        for (member, value) in &now.values.0 {
            let (member, value) = (member.clone(), value.clone());
            let committed = now.commitments.0.get(&member);
            let salt = digest("salt");
            let opening = Opening { chain_id: chain(), round: *id, member, salt, value };
            assert_eq!(committed, Some(&opening.commitment()), "a value that was not committed to");
        }
        assert!(members.len() == 2 && members.contains(&key("a")));
        let Some(then) = before.rounds.0.get(id) else { continue };
        assert_eq!(now.terms, then.terms);
        let kept =
            then.commitments.0.iter().all(|(who, what)| now.commitments.0.get(who) == Some(what));
        let shown = then.values.0.iter().all(|(who, what)| now.values.0.get(who) == Some(what));
        assert!(kept && shown, "changed afterwards");
    }
}
