//! Processes: fork and the end.

use super::calls::Stop;
use crate::event::{Event, Recorder, VmaFlags};
use crate::mmu::WalkStep;
use crate::outcome::{Errno, Outcome};
use crate::process::Vma;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{Pid, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// fork(2), which Windows has not: descriptors and regions are copied; entries only of private regions that have, or had, a page of
    /// their own (fact 18).
    pub(crate) fn fork(&mut self, parent: Pid, child: Pid) -> Result<Outcome, Stop> {
        if self.state.config().is_windows() {
            return Err(Errno::NoSystemCall.into());
        }
        if self.state.living(child).is_some() || child == parent {
            return Err(Errno::Exists.into());
        }
        let frame = self.frames_for_table(0)?;
        self.emit(Event::ProcessForked { parent, child });
        self.add_root_table(child, frame);
        for vma in self.process(parent).vmas().copied().collect::<Vec<_>>() {
            if let Err(stop) = self.inherit(parent, child, vma) {
                // Half a copy is none.
                self.end_process(child);
                return Err(stop.into());
            }
        }
        Ok(Outcome::Value(child.get().into()))
    }

    /// Fact 19: locks and `MADV_DONTFORK` regions are not inherited, `MADV_WIPEONFORK` ones come empty.
    fn inherit(&mut self, parent: Pid, child: Pid, vma: Vma) -> Result<(), OutOfMemory> {
        if vma.flags.has(VmaFlags::DONT_FORK) {
            return Ok(());
        }
        let wiped = vma.flags.has(VmaFlags::WIPE_ON_FORK);
        let lost = if wiped { VmaFlags::LOCKED.with(VmaFlags::HAD_COPY) } else { VmaFlags::LOCKED };
        self.add_region(child, Vma { flags: vma.flags.without(lost), ..vma });
        if !wiped && vma.flags.has(VmaFlags::HAD_COPY) {
            self.copy_entries(parent, child, &vma)?;
        }
        Ok(())
    }

    /// Both sides keep the frame, and neither may write it (fact 17); but for one that a device may write.
    fn copy_entries(&mut self, parent: Pid, child: Pid, vma: &Vma) -> Result<(), OutOfMemory> {
        self.prepare_for(parent, vma.start, vma.pages, child, vma.start)?;
        self.split_pinned(parent, vma);
        for (vpn, leaf) in self.state.entries(parent, vma.start, vma.pages) {
            // A copy may have driven out what was there when the entries were listed.
            let leaf = self.state.leaf(parent, vpn).unwrap_or(leaf);
            if let Some(pfn) = leaf.entry.pfn().filter(|&pfn| self.is_pinned_private(pfn)) {
                self.copy_pinned(child, vma, vpn, pfn)?;
                continue;
            }
            let protected = leaf.entry.shared();
            self.rewrite(parent, vpn, leaf, protected);
            match leaf.entry.is_huge() {
                true => self.share_huge(child, vpn, protected.aged()),
                false => self.set_pte(child, vpn, protected.aged()),
            }
        }
        Ok(())
    }

    /// Where a page is copied at once, for a device may write it, huge pages do not go along as such: copies may drive
    /// others out and split them.
    fn split_pinned(&mut self, parent: Pid, vma: &Vma) {
        let entries = self.state.leaves(parent, vma.start, vma.pages);
        let pinned = |(_, leaf): &(Vpn, WalkStep)| leaf.entry.pfn().is_some_and(|pfn| self.is_pinned_private(pfn));
        if !self.state.pinned.is_empty() && entries.iter().any(pinned) {
            self.pages_to_change(parent, vma.start, vma.pages);
        }
    }

    /// Where tables take frames: makes those that the entries of some pages of one process need in another place, which
    /// begins at `to`.
    pub(crate) fn prepare_for(
        &mut self,
        from: Pid,
        start: Vpn,
        pages: u64,
        into: Pid,
        to: Vpn,
    ) -> Result<(), OutOfMemory> {
        if self.state.config().tables_in_frames {
            for (vpn, leaf) in self.state.entries(from, start, pages) {
                let vpn = to.plus(vpn.since(start));
                match leaf.entry.is_huge() {
                    true => self.prepare_huge(into, vpn).map(|_| ())?,
                    false => self.prepare_tables(into, vpn)?,
                }
            }
        }
        Ok(())
    }

    /// The end of a process, by exit(2) or by a signal: everything it alone held is given back.
    pub(crate) fn end_process(&mut self, pid: Pid) {
        self.remove_range(pid, Vpn::new(0), self.state.format().user_pages());
        let descriptors: Vec<u32> = self.process(pid).descriptors().map(|(fd, _)| fd).collect();
        for fd in descriptors {
            self.close_descriptor(pid, fd);
        }
        let root = self.process(pid).root();
        self.emit(Event::TableRemoved { table: root });
        self.forget_translations(pid);
        self.emit(Event::ProcessEnded { pid });
    }

    /// An address-space identifier is never left to a process that is gone, shootdowns or not.
    pub(crate) fn forget_translations(&mut self, pid: Pid) {
        let slots = self.state.tlb().slots().into_iter().zip(0..);
        let mine = slots.filter(|(entry, _)| entry.is_some_and(|entry| entry.pid == pid));
        for slot in mine.map(|(_, slot)| slot).collect::<Vec<u32>>() {
            self.emit(Event::TlbDropped { slot });
        }
    }

    pub(crate) fn close_descriptor(&mut self, pid: Pid, fd: u32) {
        let object = self.state.descriptor(pid, fd.into()).expect("it is open").1.object;
        self.emit(Event::DescriptorClosed { pid, fd });
        self.forget_section(object);
        self.drop_if_unused(object);
    }
}
