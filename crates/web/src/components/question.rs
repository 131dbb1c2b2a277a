//! The question before a step: predict, then see, with the reason.

use super::element::{Element, button, el};
use super::icon::{Icon, icon};
use super::sends;
use crate::present::question::{ChoiceView, QuestionView};
use crate::store::Msg;
use yew::Callback;

/// The question, or nothing.
pub fn question(view: Option<&QuestionView>, send: &Callback<Msg>) -> Option<Element> {
    let view = view?;
    let choices = view.choices.iter().enumerate().map(|(index, shown)| choice(view, index, shown, send));
    let choices = el("ol").class("question-choices").children(choices);
    let text = el("p").class("question-text").child(&view.text);
    let place = match &view.folded {
        Some(outcome) => el("details").child(el("summary").class("question-outcome").child(outcome)),
        None => el("section").attr("aria-label", "Question"),
    };
    Some(
        place
            .key(view.number)
            .class("question")
            .class_if(view.folded.is_some(), "is-folded")
            .child(text)
            .child(choices),
    )
}

fn choice(view: &QuestionView, index: usize, choice: &ChoiceView, send: &Callback<Msg>) -> Element {
    let letter = char::from(b'A' + (index as u8).min(25));
    let told = view.revealed && (choice.right || choice.chosen);
    let answer = button("question-button")
        .flag("disabled", view.revealed)
        .attr("aria-pressed", choice.chosen)
        .on_click(sends(send, Msg::Answer(view.number, index)))
        .child(el("span").class("question-letter").child(String::from(letter)))
        .child(el("span").child(&choice.text))
        .child(told.then(|| sign(choice.right)));
    let because = choice.because.as_ref().filter(|_| told);
    el("li")
        .key(index)
        .class("question-choice")
        .class_if(choice.chosen, "is-chosen")
        .class_if(told, if choice.right { "is-right" } else { "is-wrong" })
        .child(answer)
        .child(because.map(|because| el("p").class("question-because").child(because)))
}

fn sign(right: bool) -> Element {
    let (sign, words) = if right { (Icon::Check, "right") } else { (Icon::Cross, "not so") };
    el("span").class("question-sign").child(icon(sign)).child(el("span").class("sr-only").child(words))
}
