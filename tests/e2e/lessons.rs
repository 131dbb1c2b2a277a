//! Every lesson forward and backward, by step and by part, and scrubbed: the same state at the same place by every way.

use crate::page::with_page;
use serde::Deserialize;

/// Walks a lesson by every way and returns where it has been, and where two ways disagree.
const WALK: &str = r#"
    const seen = new Map(), whole = new Map(), differences = [];
    let visits = 0;
    const differ = (way, place, before, now) => {
      const what = Object.keys(now).find(key => now[key] !== before[key]);
      let n = 0;
      while (before[what][n] === now[what][n]) n++;
      differences.push(`${way} at ${place}: ${what}: …${before[what].slice(Math.max(0, n - 60), n + 100)}… / …${now[what].slice(Math.max(0, n - 60), n + 100)}…`);
    };
    const look = way => {
      const place = at(), now = state(), before = seen.get(place);
      visits++;
      // The last part of a step and the step as a whole are the same machine, looked at differently.
      const count = words(".transport-part")?.match(/part (\d+) of (\d+)/);
      if (count && count[1] === count[2]) whole.set(place, String(parseInt(place)));
      if (!before) seen.set(place, now);
      else if (JSON.stringify(before) !== JSON.stringify(now)) differ(way, place, before, now);
    };
    const until_edge = async (button, way) => {
      const places = [at()];
      while (one(`#${button}`).ariaDisabled !== "true") {
        places.push(await press(button));
        look(way);
      }
      return places;
    };
    look("start");
    const steps = await until_edge("next", "forward by step");
    const back = await until_edge("back", "back by step");
    const parts = await until_edge("next-part", "forward by part");
    const parts_back = await until_edge("back-part", "back by part");
    // Neither forward nor backward: 0, 7, 14, …, wrapped around.
    const count = length() + 1;
    let stride = 7;
    while (count % stride === 0) stride++;
    for (let n = 0; n < count; n++) {
      await scrub(n * stride % count);
      look("scrubbed");
    }
    for (const place of [...parts].filter(place => place.includes(".")).sort()) {
      await jump(place);
      look("jumped");
    }
    for (const [place, step] of whole) {
      const { document, counts } = seen.get(place);
      const { document: wholly, counts: all } = seen.get(step);
      const part = { document, counts }, full = { document: wholly, counts: all };
      if (JSON.stringify(part) !== JSON.stringify(full)) differ("as a whole", place, full, part);
    }
    const steps_for_ends = places => places.map(place => whole.get(place) ?? place);
    return { steps, back, parts: steps_for_ends(parts), parts_back: steps_for_ends(parts_back), length: length(), visits, distinct: seen.size, differences };
"#;

#[derive(Deserialize)]
struct Walk {
    steps: Vec<String>,
    back: Vec<String>,
    parts: Vec<String>,
    parts_back: Vec<String>,
    length: usize,
    visits: usize,
    distinct: usize,
    differences: Vec<String>,
}

fn every_way(lesson: &str) {
    with_page(async |page| {
        page.open(&format!("?draft=0#lesson={lesson}")).await;
        // A run may still be computed in slices.
        page.wait("the whole run", "return !words('.transport-place').includes('…')").await;
        let walk: Walk = page.js(WALK).await;
        let expected: Vec<String> = (0..=walk.length).map(|step| step.to_string()).collect();
        assert!(walk.length > 3, "{lesson} has steps");
        assert_eq!(walk.steps, expected);
        let reversed = |places: &[String]| places.iter().rev().cloned().collect::<Vec<_>>();
        assert_eq!(walk.back, reversed(&expected));
        assert!(walk.parts.len() > walk.steps.len(), "steps have parts: {:?}", walk.parts);
        assert!(walk.distinct >= walk.parts.len() && walk.visits > 2 * walk.distinct, "every place is seen twice");
        assert!(
            walk.differences.is_empty(),
            "{lesson}: {} differ\n{}",
            walk.differences.len(),
            walk.differences.iter().take(4).cloned().collect::<Vec<_>>().join("\n")
        );
        assert_eq!(walk.parts_back, reversed(&walk.parts), "parts back are parts forward, reversed");
        assert_eq!(page.console_errors(), Vec::<String>::new());
    });
}

/// A hundred moves by chance, always the same ones; what is seen after every tenth.
const WANDER: &str = r#"
    let seed = 20261123;
    const die = sides => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % 65536 * sides >>> 16;
    const seen = [];
    for (let move = 1; move <= 100; move++) {
      const button = ["next", "back", "next-part", "next-part", "back-part", "back-part"][die(8)];
      const place = [die(length() + 1), `${die(length()) + 1}.1`][die(2)];
      if (!button) await (typeof place === "number" ? scrub(place) : jump(place));
      else if (one(`#${button}`).ariaDisabled !== "true") await press(button);
      if (move % 10 === 0) seen.push([at(), JSON.stringify(state())]);
    }
    return seen;
"#;

#[test]
fn a_hundred_moves_back_and_forth_lead_to_the_same_picture_as_going_straight_there() {
    with_page(async |page| {
        page.open("?draft=0#lesson=L10").await;
        let seen: Vec<(String, String)> = page.js(WANDER).await;
        assert_eq!(seen.len(), 10);
        for (place, picture) in seen {
            page.open(&format!("?draft=0#lesson=L10&step={place}")).await;
            page.stands_at(&place).await;
            let straight: String = page.js("await drawn(); return JSON.stringify(state())").await;
            assert!(straight == picture, "at {place}:\n{picture}\n{straight}");
        }
    });
}

#[test]
fn l02_is_the_same_by_every_way() {
    every_way("L02");
}

#[test]
fn l03_is_the_same_by_every_way() {
    every_way("L03");
}

#[test]
fn l05_is_the_same_by_every_way() {
    every_way("L05");
}

#[test]
fn l08_is_the_same_by_every_way() {
    every_way("L08");
}

#[test]
fn l10_is_the_same_by_every_way() {
    every_way("L10");
}
