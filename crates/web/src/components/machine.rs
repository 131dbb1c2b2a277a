//! The machine: variants of the script, a preset, and every key that the model knows.

use super::element::{Element, button, el};
use super::{sends, sends_value};
use crate::present::machine::{Field, GroupView, KeyView, MachineView, VariantView};
use crate::store::Msg;
use vmcore::evidence::{KERNEL, SCENARIOS, STEPS};
use yew::Callback;

/// The panel.
pub fn machine(view: &MachineView, send: &Callback<Msg>) -> Element {
    let mistake = view.mistake.as_ref();
    el("div")
        .class("machine")
        .child((view.variants.len() > 1).then(|| variants(&view.variants, send)))
        .child(presets(view, send))
        .child(el("p").class("machine-evidence").child(evidence()))
        .child(mistake.map(|mistake| el("p").class("machine-mistake").attr("role", "alert").child(mistake)))
        .child(el("div").class("machine-groups").children(view.groups.iter().map(|shown| group(shown, send))))
}

fn presets(view: &MachineView, send: &Callback<Msg>) -> Element {
    let preset = |name: &'static str, label: &'static str| {
        let pressed = view.preset == name && !view.changed;
        button("button").attr("aria-pressed", pressed).on_click(sends(send, Msg::Preset(name))).child(label)
    };
    let own = view.changed.then(|| button("button").on_click(sends(send, Msg::OwnMachine)).child("as written"));
    el("div")
        .class("machine-presets")
        .attr("role", "group")
        .attr("aria-label", "Preset")
        .child(el("span").class("machine-label").child("Keys as on the"))
        .child(preset("textbook", "textbook machine"))
        .child(preset("linux", "Linux machine"))
        .child(own)
}

/// What the model has been held against.
pub(super) fn evidence() -> String {
    format!(
        "The Linux machine is held against {KERNEL} itself: in {SCENARIOS} recorded scenarios with {STEPS} steps it does \
         what the kernel did, in every fact that was recorded."
    )
}

fn variants(variants: &[VariantView], send: &Callback<Msg>) -> Element {
    el("fieldset")
        .class("machine-variants")
        .child(el("legend").child("Variants of this script"))
        .children(variants.iter().map(|shown| variant(shown, send)))
}

fn variant(variant: &VariantView, send: &Callback<Msg>) -> Element {
    let label = variant.name.as_deref().unwrap_or("as written");
    let choice = el("input")
        .attr("type", "radio")
        .attr("name", "variant")
        .checked(variant.chosen)
        .on_change(sends(send, Msg::Variant(variant.name.clone())));
    el("label").key(label).class("machine-variant").child(choice).child(label.to_owned())
}

fn group(group: &GroupView, send: &Callback<Msg>) -> Element {
    let keys = group.keys.iter().map(|shown| key(shown, send));
    el("section").key(group.title).class("machine-group").child(el("h3").child(group.title)).children(keys)
}

fn key(view: &KeyView, send: &Callback<Msg>) -> Element {
    el("label")
        .key(view.name)
        .class("machine-key")
        .class_if(view.changed, "is-changed")
        .child(el("code").child(view.name))
        .child(field(view, send))
        .child(el("small").class("machine-doc").child(&view.doc))
}

fn field(view: &KeyView, send: &Callback<Msg>) -> Element {
    let name = view.name;
    let field = match &view.field {
        Field::Choice(words) => choice(words, &view.value),
        Field::Text => el("input").value(view.value.clone()).attr("autocomplete", "off").attr("spellcheck", "false"),
    };
    let change = sends_value(send, move |value| Some(Msg::Key(name.to_owned(), value)));
    field.attr("id", format!("m-{name}")).on_change(change)
}

fn choice(words: &[(&'static str, &'static str)], chosen: &String) -> Element {
    let option = |(word, doc): &(&'static str, &'static str)| {
        el("option").attr("value", *word).attr("title", *doc).flag("selected", *word == *chosen).child(*word)
    };
    // Index widths that the script or the address gives are not among the words.
    let other = words.iter().all(|(word, _)| *word != *chosen);
    let other = other.then(|| el("option").attr("value", chosen).flag("selected", true).child(chosen));
    el("select").children(words.iter().map(option)).child(other)
}
