//! The script's steps, each with its process and its verdict; the present one is marked. Choosing one goes there.

use super::badge::badge;
use super::perhaps;
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
    html! {
        <ol class="program" data-scrolls="" aria-label="Program">
            { for props.program.lines.iter().map(|shown| line(shown, &props.send)) }
        </ol>
    }
}

fn line(line: &Line, send: &Callback<Msg>) -> Html {
    let indent = format!("--depth: {}", line.depth);
    match &line.kind {
        LineKind::Loop => html! {
            <li key={line.start} class="program-loop" style={indent}>{ line.text.to_string() }</li>
        },
        LineKind::Step(mark) => {
            let class = classes!("program-line", line.when.class());
            let current = (line.when == When::Now).then_some("step");
            html! {
                <li key={line.start} {class} style={indent} aria-current={current}>
                    <button type="button" class="program-step" title={title(line)} onclick={go(line, send)}>
                        { badge(mark) }
                        <code class="program-text">{ line.text.to_string() }</code>
                        { signs(line) }
                    </button>
                    { for line.failed.iter().map(|failed| html! { <p class="program-failed">{ failed }</p> }) }
                </li>
            }
        }
    }
}

fn go(line: &Line, send: &Callback<Msg>) -> Callback<MouseEvent> {
    let step = line.step;
    perhaps(send, move |_| step.map(|step| Msg::Go(Position::after(step))))
}

fn title(line: &Line) -> String {
    match line.step {
        Some(step) => format!("Line {}; go to step {step}", line.number),
        None => format!("Line {}; never reached", line.number),
    }
}

fn signs(line: &Line) -> Html {
    html! {
        <span class="program-signs">
            if let Some(times) = line.times {
                <span class="program-times">{ format!("×{times}") }</span>
            }
            if line.asks && line.when == When::Future {
                <span class="program-ask" title="A question comes first">{ "?" }</span>
            }
            if let Some((class, words)) = line.verdict {
                { verdict(class, words) }
            } else if line.when == When::Now {
                <span class="program-going">{ "…" }</span>
            }
        </span>
    }
}

/// A verdict as a word; what is quiet stays quiet, and is told to those who listen.
fn verdict(class: &'static str, words: &'static str) -> Html {
    let shown = match class {
        "minor" | "major" | "hit" | "refused" | "failed" => class,
        "cow" => "copy",
        _ => "",
    };
    html! {
        <span class={classes!("verdict", format!("verdict-{class}"))} title={words}>{ shown }</span>
    }
}
