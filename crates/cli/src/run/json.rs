//! One JSON object, written as the run goes: steps are not kept.

use super::{Taken, Teller, Watch, events, pages};
use script::ast::{Fate, SettingValue};
use script::run::{EvictedPage, Eviction, Execution, Program, effective_keys};
use serde_json::{Map, Value, json};
use std::io::Write;
use vmcore::outcome::{Counters, LookupEnd, Outcome, WalkEntry};
use vmcore::state::{Setup, State};

/// Version of the form.
const FORMAT: u64 = 1;

/// Bytes beyond which a range is told by its count and sum.
const MOST_VALUES: usize = 4096;

pub(super) struct Json {
    watch: Watch,
    first: bool,
}

impl Json {
    pub(super) fn new(watch: Watch) -> Self {
        Self { watch, first: true }
    }
}

impl Teller for Json {
    fn begin(&mut self, program: &Program, setup: &Setup, out: &mut dyn Write) -> std::io::Result<()> {
        write!(out, "{{\"format\":{FORMAT}")?;
        if let Some(title) = &program.title {
            write!(out, ",\n\"title\":{}", json!(&**title))?;
        }
        let keys: Map<String, Value> =
            effective_keys(&setup.config).into_iter().map(|(key, value)| (key.to_owned(), key_value(&value))).collect();
        write!(out, ",\n\"machine\":{},\n\"steps\":[", Value::Object(keys))
    }

    fn step(&mut self, taken: &Taken<'_>, out: &mut dyn Write) -> std::io::Result<()> {
        let separator = if std::mem::take(&mut self.first) { "\n" } else { ",\n" };
        write!(out, "{separator}{}", step(taken, self.watch))
    }

    fn end(&mut self, execution: &Execution, out: &mut dyn Write) -> std::io::Result<()> {
        let state = execution.state();
        let mut totals = counters(&state.totals());
        let process = |(pid, _): (vmcore::units::Pid, &vmcore::process::Process)| {
            (state.setup().process_name(pid).to_string(), Value::Object(counters(&state.counters_of(pid))))
        };
        totals.insert("processes".to_owned(), Value::Object(state.processes().map(process).collect()));
        let failed = execution.failed().iter();
        let failed: Vec<Value> = failed
            .map(|failed| json!({"line": failed.line, "step": failed.step, "expected": &*failed.expected, "got": failed.got}))
            .collect();
        writeln!(
            out,
            "\n],\n\"totals\":{},\n\"expectations\":{}}}",
            Value::Object(totals),
            json!({"held": execution.held(), "failed": failed}),
        )
    }
}

/// Numbers are numbers, on and off are booleans, all else is text.
fn key_value(value: &SettingValue) -> Value {
    match value {
        SettingValue::Number(number) => match script::validate::number_setting(number) {
            Ok(number) => u64::try_from(number).map_or_else(|_| json!(number.to_string()), |number| json!(number)),
            Err(_) => Value::Null,
        },
        SettingValue::Word(word) => match word.as_str() {
            "on" => json!(true),
            "off" => json!(false),
            word => word.parse::<u64>().map_or_else(|_| json!(word), |number| json!(number)),
        },
    }
}

fn step(taken: &Taken<'_>, watch: Watch) -> Value {
    let state = taken.execution.state();
    let info = taken.execution.runner().step().expect("a step was just taken");
    let mut step = Map::new();
    step.insert("n".to_owned(), json!(taken.number));
    step.insert("line".to_owned(), json!(info.line));
    step.insert("process".to_owned(), json!(&*info.process));
    step.insert("text".to_owned(), json!(&*info.text));
    step.insert("outcome".to_owned(), outcome(&taken.done.outcome));
    step.append(&mut counters(taken.counters));
    let evicted: Vec<Value> = taken.done.evictions.iter().map(|eviction| evicted(state, eviction)).collect();
    step.insert("evicted".to_owned(), json!(evicted));
    if let Some(before) = taken.before {
        let mut at = before.clone();
        let tell = |event| {
            // Entries are told as of their moment: the tables that they point at come and go.
            let told = events::json(&at, event);
            at.apply(event);
            told
        };
        let told: Vec<Value> = taken.events.iter().map(tell).collect();
        step.insert("events".to_owned(), json!(told));
    }
    if watch.pages {
        step.insert("state".to_owned(), pages::state(state, taken.execution.runner()));
    }
    Value::Object(step)
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Ok | Outcome::Loaded(_) => json!({"ok": true}),
        Outcome::Value(value) => json!({"value": value}),
        Outcome::Address(address) => json!({"address": address.to_string()}),
        Outcome::Bytes(bytes) if bytes.len() > MOST_VALUES => {
            json!({"count": bytes.len(), "sum": bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>()})
        }
        Outcome::Bytes(bytes) => json!({"values": bytes}),
        Outcome::Resident(pages) => json!({"resident": pages}),
        Outcome::Errno(errno) => json!({"errno": errno.name()}),
        Outcome::Signal(signal) => json!({
            "signal": signal.code.signal(),
            "code": signal.code.code(),
            "address": signal.address.to_string(),
        }),
        Outcome::Translated(lookup) => {
            let entry = |step: &WalkEntry| json!({"index": step.index, "entry": format!("{:#x}", step.entry)});
            let walk: Vec<Value> = lookup.walk.iter().map(entry).collect();
            match lookup.end {
                LookupEnd::At(physical) => json!({"physical": physical.to_string(), "walk": walk}),
                // No entry was read for an address that is none: there is no level to name.
                LookupEnd::Fault(cause) if walk.is_empty() => json!({"fault": cause.name(), "walk": walk}),
                LookupEnd::Fault(cause) => json!({"fault": cause.name(), "level": walk.len(), "walk": walk}),
            }
        }
    }
}

fn counters(counters: &Counters) -> Map<String, Value> {
    let named = Counters::NAMES.iter().zip(counters.values());
    named.map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
}

fn evicted(state: &State, eviction: &Eviction) -> Value {
    let mut told = Map::new();
    told.insert("frame".to_owned(), json!(eviction.pfn.get()));
    match eviction.page {
        EvictedPage::Object { object, page, .. } => {
            told.insert("of".to_owned(), json!(pages::object_name(state, object)));
            told.insert("page".to_owned(), json!(page.get()));
        }
        EvictedPage::Private => {
            if let Some(mapper) = eviction.mappers.first() {
                told.insert("of".to_owned(), json!(&**state.setup().process_name(mapper.pid)));
                told.insert("address".to_owned(), json!(state.format().address(mapper.vpn).to_string()));
            }
        }
    }
    told.insert("written".to_owned(), json!(eviction.fate != Fate::Dropped));
    Value::Object(told)
}
