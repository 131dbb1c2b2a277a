//! `paging-multilevel-translate.py`: all of memory with a two-level page table in it, and addresses to translate.

use super::{below, few};
use std::fmt::Write as _;
use vmcore::random::Mt19937;

const PAGE: u64 = 32;
const FRAMES: u64 = 128;
const PAGES: u64 = 1024;
const INVALID: u8 = 0x7f;
const VALID: u8 = 0x80;

/// The program's options, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multilevel {
    /// Where the random numbers start.
    pub seed: i64,
    /// Pages that the process has.
    pub allocated: usize,
    /// How many addresses are drawn.
    pub addresses: usize,
}

impl Default for Multilevel {
    fn default() -> Self {
        Self { seed: 0, allocated: 64, addresses: 10 }
    }
}

/// What the book's program calls the OS: memory, and who has which frame.
struct Memory {
    bytes: Vec<u8>,
    taken: Vec<bool>,
    generator: Mt19937,
}

impl Memory {
    fn frame(&mut self) -> Result<u64, String> {
        if self.taken.iter().all(|&taken| taken) {
            return Err(format!("so many pages do not fit {FRAMES} frames: allocate fewer"));
        }
        loop {
            let frame = below(&mut self.generator, FRAMES);
            if !std::mem::replace(&mut self.taken[frame as usize], true) {
                return Ok(frame);
            }
        }
    }

    /// A frame for a part of the table: no entry is valid.
    fn table(&mut self) -> Result<u64, String> {
        let frame = self.frame()?;
        self.page(frame).fill(INVALID);
        Ok(frame)
    }

    fn page(&mut self, frame: u64) -> &mut [u8] {
        let from = (frame * PAGE) as usize;
        &mut self.bytes[from..from + PAGE as usize]
    }

    /// Gives page `page` of the process a frame, and a table to stand in if need be.
    fn map(&mut self, root: u64, page: u64, frame: u64) -> Result<(), String> {
        let (directory_index, table_index) = ((page / PAGE) as usize, (page % PAGE) as usize);
        let entry = self.page(root)[directory_index];
        let table = match entry & VALID {
            0 => {
                let table = self.table()?;
                self.page(root)[directory_index] = VALID | table as u8;
                table
            }
            _ => u64::from(entry & !VALID),
        };
        self.page(table)[table_index] = VALID | frame as u8;
        Ok(())
    }

    /// The physical address, if both entries are valid.
    fn translate(&mut self, root: u64, address: u64) -> Option<u64> {
        let page = address / PAGE;
        let valid = |entry: u8| (entry & VALID != 0).then_some(u64::from(entry & !VALID));
        let table = valid(self.page(root)[(page / PAGE) as usize])?;
        let frame = valid(self.page(table)[(page % PAGE) as usize])?;
        Some(frame * PAGE + address % PAGE)
    }
}

impl Multilevel {
    /// The scenario, with the answers as `expect` lines if they are wanted.
    ///
    /// # Errors
    /// If the pages do not fit memory, or there are too many addresses.
    pub fn scenario(&self, answers: bool) -> Result<String, String> {
        few(self.addresses)?;
        let (mut memory, root, addresses) = self.problem()?;
        let Self { seed, allocated, addresses: count } = self;
        let mut out = format!("title \"Two-level translation, seed {seed}\"\n");
        let _ = writeln!(
            out,
            "about \"The problem of OSTEP's paging-multilevel-translate.py -s {seed} -a {allocated} -n {count}.\"\nabout \
             \"Pages of 32 bytes, addresses of 15 bits: 5 for the directory, 5 for the table, 5 for the offset. An entry is \
             a byte: its top bit says valid, the rest is the frame. The directory lies in frame {root}.\"\nabout \"For each \
             address: to which physical address does it translate, and what is there? Or does it fault?\"\n"
        );
        let _ = writeln!(
            out,
            "machine textbook {{ page = 32, table = 5+5, entry_bytes = 1, frames = 128, signals = continue }}\n"
        );
        for frame in 0..FRAMES {
            let page = memory.page(frame);
            if page.iter().any(|&byte| byte != 0) {
                let hex: String = page.iter().map(|byte| format!("{byte:02x}")).collect();
                let _ = writeln!(out, "memory {frame} \"{hex}\"");
            }
        }
        let _ = writeln!(out, "table A at {root}\n");
        for address in addresses {
            let found = memory.translate(root, address).map(|at| (at, memory.bytes[at as usize]));
            write_address(&mut out, address, found, answers);
        }
        Ok(super::super::canonical(&out))
    }

    /// Memory, the directory's frame, and the addresses.
    fn problem(&self) -> Result<(Memory, u64, Vec<u64>), String> {
        if self.allocated as u64 > PAGES {
            return Err(format!("{} pages: the address space has {PAGES}", self.allocated));
        }
        let mut memory = Memory {
            bytes: vec![0; (FRAMES * PAGE) as usize],
            taken: vec![false; FRAMES as usize],
            generator: Mt19937::new(self.seed.into()),
        };
        let root = memory.table()?;
        let mut used = vec![false; PAGES as usize];
        let mut allocated = Vec::new();
        for _ in 0..self.allocated {
            let page = loop {
                let page = below(&mut memory.generator, PAGES);
                if !std::mem::replace(&mut used[page as usize], true) {
                    break page;
                }
            };
            allocated.push(page);
            let frame = memory.frame()?;
            memory.map(root, page, frame)?;
            for at in 0..PAGE as usize {
                let byte = below(&mut memory.generator, 31) as u8;
                memory.page(frame)[at] = byte;
            }
        }
        let addresses = (0..self.addresses).map(|at| {
            let anywhere = memory.generator.random() * 100.0 > 50.0;
            match allocated.get(at) {
                Some(page) if !anywhere => page * PAGE + below(&mut memory.generator, PAGE),
                _ => below(&mut memory.generator, PAGES * PAGE),
            }
        });
        let addresses = addresses.collect();
        Ok((memory, root, addresses))
    }
}

fn write_address(out: &mut String, address: u64, found: Option<(u64, u8)>, answers: bool) {
    let _ = writeln!(out, "A: translate(0x{address:04x})");
    if let (true, Some((physical, _))) = (answers, found) {
        let _ = writeln!(out, "expect value 0x{physical:03x}");
    }
    let _ = writeln!(out, "A: [0x{address:04x}]");
    if answers {
        let _ = match found {
            Some((_, value)) => writeln!(out, "expect value 0x{value:02x}"),
            None => writeln!(out, "expect SIGSEGV SEGV_MAPERR"),
        };
    }
    out.push('\n');
}
