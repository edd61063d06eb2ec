//! What the test harnesses printed, read: how many tests passed, and what the others said.

/// How a suite went.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) skipped: u32,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The rows of the table of promises: `P1   pass  …`.
    pub(super) fn of_promises(log: &str) -> Self {
        let mut counts = Self::default();
        for line in log.lines().filter(|line| line.starts_with('P')) {
            match line.split_whitespace().nth(1) {
                Some("pass") => counts.passed += 1,
                Some("FAIL") => counts.failed += 1,
                _ => {}
            }
        }
        counts
    }

    /// The end of a report in TAP by Node's test runner: `# pass 3`.
    pub(super) fn of_node(log: &str) -> Self {
        let mut counts = Self::default();
        for line in log.lines().filter_map(|line| line.strip_prefix("# ")) {
            let Some((what, Ok(number))) = line
                .split_once(' ')
                .map(|(what, number)| (what, number.parse::<u32>()))
            else {
                continue;
            };
            match what {
                "pass" => counts.passed += number,
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }

    /// The sum of every `test result:` line.
    pub(super) fn of_harness(log: &str) -> Self {
        let mut counts = Self::default();
        for line in log
            .lines()
            .filter_map(|line| line.strip_prefix("test result: "))
        {
            let parts = line.split(['.', ';']).map(str::trim);
            for (number, what) in parts.filter_map(|part| part.split_once(' ')) {
                let Ok(number) = number.parse::<u32>() else {
                    continue;
                };
                match what {
                    "passed" => counts.passed += number,
                    "failed" => counts.failed += number,
                    "ignored" => counts.skipped += number,
                    _ => {}
                }
            }
        }
        counts
    }
}

/// What the tests that failed said, each binary's in turn; none where no test did.
pub(super) fn failures(log: &str) -> Option<String> {
    let mut told = String::new();
    let mut is_telling = false;
    for line in log.lines() {
        is_telling = match line {
            "failures:" => true,
            line if line.starts_with("test result: ") => false,
            _ => is_telling,
        };
        if is_telling {
            told.push_str(line);
            told.push('\n');
        }
    }
    (!told.is_empty()).then_some(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promises_that_hold_and_those_that_do_not_are_counted() {
        let log = "• starting\n\nP1   pass  read-only  (0 calls; on d1)\n     ✓ every call: 9\n\
                   P3   FAIL  sealed  (2 traces; on d1)\n1 of 2 promises hold\n";
        let counts = Counts::of_promises(log);
        assert_eq!((counts.passed, counts.failed), (1, 1));
    }

    #[test]
    fn the_end_of_node_s_report_is_counted() {
        let log = "TAP version 13\n# Subtest: pass 9\nnot ok 1 - pass 9\n1..4\n# tests 6\n\
                   # pass 2\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n# duration_ms 3.5\n";
        assert_eq!(
            Counts::of_node(log),
            Counts {
                passed: 2,
                failed: 2,
                skipped: 2
            }
        );
    }

    #[test]
    fn what_failed_is_told_of_every_binary_that_failed() {
        let log = "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n\
                   ---- b stdout ----\nassertion failed: b\n\nfailures:\n    b\n\n\
                   test result: FAILED. 1 passed; 1 failed; 0 ignored\n\
                   running 1 test\ntest c ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
        let told = failures(log).unwrap();
        assert!(told.contains("---- b stdout ----\nassertion failed: b"));
        assert!(!told.contains("test c"));
        assert_eq!(failures("error: could not compile"), None);
    }

    #[test]
    fn the_harness_counts_of_all_binaries_add_up() {
        let log = "running 2 tests\n\
                   test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
                   noise: 9 failed\n\
                   test result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.50s\n";
        assert_eq!(
            Counts::of_harness(log),
            Counts {
                passed: 5,
                failed: 1,
                skipped: 2
            }
        );
    }
}
