//! `pagelab import` as a user has it: what it prints is a scenario in canonical form, and the answers hold.

use pagelab::Failure;
use pagelab_tests::run;
use std::path::PathBuf;

fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{name}"));
    std::fs::write(&path, text).expect("writable");
    path.display().to_string()
}

/// Imports, and checks what comes out.
fn imported(name: &str, arguments: &[&str]) -> String {
    let (result, text) = run(&[&["import"], arguments].concat());
    assert_eq!(result, Ok(()), "{arguments:?}");
    let path = file(&format!("{name}.vm"), &text);
    assert_eq!(run(&["fmt", "--check", &path]).0, Ok(()), "{text}");
    let (result, told) = run(&["check", &path]);
    assert_eq!(result, Ok(()), "{told}");
    text
}

#[test]
fn osteps_options_by_their_names_and_letters() {
    let linear = imported("linear", &["ostep", "linear", "--seed", "1", "--answers"]);
    assert!(linear.contains("A: translate(0x1cc4)\nexpect value 0xccc4\n"), "{linear}");
    assert_eq!(imported("short", &["ostep", "linear", "-s", "1", "-c", "-v"]), linear);
    assert!(!imported("plain", &["ostep", "linear", "-s", "1"]).contains("expect"));
    let used = ["ostep", "linear", "-P", "1k", "-a", "16k", "-p", "32k", "-u", "25", "-n", "3", "-c"];
    assert_eq!(imported("used", &used).matches("A: translate").count(), 3);
    let own = imported("own", &["ostep", "linear", "-A", "100,200", "-c"]);
    assert!(own.contains("translate(0x0064)") && own.contains("translate(0x00c8)"), "{own}");
    let multilevel = imported("multilevel", &["ostep", "multilevel", "-s", "0", "-n", "3", "--solve"]);
    assert!(
        multilevel.contains("A: translate(0x611c)\nexpect value 0x6bc\nA: [0x611c]\nexpect value 0x08"),
        "{multilevel}"
    );
    let policy = ["ostep", "policy", "--policy", "RAND", "-s", "2", "-n", "20", "-m", "10", "-C", "4", "-N", "-c"];
    assert!(imported("policy", &policy).ends_with("expect total major 14\n"));
    let list = file("pages.txt", "1\n2\n3\n1\n");
    let from_file = imported("file", &["ostep", "policy", "-f", &list, "-C", "2", "-p", "OPT", "-c"]);
    assert!(from_file.ends_with("expect total major 3\n"), "{from_file}");
}

#[test]
fn what_cannot_be_imported_is_told() {
    let refused = |arguments: &[&str]| match run(&[&["import"], arguments].concat()).0 {
        Err(Failure::BadInput(message)) => message,
        other => panic!("{arguments:?}: {other:?}"),
    };
    assert!(refused(&["ostep", "policy", "-p", "CLOCK"]).contains("CLOCK"));
    assert!(refused(&["ostep", "linear", "-a", "16q"]).contains("16q"));
    let wrong = file("wrong.txt", "1 2\n3 four\n");
    assert!(refused(&["refs", &wrong]).contains("wrong.txt:2: `four`"));
    assert!(refused(&["lackey", &wrong]).contains("no access"));
    assert!(refused(&["maps", &wrong]).contains(":1:"));
    assert!(refused(&["strace", &wrong]).contains("strace"));
    assert!(refused(&["refs", "/nowhere"]).contains("/nowhere"));
}

#[test]
fn traces_become_scenarios() {
    let refs = file("refs.txt", "7 0 1 2 0 3 # a reference string\n");
    assert!(imported("refs", &["refs", &refs]).contains("for i in [7, 0, 1, 2, 0, 3]"));
    let maps = file("maps.txt", "55cf6b1fd000-55cf6b1ff000 r--p 00000000 fe:00 247030   /usr/bin/cat\n");
    assert!(imported("maps", &["maps", &maps]).contains("mmap(0x55cf6b1fd000"));
    let lackey = file("lackey.txt", "==1== Lackey\nI  0401ab70,3\n S 1fff000768,8\n");
    assert!(imported("lackey", &["lackey", &lackey]).contains("fetch [0x401ab70]"));
    let strace = file("strace.txt", "openat(AT_FDCWD, \"/a\", O_RDONLY) = 3\nread(3, \"\"..., 10) = 10\n");
    assert!(imported("strace", &["strace", &strace]).contains("read(fd3, 10)"));
}
