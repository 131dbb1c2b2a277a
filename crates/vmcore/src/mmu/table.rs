//! Page tables: an arena of radix-tree nodes.

use super::cells::Cells;
use crate::format::TableFormat;
use crate::mmu::Geometry;
use crate::pte::Pte;
use crate::sorted::SortedMap;
use crate::units::{Pfn, Pid, TableId, Vpn};
use std::hash::{Hash, Hasher};

/// One table of one level, for reading.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    about: &'a About,
    place: Place,
    cells: &'a Cells,
}

/// What is known of a table beside its entries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct About {
    pub(crate) pid: Pid,
    pub(crate) level: u8,
    pub(crate) base: Vpn,
    /// The first of the frames that it takes, with `tables_in_frames`.
    pub(crate) frame: Option<Pfn>,
}

/// Where the entries of a table lie.
#[derive(Clone, Copy, Default, Debug)]
struct Place {
    start: u32,
    /// How many there are; none where no table is.
    count: u32,
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

    /// How many entries it has.
    pub fn len(&self) -> u32 {
        self.place.count
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of its entries.
    pub fn entry(&self, index: u32) -> Pte {
        assert!(index < self.place.count, "entry {index} of {}", self.place.count);
        self.cells.get(self.place.start + index)
    }

    /// Its entries in order.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Pte> + 'a {
        (0..self.len()).map(move |index| self.entry(index))
    }

    /// Entries that are not empty: they are counted.
    pub fn live(&self) -> u32 {
        self.entries().filter(|entry| !entry.is_empty()).count() as u32
    }

    /// Whether all entries are empty.
    pub fn is_blank(&self) -> bool {
        self.entries().all(Pte::is_empty)
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

/// The same for the express way: the entry's place in the array of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot(u32);

impl Spot {
    #[inline(always)]
    pub(crate) const fn new(cell: u32) -> Self {
        Self(cell)
    }

    #[inline(always)]
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

impl From<WalkStep> for Leaf {
    fn from(step: WalkStep) -> Self {
        Self { table: step.table, index: step.index }
    }
}

/// The arena. Entries stand apart from what is known of a table, all in one array.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    cells: Cells,
    /// By number.
    places: Vec<Place>,
    about: Vec<Option<About>>,
    /// Numbers given back, so that the next table gets the lowest.
    vacant: SortedMap<TableId, ()>,
    /// Stretches of cells given back.
    unused: Vec<Place>,
}

impl Tables {
    /// The number that the next table gets.
    pub(crate) fn next_id(&self) -> TableId {
        self.vacant.iter().next().map_or(TableId::new(self.places.len() as u32), |&(id, ())| id)
    }

    /// An empty table of so many entries.
    pub(crate) fn add(&mut self, id: TableId, about: About, count: u32) {
        if id.index() == self.places.len() {
            self.places.push(Place::default());
            self.about.push(None);
        }
        self.vacant.remove(&id);
        let place = match self.unused.iter().position(|place| place.count == count) {
            Some(at) => self.unused.swap_remove(at),
            None => Place { start: u32::try_from(self.cells.len()).expect("fewer than 2^32 entries"), count },
        };
        self.cells.clear(place.start, count);
        self.places[id.index()] = place;
        self.about[id.index()] = Some(about);
    }

    pub(crate) fn remove(&mut self, id: TableId) {
        self.unused.push(std::mem::take(&mut self.places[id.index()]));
        self.about[id.index()] = None;
        self.vacant.insert(id, ());
    }

    #[inline]
    fn about(&self, id: TableId) -> &About {
        self.about[id.index()].as_ref().expect("entries point at tables that exist")
    }

    pub(crate) fn get(&self, id: TableId) -> Table<'_> {
        Table { about: self.about(id), place: self.places[id.index()], cells: &self.cells }
    }

    #[inline]
    fn cell(&self, id: TableId, index: u32) -> u32 {
        let place = &self.places.as_slice()[id.index()];
        debug_assert!(index < place.count);
        place.start + index
    }

    #[inline]
    pub(crate) fn entry(&self, id: TableId, index: u32) -> Pte {
        self.cells.get(self.cell(id, index))
    }

    /// Where the first entry of a table stands.
    pub(crate) fn spot(&self, table: TableId) -> Spot {
        Spot(self.places[table.index()].start)
    }

    /// The entry there, or one by which no access passes.
    #[inline(always)]
    pub(crate) fn entry_at(&self, spot: Spot) -> Pte {
        self.cells.peek(spot.0)
    }

    /// Writes an entry; says whose table it is, and which page a last-level entry speaks of.
    #[inline]
    pub(crate) fn write(&mut self, id: TableId, index: u32, new: Pte) -> (Pid, Vpn) {
        self.cells.set(self.cell(id, index), new);
        let about = self.about(id);
        (about.pid, about.base.plus(index.into()))
    }

    /// The same by the place alone, of an entry that is empty or holds a frame, as the one before, without more said.
    #[inline(always)]
    pub(crate) fn put(&mut self, spot: Spot, new: Pte) {
        self.cells.put(spot.0, new);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (TableId, Table<'_>)> {
        let numbered = self.about.iter().zip(&self.places).zip(0..);
        numbered.filter_map(|((about, &place), id)| {
            Some((TableId::new(id), Table { about: about.as_ref()?, place, cells: &self.cells }))
        })
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
        for index in u32::try_from(first).unwrap_or(u32::MAX)..table.len() {
            let (vpn, entry) = (reach(index.into()), table.entry(index));
            if vpn >= end {
                break;
            }
            if let Some(next) = entry.next_table() {
                self.collect(format, next, start, end, found);
            } else if !entry.is_empty() {
                let step = WalkStep { table: id, level: table.level(), index, entry };
                found.push((vpn, step));
            }
        }
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.cells.heap_bytes() + self.places.len() * (size_of::<Place>() + size_of::<Option<About>>())
    }
}

/// Equal are tables of the same numbers that say the same; where their entries lie does not matter.
impl PartialEq for Tables {
    fn eq(&self, other: &Self) -> bool {
        self.about == other.about && self.iter().map(|(_, table)| table).eq(other.iter().map(|(_, table)| table))
    }
}

impl Hash for Tables {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.about.hash(hasher);
        self.iter().flat_map(|(_, table)| table.entries()).for_each(|entry| entry.hash(hasher));
    }
}

impl PartialEq for Table<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.entries().eq(other.entries())
    }
}
