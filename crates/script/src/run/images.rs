//! Programs and libraries: their files and segments, and the names that `exec` binds.

use super::code::{Code, Env, Value};
use super::compile::Compiler;
use super::program::Program;
use super::world::{FillTemplate, MAX_OBJECT_BYTES, ObjectTemplate};
use crate::ast::{self, Part};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::validate::bound_name;
use vmcore::config::Checked;
use vmcore::image::{Image, Segment};
use vmcore::object::{Fill, ObjectKind};
use vmcore::outcome::Loaded;
use vmcore::units::{NameId, ObjectId};

/// A program or library without the values of its expressions.
#[derive(Debug)]
pub(super) struct ImageTemplate {
    name: NameId,
    /// Its file's place among the objects.
    object: usize,
    program: bool,
    /// Each with the variable that `exec` binds.
    segments: Vec<(Segment, Value, u32)>,
    needs: Vec<NameId>,
}

impl Compiler<'_> {
    /// Its file is an object like any other; how long it is only the machine's pages tell.
    pub(super) fn image(&mut self, image: &ast::Image, program: bool, span: Span) {
        let name = self.file_name(&image.name.node);
        let mut template = ImageTemplate {
            name,
            object: self.program.objects.len(),
            program,
            segments: Vec::new(),
            needs: Vec::new(),
        };
        // In the order of a file, whatever the order of the text.
        for segment in Segment::ALL {
            for part in image.parts.iter() {
                let Part::Segment { kind, size } = part else { continue };
                if kind.node == segment {
                    let bound = if program { segment.word().to_owned() } else { bound_name(image, segment) };
                    let variable = self.variables.number(&bound);
                    template.segments.push((segment, self.value(size), variable));
                }
            }
        }
        for part in image.parts.iter() {
            if let Part::Needs(library) = part {
                template.needs.push(self.file_name(&library.node));
            }
        }
        self.program.images.push(template);
        let size = Value { code: Code::Const(0), span };
        let fill = FillTemplate::Ready(Fill::Letters);
        self.program.objects.push(ObjectTemplate { name, kind: ObjectKind::File, size, fill, cached: false, span });
    }
}

impl Program {
    /// The images on a machine, with their sizes in its pages.
    pub(super) fn images(&self, config: &Checked) -> Result<Vec<Image>, Diagnostic> {
        self.images.iter().map(|image| self.image(image, config)).collect()
    }

    fn image(&self, template: &ImageTemplate, config: &Checked) -> Result<Image, Diagnostic> {
        let env = Env { page: config.page_bytes(), loops: &|_| 0, variables: None, names: &self.variables };
        let mut segments = Vec::new();
        for (segment, size, _) in &template.segments {
            let bytes = size.eval(&env)?;
            if !(0..=MAX_OBJECT_BYTES).contains(&bytes) {
                let message = format!("{bytes} is no size in bytes");
                return Err(Diagnostic::error(size.span, message).expected("0 to 2^50"));
            }
            if bytes > 0 {
                segments.push((*segment, config.format().pages_of(bytes as u64)));
            }
        }
        let place = |name: &NameId| self.images.iter().position(|image| image.name == *name);
        Ok(Image {
            name: template.name,
            object: ObjectId::new(template.object as u32),
            program: template.program,
            segments,
            needs: template.needs.iter().filter_map(place).collect(),
        })
    }

    /// The variable that holds the address of a segment.
    pub(super) fn bound_by_exec(&self, loaded: &Loaded) -> Option<u32> {
        let image = self.images.iter().find(|image| image.name == loaded.of)?;
        let mut segments = image.segments.iter();
        segments.find(|(segment, ..)| *segment == loaded.segment).map(|(.., variable)| *variable)
    }
}
