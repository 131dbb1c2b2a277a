//! Devices at one moment, and what becomes of them.

use super::{ObjectSpec, SetupError, State};
use crate::device::{Device, IommuEntry};
use crate::object::{ObjectKind, PageBytes};
use crate::pte::Pte;
use crate::sorted::SortedMap;
use crate::units::{FilePage, NameId, ObjectId, Pfn, Vpn};
use std::rc::Rc;

/// Where the physical addresses end, in frames: x86-64 has 52 bits for them, of which 12 are the offset.
const MOST_FRAMES: u64 = 1 << 40;

impl State {
    /// A device's memory gets its place: behind the frames of memory, the zero frame and the devices before it.
    pub(super) fn add_device(&mut self, object: ObjectId, spec: &ObjectSpec) -> Result<(), SetupError> {
        let first_frame = self.devices.last().map_or(u64::from(self.config().frames) + 1, |last| {
            last.first_frame + self.format().pages_of(self.object(last.object).size)
        });
        if first_frame + self.format().pages_of(spec.size) > MOST_FRAMES {
            return Err(SetupError::DeviceTooLarge { name: Rc::clone(self.setup.name(spec.name)) });
        }
        self.devices.push(Device { object, first_frame, iommu: SortedMap::default() });
        Ok(())
    }

    /// Every device, in the order in which the scenario names them.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// The device of that object, if it is one.
    pub fn device(&self, object: ObjectId) -> Option<&Device> {
        self.devices.iter().find(|device| device.object == object)
    }

    /// The device of that name. It is there even if its name has been unlinked: that takes it from the file system, not
    /// from the bus.
    pub fn device_named(&self, name: NameId) -> Option<&Device> {
        self.devices.iter().find(|device| self.object(device.object).name == Some(name))
    }

    /// Whether an object is a device's memory.
    #[inline]
    pub fn is_device(&self, object: ObjectId) -> bool {
        self.object(object).kind == ObjectKind::Device
    }

    /// The page of a device's memory that an entry maps.
    pub fn device_page(&self, entry: Pte) -> Option<(ObjectId, FilePage)> {
        let frame = entry.device_frame()?;
        let device = self.devices.iter().rev().find(|device| device.first_frame <= frame)?;
        Some((device.object, FilePage::new(frame - device.first_frame)))
    }

    /// One byte of a device's memory.
    pub fn device_byte(&self, object: ObjectId, page: FilePage, offset: u64) -> u8 {
        self.object(object).blocks.get(&page).map_or(0, |content| self.byte_of(content, offset))
    }

    /// How many entries of IOMMU tables lead to a frame: as long as there is one, the frame stays what it is.
    pub fn pins(&self, pfn: Pfn) -> u32 {
        self.pinned.get(&pfn).copied().unwrap_or(0)
    }

    /// Whether a device may reach a frame at any time.
    #[inline]
    pub fn is_pinned(&self, pfn: Pfn) -> bool {
        !self.pinned.is_empty() && self.pinned.contains_key(&pfn)
    }

    pub(super) fn write_device(&mut self, object: ObjectId, page: FilePage, offset: u32, bytes: &[u8]) {
        let page_bytes = self.page_bytes() as usize;
        let place = self.objects[object.index()].blocks.or_default(page);
        if !matches!(place, PageBytes::Bytes(_)) {
            *place = PageBytes::Bytes(vec![0; page_bytes].into());
        }
        if let PageBytes::Bytes(content) = place {
            Rc::make_mut(content)[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        }
    }

    fn device_mut(&mut self, object: ObjectId) -> &mut Device {
        let mut devices = self.devices.iter_mut();
        devices.find(|device| device.object == object).expect("events speak of devices that exist")
    }

    pub(super) fn map_iommu(&mut self, object: ObjectId, page: Vpn, pfn: Pfn, writable: bool) {
        self.device_mut(object).iommu.insert(page, IommuEntry { pfn, writable });
        *self.pinned.or_insert_with(pfn, || 0) += 1;
    }

    pub(super) fn unmap_iommu(&mut self, object: ObjectId, page: Vpn, pfn: Pfn) {
        self.device_mut(object).iommu.remove(&page);
        let left = self.pins(pfn) - 1;
        if left == 0 {
            self.pinned.remove(&pfn);
        } else {
            self.pinned.insert(pfn, left);
        }
    }

    /// Devices lose their memory and their tables with the power.
    pub(super) fn reset_devices(&mut self) {
        self.pinned.clear();
        for device in &mut self.devices {
            device.iommu.clear();
            self.objects[device.object.index()].blocks.clear();
        }
    }
}
