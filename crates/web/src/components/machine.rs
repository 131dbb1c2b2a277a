//! The machine: variants of the script, a preset, and every key that the model knows.

use crate::present::machine::{Field, KeyView, MachineView, VariantView};
use crate::store::Msg;
use vmcore::evidence::{KERNEL, SCENARIOS, STEPS};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The panel.
pub fn machine(view: &MachineView, send: &Callback<Msg>) -> Html {
    let preset = |name: &'static str, label: &'static str| {
        let pressed = (view.preset == name && !view.changed).to_string();
        html! {
            <button type="button" class="button" aria-pressed={pressed} onclick={send.reform(move |_| Msg::Preset(name))}>
                { label }
            </button>
        }
    };
    html! {
        <div class="machine">
            if view.variants.len() > 1 {
                <fieldset class="machine-variants">
                    <legend>{ "Variants of this script" }</legend>
                    { for view.variants.iter().map(|shown| variant(shown, send)) }
                </fieldset>
            }
            <div class="machine-presets" role="group" aria-label="Preset">
                <span class="machine-label">{ "Keys as on the" }</span>
                { preset("textbook", "textbook machine") }
                { preset("linux", "Linux machine") }
                if view.changed {
                    <button type="button" class="button" onclick={send.reform(|_| Msg::OwnMachine)}>{ "as written" }</button>
                }
            </div>
            <p class="machine-evidence">{ evidence() }</p>
            if let Some(mistake) = &view.mistake {
                <p class="machine-mistake" role="alert">{ mistake }</p>
            }
            <div class="machine-groups">
                { for view.groups.iter().map(|group| html! {
                    <section key={group.title} class="machine-group">
                        <h3>{ group.title }</h3>
                        { for group.keys.iter().map(|shown| key(shown, send)) }
                    </section>
                }) }
            </div>
        </div>
    }
}

/// What the model has been held against.
pub(super) fn evidence() -> String {
    format!(
        "The Linux machine is held against {KERNEL} itself: in {SCENARIOS} recorded scenarios with {STEPS} steps it does \
         what the kernel did, in every fact that was recorded."
    )
}

fn variant(variant: &VariantView, send: &Callback<Msg>) -> Html {
    let name = variant.name.clone();
    let choose = send.reform(move |_: Event| Msg::Variant(name.clone()));
    let label = variant.name.as_deref().unwrap_or("as written");
    html! {
        <label key={label.to_owned()} class="machine-variant">
            <input type="radio" name="variant" checked={variant.chosen} onchange={choose} />
            { label }
        </label>
    }
}

fn key(view: &KeyView, send: &Callback<Msg>) -> Html {
    let changed = view.changed.then_some("is-changed");
    html! {
        <label key={view.name} class={classes!("machine-key", changed)} title={view.doc}>
            <code>{ view.name }</code>
            { field(view, send) }
        </label>
    }
}

fn field(view: &KeyView, send: &Callback<Msg>) -> Html {
    let name = view.name;
    match &view.field {
        Field::Choice(words) => {
            let onchange = send.reform(move |event: Event| {
                let select: HtmlSelectElement = event.target_unchecked_into();
                Msg::Key(name.to_owned(), select.value())
            });
            let option = |(word, doc): &(&'static str, &'static str)| {
                html! { <option value={*word} title={*doc} selected={*word == view.value}>{ *word }</option> }
            };
            // Index widths that the script or the address gives are not among the words.
            let other = words.iter().all(|(word, _)| *word != view.value);
            html! {
                <select id={format!("m-{name}")} {onchange}>
                    { for words.iter().map(option) }
                    if other {
                        <option value={view.value.clone()} selected=true>{ &view.value }</option>
                    }
                </select>
            }
        }
        Field::Text => {
            let onchange = send.reform(move |event: Event| {
                let input: HtmlInputElement = event.target_unchecked_into();
                Msg::Key(name.to_owned(), input.value())
            });
            html! {
                <input id={format!("m-{name}")} value={view.value.clone()} {onchange} autocomplete="off" spellcheck="false" />
            }
        }
    }
}
