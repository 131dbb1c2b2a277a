//! What Trunk leaves behind, made into a release: names that change with their content, true sizes
//! for the progress bar, and the weight of it all.

use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shrink;

/// What everything but the fonts may weigh at the most, gzipped, in bytes. A release that weighs more is none.
const BUDGET: u64 = 400 * 1024;

/// The end of the name that Trunk gives the app's wasm.
const WASM_END: &str = "_bg.wasm";

/// The end of the name of the script that loads it, and of any other.
const GLUE_END: &str = ".js";

/// The app's wasm in a folder that Trunk has made.
pub(crate) fn wasm_file(folder: &Path) -> Result<PathBuf> {
    let mut found = files_below(folder)?;
    found.retain(|path| path.to_string_lossy().ends_with(WASM_END));
    match found.as_slice() {
        [only] => Ok(only.clone()),
        _ => bail!("{} holds {} wasm files, not one", folder.display(), found.len()),
    }
}

/// Makes what Trunk has left in a folder as small as it can be made without touching what it does, and names it after
/// its content.
///
/// Trunk names its files before any of this, so that a change here alone would keep a name, and browsers their old copy.
pub(crate) fn finish(folder: &Path) -> Result<()> {
    let page = folder.join("index.html");
    let html = fs::read_to_string(&page).context("Trunk leaves an index.html")?;
    let html = one_stylesheet(folder, &html)?;
    let html = shrink_scripts(folder, &html)?;
    fs::write(&page, shrink::text::page(&html))?;
    Ok(())
}

/// Joins the page's stylesheets.
fn one_stylesheet(folder: &Path, html: &str) -> Result<String> {
    let mut all = String::new();
    for name in shrink::style::linked(html) {
        let file = folder.join(name);
        all += &fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        fs::remove_file(&file)?;
    }
    let all = shrink::text::style(&all);
    let name = format!("pagelab-{:016x}.css", hash(all.as_bytes()));
    fs::write(folder.join(&name), all)?;
    Ok(shrink::style::relinked(html, &name))
}

/// Shrinks the app's scripts and names them, and the wasm, anew; tells the page those names, and how large the wasm is.
fn shrink_scripts(folder: &Path, html: &str) -> Result<String> {
    let wasm = wasm_file(folder)?;
    let old_wasm = name_of(&wasm);
    let old_glue = old_wasm.replace(WASM_END, GLUE_END);
    let mut html = html.to_owned();
    for file in files_below(folder)?.into_iter().filter(|file| file.extension().is_some_and(|end| end == "js")) {
        let mut script = shrink::text::script(&fs::read_to_string(&file)?);
        let old = name_of(&file);
        if old == old_glue {
            let (module, glue) = shrink::imports::shortened(&fs::read(&wasm)?, &script)?;
            let new = renamed(&old_wasm, hash(&module), WASM_END);
            fs::remove_file(&wasm)?;
            fs::write(folder.join(&new), &module)?;
            html = retell(&html, &old_wasm, &new, module.len())?;
            script = glue.replace(&old_wasm, &new);
        }
        let new = renamed(&old, hash(script.as_bytes()), GLUE_END);
        fs::remove_file(&file)?;
        fs::write(folder.join(&new), script)?;
        html = html.replace(&old, &new);
    }
    Ok(html)
}

/// Puts the new name and the size into the page. The attribute `data-wasm` is written by
/// `pattern_script` in Trunk.toml and read by `static/js/boot.js`.
fn retell(html: &str, old: &str, new: &str, bytes: usize) -> Result<String> {
    let html = html.replace(old, new);
    let Some((before, rest)) = html.split_once("data-wasm=\"") else {
        bail!("index.html has no `data-wasm`: see pattern_script in Trunk.toml");
    };
    Ok(format!("{before}data-size=\"{bytes}\" data-wasm=\"{rest}"))
}

fn renamed(old: &str, hash: u64, end: &str) -> String {
    let stem = old.strip_suffix(end).unwrap_or(old);
    let stem = stem.rsplit_once('-').map_or(stem, |(name, _)| name);
    format!("{stem}-{hash:016x}{end}")
}

/// Only has to differ for different content; nobody attacks the name of a file.
fn hash(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    hasher.finish()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// A path as addresses write it.
fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// One file of a release.
#[derive(Debug)]
struct Weight {
    path: String,
    raw: u64,
    gzipped: u64,
    counts: bool,
}

/// What a release weighs on its way to the reader, file by file.
#[derive(Debug)]
pub(crate) struct Weights {
    files: Vec<Weight>,
}

impl Weights {
    /// Weighs every file below a folder.
    pub(crate) fn of(folder: &Path) -> Result<Weights> {
        let mut files = Vec::new();
        for file in files_below(folder)? {
            let content = fs::read(&file)?;
            let path = slashed(file.strip_prefix(folder).unwrap_or(&file));
            files.push(Weight {
                counts: !path.starts_with("fonts/"),
                path,
                raw: content.len() as u64,
                gzipped: gzipped(&content),
            });
        }
        Ok(Weights { files })
    }

    /// All that counts: everything but the fonts, which browsers fetch late and keep for long.
    fn total(&self) -> u64 {
        self.files.iter().filter(|file| file.counts).map(|file| file.gzipped).sum()
    }

    /// An error above the budget.
    pub(crate) fn check(&self) -> Result<()> {
        let total = self.total();
        if total > BUDGET {
            bail!("the release weighs {total} bytes gzipped, more than its budget of {BUDGET}");
        }
        Ok(())
    }
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>10} {:>10}  file", "bytes", "gzipped")?;
        for Weight { path, raw, gzipped, counts } in &self.files {
            let mark = if *counts { "" } else { "  (not counted)" };
            writeln!(f, "{raw:>10} {gzipped:>10}  {path}{mark}")?;
        }
        let kib = |bytes: u64| bytes as f64 / 1024.0;
        write!(
            f,
            "{:>10} {:>10}  in all without fonts: {:.1} KiB of {:.0} KiB",
            "",
            self.total(),
            kib(self.total()),
            kib(BUDGET)
        )
    }
}

/// The size after `gzip -9`: deflate, plus 18 bytes of header and checksum.
fn gzipped(content: &[u8]) -> u64 {
    miniz_oxide::deflate::compress_to_vec(content, 9).len() as u64 + 18
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(path: &str, gzipped: u64, counts: bool) -> Weight {
        Weight { path: path.to_owned(), raw: gzipped, gzipped, counts }
    }

    #[test]
    fn fonts_do_not_count() {
        let fonts = weight("fonts/Inter.woff2", BUDGET, false);
        let weights = Weights { files: vec![weight("a.js", BUDGET, true), fonts] };
        assert_eq!(weights.total(), BUDGET);
        assert!(weights.check().is_ok());
    }

    #[test]
    fn one_byte_too_many_is_too_many() {
        let weights = Weights { files: vec![weight("a.wasm", BUDGET + 1, true)] };
        let error = weights.check().unwrap_err().to_string();
        assert!(error.contains(&(BUDGET + 1).to_string()), "{error}");
        assert!(weights.to_string().contains("of 400 KiB"));
    }

    #[test]
    fn the_wasm_is_named_after_its_content() {
        let old = "pagelab-web-1f00_bg.wasm";
        assert_eq!(renamed(old, 0xab, WASM_END), "pagelab-web-00000000000000ab_bg.wasm");
        assert_eq!(renamed("boot-1ac6.js", 1, GLUE_END), "boot-0000000000000001.js");
        assert_ne!(hash(b"one"), hash(b"two"));
    }

    #[test]
    fn the_page_learns_name_and_size() {
        let html = r#"<link href="./a-1_bg.wasm"><meta data-wasm="./a-1_bg.wasm">"#;
        assert_eq!(
            retell(html, "a-1_bg.wasm", "a-2_bg.wasm", 77).unwrap(),
            r#"<link href="./a-2_bg.wasm"><meta data-size="77" data-wasm="./a-2_bg.wasm">"#
        );
        assert!(retell("<p>", "a", "b", 1).is_err());
    }

    #[test]
    fn repetitive_content_gets_smaller() {
        assert!(gzipped(&[b'a'; 10_000]) < 100);
        assert!(gzipped(b"") >= 18);
    }
}
