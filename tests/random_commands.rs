//! Random commands against a tiny oracle: a read returns the last write, through copy-on-write, eviction, swap and
//! write-back, on machines of many kinds, with all invariants after every step ([`pagelab_tests::model`]).

use pagelab_tests::{Rng, model};

/// With [`model::COMMANDS`] each: more than the 100,000 that we promise.
const RUNS: u64 = 260;

#[test]
fn a_read_returns_the_last_write_and_invariants_hold() {
    (0..RUNS).for_each(|seed| model::run(Rng::Seed(seed)));
}
