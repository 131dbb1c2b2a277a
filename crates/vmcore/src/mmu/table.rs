//! Page tables: an arena of radix-tree nodes, shared between checkpoints until one is written.

use crate::format::TableFormat;
use crate::pte::Pte;
use crate::units::{Pid, TableId, Vpn};
use std::rc::Rc;

/// One table of one level.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Table {
    pub(crate) pid: Pid,
    pub(crate) level: u8,
    pub(crate) base: Vpn,
    pub(crate) live: u32,
    pub(crate) entries: Box<[Pte]>,
}

impl Table {
    /// Whose table it is.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Its level; 0 is the root.
    pub fn level(&self) -> usize {
        self.level.into()
    }

    /// The first page that it speaks of.
    pub fn base(&self) -> Vpn {
        self.base
    }

    /// Its entries.
    pub fn entries(&self) -> &[Pte] {
        &self.entries
    }

    /// Entries that are not empty.
    pub fn live(&self) -> u32 {
        self.live
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

/// The arena.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Tables {
    tables: Vec<Option<Rc<Table>>>,
    /// Numbers given back, so that the next table gets the lowest.
    vacant: std::collections::BTreeSet<TableId>,
}

impl Tables {
    /// The number that the next table gets.
    pub(crate) fn next_id(&self) -> TableId {
        self.vacant.first().copied().unwrap_or(TableId::new(self.tables.len() as u32))
    }

    pub(crate) fn add(&mut self, id: TableId, table: Table) {
        let place = Some(Rc::new(table));
        if id.index() == self.tables.len() {
            self.tables.push(place);
        } else {
            self.vacant.remove(&id);
            self.tables[id.index()] = place;
        }
    }

    pub(crate) fn remove(&mut self, id: TableId) {
        self.tables[id.index()] = None;
        self.vacant.insert(id);
    }

    #[inline]
    pub(crate) fn get(&self, id: TableId) -> &Table {
        self.tables[id.index()].as_deref().expect("entries point at tables that exist")
    }

    #[inline]
    pub(crate) fn write(&mut self, id: TableId, index: u32, new: Pte) -> &Table {
        let table = Rc::make_mut(self.tables[id.index()].as_mut().expect("entries point at tables that exist"));
        let place = &mut table.entries[index as usize];
        table.live = table.live + u32::from(!new.is_empty()) - u32::from(!place.is_empty());
        *place = new;
        table
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TableId, &Table)> {
        let numbered = self.tables.iter().enumerate();
        numbered.filter_map(|(id, table)| Some((TableId::new(id as u32), table.as_deref()?)))
    }

    /// The way from the root to the entry of a page, as far as there are tables.
    pub(crate) fn path(&self, format: &TableFormat, root: TableId, vpn: Vpn) -> Vec<WalkStep> {
        let mut path = Vec::with_capacity(format.levels.len());
        let mut next = Some(root);
        while let Some(table) = next {
            let level = path.len();
            let index = format.index(vpn, level);
            let entry = self.get(table).entries[index as usize];
            path.push(WalkStep { table, level, index, entry });
            next = entry.next_table();
        }
        path
    }

    /// The last-level entry of a page, if its table exists.
    #[inline]
    pub(crate) fn leaf(&self, format: &TableFormat, root: TableId, vpn: Vpn) -> Option<WalkStep> {
        let last = format.levels.len() - 1;
        let mut table = root;
        for level in 0..last {
            let index = format.index(vpn, level);
            table = self.get(table).entries[index as usize].next_table()?;
        }
        let index = format.index(vpn, last);
        Some(WalkStep { table, level: last, index, entry: self.get(table).entries[index as usize] })
    }

    /// Every last-level entry that is not empty, of the pages `start .. end`, ascending. Absent tables are skipped
    /// whole, so that a huge sparse range costs only what is in it.
    pub(crate) fn leaves(&self, format: &TableFormat, root: TableId, start: Vpn, end: Vpn) -> Vec<(Vpn, WalkStep)> {
        let mut found = Vec::new();
        self.collect(format, root, start, end, &mut found);
        found
    }

    fn collect(&self, format: &TableFormat, id: TableId, start: Vpn, end: Vpn, found: &mut Vec<(Vpn, WalkStep)>) {
        let table = self.get(id);
        let shift = format.index_shift(table.level());
        let reach = |index: u64| table.base.plus(index << shift);
        let first = start.get().saturating_sub(table.base.get()) >> shift;
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
        self.tables.len() * size_of::<Option<Rc<Table>>>()
    }
}
