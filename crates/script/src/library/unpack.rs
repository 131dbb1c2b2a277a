//! Unpacking. What is unpacked comes with the program and is trusted.

use super::model::Model;

/// What `pack` has packed.
pub(super) fn unpack(packed: &[u8]) -> Vec<u8> {
    let mut bytes = packed.iter().copied().chain(std::iter::repeat(0));
    let mut number = || (0..4).fold(0, |number, _| number << 8 | u32::from(bytes.next().unwrap_or(0)));
    let (length, start, code) = (number() as usize, number() as usize, number());
    let mut coder = Coder { bytes, model: Model::new(), low: 0, high: u32::MAX, code };
    let mut recent: Vec<u8> = (0..=255).collect();
    let before = (0..length).map(|_| {
        let rank = coder.rank();
        recent[..=rank].rotate_right(1);
        recent[0]
    });
    restored(&before.collect::<Vec<u8>>(), start)
}

/// The text with these bytes before its sorted endings, of which the whole text, which has none, is number `start`.
fn restored(before: &[u8], start: usize) -> Vec<u8> {
    // Endings that begin with the same byte stand in the order of the endings behind that byte.
    let mut firsts = [0; 256];
    for byte in before {
        firsts[usize::from(*byte)] += 1;
    }
    let mut count = 1;
    for first in &mut firsts {
        count += std::mem::replace(first, count);
    }
    // By the number of an ending: the number of the one behind its first byte, and that byte.
    let mut behind = vec![(0, 0); before.len() + 1];
    for (at, byte) in before.iter().enumerate() {
        let first = &mut firsts[usize::from(*byte)];
        behind[*first] = (at + usize::from(at >= start), *byte);
        *first += 1;
    }
    let mut at = start;
    (0..before.len())
        .map(|_| {
            let (next, byte) = behind[at];
            at = next;
            byte
        })
        .collect()
}

struct Coder<I> {
    bytes: I,
    model: Model,
    low: u32,
    high: u32,
    code: u32,
}

impl<I: Iterator<Item = u8>> Coder<I> {
    fn rank(&mut self) -> usize {
        let mut bits = 0;
        while bits < 8 && self.bit(self.model.more(bits)) {
            bits += 1;
        }
        let mut value = 1;
        for _ in 0..bits {
            value = value << 1 | usize::from(self.bit(self.model.next(bits, value)));
        }
        self.model.end(bits);
        value - 1
    }

    fn bit(&mut self, at: usize) -> bool {
        let middle = self.model.middle(at, self.low, self.high);
        let bit = self.code <= middle;
        if bit {
            self.high = middle
        } else {
            self.low = middle + 1
        }
        self.model.learn(at, bit);
        while (self.low ^ self.high) >> 24 == 0 {
            self.low <<= 8;
            self.high = self.high << 8 | 255;
            self.code = self.code << 8 | u32::from(self.bytes.next().unwrap_or(0));
        }
        bit
    }
}
