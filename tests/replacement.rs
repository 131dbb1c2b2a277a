//! Replacement on whole machines: local scope with quotas, the policy of the preset, and what a victim's story tells.

use pagelab_tests::{File, Rng, load, mmap, open, world};
use std::collections::BTreeMap;
use vmcore::Machine;
use vmcore::command::{Call, Command, flags};
use vmcore::config::{MachineConfig, Scope};
use vmcore::event::{Event, Reason};
use vmcore::object::Fill;
use vmcore::outcome::Outcome;
use vmcore::policy::{PolicyKind, PolicyView};
use vmcore::timeline::{Listed, Timeline};
use vmcore::units::{Pfn, Pid};

const A: Pid = Pid::new(0);
const B: Pid = Pid::new(1);

/// A and B map files of their own, of 12 pages each, at 0x1000.
fn two_processes(config: MachineConfig) -> (vmcore::state::Setup, Vec<Command>) {
    let config = MachineConfig { va_bits: Some(16), ..config };
    let setup = world(config, &[File("a", 192, Fill::Letters), File("b", 192, Fill::Letters)]);
    let shared = flags::MAP_SHARED | flags::MAP_FIXED;
    let begin = |pid, name| [open(pid, name, flags::O_RDONLY), mmap(pid, 0x1000, 192, 1, shared, 3, 0)];
    (setup, [begin(A, 0), begin(B, 1)].concat())
}

fn touch(pid: Pid, page: u64) -> Command {
    load(pid, 0x1000 + page * 16)
}

/// What went when: whose page, while who asked.
fn evictions(setup: vmcore::state::Setup, commands: &[Command]) -> (Machine, Vec<(Pid, Pid)>) {
    let mut timeline = Timeline::new(setup, Listed::new(commands.to_vec()), u64::MAX).expect("fits");
    timeline.run_to_end(u64::MAX);
    let (mut owners, mut gone) = (BTreeMap::<Pfn, Pid>::new(), Vec::new());
    for step in 1..=timeline.len() {
        let observed = timeline.observe(step).expect("it was run");
        let pid = observed.command.pid().expect("only processes act");
        for event in observed.events {
            match event {
                Event::VictimChosen { pfn, .. } => gone.push((pid, owners[&pfn])),
                Event::FrameTaken { pfn } => {
                    owners.insert(pfn, pid);
                }
                _ => {}
            }
        }
    }
    (timeline.front().machine.clone(), gone)
}

#[test]
fn a_process_at_its_quota_evicts_its_own_though_frames_are_free() {
    let local = MachineConfig { frames: 8, scope: Scope::Local, quota: Some(3), ..MachineConfig::textbook() };
    let (setup, mut commands) = two_processes(local);
    commands.extend([touch(B, 0), touch(B, 1)]);
    commands.extend((0..5).map(|page| touch(A, page)));
    let (machine, gone) = evictions(setup, &commands);
    assert_eq!(gone, [(A, A), (A, A)]);
    assert_eq!((machine.state().rss(A), machine.state().rss(B), machine.state().free_frames()), (3, 2, 3));
}

#[test]
fn no_policy_takes_from_a_neighbour_under_local_scope() {
    for &policy in PolicyKind::ALL {
        let config = |scope| MachineConfig { frames: 8, scope, quota: Some(4), policy, ..MachineConfig::textbook() };
        let mut rng = Rng::Seed(5);
        let touches: Vec<Command> = (0..600).map(|_| touch(rng.pick(&[A, B]), rng.below(9))).collect();
        let run = |scope| {
            let (setup, mut commands) = two_processes(config(scope));
            commands.extend(touches.iter().cloned());
            evictions(setup, &commands)
        };
        let (machine, gone) = run(Scope::Local);
        assert!(gone.len() > 50, "{policy:?} evicts");
        assert!(gone.iter().all(|(asker, owner)| asker == owner), "{policy:?}");
        assert!(machine.state().rss(A) <= 4 && machine.state().rss(B) <= 4, "{policy:?}");
        let (_, globally) = run(Scope::Global);
        assert!(globally.iter().any(|(asker, owner)| asker != owner), "{policy:?}: globally they do");
    }
}

/// What a process had cached is nobody's when it has ended: others may have the frames.
#[test]
fn the_dead_leave_their_frames_to_others() {
    let local = MachineConfig { frames: 4, scope: Scope::Local, quota: Some(4), ..MachineConfig::textbook() };
    let (setup, mut commands) = two_processes(local);
    commands.extend((0..4).map(|page| touch(A, page)));
    let mut machine = Machine::new(setup).expect("nothing is cached");
    commands.iter().for_each(|command| drop(machine.run(command)));
    let starved = machine.clone().run(&touch(B, 0));
    assert!(matches!(starved, Outcome::Signal(_)), "A has all frames and keeps them: {starved:?}");
    machine.run(&Command::Call { pid: A, call: Call::Exit });
    assert_eq!(machine.run(&touch(B, 0)), Outcome::Value(b'A'.into()));
}

/// Linux's rules on four frames, worked out by hand after `folio_check_references` and `workingset_refault`.
#[test]
fn two_lists_activate_what_is_used_again_and_what_comes_back_soon() {
    assert_eq!(MachineConfig::linux().policy, PolicyKind::TwoList);
    let config = MachineConfig { frames: 4, policy: PolicyKind::TwoList, ..MachineConfig::textbook() };
    let (setup, begin) = two_processes(config);
    let mut machine = Machine::new(setup).expect("nothing is cached");
    begin.iter().for_each(|command| drop(machine.run(command)));
    let lists = |machine: &Machine| {
        let PolicyView::Lists { lists, .. } = machine.state().policy() else { panic!("two lists") };
        lists.iter().map(|list| list.pages.iter().map(|page| page.pfn.get()).collect()).collect::<Vec<Vec<u32>>>()
    };
    (0..4).for_each(|page| drop(machine.run(&touch(A, page))));
    assert_eq!(lists(&machine), [vec![0, 1, 2, 3], vec![]]);
    // Every page came with its bit set: all are spared once and marked, then the oldest goes. Frame 0 gets page 4.
    machine.run(&touch(A, 4));
    assert_eq!(lists(&machine), [vec![1, 2, 3, 0], vec![]]);
    // Pages 1 and 3 are used again. Page 1, come to first, is marked and accessed: it becomes active; page 2 goes.
    machine.run(&touch(A, 1));
    machine.run(&touch(A, 3));
    let mut events: Vec<Event> = Vec::new();
    machine.step(&touch(A, 5), &mut events);
    let chosen = |event: &Event| match event {
        Event::VictimChosen { pfn, reason } => Some((pfn.get(), *reason)),
        _ => None,
    };
    assert_eq!(events.iter().find_map(chosen), Some((2, Reason::Inactive)));
    assert_eq!(lists(&machine), [vec![3, 0, 2], vec![1]]);
    // Page 3 becomes active; page 4, spared once, goes. The clock has gone on by three since page 2 left: it went before
    // page 3 joined and page 4 left, and two active pages are too few for that.
    machine.run(&touch(A, 2));
    assert_eq!(lists(&machine), [vec![2, 0], vec![1, 3]]);
    // Page 4 left two ticks ago, its own and page 5's, and two pages are active: it is active at once.
    machine.run(&touch(A, 4));
    assert_eq!(lists(&machine), [vec![0], vec![1, 3, 2]]);
}
