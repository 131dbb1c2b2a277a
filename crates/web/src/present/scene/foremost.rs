//! Which of many are drawn where there is room for some.

/// The numbers below `count` whose rank is lowest, at most so many of them, ascending; among equals the lowest numbers.
pub(crate) fn foremost(count: usize, most: usize, rank: &dyn Fn(u32) -> (bool, bool)) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..count as u32).collect();
    if count <= most {
        return numbers;
    }
    let ranks: Vec<usize> =
        numbers.iter().map(|at| rank(*at)).map(|(a, b)| 2 * usize::from(a) + usize::from(b)).collect();
    let mut room = most;
    let mut places = [0; 4];
    for (rank, places) in places.iter_mut().enumerate() {
        *places = ranks.iter().filter(|other| **other == rank).count().min(room);
        room -= *places;
    }
    numbers.retain(|at| {
        let left = &mut places[ranks[*at as usize]];
        let kept = *left > 0;
        *left -= usize::from(kept);
        kept
    });
    numbers
}

#[cfg(test)]
mod tests {
    use super::foremost;

    #[test]
    fn the_lowest_ranks_stay_in_order() {
        let rank = |at: u32| (at % 4 != 3, at.is_multiple_of(2));
        assert_eq!(foremost(12, 20, &rank), (0..12).collect::<Vec<_>>());
        assert_eq!(foremost(12, 3, &rank), [3, 7, 11]);
        assert_eq!(foremost(12, 5, &rank), [1, 3, 5, 7, 11]);
        assert_eq!(foremost(12, 7, &rank), [0, 1, 3, 5, 7, 9, 11]);
        assert!(foremost(0, 0, &rank).is_empty());
    }
}
