//! What the test suites and the fuzzers share: small worlds, commands with the arguments filled in, the model's oracle,
//! and what the fuzzers do with bytes.

pub mod fuzz;
pub mod model;

use std::rc::Rc;
use vmcore::command::{Call, Command, MmapArgs};
use vmcore::config::MachineConfig;
use vmcore::object::{Fill, ObjectKind};
use vmcore::policy::Future;
use vmcore::raw::Raw;
use vmcore::state::{ObjectSpec, Setup};
use vmcore::units::{AccessKind, NameId, Pid, VirtAddr};

/// Choices that look random and are the same for ever, or those that a fuzzer makes.
#[derive(Clone, Debug)]
pub enum Rng {
    /// Grown from a seed, without an end (SplitMix64, Steele, Lea, Flood 2014).
    Seed(u64),
    /// A byte or two a choice, from the end on; zeros when they are spent.
    Bytes(Vec<u8>),
}

impl Rng {
    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        match self {
            Self::Seed(state) => split_mix(state) % n,
            Self::Bytes(bytes) => {
                let mut next = || u64::from(bytes.pop().unwrap_or(0));
                let low = next();
                if n <= 256 { low % n } else { (low | next() << 8) % n }
            }
        }
    }

    /// Whether there is nothing left to choose by.
    pub fn is_spent(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A file in a [`world`].
pub struct File(pub &'static str, pub u64, pub Fill);

/// A machine's setup with processes A, B, C, … and some objects; those whose names begin with `shm` are shared memory,
/// with `dev` devices.
///
/// # Panics
/// If the configuration is not sound: a mistake in the test.
pub fn world(config: MachineConfig, files: &[File]) -> Setup {
    let kind = |name: &str| match name.get(..3) {
        Some("shm") => ObjectKind::Shm,
        Some("dev") => ObjectKind::Device,
        _ => ObjectKind::File,
    };
    let spec = |(File(name, size, fill), id): (&File, u32)| ObjectSpec {
        name: NameId::new(id),
        kind: kind(name),
        size: *size,
        fill: fill.clone(),
        cached: false,
    };
    Setup {
        config: config.checked().expect("the test's machine is sound"),
        names: files.iter().map(|File(name, ..)| Rc::from(*name)).collect(),
        processes: ["A", "B", "C", "D"].map(Rc::from).to_vec(),
        objects: files.iter().zip(0..).map(spec).collect(),
        images: Vec::new(),
        raw: Raw::default(),
        future: Rc::new(Future::default()),
    }
}

/// A load of one byte.
pub fn load(pid: Pid, va: u64) -> Command {
    Command::Access { pid, va: VirtAddr::new(va), kind: AccessKind::Load, value: 0 }
}

/// A store of one byte.
pub fn store(pid: Pid, va: u64, value: u8) -> Command {
    Command::Access { pid, va: VirtAddr::new(va), kind: AccessKind::Store, value }
}

/// A system call.
pub fn call(pid: Pid, call: Call) -> Command {
    Command::Call { pid, call }
}

/// open(2) of the `name`-th file.
pub fn open(pid: Pid, name: u32, flags: u64) -> Command {
    call(pid, Call::Open { name: NameId::new(name), flags, shm: false })
}

/// mmap(2).
pub fn mmap(pid: Pid, addr: u64, len: u64, prot: u64, flags: u64, fd: i64, offset: u64) -> Command {
    call(pid, Call::Mmap(MmapArgs { addr, len, prot, flags, fd, offset }))
}

/// `pagelab` with these arguments: what it comes to, and what it prints.
///
/// # Panics
/// If that is no text.
pub fn run(arguments: &[&str]) -> (Result<(), pagelab::Failure>, String) {
    let all = std::iter::once("pagelab").chain(arguments.iter().copied()).map(std::ffi::OsString::from);
    let mut out = Vec::new();
    let result = pagelab::execute(all, &mut out);
    (result, String::from_utf8(out).expect("text"))
}
