//! The files and memory objects that the program makes, with what is in them.

use super::Refused;
use super::names;
use super::scale::Scale;
use crate::arith::eval;
use crate::ast::{Action, ArgKind, FileDecl, Fill, Script, StatementKind};
use crate::diagnostic::Diagnostic;
use crate::vocabulary::constant;
use std::fmt::Write as _;

/// All files together have at most so many pages.
const MAX_PAGES: i128 = 1 << 14;

/// One file or object.
#[derive(Debug)]
struct File {
    name: String,
    /// Its name on the real system.
    real: String,
    shm: bool,
    size: i128,
    cached: bool,
    /// An expression of the offset `o`.
    fill: String,
    /// What stands before the function that fills it.
    data: Option<String>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Files {
    files: Vec<File>,
    /// Names that steps speak of and that are not declared: none is there unless a step makes it.
    others: Vec<Other>,
}

/// A name that is not declared.
#[derive(Debug)]
struct Other {
    name: String,
    real: String,
    shm: bool,
}

impl Files {
    pub(super) fn of(script: &Script, scale: &Scale, refused: &mut Vec<Refused>) -> Self {
        let mut files = Vec::new();
        let mut pages = 0;
        for statement in script.body.iter() {
            let (decl, shm) = match &statement.node {
                StatementKind::File(decl) => (decl, false),
                StatementKind::Shm(decl) => (decl, true),
                StatementKind::Device(decl) => {
                    let why = "this device exists in the scenario alone, so it is not exported";
                    refused.push(Diagnostic::error(decl.name.span, why));
                    continue;
                }
                StatementKind::Program(image) | StatementKind::Library(image) => {
                    let why = "programs and libraries exist in the scenario alone, so they are not exported";
                    refused.push(Diagnostic::error(image.name.span, why));
                    continue;
                }
                _ => continue,
            };
            match file(decl, shm, files.len() + 1, scale) {
                Ok(file) => {
                    pages += file.size / scale.unit() + 1;
                    files.push(file);
                }
                Err(diagnostic) => refused.push(diagnostic),
            }
            if pages > MAX_PAGES {
                let message = format!("the files have more than {MAX_PAGES} pages together");
                refused.push(Diagnostic::error(decl.size.span, message));
                break;
            }
        }
        let others = others(script, &files);
        Self { files, others }
    }

    /// How C speaks of the file of that name, and whether it is a memory object.
    pub(super) fn named(&self, name: &str) -> (String, bool) {
        let declared = self.files.iter().find(|file| file.name == name).map(|file| (&file.real, file.shm));
        let other = || self.others.iter().find(|other| other.name == name).map(|other| (&other.real, other.shm));
        match declared.or_else(other) {
            Some((real, shm)) => (spoken_of(real, shm), shm),
            None => (names::string(names::file_name(name, 0).as_bytes()), false),
        }
    }

    /// The functions that make them.
    pub(super) fn write(&self, out: &mut String, scale: &Scale) {
        out.push_str("/* ------------------------------------------------------------------ the files */\n\n");
        for (at, file) in self.files.iter().enumerate() {
            if let Some(data) = &file.data {
                let _ = writeln!(out, "static const char text_{at}[] = {data};");
            }
            let _ = writeln!(
                out,
                "static int fill_{at}(long o) /* the byte at offset o of {} */\n{{\n    {}return {};\n}}\n",
                file.real,
                if file.fill.contains('o') { "" } else { "(void)o;\n    " },
                file.fill.replace("TEXT", &format!("text_{at}")),
            );
        }
        out.push_str("static void make_files(void)\n{\n");
        for (at, file) in self.files.iter().enumerate() {
            let (name, _) = self.named(&file.name);
            let real = file.size / scale.unit() * super::scale::REAL_PAGE + file.size % scale.unit();
            let _ = writeln!(
                out,
                "    make_file({name}, {}, {}, fill_{at}, {});",
                if scale.is_scaled() { format!("{} /* {real} here */", file.size) } else { real.to_string() },
                if file.shm { "SHARED_MEMORY" } else { "A_FILE" },
                if file.cached { "CACHED" } else { "COLD" },
            );
        }
        out.push_str("}\n\nstatic void remove_files(void)\n{\n");
        for file in &self.files {
            let (name, shm) = self.named(&file.name);
            let _ = writeln!(out, "    {}({name});", if shm { "shm_unlink" } else { "unlink" });
        }
        for other in &self.others {
            let unlink = if other.shm { "shm_unlink" } else { "unlink" };
            let _ = writeln!(out, "    {unlink}({});", spoken_of(&other.real, other.shm));
        }
        out.push_str("}\n\nstatic void write_files(void)\n{\n");
        for file in self.files.iter().filter(|file| !file.shm) {
            let _ = writeln!(out, "    written({});", self.named(&file.name).0);
        }
        out.push_str("}\n");
    }
}

/// How C speaks of it.
fn spoken_of(real: &str, shm: bool) -> String {
    let string = names::string(real.as_bytes());
    if shm { format!("shm({string})") } else { string }
}

/// The names in calls that no declaration has; what is opened as shared memory anywhere is that everywhere.
fn others(script: &Script, files: &[File]) -> Vec<Other> {
    let mut others: Vec<Other> = Vec::new();
    for step in super::variables::steps(&script.body) {
        let Action::Call(call) = &step.action else { continue };
        let name = call.name.node.as_str();
        let Some(ArgKind::Text(text)) = call.args.first().map(|arg| &arg.node) else { continue };
        if !matches!(name, "open" | "shm_open" | "unlink" | "drop_caches") {
            continue;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        if files.iter().any(|file| file.name == text) {
            continue;
        }
        match others.iter_mut().find(|other| other.name == text) {
            Some(other) => other.shm |= name == "shm_open",
            None => {
                let real = names::file_name(&text, files.len() + others.len() + 1);
                others.push(Other { name: text, real, shm: name == "shm_open" });
            }
        }
    }
    others
}

fn file(decl: &FileDecl, shm: bool, number: usize, scale: &Scale) -> Result<File, Refused> {
    let lookup = |name: &str| match name {
        "NULL" => Some(0),
        "PAGE" => Some(scale.unit()),
        _ => constant(name).map(|constant| constant.value),
    };
    let value = |expr| eval(expr, &lookup).map_err(|(error, span)| Diagnostic::error(span, error.to_string()));
    let size = value(&decl.size)?;
    if !(0..=MAX_PAGES * scale.unit()).contains(&size) {
        let message = format!("a file of {size} bytes is not exported");
        return Err(Diagnostic::error(decl.size.span, message).expected(format!("at most {MAX_PAGES} pages")));
    }
    let mut data = None;
    let fill = match decl.fill.as_ref().map(|fill| &fill.node) {
        None | Some(Fill::Letters) => "'A' + (int)(o / UNIT % 26)".to_owned(),
        Some(Fill::Zeros) => "0".to_owned(),
        Some(Fill::Text(text)) if text.is_empty() => "0".to_owned(),
        Some(Fill::Text(text)) => {
            data = Some(names::string(text));
            format!("TEXT[o % {}]", text.len())
        }
        Some(Fill::Ramp(start)) => {
            let start = value(start)?.rem_euclid(251);
            format!("(int)(({start} + 7 * (o / 4096) + o % 4096) % 251 + 1)")
        }
        Some(Fill::Words) => "(int)(o / 4 >> 8 * (3 - o % 4) & 0xff)".to_owned(),
    };
    Ok(File {
        name: decl.name.node.clone(),
        real: names::file_name(&decl.name.node, number),
        shm,
        size,
        cached: decl.cached,
        fill,
        data,
    })
}
