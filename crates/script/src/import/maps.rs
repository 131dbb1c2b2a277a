//! `/proc/PID/maps`: the mappings of a process, made anew.

use super::lines::{Lines, shown};
use super::{ImportError, Imported, canonical};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead;

/// More mappings than that are not made.
const MAX_MAPPINGS: usize = 4_000;

/// One line.
struct Mapping {
    from: u64,
    len: u64,
    rights: [bool; 3],
    shared: bool,
    offset: u64,
    /// `None`: anonymous.
    file: Option<String>,
    note: String,
}

/// A file, as far as the mappings tell.
#[derive(Default)]
struct File {
    size: u64,
    written: bool,
}

/// A scenario that maps what the process has mapped, where it has it. Nothing is touched.
///
/// # Errors
/// A line that is none of such a file.
pub fn scenario(from: &mut dyn BufRead) -> Result<Imported, ImportError> {
    let mut lines = Lines::new(from);
    let (mut mappings, mut files) = (Vec::new(), BTreeMap::<String, File>::new());
    let mut left_out = None;
    while let Some(line) = lines.next()? {
        if line.trim().is_empty() {
            continue;
        }
        let Some(mapping) = mapping(&line, &lines)? else { continue };
        if mappings.len() == MAX_MAPPINGS {
            left_out = Some(format!("all after the first {MAX_MAPPINGS} mappings"));
            break;
        }
        if let Some(name) = &mapping.file {
            let file = files.entry(name.clone()).or_default();
            file.size = file.size.max(mapping.offset + mapping.len);
            file.written |= mapping.shared && mapping.rights[1];
        }
        mappings.push(mapping);
    }
    if mappings.is_empty() {
        return Err(lines.wrong("there is no mapping in it: expected lines as in /proc/PID/maps"));
    }
    Ok(Imported { text: canonical(&write(&mappings, &files)), left_out })
}

/// A mapping, or none if it is the kernel's own.
fn mapping(line: &str, lines: &Lines<'_>) -> Result<Option<Mapping>, ImportError> {
    let wrong = || lines.wrong(format!("`{}` is no line of /proc/PID/maps", shown(line)));
    let mut rest = line.trim_start();
    let mut word = || {
        let (word, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        rest = behind.trim_start();
        word
    };
    let (range, rights, offset, _device, inode) = (word(), word(), word(), word(), word());
    let name = rest.trim_end();
    let (from, to) = range.split_once('-').ok_or_else(wrong)?;
    let hex = |digits| u64::from_str_radix(digits, 16).map_err(|_| wrong());
    let (from, to, offset) = (hex(from)?, hex(to)?, hex(offset)?);
    let inode: u64 = inode.parse().map_err(|_| wrong())?;
    let rights = rights.as_bytes();
    // Sizes and offsets are those of a real system: far from where numbers end.
    if rights.len() != 4 || to <= from || (from | to | offset) % 4096 != 0 || offset >= 1 << 50 || to - from >= 1 << 48
    {
        return Err(wrong());
    }
    if from >= 1 << 47 || name.starts_with("[v") {
        return Ok(None);
    }
    let file = (inode != 0).then(|| name.trim_end_matches(" (deleted)").to_owned());
    Ok(Some(Mapping {
        from,
        len: to - from,
        rights: [rights[0] == b'r', rights[1] == b'w', rights[2] == b'x'],
        shared: rights[3] == b's',
        offset,
        file: file.map(|name| if name.is_empty() { format!("inode {inode}") } else { name }),
        note: name.to_owned(),
    }))
}

fn write(mappings: &[Mapping], files: &BTreeMap<String, File>) -> String {
    let mut out = String::from("title \"The mappings of a process\"\nabout \"Made from /proc/PID/maps.\"\n\n");
    let pages: u64 = mappings.iter().map(|mapping| mapping.len / 4096).sum();
    let _ = writeln!(out, "about \"{} mappings, {pages} pages of addresses. Nothing is touched yet.\"", mappings.len());
    out.push_str("machine linux\n");
    for (name, file) in files {
        let _ = writeln!(out, "file {} size 0x{:x}", quoted(name), file.size);
    }
    out.push('\n');
    let numbers: BTreeMap<&String, usize> = files.keys().zip(1..).collect();
    for (name, number) in &numbers {
        let flags = if files[*name].written { "O_RDWR" } else { "O_RDONLY" };
        let _ = writeln!(out, "P: fd{number} = open({}, {flags})", quoted(name));
    }
    for (at, mapping) in mappings.iter().enumerate() {
        let names = ["PROT_READ", "PROT_WRITE", "PROT_EXEC"];
        let prot: Vec<&str> = names.iter().zip(mapping.rights).filter_map(|(&name, has)| has.then_some(name)).collect();
        let prot = if prot.is_empty() { "PROT_NONE".to_owned() } else { prot.join(" | ") };
        let shared = if mapping.shared { "MAP_SHARED" } else { "MAP_PRIVATE" };
        let (anonymous, fd) = match &mapping.file {
            Some(name) => ("", format!("fd{}", numbers[name])),
            None => (" | MAP_ANONYMOUS", "-1".to_owned()),
        };
        if mapping.note.starts_with('[') {
            let _ = writeln!(out, "note {}", quoted(&mapping.note));
        }
        let _ = writeln!(
            out,
            "P: m{} = mmap(0x{:x}, 0x{:x}, {prot}, {shared}{anonymous} | MAP_FIXED, {fd}, 0x{:x})",
            at + 1,
            mapping.from,
            mapping.len,
            if mapping.file.is_some() { mapping.offset } else { 0 }
        );
    }
    let _ = writeln!(out, "expect virtual P {pages}");
    out
}

/// A string of the language.
fn quoted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55cf6b1fd000-55cf6b1ff000 r--p 00000000 fe:00 247030                     /usr/bin/cat
55cf6b1ff000-55cf6b204000 r-xp 00002000 fe:00 247030                     /usr/bin/cat
55cf6c000000-55cf6c021000 rw-p 00000000 00:00 0                          [heap]
7f0000000000-7f0000004000 rw-s 00001000 fe:00 99                         /tmp/a \"b\" c (deleted)
7f0000004000-7f0000005000 ---p 00000000 00:00 0
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
7ffd00100000-7ffd00104000 r--p 00000000 00:00 0                          [vvar]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

    #[test]
    fn mappings_are_made_where_they_were() {
        let imported = scenario(&mut MAPS.as_bytes()).expect("maps");
        assert_eq!(imported.text.matches("= mmap(").count(), 6, "{}", imported.text);
        assert!(imported.text.contains(r#"file "/tmp/a \"b\" c" size 0x5000"#), "{}", imported.text);
        assert!(imported.text.contains(r#"open("/tmp/a \"b\" c", O_RDWR)"#), "{}", imported.text);
        let report = crate::check(&imported.text);
        assert!(report.holds() && report.runs[0].held == 1, "{report:?}\n{}", imported.text);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        for text in
            ["x", "1000-0fff r--p 0 0:0 0", "1000-2000 r--p zz 0:0 0", "1001-2000 r--p 0 0:0 0", "1000-2000 r 0 0:0 0"]
        {
            assert_eq!(scenario(&mut format!("\n{text}\n").as_bytes()).expect_err("wrong").line, 2, "{text}");
        }
    }
}
