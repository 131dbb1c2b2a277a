//! Where Windows does otherwise (`os = windows`; `reference/api-lens.md`, E1 to E4).
//!
//! Owns: views that make their file longer, mapped files that are not cut, the commit limit, sections that go with their
//! last handle. Does not own: the granularity of offsets (`config`), nor what the systems have in common. Reading ahead
//! and faulting around are keys of their own under every system; views and files agree, which Windows does not promise
//! but does.

use super::calls::Stop;
use crate::event::{Event, Recorder, VmaFlags};
use crate::object::ObjectKind;
use crate::outcome::Errno;
use crate::process::Vma;
use crate::stepper::Stepper;
use crate::units::{FilePage, ObjectId};

/// The largest file that a view may ask for.
const MAX_VIEW_END: u64 = 1 << 50;

impl<R: Recorder> Stepper<'_, R> {
    fn is_windows(&self) -> bool {
        self.state.config().is_windows()
    }

    /// Whether a view that ends at byte `end` of its object may be mapped: a writable one makes its file longer
    /// (`CreateFileMapping`: "the file on disk is increased to match"), any other and one of the page file must lie
    /// within the pages that there are (ERROR_NOT_ENOUGH_MEMORY).
    pub(crate) fn admit_view(&mut self, vma: &Vma, end: u64) -> Result<(), Stop> {
        let Some(object) = vma.object.filter(|_| self.is_windows()) else { return Ok(()) };
        let target = self.state.object(object);
        let size = target.size();
        let writes = vma.is_shared() && vma.prot.has(crate::units::Prot::WRITE) && target.kind() == ObjectKind::File;
        if writes && end > MAX_VIEW_END {
            return Err(Errno::NoSpace.into());
        }
        if writes && end > size {
            self.set_size(object, end)?;
        } else if self.state.format().pages_of(end) > self.state.format().pages_of(size) {
            return Err(Errno::NoMemory.into());
        }
        Ok(())
    }

    /// An object that anybody maps is not made shorter (ERROR_USER_MAPPED_FILE).
    pub(crate) fn may_cut(&self, object: ObjectId, size: u64) -> Result<(), Errno> {
        let cuts = self.is_windows() && size < self.state.object(object).size();
        if cuts && !self.mapped_beyond(object, FilePage::new(0)).is_empty() { Err(Errno::Busy) } else { Ok(()) }
    }

    /// Whether so many more pages can be promised: all of private memory that may be written, copy-on-write views whole,
    /// and the sections of the page file must fit into frames and page file together.
    pub(crate) fn promise(&self, pages: u64) -> Result<(), Errno> {
        if !self.is_windows() || pages == 0 {
            return Ok(());
        }
        let living = self.state.processes().filter(|(_, process)| process.is_alive());
        let regions = living.flat_map(|(_, process)| process.vmas());
        let private = regions.filter(|vma| vma.flags.has(VmaFlags::PROMISED)).map(|vma| vma.pages);
        let objects = self.state.objects().map(|(_, object)| object);
        let sections = objects.filter(|object| object.kind() == ObjectKind::Shm && !object.is_dropped());
        let sections = sections.map(|object| self.state.format().pages_of(object.size()));
        let promised = private.chain(sections).fold(pages, u64::saturating_add);
        let limit = u64::from(self.state.config().frames) + u64::from(self.state.config().swap);
        if promised > limit { Err(Errno::NoMemory) } else { Ok(()) }
    }

    /// The pages that a region would be promised if it came into being.
    pub(crate) fn promise_region(&self, vma: &Vma, shared_memory: bool) -> Result<(), Errno> {
        let counts = shared_memory || vma.flags.has(VmaFlags::PROMISED);
        self.promise(if counts { vma.pages } else { 0 })
    }

    /// The name of a section of the page file goes with the last handle; its pages with the last view.
    pub(crate) fn forget_section(&mut self, object: ObjectId) {
        let target = self.state.object(object);
        if !self.is_windows() || target.kind() != ObjectKind::Shm || !target.is_linked() {
            return;
        }
        let mut open = self.state.files.iter().flatten().filter(|file| file.object == object);
        if open.all(|file| file.descriptors == 0) {
            self.emit(Event::Unlinked { object });
        }
    }
}
