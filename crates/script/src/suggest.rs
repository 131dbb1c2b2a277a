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
    let lower = word.to_ascii_lowercase();
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed(word, candidate))
        .filter_map(|candidate| {
            let wrong = strsim::osa_distance(&lower, &candidate.to_ascii_lowercase());
            (wrong <= allowed(word, candidate)).then_some((wrong, candidate))
        })
        .min_by_key(|&(wrong, candidate)| (wrong, candidate.len().abs_diff(word.len())))
        .map(|(_, candidate)| candidate)
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
