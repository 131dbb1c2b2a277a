//! The disk's zone: files as rows of blocks, and the swap area.

use super::content::{Texture, bytes_text, glyph, is_device, is_file, letter, object_name, preview};
use super::devices::{DeviceView, devices};
use super::foremost::some;
use super::happened;
use super::lit::{Light, Lights, Spot};
use crate::seam::{Look, Thing};
use vmcore::event::Event;
use vmcore::state::State;
use vmcore::units::{FilePage, ObjectId, SlotId};

/// Most files that are drawn.
const MOST_FILES: usize = 6;
/// Most blocks of a file.
const MOST_BLOCKS: usize = 256;
/// Most swap slots.
const MOST_SLOTS: u32 = 32;

/// The zone.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Disk {
    pub(crate) files: Vec<DiskFile>,
    pub(crate) more_files: usize,
    pub(crate) devices: Vec<DeviceView>,
    pub(crate) swap: Option<Swap>,
}

/// A file.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DiskFile {
    pub(crate) object: ObjectId,
    pub(crate) name: String,
    /// It is a device's memory.
    pub(crate) device: bool,
    pub(crate) size: String,
    pub(crate) texture: Texture,
    pub(crate) blocks: Vec<Block>,
    pub(crate) more: u64,
    pub(crate) light: Light,
}

/// A page of a file, as the disk has it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Block {
    pub(crate) object: ObjectId,
    pub(crate) page: FilePage,
    pub(crate) content: String,
    pub(crate) letter: char,
    /// Memory has a newer version.
    pub(crate) stale: bool,
    /// There is no block: the file has a hole.
    pub(crate) hole: bool,
    /// It is being read or written.
    pub(crate) in_flight: bool,
    pub(crate) light: Light,
}

/// The swap area.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Swap {
    pub(crate) note: String,
    pub(crate) slots: Vec<SlotView>,
    pub(crate) more: u32,
    pub(crate) light: Light,
}

/// A slot.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SlotView {
    pub(crate) slot: SlotId,
    pub(crate) letter: Option<char>,
    pub(crate) light: Light,
}

pub(crate) fn disk(look: &Look, lights: &Lights) -> Disk {
    let state = look.now;
    let files: Vec<ObjectId> =
        state.objects().filter(|(_, object)| is_file(object) && !object.is_dropped()).map(|(id, _)| id).collect();
    let more_files = files.len().saturating_sub(MOST_FILES);
    Disk {
        files: files.into_iter().take(MOST_FILES).map(|id| file(look, lights, id)).collect(),
        more_files,
        devices: devices(look, lights),
        swap: swap(state, lights),
    }
}

pub(super) fn file(look: &Look, lights: &Lights, id: ObjectId) -> DiskFile {
    let state = look.now;
    let object = state.object(id);
    let total = state.format().pages_of(object.size());
    let spoken_of = lights.in_order().iter().filter_map(|spot| match *spot {
        Spot::Thing(Thing::Block { object, page }) if object == id => Some(page.get()),
        _ => None,
    });
    // What is in memory was read from here.
    let cached = object.cached_pages().map(|(page, _)| page.get());
    let pages = some(total, MOST_BLOCKS, &mut spoken_of.chain(cached));
    let blocks: Vec<Block> = pages.into_iter().map(|page| block(look, lights, id, FilePage::new(page))).collect();
    let inner = blocks.iter().map(|block| block.light).fold(Light::Far, Light::min);
    DiskFile {
        object: id,
        name: object_name(state, id),
        device: is_device(object),
        size: bytes_text(object.size()),
        texture: Texture::of(id),
        more: total - blocks.len() as u64,
        light: lights.on(Spot::File(id)).min(inner.max(Light::Near)),
        blocks,
    }
}

fn block(look: &Look, lights: &Lights, object: ObjectId, page: FilePage) -> Block {
    let state = look.now;
    let content = preview(state, &state.on_disk(object, page));
    let cached = state.object(object).cached(page);
    Block {
        object,
        page,
        letter: letter(&content),
        content,
        stale: cached.is_some_and(|pfn| state.frame(pfn).is_dirty()),
        hole: is_file(state.object(object)) && !state.object(object).has_block(page, state.page_bytes()),
        in_flight: in_flight(look, object, page),
        light: lights.on(Spot::block(object, page)),
    }
}

fn in_flight(look: &Look, object: ObjectId, page: FilePage) -> bool {
    happened::part(look).iter().any(|event| match *event {
        Event::DiskRead { object: o, page: p, .. } | Event::DiskWritten { object: o, page: p, .. } => {
            (o, p) == (object, page)
        }
        _ => false,
    })
}

fn swap(state: &State, lights: &Lights) -> Option<Swap> {
    let total = state.config().swap;
    if total == 0 {
        return None;
    }
    let shown = total.min(MOST_SLOTS);
    let slots: Vec<SlotView> = (0..shown)
        .map(|number| {
            let slot = SlotId::new(number);
            let used = state.slots().get(slot.index()).is_some_and(|slot| slot.is_used());
            let letter = used.then(|| state.slot_bytes(slot).first().copied().map_or('·', glyph));
            SlotView { slot, letter, light: lights.on(Spot::Thing(Thing::Slot(slot))) }
        })
        .collect();
    let used = state.used_slots();
    let note = if used == 0 { format!("{total} free") } else { format!("{used} of {total} used") };
    let inner = slots.iter().map(|slot| slot.light).fold(Light::Far, Light::min);
    Some(Swap { note, more: total - shown, light: inner.max(Light::Near), slots })
}
