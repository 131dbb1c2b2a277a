//! The formats that there are: the manuals' own, the linear table, and custom index widths.

use super::entry::{Flag, FlagSpec};
use super::{LevelSpec, MAX_INDEX_BITS, TableFormat, VaRule};

/// Levels of which the lowest `mapping` have entries that may map pages.
fn levels(spec: &[(&str, u8)], mapping: usize) -> Vec<LevelSpec> {
    let below = |level: usize| spec[level + 1..].iter().map(|&(_, bits)| bits).sum();
    let made = spec.iter().zip(0..).map(|(&(name, index_bits), level)| LevelSpec {
        name: name.to_owned(),
        index_bits,
        shift: below(level),
        maps: level + mapping >= spec.len(),
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
            large_bit: name.starts_with(|first| first != 's').then_some(7),
            flags,
        };
        let x86_64_flags = || {
            let mut flags = x86_flags();
            flags.push(flag("XD", 63, Flag::NoExecute, false));
            flags
        };
        Some(match name {
            "ia32" => real(
                levels(&[("page directory", 10), ("page table", 10)], 2),
                4,
                VaRule::ZeroExtended,
                12,
                20,
                x86_flags(),
            ),
            "x86-64" => real(
                levels(&[("PML4", 9), ("PDPT", 9), ("page directory", 9), ("page table", 9)], 3),
                8,
                VaRule::SignExtended,
                12,
                40,
                x86_64_flags(),
            ),
            "x86-64-la57" => real(
                levels(&[("PML5", 9), ("PML4", 9), ("PDPT", 9), ("page directory", 9), ("page table", 9)], 3),
                8,
                VaRule::SignExtended,
                12,
                40,
                x86_64_flags(),
            ),
            "sv32" => {
                real(levels(&[("level 1", 10), ("level 0", 10)], 2), 4, VaRule::ZeroExtended, 10, 22, riscv_flags())
            }
            "sv48" => real(
                levels(&[("level 3", 9), ("level 2", 9), ("level 1", 9), ("level 0", 9)], 4),
                8,
                VaRule::SignExtended,
                10,
                44,
                riscv_flags(),
            ),
            "sv39" => real(
                levels(&[("level 2", 9), ("level 1", 9), ("level 0", 9)], 3),
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
        Self::simple("linear", levels(&[("page table", va_bits.saturating_sub(offset_bits))], 1), offset_bits)
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
        Some(Self::simple(name, levels(&spec, 1), offset_bits))
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
            large_bit: None,
            flags,
        }
    }
}
