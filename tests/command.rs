//! The command line as a program would use it: JSON as `command-line.md` has it, exit codes, bad input.

use pagelab::Failure;
use pagelab_tests::run;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes a scenario to a file of its own; the name keeps tests apart.
fn scenario(name: &str, text: &str) -> String {
    // Tests of one name run at the same time.
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{count}.vm"));
    std::fs::write(&path, text).expect("writable");
    path.display().to_string()
}

const EXAMPLE: &str = r#"
title "One frame, two page tables"
machine textbook { frames = 8 }
file "poem.txt" size 64 fill text "Twas brillig, and the slithy toves did gyre and gimble"
A: fd = open("poem.txt", O_RDWR)
A: p = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
A: p[0]
expect major, value 'T'
B: fd = open("poem.txt", O_RDONLY)
B: q = mmap(NULL, 64, PROT_READ, MAP_SHARED, fd, 0)
B: q[0]
expect minor
A: p[0] = 'X'
B: q[0..4]
"#;

/// Each test has a file of its own: they run side by side.
fn example_json(test: &str) -> Value {
    let (result, text) = run(&["run", &scenario(test, EXAMPLE), "--format", "json", "--observe", "events,pages"]);
    assert_eq!(result, Ok(()));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn json_has_the_contracts_form() {
    let run = example_json("form");
    assert_eq!((&run["format"], &run["title"]), (&json!(1), &json!("One frame, two page tables")));
    assert_eq!(run["machine"]["frames"], 8);
    assert_eq!(run["machine"]["asid"], false);
    let fault = &run["steps"][2];
    assert_eq!((&fault["n"], &fault["process"], &fault["text"]), (&json!(3), &json!("A"), &json!("p[0]")));
    assert_eq!(fault["outcome"], json!({"value": 84}));
    assert_eq!((&fault["major"], &fault["disk_reads"], &fault["cost"]), (&json!(1), &json!(1), &json!(50_501)));
    assert_eq!(run["steps"][1]["outcome"], json!({"address": "0x40"}));
    assert_eq!(run["steps"][7]["outcome"], json!({"values": [88, 119, 97, 115]}));
    assert_eq!(run["totals"]["processes"]["B"]["minor"], 1);
    assert_eq!(run["expectations"], json!({"held": 3, "failed": []}));
    assert!(fault["events"].as_array().is_some_and(|events| events.iter().any(|event| event["event"] == "disk_read")));
}

#[test]
fn json_state_tells_who_maps_what() {
    let run = example_json("state");
    let state = &run["steps"][6]["state"];
    let mapping = &state["processes"]["A"]["mappings"][0];
    assert_eq!(mapping["names"], json!(["p"]));
    assert_eq!((&mapping["rss"], &mapping["pss"], &mapping["shared_dirty"]), (&json!(1), &json!(0.5), &json!(1)));
    let entry = &mapping["table"][0];
    let expected = json!({"frame": 0, "kind": "file", "of": "poem.txt", "page": 0, "writable": true, "dirty": true,
        "accessed": true, "mappers": 2, "exclusive": false});
    assert_eq!(entry, &expected);
    assert_eq!(mapping["table"][1], Value::Null);
    assert_eq!(state["files"]["poem.txt"], json!({"size": 64, "cached": [0], "dirty": [0]}));
    assert_eq!(state["frames"], json!({"free": 7, "used": 1}));
}

#[test]
fn keys_can_be_set_and_variants_chosen() {
    let file = scenario(
        "variants",
        "variant \"two\" { frames = 2 }\nA: p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n",
    );
    let machine = |arguments: &[&str]| {
        let (result, text) = run(&[&["run", &file, "--format", "json"], arguments].concat());
        assert_eq!(result, Ok(()));
        serde_json::from_str::<Value>(&text).expect("JSON")["machine"]["frames"].clone()
    };
    assert_eq!(machine(&["--variant", "two"]), 2);
    assert_eq!(machine(&["--set", "frames=3"]), 3);
}

#[test]
fn what_does_not_hold_is_told_and_fails() {
    let file = scenario(
        "wrong",
        "A: p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0]\nexpect major\n",
    );
    let (result, text) = run(&["check", &file]);
    assert_eq!(result, Err(Failure::DoesNotHold));
    assert!(text.contains(":3: step 2: expected major, got"), "{text}");
    assert_eq!(run(&["run", &file]).0, Err(Failure::DoesNotHold));
}

#[test]
fn bad_input_is_told_with_its_place() {
    let file = scenario("bad", "machine { frames = 0 }\nA: p[0]\nA: fooo(1)\n");
    for command in ["run", "check", "fmt"] {
        let (result, _) = run(&[command, &file]);
        let Err(Failure::BadInput(message)) = result else { panic!("{command}: {result:?}") };
        if command != "check" {
            assert!(message.contains(":1:20"), "{message}");
        }
    }
    assert!(matches!(run(&["run", "/nowhere/at/all.vm"]).0, Err(Failure::BadInput(_))));
    let latin = scenario("latin", "");
    std::fs::write(&latin, b"note \"caf\xe9\"").expect("writable");
    let Err(Failure::BadInput(message)) = run(&["run", &latin]).0 else { panic!("must be refused") };
    assert!(message.contains("UTF-8") && message.contains(":1:10"), "{message}");
}

#[test]
fn set_and_variant_name_what_is_wrong() {
    let file = scenario("plain", "A: exit()\n");
    for (arguments, word) in [
        (["--set", "frams=3"], "frams"),
        (["--set", "frames"], "key=value"),
        (["--set", "frames=zero"], "frames"),
        (["--variant", "none"], "none"),
    ] {
        let Err(Failure::BadInput(message)) = run(&[&["run", &file][..], &arguments].concat()).0 else {
            panic!("{arguments:?} must be refused")
        };
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn every_shipped_lesson_holds_and_is_canonical() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/script/lessons");
    let mut lessons = 0;
    for entry in std::fs::read_dir(folder).expect("lessons ship") {
        let path = entry.expect("readable").path().display().to_string();
        let (result, text) = run(&["check", &path]);
        assert_eq!(result, Ok(()), "{text}");
        assert_eq!(run(&["fmt", "--check", &path]).0, Ok(()), "{path}");
        lessons += 1;
    }
    assert!(lessons >= 5);
}

#[test]
fn misses_are_counted_in_three_forms() {
    let belady = ["policies", "--refs", "1 2 3 4 1 2 5 1 2 3 4 5", "--frames", "3,4"];
    let with = |more: &[&'static str]| run(&[&belady, more].concat());
    let (result, csv) = with(&["--policies", "fifo,opt", "--format", "csv"]);
    assert_eq!(result, Ok(()));
    assert_eq!(csv, "policy,frames,references,misses\nfifo,3,12,9\nfifo,4,12,10\nopt,3,12,7\nopt,4,12,6\n");
    let (_, json) = with(&["--policies", "lru", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[1], json!({ "policy": "lru", "frames": 4, "references": 12, "misses": 8 }));
    let (_, text) = with(&[]);
    assert_eq!(text.lines().count(), 15, "{text}");
    assert_eq!(text.lines().nth(4).map(|line| line.split_whitespace().collect()), Some(vec!["clock", "9", "10"]));
}

#[test]
fn a_trace_is_read_and_its_mistakes_have_a_place() {
    let trace = scenario("trace", "# pages\n8 7, 4\n0x2 5 4 7 3 4 5 9 5 2 7 6 2 9 9 8 9\n");
    let ostep = ["policies", "--trace", &trace, "--frames", "3", "--policies", "random", "--seed", "0"];
    let (result, csv) = run(&[&ostep[..], &["--seed-skip", "20", "--format", "csv"]].concat());
    assert_eq!((result, csv.lines().nth(1)), (Ok(()), Some("random,3,20,14")));
    let wrong = scenario("trace", "1 2\n3 x4 5\n");
    let (result, _) = run(&["policies", "--trace", &wrong, "--frames", "1"]);
    let Err(Failure::BadInput(said)) = result else { panic!("{result:?}") };
    assert!(said.ends_with(":2: `x4` is no page number"), "{said}");
}
