//! Address translation: OSTEP's problems, walked from the bytes of memory, by the pure walk and by a machine.

use crate::vectors::{self, MultilevelAnswer};
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

/// The sizes of `paging-linear-translate.py`, in the form `16k`.
fn size(text: &str) -> u64 {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let shift = ["", "k", "m", "g"].iter().position(|known| *known == unit).expect("a unit") * 10;
    text.trim_end_matches(unit).parse::<u64>().expect("a number") << shift
}

fn end(physical: Option<u64>) -> LookupEnd {
    physical.map_or(LookupEnd::Fault(FaultCause::NotPresent), |at| LookupEnd::At(PhysAddr::new(at)))
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
    let mut checked = 0;
    for (name, problem) in vectors::linear() {
        let arg = |key: &str| size(&problem.args[key]);
        let (space, memory, page) = (arg("address space size"), arg("phys mem size"), arg("page size"));
        let entries = &problem.page_table;
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

        for answer in &problem.translations {
            let (va, expected) = (answer.va, end(answer.pa));
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

/// Both steps of the walk, or the one; of entries of one byte.
fn walk(answer: &MultilevelAnswer) -> Vec<WalkEntry> {
    let step = |index: u64, valid: u64, pfn: u64| WalkEntry { index: index as u32, entry: valid << 7 | pfn };
    let second = answer
        .pte_index
        .map(|index| step(index, answer.pte_valid.expect("an entry"), answer.pte_pfn.expect("an entry")));
    [Some(step(answer.pde_index, answer.pde_valid, answer.pde_pfn)), second].into_iter().flatten().collect()
}

#[test]
fn two_level_tables_in_memory_translate_as_in_ostep() {
    let mut format = TableFormat::named("5+5", 5).expect("known");
    format.fit_entry(Some(1), 128);
    let mut checked = 0;
    for (name, problem) in vectors::multilevel() {
        let bytes: Vec<Vec<u8>> = problem.memory.iter().map(|frame| vectors::bytes(frame)).collect();
        let config = MachineConfig {
            page: Some(32),
            table: "5+5".into(),
            entry_bytes: Some(1),
            frames: 128,
            ..MachineConfig::textbook()
        };
        let frames = bytes.iter().zip(0..);
        let memory = frames.map(|(bytes, frame)| (Pfn::new(frame), Rc::from(bytes.as_slice()))).collect();
        let table = RawTable { pid: A, source: RawSource::At(Pfn::new(problem.pdbr)) };
        let mut machine = raw_machine(config, Raw { memory, tables: vec![table] });
        let read = |at: PhysAddr| Some(u64::from(bytes[at.get() as usize / 32][at.get() as usize % 32]));
        for answer in &problem.translations {
            let context = format!("{name}: {:#x}", answer.va);
            let expected = Lookup { walk: walk(answer), end: end(answer.pa) };
            let (va, root) = (answer.va, Pfn::new(problem.pdbr));
            assert_eq!(translate(&format, root, VirtAddr::new(va), AccessKind::Load, read), expected, "{context}");
            assert_eq!(look_up(&mut machine, va), expected, "{context} by the machine");
            match (machine.run(&load(A, va)), answer.value) {
                (Outcome::Signal(signal), None) => assert_eq!(signal.code, SignalCode::SegvMaperr, "{context}"),
                (Outcome::Value(byte), Some(value)) => assert_eq!(byte, value as i64, "{context}"),
                other => panic!("{context}: {other:?}"),
            }
            checked += 1;
        }
        assert!(vmcore::invariants::check(machine.state()).is_empty(), "{name}");
    }
    assert_eq!(checked, 80);
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
