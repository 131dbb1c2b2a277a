//! Short names for what wasm-bindgen's glue lends to the wasm: it gives each function a long name with a hash, in both
//! files, and the hashes do not compress.

use std::collections::HashMap;

use anyhow::Result;

use super::wasm::{self, IMPORT, Section};

/// How the names begin that wasm-bindgen makes up for its imports.
const MADE_UP: [&str; 2] = ["__wbg_", "__wbindgen_"];

/// The module and its glue, agreeing on shorter names. A name that the glue does not define alone is left as it is.
pub(crate) fn shortened(module: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let sections = wasm::sections(module)?;
    let Some(section) = sections.iter().find(|section| section.id == IMPORT) else {
        return Ok((module.to_vec(), glue.to_owned()));
    };
    let imports = wasm::imports(section.content)?;
    let mut words: HashMap<&str, usize> = HashMap::new();
    for word in pieces(glue) {
        *words.entry(word).or_default() += 1;
    }
    let mut short: HashMap<&str, String> = HashMap::new();
    for import in &imports {
        let Ok(name) = str::from_utf8(import.name) else { continue };
        if MADE_UP.iter().any(|begin| name.starts_with(begin)) && words.get(name) == Some(&1) {
            // `$` begins no word of the glue's own.
            let next = format!("${}", base36(short.len()));
            short.entry(name).or_insert(next);
        }
    }
    let mut content = Vec::new();
    wasm::put_number(&mut content, imports.len());
    for import in &imports {
        let new = str::from_utf8(import.name).ok().and_then(|name| short.get(name));
        wasm::put_block(&mut content, import.module);
        wasm::put_block(&mut content, new.map_or(import.name, |new| new.as_bytes()));
        content.extend_from_slice(import.what);
    }
    let renamed: Vec<Section<'_>> = sections
        .iter()
        .map(|section| Section {
            id: section.id,
            content: if section.id == IMPORT { &content } else { section.content },
        })
        .collect();
    let glue = pieces(glue).map(|word| short.get(word).map_or(word, String::as_str)).collect();
    Ok((wasm::module(&renamed), glue))
}

/// A text as words and what stands between them, one character at a time.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = if is_word(first) { rest.find(|c| !is_word(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

fn base36(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree_on_the_new_name() {
        let import = b"\x02\x01m\x0b__wbg_a_1f2\0\x07\x01m\x06memory\0\x01";
        let module = wasm::module(&[Section { id: IMPORT, content: import }]);
        let (module, glue) = shortened(&module, "let i = { __wbg_a_1f2: __wbg_a_1f2x, memory: 1 };").unwrap();
        assert_eq!(glue, "let i = { $0: __wbg_a_1f2x, memory: 1 };");
        assert_eq!(wasm::sections(&module).unwrap()[0].content, b"\x02\x01m\x02$0\0\x07\x01m\x06memory\0\x01");
    }

    #[test]
    fn a_name_that_means_something_else_as_well_stays() {
        let module = wasm::module(&[Section { id: IMPORT, content: b"\x01\x01m\x0b__wbg_a_1f2\0\x07" }]);
        let glue = "wasm.__wbg_a_1f2({ __wbg_a_1f2: f })";
        let (same, text) = shortened(&module, glue).unwrap();
        assert_eq!((same, text.as_str()), (module, glue));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0, 35, 36].map(base36), ["0", "z", "10"]);
    }
}
