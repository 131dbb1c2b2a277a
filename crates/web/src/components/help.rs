//! What every key does, and what the signs mean.

use super::element::{Element, button, el};
use super::icon::{Icon, icon};

/// Keys and what they do, as in `spec/embedding.md`, B1.
const KEYS: &[(&[&str], &str)] = &[
    (&["→", "PageDown", "Space"], "next step"),
    (&["←", "PageUp", "Shift Space"], "step back"),
    (&["↓", "]"], "next part of the step"),
    (&["↑", "["], "part back"),
    (&["Home", "End"], "start, end"),
    (&["P"], "play, pause"),
    (&["N"], "next fault"),
    (&["E"], "next eviction"),
    (&["Q"], "next question"),
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

/// The button that opens it.
pub fn help_button() -> Element {
    let open = button("button button-plain").attr("id", "help-button").attr("popovertarget", "help");
    open.attr("aria-label", "Help (?)").attr("title", "Help (?)").child("?")
}

/// The dialog.
pub fn help() -> Element {
    let dialog = el("div").attr("id", "help").class("help").attr("popover", "auto");
    dialog
        .attr("role", "dialog")
        .attr("aria-label", "Help")
        .child(el("div").class("help-head").child(el("h2").child("Keys and signs")).child(close()))
        .child(el("dl").class("help-keys").children(KEYS.iter().map(|(names, meaning)| keys(names, meaning))))
        .child(el("dl").class("help-verdicts").children(VERDICTS.iter().map(|(class, word, meaning)| {
            let bar = el("i").class("timeline-bar").class(&format!("timeline-{class}"));
            entry(el("dt").child(bar).child(*word), meaning)
        })))
        .child(words())
}

fn close() -> Element {
    let close = button("button button-plain").attr("popovertarget", "help").attr("popovertargetaction", "hide");
    close.attr("aria-label", "Close").child(icon(Icon::Close))
}

fn keys(names: &[&'static str], meaning: &'static str) -> Element {
    entry(el("dt").children(names.iter().map(|name| el("kbd").child(*name))), meaning)
}

fn entry(term: Element, meaning: &'static str) -> Element {
    el("div").key(meaning).child(term).child(el("dd").child(meaning))
}

fn words() -> Element {
    el("p")
        .class("help-words")
        .child(
            "Choose a page of a process and press Enter to load or store there: the access becomes a line of the \
             script. ",
        )
        .child(super::machine::evidence())
        .child(" Everything runs in this page; nothing is sent anywhere.")
}
