//! The counts against plain models of the policies, written as their papers say and as slowly as they like.

use super::*;

/// A string that looks random, with some locality; the same for ever.
fn string(seed: u64, len: usize, pages: u64) -> Vec<u64> {
    let mut state = seed;
    let mut draw = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    (0..len).map(|i| if draw(3) == 0 { draw(pages) } else { (i as u64 / 7 + draw(3)) % pages }).collect()
}

fn count(refs: &[u64], policy: PolicyKind, frames: u32) -> u64 {
    misses(&References::new(refs.iter().copied()), policy, &[frames], 0, 0)[0]
}

/// Holds every policy with a plain model to that model.
fn against(policy: PolicyKind, model: impl Fn(&[u64], usize) -> u64) {
    for seed in 0..12 {
        let refs = string(seed, 400, 5 + seed * 3);
        for frames in [1, 2, 3, 4, 5, 8, 13, 20, 60] {
            let (found, expected) = (count(&refs, policy, frames), model(&refs, frames as usize));
            assert_eq!(found, expected, "{policy:?}, seed {seed}, {frames} frames");
        }
    }
}

#[test]
fn fifo_lru_and_mru_as_queues() {
    let queue = |on_hit: bool, last: bool| {
        move |refs: &[u64], frames: usize| {
            let (mut queue, mut misses) = (Vec::new(), 0);
            for page in refs {
                match queue.iter().position(|held| held == page) {
                    Some(at) if on_hit => {
                        let page = queue.remove(at);
                        queue.push(page);
                    }
                    Some(_) => {}
                    None => {
                        misses += 1;
                        if queue.len() == frames {
                            queue.remove(if last { frames - 1 } else { 0 });
                        }
                        queue.push(*page);
                    }
                }
            }
            misses
        }
    };
    against(PolicyKind::Fifo, queue(false, false));
    against(PolicyKind::Lru, queue(true, false));
    against(PolicyKind::Mru, queue(true, true));
}

#[test]
fn opt_and_unopt_by_looking_ahead() {
    let foresee = |farthest: bool| {
        move |refs: &[u64], frames: usize| {
            let (mut held, mut misses) = (Vec::new(), 0);
            for (now, page) in refs.iter().enumerate() {
                if held.contains(page) {
                    continue;
                }
                misses += 1;
                if held.len() == frames {
                    let next = |page: &u64| refs[now..].iter().position(|other| other == page).unwrap_or(usize::MAX);
                    let ranked = 0..held.len();
                    let victim = match farthest {
                        true => ranked.max_by_key(|&i| next(&held[i])),
                        false => ranked.min_by_key(|&i| next(&held[i])),
                    };
                    held.remove(victim.expect("memory is full"));
                }
                held.push(*page);
            }
            misses
        }
    };
    against(PolicyKind::Opt, foresee(true));
    against(PolicyKind::Unopt, foresee(false));
}

#[test]
fn lfu_by_counting() {
    against(PolicyKind::Lfu, |refs, frames| {
        let (mut held, mut misses): (Vec<(u64, u64)>, _) = (Vec::new(), 0);
        for page in refs {
            if let Some(entry) = held.iter_mut().find(|(held, _)| held == page) {
                entry.1 += 1;
                continue;
            }
            misses += 1;
            if held.len() == frames {
                // `min_by_key` takes the first of equals, and pages stand in order of arrival.
                let victim = (0..frames).min_by_key(|&i| held[i].1).expect("memory is full");
                held.remove(victim);
            }
            held.push((*page, 1));
        }
        misses
    });
}

/// As in the paper's pseudo-code: the list from new to old, the hand towards the new.
#[test]
fn sieve_as_in_the_paper() {
    against(PolicyKind::Sieve, |refs, frames| {
        let (mut line, mut hand, mut misses): (Vec<(u64, bool)>, usize, _) = (Vec::new(), 0, 0);
        for page in refs {
            if let Some(entry) = line.iter_mut().find(|(held, _)| held == page) {
                entry.1 = true;
                continue;
            }
            misses += 1;
            if line.len() == frames {
                // `line` is from old to new, so the hand counts up and starts again at the oldest.
                while std::mem::take(&mut line[hand].1) {
                    hand = (hand + 1) % frames;
                }
                line.remove(hand);
                // A hand that has passed the newest starts at the oldest, whoever comes meanwhile.
                hand %= frames.max(2) - 1;
            }
            line.push((*page, false));
        }
        misses
    });
}

#[test]
fn s3_fifo_as_in_the_paper() {
    against(PolicyKind::S3Fifo, |refs, frames| {
        let target = (frames / 10).max(1);
        let [mut small, mut main]: [Vec<(u64, u8)>; 2] = Default::default();
        let (mut ghosts, mut misses) = (Vec::new(), 0);
        for page in refs {
            if let Some(entry) = small.iter_mut().chain(&mut main).find(|(held, _)| held == page) {
                entry.1 = 3.min(entry.1 + 1);
                continue;
            }
            misses += 1;
            while small.len() + main.len() == frames {
                if small.len() >= target {
                    while !small.is_empty() {
                        let (tail, uses) = small.remove(0);
                        if uses > 1 {
                            main.push((tail, 0));
                            continue;
                        }
                        ghosts.push(tail);
                        if ghosts.len() > frames - target {
                            ghosts.remove(0);
                        }
                        break;
                    }
                } else {
                    while let Some((tail, uses)) = (!main.is_empty()).then(|| main.remove(0)) {
                        if uses == 0 {
                            break;
                        }
                        main.push((tail, uses - 1));
                    }
                }
            }
            match ghosts.iter().position(|ghost: &u64| ghost == page) {
                Some(at) => {
                    ghosts.remove(at);
                    main.push((*page, 0));
                }
                None => small.push((*page, 0)),
            }
        }
        misses
    });
}

/// Figure 4 of the paper, case by case, with `p` in the same fixed point.
#[test]
fn arc_as_in_the_paper() {
    against(PolicyKind::Arc, |refs, frames| {
        const ONE: usize = 1 << 16;
        let [mut t1, mut t2, mut b1, mut b2]: [Vec<u64>; 4] = Default::default();
        let (mut p, mut misses) = (0usize, 0);
        fn take(list: &mut Vec<u64>, page: u64) -> bool {
            list.iter().position(|&held| held == page).map(|at| list.remove(at)).is_some()
        }
        for &page in refs {
            let replace = |t1: &mut Vec<u64>, t2: &mut Vec<u64>, b1: &mut Vec<u64>, b2: &mut Vec<u64>, p, in_b2| {
                let share = t1.len() * ONE;
                if !t1.is_empty() && (share > p || (in_b2 && share == p)) || t2.is_empty() {
                    b1.push(t1.remove(0));
                } else {
                    b2.push(t2.remove(0));
                }
            };
            if take(&mut t1, page) || take(&mut t2, page) {
                t2.push(page);
                continue;
            }
            misses += 1;
            let (n1, n2) = (b1.len(), b2.len());
            if b1.contains(&page) {
                p = (frames * ONE).min(p + ONE.max(n2 * ONE / n1));
                replace(&mut t1, &mut t2, &mut b1, &mut b2, p, false);
                take(&mut b1, page);
                t2.push(page);
            } else if b2.contains(&page) {
                p = p.saturating_sub(ONE.max(n1 * ONE / n2));
                replace(&mut t1, &mut t2, &mut b1, &mut b2, p, true);
                take(&mut b2, page);
                t2.push(page);
            } else {
                if t1.len() + n1 == frames {
                    if t1.len() < frames {
                        b1.remove(0);
                        replace(&mut t1, &mut t2, &mut b1, &mut b2, p, false);
                    } else {
                        t1.remove(0);
                    }
                } else if t1.len() + t2.len() + n1 + n2 >= frames {
                    if t1.len() + t2.len() + n1 + n2 == 2 * frames {
                        b2.remove(0);
                    }
                    // Memory that is not yet full gives nothing up.
                    if t1.len() + t2.len() == frames {
                        replace(&mut t1, &mut t2, &mut b1, &mut b2, p, false);
                    }
                }
                t1.push(page);
            }
        }
        misses
    });
}

#[test]
fn clock_as_a_ring() {
    against(PolicyKind::Clock, |refs, frames| {
        let (mut ring, mut hand, mut misses): (Vec<(u64, bool)>, usize, _) = (Vec::new(), 0, 0);
        for page in refs {
            if let Some(entry) = ring.iter_mut().find(|(held, _)| held == page) {
                entry.1 = true;
                continue;
            }
            misses += 1;
            if ring.len() < frames {
                ring.push((*page, true));
                hand = ring.len() % frames;
                continue;
            }
            while std::mem::take(&mut ring[hand].1) {
                hand = (hand + 1) % frames;
            }
            ring[hand] = (*page, true);
            hand = (hand + 1) % frames;
        }
        misses
    });
}

#[test]
fn one_pass_of_lru_equals_one_pass_a_size() {
    for seed in 0..5 {
        let refs = References::new(string(seed, 3_000, 40 + seed * 50));
        let sizes: Vec<u32> = (0..300).collect();
        let at_once = misses(&refs, PolicyKind::Lru, &sizes, 0, 0);
        let each: Vec<u64> = sizes.iter().map(|&n| misses(&refs, PolicyKind::Lru, &[n], 0, 0)[0]).collect();
        assert_eq!(at_once, each);
    }
}

#[test]
fn nothing_and_little() {
    for &policy in PolicyKind::ALL {
        let none = References::new([]);
        assert_eq!(misses(&none, policy, &[0, 1, 5], 0, 0), [0, 0, 0], "{policy:?}");
        let one = References::new([u64::MAX, u64::MAX]);
        assert_eq!(misses(&one, policy, &[0, 1, 1000], 0, 0), [2, 1, 1], "{policy:?}");
        assert_eq!(misses(&none, policy, &[1, 2, 3, 4, 5], 0, 0), [0; 5], "{policy:?}");
    }
}
