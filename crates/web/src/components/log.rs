//! What happened: the parts of the present step with who acts, the one shown lit, those to come dimmed; and the
//! counters.

use super::badge::badge;
use super::question::question;
use crate::present::log::{Count, Heading, LogView, Part, When};
use crate::present::views::Views;
use crate::store::Msg;
use yew::prelude::*;

/// The panel; `title` is shown before the first step.
pub fn log(views: &Views, title: &str, send: &Callback<Msg>) -> Html {
    let log = &views.log;
    html! {
        <>
            <div class="log" data-scrolls="">
                { question((*views.question).as_ref(), send) }
                if let Some(step) = &log.step {
                    { heading(step) }
                    if let Some(note) = &views.caption.note {
                        <p class="log-note">{ note }</p>
                    }
                    <ol class="log-parts">{ for log.parts.iter().map(|shown| part(shown, send)) }</ol>
                } else {
                    { opening(title, log) }
                }
            </div>
            <dl class="log-counts" aria-label="Counted since the start">{ for log.counts.iter().map(count) }</dl>
        </>
    }
}

fn opening(title: &str, log: &LogView) -> Html {
    html! {
        <>
            <h3 class="log-title">{ title.to_owned() }</h3>
            { for log.about.iter().map(|paragraph| html! { <p class="log-about">{ paragraph.to_string() }</p> }) }
            <p class="log-hint">{ "Press " }<kbd>{ "→" }</kbd>{ " for the next step, " }<kbd>{ "↓" }</kbd>{ " for its next part." }</p>
        </>
    }
}

fn heading(step: &Heading) -> Html {
    html! {
        <div class="log-heading">
            <h3 class="log-title">{ badge(&step.badge) }<code>{ step.text.to_string() }</code></h3>
            if let Some((class, words)) = &step.verdict {
                <p class={classes!("log-verdict", format!("verdict-{class}"))}>{ words }</p>
            }
        </div>
    }
}

fn part(part: &Part, send: &Callback<Msg>) -> Html {
    let position = part.position;
    let (lane, actor) = part.actor;
    let current = (part.when == When::Now).then_some("step");
    html! {
        <li key={position.part.unwrap_or(0)} class={classes!("log-part", part.when.class())} aria-current={current}>
            <button type="button" class="log-go" onclick={send.reform(move |_| Msg::Go(position))}>
                <span class={classes!("log-actor", format!("log-{lane}"))}>{ actor }</span>
                <span class="log-text">{ &part.text }</span>
            </button>
        </li>
    }
}

fn count(count: &Count) -> Html {
    html! {
        <div key={count.label} class="log-count" title={count.title}>
            <dt>
                { count.label }
                if let Some(added) = &count.added {
                    <span class="log-added">{ added }</span>
                }
            </dt>
            <dd>{ &count.total }</dd>
        </div>
    }
}
