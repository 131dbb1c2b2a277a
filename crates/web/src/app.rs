//! The one struct component: owns the model, has effects carried out, picks a shell.

use crate::hooks::{browser, listen, panic};
use crate::present::views::Views;
use crate::seam::StageMsg;
use crate::shells;
use crate::store::effect::{Copied, Effect, Effects, Entry};
use crate::store::{Model, Msg, update};
use crate::url::View;
use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::{Interval, Timeout};
use std::cell::Cell;
use std::rc::Rc;
use yew::prelude::*;

/// How long a slice of a long run may take, in milliseconds: half a frame.
const SLICE_MS: f64 = 8.0;

/// The address is written when nothing has moved for so long: browsers refuse more than some writes a second.
const ADDRESS_MS: u32 = 200;

/// The app. Its timers are values here; dropping one cancels it.
#[derive(Debug)]
pub struct App {
    model: Model,
    views: Views,
    /// Made once, so that what depends on them is not drawn again.
    send: Callback<Msg>,
    on_stage: Callback<StageMsg>,
    /// What keys mean depends on it.
    view: listen::CurrentView,
    _listeners: Vec<EventListener>,
    frame: Option<AnimationFrame>,
    play: Option<Interval>,
    address: Option<Timeout>,
    /// Steps of the next slice of a long run.
    slice: u64,
    /// What is lit shall be scrolled to with the next drawing.
    reveal: bool,
    /// The run that the page is named after.
    named: u64,
}

impl Component for App {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let send = ctx.link().callback(|msg| msg);
        let view = Rc::new(Cell::new(View::Study));
        let mut app = Self {
            model: Model::default(),
            views: Views::default(),
            on_stage: send.reform(Msg::Stage),
            view: Rc::clone(&view),
            _listeners: listen::all(&send, &view),
            send,
            frame: None,
            play: None,
            address: None,
            slice: 1000,
            reveal: false,
            named: 0,
        };
        let (query, fragment) = listen::location();
        app.take(Msg::Address(query, fragment));
        app
    }

    fn update(&mut self, _: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Frame(_) => {
                self.frame = None;
                self.slice();
            }
            Msg::WriteAddress => {
                browser::write_address(&self.model.fragment(), Entry::Replace);
                return false;
            }
            msg => self.take(msg),
        }
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        shells::shell(&self.model, &self.views, &self.send, &self.on_stage)
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        browser::reveal_current();
        if std::mem::take(&mut self.reveal) {
            browser::reveal_lit();
        }
    }
}

impl App {
    fn take(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.view.set(self.model.ui.view);
        panic::remember(&self.model.text);
        self.run(effects);
        self.views.refresh(&self.model);
        if let Some(session) = self.model.session.as_ref().filter(|_| self.model.runs != self.named) {
            browser::name_page(&format!("{} – Pagelab", session.title()));
            self.named = self.model.runs;
        }
    }

    /// A slice of a long run, as long as half a frame takes.
    fn slice(&mut self) {
        let began = browser::now();
        self.take(Msg::Frame(self.slice));
        let took = (browser::now() - began).max(0.1);
        let fitting = self.slice as f64 * SLICE_MS / took;
        // Not too quickly: one slow frame says little.
        self.slice = (fitting as u64).clamp(self.slice / 2, self.slice * 2).clamp(100, 1_000_000);
    }

    fn run(&mut self, effects: Effects) {
        effects.into_iter().for_each(|effect| self.carry_out(effect));
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::NextFrame => self.next_frame(),
            Effect::Play(interval) => {
                let send = self.send.clone();
                self.play = interval.map(|ms| Interval::new(ms, move || send.emit(Msg::Tick)));
            }
            Effect::FindDraft(key) => {
                if let Some(text) = browser::find_draft(&key) {
                    self.take(Msg::DraftFound(key, text));
                }
            }
            Effect::KeepDraft(key, text) => browser::keep_draft(&key, text.as_deref()),
            Effect::Address(entry) => self.write_address(entry),
            Effect::Copy(what) => self.copy(what),
            Effect::Wear(theme) => {
                browser::wear(theme, self.model.ui.view);
            }
            Effect::Log(text) => browser::log(&text),
            Effect::FullScreen => {
                browser::full_screen();
            }
            Effect::Press(id) => {
                browser::press(id);
            }
            // What is to be focused may only appear with the next drawing.
            Effect::Focus(id) => browser::later(move || {
                let _ = browser::focus(id);
            }),
            Effect::Reveal => self.reveal = true,
            Effect::Select(start, end) => self.select(start, end),
        }
    }

    fn next_frame(&mut self) {
        if self.frame.is_none() {
            let send = self.send.clone();
            self.frame = Some(request_animation_frame(move |_| send.emit(Msg::Frame(0))));
        }
    }

    fn write_address(&mut self, entry: Entry) {
        browser::wear(self.model.ui.theme, self.model.ui.view);
        if entry == Entry::Push {
            browser::write_address(&self.model.fragment(), entry);
            return;
        }
        let send = self.send.clone();
        self.address = Some(Timeout::new(ADDRESS_MS, move || send.emit(Msg::WriteAddress)));
    }

    fn copy(&self, what: Copied) {
        let text = match what {
            Copied::Link => browser::address_with(&self.model.fragment()),
            Copied::Text => self.model.text.to_string(),
        };
        let send = self.send.clone();
        yew::platform::spawn_local(async move {
            let well = browser::copy(text).await;
            send.emit(Msg::Copied(what, well));
        });
    }

    fn select(&self, start: usize, end: usize) {
        let text = &self.model.text;
        let units = |bytes: usize| {
            let before = text.get(..bytes.min(text.len())).unwrap_or(text);
            before.encode_utf16().count() as u32
        };
        let (start, end) = (units(start), units(end));
        browser::later(move || {
            let _ = browser::select(start, end);
        });
    }
}
