//! P5: a simulated minor fault against one of the kernel that we run on.
//!
//! Both map pages of a file that is wholly in the page cache, and load from each once, in the same order that looks
//! random. The kernel would map the neighbours of a page with it (fault-around), so every page is a mapping of its own:
//! around it there is nothing to map.

use super::clock::{each, pairs, timed};
use super::table::{Goal, Table, ns};
use crate::Failure;
use bench::traces::shuffled;
use bench::worlds::{self, FAULT_PAGES};
use std::io::Write;
use vmcore::event::Unobserved;

pub(super) fn measure(rounds: usize, table: &mut Table<'_, impl Write>) -> Result<(), Failure> {
    let order = shuffled(FAULT_PAGES);
    let file = match real::file(FAULT_PAGES) {
        Ok(file) => file,
        Err(error) => return table.missing("P5", error),
    };
    let mut machine = worlds::warm();
    let mut failed = None;
    let found = pairs(
        || {
            let mut sum = 0.0;
            for _ in 0..rounds {
                worlds::map_again(&mut machine);
                sum += each(timed(|| worlds::drive(&mut machine, &order, &mut Unobserved)), order.len());
            }
            sum / rounds as f64
        },
        || match real::faults(&file, &order) {
            Ok(each) => each,
            Err(error) => {
                failed = Some(error);
                f64::NAN
            }
        },
    );
    if let Some(error) = failed {
        return table.missing("P5", error);
    }
    let goal = Goal::AtMost(1.0 / 60.0, 1.0 / 125.0);
    let what = format!("a minor fault, random over {FAULT_PAGES} pages : this system's");
    table.row("P5", what, (ns(found.ours), ns(found.base)), found.ratio, goal)
}

#[cfg(unix)]
mod real {
    use super::{each, timed};
    use memmap2::{Mmap, MmapOptions};
    use std::fs::File;
    use std::io::{Result, Write};

    const PAGE_BYTES: u64 = 4_096;

    /// A file of so many pages, none of them zeros, in the page cache because it has just been written.
    pub(super) fn file(pages: u64) -> Result<File> {
        let mut file = tempfile::tempfile()?;
        for page in 0..pages {
            file.write_all(&vec![page as u8 | 1; PAGE_BYTES as usize])?;
        }
        Ok(file)
    }

    /// Nanoseconds a fault, over every page once. The mappings are made in an order that looks random, too: neighbours
    /// that went on where the one before ends would become one.
    pub(super) fn faults(file: &File, order: &[u64]) -> Result<f64> {
        let maps: Vec<Mmap> = order.iter().map(|&page| map(file, page)).collect::<Result<_>>()?;
        let places = super::shuffled(order.len() as u64);
        let mut sum = 0u64;
        let took = timed(|| places.iter().for_each(|&place| sum += u64::from(maps[place as usize][0])));
        assert!(sum > 0, "every page holds something");
        Ok(each(took, order.len()))
    }

    #[allow(unsafe_code, reason = "the file is nameless and ours alone, so nobody changes it while it is mapped")]
    fn map(file: &File, page: u64) -> Result<Mmap> {
        unsafe { MmapOptions::new().offset(page * PAGE_BYTES).len(PAGE_BYTES as usize).map(file) }
    }
}

#[cfg(not(unix))]
mod real {
    use std::fs::File;
    use std::io::{Error, ErrorKind, Result};

    pub(super) fn file(_: u64) -> Result<File> {
        Err(Error::new(ErrorKind::Unsupported, "only measured on Unix"))
    }

    pub(super) fn faults(_: &File, _: &[u64]) -> Result<f64> {
        Err(Error::new(ErrorKind::Unsupported, "only measured on Unix"))
    }
}
