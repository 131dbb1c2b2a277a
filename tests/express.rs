//! What nobody watches takes the express way where it can: it comes to the same, step by step, as what is watched.

use pagelab_tests::{File, Rng, call, load, mmap, open, store, world};
use vmcore::Machine;
use vmcore::command::{Call, Command, flags};
use vmcore::config::{MachineConfig, Signals};
use vmcore::event::Event;
use vmcore::object::Fill;
use vmcore::policy::PolicyKind;
use vmcore::units::Pid;

const A: Pid = Pid::new(0);
const B: Pid = Pid::new(1);

/// Two files and private memory, in two processes; mostly accesses, now and then a call that changes what they find.
fn commands(rng: &mut Rng, count: u64) -> Vec<Command> {
    let anonymous = flags::MAP_PRIVATE | flags::MAP_ANONYMOUS;
    let mut all = vec![
        open(A, 0, flags::O_RDWR),
        open(A, 1, flags::O_RDWR),
        mmap(A, 0x400, 0x300, 1, flags::MAP_SHARED, 3, 0),
        mmap(A, 0x800, 0x100, 3, flags::MAP_PRIVATE, 4, 0),
        mmap(A, 0xa00, 0x40, 3, anonymous, -1, 0),
        call(A, Call::Fork { child: B }),
    ];
    for _ in 0..count {
        let pid = rng.pick(&[A, A, A, B]);
        let (start, pages) = rng.pick(&[(0x400, 48), (0x400, 48), (0x400, 8), (0x800, 17), (0xa00, 4)]);
        let va = start + rng.below(pages) * 16 + rng.below(16);
        all.push(match rng.below(200) {
            0 => call(pid, Call::Munmap { addr: va & !15, len: 16 }),
            1 => mmap(pid, 0x400, 0x300, 1, flags::MAP_SHARED | flags::MAP_FIXED, 3, 0),
            2 => call(pid, Call::Madvise { addr: va & !15, len: 32, advice: flags::MADV_COLD }),
            3..40 => store(pid, va, rng.below(256) as u8),
            _ => load(pid, va),
        });
    }
    all
}

fn hold(config: MachineConfig, seed: u64) {
    let told = format!("{config:?}");
    let files = [File("f", 0x2f8, Fill::Letters), File("g", 0x100, Fill::Ramp(3))];
    let mut watched = Machine::new(world(config, &files)).expect("nothing is cached");
    let mut alone = watched.clone();
    for (number, command) in commands(&mut Rng::Seed(seed), 1_200).iter().enumerate() {
        let mut events: Vec<Event> = Vec::new();
        let seen = watched.step(command, &mut events);
        assert_eq!(alone.run(command), seen, "{told}\nstep {number}: {command:?}");
        assert_eq!(alone.state().totals(), watched.state().totals(), "{told}\nstep {number}: {command:?}");
        assert_eq!(
            alone.state().step_counters(),
            watched.state().step_counters(),
            "{told}\nstep {number}: {command:?}"
        );
        // Also a state that was copied on the way goes on in the same way.
        if number % 100 == 99 {
            assert!(alone == watched, "{told}\nstep {number}: {command:?}");
            assert_eq!(alone.state().fingerprint(), watched.state().fingerprint());
            alone = alone.clone();
        }
    }
    assert!(alone == watched, "{told}");
}

#[test]
fn alone_or_watched_it_comes_to_the_same() {
    for (&policy, seed) in PolicyKind::ALL.iter().zip(1..) {
        let tables = ["linear", "4+4", "2+3+3", "x86-64"];
        for (table, tlb) in tables.into_iter().zip([(0, 0), (4, 4), (8, 2), (16, 4)]) {
            for (readahead, frames) in [(1, 8), (1, 24), (4, 12)] {
                let config = MachineConfig {
                    table: table.to_owned(),
                    page: Some(16),
                    va_bits: (table == "linear").then_some(12),
                    frames,
                    tlb_entries: tlb.0,
                    tlb_ways: tlb.1,
                    asid: frames == 24,
                    policy,
                    readahead,
                    // Else both processes would soon be dead.
                    signals: Signals::Continue,
                    ..MachineConfig::textbook()
                };
                hold(config, seed);
            }
        }
    }
}

#[test]
fn what_does_not_take_it_finds_everything_as_it_was() {
    let files = [File("f", 0x2f8, Fill::Letters), File("g", 0x100, Fill::Ramp(3))];
    let config = MachineConfig {
        table: "x86-64".to_owned(),
        page: Some(16),
        frames: 24,
        tlb_entries: 16,
        tlb_ways: 4,
        policy: PolicyKind::Lru,
        // Else both processes would soon be dead.
        signals: Signals::Continue,
        ..MachineConfig::textbook()
    };
    let mut machine = Machine::new(world(config, &files)).expect("nothing is cached");
    let (mut taken, mut refused) = (0, 0);
    for command in commands(&mut Rng::Seed(5), 2_000) {
        if let Command::Access { pid, va, kind, value } = command {
            let before = machine.clone();
            if machine.express(pid, va, kind, value).is_some() {
                taken += 1;
                continue;
            }
            refused += 1;
            assert!(machine == before, "{command:?}");
        }
        machine.run(&command);
    }
    // Processes take turns, and many an access is the first to its page, or a store.
    assert!(taken > refused / 4, "{taken} of {}", taken + refused);
}
