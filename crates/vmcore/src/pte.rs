//! One page-table entry, in the model's own form; [`format`](crate::format) says how hardware would write it.
//!
//! Owns: the packing of an entry into 64 bits. Does not own: real bit positions, or what an entry's change means.

use crate::units::{AccessKind, Pfn, Prot, SlotId, TableId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A page-table entry.
///
/// ```text
///  63            12  11   10    9    8    7    6    5    4    3    2    1    0
/// +----------------+----+----+----+----+----+----+----+----+----+----+----+----+
/// | frame / table  |huge|own |none|swap|dev |zero|leaf| nx | D  | A  | W  | P  |
/// | / swap slot    |    |    |    |    |    |    |    |    |    |    |    |    |
/// +----------------+----+----+----+----+----+----+----+----+----+----+----+----+
/// ```
///
/// `own` is for the kernel alone: the frame is a private page of this entry and of no other, and no fork has shared it
/// since its owner last wrote it (Linux keeps it beside the frame, `PageAnonExclusive`).
/// `none` is Linux's `_PAGE_PROTNONE`: the frame is held, yet hardware sees no valid entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Pte(u64);

const PRESENT: u64 = 1;
const WRITABLE: u64 = 1 << 1;
const ACCESSED: u64 = 1 << 2;
const DIRTY: u64 = 1 << 3;
const NO_EXEC: u64 = 1 << 4;
const LEAF: u64 = 1 << 5;
const ZERO: u64 = 1 << 6;
const DEVICE: u64 = 1 << 7;
const SWAPPED: u64 = 1 << 8;
const PROT_NONE: u64 = 1 << 9;
const OWN: u64 = 1 << 10;
const HUGE: u64 = 1 << 11;
const PAYLOAD: u32 = 12;

impl Pte {
    /// An empty entry.
    pub const EMPTY: Self = Self(0);

    /// No entry that there is: it stands where one has no [`short`](Self::short) form.
    pub(crate) const ASIDE: Self = Self(SWAPPED | DEVICE);

    /// The entry if it takes half the room, because its number is small enough.
    #[inline]
    pub(crate) const fn short(self) -> Option<Self> {
        if self.0 >> 32 == 0 { Some(self) } else { None }
    }

    /// The half of it that such an entry takes.
    #[inline(always)]
    pub(crate) const fn low(self) -> u32 {
        debug_assert!(self.0 >> 32 == 0);
        self.0 as u32
    }

    /// The entry of which that is the half.
    #[inline(always)]
    pub(crate) const fn of_short(half: u32) -> Self {
        Self(half as u64)
    }

    /// An entry that points at the next table down.
    pub const fn table(table: TableId) -> Self {
        Self(PRESENT | WRITABLE | (table.get() as u64) << PAYLOAD)
    }

    /// An entry that maps a frame with the rights that hardware shall grant; not yet accessed, clean.
    pub const fn frame(pfn: Pfn, prot: Prot, writable: bool) -> Self {
        Self(LEAF | (pfn.get() as u64) << PAYLOAD).granting(prot, writable)
    }

    /// A read-only entry that maps the zero frame.
    pub const fn zero(prot: Prot) -> Self {
        Self(LEAF | ZERO).granting(prot, false)
    }

    /// An entry that maps a page of a device's memory, by its frame number in the physical address space.
    pub const fn device(frame: u64, prot: Prot, writable: bool) -> Self {
        Self(LEAF | DEVICE | frame << PAYLOAD).granting(prot, writable)
    }

    /// The same entry one level up, for a huge page: as many pages as a table has entries, from its frame on.
    pub const fn huge(self) -> Self {
        Self(self.0 | HUGE)
    }

    /// The entry that the page at `offset` of a huge page would have if it were mapped by itself.
    pub const fn small(self, offset: u64) -> Self {
        let held = self.0 & (ZERO | HUGE) == HUGE;
        Self((self.0 & !HUGE) + if held { offset << PAYLOAD } else { 0 })
    }

    /// An entry of a page that lies in the swap area.
    pub const fn swapped(slot: SlotId) -> Self {
        Self(SWAPPED | LEAF | (slot.get() as u64) << PAYLOAD)
    }

    /// The same entry with the rights of `prot`; `writable` is false where the first store must still fault.
    pub const fn granting(self, prot: Prot, writable: bool) -> Self {
        let kept = self.0 & !(PRESENT | PROT_NONE | WRITABLE | NO_EXEC);
        let seen = if prot.is_none() { PROT_NONE } else { PRESENT };
        let write = if writable { WRITABLE } else { 0 };
        let exec = if prot.has(Prot::EXEC) { 0 } else { NO_EXEC };
        Self(kept | seen | write | exec)
    }

    /// The same entry with the accessed bit set, and the dirty bit too after a store.
    #[inline]
    pub const fn touched(self, store: bool) -> Self {
        Self(self.0 | ACCESSED | if store { DIRTY } else { 0 })
    }

    /// The same entry, marked clean and write-protected, so that the next store is noticed.
    pub const fn cleaned(self) -> Self {
        Self(self.0 & !(WRITABLE | DIRTY))
    }

    /// The same entry with the dirty bit set: the kernel knows that a store follows.
    pub const fn dirtied(self) -> Self {
        Self(self.0 | DIRTY)
    }

    /// The same entry, marked clean; the next store passes and marks it dirty again.
    pub const fn undirtied(self) -> Self {
        Self(self.0 & !DIRTY)
    }

    /// The same entry, its frame known to be its own.
    pub const fn owned(self) -> Self {
        Self(self.0 | OWN)
    }

    /// The same entry as fork leaves it: write-protected, its frame shared.
    pub const fn shared(self) -> Self {
        Self(self.0 & !(WRITABLE | OWN))
    }

    /// The same entry with the accessed bit cleared.
    pub const fn aged(self) -> Self {
        Self(self.0 & !ACCESSED)
    }

    /// Nothing at all stands in the entry.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Hardware finds the entry valid.
    #[inline]
    pub const fn is_present(self) -> bool {
        self.0 & PRESENT != 0
    }

    /// Hardware lets a store pass.
    #[inline]
    pub const fn is_writable(self) -> bool {
        self.0 & WRITABLE != 0
    }

    /// Used since the bit was last cleared.
    #[inline]
    pub const fn is_accessed(self) -> bool {
        self.0 & ACCESSED != 0
    }

    /// Written through this entry since the bit was last cleared.
    #[inline]
    pub const fn is_dirty(self) -> bool {
        self.0 & DIRTY != 0
    }

    /// The frame is known to be this entry's own.
    pub const fn is_owned(self) -> bool {
        self.0 & OWN != 0
    }

    /// Instructions may be fetched.
    #[inline]
    pub const fn is_executable(self) -> bool {
        self.0 & NO_EXEC == 0
    }

    /// The entry ends a walk, rather than naming a further table.
    #[inline]
    pub const fn is_leaf(self) -> bool {
        self.0 & LEAF != 0
    }

    /// The entry maps the zero frame.
    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 & ZERO != 0
    }

    /// The entry maps a huge page, and stands a level above the last.
    #[inline]
    pub const fn is_huge(self) -> bool {
        self.0 & HUGE != 0
    }

    /// The frame that the entry holds, the first of a huge page, be it visible to hardware or not; neither the zero frame nor a device.
    #[inline]
    pub const fn pfn(self) -> Option<Pfn> {
        let held = self.0 & LEAF != 0 && self.0 & (PRESENT | PROT_NONE) != 0 && self.0 & (ZERO | DEVICE) == 0;
        if held { Some(Pfn::new((self.0 >> PAYLOAD) as u32)) } else { None }
    }

    /// The frame number of the device memory that the entry maps: it lies above all frames of memory.
    #[inline]
    pub const fn device_frame(self) -> Option<u64> {
        if self.0 & DEVICE != 0 { Some(self.0 >> PAYLOAD) } else { None }
    }

    /// The swap slot that the page lies in.
    pub const fn slot(self) -> Option<SlotId> {
        if self.0 & SWAPPED != 0 { Some(SlotId::new((self.0 >> PAYLOAD) as u32)) } else { None }
    }

    /// The table that the entry points at.
    #[inline]
    pub const fn next_table(self) -> Option<TableId> {
        if self.0 & (PRESENT | LEAF) == PRESENT { Some(TableId::new((self.0 >> PAYLOAD) as u32)) } else { None }
    }

    /// Whether an access passes by this entry of a small page that holds a frame, and changes no more than a byte and the accessed bit.
    #[inline(always)]
    pub(crate) const fn lets_pass(self, kind: AccessKind) -> bool {
        const ANY: u64 = PRESENT | HUGE | DEVICE | ZERO;
        const STORE: u64 = WRITABLE | DIRTY;
        let (seen, wanted) = match kind {
            AccessKind::Load => (ANY, PRESENT),
            AccessKind::Fetch => (ANY | NO_EXEC, PRESENT),
            AccessKind::Store => (ANY | STORE, PRESENT | STORE),
        };
        self.0 & seen == wanted
    }

    /// The same entry, which holds frame 0, with another frame.
    #[inline(always)]
    pub(crate) const fn with_frame(self, pfn: Pfn) -> Self {
        Self(self.0 | (pfn.get() as u64) << PAYLOAD)
    }

    /// The number of the frame that an entry holds of which that is known.
    #[inline(always)]
    pub(crate) const fn held_frame(self) -> Pfn {
        Pfn::new((self.0 >> PAYLOAD) as u32)
    }

    /// Whether an access may pass by the bits of this entry alone.
    #[inline]
    pub const fn permits(self, store: bool, fetch: bool) -> bool {
        self.is_present() && (!store || self.is_writable()) && (!fetch || self.is_executable())
    }
}

impl fmt::Debug for Pte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("Pte(empty)");
        }
        if let Some(slot) = self.slot() {
            return write!(f, "Pte(swap {slot})");
        }
        if let Some(table) = self.next_table() {
            return write!(f, "Pte(table {table})");
        }
        let bit = |on: bool, c: char| if on { c } else { '-' };
        write!(
            f,
            "Pte({} {}{}{}{}{})",
            match (self.pfn(), self.device_frame()) {
                (Some(pfn), _) => pfn.to_string(),
                (None, Some(frame)) => format!("device {frame}"),
                (None, None) => "zero".to_owned(),
            },
            bit(self.is_present(), 'p'),
            bit(self.is_writable(), 'w'),
            bit(self.is_executable(), 'x'),
            bit(self.is_accessed(), 'a'),
            bit(self.is_dirty(), 'd'),
        )
    }
}
