//! Against the library that the address format was first written with.

use super::{Damage, deflate, inflate};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec;

const ENOUGH: usize = 1 << 20;

/// Texts of all kinds, with numbers that look random and are always the same.
fn texts() -> Vec<Vec<u8>> {
    let mut draw = 1u32;
    let mut random = |below: u32| {
        draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (draw >> 16) % below
    };
    let mut texts: Vec<Vec<u8>> = script::library::LESSONS.iter().map(|lesson| lesson.text().into()).collect();
    texts.extend([Vec::new(), b"A".to_vec(), vec![0; 100_000], (0..=255).collect(), b"ab".repeat(40_000)]);
    for kind in [2, 30, 256] {
        for length in [1, 2, 3, 10, 300, 40_000] {
            texts.push((0..length).map(|_| random(kind) as u8).collect());
        }
    }
    // Counts that grow like Fibonacci's numbers make words that are longer than they may be.
    let mut counts = vec![1, 1];
    while counts.len() < 22 {
        counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
    }
    let mut skewed: Vec<u8> =
        counts.iter().zip(b'a'..).flat_map(|(count, byte)| std::iter::repeat_n(byte, *count)).collect();
    for at in (1..skewed.len()).rev() {
        skewed.swap(at, random(at as u32 + 1) as usize);
    }
    texts.push(skewed);
    texts
}

#[test]
fn each_reads_what_the_other_writes() {
    for text in texts() {
        let ours = deflate(&text);
        assert_eq!(inflate(&ours, ENOUGH).as_deref(), Ok(&text[..]));
        assert_eq!(decompress_to_vec(&ours).unwrap(), text);
        for level in [0, 1, 6, 9] {
            assert_eq!(inflate(&compress_to_vec(&text, level), ENOUGH).as_deref(), Ok(&text[..]), "level {level}");
        }
    }
}

#[test]
fn lessons_become_no_longer_than_with_the_library() {
    for lesson in script::library::LESSONS {
        let (ours, theirs) =
            (deflate(lesson.text().as_bytes()).len(), compress_to_vec(lesson.text().as_bytes(), 9).len());
        assert!(ours <= theirs + theirs / 100, "{}: {ours} and {theirs} bytes", lesson.id);
    }
}

#[test]
fn what_is_cut_off_or_changed_is_no_panic() {
    let whole = deflate(script::library::LESSONS[3].text().as_bytes());
    for end in 0..whole.len() {
        assert_eq!(inflate(&whole[..end], ENOUGH), Err(Damage::Broken), "{end}");
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        // The library agrees on what can be read at all.
        let ours = inflate(&changed, ENOUGH);
        assert_eq!(ours.ok(), decompress_to_vec(&changed).ok(), "byte {at}");
    }
}

#[test]
fn the_limit_is_kept() {
    let bomb = deflate(&vec![b'x'; 100_000]);
    assert!(bomb.len() < 300);
    assert_eq!(inflate(&bomb, 99_999), Err(Damage::TooLong));
    assert_eq!(inflate(&bomb, 100_000).map(|text| text.len()), Ok(100_000));
}
