//! The machine: its keys, with the values they may have, and the costs.

/// What a key may be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A whole number in this range.
    Number {
        /// Least value.
        min: i128,
        /// Greatest value.
        max: i128,
    },
    /// A power of two in this range.
    PowerOfTwo {
        /// Least value.
        min: i128,
        /// Greatest value.
        max: i128,
    },
    /// `on` or `off`.
    Switch,
    /// One of these words.
    Choice(&'static [Word]),
    /// This word, or a whole number from 1.
    WordOrNumber {
        /// The word.
        word: &'static str,
        /// Greatest value.
        max: i128,
    },
    /// The name of a page-table format, or index widths: `4+4`.
    TableFormat,
    /// A number of TLB entries, optionally `xWAYS`.
    Tlb,
}

/// A word that a key may be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// One key of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it may be set to.
    pub kind: KeyKind,
    /// Its value in the preset `textbook`; empty = it follows from other keys.
    pub textbook: &'static str,
    /// Its value in the preset `linux`; empty = it follows from other keys.
    pub linux: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// One entry of the cost model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Its key, without `cost.`.
    pub name: &'static str,
    /// Default, in units of one mapped load.
    pub default: u64,
    /// What costs that, in a sentence.
    pub doc: &'static str,
}

/// The most frames that a machine may have: 4 GiB in pages of 4 KiB.
const MAX_FRAMES: i128 = 1 << 20;
/// The most swap slots.
const MAX_SWAP: i128 = 1 << 24;
/// The most that an action may cost.
const MAX_COST: i128 = 1_000_000_000;
/// The greatest seed.
const MAX_SEED: i128 = u64::MAX as i128;

const fn w(name: &'static str, doc: &'static str) -> Word {
    Word { name, doc }
}

const fn k(name: &'static str, kind: KeyKind, textbook: &'static str, linux: &'static str, doc: &'static str) -> Key {
    Key { name, kind, textbook, linux, doc }
}

/// The key of that name; all of `cost.NAME` have one kind.
pub fn key(name: &str) -> Option<KeyKind> {
    if let Some(cost) = name.strip_prefix("cost.") {
        let known = COSTS.iter().any(|entry| entry.name == cost);
        return known.then_some(KeyKind::Number { min: 0, max: MAX_COST });
    }
    KEYS.iter().find(|key| key.name == name).map(|key| key.kind)
}

/// The names of all keys, `cost.NAME` among them.
pub fn key_names() -> Vec<String> {
    let costs = COSTS.iter().map(|cost| format!("cost.{}", cost.name));
    KEYS.iter().map(|key| key.name.to_string()).chain(costs).collect()
}

/// The replacement policies.
pub const POLICIES: &[Word] = &[
    w("fifo", "The page that came first goes first."),
    w("lru", "The page not used for longest goes."),
    w("mru", "The page used last goes."),
    w("clock", "A hand goes round and gives each used page a second chance."),
    w("nru", "A page not used recently goes, a clean one rather than a dirty one."),
    w("lfu", "The page used least often goes."),
    w("aging", "Shifted reference bits tell how long ago a page was used."),
    w("random", "Any page goes."),
    w("opt", "The page whose next use is farthest goes: needs the future."),
    w("unopt", "The page used soonest goes: the worst that can be done."),
    w("arc", "Balances recency and frequency with ghosts of evicted pages."),
    w("sieve", "A hand that moves from old to new and keeps what was used."),
    w("s3-fifo", "A small, a main and a ghost queue."),
    w("two-list", "Linux: an inactive and an active list."),
];

/// The page-table formats that have names.
pub const TABLE_FORMATS: &[Word] = &[
    w("linear", "One array of entries."),
    w("ia32", "Two levels of 10 bits, pages of 4 KiB."),
    w("sv32", "RISC-V: two levels of 10 bits."),
    w("sv39", "RISC-V: three levels of 9 bits."),
    w("sv48", "RISC-V: four levels of 9 bits."),
    w("x86-64", "Four levels of 9 bits, 48-bit addresses."),
    w("x86-64-la57", "Five levels of 9 bits, 57-bit addresses."),
];

/// Which TLB entry goes.
pub const TLB_POLICIES: &[Word] =
    &[w("lru", "The entry not used for longest."), w("fifo", "The entry that came first."), w("random", "Any.")];

const SCOPES: &[Word] = &[
    w("global", "Any page may be evicted for any process."),
    w("local", "Each process evicts its own, within its quota."),
];

const PERSONALITIES: &[Word] =
    &[w("textbook", "The plain rules."), w("linux", "As Linux does."), w("windows", "As Windows does.")];

const SIGNAL_RULES: &[Word] = &[
    w("kill", "SIGSEGV and SIGBUS end the process."),
    w("continue", "The access is skipped and the process goes on."),
];

/// All keys, in the order of the documentation.
pub const KEYS: &[Key] = &[
    k("page", KeyKind::PowerOfTwo { min: 8, max: 64 << 10 }, "", "4K", "Page size in bytes."),
    k("table", KeyKind::TableFormat, "linear", "x86-64", "Page-table format, or index widths from the root: `4+4`."),
    k("va_bits", KeyKind::Number { min: 4, max: 64 }, "", "", "Width of a virtual address in bits."),
    k("entry_bytes", KeyKind::Number { min: 1, max: 8 }, "", "8", "Size of an entry of `linear` and custom tables."),
    k("frames", KeyKind::Number { min: 1, max: MAX_FRAMES }, "8", "1024", "Frames of physical memory."),
    k("tables_in_frames", KeyKind::Switch, "off", "off", "Page tables take frames of the same memory."),
    k("tlb", KeyKind::Tlb, "0", "64x4", "TLB entries, optionally `xWAYS`; 0 = none."),
    k("tlb_policy", KeyKind::Choice(TLB_POLICIES), "lru", "lru", "Which TLB entry goes."),
    k("asid", KeyKind::Switch, "off", "on", "Tagged TLB; off = a switch of process flushes it."),
    k("shootdown", KeyKind::Switch, "on", "on", "Stale TLB entries are removed; off = they stay."),
    k("policy", KeyKind::Choice(POLICIES), "lru", "two-list", "Which page is evicted."),
    k("scope", KeyKind::Choice(SCOPES), "global", "global", "Whose pages may be evicted."),
    k("quota", KeyKind::Number { min: 1, max: MAX_FRAMES }, "", "", "Frames of each process with `scope = local`."),
    k("swap", KeyKind::Number { min: 0, max: MAX_SWAP }, "16", "1024", "Swap slots; 0 = none."),
    k(
        "readahead",
        KeyKind::Number { min: 1, max: 4096 },
        "1",
        "32",
        "Pages that a miss of the cache brings in; 1 = the page alone.",
    ),
    k("readaround", KeyKind::Switch, "off", "on", "Linux's windows, marks and growth instead."),
    k(
        "granularity",
        KeyKind::WordOrNumber { word: "page", max: 1 << 30 },
        "page",
        "page",
        "What file offsets of mappings must be multiples of.",
    ),
    k(
        "fault_around",
        KeyKind::PowerOfTwo { min: 1, max: 512 },
        "1",
        "16",
        "Pages mapped by one read fault on a file, if cached.",
    ),
    k("zero_page", KeyKind::Switch, "off", "on", "A read of untouched anonymous memory maps the one zero frame."),
    k(
        "write_back",
        KeyKind::WordOrNumber { word: "off", max: 1_000_000_000 },
        "off",
        "off",
        "Steps after which dirty pages are written.",
    ),
    k("iommu", KeyKind::Switch, "on", "on", "Off = a device's address is a physical address."),
    k("os", KeyKind::Choice(PERSONALITIES), "textbook", "linux", "Whose rules the system follows."),
    k("signals", KeyKind::Choice(SIGNAL_RULES), "kill", "kill", "What SIGSEGV and SIGBUS do to a process."),
    k("seed", KeyKind::Number { min: 0, max: MAX_SEED }, "0", "0", "For every random choice: Python's MT19937."),
    k("seed_skip", KeyKind::Number { min: 0, max: 1 << 32 }, "0", "0", "Draws that are thrown away first."),
];

const fn cost(name: &'static str, default: u64, doc: &'static str) -> Cost {
    Cost { name, default, doc }
}

/// What things cost, as keys `cost.NAME`.
pub const COSTS: &[Cost] = &[
    cost("tlb_hit", 1, "An access."),
    cost("walk", 1, "A table read of a TLB miss."),
    cost("syscall", 200, "A call."),
    cost("copy_byte", 1, "A byte copied by read or write."),
    cost("minor", 500, "A fault, minor or major."),
    cost("cow", 100, "A copy-on-write."),
    cost("disk_request", 45_000, "A request to the disk."),
    cost("disk_page", 5_000, "A page moved from or to the disk."),
    cost("tlb_flush", 100, "A flush of the TLB."),
];
