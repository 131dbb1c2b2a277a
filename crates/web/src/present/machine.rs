//! The machine: its variants, its keys with their values, and what they may be.
//!
//! Only keys and words that the model knows are offered: a menu entry without a running scene is worse than none.

use crate::store::model::Model;
use crate::store::session::Session;
use script::vocabulary::{self, COSTS, KEYS, KeyKind, TABLE_FORMATS, Word};
use vmcore::format::TableFormat;
use vmcore::policy::PolicyKind;

/// The keys that are offered, in groups.
const GROUPS: &[(&str, &[&str])] = &[
    ("Memory", &["frames", "policy", "scope", "quota", "swap", "readahead", "readaround", "write_back"]),
    ("Tables", &["table", "page", "va_bits", "entry_bytes", "tables_in_frames"]),
    ("TLB", &["tlb", "tlb_policy", "asid", "shootdown"]),
    ("Faults", &["fault_around", "zero_page", "signals"]),
    ("System", &["os", "granularity"]),
    ("Devices", &["iommu"]),
    ("Chance", &["seed", "seed_skip"]),
    (
        "Costs, in units of one mapped load",
        &[
            "cost.tlb_hit",
            "cost.walk",
            "cost.tlb_flush",
            "cost.syscall",
            "cost.copy_byte",
            "cost.minor",
            "cost.cow",
            "cost.disk_request",
            "cost.disk_page",
        ],
    ),
];

/// The machine.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MachineView {
    /// Its name, as the toolbar shows it.
    pub name: String,
    /// What distinguishes it in a few words: "8 frames, linear".
    pub summary: String,
    /// The script's preset.
    pub preset: &'static str,
    /// Variants of the script; the first is the machine as written.
    pub variants: Vec<VariantView>,
    /// The keys.
    pub groups: Vec<GroupView>,
    /// Whether any key differs from the script's.
    pub changed: bool,
    /// What is wrong with what was asked for last.
    pub mistake: Option<String>,
}

/// A variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantView {
    /// Its name; `None` is the machine as written.
    pub name: Option<String>,
    /// Whether it is the one that runs.
    pub chosen: bool,
}

/// Keys that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupView {
    /// What they are about.
    pub title: &'static str,
    /// The keys.
    pub keys: Vec<KeyView>,
}

/// A key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyView {
    /// Its name in the language.
    pub name: &'static str,
    /// What it means, and what it may be or what its present value does.
    pub doc: String,
    /// Its value on the machine that runs.
    pub value: String,
    /// Whether the script did not set it so.
    pub changed: bool,
    /// How it is set.
    pub field: Field,
}

/// How a key is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Field {
    /// One of these words, each with what it means.
    Choice(Vec<(&'static str, &'static str)>),
    /// What is typed.
    Text,
}

/// The machine of the model.
pub fn machine(model: &Model, session: &Session) -> MachineView {
    let values = session.machine_keys();
    let value = |name: &str| values.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    let key = |name: &&'static str| {
        let (kind, value) = (vocabulary::key(name)?, value(name).unwrap_or_default());
        let field = field(name, kind);
        let range = range(kind).or_else(|| field.meaning(&value).map(|doc| format!(" {value}: {doc}")));
        let doc = format!("{}{}", meaning(name), range.unwrap_or_default());
        let changed = model.machine.keys.get(name).is_some();
        Some(KeyView { name, doc, value, changed, field })
    };
    let chosen = &model.machine.variant;
    let written = std::iter::once(None);
    let variants = written.chain(session.variants().iter().map(|name| Some(name.to_string())));
    MachineView {
        name: name(model, session),
        summary: summary(&value("frames").unwrap_or_default(), &value("table").unwrap_or_default()),
        preset: session.preset(),
        variants: variants.map(|name| VariantView { chosen: name == *chosen, name }).collect(),
        groups: GROUPS
            .iter()
            .map(|(title, keys)| GroupView { title, keys: keys.iter().filter_map(key).collect() })
            .collect(),
        changed: !model.machine.keys.is_empty(),
        mistake: model.machine_mistake.clone(),
    }
}

fn name(model: &Model, session: &Session) -> String {
    let base = match &model.machine.variant {
        Some(variant) => variant.clone(),
        None => format!("{} machine", session.preset()),
    };
    if model.machine.keys.is_empty() { base } else { format!("{base}, changed") }
}

fn summary(frames: &str, table: &str) -> String {
    format!("{frames} frames, {table} table")
}

/// What a key means, in a sentence.
fn meaning(name: &str) -> &'static str {
    let cost = COSTS.iter().find(|cost| name.strip_prefix("cost.") == Some(cost.name)).map(|cost| cost.doc);
    cost.or_else(|| KEYS.iter().find(|key| key.name == name).map(|key| key.doc)).unwrap_or_default()
}

/// What may be typed for a key of this kind, behind its sentence.
fn range(kind: KeyKind) -> Option<String> {
    Some(match kind {
        KeyKind::Number { min, max } => format!(" {min} to {}.", bound(max)),
        KeyKind::PowerOfTwo { min, max } => format!(" A power of two, {min} to {}.", bound(max)),
        KeyKind::WordOrNumber { word, max } => format!(" {word}, or 1 to {}.", bound(max)),
        KeyKind::Switch | KeyKind::Choice(_) | KeyKind::TableFormat | KeyKind::Tlb => return None,
    })
}

/// A number as the language may write it, `64K`: exactly.
fn bound(mut number: i128) -> String {
    let mut units = ["", "K", "M", "G", "T"].into_iter();
    let mut unit = units.next();
    while number % 1024 == 0 && number > 0 && units.len() > 0 {
        (number, unit) = (number / 1024, units.next());
    }
    format!("{number}{}", unit.unwrap_or_default())
}

impl Field {
    /// What a word means that can be chosen.
    fn meaning(&self, chosen: &str) -> Option<&'static str> {
        match self {
            Self::Choice(words) => {
                words.iter().find(|(word, doc)| *word == chosen && !doc.is_empty()).map(|(_, doc)| *doc)
            }
            Self::Text => None,
        }
    }
}

fn field(name: &str, kind: KeyKind) -> Field {
    let words = |words: &[Word]| Field::Choice(words.iter().map(|word| (word.name, word.doc)).collect());
    match kind {
        KeyKind::Switch => Field::Choice(vec![("on", ""), ("off", "")]),
        KeyKind::Choice(all) => match (name, words(all)) {
            (_, Field::Choice(all)) => {
                Field::Choice(all.into_iter().filter(|(word, _)| is_known(name, word)).collect())
            }
            (_, text) => text,
        },
        KeyKind::TableFormat => {
            let known = TABLE_FORMATS.iter().filter(|word| is_known(name, word.name));
            let custom = [("4+4", "Two levels of 4 bits."), ("3+3+3", "Three levels of 3 bits.")];
            Field::Choice(known.map(|word| (word.name, word.doc)).chain(custom).collect())
        }
        _ => Field::Text,
    }
}

/// Whether the model knows a word of the language's.
fn is_known(key: &str, word: &str) -> bool {
    match key {
        "policy" => PolicyKind::named(word).is_some(),
        "table" => word == "linear" || TableFormat::named(word, 12).is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::model::MachineChoice;

    fn runs_with(key: &str, value: &str) -> bool {
        let mut choice = MachineChoice::default();
        choice.keys.set(key, value);
        Session::start("A: exit()".into(), &choice).is_ok()
    }

    #[test]
    fn every_word_that_the_model_knows_is_offered_and_no_other() {
        let mut wrong = Vec::new();
        for key in KEYS {
            let offered = |word: &str| match field(key.name, key.kind) {
                Field::Choice(words) => words.iter().any(|(known, _)| *known == word),
                Field::Text => true,
            };
            let words: &[Word] = match key.kind {
                KeyKind::Choice(words) => words,
                KeyKind::TableFormat => TABLE_FORMATS,
                _ => &[],
            };
            for word in words {
                if offered(word.name) != runs_with(key.name, word.name) {
                    wrong.push(format!("{} = {}", key.name, word.name));
                }
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn every_key_that_the_model_can_set_is_offered() {
        let offered: Vec<_> = GROUPS.iter().flat_map(|(_, keys)| keys.iter().copied()).collect();
        // Each with a value that is neither preset's.
        let others = [
            ("frames", "5"),
            ("policy", "fifo"),
            ("swap", "3"),
            ("readahead", "2"),
            ("write_back", "7"),
            ("table", "4+4"),
            ("page", "32"),
            ("tlb", "4"),
            ("tlb_policy", "fifo"),
            ("asid", "on"),
            ("shootdown", "off"),
            ("fault_around", "2"),
            ("zero_page", "on"),
            ("signals", "continue"),
            ("scope", "local"),
            ("quota", "2"),
            ("tables_in_frames", "on"),
            ("readaround", "on"),
            ("granularity", "64"),
            ("iommu", "off"),
            ("os", "windows"),
            ("va_bits", "7"),
            ("entry_bytes", "4"),
            ("seed", "1"),
            ("seed_skip", "1"),
            ("cost.tlb_hit", "2"),
            ("cost.walk", "2"),
            ("cost.tlb_flush", "2"),
            ("cost.syscall", "2"),
            ("cost.copy_byte", "2"),
            ("cost.minor", "2"),
            ("cost.cow", "2"),
            ("cost.disk_request", "2"),
            ("cost.disk_page", "2"),
        ];
        assert_eq!(others.len(), vocabulary::key_names().len(), "all keys of the language");
        let mut wrong = Vec::new();
        for (key, value) in others {
            let key_is_offered = offered.contains(&key);
            if key_is_offered != runs_with(key, value) {
                wrong.push(key);
            }
        }
        assert_eq!(wrong, [""; 0]);
    }

    fn shown(key: &str) -> String {
        let mut model = Model::default();
        crate::store::update(&mut model, crate::store::Msg::Address(String::new(), "lesson=L16".to_owned()));
        let session = model.session.as_ref().expect("it runs");
        let keys = machine(&model, session).groups.into_iter().flat_map(|group| group.keys);
        keys.into_iter().find(|view| view.name == key).map(|view| view.doc).unwrap_or_default()
    }

    #[test]
    fn every_key_says_what_it_means_and_what_it_may_be() {
        assert_eq!(shown("va_bits"), "Width of a virtual address in bits. 4 to 64.");
        assert_eq!(shown("frames"), "Frames of physical memory. 1 to 1M.");
        assert_eq!(shown("page"), "Page size in bytes. A power of two, 8 to 64K.");
        assert_eq!(shown("write_back"), "Steps after which dirty pages are written. off, or 1 to 1000000000.");
        assert_eq!(shown("policy"), "Which page is evicted. fifo: The page that came first goes first.");
        assert!(shown("cost.walk").starts_with("A table read of a TLB miss. 0 to "));
    }
}
