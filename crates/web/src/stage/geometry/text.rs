//! Type: sizes, how wide a text is, shortening and wrapping. Widths of Inter are a table's, a little generous; those
//! of JetBrains Mono are exact.

/// A style of type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// The name of a zone.
    Heading,
    /// The name of a thing.
    Title,
    /// What is said beside it.
    Note,
    /// The same, smaller.
    Small,
    /// Content and numbers.
    Code,
    /// The same, smaller.
    CodeSmall,
    /// The bits of an address.
    Bits,
    /// An address's large digit.
    Digit,
    /// The letter of a page.
    Letter,
    /// A verdict.
    Pill,
    /// The caption.
    Caption,
}

impl Style {
    /// Its size in units.
    pub(crate) fn size(self) -> f64 {
        match self {
            Self::Heading | Self::Note | Self::Caption | Self::Code => 11.0,
            Self::Title => 12.0,
            Self::Small | Self::CodeSmall | Self::Bits => 10.0,
            Self::Pill => 10.5,
            Self::Digit => 27.0,
            Self::Letter => 18.0,
        }
    }

    /// The class of its element.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Heading => "stage-type-heading",
            Self::Title => "stage-type-title",
            Self::Note => "stage-type-note",
            Self::Small => "stage-type-small",
            Self::Code => "stage-type-code",
            Self::CodeSmall => "stage-type-code-small",
            Self::Bits => "stage-type-bits",
            Self::Digit => "stage-type-digit",
            Self::Letter => "stage-type-letter",
            Self::Pill => "stage-type-pill",
            Self::Caption => "stage-type-caption",
        }
    }

    fn is_mono(self) -> bool {
        matches!(self, Self::Code | Self::CodeSmall | Self::Bits | Self::Digit | Self::Letter)
    }

    /// Extra space after each character.
    fn tracking(self) -> f64 {
        if self == Self::Heading { 0.9 } else { 0.0 }
    }
}

/// How wide a text is.
pub(crate) fn width(style: Style, content: &str) -> f64 {
    let bold = if matches!(style, Style::Title | Style::Pill | Style::Caption) { 1.05 } else { 1.0 };
    let each = |c: char| if style.is_mono() { 0.6 } else { advance(c) * bold };
    content.chars().map(|c| each(c) * style.size() + style.tracking()).sum()
}

/// The width of a character of Inter at size 1.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | '’' => 0.28,
        ' ' => 0.29,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | 'I' | '-' | '"' | '“' | '”' => 0.40,
        'm' | 'w' | 'M' | 'W' | '→' | '…' => 0.93,
        'A'..='Z' => 0.71,
        '0'..='9' => 0.64,
        _ => 0.61,
    }
}

/// The text, shortened to fit.
pub(crate) fn fit(style: Style, content: &str, most: f64) -> String {
    if width(style, content) <= most {
        return content.to_owned();
    }
    let mut kept: Vec<char> = content.chars().collect();
    while kept.pop().is_some() {
        let shortened: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(style, &shortened) <= most {
            return if kept.is_empty() { String::new() } else { shortened };
        }
    }
    String::new()
}

/// The text in lines no wider than `most`, broken between words.
pub(crate) fn wrap(style: Style, content: &str, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in content.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(style, line) + width(style, " ") + width(style, word) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fit(style, word, most)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shortened_with_a_sign() {
        assert_eq!(fit(Style::Code, "abcdefgh", 33.0), "abcd…");
        assert_eq!(fit(Style::Code, "abc", 33.0), "abc");
        assert_eq!(fit(Style::Code, "abc", 3.0), "");
    }

    #[test]
    fn lines_break_between_words() {
        let lines = wrap(Style::Caption, "kernel reads poem page 1 into frame 3.", 90.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(Style::Caption, line) <= 90.0), "{lines:?}");
        assert_eq!(lines.join(" "), "kernel reads poem page 1 into frame 3.");
    }
}
