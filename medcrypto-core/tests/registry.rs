//! The registry of domain strings and its public list agree.

use core::fmt::Write;

use medcrypto_core::dst;

#[test]
fn docs_domains_lists_the_registry() {
    let mut table = String::new();
    for (constant, string) in dst::ALL {
        writeln!(table, "| `{constant}` | `{}` |", string.as_str()).unwrap();
    }
    let page = include_str!("../../docs/domains.md");
    let (_, listed) = page.split_once("|---|---|\n").expect("the page holds the table");
    assert_eq!(listed, table, "run scripts/domains");
}
