//! What an address says, both ways: `spec/embedding.md`, "URL". An address is untrusted: every size is bounded, a bad
//! value falls back, and what was wrong is told.
//!
//! Owns: keys, their values, and which part of an address wins. Does not own: reading the location bar (`hooks`), or
//! what becomes of a value (`store`).

mod base64;
mod deflate;
mod pack;
mod settings;

pub use pack::{MAX_SCENARIO_BYTES, PackError, pack, unpack};
pub use settings::Settings;

use crate::store::position::Goal;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What would end or split a value in a fragment, or be changed by programs that find addresses in text.
const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'<').add(b'>').add(b'`');

/// More keys than any address of ours has.
const MAX_PAIRS: usize = 200;

/// What is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A lesson of the library, by its id.
    Lesson(String),
    /// A script that the address itself carries.
    Scenario(String),
}

/// The arrangement of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum View {
    /// Everything, for one who studies.
    #[default]
    Study,
    /// Large, with captions, for a hall.
    Lecture,
    /// The picture alone, in somebody else's page.
    Embed,
}

/// The colours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// For a beamer: white ground, no thin greys.
    Projector,
}

impl View {
    const NAMES: &[(&str, Self)] = &[("study", Self::Study), ("lecture", Self::Lecture), ("embed", Self::Embed)];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        name_of(Self::NAMES, self)
    }
}

impl Theme {
    const NAMES: &[(&str, Self)] =
        &[("auto", Self::Auto), ("light", Self::Light), ("dark", Self::Dark), ("projector", Self::Projector)];

    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Light, Self::Dark, Self::Projector];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        name_of(Self::NAMES, self)
    }
}

fn name_of<T: PartialEq + Copy>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, named)| *named == value).map_or("", |(name, _)| name)
}

fn named<T: Copy>(names: &[(&'static str, T)], name: &str) -> Option<T> {
    names.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, value)| *value)
}

/// The part of the app's state that an address carries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct UrlState {
    /// What is shown; `None` is the first lesson.
    pub subject: Option<Subject>,
    /// Where in it.
    pub step: Goal,
    /// The arrangement.
    pub view: View,
    /// The colours.
    pub theme: Theme,
    /// The variant of the script, by name.
    pub variant: Option<String>,
    /// Machine keys that differ from the script's, without `m.`.
    pub machine: Settings,
    /// Whether an embed may rewrite its address.
    pub sync: bool,
    /// Whether a draft of the text is looked for; `draft=0` starts afresh.
    pub draft: Draft,
}

/// Whether a draft of the text is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Draft {
    /// If there is one.
    #[default]
    Restored,
    /// Not this time.
    Ignored,
}

/// What reading an address came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Read {
    /// What it says.
    pub state: UrlState,
    /// Keys that mean nothing here.
    pub unknown: Vec<String>,
    /// What was wrong with it, a sentence each.
    pub wrong: Vec<String>,
}

/// Reads the two parts of an address, with or without their `?` and `#`. The fragment wins.
pub fn read(query: &str, fragment: &str) -> Read {
    let mut read = Read::default();
    for part in [query.trim_start_matches('?'), fragment.trim_start_matches('#')] {
        // Of the keys of one kind the last of a part counts, `scenario` before `lesson`.
        let mut lesson = None;
        let mut scenario = None;
        for (key, value) in pairs(part) {
            match key.as_str() {
                "lesson" => lesson = Some(value),
                "scenario" => scenario = Some(value),
                _ => read.take(&key, &value),
            }
        }
        read.take_subject(lesson, scenario);
    }
    read
}

fn pairs(part: &str) -> impl Iterator<Item = (String, String)> + '_ {
    part.split('&').filter(|pair| !pair.is_empty()).take(MAX_PAIRS).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (decode(key), decode(value))
    })
}

impl Read {
    fn take_subject(&mut self, lesson: Option<String>, scenario: Option<String>) {
        match scenario.map(|packed| unpack(&packed)) {
            Some(Ok(text)) => {
                self.state.subject = Some(Subject::Scenario(text));
                return;
            }
            Some(Err(error)) => self.wrong.push(format!("The script in the address cannot be read: {error}.")),
            None => {}
        }
        if let Some(id) = lesson.filter(|id| !id.is_empty()) {
            self.state.subject = Some(Subject::Lesson(id));
        }
    }

    fn take(&mut self, key: &str, value: &str) {
        let state = &mut self.state;
        let known = match key {
            "step" => value.parse().map(|step| state.step = step).is_ok(),
            "view" => named(View::NAMES, value).map(|view| state.view = view).is_some(),
            "theme" => named(Theme::NAMES, value).map(|theme| state.theme = theme).is_some(),
            "sync" => switch(value).map(|on| state.sync = on).is_some(),
            "draft" => {
                switch(value).map(|on| state.draft = if on { Draft::Restored } else { Draft::Ignored }).is_some()
            }
            "variant" => {
                state.variant = Some(value.to_owned()).filter(|name| !name.is_empty() && name != "base");
                true
            }
            _ => match key.strip_prefix("m.").filter(|name| !name.is_empty()) {
                Some(name) => {
                    state.machine.set(name, value);
                    true
                }
                None => {
                    self.unknown.push(key.chars().take(80).collect());
                    return;
                }
            },
        };
        if !known {
            let value: String = value.chars().take(40).collect();
            self.wrong.push(format!("The address says {key}={value}, which means nothing here."));
        }
    }
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "1" | "on" | "true" => Some(true),
        "0" | "off" | "false" => Some(false),
        _ => None,
    }
}

impl UrlState {
    /// The fragment that says this where the query alone says `query`: nothing is said twice.
    pub fn fragment(&self, query: &Self) -> String {
        let mut out = Fragment::default();
        if self.subject != query.subject {
            match &self.subject {
                Some(Subject::Lesson(id)) => out.add("lesson", id),
                Some(Subject::Scenario(text)) => out.add("scenario", &pack(text)),
                None => {}
            }
        }
        let step = |goal: Goal| match goal {
            Goal::At(position) => position.to_string(),
            Goal::Last => "last".to_owned(),
            Goal::Statement(_) => "0".to_owned(),
        };
        out.add_if(self.step != query.step, "step", &step(self.step));
        out.add_if(self.view != query.view, "view", self.view.name());
        out.add_if(self.theme != query.theme, "theme", self.theme.name());
        out.add_if(self.variant != query.variant, "variant", self.variant.as_deref().unwrap_or("base"));
        for (key, value) in self.machine.iter() {
            out.add_if(query.machine.get(key) != Some(value), &format!("m.{key}"), value);
        }
        for (key, _) in query.machine.iter().filter(|(key, _)| self.machine.get(key).is_none()) {
            out.add(&format!("m.{key}"), "");
        }
        out.add_if(self.sync != query.sync, "sync", if self.sync { "1" } else { "0" });
        out.0
    }
}

#[derive(Default)]
struct Fragment(String);

impl Fragment {
    // Once in the program, not once for each key.
    #[inline(never)]
    fn add(&mut self, key: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(key, RESERVED));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, RESERVED));
    }

    fn add_if(&mut self, wanted: bool, key: &str, value: &str) {
        if wanted {
            self.add(key, value);
        }
    }
}

#[cfg(test)]
mod tests;
