//! The problems that the programs of "Operating Systems: Three Easy Pieces" (Arpaci-Dusseau) make: the same numbers
//! from the same seed, drawn in the same order from the same generator (Python's).
//!
//! Not here: the answers of a machine. Those that `--answers` adds are worked out here from the problem alone, as the
//! book's programs do, so that a run of the scenario is checked by them.

mod linear;
mod multilevel;
mod policy;

pub use linear::Linear;
pub use multilevel::Multilevel;
pub use policy::{Policy, Replacement};

/// More addresses than that are no problem for people.
const MAX_ADDRESSES: usize = 100_000;

/// A size as the book's programs write it: `16`, `64k`, `1m`.
///
/// # Errors
/// What it should have been.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: expected a number, with k, m or g behind it if you like");
    let (digits, shift) = match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        Some((at, 'g' | 'G')) => (&text[..at], 30),
        _ => (text, 0),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

/// Numbers between commas, or `-1`, which stands for numbers drawn.
///
/// # Errors
/// What is wrong with it.
pub fn numbers(text: &str) -> Result<Option<Vec<u64>>, String> {
    if text.trim() == "-1" {
        return Ok(None);
    }
    let number = |part: &str| part.trim().parse().map_err(|_| format!("`{part}` is no number"));
    let numbers = text.split(',').map(number).collect::<Result<Vec<u64>, _>>()?;
    Ok(Some(numbers))
}

/// `int(n * random())`, as Python has it.
fn below(generator: &mut vmcore::random::Mt19937, n: u64) -> u64 {
    (n as f64 * generator.random()) as u64
}

fn few(count: usize) -> Result<(), String> {
    match count <= MAX_ADDRESSES {
        true => Ok(()),
        false => Err(format!("{count} addresses: expected at most {MAX_ADDRESSES}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_lists() {
        assert_eq!((size("16"), size("64k"), size("1M"), size("2g")), (Ok(16), Ok(65_536), Ok(1 << 20), Ok(2 << 30)));
        for text in ["", "k", "-1", "1.5k", "99999999999g", "16x", "µ"] {
            assert!(size(text).is_err(), "{text}");
        }
        assert_eq!(numbers("-1"), Ok(None));
        assert_eq!(numbers("3, 1,2"), Ok(Some(vec![3, 1, 2])));
        assert!(numbers("1,,2").is_err() && numbers("1,-2").is_err());
    }
}
