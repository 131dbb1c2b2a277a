//! The question before a step: predict, then see, with the reason.

use super::icon::{Icon, icon};
use crate::present::question::{ChoiceView, QuestionView};
use crate::store::Msg;
use yew::prelude::*;

/// The question, or nothing.
pub fn question(view: Option<&QuestionView>, send: &Callback<Msg>) -> Html {
    let Some(view) = view else { return Html::default() };
    let choice = |(index, shown): (usize, &ChoiceView)| choice(view, index, shown, send);
    html! {
        <section key={view.number} class="question" aria-label="Question">
            <p class="question-text">{ view.text.to_string() }</p>
            <ol class="question-choices">{ for view.choices.iter().enumerate().map(choice) }</ol>
        </section>
    }
}

fn choice(view: &QuestionView, index: usize, choice: &ChoiceView, send: &Callback<Msg>) -> Html {
    let number = view.number;
    let letter = char::from(b'A' + (index as u8).min(25));
    let told = view.revealed && (choice.right || choice.chosen);
    let class = classes!(
        "question-choice",
        choice.chosen.then_some("is-chosen"),
        told.then_some(if choice.right { "is-right" } else { "is-wrong" }),
    );
    let answer = send.reform(move |_| Msg::Answer(number, index));
    html! {
        <li key={index} {class}>
            <button type="button" class="question-button" disabled={view.revealed} onclick={answer}
                aria-pressed={choice.chosen.to_string()}>
                <span class="question-letter">{ letter }</span>
                <span>{ choice.text.to_string() }</span>
                if told {
                    <span class="question-sign">
                        { icon(if choice.right { Icon::Check } else { Icon::Cross }) }
                        <span class="sr-only">{ if choice.right { "right" } else { "not so" } }</span>
                    </span>
                }
            </button>
            if let (true, Some(because)) = (told, &choice.because) {
                <p class="question-because">{ because.to_string() }</p>
            }
        </li>
    }
}
