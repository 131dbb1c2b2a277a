//! What happened: the parts of the present step so far with who acts, the one shown lit; and the counters.

use super::badge::badge;
use super::element::{Element, button, el};
use super::question::question;
use super::sends;
use crate::present::log::{Count, Heading, LogView, Part, When};
use crate::present::views::Views;
use crate::store::Msg;
use crate::store::position::Position;
use yew::Callback;

/// The panel; `title` is shown before the first step.
pub fn log(views: &Views, title: &str, send: &Callback<Msg>) -> [Element; 2] {
    let log = &views.log;
    let panel = el("div").class("log").attr("data-scrolls", "").child(question((*views.question).as_ref(), send));
    let panel = match &log.step {
        Some(step) => panel
            .child(heading(step))
            .child(views.caption.note.as_ref().map(|note| el("p").class("log-note").child(note)))
            .child(el("ol").class("log-parts").children(log.parts.iter().map(|shown| part(shown, send))))
            .child(rest(log, send)),
        None => opening(panel, title, log),
    };
    let counts = el("dl").class("log-counts").attr("aria-label", "Counted since the start");
    [panel, counts.children(log.counts.iter().map(count))]
}

fn opening(panel: Element, title: &str, log: &LogView) -> Element {
    let about = log.about.iter().map(|paragraph| el("p").class("log-about").child(paragraph));
    let hint = el("p").class("log-hint").child("Press ").child(el("kbd").child("→")).child(" for the next step, ");
    panel
        .child(el("h3").class("log-title").child(title.to_owned()))
        .children(about)
        .child(hint.child(el("kbd").child("↓")).child(" for its next part."))
}

fn heading(step: &Heading) -> Element {
    let verdict = step
        .verdict
        .as_ref()
        .map(|(class, words)| el("p").class("log-verdict").class(&format!("verdict-{class}")).child(words));
    el("div")
        .class("log-heading")
        .child(el("h3").class("log-title").child(badge(&step.badge)).child(el("code").child(&step.text)))
        .child(verdict)
}

/// The rest of the step, for whoever will not wait.
fn rest(log: &LogView, send: &Callback<Msg>) -> Option<Element> {
    let whole = Position::after(log.parts.first()?.position.step);
    let words = format!("… {} more to come", log.to_come);
    (log.to_come > 0).then(|| button("log-rest").on_click(sends(send, Msg::Go(whole))).child(words))
}

fn part(part: &Part, send: &Callback<Msg>) -> Element {
    let (lane, actor) = part.actor;
    let go = button("log-go")
        .on_click(sends(send, Msg::Go(part.position)))
        .child(el("span").class("log-actor").class(&format!("log-{lane}")).child(actor))
        .child(el("span").class("log-text").child(&part.text));
    el("li")
        .key(part.position.part.unwrap_or(0))
        .class("log-part")
        .class(part.when.class())
        .attr("aria-current", (part.when == When::Now).then_some("step"))
        .child(go)
}

fn count(count: &Count) -> Element {
    let added = count.added.as_ref().map(|added| el("span").class("log-added").child(added));
    el("div")
        .key(count.label)
        .class("log-count")
        .attr("title", count.title)
        .child(el("dt").child(count.label).child(added))
        .child(el("dd").child(&count.total))
}
