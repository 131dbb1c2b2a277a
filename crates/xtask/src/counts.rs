//! Test counts, read from what cargo's test harness, nextest and wasm-bindgen's runner print.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Counts {
    /// The count of a check that is no test, such as formatting.
    pub(crate) fn check(passed: bool) -> Counts {
        Counts { passed: passed.into(), failed: (!passed).into() }
    }

    /// Adds what one line of output says, if it closes a test run.
    ///
    /// `test result: FAILED. 3 passed; 1 failed; 0 ignored; ...` is the harness's and wasm-bindgen's;
    /// `Summary [   0.01s] 4 tests run: 3 passed (1 slow), 1 timed out, 0 skipped` is nextest's.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim_start();
        let parts = if let Some(rest) = line.strip_prefix("test result: ") {
            rest.split_once(". ").map(|(_, parts)| parts)
        } else if line.starts_with("Summary [") {
            line.split_once(" run: ").map(|(_, parts)| parts)
        } else {
            None
        };
        for part in parts.unwrap_or_default().split([';', ',']) {
            self.read_part(part.trim());
        }
    }

    fn read_part(&mut self, part: &str) {
        let Some((number, what)) = part.split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        // nextest puts remarks such as "(1 slow)" behind the word, and may split them at a comma.
        match what.split('(').next().unwrap_or_default().trim() {
            "passed" => self.passed += number,
            "failed" | "timed out" | "exec failed" => self.failed += number,
            _ => {}
        }
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (u64, u64) {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(line));
        (counts.passed, counts.failed)
    }

    #[test]
    fn cargo_test_prints_one_result_a_binary() {
        let lines = [
            "running 3 tests",
            "test args::tests::tasks_are_read ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.3s",
        ];
        assert_eq!(read(&lines), (13, 2));
    }

    #[test]
    fn nextest_prints_a_summary() {
        let summary = |rest| format!("     Summary [   0.038s] {rest}");
        for (line, expected) in [
            ("5 tests run: 5 passed, 0 skipped", (5, 0)),
            ("1 test run: 1 passed (1 slow), 0 skipped", (1, 0)),
            ("6 tests run: 3 passed (1 slow, 1 leaky), 2 failed, 1 timed out, 4 skipped", (3, 3)),
            ("6/9 tests run: 3 passed, 2 failed, 1 exec failed, 3 skipped", (3, 3)),
            ("0 tests run: 0 passed, 0 skipped", (0, 0)),
        ] {
            assert_eq!(read(&[&summary(line)]), expected, "{line}");
        }
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read(&["3 passed, 1 failed", "Summary of 3 passed", "test result: ?"]), (0, 0));
    }

    #[test]
    fn the_closing_line_is_plain() {
        let mut counts = Counts::check(true);
        counts += Counts::check(false);
        assert_eq!(counts.to_string(), "1 passed, 1 failed");
    }
}
