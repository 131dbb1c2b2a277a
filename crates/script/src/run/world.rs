//! What exists at the start: files and memory objects, and with a machine the setup of a run.

use super::code::{Env, Value};
use super::program::Program;
use crate::ast::Setting;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use std::rc::Rc;
use vmcore::config::Checked;
use vmcore::object::{Fill, ObjectKind};
use vmcore::state::{ObjectSpec, Setup, SetupError, State};
use vmcore::units::NameId;

/// The longest object, in bytes: what the model's page numbers hold.
pub(super) const MAX_OBJECT_BYTES: i128 = 1 << 50;

/// A file or object without the values of its expressions.
#[derive(Debug)]
pub(super) struct ObjectTemplate {
    pub(super) name: NameId,
    pub(super) kind: ObjectKind,
    pub(super) size: Value,
    pub(super) fill: FillTemplate,
    pub(super) cached: bool,
    pub(super) span: Span,
}

/// A fill without the value of its expression.
#[derive(Debug)]
pub(super) enum FillTemplate {
    Ready(Fill),
    Ramp(Value),
}

impl Program {
    /// Everything that a run starts from: on the base machine or a variant, with further keys changed on top (from a
    /// command line or an address).
    ///
    /// # Errors
    /// A key out of range or one that the model does not know yet, an object too large, a cached file that does not
    /// fit. The place is in the script, or nowhere if a key from outside is at fault.
    pub fn setup(&self, variant: Option<usize>, overrides: &[Setting]) -> Result<Setup, Diagnostic> {
        let config = self.config(variant, overrides)?;
        let objects = self.objects.iter().map(|object| object.spec(&config, &self.variables));
        let mut objects = objects.collect::<Result<Vec<ObjectSpec>, _>>()?;
        let images = self.images(&config)?;
        for image in &images {
            objects[image.object.index()].size = image.file_pages() * config.page_bytes();
        }
        let raw = self.raw(&config)?;
        let setup = Setup {
            config,
            names: self.names.clone(),
            processes: self.processes.clone(),
            objects,
            images,
            raw,
            future: Rc::default(),
        };
        match State::new(setup.clone()) {
            Ok(_) => Ok(setup),
            Err(error) => Err(self.setup_error(&error)),
        }
    }

    fn setup_error(&self, error: &SetupError) -> Diagnostic {
        let at = match error {
            SetupError::CachedTooLarge { name, .. } | SetupError::DeviceTooLarge { name } => {
                let object = self.objects.iter().find(|object| self.names[object.name.index()] == *name);
                object.map_or(Span::default(), |object| object.span)
            }
            SetupError::Raw(_) => self.raw_span(),
        };
        Diagnostic::error(at, error.to_string())
    }
}

impl ObjectTemplate {
    fn spec(&self, config: &Checked, names: &[Rc<str>]) -> Result<ObjectSpec, Diagnostic> {
        let env = Env { page: config.page_bytes(), loops: &|_| 0, variables: None, names };
        let size = self.size.eval(&env)?;
        let least = i128::from(self.kind == ObjectKind::Device);
        if !(least..=MAX_OBJECT_BYTES).contains(&size) {
            let message = format!("{size} is no size in bytes");
            return Err(Diagnostic::error(self.size.span, message).expected(format!("{least} to 2^50")));
        }
        let fill = match &self.fill {
            FillTemplate::Ready(fill) => fill.clone(),
            FillTemplate::Ramp(start) => {
                let number = start.eval(&env)?;
                Fill::Ramp(u64::try_from(number).map_err(|_| {
                    let message = format!("a ramp cannot start at {number}");
                    Diagnostic::error(start.span, message).expected("0 to 2^64 - 1")
                })?)
            }
        };
        Ok(ObjectSpec { name: self.name, kind: self.kind, size: size as u64, fill, cached: self.cached })
    }
}
