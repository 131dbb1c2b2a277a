//! The constants of C, with the values that Linux gives them on x86-64.

/// What a constant is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `O_…`
    Open,
    /// `SEEK_…`
    Seek,
    /// `PROT_…`
    Prot,
    /// `MAP_…`
    Map,
    /// `MREMAP_…`
    Mremap,
    /// `MS_…`
    Msync,
    /// `MADV_…`
    Madvise,
    /// `POSIX_FADV_…`
    Fadvise,
}

impl Family {
    /// How its constants begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Family::Open => "O_",
            Family::Seek => "SEEK_",
            Family::Prot => "PROT_",
            Family::Map => "MAP_",
            Family::Mremap => "MREMAP_",
            Family::Msync => "MS_",
            Family::Madvise => "MADV_",
            Family::Fadvise => "POSIX_FADV_",
        }
    }
}

/// One constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constant {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub family: Family,
    /// Its value.
    pub value: i128,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// Names that always have a value and are no flags.
pub const BUILT_IN: &[&str] = &["PAGE", "NULL"];

/// The constant of that name.
pub fn constant(name: &str) -> Option<&'static Constant> {
    CONSTANTS.iter().find(|constant| constant.name == name)
}

const fn c(name: &'static str, family: Family, value: i128, doc: &'static str) -> Constant {
    Constant { name, family, value, doc }
}

use Family::{Fadvise, Madvise, Map, Mremap, Msync, Open, Prot, Seek};

/// All constants, by family.
pub const CONSTANTS: &[Constant] = &[
    c("O_RDONLY", Open, 0, "For reading."),
    c("O_WRONLY", Open, 1, "For writing; such a descriptor cannot be mapped."),
    c("O_RDWR", Open, 2, "For reading and writing."),
    c("O_CREAT", Open, 0o100, "Makes the file if there is none."),
    c("O_TRUNC", Open, 0o1000, "Empties the file."),
    c("SEEK_SET", Seek, 0, "From the start."),
    c("SEEK_CUR", Seek, 1, "From the position."),
    c("SEEK_END", Seek, 2, "From the end."),
    c("PROT_NONE", Prot, 0, "No access at all."),
    c("PROT_READ", Prot, 1, "Loads."),
    c("PROT_WRITE", Prot, 2, "Stores."),
    c("PROT_EXEC", Prot, 4, "Instruction fetches."),
    c("MAP_SHARED", Map, 0x01, "Stores reach the file, and everybody who maps it."),
    c("MAP_PRIVATE", Map, 0x02, "The first store to a page makes a copy of one's own."),
    c("MAP_FIXED", Map, 0x10, "Exactly at ADDR; what is mapped there goes."),
    c("MAP_ANONYMOUS", Map, 0x20, "Fresh zeros, no file."),
    c("MAP_GROWSDOWN", Map, 0x100, "Grows downwards when touched below, as a stack does."),
    c("MAP_LOCKED", Map, 0x2000, "Brought in and kept in memory."),
    c("MAP_NORESERVE", Map, 0x4000, "No swap is reserved."),
    c("MAP_POPULATE", Map, 0x8000, "All pages are brought in and mapped at once."),
    c("MAP_FIXED_NOREPLACE", Map, 0x10_0000, "Exactly at ADDR, or EEXIST."),
    c("MREMAP_MAYMOVE", Mremap, 1, "It may move."),
    c("MREMAP_FIXED", Mremap, 2, "To ADDR."),
    c("MREMAP_DONTUNMAP", Mremap, 4, "The old range stays mapped, and empty."),
    c("MS_ASYNC", Msync, 1, "Soon; Linux does nothing."),
    c("MS_INVALIDATE", Msync, 2, "Other mappings are to see it; they do anyway."),
    c("MS_SYNC", Msync, 4, "Now, and wait."),
    c("MADV_NORMAL", Madvise, 0, "No particular order."),
    c("MADV_RANDOM", Madvise, 1, "In no order: no read-ahead."),
    c("MADV_SEQUENTIAL", Madvise, 2, "From front to back: much read-ahead."),
    c("MADV_WILLNEED", Madvise, 3, "Fills the page cache now."),
    c("MADV_DONTNEED", Madvise, 4, "Drops the entries; private copies are lost."),
    c("MADV_FREE", Madvise, 8, "The contents may be forgotten under pressure."),
    c("MADV_REMOVE", Madvise, 9, "Punches a hole into the file or object."),
    c("MADV_DONTFORK", Madvise, 10, "A child does not inherit it."),
    c("MADV_DOFORK", Madvise, 11, "A child inherits it again."),
    c("MADV_HUGEPAGE", Madvise, 14, "Huge pages are welcome."),
    c("MADV_NOHUGEPAGE", Madvise, 15, "Huge pages are not."),
    c("MADV_WIPEONFORK", Madvise, 18, "A child gets zeros."),
    c("MADV_COLD", Madvise, 20, "The next to be evicted."),
    c("MADV_PAGEOUT", Madvise, 21, "Evicted now."),
    c("MADV_POPULATE_READ", Madvise, 22, "All pages as if loaded from."),
    c("MADV_POPULATE_WRITE", Madvise, 23, "All pages as if stored to."),
    c("POSIX_FADV_NORMAL", Fadvise, 0, "No particular order."),
    c("POSIX_FADV_RANDOM", Fadvise, 1, "In no order."),
    c("POSIX_FADV_SEQUENTIAL", Fadvise, 2, "From front to back."),
    c("POSIX_FADV_WILLNEED", Fadvise, 3, "Fills the page cache now."),
    c("POSIX_FADV_DONTNEED", Fadvise, 4, "Forgets the cached pages that are clean and unmapped."),
];
