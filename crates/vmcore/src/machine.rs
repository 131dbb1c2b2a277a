//! The machine: commands in, outcomes out, events to whoever listens. Reads like a table of contents.

use crate::command::{Command, KernelCommand};
use crate::event::{Event, FaultCause, Recorder, Unobserved};
use crate::mmu::PageFault;
use crate::outcome::{Errno, Outcome, SignalCode, SignalInfo};
use crate::process::Life;
use crate::state::{Setup, SetupError, State};
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, Pfn, Pid, VirtAddr, Vpn};

/// A machine at rest between two steps.
#[derive(Clone, PartialEq, Debug)]
pub struct Machine {
    state: State,
}

impl Machine {
    /// A machine that has done nothing yet.
    ///
    /// # Errors
    /// If the setup asks for more than the machine has.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        Ok(Self { state: State::new(setup)? })
    }

    /// What it is now.
    #[inline]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Carries out a command; every change is an event that the recorder hears.
    #[inline]
    pub fn step<R: Recorder>(&mut self, command: &Command, recorder: &mut R) -> Outcome {
        if R::ON {
            self.take(command, &mut Told(&mut |state, event| recorder.record(state, event)))
        } else {
            self.run(command)
        }
    }

    /// The same with nobody listening.
    #[inline]
    pub fn run(&mut self, command: &Command) -> Outcome {
        let Command::Access { pid, va, kind, value } = *command else { return self.run_long(command) };
        match self.express(pid, va, kind, value) {
            Some(_) if kind == AccessKind::Store => Outcome::Ok,
            Some(byte) => Outcome::Value(byte.into()),
            None => self.run_long(command),
        }
    }

    /// A step that is one access, if it comes to no more than a TLB hit, a walk, or a file's page mapped or read: the byte
    /// loaded, fetched or stored. Otherwise nothing has happened, and the step is to be [run](Self::run).
    // A loop of accesses is quickest with the way in the loop; in the browser it is there once, for its size.
    #[cfg_attr(not(target_arch = "wasm32"), inline(always))]
    pub fn express(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, value: u8) -> Option<u8> {
        self.state.express(pid, va, kind, value)
    }

    #[inline(never)]
    fn run_long(&mut self, command: &Command) -> Outcome {
        // In the browser the long way is compiled once: the second copy would be a tenth of all that is loaded.
        if cfg!(target_arch = "wasm32") {
            self.take(command, &mut Told(&mut |_, _| {}))
        } else {
            self.take(command, &mut Unobserved)
        }
    }

    fn take<R: Recorder>(&mut self, command: &Command, recorder: &mut R) -> Outcome {
        let pid = command.pid();
        let mut stepper = Stepper::new(&mut self.state, recorder);
        stepper.emit(Event::StepBegan { pid });
        let outcome = stepper.carry_out(command);
        stepper.write_back_old_pages();
        stepper.emit(Event::StepEnded { pid });
        outcome
    }
}

/// Whoever listens, behind one type: the machine is compiled twice, observed and unobserved, and not once for each
/// listener.
struct Told<'a>(&'a mut dyn FnMut(&State, Event));

impl Recorder for Told<'_> {
    const ON: bool = true;

    #[inline]
    fn record(&mut self, state: &State, event: Event) {
        (self.0)(state, event);
    }
}

/// What the kernel's own work comes to: there is no process to be told.
fn errno(result: Result<Outcome, Errno>) -> Outcome {
    result.unwrap_or_else(Outcome::Errno)
}

impl<R: Recorder> Stepper<'_, R> {
    fn carry_out(&mut self, command: &Command) -> Outcome {
        if let Some(pid) = command.pid() {
            if let Err(outcome) = self.ensure_process(pid) {
                return outcome;
            }
            self.switch_to(pid);
        }
        match command {
            Command::Access { pid, va, kind, value } => self.single_access(*pid, *va, *kind, *value),
            Command::LoadRange { pid, va, len, kind } => self.load_range(*pid, *va, *len, *kind),
            Command::StoreBytes { pid, va, data } => self.store_bytes(*pid, *va, data),
            Command::Translate { pid, va, kind } => Outcome::Translated(self.look_up(*pid, *va, *kind)),
            Command::Call { pid, call } => self.system_call(*pid, call),
            Command::Kernel(command) => self.kernel_command(command),
        }
    }

    fn kernel_command(&mut self, command: &KernelCommand) -> Outcome {
        match command {
            KernelCommand::DropCaches { name } => return self.drop_caches(*name),
            KernelCommand::WriteBack => self.write_all_dirty(),
            KernelCommand::Reclaim { pages } => return self.reclaim_pages(*pages),
            KernelCommand::PowerCut => self.emit(Event::PowerLost),
            KernelCommand::Run { pid } => {
                if let Err(outcome) = self.ensure_process(*pid) {
                    return outcome;
                }
                self.switch_to(*pid);
            }
            KernelCommand::IommuMap { device, iova, pid, addr, len } => {
                return errno(self.iommu_map(*device, *iova, *pid, *addr, *len));
            }
            KernelCommand::IommuUnmap { device, iova, len } => return errno(self.iommu_unmap(*device, *iova, *len)),
            KernelCommand::DmaWrite { device, iova, data } => return errno(self.dma_write(*device, *iova, data)),
            KernelCommand::DmaRead { device, iova, len } => return errno(self.dma_read(*device, *iova, *len)),
        }
        Outcome::Ok
    }

    /// A process exists from its first step on; one lost in a power cut begins anew. What the step comes to if the
    /// process has ended, or there is no room for its root table: then it dies at birth.
    fn ensure_process(&mut self, pid: Pid) -> Result<(), Outcome> {
        match self.state.process(pid).map(|process| process.life()) {
            Some(Life::Alive) => return Ok(()),
            Some(Life::Ended) => return Err(Outcome::Errno(Errno::NoProcess)),
            Some(Life::Lost) | None => {}
        }
        let frame = self.frames_for_table(0);
        self.emit(Event::ProcessCreated { pid });
        match frame {
            Ok(frame) => {
                self.add_root_table(pid, frame);
                Ok(())
            }
            Err(OutOfMemory) => {
                self.emit(Event::ProcessEnded { pid });
                let address = VirtAddr::new(0);
                Err(Outcome::Signal(SignalInfo { code: SignalCode::KillOom, address }))
            }
        }
    }

    /// Every process has its root table from the start.
    pub(crate) fn add_root_table(&mut self, pid: Pid, frame: Option<Pfn>) {
        let table = self.state.process(pid).expect("just created").root();
        self.emit(Event::TableAdded { table, pid, level: 0, base: Vpn::new(0), frame });
    }

    /// Loads the base register; without tags the TLB's entries are the other process's.
    #[inline]
    fn switch_to(&mut self, pid: Pid) {
        let from = self.state.running();
        if from == Some(pid) {
            return;
        }
        self.emit(Event::Switched { from, to: pid });
        if from.is_some() && self.state.tlb().exists() && !self.state.config().asid {
            self.emit(Event::TlbFlushed);
        }
    }

    fn single_access(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, value: u8) -> Outcome {
        match self.access(pid, va, kind, value) {
            Ok(_) if kind == AccessKind::Store => Outcome::Ok,
            Ok(byte) => Outcome::Value(byte.into()),
            Err(signal) => self.deliver(pid, signal),
        }
    }

    fn load_range(&mut self, pid: Pid, va: VirtAddr, len: u64, kind: AccessKind) -> Outcome {
        let mut bytes = Vec::new();
        for i in 0..len {
            match self.access(pid, VirtAddr::new(va.get().wrapping_add(i)), kind, 0) {
                Ok(byte) => bytes.push(byte),
                Err(signal) => return self.deliver(pid, signal),
            }
        }
        Outcome::Bytes(bytes)
    }

    fn store_bytes(&mut self, pid: Pid, va: VirtAddr, data: &[u8]) -> Outcome {
        for (&byte, i) in data.iter().zip(0..) {
            if let Err(signal) = self.access(pid, VirtAddr::new(va.get().wrapping_add(i)), AccessKind::Store, byte) {
                return self.deliver(pid, signal);
            }
        }
        Outcome::Ok
    }

    /// One access: translated until it succeeds or is refused. A fault that is served mends the entry; the second try
    /// may find that a read-only entry is not enough, and no third is ever needed.
    fn access(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind, value: u8) -> Result<u8, SignalInfo> {
        self.emit(Event::AccessBegan { pid, va, kind });
        let mut before: Option<PageFault> = None;
        for _ in 0..3 {
            let tried = match &before {
                None => self.translate(pid, va, kind),
                Some(before) => self.translate_again(pid, va, kind, before),
            };
            let fault = match tried {
                Ok(found) => return Ok(self.finish_access(pid, va, kind, value, found)),
                Err(fault) => fault,
            };
            self.emit(Event::FaultRaised { pid, va, kind, cause: fault.cause });
            let served = match fault.cause {
                FaultCause::NotCanonical => Err(SignalCode::SegvMaperr),
                FaultCause::NotPresent | FaultCause::NotPermitted => self.serve_fault(pid, va, kind, fault.leaf),
            };
            if let Err(code) = served {
                self.emit(Event::SignalRaised { pid, va, code, tlb: fault.tlb, reads: fault.reads });
                return Err(SignalInfo { code, address: va });
            }
            self.emit(Event::Retried { pid, va });
            before = Some(fault);
        }
        unreachable!("two faults mend any access that is permitted")
    }

    /// A signal ends the process, unless the machine goes on after signals; nothing survives SIGKILL.
    pub(crate) fn deliver(&mut self, pid: Pid, signal: SignalInfo) -> Outcome {
        let kills = self.state.config().signals == crate::config::Signals::Kill;
        if kills || signal.code == SignalCode::KillOom {
            self.end_process(pid);
        }
        Outcome::Signal(signal)
    }
}
