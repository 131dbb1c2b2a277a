//! Reference strings: page numbers, with anything but digits between them.

use super::lines::{Lines, shown};
use super::{ImportError, Imported, canonical};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::BufRead;

/// A scenario refers at most so often; a longer string is for `pagelab policies`.
const MAX_IN_SCENARIO: usize = 100_000;
/// Pages keep their numbers if those are below this.
const MAX_PAGE: u64 = 1 << 16;

/// Page numbers, decimal or `0x…`, with blanks, commas or line ends between them; `#` begins a comment. At most `most`
/// are read, and whether there are more is told.
///
/// # Errors
/// What is no number, with its line.
pub fn numbers(from: &mut dyn BufRead, most: usize) -> Result<(Vec<u64>, bool), ImportError> {
    let mut lines = Lines::new(from);
    let mut all = Vec::new();
    while let Some(line) = lines.next()? {
        let text = line.split('#').next().unwrap_or_default();
        for word in text.split([' ', '\t', ',', ';']).filter(|word| !word.is_empty()) {
            let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
            let number = hex.map_or_else(|| word.parse(), |digits| u64::from_str_radix(digits, 16));
            let number = number.map_err(|_| lines.wrong(format!("`{}` is no page number", shown(word))))?;
            if all.len() == most {
                return Ok((all, true));
            }
            all.push(number);
        }
    }
    Ok((all, false))
}

/// A scenario that loads from a page of a file for each reference.
///
/// # Errors
/// What is no number, with its line; an input without any.
pub fn scenario(from: &mut dyn BufRead) -> Result<Imported, ImportError> {
    let (numbers, more) = numbers(from, MAX_IN_SCENARIO)?;
    let Some(&most) = numbers.iter().max() else {
        return Err(ImportError { line: 1, message: "there is no page number in it".to_owned() });
    };
    let renumbered = most >= MAX_PAGE;
    let pages = if renumbered { renumber(&numbers) } else { numbers };
    let count = pages.iter().max().map_or(1, |most| most + 1);
    let bits = 4 + (2 * count).next_power_of_two().ilog2().max(4);
    let mut out = String::from("title \"A reference string\"\n");
    let _ = writeln!(out, "about \"{} references to {count} pages of a file.\"", pages.len());
    if renumbered {
        out.push_str("about \"The pages are numbered anew, in the order of their first use.\"\n");
    }
    let _ = writeln!(
        out,
        "\nmachine textbook {{ va_bits = {bits} }}\nfile \"pages\" size {count} * PAGE\n\nA: fd = open(\"pages\", \
         O_RDONLY)\nA: p = mmap(NULL, {count} * PAGE, PROT_READ, MAP_SHARED, fd, 0)\nmark"
    );
    let list: Vec<String> = pages.iter().map(u64::to_string).collect();
    let lines: Vec<String> = list.chunks(20).map(|chunk| chunk.join(", ")).collect();
    let _ = writeln!(out, "for i in [{}] {{\n  A: p[i * PAGE]\n}}", lines.join(",\n"));
    let left_out = more.then(|| format!("all after the first {MAX_IN_SCENARIO} references"));
    Ok(Imported { text: canonical(&out), left_out })
}

fn renumber(numbers: &[u64]) -> Vec<u64> {
    let mut known: HashMap<u64, u64> = HashMap::new();
    let mut page = |number: &u64| {
        let next = known.len() as u64;
        *known.entry(*number).or_insert(next)
    };
    numbers.iter().map(&mut page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_become_scenarios_that_miss_as_they_should() {
        let imported = scenario(&mut "1 2 3 4 1 2\n5, 1 2 3 4 0x5 # Belady\n".as_bytes()).expect("numbers");
        let faults = format!("{}\nexpect total major 9\n", imported.text);
        let faults = faults.replace("va_bits = 8 }", "va_bits = 8, frames = 3, policy = fifo }");
        assert!(faults.contains("fifo"), "{faults}");
        let report = crate::check(&faults);
        assert!(report.holds() && report.runs[0].held == 1, "{report:?}");
    }

    #[test]
    fn large_numbers_are_renumbered_and_nonsense_is_told() {
        let imported = scenario(&mut "18446744073709551615 7 18446744073709551615".as_bytes()).expect("numbers");
        assert!(imported.text.contains("[0, 1, 0]"), "{}", imported.text);
        let wrong = scenario(&mut "1 2\n3 x4\n".as_bytes()).expect_err("no number");
        assert_eq!((wrong.line, wrong.message.contains("x4")), (2, true));
        assert!(scenario(&mut "".as_bytes()).is_err());
        assert_eq!(numbers(&mut "1 2 3".as_bytes(), 2), Ok((vec![1, 2], true)));
    }
}
