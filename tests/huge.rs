//! Huge pages under random commands: a load gives what was stored last, whatever was split, copied, swapped or moved in
//! between; all invariants hold after every step, and the step's events give the state after it.

use pagelab_tests::{File, Rng, call, load, mmap, open, store, world};
use std::collections::BTreeMap;
use vmcore::Machine;
use vmcore::command::{Call, Command, KernelCommand, flags};
use vmcore::config::{MachineConfig, Scope, Signals};
use vmcore::event::{Event, VmaFlags};
use vmcore::invariants;
use vmcore::object::Fill;
use vmcore::outcome::{Outcome, SignalCode};
use vmcore::policy::PolicyKind;
use vmcore::process::Life;
use vmcore::units::{AccessKind, Pid, Prot, VirtAddr, Vpn};

const RUNS: u64 = 16;
const COMMANDS: u64 = 400;
/// Bytes of a page: huge pages have 512 of them.
const PAGE: u64 = 16;
/// Where everything is mapped: three huge pages and a bit.
const FIRST: u64 = 1024;
const PAGES: u64 = 1600;

/// A page of a process as the meaning of the calls has it; a byte that nobody can know is `None`.
#[derive(Clone)]
struct Page {
    prot: u64,
    bytes: Vec<Option<u8>>,
}

type Space = BTreeMap<u64, Page>;

struct Run {
    rng: Rng,
    machine: Machine,
    /// The same with nobody watching.
    alone: Machine,
    spaces: BTreeMap<Pid, Space>,
    trail: Vec<String>,
    huge: u64,
}

fn machine(rng: &mut Rng) -> MachineConfig {
    // Of each level a table takes 256 frames of so few bytes.
    let tables_in_frames = rng.below(3) == 0;
    let frames = if tables_in_frames { &[3000, 6000] } else { &[1100, 2600] };
    MachineConfig {
        page: Some(PAGE),
        frames: rng.pick(frames),
        tables_in_frames,
        swap: rng.pick(&[0, 40, 4000]),
        tlb_entries: rng.pick(&[0, 8]),
        tlb_ways: 0,
        policy: rng.pick(&[PolicyKind::Lru, PolicyKind::TwoList, PolicyKind::Arc, PolicyKind::Clock]),
        scope: rng.pick(&[Scope::Global, Scope::Global, Scope::Local]),
        zero_page: rng.below(2) == 0,
        signals: Signals::Continue,
        ..MachineConfig { table: rng.pick(&["x86-64", "sv39"]).to_owned(), ..MachineConfig::linux() }
    }
}

#[test]
fn huge_pages_hold_what_was_stored() {
    let seen: u64 = (0..RUNS).map(|seed| Run::new(seed).go()).sum();
    assert!(seen > RUNS, "huge pages were mapped {seen} times");
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::Seed(seed);
        let config = machine(&mut rng);
        let trail = vec![format!("seed {seed}: {config:?}")];
        let machine = Machine::new(world(config, &[File("f", 4096, Fill::Letters)])).expect("nothing is cached");
        let alone = machine.clone();
        Self { rng, machine, alone, spaces: BTreeMap::new(), trail, huge: 0 }
    }

    fn go(mut self) -> u64 {
        for _ in 0..COMMANDS {
            let Some(command) = self.draw() else { break };
            self.trail.push(format!("{command:?}"));
            let outcome = self.step(&command);
            self.trail.push(format!("    {outcome:?}").chars().take(200).collect());
            self.follow(&command, &outcome);
        }
        self.huge
    }

    fn fail(&self, message: &str) -> ! {
        let from = self.trail.len().saturating_sub(40);
        panic!("{}\n{}\n{message}", self.trail[0], self.trail[from..].join("\n"));
    }

    fn step(&mut self, command: &Command) -> Outcome {
        let mut folded = self.machine.state().clone();
        let mut events: Vec<Event> = Vec::new();
        let outcome = self.machine.step(command, &mut events);
        events.iter().for_each(|event| folded.apply(event));
        self.huge += events.iter().filter(|event| matches!(event, Event::HugeFilled { .. })).count() as u64;
        if &folded != self.machine.state() {
            self.fail("the events do not explain the step");
        }
        if self.alone.run(command) != outcome || self.alone.state().totals() != self.machine.state().totals() {
            self.fail("it goes otherwise if nobody watches");
        }
        if self.trail.len().is_multiple_of(32) && self.alone != self.machine {
            self.fail("it is otherwise if nobody watches");
        }
        let violations = invariants::check(self.machine.state());
        if !violations.is_empty() {
            self.fail(&format!("{outcome:?}: {:#?}", &violations[..violations.len().min(4)]));
        }
        outcome
    }

    fn draw(&mut self) -> Option<Command> {
        let state = self.machine.state();
        let may = (0..3).map(Pid::new).filter(|&pid| state.process(pid).is_none_or(|one| one.life() != Life::Ended));
        let may: Vec<Pid> = may.collect();
        let pid = if may.is_empty() { return None } else { self.rng.pick(&may) };
        let vpn = FIRST + self.rng.below(PAGES);
        let aligned = FIRST + self.rng.below(3) * 512;
        let len = self.rng.pick(&[1, 1, 3, 100, 512, 512, 1024]) * PAGE;
        let at = self.rng.pick(&[vpn, aligned, aligned]) * PAGE;
        let va = vpn * PAGE + self.rng.below(PAGE);
        Some(match self.rng.below(40) {
            0..4 if !self.spaces.contains_key(&pid) || self.rng.below(3) == 0 => {
                let anonymous = flags::MAP_PRIVATE | flags::MAP_ANONYMOUS | flags::MAP_FIXED;
                mmap(pid, FIRST * PAGE, PAGES * PAGE, 3, anonymous, -1, 0)
            }
            0..7 => self.advise(pid, FIRST * PAGE, PAGES * PAGE, &[flags::MADV_HUGEPAGE]),
            7..15 => load(pid, va),
            15..24 => store(pid, va, self.rng.below(256) as u8),
            24..29 => self.advise(pid, at, len, ADVICE),
            29 => call(pid, Call::Munmap { addr: at, len }),
            30..32 => call(pid, Call::Mprotect { addr: at, len, prot: self.rng.pick(&[0, 1, 3, 3]) }),
            32 => {
                let new_addr = FIRST * PAGE + self.rng.below(PAGES) * PAGE;
                let flags = flags::MREMAP_MAYMOVE | flags::MREMAP_FIXED;
                call(pid, Call::Mremap { addr: at, old_len: len, new_len: len, flags, new_addr })
            }
            33..35 => match (0..3).map(Pid::new).find(|&child| state.process(child).is_none()) {
                Some(child) => call(pid, Call::Fork { child }),
                None => load(pid, va),
            },
            35 if self.rng.below(4) == 0 => call(pid, Call::Exit),
            35 => call(pid, Call::Mlock { addr: at, len }),
            36 => open(pid, 0, flags::O_RDONLY),
            37 => {
                let buffer = Some(VirtAddr::new(va));
                call(pid, Call::Read { fd: 3, len: 40, offset: Some(self.rng.below(100) as i64), buffer })
            }
            _ => Command::Kernel(KernelCommand::Reclaim { pages: self.rng.below(4) }),
        })
    }

    fn advise(&mut self, pid: Pid, addr: u64, len: u64, all: &[u64]) -> Command {
        call(pid, Call::Madvise { addr, len, advice: self.rng.pick(all) })
    }

    fn follow(&mut self, command: &Command, outcome: &Outcome) {
        let Some(pid) = command.pid() else { return };
        self.spaces.entry(pid).or_default();
        if matches!(outcome, Outcome::Signal(signal) if signal.code == SignalCode::KillOom) {
            self.spaces.remove(&pid);
            return;
        }
        match command {
            Command::Access { va, value, kind, .. } => {
                self.access(pid, va.get(), *kind == AccessKind::Store, *value, outcome);
            }
            Command::Call { call, .. } => self.call(pid, call, outcome),
            _ => unreachable!("not drawn"),
        }
        self.compare_regions();
    }

    fn compare_regions(&self) {
        for (&pid, space) in &self.spaces {
            let pages = self.machine.state().virtual_pages(pid);
            let right = |vpn: u64| self.machine.state().vma(pid, Vpn::new(vpn)).is_some();
            if pages != space.len() as u64 || !space.keys().all(|&vpn| right(vpn)) {
                self.fail(&format!("process {pid} has {pages} pages, must have {}", space.len()));
            }
        }
    }

    fn access(&mut self, pid: Pid, va: u64, store: bool, value: u8, outcome: &Outcome) {
        let page = self.spaces.get_mut(&pid).expect("there").get_mut(&(va / PAGE));
        let byte = page.filter(|page| page.prot & if store { 2 } else { 3 } != 0);
        match (byte.map(|page| &mut page.bytes[(va % PAGE) as usize]), outcome) {
            (None, Outcome::Signal(_)) => {}
            (Some(byte), Outcome::Ok) if store => *byte = Some(value),
            (Some(byte), Outcome::Value(found)) if byte.is_none_or(|byte| i64::from(byte) == *found) => {}
            (byte, _) => {
                let wanted = byte.copied();
                self.fail(&format!("must be {wanted:?}"))
            }
        }
    }

    fn call(&mut self, pid: Pid, call: &Call, outcome: &Outcome) {
        let failed = matches!(outcome, Outcome::Errno(_));
        let space = self.spaces.get_mut(&pid).expect("there");
        let range = |addr: u64, len: u64| addr / PAGE..(addr + len).div_ceil(PAGE);
        match call {
            Call::Mmap(args) if !failed => {
                for vpn in range(args.addr, args.len) {
                    space.insert(vpn, Page { prot: args.prot, bytes: vec![Some(0); PAGE as usize] });
                }
            }
            Call::Munmap { addr, len } => space.retain(|vpn, _| !range(*addr, *len).contains(vpn)),
            Call::Mprotect { addr, len, prot } => {
                for vpn in range(*addr, *len) {
                    let Some(page) = space.get_mut(&vpn) else { break };
                    page.prot = *prot;
                }
            }
            Call::Mremap { addr, old_len, new_addr, .. } => {
                // Several regions may have moved before one could not.
                if failed {
                    self.learn(pid);
                    return;
                }
                // A gap in what moves leaves what lies there.
                let to = range(*new_addr, *old_len);
                let from = range(*addr, *old_len);
                let moving: Vec<u64> = space.range(from.clone()).map(|(vpn, _)| *vpn).collect();
                for vpn in moving {
                    let page = space.remove(&vpn).expect("listed");
                    space.insert(vpn - from.start + to.start, page);
                }
            }
            Call::Madvise { addr, len, advice } => {
                let locked = |vpn| {
                    let vma = self.machine.state().vma(pid, Vpn::new(vpn));
                    vma.is_some_and(|vma| vma.flags.has(VmaFlags::LOCKED))
                };
                for (&vpn, page) in space.range_mut(range(*addr, *len)) {
                    match *advice {
                        // What lies before a locked region is done.
                        flags::MADV_DONTNEED | flags::MADV_FREE if locked(vpn) => break,
                        flags::MADV_DONTNEED => page.bytes.fill(Some(0)),
                        flags::MADV_FREE => {
                            page.bytes.iter_mut().filter(|byte| **byte != Some(0)).for_each(|b| *b = None)
                        }
                        _ => {}
                    }
                }
            }
            Call::Fork { child } if !failed => {
                let mut copy = space.clone();
                let state = self.machine.state();
                // Which regions are not inherited, or come empty, is not the question here.
                copy.retain(|&vpn, _| state.vma(*child, Vpn::new(vpn)).is_some());
                for (&vpn, page) in &mut copy {
                    if state.vma(*child, Vpn::new(vpn)).is_some_and(|vma| vma.flags.has(VmaFlags::WIPE_ON_FORK)) {
                        page.bytes.fill(Some(0));
                    }
                }
                self.spaces.insert(*child, copy);
            }
            Call::Exit => {
                self.spaces.remove(&pid);
            }
            Call::Read { offset, buffer: Some(va), .. } => {
                let Outcome::Bytes(bytes) = outcome else { return self.learn(pid) };
                for (i, &byte) in bytes.iter().enumerate() {
                    let at = va.get() + i as u64;
                    let right = Fill::Letters.byte(offset.unwrap_or(0) as u64 + i as u64, PAGE);
                    if byte != right {
                        self.fail("read gives other bytes than the file's");
                    }
                    match self.spaces.get_mut(&pid).expect("there").get_mut(&(at / PAGE)) {
                        Some(page) => page.bytes[(at % PAGE) as usize] = Some(byte),
                        None => self.fail("read wrote where nothing is mapped"),
                    }
                }
            }
            _ => {}
        }
    }

    /// After a call that failed half-way: what is mapped is the machine's word, and its bytes are unknown.
    fn learn(&mut self, pid: Pid) {
        let Some(process) = self.machine.state().living(pid) else { return };
        let space = self.spaces.get_mut(&pid).expect("there");
        space.clear();
        for vma in process.vmas() {
            let has = |prot, bit| if vma.prot.has(prot) { bit } else { 0 };
            let prot = has(Prot::READ, 1) | has(Prot::WRITE, 2);
            for vpn in vma.start.get()..vma.end().get() {
                space.insert(vpn, Page { prot, bytes: vec![None; PAGE as usize] });
            }
        }
    }
}

const ADVICE: &[u64] = &[
    flags::MADV_HUGEPAGE,
    flags::MADV_NOHUGEPAGE,
    flags::MADV_DONTNEED,
    flags::MADV_DONTNEED,
    flags::MADV_FREE,
    flags::MADV_COLD,
    flags::MADV_PAGEOUT,
    flags::MADV_PAGEOUT,
    flags::MADV_WILLNEED,
    flags::MADV_DONTFORK,
    flags::MADV_WIPEONFORK,
    flags::MADV_POPULATE_READ,
    flags::MADV_POPULATE_WRITE,
];
