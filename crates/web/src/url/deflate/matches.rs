//! What has been said before: a text as literals and matches.

/// The farthest that a match may lie back, and the longest that it may be.
const WINDOW: usize = 1 << 15;
const LONGEST: usize = 258;
const SHORTEST: usize = 3;

/// How many earlier places are looked at.
const PLACES: usize = 512;

const NOWHERE: u32 = u32::MAX;

/// A piece of a text.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    /// A byte as it is.
    Literal(u8),
    /// So many bytes as they stand so far back.
    Match { length: usize, distance: usize },
}

/// A text as pieces: the longest match of each place, unless the next place has a longer one.
pub(super) fn pieces(text: &[u8]) -> Vec<Piece> {
    let mut seen = Seen { text, last: vec![NOWHERE; WINDOW], before: vec![NOWHERE; text.len()] };
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (length, distance) = seen.longest(at);
        seen.add(at);
        if length < SHORTEST || at + 1 < text.len() && seen.longest(at + 1).0 > length {
            pieces.push(Piece::Literal(text[at]));
            at += 1;
            continue;
        }
        pieces.push(Piece::Match { length, distance });
        (at + 1..at + length).for_each(|at| seen.add(at));
        at += length;
    }
    pieces
}

struct Seen<'t> {
    text: &'t [u8],
    /// The last place of each hash of three bytes.
    last: Vec<u32>,
    /// The place before each place with the same hash.
    before: Vec<u32>,
}

impl Seen<'_> {
    fn hash(&self, at: usize) -> Option<usize> {
        let three = self.text.get(at..at + SHORTEST)?;
        Some(three.iter().fold(0, |hash, byte| (hash << 5) ^ usize::from(*byte)) % WINDOW)
    }

    fn add(&mut self, at: usize) {
        if let Some(hash) = self.hash(at) {
            self.before[at] = self.last[hash];
            self.last[hash] = at as u32;
        }
    }

    /// The longest match of a place: its length and how far back it lies.
    fn longest(&self, at: usize) -> (usize, usize) {
        let most = LONGEST.min(self.text.len() - at);
        let mut best = (0, 0);
        let mut place = self.hash(at).map_or(NOWHERE, |hash| self.last[hash]);
        for _ in 0..PLACES {
            let earlier = place as usize;
            if place == NOWHERE || at - earlier > WINDOW || best.0 == most {
                break;
            }
            place = self.before[earlier];
            // Only what is longer counts, and that differs where the best one ends.
            if self.text[earlier + best.0] != self.text[at + best.0] {
                continue;
            }
            let same = (0..most).take_while(|i| self.text[earlier + i] == self.text[at + i]).count();
            if same > best.0 {
                best = (same, at - earlier);
            }
        }
        best
    }
}
