//! C for Linux. The program goes through the scenario's steps in their order, in as many processes as it has, in
//! lockstep, and prints a line a step; the text of the machinery that does so is in the `.c` files beside this.
//!
//! | room | what it owns |
//! |---|---|
//! | `names` | identifiers, strings, comments and file names that are safe in C |
//! | `scale` | the scenario's pages on those of the real system: expressions in C |
//! | `variables` | which names hold addresses and which hold numbers |
//! | `files` | the files that the program makes |
//! | `calls`, `steps`, `loops` | the scenario itself |

mod calls;
mod files;
mod loops;
mod names;
mod scale;
mod steps;
mod variables;

use super::{Ends, Exported};
use crate::ast::{Script, StatementKind};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::span::LineIndex;
use names::Names;
use scale::Scale;
use std::fmt::Write as _;
use variables::Variables;
use vmcore::config::{Checked, Signals};

const PRELUDE: &str = include_str!("prelude.c");
const MACHINERY: &str = include_str!("machinery.c");
const BYTES: &str = include_str!("bytes.c");
const SCALED_PRELUDE: &str = include_str!("scaled_prelude.c");
const SCALED: &str = include_str!("scaled.c");

/// Widest comment.
const COLUMNS: usize = 100;

/// What could not be exported, with its place; the collecting goes on.
type Refused = Diagnostic;

pub(super) fn export(script: &Script, source: &str, config: &Checked) -> Result<Exported, Diagnostics> {
    let mut refused = Vec::new();
    let names = Names::of(script);
    let scale = Scale::new(config.page_bytes());
    if let Err(message) = &scale {
        refused.push(Diagnostic::error(machine_span(script), message));
    }
    let scale = scale.unwrap_or_default();
    let variables = Variables::of(script, &names, &mut refused);
    let files = files::Files::of(script, &scale, &mut refused);
    let mut body = steps::Body::new(&names, &variables, &scale, &files, LineIndex::new(source));
    body.block(&script.body);
    refused.append(&mut body.refused);
    if !refused.is_empty() {
        let mut diagnostics = Diagnostics::default();
        refused.into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
        diagnostics.finish();
        return Err(diagnostics);
    }
    let mut out = String::new();
    header(&mut out, script, &scale);
    constants(&mut out, script, &names, &scale, config);
    out.push_str(PRELUDE);
    if scale.is_scaled() {
        out.push_str(SCALED_PRELUDE);
    }
    files.write(&mut out, &scale);
    scenario(&mut out, &variables, &names, &body.out);
    out.push_str(MACHINERY);
    out.push_str(BYTES);
    if scale.is_scaled() {
        out.push_str(SCALED);
    }
    let ends: Option<Ends> = body.ends;
    Ok(Exported { text: out, ends })
}

fn machine_span(script: &Script) -> crate::span::Span {
    let machine = script.body.items.iter().find(|item| matches!(item.node.node, StatementKind::Machine(_)));
    machine.map_or_else(Default::default, |item| item.node.span)
}

/// The comment at the top: what this is, and how to use it.
fn header(out: &mut String, script: &Script, scale: &Scale) {
    let mut paragraphs = Vec::new();
    for statement in script.body.iter() {
        if let StatementKind::Title(text) | StatementKind::About(text) = &statement.node {
            paragraphs.push(text.node.clone());
        }
    }
    paragraphs.push("Made from a scenario by `pagelab export --to c`. Build it and run it on Linux:".to_owned());
    paragraphs.push("    cc -O1 -o scenario scenario.c && ./scenario".to_owned());
    paragraphs.push(
        "Every process of the scenario is a process here. All of them go through scenario() below, in lockstep: each \
         takes its own steps and waits at those of the others. A line is printed for each step: what it came to, and \
         the minor and major page faults that it took."
            .to_owned(),
    );
    if scale.is_scaled() {
        let unit = scale.unit();
        paragraphs.push(format!(
            "The scenario's pages have {unit} bytes and this system's 4,096. So one page there is one page here: byte b \
             of page n is byte b of page n still, and what lies behind the first {unit} bytes of each page is not \
             used. Full pages of a file become full pages; of its last page only as many bytes exist as in the scenario."
        ));
    }
    out.push_str(&names::comment(&paragraphs, 0));
}

fn constants(out: &mut String, script: &Script, names: &Names, scale: &Scale, config: &Checked) {
    let processes = names.processes();
    let enumerators: Vec<&str> = processes.iter().map(|(_, c)| c.as_str()).collect();
    let strings: Vec<String> = processes.iter().map(|(name, _)| names::string(name.as_bytes())).collect();
    let kill = u8::from(config.signals == Signals::Kill);
    let huge = u8::from(mentions_huge(script));
    out.push_str("#define _GNU_SOURCE\n");
    for header in HEADERS {
        let _ = writeln!(out, "#include <{header}>");
    }
    let unit = format!("UNIT = {},", scale.unit());
    let kill = format!("SIGNALS_KILL = {kill},");
    let huge = format!("HUGE_PAGES = {huge},");
    out.push_str("\nenum {\n");
    for (what, why) in [
        ("PAGE = 4096,", "bytes in a page of this system"),
        (&unit, "bytes of it that the scenario uses"),
        (&kill, "does a process end at SIGSEGV and SIGBUS?"),
        (&huge, "does the scenario ask for huge pages?"),
    ] {
        let _ = writeln!(out, "    {what:<18} /* {why} */");
    }
    out.push_str("};\n");
    let list = if enumerators.is_empty() { String::new() } else { format!("{}, ", enumerators.join(", ")) };
    let _ = writeln!(out, "enum {{ {list}PROCESSES, KERNEL = -2 }};");
    let strings = if strings.is_empty() { "NULL".to_owned() } else { strings.join(", ") };
    let _ = writeln!(out, "static const char *const process_names[] = {{ {strings} }};\n");
}

const HEADERS: &[&str] = &[
    "errno.h",
    "fcntl.h",
    "linux/userfaultfd.h",
    "poll.h",
    "sched.h",
    "setjmp.h",
    "signal.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "sys/ioctl.h",
    "sys/mman.h",
    "sys/prctl.h",
    "sys/resource.h",
    "sys/stat.h",
    "sys/syscall.h",
    "sys/types.h",
    "sys/vfs.h",
    "unistd.h",
];

fn mentions_huge(script: &Script) -> bool {
    let steps = variables::steps(&script.body);
    steps.iter().any(|step| crate::fmt::step_text(step).contains("MADV_HUGEPAGE"))
}

fn scenario(out: &mut String, variables: &Variables, names: &Names, body: &str) {
    out.push_str("\n/* ------------------------------------------------------------------ the scenario */\n\n");
    out.push_str("static void scenario(void)\n{\n");
    let (addresses, numbers) = variables.declared(names);
    let mut declare = |kind: &str, star: &str, all: &[String]| {
        if !all.is_empty() {
            let all: Vec<String> = all.iter().map(|name| format!("{star}{name}")).collect();
            let _ = writeln!(out, "    static {kind} {};", all.join(", "));
        }
    };
    declare("long", "", &numbers);
    declare("byte", "*", &addresses);
    if !addresses.is_empty() || !numbers.is_empty() {
        out.push_str("    /* Each process has these for itself: they are in its own memory. */\n\n");
    }
    out.push_str(body);
    out.push_str("}\n\n");
}
