//! Executables and libraries: which segments they have, and where exec(2) puts them.
//!
//! Owns: the shape of an image, and the layout of an address space made from one. Does not own: the regions that come of
//! it (`kernel/exec`), or the names that a script gives to addresses.

use crate::sorted::sort_by_key;
use crate::units::{FilePage, NameId, ObjectId, Prot, Vpn};

/// A part of an image.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Segment {
    /// Code.
    Text,
    /// Constants.
    Rodata,
    /// Variables with a value.
    Data,
    /// Variables that begin as zeros.
    Bss,
    /// The stack.
    Stack,
}

impl Segment {
    /// All of them, in the order of a file and of an address space.
    pub const ALL: [Self; 5] = [Self::Text, Self::Rodata, Self::Data, Self::Bss, Self::Stack];

    /// Its word, as linkers have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Rodata => "rodata",
            Self::Data => "data",
            Self::Bss => "bss",
            Self::Stack => "stack",
        }
    }

    /// What may be done with it.
    pub fn prot(self) -> Prot {
        match self {
            Self::Text => Prot::READ.with(Prot::EXEC),
            Self::Rodata => Prot::READ,
            Self::Data | Self::Bss | Self::Stack => Prot::READ.with(Prot::WRITE),
        }
    }

    /// Whether the file holds it; what it does not hold begins as zeros.
    pub fn is_in_file(self) -> bool {
        matches!(self, Self::Text | Self::Rodata | Self::Data)
    }
}

/// A program or a library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Its name, which is also its file's.
    pub name: NameId,
    /// The file.
    pub object: ObjectId,
    /// Whether it can be executed; a library can only be needed, or mapped like any file.
    pub program: bool,
    /// Its segments in the order of [`Segment::ALL`], each with its pages, at least one.
    pub segments: Vec<(Segment, u64)>,
    /// The libraries that it needs, as places in the list of images.
    pub needs: Vec<usize>,
}

impl Image {
    /// Pages of its file: text, rodata and data, one after the other.
    pub fn file_pages(&self) -> u64 {
        self.pages_of(Segment::is_in_file)
    }

    fn pages_of(&self, counts: impl Fn(Segment) -> bool) -> u64 {
        let counted = self.segments.iter().filter(|(segment, _)| counts(*segment));
        counted.fold(0, |sum, (_, pages)| sum.saturating_add(*pages))
    }
}

/// A segment with its place in an address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    /// Of which image, as a place in the list of images.
    pub image: usize,
    /// Which segment.
    pub segment: Segment,
    /// Its first page.
    pub start: Vpn,
    /// How many pages.
    pub pages: u64,
    /// The page of the image's file that its first page maps; 0 where the file does not hold it.
    pub first: FilePage,
}

impl Placed {
    fn end(&self) -> Vpn {
        self.start.plus(self.pages)
    }
}

/// The address space of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Every segment, the program's first, then each library's.
    pub placed: Vec<Placed>,
    /// Where the heap begins: behind the program.
    pub heap: Vpn,
}

/// Where things go in an address space of so many pages.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    /// Pages that a process may map.
    pub pages: u64,
    /// Where a program's text goes.
    pub base: Vpn,
    /// Where libraries go, as mappings whose place is left to the kernel do.
    pub libraries: Vpn,
    /// What the places of libraries are multiples of.
    pub apart: u64,
}

/// The program's segments one after the other from the base on, its stack at the top, the libraries in between in the
/// order in which they are needed. `None` if there is no room.
pub fn lay_out(images: &[Image], program: usize, space: Space) -> Option<Layout> {
    let mut placed = Vec::new();
    place(&images[program], program, space.base, &mut placed)?;
    let heap = placed.last().map_or(space.base, Placed::end);
    if let Some(&(segment, pages)) = images[program].segments.iter().find(|(segment, _)| *segment == Segment::Stack) {
        let start = Vpn::new(space.pages.checked_sub(pages)?);
        placed.push(Placed { image: program, segment, start, pages, first: FilePage::new(0) });
    }
    for library in libraries(images, program) {
        let pages = images[library].pages_of(|segment| segment != Segment::Stack);
        let start = gap(&placed, pages, space.libraries, space).or_else(|| gap(&placed, pages, Vpn::new(1), space))?;
        place(&images[library], library, start, &mut placed)?;
    }
    let fits = |part: &Placed| part.start.get().checked_add(part.pages).is_some_and(|end| end <= space.pages);
    let mut by_place: Vec<&Placed> = placed.iter().collect();
    sort_by_key(&mut by_place, |part| part.start);
    let apart = by_place.windows(2).all(|pair| pair[0].end() <= pair[1].start);
    (apart && placed.iter().all(fits)).then_some(Layout { placed, heap })
}

/// All segments of an image but its stack, one after the other.
fn place(image: &Image, number: usize, base: Vpn, placed: &mut Vec<Placed>) -> Option<()> {
    let (mut start, mut first) = (base, FilePage::new(0));
    for &(segment, pages) in image.segments.iter().filter(|(segment, _)| *segment != Segment::Stack) {
        let page = if segment.is_in_file() { first } else { FilePage::new(0) };
        placed.push(Placed { image: number, segment, start, pages, first: page });
        start = Vpn::new(start.get().checked_add(pages)?);
        first = first.plus(pages);
    }
    Some(())
}

/// The lowest place for so many pages from `from` on.
fn gap(placed: &[Placed], pages: u64, from: Vpn, space: Space) -> Option<Vpn> {
    let mut taken: Vec<&Placed> = placed.iter().filter(|part| part.end() > from).collect();
    sort_by_key(&mut taken, |part| part.start);
    let mut at = from;
    for part in taken {
        if part.start >= at && part.start.since(at) >= pages {
            break;
        }
        at = at.max(Vpn::new(part.end().get().checked_next_multiple_of(space.apart)?));
    }
    at.get().checked_add(pages).is_some_and(|end| end <= space.pages).then_some(at)
}

/// The libraries that a program needs, and those that they need, each once, in the order in which they are met.
fn libraries(images: &[Image], program: usize) -> Vec<usize> {
    let mut met: Vec<usize> = Vec::new();
    let mut waiting: Vec<usize> = images[program].needs.iter().rev().copied().collect();
    while let Some(library) = waiting.pop() {
        if !met.contains(&library) {
            met.push(library);
            waiting.extend(images[library].needs.iter().rev());
        }
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(number: u32, segments: &[(Segment, u64)], needs: &[usize]) -> Image {
        let (name, object) = (NameId::new(number), ObjectId::new(number));
        Image { name, object, program: number == 0, segments: segments.to_vec(), needs: needs.to_vec() }
    }

    fn nibble() -> Space {
        Space { pages: 16, base: Vpn::new(1), libraries: Vpn::new(4), apart: 1 }
    }

    fn starts(layout: &Layout) -> Vec<(usize, u64)> {
        layout.placed.iter().map(|part| (part.image, part.start.get())).collect()
    }

    #[test]
    fn a_program_its_stack_and_what_it_needs() {
        use Segment::*;
        let app = image(0, &[(Text, 2), (Data, 1), (Bss, 1), (Stack, 1)], &[1, 2]);
        let images = [app, image(1, &[(Text, 3)], &[]), image(2, &[(Text, 1), (Data, 1)], &[1])];
        let layout = lay_out(&images, 0, nibble()).expect("there is room");
        assert_eq!(starts(&layout), [(0, 1), (0, 3), (0, 4), (0, 15), (1, 5), (2, 8), (2, 9)]);
        assert_eq!(layout.heap.get(), 5);
        // The data of a file stands behind its text; what no file holds maps none of its pages.
        assert_eq!(layout.placed.iter().map(|part| part.first.get()).collect::<Vec<_>>(), [0, 2, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn what_does_not_fit_is_not_laid_out() {
        use Segment::*;
        let fits = |segments: &[(Segment, u64)], library: u64| {
            lay_out(&[image(0, segments, &[1]), image(1, &[(Text, library)], &[])], 0, nibble()).is_some()
        };
        assert!(fits(&[(Text, 3), (Stack, 1)], 11));
        assert!(!fits(&[(Text, 3), (Stack, 1)], 12));
        assert!(!fits(&[(Text, 16)], 1));
        assert!(!fits(&[(Text, 8), (Stack, 8)], 1));
        assert!(!fits(&[(Text, u64::MAX), (Data, u64::MAX)], 1));
        assert!(!fits(&[(Stack, 17)], 1));
    }
}
