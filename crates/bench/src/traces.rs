//! Reference strings, the same for ever: `reference/performance.md`, "Anchors".

/// Pages that the strings speak of.
pub const PAGES: u64 = 100_000;

/// Numbers that look random (Knuth's MMIX generator).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 11
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn fraction(&mut self) -> f64 {
        self.next() as f64 / (1u64 << 53) as f64
    }
}

/// The numbers below `n` in an order that looks random.
pub fn shuffled(n: u64) -> Vec<u64> {
    let mut draws = Draws(99);
    let mut order: Vec<u64> = (0..n).collect();
    for i in (1..order.len()).rev() {
        order.swap(i, draws.below(i as u64 + 1) as usize);
    }
    order
}

/// By Zipf's law with exponent 1 over [`PAGES`] pages, ranks permuted.
pub fn zipf(count: usize) -> Vec<u64> {
    let mut sum = 0.0;
    let steps = (1..=PAGES).map(|rank| {
        sum += 1.0 / rank as f64;
        sum
    });
    let cumulated: Vec<f64> = steps.collect();
    let (pages, mut draws) = (shuffled(PAGES), Draws(1));
    let mut page = || {
        let at = draws.fraction() * sum;
        pages[cumulated.partition_point(|&upto| upto < at).min(pages.len() - 1)]
    };
    (0..count).map(|_| page()).collect()
}

/// Again and again: a loop over 5,000 pages twenty times, one scan of [`PAGES`], a loop over 12,000 ten times.
pub fn scan(count: usize) -> Vec<u64> {
    let round = (0..20).flat_map(|_| 0..5_000).chain(0..PAGES).chain((0..10).flat_map(|_| 20_000..32_000));
    std::iter::repeat_n((), count / 320_000 + 1).flat_map(|()| round.clone()).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_what_they_say() {
        let zipf = zipf(20_000);
        assert!(zipf.iter().all(|&page| page < PAGES));
        let first = shuffled(PAGES)[0];
        let most = zipf.iter().filter(|&&page| page == first).count();
        // The first rank has one in 12.1 of all references.
        assert!((1_500..1_800).contains(&most), "{most}");
        let scan = scan(400_000);
        assert_eq!((scan[4_999], scan[5_000], scan[100_000], scan[200_000], scan[320_000]), (4_999, 0, 0, 20_000, 0));
        let mut order = shuffled(1_000);
        order.sort_unstable();
        assert!(order.into_iter().eq(0..1_000));
    }
}
