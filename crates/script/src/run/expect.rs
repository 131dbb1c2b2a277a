//! Whether expectations hold after a step.

use super::code::Value;
use super::evictions::{EvictedPage, Eviction};
use crate::ast::{Decimal, Fate};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::vocabulary::Counter;
use std::rc::Rc;
use vmcore::frames::Mapper;
use vmcore::object::ObjectKind;
use vmcore::outcome::{Counters, Lookup, LookupEnd, Outcome};
use vmcore::state::State;
use vmcore::units::{NameId, Pid, VirtAddr};

/// One `expect` line.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) line: usize,
    /// `None` everywhere; else the variant that it speaks of, `Some(None)` being the base.
    pub(super) scope: Option<Option<usize>>,
    pub(super) checks: Vec<Check>,
}

/// One thing that must hold.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) span: Span,
    /// As it is written.
    pub(super) text: Rc<str>,
    pub(super) test: Test,
}

/// What must hold; the syntax tree's `Check` with names resolved.
#[derive(Debug)]
pub(super) enum Test {
    Hit,
    Minor,
    Major,
    Cow,
    Faults(Value),
    Ok,
    Errno(Rc<str>),
    Signal { name: Rc<str>, code: Option<Rc<str>> },
    Value(Value),
    Bytes(Vec<Value>),
    Counter(Counter, Value),
    Total(Counter, Value),
    Frames(Value),
    Cached(NameId, Value),
    Dirty(NameId, Value),
    Swap(Value),
    Tables(Value),
    Rss(u16, Value),
    Pss(u16, Decimal),
    Virtual(u16, Value),
    EvictsFile { name: NameId, page: Value, fate: Option<Fate> },
    EvictsPrivate { pid: u16, address: Value, fate: Option<Fate> },
}

/// An expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its place.
    pub span: Span,
    /// Its line, from 1.
    pub line: usize,
    /// The number of the step that it speaks of, from 1.
    pub step: u64,
    /// What was expected, as it is written.
    pub expected: Rc<str>,
    /// What was found instead.
    pub got: String,
}

/// What expectations are judged by: the machine after the step, and what the step came to.
pub(super) struct Scene<'s> {
    pub(super) state: &'s State,
    pub(super) outcome: &'s Outcome,
    pub(super) evictions: &'s [Eviction],
    /// What had been counted when the last `mark` was passed.
    pub(super) mark: &'s Counters,
    /// Values of expressions: of the process that took the step, or of the one given.
    pub(super) eval: &'s Eval<'s>,
}

type Eval<'s> = dyn Fn(&Value, Option<u16>) -> Result<i128, Diagnostic> + 's;

/// What was found instead, or nothing if the check holds.
type Verdict = Option<String>;

impl Scene<'_> {
    /// Does `test` hold?
    pub(super) fn judge(&self, test: &Test) -> Result<Verdict, Diagnostic> {
        let counters = &self.state.step_counters();
        let refused = matches!(self.outcome, Outcome::Signal(_));
        Ok(match test {
            Test::Hit => self.unless(counters.faults() == 0 && !refused),
            Test::Minor => self.unless(counters.minor > 0 && counters.major == 0),
            Test::Major => self.unless(counters.major > 0),
            Test::Cow => match counters.cow {
                0 => Some(format!("no copy: {}", self.manner())),
                _ => None,
            },
            Test::Faults(n) => self.number(n, counters.faults())?,
            Test::Ok => match self.outcome {
                Outcome::Errno(_) | Outcome::Signal(_) => Some(describe(self.outcome)),
                _ => None,
            },
            Test::Errno(name) => match self.outcome {
                Outcome::Errno(errno) if errno.name() == &**name => None,
                outcome => Some(describe(outcome)),
            },
            Test::Signal { name, code } => match self.outcome {
                Outcome::Signal(info)
                    if info.code.signal() == &**name
                        && code.as_ref().is_none_or(|code| info.code.code() == &**code) =>
                {
                    None
                }
                outcome => Some(describe(outcome)),
            },
            Test::Value(value) => {
                let wanted = (self.eval)(value, None)?;
                (self.value() != Some(wanted)).then(|| describe(self.outcome))
            }
            Test::Bytes(items) => {
                let wanted = items.iter().map(|item| (self.eval)(item, None)).collect::<Result<Vec<_>, _>>()?;
                let same = self.bytes().is_some_and(|bytes| bytes.eq(wanted));
                (!same).then(|| describe(self.outcome))
            }
            Test::Counter(counter, n) => self.number(n, read(*counter, counters))?,
            Test::Total(counter, n) => self.number(n, read(*counter, &self.state.totals().since(self.mark)))?,
            Test::Frames(n) => self.number(n, (self.state.config().frames - self.state.free_frames()).into())?,
            Test::Cached(name, n) => self.number(n, self.pages(*name, false))?,
            Test::Dirty(name, n) => self.number(n, self.pages(*name, true))?,
            Test::Swap(n) => self.number(n, self.state.used_slots().into())?,
            Test::Tables(n) => self.number(n, self.state.table_pages())?,
            Test::Rss(pid, n) => self.number(n, self.state.rss(Pid::new(*pid)))?,
            Test::Virtual(pid, n) => self.number(n, self.state.virtual_pages(Pid::new(*pid)))?,
            Test::Pss(pid, wanted) => {
                let pss = self.state.pss(Pid::new(*pid));
                // To the digits given: 7/3 is 2.33.
                let rounded = (pss * 10f64.powi(i32::from(wanted.places))).round();
                (rounded != wanted.digits as f64).then(|| fraction(pss, wanted.places.clamp(2, 12)))
            }
            Test::EvictsFile { name, page, fate } => {
                let page = (self.eval)(page, None)?;
                let is_it = |eviction: &Eviction| match eviction.page {
                    EvictedPage::Object { name: Some(of), page: number, .. } => {
                        of == *name && i128::from(number.get()) == page
                    }
                    _ => false,
                };
                self.evicted(is_it, *fate)
            }
            Test::EvictsPrivate { pid, address, fate } => {
                let address = (self.eval)(address, Some(*pid))?;
                let mapper = u64::try_from(address).ok().map(|address| Mapper {
                    pid: Pid::new(*pid),
                    vpn: self.state.format().vpn(VirtAddr::new(address)),
                });
                let named = |page: EvictedPage| matches!(page, EvictedPage::Object { name: Some(_), .. });
                let is_it = |eviction: &Eviction| {
                    mapper.is_some_and(|mapper| eviction.mappers.contains(&mapper)) && !named(eviction.page)
                };
                self.evicted(is_it, *fate)
            }
        })
    }

    fn unless(&self, holds: bool) -> Verdict {
        (!holds).then(|| self.manner())
    }

    /// How the step went, in the words of expectations.
    fn manner(&self) -> String {
        let counters = self.state.step_counters();
        match (self.outcome, counters.major, counters.minor) {
            (Outcome::Errno(_) | Outcome::Signal(_) | Outcome::Translated(_), _, _) => describe(self.outcome),
            (_, 0, 0) => "hit".to_owned(),
            (_, 0, _) => "minor".to_owned(),
            (_, _, 0) => "major".to_owned(),
            (_, major, minor) => format!("{major} major and {minor} minor"),
        }
    }

    fn number(&self, wanted: &Value, got: u64) -> Result<Verdict, Diagnostic> {
        let wanted = (self.eval)(wanted, None)?;
        Ok((wanted != i128::from(got)).then(|| got.to_string()))
    }

    /// The number that the step gave: a value, an address, or the only byte of a read.
    fn value(&self) -> Option<i128> {
        match self.outcome {
            Outcome::Ok | Outcome::Loaded(_) | Outcome::Value(_) | Outcome::Address(_) => {
                Some(self.outcome.as_integer())
            }
            Outcome::Bytes(bytes) => match bytes[..] {
                [byte] => Some(byte.into()),
                _ => None,
            },
            Outcome::Translated(Lookup { end: LookupEnd::At(physical), .. }) => Some(physical.get().into()),
            Outcome::Translated(_) | Outcome::Resident(_) | Outcome::Errno(_) | Outcome::Signal(_) => None,
        }
    }

    fn bytes(&self) -> Option<Box<dyn Iterator<Item = i128> + '_>> {
        match self.outcome {
            Outcome::Bytes(bytes) => Some(Box::new(bytes.iter().map(|&byte| i128::from(byte)))),
            Outcome::Value(value) => Some(Box::new(std::iter::once(i128::from(*value)))),
            _ => None,
        }
    }

    /// Pages of a file that are cached, or those among them that are dirty; none if there is no such file.
    fn pages(&self, name: NameId, dirty: bool) -> u64 {
        let existing = || {
            let mut objects = self.state.objects();
            objects.find(|(_, object)| object.name() == Some(name) && !object.is_dropped()).map(|(id, _)| id)
        };
        let Some(object) = self.state.named(name).or_else(existing) else {
            return 0;
        };
        let found = self.state.object(object);
        // What has no disk is never newer than it.
        if dirty && found.kind() != ObjectKind::File {
            return 0;
        }
        found.cached_pages().filter(|(_, pfn)| !dirty || self.state.frame(*pfn).is_dirty()).count() as u64
    }

    fn evicted(&self, is_it: impl Fn(&Eviction) -> bool, fate: Option<Fate>) -> Verdict {
        let mut found = self.evictions.iter().filter(|eviction| is_it(eviction)).peekable();
        if found.peek().is_none() {
            return Some(match self.evictions {
                [] => "no eviction".to_owned(),
                some => some.iter().map(|eviction| self.told(eviction)).collect::<Vec<_>>().join(", "),
            });
        }
        let fates: Vec<Fate> = found.map(|eviction| eviction.fate).collect();
        match fate {
            Some(fate) if !fates.contains(&fate) => Some(fates[0].word().to_owned()),
            _ => None,
        }
    }

    /// An eviction in the words of expectations.
    fn told(&self, eviction: &Eviction) -> String {
        let setup = self.state.setup();
        let page = match (eviction.page, eviction.mappers.first()) {
            (EvictedPage::Object { name: Some(name), page, .. }, _) => format!("\"{}\":{page}", setup.name(name)),
            (_, Some(mapper)) => {
                let address = self.state.format().address(mapper.vpn);
                format!("{}[{address}]", setup.process_name(mapper.pid))
            }
            (_, None) => format!("frame {}", eviction.pfn),
        };
        format!("evicts {page} {}", eviction.fate.word())
    }
}

/// An outcome in the words of expectations.
fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Ok | Outcome::Loaded(_) => "ok".to_owned(),
        Outcome::Value(value) => match u8::try_from(*value).ok().filter(|byte| (b' '..=b'~').contains(byte)) {
            Some(byte) => format!("value {value} ('{}')", char::from(byte)),
            None => format!("value {value}"),
        },
        Outcome::Address(address) => format!("value {address}"),
        Outcome::Bytes(bytes) => {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).into_owned();
            let dots = if bytes.len() > 64 { "…" } else { "" };
            format!("value {shown:?}{dots}")
        }
        Outcome::Resident(pages) => {
            let there: Vec<&str> = pages.iter().map(|&there| if there { "1" } else { "0" }).collect();
            format!("resident {}", there.join(" "))
        }
        Outcome::Errno(errno) => errno.name().to_owned(),
        Outcome::Signal(info) => format!("{} {} at {}", info.code.signal(), info.code.code(), info.address),
        Outcome::Translated(lookup) => match lookup.end {
            LookupEnd::At(physical) => format!("value {physical}"),
            LookupEnd::Fault(cause) => cause.name().to_owned(),
        },
    }
}

/// One counter of a set.
fn read(counter: Counter, counters: &Counters) -> u64 {
    match counter {
        Counter::DiskRequests => counters.disk_requests,
        Counter::DiskReads => counters.disk_reads,
        Counter::DiskWrites => counters.disk_writes,
        Counter::SwapReads => counters.swap_reads,
        Counter::SwapWrites => counters.swap_writes,
        Counter::TlbHits => counters.tlb_hits,
        Counter::TlbMisses => counters.tlb_misses,
        Counter::WalkReads => counters.walk_reads,
        Counter::Syscalls => counters.syscalls,
        Counter::Copied => counters.copied_bytes,
        Counter::Cost => counters.cost,
        Counter::Minor => counters.minor,
        Counter::Major => counters.major,
        Counter::Cow => counters.cow,
        Counter::Faults => counters.faults(),
        Counter::Accesses => counters.accesses,
    }
}

/// A number of pages with so many places, at most 12. In whole numbers, as the standard library's printing of
/// floating-point numbers would be a hundredth of the browser's download.
fn fraction(pages: f64, places: u8) -> String {
    let unit = 10u64.pow(places.into());
    let scaled = (pages * unit as f64).round() as u64;
    format!("{}.{:02$}", scaled / unit, scaled % unit, places.into())
}
