//! A format as translation needs it at every access: a few numbers side by side.
//!
//! Owns: nothing that [`format`](crate::format) does not say. Does not own: names, entries' bits, sizes of tables.

use crate::format::{TableFormat, VaRule};
use crate::units::{VirtAddr, Vpn};

/// Most levels that a format has.
const MOST_LEVELS: usize = 6;

/// How an address splits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Geometry {
    offset_bits: u8,
    /// The bits from here up are all alike in an address that hardware takes: zeros, or where `signed` also ones.
    high_from: u8,
    signed: bool,
    depth: u8,
    last_bits: u8,
    last_mask: u32,
    /// The first address that is not in the lower half of the legal ones.
    low_end: u64,
    vpn_mask: u64,
    levels: [Index; MOST_LEVELS],
}

/// Where the index of a level lies in a page number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Index {
    shift: u8,
    mask: u32,
}

impl Geometry {
    pub(crate) fn of(format: &TableFormat) -> Self {
        let mut levels = [Index::default(); MOST_LEVELS];
        for (index, level) in levels.iter_mut().zip(&format.levels) {
            *index = Index { shift: level.shift, mask: (1 << level.index_bits) - 1 };
        }
        let signed = format.va_rule == VaRule::SignExtended;
        Self {
            offset_bits: format.offset_bits,
            high_from: format.va_bits() - u8::from(signed),
            signed,
            depth: format.levels.len() as u8,
            last_bits: format.levels.last().map_or(0, |level| level.index_bits),
            low_end: 1 << (format.va_bits() - u8::from(signed)),
            last_mask: (1 << format.levels.last().map_or(0, |level| level.index_bits)) - 1,
            vpn_mask: (1 << format.vpn_bits()) - 1,
            levels,
        }
    }

    /// Levels of tables.
    #[inline]
    pub(crate) fn depth(&self) -> u8 {
        self.depth
    }

    /// Bits of the last level's index.
    #[inline]
    pub(crate) fn last_bits(&self) -> u32 {
        self.last_bits.into()
    }

    /// The bits of a page number that are its last index.
    #[inline(always)]
    pub(crate) fn last_mask(&self) -> u32 {
        self.last_mask
    }

    /// [`TableFormat::is_canonical`].
    #[inline]
    pub(crate) fn is_canonical(&self, va: VirtAddr) -> bool {
        let high = (va.get() as i64) >> self.high_from;
        high == 0 || (high == -1 && self.signed)
    }

    /// The page of an address that lies in the lower half of the legal ones: where programs are.
    #[inline(always)]
    pub(crate) fn low_vpn(&self, va: VirtAddr) -> Option<Vpn> {
        if va.get() < self.low_end { Some(Vpn::new(va.get() >> self.offset_bits)) } else { None }
    }

    /// [`TableFormat::vpn`].
    #[inline]
    pub(crate) fn vpn(&self, va: VirtAddr) -> Vpn {
        Vpn::new(va.get() >> self.offset_bits & self.vpn_mask)
    }

    /// [`TableFormat::offset`].
    #[inline]
    pub(crate) fn offset(&self, va: VirtAddr) -> u64 {
        va.get() & ((1 << self.offset_bits) - 1)
    }

    /// [`TableFormat::page_bytes`].
    #[inline]
    pub(crate) fn page_bytes(&self) -> u64 {
        1 << self.offset_bits
    }

    /// [`TableFormat::pages_of`].
    #[inline]
    pub(crate) fn pages_of(&self, bytes: u64) -> u64 {
        (bytes >> self.offset_bits) + u64::from(bytes & ((1 << self.offset_bits) - 1) != 0)
    }

    /// [`TableFormat::index`].
    #[inline]
    pub(crate) fn index(&self, vpn: Vpn, level: u8) -> u32 {
        let Index { shift, mask } = self.levels[usize::from(level)];
        (vpn.get() >> shift) as u32 & mask
    }
}

#[cfg(test)]
mod tests {
    use super::Geometry;
    use crate::format::TableFormat;
    use crate::units::VirtAddr;

    #[test]
    fn it_splits_as_the_format_does() {
        for name in ["x86-64", "x86-64-la57", "sv39", "sv32", "ia32", "4+4", "3+5+4+2+6+1", "24+17"] {
            let format = TableFormat::named(name, if name.contains('+') { 4 } else { 12 }).expect("known");
            let geometry = Geometry::of(&format);
            assert_eq!(usize::from(geometry.depth()), format.levels.len());
            let low = (0..64).map(|bit| 1u64 << bit);
            let addresses = low.flat_map(|bit| [bit, bit - 1, !bit, bit.wrapping_neg(), bit ^ 0x1234_5678_9abc_def0]);
            for va in addresses.map(VirtAddr::new) {
                let vpn = format.vpn(va);
                assert_eq!(geometry.is_canonical(va), format.is_canonical(va), "{name} {va}");
                assert_eq!((geometry.vpn(va), geometry.offset(va)), (vpn, format.offset(va)), "{name} {va}");
                for level in 0..geometry.depth() {
                    assert_eq!(geometry.index(vpn, level), format.index(vpn, level.into()), "{name} {va}");
                }
            }
        }
    }
}
