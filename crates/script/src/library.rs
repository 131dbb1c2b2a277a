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
    lesson!("W0", "Reading an address"),
    lesson!("W0b", "Reading an address: bits"),
    lesson!("W0c", "Reading an address: the course project"),
    lesson!("L01", "A file in memory, byte for byte"),
    lesson!("L02", "Mapping is not loading"),
    lesson!("L02b", "What if mapping did load?"),
    lesson!("L02c", "A terabyte in two frames"),
    lesson!("L02d", "Reading nothing, and writing it"),
    lesson!("L03", "Anatomy of a page fault"),
    lesson!("L04", "read() copies"),
    lesson!("L04b", "A load does not copy"),
    lesson!("L05", "In place, dirty, written back"),
    lesson!("L05b", "In place, dirty, and lost"),
    lesson!("L05c", "What keeps a file mapped"),
    lesson!("L06", "Sequential scan: the disk at page boundaries only"),
    lesson!("L07", "Shared or private"),
    lesson!("L08", "Two processes, one frame"),
    lesson!("L09", "Shared memory without a file"),
    lesson!("L09b", "Shared, and with no name"),
    lesson!("L10", "fork and copy-on-write"),
    lesson!("L10b", "fork, and exec at once"),
    lesson!("L11", "Protection"),
    lesson!("L12", "The end of the file"),
    lesson!("L12b", "One byte past the mapping"),
    lesson!("L13", "The loader: running a program without reading it"),
    lesson!("L14", "The TLB: a small memory of entries"),
    lesson!("L14b", "The TLB must be told"),
    lesson!("L15", "Multi-level tables"),
    lesson!("L15b", "Multi-level tables: 32 bits"),
    lesson!("L15c", "Multi-level tables: by hand"),
    lesson!("L16", "Page replacement: more frames, more faults"),
    lesson!("L16b", "Page replacement: the textbook's string"),
    lesson!("L16c", "Page replacement: a scan goes by"),
    lesson!("L17", "Where does an evicted page go?"),
    lesson!("L18", "Thrashing sets in at once"),
    lesson!("L18b", "One page too many"),
    lesson!("L18c", "Loading a whole file that does not fit"),
    lesson!("L18d", "A neighbour that scans"),
    lesson!("L19", "When mapping loses"),
    lesson!("L19b", "When mapping wins after all"),
    lesson!("L19c", "When mapping loses: many tiny files"),
    lesson!("L19d", "When mapping loses: telling the kernel"),
    lesson!("L20", "Devices and the IOMMU"),
    lesson!("L21", "A window on a big file"),
    lesson!("L21b", "No window needed"),
    lesson!("L22", "Where did my memory go?"),
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
    fn every_lesson_in_the_folder_is_listed_once() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons");
        let names = std::fs::read_dir(folder).expect("lessons ship").map(|entry| entry.expect("readable").file_name());
        let mut in_folder: Vec<String> =
            names.filter_map(|name| Some(name.to_str()?.strip_suffix(".vm")?.to_string())).collect();
        in_folder.sort();
        let mut listed: Vec<&str> = LESSONS.iter().map(|lesson| lesson.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, in_folder);
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
