//! What a machine is made of: every key of the language's `machine` that the model knows, checked once.
//!
//! Owns: ranges and defaults. Does not own: the text of keys and values (the `script` crate).

use crate::format::{MAX_INDEX_BITS, TableFormat};
use crate::policy::PolicyKind;
use serde::{Deserialize, Serialize};

/// What a machine is built from. Make one with [`MachineConfig::textbook`] or [`MachineConfig::linux`], change
/// fields, then hand it to [`MachineConfig::checked`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MachineConfig {
    /// The preset it came from: `textbook` or `linux`.
    pub preset: Preset,
    /// Page size in bytes, a power of two from 8 to 65,536; `None` takes the format's own.
    pub page: Option<u64>,
    /// Name of the page-table format, or index widths joined by `+`.
    pub table: String,
    /// Width of a virtual address; `None` takes the format's own.
    pub va_bits: Option<u8>,
    /// Bytes of an entry of `linear` and custom tables: 1, 2, 4 or 8; `None` takes the fewest that suffice.
    pub entry_bytes: Option<u8>,
    /// Frames of physical memory, 1 to 1,048,576.
    pub frames: u32,
    /// Page tables take frames of the same memory.
    pub tables_in_frames: bool,
    /// TLB entries, 0 (none) to 65,536.
    pub tlb_entries: u32,
    /// Ways of a set; 0 is fully associative.
    pub tlb_ways: u32,
    /// Which entry of a full set goes.
    pub tlb_policy: TlbPolicy,
    /// Entries are tagged with the process; otherwise a switch flushes the TLB.
    pub asid: bool,
    /// A changed page-table entry is removed from the TLB.
    pub shootdown: bool,
    /// Page replacement.
    pub policy: PolicyKind,
    /// Whose pages may be evicted.
    pub scope: Scope,
    /// Frames that each process may have under [`Scope::Local`], at least 1; `None` is as many as there are.
    pub quota: Option<u32>,
    /// Swap slots, up to 16,777,216; 0 is no swap.
    pub swap: u32,
    /// Pages that a cache miss brings in, 1 to 4,096.
    pub readahead: u32,
    /// Linux's windows, marks and growth instead of plain read-ahead (facts 38 to 41); nothing to do with
    /// `readahead` 1, which is none.
    pub readaround: bool,
    /// What file offsets of mappings must be multiples of.
    pub granularity: Granularity,
    /// Pages that a read fault on a file maps if cached, a power of two from 1 to 512.
    pub fault_around: u32,
    /// A read of untouched anonymous memory maps the one zero frame.
    pub zero_page: bool,
    /// Steps after which dirty pages are written; `None` is never.
    pub write_back: Option<u64>,
    /// Whose rules hold where systems differ.
    pub os: Os,
    /// Devices' addresses are translated; otherwise they are physical ones.
    pub iommu: bool,
    /// What a signal does to the process.
    pub signals: Signals,
    /// Start of the random numbers.
    pub seed: u64,
    /// Random numbers thrown away first.
    pub seed_skip: u64,
    /// What things cost.
    pub cost: CostModel,
}

/// Sets of defaults; the rules of faults are the same in both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Preset {
    /// Tiny pages and addresses that can be read digit by digit.
    Textbook,
    /// The keys as on a present-day PC.
    Linux,
}

/// Whose rules hold where systems differ (`reference/api-lens.md`, E4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Os {
    /// A textbook's: those of Linux.
    Textbook,
    /// Linux's.
    Linux,
    /// Windows's: a mapping makes its file longer, a mapped file is not cut, memory is promised when it is asked for,
    /// nothing forks, and shared memory without a file goes with its last handle.
    Windows,
}

/// What file offsets of mappings must be multiples of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Granularity {
    /// What the system has: a page; for Windows four pages, or 64 KiB where pages have 4 KiB.
    OfSystem,
    /// A page.
    Page,
    /// So many bytes, a power of two from a page to 1 GiB.
    Bytes(u64),
}

/// Replacement within a set of the TLB.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum TlbPolicy {
    /// The entry longest unused.
    Lru,
    /// The entry longest there.
    Fifo,
    /// Any entry.
    Random,
}

/// Whose pages may be evicted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Scope {
    /// Any page, for any process.
    Global,
    /// Each process evicts its own.
    Local,
}

/// What SIGSEGV and SIGBUS do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Signals {
    /// The process ends.
    Kill,
    /// The access is skipped.
    Continue,
}

/// Costs in units of one mapped load (about 2 ns where `reference/lessons.md` measured them).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the language's `cost.NAME` keys")]
pub struct CostModel {
    pub tlb_hit: u64,
    pub walk: u64,
    pub syscall: u64,
    pub copy_byte: u64,
    pub minor: u64,
    pub cow: u64,
    pub disk_request: u64,
    pub disk_page: u64,
    pub tlb_flush: u64,
}

impl Default for CostModel {
    fn default() -> Self {
        Self {
            tlb_hit: 1,
            walk: 1,
            syscall: 200,
            copy_byte: 1,
            minor: 500,
            cow: 100,
            disk_request: 45_000,
            disk_page: 5_000,
            tlb_flush: 100,
        }
    }
}

/// Why a machine cannot be built: the key at fault and what it may be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError {
    /// The key's name in the language.
    pub key: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.key, self.message)
    }
}

impl std::error::Error for ConfigError {}

impl MachineConfig {
    /// The nibble machine: pages of 16 bytes, 8-bit addresses, 8 frames.
    pub fn textbook() -> Self {
        Self {
            preset: Preset::Textbook,
            page: None,
            table: "linear".to_owned(),
            va_bits: None,
            entry_bytes: None,
            frames: 8,
            tables_in_frames: false,
            tlb_entries: 0,
            tlb_ways: 0,
            tlb_policy: TlbPolicy::Lru,
            asid: false,
            shootdown: true,
            policy: PolicyKind::Lru,
            scope: Scope::Global,
            quota: None,
            swap: 16,
            readahead: 1,
            readaround: false,
            granularity: Granularity::OfSystem,
            fault_around: 1,
            zero_page: false,
            write_back: None,
            os: Os::Textbook,
            iommu: true,
            signals: Signals::Kill,
            seed: 0,
            seed_skip: 0,
            cost: CostModel::default(),
        }
    }

    /// A present-day PC: pages of 4 KiB, four-level tables, a tagged TLB of 64 entries, Linux's two lists.
    pub fn linux() -> Self {
        Self {
            preset: Preset::Linux,
            table: "x86-64".to_owned(),
            frames: 1024,
            tlb_entries: 64,
            tlb_ways: 4,
            asid: true,
            policy: PolicyKind::TwoList,
            swap: 1024,
            readahead: 32,
            readaround: true,
            fault_around: 16,
            zero_page: true,
            os: Os::Linux,
            ..Self::textbook()
        }
    }

    /// Checks every range and works out the table format.
    ///
    /// # Errors
    /// The first key whose value is out of range or does not go with the others.
    pub fn checked(self) -> Result<Checked, ConfigError> {
        let format = self.table_format()?;
        self.check_memory()?;
        self.check_tlb()?;
        self.check_paging()?;
        Ok(Checked { config: self, format })
    }

    fn table_format(&self) -> Result<TableFormat, ConfigError> {
        let linear = self.table == "linear";
        let custom = self.table.contains('+');
        let page = self.page.unwrap_or(if linear || custom { 16 } else { 4096 });
        if !page.is_power_of_two() || !(8..=65_536).contains(&page) {
            return fail("page", format!("the page size must be a power of two from 8 to 65536, not {page}"));
        }
        let offset_bits = page.trailing_zeros() as u8;
        let mut format = if linear {
            let va_bits = self.va_bits.unwrap_or(8.max(offset_bits + 4));
            let widest = offset_bits + MAX_INDEX_BITS;
            if va_bits <= offset_bits || va_bits > widest {
                let range = format!("{} to {widest}", offset_bits + 1);
                return fail(
                    "va_bits",
                    format!("with pages of {page} bytes a linear table takes {range} bits, not {va_bits}"),
                );
            }
            TableFormat::linear(va_bits, offset_bits)
        } else {
            let known = "linear, ia32, sv32, sv39, sv48, x86-64, x86-64-la57 or index widths such as 4+4 (each 1 to 24, six levels at most)";
            match TableFormat::named(&self.table, offset_bits) {
                Some(format) => format,
                None => return fail("table", format!("`{}` is not one of {known}", self.table)),
            }
        };
        if format.va_bits() > 57 {
            return fail("table", format!("addresses of {} bits are wider than 57", format.va_bits()));
        }
        match self.va_bits {
            Some(bits) if bits != format.va_bits() => {
                return fail(
                    "va_bits",
                    format!("table {} with pages of {page} bytes has {} bits", self.table, format.va_bits()),
                );
            }
            _ => {}
        }
        if let Granularity::Bytes(bytes) = self.granularity
            && (!bytes.is_power_of_two() || bytes < page || bytes > 1 << 30)
        {
            return fail("granularity", format!("a power of two from the page's {page} bytes to 1G, not {bytes}"));
        }
        self.check_entry(&format)?;
        format.fit_entry(self.entry_bytes, self.frames);
        Ok(format)
    }

    fn check_entry(&self, format: &TableFormat) -> Result<(), ConfigError> {
        match self.entry_bytes {
            None => Ok(()),
            Some(bytes) if !matches!(bytes, 1 | 2 | 4 | 8) => fail("entry_bytes", format!("1, 2, 4 or 8, not {bytes}")),
            // A preset may name the size that the real format has anyway.
            Some(bytes) if !format.has_simple_entries() && bytes != format.entry_bytes => {
                fail("entry_bytes", format!("an entry of {} has {} bytes", format.name, format.entry_bytes))
            }
            Some(bytes) if u64::from(self.frames) > 1 << (bytes * 8 - 1).min(63) => {
                fail("entry_bytes", format!("{bytes} bytes cannot name {} frames beside the valid bit", self.frames))
            }
            Some(_) => Ok(()),
        }
    }

    fn check_memory(&self) -> Result<(), ConfigError> {
        in_range("frames", u64::from(self.frames), 1, 1 << 20)?;
        in_range("swap", u64::from(self.swap), 0, 1 << 24)
    }

    fn check_tlb(&self) -> Result<(), ConfigError> {
        in_range("tlb", u64::from(self.tlb_entries), 0, 1 << 16)?;
        let ways = self.tlb_ways;
        if ways != 0 && (!self.tlb_entries.is_multiple_of(ways) || !(self.tlb_entries / ways).is_power_of_two()) {
            let message = format!("{} entries do not fall into a power of two of sets of {ways}", self.tlb_entries);
            return fail("tlb", message);
        }
        Ok(())
    }

    fn check_paging(&self) -> Result<(), ConfigError> {
        in_range("readahead", u64::from(self.readahead), 1, 4096)?;
        in_range("fault_around", u64::from(self.fault_around), 1, 512)?;
        if !self.fault_around.is_power_of_two() {
            return fail("fault_around", format!("a power of two, not {}", self.fault_around));
        }
        if let Some(steps) = self.write_back {
            in_range("write_back", steps, 1, 1_000_000_000)?;
        }
        // Each is drawn: more would take seconds.
        in_range("seed_skip", self.seed_skip, 0, 1 << 24)?;
        in_range("quota", u64::from(self.quota.unwrap_or(1)), 1, 1 << 20)?;
        self.check_cost()
    }

    fn check_cost(&self) -> Result<(), ConfigError> {
        let c = &self.cost;
        let each =
            [c.tlb_hit, c.walk, c.syscall, c.copy_byte, c.minor, c.cow, c.disk_request, c.disk_page, c.tlb_flush];
        each.into_iter().try_for_each(|cost| in_range("cost", cost, 0, 1_000_000_000))
    }
}

fn fail<T>(key: &'static str, message: String) -> Result<T, ConfigError> {
    Err(ConfigError { key, message })
}

fn in_range(key: &'static str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    fail(key, format!("must be {least} to {most}, not {value}"))
}

/// A configuration that has passed [`MachineConfig::checked`], with its page-table format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    config: MachineConfig,
    format: TableFormat,
}

impl Checked {
    /// The same machine with another replacement policy.
    pub fn with_policy(&self, policy: PolicyKind) -> Self {
        Self { config: MachineConfig { policy, ..self.config.clone() }, format: self.format.clone() }
    }

    /// Whether anything in it draws random numbers.
    pub fn needs_draws(&self) -> bool {
        self.policy.needs_draws() || self.tlb_policy == TlbPolicy::Random
    }

    /// The page-table format.
    #[inline]
    pub fn format(&self) -> &TableFormat {
        &self.format
    }

    /// Bytes of a page.
    #[inline]
    pub fn page_bytes(&self) -> u64 {
        self.format.page_bytes()
    }

    /// What file offsets of mappings must be multiples of, in bytes.
    pub fn granularity_bytes(&self) -> u64 {
        let page = self.page_bytes();
        match self.config.granularity {
            Granularity::Bytes(bytes) => bytes,
            Granularity::OfSystem if self.is_windows() && page == 4096 => 64 << 10,
            Granularity::OfSystem if self.is_windows() => 4 * page,
            Granularity::OfSystem | Granularity::Page => page,
        }
    }

    /// Whether the rules are those of Windows where systems differ.
    pub fn is_windows(&self) -> bool {
        self.config.os == Os::Windows
    }

    /// Whether reading goes by Linux's windows.
    #[inline]
    pub fn has_windows(&self) -> bool {
        self.config.readaround && self.config.readahead > 1
    }
}

impl std::ops::Deref for Checked {
    type Target = MachineConfig;

    #[inline]
    fn deref(&self) -> &MachineConfig {
        &self.config
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut MachineConfig)) -> &'static str {
        let mut config = MachineConfig::textbook();
        change(&mut config);
        config.checked().expect_err("must be refused").key
    }

    #[test]
    fn nonsense_is_refused_by_key() {
        assert_eq!(refused(|c| c.page = Some(3)), "page");
        assert_eq!(refused(|c| c.page = Some(1 << 20)), "page");
        assert_eq!(refused(|c| c.frames = 0), "frames");
        assert_eq!(refused(|c| c.table = "sv40".into()), "table");
        assert_eq!(refused(|c| c.va_bits = Some(4)), "va_bits");
        assert_eq!(refused(|c| c.va_bits = Some(60)), "va_bits");
        assert_eq!(refused(|c| (c.tlb_entries, c.tlb_ways) = (6, 4)), "tlb");
        assert_eq!(refused(|c| c.fault_around = 3), "fault_around");
        assert_eq!(refused(|c| c.readahead = 0), "readahead");
        assert_eq!(refused(|c| c.granularity = Granularity::Bytes(24)), "granularity");
        assert_eq!(refused(|c| c.granularity = Granularity::Bytes(8)), "granularity");
        assert_eq!(refused(|c| c.write_back = Some(0)), "write_back");
        assert_eq!(refused(|c| c.entry_bytes = Some(3)), "entry_bytes");
        assert_eq!(refused(|c| c.cost.minor = u64::MAX), "cost");
    }

    #[test]
    fn presets_are_sound() {
        let textbook = MachineConfig::textbook().checked().expect("sound");
        assert_eq!((textbook.format().va_bits(), textbook.page_bytes()), (8, 16));
        let linux = MachineConfig::linux().checked().expect("sound");
        assert_eq!((linux.format().va_bits(), linux.page_bytes()), (48, 4096));
    }

    #[test]
    fn granularity_follows_the_system() {
        let of = |page, os, granularity| {
            let config = MachineConfig { page: Some(page), os, granularity, ..MachineConfig::textbook() };
            config.checked().expect("sound").granularity_bytes()
        };
        assert_eq!(of(16, Os::Textbook, Granularity::OfSystem), 16);
        assert_eq!(of(16, Os::Windows, Granularity::OfSystem), 64);
        assert_eq!(of(4096, Os::Windows, Granularity::OfSystem), 64 << 10);
        assert_eq!(of(4096, Os::Windows, Granularity::Page), 4096);
        assert_eq!(of(16, Os::Windows, Granularity::Bytes(128)), 128);
    }

    #[test]
    fn a_real_format_may_be_given_other_pages() {
        let config = MachineConfig { page: Some(64), table: "x86-64".into(), ..MachineConfig::textbook() };
        assert_eq!(config.checked().expect("sound").format().va_bits(), 42);
    }
}
