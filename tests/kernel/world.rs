//! A scenario on the model: names to numbers, steps to commands, outcomes to the recorder's words.

use crate::scenario::{Scenario, displacement, length, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use vmcore::Machine;
use vmcore::command::{Call, Command, Data, KernelCommand, MmapArgs, flags};
use vmcore::config::{MachineConfig, Signals};
use vmcore::object::{Fill, ObjectKind};
use vmcore::outcome::Outcome;
use vmcore::policy::Future;
use vmcore::raw::Raw;
use vmcore::state::{ObjectSpec, Setup};
use vmcore::units::{AccessKind, NameId, Pid, VirtAddr};

pub(crate) const PAGE: i64 = 4096;

/// Where mappings go that the scenario gives no place: one slot each, far from all others, as in the recorder.
const ARENA: u64 = 0x1000_0000_0000;
const SLOT: u64 = 1 << 30;

/// A named stretch of a process's addresses.
#[derive(Clone)]
pub(crate) struct Region {
    pub(crate) name: String,
    pub(crate) start: u64,
    pub(crate) bytes: u64,
    /// Pages below the start that are looked at, too.
    pub(crate) below: u64,
}

impl Region {
    pub(crate) fn first_byte(&self) -> u64 {
        self.start - self.below * PAGE as u64
    }

    pub(crate) fn end(&self) -> u64 {
        self.start + self.bytes
    }
}

#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) pid: Pid,
    pub(crate) regions: Vec<Region>,
    descriptors: BTreeMap<String, i64>,
}

pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) files: Vec<String>,
    /// Those that live, in the order in which they began.
    pub(crate) processes: Vec<Process>,
    names: Vec<String>,
    slots: u64,
}

impl World {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let names = scenario.processes();
        let files = scenario.head["files"].as_object().expect("files by name");
        let specs = files.values().zip(0..).map(|(spec, id)| object(scenario, spec, id)).collect();
        let setup = Setup {
            config: machine(scenario.is_mode_on()).checked().expect("sound"),
            names: files.keys().map(|name| Rc::from(name.as_str())).collect(),
            processes: names.iter().map(|name| Rc::from(name.as_str())).collect(),
            objects: specs,
            images: Vec::new(),
            raw: Raw::default(),
            future: Rc::new(Future::default()),
        };
        let machine = Machine::new(setup).expect("what is cached fits");
        let files = files.keys().cloned().collect();
        let mut world = Self { machine, files, processes: Vec::new(), names, slots: 0 };
        for name in scenario.head["procs"].as_array().expect("a list") {
            world.begin(text(name), Vec::new(), BTreeMap::new());
        }
        world
    }

    fn begin(&mut self, name: String, regions: Vec<Region>, descriptors: BTreeMap<String, i64>) {
        let number = self.names.iter().position(|known| *known == name).expect("every process is named");
        self.processes.push(Process { name, pid: Pid::new(number as u16), regions, descriptors });
    }

    /// Performs a step: its outcome in the recorder's words, and its faults where the recorder counts them.
    pub(crate) fn perform(&mut self, step: &Value) -> Result<(Value, Value), String> {
        let op = step["op"].as_str().expect("a step has an op");
        if op == "drop_cache" {
            let name = self.file(step);
            let outcome = self.machine.run(&Command::Kernel(KernelCommand::DropCaches { name }));
            return Ok((self.outcome(0, step, &outcome), Value::Null));
        }
        let at = self.processes.iter().position(|process| step["p"] == process.name.as_str());
        let at = at.ok_or("no such process lives")?;
        let command = self.command(at, op, step)?;
        let outcome = self.machine.run(&command);
        let counters = self.machine.state().step_counters();
        let faults = match op {
            "fork" | "exit" => Value::Null,
            _ => json!([counters.minor, counters.major]),
        };
        let out = self.outcome(at, step, &outcome);
        self.bind(at, step, &outcome);
        Ok((out, faults))
    }

    fn file(&self, step: &Value) -> NameId {
        let at = self.files.iter().position(|name| step["file"] == name.as_str());
        NameId::new(at.expect("files are declared") as u32)
    }

    fn command(&mut self, at: usize, op: &str, step: &Value) -> Result<Command, String> {
        let pid = self.processes[at].pid;
        let va = || VirtAddr::new(self.address(at, &step["at"]));
        Ok(match op {
            "load" => Command::Access { pid, va: va(), kind: AccessKind::Load, value: 0 },
            "store" => {
                let value = step["val"].as_u64().expect("a byte") as u8;
                Command::Access { pid, va: va(), kind: AccessKind::Store, value }
            }
            _ => Command::Call { pid, call: self.call(at, op, step)? },
        })
    }

    fn call(&mut self, at: usize, op: &str, step: &Value) -> Result<Call, String> {
        let addr = if step["at"].is_string() { self.address(at, &step["at"]) } else { 0 };
        let len = length(&step["len"], PAGE) as u64;
        let offset = length(&step["off"], PAGE);
        let known = step["fd"].as_str().and_then(|name| self.processes[at].descriptors.get(name));
        let fd = known.copied().unwrap_or(-1);
        Ok(match op {
            "open" => Call::Open { name: self.file(step), flags: flag_word("O_", step), shm: false },
            "close" => Call::Close { fd },
            "fsync" => Call::Fsync { fd },
            "unlink" => Call::Unlink { name: self.file(step) },
            "ftruncate" => Call::Ftruncate { fd, len: len as i64 },
            "read" => {
                let buffer = step.get("into").map(|into| VirtAddr::new(self.address(at, into)));
                Call::Read { fd, len, offset: Some(offset), buffer }
            }
            "write" => Call::Write { fd, data: self.data(at, step, len), offset: Some(offset) },
            "mmap" => Call::Mmap(self.mmap(step, addr, len, fd, offset as u64)),
            "munmap" => Call::Munmap { addr, len },
            "mprotect" => Call::Mprotect { addr, len, prot: prot(step) },
            "mremap" => self.mremap(at, step, addr),
            "madvise" => Call::Madvise { addr, len, advice: flag("MADV_", text(&step["advice"]).as_str()) },
            "fadvise" => {
                let advice = flag("POSIX_FADV_", text(&step["advice"]).as_str());
                Call::Fadvise { fd, offset, len: len as i64, advice }
            }
            "mlock" => Call::Mlock { addr, len },
            "munlock" => Call::Munlock { addr, len },
            "mincore" => Call::Mincore { addr, len },
            "msync" => Call::Msync { addr, len, flags: flag_word("MS_", step) },
            "fork" => {
                let child = text(&step["child"]);
                let number = self.names.iter().position(|known| *known == child).expect("children are named");
                Call::Fork { child: Pid::new(number as u16) }
            }
            "exit" => Call::Exit,
            _ => return Err(format!("{op} is not modelled yet")),
        })
    }

    fn data(&self, at: usize, step: &Value, len: u64) -> Data {
        if let Some(from) = step.get("from") {
            return Data::Memory { va: VirtAddr::new(self.address(at, from)), len };
        }
        let byte = |value: &Value| value.as_u64().expect("a byte") as u8;
        match step.get("data") {
            Some(list) => Data::Bytes(list.as_array().expect("bytes").iter().map(byte).collect()),
            None => Data::Fill { byte: byte(&step["fill"]), len },
        }
    }

    fn mmap(&mut self, step: &Value, addr: u64, len: u64, fd: i64, offset: u64) -> MmapArgs {
        let mut given = flag_word("MAP_", step);
        let mut place = addr;
        if addr == 0 {
            place = self.fresh_place(length(&step["skew"], PAGE) as u64);
            given |= flags::MAP_FIXED_NOREPLACE;
        }
        MmapArgs { addr: place, len, prot: prot(step), flags: given, fd, offset }
    }

    fn mremap(&mut self, at: usize, step: &Value, addr: u64) -> Call {
        let given = flag_word("MREMAP_", step);
        let new_addr = match step.get("to") {
            _ if given & flags::MREMAP_FIXED == 0 => 0,
            Some(to) => self.address(at, to),
            None => self.fresh_place(0),
        };
        let pages = |key: &str| length(&step[key], PAGE) as u64;
        Call::Mremap { addr, old_len: pages("old"), new_len: pages("new"), flags: given, new_addr }
    }

    fn fresh_place(&mut self, skew: u64) -> u64 {
        self.slots += 1;
        ARENA + (self.slots - 1) * SLOT + SLOT / 2 + skew
    }

    /// `A`, `A+2p+17`, `A-1p`.
    fn address(&self, at: usize, spec: &Value) -> u64 {
        let spec = spec.as_str().expect("an address is a text");
        let end = spec.find(['+', '-']).unwrap_or(spec.len());
        let regions = &self.processes[at].regions;
        let region = regions.iter().find(|region| region.name == spec[..end]).expect("names are bound before use");
        region.start.wrapping_add_signed(displacement(&spec[end..], PAGE))
    }

    /// What the recorder would have written.
    fn outcome(&self, at: usize, step: &Value, outcome: &Outcome) -> Value {
        let op = step["op"].as_str().expect("a step has an op");
        match outcome {
            Outcome::Errno(errno) => json!({ "errno": errno.name() }),
            Outcome::Signal(signal) => json!({ "sig": signal.code.signal(), "code": signal.code.code() }),
            Outcome::Translated(_) => unreachable!("the recordings translate nothing"),
            Outcome::Ok | Outcome::Loaded(_) => json!({ "ret": 0 }),
            Outcome::Value(value) => match op {
                "load" => json!({ "val": value }),
                "open" => json!({ "ret": step["as"] }),
                "fork" => json!({ "ret": "child" }),
                _ => json!({ "ret": value }),
            },
            Outcome::Address(address) => match op {
                "mremap" => {
                    let name = step.get("as").unwrap_or(&step["at"]);
                    json!({ "ret": name, "moved": address.get() != self.address(at, &step["at"]) })
                }
                _ => json!({ "ret": step["as"] }),
            },
            Outcome::Resident(pages) => {
                let vec: String = pages.iter().map(|&there| if there { '1' } else { '0' }).collect();
                json!({ "ret": 0, "vec": vec })
            }
            Outcome::Bytes(bytes) if step.get("into").is_some() => json!({ "ret": bytes.len() }),
            Outcome::Bytes(bytes) if bytes.len() <= 32 => json!({ "ret": bytes.len(), "data": bytes }),
            Outcome::Bytes(bytes) => {
                json!({ "ret": bytes.len(), "sum": bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>() })
            }
        }
    }

    /// Binds the names that a call makes.
    fn bind(&mut self, at: usize, step: &Value, outcome: &Outcome) {
        let moved = matches!(outcome, Outcome::Address(to) if step["at"].is_string() && to.get() != self.address(at, &step["at"]));
        let process = &mut self.processes[at];
        match (step["op"].as_str().expect("a step has an op"), outcome) {
            ("open", Outcome::Value(fd)) => {
                process.descriptors.insert(text(&step["as"]), *fd);
            }
            ("close", Outcome::Ok) => {
                process.descriptors.remove(step["fd"].as_str().expect("a name"));
            }
            ("mmap", Outcome::Address(start)) => {
                let below = step["below"].as_u64().unwrap_or(0);
                let bytes = length(&step["len"], PAGE) as u64;
                process.name_region(Region { name: text(&step["as"]), start: start.get(), bytes, below });
            }
            ("mremap", Outcome::Address(start)) => {
                let pages = |key: &str| length(&step[key], PAGE) as u64;
                let name = step.get("as").unwrap_or(&step["at"]);
                let stays = !moved;
                let bytes = if stays { pages("old").max(pages("new")) } else { pages("new") };
                process.name_region(Region { name: text(name), start: start.get(), bytes, below: 0 });
            }
            ("fork", Outcome::Value(_)) => {
                let (regions, descriptors) = (process.regions.clone(), process.descriptors.clone());
                self.begin(text(&step["child"]), regions, descriptors);
            }
            ("exit", _) => {
                self.processes.remove(at);
            }
            _ => {}
        }
    }
}

impl Process {
    fn name_region(&mut self, region: Region) {
        match self.regions.iter_mut().find(|known| known.name == region.name) {
            Some(known) => *known = region,
            None => self.regions.push(region),
        }
    }
}

/// The machine on which a scenario was recorded: in mode `off` without read-ahead and fault-around, in mode `on` with
/// those of a stock kernel. It had memory enough, and no swap.
fn machine(on: bool) -> MachineConfig {
    let linux = MachineConfig { frames: 1024, swap: 0, signals: Signals::Continue, ..MachineConfig::linux() };
    if on { linux } else { MachineConfig { readahead: 1, fault_around: 1, ..linux } }
}

fn object(scenario: &Scenario, spec: &Value, id: u32) -> ObjectSpec {
    let size = spec["bytes"].as_u64().unwrap_or_else(|| spec["pages"].as_u64().expect("pages") * PAGE as u64);
    let place = spec.get("fs").or(scenario.head.get("fs"));
    let memory = place.is_some_and(|place| place == "tmpfs");
    ObjectSpec {
        name: NameId::new(id),
        kind: if memory { ObjectKind::Shm } else { ObjectKind::File },
        size,
        fill: Fill::Ramp(spec["seed"].as_u64().expect("a seed")),
        cached: memory || spec["warm"] == true,
    }
}

fn prot(step: &Value) -> u64 {
    let text = step["prot"].as_str().expect("a protection");
    let bit = |letter, bit| if text != "none" && text.contains(letter) { bit } else { 0 };
    bit('r', 1) | bit('w', 2) | bit('x', 4)
}

/// `SHARED|POPULATE` and the like, by the names of C.
fn flag_word(prefix: &str, step: &Value) -> u64 {
    let text = step["flags"].as_str().unwrap_or("");
    text.split('|').filter(|word| !word.is_empty()).map(|word| flag(prefix, word)).sum()
}

fn flag(prefix: &str, word: &str) -> u64 {
    match (prefix, word) {
        ("O_", "RDONLY") => flags::O_RDONLY,
        ("O_", "WRONLY") => flags::O_WRONLY,
        ("O_", "RDWR") => flags::O_RDWR,
        ("O_", "TRUNC") => flags::O_TRUNC,
        ("MAP_", "SHARED") => flags::MAP_SHARED,
        ("MAP_", "PRIVATE") => flags::MAP_PRIVATE,
        ("MAP_", "FIXED") => flags::MAP_FIXED,
        ("MAP_", "ANON") => flags::MAP_ANONYMOUS,
        ("MAP_", "GROWSDOWN") => flags::MAP_GROWSDOWN,
        ("MAP_", "LOCKED") => flags::MAP_LOCKED,
        ("MAP_", "NORESERVE") => flags::MAP_NORESERVE,
        ("MAP_", "POPULATE") => flags::MAP_POPULATE,
        ("MAP_", "FIXED_NOREPLACE") => flags::MAP_FIXED_NOREPLACE,
        ("MREMAP_", "MAYMOVE") => flags::MREMAP_MAYMOVE,
        ("MREMAP_", "FIXED") => flags::MREMAP_FIXED,
        ("MREMAP_", "DONTUNMAP") => flags::MREMAP_DONTUNMAP,
        ("MADV_", "NORMAL") => flags::MADV_NORMAL,
        ("MADV_", "RANDOM") => flags::MADV_RANDOM,
        ("MADV_", "SEQUENTIAL") => flags::MADV_SEQUENTIAL,
        ("MADV_", "WILLNEED") => flags::MADV_WILLNEED,
        ("MADV_", "DONTNEED") => flags::MADV_DONTNEED,
        ("MADV_", "FREE") => flags::MADV_FREE,
        ("MADV_", "REMOVE") => flags::MADV_REMOVE,
        ("MADV_", "HUGEPAGE") => flags::MADV_HUGEPAGE,
        ("MADV_", "NOHUGEPAGE") => flags::MADV_NOHUGEPAGE,
        ("MADV_", "DONTFORK") => flags::MADV_DONTFORK,
        ("MADV_", "DOFORK") => flags::MADV_DOFORK,
        ("MADV_", "WIPEONFORK") => flags::MADV_WIPEONFORK,
        ("MADV_", "COLD") => flags::MADV_COLD,
        ("MADV_", "PAGEOUT") => flags::MADV_PAGEOUT,
        ("MADV_", "POPULATE_READ") => flags::MADV_POPULATE_READ,
        ("MADV_", "POPULATE_WRITE") => flags::MADV_POPULATE_WRITE,
        ("POSIX_FADV_", "NORMAL") => flags::POSIX_FADV_NORMAL,
        ("POSIX_FADV_", "RANDOM") => flags::POSIX_FADV_RANDOM,
        ("POSIX_FADV_", "SEQUENTIAL") => flags::POSIX_FADV_SEQUENTIAL,
        ("POSIX_FADV_", "WILLNEED") => flags::POSIX_FADV_WILLNEED,
        ("POSIX_FADV_", "DONTNEED") => flags::POSIX_FADV_DONTNEED,
        ("MS_", "ASYNC") => flags::MS_ASYNC,
        ("MS_", "INVALIDATE") => flags::MS_INVALIDATE,
        ("MS_", "SYNC") => flags::MS_SYNC,
        _ => panic!("unknown flag {prefix}{word}"),
    }
}
