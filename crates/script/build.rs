//! Packs the lessons for the browser, whose download they would be a twelfth of as text.

#[path = "src/library/model.rs"]
mod model;
#[path = "src/library/pack.rs"]
mod pack;

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=lessons");
    println!("cargo::rerun-if-changed=src/library");
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32") {
        let folder = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
        fs::write(folder.join("lessons.packed"), pack::pack(&lessons()?))?;
    }
    Ok(())
}

/// Each lesson's name and text, a zero after each.
fn lessons() -> io::Result<Vec<u8>> {
    let mut paths = fs::read_dir("lessons")?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut all = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "vm")) {
        all.extend(path.file_stem().unwrap_or_default().as_encoded_bytes());
        all.push(0);
        all.extend(fs::read(path)?);
        all.push(0);
    }
    Ok(all)
}
