//! Known right answers from outside the project: reference strings with the misses that textbooks give.

mod ostep;

use pagelab_tests::{File, load, mmap, open, world};
use vmcore::command::{Command, flags};
use vmcore::config::MachineConfig;
use vmcore::object::Fill;
use vmcore::policy::PolicyKind;
use vmcore::timeline::{Listed, Timeline};
use vmcore::units::Pid;

const A: Pid = Pid::new(0);

/// Misses of a policy on a reference string: the major faults of a program that touches a page of a file for each.
fn misses(policy: PolicyKind, frames: u32, refs: &[u64]) -> u64 {
    let pages = refs.iter().max().map_or(1, |most| most + 1);
    let config = MachineConfig { frames, policy, va_bits: Some(16), ..MachineConfig::textbook() };
    let setup = world(config, &[File("pages", pages * 16, Fill::Zeros)]);
    let mut commands =
        vec![open(A, 0, flags::O_RDONLY), mmap(A, 0x1000, pages * 16, 1, flags::MAP_SHARED | flags::MAP_FIXED, 3, 0)];
    commands.extend(refs.iter().map(|page| load(A, 0x1000 + page * 16)));
    let mut timeline = Timeline::new(setup, Listed::new(commands as Vec<Command>), u64::MAX).expect("fits");
    timeline.run_to_end(u64::MAX);
    timeline.front().machine.state().totals().major
}

#[test]
fn policies_miss_as_often_as_the_textbooks_say() {
    let mut checked = 0;
    for line in include_str!("policies.txt").lines().filter(|line| !line.starts_with('#')) {
        let [name, frames, refs, expected] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let refs: Vec<u64> = refs.split(' ').map(|page| page.parse().expect("a page")).collect();
        for expected in expected.split(", ") {
            let (policy, count) = expected.split_once(' ').expect("policy and count");
            // Policies that the model does not have yet are none of its business.
            let Some(policy) = PolicyKind::named(policy) else { continue };
            let found = misses(policy, frames.parse().expect("frames"), &refs);
            assert_eq!(found.to_string(), count, "{name}, {frames} frames, {policy:?}");
            checked += 1;
        }
    }
    assert!(checked >= 180, "only {checked} of the answers were checked");
}

/// More frames, more faults: only FIFO does that on this string.
#[test]
fn beladys_anomaly_is_fifos_alone() {
    let string = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    let pair = |policy| (misses(policy, 3, &string), misses(policy, 4, &string));
    assert_eq!(pair(PolicyKind::Fifo), (9, 10));
    assert_eq!(pair(PolicyKind::Lru), (10, 8));
    assert_eq!(pair(PolicyKind::Opt), (7, 6));
}
