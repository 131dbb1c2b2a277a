//! For tests: every moment of a script as a scene.

use crate::present::scene::{Scene, scene};
use crate::seam::{Look, Moving};
use script::run::{Runner, load_program};
use vmcore::timeline::Timeline;

fn run(source: &str) -> Timeline<Runner> {
    let (program, diagnostics) = load_program(source);
    let program = program.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let setup = program.setup(None, &[]).expect("a sound machine");
    let mut timeline = Timeline::new(setup, Runner::new(program), 10_000).expect("a sound world");
    timeline.run_to_end(10_000);
    timeline
}

/// A whole step, to be seen happening at once.
pub(crate) fn whole(source: &str, step: u64) -> Scene {
    let seen = run(source).observe(step).expect("it was run");
    scene(&Look {
        before: seen.before.machine.state(),
        now: seen.after.machine.state(),
        after: seen.after.machine.state(),
        command: Some(&seen.command),
        events: &seen.events,
        shown: seen.events.len(),
        part: None,
        parts: &[],
        moving: Moving::Forward { since: 0 },
        compact: false,
    })
}

/// Calls `each` with every moment of a script: every step whole, and after each of its parts.
pub(crate) fn moments(source: &str, compact: bool, each: &mut dyn FnMut(&str, &Scene)) {
    let mut timeline = run(source);
    for step in 1..=timeline.len() {
        let seen = timeline.observe(step).expect("it was run");
        let before = seen.before.machine.state();
        let parts = script::narrate::substeps(before, Some(&seen.command), &seen.events);
        for number in 0..=parts.len() + 1 {
            let part = number.checked_sub(1).and_then(|at| parts.get(at));
            let shown = match (number, part) {
                (0, _) => 0,
                (_, Some(part)) => part.events.end,
                (_, None) => seen.events.len(),
            };
            let look = Look {
                before,
                now: &seen.after_events(shown),
                after: seen.after.machine.state(),
                command: Some(&seen.command),
                events: &seen.events,
                shown,
                part,
                parts: &parts,
                moving: part.map_or(Moving::Still, |part| Moving::Forward { since: part.events.start }),
                compact,
            };
            each(&format!("step {step}.{number}"), &scene(&look));
        }
    }
}

/// The scene of one moment, by its name: `step 3.7`, where part 0 is the announcement, and the one after the last the
/// whole step.
pub(crate) fn moment(source: &str, wanted: &str) -> Scene {
    let mut found = None;
    moments(source, false, &mut |name, scene| {
        if name == wanted {
            found = Some(scene.clone());
        }
    });
    found.unwrap_or_else(|| panic!("no such moment: {wanted}"))
}

/// The first scene of a step whose caption has these words.
pub(crate) fn moment_of(source: &str, step: u64, words: &str) -> Scene {
    let mut found = None;
    moments(source, false, &mut |name, scene| {
        let said = scene.caption.as_ref().is_some_and(|caption| caption.text.contains(words));
        if found.is_none() && said && name.starts_with(&format!("step {step}.")) {
            found = Some(scene.clone());
        }
    });
    found.unwrap_or_else(|| panic!("step {step} never says `{words}`"))
}

/// A lesson's text.
pub(crate) fn lesson(id: &str) -> &'static str {
    script::library::lesson(id).expect("it ships").text()
}
