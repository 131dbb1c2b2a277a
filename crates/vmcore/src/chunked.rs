//! An ordered map in chunks: for what may grow to hundreds of thousands of keys, where [`SortedMap`](crate::sorted)
//! would move half of them with every insertion.
//!
//! As quick as a B-tree in what the model and the checks of a script do, and a tenth of its code, of which the browser
//! would load one for each type of key and value.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

/// The most entries of a chunk: few enough to be moved within a microsecond, many enough that a million are in some
/// thousands of chunks.
const FULL: usize = 256;

/// An ordered map.
#[derive(Clone, Debug)]
pub struct ChunkedMap<K, V> {
    /// Sorted, and each of them sorted; none is empty.
    chunks: Vec<Vec<(K, V)>>,
    len: usize,
}

/// An ordered set.
pub type ChunkedSet<K> = ChunkedMap<K, ()>;

impl<K, V> Default for ChunkedMap<K, V> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<K: Ord, V> ChunkedMap<K, V> {
    /// Where the key is, or would be: chunk and place in it.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> (usize, usize, bool)
    where
        K: Borrow<Q>,
    {
        let chunk = self.chunks.partition_point(|chunk| chunk[0].0.borrow() <= key).saturating_sub(1);
        let Some(entries) = self.chunks.get(chunk) else { return (0, 0, false) };
        match entries.binary_search_by(|(other, _)| other.borrow().cmp(key)) {
            Ok(at) => (chunk, at, true),
            Err(at) => (chunk, at, false),
        }
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at, found) = self.place(key);
        found.then(|| &self.chunks[chunk][at].1)
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).2
    }

    /// Sets the value of a key; gives back what it was before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (chunk, at, found) = self.place(&key);
        if found {
            return Some(std::mem::replace(&mut self.chunks[chunk][at].1, value));
        }
        self.put(chunk, at, key, value);
        None
    }

    /// The value of a key, made first if there is none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let (mut chunk, mut at, found) = self.place(&key);
        if !found {
            (chunk, at) = self.put(chunk, at, key, V::default());
        }
        &mut self.chunks[chunk][at].1
    }

    /// Adds an entry at its place; gives back that place, which moves where the chunk is split.
    fn put(&mut self, chunk: usize, at: usize, key: K, value: V) -> (usize, usize) {
        self.len += 1;
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        let entries = &mut self.chunks[chunk];
        entries.insert(at, (key, value));
        if entries.len() <= FULL {
            return (chunk, at);
        }
        // Keys that come in ascending order leave full chunks behind.
        let half = if at == FULL { FULL } else { FULL / 2 };
        let upper = entries.split_off(half);
        self.chunks.insert(chunk + 1, upper);
        if at < half { (chunk, at) } else { (chunk + 1, at - half) }
    }

    /// Takes a key out; gives back its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (chunk, at, found) = self.place(key);
        if !found {
            return None;
        }
        self.len -= 1;
        let (_, value) = self.chunks[chunk].remove(at);
        if self.chunks[chunk].is_empty() {
            self.chunks.remove(chunk);
        }
        Some(value)
    }

    /// The first entry.
    pub fn first(&self) -> Option<&(K, V)> {
        self.chunks.first().map(|chunk| &chunk[0])
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.chunks.clear();
        self.len = 0;
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The entries, ascending.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> + Clone {
        self.chunks.iter().flatten()
    }

    /// The keys, ascending.
    pub fn keys(&self) -> impl Iterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The entries from `first` up to but not including `end`, ascending.
    pub fn range(&self, first: K, end: K) -> impl Iterator<Item = &(K, V)> {
        let (chunk, at, _) = self.place(&first);
        let from_chunk = self.chunks.get(chunk..).unwrap_or_default().iter().flatten();
        from_chunk.skip(at).take_while(move |(key, _)| *key < end)
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        for chunk in &mut self.chunks {
            chunk.retain(|(key, value)| keep(key, value));
        }
        self.chunks.retain(|chunk| !chunk.is_empty());
        self.len = self.chunks.iter().map(Vec::len).sum();
    }
}

impl<K: Ord> ChunkedSet<K> {
    /// Adds a key; whether it was not there before.
    pub fn add(&mut self, key: K) -> bool {
        self.insert(key, ()).is_none()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for ChunkedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::default();
        entries.into_iter().for_each(|(key, value)| drop(map.insert(key, value)));
        map
    }
}

impl<K: Ord, V: PartialEq> PartialEq for ChunkedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Ord, V: Eq> Eq for ChunkedMap<K, V> {}

impl<K: Ord + Hash, V: Hash> Hash for ChunkedMap<K, V> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.len.hash(hasher);
        self.iter().for_each(|entry| entry.hash(hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::{ChunkedMap, FULL};
    use std::collections::BTreeMap;

    /// Whatever is done to both, it is a map like the standard library's.
    #[test]
    fn it_does_what_a_tree_does() {
        let (mut list, mut tree) = (ChunkedMap::default(), BTreeMap::new());
        let mut draw = 7u32;
        for round in 0..20_000u32 {
            draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = (draw >> 16) % 3_000;
            // It grows, and then it shrinks to nothing.
            if draw % 100 < if round < 10_000 { 20 } else { 80 } {
                assert_eq!(list.remove(&key), tree.remove(&key));
            } else if draw.is_multiple_of(3) {
                assert_eq!(list.or_default(key), tree.entry(key).or_default());
            } else {
                assert_eq!(list.insert(key, round), tree.insert(key, round));
            }
            assert_eq!(list.get(&key), tree.get(&key));
            assert_eq!(list.len(), tree.len());
            if round % 100 == 0 {
                assert!(list.iter().map(|(k, v)| (k, v)).eq(&tree));
                assert!(list.range(1_000, key).map(|(k, v)| (k, v)).eq(tree.range(1_000..key.max(1_000))));
                assert_eq!(list.first().map(|(k, v)| (k, v)), tree.first_key_value());
                assert!(list == list.iter().copied().collect());
            }
        }
        list.retain(|key, _| key.is_multiple_of(2));
        tree.retain(|key, _| key.is_multiple_of(2));
        assert!(list.iter().map(|(k, v)| (k, v)).eq(&tree));
        assert_eq!(list.len(), tree.len());
    }

    #[test]
    fn keys_in_order_fill_their_chunks() {
        let list: ChunkedMap<usize, ()> = (0..10 * FULL).map(|key| (key, ())).collect();
        assert_eq!(list.chunks.len(), 10);
        assert!(list.keys().copied().eq(0..10 * FULL));
    }
}
