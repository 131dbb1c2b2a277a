//! The memory's zone: frames with what they hold and who maps them, the page cache by file. The policy is `policy`'s.

use super::access::Access;
use super::content::{Texture, badge, frame_preview, is_device, letter, object_name, process_name, vpn_digits};
use super::foremost::{foremost, some};
use super::happened;
use super::lit::{Light, Lights, Spot};
use super::policy::{Policy, policy};
use crate::seam::Look;
use vmcore::event::{Event, Reason};
use vmcore::frames::Holds;
use vmcore::sorted::SortedMap;
use vmcore::state::State;
use vmcore::units::{FilePage, ObjectId, Pfn, Pid, SlotId, TableId};

/// Most frames that are drawn.
const MOST_FRAMES: usize = 256;
/// Of a file with more pages than these the page cache shows rows of [`ROW`]: those in which something is.
const MOST_PAGES: u64 = 16;
/// Pages of such a row.
pub(crate) const ROW: u64 = 8;
/// Most rows of a file.
const MOST_ROWS: usize = 6;
/// Most files in the page cache.
const MOST_FILES: usize = 4;

/// The zone.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Memory {
    pub(crate) frames: Vec<FrameView>,
    /// Frames that are not drawn.
    pub(crate) more: usize,
    pub(crate) free: u32,
    pub(crate) policy: Policy,
    pub(crate) cache: Vec<CachedFile>,
}

/// A frame.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct FrameView {
    pub(crate) pfn: Pfn,
    /// `poem.txt : 0`, `private`, `free`.
    pub(crate) holder: String,
    /// The same in fewer words: `p. 0`, `pinned`.
    pub(crate) short: String,
    pub(crate) free: bool,
    /// It holds a page table.
    pub(crate) table: bool,
    pub(crate) content: String,
    pub(crate) letter: char,
    /// The byte of the content that the access is about.
    pub(crate) hot: Option<usize>,
    pub(crate) texture: Texture,
    pub(crate) dirty: bool,
    pub(crate) block: Option<(ObjectId, FilePage)>,
    pub(crate) slot: Option<SlotId>,
    pub(crate) mappers: Vec<Badge>,
    /// Why it must go, in the step that drives it out.
    pub(crate) victim: Option<String>,
    /// No disk had it, or not so new, when the power went: what is drawn is what was lost.
    pub(crate) lost: bool,
    pub(crate) light: Light,
}

/// A mapper of a frame.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Badge {
    pub(crate) pid: Pid,
    pub(crate) text: String,
    /// It is about to map the frame.
    pub(crate) ghost: bool,
}

/// A file's row in the page cache.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CachedFile {
    pub(crate) object: ObjectId,
    pub(crate) name: String,
    pub(crate) texture: Texture,
    pub(crate) note: String,
    pub(crate) pages: Vec<CachedPage>,
    /// The pages are whole rows of a longer file.
    pub(crate) rows: bool,
    /// Pages that are cached and not drawn.
    pub(crate) more: usize,
    pub(crate) light: Light,
}

/// A place in it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CachedPage {
    pub(crate) page: FilePage,
    pub(crate) frame: Option<Pfn>,
    pub(crate) dirty: bool,
    pub(crate) light: Light,
}

pub(crate) fn memory(look: &Look, access: Option<&Access>, lights: &Lights) -> Memory {
    let state = look.now;
    let shown = shown_frames(state, lights);
    let mut victims = victims(look);
    let chosen: Vec<Pfn> = victims.keys().copied().collect();
    let frame = |pfn| match lost(look, lights, pfn) {
        Some(ghost) => ghost,
        None => FrameView { victim: victims.remove(&pfn), ..frame(look, access, lights, pfn) },
    };
    let frames: Vec<FrameView> = shown.into_iter().map(frame).collect();
    Memory {
        more: state.frames().len() - frames.len(),
        frames,
        free: state.free_frames(),
        policy: policy(state, lights, &chosen),
        cache: cache(state, lights),
    }
}

/// What a power cut has taken with it: a frame as it was, if no disk has what it held.
fn lost(look: &Look, lights: &Lights, pfn: Pfn) -> Option<FrameView> {
    let cut = || happened::shown(look).iter().any(|event| matches!(event, Event::PowerLost));
    let held = look.before.frame(pfn);
    if !(held.is_dirty() || held.holds() == Holds::Anon) || !cut() {
        return None;
    }
    let before = Look { now: look.before, ..*look };
    Some(FrameView { lost: true, mappers: Vec::new(), ..frame(&before, None, lights, pfn) })
}

/// All frames of a small machine; of a large one those in use come first, so that they are seen.
fn shown_frames(state: &State, lights: &Lights) -> Vec<Pfn> {
    let rank = |at: u32| {
        let pfn = Pfn::new(at);
        (lights.on(Spot::frame(pfn)) != Light::Lit, state.frame(pfn).holds() == Holds::Free)
    };
    foremost(state.frames().len(), MOST_FRAMES, &rank).into_iter().map(Pfn::new).collect()
}

fn frame(look: &Look, access: Option<&Access>, lights: &Lights, pfn: Pfn) -> FrameView {
    let state = look.now;
    let frame = state.frame(pfn);
    let (holder, texture, block) = match frame.holds() {
        Holds::Free => ("free".to_owned(), Texture::Plain, None),
        Holds::Taken => ("being filled".to_owned(), Texture::Plain, None),
        Holds::Raw => ("given".to_owned(), Texture::Plain, None),
        Holds::Table(table) => (table_holder(state, table), Texture::Lines, None),
        Holds::Object { object, page } => {
            (format!("{} : {page}", object_name(state, object)), Texture::of(object), Some((object, page)))
        }
        Holds::Anon => (private_holder(state, pfn), Texture::Plain, None),
    };
    let pinned = state.is_pinned(pfn);
    let short = match (pinned, frame.holds(), frame.mappers()) {
        (true, ..) => "pinned".to_owned(),
        (_, Holds::Object { page, .. }, _) => format!("page {page}"),
        (_, Holds::Anon, [mapper, ..]) => format!("page {}", tail(&vpn_digits(state, mapper.vpn))),
        _ => holder.clone(),
    };
    let holder = if pinned { format!("{holder}, pinned") } else { holder };
    let free = frame.holds() == Holds::Free;
    let content = match frame.holds() {
        Holds::Free | Holds::Taken => String::new(),
        Holds::Table(table) => entries_used(state, table),
        _ => frame_preview(state, pfn),
    };
    let table = matches!(frame.holds(), Holds::Table(_));
    let mut mappers: Vec<Badge> = Vec::new();
    for mapper in frame.mappers() {
        if !mappers.iter().any(|badge| badge.pid == mapper.pid) {
            mappers.push(Badge { pid: mapper.pid, text: badge(state, mapper.pid), ghost: false });
        }
    }
    let ghost = access.filter(|access| access.claims(state) == Some(pfn)).map(|access| access.pid);
    if let Some(pid) = ghost.filter(|pid| !mappers.iter().any(|badge| badge.pid == *pid)) {
        mappers.push(Badge { pid, text: badge(state, pid), ghost: true });
    }
    let offset = |access: &Access| state.format().offset(access.va) as usize;
    let hot = access.filter(|access| access.done && access.place(state) == Some(Spot::frame(pfn))).map(offset);
    FrameView {
        pfn,
        holder,
        short,
        free,
        table,
        letter: if table { '≡' } else { letter(&content) },
        hot: hot.filter(|&at| at < content.chars().count()),
        content,
        texture,
        dirty: frame.is_dirty(),
        block,
        slot: frame.slot(),
        mappers,
        victim: None,
        lost: false,
        light: lights.on(Spot::frame(pfn)),
    }
}

fn table_holder(state: &State, id: TableId) -> String {
    let table = state.table(id);
    let level = &state.format().levels[table.level()].name;
    format!("{}, {level}", process_name(state, table.pid()))
}

fn entries_used(state: &State, id: TableId) -> String {
    let table = state.table(id);
    format!("{} of {} entries", table.live(), table.len())
}

fn private_holder(state: &State, pfn: Pfn) -> String {
    match state.frame(pfn).mappers() {
        [] => "private".to_owned(),
        [mapper, ..] => format!("private, page {}", tail(&vpn_digits(state, mapper.vpn))),
    }
}

/// The last digits of a long page number.
fn tail(digits: &str) -> &str {
    &digits[digits.len().saturating_sub(4)..]
}

/// The victims that are still in their frames, with the reasons.
fn victims(look: &Look) -> SortedMap<Pfn, String> {
    let mut victims = SortedMap::default();
    for event in happened::shown(look) {
        match *event {
            Event::VictimChosen { pfn, reason } => {
                victims.insert(pfn, short(reason));
            }
            Event::FrameFreed { pfn, .. } => {
                victims.remove(&pfn);
            }
            _ => {}
        }
    }
    victims
}

/// The reason in the few words that fit into a frame; the caption has more.
fn short(reason: Reason) -> String {
    let words = match reason {
        Reason::OldestArrival => "oldest arrival",
        Reason::LongestUnused => "longest unused",
        Reason::LatestUsed => "last used",
        Reason::BitClear => "bit is clear",
        Reason::NotRecentlyUsed { referenced: false, .. } => "not used lately",
        Reason::NotRecentlyUsed { referenced: true, .. } => "lowest class",
        Reason::FewestUses(_) => "fewest uses",
        Reason::LowestAge(_) => "lowest age",
        Reason::Drawn { .. } => "drawn",
        Reason::NextUse(u64::MAX) | Reason::SoonestUse(u64::MAX) => "never used again",
        Reason::NextUse(_) => "used last of all",
        Reason::SoonestUse(_) => "used soonest",
        Reason::LongestUnusedOfOnce => "used once",
        Reason::LongestUnusedOfAgain => "longest unused",
        Reason::NotVisited => "not visited",
        Reason::FailedTrial => "failed its trial",
        Reason::UsedUp => "uses used up",
        Reason::Inactive => "inactive",
    };
    words.to_owned()
}

fn cache(state: &State, lights: &Lights) -> Vec<CachedFile> {
    let objects = state.objects().filter(|(_, object)| !object.is_dropped() && !is_device(object));
    objects.map(|(id, _)| cached_file(state, lights, id)).take(MOST_FILES).collect()
}

fn cached_file(state: &State, lights: &Lights, id: ObjectId) -> CachedFile {
    let object = state.object(id);
    let total = state.format().pages_of(object.size());
    let cached: Vec<(FilePage, Pfn)> = object.cached_pages().collect();
    let rows = total > MOST_PAGES;
    let shown: Vec<u64> = if rows {
        let spoken_of = lights.in_order().iter().filter_map(|spot| match *spot {
            Spot::Cached { object, page } if object == id => Some(page.get()),
            _ => None,
        });
        let wanted = spoken_of.chain(cached.iter().map(|(page, _)| page.get()));
        let rows = some(total.div_ceil(ROW), MOST_ROWS, &mut wanted.map(|page| page / ROW));
        rows.into_iter().flat_map(|row| row * ROW..total.min((row + 1) * ROW)).collect()
    } else {
        (0..total).collect()
    };
    let pages: Vec<CachedPage> = shown
        .into_iter()
        .map(|page| {
            let page = FilePage::new(page);
            let frame = object.cached(page);
            let dirty = frame.is_some_and(|pfn| state.frame(pfn).is_dirty());
            CachedPage { page, frame, dirty, light: lights.on(Spot::Cached { object: id, page }) }
        })
        .collect();
    let inner = pages.iter().map(|page| page.light).fold(Light::Far, Light::min);
    CachedFile {
        object: id,
        name: object_name(state, id),
        texture: Texture::of(id),
        note: format!("{} of {total}", cached.len()),
        light: lights.on(Spot::File(id)).min(inner).max(Light::Near),
        rows,
        more: cached.len() - pages.iter().filter(|page| page.frame.is_some()).count(),
        pages,
    }
}
