//! Calls on files and descriptors.

use super::Stop;
use crate::command::{Data, flags};
use crate::event::{Event, Recorder};
use crate::object::ObjectKind;
use crate::outcome::{Errno, Outcome};
use crate::process::OpenFile;
use crate::stepper::Stepper;
use crate::units::{NameId, ObjectId, OpenFileId, Pid, VirtAddr};

/// Bytes that one read or write moves at most; Linux's `MAX_RW_COUNT` is 2 GiB less a page.
const MAX_RW_BYTES: u64 = 16 << 20;

/// The largest length of an object, so that page numbers and offsets never overflow.
const MAX_OBJECT_BYTES: u64 = 1 << 50;

/// Standard input, output and error take the first three.
const FIRST_FD: u32 = 3;

/// `RLIMIT_NOFILE` as commonly set.
const MAX_FDS: usize = 1024;

impl<R: Recorder> Stepper<'_, R> {
    /// open(2), shm_open(3).
    pub(super) fn open(&mut self, pid: Pid, name: NameId, flag: u64, shm: bool) -> Result<Outcome, Stop> {
        let (read, write) = match flag & 3 {
            flags::O_RDONLY => (true, false),
            flags::O_WRONLY => (false, true),
            flags::O_RDWR => (true, true),
            _ => return Err(Errno::Invalid.into()),
        };
        let object = match self.state.named(name) {
            Some(object) => object,
            None if flag & flags::O_CREAT == 0 => return Err(Errno::NoEntry.into()),
            None => self.create(Some(name), if shm { ObjectKind::Shm } else { ObjectKind::File }),
        };
        // Linux cuts even what is opened for reading alone; of a device there is nothing to cut.
        if flag & flags::O_TRUNC != 0 && !self.state.is_device(object) {
            self.may_cut(object, 0)?;
            self.set_size(object, 0)?;
        }
        let fd = self.lowest_descriptor(pid)?;
        let file = self.vacant_file();
        self.emit(Event::FileOpened { file, object, read, write });
        self.emit(Event::DescriptorSet { pid, fd, file });
        Ok(Outcome::Value(fd.into()))
    }

    /// The lowest number that no open file has.
    pub(crate) fn vacant_file(&self) -> OpenFileId {
        let vacant = self.state.files.iter().position(Option::is_none).unwrap_or(self.state.files.len());
        OpenFileId::new(vacant as u32)
    }

    /// An object of length 0.
    pub(super) fn create(&mut self, name: Option<NameId>, kind: ObjectKind) -> ObjectId {
        let object = ObjectId::new(self.state.objects.len() as u32);
        self.emit(Event::ObjectCreated { object, kind, name });
        object
    }

    fn lowest_descriptor(&self, pid: Pid) -> Result<u32, Stop> {
        let taken = &self.process(pid).descriptors;
        if taken.len() >= MAX_FDS {
            return Err(Errno::TooManyFiles.into());
        }
        Ok((FIRST_FD..).find(|fd| !taken.contains_key(fd)).expect("fewer are taken than there are"))
    }

    pub(super) fn opened(&self, pid: Pid, fd: i64) -> Result<(OpenFileId, OpenFile), Stop> {
        let (id, file) = self.state.descriptor(pid, fd).ok_or(Errno::BadFd)?;
        Ok((id, *file))
    }

    pub(super) fn close(&mut self, pid: Pid, fd: i64) -> Result<Outcome, Stop> {
        self.opened(pid, fd)?;
        self.close_descriptor(pid, fd as u32);
        Ok(Outcome::Ok)
    }

    /// read(2), pread(2).
    pub(super) fn read(
        &mut self,
        pid: Pid,
        fd: i64,
        len: u64,
        offset: Option<i64>,
        buffer: Option<VirtAddr>,
    ) -> Result<Outcome, Stop> {
        let (id, file) = self.opened(pid, fd)?;
        if !file.read {
            return Err(Errno::BadFd.into());
        }
        self.refuse_device(file.object, no_transfer(offset))?;
        let from = at_offset(offset, file.offset)?;
        let asked = (from, len.min(MAX_RW_BYTES));
        let bytes = self.copy_out(pid, (id, file.object), asked, buffer)?;
        if offset.is_none() && !bytes.is_empty() {
            self.emit(Event::OffsetMoved { file: id, offset: from + bytes.len() as u64 });
        }
        Ok(Outcome::Bytes(bytes))
    }

    /// write(2), pwrite(2).
    pub(super) fn write(&mut self, pid: Pid, fd: i64, data: &Data, offset: Option<i64>) -> Result<Outcome, Stop> {
        let (id, file) = self.opened(pid, fd)?;
        if !file.write {
            return Err(Errno::BadFd.into());
        }
        self.refuse_device(file.object, no_transfer(offset))?;
        let to = at_offset(offset, file.offset)?;
        let len = data.len().min(MAX_RW_BYTES);
        if to > MAX_OBJECT_BYTES - MAX_RW_BYTES {
            return Err(Errno::FileTooBig.into());
        }
        if len > 0 {
            self.prepare_growth(file.object, to)?;
        }
        let written = self.copy_in(pid, file.object, to, data, len)?;
        if offset.is_none() && written > 0 {
            self.emit(Event::OffsetMoved { file: id, offset: to + written });
        }
        Ok(Outcome::Value(written as i64))
    }

    /// lseek(2).
    pub(super) fn lseek(&mut self, pid: Pid, fd: i64, offset: i64, whence: u64) -> Result<Outcome, Stop> {
        let (id, file) = self.opened(pid, fd)?;
        self.refuse_device(file.object, Errno::IllegalSeek)?;
        let base = match whence {
            flags::SEEK_SET => 0,
            flags::SEEK_CUR => file.offset,
            flags::SEEK_END => self.state.object(file.object).size(),
            _ => return Err(Errno::Invalid.into()),
        };
        let to = (base as i64).checked_add(offset).filter(|&to| to >= 0).ok_or(Errno::Invalid)?;
        self.emit(Event::OffsetMoved { file: id, offset: to as u64 });
        Ok(Outcome::Value(to))
    }

    /// ftruncate(2).
    pub(super) fn ftruncate(&mut self, pid: Pid, fd: i64, len: i64) -> Result<Outcome, Stop> {
        let len = u64::try_from(len).map_err(|_| Errno::Invalid)?;
        let (_, file) = self.opened(pid, fd)?;
        if !file.write || self.state.is_device(file.object) {
            return Err(Errno::Invalid.into());
        }
        if len > MAX_OBJECT_BYTES {
            return Err(Errno::FileTooBig.into());
        }
        self.may_cut(file.object, len)?;
        let section = self.state.object(file.object).kind() == ObjectKind::Shm;
        let growth = len.saturating_sub(self.state.object(file.object).size());
        self.promise(if section { self.state.format().pages_of(growth) } else { 0 })?;
        self.set_size(file.object, len)?;
        Ok(Outcome::Ok)
    }

    /// fsync(2).
    pub(super) fn fsync(&mut self, pid: Pid, fd: i64) -> Result<Outcome, Stop> {
        let (_, file) = self.opened(pid, fd)?;
        self.refuse_device(file.object, Errno::Invalid)?;
        self.write_object(file.object);
        Ok(Outcome::Ok)
    }

    /// unlink(2): the name goes at once, the object when nobody uses it any more.
    pub(super) fn unlink(&mut self, name: NameId) -> Result<Outcome, Stop> {
        let object = self.state.named(name).ok_or(Errno::NoEntry)?;
        self.emit(Event::Unlinked { object });
        self.drop_if_unused(object);
        Ok(Outcome::Ok)
    }
}

/// What reading and writing gives of a device that can only be mapped: it has no such operation, and no offsets.
fn no_transfer(offset: Option<i64>) -> Errno {
    if offset.is_some() { Errno::IllegalSeek } else { Errno::Invalid }
}

/// The offset that a call gives, or else the descriptor's own.
fn at_offset(given: Option<i64>, own: u64) -> Result<u64, Stop> {
    match given {
        None => Ok(own),
        Some(offset) => u64::try_from(offset).map_err(|_| Errno::Invalid.into()),
    }
}
