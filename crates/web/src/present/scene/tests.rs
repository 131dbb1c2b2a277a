//! What the picture says at telling moments of the lessons.

use super::chain::{cells, chain};
use super::lit::Light;
use super::processes::PageState;
use super::translation::Row;
use super::*;
use crate::seam::Thing;
use crate::stage::moments::{lesson, moment, moment_of, moments, whole};
use vmcore::units::{Pfn, Pid, Vpn};

mod walk;

fn state_of(scene: &Scene, pid: u16, vpn: u64) -> PageState {
    let cell = cells(scene).find(|cell| (cell.pid, cell.vpn) == (Pid::new(pid), Vpn::new(vpn)));
    cell.expect("the page is drawn").state
}

fn selected(scene: &Scene) -> &Row {
    scene.translation.tables[0].rows.iter().find(|row| row.selected).expect("an entry is selected")
}

#[test]
fn the_failing_bit_is_named_where_it_stands() {
    let scene = moment_of(lesson("L03"), 3, "reads entry 5");
    let row = selected(&scene);
    assert_eq!((row.label.as_str(), row.verdict.as_deref(), row.light), ("5", Some("not present"), Light::Lit));
    assert!(row.bits[0].fails && row.bits[1..].iter().all(|bit| !bit.fails));
}

#[test]
fn a_store_to_a_read_only_entry_fails_by_its_write_bit() {
    let scene = moment_of(lesson("L10"), 8, "reads entry 3");
    let row = selected(&scene);
    assert_eq!(row.verdict.as_deref(), Some("read-only"));
    assert_eq!(row.bits.iter().map(|bit| bit.fails).collect::<Vec<_>>(), [false, true, false, false, false]);
}

#[test]
fn the_entry_about_to_be_written_is_a_ghost() {
    let scene = moment_of(lesson("L08"), 7, "in the page cache");
    assert_eq!(selected(&scene).ghost.as_deref(), Some("0"));
    assert!(scene.links.iter().any(|link| link.kind == links::Kind::Ghost && link.to == Spot::frame(Pfn::new(0))));
    let frame = &scene.memory.frames[0];
    let badges: Vec<(&str, bool)> = frame.mappers.iter().map(|badge| (badge.text.as_str(), badge.ghost)).collect();
    assert_eq!(badges, [("A", false), ("B", true)]);
}

#[test]
fn two_processes_meet_on_one_frame() {
    let scene = moment_of(lesson("L08"), 7, "has the byte");
    let frames: Vec<Option<Pfn>> = cells(&scene).map(|cell| cell.frame).collect();
    assert_eq!(frames, [Some(Pfn::new(0)), Some(Pfn::new(0))]);
    assert_eq!(scene.links.len(), 2, "the story's arrow and the other mapper's");
}

#[test]
fn fork_leaves_private_pages_to_be_copied() {
    let scene = moment_of(lesson("L10"), 7, "returns");
    for pid in [0, 1] {
        assert_eq!(state_of(&scene, pid, 2), PageState::CopyOnWrite);
    }
    assert_eq!((state_of(&scene, 0, 8), state_of(&scene, 1, 8)), (PageState::Writable, PageState::Absent));
}

#[test]
fn pages_beyond_the_end_and_in_swap_are_told_apart() {
    let source = "machine textbook { frames = 1, signals = continue }\nfile \"a\" size 20\n\
                  A: fd = open(\"a\", O_RDONLY)\nA: p = mmap(0x40, 48, PROT_READ, MAP_SHARED, fd, 0)\n\
                  A: q = mmap(0x80, 32, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
                  A: q[0] = 'x'\nA: q[16] = 'y'\n";
    let scene = moment(source, "step 5.0");
    assert_eq!((state_of(&scene, 0, 5), state_of(&scene, 0, 6)), (PageState::Absent, PageState::PastEnd));
    let scene = moment_of(source, 5, "is stored");
    assert_eq!((state_of(&scene, 0, 8), state_of(&scene, 0, 9)), (PageState::Swapped, PageState::Writable));
}

#[test]
fn every_part_lights_something_and_not_everything() {
    for lesson in script::library::LESSONS {
        moments(lesson.text(), false, &mut |name, scene| {
            let lit = cells(scene).filter(|cell| cell.light == Light::Lit).count();
            assert!(lit <= 4, "{} {name}: {lit} pages are lit", lesson.id);
            if let Some(caption) = &scene.caption {
                // Where everything goes, or nothing happens, there is no one place to point at.
                let nowhere = ["power", "nothing changes"].iter().any(|word| caption.text.contains(word));
                assert!(!caption.at.is_empty() || nowhere, "{} {name}: {}", lesson.id, caption.text);
            }
        });
    }
}

#[test]
fn a_chain_leads_from_the_page_to_the_disk() {
    let scene = moment_of(lesson("L03"), 3, "has the byte");
    let chain = chain(&scene, Thing::Page { pid: Pid::new(0), vpn: Vpn::new(5) });
    let has = |spot: &Spot| chain.spots.contains(spot);
    assert!(has(&Spot::frame(Pfn::new(0))), "{:?}", chain.spots);
    assert!(chain.spots.iter().any(|spot| matches!(spot, Spot::Thing(Thing::Entry { index: 5, .. }))));
    assert!(chain.spots.iter().any(|spot| matches!(spot, Spot::Thing(Thing::Block { .. }))));
    assert_eq!(chain.words, "A page 5, a page 1, present, read-only, frame 0 “BBBBBBBBBBBBBBBB”.");
}

#[test]
fn physical_addresses_keep_the_offset() {
    let scene = moment_of(lesson("L08"), 8, "has the byte");
    let physical = scene.translation.physical;
    assert_eq!((physical.frame.as_str(), physical.offset.as_str()), ("0", "F"));
    assert_eq!(physical.text.as_deref(), Some("0xf"));
}

#[test]
fn a_step_of_many_events_is_still_a_picture() {
    let source = "machine textbook { page = 16, va_bits = 20, frames = 64, policy = clock }\nfile \"big\" size 65536\n\
                  A: fd = open(\"big\", O_RDONLY)\nA: p = mmap(0x10, 65536, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0..65536]\n";
    let scene = whole(source, 3);
    assert_eq!(scene.memory.frames.len(), 64);
    assert!((1..=8).contains(&scene.motions.len()), "{:?}", scene.motions);
}

#[test]
fn a_device_stands_beside_the_disk_with_its_table() {
    let scene = moment_of(lesson("L20"), 16, "the bytes are in frame 6");
    let [screen, card] = &scene.disk.devices[..] else { panic!("two devices: {:?}", scene.disk.devices) };
    assert_eq!((screen.memory.name.as_str(), screen.memory.size.as_str()), ("fb0", "device, 32 B"));
    assert!(screen.memory.blocks[0].content.starts_with("HELLO") && screen.reach.is_empty());
    let [reach] = &card.reach[..] else { panic!("one entry: {:?}", card.reach) };
    assert_eq!((reach.address.as_str(), reach.pfn.get(), reach.rights), ("0x20", 6, "rw"));
    // The packet travels from the card to the frame, which is pinned; nothing of a device is in the page cache.
    let motion = scene.motions.first().expect("the packet moves");
    assert_eq!(motion.to, Spot::frame(Pfn::new(6)));
    assert_eq!(motion.from, Spot::File(card.memory.object));
    assert!(scene.memory.frames[6].holder.ends_with(", pinned"), "{}", scene.memory.frames[6].holder);
    assert!(scene.memory.cache.iter().all(|file| file.name != "fb0" && file.name != "nic"));
}

#[test]
fn a_program_is_drawn_by_its_files_and_its_stack() {
    let scene = whole(lesson("L13"), 1);
    let names = scene.processes[0].items.iter().filter_map(|item| match item {
        processes::Item::Region(region) => Some(region.name.as_str()),
        processes::Item::Gap(_) => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["app", "app from page 2", "anonymous", "libc", "stack"]);
}

fn region(scene: &Scene) -> &processes::Region {
    let mut items = scene.processes[0].items.iter();
    let region = items.find_map(|item| match item {
        processes::Item::Region(region) => Some(region),
        processes::Item::Gap(_) => None,
    });
    region.expect("something is mapped")
}

#[test]
fn pages_that_are_not_drawn_are_told_by_whether_they_were_touched() {
    let source = "machine linux { frames = 2048 }\nA: p = mmap(NULL, 6M, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
                  A: madvise(p, 6M, MADV_HUGEPAGE)\nA: p[0] = 'a'\n";
    let untouched = whole(source, 1);
    assert_eq!(region(&untouched).more, processes::More { touched: 0, untouched: 1536 - 8 });
    let huge = whole(source, 3);
    let more = region(&huge).more;
    assert_eq!(more, processes::More { touched: 512 - region(&huge).cells.len() as u64, untouched: 1024 });
}

#[test]
fn what_is_spoken_of_is_drawn_wherever_it_lies_in_its_file() {
    let source = "machine linux { frames = 8, readahead = 1, readaround = off, fault_around = 1 }\nfile \"huge\" size 1G fill zeros\n\
                  A: fd = open(\"huge\", O_RDONLY)\nA: p = mmap(NULL, 1G, PROT_READ, MAP_SHARED, fd, 0)\n\
                  A: p[1G - 1]\n";
    let scene = moment_of(source, 3, "reads huge page 262143");
    let [file] = &scene.disk.files[..] else { panic!("one file") };
    let last = file.blocks.last().expect("blocks are drawn");
    assert_eq!((last.page.get(), last.light), (262_143, Light::Lit));
    assert_eq!(file.more, 262_144 - file.blocks.len() as u64);
    let cached = &scene.memory.cache[0];
    let last = cached.pages.last().expect("pages are drawn");
    assert_eq!((last.page.get(), last.frame), (262_143, Some(Pfn::new(0))));
    assert_eq!((cached.more, cached.pages[8].page.get()), (0, 8), "rows begin at multiples of eight");
}

#[test]
fn opt_names_the_one_that_goes() {
    let refs = lesson("L16c").replace("policy = lru", "policy = opt");
    let mut goes = 0;
    moments(&refs, false, &mut |name, scene| {
        if let Some(victim) = scene.memory.frames.iter().find(|frame| frame.victim.is_some()) {
            assert_eq!(scene.memory.policy.lines[0].places[0].pfn, Some(victim.pfn), "{name}");
            goes += 1;
        }
    });
    assert!(goes > 0);
}

#[test]
fn the_hand_stands_at_the_one_that_goes() {
    let refs = lesson("L16c").replace("policy = lru", "policy = sieve");
    let mut goes = 0;
    moments(&refs, false, &mut |name, scene| {
        if let Some(victim) = scene.memory.frames.iter().find(|frame| frame.victim.is_some()) {
            let places = scene.memory.policy.lines.iter().flat_map(|line| &line.places);
            let hands = places.filter(|place| place.next).map(|place| place.pfn);
            assert_eq!(hands.collect::<Vec<_>>(), [Some(victim.pfn)], "{name}");
            goes += 1;
        }
    });
    assert!(goes > 0);
}

fn policy_of(policy: &str, moment: &str) -> policy::Policy {
    let refs = lesson("L16c").replace("policy = lru", &format!("policy = {policy}"));
    crate::stage::moments::moment(&refs, moment).memory.policy
}

/// Its lines as text: `T1 once: 5 6`, ghosts in parentheses, the next to go in brackets, notes after a slash.
fn lines_of(policy: &policy::Policy) -> Vec<String> {
    let place = |place: &policy::Place| {
        let note = if place.note.is_empty() { String::new() } else { format!("/{}", place.note) };
        if place.next { format!("[{}{note}]", place.page) } else { format!("{}{note}", place.page) }
    };
    let line = |line: &policy::Line| {
        let places = line.places.iter().map(place).collect::<Vec<_>>().join(" ");
        if line.ghosts { format!("{}: ({places})", line.name) } else { format!("{}: {places}", line.name) }
    };
    policy.lines.iter().map(line).collect()
}

#[test]
fn policies_are_shown_in_their_own_terms_by_pages() {
    let at = "step 13.6";
    assert_eq!(lines_of(&policy_of("lru", at)), [": [3] 4 5 6"]);
    assert_eq!(lines_of(&policy_of("opt", at)), [": [6/∞] 3/∞ 2/3 1/2"]);
    assert_eq!(lines_of(&policy_of("arc", at)), ["T1 once: [5] 6", "B1: (4 3)", "T2 again: 1 2"]);
    assert_eq!(policy_of("arc", at).dial.as_deref(), Some("p = 0"));
    assert_eq!(lines_of(&policy_of("two-list", at)), ["inactive: [3/0] 4/0 5/1 6/1", "shadows: (2 1)", "active: "]);
    assert_eq!(lines_of(&policy_of("aging", at)), [": [3/00100000] 4/00100000 5/01000000 6/01000000"]);
    let clock = policy_of("clock", at);
    assert_eq!((clock.face, lines_of(&clock)), (true, vec![": 5/1 6/1 [3/0] 4/0".to_owned()]), "by frame");
}

#[test]
fn pages_of_several_files_and_processes_have_their_initials() {
    let source = "machine textbook { frames = 4 }\nfile \"poem\" size 16\nA: fd = open(\"poem\", O_RDONLY)\n\
                  A: p = mmap(0x40, 16, PROT_READ, MAP_SHARED, fd, 0)\n\
                  A: q = mmap(0x80, 32, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0]\nA: q[16] = 'y'\n";
    let scene = whole(source, 5);
    assert_eq!(lines_of(&scene.memory.policy), [": [p0] A9"]);
}
