//! What belongs to a chosen thing: page, entry, frame, block; and the same in words.

use super::Scene;
use super::lit::Spot;
use super::processes::{Card, Cell, Item};
use crate::seam::Thing;
use vmcore::units::Pfn;

/// What belongs together.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Chain {
    /// The chosen thing first.
    pub(crate) spots: Vec<Spot>,
    /// The pages among them that point at a frame, with it.
    pub(crate) points: Vec<(Spot, Pfn)>,
    /// All of it in a sentence.
    pub(crate) words: String,
}

/// What belongs to `thing`.
pub(crate) fn chain(scene: &Scene, thing: Thing) -> Chain {
    match thing {
        Thing::Process(pid) => of_process(scene, pid),
        Thing::Page { .. } => match cells(scene).find(|cell| page(cell) == thing) {
            Some(cell) => of_cell(cell),
            None => alone(thing, "This page is not drawn."),
        },
        Thing::Entry { .. } => match cells(scene).find(|cell| cell.entry == Some(thing)) {
            Some(cell) => Chain { spots: [&[Spot::Thing(thing)], &of_cell(cell).spots[..]].concat(), ..of_cell(cell) },
            None => alone(thing, "An empty entry, or one of a higher level."),
        },
        Thing::Frame(pfn) => of_frame(scene, pfn),
        Thing::Block { object, page } => of_block(scene, object, page),
        Thing::Slot(slot) => {
            let users: Vec<&Cell> = cells(scene).filter(|cell| cell.slot == Some(slot)).collect();
            let words = match users[..] {
                [] => format!("Swap slot {slot}: no page has it as its only place."),
                _ => format!("Swap slot {slot} holds {}.", names(&users)),
            };
            Chain {
                spots: std::iter::once(Spot::Thing(thing)).chain(users.iter().map(|c| spot(c))).collect(),
                words,
                ..Chain::default()
            }
        }
        Thing::Tlb(slot) => alone(thing, &format!("TLB place {slot}.")),
    }
}

fn alone(thing: Thing, words: &str) -> Chain {
    Chain { spots: vec![Spot::Thing(thing)], points: Vec::new(), words: words.to_owned() }
}

/// All page cells of the picture.
pub(crate) fn cells(scene: &Scene) -> impl Iterator<Item = &Cell> {
    scene.processes.iter().flat_map(card_cells)
}

/// The page cells of one card.
pub(crate) fn card_cells(card: &Card) -> impl Iterator<Item = &Cell> {
    card.items.iter().flat_map(|item| match item {
        Item::Gap(_) => [].iter(),
        Item::Region(region) => region.cells.iter(),
    })
}

fn page(cell: &Cell) -> Thing {
    Thing::Page { pid: cell.pid, vpn: cell.vpn }
}

fn spot(cell: &Cell) -> Spot {
    Spot::Thing(page(cell))
}

fn of_process(scene: &Scene, pid: vmcore::units::Pid) -> Chain {
    let card = scene.processes.iter().find(|card| card.pid == pid);
    let words = card.map_or_else(String::new, |card| {
        let pages = if card.resident == 1 { "page" } else { "pages" };
        format!("{} is {}, with {} resident {pages}.", card.name, card.status, card.resident)
    });
    let resident: Vec<(Spot, Pfn)> =
        card.into_iter().flat_map(card_cells).filter_map(|cell| Some((spot(cell), cell.frame?))).collect();
    let mut spots = vec![Spot::Thing(Thing::Process(pid))];
    spots.extend(resident.iter().flat_map(|&(page, pfn)| [page, Spot::frame(pfn)]));
    Chain { spots, points: Vec::new(), words }
}

fn of_cell(cell: &Cell) -> Chain {
    let mut spots = vec![spot(cell)];
    spots.extend(cell.entry.map(Spot::Thing));
    spots.extend(cell.frame.map(Spot::frame));
    spots.extend(cell.slot.map(|slot| Spot::Thing(Thing::Slot(slot))));
    if let Some((object, page)) = cell.block {
        spots.extend([Spot::block(object, page), Spot::Cached { object, page }]);
    }
    let points = cell.frame.map(|pfn| (spot(cell), pfn)).into_iter().collect();
    Chain { spots, points, words: format!("{}.", cell.words) }
}

fn of_frame(scene: &Scene, pfn: Pfn) -> Chain {
    let mut spots = vec![Spot::frame(pfn)];
    let users: Vec<&Cell> = cells(scene).filter(|cell| cell.frame == Some(pfn)).collect();
    spots.extend(users.iter().map(|cell| spot(cell)));
    let frame = scene.memory.frames.iter().find(|frame| frame.pfn == pfn);
    if let Some((object, page)) = frame.and_then(|frame| frame.block) {
        spots.extend([Spot::block(object, page), Spot::Cached { object, page }]);
    }
    let held = frame.map_or_else(String::new, |frame| match frame.free {
        true => "free".to_owned(),
        false => format!("holds {} “{}”", frame.holder, frame.content),
    });
    let dirty = if frame.is_some_and(|frame| frame.dirty) { ", newer than the disk" } else { "" };
    let mapped = match users[..] {
        [] => String::new(),
        _ => format!(", mapped by {}", names(&users)),
    };
    let points = users.iter().map(|cell| (spot(cell), pfn)).collect();
    Chain { spots, points, words: format!("Frame {pfn}: {held}{dirty}{mapped}.") }
}

fn of_block(scene: &Scene, object: vmcore::units::ObjectId, page: vmcore::units::FilePage) -> Chain {
    let thing = Spot::block(object, page);
    let frame = scene.memory.frames.iter().find(|frame| frame.block == Some((object, page)));
    let mut files = scene.disk.files.iter().chain(scene.disk.devices.iter().map(|device| &device.memory));
    let file = files.find(|file| file.object == object);
    let block = file.and_then(|file| file.blocks.iter().find(|block| block.page == page));
    let named = file.map_or_else(String::new, |file| file.name.clone());
    let content = block.map_or_else(String::new, |block| format!(" “{}”", block.content));
    let mut chain = match frame {
        Some(frame) => of_frame(scene, frame.pfn),
        None => Chain::default(),
    };
    let cached = match frame {
        Some(frame) if frame.dirty => format!("frame {} has a newer version", frame.pfn),
        Some(frame) => format!("frame {} has the same", frame.pfn),
        None => "not in memory".to_owned(),
    };
    let device = file.is_some_and(|file| file.device);
    chain.spots.retain(|spot| *spot != thing);
    chain.spots.insert(0, thing);
    chain.words = match device {
        true => format!("{named} page {page} in the device{content}; never in memory."),
        false => format!("{named} page {page} on the disk{content}; {cached}."),
    };
    chain
}

fn names(cells: &[&Cell]) -> String {
    let name = |cell: &&Cell| cell.words.split(',').next().unwrap_or_default().to_owned();
    cells.iter().map(name).collect::<Vec<_>>().join(" and ")
}
