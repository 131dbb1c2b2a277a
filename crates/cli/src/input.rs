//! Reading scenarios.

use crate::Failure;
use script::Diagnostics;
use script::run::{Program, load_program};
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

/// A scenario's text and what it is called.
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Input {
    /// Reads a file, or standard input for `-`. More than the language allows is not read.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let most = script::MAX_SOURCE_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
        let read = match path == Path::new("-") {
            true => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
            false => std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
        };
        read.map_err(|error| Failure::BadInput(format!("{name}: {error}")))?;
        match script::parse_bytes(&bytes) {
            Ok(text) => Ok(Self { text: text.to_owned(), name }),
            Err(diagnostics) => {
                let text = String::from_utf8_lossy(&bytes);
                Err(Failure::BadInput(diagnostics.render(&text, &name)))
            }
        }
    }

    /// The program, or everything that is wrong with it; warnings go to standard error.
    pub(crate) fn program(&self) -> Result<Rc<Program>, Failure> {
        let (program, diagnostics) = load_program(&self.text);
        match program {
            Some(program) => {
                self.warn(&diagnostics);
                Ok(program)
            }
            None => Err(Failure::BadInput(diagnostics.render(&self.text, &self.name))),
        }
    }

    /// Tells what is odd but no mistake.
    pub(crate) fn warn(&self, diagnostics: &Diagnostics) {
        if !diagnostics.is_empty() {
            eprintln!("{}", diagnostics.render(&self.text, &self.name).trim_end());
        }
    }

    /// One diagnostic as text.
    pub(crate) fn tell(&self, diagnostic: script::Diagnostic) -> String {
        Diagnostics::from(diagnostic).render(&self.text, &self.name)
    }
}
