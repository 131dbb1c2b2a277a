//! How the oracle follows exec: what was mapped is gone, and the program's segments stand where the outcome says.

use super::Run;
use super::oracle::{self, PAGE, Page};
use vmcore::image::{Image, Segment};
use vmcore::outcome::Outcome;
use vmcore::units::{NameId, ObjectId, Pid};

/// The program's name and file, and its library's.
pub(crate) const PROGRAM: u32 = 4;
const LIBRARY: u32 = 5;

/// No stack: it would grow where the oracle knows nothing.
pub(crate) fn images() -> Vec<Image> {
    let image = |number, program, segments: &[(Segment, u64)], needs: &[usize]| Image {
        name: NameId::new(number),
        object: ObjectId::new(number),
        program,
        segments: segments.to_vec(),
        needs: needs.to_vec(),
    };
    vec![
        image(PROGRAM, true, &[(Segment::Text, 1), (Segment::Rodata, 1), (Segment::Data, 2), (Segment::Bss, 1)], &[1]),
        image(LIBRARY, false, &[(Segment::Text, 2), (Segment::Data, 1)], &[]),
    ]
}

impl Run {
    pub(crate) fn exec(&mut self, pid: Pid, outcome: &Outcome) {
        let Outcome::Loaded(loaded) = outcome else { self.fail("exec says where everything is") };
        let process = self.oracle.processes.get_mut(&pid).expect("alive");
        process.pages.clear();
        for segment in loaded {
            let images = images();
            let image = images.iter().find(|image| image.name == segment.of).expect("an image of the test");
            let at =
                image.segments.iter().position(|(which, _)| *which == segment.segment).expect("one of its segments");
            let first: u64 = image.segments[..at].iter().map(|(_, pages)| pages).sum();
            for i in 0..image.segments[at].1 {
                let of = (segment.segment != Segment::Bss).then_some((image.object.index(), first + i));
                let prot = match segment.segment {
                    Segment::Text => 5,
                    Segment::Rodata => 1,
                    Segment::Data | Segment::Bss | Segment::Stack => 3,
                };
                let page = Page { prot, may_write: true, of, ..oracle::Page::default() };
                process.pages.insert(segment.at.get() / PAGE + i, page);
            }
        }
        if process.pages.len() != 8 {
            self.fail("the segments of a program do not lie apart");
        }
    }
}
