//! Devices: memory of their own that can be mapped, and their reach into the machine's memory.
//!
//! Owns: where a device's memory lies in the physical address space, and the table by which the IOMMU translates its
//! addresses. Does not own: the bytes of its memory (those are its [`Object`](crate::object::Object)'s), or when a
//! transfer happens (`kernel/dma`).

use crate::sorted::SortedMap;
use crate::units::{ObjectId, Pfn, Vpn};
use serde::{Deserialize, Serialize};

/// A device.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Device {
    pub(crate) object: ObjectId,
    /// The frame number of its memory's first page: above all frames of memory and the zero frame.
    pub(crate) first_frame: u64,
    pub(crate) iommu: SortedMap<Vpn, IommuEntry>,
}

impl Device {
    /// The object that its memory belongs to.
    pub fn object(&self) -> ObjectId {
        self.object
    }

    /// The frame number of its memory's first page, above all frames of memory.
    pub fn first_frame(&self) -> u64 {
        self.first_frame
    }

    /// The pages of its own address space that the IOMMU knows, ascending, and where they lead.
    pub fn iommu(&self) -> impl Iterator<Item = (Vpn, IommuEntry)> + '_ {
        self.iommu.iter().copied()
    }

    /// Where one page of its address space leads.
    pub fn iommu_entry(&self, page: Vpn) -> Option<IommuEntry> {
        self.iommu.get(&page).copied()
    }
}

/// An entry of a device's table in the IOMMU; the frame is pinned as long as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IommuEntry {
    /// The frame.
    pub pfn: Pfn,
    /// The device may write there.
    pub writable: bool,
}

/// Why a transfer is refused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum DmaFault {
    /// The device's table has no entry for the page.
    NoEntry,
    /// The entry permits reading only.
    ReadOnly,
    /// Without an IOMMU: no memory lies at that physical address.
    NoMemory,
}
