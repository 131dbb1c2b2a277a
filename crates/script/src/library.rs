//! The lessons that ship with the app. Their text is data (`lessons/*.vm`); their order is here.
//! Not here: what a lesson is made of (the language), and how it is shown.

/// One lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// What addresses call it: `lesson=L02`.
    pub id: &'static str,
    /// Its title, the same as in its text.
    pub title: &'static str,
    /// Its text, in the scenario language.
    pub source: &'static str,
}

macro_rules! lesson {
    ($id:literal, $title:literal) => {
        Lesson { id: $id, title: $title, source: include_str!(concat!("../lessons/", $id, ".vm")) }
    };
}

/// All lessons, in the order in which they build on each other.
pub const LESSONS: &[Lesson] = &[
    lesson!("L02", "Mapping is not loading"),
    lesson!("L02b", "What if mapping did load?"),
    lesson!("L03", "Anatomy of a page fault"),
    lesson!("L05", "In place, dirty, written back"),
    lesson!("L05b", "In place, dirty, and lost"),
    lesson!("L08", "Two processes, one frame"),
    lesson!("L10", "fork and copy-on-write"),
];

/// The lesson of that id; large and small letters are the same.
pub fn lesson(id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::StatementKind;
    use crate::{LineIndex, load};

    #[test]
    fn every_lesson_is_sound_and_has_its_title() {
        for lesson in LESSONS {
            let (script, diagnostics) = load(lesson.source);
            let index = LineIndex::new(lesson.source);
            let said: Vec<_> = diagnostics.iter().map(|d| d.render(&index, lesson.id)).collect();
            assert!(said.is_empty(), "{}", said.join("\n"));
            let script = script.expect("no diagnostics, so there is a script");
            let title = script.body.iter().find_map(|statement| match &statement.node {
                StatementKind::Title(title) => Some(title.node.as_str()),
                _ => None,
            });
            assert_eq!(title, Some(lesson.title), "{}", lesson.id);
        }
    }

    #[test]
    fn every_expectation_of_every_lesson_holds() {
        for lesson in LESSONS {
            let report = crate::check(lesson.source);
            assert!(report.diagnostics.is_empty(), "{}", report.diagnostics.render(lesson.source, lesson.id));
            for run in &report.runs {
                let variant = run.variant.as_deref().unwrap_or("base");
                assert_eq!(run.error, None, "{} on {variant}", lesson.id);
                let failed: Vec<_> = run
                    .failed
                    .iter()
                    .map(|f| format!("line {} step {}: expected {}, got {}", f.line, f.step, f.expected, f.got))
                    .collect();
                assert!(failed.is_empty(), "{} on {variant}:\n{}", lesson.id, failed.join("\n"));
                assert!(run.held > 0, "{} on {variant} expects nothing", lesson.id);
            }
        }
    }

    #[test]
    fn lessons_are_found_by_id() {
        assert_eq!(lesson("l05B").map(|lesson| lesson.id), Some("L05b"));
        assert_eq!(lesson("L99"), None);
    }

    #[test]
    fn lessons_are_in_canonical_form() {
        for lesson in LESSONS {
            let script = load(lesson.source).0.expect("sound");
            let text = crate::fmt::format_script(&script);
            assert_eq!(text, lesson.source, "{}", lesson.id);
        }
    }
}
