//! Scenarios as text with the trace that they must give, word for word: `scenario.vm` and `expected.txt` in a folder each.
//! `UPDATE_EXPECT=1` writes the traces anew.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

fn trace(scenario: &Path, variant: Option<&str>) -> String {
    let mut arguments: Vec<OsString> = vec!["pagelab".into(), "run".into(), scenario.into()];
    arguments.extend(["--observe".into(), "events,pages".into()]);
    if let Some(name) = variant {
        arguments.extend(["--variant".into(), name.into()]);
    }
    let mut out = Vec::new();
    let result = pagelab::execute(arguments, &mut out);
    let text = String::from_utf8(out).expect("traces are text");
    assert!(result.is_ok(), "{}: {result:?}\n{text}", scenario.display());
    text
}

fn folders() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = fs::read_dir(here).expect("the scenarios are there").map(|entry| entry.expect("readable").path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn whole_trace(folder: &Path) -> String {
    let scenario = folder.join("scenario.vm");
    let source = fs::read_to_string(&scenario).expect("a scenario is text");
    let (program, diagnostics) = script::run::load_program(&source);
    let program = program.unwrap_or_else(|| panic!("{}", diagnostics.render(&source, &scenario.display().to_string())));
    let mut text = trace(&scenario, None);
    for variant in &program.variants {
        text += &format!("\n=== variant {variant}\n\n{}", trace(&scenario, Some(variant)));
    }
    text
}

#[test]
fn every_scenario_gives_its_trace() {
    let folders = folders();
    assert!(folders.len() >= 14, "scenarios are missing");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for folder in &folders {
        let expected = folder.join("expected.txt");
        let found = whole_trace(folder);
        if update {
            fs::write(&expected, &found).expect("writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("--- {}\n{found}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{} traces differ from what is recorded:\n{}", wrong.len(), wrong.join("\n"));
}
