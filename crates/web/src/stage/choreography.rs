//! From events to motions: what travels, what splits off, what leaves, what turns.
//!
//! Owns: which events move, and in which order. Does not own: where things stand, or how long a motion takes (CSS).
//! What copies is drawn as a second object that splits off; what points is an arrow that grows (`scene::links`).

use crate::present::scene::content::{Texture, frame_preview, letter};
use crate::present::scene::happened;
use crate::present::scene::lit::{Spot, place_of};
use crate::present::scene::tables;
use crate::seam::{Look, Thing};
use vmcore::command::{Command, KernelCommand};
use vmcore::event::Event;
use vmcore::frames::Holds;
use vmcore::state::State;
use vmcore::units::{AccessKind, Pfn};

/// Most motions of one showing; a run of a thousand evictions is told by its last few.
const MOST: usize = 8;

/// One motion.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Motion {
    pub(crate) kind: Kind,
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    /// What it carries.
    pub(crate) text: String,
    pub(crate) texture: Texture,
    /// Motions of the same place in the order happen together.
    pub(crate) order: usize,
}

/// How something moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A page's content goes from one place to another, and stays at the first, too.
    Travel,
    /// A copy splits off.
    Split,
    /// A single byte goes.
    Byte,
    /// A page leaves its frame.
    Leave,
    /// Something is filled where it stands.
    Fill,
    /// An entry is turned.
    Turn,
    /// An entry is found wanting.
    Fault,
    /// The hand passes.
    Sweep,
}

/// The motions of what is to be seen happening.
pub(crate) fn motions(look: &Look) -> Vec<Motion> {
    let mut moved: Vec<(bool, Motion)> = Vec::new();
    for event in happened::moving(look) {
        let Some((kind, from, to, text, texture)) = motion(look, event) else { continue };
        let run = joins(event) || moved.last().is_some_and(|(_, last)| last.kind == kind && coalesces(kind));
        moved.push((run, Motion { kind, from, to, text, texture, order: 0 }));
    }
    number(moved)
}

/// Runs happen together, all else one after the other; of too many only the last are shown.
fn number(moved: Vec<(bool, Motion)>) -> Vec<Motion> {
    let skipped = moved.len().saturating_sub(MOST);
    let mut order = 0;
    let mut motions = Vec::new();
    for (at, (run, motion)) in moved.into_iter().skip(skipped).enumerate() {
        if at > 0 && !run {
            order += 1;
        }
        motions.push(Motion { order, ..motion });
    }
    motions
}

fn coalesces(kind: Kind) -> bool {
    matches!(kind, Kind::Sweep | Kind::Turn)
}

/// A page that joined the disk request before it moves with it.
fn joins(event: &Event) -> bool {
    matches!(event, Event::DiskRead { joined: true, .. } | Event::DiskWritten { joined: true, .. })
}

type Moved = (Kind, Spot, Spot, String, Texture);

/// The motion of one event, if it has any. Exhaustive: a new event moves or is declared still.
fn motion(look: &Look, event: &Event) -> Option<Moved> {
    let state = look.now;
    let page = |pid, va| Spot::page(pid, state.format().vpn(va));
    let at = |kind, spot, text: &str| Some((kind, spot, spot, text.to_owned(), Texture::Plain));
    match *event {
        Event::DiskRead { object, page, pfn, .. } => {
            carry(Kind::Travel, Spot::block(object, page), Spot::frame(pfn), state, pfn, Texture::of(object))
        }
        Event::DiskWritten { object, page, pfn, .. } => {
            carry(Kind::Travel, Spot::frame(pfn), Spot::block(object, page), state, pfn, Texture::of(object))
        }
        Event::SwapWritten { slot, pfn } => {
            let before = look.before;
            carry(Kind::Travel, Spot::frame(pfn), Spot::Thing(Thing::Slot(slot)), before, pfn, Texture::Plain)
        }
        Event::SwapRead { slot, pfn } => {
            carry(Kind::Travel, Spot::Thing(Thing::Slot(slot)), Spot::frame(pfn), state, pfn, Texture::Plain)
        }
        Event::PageCopied { from, to } | Event::BytesCopied { from, to, .. } => {
            let texture = texture_of(state, from);
            carry(Kind::Split, Spot::frame(from), Spot::frame(to), state, to, texture)
        }
        Event::AccessDone { pid, va, kind, value, pfn, .. } => {
            let byte = crate::present::scene::content::glyph(value).to_string();
            let place = pfn.map(Spot::frame).or_else(|| place_of(state, pid, state.format().vpn(va)))?;
            let (from, to) = match kind {
                AccessKind::Load | AccessKind::Fetch => (place, page(pid, va)),
                AccessKind::Store => (page(pid, va), place),
            };
            Some((Kind::Byte, from, to, byte, Texture::Plain))
        }
        Event::FrameFreed { pfn, evicted: true } => {
            at(Kind::Leave, Spot::frame(pfn), &letter(&frame_preview(look.before, pfn)).to_string())
        }
        Event::BytesWritten { pfn, .. } | Event::BytesFilled { pfn, .. } if dma(look).is_some() => {
            carry(Kind::Travel, dma(look)?, Spot::frame(pfn), state, pfn, Texture::Plain)
        }
        Event::DmaTranslated { device, pfn, .. } if reads(look) => {
            carry(Kind::Travel, Spot::frame(pfn), Spot::File(device), state, pfn, Texture::Plain)
        }
        Event::FrameZeroed { pfn } | Event::BytesFilled { pfn, .. } | Event::HoleRead { pfn, .. } => {
            at(Kind::Fill, Spot::frame(pfn), "")
        }
        Event::TableAdded { frame: Some(pfn), .. } => at(Kind::Fill, Spot::frame(pfn), ""),
        Event::VictimProbed { pfn } => at(Kind::Sweep, Spot::frame(pfn), ""),
        Event::HugeFilled { pfn, .. } => at(Kind::Fill, Spot::frame(pfn), ""),
        Event::PteWritten { table, index, .. } | Event::HugeSplit { table, index, .. } => {
            at(Kind::Turn, Spot::entry(table, index), "")
        }
        Event::FaultRaised { pid, va, .. } => {
            let leaf = tables::leaf(state, pid, state.format().vpn(va));
            at(Kind::Fault, leaf.map_or(Spot::Address, |leaf| Spot::entry(leaf.table, leaf.index)), "")
        }
        Event::TlbFilled { slot, pid, vpn, .. } => {
            let leaf = tables::leaf(state, pid, vpn)?;
            let from = Spot::entry(leaf.table, leaf.index);
            Some((Kind::Travel, from, Spot::Thing(Thing::Tlb(slot)), String::new(), Texture::Plain))
        }

        Event::StepBegan { .. }
        | Event::CallEntered { .. }
        | Event::CallReturned { .. }
        | Event::StepEnded { .. }
        | Event::ProcessCreated { .. }
        | Event::ProcessForked { .. }
        | Event::ProcessEnded { .. }
        | Event::Executed { .. }
        | Event::Switched { .. }
        | Event::AccessBegan { .. }
        | Event::TlbHit { .. }
        | Event::TlbMissed { .. }
        | Event::EntryRead { .. }
        | Event::TlbDropped { .. }
        | Event::TlbFlushed
        | Event::Retried { .. }
        | Event::SignalRaised { .. }
        | Event::VmaAdded { .. }
        | Event::VmaSplit { .. }
        | Event::VmaMerged { .. }
        | Event::VmaHoldsFile { .. }
        | Event::VmaGrewDown { .. }
        | Event::BreakMoved { .. }
        | Event::PageLazyFreed { .. }
        | Event::ReadMarkSet { .. }
        | Event::ReadMarkCleared { .. }
        | Event::WindowMoved { .. }
        | Event::ReadEnded { .. }
        | Event::FileAdvised { .. }
        | Event::HolePunched { .. }
        | Event::VmaRemoved { .. }
        | Event::VmaProtected { .. }
        | Event::VmaFlagged { .. }
        | Event::VmaFound { .. }
        | Event::VmaMissing { .. }
        | Event::VmaForbids { .. }
        | Event::BeyondEnd { .. }
        | Event::TableAdded { frame: None, .. }
        | Event::TableRemoved { .. }
        | Event::HugeTakenApart { .. }
        | Event::RemedyChosen { .. }
        | Event::FaultServed { .. }
        | Event::FrameWanted { .. }
        | Event::FrameTaken { .. }
        | Event::VictimChosen { .. }
        | Event::FrameFreed { evicted: false, .. }
        | Event::AnonFilled { .. }
        | Event::FrameUsed { .. }
        | Event::BytesWritten { .. }
        | Event::DeviceWritten { .. }
        | Event::IommuMapped { .. }
        | Event::IommuUnmapped { .. }
        | Event::FrameOrphaned { .. }
        | Event::DmaBegan { .. }
        | Event::DmaTranslated { .. }
        | Event::DmaRefused { .. }
        | Event::BytesCounted { .. }
        | Event::CacheHit { .. }
        | Event::CacheMissed { .. }
        | Event::PageCached { .. }
        | Event::PageUncached { .. }
        | Event::DirtyMarked { .. }
        | Event::DirtyCleared { .. }
        | Event::ObjectCreated { .. }
        | Event::SizeChanged { .. }
        | Event::SizeSaved { .. }
        | Event::Unlinked { .. }
        | Event::ObjectDropped { .. }
        | Event::FileOpened { .. }
        | Event::DescriptorSet { .. }
        | Event::DescriptorClosed { .. }
        | Event::OffsetMoved { .. }
        | Event::ObjectSwapped { .. }
        | Event::ObjectUnswapped { .. }
        | Event::SlotDetached { .. }
        | Event::SlotFreed { .. }
        | Event::PowerLost => None,
    }
}

/// The device that writes in this step, if one does.
fn dma(look: &Look) -> Option<Spot> {
    let Some(Command::Kernel(KernelCommand::DmaWrite { device, .. })) = look.command else { return None };
    Some(Spot::File(look.now.device_named(*device)?.object()))
}

fn reads(look: &Look) -> bool {
    matches!(look.command, Some(Command::Kernel(KernelCommand::DmaRead { .. })))
}

fn carry(kind: Kind, from: Spot, to: Spot, state: &State, pfn: Pfn, texture: Texture) -> Option<Moved> {
    Some((kind, from, to, frame_preview(state, pfn), texture))
}

fn texture_of(state: &State, pfn: Pfn) -> Texture {
    match state.frame(pfn).holds() {
        Holds::Object { object, .. } => Texture::of(object),
        Holds::Anon | Holds::Raw | Holds::Free | Holds::Taken => Texture::Plain,
        Holds::Table(_) => Texture::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::moments::{lesson, moment_of, moments, whole};
    use vmcore::units::{FilePage, ObjectId};

    fn kinds(motions: &[Motion]) -> Vec<Kind> {
        motions.iter().map(|motion| motion.kind).collect()
    }

    #[test]
    fn a_page_travels_from_its_block_to_its_frame() {
        let scene = moment_of(lesson("L03"), 3, "reads a page 1 into frame 0");
        let travel = scene.motions.iter().find(|motion| motion.kind == Kind::Travel).expect("it travels");
        assert_eq!(travel.from, Spot::block(ObjectId::new(0), FilePage::new(1)));
        assert_eq!(travel.to, Spot::frame(Pfn::new(0)));
        assert_eq!(travel.text, "BBBBBBBBBBBBBBBB");
    }

    #[test]
    fn a_minor_fault_moves_no_page() {
        moments(lesson("L03"), false, &mut |name, scene| {
            if name.starts_with("step 7.") {
                assert!(!kinds(&scene.motions).contains(&Kind::Travel), "{name}: {:?}", scene.motions);
            }
        });
    }

    #[test]
    fn a_copy_splits_off() {
        let scene = moment_of(lesson("L10"), 8, "copies frame 1 to frame 4");
        assert_eq!(kinds(&scene.motions), [Kind::Split]);
        assert_eq!((scene.motions[0].from, scene.motions[0].to), (Spot::frame(Pfn::new(1)), Spot::frame(Pfn::new(4))));
    }

    #[test]
    fn a_long_run_is_a_few_motions() {
        let source = "machine textbook { frames = 128, va_bits = 16, policy = clock }\nfile \"big\" size 2048\n\
                      A: fd = open(\"big\", O_RDONLY)\nA: read(fd, 2048)\nkernel: reclaim(120)\n";
        let most = whole(source, 3).motions.len();
        assert!((1..=MOST).contains(&most), "{most}");
    }

    #[test]
    fn what_joins_a_disk_request_moves_with_it() {
        let source = "machine textbook { readahead = 4 }\nfile \"a\" size 64\n\
                      A: fd = open(\"a\", O_RDONLY)\nA: p = mmap(0x40, 64, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0]\n";
        let mut orders = Vec::new();
        moments(source, false, &mut |_, scene| {
            for motion in scene.motions.iter().filter(|motion| motion.kind == Kind::Travel) {
                orders.push(motion.order);
            }
        });
        assert!(!orders.is_empty() && orders.iter().all(|&order| order == 0), "{orders:?}");
    }
}
