//! Linux's reading ahead: windows, the mark on which the next one starts, and their growth (facts 38 to 41).
//!
//! Follows `mm/readahead.c` (`page_cache_sync_ra`, `page_cache_async_ra`) and `mm/filemap.c`
//! (`do_sync_mmap_readahead`, `filemap_get_pages`) of Linux 6.18 for page caches whose folios are single pages.
//!
//! Does not own: bringing a page in (`cache`), or the plain read-ahead of machines without windows.

use crate::event::{Event, ReadPattern, Recorder, VmaFlags};
use crate::object::ObjectKind;
use crate::process::{Reading, Vma};
use crate::stepper::{OutOfMemory, Stepper};
use crate::units::{FilePage, ObjectId, OpenFileId, Pfn, Prot};

/// Most pages that one read asks of a disk at once, however little is read ahead (`bdi->io_pages`, 4 MiB).
const MOST_AT_ONCE: u64 = 1024;

/// Most pages that the kernel gathers before it looks at the mark again (`PAGEVEC_SIZE`).
const BATCH: u64 = 31;

/// Windows end on multiples of this many pages once they have been read ahead.
const NATURAL_END: u64 = 4;

/// A stretch of pages to be read; the last `ahead` of them are not asked for, and the first of those gets the mark.
#[derive(Clone, Copy)]
struct Window {
    start: u64,
    size: u64,
    ahead: u64,
}

/// The first window of a stream that begins with a read of `asked` pages (`get_init_ra_size`).
fn first_size(asked: u64, most: u64) -> u64 {
    match asked.next_power_of_two() {
        size if size <= most / 32 => size * 4,
        size if size <= most / 4 => size * 2,
        _ => most,
    }
}

/// The window after one of `size` pages (`get_next_ra_size`).
fn next_size(size: u64, most: u64) -> u64 {
    match size {
        size if size < most / 16 => size * 4,
        size if size <= most / 2 => size * 2,
        _ => most,
    }
}

impl<R: Recorder> Stepper<'_, R> {
    /// The frame that caches a page which a fault needs, read by the advice that the region was given.
    pub(crate) fn bring_in_for_fault(
        &mut self,
        vma: &Vma,
        object: ObjectId,
        page: FilePage,
    ) -> Result<Pfn, OutOfMemory> {
        let Some(file) = self.windowed(object, vma.file) else { return self.bring_in(object, page) };
        let random = vma.flags.has(VmaFlags::RANDOM);
        if let Some(pfn) = self.state.object(object).cached(page) {
            self.emit(Event::CacheHit { object, page, pfn });
            if !random {
                self.come_upon(file, object, page, self.most_pages(file));
            }
            return Ok(pfn);
        }
        self.emit(Event::CacheMissed { object, page });
        if !random {
            self.read_for_fault(file, vma, object, page);
        }
        self.cached_or_fetched(object, page)
    }

    /// The open file by whose windows an object is read, on machines that have them.
    fn windowed(&self, object: ObjectId, file: Option<OpenFileId>) -> Option<OpenFileId> {
        let has = self.state.config().has_windows() && self.state.object(object).kind() == ObjectKind::File;
        file.filter(|_| has)
    }

    /// What was read ahead may have been too much for the memory there is: then the page comes alone.
    fn cached_or_fetched(&mut self, object: ObjectId, page: FilePage) -> Result<Pfn, OutOfMemory> {
        match self.state.object(object).cached(page) {
            Some(pfn) => {
                self.read_disk = true;
                Ok(pfn)
            }
            None => self.fetch(object, page),
        }
    }

    fn reading(&self, file: OpenFileId) -> Reading {
        self.state.file(file).expect("it is open").reading
    }

    /// Pages of the largest window of an open file.
    fn most_pages(&self, file: OpenFileId) -> u64 {
        let usual = u64::from(self.state.config().readahead);
        if self.reading(file).pattern == ReadPattern::Sequential { usual * 2 } else { usual }
    }

    /// Fact 38 and 41: around the page, or from it on where the region is read in sequence or holds a program's text.
    fn read_for_fault(&mut self, file: OpenFileId, vma: &Vma, object: ObjectId, page: FilePage) {
        let most = self.most_pages(file);
        if vma.flags.has(VmaFlags::SEQUENTIAL) {
            return self.read_missing(file, object, page, most);
        }
        let window = if vma.prot.has(Prot::EXEC) {
            let size = most.min(vma.first.get() + vma.pages - page.get());
            Window { start: page.get(), size, ahead: 0 }
        } else {
            Window { start: page.get().saturating_sub(most / 2), size: most, ahead: most / 4 }
        };
        self.read_window(file, object, window);
    }

    /// `page_cache_sync_ra`: a read of `asked` pages misses at this one.
    fn read_missing(&mut self, file: OpenFileId, object: ObjectId, page: FilePage, asked: u64) {
        let index = page.get();
        let most = self.most_for(file, asked);
        let reading = self.reading(file);
        if reading.pattern == ReadPattern::Random {
            return self.read_span(object, Window { start: index, size: asked, ahead: 0 });
        }
        let page_bytes = self.state.page_bytes();
        let follows = reading.last.is_some_and(|last| index.wrapping_sub(last / page_bytes) <= 1);
        if index == 0 || asked > most || follows {
            let size = first_size(asked, most);
            let ahead = if size > asked { size - asked } else { size / 2 };
            return self.read_window(file, object, Window { start: index, size, ahead });
        }
        // What a stream would have left behind; a file cached from its start is a strong hint.
        let before = self.cached_before(object, index, most);
        if before <= asked {
            return self.read_span(object, Window { start: index, size: asked, ahead: 0 });
        }
        let before = if before == index { before * 2 } else { before };
        self.read_window(file, object, Window { start: index, size: most.min(before + asked), ahead: 1 });
    }

    fn most_for(&self, file: OpenFileId, asked: u64) -> u64 {
        let most = self.most_pages(file);
        if asked > most { asked.min(MOST_AT_ONCE.max(most)) } else { most }
    }

    /// Cached pages in a row that end just before this one; `most` are looked at.
    fn cached_before(&self, object: ObjectId, index: u64, most: u64) -> u64 {
        let object = self.state.object(object);
        let back = (0..index).rev().take(most as usize);
        back.take_while(|&page| object.cached(FilePage::new(page)).is_some()).count() as u64
    }

    /// `page_cache_async_ra`: whoever comes to the marked page starts the next read (fact 39). That is no fault of his.
    fn come_upon(&mut self, file: OpenFileId, object: ObjectId, page: FilePage, asked: u64) {
        let Some(pfn) = self.state.object(object).cached(page).filter(|&pfn| self.state.frame(pfn).is_read_mark())
        else {
            return;
        };
        self.emit(Event::ReadMarkCleared { pfn });
        let Some(window) = self.next_window(file, object, page.get(), asked) else { return };
        let had_read = self.read_disk;
        self.pinning(pfn, |run| run.read_window(file, object, window));
        self.read_disk = had_read;
    }

    fn next_window(&self, file: OpenFileId, object: ObjectId, index: u64, asked: u64) -> Option<Window> {
        let most = self.most_for(file, asked);
        let Reading { start, size, ahead, .. } = self.reading(file);
        let (start, size) = if index == start + u64::from(size) - u64::from(ahead) {
            let last = u64::from(size);
            (start + last, last.max(next_size(last, most)))
        } else {
            // The mark of another stream: go on after what is there.
            let object = self.state.object(object);
            let there = (index + 1..).take(most as usize);
            let after = there.take_while(|&page| object.cached(FilePage::new(page)).is_some()).count() as u64;
            if after >= most {
                return None;
            }
            (index + 1 + after, next_size(after + 1 + asked, most))
        };
        let end = (start + size) / NATURAL_END * NATURAL_END;
        let size = if end > start { end - start } else { size };
        Some(Window { start, size, ahead: size })
    }

    fn read_window(&mut self, file: OpenFileId, object: ObjectId, window: Window) {
        let Window { start, size, ahead } = window;
        let moved = Event::WindowMoved { file, start: FilePage::new(start), size: size as u32, ahead: ahead as u32 };
        self.emit(moved);
        self.read_span(object, window);
    }

    /// `do_page_cache_ra`: reads what is missing of a window, up to the end of the file; what has come in stays.
    fn read_span(&mut self, object: ObjectId, window: Window) {
        let pages = self.state.format().pages_of(self.state.object(object).size());
        let end = pages.min(window.start.saturating_add(window.size));
        let marked = end.checked_sub(window.ahead);
        let mark = self.pins();
        for page in window.start..end {
            if self.state.object(object).cached(FilePage::new(page)).is_some() {
                continue;
            }
            // Reading ahead is a favour: where there is no room it ends.
            let Ok(pfn) = self.fetch(object, FilePage::new(page)) else { break };
            self.pin(pfn);
            if marked == Some(page) {
                self.emit(Event::ReadMarkSet { pfn });
            }
        }
        self.unpin_to(mark);
    }

    /// `force_page_cache_ra`: `posix_fadvise` and `madvise` want pages `first .. end` in the cache (fact 31).
    pub(crate) fn read_wanted(&mut self, object: ObjectId, first: FilePage, end: FilePage) {
        if self.state.object(object).kind() == ObjectKind::File && first < end {
            let size = (end.get() - first.get()).min(MOST_AT_ONCE);
            self.read_span(object, Window { start: first.get(), size, ahead: 0 });
        }
    }

    /// Makes a read ready to copy from page `page` on, whose last page is the one before `end`; returns how far it may
    /// go before it must ask again (`filemap_get_pages`).
    pub(crate) fn prepare_read(
        &mut self,
        file: OpenFileId,
        object: ObjectId,
        page: FilePage,
        end: FilePage,
    ) -> FilePage {
        if self.windowed(object, Some(file)).is_none() {
            return end;
        }
        if self.state.object(object).cached(page).is_none() {
            self.read_missing(file, object, page, end.get() - page.get());
        }
        let mut next = page;
        while next < end && next.get() - page.get() < BATCH {
            let Some(pfn) = self.state.object(object).cached(next) else { break };
            let here = next;
            next = next.plus(1);
            if self.state.frame(pfn).is_read_mark() {
                self.come_upon(file, object, here, end.get() - here.get());
                break;
            }
        }
        next.max(page.plus(1))
    }

    /// Remembers where a read ended.
    pub(crate) fn note_read(&mut self, file: OpenFileId, object: ObjectId, offset: u64) {
        if self.windowed(object, Some(file)).is_some() {
            self.emit(Event::ReadEnded { file, offset });
        }
    }
}
