//! One step under way: the state, who listens, and what only matters until the step ends.
//!
//! Owns: `emit`, the single door through which everything changes. The rules are methods of the same type in
//! [`mmu`](crate::mmu) and `kernel`.

use crate::event::{Event, Recorder};
use crate::state::State;
use crate::units::{FilePage, ObjectId, Pfn};

pub(crate) struct Stepper<'a, R> {
    pub(crate) state: &'a mut State,
    recorder: &'a mut R,
    /// Frames that must stay while the kernel works with them.
    pinned: Vec<Pfn>,
    /// The last page read from and written to the disk in this step: the next one joins its request.
    pub(crate) last_read: Option<(ObjectId, FilePage)>,
    pub(crate) last_written: Option<(ObjectId, FilePage)>,
    /// Whether the fault being served had to read the disk.
    pub(crate) read_disk: bool,
}

/// No frame is free and none can be evicted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OutOfMemory;

impl<'a, R: Recorder> Stepper<'a, R> {
    #[inline]
    pub(crate) fn new(state: &'a mut State, recorder: &'a mut R) -> Self {
        Self { state, recorder, pinned: Vec::new(), last_read: None, last_written: None, read_disk: false }
    }

    /// Makes something happen, and tells whoever listens. Unobserved, each place gets the few instructions of its own
    /// event; observed, one copy serves all places.
    #[inline(always)]
    pub(crate) fn emit(&mut self, event: Event) {
        if R::ON {
            self.emit_and_tell(event);
        } else {
            self.state.apply_known(&event);
        }
    }

    #[inline(never)]
    fn emit_and_tell(&mut self, event: Event) {
        self.state.apply(&event);
        self.recorder.record(self.state, event);
    }

    /// Runs `work` with a frame that may not be evicted meanwhile.
    pub(crate) fn pinning<T>(&mut self, pfn: Pfn, work: impl FnOnce(&mut Self) -> T) -> T {
        self.pinned.push(pfn);
        let result = work(self);
        self.pinned.pop();
        result
    }

    /// Keeps a frame until [`unpin_to`](Self::unpin_to) goes back to a mark of [`pins`](Self::pins).
    pub(crate) fn pin(&mut self, pfn: Pfn) {
        self.pinned.push(pfn);
    }

    pub(crate) fn pins(&self) -> usize {
        self.pinned.len()
    }

    pub(crate) fn unpin_to(&mut self, mark: usize) {
        self.pinned.truncate(mark);
    }

    pub(crate) fn is_pinned(&self, pfn: Pfn) -> bool {
        self.pinned.contains(&pfn)
    }
}
