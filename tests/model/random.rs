//! What to do next: mostly accesses to pages that are mapped, sometimes anything at all.

use super::oracle::{Oracle, PAGE};
use super::programs::PROGRAM;
use crate::{Rng, call, load, mmap, open, store};
use vmcore::command::{Call, Command, Data, KernelCommand, flags};
use vmcore::process::Life;
use vmcore::state::State;
use vmcore::units::{NameId, Pid, VirtAddr};

pub(crate) struct Draw<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) oracle: &'a Oracle,
    pub(crate) state: &'a State,
}

/// Addresses that are drawn: the lowest 2 KiB, where everything is mapped.
const SPACE: u64 = 128;

const ADVICE: &[u64] = &[
    flags::MADV_NORMAL,
    flags::MADV_RANDOM,
    flags::MADV_SEQUENTIAL,
    flags::MADV_WILLNEED,
    flags::MADV_WILLNEED,
    flags::MADV_DONTNEED,
    flags::MADV_DONTNEED,
    flags::MADV_FREE,
    flags::MADV_FREE,
    flags::MADV_REMOVE,
    flags::MADV_DONTFORK,
    flags::MADV_DOFORK,
    flags::MADV_WIPEONFORK,
    flags::MADV_COLD,
    flags::MADV_PAGEOUT,
    flags::MADV_PAGEOUT,
    flags::MADV_POPULATE_READ,
    flags::MADV_POPULATE_WRITE,
];

impl Draw<'_> {
    pub(crate) fn command(&mut self) -> Command {
        let Some(pid) = self.living() else { return Command::Kernel(KernelCommand::PowerCut) };
        match self.rng.below(100) {
            0..25 => load(pid, self.address(pid)),
            25..55 => store(pid, self.address(pid), self.rng.below(256) as u8),
            55..63 => self.open(pid),
            63..75 => self.map(pid),
            75..79 => self.range_call(pid),
            79..83 => self.memory_call(pid),
            83..88 => self.read_or_write(pid),
            88..91 => self.file_call(pid),
            91..93 => self.fork_or_exit(pid),
            _ => self.kernel(pid),
        }
    }

    /// A process that may take a step; `None` if all have ended.
    fn living(&mut self) -> Option<Pid> {
        let all = (0..4).map(Pid::new);
        let may = all.filter(|&pid| self.state.process(pid).is_none_or(|process| process.life() != Life::Ended));
        let may: Vec<_> = may.collect();
        if may.is_empty() { None } else { Some(self.rng.pick(&may)) }
    }

    fn address(&mut self, pid: Pid) -> u64 {
        let mapped: Vec<u64> =
            self.oracle.processes.get(&pid).map_or_else(Vec::new, |p| p.pages.keys().copied().collect());
        let vpn =
            if mapped.is_empty() || self.rng.below(20) == 0 { self.rng.below(SPACE) } else { self.rng.pick(&mapped) };
        vpn * PAGE + self.rng.below(PAGE)
    }

    fn descriptor(&mut self, pid: Pid) -> i64 {
        let open: Vec<i64> =
            self.oracle.processes.get(&pid).map_or_else(Vec::new, |p| p.files.keys().copied().collect());
        if open.is_empty() || self.rng.below(30) == 0 { self.rng.below(9) as i64 - 2 } else { self.rng.pick(&open) }
    }

    fn open(&mut self, pid: Pid) -> Command {
        let mode = self.rng.pick(&[flags::O_RDWR, flags::O_RDWR, flags::O_RDONLY, flags::O_WRONLY]);
        open(pid, self.rng.below(6) as u32, mode)
    }

    fn map(&mut self, pid: Pid) -> Command {
        let fd = self.descriptor(pid);
        let kind = self.rng.pick(&[flags::MAP_SHARED, flags::MAP_PRIVATE]);
        let anonymous = if self.rng.below(3) == 0 { flags::MAP_ANONYMOUS } else { 0 };
        let fixed = self.rng.pick(&[0, flags::MAP_FIXED, flags::MAP_FIXED_NOREPLACE]);
        let populate = self.rng.pick(&[0, 0, 0, 0, flags::MAP_POPULATE, flags::MAP_LOCKED]);
        let addr = (1 + self.rng.below(SPACE - 9)) * PAGE;
        let len = 1 + self.rng.below(6 * PAGE);
        let prot = self.rng.pick(&[3, 3, 3, 1, 2, 0, 7]);
        let offset = self.rng.pick(&[0, 0, PAGE, 2 * PAGE, 3]);
        mmap(pid, addr, len, prot, kind | anonymous | fixed | populate, fd, offset)
    }

    fn memory_call(&mut self, pid: Pid) -> Command {
        let addr = self.address(pid) / PAGE * PAGE;
        let len = self.rng.below(5 * PAGE);
        let (old_len, new_len) = (self.rng.below(5) * PAGE, self.rng.below(6) * PAGE);
        let may_move = flags::MREMAP_MAYMOVE;
        let remap = self.rng.pick(&[
            0,
            may_move,
            may_move | flags::MREMAP_FIXED,
            may_move | flags::MREMAP_DONTUNMAP,
            may_move | 6,
        ]);
        let new_addr = (1 + self.rng.below(SPACE - 9)) * PAGE;
        let old_len = if remap & flags::MREMAP_DONTUNMAP != 0 { new_len } else { old_len };
        let fd = self.descriptor(pid);
        let offset = self.rng.below(4 * PAGE) as i64;
        call(
            pid,
            match self.rng.below(9) {
                0..2 => Call::Mremap { addr, old_len, new_len, flags: remap, new_addr },
                2..5 => Call::Madvise { addr, len, advice: self.rng.pick(ADVICE) },
                5 => Call::Mlock { addr: addr + self.rng.below(PAGE), len },
                6 => Call::Munlock { addr, len: len.max(3 * PAGE) },
                7 if self.rng.below(2) == 0 => Call::Mincore { addr, len },
                7 => Call::Fadvise { fd, offset, len: len as i64, advice: self.rng.below(5) },
                _ => Call::Sbrk { by: self.rng.below(5 * PAGE) as i64 - 2 * PAGE as i64 },
            },
        )
    }

    fn range_call(&mut self, pid: Pid) -> Command {
        let addr = self.address(pid) / PAGE * PAGE;
        let len = self.rng.below(5 * PAGE);
        let prot = self.rng.pick(&[0, 1, 3, 3, 5]);
        let flags = self.rng.pick(&[flags::MS_SYNC, flags::MS_SYNC, flags::MS_ASYNC]);
        call(
            pid,
            match self.rng.below(3) {
                0 => Call::Munmap { addr, len },
                1 => Call::Mprotect { addr, len, prot },
                _ => Call::Msync { addr, len, flags },
            },
        )
    }

    fn read_or_write(&mut self, pid: Pid) -> Command {
        let fd = self.descriptor(pid);
        let len = self.rng.below(3 * PAGE);
        let offset = Some(self.rng.below(6 * PAGE) as i64);
        let va = VirtAddr::new(self.address(pid));
        let data = match self.rng.below(3) {
            0 => Data::Bytes((0..len).map(|_| self.rng.below(256) as u8).collect()),
            1 => Data::Fill { byte: self.rng.below(256) as u8, len },
            _ => Data::Memory { va, len },
        };
        let buffer = (self.rng.below(2) == 0).then_some(va);
        call(
            pid,
            match self.rng.below(2) {
                0 => Call::Read { fd, len, offset, buffer },
                _ => Call::Write { fd, data, offset },
            },
        )
    }

    fn file_call(&mut self, pid: Pid) -> Command {
        let fd = self.descriptor(pid);
        let len = self.rng.below(7 * PAGE) as i64;
        call(
            pid,
            match self.rng.below(4) {
                0 => Call::Close { fd },
                1 => Call::Fsync { fd },
                _ => Call::Ftruncate { fd, len },
            },
        )
    }

    fn fork_or_exit(&mut self, pid: Pid) -> Command {
        let unborn = (0..4).map(Pid::new).find(|&child| self.state.living(child).is_none() && child != pid);
        match (self.rng.below(6), unborn) {
            (4.., _) => {
                let name = NameId::new(self.rng.pick(&[PROGRAM, PROGRAM, PROGRAM, PROGRAM + 1, 0]));
                call(pid, Call::Exec { name })
            }
            (0, _) | (_, None) => call(pid, Call::Exit),
            (_, Some(child)) => call(pid, Call::Fork { child }),
        }
    }

    fn kernel(&mut self, pid: Pid) -> Command {
        let at = VirtAddr::new(self.address(pid));
        Command::Kernel(match self.rng.below(24) {
            0..4 => KernelCommand::Reclaim { pages: self.rng.below(4) },
            4..7 => KernelCommand::DropCaches { name: NameId::new(self.rng.below(2) as u32) },
            7..11 => KernelCommand::WriteBack,
            11 => KernelCommand::PowerCut,
            _ => super::devices::draw(self.rng, self.state, pid, at),
        })
    }
}
