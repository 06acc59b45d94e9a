use medcrypto_ledger::pow::{Chain, SealedHeader, Work};
use medcrypto_ledger::sim::Oracle;

fn accept(chain: &mut Chain<Work>, block: SealedHeader<Oracle>) {
    let _ = chain.accept(block, 0);
}

fn main() {}
