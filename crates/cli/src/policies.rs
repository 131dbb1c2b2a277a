//! `pagelab policies`: how often each policy misses on a reference string, at each size of memory.

use crate::Failure;
use clap::{Args, ValueEnum};
use script::import::refs;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use vmcore::misses::{References, misses};
use vmcore::policy::PolicyKind;

/// The most draws that are thrown away first: what a machine allows too.
const MOST_SKIPPED: u64 = 1 << 24;

/// The longest string: half a gigabyte of page numbers.
const MOST_REFERENCES: usize = 1 << 26;

/// What to count, and how to print it.
#[derive(Args)]
pub(crate) struct Options {
    /// The pages in the order of their use, as numbers: "1 2 3 4 1 2 5".
    #[arg(long, required_unless_present = "trace", conflicts_with = "trace")]
    refs: Option<String>,
    /// A file of such numbers, decimal or 0x…, apart by spaces, commas or lines; `#` starts a comment, `-` is standard input.
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Numbers of frames.
    #[arg(long, required = true, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    frames: Vec<u32>,
    /// Policies by their names in the language; all if none are named.
    #[arg(long, value_delimiter = ',', value_parser = policy)]
    policies: Vec<PolicyKind>,
    /// The seed of `random`.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Random numbers that are thrown away first.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=MOST_SKIPPED))]
    seed_skip: u64,
    /// How to print the counts.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Csv,
    Json,
}

fn policy(name: &str) -> Result<PolicyKind, String> {
    let names = || PolicyKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    PolicyKind::named(name).ok_or_else(|| format!("one of {}", names()))
}

/// Counts and prints.
pub(crate) fn policies(options: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let string = match (&options.refs, &options.trace) {
        (Some(text), _) => references("--refs", text.as_bytes())?,
        (None, Some(path)) => trace(path)?,
        (None, None) => unreachable!("clap asks for one of them"),
    };
    let policies = if options.policies.is_empty() { PolicyKind::ALL } else { &options.policies };
    let count =
        |&policy: &PolicyKind| (policy, misses(&string, policy, &options.frames, options.seed, options.seed_skip));
    let counts = policies.iter().map(count);
    match options.format {
        Format::Text => text(&options.frames, counts, out)?,
        Format::Csv => csv(&string, &options.frames, counts, out)?,
        Format::Json => as_json(&string, &options.frames, counts, out)?,
    }
    Ok(())
}

fn trace(path: &Path) -> Result<References, Failure> {
    if path == Path::new("-") {
        return references("<stdin>", std::io::stdin().lock());
    }
    let name = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|error| Failure::BadInput(format!("{name}: {error}")))?;
    references(&name, BufReader::new(file))
}

/// Reads page numbers as `import refs` does; a mistake is told with its line.
fn references(name: &str, mut input: impl BufRead) -> Result<References, Failure> {
    let read = refs::numbers(&mut input, MOST_REFERENCES);
    match read.map_err(|error| Failure::BadInput(format!("{name}:{}: {}", error.line, error.message)))? {
        (_, true) => Err(Failure::BadInput(format!("{name}: more than {MOST_REFERENCES} references"))),
        (pages, false) => Ok(References::new(pages)),
    }
}

fn text(
    frames: &[u32],
    counts: impl Iterator<Item = (PolicyKind, Vec<u64>)>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let row = |out: &mut dyn Write, name: &str, cells: &[String]| {
        write!(out, "{name:<8}")?;
        cells.iter().try_for_each(|cell| write!(out, " {cell:>9}"))?;
        writeln!(out)
    };
    row(out, "frames", &frames.iter().map(u32::to_string).collect::<Vec<_>>())?;
    for (policy, misses) in counts {
        row(out, policy.name(), &misses.iter().map(u64::to_string).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn csv(
    refs: &References,
    frames: &[u32],
    counts: impl Iterator<Item = (PolicyKind, Vec<u64>)>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    writeln!(out, "policy,frames,references,misses")?;
    for (policy, misses) in counts {
        for (frames, misses) in frames.iter().zip(misses) {
            writeln!(out, "{},{frames},{},{misses}", policy.name(), refs.len())?;
        }
    }
    Ok(())
}

fn as_json(
    refs: &References,
    frames: &[u32],
    counts: impl Iterator<Item = (PolicyKind, Vec<u64>)>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let mut all = Vec::new();
    for (policy, misses) in counts {
        for (frames, misses) in frames.iter().zip(misses) {
            all.push(json!({ "policy": policy.name(), "frames": frames, "references": refs.len(), "misses": misses }));
        }
    }
    let lines: Vec<String> = all.iter().map(serde_json::Value::to_string).collect();
    writeln!(out, "[{}]", lines.join(",\n "))
}
