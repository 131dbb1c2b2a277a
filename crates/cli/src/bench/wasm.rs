//! P4: the full machine in wasm against the same natively. Node.js runs the module, because it is what browsers run too
//! and needs none.

use super::clock::pairs;
use super::table::{Goal, Table, ns};
use crate::Failure;
use bench::worlds;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use vmcore::event::Unobserved;

/// Loads the module, goes through the string until it is compiled as well as it will be, then once more for the clock.
/// Prints nanoseconds a reference (of CPU time), and the misses.
const DRIVER: &str = r"
const [file, references] = process.argv.slice(-2);
const module = new WebAssembly.Module(require('fs').readFileSync(file));
const { prepare, run, misses } = new WebAssembly.Instance(module, {}).exports;
const count = Number(references);
for (let i = 0; i < 2; i++) { prepare(count); run(); }
prepare(count);
const before = process.cpuUsage();
run();
const took = process.cpuUsage(before);
console.log(((took.user + took.system) * 1000) / count, misses());
";

pub(super) fn measure(
    modules: &[(String, PathBuf)],
    references: usize,
    table: &mut Table<'_, impl Write>,
) -> Result<(), Failure> {
    if modules.is_empty() {
        return table.missing("P4", "no module was given; `cargo xtask bench` makes and gives one");
    }
    let pages = bench::traces::zipf(references);
    for (what, file) in modules {
        if let Err(why) = in_node(file, 1_000) {
            table.missing("P4", format!("{what}: {why}"))?;
            continue;
        }
        let mut native_misses = 0;
        let mut wasm_misses = 0;
        let found = pairs(
            || {
                let (each, misses) = in_node(file, references).unwrap_or((f64::NAN, 0));
                wasm_misses = misses;
                each
            },
            || {
                let mut machine = worlds::full();
                let took = super::clock::timed(|| worlds::drive(&mut machine, &pages, &mut Unobserved));
                native_misses = worlds::misses(&machine);
                super::clock::each(took, pages.len())
            },
        );
        if wasm_misses != native_misses {
            table.missing("P4", format!("{what}: {wasm_misses} misses in wasm, {native_misses} natively"))?;
            continue;
        }
        let what = format!("full machine, zipf, in wasm {what} : natively");
        table.row("P4", what, (ns(found.ours), ns(found.base)), 1.0 / found.ratio, Goal::AtLeast(0.75, 0.85))?;
        table.speeds("accesses a second, in wasm : natively", found.ours, found.base)?;
    }
    Ok(())
}

/// Nanoseconds a reference, and misses.
fn in_node(file: &Path, references: usize) -> Result<(f64, u64), String> {
    let mut node = Command::new("node");
    node.args(["-e", DRIVER, "--"]).arg(file).arg(references.to_string());
    let done = node.output().map_err(|error| format!("Node.js (`node`) does not start: {error}"))?;
    let told = String::from_utf8_lossy(&done.stdout);
    let mut words = told.split_whitespace();
    let numbers =
        words.next().and_then(|each| each.parse().ok()).zip(words.next().and_then(|misses| misses.parse().ok()));
    numbers.ok_or_else(|| format!("Node.js says: {}", String::from_utf8_lossy(&done.stderr).trim()))
}
