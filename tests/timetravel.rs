//! Going to a step by any way gives the same state: by running there, by seeking forward or back, and by applying the
//! events from the start. Checkpoints stay bounded.

use pagelab_tests::{File, Rng, call, load, mmap, open, store, world};
use vmcore::Machine;
use vmcore::command::{Call, Command, flags};
use vmcore::config::MachineConfig;
use vmcore::event::Event;
use vmcore::object::Fill;
use vmcore::policy::PolicyKind;
use vmcore::state::Setup;
use vmcore::timeline::{Listed, Progress, Timeline};
use vmcore::units::Pid;

const A: Pid = Pid::new(0);
const B: Pid = Pid::new(1);

fn setup(policy: PolicyKind) -> Setup {
    let config = MachineConfig { frames: 5, policy, tlb_entries: 4, ..MachineConfig::textbook() };
    world(config, &[File("f", 128, Fill::Letters)])
}

fn commands(count: u64) -> Vec<Command> {
    let mut rng = Rng::Seed(7);
    let anonymous = flags::MAP_PRIVATE | flags::MAP_ANONYMOUS;
    let mut all = vec![
        open(A, 0, flags::O_RDWR),
        mmap(A, 0x40, 128, 3, flags::MAP_SHARED, 3, 0),
        mmap(A, 0xc0, 32, 3, anonymous, -1, 0),
        store(A, 0xc0, 1),
        call(A, Call::Fork { child: B }),
    ];
    let access = |rng: &mut Rng| {
        let pid = rng.pick(&[A, B]);
        let va = rng.pick(&[0x40, 0x50, 0x60, 0x90, 0xb0, 0xc0, 0xd0]) + rng.below(16);
        if rng.below(2) == 0 { load(pid, va) } else { store(pid, va, rng.below(256) as u8) }
    };
    all.extend((0..count).map(|_| access(&mut rng)));
    all
}

fn timeline(policy: PolicyKind, count: u64) -> Timeline<Listed> {
    let mut timeline = Timeline::new(setup(policy), Listed::new(commands(count)), u64::MAX).expect("fits");
    assert_eq!(timeline.run_to_end(u64::MAX), &Progress::Ended);
    timeline
}

#[test]
fn a_seek_equals_a_replay() {
    for &policy in PolicyKind::ALL {
        let mut timeline = timeline(policy, 1_500);
        let mut rng = Rng::Seed(3);
        for _ in 0..150 {
            let step = rng.below(timeline.len() + 1);
            let mut fresh = Timeline::new(setup(policy), Listed::new(commands(1_500)), u64::MAX).expect("fits");
            fresh.run(step);
            assert!(timeline.seek(step).machine == fresh.front().machine, "{policy:?} step {step}");
        }
    }
}

#[test]
fn events_folded_from_the_start_equal_the_state() {
    let mut machine = Machine::new(setup(PolicyKind::Clock)).expect("fits");
    let mut folded = machine.state().clone();
    for command in commands(800) {
        let mut events: Vec<Event> = Vec::new();
        machine.step(&command, &mut events);
        events.iter().for_each(|event| folded.apply(event));
        assert!(&folded == machine.state(), "{command:?}");
        assert_eq!(folded.fingerprint(), machine.state().fingerprint());
    }
}

#[test]
fn every_part_of_a_step_can_be_seen_again() {
    let mut timeline = timeline(PolicyKind::Lru, 200);
    for step in 1..=timeline.len() {
        let seen = timeline.observe(step).expect("it was run");
        assert!(&seen.after_events(0) == seen.before.machine.state());
        assert!(&seen.after_events(seen.events.len()) == seen.after.machine.state(), "step {step}");
    }
    assert!(timeline.observe(0).is_none());
    assert!(timeline.observe(timeline.len() + 1).is_none());
}

#[test]
fn going_back_and_forth_at_random_changes_nothing() {
    let mut timeline = timeline(PolicyKind::Fifo, 500);
    let straight: Vec<u64> =
        (0..=timeline.len()).map(|step| timeline.seek(step).machine.state().fingerprint()).collect();
    let mut rng = Rng::Seed(11);
    for _ in 0..300 {
        let step = rng.below(timeline.len() + 1);
        assert_eq!(timeline.seek(step).machine.state().fingerprint(), straight[step as usize]);
    }
}

#[test]
fn checkpoints_are_bounded_and_slices_do_not_matter() {
    let mut whole = timeline(PolicyKind::Lru, 40_000);
    let mut sliced = Timeline::new(setup(PolicyKind::Lru), Listed::new(commands(40_000)), u64::MAX).expect("fits");
    while *sliced.run(37) == Progress::Running {}
    assert!(whole.checkpoints() <= 256, "{}", whole.checkpoints());
    assert_eq!(whole.series(), sliced.series());
    assert!(whole.series().buckets().len() <= vmcore::series::MAX_BUCKETS);
    assert!(whole.seek(12_345).machine == sliced.seek(12_345).machine);
}
