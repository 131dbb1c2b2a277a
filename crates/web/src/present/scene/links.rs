//! Which arrows there are: what the current access points at, what it is about to point at, who else points at the same
//! frame, where the IOMMU leads a device, and what was copied from where. All others are told by the badges on the frames.

use super::access::Access;
use super::happened;
use super::lit::{Light, Lights, Spot, place};
use crate::seam::{Look, Thing};
use vmcore::event::Event;
use vmcore::frames::Mapper;
use vmcore::units::{Pfn, Pid};

/// Most other mappers whose arrows are drawn.
const MOST_OTHERS: usize = 3;

/// Most copies of a step that leave a trace.
const MOST_COPIES: usize = 4;

/// An arrow, which points; or the tie between a page and its copy.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Link {
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    /// Whose arrow it is; a device's is nobody's.
    pub(crate) pid: Option<Pid>,
    pub(crate) kind: Kind,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// It stands.
    Solid,
    /// It stands, beside the story.
    Aside,
    /// It is about to be.
    Ghost,
    /// It has just come to be.
    Growing,
    /// It does not point: what is there was copied from here.
    Copy,
}

pub(crate) fn links(look: &Look, access: Option<&Access>, lights: &Lights) -> Vec<Link> {
    let mut links: Vec<Link> = access.and_then(|access| main_link(look, access)).into_iter().collect();
    if let (Some(access), Some(&Link { to: Spot::Thing(Thing::Frame(pfn)), .. })) = (access, links.first()) {
        links.extend(other_mappers(look, access, pfn));
    }
    if access.is_none() {
        links.extend(forked(look));
    }
    links.extend(device_links(look, lights));
    links.extend(copies(look));
    links
}

fn main_link(look: &Look, access: &Access) -> Option<Link> {
    let state = look.now;
    let link = |from, to, kind| Some(Link { from, to, pid: Some(access.pid), kind });
    // What the TLB says is followed, whatever the table says by now.
    let decided = access.decides(state).filter(|entry| entry.is_present());
    let refused = decided.is_some_and(|entry| !access.passes(entry));
    if refused && access.refused {
        return None;
    }
    let standing = if refused { Kind::Aside } else { Kind::Solid };
    if let (Some(slot), Some(entry)) = (access.hit, decided) {
        return link(Spot::Thing(Thing::Tlb(slot)), place(state, entry)?, standing);
    }
    let leaf = super::tables::leaf(state, access.pid, access.vpn)?;
    let from = Spot::Thing(Thing::Entry { table: leaf.table, index: leaf.index });
    if let Some(pfn) = access.coming {
        return link(from, Spot::frame(pfn), Kind::Ghost);
    }
    let entry = super::tables::entry(state, access.pid, access.vpn);
    let to = place(state, entry).filter(|_| entry.is_present())?;
    if writes(look, happened::moving(look), to) {
        return link(from, to, Kind::Growing);
    }
    if decided.is_some() || writes(look, happened::shown(look), to) { link(from, to, standing) } else { None }
}

/// Whether one of the events makes an entry lead there.
fn writes(look: &Look, events: &[Event], to: Spot) -> bool {
    let leads = |entry| place(look.now, entry) == Some(to);
    events.iter().any(|event| matches!(*event, Event::PteWritten { old, new, .. } if leads(new) && !leads(old)))
}

fn other_mappers<'a>(look: &'a Look, access: &'a Access, pfn: Pfn) -> impl Iterator<Item = Link> + use<'a> {
    let mappers = look.now.frame(pfn).mappers().iter();
    let others = mappers.filter(|mapper| (mapper.pid, mapper.vpn) != (access.pid, access.vpn));
    others.map(move |mapper| arrow(mapper, pfn, Kind::Aside)).take(MOST_OTHERS)
}

/// Where the entries of the IOMMU lead that are spoken of.
fn device_links<'a>(look: &'a Look, lights: &'a Lights) -> impl Iterator<Item = Link> + use<'a> {
    let grown = |spot: Spot| {
        let mapped = |event: &Event| matches!(*event, Event::IommuMapped { device, page, .. } if spot == Spot::Iommu { device, page });
        happened::moving(look).iter().any(mapped)
    };
    let link = move |&from: &Spot| {
        let Spot::Iommu { device, page } = from else { return None };
        let entry = look.now.device(device)?.iommu_entry(page)?;
        let kind = if grown(from) { Kind::Growing } else { Kind::Solid };
        Some(Link { from, to: Spot::frame(entry.pfn), pid: None, kind })
    };
    lights.in_order().iter().filter_map(link).take(MOST_OTHERS)
}

/// After a fork, how both processes point at the same frame: the first of those that they share.
fn forked(look: &Look) -> Vec<Link> {
    let events = happened::shown(look);
    let forks = |event: &Event| matches!(event, Event::ProcessForked { .. });
    if look.part.is_some() || !events.iter().any(forks) {
        return Vec::new();
    }
    let shared = |event: &Event| match *event {
        Event::PteWritten { new, .. } => new.pfn().filter(|pfn| look.now.frame(*pfn).mappers().len() > 1),
        _ => None,
    };
    let Some(pfn) = events.iter().find_map(shared) else { return Vec::new() };
    let mappers = look.now.frame(pfn).mappers().iter().take(2);
    mappers.map(|mapper| arrow(mapper, pfn, Kind::Solid)).collect()
}

/// From a page that maps a frame to it.
fn arrow(mapper: &Mapper, pfn: Pfn, kind: Kind) -> Link {
    Link { from: Spot::page(mapper.pid, mapper.vpn), to: Spot::frame(pfn), pid: Some(mapper.pid), kind }
}

/// What was copied: in the sub-step shown, or in a whole step the last of it.
fn copies(look: &Look) -> Vec<Link> {
    let events = if look.part.is_some() { happened::part(look) } else { happened::shown(look) };
    let mut copies: Vec<Link> = Vec::new();
    for event in events.iter().rev() {
        let Some((from, to)) = copied(event) else { continue };
        let link = Link { from, to, pid: None, kind: Kind::Copy };
        if copies.len() < MOST_COPIES && !copies.contains(&link) {
            copies.push(link);
        }
    }
    copies
}

/// From where to where an event copies a page, or part of one.
fn copied(event: &Event) -> Option<(Spot, Spot)> {
    Some(match *event {
        Event::PageCopied { from, to } | Event::BytesCopied { from, to, .. } => (Spot::frame(from), Spot::frame(to)),
        Event::DiskRead { object, page, pfn, .. } => (Spot::block(object, page), Spot::frame(pfn)),
        Event::DiskWritten { object, page, pfn, .. } => (Spot::frame(pfn), Spot::block(object, page)),
        Event::SwapRead { slot, pfn } => (Spot::Thing(Thing::Slot(slot)), Spot::frame(pfn)),
        Event::SwapWritten { slot, pfn } => (Spot::frame(pfn), Spot::Thing(Thing::Slot(slot))),
        _ => return None,
    })
}

/// How bright an arrow is.
pub(crate) fn light(kind: Kind) -> Light {
    match kind {
        Kind::Solid | Kind::Ghost | Kind::Growing | Kind::Copy => Light::Near,
        Kind::Aside => Light::Far,
    }
}
