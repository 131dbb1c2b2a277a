//! Versions of programs, as they print them themselves.

use std::fmt;

/// `MAJOR.MINOR.PATCH`; what follows a hyphen or a plus is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// The first version in a line such as `trunk 0.21.14` or `wasm-opt version 132 (version_132)`.
    ///
    /// A number alone is a major version, so that wasm-opt's `132` reads as 132.0.0.
    pub(crate) fn find_in(text: &str) -> Option<Version> {
        text.split_whitespace().find_map(Version::parse)
    }

    fn parse(word: &str) -> Option<Version> {
        let word = word.strip_prefix('v').unwrap_or(word);
        let core = word.split(['-', '+']).next()?;
        let mut numbers = core.split('.').map(|part| part.parse::<u32>().ok());
        let major = numbers.next()??;
        let mut next = || numbers.next().unwrap_or(Some(0));
        let version = Version(major, next()?, next()?);
        numbers.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_print_versions_in_many_ways() {
        for (text, expected) in [
            ("trunk 0.21.14", Version(0, 21, 14)),
            ("trunk 0.22.0-beta.1", Version(0, 22, 0)),
            ("wasm-bindgen-test-runner 0.2.130 (abc 2026)", Version(0, 2, 130)),
            ("wasm-opt version 132 (version_132)", Version(132, 0, 0)),
            ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)", Version(0, 9, 143)),
            ("v20.20.2", Version(20, 20, 2)),
        ] {
            assert_eq!(Version::find_in(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn no_version_is_none() {
        for text in ["", "error: no such command", "1.2.3.4", "version x.y"] {
            assert_eq!(Version::find_in(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_ordered_by_number_not_by_text() {
        assert!(Version(0, 21, 14) > Version(0, 21, 9));
        assert!(Version(0, 22, 0) > Version(0, 21, 14));
        assert_eq!(Version(0, 2, 130).to_string(), "0.2.130");
    }
}
