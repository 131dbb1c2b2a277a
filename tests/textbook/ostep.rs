//! The problems of OSTEP's programs: what they print for a seed is what `import ostep` makes of it, and
//! a run of the scenario gives the answers that they compute.

use crate::vectors;
use script::import::ostep::{Linear, Multilevel, Policy, Replacement};
use serde_json::Value;

fn number<T: std::str::FromStr>(value: &Value) -> T {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// The lines after the machine, blank ones and the title's left out.
fn lines(scenario: &str) -> Vec<&str> {
    scenario.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Does every expectation hold, and is there one?
fn check(name: &str, scenario: &str) {
    let report = script::check(scenario);
    assert!(report.diagnostics.is_empty(), "{name}: {}", report.diagnostics.render(scenario, name));
    for run in &report.runs {
        assert_eq!((run.error.as_ref(), run.failed.as_slice()), (None, &[][..]), "{name}");
        assert!(run.held > 0, "{name}");
    }
}

#[test]
fn linear_translation() {
    for (name, vector) in vectors::linear() {
        let text = |key: &str| vector.args[key].clone();
        let problem = Linear {
            seed: vector.args["seed"].parse().expect("a number"),
            asize: text("address space size"),
            physmem: text("phys mem size"),
            pagesize: text("page size"),
            // The program does not print this one; the name of the vector does.
            used: name.strip_prefix("linear-u").map_or(50, |used| used.parse().expect("percent")),
            ..Linear::default()
        };
        let scenario = problem.scenario(true).expect("a problem");
        let answers: Vec<_> = vector.translations.iter().map(|answer| (answer.va, answer.pa)).collect();
        assert_eq!(read_translations(&scenario), answers, "{name}");
        let valid = vector.page_table.iter().enumerate().filter(|(_, entry)| *entry >> 31 == 1);
        let valid = valid.map(|(page, entry)| format!("{page} -> {} rw-", entry & 0x7fff_ffff));
        let table: Vec<String> = valid.collect();
        assert_eq!(read_table(&scenario), table, "{name}");
        check(&name, &scenario);
        assert_eq!(problem.scenario(false), Ok(without_answers(&scenario)), "{name}");
    }
}

/// Each `translate` with the address that its expectation tells, if any.
fn read_translations(scenario: &str) -> Vec<(u64, Option<u64>)> {
    let lines = lines(scenario);
    let hex = |text: &str| u64::from_str_radix(text, 16).expect("an address");
    let answer = |at: usize| lines[at + 1].strip_prefix("expect value 0x").map(hex);
    let asked = |line: &str| line.strip_prefix("A: translate(0x").map(|va| hex(va.trim_end_matches(')')));
    lines.iter().enumerate().filter_map(|(at, line)| Some((asked(line)?, answer(at)))).collect()
}

fn read_table(scenario: &str) -> Vec<String> {
    let Some((_, rest)) = scenario.split_once("table A {") else { return Vec::new() };
    let inside = rest.split('}').next().expect("a closing brace");
    inside.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

fn without_answers(scenario: &str) -> String {
    let kept: Vec<&str> = scenario.lines().filter(|line| !line.starts_with("expect ")).collect();
    kept.join("\n") + "\n"
}

#[test]
fn multilevel_translation() {
    for (name, vector) in vectors::multilevel() {
        let arg = |key: &str| vector.args[key].parse().expect("a number");
        let problem =
            Multilevel { seed: arg("seed"), allocated: arg("allocated") as usize, addresses: arg("num") as usize };
        let scenario = problem.scenario(true).expect("a problem");
        let answers: Vec<_> = vector.translations.iter().map(|answer| (answer.va, answer.pa)).collect();
        assert_eq!(read_translations(&scenario), answers, "{name}");
        let filled = vector.memory.iter().enumerate().filter(|(_, bytes)| bytes.contains(|c| c != '0'));
        let memory: Vec<String> = filled.map(|(frame, bytes)| format!("memory {frame} \"{bytes}\"")).collect();
        let told: Vec<&str> = lines(&scenario).into_iter().filter(|line| line.starts_with("memory ")).collect();
        assert_eq!(told, memory, "{name}");
        assert!(scenario.contains(&format!("table A at {}\n", vector.pdbr)), "{name}");
        let values = vector.translations.iter().filter_map(|answer| answer.value);
        let wanted: Vec<String> = values.map(|value| format!("expect value 0x{value:02x}")).collect();
        let loads = scenario.split("A: [").skip(1).filter_map(|step| step.lines().nth(1));
        let told: Vec<&str> = loads.filter(|line| line.starts_with("expect value")).collect();
        assert_eq!(told, wanted, "{name}");
        check(&name, &scenario);
    }
}

#[test]
fn replacement() {
    let all = serde_json::from_str::<Value>(include_str!("ostep-policy.json")).expect("JSON");
    let mut compared = 0;
    for vector in all.as_array().expect("a list") {
        let drawn = &vector["ostep"];
        for (policy, misses) in vector["misses"].as_object().expect("by policy") {
            let name = if policy == "random" { "RAND".to_owned() } else { policy.to_uppercase() };
            let Ok(replacement) = Replacement::named(&name) else { continue };
            let problem = Policy {
                seed: number(&drawn["seed"]),
                numaddrs: number(&drawn["numaddrs"]),
                maxpage: number(&drawn["maxpage"]),
                cachesize: number(&vector["frames"]),
                policy: replacement,
                addresses: None,
            };
            let scenario = problem.scenario(true).expect("a problem");
            let told = |line: &&str| line.starts_with("A: p[");
            let refs: Vec<&str> = lines(&scenario).into_iter().filter(told).collect();
            let expected = vector["refs"].as_array().expect("a list").iter();
            let expected: Vec<String> = expected.map(|page| format!("A: p[{page} * PAGE]")).collect();
            assert_eq!(refs, expected, "{name}");
            assert!(scenario.ends_with(&format!("expect total major {misses}\n")), "{name}: {misses}\n{scenario}");
            check(&name, &scenario);
            compared += 1;
        }
    }
    assert!(compared >= 12, "{compared}");
}

#[test]
fn what_the_programs_refuse_is_refused() {
    let linear = |change: fn(&mut Linear)| {
        let mut problem = Linear::default();
        change(&mut problem);
        problem.scenario(false).expect_err("must be refused")
    };
    assert!(linear(|p| p.physmem = "16k".into()).contains("larger"));
    assert!(linear(|p| p.asize = "15k".into()).contains("powers of two"));
    assert!(linear(|p| p.physmem = "2g".into()).contains("1g"));
    assert!(linear(|p| p.pagesize = "x".into()).contains("no size"));
    assert!(linear(|p| p.numaddrs = usize::MAX).contains("at most"));
    assert!(linear(|p| p.addresses = Some(vec![1 << 40])).contains("outside"));
    assert!(
        linear(|p| (p.asize, p.physmem, p.pagesize) = ("256m".into(), "512m".into(), "16".into())).contains("at most")
    );
    let crowded = Multilevel { allocated: 200, ..Multilevel::default() };
    assert!(crowded.scenario(false).expect_err("too many").contains("do not fit"));
    assert!(Replacement::named("CLOCK").expect_err("another CLOCK").contains("textbooks"));
    let empty = Policy { cachesize: 0, ..Policy::default() };
    assert!(empty.scenario(false).is_err());
    let far = Policy { addresses: Some(vec![u64::MAX]), ..Policy::default() };
    assert!(far.scenario(false).expect_err("too far").contains("below"));
}
