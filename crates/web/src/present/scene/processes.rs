//! The processes' zone: a card each, its regions in address order, gaps collapsed, a cell for each page.

use super::content::{Texture, address_text, badge, bytes_text, frame_preview, glyph, letter, object_name};
use super::content::{preview, process_name, vpn_digits};
use super::foremost::foremost;
use super::lit::{Light, Lights, Spot};
use super::tables;
use crate::seam::{Look, Thing};
use vmcore::event::VmaFlags;
use vmcore::process::{Life, Process, Vma};
use vmcore::pte::Pte;
use vmcore::sorted::sort_by_key;
use vmcore::state::State;
use vmcore::units::{FilePage, ObjectId, Pfn, Pid, Prot, SlotId, VirtAddr, Vpn};

/// Most cards that are drawn.
const MOST_CARDS: usize = 8;
/// Most regions of a card.
const MOST_REGIONS: usize = 10;
/// A region with more pages than this shows only those that have been touched.
const ALL_PAGES: u64 = 64;
/// Most pages of a region that is shown in part.
const MOST_PAGES: usize = 32;

/// A process.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Card {
    pub(crate) pid: Pid,
    pub(crate) name: String,
    pub(crate) badge: String,
    pub(crate) status: &'static str,
    pub(crate) running: bool,
    pub(crate) alive: bool,
    pub(crate) light: Light,
    pub(crate) items: Vec<Item>,
    pub(crate) more_regions: usize,
    /// Resident pages, for the document.
    pub(crate) resident: u64,
}

/// What a card lists, from low addresses to high.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Item {
    /// Addresses that stand for nothing.
    Gap(Gap),
    /// Addresses that stand for something.
    Region(Region),
}

/// A stretch that nothing is mapped in.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Gap {
    pub(crate) text: String,
    /// The same where there is little room.
    pub(crate) short: String,
    pub(crate) light: Light,
    /// The page asked for, if it lies here.
    pub(crate) asked: Option<Spot>,
}

/// A region.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Region {
    pub(crate) start: Vpn,
    pub(crate) name: String,
    /// The same where there is little room.
    pub(crate) short: String,
    /// The first page and the last.
    pub(crate) pages: String,
    pub(crate) rights: String,
    /// The first address, where page labels are too short to tell it.
    pub(crate) address: Option<String>,
    pub(crate) texture: Texture,
    pub(crate) light: Light,
    pub(crate) cells: Vec<Cell>,
    /// Pages that are not drawn.
    pub(crate) more: More,
}

/// Pages that are not drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct More {
    /// Those with an entry.
    pub(crate) touched: u64,
    /// Those without.
    pub(crate) untouched: u64,
}

/// A page of an address space.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cell {
    pub(crate) pid: Pid,
    pub(crate) vpn: Vpn,
    pub(crate) va: VirtAddr,
    pub(crate) label: String,
    pub(crate) state: PageState,
    pub(crate) letter: Option<char>,
    /// Newer than the disk.
    pub(crate) dirty: bool,
    pub(crate) light: Light,
    pub(crate) frame: Option<Pfn>,
    pub(crate) slot: Option<SlotId>,
    pub(crate) block: Option<(ObjectId, FilePage)>,
    /// Its page-table entry, if its table exists.
    pub(crate) entry: Option<Thing>,
    pub(crate) texture: Texture,
    /// All about it in words.
    pub(crate) words: String,
}

/// What hardware and kernel would make of a page now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PageState {
    /// No entry yet.
    Absent,
    /// Present, loads only.
    ReadOnly,
    /// Present, loads and stores.
    Writable,
    /// Present; the first store makes a copy.
    CopyOnWrite,
    /// In the swap area.
    Swapped,
    /// Wholly beyond the end of its file.
    PastEnd,
    /// The zero frame stands in.
    Zero,
    /// A frame is held, but the region permits nothing.
    Forbidden,
}

impl PageState {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Absent => "not present",
            Self::ReadOnly => "present, read-only",
            Self::Writable => "present, writable",
            Self::CopyOnWrite => "present, copied on the first store",
            Self::Swapped => "in swap",
            Self::PastEnd => "beyond the end of the file",
            Self::Zero => "present, the zero frame",
            Self::Forbidden => "present, no access permitted",
        }
    }
}

/// The cards, and how many processes have none.
pub(crate) fn cards(look: &Look, lights: &Lights) -> (Vec<Card>, usize) {
    let state = look.now;
    let mut shown: Vec<(Pid, &Process)> = state.processes().collect();
    let total = shown.len();
    // Those that have ended give way first, then the newest.
    if total > MOST_CARDS {
        let rank = |at: u32| (!shown[at as usize].1.is_alive(), false);
        shown = foremost(total, MOST_CARDS, &rank).into_iter().map(|at| shown[at as usize]).collect();
    }
    let cards: Vec<Card> = shown.into_iter().map(|(pid, process)| card(state, lights, pid, process)).collect();
    let more = total - cards.len();
    (cards, more)
}

fn card(state: &State, lights: &Lights, pid: Pid, process: &Process) -> Card {
    let running = state.running() == Some(pid) && process.is_alive();
    let (items, more_regions) = if process.is_alive() { items(state, lights, pid, process) } else { (Vec::new(), 0) };
    let inner = items.iter().map(|item| match item {
        Item::Gap(gap) => gap.light,
        Item::Region(region) => region.cells.iter().map(|cell| cell.light).fold(region.light, Light::min),
    });
    let own = lights.on(Spot::Thing(Thing::Process(pid)));
    let light = inner.fold(own, Light::min);
    Card {
        pid,
        name: process_name(state, pid),
        badge: badge(state, pid),
        status: match process.life() {
            Life::Alive if running => "running",
            Life::Alive => "waiting",
            Life::Ended => "ended",
            Life::Lost => "lost",
        },
        running,
        alive: process.is_alive(),
        light: if light == Light::Lit && own != Light::Lit { Light::Near } else { light },
        items,
        more_regions,
        resident: state.rss(pid),
    }
}

fn items(state: &State, lights: &Lights, pid: Pid, process: &Process) -> (Vec<Item>, usize) {
    let mut items = Vec::new();
    let mut low = Vpn::new(0);
    for vma in process.vmas().take(MOST_REGIONS) {
        items.extend(gap(state, lights, pid, low, vma.start).map(Item::Gap));
        items.push(Item::Region(region(state, lights, pid, vma)));
        low = vma.end();
    }
    let more = process.vmas().count().saturating_sub(MOST_REGIONS);
    if more == 0 {
        items.extend(gap(state, lights, pid, low, Vpn::new(state.format().user_pages())).map(Item::Gap));
    }
    (items, more)
}

fn gap(state: &State, lights: &Lights, pid: Pid, start: Vpn, end: Vpn) -> Option<Gap> {
    if start >= end {
        return None;
    }
    let bytes = end.since(start).saturating_mul(state.page_bytes());
    let first = state.format().address(start).get();
    let short = if state.format().va_bits() <= 16 {
        format!("{} – {}", hex(state, first), hex(state, first + (bytes - 1)))
    } else {
        bytes_text(bytes)
    };
    let text = format!("{short} nothing mapped");
    let light = lights.on_gap(pid, start, end);
    let asked = lights.in_order().iter().copied().find(|spot| match *spot {
        Spot::Gap { pid: p, vpn, .. } => p == pid && vpn >= start && vpn < end,
        _ => false,
    });
    Some(Gap { text, short, light, asked })
}

fn hex(state: &State, address: u64) -> String {
    let digits = usize::from(state.format().va_bits().div_ceil(4));
    format!("0x{address:0digits$X}")
}

fn region(state: &State, lights: &Lights, pid: Pid, vma: &Vma) -> Region {
    let base = match vma.object {
        Some(object) => object_name(state, object),
        None if vma.flags.has(VmaFlags::GROWS_DOWN) => "stack".to_owned(),
        None => "anonymous".to_owned(),
    };
    let brief = match base.as_str() {
        "anonymous" => "anon",
        "shared memory" => "shm",
        name => name,
    };
    let (name, short) = match (vma.object, vma.first.get()) {
        (Some(_), first @ 1..) => (format!("{base} from page {first}"), format!("{brief} +{first}")),
        _ => (base.clone(), brief.to_owned()),
    };
    let digits = |page: u64| vpn_digits(state, vma.start.plus(page)).trim_start_matches('0').to_owned();
    let pages = if vma.pages == 1 { digits(0) } else { format!("{}–{}", digits(0), digits(vma.pages - 1)) };
    let (shown, more) = shown_pages(state, lights, pid, vma);
    let cells: Vec<Cell> = shown.into_iter().map(|vpn| cell(state, lights, pid, vma, vpn)).collect();
    let sharing = if vma.is_shared() { "shared" } else { "private" };
    let long = state.format().va_bits() > 16;
    Region {
        start: vma.start,
        name,
        short,
        pages,
        rights: format!("{} {sharing}", vma.prot),
        address: long.then(|| address_text(state, state.format().address(vma.start).get())),
        texture: vma.object.map_or(Texture::Plain, Texture::of),
        light: lights.on_region(pid, vma),
        more,
        cells,
    }
}

/// All pages of a small region; of a large one those with an entry and those that are spoken of. And what is left out.
fn shown_pages(state: &State, lights: &Lights, pid: Pid, vma: &Vma) -> (Vec<Vpn>, More) {
    if vma.pages <= ALL_PAGES {
        return ((0..vma.pages).map(|page| vma.start.plus(page)).collect(), More { touched: 0, untouched: 0 });
    }
    let asked = lights.in_order().iter().filter_map(|spot| match *spot {
        Spot::Thing(Thing::Page { pid: p, vpn }) if p == pid && vma.covers(vpn) => Some(vpn),
        _ => None,
    });
    let mut pages: Vec<Vpn> = asked.take(MOST_PAGES / 2).collect();
    let touched: Vec<Vpn> = state.leaves(pid, vma.start, vma.pages).into_iter().map(|(vpn, _)| vpn).collect();
    let first = (0..8).map(|page| vma.start.plus(page));
    for vpn in touched.iter().copied().chain(first) {
        if pages.len() >= MOST_PAGES {
            break;
        }
        if !pages.contains(&vpn) {
            pages.push(vpn);
        }
    }
    sort_by_key(&mut pages, |page| page.get());
    let shown = pages.iter().filter(|page| touched.binary_search(page).is_ok()).count();
    let left = (touched.len() - shown) as u64;
    let more = More { touched: left, untouched: vma.pages - pages.len() as u64 - left };
    (pages, more)
}

fn cell(state: &State, lights: &Lights, pid: Pid, vma: &Vma, vpn: Vpn) -> Cell {
    let entry = tables::entry(state, pid, vpn);
    let block = vma.object.map(|object| (object, vma.file_page(vpn)));
    let page_state = page_state(state, vma, entry, block);
    let frame = entry.pfn();
    let letter = match (frame, entry.slot()) {
        (Some(pfn), _) => Some(letter(&frame_preview(state, pfn))),
        (None, Some(slot)) => Some(state.slot_bytes(slot).first().copied().map_or('·', glyph)),
        _ if entry.is_zero() => Some('0'),
        _ if entry.device_frame().is_some() => {
            state.device_page(entry).map(|(object, page)| glyph(state.device_byte(object, page, 0)))
        }
        _ => None,
    };
    let dirty = frame.is_some_and(|pfn| state.frame(pfn).is_dirty());
    let mut cell = Cell {
        pid,
        vpn,
        va: state.format().address(vpn),
        label: vpn_digits(state, vpn),
        state: page_state,
        letter,
        dirty,
        light: lights.on(Spot::page(pid, vpn)),
        frame,
        slot: entry.slot(),
        block,
        entry: tables::leaf(state, pid, vpn).map(|leaf| Thing::Entry { table: leaf.table, index: leaf.index }),
        texture: vma.object.map_or(Texture::Plain, Texture::of),
        words: String::new(),
    };
    cell.words = words(state, &cell);
    cell
}

fn page_state(state: &State, vma: &Vma, entry: Pte, block: Option<(ObjectId, FilePage)>) -> PageState {
    if entry.slot().is_some() {
        return PageState::Swapped;
    }
    if entry.is_empty() {
        let past =
            block.is_some_and(|(object, page)| page.get() >= state.format().pages_of(state.object(object).size()));
        return if past { PageState::PastEnd } else { PageState::Absent };
    }
    match (entry.is_present(), entry.is_writable()) {
        (false, _) => PageState::Forbidden,
        _ if entry.is_zero() => PageState::Zero,
        (true, true) => PageState::Writable,
        (true, false) if !vma.is_shared() && vma.prot.has(Prot::WRITE) => PageState::CopyOnWrite,
        (true, false) => PageState::ReadOnly,
    }
}

fn words(state: &State, cell: &Cell) -> String {
    let mut words = format!("{} page {}", process_name(state, cell.pid), cell.label);
    if let Some((object, page)) = cell.block {
        words += &format!(", {} page {page}", object_name(state, object));
    }
    words += &format!(", {}", cell.state.words());
    match (cell.frame, cell.slot) {
        (Some(pfn), _) => words += &format!(", frame {pfn} “{}”", frame_preview(state, pfn)),
        (None, Some(slot)) => words += &format!(", slot {slot}"),
        (None, None) => {
            if let (PageState::Absent, Some((object, page))) = (cell.state, cell.block) {
                let holder = if state.is_device(object) { "device" } else { "disk" };
                words += &format!(", the {holder} has “{}”", preview(state, &state.on_disk(object, page)));
            }
        }
    }
    if cell.dirty {
        words += ", dirty";
    }
    words
}
