//! Address translation: OSTEP's problems, walked from the bytes of memory, by the pure walk and by a machine.

use pagelab_tests::{load, world};
use std::rc::Rc;
use vmcore::Machine;
use vmcore::command::Command;
use vmcore::config::{MachineConfig, Signals};
use vmcore::event::FaultCause;
use vmcore::format::TableFormat;
use vmcore::outcome::{Lookup, LookupEnd, Outcome, SignalCode, WalkEntry};
use vmcore::raw::{Raw, RawEntry, RawSource, RawTable, translate};
use vmcore::units::{AccessKind, Pfn, PhysAddr, Pid, Prot, VirtAddr, Vpn};

const A: Pid = Pid::new(0);

fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).expect("hexadecimal")
}

fn raw_machine(config: MachineConfig, raw: Raw) -> Machine {
    let mut setup = world(MachineConfig { signals: Signals::Continue, ..config }, &[]);
    setup.raw = raw;
    Machine::new(setup).expect("the frames are there")
}

fn look_up(machine: &mut Machine, va: u64) -> Lookup {
    let command = Command::Translate { pid: A, va: VirtAddr::new(va), kind: AccessKind::Load };
    let before = machine.clone();
    let Outcome::Translated(lookup) = machine.run(&command) else { panic!("a translation") };
    assert_eq!(machine.state().totals(), before.state().totals(), "a translation counts nothing");
    lookup
}

#[test]
fn linear_tables_translate_as_in_ostep() {
    let lines = include_str!("ostep-linear.txt").lines().filter(|line| !line.starts_with('#'));
    let mut checked = 0;
    for line in lines {
        let [name, space, memory, page, entries, answers] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let bytes = |text: &str| text.parse::<u64>().expect("bytes");
        let (space, memory, page) = (bytes(space), bytes(memory), bytes(page));
        let entries: Vec<u64> = entries.split(' ').map(hex).collect();
        let (va_bits, offset_bits) = (space.trailing_zeros() as u8, page.trailing_zeros() as u8);
        let mut format = TableFormat::linear(va_bits, offset_bits);
        format.fit_entry(Some(4), (memory / page) as u32);
        // The table alone, in frame 0 of nowhere.
        let read = |at: PhysAddr| entries.get(at.get() as usize / 4).copied();

        let config = MachineConfig {
            page: Some(page),
            va_bits: Some(va_bits),
            entry_bytes: Some(4),
            frames: (memory / page) as u32,
            ..MachineConfig::textbook()
        };
        let valid = entries.iter().zip(0..).filter(|(entry, _)| *entry >> 31 != 0);
        let entry = |(entry, page): (&u64, u64)| RawEntry {
            vpn: Vpn::new(page),
            pfn: Pfn::new((entry & 0x7fff_ffff) as u32),
            prot: Prot::READ.with(Prot::WRITE),
        };
        let table = RawTable { pid: A, source: RawSource::Entries(valid.map(entry).collect()) };
        let mut machine = raw_machine(config, Raw { memory: Vec::new(), tables: vec![table] });

        for answer in answers.split(", ") {
            let (va, physical) = answer.split_once(' ').expect("address and answer");
            let va = hex(va);
            let expected = match physical {
                "-" => LookupEnd::Fault(FaultCause::NotPresent),
                physical => LookupEnd::At(PhysAddr::new(hex(physical))),
            };
            let pure = translate(&format, Pfn::new(0), VirtAddr::new(va), AccessKind::Load, read);
            assert_eq!(pure.end, expected, "{name}: {va:#x}");
            let index = (va >> offset_bits) as usize;
            assert_eq!(pure.walk, [WalkEntry { index: index as u32, entry: entries[index] }], "{name}: {va:#x}");
            assert_eq!(look_up(&mut machine, va), pure, "{name}: {va:#x} by the machine");
            checked += 1;
        }
    }
    assert_eq!(checked, 40);
}

/// A problem of `paging-multilevel-translate.py`.
struct Problem {
    name: &'static str,
    directory: u32,
    memory: Vec<Vec<u8>>,
    answers: Vec<Vec<&'static str>>,
}

fn problems() -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for line in include_str!("ostep-multilevel.txt").lines().filter(|line| !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix("problem ") {
            let (name, directory) = heading.split_once(' ').expect("a name and a frame");
            let directory = directory.parse().expect("a frame");
            problems.push(Problem { name, directory, memory: Vec::new(), answers: Vec::new() });
            continue;
        }
        let problem = problems.last_mut().expect("a problem begins with its heading");
        match line.split(' ').collect::<Vec<_>>() {
            frame if frame.len() == 1 => {
                problem.memory.push((0..32).map(|i| hex(&frame[0][2 * i..2 * i + 2]) as u8).collect());
            }
            answer => problem.answers.push(answer),
        }
    }
    problems
}

#[test]
fn two_level_tables_in_memory_translate_as_in_ostep() {
    let mut format = TableFormat::named("5+5", 5).expect("known");
    format.fit_entry(Some(1), 128);
    let mut checked = 0;
    for problem in problems() {
        let config = MachineConfig {
            page: Some(32),
            table: "5+5".into(),
            entry_bytes: Some(1),
            frames: 128,
            ..MachineConfig::textbook()
        };
        let frames = problem.memory.iter().zip(0..);
        let memory = frames.map(|(bytes, frame)| (Pfn::new(frame), Rc::from(bytes.as_slice()))).collect();
        let table = RawTable { pid: A, source: RawSource::At(Pfn::new(problem.directory)) };
        let mut machine = raw_machine(config, Raw { memory, tables: vec![table] });
        let read = |at: PhysAddr| Some(u64::from(problem.memory[at.get() as usize / 32][at.get() as usize % 32]));
        for answer in &problem.answers {
            let [va, directory_index, directory_entry, table_index, table_entry, physical, value] = answer[..] else {
                panic!("{answer:?}")
            };
            let context = format!("{}: {va}", problem.name);
            let step = |index: &str, entry: &str| WalkEntry { index: hex(index) as u32, entry: hex(entry) };
            let mut walk = vec![step(directory_index, directory_entry)];
            if table_index != "-" {
                walk.push(step(table_index, table_entry));
            }
            let end = match physical {
                "-" => LookupEnd::Fault(FaultCause::NotPresent),
                physical => LookupEnd::At(PhysAddr::new(hex(physical))),
            };
            let expected = Lookup { walk, end };
            let va = hex(va);
            let root = Pfn::new(problem.directory);
            assert_eq!(translate(&format, root, VirtAddr::new(va), AccessKind::Load, read), expected, "{context}");
            assert_eq!(look_up(&mut machine, va), expected, "{context} by the machine");
            match (machine.run(&load(A, va)), value) {
                (Outcome::Signal(signal), "-") => assert_eq!(signal.code, SignalCode::SegvMaperr, "{context}"),
                (Outcome::Value(byte), value) => assert_eq!(byte, hex(value) as i64, "{context}"),
                other => panic!("{context}: {other:?}"),
            }
            checked += 1;
        }
        assert!(vmcore::invariants::check(machine.state()).is_empty(), "{}", problem.name);
    }
    assert_eq!(checked, 70);
}

/// Entries with no region: hardware's refusal is SEGV_ACCERR, no entry SEGV_MAPERR, and a store changes the frame.
#[test]
fn raw_entries_can_be_loaded_and_stored_through() {
    let entry = |page, frame, bits| RawEntry {
        vpn: Vpn::new(page),
        pfn: Pfn::new(frame),
        prot: Prot::from_bits(bits).expect("rights"),
    };
    let entries = vec![entry(1, 5, 5), entry(2, 3, 3), entry(7, 0, 1)];
    let memory = vec![(Pfn::new(3), Rc::from(b"0123456789abcdef".as_slice()))];
    let raw = Raw { memory, tables: vec![RawTable { pid: A, source: RawSource::Entries(entries) }] };
    let mut machine = raw_machine(MachineConfig::textbook(), raw);
    assert_eq!(look_up(&mut machine, 0x2a).end, LookupEnd::At(PhysAddr::new(0x3a)));
    assert_eq!(look_up(&mut machine, 0x14).end, LookupEnd::At(PhysAddr::new(0x54)));
    assert_eq!(machine.run(&load(A, 0x2a)), Outcome::Value(b'a'.into()));
    assert_eq!(machine.run(&pagelab_tests::store(A, 0x2a, b'!')), Outcome::Ok);
    assert_eq!(machine.state().byte(Pfn::new(3), 0xa), b'!');
    let signal = |machine: &mut Machine, command| match machine.run(&command) {
        Outcome::Signal(signal) => signal.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(signal(&mut machine, pagelab_tests::store(A, 0x7c, 1)), SignalCode::SegvAccerr);
    assert_eq!(signal(&mut machine, load(A, 0x9c)), SignalCode::SegvMaperr);
    assert_eq!(machine.state().totals().faults(), 0);
    assert!(vmcore::invariants::check(machine.state()).is_empty());
}

/// Tables that point at each other are refused, not followed for ever.
#[test]
fn endless_tables_are_refused() {
    let own_entry = 0x1000u64 | 7;
    let page: Vec<u8> = (0..512).flat_map(|_| own_entry.to_le_bytes()).collect();
    let mut setup = world(MachineConfig { table: "x86-64".into(), ..MachineConfig::textbook() }, &[]);
    setup.raw = Raw {
        memory: vec![(Pfn::new(1), Rc::from(page))],
        tables: vec![RawTable { pid: A, source: RawSource::At(Pfn::new(1)) }],
    };
    let refused = Machine::new(setup).expect_err("endless").to_string();
    assert!(refused.contains("more than"), "{refused}");
}
