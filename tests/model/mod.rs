//! Random commands against a tiny oracle: a read returns the last write, through copy-on-write, eviction, swap and
//! write-back, on machines of many kinds; after every step all invariants hold, and the step's events, applied to the
//! state before it, give the state after it, which is also what the step comes to unwatched.

mod devices;
mod memory;
mod oracle;
mod programs;
mod random;

use crate::{File, Rng, world};
use oracle::{Oracle, PAGE, Refused};
use random::Draw;
use vmcore::Machine;
use vmcore::command::{Call, Command, Data, KernelCommand, flags};
use vmcore::config::{MachineConfig, Os, Scope, Signals, TlbPolicy};
use vmcore::event::Event;
use vmcore::invariants;
use vmcore::object::Fill;
use vmcore::outcome::{Errno, Outcome, SignalCode};
use vmcore::policy::PolicyKind;
use vmcore::units::{AccessKind, Pid, Prot, Vpn};

/// Commands in a run.
pub const COMMANDS: u64 = 400;

fn machine(rng: &mut Rng) -> MachineConfig {
    // Tables of the real formats would not fit into so few small frames.
    let tables_in_frames = rng.below(3) == 0;
    let small = ["linear", "4+4", "2+3+3"];
    let real = ["x86-64", "x86-64-la57", "sv32", "sv39", "sv48", "ia32"];
    let table = if tables_in_frames || rng.below(3) == 0 { rng.pick(&small) } else { rng.pick(&real) };
    let tlb_entries = rng.pick(&[0, 0, 2, 4, 8]);
    MachineConfig {
        table: table.to_owned(),
        page: Some(PAGE),
        va_bits: (table == "linear").then_some(12),
        frames: rng.pick(if tables_in_frames { &[2, 6, 12, 18, 34] } else { &[2, 3, 4, 6, 12] }),
        tables_in_frames,
        os: rng.pick(&[Os::Textbook, Os::Linux, Os::Windows]),
        swap: rng.pick(&[0, 3, 16, 64]),
        tlb_entries,
        tlb_ways: if tlb_entries > 2 { rng.pick(&[0, 2]) } else { 0 },
        tlb_policy: rng.pick(&[TlbPolicy::Lru, TlbPolicy::Fifo, TlbPolicy::Random]),
        asid: rng.below(2) == 0,
        policy: rng.pick(PolicyKind::ALL),
        scope: rng.pick(&[Scope::Global, Scope::Global, Scope::Local]),
        quota: rng.pick(&[None, Some(3), Some(6)]),
        readahead: rng.pick(&[1, 1, 2, 4, 8]),
        readaround: rng.below(2) == 0,
        fault_around: rng.pick(&[1, 1, 4]),
        zero_page: rng.below(2) == 0,
        write_back: rng.pick(&[None, None, Some(3)]),
        iommu: rng.below(6) > 0,
        signals: rng.pick(&[Signals::Kill, Signals::Continue, Signals::Continue]),
        ..MachineConfig::textbook()
    }
}

/// Draws a machine and commands, and gives them.
///
/// # Panics
/// If the machine does not agree with the oracle, breaks an invariant, or does what no event says.
pub fn run(choices: Rng) {
    Run::new(choices).go();
}

struct Run {
    rng: Rng,
    machine: Machine,
    /// The same machine, with nobody watching.
    alone: Machine,
    oracle: Oracle,
    /// The last commands, for the report.
    trail: Vec<String>,
}

impl Run {
    fn new(mut rng: Rng) -> Self {
        let trail = vec![format!("{rng:?}")];
        let config = machine(&mut rng);
        let trail = [trail, vec![format!("{config:?}")]].concat();
        let text = Fill::Text(b"abcdefghijklmnopqrstuvw".as_slice().into());
        let files = [
            File("f", 70, Fill::Letters),
            File("g", 40, text),
            File("shm-s", 48, Fill::Zeros),
            File("dev-d", 48, Fill::Zeros),
            File("prog", 64, Fill::Ramp(5)),
            File("lib", 48, Fill::Ramp(9)),
        ];
        let setup = vmcore::state::Setup { images: programs::images(), ..world(config, &files) };
        let machine = Machine::new(setup).expect("nothing is cached");
        let thing = |file: &File| {
            let bytes = (0..file.1).map(|at| file.2.byte(at, PAGE)).collect();
            oracle::Thing::new(bytes, matches!(file.0, "shm-s" | "dev-d"))
        };
        let oracle = Oracle { things: files.iter().map(thing).collect(), ..Oracle::default() };
        Self { rng, alone: machine.clone(), machine, oracle, trail }
    }

    fn go(&mut self) {
        for _ in 0..COMMANDS {
            if self.rng.is_spent() {
                return;
            }
            let command = Draw { rng: &mut self.rng, oracle: &self.oracle, state: self.machine.state() }.command();
            self.trail.push(format!("{command:?}"));
            let outcome = self.step(&command);
            self.trail.push(format!("    {outcome:?}"));
            self.agree(&command, &outcome);
        }
    }

    fn fail(&self, message: &str) -> ! {
        let from = self.trail.len().saturating_sub(60);
        panic!("{message}\n{}\n{}", self.trail[..2].join("\n"), self.trail[from..].join("\n"));
    }

    fn step(&mut self, command: &Command) -> Outcome {
        let mut folded = self.machine.state().clone();
        let mut events: Vec<Event> = Vec::new();
        let outcome = self.machine.step(command, &mut events);
        events.iter().for_each(|event| folded.apply(event));
        if &folded != self.machine.state() {
            self.fail("the events do not explain the step");
        }
        if self.alone.run(command) != outcome || self.alone != self.machine {
            self.fail("unwatched, it comes to something else");
        }
        let violations = invariants::check(self.machine.state());
        if !violations.is_empty() {
            self.fail(&format!("{outcome:?}: {violations:#?}"));
        }
        outcome
    }

    /// Holds the outcome against the oracle, and lets the oracle follow.
    fn agree(&mut self, command: &Command, outcome: &Outcome) {
        if let Some(pid) = command.pid() {
            self.oracle.processes.entry(pid).or_default();
            if let Outcome::Signal(signal) = outcome
                && signal.code == SignalCode::KillOom
            {
                self.out_of_memory(pid, command);
                return;
            }
        }
        match command {
            Command::Access { pid, va, kind, value } => self.access(*pid, va.get(), *kind, *value, outcome),
            Command::Call { pid, call } => self.call(*pid, call, outcome),
            Command::Kernel(command) => self.kernel(command, outcome),
            Command::LoadRange { .. } | Command::StoreBytes { .. } | Command::Translate { .. } => {
                unreachable!("not drawn")
            }
        }
    }

    /// The process is gone; what a write had copied by then nobody knows.
    fn out_of_memory(&mut self, pid: Pid, command: &Command) {
        if let Command::Call { call: Call::Write { fd, .. } | Call::Ftruncate { fd, .. }, .. } = command {
            let file = self.oracle.processes[&pid].files.get(fd).map(|file| file.of);
            if let Some(of) = file {
                let size = self.machine.state().objects().nth(of).expect("there").1.size();
                self.oracle.things[of].resize(size);
                (0..size).for_each(|at| self.oracle.things[of].put(at, None));
            }
        }
        // A view may have made its file longer before it was brought in.
        if let Command::Call { call: Call::Mmap(args), .. } = command {
            self.follow_view(pid, args);
        }
        // The object of a shared mapping was made before it was populated.
        for _ in self.oracle.things.len()..self.machine.state().objects().count() {
            self.oracle.things.push(oracle::Thing::new(Vec::new(), true));
        }
        // What a read had copied into shared memory by then nobody knows either.
        if let Command::Call { call: Call::Read { buffer: Some(va), len, .. }, .. } = command {
            for at in va.get()..va.get() + len {
                if self.oracle.judge(pid, at, true).is_ok() {
                    self.oracle.store(pid, at, None);
                }
            }
        }
        self.oracle.processes.remove(&pid);
    }

    fn access(&mut self, pid: Pid, va: u64, kind: AccessKind, value: u8, outcome: &Outcome) {
        let store = kind == AccessKind::Store;
        match (self.oracle.judge(pid, va, store), outcome) {
            (Ok(()), Outcome::Value(found)) => {
                if let Some(right) = self.oracle.load(pid, va)
                    && i64::from(right) != *found
                {
                    self.fail(&format!("{va:#x} of process {pid} is {found}, must be {right}"));
                }
            }
            (Ok(()), Outcome::Ok) if store => self.oracle.store(pid, va, Some(value)),
            (Err(refused), Outcome::Signal(signal)) if code(refused) == signal.code => {
                if self.machine.state().config().signals == Signals::Kill {
                    self.oracle.processes.remove(&pid);
                }
            }
            (judged, _) => self.fail(&format!("the oracle says {judged:?}")),
        }
    }

    fn call(&mut self, pid: Pid, call: &Call, outcome: &Outcome) {
        if let Outcome::Errno(_) = outcome
            && !followed_even_if_it_fails(call)
        {
            return;
        }
        match call {
            Call::Open { name, flags, .. } => {
                let Outcome::Value(fd) = *outcome else { self.fail("open gives a number") };
                let (read, write) = (flags & 3 != flags::O_WRONLY, flags & 3 != flags::O_RDONLY);
                let file = oracle::OpenFile { of: name.index(), read, write };
                self.process(pid).files.insert(fd, file);
            }
            Call::Close { fd } => {
                self.process(pid).files.remove(fd);
            }
            Call::Mmap(args) => {
                let Outcome::Address(at) = *outcome else { self.fail("mmap gives an address") };
                self.map(pid, at.get(), args);
            }
            Call::Munmap { addr, len } => {
                let gone = addr / PAGE..addr / PAGE + len.div_ceil(PAGE);
                self.process(pid).pages.retain(|vpn, _| !gone.contains(vpn));
            }
            Call::Mprotect { addr, len, prot } => self.protect(pid, *addr, *len, *prot, outcome),
            Call::Msync { addr, len, flags } => self.msync(pid, *addr, *len, *flags),
            Call::Fsync { fd } => {
                let of = self.oracle.processes[&pid].files[fd].of;
                self.oracle.things[of].synchronise(0, u64::MAX);
            }
            Call::Ftruncate { fd, len } => {
                let of = self.oracle.processes[&pid].files[fd].of;
                self.oracle.resize(of, *len as u64);
            }
            Call::Read { fd, offset, buffer, .. } => self.read(pid, *fd, offset.unwrap_or(0) as u64, *buffer, outcome),
            Call::Write { fd, data, offset } => self.write(pid, *fd, data, offset.unwrap_or(0) as u64, outcome),
            Call::Mremap { addr, old_len, new_len, flags, .. } => {
                let Outcome::Address(to) = *outcome else { self.fail("mremap gives an address") };
                let (old, new) = (old_len.div_ceil(PAGE), new_len.div_ceil(PAGE));
                self.remap(pid, memory::Remap { start: addr / PAGE, old, new, flags: *flags }, to.get() / PAGE);
            }
            Call::Madvise { addr, len, advice } => self.advise(pid, *addr, *len, *advice),
            Call::Mlock { addr, len } => self.lock(pid, *addr, *len, true),
            Call::Munlock { addr, len } => self.lock(pid, *addr, *len, false),
            Call::Mincore { len, .. } => {
                if !matches!(outcome, Outcome::Resident(told) if told.len() as u64 == len.div_ceil(PAGE)) {
                    self.fail("mincore tells of every page");
                }
            }
            Call::Sbrk { by } => self.move_break(pid, *by, outcome),
            Call::Fadvise { .. } => {}
            Call::Fork { child } => self.fork(pid, *child),
            Call::Exec { .. } => self.exec(pid, outcome),
            Call::Exit => {
                self.oracle.processes.remove(&pid);
            }
            _ => unreachable!("not drawn"),
        }
    }

    fn process(&mut self, pid: Pid) -> &mut oracle::Process {
        self.oracle.processes.get_mut(&pid).expect("alive")
    }

    fn map(&mut self, pid: Pid, at: u64, args: &vmcore::command::MmapArgs) {
        self.follow_view(pid, args);
        let anonymous = args.flags & flags::MAP_ANONYMOUS != 0;
        let shared = args.flags & flags::MAP_SHARED != 0;
        let pages = args.len.div_ceil(PAGE);
        let file = (!anonymous).then(|| self.oracle.processes[&pid].files[&args.fd].clone());
        if anonymous && shared {
            self.oracle.things.push(oracle::Thing::new(vec![0; (pages * PAGE) as usize], true));
        }
        let newest = self.oracle.things.len() - 1;
        for i in 0..pages {
            let of = match &file {
                Some(file) => Some((file.of, args.offset / PAGE + i)),
                None if shared => Some((newest, i)),
                None => None,
            };
            let may_write = !shared || file.as_ref().is_none_or(|file| file.write);
            let locked = args.flags & flags::MAP_LOCKED != 0;
            let page = oracle::Page { prot: args.prot, shared, may_write, of, locked, ..oracle::Page::default() };
            self.process(pid).pages.insert(at / PAGE + i, page);
        }
        if args.flags & (flags::MAP_POPULATE | flags::MAP_LOCKED) != 0 {
            self.bring_in(pid, at / PAGE, pages);
        }
    }

    /// Under Windows a view makes its file longer.
    fn follow_view(&mut self, pid: Pid, args: &vmcore::command::MmapArgs) {
        let Some(file) = self.oracle.processes[&pid].files.get(&args.fd).cloned() else { return };
        let size = self.machine.state().objects().nth(file.of).expect("there").1.size();
        if size > self.oracle.things[file.of].size {
            if self.machine.state().config().os != Os::Windows || args.flags & flags::MAP_ANONYMOUS != 0 {
                self.fail("a mapping made its file longer");
            }
            self.oracle.resize(file.of, size);
        }
    }

    fn protect(&mut self, pid: Pid, addr: u64, len: u64, prot: u64, outcome: &Outcome) {
        let promises = self.machine.state().config().os == Os::Windows && prot & 2 != 0;
        for vpn in addr / PAGE..addr / PAGE + len.div_ceil(PAGE) {
            let now = self.machine.state().vma(pid, Vpn::new(vpn)).map(|vma| vma.prot);
            match self.process(pid).pages.get_mut(&vpn) {
                // Windows promises no more memory than it has: there it may end early.
                Some(page)
                    if promises
                        && *outcome == Outcome::Errno(Errno::NoMemory)
                        && page.prot & 2 == 0
                        && now.is_some_and(|now| !now.has(Prot::WRITE)) =>
                {
                    return;
                }
                Some(page) if prot & 2 == 0 || page.may_write => {
                    let copies = page.locked && !page.shared && page.prot & 2 == 0 && prot & 2 != 0;
                    page.prot = prot;
                    if copies && self.oracle.judge(pid, vpn * PAGE, true).is_ok() {
                        self.oracle.make_own(pid, vpn);
                    }
                }
                _ if matches!(outcome, Outcome::Errno(_)) => return,
                _ => self.fail("mprotect passed over a hole"),
            }
        }
        if let Outcome::Errno(_) = outcome {
            self.fail("mprotect had no reason to fail");
        }
    }

    fn msync(&mut self, pid: Pid, addr: u64, len: u64, flag: u64) {
        for vpn in addr / PAGE..addr / PAGE + len.div_ceil(PAGE) {
            let page = self.oracle.processes[&pid].pages.get(&vpn);
            if let Some((of, at)) =
                page.filter(|page| page.shared && page.may_write && flag & flags::MS_SYNC != 0).and_then(|page| page.of)
            {
                self.oracle.things[of].synchronise(at * PAGE, at * PAGE + PAGE);
            }
        }
    }

    fn read(&mut self, pid: Pid, fd: i64, offset: u64, buffer: Option<vmcore::units::VirtAddr>, outcome: &Outcome) {
        let Outcome::Bytes(bytes) = outcome else { self.fail("read gives bytes") };
        let file = self.oracle.processes[&pid].files[&fd].clone();
        if !file.read {
            self.fail("a descriptor that may not read was read from");
        }
        let of = file.of;
        for (&found, at) in bytes.iter().zip(offset..) {
            // A buffer that maps the very bytes being read may overtake the reading: what it then holds is its own.
            let overlapping = buffer.is_some() && self.maps(pid, of);
            if !overlapping && self.oracle.things[of].get(at).is_some_and(|right| right != found) {
                self.fail(&format!("byte {at} of object {of} is read as {found}"));
            }
        }
        let Some(va) = buffer else { return };
        for (&byte, at) in bytes.iter().zip(va.get()..) {
            if self.oracle.judge(pid, at, true).is_err() {
                self.fail("read wrote where the process may not");
            }
            if self.maps(pid, of) {
                // What it held in between may have reached the disk.
                self.oracle.store(pid, at, None);
            }
            self.oracle.store(pid, at, Some(byte));
        }
    }

    fn maps(&self, pid: Pid, of: usize) -> bool {
        self.oracle.processes[&pid].pages.values().any(|page| page.of.is_some_and(|(thing, _)| thing == of))
    }

    fn write(&mut self, pid: Pid, fd: i64, data: &Data, offset: u64, outcome: &Outcome) {
        let Outcome::Value(written) = *outcome else { self.fail("write gives a count") };
        let of = self.oracle.processes[&pid].files[&fd].of;
        let end = offset + written as u64;
        // Read before the file grows: what lies beyond its end is nobody's.
        let value = |run: &Self, i: u64| match data {
            Data::Bytes(bytes) => Some(bytes[i as usize]),
            Data::Fill { byte, .. } => Some(*byte),
            Data::Memory { .. } if run.maps(pid, of) => None,
            Data::Memory { va, .. } => run.oracle.load(pid, va.get() + i),
        };
        let values: Vec<_> = (0..written as u64).map(|i| value(self, i)).collect();
        if written > 0 && end > self.oracle.things[of].size {
            self.oracle.resize(of, end);
        }
        for (value, at) in values.into_iter().zip(offset..) {
            self.oracle.things[of].put(at, value);
        }
    }

    fn kernel(&mut self, command: &KernelCommand, outcome: &Outcome) {
        match command {
            KernelCommand::WriteBack => self.oracle.things.iter_mut().for_each(|thing| thing.synchronise(0, u64::MAX)),
            KernelCommand::DropCaches { name } => self.oracle.things[name.index()].synchronise(0, u64::MAX),
            KernelCommand::PowerCut => self.power_cut(),
            KernelCommand::Reclaim { .. } | KernelCommand::Run { .. } => {}
            _ => self.device(command, outcome),
        }
    }

    /// Of a file each byte is one that it was since it was last synchronised; shared memory is gone.
    fn power_cut(&mut self) {
        self.oracle.processes.clear();
        self.reset_device();
        for of in (0..self.oracle.things.len()).filter(|&of| of != oracle::DEVICE) {
            let (id, object) = self.machine.state().objects().nth(of).expect("as many as the oracle has");
            if self.oracle.things[of].shared_memory {
                assert!(object.is_dropped(), "shared memory does not outlive the power");
                continue;
            }
            let size = object.size();
            let disk = |at: u64| {
                let page = self.machine.state().on_disk(id, vmcore::units::FilePage::new(at / PAGE));
                self.machine.state().materialise(&page)[(at % PAGE) as usize]
            };
            let bytes: Vec<u8> = (0..size).map(disk).collect();
            for (&byte, at) in bytes.iter().zip(0..) {
                let allowed = self.oracle.things[of]
                    .durable
                    .get(at)
                    .is_none_or(|all| all.contains(&Some(byte)) || all.contains(&None));
                // A hole that was never written is zeros.
                if !allowed && byte != 0 {
                    self.fail(&format!("byte {at} of object {of} is {byte} after the power cut"));
                }
            }
            self.oracle.things[of] = oracle::Thing::new(bytes, false);
        }
    }
}

/// Calls that do part of their work before they fail.
fn followed_even_if_it_fails(call: &Call) -> bool {
    let ranged = matches!(call, Call::Mprotect { .. } | Call::Msync { .. } | Call::Madvise { .. });
    ranged || matches!(call, Call::Mlock { .. } | Call::Munlock { .. })
}

fn code(refused: Refused) -> SignalCode {
    match refused {
        Refused::Maperr => SignalCode::SegvMaperr,
        Refused::Accerr => SignalCode::SegvAccerr,
        Refused::Bus => SignalCode::BusAdrerr,
    }
}
