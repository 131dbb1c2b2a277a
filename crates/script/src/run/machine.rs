//! Keys of the machine to the model's configuration.

use super::program::Program;
use crate::ast::{Expr, ExprKind, IntLit, Setting, SettingValue, StatementKind};
use crate::diagnostic::Diagnostic;
use crate::span::{Span, Spanned};
use crate::validate::{number_setting, parse_tlb};
use crate::vocabulary::TABLE_FORMATS;
use vmcore::config::{Checked, CostModel, Granularity, MachineConfig, Os, Preset, Scope, Signals, TlbPolicy};
use vmcore::format::TableFormat;
use vmcore::policy::PolicyKind;

/// Reads `key=value` as it comes from a command line or an address.
///
/// # Errors
/// What is wrong with it, in one line.
pub fn setting(key: &str, value: &str) -> Result<Setting, String> {
    let plain = |text: &str| text.len() < 100 && !text.contains(['\n', '}', '{', '#', ';', ',', '"']);
    if !plain(key) || !plain(value) {
        return Err(format!("`{key}={value}` is no key of the machine with its value"));
    }
    let (script, diagnostics) = crate::load(&format!("machine {{ {key} = {value} }}"));
    if let Some(first) = diagnostics.iter().next() {
        let expected = first.expected.as_ref().map(|expected| format!(": expected {expected}"));
        let help = first.help.as_ref().map(|help| format!(" ({help})"));
        return Err(format!("{}{}{}", first.message, expected.unwrap_or_default(), help.unwrap_or_default()));
    }
    let settings = script.into_iter().flat_map(|script| script.body.items);
    let mut machines = settings.filter_map(|item| match item.node.node {
        StatementKind::Machine(machine) => Some(machine),
        _ => None,
    });
    let first = machines.next().and_then(|machine| machine.settings.items.into_iter().next());
    let mut setting = first.ok_or_else(|| format!("`{key}={value}` sets nothing"))?.node;
    // It stands nowhere in the script that is run.
    setting.key.span = Span::default();
    setting.value.span = Span::default();
    if let SettingValue::Number(expr) = &mut setting.value.node {
        let number = number_setting(expr).map_err(|error| error.message.clone())?;
        *expr = Spanned::new(ExprKind::Int(IntLit::plain(number)), Span::default());
    }
    Ok(setting)
}

impl Program {
    /// The machine: base or variant, with further keys on top.
    pub(super) fn config(&self, variant: Option<usize>, overrides: &[Setting]) -> Result<Checked, Diagnostic> {
        let mut config = match self.preset {
            Preset::Textbook => MachineConfig::textbook(),
            Preset::Linux => MachineConfig::linux(),
        };
        let none = (self.machine_span, Vec::new());
        let (span, changes) = variant.map_or(&none, |variant| &self.variant_settings[variant]);
        let all: Vec<&Setting> = self.base.iter().chain(changes).chain(overrides).collect();
        for setting in &all {
            apply(&mut config, setting)?;
        }
        config.checked().map_err(|error| {
            // The last one who set the key is at fault, or the machine as a whole.
            let of_key = |setting: &&&Setting| setting.key.node.split('.').next() == Some(error.key);
            let at = all.iter().rev().find(of_key).map_or(*span, |setting| setting.value.span);
            Diagnostic::error(at, format!("`{}`: {}", error.key, error.message))
        })
    }
}

/// Sets one key. What the model does not know yet is said so.
fn apply(config: &mut MachineConfig, setting: &Setting) -> Result<(), Diagnostic> {
    let key = setting.key.node.as_str();
    let span = setting.value.span;
    let unknown = |what: String| Err(Diagnostic::error(span, format!("the model does not know {what} yet")));
    match &setting.value.node {
        SettingValue::Number(expr) => {
            let number = number_setting(expr)?;
            if !set_number(config, key, number) {
                return unknown(format!("`{key} = {number}`"));
            }
        }
        SettingValue::Word(word) => {
            if !set_word(config, key, word) {
                return unknown(format!("`{key} = {word}`"));
            }
        }
    }
    Ok(())
}

/// Sets a key to a number; false if the model does not know the key. Ranges are checked by the parser's vocabulary
/// and again by the model, so a number that does not fit its field is as good as the largest.
fn set_number(config: &mut MachineConfig, key: &str, number: i128) -> bool {
    let wide = u64::try_from(number).unwrap_or(u64::MAX);
    let narrow = u32::try_from(wide).unwrap_or(u32::MAX);
    let byte = u8::try_from(wide).unwrap_or(u8::MAX);
    match key {
        "page" => config.page = Some(wide),
        "va_bits" => config.va_bits = Some(byte),
        "entry_bytes" => config.entry_bytes = Some(byte),
        "frames" => config.frames = narrow,
        "quota" => config.quota = Some(narrow),
        "swap" => config.swap = narrow,
        "readahead" => config.readahead = narrow,
        "fault_around" => config.fault_around = narrow,
        "granularity" => config.granularity = Granularity::Bytes(wide),
        "write_back" => config.write_back = Some(wide),
        "seed" => config.seed = wide,
        "seed_skip" => config.seed_skip = wide,
        _ => {
            return key.strip_prefix("cost.").and_then(|cost| cost_field(&mut config.cost, cost)).is_some_and(
                |field| {
                    *field = wide;
                    true
                },
            );
        }
    }
    true
}

fn cost_field<'c>(cost: &'c mut CostModel, name: &str) -> Option<&'c mut u64> {
    Some(match name {
        "tlb_hit" => &mut cost.tlb_hit,
        "walk" => &mut cost.walk,
        "syscall" => &mut cost.syscall,
        "copy_byte" => &mut cost.copy_byte,
        "minor" => &mut cost.minor,
        "cow" => &mut cost.cow,
        "disk_request" => &mut cost.disk_request,
        "disk_page" => &mut cost.disk_page,
        "tlb_flush" => &mut cost.tlb_flush,
        _ => return None,
    })
}

/// Sets a key to a word; false if the model does not know the key or the word.
fn set_word(config: &mut MachineConfig, key: &str, word: &str) -> bool {
    match (key, word) {
        ("table", _) => {
            let known = word == "linear" || TableFormat::named(word, 12).is_some();
            // What is no name at all is refused with its range by the model.
            if !known && TABLE_FORMATS.iter().any(|format| format.name == word) {
                return false;
            }
            config.table = word.to_owned();
        }
        ("tlb", _) => match parse_tlb(word) {
            Some((entries, ways)) => {
                (config.tlb_entries, config.tlb_ways) = (entries, if word.contains('x') { ways } else { 0 });
            }
            None => return false,
        },
        ("tlb_policy", "lru") => config.tlb_policy = TlbPolicy::Lru,
        ("tlb_policy", "fifo") => config.tlb_policy = TlbPolicy::Fifo,
        ("tlb_policy", "random") => config.tlb_policy = TlbPolicy::Random,
        ("asid", _) => config.asid = word == "on",
        ("shootdown", _) => config.shootdown = word == "on",
        ("zero_page", _) => config.zero_page = word == "on",
        ("policy", _) => match PolicyKind::named(word) {
            Some(policy) => config.policy = policy,
            None => return false,
        },
        ("write_back", "off") => config.write_back = None,
        ("readaround", _) => config.readaround = word == "on",
        ("granularity", "page") => config.granularity = Granularity::Page,
        ("signals", "kill") => config.signals = Signals::Kill,
        ("signals", "continue") => config.signals = Signals::Continue,
        ("scope", "global") => config.scope = Scope::Global,
        ("scope", "local") => config.scope = Scope::Local,
        ("tables_in_frames", _) => config.tables_in_frames = word == "on",
        ("os", "textbook") => config.os = Os::Textbook,
        ("os", "linux") => config.os = Os::Linux,
        ("os", "windows") => config.os = Os::Windows,
        ("iommu", _) => config.iommu = word == "on",
        _ => return false,
    }
    true
}

/// Every key of the machine that the model knows, with its value, in the language's words and order.
pub fn effective_keys(config: &Checked) -> Vec<(&'static str, SettingValue)> {
    let os = match config.os {
        Os::Textbook => "textbook",
        Os::Linux => "linux",
        Os::Windows => "windows",
    };
    let tlb = match (config.tlb_entries, config.tlb_ways) {
        (entries, 0) => entries.to_string(),
        (entries, ways) => format!("{entries}x{ways}"),
    };
    let tlb_policy = match config.tlb_policy {
        TlbPolicy::Lru => "lru",
        TlbPolicy::Fifo => "fifo",
        TlbPolicy::Random => "random",
    };
    let signals = match config.signals {
        Signals::Kill => "kill",
        Signals::Continue => "continue",
    };
    let format = config.format();
    let mut keys = Keys(Vec::new());
    keys.number("page", config.page_bytes());
    keys.word("table", &config.table);
    keys.number("va_bits", format.va_bits().into());
    keys.number("entry_bytes", format.entry_bytes.into());
    keys.number("frames", config.frames.into());
    keys.switch("tables_in_frames", config.tables_in_frames);
    keys.word("tlb", &tlb);
    keys.word("tlb_policy", tlb_policy);
    keys.switch("asid", config.asid);
    keys.switch("shootdown", config.shootdown);
    keys.word("policy", config.policy.name());
    keys.word("scope", if config.scope == Scope::Local { "local" } else { "global" });
    keys.number("swap", config.swap.into());
    keys.number("readahead", config.readahead.into());
    keys.switch("readaround", config.readaround);
    match config.granularity_bytes() {
        page if page == config.page_bytes() => keys.word("granularity", "page"),
        bytes => keys.number("granularity", bytes),
    }
    keys.number("fault_around", config.fault_around.into());
    keys.switch("zero_page", config.zero_page);
    match config.write_back {
        None => keys.word("write_back", "off"),
        Some(age) => keys.number("write_back", age),
    }
    keys.switch("iommu", config.iommu);
    keys.word("os", os);
    keys.word("signals", signals);
    keys.number("seed", config.seed);
    keys.number("seed_skip", config.seed_skip);
    keys.number("cost.tlb_hit", config.cost.tlb_hit);
    keys.number("cost.walk", config.cost.walk);
    keys.number("cost.syscall", config.cost.syscall);
    keys.number("cost.copy_byte", config.cost.copy_byte);
    keys.number("cost.minor", config.cost.minor);
    keys.number("cost.cow", config.cost.cow);
    keys.number("cost.disk_request", config.cost.disk_request);
    keys.number("cost.disk_page", config.cost.disk_page);
    keys.number("cost.tlb_flush", config.cost.tlb_flush);
    if let Some(quota) = config.quota {
        keys.number("quota", quota.into());
    }
    keys.0
}

/// Keys with their values, one after the other.
struct Keys(Vec<(&'static str, SettingValue)>);

impl Keys {
    #[inline(never)]
    fn number(&mut self, key: &'static str, n: u64) {
        self.0.push((key, SettingValue::Number(plain(n))));
    }

    #[inline(never)]
    fn word(&mut self, key: &'static str, word: &str) {
        self.0.push((key, SettingValue::Word(word.to_owned())));
    }

    fn switch(&mut self, key: &'static str, on: bool) {
        self.word(key, if on { "on" } else { "off" });
    }
}

fn plain(n: u64) -> Expr {
    Spanned::new(ExprKind::Int(IntLit::plain(n.into())), Span::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_from_outside() {
        let frames = setting("frames", "4").expect("a key and its value");
        assert_eq!((frames.key.node.as_str(), frames.value.span), ("frames", Span::default()));
        assert_eq!(frames.value.node, SettingValue::Number(plain(4)));
        assert!(setting("table", "4+4").is_ok());
        assert!(setting("cost.walk", "2K").is_ok());
        let wrong = |key, value| setting(key, value).expect_err("wrong");
        assert_eq!(wrong("frame", "4"), "unknown machine key `frame`: expected a machine key (did you mean `frames`?)");
        assert!(wrong("frames", "0").contains("0 frames"));
        assert!(wrong("frames", "4 }\nA: exit()").contains("is no key"));
        assert!(wrong("frames", "").contains("expected"));
    }
}
