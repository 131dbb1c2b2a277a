//! `paging-policy.py`: references to pages, and a cache of a few pages.

use super::{below, few};
use std::fmt::Write as _;
use vmcore::random::Mt19937;

/// Page numbers are below this.
const MAX_PAGE: u64 = 1 << 16;

/// The program's policies that are policies of a machine here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// `FIFO`
    Fifo,
    /// `LRU`
    Lru,
    /// `MRU`
    Mru,
    /// `OPT`
    Opt,
    /// `UNOPT`
    Unopt,
    /// `RAND`
    Rand,
}

impl Replacement {
    /// By the program's name.
    ///
    /// # Errors
    /// If it has none of that name, or none that is a machine's.
    pub fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "FIFO" => Self::Fifo,
            "LRU" => Self::Lru,
            "MRU" => Self::Mru,
            "OPT" => Self::Opt,
            "UNOPT" => Self::Unopt,
            "RAND" => Self::Rand,
            "CLOCK" => {
                let why = "OSTEP's CLOCK probes random pages, as no machine does; `policy = clock` is the textbooks'";
                return Err(why.to_owned());
            }
            _ => return Err(format!("`{name}`: expected FIFO, LRU, MRU, OPT, UNOPT or RAND")),
        })
    }

    /// The word for it in the language.
    fn word(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Lru => "lru",
            Self::Mru => "mru",
            Self::Opt => "opt",
            Self::Unopt => "unopt",
            Self::Rand => "random",
        }
    }
}

/// The program's options, by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where the random numbers start.
    pub seed: i64,
    /// The pages referred to; `None`: drawn.
    pub addresses: Option<Vec<u64>>,
    /// How many are drawn.
    pub numaddrs: usize,
    /// Which page goes.
    pub policy: Replacement,
    /// Pages that the cache holds.
    pub cachesize: u32,
    /// Pages drawn are below this.
    pub maxpage: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { seed: 0, addresses: None, numaddrs: 10, policy: Replacement::Fifo, cachesize: 3, maxpage: 10 }
    }
}

/// What becomes of one reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Hit,
    /// With the page that goes, if it is certain which.
    Miss(Option<u64>),
}

impl Policy {
    /// The scenario, with the answers as `expect` lines if they are wanted.
    ///
    /// # Errors
    /// No frames, page numbers or counts too large.
    pub fn scenario(&self, answers: bool) -> Result<String, String> {
        let (references, mut generator) = self.references()?;
        let (seed, skip) = (self.seed, if self.addresses.is_some() { 0 } else { references.len() });
        let pages = references.iter().max().map_or(1, |most| most + 1);
        let mut out = format!("title \"Replacement by {}, seed {seed}\"\n", self.policy.word());
        let policy = format!("{:?}", self.policy).to_uppercase();
        let drawn = match self.addresses {
            Some(_) => String::new(),
            None => format!(" -n {} -m {}", self.numaddrs, self.maxpage),
        };
        let _ = writeln!(
            out,
            "about \"The problem of OSTEP's paging-policy.py -s {seed} -p {policy} -C {}{drawn}.\"\nabout \"Which references \
             hit, which miss, and which page has to go?\"\n",
            self.cachesize
        );
        let random = match self.policy {
            Replacement::Rand => format!(", seed = {}, seed_skip = {skip}", seed.unsigned_abs()),
            _ => String::new(),
        };
        let bits = 4 + (2 * pages).next_power_of_two().ilog2().max(2);
        let _ = writeln!(
            out,
            "machine textbook {{ frames = {}, policy = {}, va_bits = {bits}{random} }}\nfile \"pages\" size {pages} * \
             PAGE\n\nA: fd = open(\"pages\", O_RDONLY)\nA: p = mmap(NULL, {pages} * PAGE, PROT_READ, MAP_SHARED, fd, 0)\n\
             mark\n",
            self.cachesize,
            self.policy.word(),
        );
        let told = if answers { self.answers(&references, &mut generator) } else { Vec::new() };
        for (at, page) in references.iter().enumerate() {
            let _ = writeln!(out, "A: p[{page} * PAGE]");
            match told.get(at) {
                Some(Answer::Hit) => out.push_str("expect hit\n"),
                Some(Answer::Miss(None)) => out.push_str("expect major\n"),
                Some(Answer::Miss(Some(victim))) => {
                    let _ = writeln!(out, "expect major, evicts \"pages\":{victim} dropped");
                }
                None => {}
            }
        }
        if answers && !references.is_empty() {
            let misses = told.iter().filter(|answer| **answer != Answer::Hit).count();
            let _ = writeln!(out, "expect total major {misses}");
        }
        Ok(super::super::canonical(&out))
    }

    fn references(&self) -> Result<(Vec<u64>, Mt19937), String> {
        if self.cachesize == 0 {
            return Err("a cache of no pages holds none".to_owned());
        }
        few(self.addresses.as_ref().map_or(self.numaddrs, Vec::len))?;
        let mut generator = Mt19937::new(self.seed.into());
        let references = match &self.addresses {
            Some(addresses) => addresses.clone(),
            None => (0..self.numaddrs).map(|_| below(&mut generator, self.maxpage)).collect(),
        };
        match references.iter().find(|&&page| page >= MAX_PAGE) {
            Some(page) => Err(format!("page {page}: expected numbers below {MAX_PAGE}")),
            None => Ok((references, generator)),
        }
    }

    fn answers(&self, references: &[u64], generator: &mut Mt19937) -> Vec<Answer> {
        // In the order of filling, or for LRU and MRU of use.
        let mut cache: Vec<u64> = Vec::new();
        let by_use = matches!(self.policy, Replacement::Lru | Replacement::Mru);
        let next = next_uses(references);
        let mut next_use: std::collections::HashMap<u64, usize> = std::collections::HashMap::new();
        let mut answer = |(at, &page): (usize, &u64)| {
            next_use.insert(page, next[at]);
            if let Some(found) = cache.iter().position(|&cached| cached == page) {
                if by_use {
                    cache.remove(found);
                    cache.push(page);
                }
                return Answer::Hit;
            }
            let mut victim = None;
            if cache.len() == self.cachesize as usize {
                let (index, certain) = self.victim(&cache, &next_use, generator);
                victim = Some(cache.remove(index)).filter(|_| certain);
            }
            cache.push(page);
            Answer::Miss(victim)
        };
        references.iter().enumerate().map(&mut answer).collect()
    }

    /// Which page of a full cache goes, and whether it is certain that it is this one and no other as good.
    fn victim(
        &self,
        cache: &[u64],
        next_use: &std::collections::HashMap<u64, usize>,
        generator: &mut Mt19937,
    ) -> (usize, bool) {
        let used = |page: &u64| next_use.get(page).copied().unwrap_or(usize::MAX);
        match self.policy {
            Replacement::Fifo | Replacement::Lru => (0, true),
            Replacement::Mru => (cache.len() - 1, true),
            Replacement::Rand => (below(generator, cache.len() as u64) as usize, true),
            // Of several that are never used again the one filled last goes.
            Replacement::Opt => {
                let last = (0..cache.len()).max_by_key(|&index| (used(&cache[index]), index));
                (last.unwrap_or_default(), true)
            }
            Replacement::Unopt => {
                let first = (0..cache.len()).min_by_key(|&index| (used(&cache[index]), index)).unwrap_or_default();
                (first, used(&cache[first]) != usize::MAX)
            }
        }
    }
}

/// For each reference, when its page is referred to next.
fn next_uses(references: &[u64]) -> Vec<usize> {
    let mut seen = std::collections::HashMap::new();
    let mut next: Vec<usize> =
        references.iter().enumerate().rev().map(|(at, page)| seen.insert(page, at).unwrap_or(usize::MAX)).collect();
    next.reverse();
    next
}
