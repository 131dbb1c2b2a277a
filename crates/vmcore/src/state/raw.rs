//! Raw memory and page tables at the start: frames get their bytes, processes their entries.
//!
//! A root table that lies in a frame's bytes is read once, into tables of the machine, so that accesses, drawing and the
//! reverse map are as for any other. A store into those bytes later on does not change these tables; `translate` reads
//! the bytes as they are.

use super::{SetupError, State};
use crate::event::Event;
use crate::format::{Decoded, Rights};
use crate::frames::Holds;
use crate::mmu::WalkStep;
use crate::object::PageBytes;
use crate::pte::Pte;
use crate::raw::{Raw, RawEntry, RawSource};
use crate::units::{AccessKind, Pfn, PhysAddr, Pid, Prot, VirtAddr, Vpn};
use std::rc::Rc;

/// Most entries that are read out of bytes: tables that point at each other could go on for ever.
const MOST_ENTRIES: u64 = 1 << 20;

/// Most pages that they may map.
const MOST_PAGES: u64 = 1 << 14;

/// A table that lies in memory's bytes.
#[derive(Clone, Copy)]
struct InBytes {
    pfn: u64,
    level: usize,
    base: Vpn,
    granted: Rights,
}

impl State {
    pub(super) fn lay_out(&mut self, raw: &Raw) -> Result<(), SetupError> {
        for (pfn, bytes) in &raw.memory {
            self.reserve(*pfn)?;
            let mut content = bytes.to_vec();
            if content.len() as u64 > self.page_bytes() {
                return Err(SetupError::Raw(format!(
                    "frame {pfn} has {} bytes, not {}",
                    self.page_bytes(),
                    content.len()
                )));
            }
            content.resize(self.page_bytes() as usize, 0);
            self.contents.set(*pfn, PageBytes::Bytes(Rc::new(content)));
        }
        // All frames that the scenario names are given before tables take others.
        for table in &raw.tables {
            match &table.source {
                RawSource::Entries(entries) => entries.iter().try_for_each(|entry| self.reserve(entry.pfn))?,
                RawSource::At(root) => {
                    self.begin_process(table.pid, Some(*root))?;
                    self.read_tables(table.pid, *root)?;
                }
            }
        }
        for table in &raw.tables {
            if let RawSource::Entries(entries) = &table.source {
                self.begin_process(table.pid, None)?;
                entries.iter().try_for_each(|entry| self.enter(table.pid, entry))?;
            }
        }
        Ok(())
    }

    /// Tables that the scenario laid out, from `raw_root` on, take no frames beside those.
    fn begin_process(&mut self, pid: Pid, raw_root: Option<Pfn>) -> Result<(), SetupError> {
        if self.living(pid).is_some() {
            return Ok(());
        }
        self.apply(&Event::ProcessCreated { pid });
        self.process_mut(pid).raw_root = raw_root;
        let table = self.process_mut(pid).root;
        let frame = self.frame_for_raw_table(pid, 0)?;
        self.apply(&Event::TableAdded { table, pid, level: 0, base: Vpn::new(0), frame });
        Ok(())
    }

    fn frame_for_raw_table(&self, pid: Pid, level: usize) -> Result<Option<Pfn>, SetupError> {
        let given = self.living(pid).is_some_and(|process| process.raw_root.is_some());
        if !self.config().tables_in_frames || given {
            return Ok(None);
        }
        let pages = u32::try_from(self.format().table_pages(level)).unwrap_or(u32::MAX);
        match self.free.lowest_run(pages, 1) {
            Some(first) => Ok(Some(Pfn::new(first))),
            None => Err(SetupError::Raw(format!(
                "a page table needs {pages} frames side by side, and of {} free ones no such are left",
                self.free.free()
            ))),
        }
    }

    /// Takes a frame for good; nothing is ever evicted from it.
    fn reserve(&mut self, pfn: Pfn) -> Result<(), SetupError> {
        match self.frames.get(pfn.index()).map(|frame| frame.holds) {
            None => Err(SetupError::Raw(format!("there is no frame {pfn}: the last is {}", self.frames.len() - 1))),
            Some(Holds::Free) => {
                self.apply(&Event::FrameTaken { pfn });
                self.frames[pfn.index()].holds = Holds::Raw;
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }

    /// Writes one entry of the level above the last, if no table stands in its place.
    fn enter_huge(&mut self, pid: Pid, entry: &RawEntry, pages: u64) -> Result<(), SetupError> {
        let RawEntry { vpn, pfn, prot } = *entry;
        (0..pages as u32).try_for_each(|offset| self.reserve(Pfn::new(pfn.get() + offset)))?;
        let last = self.make_raw_tables(pid, vpn, self.format().levels.len() - 2)?;
        let new = Pte::frame(pfn, prot, prot.has(Prot::WRITE)).huge();
        self.apply(&Event::PteWritten { table: last.table, index: last.index, old: last.entry, new });
        Ok(())
    }

    /// Makes the tables on the way to a page down to a level; its entry there.
    fn make_raw_tables(&mut self, pid: Pid, vpn: Vpn, level: usize) -> Result<WalkStep, SetupError> {
        loop {
            let last = *self.walk(pid, vpn).last().expect("there is a root");
            if last.level == level {
                return Ok(last);
            }
            let reach = self.format().index_shift(last.level);
            let base = Vpn::new(vpn.get() >> reach << reach);
            let frame = self.frame_for_raw_table(pid, last.level + 1)?;
            let table = self.tables.next_id();
            self.apply(&Event::TableAdded { table, pid, level: last.level as u8 + 1, base, frame });
            let new = Pte::table(table);
            self.apply(&Event::PteWritten { table: last.table, index: last.index, old: last.entry, new });
        }
    }

    /// Writes one entry; the tables on the way to it are made.
    fn enter(&mut self, pid: Pid, entry: &RawEntry) -> Result<(), SetupError> {
        let RawEntry { vpn, pfn, prot } = *entry;
        if vpn.get() >= 1 << self.format().vpn_bits() {
            return Err(SetupError::Raw(format!(
                "there is no page {vpn}: addresses have {} bits",
                self.format().va_bits()
            )));
        }
        self.reserve(pfn)?;
        let leaf = self.make_raw_tables(pid, vpn, self.format().levels.len() - 1)?;
        let new = Pte::frame(pfn, prot, prot.has(Prot::WRITE));
        self.apply(&Event::PteWritten { table: leaf.table, index: leaf.index, old: leaf.entry, new });
        Ok(())
    }

    /// Reads the tables that start in a frame. Entries that lead beyond memory are as good as none.
    fn read_tables(&mut self, pid: Pid, root: Pfn) -> Result<(), SetupError> {
        self.reserve(root)?;
        let (mut left, mut pages_left) = (MOST_ENTRIES, MOST_PAGES);
        let start = InBytes { pfn: root.get().into(), level: 0, base: Vpn::new(0), granted: Rights::ALL };
        let mut waiting = vec![start];
        while let Some(table) = waiting.pop() {
            let entries = u64::from(self.format().entries(table.level));
            let too_much = |most: u64, what: &str| {
                SetupError::Raw(format!("the tables in frame {root} and below have more than {most} {what}"))
            };
            left = left.checked_sub(entries).ok_or_else(|| too_much(MOST_ENTRIES, "entries"))?;
            for index in 0..entries {
                match self.read_entry(&table, index) {
                    (base, Decoded::Table { pfn, rights }) => {
                        let granted = table.granted.and(rights);
                        waiting.push(InBytes { pfn, level: table.level + 1, base, granted });
                    }
                    (vpn, Decoded::Page { pfn, rights, .. }) => {
                        // Only what lies in memory can be used.
                        let there = (self.frames.len() as u64).saturating_sub(pfn);
                        let pages = there.min(1 << self.format().index_shift(table.level));
                        pages_left = pages_left.checked_sub(pages).ok_or_else(|| too_much(MOST_PAGES, "pages"))?;
                        self.enter_decoded(pid, vpn, pfn, pages, table.granted.and(rights))?;
                    }
                    (_, Decoded::Invalid) => {}
                }
            }
        }
        Ok(())
    }

    fn read_entry(&self, table: &InBytes, index: u64) -> (Vpn, Decoded) {
        let format = self.format();
        let at = (table.pfn << format.offset_bits) + index * u64::from(format.entry_bytes);
        let number = self.raw_entry(PhysAddr::new(at)).unwrap_or(0);
        let first = table.base.plus(index << format.index_shift(table.level));
        (first, format.decode(number, table.level))
    }

    /// `pages` pages that lie side by side; as many as a huge page has become one.
    fn enter_decoded(&mut self, pid: Pid, vpn: Vpn, pfn: u64, pages: u64, rights: Rights) -> Result<(), SetupError> {
        let right = |kind, prot| if rights.permits(kind) { prot } else { Prot::NONE };
        let prot = right(AccessKind::Load, Prot::READ)
            .with(right(AccessKind::Store, Prot::WRITE))
            .with(right(AccessKind::Fetch, Prot::EXEC));
        let huge = self.format().huge_pages().unwrap_or(u64::MAX);
        let mut offset = 0;
        while offset < pages {
            let entry = RawEntry { vpn: vpn.plus(offset), pfn: Pfn::new((pfn + offset) as u32), prot };
            if pages - offset >= huge {
                self.enter_huge(pid, &entry, huge)?;
                offset += huge;
            } else {
                self.enter(pid, &entry)?;
                offset += 1;
            }
        }
        Ok(())
    }

    /// Whether an address is mapped by a raw entry: by an entry with no region.
    pub(crate) fn has_raw_entry(&self, pid: Pid, va: VirtAddr) -> bool {
        !self.setup.raw.is_empty() && !self.pte(pid, self.format().vpn(va)).is_empty()
    }
}
