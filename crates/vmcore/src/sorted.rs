//! A map kept as a sorted list: for the small tables of a machine (regions, descriptors, names).
//!
//! With some dozens of keys it is quicker than a tree, a copy for a checkpoint is one copy of memory, and it is a
//! fraction of a B-tree's code, of which the browser would load one for each type of key and value.

/// An ordered map.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct SortedMap<K, V> {
    entries: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: Ord + Copy, V> SortedMap<K, V> {
    /// How many keys are below `key`.
    #[inline]
    fn rank(&self, key: &K) -> usize {
        self.entries.partition_point(|(other, _)| other < key)
    }

    #[inline]
    fn place(&self, key: &K) -> Result<usize, usize> {
        let at = self.rank(key);
        if self.entries.get(at).is_some_and(|(other, _)| other == key) { Ok(at) } else { Err(at) }
    }

    #[inline]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|at| &self.entries[at].1)
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().map(|at| &mut self.entries[at].1)
    }

    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(at) => self.entries[at].1 = value,
            Err(at) => self.entries.insert(at, (key, value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|at| self.entries.remove(at).1)
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The last entry whose key is not above `key`.
    #[inline]
    pub(crate) fn at_or_below(&self, key: &K) -> Option<&(K, V)> {
        let above = self.entries.partition_point(|(other, _)| other <= key);
        above.checked_sub(1).map(|at| &self.entries[at])
    }

    /// The value of the last key below `key`.
    pub(crate) fn below_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.rank(key).checked_sub(1)?;
        Some(&mut self.entries[at].1)
    }

    /// The entries from `first` up to but not including `end`, ascending.
    pub(crate) fn range(&self, first: K, end: K) -> impl DoubleEndedIterator<Item = &(K, V)> {
        let first = self.rank(&first);
        self.entries[first..self.rank(&end).max(first)].iter()
    }

    /// The entries, ascending.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &(K, V)> {
        self.entries.iter()
    }

    /// The values in the order of their keys.
    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Keeps the entries for which `keep` says so.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.entries.retain(|(key, value)| keep(key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::SortedMap;
    use std::collections::BTreeMap;

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
            assert!(list.range(10, key).map(|(k, v)| (k, v)).eq(tree.range(10..key.max(10))));
        }
    }
}
