//! The script's steps, each with its process and its verdict; the present one is marked. Choosing one goes there.

use super::badge::badge;
use super::element::{Element, button, el};
use super::sends;
use crate::present::Badge;
use crate::present::log::When;
use crate::present::program::{Line, LineKind, ProgramView};
use crate::seam::Shared;
use crate::store::Msg;
use crate::store::position::Position;
use yew::prelude::*;

/// What the program needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The lines.
    pub program: Shared<ProgramView>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The steps.
#[component]
pub fn Program(props: &Props) -> Html {
    el("ol")
        .class("program")
        .attr("data-scrolls", "")
        .attr("aria-label", "Program")
        .children(props.program.lines.iter().map(|shown| line(shown, &props.send)))
        .into()
}

fn line(line: &Line, send: &Callback<Msg>) -> Element {
    let item = el("li").key(line.start).attr("style", format!("--depth: {}", line.depth));
    match &line.kind {
        LineKind::Loop => item.class("program-loop").child(&line.text),
        LineKind::Step(mark) => item
            .class("program-line")
            .class(line.when.class())
            .attr("aria-current", (line.when == When::Now).then_some("step"))
            .child(step(line, mark, send))
            .children(line.failed.iter().map(|failed| el("p").class("program-failed").child(failed))),
    }
}

fn step(line: &Line, mark: &Badge, send: &Callback<Msg>) -> Element {
    let step = button("program-step").attr("title", title(line));
    let step = match line.step {
        Some(there) => step.on_click(sends(send, Msg::Go(Position::after(there)))),
        None => step,
    };
    step.child(badge(mark)).child(el("code").class("program-text").child(&line.text)).child(signs(line))
}

fn title(line: &Line) -> String {
    match line.step {
        Some(step) => format!("Line {}; go to step {step}", line.number),
        None => format!("Line {}; never reached", line.number),
    }
}

fn signs(line: &Line) -> Element {
    let times = line.times.map(|times| el("span").class("program-times").child(format!("×{times}")));
    let asks = (line.asks && line.when == When::Future)
        .then(|| el("span").class("program-ask").attr("title", "A question comes first").child("?"));
    let verdict = match line.verdict {
        Some((class, words)) => Some(verdict(class, words)),
        None if line.when == When::Now => Some(el("span").class("program-going").child("…")),
        None => None,
    };
    el("span").class("program-signs").child(times).child(asks).child(verdict)
}

/// A verdict as a word; what is quiet stays quiet, and is told to those who listen.
fn verdict(class: &'static str, words: &'static str) -> Element {
    let shown = match class {
        "minor" | "major" | "hit" | "refused" | "failed" => class,
        "cow" => "copy",
        _ => "",
    };
    el("span").class("verdict").class(&format!("verdict-{class}")).attr("title", words).child(shown)
}
