//! Packing, for the build script and the tests.

use super::model::Model;

/// A text, packed: Burrows and Wheeler's transform, each byte as its rank among those seen last, and the ranks by an
/// arithmetic coder.
pub(super) fn pack(text: &[u8]) -> Vec<u8> {
    let (before, start) = transformed(text);
    let mut out = Vec::new();
    for number in [text.len(), start] {
        out.extend((number as u32).to_be_bytes());
    }
    let mut coder = Coder { out, model: Model::new(), low: 0, high: u32::MAX };
    let mut recent: Vec<u8> = (0..=255).collect();
    for byte in before {
        let rank = recent.iter().position(|other| *other == byte).unwrap_or(0);
        recent[..=rank].rotate_right(1);
        coder.rank(rank);
    }
    coder.out.extend(coder.high.to_be_bytes());
    coder.out
}

/// The byte before each ending of the text, in the order of the endings, and where the whole text stands among them,
/// before which there is none. The empty ending comes first.
fn transformed(text: &[u8]) -> (Vec<u8>, usize) {
    let mut endings: Vec<usize> = (0..=text.len()).collect();
    endings.sort_unstable_by(|a, b| text[*a..].cmp(&text[*b..]));
    let start = endings.iter().position(|at| *at == 0).unwrap_or(0);
    (endings.iter().filter(|at| **at > 0).map(|at| text[at - 1]).collect(), start)
}

struct Coder {
    out: Vec<u8>,
    model: Model,
    low: u32,
    high: u32,
}

impl Coder {
    fn rank(&mut self, rank: usize) {
        let value = rank + 1;
        let bits = value.ilog2() as usize;
        for more in 0..bits {
            self.bit(self.model.more(more), true);
        }
        if bits < 8 {
            self.bit(self.model.more(bits), false);
        }
        for place in (0..bits).rev() {
            self.bit(self.model.next(bits, value >> (place + 1)), value >> place & 1 == 1);
        }
        self.model.end(bits);
    }

    fn bit(&mut self, at: usize, bit: bool) {
        let middle = self.model.middle(at, self.low, self.high);
        if bit {
            self.high = middle
        } else {
            self.low = middle + 1
        }
        self.model.learn(at, bit);
        while (self.low ^ self.high) >> 24 == 0 {
            self.out.push((self.high >> 24) as u8);
            self.low <<= 8;
            self.high = self.high << 8 | 255;
        }
    }
}
