//! Which arrows there are: what the current access points at, what it is about to point at, and who else points at
//! the same frame. All others are told by the badges on the frames.

use super::access::Access;
use super::happened;
use super::lit::{Light, Lights, Spot};
use crate::seam::{Look, Thing};
use vmcore::event::Event;
use vmcore::units::{Pfn, Pid};

/// Most other mappers whose arrows are drawn.
const MOST_OTHERS: usize = 3;

/// An arrow: something that points, never something that copies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Link {
    pub(crate) from: Spot,
    pub(crate) to: Pfn,
    /// Whose arrow it is.
    pub(crate) pid: Pid,
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
}

pub(crate) fn links(look: &Look, access: Option<&Access>, lights: &Lights) -> Vec<Link> {
    let Some(access) = access else { return Vec::new() };
    let mut links: Vec<Link> = main_link(look, access).into_iter().collect();
    let target = links.first().map(|link| link.to);
    if let Some(pfn) = target {
        links.extend(other_mappers(look, access, pfn));
    }
    let _ = lights;
    links
}

fn main_link(look: &Look, access: &Access) -> Option<Link> {
    let state = look.now;
    let leaf = super::tables::leaf(state, access.pid, access.vpn)?;
    let entry = Spot::Thing(Thing::Entry { table: leaf.table, index: leaf.index });
    let link = |from, to, kind| Link { from, to, pid: access.pid, kind };
    if let Some(pfn) = access.coming {
        return Some(link(entry, pfn, Kind::Ghost));
    }
    let pfn = leaf.entry.pfn().filter(|_| leaf.entry.is_present())?;
    if let Some(slot) = access.hit {
        return Some(link(Spot::Thing(Thing::Tlb(slot)), pfn, Kind::Solid));
    }
    let walked = access.read == state.format().levels.len() || access.done;
    if just_mapped(look, pfn) {
        return Some(link(entry, pfn, Kind::Growing));
    }
    (walked || was_mapped(look, pfn)).then(|| link(entry, pfn, Kind::Solid))
}

/// Whether the events being shown have written the entry.
fn just_mapped(look: &Look, pfn: Pfn) -> bool {
    writes(happened::moving(look), pfn)
}

/// Whether the step has written the entry.
fn was_mapped(look: &Look, pfn: Pfn) -> bool {
    writes(happened::shown(look), pfn)
}

fn writes(events: &[Event], pfn: Pfn) -> bool {
    events.iter().any(|event| {
        matches!(*event, Event::PteWritten { old, new, .. } if new.pfn() == Some(pfn) && old.pfn() != Some(pfn))
    })
}

fn other_mappers<'a>(look: &'a Look, access: &'a Access, pfn: Pfn) -> impl Iterator<Item = Link> + use<'a> {
    let mappers = look.now.frame(pfn).mappers().iter();
    let others = mappers.filter(|mapper| (mapper.pid, mapper.vpn) != (access.pid, access.vpn));
    others
        .map(move |mapper| Link {
            from: Spot::page(mapper.pid, mapper.vpn),
            to: pfn,
            pid: mapper.pid,
            kind: Kind::Aside,
        })
        .take(MOST_OTHERS)
}

/// How bright an arrow is.
pub(crate) fn light(kind: Kind) -> Light {
    match kind {
        Kind::Solid | Kind::Ghost | Kind::Growing => Light::Near,
        Kind::Aside => Light::Far,
    }
}
