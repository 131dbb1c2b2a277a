//! How the oracle follows devices: what they map, and what they write by themselves.
//!
//! Where a transfer goes is asked of the machine's own table and reverse map, which the invariants hold against the page
//! tables; what it leaves there must be what processes load from then on.

use super::Run;
use super::oracle::{Byte, DEVICE, PAGE, Thing};
use crate::Rng;
use vmcore::command::{Data, KernelCommand};
use vmcore::frames::Holds;
use vmcore::outcome::{Errno, Outcome};
use vmcore::state::State;
use vmcore::units::{NameId, Pfn, Pid, VirtAddr, Vpn};

impl Run {
    pub(crate) fn device(&mut self, command: &KernelCommand, outcome: &Outcome) {
        match command {
            KernelCommand::IommuMap { iova, pid, addr, len, .. } => self.iommu_map(*iova, *pid, *addr, *len, outcome),
            KernelCommand::IommuUnmap { iova, len, .. } => {
                let left = self.pages(*iova, *len).any(|page| self.reached(page).is_some());
                if *outcome == Outcome::Ok && self.translates() && left {
                    self.fail("an entry outlived iommu_unmap");
                }
            }
            KernelCommand::DmaWrite { iova, data: Data::Bytes(bytes), .. } => {
                let places = self.transfer(*iova, bytes.len() as u64, true, outcome);
                for (&byte, (pfn, offset)) in bytes.iter().zip(places) {
                    // Without an IOMMU nobody knows of it: the page may be forgotten as it was.
                    self.put(pfn, offset, if self.translates() { Some(byte) } else { None });
                }
            }
            KernelCommand::DmaRead { iova, len, .. } => {
                let places = self.transfer(*iova, *len, false, outcome);
                let Outcome::Bytes(bytes) = outcome else { return };
                for (&found, (pfn, offset)) in bytes.iter().zip(places) {
                    if self.translates() && self.get(pfn, offset).is_some_and(|right| right != found) {
                        self.fail(&format!("byte {offset} of frame {pfn} is read as {found}"));
                    }
                }
            }
            _ => unreachable!("not drawn"),
        }
    }

    fn translates(&self) -> bool {
        self.machine.state().config().iommu
    }

    fn pages(&self, iova: u64, len: u64) -> impl Iterator<Item = Vpn> + use<> {
        (iova / PAGE..(iova + len).div_ceil(PAGE)).map(Vpn::new)
    }

    /// The frame that the device's page leads to, and whether it may write there.
    fn reached(&self, page: Vpn) -> Option<(Pfn, bool)> {
        let entry = self.machine.state().devices()[0].iommu_entry(page)?;
        Some((entry.pfn, entry.writable))
    }

    /// Pages are brought in like by stores where the region permits them, up to the first that cannot be had.
    fn iommu_map(&mut self, iova: u64, pid: Pid, addr: u64, len: u64, outcome: &Outcome) {
        if !self.translates() || matches!(outcome, Outcome::Errno(Errno::Invalid | Errno::Exists | Errno::NoProcess)) {
            return;
        }
        let short = *outcome == Outcome::Errno(Errno::NoMemory);
        for (vpn, page) in (addr / PAGE..addr / PAGE + len.div_ceil(PAGE)).zip(self.pages(iova, len)) {
            let Some(region) = self.oracle.processes.get(&pid).and_then(|process| process.pages.get(&vpn)) else {
                return self.must_have_failed(outcome);
            };
            let (private, store) = (!region.shared, region.prot & 2 != 0);
            let device = region.of.is_some_and(|(thing, _)| thing == DEVICE);
            if device || self.oracle.judge(pid, vpn * PAGE, store).is_err() {
                return self.must_have_failed(outcome);
            }
            let unknown = short && private && store && region.own.is_none() && region.of.is_some();
            if store {
                self.oracle.make_own(pid, vpn);
            }
            if unknown {
                // How far it came before memory ran out nobody knows.
                let page = self.process(pid).pages.get_mut(&vpn).expect("there");
                page.own = Some(vec![None; PAGE as usize]);
            }
            if *outcome == Outcome::Ok {
                let mapped = self.machine.state().pte(pid, Vpn::new(vpn)).pfn();
                if mapped.is_none() || self.reached(page) != mapped.map(|pfn| (pfn, store)) {
                    self.fail(&format!("the device's page {page} is not page {vpn:#x} of process {pid}"));
                }
            }
        }
        if matches!(outcome, Outcome::Errno(_)) && !short {
            self.fail("iommu_map had no reason to fail");
        }
    }

    fn must_have_failed(&self, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Errno(_)) {
            self.fail("the device was given a page that is none");
        }
    }

    /// The places that a transfer reaches, up to where it must be refused; the outcome says the same.
    fn transfer(&self, iova: u64, len: u64, write: bool, outcome: &Outcome) -> Vec<(Pfn, u64)> {
        let frames = u64::from(self.machine.state().config().frames);
        let place = |at: u64| {
            let pfn = if self.translates() {
                self.reached(Vpn::new(at / PAGE)).filter(|(_, writable)| *writable || !write)?.0
            } else {
                Pfn::new((at / PAGE < frames).then_some(at / PAGE)? as u32)
            };
            Some((pfn, at % PAGE))
        };
        let places: Vec<(Pfn, u64)> = (iova..iova + len).map_while(place).collect();
        if (places.len() as u64 == len) != !matches!(outcome, Outcome::Errno(Errno::Fault)) {
            self.fail("the transfer ends elsewhere");
        }
        places
    }

    /// Every page of a process that is in the frame.
    fn mappers(&self, pfn: Pfn) -> Vec<(Pid, u64)> {
        let mappers = self.machine.state().frame(pfn).mappers().iter();
        mappers.map(|mapper| (mapper.pid, mapper.vpn.get())).collect()
    }

    fn put(&mut self, pfn: Pfn, offset: u64, value: Byte) {
        match self.machine.state().frame(pfn).holds() {
            Holds::Object { object, page } => self.oracle.things[object.index()].put(page.get() * PAGE + offset, value),
            Holds::Anon if self.translates() => {
                for (pid, vpn) in self.mappers(pfn) {
                    self.oracle.store(pid, vpn * PAGE + offset, value);
                }
            }
            // A page in the swap cache may be anybody's.
            Holds::Anon => {
                let all = self.oracle.processes.values_mut().flat_map(|process| process.pages.values_mut());
                all.flat_map(|page| page.own.iter_mut().flatten()).for_each(|byte| *byte = None);
                for (pid, vpn) in self.mappers(pfn) {
                    let page = self.process(pid).pages.get_mut(&vpn).expect("mapped");
                    page.own = Some(vec![None; PAGE as usize]);
                }
            }
            Holds::Free | Holds::Taken | Holds::Table(_) | Holds::Raw => {}
        }
    }

    fn get(&self, pfn: Pfn, offset: u64) -> Byte {
        match self.machine.state().frame(pfn).holds() {
            Holds::Object { object, page } => self.oracle.things[object.index()].get(page.get() * PAGE + offset),
            _ => self.mappers(pfn).first().and_then(|&(pid, vpn)| self.oracle.load(pid, vpn * PAGE + offset)),
        }
    }

    /// A device's memory does not outlive the power, but the device does.
    pub(crate) fn reset_device(&mut self) {
        let size = self.oracle.things[DEVICE].size;
        self.oracle.things[DEVICE] = Thing::new(vec![0; size as usize], true);
        if self.machine.state().devices().iter().any(|device| device.iommu().next().is_some()) {
            self.fail("an IOMMU table outlived the power");
        }
    }
}

/// What a device does, or what is done to it: mostly where its table leads somewhere.
pub(crate) fn draw(rng: &mut Rng, state: &State, pid: Pid, at: VirtAddr) -> KernelCommand {
    let device = NameId::new(DEVICE as u32);
    let known: Vec<Vpn> = state.devices()[0].iommu().map(|(page, _)| page).collect();
    let page = if known.is_empty() || rng.below(4) == 0 { rng.below(6) } else { rng.pick(&known).get() };
    let (iova, len) = (page * PAGE, 1 + rng.below(2 * PAGE));
    let choice = if known.is_empty() && rng.below(4) > 0 { 0 } else { rng.below(16) };
    match choice {
        0..2 => KernelCommand::IommuMap {
            device,
            iova: rng.below(6) * PAGE + if rng.below(9) == 0 { 3 } else { 0 },
            pid,
            addr: at.get() / PAGE * PAGE,
            len: rng.pick(&[0, 1, PAGE, PAGE, 2 * PAGE]),
        },
        2 => KernelCommand::IommuUnmap { device, iova, len: 2 * len },
        3..7 => KernelCommand::DmaRead { device, iova: iova + rng.below(PAGE), len },
        _ => {
            let data = Data::Bytes((0..len).map(|_| rng.below(256) as u8).collect());
            KernelCommand::DmaWrite { device, iova: iova + rng.below(PAGE), data }
        }
    }
}
