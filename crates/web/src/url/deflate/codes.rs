//! Prefix codes for writing: lengths after how often a symbol occurs, and the words that follow from the lengths.

/// The lengths of the best code in which no word is longer than `most`; 0 where a symbol does not occur.
///
/// At least two symbols get a word, as every reader takes that.
pub(super) fn lengths(counts: &[usize], most: u8) -> Vec<u8> {
    let mut counts = counts.to_vec();
    for symbol in 0..counts.len() {
        if counts.iter().filter(|count| **count > 0).count() < 2 && counts[symbol] == 0 {
            counts[symbol] = 1;
        }
    }
    loop {
        let lengths = huffman(&counts);
        if lengths.iter().all(|length| *length <= most) {
            return lengths;
        }
        // What is rare becomes a little less rare.
        for count in counts.iter_mut().filter(|count| **count > 0) {
            *count = *count / 2 + 1;
        }
    }
}

/// Huffman's code: the two rarest become one, until one is left.
fn huffman(counts: &[usize]) -> Vec<u8> {
    let mut parents: Vec<usize> = vec![0; counts.len()];
    let mut roots: Vec<(usize, usize)> =
        counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(symbol, count)| (*count, symbol)).collect();
    let symbols = roots.clone();
    while roots.len() > 1 {
        let (left, right) = (take_least(&mut roots), take_least(&mut roots));
        let node = parents.len();
        parents.push(0);
        parents[left.1] = node;
        parents[right.1] = node;
        roots.push((left.0 + right.0, node));
    }
    let mut lengths = vec![0; counts.len()];
    for (_, symbol) in symbols {
        let mut node = symbol;
        while parents[node] != 0 {
            node = parents[node];
            lengths[symbol] += 1;
        }
    }
    lengths
}

fn take_least(roots: &mut Vec<(usize, usize)>) -> (usize, usize) {
    let mut least = 0;
    for (at, root) in roots.iter().enumerate() {
        if *root < roots[least] {
            least = at;
        }
    }
    roots.swap_remove(least)
}

/// The words of a code by their lengths, with their bits in the order in which they are written.
pub(super) fn words(lengths: &[u8]) -> Vec<(usize, u32)> {
    let mut words = vec![(0, 0); lengths.len()];
    let mut word = 0u16;
    for length in 1..16 {
        for symbol in (0..lengths.len()).filter(|symbol| lengths[*symbol] == length) {
            words[symbol] = (usize::from(word.reverse_bits() >> (16 - length)), u32::from(length));
            word += 1;
        }
        word <<= 1;
    }
    words
}
