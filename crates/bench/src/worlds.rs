//! Machines set up and ready to go, and the loops that drive them.

use std::rc::Rc;
use vmcore::Machine;
use vmcore::command::{Call, Command, MmapArgs, flags};
use vmcore::config::MachineConfig;
use vmcore::event::Recorder;
use vmcore::object::{Fill, ObjectKind};
use vmcore::policy::{Future, PolicyKind};
use vmcore::raw::Raw;
use vmcore::state::{ObjectSpec, Setup};
use vmcore::units::{AccessKind, NameId, Pid, VirtAddr};

use crate::traces::{PAGES, zipf};

/// Frames of the full machine.
pub const FRAMES: u32 = 10_000;

/// Pages of the file whose minor faults are measured.
pub const FAULT_PAGES: u64 = 4_096;

const PID: Pid = Pid::new(0);
const BASE: u64 = 1 << 32;
const PAGE_BYTES: u64 = 4_096;

/// A four-level machine with a TLB of 16 sets of 4, exact LRU, and nothing read ahead or faulted around.
fn config(frames: u32) -> MachineConfig {
    MachineConfig { frames, policy: PolicyKind::Lru, readahead: 1, fault_around: 1, ..MachineConfig::linux() }
}

/// A world with one file of so many pages.
///
/// # Panics
/// Never: the machine is sound.
pub fn setup(frames: u32, pages: u64, cached: bool) -> Setup {
    let spec = ObjectSpec {
        name: NameId::new(0),
        kind: ObjectKind::File,
        size: pages * PAGE_BYTES,
        fill: Fill::Letters,
        cached,
    };
    Setup {
        config: config(frames).checked().expect("the machine is sound"),
        names: vec![Rc::from("pages")],
        processes: vec![Rc::from("A")],
        objects: vec![spec],
        images: Vec::new(),
        raw: Raw::default(),
        future: Rc::new(Future::default()),
    }
}

/// Opens the file; descriptor 3.
pub fn open() -> Command {
    Command::Call { pid: PID, call: Call::Open { name: NameId::new(0), flags: flags::O_RDONLY, shm: false } }
}

/// Maps the file, in place of an earlier mapping.
pub fn map(pages: u64) -> Command {
    let args = MmapArgs {
        addr: BASE,
        len: pages * PAGE_BYTES,
        prot: 1,
        flags: flags::MAP_SHARED | flags::MAP_FIXED,
        fd: 3,
        offset: 0,
    };
    Command::Call { pid: PID, call: Call::Mmap(args) }
}

/// A load from a page of the mapping.
#[inline]
pub fn load(page: u64) -> Command {
    Command::Access { pid: PID, va: address(page), kind: AccessKind::Load, value: 0 }
}

/// The first address of a page of the mapping.
fn address(page: u64) -> VirtAddr {
    VirtAddr::new(BASE + page * PAGE_BYTES)
}

fn ready(frames: u32, pages: u64, cached: bool) -> Machine {
    let mut machine = Machine::new(setup(frames, pages, cached)).expect("what is cached fits");
    machine.run(&open());
    machine.run(&map(pages));
    machine
}

/// The full machine, before its first access.
pub fn full() -> Machine {
    ready(FRAMES, PAGES, false)
}

/// Goes through a string, watched or not; every page is loaded from once a reference.
#[inline]
pub fn drive<R: Recorder>(machine: &mut Machine, pages: &[u64], recorder: &mut R) {
    for &page in pages {
        if R::ON || machine.express(PID, address(page), AccessKind::Load, 0).is_none() {
            machine.step(&load(page), recorder);
        }
    }
}

/// Misses of the full machine so far.
pub fn misses(machine: &Machine) -> u64 {
    machine.state().totals().major
}

/// A machine whose page cache holds the whole of a file that is mapped, and of which nothing has been touched.
pub fn warm() -> Machine {
    ready(2 * FAULT_PAGES as u32, FAULT_PAGES, true)
}

/// Maps the file anew, so that every page faults again.
pub fn map_again(machine: &mut Machine) {
    machine.run(&map(FAULT_PAGES));
}

/// A short program over twice as many pages as there are frames: opening, mapping, then `count` loads.
pub fn small_program(frames: u32, count: usize) -> (Setup, Vec<Command>) {
    let pages = 2 * u64::from(frames);
    let mut commands = vec![open(), map(pages)];
    commands.extend(zipf(count).iter().map(|page| load(page % pages)));
    (setup(frames, pages, false), commands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vmcore::event::Unobserved;

    /// `reference/performance.md`: LRU misses 0.2629 of 10 M references by Zipf's law, 0.6825 of the scan; in shorter
    /// strings the first touches weigh more.
    #[test]
    fn the_full_machine_misses_as_lru_does() {
        for (pages, near) in [(zipf(2_000_000), 0.2629), (crate::traces::scan(3_200_000), 0.6825)] {
            let mut machine = full();
            drive(&mut machine, &pages, &mut Unobserved);
            let ratio = misses(&machine) as f64 / pages.len() as f64;
            assert!((ratio - near).abs() < 0.01, "{ratio}");
        }
    }

    #[test]
    fn every_page_of_a_fresh_mapping_faults_once() {
        let mut machine = warm();
        for round in 1..=2 {
            map_again(&mut machine);
            drive(&mut machine, &crate::traces::shuffled(FAULT_PAGES), &mut Unobserved);
            let totals = machine.state().totals();
            assert_eq!((totals.minor, totals.major), (round * FAULT_PAGES, 0));
        }
    }
}
