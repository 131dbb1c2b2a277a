//! No input makes the parser panic, hang, or use memory out of proportion.

#![allow(missing_docs)]

use proptest::prelude::*;
use script::fmt::format_script;
use script::lexer::highlight;
use script::library::LESSONS;
use script::{MAX_SOURCE_BYTES, load, parse_bytes};

/// Everything that is done with a text while it is being typed.
fn use_all(source: &str) {
    let (_, diagnostics) = load(source);
    let shown = diagnostics.render(source, "x.vm");
    assert!(shown.len() < 100_000, "{} bytes of diagnostics", shown.len());
    format_script(&script::parse(source).script);
    let classes = highlight(source);
    assert!(classes.is_sorted_by(|a, b| a.0.end <= b.0.start));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        match parse_bytes(&bytes) {
            Ok(source) => use_all(source),
            Err(diagnostics) => prop_assert!(diagnostics.has_errors()),
        }
    }

    #[test]
    fn random_tokens(tokens in proptest::collection::vec(
        proptest::sample::select(vec![
            "A", ":", "=", "(", ")", "[", "]", "{", "}", ",", ";", "\n", "..", "->", "-", "|", "'x'",
            "\"s\"", "1", "0x", "2.5", "#", "for", "in", "repeat", "ask", "choice", "answer",
            "expect", "machine", "frames", "table", "rw-", "mmap", "fork", "evicts", "value", "total",
            "file", "size", "fill", "step", "uniform", "because", "\\", "é", "PAGE", "i", "fetch",
        ]), 0..80)) {
        use_all(&tokens.join(" "));
        use_all(&tokens.concat());
    }

    #[test]
    fn mutated_lessons(
        lesson in 0..LESSONS.len(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 0..4u8, any::<char>()), 1..8),
    ) {
        let mut text: Vec<char> = LESSONS[lesson].source.chars().collect();
        for (index, kind, c) in changes {
            let at = index.index(text.len().max(1)).min(text.len());
            match kind {
                0 if at < text.len() => { text.remove(at); }
                1 => text.insert(at, c),
                2 if at < text.len() => text[at] = c,
                _ => text.truncate(at.max(text.len() / 2)),
            }
        }
        use_all(&text.into_iter().collect::<String>());
    }
}

fn repeated(piece: &str) -> String {
    piece.repeat(MAX_SOURCE_BYTES / piece.len())
}

/// As much of `source` as is read at all.
fn cut(source: &str) -> &str {
    let end = (0..=source.len().min(MAX_SOURCE_BYTES)).rev().find(|&at| source.is_char_boundary(at));
    &source[..end.expect("0 is a boundary")]
}

#[test]
fn the_longest_of_everything() {
    let nested = "for i in 0..2 { ".repeat(60_000);
    let all = [
        "A: p[".to_string() + &repeated("("),
        "A: p[".to_string() + &"(".repeat(100_000) + &")".repeat(100_000) + "]",
        "A: p[".to_string() + &repeated("-"),
        "A: p[".to_string() + &"1+".repeat(500_000) + "1]",
        "A: p[".to_string() + &"9".repeat(1_000_000) + "]",
        "A: p[0x".to_string() + &"f".repeat(1_000_000) + "]",
        nested,
        "repeat 2 {\n".repeat(90_000),
        repeated("A: x = [[[[[["),
        repeated("{"),
        repeated("}"),
        repeated("}{"),
        repeated("machine {"),
        repeated("\""),
        repeated("'"),
        repeated("#\n"),
        repeated("\n"),
        repeated(";"),
        repeated("é"),
        repeated("A:B=fork();"),
        repeated("ask \"\"\n"),
        repeated("ask \"\"\nchoice\n"),
        repeated("expect hit\n"),
        repeated("qqqq\n"),
        repeated("A: y = x + x\n"),
        repeated("A: b(c)\n"),
        (0..60_000).map(|n| format!("A{n}: p{n}[0]\n")).collect(),
        (0..40_000).map(|n| format!("A: p{n} = sbrk(q{n})\n")).collect(),
        (0..40_000).map(|n| format!("A{}: A{n} = fork()\n", n + 1)).collect(),
        (0..900).map(|n| format!("A{}: A{n} = fork()\nA{n}: q[0]\n", n + 1)).collect(),
        (0..40_000).map(|n| format!("file \"f{n}\" size 1\n")).collect(),
        format!("A: x = f({})", repeated("1,")),
        format!("table A {{ {} }}", "1 -> 2 rw-,".repeat(90_000)),
        format!("machine {{ {} }}", "frames = 4,".repeat(90_000)),
        format!("machine {{ table = {} }}", "4+".repeat(400_000)),
        format!("memory 1 \"{}\"", "ab".repeat(500_000)),
        format!("A: p[0] = \"{}\"", r"\x41".repeat(250_000)),
    ];
    for source in all {
        let start = std::time::Instant::now();
        let shown: String = source.chars().take(40).collect();
        use_all(cut(&source));
        // Far above what it takes, far below a hang.
        assert!(start.elapsed().as_secs() < 60, "{shown}: {:?}", start.elapsed());
        if std::env::var_os("SHOW_TIMES").is_some() {
            println!("{:>6} ms  {shown:?}", start.elapsed().as_millis());
        }
    }
}

#[test]
fn a_source_that_is_too_long_is_told_so() {
    let (script, diagnostics) = load(&"#".repeat(MAX_SOURCE_BYTES + 1));
    assert_eq!(script, None);
    let message = &diagnostics.iter().next().expect("one").message;
    assert!(message.contains("at most 1048576"), "{message}");
}
