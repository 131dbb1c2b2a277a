//! Every short sequence in a small world: 2 processes, 2 frames, 3 pages. Nothing is left to chance, so nothing rare
//! can hide.

use pagelab_tests::{File, call, load, mmap, open, store, world};
use vmcore::Machine;
use vmcore::command::{Call, Command, KernelCommand, flags};
use vmcore::config::{MachineConfig, Signals};
use vmcore::event::Event;
use vmcore::invariants;
use vmcore::object::Fill;
use vmcore::outcome::Outcome;
use vmcore::policy::PolicyKind;
use vmcore::units::Pid;

const A: Pid = Pid::new(0);
const B: Pid = Pid::new(1);

/// A maps page 0 of the file shared, page 1 of it private, and a private anonymous page; B maps page 0 shared.
fn start(policy: PolicyKind) -> Machine {
    let config = MachineConfig { frames: 2, swap: 4, policy, signals: Signals::Continue, ..MachineConfig::textbook() };
    let mut machine = Machine::new(world(config, &[File("f", 32, Fill::Letters)])).expect("fits");
    let anonymous = flags::MAP_PRIVATE | flags::MAP_ANONYMOUS | flags::MAP_FIXED;
    let fixed = flags::MAP_FIXED;
    let setup = [
        open(A, 0, flags::O_RDWR),
        mmap(A, 0x40, 16, 3, flags::MAP_SHARED | fixed, 3, 0),
        mmap(A, 0x50, 16, 3, flags::MAP_PRIVATE | fixed, 3, 16),
        mmap(A, 0x60, 16, 3, anonymous, -1, 0),
        open(B, 0, flags::O_RDWR),
        mmap(B, 0x40, 16, 3, flags::MAP_SHARED | fixed, 3, 0),
    ];
    for command in &setup {
        assert!(!matches!(machine.run(command), Outcome::Errno(_)), "{command:?}");
    }
    machine
}

fn alphabet() -> Vec<Command> {
    vec![
        load(A, 0x40),
        store(A, 0x41, b'x'),
        load(A, 0x50),
        store(A, 0x51, b'y'),
        load(A, 0x60),
        store(A, 0x61, b'z'),
        load(B, 0x40),
        store(B, 0x42, b'w'),
        call(A, Call::Fork { child: Pid::new(2) }),
        store(Pid::new(2), 0x51, b'c'),
        call(A, Call::Munmap { addr: 0x50, len: 32 }),
        call(A, Call::Msync { addr: 0x40, len: 16, flags: flags::MS_SYNC }),
        call(B, Call::Exit),
        Command::Kernel(KernelCommand::Reclaim { pages: 1 }),
        Command::Kernel(KernelCommand::PowerCut),
    ]
}

/// Carries out a command on a copy and holds it to everything that must be true of any step.
fn step(machine: &Machine, command: &Command, path: &[usize]) -> Machine {
    let mut after = machine.clone();
    let mut events: Vec<Event> = Vec::new();
    after.step(command, &mut events);
    let mut folded = machine.state().clone();
    events.iter().for_each(|event| folded.apply(event));
    assert!(&folded == after.state(), "events do not explain {path:?}");
    let violations = invariants::check(after.state());
    assert!(violations.is_empty(), "{path:?}: {violations:#?}");
    after
}

fn explore(machine: &Machine, alphabet: &[Command], path: &mut Vec<usize>, depth: usize) -> u64 {
    if depth == 0 {
        return 1;
    }
    let mut seen = 0;
    for (command, letter) in alphabet.iter().zip(0..) {
        path.push(letter);
        let after = step(machine, command, path);
        seen += explore(&after, alphabet, path, depth - 1);
        path.pop();
    }
    seen
}

#[test]
fn every_sequence_of_four_commands_keeps_all_invariants() {
    let alphabet = alphabet();
    let all = (alphabet.len() as u64).pow(4);
    for policy in [PolicyKind::Lru, PolicyKind::Clock] {
        assert_eq!(explore(&start(policy), &alphabet, &mut Vec::new(), 4), all);
    }
}

/// What A and B see of the shared page never differs, whatever came before.
#[test]
fn both_sharers_always_see_the_same_byte() {
    let alphabet = alphabet();
    let machine = start(PolicyKind::Fifo);
    for first in &alphabet[..10] {
        for second in &alphabet[..10] {
            for third in &alphabet[..10] {
                let mut machine = machine.clone();
                [first, second, third].into_iter().for_each(|command| {
                    machine.run(command);
                });
                for at in 0x40..0x50 {
                    assert_eq!(machine.run(&load(A, at)), machine.run(&load(B, at)), "{first:?} {second:?} {third:?}");
                }
            }
        }
    }
}
