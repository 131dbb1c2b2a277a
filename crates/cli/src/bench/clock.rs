//! Time, and pairs of it.

use std::time::Duration;

/// Pairs of a comparison.
pub(super) const PAIRS: usize = 9;

/// The CPU time that this thread has used, in nanoseconds; where the system does not tell, time on the wall.
#[cfg(unix)]
fn now() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(not(unix))]
fn now() -> u64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The time that some work takes; what it makes is made.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = now();
    std::hint::black_box(work());
    Duration::from_nanos(now() - start)
}

/// What pairs of measurements come to, in nanoseconds a piece.
pub(super) struct Pairs {
    /// The median of ours.
    pub(super) ours: f64,
    /// The median of the baseline's.
    pub(super) base: f64,
    /// The median of ours by the baseline's, pair by pair.
    pub(super) ratio: f64,
}

/// Measures by turns; each closure gives the nanoseconds that one piece takes.
pub(super) fn pairs(mut ours: impl FnMut() -> f64, mut base: impl FnMut() -> f64) -> Pairs {
    // Once for the caches, and for the system to find the memory.
    ours();
    base();
    let both: Vec<(f64, f64)> = (0..PAIRS).map(|_| (ours(), base())).collect();
    Pairs {
        ours: median(both.iter().map(|pair| pair.0)),
        base: median(both.iter().map(|pair| pair.1)),
        ratio: median(both.iter().map(|pair| pair.0 / pair.1)),
    }
}

/// The middle one.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds a piece.
pub(super) fn each(took: Duration, pieces: usize) -> f64 {
    took.as_nanos() as f64 / pieces as f64
}
