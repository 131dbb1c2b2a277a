//! A small sort, and a map kept as a sorted list: for the small tables of a machine (regions, descriptors, names) and of a script.
//!
//! With some dozens of keys it is quicker than a tree, a copy for a checkpoint is one copy of memory, and it is a
//! fraction of a B-tree's code, of which the browser would load one for each type of key and value.

use std::borrow::Borrow;

/// Sorts by a key; equals stay in their order.
pub fn sort_by_key<T: Copy, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    let from = list.to_vec();
    let order = sorted_places(from.len(), &|one, other| key(&from[one]) <= key(&from[other]));
    for (place, at) in list.iter_mut().zip(order) {
        *place = from[at];
    }
}

/// The places of a list in the order of what is there; `in_order` says whether one may stand before another.
///
/// A merge sort of a few lines: the standard library's is quicker by half and twenty times as large, once for each type.
fn sorted_places(len: usize, in_order: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut list: Vec<usize> = (0..len).collect();
    let mut from = list.clone();
    let mut width = 1;
    while width < len {
        for start in (0..len).step_by(2 * width) {
            let middle = (start + width).min(len);
            let end = (middle + width).min(len);
            let (mut left, mut right) = (start, middle);
            for place in &mut list[start..end] {
                let from_left = right == end || left < middle && in_order(from[left], from[right]);
                let next = if from_left { &mut left } else { &mut right };
                *place = from[*next];
                *next += 1;
            }
        }
        from.copy_from_slice(&list);
        width *= 2;
    }
    list
}

/// An ordered map.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// How many keys are below `key`.
    #[inline]
    fn rank<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        self.entries.partition_point(|(other, _)| other.borrow() < key)
    }

    #[inline]
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        let at = self.rank(key);
        if self.entries.get(at).is_some_and(|(other, _)| other.borrow() == key) { Ok(at) } else { Err(at) }
    }

    /// The value of a key.
    #[inline]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &self.entries[at].1)
    }

    /// The value of a key, to be changed.
    #[inline]
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &mut self.entries[at].1)
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Sets the value of a key; gives back what it was before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.entries[at].1, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// The value of a key, made first if there is none.
    pub fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let at = match self.place(&key) {
            Ok(at) => at,
            Err(at) => {
                self.entries.insert(at, (key, make()));
                at
            }
        };
        &mut self.entries[at].1
    }

    /// Takes a key out; gives back its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| self.entries.remove(at).1)
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The last entry whose key is not above `key`.
    #[inline]
    pub fn at_or_below(&self, key: &K) -> Option<&(K, V)> {
        let above = self.entries.partition_point(|(other, _)| other <= key);
        above.checked_sub(1).map(|at| &self.entries[at])
    }

    /// The value of the last key below `key`.
    pub fn below_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.rank(key).checked_sub(1)?;
        Some(&mut self.entries[at].1)
    }

    /// The entries from `first` up to but not including `end`, ascending.
    pub fn range(&self, first: K, end: K) -> impl DoubleEndedIterator<Item = &(K, V)> {
        let first = self.rank(&first);
        self.entries[first..self.rank(&end).max(first)].iter()
    }

    /// The keys, ascending.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The entries, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(K, V)> {
        self.entries.iter()
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.entries.retain(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        map
    }
}

#[cfg(test)]
mod tests {
    use super::{SortedMap, sort_by_key};
    use std::collections::BTreeMap;

    #[test]
    fn a_list_is_sorted_and_equals_stay_in_order() {
        let mut draw = 7u32;
        for length in 0..200u32 {
            let mut list: Vec<(u32, u32)> = (0..length)
                .map(|at| {
                    draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ((draw >> 16) % 40, at)
                })
                .collect();
            let mut expected = list.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut list, |(key, _)| *key);
            assert_eq!(list, expected);
        }
    }

    /// Whatever is done to both, it is a map like the standard library's.
    #[test]
    fn it_does_what_a_tree_does() {
        let (mut list, mut tree) = (SortedMap::default(), BTreeMap::new());
        let mut draw = 7u32;
        for round in 0..2_000u32 {
            draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = (draw >> 16) % 50;
            if round % 3 == 0 {
                assert_eq!(list.remove(&key), tree.remove(&key));
            } else {
                list.insert(key, round);
                tree.insert(key, round);
            }
            assert_eq!(list.get(&key), tree.get(&key));
            assert_eq!(
                list.at_or_below(&key).map(|&(k, v)| (k, v)),
                tree.range(..=key).next_back().map(|(&k, &v)| (k, v))
            );
            assert!(list.iter().map(|(k, v)| (k, v)).eq(tree.iter()));
            assert!(list == list.iter().rev().copied().chain(list.iter().copied()).collect());
            assert!(list.range(10, key).map(|(k, v)| (k, v)).eq(tree.range(10..key.max(10))));
        }
    }
}
