//! The values of literals: integers, decimal fractions, strings.

use crate::ast::{Decimal, IntLit, IntStyle};

/// What is wrong with a literal: a message, and the bytes of the token that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralError {
    /// What is wrong.
    pub message: String,
    /// From this byte of the token …
    pub start: usize,
    /// … to this one.
    pub end: usize,
}

fn whole(text: &str, message: impl Into<String>) -> LiteralError {
    LiteralError { message: message.into(), start: 0, end: text.len() }
}

/// The value of an integer token, or of a character token.
pub fn int_value(text: &str) -> Result<IntLit, LiteralError> {
    if text.starts_with('\'') {
        return char_value(text);
    }
    let (digits, shift, suffix) = split_suffix(text);
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&digits[2..], 16),
        [b'0', b'b' | b'B', ..] => (&digits[2..], 2),
        _ => (digits, 10),
    };
    let mut value: i128 = 0;
    let mut count = 0u8;
    for c in digits.chars().filter(|&c| c != '_') {
        let digit = c.to_digit(radix).ok_or_else(|| bad_digit(text, c, radix))?;
        count = count.saturating_add(1);
        value = value
            .checked_mul(i128::from(radix))
            .and_then(|value| value.checked_add(i128::from(digit)))
            .ok_or_else(|| whole(text, "this number does not fit 128 bits"))?;
    }
    if count == 0 {
        return Err(whole(text, "a number needs at least one digit"));
    }
    let value = value.checked_mul(1i128 << shift).ok_or_else(|| whole(text, "this number does not fit 128 bits"))?;
    let style = match (radix, suffix) {
        (16, _) => IntStyle::Hex(count.min(32)),
        (2, _) => IntStyle::Binary(count.min(128)),
        (_, Some(letter)) => IntStyle::Suffix(letter, shift),
        _ if digits.contains('_') => IntStyle::Grouped,
        _ => IntStyle::Decimal,
    };
    Ok(IntLit { value, style })
}

/// The digits, the power of two of the suffix, and the suffix.
fn split_suffix(text: &str) -> (&str, u8, Option<char>) {
    let shift = match text.as_bytes().last() {
        Some(b'K') => 10,
        Some(b'M') => 20,
        Some(b'G') => 30,
        Some(b'T') => 40,
        _ => return (text, 0, None),
    };
    let (digits, suffix) = text.split_at(text.len() - 1);
    (digits, shift, suffix.chars().next())
}

fn bad_digit(text: &str, c: char, radix: u32) -> LiteralError {
    let kind = match radix {
        16 => "a hexadecimal number",
        2 => "a binary number",
        _ => "a number",
    };
    whole(text, format!("`{c}` does not belong in {kind} (suffixes are K, M, G and T)"))
}

fn char_value(text: &str) -> Result<IntLit, LiteralError> {
    let bytes = string_value(text)?;
    match bytes[..] {
        [byte] => Ok(IntLit { value: i128::from(byte), style: IntStyle::Char }),
        _ => Err(whole(text, format!("a character is one byte, not {}", bytes.len()))),
    }
}

/// The bytes of a string token or a character token, quotes off and escapes resolved.
pub fn string_value(text: &str) -> Result<Vec<u8>, LiteralError> {
    let inner = &text.as_bytes()[1..text.len() - 1];
    let mut bytes = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        if byte != b'\\' {
            bytes.push(byte);
            at += 1;
            continue;
        }
        let (value, len) = escape(text, at + 1)?;
        bytes.push(value);
        at += len;
    }
    Ok(bytes)
}

/// The escape whose backslash is byte `at` of the token: its value and length.
fn escape(text: &str, at: usize) -> Result<(u8, usize), LiteralError> {
    let rest = &text[at + 1..text.len() - 1];
    let c = rest.chars().next().unwrap_or('\\');
    let error = |len: usize, message: String| LiteralError { message, start: at, end: at + len };
    let simple = match c {
        'n' => b'\n',
        't' => b'\t',
        '"' => b'"',
        '\'' => b'\'',
        '\\' => b'\\',
        'x' => {
            let digits = rest.get(1..3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
            return digits
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .map(|value| (value, 4))
                .ok_or_else(|| error(2, r"`\x` needs two hexadecimal digits".to_string()));
        }
        _ => {
            let message = format!(r#"unknown escape `\{c}`; there are \n \t \" \' \\ and \xNN"#);
            return Err(error(1 + c.len_utf8(), message));
        }
    };
    Ok((simple, 2))
}

/// The value of a decimal-fraction token, or of a plain decimal integer.
pub fn decimal_value(text: &str) -> Result<Decimal, LiteralError> {
    let error = || whole(text, "expected a decimal number such as 2.33, of at most 15 digits");
    let (before, after) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{before}{after}");
    if digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(error());
    }
    let digits = digits.parse().map_err(|_| error())?;
    let places = u8::try_from(after.len()).map_err(|_| error())?;
    Ok(Decimal { digits, places })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> i128 {
        int_value(text).expect(text).value
    }

    #[test]
    fn integers_in_all_spellings() {
        assert_eq!(value("42"), 42);
        assert_eq!(value("0x2A"), 42);
        assert_eq!(value("0b10_1010"), 42);
        assert_eq!(value("4K"), 4096);
        assert_eq!(value("0x1K"), 1024);
        assert_eq!(value("1T"), 1 << 40);
        assert_eq!(value("1_000"), 1000);
        assert_eq!(value("'*'"), 42);
        assert_eq!(value(r"'\''"), 39);
        assert_eq!(value(r"'\x2a'"), 42);
    }

    #[test]
    fn integers_that_are_none() {
        for text in ["64x4", "0x", "0b2", "12abc", "1KK", "'ab'", "''", "'é'", "9e9"] {
            assert!(int_value(text).is_err(), "{text}");
        }
        let huge = "9".repeat(10_000);
        assert!(int_value(&huge).is_err());
        assert!(int_value("170141183460469231731687303715884105727").is_ok());
        assert!(int_value("170141183460469231731687303715884105728").is_err());
        assert!(int_value("170141183460469231731687303715884105727K").is_err());
    }

    #[test]
    fn strings_are_bytes() {
        assert_eq!(string_value(r#""a\n\t\"\\\xff""#), Ok(b"a\n\t\"\\\xff".to_vec()));
        assert_eq!(string_value("\"é\""), Ok("é".as_bytes().to_vec()));
        let error = string_value(r#""ab\q""#).expect_err("unknown escape");
        assert_eq!((error.start, error.end), (3, 5));
        assert!(string_value(r#""\xg0""#).is_err());
        assert!(string_value(r#""\x0é""#).is_err());
        assert!(string_value("\"\\é\"").is_err());
    }

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal_value("2.33"), Ok(Decimal { digits: 233, places: 2 }));
        assert_eq!(decimal_value("7"), Ok(Decimal { digits: 7, places: 0 }));
        assert!(decimal_value("2.33K").is_err());
        assert!(decimal_value("0.1234567890123456789").is_err());
    }
}
