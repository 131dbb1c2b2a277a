//! The neutral form of a scenario and of what the kernel did, as the files in `data/` hold it.

use serde_json::{Map, Value};

/// One scenario with its truth.
pub(crate) struct Scenario {
    /// Name, mode, files, processes.
    pub(crate) head: Value,
    pub(crate) rows: Vec<Row>,
}

/// One step and what the kernel did.
pub(crate) struct Row {
    pub(crate) step: Value,
    /// `out`, `flt`, and the state after it: `procs`, `frames`, `files`.
    pub(crate) truth: Map<String, Value>,
}

/// A line of the file each: the head, then the steps. Of the state a line names only the parts that the step changed.
pub(crate) fn parse(text: &str) -> Scenario {
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is JSON"));
    let head = lines.next().expect("the head is the first line");
    let mut state = Map::new();
    let rows = lines.map(|line| {
        let Value::Object(mut row) = line else { panic!("a step is an object") };
        let step = row.remove("step").expect("a row has its step");
        state.extend(row);
        Row { step, truth: state.clone() }
    });
    let rows = rows.collect();
    Scenario { head, rows }
}

impl Scenario {
    /// Every process, those that fork makes too.
    pub(crate) fn processes(&self) -> Vec<String> {
        let first = self.head["procs"].as_array().expect("a list").iter();
        let children = self.rows.iter().filter_map(|row| row.step.get("child"));
        first.chain(children).map(text).collect()
    }

    pub(crate) fn is_mode_on(&self) -> bool {
        self.head["mode"] == "on"
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A length: bytes, or text in which `p` is a page: `3p`, `1p+100`.
pub(crate) fn length(value: &Value, page: i64) -> i64 {
    match value {
        Value::Number(number) => number.as_i64().expect("a length fits"),
        Value::String(text) => displacement(text, page),
        _ => 0,
    }
}

/// The sum of terms such as `+2p-17`.
pub(crate) fn displacement(text: &str, page: i64) -> i64 {
    let mut sum = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest[1..].find(['+', '-']).map_or(rest.len(), |at| at + 1);
        let (term, after) = rest.split_at(end);
        let (number, unit) = term.strip_suffix('p').map_or((term, 1), |number| (number, page));
        sum += number.parse::<i64>().expect("a number of bytes or pages") * unit;
        rest = after;
    }
    sum
}
