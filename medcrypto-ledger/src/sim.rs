//! A seeded deterministic network.
