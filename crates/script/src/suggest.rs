//! "Did you mean": the known name nearest to an unknown one. The one place that measures it.

/// More names than this are not compared with: a suggestion is not worth the wait.
pub(crate) const MAX_CANDIDATES: usize = 500;

/// The candidate nearest to `word`, if one is near enough to be what was meant: at most a third of
/// its letters wrong (a swap of neighbours is one mistake), and any difference of case.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // A word longer than any name by far is not a typing mistake, and not worth the time.
    if word.len() > 64 {
        return None;
    }
    let mut search = Search { word, lower: word.to_ascii_lowercase(), best: None };
    candidates.into_iter().take(MAX_CANDIDATES).for_each(|candidate| search.consider(candidate));
    search.best.map(|(_, candidate)| candidate)
}

/// One type for all lists of candidates.
struct Search<'w, 'c> {
    word: &'w str,
    lower: String,
    /// The first of the nearest, with how far it is from the word.
    best: Option<((usize, usize), &'c str)>,
}

impl<'c> Search<'_, 'c> {
    #[inline(never)]
    fn consider(&mut self, candidate: &'c str) {
        let longer = candidate.len().abs_diff(self.word.len());
        let allowed = allowed(self.word, candidate);
        if longer > allowed {
            return;
        }
        let wrong = strsim::osa_distance(&self.lower, &candidate.to_ascii_lowercase());
        let distance = (wrong, longer);
        if wrong <= allowed && self.best.is_none_or(|(best, _)| distance < best) {
            self.best = Some((distance, candidate));
        }
    }
}

/// How many letters may be wrong.
fn allowed(word: &str, candidate: &str) -> usize {
    let longest = word.chars().count().max(candidate.chars().count());
    match longest {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    }
}

/// [`nearest`] as a sentence: "did you mean `X`?".
pub fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_slip_and_leaves_the_far_alone() {
        let names = ["MAP_SHARED", "MAP_PRIVATE", "mmap", "munmap"];
        assert_eq!(nearest("MAP_SHARD", names), Some("MAP_SHARED"));
        assert_eq!(nearest("map_shared", names), Some("MAP_SHARED"));
        assert_eq!(nearest("mamp", names), Some("mmap"));
        assert_eq!(nearest("open", names), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
