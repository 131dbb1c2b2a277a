//! The calls: C's names, in C's argument order.

use super::constants::Family;

/// Where a call belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Files and descriptors.
    Files,
    /// Mappings and the program break.
    Mappings,
    /// Processes.
    Processes,
    /// Memory itself.
    Memory,
    /// What only `kernel:` does.
    Kernel,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// The name of a file, memory object or program, as a string.
    Object,
    /// The name of a device, as a string.
    Device,
    /// A process, as a bare name.
    Process,
    /// A descriptor.
    Descriptor,
    /// A number of bytes, an offset, a number of frames.
    Number,
    /// An address.
    Address,
    /// Constants of this family, joined by `|`.
    Flags(Family),
    /// Bytes: a string, a list, `fill(byte, n)` or `a[e..f]`.
    Data,
    /// `read` (the default), `write` or `fetch`, as a bare word.
    Access,
}

/// One parameter of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// As the documentation names it.
    pub name: &'static str,
    /// What it is.
    pub kind: ParamKind,
    /// May it be left out?
    pub optional: bool,
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name.
    pub name: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// Its parameters.
    pub params: &'static [Param],
    /// What it does, in a sentence.
    pub doc: &'static str,
}

impl Call {
    /// `mmap(ADDR, n, PROT, FLAGS, fd, off)`.
    pub fn signature(&self) -> String {
        let mut out = format!("{}(", self.name);
        for (at, param) in self.params.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            out.push_str(&match param.optional {
                true => format!("[{comma}{}]", param.name),
                false => format!("{comma}{}", param.name),
            });
        }
        out.push(')');
        out
    }

    /// How many arguments it must have at least.
    pub fn required(&self) -> usize {
        self.params.iter().filter(|param| !param.optional).count()
    }
}

/// The call of that name.
pub fn call(name: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.name == name)
}

const fn param(name: &'static str, kind: ParamKind) -> Param {
    Param { name, kind, optional: false }
}

const fn optional(name: &'static str, kind: ParamKind) -> Param {
    Param { name, kind, optional: true }
}

const fn entry(name: &'static str, group: Group, params: &'static [Param], doc: &'static str) -> Call {
    Call { name, group, params, doc }
}

const FD: Param = param("fd", ParamKind::Descriptor);
const N: Param = param("n", ParamKind::Number);
const OFF: Param = param("off", ParamKind::Number);
const A: Param = param("a", ParamKind::Address);
const INTO: Param = optional("a", ParamKind::Address);
const NAME: Param = param("NAME", ParamKind::Object);
const DATA: Param = param("DATA", ParamKind::Data);
const PROT: Param = param("PROT", ParamKind::Flags(Family::Prot));
const DEVICE: Param = param("DEVICE", ParamKind::Device);
const IOVA: Param = param("IOVA", ParamKind::Number);

/// All calls, in the order of the documentation.
pub const CALLS: &[Call] = &[
    entry(
        "open",
        Group::Files,
        &[NAME, param("FLAGS", ParamKind::Flags(Family::Open))],
        "Opens a file and gives a descriptor, the lowest that is free.",
    ),
    entry("close", Group::Files, &[FD], "Gives a descriptor back; mappings of the file stay."),
    entry(
        "read",
        Group::Files,
        &[FD, N, INTO],
        "Reads from the descriptor's position through the page cache, and moves it.",
    ),
    entry("write", Group::Files, &[FD, DATA], "Writes at the descriptor's position into the page cache, and moves it."),
    entry("pread", Group::Files, &[FD, N, OFF, INTO], "Reads at an offset; the descriptor's position stays."),
    entry("pwrite", Group::Files, &[FD, DATA, OFF], "Writes at an offset; the descriptor's position stays."),
    entry(
        "lseek",
        Group::Files,
        &[FD, OFF, param("WHENCE", ParamKind::Flags(Family::Seek))],
        "Sets the descriptor's position.",
    ),
    entry("ftruncate", Group::Files, &[FD, N], "Cuts a file, or lets it grow, to n bytes."),
    entry("fsync", Group::Files, &[FD], "Writes a file's dirty pages to the disk."),
    entry(
        "posix_fadvise",
        Group::Files,
        &[FD, OFF, N, param("ADVICE", ParamKind::Flags(Family::Fadvise))],
        "Says how a file will be read.",
    ),
    entry("unlink", Group::Files, &[NAME], "Takes a file's name away; it lives while it is open or mapped."),
    entry(
        "shm_open",
        Group::Files,
        &[NAME, param("FLAGS", ParamKind::Flags(Family::Open))],
        "Opens a memory object by name.",
    ),
    entry(
        "mmap",
        Group::Mappings,
        &[param("ADDR", ParamKind::Address), N, PROT, param("FLAGS", ParamKind::Flags(Family::Map)), FD, OFF],
        "Makes a range of addresses stand for a file, or for fresh memory; loads nothing.",
    ),
    entry("munmap", Group::Mappings, &[A, N], "Takes mappings away from a range."),
    entry("mprotect", Group::Mappings, &[A, N, PROT], "Changes what a range may be used for."),
    entry(
        "mremap",
        Group::Mappings,
        &[
            A,
            param("old", ParamKind::Number),
            param("new", ParamKind::Number),
            param("FLAGS", ParamKind::Flags(Family::Mremap)),
            optional("ADDR", ParamKind::Address),
        ],
        "Grows, shrinks or moves a mapping; its frames stay.",
    ),
    entry(
        "msync",
        Group::Mappings,
        &[A, N, param("FLAGS", ParamKind::Flags(Family::Msync))],
        "Writes the dirty pages of a shared file mapping to the disk.",
    ),
    entry(
        "madvise",
        Group::Mappings,
        &[A, N, param("ADVICE", ParamKind::Flags(Family::Madvise))],
        "Says how a range will be used, or that it is not needed.",
    ),
    entry("mlock", Group::Mappings, &[A, N], "Brings a range into memory and keeps it there."),
    entry("munlock", Group::Mappings, &[A, N], "Lets a range be evicted again."),
    entry("mincore", Group::Mappings, &[A, N], "Tells which pages of a range are in memory."),
    entry("brk", Group::Mappings, &[N], "Sets the end of the heap."),
    entry("sbrk", Group::Mappings, &[N], "Moves the end of the heap and gives the old one."),
    entry("fork", Group::Processes, &[], "Makes a copy of the process, called by the name it is bound to."),
    entry("exec", Group::Processes, &[NAME], "Replaces the address space by a program's; touches nothing."),
    entry("exit", Group::Processes, &[], "Ends the process."),
    entry(
        "translate",
        Group::Memory,
        &[param("ADDR", ParamKind::Address), optional("ACCESS", ParamKind::Access)],
        "Only translates an address: no fault is served, nothing is loaded.",
    ),
    entry("drop_caches", Group::Kernel, &[NAME], "Writes a file's dirty pages, then forgets those that nobody maps."),
    entry("write_back", Group::Kernel, &[], "Writes all dirty pages to the disk."),
    entry("reclaim", Group::Kernel, &[N], "Evicts n pages."),
    entry("power_cut", Group::Kernel, &[], "All memory is lost; the disk stays."),
    entry("run", Group::Kernel, &[param("PROCESS", ParamKind::Process)], "Switches to a process, with no access."),
    entry(
        "iommu_map",
        Group::Kernel,
        &[DEVICE, IOVA, param("PROCESS", ParamKind::Process), A, N],
        "Brings a process's pages in, pins them, and lets a device reach them at IOVA.",
    ),
    entry("iommu_unmap", Group::Kernel, &[DEVICE, IOVA, N], "Takes that away again."),
    entry("dma_write", Group::Kernel, &[DEVICE, IOVA, DATA], "The device writes into memory."),
    entry("dma_read", Group::Kernel, &[DEVICE, IOVA, N], "The device reads from memory."),
];
