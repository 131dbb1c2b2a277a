//! `pagelab fmt`.

use crate::Failure;
use crate::input::Input;
use std::io::Write;
use std::path::Path;

/// Prints the canonical form, or with `check` says whether the file has it.
pub(crate) fn format(file: &Path, check: bool, out: &mut impl Write) -> Result<(), Failure> {
    let input = Input::read(file)?;
    let (script, diagnostics) = script::load(&input.text);
    let Some(script) = script else {
        return Err(Failure::BadInput(diagnostics.render(&input.text, &input.name)));
    };
    let canonical = script::fmt::format_script(&script);
    if !check {
        out.write_all(canonical.as_bytes())?;
        return Ok(());
    }
    if canonical == input.text {
        return Ok(());
    }
    writeln!(out, "{} is not in canonical form", input.name)?;
    Err(Failure::DoesNotHold)
}
