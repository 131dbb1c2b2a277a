//! Deflate (RFC 1951), both ways, for texts of at most a megabyte at once. A general library, with its levels, streams
//! and speed, is a twentieth of the whole download; this is a tenth of that, and writes addresses as short.
//!
//! What both ways share is here: which lengths and distances a symbol stands for, and the codes that are fixed.

mod codes;
mod matches;
mod read;
mod write;

pub(super) use read::{Damage, inflate};
pub(super) use write::deflate;

/// The symbol that ends a block; those above it are lengths.
const END: usize = 256;

/// Symbols for literals and lengths, and for distances.
const LITERALS: usize = 286;
const DISTANCES: usize = 30;

/// The order in which the lengths of the code for code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The shortest match of a length symbol (counted from 0), and how many bits tell how much longer it is.
fn length_of(symbol: usize) -> (usize, u32) {
    match symbol {
        0..8 => (symbol + 3, 0),
        28.. => (258, 0),
        _ => {
            let bits = symbol / 4 - 1;
            (((4 + symbol % 4) << bits) + 3, bits as u32)
        }
    }
}

/// The same for a distance.
fn distance_of(symbol: usize) -> (usize, u32) {
    match symbol {
        0..4 => (symbol + 1, 0),
        _ => {
            let bits = symbol / 2 - 1;
            (((2 + symbol % 2) << bits) + 1, bits as u32)
        }
    }
}

/// The lengths of the fixed codes: literals and lengths, distances.
fn fixed() -> (Vec<u8>, Vec<u8>) {
    let literals = (0..288).map(|symbol| match symbol {
        144..256 => 9,
        256..280 => 7,
        _ => 8,
    });
    // Two of them mean nothing.
    (literals.collect(), vec![5; DISTANCES + 2])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
