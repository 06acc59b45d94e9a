use medcrypto_ledger::pbft::message::Prepare;
use medcrypto_ledger::pbft::{Signed, Tally, Unverified};

fn count(tally: &mut Tally<Prepare>, vote: Signed<Prepare, Unverified>) {
    tally.insert(vote);
}

fn main() {}
