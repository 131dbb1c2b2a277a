//! Programs and libraries: that there are not too many, and that no library needs itself in the end.

use crate::ast::{Image, Part, Script, StatementKind, Text};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// The most programs and libraries that a script may have: each program binds the names of all that it needs.
pub(super) const MAX_IMAGES: usize = 64;

pub(super) fn check(script: &Script, out: &mut Diagnostics) {
    let images = script.body.iter().filter_map(|statement| match &statement.node {
        StatementKind::Program(image) | StatementKind::Library(image) => Some(image),
        _ => None,
    });
    let images: Vec<&Image> = images.collect();
    if let Some(one_more) = images.get(MAX_IMAGES) {
        let message = "there are too many programs and libraries";
        out.push(Diagnostic::error(one_more.name.span, message).expected(format!("at most {MAX_IMAGES}")));
        return;
    }
    for image in &images {
        for needed in needs(image).filter(|needed| leads_to(&images, &needed.node, &image.name.node)) {
            let message = match needed.node == image.name.node {
                true => format!("\"{}\" needs itself", image.name.node),
                false => format!("\"{}\" needs itself, by way of \"{}\"", image.name.node, needed.node),
            };
            out.push(
                Diagnostic::error(needed.span, message).expected("libraries that do not need each other in a circle"),
            );
        }
    }
}

pub(super) fn needs(image: &Image) -> impl Iterator<Item = &Text> {
    image.parts.iter().filter_map(|part| match part {
        Part::Needs(library) => Some(library),
        Part::Segment { .. } => None,
    })
}

/// Whether what `from` needs, and what that needs, comes to `to`.
fn leads_to(images: &[&Image], from: &str, to: &str) -> bool {
    let mut met: Vec<&str> = vec![from];
    let mut next = 0;
    while let Some(&name) = met.get(next) {
        if name == to {
            return true;
        }
        next += 1;
        let here = images.iter().filter(|image| image.name.node == name);
        for needed in here.flat_map(|image| needs(image)).map(|needed| needed.node.as_str()) {
            if !met.contains(&needed) {
                met.push(needed);
            }
        }
    }
    false
}
