//! Steps of the syntax tree to actions. What the model cannot do yet is refused here, by name.

use super::action::{Action, CallKind, DataSource, KernelKind, Place};
use super::code::Value;
use super::compile::Compiler;
use crate::ast::{self, Arg, ArgKind, Call, Expr, ExprKind, Index, Step};
use vmcore::units::{AccessKind, NameId};

impl Compiler<'_> {
    /// What a step does; `None`, reported, if the model does not know it yet. The script is valid, so that arguments
    /// are there and of their kind.
    pub(super) fn lower(&mut self, step: &Step) -> Option<Action> {
        match &step.action {
            ast::Action::Call(call) => self.call(step, call),
            ast::Action::Load(ast::Place { index: Index::Range(_, to), .. }) => self.range(step, to, AccessKind::Load),
            ast::Action::Load(_) => self.access(step, AccessKind::Load),
            ast::Action::Fetch(ast::Place { index: Index::Range(_, to), .. }) => {
                self.range(step, to, AccessKind::Fetch)
            }
            ast::Action::Fetch(_) => self.access(step, AccessKind::Fetch),
            ast::Action::Store(_, value) => self.store(step, value),
        }
    }

    fn range(&mut self, step: &Step, to: &Expr, kind: AccessKind) -> Option<Action> {
        let to = self.value(to);
        Some(Action::LoadRange { kind, from: self.place_of(step)?, to })
    }

    fn access(&mut self, step: &Step, kind: AccessKind) -> Option<Action> {
        Some(Action::Access { kind, place: self.place_of(step)?, value: None })
    }

    fn store(&mut self, step: &Step, value: &Arg) -> Option<Action> {
        let place = self.place_of(step)?;
        Some(match &value.node {
            ArgKind::Expr(expr) => Action::Access { kind: AccessKind::Store, place, value: Some(self.value(expr)) },
            _ => Action::StoreBytes { place, data: self.data(value)? },
        })
    }

    fn place_of(&mut self, step: &Step) -> Option<Place> {
        match &step.action {
            ast::Action::Load(place) | ast::Action::Fetch(place) | ast::Action::Store(place, _) => {
                Some(self.place(place))
            }
            ast::Action::Call(_) => None,
        }
    }

    /// An address, or where a range begins.
    fn place(&mut self, place: &ast::Place) -> Place {
        let base = place.base.as_ref().map(|name| Value { code: self.name(&name.node, name.span), span: name.span });
        let (offset, end) = match &place.index {
            Index::One(at) => (at, at.span),
            Index::Range(from, to) => (from, to.span),
        };
        let span = place.base.as_ref().map_or(offset.span, |name| name.span).to(end);
        Place { base, offset: self.value(offset), span }
    }

    fn data(&mut self, data: &Arg) -> Option<DataSource> {
        Some(match &data.node {
            ArgKind::Text(bytes) => DataSource::Bytes(bytes.as_slice().into()),
            ArgKind::List(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.value(item)).collect();
                match items.iter().map(|item| u8::try_from(item.constant()?).ok()).collect::<Option<Vec<u8>>>() {
                    Some(bytes) => DataSource::Bytes(bytes.into()),
                    None => DataSource::List(items),
                }
            }
            ArgKind::Fill(byte, count) => DataSource::Fill { byte: self.value(byte), count: self.value(count) },
            ArgKind::Memory(place) => match &place.index {
                Index::Range(_, to) => {
                    let to = self.value(to);
                    DataSource::Memory { from: self.place(place), to }
                }
                Index::One(_) => return None,
            },
            ArgKind::Expr(_) => return None,
        })
    }

    fn call(&mut self, step: &Step, call: &Call) -> Option<Action> {
        let mut args = Args { compiler: self, call, next: 0 };
        let kind = match call.name.node.as_str() {
            "open" => CallKind::Open { name: args.file()?, flags: args.value()?, shm: false },
            "shm_open" => CallKind::Open { name: args.file()?, flags: args.value()?, shm: true },
            "close" => CallKind::Close { fd: args.value()? },
            "read" => CallKind::Read { fd: args.value()?, len: args.value()?, offset: None, buffer: args.optional() },
            "pread" => CallKind::Read {
                fd: args.value()?,
                len: args.value()?,
                offset: Some(args.value()?),
                buffer: args.optional(),
            },
            "write" => CallKind::Write { fd: args.value()?, data: args.data()?, offset: None },
            "pwrite" => CallKind::Write { fd: args.value()?, data: args.data()?, offset: Some(args.value()?) },
            "lseek" => {
                let [fd, offset, whence] = args.values()?;
                CallKind::Lseek { fd, offset, whence }
            }
            "ftruncate" => {
                let [fd, len] = args.values()?;
                CallKind::Ftruncate { fd, len }
            }
            "fsync" => CallKind::Fsync { fd: args.value()? },
            "unlink" => CallKind::Unlink { name: args.file()? },
            "mmap" => CallKind::Mmap(Box::new(args.values()?)),
            "munmap" => {
                let [addr, len] = args.values()?;
                CallKind::Munmap { addr, len }
            }
            "mprotect" => {
                let [addr, len, prot] = args.values()?;
                CallKind::Mprotect { addr, len, prot }
            }
            "msync" => {
                let [addr, len, flags] = args.values()?;
                CallKind::Msync { addr, len, flags }
            }
            "mremap" => {
                let [addr, old_len, new_len, flags] = args.values()?;
                CallKind::Mremap { addr, old_len, new_len, flags, new_addr: args.optional() }
            }
            "madvise" => {
                let [addr, len, advice] = args.values()?;
                CallKind::Madvise { addr, len, advice }
            }
            "posix_fadvise" => {
                let [fd, offset, len, advice] = args.values()?;
                CallKind::Fadvise { fd, offset, len, advice }
            }
            "mlock" => {
                let [addr, len] = args.values()?;
                CallKind::Mlock { addr, len }
            }
            "munlock" => {
                let [addr, len] = args.values()?;
                CallKind::Munlock { addr, len }
            }
            "mincore" => {
                let [addr, len] = args.values()?;
                CallKind::Mincore { addr, len }
            }
            "brk" => CallKind::Brk { addr: args.value()? },
            "sbrk" => CallKind::Sbrk { by: args.value()? },
            "fork" => CallKind::Fork { child: self.process(&step.bind.as_ref()?.node) },
            "exec" => CallKind::Exec { name: args.file()? },
            "exit" => CallKind::Exit,
            "translate" => return Some(Action::Translate { addr: args.value()?, kind: args.access() }),
            _ => return self.kernel_call(call),
        };
        Some(Action::Call(kind))
    }

    fn kernel_call(&mut self, call: &Call) -> Option<Action> {
        let mut args = Args { compiler: self, call, next: 0 };
        let kind = match call.name.node.as_str() {
            "drop_caches" => KernelKind::DropCaches { name: args.file()? },
            "write_back" => KernelKind::WriteBack,
            "reclaim" => KernelKind::Reclaim { pages: args.value()? },
            "power_cut" => KernelKind::PowerCut,
            "run" => KernelKind::Run { pid: args.process()? },
            "iommu_map" => KernelKind::IommuMap {
                device: args.file()?,
                iova: args.value()?,
                pid: args.process()?,
                addr: args.value()?,
                len: args.value()?,
            },
            "iommu_unmap" => KernelKind::IommuUnmap { device: args.file()?, iova: args.value()?, len: args.value()? },
            "dma_write" => KernelKind::DmaWrite { device: args.file()?, iova: args.value()?, data: args.data()? },
            "dma_read" => KernelKind::DmaRead { device: args.file()?, iova: args.value()?, len: args.value()? },
            name => {
                let what = format!("the call `{name}`");
                self.unknown_yet(call.name.span, &what);
                return None;
            }
        };
        Some(Action::Kernel(kind))
    }
}

/// The arguments of a call, one after the other.
struct Args<'a, 'c> {
    compiler: &'a mut Compiler<'c>,
    call: &'a Call,
    next: usize,
}

impl<'a> Args<'a, '_> {
    fn take(&mut self) -> Option<&'a Arg> {
        let arg = self.call.args.get(self.next);
        self.next += 1;
        arg
    }

    fn expr(&mut self) -> Option<&'a Expr> {
        match &self.take()?.node {
            ArgKind::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    fn value(&mut self) -> Option<Value> {
        let expr = self.expr()?;
        Some(self.compiler.value(expr))
    }

    /// So many values.
    fn values<const N: usize>(&mut self) -> Option<[Value; N]> {
        self.list(N)?.try_into().ok()
    }

    fn list(&mut self, len: usize) -> Option<Vec<Value>> {
        (0..len).map(|_| self.value()).collect()
    }

    fn optional(&mut self) -> Option<Value> {
        self.value()
    }

    fn data(&mut self) -> Option<DataSource> {
        let arg = self.take()?;
        self.compiler.data(arg)
    }

    fn file(&mut self) -> Option<NameId> {
        match &self.take()?.node {
            ArgKind::Text(bytes) => Some(self.compiler.file_name(&String::from_utf8_lossy(bytes))),
            _ => None,
        }
    }

    /// `write` or `fetch`; a load is meant where nothing is said.
    fn access(&mut self) -> AccessKind {
        match self.expr().map(|expr| &expr.node) {
            Some(ExprKind::Name(name)) if name == "write" => AccessKind::Store,
            Some(ExprKind::Name(name)) if name == "fetch" => AccessKind::Fetch,
            _ => AccessKind::Load,
        }
    }

    fn process(&mut self) -> Option<u16> {
        match &self.expr()?.node {
            ExprKind::Name(name) => Some(self.compiler.process(name)),
            _ => None,
        }
    }
}
