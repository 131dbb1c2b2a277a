//! A line put into a text behind a step, so that what is clicked becomes part of the script.
//!
//! Owns: finding the place: behind the statement of the step (behind its loop, if it stands in one) and behind what
//! is expected of it. Does not own: running the new text.

use script::Span;
use script::ast::{Block, StatementKind};

/// A text with a line more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inserted {
    /// The new text.
    pub text: String,
    /// The byte at which the new statement begins.
    pub at: usize,
}

/// Puts `line` behind the statement that holds `step`, or before the first step if there is none. `None` if the text
/// does not parse.
pub fn insert(text: &str, step: Option<Span>, line: &str) -> Option<Inserted> {
    let script = script::load(text).0?;
    let body = &script.body;
    let behind = match step {
        Some(step) => Some(end_of(body, step)?),
        None => last_directive(body),
    };
    Some(match behind {
        Some(end) => put_behind(text, end as usize, line),
        None => Inserted { text: format!("{line}\n{text}"), at: 0 },
    })
}

/// The end of the top-level statement that holds `step`, with the expectations that follow.
fn end_of(body: &Block, step: Span) -> Option<u32> {
    let mut statements = body.iter().skip_while(|statement| statement.span.end < step.end);
    let mut end = statements.next()?.span.end;
    for statement in statements.take_while(|next| matches!(next.node, StatementKind::Expect(_))) {
        end = statement.span.end;
    }
    Some(end)
}

/// The end of the last statement before the first that belongs to a step.
fn last_directive(body: &Block) -> Option<u32> {
    let directive = |kind: &StatementKind| {
        !matches!(
            kind,
            StatementKind::Note(_)
                | StatementKind::Speaker(_)
                | StatementKind::Ask(_)
                | StatementKind::Expect(_)
                | StatementKind::Mark
                | StatementKind::Step(_)
                | StatementKind::For(_)
                | StatementKind::Repeat(_)
        )
    };
    body.iter().take_while(|statement| directive(&statement.node)).last().map(|statement| statement.span.end)
}

fn put_behind(text: &str, end: usize, line: &str) -> Inserted {
    let rest = text[end..].split('\n').next().unwrap_or("");
    let closed = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    // Another statement may follow on the same line.
    let (at, sign) = if closed { (end + rest.trim_end().len(), "\n") } else { (end, "; ") };
    let (before, after) = text.split_at(at);
    Inserted { text: format!("{before}{sign}{line}{after}"), at: at + sign.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "file \"f\" size 64 # a file\n\nnote \"n\"\nA: fd = open(\"f\", O_RDONLY)\nexpect ok\nfor i in 0..2 {\n  A: fsync(fd)\n}\nA: close(fd)";

    fn behind(needle: &str) -> String {
        let at = TEXT.find(needle).expect("it is there");
        let inserted = insert(TEXT, Some(Span::new(at, at + needle.len())), "A: [0x40]").expect("it parses");
        assert!(inserted.text[inserted.at..].starts_with("A: [0x40]"));
        assert!(script::load(&inserted.text).0.is_some(), "{}", inserted.text);
        inserted.text
    }

    #[test]
    fn it_stands_behind_the_step_and_what_is_expected_of_it() {
        assert!(behind("A: fd = open(\"f\", O_RDONLY)").contains("expect ok\nA: [0x40]\nfor"));
    }

    #[test]
    fn it_stands_behind_the_loop_of_the_step() {
        assert!(behind("A: fsync(fd)").contains("}\nA: [0x40]\nA: close"));
    }

    #[test]
    fn it_stands_at_the_end() {
        assert!(behind("A: close(fd)").ends_with("A: close(fd)\nA: [0x40]"));
    }

    #[test]
    fn before_the_first_step_it_stands_behind_the_directives() {
        let inserted = insert(TEXT, None, "A: [0x40]").expect("it parses");
        assert!(inserted.text.starts_with("file \"f\" size 64 # a file\nA: [0x40]\n"), "{}", inserted.text);
        assert_eq!(insert("A: exit()", None, "A: [0]").map(|i| i.text).as_deref(), Some("A: [0]\nA: exit()"));
    }

    #[test]
    fn it_keeps_to_a_line_with_several_statements() {
        let text = "A: fork(); A: exit()";
        let text = text.replace("A: fork()", "B: exit()");
        let inserted = insert(&text, Some(Span::new(0, 9)), "A: [0]").expect("it parses");
        assert_eq!(inserted.text, "B: exit(); A: [0]; A: exit()");
    }

    #[test]
    fn a_text_with_mistakes_is_left_alone() {
        assert_eq!(insert("A: nonsense(", None, "A: [0]"), None);
    }
}
