//! OSTEP's options, by the names and letters that its programs give them.

use clap::{Args, Subcommand};
use script::import::ostep::{Linear, Multilevel, Policy, Replacement, numbers};
use std::path::{Path, PathBuf};

/// Which program's problem.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    problem: Problem,
}

#[derive(Subcommand)]
enum Problem {
    /// As paging-linear-translate.py: a linear page table, addresses to translate.
    Linear {
        /// The random seed.
        #[arg(short, long, default_value_t = 0, allow_negative_numbers = true)]
        seed: i64,
        /// Address space size (e.g. 16, 64k, 32m).
        #[arg(short, long, default_value = "16k")]
        asize: String,
        /// Physical memory size.
        #[arg(short, long, default_value = "64k")]
        physmem: String,
        /// Page size.
        #[arg(short = 'P', long, default_value = "4k")]
        pagesize: String,
        /// Number of virtual addresses to generate.
        #[arg(short, long, default_value_t = 5)]
        numaddrs: usize,
        /// Percent of the virtual address space that is used.
        #[arg(short, long, default_value_t = 50, allow_negative_numbers = true)]
        used: i64,
        /// A set of comma-separated addresses; -1 means randomly generate.
        #[arg(short = 'A', long, default_value = "-1", allow_hyphen_values = true)]
        addresses: String,
        #[command(flatten)]
        common: Common,
    },
    /// As paging-multilevel-translate.py: memory with a two-level page table in it, addresses to translate.
    Multilevel {
        /// The random seed.
        #[arg(short, long, default_value_t = 0, allow_negative_numbers = true)]
        seed: i64,
        /// Number of virtual pages allocated.
        #[arg(short, long, default_value_t = 64)]
        allocated: usize,
        /// Number of virtual addresses to generate.
        #[arg(short = 'n', long, default_value_t = 10)]
        addresses: usize,
        /// Compute answers (OSTEP's name for --answers).
        #[arg(long, hide = true)]
        solve: bool,
        #[command(flatten)]
        common: Common,
    },
    /// As paging-policy.py: references to pages and a small cache.
    Policy {
        /// The random seed.
        #[arg(short, long, default_value_t = 0, allow_negative_numbers = true)]
        seed: i64,
        /// A set of comma-separated pages to access; -1 means randomly generate.
        #[arg(short, long, default_value = "-1", allow_hyphen_values = true)]
        addresses: String,
        /// A file with a page on each line.
        #[arg(short = 'f', long)]
        addressfile: Option<PathBuf>,
        /// How many accesses to generate.
        #[arg(short, long, default_value_t = 10)]
        numaddrs: usize,
        /// Replacement policy: FIFO, LRU, MRU, OPT, UNOPT, RAND.
        #[arg(short, long, default_value = "FIFO")]
        policy: String,
        /// Clock bits: only CLOCK has them, so this changes nothing.
        #[arg(short = 'b', long, default_value_t = 2)]
        clockbits: u32,
        /// Size of the page cache, in pages.
        #[arg(short = 'C', long, default_value_t = 3)]
        cachesize: u32,
        /// Generated page numbers are below this.
        #[arg(short, long, default_value_t = 10)]
        maxpage: u64,
        /// Accepted as OSTEP has it; a scenario always has every step.
        #[arg(short = 'N', long, hide = true)]
        notrace: bool,
        /// Compute answers (OSTEP's name for --answers).
        #[arg(long, hide = true)]
        compute: bool,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Common {
    /// Add the answers, as lines that `pagelab check` checks (OSTEP's -c).
    #[arg(short = 'c', long)]
    answers: bool,
    /// Accepted as OSTEP has it.
    #[arg(short, hide = true)]
    verbose: bool,
}

/// The scenario.
pub(super) fn scenario(options: &Options) -> Result<String, String> {
    match &options.problem {
        Problem::Linear { seed, asize, physmem, pagesize, numaddrs, used, addresses, common } => {
            let problem = Linear {
                seed: *seed,
                asize: asize.clone(),
                physmem: physmem.clone(),
                pagesize: pagesize.clone(),
                numaddrs: *numaddrs,
                used: *used,
                addresses: numbers(addresses)?,
            };
            problem.scenario(common.answers)
        }
        Problem::Multilevel { seed, allocated, addresses, solve, common } => {
            let problem = Multilevel { seed: *seed, allocated: *allocated, addresses: *addresses };
            problem.scenario(common.answers || *solve)
        }
        Problem::Policy {
            seed, addresses, addressfile, numaddrs, policy, cachesize, maxpage, compute, common, ..
        } => {
            let problem = Policy {
                seed: *seed,
                addresses: match addressfile {
                    Some(path) => Some(from_file(path)?),
                    None => numbers(addresses)?,
                },
                numaddrs: *numaddrs,
                policy: Replacement::named(policy)?,
                cachesize: *cachesize,
                maxpage: *maxpage,
            };
            problem.scenario(common.answers || *compute)
        }
    }
}

/// A page on each line.
fn from_file(path: &Path) -> Result<Vec<u64>, String> {
    let input = crate::input::Input::read(path).map_err(|failure| match failure {
        crate::Failure::BadInput(message) => message,
        other => format!("{other:?}"),
    })?;
    let lines = input.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let page = |(at, line): (usize, &str)| {
        line.trim().parse().map_err(|_| format!("{}:{}: `{}` is no page", input.name, at + 1, line.trim()))
    };
    lines.map(page).collect()
}
