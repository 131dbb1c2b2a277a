//! `paging-linear-translate.py`: a linear page table, and addresses to translate.

use super::{below, few, size};
use std::fmt::Write as _;
use vmcore::random::Mt19937;

/// More entries than that do not become a scenario.
const MAX_PAGES: u64 = 1 << 16;
/// More frames than that do not either.
const MAX_FRAMES: u64 = 1 << 20;

/// The program's options, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Where the random numbers start.
    pub seed: i64,
    /// Size of the address space, such as `16k`.
    pub asize: String,
    /// Size of physical memory.
    pub physmem: String,
    /// Size of a page.
    pub pagesize: String,
    /// How many addresses are drawn.
    pub numaddrs: usize,
    /// How many percent of the pages are in use.
    pub used: i64,
    /// The addresses; `None`: drawn.
    pub addresses: Option<Vec<u64>>,
}

impl Default for Linear {
    fn default() -> Self {
        Self {
            seed: 0,
            asize: "16k".into(),
            physmem: "64k".into(),
            pagesize: "4k".into(),
            numaddrs: 5,
            used: 50,
            addresses: None,
        }
    }
}

/// The problem: what is drawn.
struct Problem {
    page: u64,
    space: u64,
    frames: u64,
    /// The frame of each page that has one.
    table: Vec<Option<u64>>,
    addresses: Vec<u64>,
}

impl Linear {
    /// The scenario, with the answers as `expect` lines if they are wanted.
    ///
    /// # Errors
    /// What the program itself refuses, and what is too large for a scenario.
    pub fn scenario(&self, answers: bool) -> Result<String, String> {
        let problem = self.problem()?;
        let mut out = format!("title \"Linear translation, seed {}\"\n", self.seed);
        let Self { seed, asize, physmem, pagesize, numaddrs, used, .. } = self;
        let _ = writeln!(
            out,
            "about \"The problem of OSTEP's paging-linear-translate.py -s {seed} -a {asize} -p {physmem} -P {pagesize} -n \
             {numaddrs} -u {used}.\"\nabout \"For each address: to which physical address does it translate, or is it \
             invalid?\"\n"
        );
        let bits = problem.space.ilog2();
        let _ = writeln!(
            out,
            "machine textbook {{ page = {}, table = linear, va_bits = {bits}, entry_bytes = 4, frames = {}, signals = \
             continue }}\n",
            problem.page, problem.frames
        );
        let entries = problem.table.iter().enumerate();
        let entries = entries.filter_map(|(page, frame)| frame.map(|frame| format!("{page} -> {frame} rw-")));
        let _ = writeln!(out, "table A {{\n{}\n}}\n", entries.collect::<Vec<_>>().join("\n"));
        for &address in &problem.addresses {
            problem.address(&mut out, address, answers);
        }
        Ok(super::super::canonical(&out))
    }

    fn problem(&self) -> Result<Problem, String> {
        let (space, memory, page) = (size(&self.asize)?, size(&self.physmem)?, size(&self.pagesize)?);
        let named = |what: &str, value: u64| format!("{what} of {value} bytes");
        if !space.is_power_of_two() || !page.is_power_of_two() {
            return Err("the address space and the page must be powers of two".to_owned());
        }
        if memory <= space {
            return Err("physical memory must be larger than the address space".to_owned());
        }
        if space < page || memory % page != 0 {
            return Err("address space and physical memory must be multiples of the page".to_owned());
        }
        if memory >= 1 << 30 {
            return Err(format!("{}: expected less than 1g", named("a memory", memory)));
        }
        let (pages, frames) = (space / page, memory / page);
        if pages > MAX_PAGES || frames > MAX_FRAMES {
            return Err(format!(
                "{pages} pages and {frames} frames: a scenario has at most {MAX_PAGES} and {MAX_FRAMES}"
            ));
        }
        few(self.addresses.as_ref().map_or(self.numaddrs, Vec::len))?;
        let mut generator = Mt19937::new(self.seed.into());
        let table = self.table(pages, frames, &mut generator);
        let addresses = match &self.addresses {
            Some(addresses) => addresses.clone(),
            None => (0..self.numaddrs).map(|_| below(&mut generator, space)).collect(),
        };
        if let Some(outside) = addresses.iter().find(|&&address| address >= space) {
            return Err(format!("address {outside} lies outside the address space of {space} bytes"));
        }
        Ok(Problem { page, space, frames, table, addresses })
    }

    /// Draws until each page has a frame of its own or is found unused.
    fn table(&self, pages: u64, frames: u64, generator: &mut Mt19937) -> Vec<Option<u64>> {
        let mut taken = vec![false; frames as usize];
        let mut entry = || loop {
            if generator.random() * 100.0 <= 100.0 - self.used as f64 {
                return None;
            }
            let frame = below(generator, frames);
            // There are more frames than pages, so one is free.
            if !std::mem::replace(&mut taken[frame as usize], true) {
                return Some(frame);
            }
        };
        (0..pages).map(|_| entry()).collect()
    }
}

impl Problem {
    fn address(&self, out: &mut String, address: u64, answers: bool) {
        let digits = (self.space.ilog2() as usize).div_ceil(4);
        let _ = writeln!(out, "A: translate(0x{address:0digits$x})");
        let physical = self.table[(address / self.page) as usize].map(|frame| frame * self.page + address % self.page);
        if let (true, Some(physical)) = (answers, physical) {
            let _ = writeln!(out, "expect value 0x{physical:x}");
        }
        let _ = writeln!(out, "A: [0x{address:0digits$x}]");
        if answers {
            let _ = writeln!(out, "expect {}", if physical.is_some() { "hit" } else { "SIGSEGV SEGV_MAPERR" });
        }
        out.push('\n');
    }
}
