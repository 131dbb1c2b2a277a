//! The bar at the top: which lesson, which machine, and how it is looked at.

use super::help::help;
use super::icon::{Icon, icon};
use super::machine::machine;
use crate::present::machine::MachineView;
use crate::store::Msg;
use crate::store::effect::Copied;
use crate::store::model::{Model, Origin};
use crate::url::{Theme, View};
use script::library::LESSONS;
use yew::prelude::*;

/// The bar.
pub fn toolbar(model: &Model, machine: &MachineView, send: &Callback<Msg>) -> Html {
    html! {
        <header class="toolbar">
            <h1 class="toolbar-name">{ "Pagelab" }</h1>
            { lessons(model, send) }
            { machines(machine, send) }
            <span class="toolbar-space"></span>
            <button id="share" type="button" class="button" title="Copy the address of this moment"
                onclick={send.reform(|_| Msg::Copy(Copied::Link))}>{ "Share" }</button>
            <button id="present" type="button" class="button" title="Large type and captions, for a hall"
                onclick={send.reform(|_| Msg::View(View::Lecture))}>{ "Present" }</button>
            { themes(model.ui.theme, send) }
            <button id="help-button" type="button" class="button button-plain" popovertarget="help"
                aria-label="Help (?)" title="Help (?)">{ "?" }</button>
            { help() }
        </header>
    }
}

fn lessons(model: &Model, send: &Callback<Msg>) -> Html {
    let chosen = match model.origin {
        Origin::Lesson(lesson) => Some(lesson.id),
        Origin::Own => None,
    };
    let title = model.session.as_ref().map_or("A script", |session| session.title());
    let item = |lesson: &'static script::library::Lesson| {
        let current = (chosen == Some(lesson.id)).then_some("true");
        html! {
            <li key={lesson.id}>
                <button type="button" class="toolbar-item" aria-current={current} popovertarget="lesson-menu"
                    popovertargetaction="hide" onclick={send.reform(move |_| Msg::Lesson(lesson.id))}>
                    <span class="toolbar-id">{ lesson.id }</span>{ lesson.title }
                </button>
            </li>
        }
    };
    html! {
        <>
            <button id="lesson-button" type="button" class="toolbar-menu toolbar-lesson" popovertarget="lesson-menu"
                aria-label={format!("Lesson: {title}")}>
                if let Some(id) = chosen {
                    <span class="toolbar-id">{ id }</span>
                }
                <span class="toolbar-title">{ title }</span>{ icon(Icon::Down) }
            </button>
            <div id="lesson-menu" class="toolbar-list toolbar-lessons" popover="auto">
                <ul>{ for LESSONS.iter().map(item) }</ul>
            </div>
        </>
    }
}

fn machines(view: &MachineView, send: &Callback<Msg>) -> Html {
    html! {
        <>
            <button id="machine-button" type="button" class="toolbar-menu toolbar-machine" popovertarget="machine-menu"
                aria-label={format!("Machine: {}", view.name)} title={view.summary.clone()}>
                <span class="toolbar-title">{ &view.name }</span>{ icon(Icon::Down) }
            </button>
            <div id="machine-menu" class="toolbar-list toolbar-machines" popover="auto">{ machine(view, send) }</div>
        </>
    }
}

fn themes(chosen: Theme, send: &Callback<Msg>) -> Html {
    let item = |theme: Theme| {
        let current = (chosen == theme).then_some("true");
        html! {
            <li key={theme.name()}>
                <button type="button" class="toolbar-item" aria-current={current} popovertarget="theme-menu"
                    popovertargetaction="hide" onclick={send.reform(move |_| Msg::Theme(theme))}>{ words(theme) }</button>
            </li>
        }
    };
    html! {
        <>
            <button id="theme-button" type="button" class="button button-plain" popovertarget="theme-menu"
                aria-label="Theme" title="Theme">{ icon(Icon::Theme) }</button>
            <div id="theme-menu" class="toolbar-list toolbar-themes" popover="auto">
                <ul>{ for Theme::ALL.into_iter().map(item) }</ul>
            </div>
        </>
    }
}

fn words(theme: Theme) -> &'static str {
    match theme {
        Theme::Auto => "As the system",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
        Theme::Projector => "Projector",
    }
}
