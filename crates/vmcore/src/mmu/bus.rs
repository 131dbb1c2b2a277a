//! What answers at a physical address that is no frame of memory: the zero frame, or a device's own memory.

use crate::event::{CHUNK, Event, Recorder};
use crate::pte::Pte;
use crate::stepper::Stepper;
use crate::units::{AccessKind, FilePage, ObjectId};

impl<R: Recorder> Stepper<'_, R> {
    /// Loads or stores a byte where an entry leads that holds no frame.
    pub(crate) fn access_beyond_memory(&mut self, entry: Pte, offset: u64, kind: AccessKind, value: u8) -> u8 {
        let Some((object, page)) = self.state.device_page(entry) else {
            // The zero frame, which nobody can store to.
            return 0;
        };
        if kind != AccessKind::Store {
            return self.state.device_byte(object, page, offset);
        }
        self.store_to_device((object, page), offset, &[value]);
        value
    }

    /// Stores bytes into one page of a device's memory.
    pub(crate) fn store_to_device(&mut self, (object, page): (ObjectId, FilePage), offset: u64, data: &[u8]) {
        for (chunk, offset) in data.chunks(CHUNK).zip((offset as u32..).step_by(CHUNK)) {
            let mut bytes = [0; CHUNK];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.emit(Event::DeviceWritten { object, page, offset, len: chunk.len() as u8, bytes });
        }
    }
}
