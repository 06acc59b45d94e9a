//! Against a naive reference: the whole history, read anew for every question.

use proptest::prelude::*;

use super::*;

const STAFF: [&str; 3] = ["doctor", "nurse", "clerk"];
const TYPES: [&str; 3] = ["glucose", "weight", "pulse"];

#[derive(Clone, Debug)]
enum Op {
    Grant(usize, u8, u64, u64),
    Write(usize),
    Wait(u64),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..3_usize, 0..8_u8, 0..50_u64, 1..60_u64).prop_map(|(s, t, f, l)| Op::Grant(s, t, f, l)),
        (0..3_usize).prop_map(Op::Write),
        (1..40_u64).prop_map(Op::Wait),
    ]
}

fn chosen(mask: u8) -> Vec<&'static str> {
    let bits = TYPES.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1);
    bits.map(|(_, name)| *name).collect()
}

/// The last grant of a history, by staff: types and window.
type Last = BTreeMap<usize, (u8, u64, u64)>;

fn covers(last: &Last, staff: usize, name: usize, now: u64) -> bool {
    let grant = last.get(&staff);
    grant.is_some_and(|(mask, from, until)| mask >> name & 1 == 1 && (*from..*until).contains(&now))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The last grant decides, and nobody who has lost access is within the epoch of a later write.
    #[test]
    fn the_last_grant_decides_and_who_lost_access_has_no_later_key(
        ops in prop::collection::vec(op(), 1..40),
    ) {
        let (mut world, mut last) = (World::new(), Last::new());
        // Who could read when the type was last written, since when its epoch holds.
        let mut holders = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        let mut epochs = [None::<u64>; 3];
        for (i, op) in ops.into_iter().enumerate() {
            match op {
                Op::Wait(span) => world.now += span,
                Op::Grant(staff, mask, from, len) => {
                    let (from, until) = (world.now - 20 + from, world.now + from + len);
                    world.grant(STAFF[staff], grant(&chosen(mask), from, until)).unwrap();
                    last.insert(staff, (mask, from, until));
                }
                Op::Write(name) => {
                    let epoch = world.epoch(TYPES[name]);
                    world.write(TYPES[name], epoch, &format!("{i}")).unwrap();
                    let now = world.now;
                    let can = (0..3).filter(|s| covers(&last, *s, name, now)).collect();
                    let lost = holders[name].difference(&can).next().is_some();
                    if let Some(before) = epochs[name] {
                        prop_assert!(epoch == before || epoch == before + 1);
                        prop_assert!(!lost || epoch == before + 1, "a holder of {before} lost access");
                    }
                    epochs[name] = Some(epoch);
                    holders[name] = can;
                }
            }
            for (staff, name) in (0..3).flat_map(|s| (0..3).map(move |t| (s, t))) {
                let (reader, of) = (key(STAFF[staff]), data_type(TYPES[name]));
                let says = world.state.contract.allows(&reader, &key("patient"), &of, world.now);
                prop_assert_eq!(says, covers(&last, staff, name, world.now));
            }
        }
    }
}
