//! P3: counting misses as `pagelab policies` does. The pages are numbered once, then each policy goes through the string.

use super::clock::{each, pairs, timed};
use super::machine::lru_map;
use super::table::{Goal, Table, ns};
use crate::Failure;
use bench::worlds::FRAMES;
use std::io::Write;
use vmcore::misses::{References, misses};
use vmcore::policy::PolicyKind;

fn goal(policy: PolicyKind) -> Goal {
    match policy {
        PolicyKind::Lru => Goal::AtLeast(1.0, 1.5),
        PolicyKind::Fifo | PolicyKind::Clock | PolicyKind::Sieve => Goal::AtLeast(0.5, 0.8),
        PolicyKind::S3Fifo => Goal::AtLeast(0.2, 0.4),
        PolicyKind::Arc => Goal::AtLeast(0.35, 0.5),
        PolicyKind::Opt => Goal::AtLeast(0.2, 0.3),
        _ => Goal::None,
    }
}

pub(super) fn measure(references: usize, table: &mut Table<'_, impl Write>) -> Result<(), Failure> {
    // Some policies without a target are slow, and the string need not be long.
    let zipf = bench::traces::zipf(references / 3);
    let refs = References::new(zipf.iter().copied());
    let mut row = |id, what: String, goal, work: &dyn Fn() -> u64| {
        let found = pairs(|| each(timed(work), zipf.len()), || lru_map(&zipf));
        table.row(id, what, (ns(found.ours), ns(found.base)), 1.0 / found.ratio, goal)
    };
    for &policy in PolicyKind::ALL {
        let goal = goal(policy);
        let id = if matches!(goal, Goal::None) { "" } else { "P3" };
        row(id, format!("misses of {}, zipf : schnellru", policy.name()), goal, &|| {
            misses(&refs, policy, &[FRAMES], 0, 0)[0]
        })?;
    }
    let sizes: Vec<u32> = (1..=100).map(|i| i * 1_000).collect();
    row("", "misses of lru, 100 sizes at once : schnellru".to_owned(), Goal::None, &|| {
        misses(&refs, PolicyKind::Lru, &sizes, 0, 0).iter().sum()
    })
}
