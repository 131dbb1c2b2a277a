//! Entries as hardware sees them: which bit means what, and the way between a number and its meaning.

use super::TableFormat;
use crate::pte::Pte;
use crate::units::AccessKind;
use serde::{Deserialize, Serialize};

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

/// What an entry permits. Formats without a bit for a right grant it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Rights {
    pub read: bool,
    pub write: bool,
    pub execute: bool,
    pub user: bool,
}

impl Rights {
    /// All of them.
    pub const ALL: Self = Self { read: true, write: true, execute: true, user: true };

    /// What both permit: on x86 every level may take rights away (Intel SDM vol. 3A, 4.6).
    pub fn and(self, other: Self) -> Self {
        Self {
            read: self.read && other.read,
            write: self.write && other.write,
            execute: self.execute && other.execute,
            user: self.user && other.user,
        }
    }

    /// Whether an access of a program passes.
    pub fn permits(self, kind: AccessKind) -> bool {
        let right = match kind {
            AccessKind::Load => self.read,
            AccessKind::Store => self.write,
            AccessKind::Fetch => self.execute,
        };
        right && self.user
    }
}

/// What hardware makes of an entry's number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Decoded {
    /// No valid entry.
    Invalid,
    /// It names the next table down.
    Table {
        /// The frame that the table lies in.
        pfn: u64,
        /// What this level leaves of the rights; all on RISC-V, where pointers carry none.
        rights: Rights,
    },
    /// It maps a page, above the last level a large one.
    Page {
        /// The frame, the first of a large page.
        pfn: u64,
        /// The rights.
        rights: Rights,
        /// Used since the bit was last cleared.
        accessed: bool,
        /// Written since the bit was last cleared.
        dirty: bool,
    },
}

impl TableFormat {
    /// The flag with a meaning, if entries of this format have one.
    fn flag(&self, flag: Flag) -> Option<&FlagSpec> {
        self.flags.iter().find(|spec| spec.flag == flag)
    }

    fn is_set(&self, raw: u64, flag: Flag) -> Option<bool> {
        self.flag(flag).map(|spec| raw >> spec.bit & 1 != 0)
    }

    /// Reads an entry of a table at `level` as hardware does. Above the last level an entry can map a large page, on
    /// x86 with its bit PS set (Intel SDM vol. 3A, tables 4-4, 4-15, 4-17), on RISC-V with any right granted.
    pub fn decode(&self, raw: u64, level: usize) -> Decoded {
        let last = level + 1 == self.levels.len();
        if self.is_set(raw, Flag::Present) != Some(true) {
            return Decoded::Invalid;
        }
        let mask = if self.pfn_bits >= 64 { u64::MAX } else { (1 << self.pfn_bits) - 1 };
        let pfn = raw >> self.pfn_shift & mask;
        let set = |flag, absent| self.is_set(raw, flag).unwrap_or(absent);
        // Only RISC-V has a bit for reading: there whatever is present and has no right at all is a pointer.
        let rights = Rights {
            read: set(Flag::Read, true),
            write: set(Flag::Write, true),
            execute: set(Flag::Execute, !set(Flag::NoExecute, false)),
            user: set(Flag::User, true),
        };
        let points = match self.flag(Flag::Read) {
            Some(_) => !rights.read && !rights.write && !rights.execute,
            None => !last && self.large_bit.is_none_or(|bit| raw >> bit & 1 == 0),
        };
        if self.flag(Flag::Read).is_some() && rights.write && !rights.read {
            // RISC-V Privileged ISA, table "Encoding of PTE R/W/X fields": reserved for future use.
            return Decoded::Invalid;
        }
        match (points, last) {
            (true, true) => Decoded::Invalid,
            (true, false) => {
                let rights = if self.flag(Flag::Read).is_some() { Rights::ALL } else { rights };
                Decoded::Table { pfn, rights }
            }
            // PS is reserved where no large pages are.
            (false, _) if !self.levels[level].maps => Decoded::Invalid,
            (false, _) => {
                // Of an x86 large page the lowest frame bit is PAT; of any, the others below its size must be zero.
                let pat = if last { 0 } else { u64::from(self.large_bit.is_some()) };
                let pfn = pfn & !pat;
                if pfn & ((1 << self.index_shift(level)) - 1) != 0 {
                    return Decoded::Invalid;
                }
                let (accessed, dirty) = (set(Flag::Accessed, false), set(Flag::Dirty, false));
                Decoded::Page { pfn, rights, accessed, dirty }
            }
        }
    }

    /// The bits of an entry by the manual's names, the highest first: those that are set.
    pub fn flags_set(&self, raw: u64) -> Vec<&FlagSpec> {
        let mut set: Vec<_> = self.flags.iter().filter(|spec| raw >> spec.bit & 1 != 0).collect();
        set.sort_by_key(|spec| std::cmp::Reverse(spec.bit));
        set
    }

    /// The number that hardware would find in the entry. A swapped page is an entry that is not valid and holds the
    /// slot where the frame would stand, as Linux writes it; an empty entry is 0.
    pub fn encode(&self, pte: Pte) -> u64 {
        let payload =
            pte.pfn().map(|pfn| pfn.get()).or(pte.next_table().map(|t| t.get())).or(pte.slot().map(|s| s.get()));
        let payload = payload.map(u64::from).or(pte.device_frame());
        let mask = if self.pfn_bits >= 64 { u64::MAX } else { (1 << self.pfn_bits) - 1 };
        let number = (payload.unwrap_or(0) & mask) << self.pfn_shift;
        let set = |spec: &&FlagSpec| (pte.is_leaf() || spec.in_tables) && Self::holds(spec.flag, pte);
        let large = self.large_bit.filter(|_| pte.is_huge()).map_or(0, |bit| 1 << bit);
        self.flags.iter().filter(set).fold(number | large, |raw, spec| raw | 1 << spec.bit)
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
    use crate::units::{Pfn, Prot, SlotId, TableId};

    fn formats() -> Vec<TableFormat> {
        let named = ["ia32", "sv32", "sv39", "sv48", "x86-64", "x86-64-la57", "4+4"];
        let mut all: Vec<_> = named.iter().map(|name| TableFormat::named(name, 12).expect("known")).collect();
        all.push(TableFormat::linear(16, 12));
        all.iter_mut().for_each(|format| format.fit_entry(None, 1 << 16));
        all
    }

    /// Every entry that the kernel can write is read back as hardware shall understand it.
    #[test]
    fn what_is_encoded_is_decoded() {
        for format in formats() {
            let last = format.levels.len() - 1;
            let real = !format.has_simple_entries();
            for bits in 0..8 {
                let prot = Prot::from_bits(bits).expect("three bits");
                for (pfn, store) in [(0u32, false), (1, true), (0xbeef, false)] {
                    // Not all at once makes sense to a kernel; hardware does not mind. RISC-V has no page that can only
                    // be written, and every page of the model can be read.
                    let writable = prot.has(Prot::WRITE) && store;
                    let pte = Pte::frame(Pfn::new(pfn), prot, writable).touched(store);
                    let decoded = format.decode(format.encode(pte), last);
                    if prot.is_none() {
                        assert_eq!(decoded, Decoded::Invalid, "{} {pte:?}", format.name);
                        continue;
                    }
                    let Decoded::Page { pfn: found, rights, accessed, dirty } = decoded else {
                        panic!("{} {pte:?}: {decoded:?}", format.name)
                    };
                    assert_eq!(found, u64::from(pfn), "{} {pte:?}", format.name);
                    if real {
                        assert_eq!((rights.read, rights.write, rights.user), (true, writable, true), "{}", format.name);
                        assert_eq!((accessed, dirty), (true, store), "{} {pte:?}", format.name);
                    }
                    if format.flags.iter().any(|spec| matches!(spec.flag, Flag::Execute | Flag::NoExecute)) {
                        assert_eq!(rights.execute, prot.has(Prot::EXEC), "{} {pte:?}", format.name);
                    }
                }
            }
            assert_eq!(format.decode(format.encode(Pte::swapped(SlotId::new(5))), last), Decoded::Invalid);
            assert_eq!(format.decode(format.encode(Pte::EMPTY), 0), Decoded::Invalid);
            if last == 0 {
                continue;
            }
            let table = format.decode(format.encode(Pte::table(TableId::new(77))), 0);
            assert_eq!(table, Decoded::Table { pfn: 77, rights: Rights::ALL }, "{}", format.name);
        }
    }

    /// RISC-V Privileged ISA, 4.3: a pointer at the last level, and a page that can be written but not read, are invalid.
    #[test]
    fn riscv_refuses_what_the_manual_reserves() {
        let sv39 = TableFormat::named("sv39", 12).expect("known");
        assert_eq!(sv39.decode(0x23 << 10 | 1, 2), Decoded::Invalid);
        assert_eq!(sv39.decode(0x23 << 10 | 0b101, 2), Decoded::Invalid);
        assert!(matches!(sv39.decode(0x23 << 10 | 0b1_0011, 2), Decoded::Page { pfn: 0x23, .. }));
    }

    /// Intel SDM vol. 3A, 4.6: a right is granted only if every level grants it.
    #[test]
    fn rights_shrink_on_the_way_down() {
        let x86 = TableFormat::named("x86-64", 12).expect("known");
        let Decoded::Table { rights, .. } = x86.decode(0x5001, 0) else { panic!("a table") };
        assert!(!rights.write && !rights.user && rights.read);
        assert!(!rights.and(Rights::ALL).permits(AccessKind::Load), "a supervisor's table");
    }

    /// Intel SDM vol. 3A, 4.5.4: PS maps 2 MiB by an entry of the page directory and 1 GiB by one of the PDPT; elsewhere
    /// above the page table it is reserved, in the page table it is PAT. RISC-V Privileged ISA, 4.3.2: a superpage that
    /// is not aligned is a fault.
    #[test]
    fn large_pages_are_leaves_above_the_last_level() {
        let x86 = TableFormat::named("x86-64", 12).expect("known");
        let page = |raw, level| match x86.decode(raw, level) {
            Decoded::Page { pfn, .. } => Some(pfn),
            _ => None,
        };
        assert_eq!(
            (page(0x40_0087, 2), page(0x4000_0087, 1), page(0x4000_0087, 0)),
            (Some(0x400), Some(0x4_0000), None)
        );
        assert_eq!((page(0x40_1087, 2), page(0x40_2087, 2), page(0x40_1087, 3)), (Some(0x400), None, Some(0x401)));
        assert_eq!((x86.huge_pages(), x86.huge_level()), (Some(512), Some(2)));
        let huge = Pte::frame(Pfn::new(0x400), Prot::READ.with(Prot::WRITE), true).huge();
        assert_eq!(page(x86.encode(huge), 2), Some(0x400));
        assert_eq!((huge.small(5).pfn(), huge.small(5).is_huge()), (Some(Pfn::new(0x405)), false));
        let sv39 = TableFormat::named("sv39", 12).expect("known");
        assert!(matches!(sv39.decode(0x200 << 10 | 0b1_0011, 1), Decoded::Page { pfn: 0x200, .. }));
        assert_eq!(sv39.decode(0x201 << 10 | 0b1_0011, 1), Decoded::Invalid);
        assert!(matches!(sv39.decode(0x4_0000 << 10 | 0b1_0011, 0), Decoded::Page { .. }));
        assert_eq!(TableFormat::named("4+4", 4).expect("known").huge_pages(), None);
        assert_eq!(TableFormat::named("ia32", 12).expect("known").huge_pages(), Some(1024));
    }

    #[test]
    fn an_entry_of_57_bits_is_as_one_of_48() {
        let (four, five) = (TableFormat::named("x86-64", 12), TableFormat::named("x86-64-la57", 12));
        let (four, five) = (four.expect("known"), five.expect("known"));
        let pte = Pte::frame(Pfn::new(0x23), Prot::READ.with(Prot::WRITE), true).touched(true);
        assert_eq!((five.encode(pte), five.va_bits()), (four.encode(pte), 57));
        let names: Vec<&str> = five.flags_set(five.encode(pte)).iter().map(|spec| spec.name.as_str()).collect();
        assert_eq!(names, ["XD", "D", "A", "U/S", "R/W", "P"]);
    }

    /// RISC-V Privileged ISA, figure "Sv32 page table entry": 22 bits of frame from bit 10 up.
    #[test]
    fn sv32_entry_has_the_manuals_bits() {
        let format = TableFormat::named("sv32", 12).expect("known");
        let pte = Pte::frame(Pfn::new(0x3f_0001), Prot::READ.with(Prot::EXEC), false);
        assert_eq!((format.encode(pte), format.entry_bytes), (0xfc00_0400 | 0b1_1011, 4));
    }
}
