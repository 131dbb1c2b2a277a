//! Python's random numbers: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded as `random.Random(n)`
//! seeds it, and its `random()`. Exact integers all the way, so the same on every machine.

const N: usize = 624;
const M: usize = 397;

/// A generator. The same seed gives the same numbers as `random.seed(seed)` in Python 3.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mt19937 {
    words: [u32; N],
    next: usize,
}

impl Mt19937 {
    /// As `random.Random(seed)`: the sign is ignored.
    pub fn new(seed: i128) -> Self {
        let mut rest = seed.unsigned_abs();
        let mut key = vec![rest as u32];
        rest >>= 32;
        while rest > 0 {
            key.push(rest as u32);
            rest >>= 32;
        }
        Self::from_key(&key)
    }

    /// `init_genrand`.
    fn from_word(seed: u32) -> Self {
        let mut words = [seed; N];
        for i in 1..N {
            let last = words[i - 1];
            words[i] = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
        Self { words, next: N }
    }

    /// `init_by_array`.
    fn from_key(key: &[u32]) -> Self {
        let mut this = Self::from_word(19_650_218);
        let words = &mut this.words;
        let (mut i, mut j) = (1, 0);
        let wrap = |i: &mut usize, words: &mut [u32; N]| {
            *i += 1;
            if *i == N {
                words[0] = words[N - 1];
                *i = 1;
            }
        };
        for _ in 0..N.max(key.len()) {
            let last = words[i - 1];
            let mixed = words[i] ^ (last ^ (last >> 30)).wrapping_mul(1_664_525);
            words[i] = mixed.wrapping_add(key[j]).wrapping_add(j as u32);
            wrap(&mut i, words);
            j = (j + 1) % key.len();
        }
        for _ in 0..N - 1 {
            let last = words[i - 1];
            let mixed = words[i] ^ (last ^ (last >> 30)).wrapping_mul(1_566_083_941);
            words[i] = mixed.wrapping_sub(i as u32);
            wrap(&mut i, words);
        }
        words[0] = 0x8000_0000;
        this
    }

    fn refill(&mut self) {
        for i in 0..N {
            let both = (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % N] & 0x7fff_ffff);
            let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + M) % N] ^ (both >> 1) ^ odd;
        }
        self.next = 0;
    }

    fn word(&mut self) -> u32 {
        if self.next == N {
            self.refill();
        }
        let mut word = self.words[self.next];
        self.next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// Python's `random()`: at least 0, below 1, with 53 random bits.
    pub fn random(&mut self) -> f64 {
        let (high, low) = (f64::from(self.word() >> 5), f64::from(self.word() >> 6));
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    /// `int(random() * n)`: a number below `n`, which is at least 1 and at most 2^53.
    pub fn below(&mut self, n: u64) -> u64 {
        // A product just below n may round up to it.
        ((self.random() * n as f64) as u64).min(n - 1)
    }
}

/// The one stream that every random choice of a machine draws from. Its next number is known before it is used up, so
/// that a choice can be shown before it is acted upon.
#[derive(Clone, Debug)]
pub struct Draws {
    generator: Mt19937,
    next: f64,
    taken: u64,
}

impl Draws {
    /// The stream of `seed` without its first `skip` numbers.
    pub fn new(seed: u64, skip: u64) -> Self {
        let mut generator = Mt19937::new(seed.into());
        for _ in 0..skip {
            generator.random();
        }
        let next = generator.random();
        Self { generator, next, taken: 0 }
    }

    /// `int(random() * n)` of the next number, which stays the next; `n` is at least 1.
    #[inline]
    pub fn peek_below(&self, n: usize) -> usize {
        ((self.next * n as f64) as usize).min(n - 1)
    }

    /// Uses the next number up.
    pub fn advance(&mut self) {
        self.next = self.generator.random();
        self.taken += 1;
    }

    /// How many numbers have been used up.
    pub fn taken(&self) -> u64 {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From CPython 3.11: `[random.Random(s).random() for s in …]`, and the 1000th of seed 7.
    #[test]
    fn the_same_as_python() {
        for (seed, first) in [
            (0, 0.844_421_851_525_048_1),
            (1, 0.134_364_244_112_401_22),
            (-42, 0.639_426_798_457_883_7),
            (1 << 70, PYTHON_2_POW_70),
        ] {
            assert_eq!(Mt19937::new(seed).random(), first, "seed {seed}");
        }
        let mut seven = Mt19937::new(7);
        let thousandth = (0..1000).map(|_| seven.random()).last();
        assert_eq!(thousandth, Some(PYTHON_SEVEN_1000));
    }

    /// What `shared/reference/textbook` gives for the seeds of OSTEP's problems.
    #[test]
    fn the_first_draws_of_the_textbook() {
        let mut zero = Mt19937::new(0);
        let first: Vec<f64> = (0..3).map(|_| zero.random()).collect();
        assert_eq!(first, [0.844_421_851_525_048_1, 0.757_954_402_940_302_5, 0.420_571_580_830_845]);
        let mut two = Mt19937::new(2);
        assert_eq!((two.random(), two.random()), (0.956_034_271_889_249_4, 0.947_827_487_059_349_4));
    }

    const PYTHON_2_POW_70: f64 = 0.2327882718301838;
    const PYTHON_SEVEN_1000: f64 = 0.37786262968738116;
}
