//! `strace` of a program: its calls on files and memory, made again with the same results for addresses and descriptors.

use super::lines::{Lines, shown};
use super::{ImportError, Imported, MAX_TEXT_BYTES, canonical};
use crate::vocabulary::constant;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::BufRead;

/// What a file has at least: so much the program may map or read of it.
const LEAST_SIZE: u64 = 4096;
/// Larger numbers are no sizes or offsets of files.
const MAX_SIZE: u64 = 1 << 48;

/// What is known so far.
#[derive(Default)]
struct Trace {
    /// The file behind each open descriptor of each process.
    open: BTreeMap<(u64, u64), String>,
    sizes: BTreeMap<String, u64>,
    /// Where each process has read to, by descriptor.
    places: BTreeMap<(u64, u64), u64>,
    steps: String,
    left_out: BTreeMap<String, usize>,
}

/// A call as it stands in a line.
struct Call<'l> {
    pid: u64,
    name: &'l str,
    args: Vec<&'l str>,
    result: Option<u64>,
}

/// The trace as a scenario. Calls that failed, calls on other things than files, and what the language has no call for
/// are left out, and it is told how many.
///
/// # Errors
/// An input without any call that could be made again.
pub fn scenario(from: &mut dyn BufRead) -> Result<Imported, ImportError> {
    let mut lines = Lines::new(from);
    let mut trace = Trace::default();
    let mut cut = false;
    while let Some(line) = lines.next()? {
        if trace.steps.len() > MAX_TEXT_BYTES {
            cut = true;
            break;
        }
        if let Some(call) = parse(&line) {
            trace.take(&call);
        }
    }
    if trace.steps.is_empty() {
        return Err(lines.wrong("there is no call on files or memory in it: expected lines as strace prints them"));
    }
    let mut left_out: Vec<String> = trace.left_out.iter().map(|(name, count)| format!("{name} ({count})")).collect();
    if cut {
        left_out.push(format!("all after line {}", lines.number));
    }
    let left_out = (!left_out.is_empty()).then(|| left_out.join(", "));
    Ok(Imported { text: canonical(&trace.write()), left_out })
}

/// `[pid N] name(args) = result`; nothing if the line is none.
fn parse(line: &str) -> Option<Call<'_>> {
    let mut rest = line.trim();
    let mut pid = 0;
    if let Some(behind) = rest.strip_prefix("[pid") {
        let (number, behind) = behind.split_once(']')?;
        (pid, rest) = (number.trim().parse().ok()?, behind.trim());
    } else if rest.starts_with(|c: char| c.is_ascii_digit()) {
        // With -o FILE the number stands alone.
        let (number, behind) = rest.split_once(char::is_whitespace)?;
        (pid, rest) = (number.parse().ok()?, behind.trim());
    }
    let (name, behind) = rest.split_once('(')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let (inside, result) = behind.rsplit_once(" = ")?;
    let inside = inside.trim_end().strip_suffix(')')?;
    Some(Call { pid, name, args: split(inside), result: number(result.split_whitespace().next()?) })
}

/// The arguments, at commas that stand in no string and no brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut all, mut from, mut depth, mut quoted, mut escaped) = (Vec::new(), 0, 0usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                all.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    all.push(text[from..].trim());
    all
}

/// A number, decimal or `0x…`; `None` for anything else, negative ones among it.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Constants joined by `|`, without those that the language does not know.
fn flags(text: &str) -> String {
    let known: Vec<&str> = text.split('|').filter(|word| constant(word).is_some()).collect();
    if known.is_empty() { "0".to_owned() } else { known.join(" | ") }
}

impl Trace {
    /// Makes the call's step, or counts it among what is left out.
    fn take(&mut self, call: &Call<'_>) {
        let before = self.steps.len();
        if call.result.is_none() || self.step(call).is_none() {
            self.steps.truncate(before);
            *self.left_out.entry(shown(call.name)).or_default() += 1;
        }
    }

    fn step(&mut self, call: &Call<'_>) -> Option<()> {
        let arg = |at: usize| call.args.get(at).copied();
        let value = |at: usize| arg(at).and_then(number);
        let result = call.result?;
        let who = format!("P{}", call.pid);
        match call.name {
            "open" | "openat" => {
                let at = usize::from(call.name == "openat");
                let (name, how) = (arg(at)?, arg(at + 1)?);
                let name = name.strip_prefix('"')?.strip_suffix('"')?;
                if how.contains("O_DIRECTORY") || how.contains("O_PATH") || name.is_empty() || name.contains('\\') {
                    return None;
                }
                let name = name.to_owned();
                self.sizes.entry(name.clone()).or_insert(LEAST_SIZE);
                let _ = writeln!(self.steps, "{who}: fd{result} = open(\"{}\", {})", plain(&name), open_flags(how));
                self.open.insert((call.pid, result), name);
                self.places.insert((call.pid, result), 0);
            }
            "close" => {
                let fd = self.descriptor(call, 0)?;
                let _ = writeln!(self.steps, "{who}: close(fd{fd})");
                self.open.remove(&(call.pid, fd));
            }
            "mmap" => self.mmap(call, &who)?,
            "munmap" => {
                let _ = writeln!(self.steps, "{who}: munmap(0x{:x}, {})", value(0)?, value(1)?);
            }
            "mprotect" | "madvise" | "msync" => {
                let _ =
                    writeln!(self.steps, "{who}: {}(0x{:x}, {}, {})", call.name, value(0)?, value(1)?, flags(arg(2)?));
            }
            "mlock" | "munlock" => {
                let _ = writeln!(self.steps, "{who}: {}(0x{:x}, {})", call.name, value(0)?, value(1)?);
            }
            "read" => {
                let fd = self.descriptor(call, 0)?;
                let place = self.places.entry((call.pid, fd)).or_default();
                *place = place.saturating_add(result);
                let end = *place;
                self.grow(call.pid, fd, end)?;
                let _ = writeln!(self.steps, "{who}: read(fd{fd}, {result})");
            }
            "pread64" | "pread" => {
                let (fd, offset) = (self.descriptor(call, 0)?, value(3)?);
                self.grow(call.pid, fd, offset.saturating_add(result))?;
                let _ = writeln!(self.steps, "{who}: pread(fd{fd}, {result}, {offset})");
            }
            "write" | "pwrite64" => {
                let fd = self.descriptor(call, 0)?;
                let offset = if call.name == "write" { None } else { Some(value(3)?) };
                let place = offset.map_or_else(String::new, |offset| format!(", {offset}"));
                let name = if offset.is_some() { "pwrite" } else { "write" };
                let _ = writeln!(self.steps, "{who}: {name}(fd{fd}, fill(0, {result}){place})");
            }
            "lseek" => {
                let (fd, offset) = (self.descriptor(call, 0)?, arg(1)?.parse::<i64>().ok()?);
                self.places.insert((call.pid, fd), result);
                let _ = writeln!(self.steps, "{who}: lseek(fd{fd}, {offset}, {})", flags(arg(2)?));
            }
            "ftruncate" => {
                let fd = self.descriptor(call, 0)?;
                let _ = writeln!(self.steps, "{who}: ftruncate(fd{fd}, {})", value(1)?);
            }
            "fsync" | "fdatasync" => {
                let fd = self.descriptor(call, 0)?;
                let _ = writeln!(self.steps, "{who}: fsync(fd{fd})");
            }
            _ => return None,
        }
        Some(())
    }

    fn mmap(&mut self, call: &Call<'_>, who: &str) -> Option<()> {
        let [_, len, prot, how, fd, offset] = call.args[..] else { return None };
        let (at, len, offset) = (call.result?, number(len)?, number(offset)?);
        if at % 4096 != 0 || at == 0 || at >= 1 << 47 || len == 0 || len >= MAX_SIZE {
            return None;
        }
        let fd = match how.contains("MAP_ANONYMOUS") {
            true => "-1".to_owned(),
            false => {
                let fd = number(fd).filter(|&fd| self.open.contains_key(&(call.pid, fd)))?;
                self.grow(call.pid, fd, offset.checked_add(len)?)?;
                format!("fd{fd}")
            }
        };
        let how = flags(how);
        let fixed = if how.contains("MAP_FIXED") { "" } else { " | MAP_FIXED" };
        let _ = writeln!(self.steps, "{who}: mmap(0x{at:x}, {len}, {}, {how}{fixed}, {fd}, {offset})", flags(prot));
        Some(())
    }

    /// The descriptor that an argument names, if it is one of a file.
    fn descriptor(&self, call: &Call<'_>, at: usize) -> Option<u64> {
        let fd = call.args.get(at).copied().and_then(number)?;
        self.open.contains_key(&(call.pid, fd)).then_some(fd)
    }

    /// The file has so many bytes at least.
    fn grow(&mut self, pid: u64, fd: u64, end: u64) -> Option<()> {
        if end >= MAX_SIZE {
            return None;
        }
        let size = self.sizes.get_mut(self.open.get(&(pid, fd))?)?;
        *size = (*size).max(end);
        Some(())
    }

    fn write(&self) -> String {
        let mut out =
            String::from("title \"The calls of a program\"\nabout \"Made from a trace of strace.\"\n\nmachine linux\n");
        let names: BTreeSet<&String> = self.sizes.keys().collect();
        for name in names {
            let _ = writeln!(out, "file \"{}\" size {}", plain(name), self.sizes[name]);
        }
        let _ = writeln!(out, "\n{}", self.steps);
        out
    }
}

/// The flags of open that the language knows; a mode is always said.
fn open_flags(how: &str) -> String {
    match flags(how) {
        none if none == "0" => "O_RDONLY".to_owned(),
        known => known,
    }
}

/// Without what would end a string.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = r#"execve("/bin/true", ["true"], 0x7ffd /* 20 vars */) = 0
brk(NULL)                               = 0x55d2c2a5b000
openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
fstat(3, {st_mode=S_IFREG|0644, st_size=100, ...}) = 0
mmap(NULL, 29387, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f6b6be00000
close(3)                                = 0
openat(AT_FDCWD, "/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)
[pid  77] openat(AT_FDCWD, "/lib/a, \"b\".so", O_RDONLY|O_CLOEXEC) = 3
openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY|O_CLOEXEC) = 3
read(3, "\177ELF\2\1\1\3(\0,"..., 832)  = 832
pread64(3, "\6\0", 784, 64)             = 784
mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f6b6bdfe000
mmap(0x7f6b6bc00000, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x1000) = 0x7f6b6bc00000
mprotect(0x7f6b6bdfe000, 4096, PROT_READ) = 0
munmap(0x7f6b6be00000, 29387)           = 0
+++ exited with 0 +++
"#;

    #[test]
    fn calls_are_made_again() {
        let imported = scenario(&mut TRACE.as_bytes()).expect("a trace");
        assert_eq!(imported.text.matches("mmap(").count(), 3, "{}", imported.text);
        assert!(imported.text.contains(r#"file "/etc/ld.so.cache" size 29387"#), "{}", imported.text);
        assert_eq!(imported.left_out.as_deref(), Some("brk (1), execve (1), fstat (1), openat (2)"));
        let report = crate::check(&format!("{}\nexpect ok\n", imported.text));
        assert!(report.holds(), "{report:?}\n{}", imported.text);
    }

    #[test]
    fn what_is_no_trace_is_told() {
        assert!(scenario(&mut "hello\n(\n = \n[pid x] y() = 0\n".as_bytes()).is_err());
    }
}
