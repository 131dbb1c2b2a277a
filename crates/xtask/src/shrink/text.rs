//! Script, style and page without what only their writers read. Nothing is understood here beyond comments, strings,
//! patterns and spaces, so nothing is renamed or rewritten.

/// Characters around which no space is needed, in a script.
const SCRIPT_SIGNS: &str = "=,;:(){}[]<>!&|?*";

/// The same in a stylesheet. Before a colon a space means something (`a :hover`); around `+` and `-` as well.
const STYLE_SIGNS: &str = "{};,>";

/// A script without comments and indentation. Lines stay, since a line's end can end a statement.
pub(crate) fn script(source: &str) -> String {
    let mut out = Squeezed { text: String::new(), space: false, signs: SCRIPT_SIGNS };
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(first, '"' | '\'' | '`') || first == '/' && out.expects_value() {
            out.keep(&rest[..literal(rest)]);
            literal(rest)
        } else {
            out.put(first);
            first.len_utf8()
        };
        rest = &rest[end..];
    }
    out.text
}

/// A stylesheet without comments, indentation and lines.
pub(crate) fn style(source: &str) -> String {
    let mut out = Squeezed { text: String::new(), space: false, signs: STYLE_SIGNS };
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(first, '"' | '\'') {
            out.keep(&rest[..literal(rest)]);
            literal(rest)
        } else {
            match first {
                '\n' => out.put(' '),
                // The last declaration of a block needs no end.
                '}' if out.text.ends_with(';') => {
                    out.text.pop();
                    out.put('}');
                }
                _ => out.put(first),
            }
            first.len_utf8()
        };
        rest = &rest[end..];
        if first == ':' {
            rest = rest.trim_start();
        }
    }
    out.text
}

/// A page without comments and indentation.
pub(crate) fn page(source: &str) -> String {
    let mut parts = source.split("<!--");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text += part.split_once("-->").map_or("", |(_, after)| after);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// How long the string or pattern is that the text begins with.
fn literal(text: &str) -> usize {
    let mut characters = text.char_indices();
    let quote = characters.next().map_or('"', |(_, first)| first);
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in characters {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if quote == '/' => in_class = true,
            ']' if quote == '/' => in_class = false,
            _ if c == quote && !in_class => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

struct Squeezed {
    text: String,
    /// A space has been read and not yet written.
    space: bool,
    /// What needs no space around it.
    signs: &'static str,
}

impl Squeezed {
    fn put(&mut self, c: char) {
        match c {
            ' ' | '\t' | '\r' => self.space = true,
            '\n' => {
                self.space = false;
                if !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push('\n');
                }
            }
            _ => {
                self.write_space(c);
                self.text.push(c);
            }
        }
    }

    fn keep(&mut self, literal: &str) {
        self.write_space('"');
        self.text += literal;
    }

    fn write_space(&mut self, next: char) {
        let needless = |c: char| c == '\n' || self.signs.contains(c);
        let last = self.text.chars().next_back();
        if std::mem::take(&mut self.space) && last.is_some_and(|last| !needless(last)) && !needless(next) {
            self.text.push(' ');
        }
    }

    /// Whether a slash would begin a pattern here rather than divide.
    fn expects_value(&self) -> bool {
        match self.text.trim_end().chars().next_back() {
            Some(last) => "(,=:[!&|?{};".contains(last) || self.text.trim_end().ends_with("return"),
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_its_strings_and_its_lines() {
        let source = "// what it is\n  const a = 'x  //  y' + `  ${ b } ` ; /* no */ let r = /[/'] \"/.test(a)\n\n  return a / b - -c\n";
        assert_eq!(script(source), "const a='x  //  y' + `  ${ b } `;let r=/[/'] \"/.test(a)\nreturn a / b - -c\n");
        assert_eq!(script("a = b\n++c"), "a=b\n++c");
    }

    #[test]
    fn a_style_keeps_what_spaces_mean() {
        let source = "/* x */\n.a > .b :hover,\n.c {\n  width: calc(1px + 2px);\n  content: \" ; \";\n}\n";
        assert_eq!(style(source), ".a>.b :hover,.c{width:calc(1px + 2px);content:\" ; \"}");
        assert_eq!(style("@media (a: b) and (c: d) { p { e: f g } }"), "@media (a:b) and (c:d){p{e:f g}}");
        assert_eq!(style(".a .b { --x: ; y: 'z' }"), ".a .b{--x:;y:'z'}");
    }

    #[test]
    fn a_page_loses_its_comments() {
        assert_eq!(page("<a>\n  <!-- x\n y -->\n\n  <b>c</b>\n"), "<a>\n<b>c</b>\n");
    }
}
