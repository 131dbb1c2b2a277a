//! What every key does, and what the signs mean.

use super::icon::{Icon, icon};
use yew::prelude::*;

/// Keys and what they do, as in `spec/embedding.md`, B1.
const KEYS: &[(&[&str], &str)] = &[
    (&["→", "PageDown", "Space"], "next step"),
    (&["←", "PageUp", "Shift Space"], "step back"),
    (&["↓", "]"], "next part of the step"),
    (&["↑", "["], "part back"),
    (&["Home", "End"], "start, end"),
    (&["P"], "play, pause"),
    (&["G"], "go to a step"),
    (&["F"], "full screen"),
    (&[".", "B"], "blank screen (when presenting)"),
    (&["Ctrl Enter"], "run the script, in the editor"),
    (&["?", "Esc"], "this help, close"),
];

/// What bars and words stand for.
const VERDICTS: &[(&str, &str, &str)] = &[
    ("hit", "hit", "no fault: the entry was there"),
    ("minor", "minor", "a fault served without the disk"),
    ("cow", "copy", "a fault that copied a page (copy-on-write)"),
    ("major", "major", "a fault that had to read the disk"),
    ("failed", "failed", "a system call that returned an error"),
    ("refused", "refused", "SIGSEGV or SIGBUS: the access was not allowed"),
];

/// The dialog.
pub fn help() -> Html {
    html! {
        <div id="help" class="help" popover="auto" role="dialog" aria-label="Help">
            <div class="help-head">
                <h2>{ "Keys and signs" }</h2>
                <button type="button" class="button button-plain" popovertarget="help" popovertargetaction="hide"
                    aria-label="Close">{ icon(Icon::Close) }</button>
            </div>
            <dl class="help-keys">{ for KEYS.iter().map(|(keys, meaning)| html! {
                <div key={*meaning}>
                    <dt>{ for keys.iter().map(|key| html! { <kbd>{ *key }</kbd> }) }</dt>
                    <dd>{ *meaning }</dd>
                </div>
            }) }</dl>
            <dl class="help-verdicts">{ for VERDICTS.iter().map(|(class, word, meaning)| html! {
                <div key={*class}>
                    <dt><i class={classes!("timeline-bar", format!("timeline-{class}"))}></i>{ *word }</dt>
                    <dd>{ *meaning }</dd>
                </div>
            }) }</dl>
            <p class="help-words">
                { "Choose a page of a process and press Enter to load or store there: the access becomes a line of the script. " }
                { super::machine::evidence() }
                { " Everything runs in this page; nothing is sent anywhere." }
            </p>
        </div>
    }
}
