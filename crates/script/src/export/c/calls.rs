//! One step as a statement in C.

use super::Refused;
use super::files::Files;
use super::names;
use super::scale::{REAL_PAGE, Scope};
use super::variables::child;
use crate::ast::{Action, Arg, ArgKind, Call, Expr, Index, Place, Step};
use crate::diagnostic::Diagnostic;
use crate::validate::KERNEL;
use crate::vocabulary::constant;

/// Bytes that one read or write may move: the size of the program's buffer.
const BUFFER: i128 = 1 << 18;

/// A step in C, or why the program cannot go on.
pub(super) enum Line {
    /// A statement.
    Statement(String),
    /// The scenario ends here on a real system, and why.
    Ends(&'static str),
}

/// Writes steps.
pub(super) struct Steps<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) files: &'a Files,
}

type Text = Result<String, Refused>;

impl Steps<'_> {
    pub(super) fn step(&self, step: &Step) -> Result<Line, Refused> {
        if step.process.node == KERNEL {
            return self.kernel(step);
        }
        let who = self.scope.names.process(&step.process.node);
        let bound = step.bind.as_ref().filter(|_| child(step).is_none());
        let variable = bound.and_then(|name| self.scope.names.variable(&name.node));
        let bind = variable.map_or_else(String::new, |name| format!("{name} = "));
        let text = match &step.action {
            Action::Load(Place { base, index: Index::One(index) }) => {
                let what = self.scope.element(base.as_ref().map(|base| base.node.as_str()), index)?;
                format!("LOAD({who}, {bind}{what});")
            }
            Action::Load(place) => {
                let (from, len) = self.range(place)?;
                format!("LOAD_RANGE({who}, {bind}load({from}, {len}));")
            }
            Action::Store(place, value) => self.store(who, place, value)?,
            Action::Fetch(place) => {
                let span = place.base.as_ref().map_or(step.process.span, |base| base.span);
                let message = "a fetch would run whatever bytes lie there, so it is not exported";
                return Err(Diagnostic::error(span, message));
            }
            Action::Call(call) => return self.call(who, &bind, step, call),
        };
        Ok(Line::Statement(text))
    }

    fn kernel(&self, step: &Step) -> Result<Line, Refused> {
        let Action::Call(call) = &step.action else {
            return Err(Diagnostic::error(step.process.span, "the kernel makes calls"));
        };
        Ok(match call.name.node.as_str() {
            "drop_caches" => match call.args.first().map(|arg| &arg.node) {
                Some(ArgKind::Text(name)) => {
                    let (name, _) = self.files.named(&String::from_utf8_lossy(name));
                    Line::Statement(format!("KERNEL_STEP(drop_caches({name}));"))
                }
                _ => return Err(Diagnostic::error(call.name.span, "drop_caches names a file")),
            },
            "write_back" => Line::Statement("KERNEL_STEP(write_back());".to_owned()),
            "run" => Line::Statement("KERNEL_STEP(0 /* a switch of processes: every step here is one */);".to_owned()),
            "power_cut" => Line::Ends("a program cannot cut the power"),
            "reclaim" => Line::Ends("a program cannot make the kernel evict pages of its choice"),
            other => {
                let message = format!("`{other}` needs a device, so it is not exported");
                return Err(Diagnostic::error(call.name.span, message));
            }
        })
    }

    fn store(&self, who: &str, place: &Place, value: &Arg) -> Text {
        let base = place.base.as_ref().map(|base| base.node.as_str());
        let Index::One(index) = &place.index else {
            return Err(Diagnostic::error(value.span, "a store begins at one place"));
        };
        if let ArgKind::Expr(expr) = &value.node {
            let (what, value) = (self.scope.element(base, index)?, self.scope.number(expr)?);
            return Ok(format!("STORE({who}, {what} = {value});"));
        }
        let at = self.scope.place(base, index)?;
        let (data, len) = self.data(value)?;
        Ok(format!("STORE({who}, store({at}, {data}, {len}));"))
    }

    /// The address and the length of `a[e..f]`.
    fn range(&self, place: &Place) -> Result<(String, String), Refused> {
        let base = place.base.as_ref().map(|base| base.node.as_str());
        match &place.index {
            Index::One(index) => Ok((self.scope.place(base, index)?, "1".to_owned())),
            Index::Range(from, to) => {
                let at = self.scope.place(base, from)?;
                let len = match (self.scope.constant(from)?, self.scope.constant(to)?) {
                    (Some(from_value), Some(to_value)) => {
                        let len = to_value.saturating_sub(from_value).max(0);
                        self.fits(len, to)?;
                        len.to_string()
                    }
                    (Some(0), None) => self.scope.number(to)?,
                    _ => format!("({}) - ({})", self.scope.number(to)?, self.scope.number(from)?),
                };
                Ok((at, len))
            }
        }
    }

    fn fits(&self, len: i128, at: &Expr) -> Result<(), Refused> {
        match len <= BUFFER {
            true => Ok(()),
            false => Err(Diagnostic::error(at.span, format!("{len} bytes in one step are too many to export"))
                .expected(format!("at most {BUFFER}"))),
        }
    }

    /// Bytes, and how many: a C expression each.
    fn data(&self, value: &Arg) -> Result<(String, String), Refused> {
        Ok(match &value.node {
            ArgKind::Text(bytes) => (names::string(bytes), bytes.len().to_string()),
            ArgKind::List(items) => {
                let numbers: Result<Vec<_>, _> = items.iter().map(|item| self.scope.number(item)).collect();
                let numbers = numbers?;
                match numbers.is_empty() {
                    true => ("\"\"".to_owned(), "0".to_owned()),
                    false => (format!("(byte[]){{ {} }}", numbers.join(", ")), numbers.len().to_string()),
                }
            }
            ArgKind::Fill(byte, count) => {
                if let Some(len) = self.scope.constant(count)? {
                    self.fits(len, count)?;
                }
                let count = self.scope.number(count)?;
                (format!("fill({}, {count})", self.scope.number(byte)?), count)
            }
            ArgKind::Memory(place) => {
                let (at, len) = self.range(place)?;
                (format!("{}{at}", if at.contains(" + ") { "" } else { "(byte *)" }), len)
            }
            ArgKind::Expr(expr) => return Err(Diagnostic::error(expr.span, "these are no bytes")),
        })
    }

    fn call(&self, who: &str, bind: &str, step: &Step, call: &Call) -> Result<Line, Refused> {
        let name = call.name.node.as_str();
        let args = Args { steps: self, call };
        let code = match name {
            "open" | "shm_open" => args.open(name == "shm_open")?,
            "close" | "fsync" => format!("{name}({})", args.number(0)?),
            "ftruncate" => format!("ftruncate({}, {})", args.number(0)?, args.offset(1)?),
            "unlink" => args.unlink()?,
            "lseek" if self.scope.scale.is_scaled() => {
                format!("scaled_lseek({}, {}, {})", args.number(0)?, args.number(1)?, args.number(2)?)
            }
            "lseek" => format!("lseek({}, {}, {})", args.number(0)?, args.number(1)?, args.number(2)?),
            "posix_fadvise" => {
                let (fd, from, len) = (args.number(0)?, args.scaled(1)?, args.scaled(2)?);
                format!("advise({fd}, {from}, {len}, {})", args.number(3)?)
            }
            "read" | "pread" => return args.read(who, bind, name == "pread").map(Line::Statement),
            "write" | "pwrite" => args.write(name == "pwrite")?,
            "mmap" => args.mmap()?,
            "mremap" => args.mremap()?,
            "munmap" | "mlock" | "munlock" => format!("{name}({}, {})", args.address(0)?, args.scaled(1)?),
            "mprotect" | "msync" | "madvise" => {
                format!("{name}({}, {}, {})", args.address(0)?, args.scaled(1)?, args.number(2)?)
            }
            "mincore" => {
                let (at, len) = (args.address(0)?, args.scaled(1)?);
                return Ok(Line::Statement(format!("RESIDENT({who}, {bind}mincore({at}, {len}, buffer), {len});")));
            }
            "fork" => {
                let child = child(step).ok_or_else(|| Diagnostic::error(call.name.span, "fork names its child"))?;
                return Ok(Line::Statement(format!("FORK({who}, {});", self.scope.names.process(child))));
            }
            "exit" => return Ok(Line::Statement(format!("EXIT({who});"))),
            _ => return Err(not_exported(call)),
        };
        Ok(Line::Statement(format!("CALL({who}, {bind}{code});")))
    }
}

fn not_exported(call: &Call) -> Refused {
    let why = match call.name.node.as_str() {
        "translate" => "only the hardware translates on a real system: `translate` is not exported",
        "exec" => "the program that `exec` runs exists in the scenario alone, so it is not exported",
        "brk" | "sbrk" => "the heap of the exported program is its own, so `brk` and `sbrk` are not exported",
        _ => "this call is not exported",
    };
    Diagnostic::error(call.name.span, why)
}

/// The arguments of one call.
struct Args<'a, 's> {
    steps: &'a Steps<'s>,
    call: &'a Call,
}

impl Args<'_, '_> {
    fn get(&self, at: usize) -> Result<&Arg, Refused> {
        let missing = || Diagnostic::error(self.call.name.span, "an argument is missing");
        self.call.args.get(at).ok_or_else(missing)
    }

    fn expr(&self, at: usize) -> Result<&Expr, Refused> {
        match &self.get(at)?.node {
            ArgKind::Expr(expr) => Ok(expr),
            _ => Err(Diagnostic::error(self.get(at)?.span, "a number is expected here")),
        }
    }

    fn number(&self, at: usize) -> Text {
        self.steps.scope.number(self.expr(at)?)
    }

    /// Bytes of the scenario as bytes of the real system.
    fn scaled(&self, at: usize) -> Text {
        self.steps.scope.scaled(self.expr(at)?)
    }

    /// The same, and not too many.
    fn offset(&self, at: usize) -> Text {
        self.steps.scope.offset(self.expr(at)?)
    }

    fn address(&self, at: usize) -> Text {
        self.steps.scope.address(self.expr(at)?)
    }

    fn name(&self) -> Result<String, Refused> {
        match &self.get(0)?.node {
            ArgKind::Text(name) => Ok(String::from_utf8_lossy(name).into_owned()),
            _ => Err(Diagnostic::error(self.get(0)?.span, "a name is expected here")),
        }
    }

    fn open(&self, shm_open: bool) -> Text {
        let (real, shm) = self.steps.files.named(&self.name()?);
        let flags = self.number(1)?;
        // Without O_CREAT there is no need of a mode.
        let creates = match self.steps.scope.constant(self.expr(1)?)? {
            Some(value) => constant("O_CREAT").is_some_and(|flag| value & flag.value != 0),
            None => true,
        };
        Ok(match (shm, creates) {
            (true, _) => format!("shm_open({real}, {flags}, 0600)"),
            // A file that is opened as if it were shared memory: here they lie in different places.
            (false, _) if shm_open => format!("shm_open(shm({real}), {flags}, 0600)"),
            (false, true) => format!("open({real}, {flags}, 0600)"),
            (false, false) => format!("open({real}, {flags})"),
        })
    }

    fn unlink(&self) -> Text {
        let (real, shm) = self.steps.files.named(&self.name()?);
        Ok(format!("{}({real})", if shm { "shm_unlink" } else { "unlink" }))
    }

    /// `read` and `pread`, into the program's buffer or into memory of the scenario.
    fn read(&self, who: &str, bind: &str, at_offset: bool) -> Text {
        let scaled = self.steps.scope.scale.is_scaled();
        let (fd, len) = (self.number(0)?, self.number(1)?);
        if let Some(value) = self.steps.scope.constant(self.expr(1)?)? {
            self.steps.fits(value, self.expr(1)?)?;
        }
        let into = 2 + usize::from(at_offset);
        let into = if self.call.args.len() > into { Some(self.address(into)?) } else { None };
        let to = into.clone().unwrap_or_else(|| "buffer".to_owned());
        let bounded = match self.steps.scope.constant(self.expr(1)?)? {
            Some(_) => len,
            None => format!("at_most({len}, BUFFER)"),
        };
        let prefix = if scaled { "scaled_" } else { "" };
        let code = match at_offset {
            true => format!("{prefix}pread({fd}, {to}, {bounded}, {})", self.number(2)?),
            false => format!("{prefix}read({fd}, {to}, {bounded})"),
        };
        let kind = if into.is_some() { "CALL" } else { "READ" };
        Ok(format!("{kind}({who}, {bind}{code});"))
    }

    fn write(&self, at_offset: bool) -> Text {
        let (fd, data) = (self.number(0)?, self.get(1)?);
        let (data, len) = self.steps.data(data)?;
        let prefix = if self.steps.scope.scale.is_scaled() { "scaled_" } else { "" };
        Ok(match at_offset {
            true => format!("{prefix}pwrite({fd}, {data}, {len}, {})", self.number(2)?),
            false => format!("{prefix}write({fd}, {data}, {len})"),
        })
    }

    fn mmap(&self) -> Text {
        let fixed = self.flags_have(3, &["MAP_FIXED", "MAP_FIXED_NOREPLACE"])?;
        let at = match self.steps.scope.constant(self.expr(0)?)? {
            Some(0) if fixed => "(byte *)0".to_owned(),
            Some(0) => "ANYWHERE".to_owned(),
            _ => self.address(0)?,
        };
        let len = if fixed { self.offset(1)? } else { self.scaled(1)? };
        let (prot, flags, fd) = (self.number(2)?, self.number(3)?, self.number(4)?);
        Ok(format!("mmap({at}, {len}, {prot}, {flags}, {fd}, {})", self.scaled(5)?))
    }

    fn mremap(&self) -> Text {
        let (at, old, new, flags) = (self.address(0)?, self.offset(1)?, self.offset(2)?, self.number(3)?);
        Ok(match self.call.args.len() > 4 {
            true => format!("mremap({at}, {old}, {new}, {flags}, {})", self.address(4)?),
            false => format!("mremap({at}, {old}, {new}, {flags})"),
        })
    }

    /// Do the flags, which must be constant, have one of these?
    fn flags_have(&self, at: usize, wanted: &[&str]) -> Result<bool, Refused> {
        let expr = self.expr(at)?;
        let value = self.steps.scope.constant(expr)?;
        let value = value.ok_or_else(|| Diagnostic::error(expr.span, "flags must be constant to be exported"))?;
        Ok(wanted.iter().any(|flag| constant(flag).is_some_and(|flag| value & flag.value != 0)))
    }
}

// A real page holds at least as much as the buffer's unit of thought.
const _: () = assert!(BUFFER % REAL_PAGE == 0);
