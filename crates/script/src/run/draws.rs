//! The random sequences that a loop may run through, all from Python's generator (`random`):
//!
//! - `uniform(n, count, seed)`: `int(random() * n)`, `count` times;
//! - `shuffle(n, seed)`: the numbers below n, shuffled from the back: for i from n−1 down to 1, swap item i with item
//!   `int(random() * (i + 1))`;
//! - `zipf(n, alpha, count, seed)`: number k has weight 1/(k+1)^alpha; a draw is the first k at which the sum of the
//!   weights so far exceeds `random()` times the whole sum. The power is `libm`'s, the same on every target.

use crate::ast::Decimal;
use std::rc::Rc;
use vmcore::random::Mt19937;

/// The most numbers that `zipf` and `shuffle`, which need a table, may choose from.
pub(crate) const MAX_TABLE: i128 = 1 << 20;
/// The most numbers that `uniform` may choose from: what `random()` can tell apart.
pub(crate) const MAX_UNIFORM: i128 = 1 << 53;

/// A running sequence of random numbers.
#[derive(Clone, Debug)]
pub(crate) enum Draws {
    Uniform { n: u64, generator: Box<Mt19937> },
    Zipf { sums: Rc<[f64]>, generator: Box<Mt19937> },
    Shuffled { order: Rc<[u32]>, next: usize },
}

impl Draws {
    pub(crate) fn uniform(n: u64, seed: i128) -> Self {
        Self::Uniform { n, generator: Box::new(Mt19937::new(seed)) }
    }

    pub(crate) fn zipf(n: u32, alpha: Decimal, seed: i128) -> Self {
        let alpha = alpha.to_f64();
        let mut sum = 0.0;
        let weight = |k: u32| 1.0 / libm::pow(f64::from(k) + 1.0, alpha);
        let sums = (0..n).map(|k| {
            sum += weight(k);
            sum
        });
        Self::Zipf { sums: sums.collect(), generator: Box::new(Mt19937::new(seed)) }
    }

    pub(crate) fn shuffled(n: u32, seed: i128) -> Self {
        let mut generator = Mt19937::new(seed);
        let mut order: Vec<u32> = (0..n).collect();
        for i in (1..order.len()).rev() {
            order.swap(i, generator.below(i as u64 + 1) as usize);
        }
        Self::Shuffled { order: order.into(), next: 0 }
    }

    /// The next number.
    pub(crate) fn draw(&mut self) -> i128 {
        match self {
            Self::Uniform { n, generator } => i128::from(generator.below(*n)),
            Self::Zipf { sums, generator } => {
                let whole = sums.last().copied().unwrap_or_default();
                let at = generator.random() * whole;
                sums.partition_point(|&sum| sum <= at).min(sums.len() - 1) as i128
            }
            Self::Shuffled { order, next } => {
                let number = order[*next % order.len()];
                *next += 1;
                i128::from(number)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(mut draws: Draws, count: usize) -> Vec<i128> {
        (0..count).map(|_| draws.draw()).collect()
    }

    /// Computed by CPython 3.11 from the sentences at the top of this file.
    #[test]
    fn the_same_as_python() {
        assert_eq!(take(Draws::uniform(10, 3), 8), [2, 5, 3, 6, 6, 0, 0, 8]);
        assert_eq!(take(Draws::shuffled(8, 5), 8), [1, 0, 3, 2, 6, 7, 5, 4]);
        let alpha = Decimal { digits: 12, places: 1 };
        assert_eq!(take(Draws::zipf(10, alpha, 4), 12), [0, 0, 0, 0, 0, 0, 7, 4, 3, 0, 1, 0]);
    }
}
