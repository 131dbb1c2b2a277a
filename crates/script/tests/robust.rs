//! No input makes the parser panic, hang, or use memory out of proportion.

#![allow(missing_docs)]

use proptest::prelude::*;
use script::fmt::format_script;
use script::lexer::highlight;
use script::library::LESSONS;
use script::run::Execution;
use script::vocabulary::{CALLS, CONSTANTS, Group, ParamKind};
use script::{MAX_SOURCE_BYTES, load, load_program, parse_bytes};

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
        assert!(start.elapsed().as_secs() < 120, "{shown}: {:?}", start.elapsed());
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

/// Found by `mutated_lessons`: the text of a line that ends in CR LF lacks the CR, at which a mistake may stand.
#[test]
fn a_mistake_at_the_end_of_a_line_is_shown() {
    for lesson in LESSONS {
        for (at, _) in lesson.source.match_indices('\n').filter(|&(at, _)| at > 0) {
            let Some(last) = lesson.source[..at].chars().next_back() else { continue };
            let before = &lesson.source[..at - last.len_utf8()];
            let broken = format!("{before}\r\n");
            use_all(&broken);
        }
    }
}

/// Runs at most `limit` steps of a script on its machine; whatever it says, it must not panic.
fn run_some(source: &str, limit: usize) {
    let (Some(program), _) = load_program(source) else { return };
    let Ok(setup) = program.setup(None, &[]) else { return };
    let Ok(mut execution) = Execution::new(&program, setup, None) else { return };
    for _ in 0..limit {
        if !matches!(execution.step(&mut vmcore::event::Unobserved), Ok(Some(_))) {
            break;
        }
    }
    assert_eq!(vmcore::invariants::check(execution.state()), [], "after:\n{source}");
}

/// Found by `mutated_lessons_run`: the frames still knew the process that a signal had ended.
#[test]
fn a_process_with_a_written_table_ends_whole() {
    run_some("table A { 1 -> 5 r-x, 2 -> 3 rw- }\nA: [0x2a]\nA: [0x9c]\n", 10);
}

/// A call with arguments of the right kinds and any values, as a step of a process.
fn any_step() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        4 => (-2..80i128).prop_map(|n| n.to_string()),
        2 => (0..16i128).prop_map(|n| (n * 16).to_string()),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        1 => any::<u64>().prop_map(|n| n.to_string()),
        1 => (0..1i128 << 62).prop_map(|n| n.to_string()),
        4 => proptest::sample::select(vec!["p", "fd", "q", "x", "p + 16", "3", "16", "48"]).prop_map(str::to_owned),
    ];
    let call = proptest::sample::select(CALLS).prop_flat_map(move |call| {
        let args: Vec<_> = call.params.iter().map(|param| any_arg(param.kind, number.clone().boxed())).collect();
        (Just(call), args, any::<bool>())
    });
    let process = proptest::sample::select(vec!["A", "B"]);
    let access = proptest::sample::select(vec![
        "p[0]",
        "p[17]",
        "p[33] = 'x'",
        "p[15] = \"abc\"",
        "q[0] = 1",
        "q[16]",
        "[0x40]",
        "[p + 200]",
        "fetch p[1]",
        "x = p[2]",
        "p[0..40]",
        "q[1..1]",
    ]);
    let step = (process, call).prop_map(|(process, (call, args, short))| {
        let process = if call.group == Group::Kernel { "kernel" } else { process };
        let bind = match call.name {
            "fork" => "B = ",
            "mmap" if short => "q = ",
            "open" if short => "fd = ",
            _ => "",
        };
        let count = if short { call.required() } else { args.len() };
        format!("{process}: {bind}{}({})", call.name, args[..count].join(", "))
    });
    let access = (proptest::sample::select(vec!["A", "B"]), access).prop_map(|(p, access)| format!("{p}: {access}"));
    prop_oneof![step, access]
}

fn any_arg(kind: ParamKind, number: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let words = |words: &[&'static str]| proptest::sample::select(words.to_vec()).prop_map(str::to_owned).boxed();
    match kind {
        ParamKind::Object => words(&["\"f\"", "\"g\"", "\"/s\"", "\"new\""]),
        ParamKind::Device => words(&["\"d\""]),
        ParamKind::Process => words(&["A", "B"]),
        ParamKind::Access => words(&["read", "write"]),
        ParamKind::Data => {
            words(&["\"abc\"", "[1, 2]", "fill('x', 40)", "fill(1, 20K)", "p[0..20]", "q[0..3]", "\"\""])
        }
        ParamKind::Flags(family) => {
            let of_family = CONSTANTS.iter().filter(move |c| c.family == family).map(|c| c.name).collect::<Vec<_>>();
            let flags = proptest::collection::vec(proptest::sample::select(of_family), 1..4);
            let flags = flags.prop_map(|flags| flags.join(" | "));
            prop_oneof![6 => flags, 1 => number].boxed()
        }
        ParamKind::Descriptor | ParamKind::Number | ParamKind::Address => number,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_lessons_run(
        lesson in 0..LESSONS.len(),
        at in any::<proptest::sample::Index>(),
        lines in 0..3usize,
    ) {
        // Without a line or two, most lessons still run, and differently.
        let all: Vec<&str> = LESSONS[lesson].source.lines().collect();
        let from = at.index(all.len());
        let kept = all.iter().enumerate().filter(|(n, _)| !(from..from + lines).contains(n)).map(|(_, line)| *line);
        run_some(&kept.collect::<Vec<_>>().join("\n"), 500);
    }

    #[test]
    fn any_calls_with_any_numbers_run(
        frames in 1..6u32,
        policy in proptest::sample::select(vec!["lru", "fifo", "clock", "opt"]),
        tlb in proptest::sample::select(vec!["0", "2", "4x2"]),
        table in proptest::sample::select(vec!["linear", "4+4", "x86-64", "sv39", "ia32"]),
        end in proptest::sample::select(vec!["continue", "kill"]),
        raw in proptest::sample::select(vec!["", "table A { 4 -> 0 r--, 9 -> 1 rw-, 12 -> 0 r-x }\n"]),
        steps in proptest::collection::vec(any_step(), 1..40),
    ) {
        let known = steps.into_iter().filter(|step| {
            let alone = format!("{START}{step}\n");
            load_program(&alone).0.is_some()
        });
        let steps: Vec<String> = known.collect();
        let machine = format!(
            "machine {{ frames = {frames}, policy = {policy}, tlb = {tlb}, table = {table}, signals = {end}, swap = 3 }}\n{raw}"
        );
        run_some(&format!("{machine}{START}{}\n", steps.join("\n")), 1000);
    }
}

/// Names for [`any_step`] to use.
const START: &str = "file \"f\" size 64\nfile \"g\" size 5 fill text \"abc\"\nshm \"/s\" size 40\n\
    A: fd = open(\"f\", O_RDWR)\nA: q = mmap(0x90, 48, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\n\
    A: p = mmap(0x40, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)\nA: x = p[0]\nA: B = fork()\n";
