//! A tiny oracle: what a byte must be, by the meaning of mappings alone. It knows no frames, tables, caches or disks.

use std::collections::BTreeMap;
use vmcore::units::Pid;

pub(crate) const PAGE: u64 = 16;

/// The object that is a device's memory.
pub(crate) const DEVICE: usize = 3;

/// A byte, or `None` where the model may do as it likes (beyond the end of a file).
pub(crate) type Byte = Option<u8>;

/// A file or shared-memory object.
#[derive(Clone, Default)]
pub(crate) struct Thing {
    pub(crate) size: u64,
    /// Every byte up to the end of the last page.
    pub(crate) bytes: Vec<Byte>,
    /// What each byte may be on the disk: what it was when last synchronised, and everything since.
    pub(crate) durable: Vec<Vec<Byte>>,
    /// Lengths that a power cut may leave.
    pub(crate) shared_memory: bool,
}

impl Thing {
    pub(crate) fn new(content: Vec<u8>, shared_memory: bool) -> Self {
        let size = content.len() as u64;
        let mut bytes: Vec<Byte> = content.into_iter().map(Some).collect();
        bytes.resize((size.div_ceil(PAGE) * PAGE) as usize, None);
        let durable = bytes.iter().map(|&byte| vec![byte]).collect();
        Self { size, bytes, durable, shared_memory }
    }

    pub(crate) fn pages(&self) -> u64 {
        self.size.div_ceil(PAGE)
    }

    pub(crate) fn get(&self, at: u64) -> Byte {
        if at < self.size { self.bytes[at as usize] } else { None }
    }

    pub(crate) fn put(&mut self, at: u64, value: Byte) {
        if at < self.size {
            self.bytes[at as usize] = value;
            self.durable[at as usize].push(value);
        }
    }

    /// Grown by zeros, or cut.
    pub(crate) fn resize(&mut self, size: u64) {
        let rounded = (size.div_ceil(PAGE) * PAGE) as usize;
        self.bytes.resize(rounded, None);
        self.durable.resize(rounded, vec![Some(0)]);
        for at in self.size.min(size)..rounded as u64 {
            let zero = if at < size { Some(0) } else { None };
            self.bytes[at as usize] = zero;
            self.durable[at as usize].push(zero);
        }
        self.size = size;
    }

    /// The disk now has what memory has, in these bytes.
    pub(crate) fn synchronise(&mut self, from: u64, to: u64) {
        for at in from..to.min(self.bytes.len() as u64) {
            self.durable[at as usize] = vec![self.bytes[at as usize]];
        }
    }
}

/// What one page of a process is.
#[derive(Clone, Default)]
pub(crate) struct Page {
    pub(crate) prot: u64,
    pub(crate) shared: bool,
    pub(crate) may_write: bool,
    /// The object and page behind it.
    pub(crate) of: Option<(usize, u64)>,
    /// A private page's own bytes, once it has any.
    pub(crate) own: Option<Vec<Byte>>,
    pub(crate) locked: bool,
    pub(crate) dont_fork: bool,
    pub(crate) wiped: bool,
}

#[derive(Clone)]
pub(crate) struct OpenFile {
    pub(crate) of: usize,
    pub(crate) read: bool,
    pub(crate) write: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Process {
    pub(crate) pages: BTreeMap<u64, Page>,
    pub(crate) files: BTreeMap<i64, OpenFile>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    Maperr,
    Accerr,
    Bus,
}

/// The whole world.
#[derive(Clone, Default)]
pub(crate) struct Oracle {
    pub(crate) things: Vec<Thing>,
    pub(crate) processes: BTreeMap<Pid, Process>,
}

impl Oracle {
    /// Whether an access is permitted, as POSIX and x86 have it.
    pub(crate) fn judge(&self, pid: Pid, va: u64, store: bool) -> Result<(), Refused> {
        let page = self.processes[&pid].pages.get(&(va / PAGE)).ok_or(Refused::Maperr)?;
        let permitted = if store { page.prot & 2 != 0 } else { page.prot != 0 };
        if !permitted {
            return Err(Refused::Accerr);
        }
        match page.of {
            Some((thing, at)) if page.own.is_none() && at >= self.things[thing].pages() => Err(Refused::Bus),
            _ => Ok(()),
        }
    }

    pub(crate) fn load(&self, pid: Pid, va: u64) -> Byte {
        let page = &self.processes[&pid].pages[&(va / PAGE)];
        match (&page.own, page.of) {
            (Some(own), _) => own[(va % PAGE) as usize],
            (None, Some((thing, at))) => self.things[thing].get(at * PAGE + va % PAGE),
            (None, None) => Some(0),
        }
    }

    pub(crate) fn store(&mut self, pid: Pid, va: u64, value: Byte) {
        self.make_own(pid, va / PAGE);
        let page = self.processes.get_mut(&pid).expect("alive").pages.get_mut(&(va / PAGE)).expect("judged");
        match (&mut page.own, page.of) {
            (Some(own), _) => own[(va % PAGE) as usize] = value,
            (None, Some((thing, at))) => self.things[thing].put(at * PAGE + va % PAGE, value),
            (None, None) => unreachable!("private pages have bytes of their own by now"),
        }
    }

    /// A private page gets its own bytes at the first store.
    pub(crate) fn make_own(&mut self, pid: Pid, vpn: u64) {
        let page = &self.processes[&pid].pages[&vpn];
        if page.shared || page.own.is_some() {
            return;
        }
        let own = match page.of {
            None => vec![Some(0); PAGE as usize],
            Some((thing, at)) => (0..PAGE).map(|i| self.things[thing].get(at * PAGE + i)).collect(),
        };
        self.processes.get_mut(&pid).expect("alive").pages.get_mut(&vpn).expect("there").own = Some(own);
    }

    /// Another length: private copies beyond the end are lost too.
    pub(crate) fn resize(&mut self, thing: usize, size: u64) {
        self.things[thing].resize(size);
        let pages = self.things[thing].pages();
        for process in self.processes.values_mut() {
            for page in process.pages.values_mut() {
                if page.of.is_some_and(|(of, at)| of == thing && at >= pages) {
                    page.own = None;
                }
            }
        }
    }
}
