//! Writing: one block, with codes of its own or the fixed ones, whatever is shorter.

use super::codes::{lengths, words};
use super::matches::{Piece, pieces};
use super::{DISTANCES, END, LITERALS, ORDER, distance_of, fixed, length_of};

/// A text, deflated.
pub(crate) fn deflate(text: &[u8]) -> Vec<u8> {
    let pieces = pieces(text);
    let own = own_codes(&pieces);
    let (literals, distances) = fixed();
    [written(&pieces, &literals, &distances, false), written(&pieces, &own.0, &own.1, true)]
        .into_iter()
        .min_by_key(Vec::len)
        .unwrap_or_default()
}

/// The lengths of the codes that suit these pieces.
fn own_codes(pieces: &[Piece]) -> (Vec<u8>, Vec<u8>) {
    let (mut literals, mut distances) = (vec![0; LITERALS], vec![0; DISTANCES]);
    literals[END] = 1;
    for piece in pieces {
        match *piece {
            Piece::Literal(byte) => literals[usize::from(byte)] += 1,
            Piece::Match { length, distance } => {
                literals[END + 1 + symbol(length, LITERALS - END - 1, length_of)] += 1;
                distances[symbol(distance, DISTANCES, distance_of)] += 1;
            }
        }
    }
    (lengths(&literals, 15), lengths(&distances, 15))
}

/// The symbol, of so many, for a length or a distance.
fn symbol(value: usize, symbols: usize, of: fn(usize) -> (usize, u32)) -> usize {
    (0..symbols).rev().find(|symbol| of(*symbol).0 <= value).unwrap_or(0)
}

fn written(pieces: &[Piece], literals: &[u8], distances: &[u8], own: bool) -> Vec<u8> {
    let mut out = Bits::default();
    out.put(1, 1);
    out.put(1 + usize::from(own), 2);
    if own {
        put_codes(&mut out, literals, distances);
    }
    let (literal_words, distance_words) = (words(literals), words(distances));
    for piece in pieces {
        match *piece {
            Piece::Literal(byte) => out.word(literal_words[usize::from(byte)]),
            Piece::Match { length, distance } => {
                let at = symbol(length, LITERALS - END - 1, length_of);
                out.word(literal_words[END + 1 + at]);
                out.put(length - length_of(at).0, length_of(at).1);
                let at = symbol(distance, DISTANCES, distance_of);
                out.word(distance_words[at]);
                out.put(distance - distance_of(at).0, distance_of(at).1);
            }
        }
    }
    out.word(literal_words[END]);
    out.bytes
}

/// The lengths of both codes, themselves in a code.
fn put_codes(out: &mut Bits, literals: &[u8], distances: &[u8]) {
    let both = [literals, distances].concat();
    let runs = runs(&both);
    let mut counts = [0; 19];
    for run in &runs {
        counts[run.symbol] += 1;
    }
    let code = lengths(&counts, 7);
    let code_words = words(&code);
    let last = ORDER.iter().rposition(|at| code[*at] > 0).unwrap_or(0).max(3);
    out.put(literals.len() - 257, 5);
    out.put(distances.len() - 1, 5);
    out.put(last + 1 - 4, 4);
    for at in &ORDER[..=last] {
        out.put(usize::from(code[*at]), 3);
    }
    for run in runs {
        out.word(code_words[run.symbol]);
        out.put(run.more, run.bits);
    }
}

/// A length, or one that is repeated.
struct Run {
    symbol: usize,
    /// How much longer than the shortest of its symbol, in so many bits.
    more: usize,
    bits: u32,
}

fn runs(lengths: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(length) = lengths.get(at) {
        let same = lengths[at..].iter().take_while(|other| *other == length).count();
        let again = at > 0 && lengths[at - 1] == *length;
        let (symbol, least, most, bits) = match (length, same) {
            (0, 11..) => (18, 11, 138, 7),
            (0, 3..) => (17, 3, 10, 3),
            (_, 3..) if again => (16, 3, 6, 2),
            _ => (usize::from(*length), 1, 1, 0),
        };
        let times = same.min(most);
        runs.push(Run { symbol, more: times - least, bits });
        at += times;
    }
    runs
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// Bits of the last byte that are taken.
    taken: u32,
}

impl Bits {
    /// A number of so many bits, the lowest first.
    fn put(&mut self, value: usize, count: u32) {
        for place in 0..count {
            if self.taken.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> place & 1) as u8) << (self.taken % 8);
            }
            self.taken += 1;
        }
    }

    fn word(&mut self, (bits, count): (usize, u32)) {
        self.put(bits, count);
    }
}
