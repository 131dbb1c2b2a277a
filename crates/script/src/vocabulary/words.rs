//! Directives, expectations, counters, error names: the remaining words.

/// One directive, or the head of a statement that is no step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The word that it begins with.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// May it stand after the first step?
    pub anywhere: bool,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// The directive that begins with `word`.
pub fn directive(word: &str) -> Option<&'static Directive> {
    DIRECTIVES.iter().find(|directive| directive.name == word)
}

const fn d(name: &'static str, form: &'static str, anywhere: bool, doc: &'static str) -> Directive {
    Directive { name, form, anywhere, doc }
}

/// All statements that are no steps.
pub const DIRECTIVES: &[Directive] = &[
    d("title", "title \"…\"", false, "One line that names the script."),
    d("about", "about \"…\"", false, "A paragraph; may stand several times."),
    d("machine", "machine PRESET { key = value, … }", false, "The machine it runs on."),
    d("variant", "variant \"NAME\" { key = value, … }", false, "The same script on a changed machine."),
    d("file", "file \"NAME\" size N [fill F] [cached]", false, "A file on disk."),
    d("shm", "shm \"NAME\" size N [fill F]", false, "A memory object with no disk behind it."),
    d("device", "device \"NAME\" size N", false, "Device memory."),
    d("program", "program \"NAME\" { text N, … }", false, "An executable."),
    d("library", "library \"NAME\" { text N, … }", false, "A loadable module."),
    d("memory", "memory FRAME \"hex…\"", false, "What a frame's bytes are at the start."),
    d("table", "table A { 2 -> 3 rw-, … }", false, "Raw page-table entries."),
    d("note", "note \"…\"", true, "The caption of the next step."),
    d("speaker", "speaker \"…\"", true, "A note that only the presenter sees."),
    d("ask", "ask \"…\"", true, "A question before the next step, with its choices on the lines below."),
    d("choice", "choice \"…\" [because \"…\"]", true, "A wrong answer of the question above."),
    d("answer", "answer \"…\" [because \"…\"]", true, "The right answer of the question above."),
    d("expect", "expect LIST", true, "What must hold after the step above."),
    d("mark", "mark", true, "Where totals start anew."),
    d("for", "for i in SOURCE { … }", true, "Repeats for each value."),
    d("repeat", "repeat n { … }", true, "Repeats n times."),
];

/// Words that mean something only in their place.
pub const CONTEXT_WORDS: &[&str] =
    &["in", "base", "size", "fill", "cached", "because", "at", "step", "fetch", "total", "needs"];

/// What a file may be filled with.
pub const FILLS: &[&str] = &["letters", "zeros", "text", "ramp", "words"];

/// The generators a loop may run through.
pub const SOURCES: &[&str] = &["uniform", "zipf", "shuffle"];

/// A counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Requests to the disk.
    DiskRequests,
    /// Pages read from files.
    DiskReads,
    /// Pages written to files.
    DiskWrites,
    /// Pages read from swap.
    SwapReads,
    /// Pages written to swap.
    SwapWrites,
    /// Translations that the TLB answered.
    TlbHits,
    /// Translations that it did not.
    TlbMisses,
    /// Page-table entries read.
    WalkReads,
    /// Calls.
    Syscalls,
    /// Bytes copied by read and write.
    Copied,
    /// Cost units.
    Cost,
    /// Faults that needed no disk.
    Minor,
    /// Faults that did.
    Major,
    /// Copy-on-write copies.
    Cow,
    /// Minor and major faults.
    Faults,
    /// Accesses.
    Accesses,
}

/// A counter and its documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which.
    pub counter: Counter,
    /// Its word.
    pub name: &'static str,
    /// May it be expected of a single step by `NAME N`? (All may be of a total.)
    pub of_step: bool,
    /// What it counts, in a sentence.
    pub doc: &'static str,
}

const fn t(counter: Counter, name: &'static str, of_step: bool, doc: &'static str) -> Tally {
    Tally { counter, name, of_step, doc }
}

/// All counters.
pub const COUNTERS: &[Tally] = &[
    t(Counter::DiskRequests, "disk_requests", true, "Requests to the disk."),
    t(Counter::DiskReads, "disk_reads", true, "Pages read from files."),
    t(Counter::DiskWrites, "disk_writes", true, "Pages written to files."),
    t(Counter::SwapReads, "swap_reads", true, "Pages read from swap."),
    t(Counter::SwapWrites, "swap_writes", true, "Pages written to swap."),
    t(Counter::TlbHits, "tlb_hits", true, "Translations that the TLB answered."),
    t(Counter::TlbMisses, "tlb_misses", true, "Translations that it did not."),
    t(Counter::WalkReads, "walk_reads", true, "Page-table entries read."),
    t(Counter::Syscalls, "syscalls", true, "Calls."),
    t(Counter::Copied, "copied", true, "Bytes copied by read and write."),
    t(Counter::Cost, "cost", true, "Cost units."),
    t(Counter::Minor, "minor", false, "Faults that needed no disk."),
    t(Counter::Major, "major", false, "Faults that did."),
    t(Counter::Cow, "cow", false, "Copy-on-write copies."),
    t(Counter::Faults, "faults", false, "Minor and major faults."),
    t(Counter::Accesses, "accesses", false, "Loads, stores and fetches, one a byte."),
];

impl Counter {
    /// The counter of that name.
    pub fn named(name: &str) -> Option<Counter> {
        COUNTERS.iter().find(|tally| tally.name == name).map(|tally| tally.counter)
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        COUNTERS
            .iter()
            .find(|tally| tally.counter == self)
            .map(|tally| tally.name)
            .expect("every counter is in the table")
    }
}

/// One word of an `expect` list that is no counter and no error name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Its word.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What must hold, in a sentence.
    pub doc: &'static str,
}

const fn e(name: &'static str, form: &'static str, doc: &'static str) -> Expectation {
    Expectation { name, form, doc }
}

/// What can be expected.
pub const EXPECTATIONS: &[Expectation] = &[
    e("hit", "hit", "No fault."),
    e("minor", "minor", "At least one fault, and no major one."),
    e("major", "major", "At least one major fault."),
    e("cow", "cow", "At least one copy."),
    e("faults", "faults N", "So many faults, minor and major."),
    e("ok", "ok", "No error and no signal."),
    e("value", "value V", "The byte, number or bytes that the step gave."),
    e("total", "total COUNTER N", "A counter summed since the last `mark`."),
    e("frames", "frames N", "Frames in use."),
    e("cached", "cached \"FILE\" N", "Pages of a file in the page cache."),
    e("dirty", "dirty \"FILE\" N", "Dirty pages of a file."),
    e("swap", "swap N", "Swap slots in use."),
    e("tables", "tables N", "Pages that page tables take."),
    e("rss", "rss P N", "Resident pages of a process."),
    e("pss", "pss P 2.33", "Its proportional share, in pages."),
    e("virtual", "virtual P N", "Its mapped pages."),
    e("evicts", "evicts \"FILE\":N", "This page left memory."),
];

/// The error names that a call may yield.
pub const ERRNOS: &[&str] = &[
    "EACCES",
    "EAGAIN",
    "EBADF",
    "EBUSY",
    "EEXIST",
    "EFAULT",
    "EFBIG",
    "EINTR",
    "EINVAL",
    "EIO",
    "EISDIR",
    "EMFILE",
    "ENFILE",
    "ENODEV",
    "ENOENT",
    "ENOEXEC",
    "ENOMEM",
    "ENOSPC",
    "ENOSYS",
    "ENOTSUP",
    "ENXIO",
    "EOPNOTSUPP",
    "EOVERFLOW",
    "EPERM",
    "EROFS",
    "ESPIPE",
    "ESRCH",
    "ETXTBSY",
];

/// The signals.
pub const SIGNALS: &[&str] = &["SIGSEGV", "SIGBUS", "SIGKILL"];

/// Their codes.
pub const SIGNAL_CODES: &[&str] = &["SEGV_MAPERR", "SEGV_ACCERR", "BUS_ADRERR", "OOM"];
