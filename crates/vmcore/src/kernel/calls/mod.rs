//! System calls: their arguments are checked in the order in which Linux does it, then the work is handed on.

mod advice;
mod files;
mod heap;
mod mappings;
mod remap;
mod residence;

use crate::command::Call;
use crate::event::{Event, Recorder};
use crate::outcome::{Errno, Outcome, SignalCode, SignalInfo};
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{Pid, VirtAddr};

/// Why a call ends early.
pub(crate) enum Stop {
    Errno(Errno),
    OutOfMemory,
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<OutOfMemory> for Stop {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl<R: Recorder> Stepper<'_, R> {
    pub(crate) fn system_call(&mut self, pid: Pid, call: &Call) -> Outcome {
        self.emit(Event::CallEntered { pid });
        let (outcome, errno) = match self.dispatch(pid, call) {
            Ok(outcome) => (outcome, None),
            Err(Stop::Errno(errno)) => (Outcome::Errno(errno), Some(errno)),
            Err(Stop::OutOfMemory) => {
                let signal = SignalInfo { code: SignalCode::KillOom, address: VirtAddr::new(0) };
                return self.deliver(pid, signal);
            }
        };
        // exit never returns.
        if *call != Call::Exit {
            self.emit(Event::CallReturned { pid, errno });
        }
        outcome
    }

    fn dispatch(&mut self, pid: Pid, call: &Call) -> Result<Outcome, Stop> {
        match call {
            Call::Open { name, flags, shm } => self.open(pid, *name, *flags, *shm),
            Call::Close { fd } => self.close(pid, *fd),
            Call::Read { fd, len, offset, buffer } => self.read(pid, *fd, *len, *offset, *buffer),
            Call::Write { fd, data, offset } => self.write(pid, *fd, data, *offset),
            Call::Lseek { fd, offset, whence } => self.lseek(pid, *fd, *offset, *whence),
            Call::Ftruncate { fd, len } => self.ftruncate(pid, *fd, *len),
            Call::Fsync { fd } => self.fsync(pid, *fd),
            Call::Unlink { name } => self.unlink(*name),
            Call::Mmap(args) => self.mmap(pid, args),
            Call::Munmap { addr, len } => self.munmap(pid, *addr, *len),
            Call::Mprotect { addr, len, prot } => self.mprotect(pid, *addr, *len, *prot),
            Call::Msync { addr, len, flags } => self.msync(pid, *addr, *len, *flags),
            Call::Mremap { addr, old_len, new_len, flags, new_addr } => {
                self.mremap(pid, (*addr, *old_len, *new_len), *flags, *new_addr)
            }
            Call::Madvise { addr, len, advice } => self.madvise(pid, *addr, *len, *advice),
            Call::Fadvise { fd, offset, len, advice } => self.fadvise(pid, *fd, *offset, *len, *advice),
            Call::Mlock { addr, len } => self.lock(pid, *addr, *len, true),
            Call::Munlock { addr, len } => self.lock(pid, *addr, *len, false),
            Call::Mincore { addr, len } => self.mincore(pid, *addr, *len),
            Call::Brk { addr } => self.brk(pid, *addr),
            Call::Sbrk { by } => self.sbrk(pid, *by),
            Call::Fork { child } => self.fork(pid, *child),
            Call::Exec { name } => self.exec(pid, *name),
            Call::Exit => {
                self.end_process(pid);
                Ok(Outcome::Ok)
            }
        }
    }
}
