//! Known right answers from outside the project: reference strings with the misses that textbooks give.

mod ostep;
mod translation;
mod vectors;

use pagelab_tests::{File, Rng, load, mmap, open, world};
use vmcore::command::{Command, flags};
use vmcore::config::MachineConfig;
use vmcore::misses::{self, References};
use vmcore::object::Fill;
use vmcore::policy::PolicyKind;
use vmcore::timeline::{Listed, Timeline};
use vmcore::units::Pid;

const A: Pid = Pid::new(0);

/// Answers in `policies.txt`: every one of the reference's `policies.json`.
const ANSWERS: u32 = 309;

/// One line of `policies.txt`.
struct Vector {
    name: &'static str,
    frames: u32,
    refs: Vec<u64>,
    /// Each policy with its misses.
    expected: Vec<(PolicyKind, u64)>,
}

fn vectors() -> impl Iterator<Item = Vector> {
    include_str!("policies.txt").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [name, frames, refs, expected] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let answer = |expected: &str| {
            let (policy, count) = expected.split_once(' ').expect("policy and count");
            (PolicyKind::named(policy).expect("a policy"), count.parse().expect("a count"))
        };
        Vector {
            name,
            frames: frames.parse().expect("frames"),
            refs: refs.split(' ').map(|page| page.parse().expect("a page")).collect(),
            expected: expected.split(", ").map(answer).collect(),
        }
    })
}

impl Vector {
    /// OSTEP draws its references from the same stream as its victims: `ostep-sN` is seed N, after so many draws.
    fn stream(&self) -> (u64, u64) {
        match self.name.strip_prefix("ostep-s") {
            Some(seed) => (seed.parse().expect("a seed"), self.refs.len() as u64),
            None => (0, 0),
        }
    }
}

/// The misses of a machine: major faults of a program that touches a page of a file for each reference.
fn machine_misses(config: MachineConfig, refs: &[u64]) -> u64 {
    let pages = refs.iter().max().map_or(1, |most| most + 1);
    let setup = world(config, &[File("pages", pages * 16, Fill::Zeros)]);
    let mut commands =
        vec![open(A, 0, flags::O_RDONLY), mmap(A, 0x1000, pages * 16, 1, flags::MAP_SHARED | flags::MAP_FIXED, 3, 0)];
    commands.extend(refs.iter().map(|page| load(A, 0x1000 + page * 16)));
    let mut timeline = Timeline::new(setup, Listed::new(commands as Vec<Command>), u64::MAX).expect("fits");
    timeline.run_to_end(u64::MAX);
    timeline.front().machine.state().totals().major
}

fn machine(policy: PolicyKind, frames: u32) -> MachineConfig {
    MachineConfig { frames, policy, va_bits: Some(16), ..MachineConfig::textbook() }
}

#[test]
fn policies_miss_as_often_as_the_textbooks_say() {
    let mut checked = 0;
    for vector in vectors() {
        let (seed, seed_skip) = vector.stream();
        for &(policy, expected) in &vector.expected {
            let config = MachineConfig { seed, seed_skip, ..machine(policy, vector.frames) };
            let context = format!("{}, {} frames, {policy:?}", vector.name, vector.frames);
            assert_eq!(machine_misses(config, &vector.refs), expected, "{context}");
            let refs = References::new(vector.refs.iter().copied());
            assert_eq!(misses::misses(&refs, policy, &[vector.frames], seed, seed_skip), [expected], "{context}");
            checked += 1;
        }
    }
    assert_eq!(checked, ANSWERS);
}

/// Every policy counted without a machine misses as often as on a machine.
#[test]
fn counting_equals_the_machine() {
    let mut rng = Rng::Seed(11);
    for &policy in PolicyKind::ALL {
        for (frames, pages, len) in [(1, 3, 60), (3, 5, 200), (4, 9, 300), (7, 12, 400), (12, 40, 500), (30, 20, 200)] {
            let refs: Vec<u64> =
                (0..len).map(|i| if rng.below(3) > 0 { rng.below(pages / 2) } else { i % pages }).collect();
            let config = MachineConfig { seed: 5, seed_skip: 3, ..machine(policy, frames) };
            let counted = misses::misses(&References::new(refs.iter().copied()), policy, &[frames], 5, 3);
            assert_eq!(counted, [machine_misses(config, &refs)], "{policy:?}, {frames} frames of {pages} pages");
        }
    }
}

/// More frames, more faults: only FIFO does that on this string.
#[test]
fn beladys_anomaly_is_fifos_alone() {
    let string = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    let pair = |policy| (machine_misses(machine(policy, 3), &string), machine_misses(machine(policy, 4), &string));
    assert_eq!(pair(PolicyKind::Fifo), (9, 10));
    assert_eq!(pair(PolicyKind::Lru), (10, 8));
    assert_eq!(pair(PolicyKind::Opt), (7, 6));
}
