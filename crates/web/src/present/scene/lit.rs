//! What is lit: the places that the sub-step just shown speaks of. What the step has touched so far stays clear, and
//! all the rest is dimmed.

use super::access::Access;
use super::{happened, tables};
use crate::seam::{Look, Thing};
use std::collections::HashSet;
use vmcore::command::Command;
use vmcore::event::Event;
use vmcore::outcome::SignalCode;
use vmcore::process::Vma;
use vmcore::pte::Pte;
use vmcore::state::State;
use vmcore::units::{FilePage, ObjectId, Pid, Vpn};

/// How bright a thing is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Light {
    /// The one thing that is spoken of.
    Lit,
    /// Part of this step's story.
    Near,
    /// Not involved: dimmed, not hidden.
    Far,
}

/// A place in the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Spot {
    /// Something that can be chosen.
    Thing(Thing),
    /// A region, by its first page when it was spoken of.
    Region { pid: Pid, start: Vpn },
    /// An address that no region covers; `freed` where one did until now, and nobody asks for it.
    Gap { pid: Pid, vpn: Vpn, freed: bool },
    /// The address being translated.
    Address,
    /// The TLB as a whole.
    Tlb,
    /// The page table as a whole.
    Tables,
    /// A place of the page cache.
    Cached { object: ObjectId, page: FilePage },
    /// A file on the disk.
    File(ObjectId),
    /// An entry of a device's table in the IOMMU.
    Iommu { device: ObjectId, page: Vpn },
    /// The replacement policy's line.
    Policy,
    /// The frame of zeros, which lies behind all others.
    Zero,
}

impl Spot {
    pub(crate) fn page(pid: Pid, vpn: Vpn) -> Self {
        Self::Thing(Thing::Page { pid, vpn })
    }

    pub(crate) fn entry(table: vmcore::units::TableId, index: u32) -> Self {
        Self::Thing(Thing::Entry { table, index })
    }

    pub(crate) fn frame(pfn: vmcore::units::Pfn) -> Self {
        Self::Thing(Thing::Frame(pfn))
    }

    pub(crate) fn block(object: ObjectId, page: FilePage) -> Self {
        Self::Thing(Thing::Block { object, page })
    }
}

/// What is lit, and what is near it.
#[derive(Clone, Debug)]
pub(crate) struct Lights {
    lit: HashSet<Spot>,
    near: HashSet<Spot>,
    order: Vec<Spot>,
    /// Nothing happens: nothing is dimmed.
    calm: bool,
}

impl Lights {
    pub(crate) fn of(look: &Look, access: Option<&Access>) -> Self {
        let shown = happened::shown(look);
        let mut order = match look.part {
            Some(_) => spots_of(happened::part(look), look.now),
            None if look.shown == 0 => announced(look, access),
            None => match (look.command, access) {
                (Some(Command::Translate { .. }), Some(access)) => translated(look, access, shown),
                _ => spots_of(&results(shown), look.now),
            },
        };
        order.retain({
            let mut seen = HashSet::new();
            move |spot| seen.insert(*spot)
        });
        let mut near: HashSet<Spot> = spots_of(shown, look.now).into_iter().collect();
        near.extend(look.command.and_then(Command::pid).map(|pid| Spot::Thing(Thing::Process(pid))));
        if let Some(access) = access {
            near.extend([Spot::Address, Spot::Tables, Spot::page(access.pid, access.vpn)]);
            near.extend(access.claims(look.now).map(Spot::frame).or_else(|| access.place(look.now)));
            // An entry that a hit does not ask is seen where it contradicts.
            let leaf = tables::leaf(look.now, access.pid, access.vpn).filter(|_| access.is_stale(look.now));
            near.extend(leaf.map(|leaf| Spot::entry(leaf.table, leaf.index)));
        }
        // A step that leaves nothing to point at, like a power cut, leaves everything to be seen.
        let calm = look.command.is_none() || (look.part.is_none() && look.shown > 0 && order.is_empty());
        Self { lit: order.iter().copied().collect(), near, order, calm }
    }

    /// The light of a place.
    pub(crate) fn on(&self, spot: Spot) -> Light {
        if self.lit.contains(&spot) {
            Light::Lit
        } else if self.calm || self.near.contains(&spot) {
            Light::Near
        } else {
            Light::Far
        }
    }

    /// Lights of places that are drawn together.
    pub(crate) fn on_any(&self, spots: impl IntoIterator<Item = Spot>) -> Light {
        spots.into_iter().map(|spot| self.on(spot)).min().unwrap_or(Light::Far)
    }

    /// The light of a region: it may have been spoken of by a page that has since become part of it.
    pub(crate) fn on_region(&self, pid: Pid, vma: &Vma) -> Light {
        let ours = |spot: &Spot| matches!(*spot, Spot::Region { pid: p, start } if p == pid && vma.covers(start));
        if self.lit.iter().any(ours) {
            Light::Lit
        } else if self.calm || self.near.iter().any(ours) {
            Light::Near
        } else {
            Light::Far
        }
    }

    /// Whether an address between `start` and `end` that no region covers was asked for.
    pub(crate) fn on_gap(&self, pid: Pid, start: Vpn, end: Vpn) -> Light {
        let inside =
            |spot: &Spot| matches!(*spot, Spot::Gap { pid: p, vpn, .. } if p == pid && vpn >= start && vpn < end);
        if self.lit.iter().any(inside) {
            Light::Lit
        } else if self.calm || self.near.iter().any(inside) {
            Light::Near
        } else {
            Light::Far
        }
    }

    /// What is lit, in the order in which it was spoken of.
    pub(crate) fn in_order(&self) -> &[Spot] {
        &self.order
    }
}

/// Before its first part a step is announced: whose it is and where it goes.
fn announced(look: &Look, access: Option<&Access>) -> Vec<Spot> {
    match (access, look.command.and_then(Command::pid)) {
        (Some(access), _) => vec![Spot::page(access.pid, access.vpn), Spot::Address],
        (None, Some(pid)) => vec![Spot::Thing(Thing::Process(pid))],
        (None, None) => Vec::new(),
    }
}

/// What a whole step leaves behind, without the ways that led there: of an access the byte, in its page and frame.
fn results(events: &[Event]) -> Vec<Event> {
    let ends = |event: &&Event| matches!(event, Event::AccessDone { .. } | Event::SignalRaised { .. });
    if let Some(end) = events.iter().rev().find(ends) {
        return vec![*end];
    }
    let on_the_way = |event: &&Event| {
        !matches!(
            event,
            Event::AccessBegan { .. }
                | Event::TlbMissed { .. }
                | Event::EntryRead { .. }
                | Event::FaultRaised { .. }
                | Event::Retried { .. }
                | Event::VmaFound { .. }
                | Event::RemedyChosen { .. }
                | Event::CacheMissed { .. }
                | Event::FrameTaken { .. }
                | Event::VictimProbed { .. }
        )
    };
    events.iter().filter(on_the_way).copied().collect()
}

/// What a translation that serves no access comes to: the place, or the last entry read.
fn translated(look: &Look, access: &Access, shown: &[Event]) -> Vec<Spot> {
    let reads = shown.iter().rev().filter(|event| matches!(event, Event::EntryRead { .. }));
    let last = || reads.flat_map(|event| spots(event, look.now)).next();
    vec![access.place(look.now).or_else(last).unwrap_or(Spot::Address)]
}

/// The place that an entry leads to: a frame, the frame of zeros, a page of a device.
pub(crate) fn place(state: &State, entry: Pte) -> Option<Spot> {
    let zero = entry.is_zero().then_some(Spot::Zero);
    let device = || state.device_page(entry).map(|(object, page)| Spot::block(object, page));
    entry.pfn().map(Spot::frame).or(zero).or_else(device)
}

/// The place that a page leads to.
pub(crate) fn place_of(state: &State, pid: Pid, vpn: Vpn) -> Option<Spot> {
    place(state, tables::entry(state, pid, vpn))
}

fn spots_of(events: &[Event], now: &State) -> Vec<Spot> {
    events.iter().flat_map(|event| spots(event, now)).collect()
}

/// The places that an event speaks of, the most telling first. Exhaustive: a new event must find its place.
pub(super) fn spots(event: &Event, now: &State) -> Vec<Spot> {
    let vpn = |va| now.format().vpn(va);
    let process = |pid| vec![Spot::Thing(Thing::Process(pid))];
    let leaf = |pid, va| {
        let leaf = tables::leaf(now, pid, vpn(va));
        leaf.map(|step| Spot::entry(step.table, step.index))
    };
    match *event {
        Event::StepBegan { .. }
        | Event::StepEnded { .. }
        | Event::FrameWanted { .. }
        | Event::VmaFlagged { .. }
        | Event::TableRemoved { .. }
        | Event::HugeTakenApart { .. }
        | Event::FaultServed { .. }
        | Event::FileOpened { .. }
        | Event::VmaHoldsFile { .. }
        | Event::OffsetMoved { .. }
        | Event::ObjectDropped { .. }
        | Event::PowerLost => Vec::new(),

        Event::CallEntered { pid } | Event::CallReturned { pid, .. } => process(pid),
        Event::BytesCounted { .. } => now.running().map_or_else(Vec::new, process),
        Event::RemedyChosen { vpn, .. } => {
            // The page is there to be pointed at even before it has a table.
            let Some(pid) = now.running() else { return Vec::new() };
            let entry = tables::leaf(now, pid, vpn).map(|leaf| Spot::entry(leaf.table, leaf.index));
            entry.into_iter().chain([Spot::page(pid, vpn)]).collect()
        }

        Event::Executed { pid, object, .. } => vec![Spot::Thing(Thing::Process(pid)), Spot::File(object)],
        Event::ProcessCreated { pid } | Event::ProcessEnded { pid } | Event::Switched { to: pid, .. } => process(pid),
        Event::ProcessForked { child, .. } => process(child),
        Event::DescriptorSet { pid, .. } | Event::DescriptorClosed { pid, .. } | Event::BreakMoved { pid, .. } => {
            process(pid)
        }
        Event::WindowMoved { file, .. } | Event::ReadEnded { file, .. } | Event::FileAdvised { file, .. } => {
            now.file(file).map(|file| Spot::File(file.object)).into_iter().collect()
        }

        Event::AccessBegan { pid, va, .. } | Event::Retried { pid, va } => {
            vec![Spot::Address, Spot::page(pid, vpn(va))]
        }
        Event::TlbHit { slot, .. } | Event::TlbFilled { slot, .. } | Event::TlbDropped { slot } => {
            vec![Spot::Thing(Thing::Tlb(slot))]
        }
        Event::TlbMissed { .. } | Event::TlbFlushed => vec![Spot::Tlb],
        Event::EntryRead { table, index, .. } => vec![Spot::entry(table, index)],
        Event::FaultRaised { pid, va, .. } => leaf(pid, va).into_iter().chain([Spot::page(pid, vpn(va))]).collect(),
        Event::AccessDone { pid, va, pfn, .. } => {
            let place = pfn.map(Spot::frame).or_else(|| place_of(now, pid, vpn(va)));
            place.into_iter().chain([Spot::page(pid, vpn(va))]).collect()
        }
        Event::SignalRaised { pid, va, code, .. } => {
            let gap = Spot::Gap { pid, vpn: vpn(va), freed: false };
            let gap = Some(gap).filter(|_| code == SignalCode::SegvMaperr);
            let at = std::iter::once(Spot::page(pid, vpn(va))).chain(gap);
            // Where nothing but a table is known of a page, its entry is all there is to point at.
            at.chain(leaf(pid, va).filter(|_| now.vma(pid, vpn(va)).is_none())).chain(process(pid)).collect()
        }

        Event::VmaAdded { pid, start, .. }
        | Event::VmaProtected { pid, start, .. }
        | Event::VmaGrewDown { pid, start, .. }
        | Event::VmaFound { pid, start, .. }
        | Event::VmaSplit { pid, at: start }
        | Event::VmaMerged { pid, at: start } => vec![Spot::Region { pid, start }],
        Event::VmaRemoved { pid, start } => vec![Spot::Gap { pid, vpn: start, freed: true }],
        Event::VmaMissing { pid, va } => vec![Spot::Gap { pid, vpn: vpn(va), freed: false }],
        Event::VmaForbids { pid, va, .. } => match now.vma(pid, vpn(va)) {
            Some(vma) => vec![Spot::Region { pid, start: vma.start }],
            None => process(pid),
        },
        Event::BeyondEnd { object, .. } => vec![Spot::File(object)],

        Event::TableAdded { table, level, frame, .. } => {
            let below = if level > 0 { vec![Spot::Tables, Spot::entry(table, 0)] } else { Vec::new() };
            frame.map(Spot::frame).into_iter().chain(below).collect()
        }
        Event::PteWritten { table, index, .. } => vec![Spot::entry(table, index)],
        Event::HugeSplit { table, index, .. } => vec![Spot::entry(table, index), Spot::Tables],

        Event::FrameTaken { pfn }
        | Event::HugeFilled { pfn, .. }
        | Event::VictimProbed { pfn }
        | Event::FrameFreed { pfn, .. }
        | Event::FrameZeroed { pfn }
        | Event::FrameUsed { pfn }
        | Event::AnonFilled { pfn, .. }
        | Event::BytesWritten { pfn, .. }
        | Event::BytesFilled { pfn, .. }
        | Event::DirtyMarked { pfn }
        | Event::PageLazyFreed { pfn }
        | Event::ReadMarkSet { pfn }
        | Event::ReadMarkCleared { pfn }
        | Event::DirtyCleared { pfn } => vec![Spot::frame(pfn)],
        Event::VictimChosen { pfn, .. } => vec![Spot::frame(pfn), Spot::Policy],
        Event::PageCopied { from, to } | Event::BytesCopied { from, to, .. } => {
            vec![Spot::frame(to), Spot::frame(from)]
        }

        Event::CacheHit { object, page, pfn } => vec![Spot::Cached { object, page }, Spot::frame(pfn)],
        Event::CacheMissed { object, page } => vec![Spot::Cached { object, page }],
        Event::PageCached { object, page, pfn } => vec![Spot::frame(pfn), Spot::Cached { object, page }],
        Event::PageUncached { object, page, .. } => vec![Spot::Cached { object, page }],
        Event::ObjectCreated { object, .. }
        | Event::SizeChanged { object, .. }
        | Event::SizeSaved { object }
        | Event::HolePunched { object, .. }
        | Event::Unlinked { object } => vec![Spot::File(object)],

        Event::DeviceWritten { object, page, .. } => vec![Spot::block(object, page)],
        Event::IommuMapped { device, page, pfn, .. } | Event::IommuUnmapped { device, page, pfn } => {
            vec![Spot::Iommu { device, page }, Spot::frame(pfn)]
        }
        Event::FrameOrphaned { pfn } => vec![Spot::frame(pfn)],
        Event::DmaBegan { device, .. } | Event::DmaRefused { device, .. } => vec![Spot::File(device)],
        Event::DmaTranslated { device, iova, pfn } => {
            let page = Vpn::new(iova.get() / now.page_bytes());
            vec![Spot::frame(pfn), Spot::Iommu { device, page }]
        }

        Event::DiskRead { object, page, pfn, .. } | Event::HoleRead { object, page, pfn } => {
            vec![Spot::frame(pfn), Spot::block(object, page)]
        }
        Event::DiskWritten { object, page, pfn, .. } => vec![Spot::block(object, page), Spot::frame(pfn)],
        Event::SwapWritten { slot, pfn } => vec![Spot::Thing(Thing::Slot(slot)), Spot::frame(pfn)],
        Event::SwapRead { slot, pfn } => vec![Spot::frame(pfn), Spot::Thing(Thing::Slot(slot))],
        Event::ObjectSwapped { slot, .. }
        | Event::ObjectUnswapped { slot, .. }
        | Event::SlotDetached { slot, .. }
        | Event::SlotFreed { slot } => vec![Spot::Thing(Thing::Slot(slot))],
    }
}
