//! brk(2) and sbrk(2): the heap, a region of anonymous memory with a moving end. Follows Linux `mm/mmap.c`.

use super::Stop;
use crate::event::{Event, Recorder, VmaFlags};
use crate::outcome::{Errno, Outcome};
use crate::process::Vma;
use crate::stepper::Stepper;
use crate::units::{FilePage, Pid, Prot, VirtAddr, Vpn};

impl<R: Recorder> Stepper<'_, R> {
    /// Where the heap begins: behind the program, or for a process that has executed none at an eighth of the address
    /// space, below what mmap hands out.
    fn heap_start(&self, pid: Pid) -> Vpn {
        self.process(pid).heap.unwrap_or_else(|| Vpn::new((self.state.format().user_pages() / 8).max(1)))
    }

    fn break_of(&self, pid: Pid) -> VirtAddr {
        let start = self.state.format().address(self.heap_start(pid));
        self.process(pid).brk.unwrap_or(start)
    }

    /// brk(2), as C's library has it: 0, or ENOMEM if the end cannot go there.
    pub(super) fn brk(&mut self, pid: Pid, addr: u64) -> Result<Outcome, Stop> {
        self.move_break(pid, addr)?;
        Ok(Outcome::Value(0))
    }

    /// sbrk(2): the end before the move.
    pub(super) fn sbrk(&mut self, pid: Pid, by: i64) -> Result<Outcome, Stop> {
        let before = self.break_of(pid);
        let to = before.get().checked_add_signed(by).ok_or(Errno::NoMemory)?;
        if by != 0 {
            self.move_break(pid, to)?;
        }
        Ok(Outcome::Address(before))
    }

    fn move_break(&mut self, pid: Pid, to: u64) -> Result<(), Stop> {
        let format = self.state.format();
        let start = self.heap_start(pid);
        let end = Vpn::new(format.pages_of(self.break_of(pid).get()));
        let new_end = Vpn::new(format.pages_of(to));
        if to < format.address(start).get() || !self.fits(new_end, 0) {
            return Err(Errno::NoMemory.into());
        }
        if new_end > end {
            self.grow_heap(pid, end, new_end.since(end))?;
        } else if new_end < end {
            self.remove_range(pid, new_end, end.since(new_end));
        }
        self.emit(Event::BreakMoved { pid, brk: VirtAddr::new(to) });
        Ok(())
    }

    fn grow_heap(&mut self, pid: Pid, start: Vpn, pages: u64) -> Result<(), Stop> {
        if !self.is_vacant(pid, start, pages) {
            return Err(Errno::NoMemory.into());
        }
        self.promise(pages)?;
        let prot = Prot::READ.with(Prot::WRITE);
        let first = FilePage::new(start.get());
        let flags = VmaFlags::MAY_WRITE.with(VmaFlags::PROMISED);
        self.add_region(pid, Vma { start, pages, prot, flags, object: None, first, file: None });
        self.join_regions(pid, start, pages);
        Ok(())
    }
}
