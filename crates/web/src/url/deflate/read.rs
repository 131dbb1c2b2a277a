//! Reading. The bytes come from strangers: whatever they are, the result is bounded, and an error where they are wrong.

use super::{DISTANCES, END, LITERALS, ORDER, distance_of, fixed, length_of};

/// What is wrong with the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Damage {
    /// They are not deflated, or are cut off.
    Broken,
    /// They come to more than was allowed.
    TooLong,
}

/// What was deflated, if it has at most `limit` bytes.
pub(crate) fn inflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, Damage> {
    let mut bits = Bits { bytes, at: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, limit)?,
            1 => {
                let (literals, distances) = fixed();
                block(&mut bits, &Code::of(&literals)?, &Code::of(&distances)?, &mut out, limit)?;
            }
            2 => {
                let (literals, distances) = codes(&mut bits)?;
                block(&mut bits, &literals, &distances, &mut out, limit)?;
            }
            _ => return Err(Damage::Broken),
        }
        if last {
            return Ok(out);
        }
    }
}

struct Bits<'b> {
    bytes: &'b [u8],
    /// In bits.
    at: usize,
}

impl Bits<'_> {
    /// A number of so many bits, the lowest first.
    fn take(&mut self, count: u32) -> Result<usize, Damage> {
        let mut value = 0;
        for place in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or(Damage::Broken)?;
            value |= usize::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Ok(value)
    }
}

/// A prefix code, by the lengths of its words.
struct Code {
    /// How many words have each length.
    counts: [usize; 16],
    /// The symbols in the order of their words.
    symbols: Vec<usize>,
}

impl Code {
    fn of(lengths: &[u8]) -> Result<Self, Damage> {
        let mut counts = [0; 16];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let taken: usize = counts.iter().enumerate().map(|(length, count)| count << (15 - length)).sum();
        // Every word means something, unless there is but one.
        if taken > 1 << 15 || taken < 1 << 15 && counts.iter().sum::<usize>() > 1 {
            return Err(Damage::Broken);
        }
        let of_length = |length| (0..lengths.len()).filter(move |symbol| lengths[*symbol] == length);
        Ok(Self { counts, symbols: (1..16).flat_map(of_length).collect() })
    }

    fn symbol(&self, bits: &mut Bits) -> Result<usize, Damage> {
        // Words of one length are numbers in a row, and follow those that are shorter.
        let (mut word, mut first, mut before) = (0, 0, 0);
        for count in &self.counts[1..] {
            word = word << 1 | bits.take(1)?;
            first <<= 1;
            if word < first + count {
                return self.symbols.get(before + word - first).copied().ok_or(Damage::Broken);
            }
            first += count;
            before += count;
        }
        Err(Damage::Broken)
    }
}

fn stored(bits: &mut Bits, out: &mut Vec<u8>, limit: usize) -> Result<(), Damage> {
    bits.at = bits.at.next_multiple_of(8);
    let (length, check) = (bits.take(16)?, bits.take(16)?);
    if length ^ check != 0xffff {
        return Err(Damage::Broken);
    }
    for _ in 0..length {
        put(out, bits.take(8)? as u8, limit)?;
    }
    Ok(())
}

/// The codes that a block brings along.
fn codes(bits: &mut Bits) -> Result<(Code, Code), Damage> {
    let (literals, distances, count) = (bits.take(5)? + 257, bits.take(5)? + 1, bits.take(4)? + 4);
    if literals > LITERALS || distances > DISTANCES {
        return Err(Damage::Broken);
    }
    let mut lengths = [0; 19];
    for at in &ORDER[..count] {
        lengths[*at] = bits.take(3)? as u8;
    }
    let code = Code::of(&lengths)?;
    let mut lengths: Vec<u8> = Vec::new();
    while lengths.len() < literals + distances {
        let symbol = code.symbol(bits)?;
        let (length, times) = match symbol {
            16 => (*lengths.last().ok_or(Damage::Broken)?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            _ => (symbol as u8, 1),
        };
        lengths.resize(lengths.len() + times, length);
    }
    if lengths.len() > literals + distances || lengths[END] == 0 {
        return Err(Damage::Broken);
    }
    Ok((Code::of(&lengths[..literals])?, Code::of(&lengths[literals..])?))
}

fn block(bits: &mut Bits, literals: &Code, distances: &Code, out: &mut Vec<u8>, limit: usize) -> Result<(), Damage> {
    loop {
        let symbol = literals.symbol(bits)?;
        if symbol < END {
            put(out, symbol as u8, limit)?;
            continue;
        }
        if symbol == END {
            return Ok(());
        }
        if symbol >= LITERALS {
            return Err(Damage::Broken);
        }
        let (shortest, more) = length_of(symbol - END - 1);
        let length = shortest + bits.take(more)?;
        let symbol = distances.symbol(bits)?;
        if symbol >= DISTANCES {
            return Err(Damage::Broken);
        }
        let (nearest, more) = distance_of(symbol);
        let distance = nearest + bits.take(more)?;
        for _ in 0..length {
            let from = out.len().checked_sub(distance).ok_or(Damage::Broken)?;
            put(out, out[from], limit)?;
        }
    }
}

fn put(out: &mut Vec<u8>, byte: u8, limit: usize) -> Result<(), Damage> {
    if out.len() >= limit {
        return Err(Damage::TooLong);
    }
    out.push(byte);
    Ok(())
}
