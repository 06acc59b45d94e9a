//! One probe an operation. Each prepares in public, then runs the operation on secrets.

mod controls;
mod core;
mod khpke;
mod pre;
mod sig;
mod zk;

/// An operation to watch.
pub struct Probe {
    pub name: &'static str,
    /// `clean`, `explained` or `leaky`.
    pub expected: &'static str,
    pub run: fn(),
}

const fn clean(name: &'static str, run: fn()) -> Probe {
    Probe { name, expected: "clean", run }
}

const fn explained(name: &'static str, run: fn()) -> Probe {
    Probe { name, expected: "explained", run }
}

const fn leaky(name: &'static str, run: fn()) -> Probe {
    Probe { name, expected: "leaky", run }
}

pub fn all() -> Vec<Probe> {
    let groups =
        [&core::PROBES[..], khpke::PROBES, pre::PROBES, sig::PROBES, zk::PROBES, controls::PROBES];
    let copy = |probe: &Probe| Probe { ..*probe };
    groups.into_iter().flatten().map(copy).collect()
}
