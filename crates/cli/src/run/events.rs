//! Events as JSON: `{ "event": "frame_taken", "pfn": 3 }`. Addresses and entries are hexadecimal strings, entries as
//! hardware would see them.

use serde_json::{Map, Value, json};
use vmcore::event::Event;
use vmcore::pte::Pte;
use vmcore::state::State;

/// One event.
pub(super) fn json(state: &State, event: &Event) -> Value {
    let (name, operands) = match serde_json::to_value(event) {
        Ok(Value::String(name)) => (name, Map::new()),
        Ok(Value::Object(variant)) => match variant.into_iter().next() {
            Some((name, Value::Object(operands))) => (name, operands),
            _ => unreachable!("events have named operands"),
        },
        _ => unreachable!("events can be serialised"),
    };
    let mut told = Map::new();
    told.insert("event".to_owned(), json!(snake_case(&name)));
    told.insert("actor".to_owned(), json!(snake_case(&format!("{:?}", event.actor()))));
    told.extend(operands.into_iter().map(|(key, value)| {
        let value = operand(state, &key, value);
        (key, value)
    }));
    Value::Object(told)
}

fn operand(state: &State, key: &str, value: Value) -> Value {
    match (key, value.as_u64()) {
        ("va", Some(address)) => json!(format!("{address:#x}")),
        ("old" | "new" | "entry", Some(_)) => match serde_json::from_value::<Pte>(value) {
            Ok(entry) => json!(format!("{:#x}", state.encode(entry))),
            Err(_) => unreachable!("an entry is a number"),
        },
        ("pid" | "parent" | "child", Some(number)) => json!(&*state.setup().processes[number as usize]),
        _ => value,
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
