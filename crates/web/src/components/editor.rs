//! The text, to be changed: a plain text area over a coloured copy of it, and under it what is wrong.

use super::element::{Child, Element, button, el};
use super::{sends, sends_value};
use crate::present::editor::{EditorView, Piece};
use crate::present::mistakes::{Mistake, MistakesView};
use crate::seam::Shared;
use crate::store::Msg;
use crate::store::effect::Copied;
use yew::prelude::*;

/// What the editor needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The text.
    pub editor: Shared<EditorView>,
    /// Where messages go.
    pub send: Callback<Msg>,
}

/// The editor.
#[component]
pub fn Editor(props: &Props) -> Html {
    let (editor, send) = (&props.editor, &props.send);
    let numbers = el("div").class("editor-numbers").attr("aria-hidden", "true").child(numbers(&editor.text));
    let colours = el("pre").class("editor-colours").attr("aria-hidden", "true").child(colours(editor));
    let page = el("div").class("editor-page").child(colours).child(area(editor, send));
    el("div")
        .class("editor")
        .child(el("div").class("editor-sheet").child(numbers).child(page))
        .child(tools(editor, send))
        .child(mistakes(&editor.mistakes, send))
        .into()
}

fn area(editor: &EditorView, send: &Callback<Msg>) -> Element {
    el("textarea")
        .attr("id", "editor-text")
        .class("editor-text")
        .value(editor.text.to_string())
        .on_input(sends_value(send, |text| Some(Msg::Edited(text))))
        .attr("aria-label", "Script")
        .attr("aria-describedby", "editor-mistakes")
        .attr("aria-invalid", editor.mistakes.errors() > 0)
        .attr("spellcheck", "false")
        .attr("autocapitalize", "off")
        .attr("autocomplete", "off")
        .attr("wrap", "off")
}

fn numbers(text: &str) -> String {
    let lines = text.split('\n').count();
    let mut numbers = String::with_capacity(lines * 4);
    for line in 1..=lines {
        numbers.push_str(&line.to_string());
        numbers.push('\n');
    }
    numbers
}

fn colours(editor: &EditorView) -> Html {
    let mut pieces: Vec<Html> = editor.pieces.iter().map(|shown| piece(&editor.text, shown)).collect();
    pieces.push("\n".html());
    pieces.into_iter().collect()
}

fn piece(text: &str, piece: &Piece) -> Html {
    let text = text[piece.range.clone()].to_owned();
    match (piece.class, piece.wrong) {
        (None, false) => text.html(),
        (class, wrong) => el("span").class(class.unwrap_or("")).class_if(wrong, "editor-wrong").child(text).into(),
    }
}

fn tools(editor: &EditorView, send: &Callback<Msg>) -> Element {
    let broken = editor.mistakes.errors() > 0;
    let tool = |class: &'static str, off: bool, msg: Msg, label: &'static str| {
        button(class).flag("disabled", off).on_click(sends(send, msg)).child(label)
    };
    let run = tool("button button-strong", broken || !editor.edited, Msg::Run, "Run");
    el("div")
        .class("editor-tools")
        .child(run.attr("id", "run").attr("title", "Ctrl+Enter"))
        .child(tool("button", broken, Msg::Format, "Format"))
        .child(tool("button", false, Msg::Copy(Copied::Text), "Copy"))
        .child(tool("button", !editor.changed, Msg::Original, "Original"))
}

fn mistakes(view: &MistakesView, send: &Callback<Msg>) -> Element {
    let place = el("div").attr("id", "editor-mistakes").class("editor-mistakes").attr("role", "status");
    if view.mistakes.is_empty() {
        return place.child(el("p").class("editor-sound").child("No mistakes."));
    }
    let all = view.mistakes.iter().enumerate().map(|(key, shown)| mistake(key, shown, send));
    place.child(el("p").class("editor-count").child(count(view))).child(el("ol").children(all))
}

fn count(view: &MistakesView) -> String {
    let errors = view.errors();
    match (errors, view.mistakes.len() + view.more - errors) {
        (0, 1) => "1 warning".to_owned(),
        (0, warnings) => format!("{warnings} warnings"),
        (1, _) => "1 mistake. The picture still shows the last good run.".to_owned(),
        (errors, _) => format!("{errors} mistakes. The picture still shows the last good run."),
    }
}

fn mistake(key: usize, mistake: &Mistake, send: &Callback<Msg>) -> Element {
    let (line, column) = mistake.place;
    let show = button("editor-place")
        .on_click(sends(send, Msg::ShowMistake(mistake.range.start, mistake.range.end)))
        .attr("aria-label", format!("Line {line}, column {column}"))
        .child(format!("{line}:{column}"));
    let hints = mistake.hints.iter().map(|hint| el("p").class("editor-hint").child(hint));
    let words = el("div").child(el("p").child(&mistake.message)).children(hints);
    el("li").key(key).class("editor-mistake").class_if(!mistake.is_error, "editor-warning").child(show).child(words)
}
