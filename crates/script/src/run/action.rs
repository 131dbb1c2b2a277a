//! What a step does, and the command that it becomes when its expressions have values.

use super::code::{Env, Value};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use std::rc::Rc;
use vmcore::command::{Call, Command, Data, KernelCommand, MmapArgs};
use vmcore::units::{AccessKind, NameId, Pid, VirtAddr};

/// The most bytes that one step may load or store.
const MAX_BYTES: i128 = 1 << 24;

/// A step without its values.
#[derive(Debug)]
pub(super) enum Action {
    Access { kind: AccessKind, place: Place, value: Option<Value> },
    LoadRange { kind: AccessKind, from: Place, to: Value },
    StoreBytes { place: Place, data: DataSource },
    Translate { addr: Value, kind: AccessKind },
    Call(CallKind),
    Kernel(KernelKind),
}

/// An address: a variable and an offset, or the offset alone.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) base: Option<Value>,
    pub(super) offset: Value,
    pub(super) span: Span,
}

/// Bytes to write or store.
#[derive(Debug)]
pub(super) enum DataSource {
    Bytes(Rc<[u8]>),
    List(Vec<Value>),
    Fill { byte: Value, count: Value },
    Memory { from: Place, to: Value },
}

/// The calls that the model knows, without their values.
#[derive(Debug)]
#[allow(missing_docs, reason = "fields are named as in the manual page of each call")]
pub(super) enum CallKind {
    Open { name: NameId, flags: Value, shm: bool },
    Close { fd: Value },
    Read { fd: Value, len: Value, offset: Option<Value>, buffer: Option<Value> },
    Write { fd: Value, data: DataSource, offset: Option<Value> },
    Lseek { fd: Value, offset: Value, whence: Value },
    Ftruncate { fd: Value, len: Value },
    Fsync { fd: Value },
    Unlink { name: NameId },
    Mmap(Box<[Value; 6]>),
    Munmap { addr: Value, len: Value },
    Mprotect { addr: Value, len: Value, prot: Value },
    Msync { addr: Value, len: Value, flags: Value },
    Mremap { addr: Value, old_len: Value, new_len: Value, flags: Value, new_addr: Option<Value> },
    Madvise { addr: Value, len: Value, advice: Value },
    Fadvise { fd: Value, offset: Value, len: Value, advice: Value },
    Mlock { addr: Value, len: Value },
    Munlock { addr: Value, len: Value },
    Mincore { addr: Value, len: Value },
    Brk { addr: Value },
    Sbrk { by: Value },
    Fork { child: u16 },
    Exec { name: NameId },
    Exit,
}

/// The kernel's own calls that the model knows, without their values.
#[derive(Debug)]
pub(super) enum KernelKind {
    DropCaches { name: NameId },
    WriteBack,
    Reclaim { pages: Value },
    PowerCut,
    Run { pid: u16 },
    IommuMap { device: NameId, iova: Value, pid: u16, addr: Value, len: Value },
    IommuUnmap { device: NameId, iova: Value, len: Value },
    DmaWrite { device: NameId, iova: Value, data: DataSource },
    DmaRead { device: NameId, iova: Value, len: Value },
}

type Built<T> = Result<T, Diagnostic>;

/// A command, and how many steps it counts as: one, and more if it moves many bytes.
pub(super) struct Ready {
    pub(super) command: Command,
    pub(super) work: u64,
}

impl Action {
    /// The command for process `pid`.
    pub(super) fn build(&self, pid: Option<u16>, env: &Env<'_>) -> Built<Ready> {
        let of = || Pid::new(pid.expect("only the kernel's calls are without a process"));
        let one = |command| Ready { command, work: 1 };
        Ok(match self {
            Action::Access { kind, place, value } => {
                let va = place.address(env)?;
                let value = value.as_ref().map_or(Ok(0), |value| byte(value, env))?;
                one(Command::Access { pid: of(), va, kind: *kind, value })
            }
            Action::LoadRange { kind, from, to } => {
                let (va, len) = range(from, to, env)?;
                Ready { command: Command::LoadRange { pid: of(), va, len, kind: *kind }, work: len.max(1) }
            }
            Action::StoreBytes { place, data } => {
                let va = place.address(env)?;
                let data = data.bytes(env)?;
                let work = (data.len() as u64).max(1);
                Ready { command: Command::StoreBytes { pid: of(), va, data }, work }
            }
            Action::Translate { addr, kind } => {
                let va = to_address(addr.eval(env)?, addr.span)?;
                one(Command::Translate { pid: of(), va, kind: *kind })
            }
            Action::Call(call) => {
                let call = call.build(env)?;
                let bytes = match &call {
                    Call::Read { len, .. } => *len,
                    Call::Write { data, .. } => data.len(),
                    _ => 0,
                };
                // The model moves at most so many bytes; copying is far cheaper than as many accesses.
                let work = 1 + bytes.min(MAX_BYTES as u64) / 64;
                Ready { command: Command::Call { pid: of(), call }, work }
            }
            Action::Kernel(kernel) => {
                let command = kernel.build(env)?;
                let bytes = match &command {
                    KernelCommand::DmaRead { len, .. } => *len,
                    KernelCommand::DmaWrite { data, .. } => data.len(),
                    _ => 0,
                };
                Ready { command: Command::Kernel(command), work: 1 + bytes.min(MAX_BYTES as u64) / 64 }
            }
        })
    }

    /// The process that a fork makes.
    pub(super) fn child(&self) -> Option<u16> {
        match self {
            Action::Call(CallKind::Fork { child }) => Some(*child),
            _ => None,
        }
    }

    /// The process whose names a step of the kernel's speaks of.
    pub(super) fn subject(&self) -> Option<u16> {
        match self {
            Action::Kernel(KernelKind::IommuMap { pid, .. }) => Some(*pid),
            _ => None,
        }
    }

    /// Does it end every process?
    pub(super) fn is_power_cut(&self) -> bool {
        matches!(self, Action::Kernel(KernelKind::PowerCut))
    }
}

impl Place {
    fn number(&self, env: &Env<'_>) -> Built<i128> {
        let base = self.base.as_ref().map_or(Ok(0), |base| base.eval(env))?;
        let offset = self.offset.eval(env)?;
        base.checked_add(offset).ok_or_else(|| Diagnostic::error(self.span, "the result does not fit 128 bits"))
    }

    fn address(&self, env: &Env<'_>) -> Built<VirtAddr> {
        to_address(self.number(env)?, self.span)
    }
}

fn to_address(number: i128, span: Span) -> Built<VirtAddr> {
    u64::try_from(number)
        .map(VirtAddr::new)
        .map_err(|_| Diagnostic::error(span, format!("{number} is no address")).expected("a number from 0 to 2^64 - 1"))
}

/// `a[e..f]`: its address and length. Nothing if it ends before it begins.
fn range(from: &Place, to: &Value, env: &Env<'_>) -> Built<(VirtAddr, u64)> {
    let len = to.eval(env)?.saturating_sub(from.offset.eval(env)?).max(0);
    if len > MAX_BYTES {
        let message = format!("this range has {len} bytes");
        return Err(Diagnostic::error(from.span, message).expected(format!("at most {MAX_BYTES} in one step")));
    }
    Ok((from.address(env)?, len as u64))
}

fn byte(value: &Value, env: &Env<'_>) -> Built<u8> {
    let number = value.eval(env)?;
    u8::try_from(number)
        .map_err(|_| Diagnostic::error(value.span, format!("{number} is no byte")).expected("a number from 0 to 255"))
}

/// A number that must not be negative.
fn count(value: &Value, env: &Env<'_>) -> Built<u64> {
    let number = value.eval(env)?;
    u64::try_from(number)
        .map_err(|_| Diagnostic::error(value.span, format!("{number} is no number of bytes")).expected("0 to 2^64 - 1"))
}

/// An unsigned argument of 64 bits. A negative one becomes what C's conversion makes of it, a huge one: the call then
/// says what is wrong.
fn word(value: &Value, env: &Env<'_>) -> Built<u64> {
    let number = value.eval(env)?;
    let converted = u64::try_from(number).ok().or_else(|| i64::try_from(number).ok().map(|number| number as u64));
    converted.ok_or_else(|| Diagnostic::error(value.span, format!("{number} does not fit an argument of 64 bits")))
}

/// A signed argument of 64 bits.
fn signed(value: &Value, env: &Env<'_>) -> Built<i64> {
    let number = value.eval(env)?;
    i64::try_from(number)
        .map_err(|_| Diagnostic::error(value.span, format!("{number} does not fit an argument of 64 bits")))
}

/// A descriptor; what cannot be one is none that is open.
fn descriptor(value: &Value, env: &Env<'_>) -> Built<i64> {
    Ok(i64::try_from(value.eval(env)?).unwrap_or(-1))
}

impl DataSource {
    fn data(&self, env: &Env<'_>) -> Built<Data> {
        Ok(match self {
            DataSource::Fill { byte: value, count: len } => {
                Data::Fill { byte: byte(value, env)?, len: count(len, env)? }
            }
            DataSource::Memory { from, to } => {
                let (va, len) = range(from, to, env)?;
                Data::Memory { va, len }
            }
            _ => Data::Bytes(self.bytes(env)?),
        })
    }

    /// The bytes, written out.
    fn bytes(&self, env: &Env<'_>) -> Built<Rc<[u8]>> {
        match self {
            DataSource::Bytes(bytes) => Ok(Rc::clone(bytes)),
            DataSource::List(items) => items.iter().map(|item| byte(item, env)).collect(),
            DataSource::Fill { byte: value, count: len } => {
                let (value, bytes) = (byte(value, env)?, count(len, env)?);
                if i128::from(bytes) > MAX_BYTES {
                    let message = format!("these are {bytes} bytes");
                    return Err(
                        Diagnostic::error(len.span, message).expected(format!("at most {MAX_BYTES} in one step"))
                    );
                }
                Ok(vec![value; bytes as usize].into())
            }
            DataSource::Memory { from, .. } => {
                Err(Diagnostic::error(from.span, "a store takes a number, a string or a list of bytes"))
            }
        }
    }
}

impl CallKind {
    fn build(&self, env: &Env<'_>) -> Built<Call> {
        Ok(match self {
            CallKind::Open { name, flags, shm } => Call::Open { name: *name, flags: word(flags, env)?, shm: *shm },
            CallKind::Close { fd } => Call::Close { fd: descriptor(fd, env)? },
            CallKind::Read { fd, len, offset, buffer } => Call::Read {
                fd: descriptor(fd, env)?,
                len: count(len, env)?,
                offset: offset.as_ref().map(|offset| signed(offset, env)).transpose()?,
                buffer: buffer.as_ref().map(|at| to_address(at.eval(env)?, at.span)).transpose()?,
            },
            CallKind::Write { fd, data, offset } => Call::Write {
                fd: descriptor(fd, env)?,
                data: data.data(env)?,
                offset: offset.as_ref().map(|offset| signed(offset, env)).transpose()?,
            },
            CallKind::Lseek { fd, offset, whence } => {
                Call::Lseek { fd: descriptor(fd, env)?, offset: signed(offset, env)?, whence: word(whence, env)? }
            }
            CallKind::Ftruncate { fd, len } => Call::Ftruncate { fd: descriptor(fd, env)?, len: signed(len, env)? },
            CallKind::Fsync { fd } => Call::Fsync { fd: descriptor(fd, env)? },
            CallKind::Unlink { name } => Call::Unlink { name: *name },
            CallKind::Mmap(args) => {
                let [addr, len, prot, flags, fd, offset] = &**args;
                Call::Mmap(MmapArgs {
                    addr: word(addr, env)?,
                    len: word(len, env)?,
                    prot: word(prot, env)?,
                    flags: word(flags, env)?,
                    fd: descriptor(fd, env)?,
                    offset: word(offset, env)?,
                })
            }
            CallKind::Munmap { addr, len } => Call::Munmap { addr: word(addr, env)?, len: word(len, env)? },
            CallKind::Mprotect { addr, len, prot } => {
                Call::Mprotect { addr: word(addr, env)?, len: word(len, env)?, prot: word(prot, env)? }
            }
            CallKind::Msync { addr, len, flags } => {
                Call::Msync { addr: word(addr, env)?, len: word(len, env)?, flags: word(flags, env)? }
            }
            CallKind::Mremap { addr, old_len, new_len, flags, new_addr } => Call::Mremap {
                addr: word(addr, env)?,
                old_len: word(old_len, env)?,
                new_len: word(new_len, env)?,
                flags: word(flags, env)?,
                new_addr: new_addr.as_ref().map_or(Ok(0), |addr| word(addr, env))?,
            },
            CallKind::Madvise { addr, len, advice } => {
                Call::Madvise { addr: word(addr, env)?, len: word(len, env)?, advice: word(advice, env)? }
            }
            CallKind::Fadvise { fd, offset, len, advice } => Call::Fadvise {
                fd: descriptor(fd, env)?,
                offset: signed(offset, env)?,
                len: signed(len, env)?,
                advice: word(advice, env)?,
            },
            CallKind::Mlock { addr, len } => Call::Mlock { addr: word(addr, env)?, len: word(len, env)? },
            CallKind::Munlock { addr, len } => Call::Munlock { addr: word(addr, env)?, len: word(len, env)? },
            CallKind::Mincore { addr, len } => Call::Mincore { addr: word(addr, env)?, len: word(len, env)? },
            CallKind::Brk { addr } => Call::Brk { addr: word(addr, env)? },
            CallKind::Sbrk { by } => Call::Sbrk { by: signed(by, env)? },
            CallKind::Fork { child } => Call::Fork { child: Pid::new(*child) },
            CallKind::Exec { name } => Call::Exec { name: *name },
            CallKind::Exit => Call::Exit,
        })
    }
}

impl KernelKind {
    fn build(&self, env: &Env<'_>) -> Built<KernelCommand> {
        Ok(match self {
            KernelKind::DropCaches { name } => KernelCommand::DropCaches { name: *name },
            KernelKind::WriteBack => KernelCommand::WriteBack,
            KernelKind::Reclaim { pages } => KernelCommand::Reclaim { pages: count(pages, env)? },
            KernelKind::PowerCut => KernelCommand::PowerCut,
            KernelKind::Run { pid } => KernelCommand::Run { pid: Pid::new(*pid) },
            KernelKind::IommuMap { device, iova, pid, addr, len } => KernelCommand::IommuMap {
                device: *device,
                iova: word(iova, env)?,
                pid: Pid::new(*pid),
                addr: word(addr, env)?,
                len: count(len, env)?,
            },
            KernelKind::IommuUnmap { device, iova, len } => {
                KernelCommand::IommuUnmap { device: *device, iova: word(iova, env)?, len: count(len, env)? }
            }
            KernelKind::DmaWrite { device, iova, data } => {
                KernelCommand::DmaWrite { device: *device, iova: word(iova, env)?, data: data.data(env)? }
            }
            KernelKind::DmaRead { device, iova, len } => {
                KernelCommand::DmaRead { device: *device, iova: word(iova, env)?, len: count(len, env)? }
            }
        })
    }
}
