//! The model beside a real kernel: every scenario in `data/`, step by step, in every fact that was recorded.
//! `README.md` says what the files hold and how they came to be.

mod observe;
mod scenario;
mod world;

use observe::Observer;
use scenario::{Scenario, text};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use vmcore::evidence;
use world::World;

/// Scenarios in which the model is not yet right, or deliberately simpler; the reasons stand in `README.md`.
const DIFFERENT: &[&str] = &["on-large-folio-dirty", "on-large-folio-sequential-read"];

/// Where the model and the kernel differ, in the order in which it shows; empty if they agree in everything.
fn differences(scenario: &Scenario) -> Vec<String> {
    let mut world = World::new(scenario);
    let mut observer = Observer::default();
    let mut found = Vec::new();
    for (row, number) in scenario.rows.iter().zip(0..) {
        let before = found.len();
        match world.perform(&row.step) {
            Ok((out, faults)) => {
                let mut seen = observer.observe(&world);
                seen.insert("out".to_owned(), out);
                seen.insert("flt".to_owned(), faults);
                compare("", &Value::Object(row.truth.clone()), &Value::Object(seen), &mut found);
            }
            Err(reason) => found.push(reason),
        }
        let violations = vmcore::invariants::check(world.machine.state());
        found.extend(violations.iter().map(|violation| format!("{}: {}", violation.rule, violation.detail)));
        if found.len() > before {
            found.insert(before, format!("step {number}: {}", row.step));
            break;
        }
    }
    found
}

/// Notes every place where what was seen is not the truth; `null` there may be anything.
fn compare(path: &str, truth: &Value, seen: &Value, found: &mut Vec<String>) {
    match (truth, seen) {
        (Value::Null, _) => {}
        (Value::Object(truth), Value::Object(seen)) => compare_fields(path, truth, seen, found),
        (Value::Array(truth), Value::Array(seen)) if truth.len() == seen.len() => {
            for ((truth, seen), index) in truth.iter().zip(seen).zip(0..) {
                compare(&format!("{path}[{index}]"), truth, seen, found);
            }
        }
        _ if truth == seen => {}
        _ => found.push(format!("    {path}: kernel {truth}, model {seen}")),
    }
}

fn compare_fields(path: &str, truth: &Map<String, Value>, seen: &Map<String, Value>, found: &mut Vec<String>) {
    for (key, value) in truth {
        compare(&format!("{path}.{key}"), value, seen.get(key).unwrap_or(&Value::Null), found);
    }
    for (key, value) in seen.iter().filter(|(key, _)| !truth.contains_key(*key)) {
        found.push(format!("    {path}.{key}: kernel nothing, model {value}"));
    }
}

/// The project's recordings, or those in another folder.
fn scenarios() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("kernel/data");
    let data = std::env::var_os("KERNEL_SCENARIOS").map_or(own, PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(data)
        .expect("the scenarios are part of the project")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    files.sort();
    files
}

#[test]
fn the_model_does_what_the_kernel_did() {
    let files = scenarios();
    let mut wrong = Vec::new();
    let (mut agree, mut steps) = (0, 0);
    for path in &files {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("named");
        let scenario = scenario::parse(&std::fs::read_to_string(path).expect("readable"));
        let release = text(&scenario.head["kernel"]);
        assert!(format!("Linux {release}").starts_with(evidence::KERNEL), "{name}: recorded on {release}");
        let differences = differences(&scenario);
        if differences.is_empty() {
            (agree, steps) = (agree + 1, steps + scenario.rows.len());
        }
        match (differences.is_empty(), DIFFERENT.contains(&name)) {
            (false, false) => wrong.push(format!("{name}\n{}", differences.join("\n"))),
            (true, true) => wrong.push(format!("{name} agrees: it is no longer DIFFERENT")),
            _ => {}
        }
    }
    println!("{agree} of {} scenarios agree with Linux in every recorded fact", files.len());
    assert!(!files.is_empty(), "no scenarios");
    assert!(wrong.is_empty(), "{agree} of {} agree; not as expected:\n{}", files.len(), wrong.join("\n\n"));
    // What the interface tells its users.
    if std::env::var_os("KERNEL_SCENARIOS").is_none() {
        assert_eq!((agree, steps), (evidence::SCENARIOS as usize, evidence::STEPS as usize));
        let readme = include_str!("../../README.md").replace('\n', " ");
        assert!(
            readme.contains(&format!("{agree} recorded scenarios with {steps} steps")),
            "the README says otherwise"
        );
    }
}
