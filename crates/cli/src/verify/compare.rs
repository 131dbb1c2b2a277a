//! What must agree in a step, and what cannot be compared here.

use super::Row;
use super::reality::Reality;
use script::export::Ends;

/// Both sides, step by step.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) steps: Vec<Compared>,
    /// What could not be compared, and why: once each.
    pub(super) left_out: Vec<String>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Compared {
    /// What the simulation says; `None` if it has no such step.
    pub(super) simulated: Option<Row>,
    /// What this kernel did.
    pub(super) real: Option<Row>,
    /// Do they differ?
    pub(super) differs: bool,
}

/// How far fault counts can be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Faults {
    /// Minor and major, each.
    Each,
    /// Only their sum: there is no disk behind the files.
    Sum,
    /// Not at all.
    None,
}

impl Comparison {
    pub(super) fn of(simulated: &[Row], real: &Reality, ends: Option<&Ends>) -> Self {
        let mut left_out = real.notes.clone();
        let no_disk = real.notes.iter().any(|note| note.contains("major"));
        let executed = simulated.iter().any(maps_to_execute);
        if executed && !no_disk {
            left_out.push(READS_AHEAD_TO_EXECUTE.to_owned());
        }
        let files = if no_disk || executed { Faults::Sum } else { Faults::Each };
        let count = if ends.is_some() { real.rows.len() } else { simulated.len().max(real.rows.len()) };
        let steps = (0..count).map(|at| {
            let (simulated, real) = (simulated.get(at), real.rows.get(at));
            let faults = simulated.map_or(files, |row| comparable(row, files, &mut left_out));
            let differs = match (simulated, real) {
                (Some(simulated), Some(real)) if real.outcome == "EPERM" && simulated.outcome != "EPERM" => {
                    left_out.push(format!("step {}: this user has no privilege for it", real.number));
                    false
                }
                (Some(simulated), Some(real)) => !agree(simulated, real, faults),
                _ => true,
            };
            Compared { simulated: simulated.cloned(), real: real.cloned(), differs }
        });
        let steps = steps.collect();
        if let Some(ends) = ends {
            left_out.push(format!("all from line {} on: {}", ends.line, ends.why));
        }
        Self { steps, left_out }
    }

    /// Does nothing differ?
    pub(super) fn agrees(&self) -> bool {
        self.steps.iter().all(|step| !step.differs)
    }

    /// How many steps differ.
    pub(super) fn differences(&self) -> usize {
        self.steps.iter().filter(|step| step.differs).count()
    }
}

const READS_AHEAD_TO_EXECUTE: &str = "which faults are minor and which major, only their sum: this kernel reads ahead where \
     a file is mapped to be executed, whatever it is advised";

/// Is a file mapped to be executed?
fn maps_to_execute(row: &Row) -> bool {
    row.text.contains("PROT_EXEC") && row.text.contains("mmap(") && !row.text.contains("MAP_ANONYMOUS")
}

/// How the fault counts of a step compare; what cannot be compared is noted.
fn comparable(row: &Row, files: Faults, left_out: &mut Vec<String>) -> Faults {
    let populates = row.text.contains("MAP_POPULATE") || row.text.contains("MAP_LOCKED");
    if populates && !row.text.contains("MAP_ANONYMOUS") {
        let why = "faults of a mapping that is populated at once: read-ahead and fault-around cannot be turned off before \
                   it is there";
        if !left_out.iter().any(|known| known == why) {
            left_out.push(why.to_owned());
        }
        return Faults::None;
    }
    files
}

fn agree(simulated: &Row, real: &Row, faults: Faults) -> bool {
    let counts = match (simulated.faults, real.faults) {
        (Some((minor, major)), Some((real_minor, real_major))) => match faults {
            Faults::Each => (minor, major) == (real_minor, real_major),
            Faults::Sum => minor + major == real_minor + real_major,
            Faults::None => true,
        },
        _ => true,
    };
    simulated.process == real.process && counts && same_outcome(simulated, real)
}

/// Outcomes are the same but for what is free: where a mapping lies, and what the kernel calls a process.
fn same_outcome(simulated: &Row, real: &Row) -> bool {
    let (ours, theirs) = (simulated.outcome.as_str(), real.outcome.as_str());
    let is = |text: &str, word: &str| text.split(' ').next() == Some(word);
    if is(ours, "address") && is(theirs, "address") {
        return true;
    }
    // The exported program cannot tell a mapping at 0 from a call that returns 0.
    if (ours, theirs) == ("address 0x0", "returns 0") {
        return true;
    }
    let without_place = |text: &str| text.split(" at ").next().unwrap_or_default().to_owned();
    if ours.starts_with("SIG") {
        return without_place(ours) == without_place(theirs);
    }
    if simulated.text.ends_with("fork()") && is(ours, "returns") {
        return is(theirs, "returns");
    }
    // What lands in memory of the process is told by its length alone.
    if let (Some(bytes), Some(returned)) = (ours.strip_prefix("bytes "), theirs.strip_prefix("returns ")) {
        return bytes.split(' ').next() == Some(returned);
    }
    ours == theirs || (ours == "ok" && theirs == "returns 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(outcome: &str, faults: (u64, u64)) -> Row {
        Row { number: 1, process: "A".into(), text: "p[0]".into(), outcome: outcome.into(), faults: Some(faults) }
    }

    #[test]
    fn what_is_free_may_differ_and_nothing_else() {
        let same = |a: &str, b: &str| agree(&row(a, (0, 0)), &row(b, (0, 0)), Faults::Each);
        assert!(same("address 0x40", "address 0x100000004000"));
        assert!(same("SIGSEGV SEGV_MAPERR at 0x45", "SIGSEGV SEGV_MAPERR at 0x100000004005"));
        assert!(same("ok", "returns 0"));
        assert!(!same("SIGSEGV SEGV_MAPERR at 0x45", "SIGSEGV SEGV_ACCERR at 0x45"));
        assert!(!same("SIGSEGV SEGV_MAPERR at 0x45", "value 5"));
        assert!(!same("value 65 'A'", "value 66 'B'"));
        assert!(!same("EINVAL", "ENOMEM"));
        assert!(!same("address 0x40", "EINVAL"));
        assert!(!agree(&row("ok", (0, 1)), &row("ok", (1, 0)), Faults::Each));
        assert!(agree(&row("ok", (0, 1)), &row("ok", (1, 0)), Faults::Sum));
        assert!(!agree(&row("ok", (0, 1)), &row("ok", (0, 0)), Faults::Sum));
    }

    #[test]
    fn a_missing_privilege_is_named() {
        let real = Reality { rows: vec![row("EPERM", (0, 0))], notes: vec![], finished: true };
        let comparison = Comparison::of(&[row("EINVAL", (0, 0))], &real, None);
        assert!(comparison.agrees() && comparison.left_out[0].contains("step 1"), "{comparison:?}");
    }

    #[test]
    fn a_missing_step_is_a_difference() {
        let real = Reality { rows: vec![], notes: vec![], finished: true };
        assert!(!Comparison::of(&[row("ok", (0, 0))], &real, None).agrees());
        let ends = Ends { line: 3, why: "a program cannot cut the power".into() };
        let comparison = Comparison::of(&[row("ok", (0, 0))], &real, Some(&ends));
        assert!(comparison.agrees() && comparison.left_out[0].contains("line 3"));
    }
}
