//! Every step and part of every lesson, and some worlds that are hard to draw: texts do not overlap, nothing leaves the
//! picture, no arrow and no wire runs through a text, no verdict hides a bit.

use super::arrows::segments;
use super::shape::Rect;
use super::*;
use crate::present::scene::chain::{Chain, chain};
use crate::present::scene::lit::{Light, Spot};
use crate::seam::Thing;
use crate::stage::moments::moments;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

fn texts(picture: &Picture) -> Vec<(Rect, String)> {
    let marks = picture.groups.iter().flat_map(|group| &group.marks);
    let text = |mark: &shape::Mark| match mark {
        shape::Mark::Text { content, .. } => Some((mark.text_rect()?, content.clone())),
        _ => None,
    };
    marks.filter_map(text).collect()
}

fn check(name: &str, scene: &Scene, chain: Option<&Chain>) {
    let picture = picture(scene, chain);
    let mut texts = texts(&picture);
    texts.sort_by(|(a, _), (b, _)| a.y.total_cmp(&b.y));
    let all = Rect { x: 0.0, y: 0.0, w: picture.width, h: picture.height };
    for (rect, text) in &texts {
        assert!(within(rect, &all), "{name}: `{text}` leaves the picture at {rect:?}");
    }
    for (at, (a, first)) in texts.iter().enumerate() {
        // Those further down begin below it.
        for (b, second) in texts[at + 1..].iter().take_while(|(b, _)| b.y < a.bottom()) {
            assert!(!shrunk(a).overlaps(&shrunk(b)), "{name}: `{first}` {a:?} and `{second}` {b:?} overlap");
        }
    }
    for card in cards(&picture) {
        for (rect, text) in &texts {
            assert!(!shrunk(rect).overlaps(&card) || inside(rect, &card), "{name}: `{text}` {rect:?} leaves {card:?}");
        }
    }
    for (line, class) in lines(&picture) {
        for (rect, text) in &texts {
            assert!(!line.overlaps(&shrunk(rect)), "{name}: a {class} crosses `{text}` {rect:?} at {line:?}");
        }
    }
    for arrow in &picture.arrows {
        for segment in segments(&arrow.points) {
            let line = segment.grown(0.6);
            assert!(within(&segment, &all), "{name}: an arrow leaves the picture: {:?}", arrow.points);
            for (rect, text) in &texts {
                assert!(
                    !line.overlaps(&shrunk(rect)),
                    "{name}: an arrow crosses `{text}` {rect:?}: {:?}",
                    arrow.points
                );
            }
        }
    }
    for (way, _) in &picture.ways {
        assert!(within(way, &all), "{name}: a wire leaves the picture: {way:?}");
    }
    for pill in pills(&picture) {
        for (rect, text) in texts.iter().filter(|(rect, _)| !within(&shrunk(rect), &pill)) {
            assert!(!pill.overlaps(&shrunk(rect)), "{name}: a verdict covers `{text}` {rect:?}: {pill:?}");
        }
    }
    if let Some(caption) = &picture.caption {
        assert!(within(&caption.rect, &all), "{name}: the caption leaves the picture");
        for line in caption.leader.iter().flat_map(|ends| segments(ends)) {
            for (rect, text) in &texts {
                assert!(!line.overlaps(&shrunk(rect)), "{name}: the caption's line crosses `{text}` {rect:?}");
            }
        }
        for (rect, text) in told(&picture) {
            assert!(!caption.rect.overlaps(&shrunk(&rect)), "{name}: the caption hides `{text}` {rect:?}");
        }
        for (way, _) in picture.ways.iter().filter(|(_, light)| *light == Light::Lit) {
            assert!(!caption.rect.overlaps(way), "{name}: the caption hides a wire: {way:?}");
        }
    }
}

/// The borders of the processes' cards.
fn cards(picture: &Picture) -> Vec<Rect> {
    let marks = picture.groups.iter().flat_map(|group| &group.marks);
    let card = |mark: &shape::Mark| match mark {
        shape::Mark::Box { rect, class: "stage-card-frame", .. } => Some(*rect),
        _ => None,
    };
    marks.filter_map(card).collect()
}

fn inside(rect: &Rect, card: &Rect) -> bool {
    rect.x >= card.x && rect.right() <= card.right() && rect.y >= card.y && rect.bottom() <= card.bottom()
}

/// The straight parts of lines: wires, and the bars of what can be written.
fn lines(picture: &Picture) -> Vec<(Rect, &'static str)> {
    let marks = picture.groups.iter().flat_map(|group| &group.marks);
    let line = |mark: &shape::Mark| match mark {
        shape::Mark::Line { d, class } => Some((points(d), *class)),
        _ => None,
    };
    let parts = |(points, class): (Vec<(f64, f64)>, &'static str)| {
        segments(&points).map(|rect| (rect.grown(0.5), class)).collect::<Vec<_>>()
    };
    marks.filter_map(line).flat_map(parts).collect()
}

/// The points of a path; its curves are taken as lines to their ends.
fn points(d: &str) -> Vec<(f64, f64)> {
    let commands = d.split_inclusive(|c: char| c.is_ascii_alphabetic()).collect::<Vec<_>>();
    let numbers = |part: &str| -> Vec<f64> {
        part.trim_end_matches(|c: char| c.is_ascii_alphabetic()).split(' ').filter_map(|n| n.parse().ok()).collect()
    };
    let ends = commands.iter().map(|part| numbers(part)).filter(|numbers| numbers.len() >= 2);
    ends.map(|numbers| (numbers[numbers.len() - 2], numbers[numbers.len() - 1])).collect()
}

/// The texts that are lit.
fn told(picture: &Picture) -> impl Iterator<Item = (Rect, String)> + '_ {
    let lit = picture.groups.iter().filter(|group| group.light == Light::Lit);
    lit.flat_map(|group| &group.marks).filter_map(|mark| match mark {
        shape::Mark::Text { content, .. } => Some((mark.text_rect()?, content.clone())),
        _ => None,
    })
}

/// The grounds of verdicts.
fn pills(picture: &Picture) -> impl Iterator<Item = Rect> + '_ {
    let marks = picture.groups.iter().flat_map(|group| &group.marks);
    marks.filter_map(|mark| match mark {
        shape::Mark::Box { rect, class: "stage-verdict", .. } => Some(*rect),
        _ => None,
    })
}

fn within(rect: &Rect, all: &Rect) -> bool {
    rect.x >= all.x - 0.5 && rect.y >= all.y && rect.right() <= all.right() + 0.5 && rect.bottom() <= all.bottom()
}

/// Widths are estimated generously, and ascenders rarely touch.
fn shrunk(rect: &Rect) -> Rect {
    rect.grown(-0.8)
}

fn check_all(source: &str) {
    for compact in [false, true] {
        moments(source, compact, &mut |name, scene| {
            let name = format!("{name}{}", if compact { ", compact" } else { "" });
            check(&name, scene, None);
            // What is chosen is drawn alike at every part of a step.
            let first = name
                .contains(".0")
                .then_some(())
                .and_then(|()| crate::present::scene::chain::cells(scene).find(|cell| cell.frame.is_some()));
            if let Some(cell) = first {
                let chosen = chain(scene, Thing::Page { pid: cell.pid, vpn: cell.vpn });
                check(&format!("{name}, chosen"), scene, Some(&chosen));
            }
        });
    }
}

#[test]
fn lessons_are_drawn_without_overlaps() {
    let next = AtomicUsize::new(0);
    // The longest of all tests: on every processor.
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(lesson) = script::library::LESSONS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    println!("{}", lesson.id);
                    check_all(lesson.text());
                }
            });
        }
    });
}

#[test]
fn every_format_is_drawn_without_overlaps() {
    for table in ["x86-64", "sv39", "ia32"] {
        println!("{table}");
        check_all(&format!(
            "machine textbook {{ page = 4096, table = {table}, tlb = 8x2, frames = 16 }}\n\
             file \"lib.so\" size 131072 fill text \"The quick brown fox. \"\n\
             A: fd = open(\"lib.so\", O_RDONLY)\n\
             A: p = mmap(0x3a4c0000, 131072, PROT_READ, MAP_SHARED, fd, 0)\n\
             A: p[73736]\nA: p[73737]\n\
             A: q = mmap(0, 40960, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
             A: q[8192] = 'x'\nA: B = fork()\nB: q[8192] = 'y'\n"
        ));
    }
    for table in ["4+4", "3+3+3"] {
        println!("{table}");
        check_all(&format!(
            "machine textbook {{ page = 16, table = {table} }}\nfile \"a\" size 64\n\
             A: fd = open(\"a\", O_RDONLY)\nA: p = mmap(0x140, 64, PROT_READ, MAP_SHARED, fd, 0)\nA: p[19]\nA: p[20]\n"
        ));
    }
}

#[test]
fn crowds_are_drawn_without_overlaps() {
    let mut eight = String::from("machine textbook { frames = 8, policy = clock }\nfile \"poem\" size 64\n");
    for process in 'A'..='H' {
        eight += &format!(
            "{process}: fd = open(\"poem\", O_RDWR)\n\
             {process}: p = mmap(0x40, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\n"
        );
    }
    eight += "A: p[17] = 'x'\nE: p[17] = 'x'\nH: p[17] = 'x'\n";
    check_all(&eight);
    let many_pages = "machine textbook { page = 16, va_bits = 12, frames = 64, policy = opt }\nfile \"big\" size 1024\n\
                      A: fd = open(\"big\", O_RDONLY)\nA: p = mmap(0x40, 1024, PROT_READ, MAP_SHARED, fd, 0)\n\
                      A: p[0]\nA: p[1000]\n";
    check_all(many_pages);
    let many_frames = "machine linux { frames = 4096 }\nfile \"big\" size 1048576\n\
                       A: fd = open(\"big\", O_RDONLY)\nA: p = mmap(0, 1048576, PROT_READ, MAP_SHARED, fd, 0)\n\
                       A: p[0]\nA: p[500000]\n";
    check_all(many_frames);
}

#[test]
fn evictions_and_swap_are_drawn_without_overlaps() {
    for policy in ["fifo", "lru", "clock", "opt"] {
        check_all(&format!(
            "machine textbook {{ frames = 3, policy = {policy}, tlb = 4 }}\n\
             A: p = mmap(0x20, 96, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
             for i in 0..6 {{\n  A: p[16*i] = 'a'\n}}\nA: p[0]\nA: p[17]\nkernel: power_cut()\n"
        ));
    }
}

#[test]
fn tables_stay_where_they_are_while_addresses_come_and_go() {
    for machine in ["machine textbook { tlb = 4 }", "machine textbook { page = 4096, table = sv39, frames = 16 }"] {
        let source = format!(
            "{machine}\nfile \"poem\" size 64\nA: fd = open(\"poem\", O_RDONLY)\n\
             A: p = mmap(0x40000000, 64, PROT_READ, MAP_SHARED, fd, 0)\nA: p[0]\nA: close(fd)\n"
        );
        let source = if machine.contains("sv39") { source } else { source.replace("0x40000000", "0x40") };
        let mut corners = Vec::new();
        moments(&source, false, &mut |_, scene| {
            let anchors = picture(scene, None).anchors;
            corners.extend(anchors.get(Spot::Tables).map(|rect| (rect.x, rect.y)));
        });
        assert!(corners.len() > 20, "{corners:?}");
        assert!(corners.iter().all(|corner| *corner == corners[0]), "{machine}: {corners:?}");
    }
}

#[test]
fn things_stand_still_within_a_step() {
    for (lesson, step) in [("L10", 7), ("L13", 7), ("L22", 24), ("L02c", 3)] {
        for compact in [false, true] {
            let mut fits = Vec::new();
            let mut cells = Vec::new();
            moments(crate::stage::moments::lesson(lesson), compact, &mut |name, scene| {
                if name.starts_with(&format!("step {step}.")) {
                    fits.push(scene.fit);
                    let picture = picture(scene, None);
                    let frame =
                        picture.anchors.get(crate::present::scene::lit::Spot::frame(vmcore::units::Pfn::new(1)));
                    cells.push((picture.width, picture.height, frame));
                }
            });
            assert!(fits.len() > 2, "{lesson}");
            fits.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1], "{lesson} {step}"));
            cells.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1], "{lesson} {step}"));
        }
    }
}

#[test]
fn sixteen_frames_have_their_numbers_and_mappers() {
    let scene = crate::stage::moments::whole(crate::stage::moments::lesson("L13"), 6);
    let picture = picture(&scene, None);
    let frames = picture.groups.iter().filter(|group| group.class.starts_with("stage-frame"));
    let numbered = frames
        .filter(|group| group.marks.iter().any(|mark| matches!(mark, shape::Mark::Text { class: "stage-number", .. })));
    assert_eq!(numbered.count(), 16);
}

#[test]
fn every_policy_is_drawn_without_overlaps() {
    for policy in vmcore::policy::PolicyKind::ALL {
        for (frames, scope) in [(4, "global"), (12, "global"), (4, "local")] {
            println!("{}, {frames} frames, {scope}", policy.name());
            check_all(&format!(
                "machine textbook {{ frames = {frames}, policy = {}, scope = {scope} }}\n\
                 A: p = mmap(0x20, 208, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
                 for i in 0..13 {{\n  A: p[16*i] = 'a'\n}}\nA: p[0]\nA: p[17]\n",
                policy.name()
            ));
        }
    }
}
