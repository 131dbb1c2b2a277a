//! `valgrind --tool=lackey --trace-mem=yes`: every fetch, load and store of a program. Accesses in a row to one page, of
//! one kind, become one step: within a page nothing changes for paging.

use super::lines::{Lines, shown};
use super::{ImportError, Imported, MAX_TEXT_BYTES, canonical};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead;

const PAGE: u64 = 4096;
/// Pages that are not further apart than this lie in one mapping.
const NEAR: u64 = 16;
/// Addresses of user programs are below this.
const USER: u64 = 1 << 47;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Fetch,
    Load,
    Store,
}

/// What a page is used for.
#[derive(Clone, Copy, Default)]
struct Use {
    write: bool,
    execute: bool,
}

/// The trace as a scenario: its pages are anonymous memory, fetched from, loaded from and stored to at the same
/// addresses.
///
/// # Errors
/// An input without any access, or an access that cannot be read.
pub fn scenario(from: &mut dyn BufRead) -> Result<Imported, ImportError> {
    let mut lines = Lines::new(from);
    let mut pages: BTreeMap<u64, Use> = BTreeMap::new();
    let (mut steps, mut accesses, mut last, mut left_out) = (String::new(), 0u64, None, None);
    while let Some(line) = lines.next()? {
        let Some((kinds, address)) = access(&line, &lines)? else { continue };
        if steps.len() > MAX_TEXT_BYTES || pages.len() > 10_000 {
            left_out = Some(format!("all after the first {accesses} accesses"));
            break;
        }
        accesses += 1;
        for &kind in kinds {
            let used = pages.entry(address / PAGE).or_default();
            used.write |= kind == Kind::Store;
            used.execute |= kind == Kind::Fetch;
            if last == Some((kind, address / PAGE)) {
                continue;
            }
            last = Some((kind, address / PAGE));
            let _ = match kind {
                Kind::Fetch => writeln!(steps, "A: fetch [0x{address:x}]"),
                Kind::Load => writeln!(steps, "A: [0x{address:x}]"),
                Kind::Store => writeln!(steps, "A: [0x{address:x}] = 1"),
            };
        }
    }
    if pages.is_empty() {
        return Err(lines.wrong("there is no access in it: expected lines such as ` L 1ffe8,8`"));
    }
    let mut out = String::from("title \"A trace of valgrind's lackey\"\n");
    let _ = writeln!(
        out,
        "about \"{accesses} accesses to {} pages. Those in a row to one page, of one kind, are one step. All memory is \
         anonymous here: the trace does not say what is behind it.\"\n\nmachine linux\n",
        pages.len()
    );
    mappings(&mut out, &pages);
    let _ = writeln!(out, "mark\n\n{steps}");
    Ok(Imported { text: canonical(&out), left_out })
}

/// What a line says: ` L addr,size` and the like. Lines of valgrind's own say nothing.
fn access(line: &str, lines: &Lines<'_>) -> Result<Option<(&'static [Kind], u64)>, ImportError> {
    let mut words = line.split_whitespace();
    let kinds: &[Kind] = match words.next() {
        Some("I") => &[Kind::Fetch],
        Some("L") => &[Kind::Load],
        Some("S") => &[Kind::Store],
        Some("M") => &[Kind::Load, Kind::Store],
        _ => return Ok(None),
    };
    let wrong = || lines.wrong(format!("`{}` is no access: expected such as ` L 1ffe8,8`", shown(line)));
    let (address, size) = words.next().and_then(|word| word.split_once(',')).ok_or_else(wrong)?;
    let address = u64::from_str_radix(address, 16).map_err(|_| wrong())?;
    size.parse::<u32>().map_err(|_| wrong())?;
    match address {
        PAGE..USER => Ok(Some((kinds, address))),
        _ => Err(lines.wrong(format!("0x{address:x} is no address of a program"))),
    }
}

/// A mapping for each stretch of pages that lie near each other, one after another.
fn mappings(out: &mut String, pages: &BTreeMap<u64, Use>) {
    let mut stretch: Option<(u64, u64, Use)> = None;
    for (&page, &used) in pages {
        match &mut stretch {
            Some((_, end, known)) if page < *end + NEAR => {
                *end = page + 1;
                known.write |= used.write;
                known.execute |= used.execute;
            }
            _ => {
                write_mapping(out, stretch.take());
                stretch = Some((page, page + 1, used));
            }
        }
    }
    write_mapping(out, stretch);
}

fn write_mapping(out: &mut String, stretch: Option<(u64, u64, Use)>) {
    let Some((from, end, used)) = stretch else { return };
    let write = if used.write { " | PROT_WRITE" } else { "" };
    let execute = if used.execute { " | PROT_EXEC" } else { "" };
    let _ = writeln!(
        out,
        "A: mmap(0x{:x}, {} * PAGE, PROT_READ{write}{execute}, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)",
        from * PAGE,
        end - from
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "==1== Lackey, an example Valgrind tool\n==1== Command: /bin/true\nI  0401ab70,3\nI  0401ab73,5\n S \
                         1fff000768,8\n L 1fff000768,8\n M 0401e010,4\nI  0401b770,1\n==1== done\n";

    #[test]
    fn a_trace_runs_without_a_signal() {
        let imported = scenario(&mut TRACE.as_bytes()).expect("a trace");
        assert_eq!(imported.text.matches("A: fetch").count(), 2, "{}", imported.text);
        assert_eq!(imported.text.matches("mmap(").count(), 2, "{}", imported.text);
        let report = crate::check(&format!("{}\nexpect total faults 5\n", imported.text));
        assert!(report.holds(), "{:?}\n{}", report, imported.text);
    }

    #[test]
    fn nonsense_is_told_with_its_line() {
        for (text, line) in [("I  xyz,3\n", 1), ("\n L 10\n", 2), (" S 0,1\n", 1), ("I ffffffff81000000,3\n", 1)] {
            assert_eq!(scenario(&mut text.as_bytes()).expect_err("wrong").line, line, "{text}");
        }
        assert!(scenario(&mut "hello\n".as_bytes()).is_err());
    }
}
