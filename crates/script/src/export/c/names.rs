//! What can stand in C: identifiers that mean nothing else, strings, comments, file names that stay in their folder.

use crate::ast::{Script, StatementKind};
use crate::validate::KERNEL;
use std::collections::{BTreeMap, BTreeSet};

/// Names that mean something in C, in the headers (as a macro), or in the program's own text where the scenario is.
const TAKEN: &[&str] = &[
    "ANYWHERE",
    "ARENA",
    "BUFFER",
    "CALL",
    "CONDUCTOR",
    "EACH",
    "EOF",
    "EXIT",
    "FORK",
    "HIGH",
    "HUGE_PAGES",
    "I",
    "KERNEL",
    "KERNEL_STEP",
    "LOAD",
    "LOAD_RANGE",
    "NULL",
    "PAGE",
    "PROCESSES",
    "READ",
    "RESIDENT",
    "SHM_OBJECTS",
    "SHOWN",
    "SIGNALS_KILL",
    "STACK_USED",
    "STEP",
    "STORE",
    "UNIT",
    "alignas",
    "alignof",
    "alloca",
    "assert",
    "asm",
    "at",
    "auto",
    "before",
    "begin",
    "bool",
    "break",
    "buffer",
    "byte",
    "case",
    "char",
    "close",
    "const",
    "constexpr",
    "continue",
    "default",
    "do",
    "double",
    "drop_caches",
    "else",
    "end",
    "enum",
    "environ",
    "errno",
    "exit_step",
    "extern",
    "false",
    "fill",
    "float",
    "for",
    "fork_step",
    "fsync",
    "ftruncate",
    "goto",
    "i386",
    "if",
    "inline",
    "int",
    "linux",
    "load",
    "long",
    "lseek",
    "madvise",
    "main",
    "mincore",
    "mlock",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munlock",
    "munmap",
    "nullptr",
    "open",
    "posix_fadvise",
    "pread",
    "pwrite",
    "read",
    "register",
    "report",
    "restrict",
    "return",
    "scaled",
    "scaled_lseek",
    "scaled_pread",
    "scaled_pwrite",
    "scaled_read",
    "scaled_write",
    "shm",
    "shm_open",
    "short",
    "signed",
    "sigsetjmp",
    "sizeof",
    "somewhere",
    "static",
    "static_assert",
    "stderr",
    "stdin",
    "stdout",
    "store",
    "struct",
    "switch",
    "thread_local",
    "trap",
    "true",
    "typedef",
    "typeof",
    "union",
    "unix",
    "unlink",
    "unsigned",
    "void",
    "volatile",
    "while",
    "within",
    "write",
    "write_back",
    "written",
    "advise",
];

/// Beginnings of macros in the headers.
const TAKEN_PREFIXES: &[&str] = &[
    "E", "F_", "MADV_", "MAP_", "MCL_", "MFD_", "MREMAP_", "MS_", "O_", "POSIX_", "PROT_", "R_", "S_", "SA_", "SEEK_",
    "SEGV_", "SIG", "SYS_", "UFFD", "W_", "__", "sa_", "si_", "st_", "ru_", "sigev_", "AT_", "BUS_", "POLL", "PR_",
    "RLIM", "RUSAGE_", "SCHED_", "CPU_",
];

/// The C name of every process and variable.
#[derive(Debug)]
pub(super) struct Names {
    processes: Vec<(String, String)>,
    variables: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(script: &Script) -> Self {
        let mut processes = Vec::new();
        let mut used = BTreeSet::new();
        for step in super::variables::steps(&script.body) {
            let child = super::variables::child(step);
            for name in [Some(&step.process.node), child].into_iter().flatten() {
                let known = processes.iter().any(|(known, _): &(String, String)| known == name);
                if name != KERNEL && !known {
                    processes.push((name.clone(), fresh(name, &mut used)));
                }
            }
        }
        let mut variables = BTreeMap::new();
        let mut add = |name: &String| {
            if !variables.contains_key(name) {
                variables.insert(name.clone(), fresh(name, &mut used));
            }
        };
        for step in super::variables::steps(&script.body) {
            step.bind.iter().filter(|_| super::variables::child(step).is_none()).for_each(|name| add(&name.node));
        }
        loop_variables(&script.body, &mut add);
        Self { processes, variables }
    }

    /// Every process with its C name, in the order of their first steps.
    pub(super) fn processes(&self) -> &[(String, String)] {
        &self.processes
    }

    /// The C name of a process.
    pub(super) fn process(&self, name: &str) -> &str {
        let found = self.processes.iter().find(|(known, _)| known == name);
        found.map_or("KERNEL", |(_, c)| c)
    }

    /// The C name of a variable, of a process or a loop.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }
}

fn loop_variables(block: &crate::ast::Block, add: &mut impl FnMut(&String)) {
    for statement in block.iter() {
        match &statement.node {
            StatementKind::For(looped) => {
                add(&looped.variable.node);
                loop_variables(&looped.body, add);
            }
            StatementKind::Repeat(looped) => loop_variables(&looped.body, add),
            _ => {}
        }
    }
}

/// A C identifier like `name` that is not used yet.
fn fresh(name: &str, used: &mut BTreeSet<String>) -> String {
    let macro_like = |name: &str| {
        TAKEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix) && name.len() > prefix.len())
            || (name.starts_with('_') && name.as_bytes().get(1).is_some_and(u8::is_ascii_uppercase))
    };
    let mut c = name.to_owned();
    if TAKEN.contains(&name) || macro_like(name) {
        c = format!("my_{name}");
    }
    while !used.insert(c.clone()) {
        c.push('_');
    }
    c
}

/// A C string literal. What is not plain is written in octal, which ends after three digits whatever follows.
pub(super) fn string(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for &byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            // Two question marks may begin a trigraph.
            b' '..=b'~' if byte != b'?' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\{byte:03o}")),
        }
    }
    out.push('"');
    out
}

/// Paragraphs as a C comment, folded, `indent` columns in.
pub(super) fn comment(paragraphs: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    let width = super::COLUMNS - indent - 3;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        fold(&safe(paragraph), width, &mut lines);
    }
    match lines.as_slice() {
        [] => String::new(),
        [line] if indent > 0 => format!("{pad}/* {line} */\n"),
        _ => {
            let first = if indent > 0 { format!("{pad}/* ") } else { format!("{pad}/*\n{pad} * ") };
            let last = if indent > 0 { " */\n".to_owned() } else { format!("\n{pad} */\n\n") };
            format!("{first}{}{last}", lines.join(&format!("\n{pad} * ")).replace(" \n", "\n"))
        }
    }
}

/// Without what would end a comment or change a line.
fn safe(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // A backslash at the end of a line would join the next, `??/` is one.
    plain.replace("*/", "* /").replace("/*", "/ *").replace('\\', "\u{2216}").replace("??/", "?? /")
}

fn fold(text: &str, width: usize, lines: &mut Vec<String>) {
    let indent = text.len() - text.trim_start().len();
    let mut line = " ".repeat(indent);
    for word in text.split_whitespace() {
        let long = line.chars().count() + 1 + word.chars().count() > width;
        if long && !line.trim().is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
}

/// The name of a file on the real system: its own if that is harmless, else one made up.
pub(super) fn file_name(name: &str, number: usize) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '+' | ',');
    let own = !name.is_empty() && name.len() <= 60 && name.chars().all(harmless) && !name.starts_with(['.', '-', ' ']);
    if own { name.to_owned() } else { format!("file-{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_comment_or_a_string() {
        let text = comment(&["a */ system(\"x\"); /* b \\".to_owned()], 4);
        assert_eq!(text.matches("*/").count(), 1, "{text}");
        assert_eq!(string(b"a\"b\\\n\x01?1"), r#""a\"b\\\n\001\0771""#);
    }

    #[test]
    fn file_names_stay_in_their_folder() {
        assert_eq!(file_name("poem.txt", 1), "poem.txt");
        for name in ["../x", "/etc/passwd", "", ".", "a/b", "-rf", "n\u{0}l"] {
            assert_eq!(file_name(name, 7), "file-7", "{name}");
        }
    }
}
