//! Functions in an order that compresses well.
//!
//! Deflate finds a repetition within 32 KiB only, and much of a Rust program says nearly the same in many places: a
//! generic function once for each type, one view function like the next. So functions that are alike are put side by
//! side; that takes three per cent off the gzipped module. wasm-opt can sort functions by name, so all that is done here
//! is to find the order and to write it down as names.

use std::collections::{HashMap, VecDeque};

use anyhow::{Context, Result};

use super::wasm::{self, CODE, CUSTOM, IMPORT, Section};

/// Two functions are the more alike the more runs of so many bytes they share.
const RUN: usize = 7;

/// A run in more functions than this tells nothing.
const COMMON: usize = 1000;

/// What was placed last, in bytes, that the next function is to be like. Less than deflate's window, as what is near
/// takes fewer bits to point at.
const WINDOW: usize = 16_000;

/// Larger functions share more by chance: runs in common are weighed against the size to this power.
const SIZE_POWER: f64 = 0.6;

/// The same module with its functions named after their place in a better order, for
/// `wasm-opt --reorder-functions-by-name`.
pub(crate) fn named(module: &[u8]) -> Result<Vec<u8>> {
    let mut sections = wasm::sections(module)?;
    let find = |id| sections.iter().find(|section| section.id == id).map(|section| section.content);
    let bodies = wasm::bodies(find(CODE).context("the wasm has no code")?)?;
    let imported = match find(IMPORT) {
        Some(section) => wasm::imports(section)?.iter().filter(|import| import.what[0] == 0).count(),
        None => 0,
    };
    let names = name_section(imported, &order(&bodies));
    sections.retain(|section| section.id != CUSTOM || !section.content.starts_with(b"\x04name"));
    sections.push(Section { id: CUSTOM, content: &names });
    Ok(wasm::module(&sections))
}

/// A name section that gives each function its rank as its name.
fn name_section(imported: usize, order: &[usize]) -> Vec<u8> {
    let mut ranks = vec![0; order.len()];
    for (rank, function) in order.iter().enumerate() {
        ranks[*function] = rank;
    }
    let mut functions = Vec::new();
    wasm::put_number(&mut functions, ranks.len());
    for (at, rank) in ranks.iter().enumerate() {
        wasm::put_number(&mut functions, imported + at);
        wasm::put_block(&mut functions, format!("{rank:08}").as_bytes());
    }
    let mut section = Vec::new();
    wasm::put_block(&mut section, b"name");
    section.push(1);
    wasm::put_block(&mut section, &functions);
    section
}

/// The largest first, and then always the one most like what was placed last.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let Some(largest) = (0..bodies.len()).max_by_key(|at| bodies[*at].len()) else { return Vec::new() };
    let mut placing = Placing::of(bodies);
    let mut next = Some(largest);
    let mut order = Vec::new();
    while let Some(at) = next {
        order.push(at);
        placing.place(at);
        next = placing.best();
    }
    order
}

struct Placing {
    /// The size of each function.
    sizes: Vec<usize>,
    /// The runs of each function that another has as well, by number.
    runs: Vec<Vec<usize>>,
    /// The functions that have a run, by the run's number.
    having: Vec<Vec<usize>>,
    /// How many functions of the window have a run.
    seen: Vec<u32>,
    /// How many runs a function shares with the window.
    shared: Vec<u32>,
    placed: Vec<bool>,
    window: VecDeque<usize>,
    window_size: usize,
}

impl Placing {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut found: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (at, body) in bodies.iter().enumerate() {
            for run in body.windows(RUN) {
                let having = found.entry(run).or_default();
                if having.last() != Some(&at) {
                    having.push(at);
                }
            }
        }
        let having: Vec<Vec<usize>> =
            found.into_values().filter(|having| (2..=COMMON).contains(&having.len())).collect();
        let mut runs = vec![Vec::new(); bodies.len()];
        for (run, functions) in having.iter().enumerate() {
            for function in functions {
                runs[*function].push(run);
            }
        }
        Self {
            sizes: bodies.iter().map(|body| body.len()).collect(),
            runs,
            seen: vec![0; having.len()],
            having,
            shared: vec![0; bodies.len()],
            placed: vec![false; bodies.len()],
            window: VecDeque::new(),
            window_size: 0,
        }
    }

    fn place(&mut self, at: usize) {
        self.placed[at] = true;
        for run in &self.runs[at] {
            if self.seen[*run] == 0 {
                self.having[*run].iter().for_each(|other| self.shared[*other] += 1);
            }
            self.seen[*run] += 1;
        }
        self.window.push_back(at);
        self.window_size += self.sizes[at];
        while self.window_size > WINDOW && self.window.len() > 1 {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(old) = self.window.pop_front() else { return };
        self.window_size -= self.sizes[old];
        for run in &self.runs[old] {
            self.seen[*run] -= 1;
            if self.seen[*run] == 0 {
                self.having[*run].iter().for_each(|other| self.shared[*other] -= 1);
            }
        }
    }

    /// The function most like the window; the first of equals, so that the order depends on nothing but the code.
    fn best(&self) -> Option<usize> {
        let weight = |at: usize| f64::from(self.shared[at]) / ((self.sizes[at] + 20) as f64).powf(SIZE_POWER);
        let left = (0..self.placed.len()).filter(|at| !self.placed[*at]).map(|at| (at, weight(at)));
        left.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_comes_together_and_nothing_is_lost() {
        let (a, b) = ([b"the quick brown fox".as_slice(); 2], [b"0123456789abcdefgh".as_slice(); 2]);
        let order = order(&[a[0], b[0], a[1], b[1]]);
        assert_eq!(order, [2, 0, 1, 3]);
        assert!(super::order(&[]).is_empty());
    }

    #[test]
    fn functions_are_named_after_their_place() {
        // One import, two functions, and an old name section.
        let module = wasm::module(&[
            Section { id: IMPORT, content: b"\x01\x01m\x01f\0\0" },
            Section { id: CODE, content: b"\x02\x02\0\x0b\x03\0\x01\x0b" },
            Section { id: CUSTOM, content: b"\x04name\0" },
        ]);
        let named = named(&module).unwrap();
        let sections = wasm::sections(&named).unwrap();
        assert_eq!(sections.len(), 3);
        assert_eq!(sections[2].content, b"\x04name\x01\x15\x02\x01\x0800000001\x02\x0800000000");
    }
}
