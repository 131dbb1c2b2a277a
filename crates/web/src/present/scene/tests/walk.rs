//! How far a translation is drawn, what arrows there are, and how what is refused ends.

use super::*;

/// A whole step, as a picture at rest.
fn at_rest(source: &str, step: u64) -> Scene {
    let mut last = None;
    moments(source, false, &mut |name, scene| {
        if name.starts_with(&format!("step {step}.")) {
            last = Some(scene.clone());
        }
    });
    last.expect("the step is run")
}

#[test]
fn a_stale_translation_is_followed_where_it_leads() {
    let scene = at_rest(lesson("L14b"), 6);
    let physical = &scene.translation.physical;
    assert_eq!((physical.text.as_deref(), physical.frame.as_str()), (Some("0x0"), "0"));
    let link = scene.links.first().expect("the TLB points at the frame");
    assert_eq!((link.from, link.to), (Spot::Thing(Thing::Tlb(0)), Spot::frame(Pfn::new(0))));
    assert_eq!(link.kind, links::Kind::Solid);
    // A is a ghost on the frame that is B's; the entry that the TLB contradicts is seen, empty.
    let badges: Vec<_> =
        scene.memory.frames[0].mappers.iter().map(|badge| (badge.text.as_str(), badge.ghost)).collect();
    assert_eq!(badges, [("B", false), ("A", true)]);
    assert_eq!((selected(&scene).target.as_str(), selected(&scene).light), ("–", Light::Near));
    assert_eq!(scene.memory.frames[0].hot, Some(0));
}

#[test]
fn a_translation_is_drawn_to_its_end() {
    let scene = at_rest(lesson("W0"), 1);
    assert_eq!(scene.translation.physical.text.as_deref(), Some("0x3a"));
    let link = scene.links.first().expect("entry 2 points at frame 3");
    assert_eq!((link.to, link.kind), (Spot::frame(Pfn::new(3)), links::Kind::Solid));
    assert_eq!((scene.memory.frames[3].light, selected(&scene).light), (Light::Lit, Light::Near));
    assert_eq!(scene.memory.frames[5].light, Light::Far);
    let refused = at_rest(lesson("W0"), 3);
    assert_eq!(refused.links.len(), 0);
    assert_eq!((selected(&refused).verdict.as_deref(), selected(&refused).light), (Some("read-only"), Light::Lit));
    assert_eq!(
        (refused.translation.physical.text, selected(&at_rest(lesson("W0"), 6)).verdict.as_deref()),
        (None, Some("not present"))
    );
}

#[test]
fn physical_addresses_are_told_in_every_format() {
    for (id, step, text, parts) in [
        ("W0b", 1, "0x6229", ["6", "229"]),
        ("W0c", 6, "0x11d", ["01", "1D"]),
        ("L15c", 1, "0x6bc", ["0110101", "11100"]),
    ] {
        let physical = at_rest(lesson(id), step).translation.physical;
        assert_eq!(physical.text.as_deref(), Some(text), "{id}");
        assert_eq!([physical.frame.as_str(), physical.offset.as_str()], parts, "{id}");
        assert_eq!(physical.widths, parts.map(str::len), "{id}");
    }
}

#[test]
fn a_refused_access_comes_to_no_place() {
    let scene = at_rest(lesson("L11"), 13);
    let row = selected(&scene);
    assert_eq!(row.verdict.as_deref(), Some("no execute"));
    assert_eq!(row.bits.iter().map(|bit| bit.fails).collect::<Vec<_>>(), [false, false, true, false, false]);
    assert_eq!((scene.translation.physical.text, scene.links.len()), (None, 0));
}

#[test]
fn what_is_freed_is_no_fault() {
    let asked = |scene: &Scene| {
        let items = scene.processes[0].items.iter();
        items.filter_map(|item| if let processes::Item::Gap(gap) = item { gap.asked } else { None }).next()
    };
    let freed = |scene: &Scene| matches!(asked(scene), Some(Spot::Gap { freed: true, .. }));
    assert!(freed(&at_rest(lesson("L14b"), 3)), "munmap");
    let source = "machine textbook { signals = continue }\nA: [0x40]\n";
    assert!(matches!(asked(&at_rest(source, 1)), Some(Spot::Gap { freed: false, .. })), "a load");
}

#[test]
fn the_zero_frame_and_device_memory_are_pointed_at() {
    let scene = at_rest(lesson("L02d"), 2);
    let zero = scene.zero.as_ref().expect("the machine has one");
    assert_eq!((zero.pages, zero.mappers.len(), zero.hot), (1, 1, true));
    assert_eq!(scene.links.first().map(|link| link.to), Some(Spot::Zero));
    let scene = at_rest(lesson("L20"), 3);
    assert!(
        matches!(scene.links.first(), Some(links::Link { to: Spot::Thing(Thing::Block { .. }), .. })),
        "{:?}",
        scene.links
    );
    let scene = moment_of(lesson("L20"), 16, "leads 0x20 to frame");
    let link = scene.links.first().expect("the IOMMU's entry points at the frame");
    assert!(matches!((link.from, link.pid), (Spot::Iommu { .. }, None)));
}

#[test]
fn when_all_have_ended_none_is_running() {
    let scene = at_rest("A: p = mmap(0x40, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: exit()\n", 2);
    assert_eq!(scene.translation.title, "no process is running");
}

/// What is said of a whole step that was refused, and at which place that is drawn.
fn ending(source: &str, step: u64) -> (String, Spot) {
    let scene = at_rest(source, step);
    let caption = scene.caption.as_ref().expect("it has an end");
    assert!(caption.refused, "{}", caption.text);
    let picture = crate::stage::geometry::picture(&scene, None);
    let drawn = caption.at.iter().copied().find(|spot| picture.anchors.get(*spot).is_some());
    assert!(picture.caption.is_some_and(|drawn| drawn.refused));
    (caption.text.clone(), drawn.expect("it is said at a place"))
}

#[test]
fn what_is_refused_ends_with_its_signal_and_reason() {
    let page = |vpn| Spot::page(Pid::new(0), Vpn::new(vpn));
    let (text, at) = ending(lesson("L12"), 8);
    assert_eq!(text, "SIGBUS (BUS_ADRERR): f page 3 lies wholly beyond the end of the file.");
    assert_eq!(at, page(7));
    let (text, at) = ending(lesson("L11"), 13);
    assert_eq!(text, "SIGSEGV (SEGV_ACCERR): the region is rw-: executing is not allowed.");
    assert!(matches!(at, Spot::Thing(Thing::Page { .. })), "{at:?}");
    let (text, at) = ending("machine textbook { signals = continue }\nA: [0x40]\n", 1);
    assert_eq!(text, "SIGSEGV (SEGV_MAPERR): no region covers 0x40.");
    assert!(matches!(at, Spot::Gap { .. }), "{at:?}");
    // Where no region is known, the entry is what refuses.
    let (text, at) = ending(lesson("W0"), 4);
    assert_eq!(text, "SIGSEGV (SEGV_ACCERR): the entry does not permit it.");
    assert!(matches!(at, Spot::Thing(Thing::Entry { index: 7, .. })), "{at:?}");
}

#[test]
fn what_fails_ends_with_its_error() {
    let (text, at) = ending("A: fd = open(\"nowhere\", O_RDONLY)\n", 1);
    assert_eq!((text.as_str(), at), ("open fails: ENOENT.", Spot::Thing(Thing::Process(Pid::new(0)))));
    let (text, at) = ending(lesson("L20"), 19);
    assert!(text.starts_with("The IOMMU refuses") && matches!(at, Spot::File(_)), "{text} {at:?}");
    // What goes well needs no words at its end.
    assert!(at_rest(lesson("L03"), 3).caption.is_none());
}

#[test]
fn copies_leave_a_trace_at_rest() {
    let copies = |scene: &Scene| -> Vec<(Spot, Spot)> {
        let copies = scene.links.iter().filter(|link| link.kind == links::Kind::Copy);
        copies.map(|link| (link.from, link.to)).collect()
    };
    let frame = |number| Spot::frame(Pfn::new(number));
    // A copy on write; a page read from the disk; and no trace where nothing was copied.
    assert_eq!(copies(&at_rest(lesson("L10"), 8)), [(frame(1), frame(4))]);
    let read = copies(&at_rest(lesson("L03"), 3));
    assert!(matches!(read[..], [(Spot::Thing(Thing::Block { .. }), to)] if to == frame(0)), "{read:?}");
    assert!(copies(&at_rest(lesson("L03"), 7)).is_empty());
    // In the parts of a step it is there where it is spoken of.
    assert!(copies(&moment_of(lesson("L10"), 8, "traps")).is_empty());
    assert_eq!(copies(&moment_of(lesson("L10"), 8, "copies frame 1 to frame 4")), [(frame(1), frame(4))]);
}

#[test]
fn after_a_fork_both_processes_point_at_their_frames() {
    let scene = at_rest(lesson("L10"), 7);
    let [a, b] = &scene.links[..] else { panic!("two arrows: {:?}", scene.links) };
    assert_eq!((a.to, a.pid, b.pid), (b.to, Some(Pid::new(0)), Some(Pid::new(1))));
}

#[test]
fn a_power_cut_leaves_ghosts_of_what_no_disk_has() {
    let source = "file \"a\" size 32\nA: fd = open(\"a\", O_RDWR)\n\
                  A: p = mmap(0x40, 32, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\n\
                  A: p[0]\nA: p[16] = 'x'\nkernel: power_cut()\n";
    let ghosts = |scene: &Scene| -> Vec<(u32, bool, bool)> {
        let frames = scene.memory.frames.iter().filter(|frame| frame.lost || !frame.free);
        frames.map(|frame| (frame.pfn.get(), frame.lost, frame.content.starts_with('x'))).collect()
    };
    // The page that was only read is on the disk as well: nothing of it is lost.
    assert_eq!(ghosts(&at_rest(source, 5)), [(1, true, true)]);
    assert_eq!(ghosts(&at_rest(source, 4)), [(0, false, false), (1, false, true)]);
    let picture = crate::stage::geometry::picture(&moment(source, "step 5.1"), None);
    assert!(picture.caption.is_some_and(|caption| caption.leader.is_none()), "there is no one place to point at");
}
