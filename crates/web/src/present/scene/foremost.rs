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

/// At most so many of the numbers below `count`, ascending: the wanted ones, as far as there is room, then the lowest.
/// `count` may be a file's terabyte of pages.
pub(crate) fn some(count: u64, most: usize, wanted: &mut dyn Iterator<Item = u64>) -> Vec<u64> {
    let mut chosen: Vec<u64> = Vec::new();
    if count > most as u64 {
        for number in wanted.filter(|&number| number < count) {
            if chosen.len() == most {
                break;
            }
            if let Err(place) = chosen.binary_search(&number) {
                chosen.insert(place, number);
            }
        }
    }
    let mut next = 0;
    while chosen.len() < most && next < count {
        if let Err(place) = chosen.binary_search(&next) {
            chosen.insert(place, next);
        }
        next += 1;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::{foremost, some};

    #[test]
    fn what_is_wanted_is_there_and_the_lowest_fill_up() {
        let some = |count, most, wanted: &[u64]| some(count, most, &mut wanted.iter().copied());
        assert_eq!(some(5, 8, &[3]), [0, 1, 2, 3, 4]);
        assert_eq!(some(1 << 40, 4, &[1 << 39, 1, 1 << 39]), [0, 1, 2, 1 << 39]);
        assert_eq!(some(9, 3, &[8, 7, 6, 5]), [6, 7, 8]);
        assert_eq!(some(9, 3, &[12]), [0, 1, 2], "a page beyond the end is none");
        assert!(some(0, 3, &[]).is_empty());
    }

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
