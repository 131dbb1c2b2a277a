//! The text, to be changed: a plain text area over a coloured copy of it, and under it what is wrong.

use crate::present::editor::EditorView;
use crate::present::mistakes::{Mistake, MistakesView};
use crate::seam::Shared;
use crate::store::Msg;
use crate::store::effect::Copied;
use web_sys::HtmlTextAreaElement;
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
    let oninput = send.reform(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        Msg::Edited(area.value())
    });
    let wrong = editor.mistakes.errors() > 0;
    html! {
        <div class="editor">
            <div class="editor-sheet">
                <div class="editor-numbers" aria-hidden="true">{ numbers(&editor.text) }</div>
                <div class="editor-page">
                    <pre class="editor-colours" aria-hidden="true">{ colours(editor) }</pre>
                    <textarea id="editor-text" class="editor-text" value={editor.text.to_string()} {oninput}
                        aria-label="Script" aria-describedby="editor-mistakes" aria-invalid={wrong.to_string()}
                        spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" />
                </div>
            </div>
            { tools(editor, send) }
            { mistakes(&editor.mistakes, send) }
        </div>
    }
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
    let piece = |piece: &crate::present::editor::Piece| {
        let text = editor.text[piece.range.clone()].to_owned();
        match (piece.class, piece.wrong) {
            (None, false) => html! { { text } },
            (class, wrong) => html! {
                <span class={classes!(class, wrong.then_some("editor-wrong"))}>{ text }</span>
            },
        }
    };
    html! {
        <>{ for editor.pieces.iter().map(piece) }{ "\n" }</>
    }
}

fn tools(editor: &EditorView, send: &Callback<Msg>) -> Html {
    let broken = editor.mistakes.errors() > 0;
    html! {
        <div class="editor-tools">
            <button id="run" type="button" class="button button-strong" disabled={broken || !editor.edited}
                title="Ctrl+Enter" onclick={send.reform(|_| Msg::Run)}>{ "Run" }</button>
            <button type="button" class="button" disabled={broken} onclick={send.reform(|_| Msg::Format)}>
                { "Format" }
            </button>
            <button type="button" class="button" onclick={send.reform(|_| Msg::Copy(Copied::Text))}>{ "Copy" }</button>
            <button type="button" class="button" disabled={!editor.changed} onclick={send.reform(|_| Msg::Original)}>
                { "Original" }
            </button>
        </div>
    }
}

fn mistakes(view: &MistakesView, send: &Callback<Msg>) -> Html {
    html! {
        <div id="editor-mistakes" class="editor-mistakes" role="status">
            if view.mistakes.is_empty() {
                <p class="editor-sound">{ "No mistakes." }</p>
            } else {
                <p class="editor-count">{ count(view) }</p>
                <ol>{ for view.mistakes.iter().enumerate().map(|(key, shown)| mistake(key, shown, send)) }</ol>
            }
        </div>
    }
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

fn mistake(key: usize, mistake: &Mistake, send: &Callback<Msg>) -> Html {
    let (line, column) = mistake.place;
    let range = mistake.range.clone();
    let show = send.reform(move |_| Msg::ShowMistake(range.start, range.end));
    let class = if mistake.is_error { "editor-mistake" } else { "editor-mistake editor-warning" };
    html! {
        <li {key} {class}>
            <button type="button" class="editor-place" onclick={show} aria-label={format!("Line {line}, column {column}")}>
                { format!("{line}:{column}") }
            </button>
            <div>
                <p>{ &mistake.message }</p>
                { for mistake.hints.iter().map(|hint| html! { <p class="editor-hint">{ hint }</p> }) }
            </div>
        </li>
    }
}
