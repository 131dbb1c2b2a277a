//! exec(2): another program in the same process. Follows Linux `fs/binfmt_elf.c`, simplified: the kernel maps libraries
//! too (in truth a program of its own, ld.so, does that), and nothing is relocated.

use super::calls::Stop;
use crate::event::{Event, Recorder, VmaFlags};
use crate::image::{Image, Layout, Placed, Segment, Space, lay_out};
use crate::outcome::{Errno, Loaded, Outcome};
use crate::process::Vma;
use crate::stepper::Stepper;
use crate::units::{FilePage, NameId, OpenFileId, Pid, Vpn};

/// Where Linux puts a program that is not relocated, in bytes (`ELF_ET_DYN_BASE` is for others); small address spaces
/// have it at a sixteenth.
const BASE_BYTES: u64 = 0x40_0000;

impl<R: Recorder> Stepper<'_, R> {
    /// Replaces the address space and touches nothing; descriptors stay open. What does not fit is refused before
    /// anything is given up.
    pub(crate) fn exec(&mut self, pid: Pid, name: NameId) -> Result<Outcome, Stop> {
        let object = self.state.named(name).ok_or(Errno::NoEntry)?;
        let images = &self.state.setup().images;
        let program = images.iter().position(|image| image.object == object && image.program);
        let program = program.ok_or(Errno::NoExec)?;
        let layout = lay_out(images, program, self.space()).ok_or(Errno::NoMemory)?;
        let images = images.clone();
        self.remove_range(pid, Vpn::new(0), self.state.format().user_pages());
        self.forget_translations(pid);
        self.emit(Event::Executed { pid, object, heap: layout.heap });
        for (number, image) in images.iter().enumerate() {
            self.map_image(pid, image, layout.placed.iter().filter(|part| part.image == number));
        }
        Ok(Outcome::Loaded(self.loaded(&images, &layout)))
    }

    fn space(&self) -> Space {
        let format = self.state.format();
        let pages = format.user_pages();
        let base = (BASE_BYTES / format.page_bytes()).min(pages / 16).max(1);
        Space { pages, base: Vpn::new(base), libraries: Vpn::new(pages / 4), apart: self.pages_apart() }
    }

    /// All segments of an image are mapped through one open file, as the loader's descriptor is.
    fn map_image<'p>(&mut self, pid: Pid, image: &Image, parts: impl Iterator<Item = &'p Placed>) {
        let mut file = None;
        for part in parts {
            let vma = self.region_of(image, part);
            let file = vma.object.map(|_| *file.get_or_insert_with(|| self.open_image(image)));
            self.add_region(pid, Vma { file, ..vma });
        }
    }

    fn open_image(&mut self, image: &Image) -> OpenFileId {
        let file = self.vacant_file();
        self.emit(Event::FileOpened { file, object: image.object, read: true, write: false });
        file
    }

    fn region_of(&self, image: &Image, part: &Placed) -> Vma {
        let Placed { segment, start, pages, .. } = *part;
        let writes = matches!(segment, Segment::Data | Segment::Bss | Segment::Stack);
        let mut flags = VmaFlags::MAY_WRITE;
        for (_, flag) in [(writes, VmaFlags::PROMISED), (segment == Segment::Stack, VmaFlags::GROWS_DOWN)]
            .iter()
            .filter(|(is, _)| *is)
        {
            flags = flags.with(*flag);
        }
        let (object, first) = match segment.is_in_file() {
            true => (Some(image.object), part.first),
            false => (None, FilePage::new(start.get())),
        };
        Vma { start, pages, prot: segment.prot(), flags, object, first, file: None }
    }

    fn loaded(&self, images: &[Image], layout: &Layout) -> Vec<Loaded> {
        let loaded = |part: &Placed| Loaded {
            of: images[part.image].name,
            segment: part.segment,
            at: self.state.format().address(part.start),
        };
        layout.placed.iter().map(loaded).collect()
    }
}
