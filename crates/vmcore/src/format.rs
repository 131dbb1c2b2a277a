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

use crate::pte::Pte;
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
}

/// Which addresses a format accepts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum VaRule {
    /// Bits above the width must be zero.
    ZeroExtended,
    /// Bits above the width repeat its top bit ("canonical", Intel SDM vol. 1, 3.3.7.1); processes own the lower half.
    SignExtended,
}

/// What a bit of an entry means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Flag {
    /// The entry is valid.
    Present,
    /// Loads are permitted (RISC-V only: elsewhere whatever is present can be read).
    Read,
    /// Stores are permitted.
    Write,
    /// Instruction fetches are permitted.
    Execute,
    /// Instruction fetches are forbidden.
    NoExecute,
    /// User mode may use it.
    User,
    /// Used since last cleared.
    Accessed,
    /// Written since last cleared.
    Dirty,
}

/// A named bit of an entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlagSpec {
    /// The manual's name: `P`, `R/W`, `XD`.
    pub name: String,
    /// The bit's position.
    pub bit: u8,
    /// Its meaning.
    pub flag: Flag,
    /// Entries that name a further table carry it too.
    pub in_tables: bool,
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
    /// The named bits.
    pub flags: Vec<FlagSpec>,
}

/// Widest index that a table may have; 2^24 entries are the largest table the model allocates.
pub const MAX_INDEX_BITS: u8 = 24;

fn levels(spec: &[(&str, u8)]) -> Vec<LevelSpec> {
    let below = |level: usize| spec[level + 1..].iter().map(|&(_, bits)| bits).sum();
    let made = spec.iter().zip(0..).map(|(&(name, index_bits), level)| LevelSpec {
        name: name.to_owned(),
        index_bits,
        shift: below(level),
    });
    made.collect()
}

fn flag(name: &str, bit: u8, flag: Flag, in_tables: bool) -> FlagSpec {
    FlagSpec { name: name.to_owned(), bit, flag, in_tables }
}

/// Intel SDM vol. 3A, tables 4-5 and 4-6 (32-bit paging).
fn x86_flags() -> Vec<FlagSpec> {
    vec![
        flag("P", 0, Flag::Present, true),
        flag("R/W", 1, Flag::Write, true),
        flag("U/S", 2, Flag::User, true),
        flag("A", 5, Flag::Accessed, true),
        flag("D", 6, Flag::Dirty, false),
    ]
}

/// RISC-V Privileged ISA, "Sv32 page table entry"; a pointer to a table has R, W and X clear.
fn riscv_flags() -> Vec<FlagSpec> {
    vec![
        flag("V", 0, Flag::Present, true),
        flag("R", 1, Flag::Read, false),
        flag("W", 2, Flag::Write, false),
        flag("X", 3, Flag::Execute, false),
        flag("U", 4, Flag::User, false),
        flag("A", 6, Flag::Accessed, false),
        flag("D", 7, Flag::Dirty, false),
    ]
}

impl TableFormat {
    /// The format of that name with pages of `1 << offset_bits` bytes, or `None` if the name is neither a known
    /// format nor index widths joined by `+`. `linear` is made by [`TableFormat::linear`].
    pub fn named(name: &str, offset_bits: u8) -> Option<Self> {
        let real = |levels, entry_bytes, va_rule, pfn_shift, pfn_bits, flags| Self {
            name: name.to_owned(),
            levels,
            offset_bits,
            entry_bytes,
            va_rule,
            pfn_shift,
            pfn_bits,
            flags,
        };
        let x86_64_flags = || {
            let mut flags = x86_flags();
            flags.push(flag("XD", 63, Flag::NoExecute, false));
            flags
        };
        Some(match name {
            "ia32" => real(
                levels(&[("page directory", 10), ("page table", 10)]),
                4,
                VaRule::ZeroExtended,
                12,
                20,
                x86_flags(),
            ),
            "x86-64" => real(
                levels(&[("PML4", 9), ("PDPT", 9), ("page directory", 9), ("page table", 9)]),
                8,
                VaRule::SignExtended,
                12,
                40,
                x86_64_flags(),
            ),
            "sv39" => real(
                levels(&[("level 2", 9), ("level 1", 9), ("level 0", 9)]),
                8,
                VaRule::SignExtended,
                10,
                44,
                riscv_flags(),
            ),
            _ => return Self::custom(name, offset_bits),
        })
    }

    /// A single table for addresses of `va_bits` bits.
    pub fn linear(va_bits: u8, offset_bits: u8) -> Self {
        Self::simple("linear", levels(&[("page table", va_bits.saturating_sub(offset_bits))]), offset_bits)
    }

    /// Index widths from the root, joined by `+`: `4+4`.
    fn custom(name: &str, offset_bits: u8) -> Option<Self> {
        let widths: Vec<u8> = name.split('+').map(|w| w.trim().parse().ok()).collect::<Option<_>>()?;
        if widths.len() < 2 || widths.len() > 6 || widths.iter().any(|&w| w == 0 || w > MAX_INDEX_BITS) {
            return None;
        }
        let last = widths.len() - 1;
        let title = |depth: usize| match (depth, last) {
            (0, _) => "page table".to_owned(),
            (1, 1) => "page directory".to_owned(),
            _ => format!("level {depth}"),
        };
        let titles: Vec<String> = (0..=last).rev().map(title).collect();
        let spec: Vec<(&str, u8)> = titles.iter().map(String::as_str).zip(widths).collect();
        Some(Self::simple(name, levels(&spec), offset_bits))
    }

    /// The teaching layout: the top bit says valid, the low bits are the frame. Its size follows from the number of
    /// frames ([`fit_entry`](Self::fit_entry)).
    fn simple(name: &str, levels: Vec<LevelSpec>, offset_bits: u8) -> Self {
        let flags = vec![flag("valid", 7, Flag::Present, true)];
        Self {
            name: name.to_owned(),
            levels,
            offset_bits,
            entry_bytes: 1,
            va_rule: VaRule::ZeroExtended,
            pfn_shift: 0,
            pfn_bits: 7,
            flags,
        }
    }

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

    /// Pages that a table at `level` takes in memory, at least one.
    pub fn table_pages(&self, level: usize) -> u64 {
        self.pages_of(u64::from(self.entries(level)) * u64::from(self.entry_bytes)).max(1)
    }

    /// The number that hardware would find in the entry. A swapped page is an entry that is not valid and holds the
    /// slot where the frame would stand, as Linux writes it; an empty entry is 0.
    pub fn encode(&self, pte: Pte) -> u64 {
        let payload =
            pte.pfn().map(|pfn| pfn.get()).or(pte.next_table().map(|t| t.get())).or(pte.slot().map(|s| s.get()));
        let mask = if self.pfn_bits >= 64 { u64::MAX } else { (1 << self.pfn_bits) - 1 };
        let number = (u64::from(payload.unwrap_or(0)) & mask) << self.pfn_shift;
        let set = |spec: &&FlagSpec| (pte.is_leaf() || spec.in_tables) && Self::holds(spec.flag, pte);
        self.flags.iter().filter(set).fold(number, |raw, spec| raw | 1 << spec.bit)
    }

    /// Whether the entry has what a flag stands for.
    pub fn holds(flag: Flag, pte: Pte) -> bool {
        let present = pte.is_present();
        match flag {
            Flag::Present | Flag::Read | Flag::User => present,
            Flag::Write => present && pte.is_writable(),
            Flag::Execute => present && pte.is_executable(),
            Flag::NoExecute => present && !pte.is_executable(),
            Flag::Accessed => pte.is_accessed() || (present && !pte.is_leaf()),
            Flag::Dirty => pte.is_dirty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
