//! The kernel's copying between the page cache and a process's memory: read and write.
//!
//! Its touching of a process's pages can fault and is a use, but no access (`scenario-language.md`); a page that
//! cannot be used gives EFAULT, not a signal (fact 4).

use super::calls::Stop;
use crate::command::Data;
use crate::event::{CHUNK, Event, Recorder};
use crate::object::ObjectKind;
use crate::outcome::{Errno, SignalCode};
use crate::policy::PageKey;
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{AccessKind, FilePage, ObjectId, OpenFileId, Pfn, Pid, VirtAddr, Vpn};

/// A stretch within one page of an object.
#[derive(Clone, Copy)]
struct Stretch {
    page: FilePage,
    offset: u64,
    len: u64,
}

/// The stretches of `offset .. offset + len`, page by page.
fn stretches(offset: u64, len: u64, page_bytes: u64) -> impl Iterator<Item = Stretch> {
    let end = offset + len;
    let mut at = offset;
    std::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let within = at % page_bytes;
        let len = (page_bytes - within).min(end - at);
        let stretch = Stretch { page: FilePage::new(at / page_bytes), offset: within, len };
        at += len;
        Some(stretch)
    })
}

/// What the kernel finds behind an address of a process.
enum Behind {
    Frame(Pfn),
    /// The zero frame.
    Zeros,
    /// A device's own memory.
    Device(ObjectId, FilePage),
}

/// Whether a write that copied nothing, because its source could not be read, makes the page dirty all the same: in
/// Linux it does unless it began where a block begins (`fs/buffer.c`, `block_commit_write`).
fn dirties_for_nothing(stretch: &Stretch, fresh: bool) -> bool {
    !fresh && stretch.offset > 0
}

impl<R: Recorder> Stepper<'_, R> {
    /// What is behind an address of a process, for the kernel to read or write; faults are served and counted.
    fn touch(&mut self, pid: Pid, va: VirtAddr, kind: AccessKind) -> Result<Behind, Stop> {
        let store = kind == AccessKind::Store;
        let format = self.state.format();
        if !format.is_canonical(va) {
            return Err(Errno::Fault.into());
        }
        let vpn = format.vpn(va);
        for _ in 0..3 {
            if let Some(leaf) = self.state.leaf(pid, vpn).filter(|leaf| leaf.entry.permits(store, false)) {
                self.rewrite(pid, vpn, leaf, leaf.entry.touched(store));
                let Some(pfn) = self.state.of_page(leaf.entry, vpn).pfn() else {
                    let device = self.state.device_page(leaf.entry);
                    return Ok(device.map_or(Behind::Zeros, |(object, page)| Behind::Device(object, page)));
                };
                self.emit(Event::FrameUsed { pfn });
                return Ok(Behind::Frame(pfn));
            }
            match self.serve_fault(pid, va, kind, None) {
                Ok(()) => {}
                Err(SignalCode::KillOom) => return Err(OutOfMemory.into()),
                Err(_) => return Err(Errno::Fault.into()),
            }
        }
        unreachable!("two faults mend any access that is permitted")
    }

    /// Copies bytes of an object to the process (`buffer`) or to nowhere in particular; they come back as well.
    /// A fault in the buffer after some bytes ends the copy short, as in Linux.
    pub(crate) fn copy_out(
        &mut self,
        pid: Pid,
        (file, object): (OpenFileId, ObjectId),
        (offset, asked): (u64, u64),
        buffer: Option<VirtAddr>,
    ) -> Result<Vec<u8>, Stop> {
        let left = self.state.object(object).size().saturating_sub(offset);
        let end = FilePage::new(self.state.format().pages_of(offset.saturating_add(asked)));
        let mut ready = FilePage::new(0);
        let mut bytes = Vec::with_capacity(asked.min(left) as usize);
        for stretch in stretches(offset, asked.min(left), self.state.page_bytes()) {
            if stretch.page >= ready {
                ready = self.prepare_read(file, object, stretch.page, end);
            }
            let from = self.bring_in(object, stretch.page)?;
            self.emit(Event::FrameUsed { pfn: from });
            let to = buffer.map(|va| VirtAddr::new(va.get().wrapping_add(bytes.len() as u64)));
            match self.pinning(from, |run| run.copy_to_user(pid, from, stretch, to, &mut bytes)) {
                Err(Stop::Errno(_)) if !bytes.is_empty() => break,
                copied => copied?,
            }
        }
        self.emit(Event::BytesCounted { bytes: bytes.len() as u64 });
        if !bytes.is_empty() {
            self.note_read(file, object, offset + bytes.len() as u64);
        }
        Ok(bytes)
    }

    fn copy_to_user(
        &mut self,
        pid: Pid,
        from: Pfn,
        stretch: Stretch,
        to: Option<VirtAddr>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        let source: Vec<u8> = (0..stretch.len).map(|i| self.state.byte(from, stretch.offset + i)).collect();
        let Some(to) = to else {
            bytes.extend(source);
            return Ok(());
        };
        let mut done = 0;
        for part in stretches(to.get(), stretch.len, self.state.page_bytes()) {
            let va = VirtAddr::new(to.get() + done);
            let moved = &source[done as usize..(done + part.len) as usize];
            match self.touch(pid, va, AccessKind::Store)? {
                Behind::Frame(to) => {
                    let (from_offset, to_offset) = ((stretch.offset + done) as u32, part.offset as u32);
                    self.emit(Event::BytesCopied { from, from_offset, to, to_offset, len: part.len as u32 });
                    self.forget_slot(to);
                }
                Behind::Device(object, page) => self.store_to_device((object, page), part.offset, moved),
                Behind::Zeros => unreachable!("the zero frame is read-only"),
            }
            bytes.extend(moved);
            done += part.len;
        }
        Ok(())
    }

    /// Copies data into the page cache of an object, which grows if need be. Returns how many bytes went.
    pub(crate) fn copy_in(
        &mut self,
        pid: Pid,
        object: ObjectId,
        offset: u64,
        data: &Data,
        len: u64,
    ) -> Result<u64, Stop> {
        let mut done = 0;
        for stretch in stretches(offset, len, self.state.page_bytes()) {
            let own_source = self.is_source(pid, object, &stretch, data, done);
            let (to, fresh) = self.page_for_writing(object, stretch, own_source)?;
            self.emit(Event::FrameUsed { pfn: to });
            let (copied, stopped) = self.pinning(to, |run| run.copy_from_user(pid, to, stretch, data, done));
            // Linux `block_write_end`: a short copy into a page that was not read does not count.
            let copied = if fresh && stopped.is_some() { 0 } else { copied };
            if copied > 0 {
                self.forget_slot(to);
            }
            if copied > 0 || dirties_for_nothing(&stretch, fresh) {
                self.mark_dirty(to);
            }
            done += copied;
            let end = offset + done;
            if copied > 0 && end > self.state.object(object).size() {
                self.emit(Event::SizeChanged { object, size: end });
            }
            let Some(stop) = stopped else { continue };
            // A page that was mapped meanwhile, to be read as the source, is as good as any.
            if fresh && self.state.frame(to).mappers().is_empty() {
                self.forget_page(object, stretch.page, to);
            }
            match stop {
                Stop::Errno(_) if done > 0 => break,
                stop => return Err(stop),
            }
        }
        self.emit(Event::BytesCounted { bytes: done });
        Ok(done)
    }

    /// Whether bytes that a page is to get come from a mapping of that very page: then its content matters.
    fn is_source(&self, pid: Pid, object: ObjectId, stretch: &Stretch, data: &Data, done: u64) -> bool {
        let Data::Memory { va, .. } = data else { return false };
        let format = self.state.format();
        let from = va.get().saturating_add(done) / format.page_bytes();
        let end = va.get().saturating_add(done + stretch.len).div_ceil(format.page_bytes());
        let mut regions = self.process(pid).vmas_in(Vpn::new(from), end.saturating_sub(from));
        regions.any(|vma| vma.object == Some(object) && vma.vpn_of(stretch.page).is_some())
    }

    /// The frame of a page that is to be written: one that is written in part is read first, if there is anything to
    /// read; one that is written whole is not. Also whether it is fresh: new in the cache and not read.
    fn page_for_writing(
        &mut self,
        object: ObjectId,
        stretch: Stretch,
        own_source: bool,
    ) -> Result<(Pfn, bool), OutOfMemory> {
        let page = stretch.page;
        if let Some(pfn) = self.state.object(object).cached(page) {
            self.emit(Event::CacheHit { object, page, pfn });
            return Ok((pfn, false));
        }
        self.emit(Event::CacheMissed { object, page });
        let page_bytes = self.state.page_bytes();
        let target = self.state.object(object);
        let has_content = target.has_block(page, page_bytes) || target.slot(page).is_some();
        let whole = stretch.len == page_bytes && target.kind() == ObjectKind::File && !own_source;
        if has_content && !whole {
            return Ok((self.fetch(object, page)?, false));
        }
        let pfn = self.take_frame_for(PageKey::Object(object, page))?;
        self.emit(Event::FrameZeroed { pfn });
        self.emit(Event::PageCached { object, page, pfn });
        Ok((pfn, true))
    }

    /// How many bytes went, and why not all if so.
    fn copy_from_user(&mut self, pid: Pid, to: Pfn, stretch: Stretch, data: &Data, done: u64) -> (u64, Option<Stop>) {
        match data {
            Data::Bytes(bytes) => {
                let part = &bytes[done as usize..(done + stretch.len) as usize];
                self.write_chunks(to, stretch.offset, part);
            }
            Data::Fill { byte, .. } => {
                let (offset, len) = (stretch.offset as u32, stretch.len as u32);
                self.emit(Event::BytesFilled { pfn: to, offset, len, byte: *byte });
            }
            Data::Memory { va, .. } => return self.copy_from_memory(pid, to, stretch, va.get().wrapping_add(done)),
        }
        (stretch.len, None)
    }

    pub(crate) fn write_chunks(&mut self, pfn: Pfn, offset: u64, part: &[u8]) {
        for (chunk, i) in part.chunks(CHUNK).zip(0..) {
            let mut bytes = [0; CHUNK];
            bytes[..chunk.len()].copy_from_slice(chunk);
            let offset = offset as u32 + i * CHUNK as u32;
            self.emit(Event::BytesWritten { pfn, offset, len: chunk.len() as u8, bytes });
        }
    }

    fn copy_from_memory(&mut self, pid: Pid, to: Pfn, stretch: Stretch, va: u64) -> (u64, Option<Stop>) {
        let mut copied = 0;
        for part in stretches(va, stretch.len, self.state.page_bytes()) {
            let at = VirtAddr::new(part.page.get() * self.state.page_bytes() + part.offset);
            let (len, to_offset) = (part.len as u32, (stretch.offset + copied) as u32);
            match self.touch(pid, at, AccessKind::Load) {
                Ok(Behind::Frame(from)) => {
                    self.emit(Event::BytesCopied { from, from_offset: part.offset as u32, to, to_offset, len });
                }
                Ok(Behind::Zeros) => self.emit(Event::BytesFilled { pfn: to, offset: to_offset, len, byte: 0 }),
                Ok(Behind::Device(object, page)) => {
                    let places = part.offset..part.offset + part.len;
                    let bytes: Vec<u8> = places.map(|at| self.state.device_byte(object, page, at)).collect();
                    self.write_chunks(to, to_offset.into(), &bytes);
                }
                Err(stop) => return (copied, Some(stop)),
            }
            copied += part.len;
        }
        (copied, None)
    }
}
