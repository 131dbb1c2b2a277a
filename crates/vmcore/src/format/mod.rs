//! Page-table formats as values: one walk, one encoder and one drawing serve them all.
//!
//! Owns: how an address splits into indices and offset, which addresses are legal, and what an entry looks like to
//! hardware. Does not own: the tables themselves ([`mmu::table`](crate::mmu)).
//!
//! ```text
//! x86-64   | 47..39 | 38..30 | 29..21 | 20..12 | 11..0  |     ia32   | 31..22 | 21..12 | 11..0  |
//!          |  PML4  |  PDPT  |   PD   |   PT   | offset |            |   PD   |   PT   | offset |
//! sv39              | 38..30 | 29..21 | 20..12 | 11..0  |     4+4    | 11..8  |  7..4  |  3..0  |
//! ```

mod entry;
mod known;

pub use entry::{Decoded, Flag, FlagSpec, Rights};

use crate::units::{Pfn, PhysAddr, VirtAddr, Vpn};
use serde::{Deserialize, Serialize};

/// One level of a format, from the root down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LevelSpec {
    /// What the manual calls a table of this level: `PML4`, `page directory`.
    pub name: String,
    /// How many address bits choose the entry, 1 to 24.
    pub index_bits: u8,
    /// How far a page number is shifted right to bring the index to the bottom: the widths of the levels below.
    pub shift: u8,
    /// Whether an entry of this level may map a page, be it a large one above the last level.
    pub maps: bool,
}

/// Which addresses a format accepts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum VaRule {
    /// Bits above the width must be zero.
    ZeroExtended,
    /// Bits above the width repeat its top bit ("canonical", Intel SDM vol. 1, 3.3.7.1); processes own the lower half.
    SignExtended,
}

/// A page-table format.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TableFormat {
    /// The name that the language knows it by.
    pub name: String,
    /// The levels, root first.
    pub levels: Vec<LevelSpec>,
    /// The bits of an address below the page number.
    pub offset_bits: u8,
    /// Bytes that an entry takes: 1, 2, 4 or 8.
    pub entry_bytes: u8,
    /// The rule for the bits above the width.
    pub va_rule: VaRule,
    /// Where the frame number stands in an entry.
    pub pfn_shift: u8,
    /// How many bits it has there.
    pub pfn_bits: u8,
    /// The bit that makes an entry above the last level map a large page (x86's `PS`); RISC-V needs none.
    pub large_bit: Option<u8>,
    /// The named bits.
    pub flags: Vec<FlagSpec>,
}

/// Widest index that a table may have; 2^24 entries are the largest table the model allocates.
pub const MAX_INDEX_BITS: u8 = 24;

impl TableFormat {
    /// Whether the entry layout is the teaching one, whose size may be chosen.
    pub fn has_simple_entries(&self) -> bool {
        self.pfn_shift == 0
    }

    /// Gives entries of the teaching layout `bytes` bytes, or the fewest of 1, 2, 4, 8 that can name `frames` frames.
    /// Entries of the real formats stay as they are.
    pub fn fit_entry(&mut self, bytes: Option<u8>, frames: u32) {
        if !self.has_simple_entries() {
            return;
        }
        let needed = 33 - frames.saturating_sub(1).leading_zeros() as u8;
        let fewest = [1u8, 2, 4, 8].into_iter().find(|bytes| bytes * 8 >= needed).unwrap_or(8);
        self.entry_bytes = bytes.unwrap_or(fewest);
        self.pfn_bits = self.entry_bytes * 8 - 1;
        self.flags[0].bit = self.pfn_bits;
    }

    /// Bits of a page number.
    #[inline]
    pub fn vpn_bits(&self) -> u8 {
        self.levels[0].shift + self.levels[0].index_bits
    }

    /// Bits of a virtual address.
    #[inline]
    pub fn va_bits(&self) -> u8 {
        self.vpn_bits() + self.offset_bits
    }

    /// Bytes of a page.
    #[inline]
    pub fn page_bytes(&self) -> u64 {
        1 << self.offset_bits
    }

    /// The number of pages that a process may map: the whole space, or the lower half where addresses are
    /// sign-extended.
    pub fn user_pages(&self) -> u64 {
        match self.va_rule {
            VaRule::ZeroExtended => 1 << self.vpn_bits(),
            VaRule::SignExtended => 1 << (self.vpn_bits() - 1),
        }
    }

    /// Whether hardware takes the address at all.
    #[inline]
    pub fn is_canonical(&self, va: VirtAddr) -> bool {
        let bits = self.va_bits();
        if bits >= 64 {
            return true;
        }
        match self.va_rule {
            VaRule::ZeroExtended => va.get() >> bits == 0,
            VaRule::SignExtended => {
                let high = (va.get() as i64) >> (bits - 1);
                high == 0 || high == -1
            }
        }
    }

    /// The page that an address lies in; the bits above the width are dropped.
    #[inline]
    pub fn vpn(&self, va: VirtAddr) -> Vpn {
        Vpn::new(va.get() >> self.offset_bits & ((1 << self.vpn_bits()) - 1))
    }

    /// Where in its page an address lies, in bytes.
    #[inline]
    pub fn offset(&self, va: VirtAddr) -> u64 {
        va.get() & (self.page_bytes() - 1)
    }

    /// The first address of a page.
    #[inline]
    pub fn address(&self, vpn: Vpn) -> VirtAddr {
        VirtAddr::new(vpn.get() << self.offset_bits)
    }

    /// The physical address of a byte of a frame.
    pub fn physical(&self, pfn: Pfn, offset: u64) -> PhysAddr {
        PhysAddr::new((u64::from(pfn.get()) << self.offset_bits) | offset)
    }

    /// How many pages `bytes` bytes touch when they start at a page boundary.
    pub fn pages_of(&self, bytes: u64) -> u64 {
        bytes.div_ceil(self.page_bytes())
    }

    /// How far the page number is shifted right to bring the index of `level` (0 is the root) to the bottom.
    #[inline]
    pub fn index_shift(&self, level: usize) -> u32 {
        u32::from(self.levels[level].shift)
    }

    /// The entry of the table at `level` (0 is the root) that a page number selects.
    #[inline]
    pub fn index(&self, vpn: Vpn, level: usize) -> u32 {
        let LevelSpec { index_bits, shift, .. } = self.levels[level];
        (vpn.get() >> shift & ((1 << index_bits) - 1)) as u32
    }

    /// Entries of a table at `level`.
    pub fn entries(&self, level: usize) -> u32 {
        1 << self.levels[level].index_bits
    }

    /// The level above the last, if its entries may map huge pages.
    #[inline]
    pub fn huge_level(&self) -> Option<usize> {
        let level = self.levels.len().checked_sub(2)?;
        self.levels[level].maps.then_some(level)
    }

    /// Pages of a huge page: as many as a table of the last level has entries; 512 of 4 KiB on x86-64.
    #[inline]
    pub fn huge_pages(&self) -> Option<u64> {
        self.huge_level().map(|level| 1 << self.index_shift(level))
    }

    /// Pages that a table at `level` takes in memory, at least one.
    pub fn table_pages(&self, level: usize) -> u64 {
        self.pages_of(u64::from(self.entries(level)) * u64::from(self.entry_bytes)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pte::Pte;
    use crate::units::Prot;

    #[test]
    fn linear_of_the_textbook_splits_hex_digits() {
        let format = TableFormat::linear(8, 4);
        let va = VirtAddr::new(0x2a);
        assert_eq!((format.vpn(va).get(), format.offset(va)), (2, 0xa));
        assert_eq!(format.user_pages(), 16);
        assert!(!format.is_canonical(VirtAddr::new(0x100)));
    }

    #[test]
    fn simple_entries_hold_the_valid_bit_on_top() {
        let mut format = TableFormat::linear(8, 4);
        format.fit_entry(None, 8);
        let pte = Pte::frame(Pfn::new(3), Prot::READ, false);
        assert_eq!((format.entry_bytes, format.encode(pte)), (1, 0x83));
        format.fit_entry(None, 1024);
        assert_eq!((format.entry_bytes, format.encode(pte)), (2, 0x8003));
    }

    /// Intel SDM vol. 3A, table 4-20: a writable, accessed, dirty, non-executable page of frame 0x23.
    #[test]
    fn x86_64_entry_has_the_manuals_bits() {
        let format = TableFormat::named("x86-64", 12).expect("known");
        let prot = Prot::READ.with(Prot::WRITE);
        let pte = Pte::frame(Pfn::new(0x23), prot, true).touched(true);
        assert_eq!(format.encode(pte), 0x8000_0000_0002_3067);
    }

    /// RISC-V Privileged ISA: V, R, W, U, A, D set and PPN from bit 10 up.
    #[test]
    fn sv39_entry_has_the_manuals_bits() {
        let format = TableFormat::named("sv39", 12).expect("known");
        let prot = Prot::READ.with(Prot::WRITE);
        let pte = Pte::frame(Pfn::new(0x23), prot, true).touched(true);
        assert_eq!(format.encode(pte), 0x23 << 10 | 0b1101_0111);
        assert_eq!(format.encode(Pte::table(crate::units::TableId::new(2))), 2 << 10 | 1);
    }

    #[test]
    fn canonical_addresses_repeat_the_top_bit() {
        let format = TableFormat::named("x86-64", 12).expect("known");
        assert!(format.is_canonical(VirtAddr::new(0x7fff_ffff_ffff)));
        assert!(!format.is_canonical(VirtAddr::new(0x8000_0000_0000)));
        assert!(format.is_canonical(VirtAddr::new(0xffff_8000_0000_0000)));
    }

    #[test]
    fn a_walk_of_four_levels_uses_nine_bits_each() {
        let format = TableFormat::named("x86-64", 12).expect("known");
        let vpn = format.vpn(VirtAddr::new(0x7f3a_4c01_2008));
        let indices: Vec<u32> = (0..4).map(|level| format.index(vpn, level)).collect();
        assert_eq!(indices, [0xfe, 0xe9, 0x60, 0x12]);
    }

    #[test]
    fn custom_widths_are_bounded() {
        assert_eq!(TableFormat::named("4+4", 4).expect("good").va_bits(), 12);
        for bad in ["", "4", "0+4", "4+99", "a+b", "x86-65", "1+1+1+1+1+1+1"] {
            assert!(TableFormat::named(bad, 4).is_none(), "{bad}");
        }
    }
}
