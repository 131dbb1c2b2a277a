//! The chances of the bits that [`unpack`](super::unpack) reads, learned from the bits before. Both sides must come to
//! the same chances, so there is no floating-point number here.
//!
//! A rank plus one is told as how many bits follow its highest one, and those bits.

/// One guess follows quickly, one slowly; their mean is better than either.
const RATES: [u32; 2] = [4, 6];

/// Kinds of ranks: how many bits follow the highest, where 4 is any more.
const KINDS: usize = 5;

pub(super) struct Model {
    /// Chances in 65,536ths.
    guesses: Vec<[u32; 2]>,
    /// The kinds of the last ranks.
    kinds: usize,
}

impl Model {
    pub(super) fn new() -> Self {
        Self { guesses: vec![[1 << 15; 2]; KINDS * KINDS * KINDS * 8 + 9 * 256], kinds: 0 }
    }

    /// Where the chance stands that more than so many bits follow.
    pub(super) fn more(&self, bits: usize) -> usize {
        9 * 256 + self.kinds * 8 + bits
    }

    /// Where the chance stands that the next of so many bits is set, behind the ones in `value`.
    pub(super) fn next(&self, bits: usize, value: usize) -> usize {
        bits * 256 + value
    }

    /// A rank has ended.
    pub(super) fn end(&mut self, bits: usize) {
        self.kinds = self.kinds * KINDS % (KINDS * KINDS * KINDS) + bits.min(KINDS - 1);
    }

    /// Up to where from `low` to `high` the bit is set.
    pub(super) fn middle(&self, at: usize, low: u32, high: u32) -> u32 {
        let [quick, slow] = self.guesses[at];
        let chance = ((quick + slow) / 2).clamp(32, 65_504);
        low + ((u64::from(high - low) * u64::from(chance)) >> 16) as u32
    }

    /// Learns what the bit was.
    pub(super) fn learn(&mut self, at: usize, bit: bool) {
        let target = if bit { 65_535 } else { 0 };
        for (guess, rate) in self.guesses[at].iter_mut().zip(RATES) {
            *guess = *guess + (target >> rate) - (*guess >> rate);
        }
    }
}
