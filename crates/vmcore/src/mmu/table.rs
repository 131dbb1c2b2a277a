//! Page tables: an arena of radix-tree nodes, shared between checkpoints until one is written.

use crate::format::TableFormat;
use crate::mmu::Geometry;
use crate::pte::Pte;
use crate::sorted::SortedMap;
use crate::units::{Pfn, Pid, TableId, Vpn};
use std::rc::Rc;

/// One table of one level, for reading.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    about: &'a About,
    entries: &'a [Pte],
}

/// What is known of a table beside its entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct About {
    pub(crate) pid: Pid,
    pub(crate) level: u8,
    pub(crate) base: Vpn,
    /// The first of the frames that it takes, with `tables_in_frames`.
    pub(crate) frame: Option<Pfn>,
    pub(crate) live: u32,
}

impl<'a> Table<'a> {
    /// Whose table it is.
    pub fn pid(&self) -> Pid {
        self.about.pid
    }

    /// Its level; 0 is the root.
    pub fn level(&self) -> usize {
        self.about.level.into()
    }

    /// The first page that it speaks of.
    pub fn base(&self) -> Vpn {
        self.about.base
    }

    /// The first of the frames that it takes, which lie side by side; `None` if it takes none.
    pub fn frame(&self) -> Option<Pfn> {
        self.about.frame
    }

    /// Its entries.
    pub fn entries(&self) -> &'a [Pte] {
        self.entries
    }

    /// Entries that are not empty.
    pub fn live(&self) -> u32 {
        self.about.live
    }
}

/// One entry read on the way from the root to a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WalkStep {
    /// The table.
    pub table: TableId,
    /// Its level; 0 is the root.
    pub level: usize,
    /// The entry's index in it.
    pub index: u32,
    /// What stands there.
    pub entry: Pte,
}

/// Where a last-level entry stands: how a page is found again without another walk. Holds as long as the page has a
/// region, for tables go only with what they speak of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Leaf {
    pub(crate) table: TableId,
    pub(crate) index: u32,
}

impl From<WalkStep> for Leaf {
    fn from(step: WalkStep) -> Self {
        Self { table: step.table, index: step.index }
    }
}

/// The arena. Entries stand apart from what is known of a table, so that a walk reads one pointer a level.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Tables {
    /// By number; empty where no table is.
    entries: Vec<Rc<[Pte]>>,
    about: Vec<Option<About>>,
    /// Numbers given back, so that the next table gets the lowest.
    vacant: SortedMap<TableId, ()>,
}

impl Tables {
    /// The number that the next table gets.
    pub(crate) fn next_id(&self) -> TableId {
        self.vacant.iter().next().map_or(TableId::new(self.entries.len() as u32), |&(id, ())| id)
    }

    /// An empty table of so many entries.
    pub(crate) fn add(&mut self, id: TableId, about: About, entries: u32) {
        if id.index() == self.entries.len() {
            self.entries.push(Rc::default());
            self.about.push(None);
        }
        self.vacant.remove(&id);
        self.entries[id.index()] = vec![Pte::EMPTY; entries as usize].into();
        self.about[id.index()] = Some(about);
    }

    pub(crate) fn remove(&mut self, id: TableId) {
        self.entries[id.index()] = Rc::default();
        self.about[id.index()] = None;
        self.vacant.insert(id, ());
    }

    #[inline]
    fn about(&self, id: TableId) -> &About {
        self.about[id.index()].as_ref().expect("entries point at tables that exist")
    }

    pub(crate) fn get(&self, id: TableId) -> Table<'_> {
        Table { about: self.about(id), entries: &self.entries[id.index()] }
    }

    #[inline]
    pub(crate) fn entry(&self, id: TableId, index: u32) -> Pte {
        self.entries[id.index()][index as usize]
    }

    /// Writes an entry; says whose table it is, and which page a last-level entry speaks of.
    #[inline(always)]
    pub(crate) fn write(&mut self, id: TableId, index: u32, new: Pte) -> (Pid, Vpn) {
        let entries = &mut self.entries[id.index()];
        if Rc::get_mut(entries).is_none() {
            Rc::make_mut(entries);
        }
        let place = &mut Rc::get_mut(entries).expect("its own by now")[index as usize];
        let about = self.about[id.index()].as_mut().expect("entries point at tables that exist");
        about.live = about.live + u32::from(!new.is_empty()) - u32::from(!place.is_empty());
        *place = new;
        (about.pid, about.base.plus(index.into()))
    }

    /// The same of an entry that ends a walk and comes to be or goes, without more said.
    #[inline(always)]
    pub(crate) fn put(&mut self, leaf: Leaf, new: Pte) {
        self.write(leaf.table, leaf.index, new);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TableId, Table<'_>)> {
        let numbered = self.about.iter().zip(&self.entries).zip(0..);
        numbered
            .filter_map(|((about, entries), id)| Some((TableId::new(id), Table { about: about.as_ref()?, entries })))
    }

    /// The way from the root to the entry of a page, as far as there are tables.
    pub(crate) fn path(&self, format: &TableFormat, root: TableId, vpn: Vpn) -> Vec<WalkStep> {
        let mut path = Vec::with_capacity(format.levels.len());
        let mut next = Some(root);
        while let Some(table) = next {
            let level = path.len();
            let index = format.index(vpn, level);
            let entry = self.entry(table, index);
            path.push(WalkStep { table, level, index, entry });
            next = entry.next_table();
        }
        path
    }

    /// The entry that ends the walk of a page, if it is of the last level or maps a huge page.
    #[inline]
    pub(crate) fn leaf(&self, geometry: &Geometry, root: TableId, vpn: Vpn) -> Option<WalkStep> {
        let last = geometry.depth() - 1;
        let mut table = root;
        for level in 0..last {
            let index = geometry.index(vpn, level);
            let entry = self.entry(table, index);
            table = match entry.next_table() {
                Some(next) => next,
                None => {
                    let level = level.into();
                    return entry.is_huge().then_some(WalkStep { table, level, index, entry });
                }
            };
        }
        let index = geometry.index(vpn, last);
        Some(WalkStep { table, level: last.into(), index, entry: self.entry(table, index) })
    }

    /// Every entry that maps something, be it a huge page, of the pages `start .. end`, ascending. Absent tables are skipped
    /// whole, so that a huge sparse range costs only what is in it.
    pub(crate) fn leaves(&self, format: &TableFormat, root: TableId, start: Vpn, end: Vpn) -> Vec<(Vpn, WalkStep)> {
        let mut found = Vec::new();
        self.collect(format, root, start, end, &mut found);
        found
    }

    fn collect(&self, format: &TableFormat, id: TableId, start: Vpn, end: Vpn, found: &mut Vec<(Vpn, WalkStep)>) {
        let table = self.get(id);
        let shift = format.index_shift(table.level());
        let reach = |index: u64| table.base().plus(index << shift);
        let first = start.get().saturating_sub(table.base().get()) >> shift;
        for (index, &entry) in table.entries.iter().enumerate().skip(first as usize) {
            let vpn = reach(index as u64);
            if vpn >= end {
                break;
            }
            if let Some(next) = entry.next_table() {
                self.collect(format, next, start, end, found);
            } else if !entry.is_empty() {
                let step = WalkStep { table: id, level: table.level(), index: index as u32, entry };
                found.push((vpn, step));
            }
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        // Entries are shared with the neighbouring checkpoints; the pointers are not.
        self.entries.len() * (size_of::<Rc<[Pte]>>() + size_of::<Option<About>>())
    }
}
