//! The drawing itself, which needs a server's renderer and so no browser.

use script::run::{Runner, load_program, setting};
use std::error::Error;
use vmcore::timeline::Timeline;
use vmcore::units::{Pid, Vpn};
use web::components::stage::{Stage, StageProps};
use web::present::scene::scene;
use web::seam::{Look, Moving, Shared, Thing};
use yew::{AttrValue, Callback, LocalServerRenderer};

struct Wanted {
    out: String,
    lesson: String,
    moment: String,
    theme: String,
    compact: bool,
    chosen: Option<Thing>,
    keys: Vec<(String, String)>,
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("OUT LESSON STEP are needed");
    let (out, lesson, moment) = (next()?, next()?, next()?);
    let mut wanted =
        Wanted { out, lesson, moment, theme: "light".into(), compact: false, chosen: None, keys: Vec::new() };
    for argument in arguments {
        match argument.split_once('=') {
            None if argument == "compact" => wanted.compact = true,
            None => wanted.theme = argument,
            Some(("chosen", value)) => {
                let (pid, vpn) = value.split_once(':').ok_or("chosen=PID:VPN")?;
                wanted.chosen = Some(Thing::Page { pid: Pid::new(pid.parse()?), vpn: Vpn::new(vpn.parse()?) });
            }
            Some((key, value)) => wanted.keys.push((key.trim_start_matches("m.").into(), value.into())),
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(draw(&wanted))
}

async fn draw(wanted: &Wanted) -> Result<(), Box<dyn Error>> {
    let source = match script::library::lesson(&wanted.lesson) {
        Some(lesson) => lesson.text().to_owned(),
        None => std::fs::read_to_string(&wanted.lesson)?,
    };
    let (program, diagnostics) = load_program(&source);
    let program = program.ok_or_else(|| format!("{diagnostics:?}"))?;
    let keys = wanted.keys.iter().map(|(key, value)| setting(key, value).map_err(|error| format!("{error:?}")));
    let setup = program.setup(None, &keys.collect::<Result<Vec<_>, _>>()?).map_err(|error| format!("{error:?}"))?;
    let mut timeline = Timeline::new(setup, Runner::new(program), 1_000_000)?;
    timeline.run_to_end(1_000_000);
    let (step, part) = match wanted.moment.split_once('.') {
        Some((step, part)) => (step.parse()?, Some(part.parse()?)),
        None => (wanted.moment.parse()?, None),
    };
    let scene = moment(&mut timeline, step, part, wanted.compact)?;
    let props = StageProps { scene: Shared::new(scene), chosen: wanted.chosen, key_of_motion: 1, on: Callback::noop() };
    let html = LocalServerRenderer::<Stage>::with_props(props).hydratable(false).render().await;
    let name = wanted.lesson.rsplit('/').next().unwrap_or_default().trim_end_matches(".vm");
    std::fs::write(format!("{}/{name}-{}.html", wanted.out, wanted.moment), page(&html, wanted))?;
    Ok(())
}

fn moment(
    timeline: &mut Timeline<Runner>,
    step: u64,
    part: Option<usize>,
    compact: bool,
) -> Result<web::present::scene::Scene, Box<dyn Error>> {
    let Some(seen) = timeline.observe(step) else {
        let state = timeline.seek(0).machine.state();
        return Ok(scene(&Look {
            before: state,
            now: state,
            after: state,
            command: None,
            events: &[],
            shown: 0,
            part: None,
            parts: &[],
            moving: Moving::Still,
            compact,
        }));
    };
    let before = seen.before.machine.state();
    let parts = script::narrate::substeps(before, Some(&seen.command), &seen.events);
    eprintln!("{:?}: {} parts", seen.command, parts.len());
    let shown = match part {
        None => seen.events.len(),
        Some(0) => 0,
        Some(n) => parts.get(n - 1).ok_or("no such part")?.events.end,
    };
    let now = seen.after_events(shown);
    let part = part.and_then(|n| parts.get(n.checked_sub(1)?));
    Ok(scene(&Look {
        before,
        now: &now,
        after: seen.after.machine.state(),
        command: Some(&seen.command),
        events: &seen.events,
        shown,
        part,
        parts: &parts,
        moving: part.map_or(Moving::Still, |part| Moving::Forward { since: part.events.start }),
        compact,
    }))
}

fn page(stage: &str, wanted: &Wanted) -> String {
    let css = ["fonts", "tokens", "base", "stage", "stage-type", "stage-motion", "stage-bar"];
    let links: String = css.map(|name| format!(r#"<link rel="stylesheet" href="css/{name}.css">"#)).concat();
    let theme = AttrValue::from(wanted.theme.clone());
    let extra = "body { margin: 0; background: var(--ground) } #stage { inline-size: 100vw; block-size: 100vh }";
    format!(
        r#"<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">{links}<style>{extra}</style><div id="stage">{stage}</div></html>"#
    )
}
