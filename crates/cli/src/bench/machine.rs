//! P1 and P2: the full machine against an exact LRU map, which knows nothing but which pages are in.

use super::clock::{each, pairs, timed};
use super::table::{Goal, Table, ns};
use crate::Failure;
use bench::worlds::{self, FRAMES};
use rustc_hash::FxBuildHasher;
use schnellru::{ByLength, LruMap};
use std::io::Write;
use vmcore::event::{Event, Recorder, Unobserved};
use vmcore::state::State;

pub(super) fn measure(references: usize, table: &mut Table<'_, impl Write>) -> Result<(), Failure> {
    let zipf = bench::traces::zipf(references);
    let scan = bench::traces::scan(references);
    for (id, name, pages, goal) in
        [("P1", "zipf", &zipf, Goal::AtLeast(0.40, 0.70)), ("P2", "scan", &scan, Goal::AtLeast(0.40, 0.80))]
    {
        let found = pairs(|| full(pages, &mut Unobserved), || lru_map(pages));
        let what = format!("full machine, {name}, nothing recorded : schnellru");
        table.row(id, what, (ns(found.ours), ns(found.base)), 1.0 / found.ratio, goal)?;
    }
    let few = &zipf[..references / 4];
    let found = pairs(|| full(few, &mut Counted(0)), || full(few, &mut Unobserved));
    table.row(
        "",
        "full machine, zipf, every event heard : none",
        (ns(found.ours), ns(found.base)),
        found.ratio,
        Goal::None,
    )?;
    table.speeds("accesses a second, recording on : off", found.ours, found.base)
}

/// Nanoseconds a reference.
fn full(pages: &[u64], recorder: &mut impl Recorder) -> f64 {
    let mut machine = worlds::full();
    each(timed(|| worlds::drive(&mut machine, pages, recorder)), pages.len())
}

/// The yardstick.
pub(super) fn lru_map(pages: &[u64]) -> f64 {
    let mut map: LruMap<u64, (), ByLength, FxBuildHasher> = LruMap::with_hasher(ByLength::new(FRAMES), FxBuildHasher);
    let mut misses = 0u64;
    let took = timed(|| {
        for &page in pages {
            if map.get(&page).is_none() {
                misses += 1;
                map.insert(page, ());
            }
        }
    });
    assert!(misses > 0, "the yardstick did its work");
    each(took, pages.len())
}

struct Counted(u64);

impl Recorder for Counted {
    const ON: bool = true;

    fn record(&mut self, _: &State, event: Event) {
        // Looked at, so that the event has to be built.
        self.0 += u64::from(matches!(event, Event::EntryRead { .. }));
    }
}
