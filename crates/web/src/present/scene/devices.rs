//! Devices, drawn beside the disk: their memory as blocks, and where the IOMMU leads their addresses.

use super::content::{bytes_text, is_device};
use super::disk::{DiskFile, file};
use super::lit::{Light, Lights, Spot};
use crate::seam::Look;
use vmcore::device::IommuEntry;
use vmcore::state::State;
use vmcore::units::{ObjectId, Pfn, Vpn};

/// Most devices that are drawn.
const MOST_DEVICES: usize = 4;
/// Most entries of a device's table.
const MOST_ENTRIES: usize = 8;

/// A device.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DeviceView {
    pub(crate) memory: DiskFile,
    /// What its addresses are: none, through the IOMMU, or physical.
    pub(crate) note: &'static str,
    pub(crate) reach: Vec<Reach>,
    /// Entries that are not drawn.
    pub(crate) more: usize,
}

/// An entry of a device's table.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Reach {
    pub(crate) page: Vpn,
    pub(crate) address: String,
    pub(crate) pfn: Pfn,
    pub(crate) rights: &'static str,
    pub(crate) light: Light,
}

pub(crate) fn devices(look: &Look, lights: &Lights) -> Vec<DeviceView> {
    let state = look.now;
    let all = state.objects().filter(|(_, object)| is_device(object)).map(|(id, _)| id);
    all.take(MOST_DEVICES).map(|id| device(look, lights, id)).collect()
}

fn device(look: &Look, lights: &Lights, id: ObjectId) -> DeviceView {
    let state = look.now;
    let known: Vec<(Vpn, IommuEntry)> = state.device(id).into_iter().flat_map(|device| device.iommu()).collect();
    let reach = known.iter().take(MOST_ENTRIES).map(|&(page, entry)| reach(state, lights, id, page, entry)).collect();
    let memory = file(look, lights, id);
    let size = format!("device, {}", bytes_text(state.object(id).size()));
    DeviceView {
        memory: DiskFile { size, ..memory },
        note: match (state.config().iommu, known.is_empty()) {
            (false, _) => "no IOMMU: its addresses are physical",
            (true, true) => "",
            (true, false) => "IOMMU",
        },
        reach,
        more: known.len().saturating_sub(MOST_ENTRIES),
    }
}

fn reach(state: &State, lights: &Lights, device: ObjectId, page: Vpn, entry: IommuEntry) -> Reach {
    Reach {
        page,
        address: format!("{:#x}", page.get() * state.page_bytes()),
        pfn: entry.pfn,
        rights: if entry.writable { "rw" } else { "r" },
        light: lights.on_any([Spot::Iommu { device, page }]),
    }
}
