//! A WebAssembly module as its sections: only what [`super::order`] and [`super::imports`] ask for, by the binary
//! format of the core specification, chapter 5.

use anyhow::{Context, Result, bail};

/// `\0asm` and the version.
const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// The numbers of sections.
pub(super) const CUSTOM: u8 = 0;
pub(super) const IMPORT: u8 = 2;
pub(super) const CODE: u8 = 10;

/// One section: its number and its content.
pub(super) struct Section<'m> {
    pub(super) id: u8,
    pub(super) content: &'m [u8],
}

/// Something imported.
pub(super) struct Import<'m> {
    pub(super) module: &'m [u8],
    pub(super) name: &'m [u8],
    /// What it is, with its kind first, as it is written.
    pub(super) what: &'m [u8],
}

/// Bytes being read from front to back.
pub(super) struct Reader<'m> {
    bytes: &'m [u8],
}

impl<'m> Reader<'m> {
    pub(super) fn new(bytes: &'m [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.bytes.split_first().context("the wasm ends too early")?;
        self.bytes = rest;
        Ok(*first)
    }

    /// An unsigned number of at most 64 bits, seven a byte.
    pub(super) fn number(&mut self) -> Result<usize> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return usize::try_from(value).context("a number in the wasm is too large");
            }
        }
        bail!("a number in the wasm is too long")
    }

    /// A length and so many bytes.
    pub(super) fn block(&mut self) -> Result<&'m [u8]> {
        let length = self.number()?;
        let (block, rest) = self.bytes.split_at_checked(length).context("the wasm ends too early")?;
        self.bytes = rest;
        Ok(block)
    }
}

/// The sections of a module, in their order.
pub(super) fn sections(module: &[u8]) -> Result<Vec<Section<'_>>> {
    let mut reader = Reader::new(module.strip_prefix(HEADER).context("this is no wasm")?);
    let mut sections = Vec::new();
    while !reader.is_empty() {
        sections.push(Section { id: reader.byte()?, content: reader.block()? });
    }
    Ok(sections)
}

/// A module of these sections.
pub(super) fn module(sections: &[Section<'_>]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    for section in sections {
        out.push(section.id);
        put_block(&mut out, section.content);
    }
    out
}

/// What an import section says.
pub(super) fn imports(section: &[u8]) -> Result<Vec<Import<'_>>> {
    let mut reader = Reader::new(section);
    let count = reader.number()?;
    let mut imports = Vec::new();
    for _ in 0..count {
        let (module, name) = (reader.block()?, reader.block()?);
        let before = reader.bytes;
        pass_description(&mut reader)?;
        let what = &before[..before.len() - reader.bytes.len()];
        imports.push(Import { module, name, what });
    }
    Ok(imports)
}

fn pass_description(reader: &mut Reader<'_>) -> Result<()> {
    match reader.byte()? {
        0 => drop(reader.number()?),
        1 => {
            reader.byte()?;
            pass_limits(reader)?;
        }
        2 => pass_limits(reader)?,
        3 => {
            reader.byte()?;
            reader.byte()?;
        }
        kind => bail!("the wasm imports something of an unknown kind, {kind}"),
    }
    Ok(())
}

fn pass_limits(reader: &mut Reader<'_>) -> Result<()> {
    let has_maximum = reader.byte()? & 1 == 1;
    reader.number()?;
    if has_maximum {
        reader.number()?;
    }
    Ok(())
}

/// The code of each function that the module has itself.
pub(super) fn bodies(section: &[u8]) -> Result<Vec<&[u8]>> {
    let mut reader = Reader::new(section);
    let count = reader.number()?;
    (0..count).map(|_| reader.block()).collect()
}

/// Writes a number, seven bits a byte.
pub(super) fn put_number(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(value as u8 & 0x7f | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes a length and the bytes.
pub(super) fn put_block(out: &mut Vec<u8>, block: &[u8]) {
    put_number(out, block.len());
    out.extend_from_slice(block);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 1, 127, 128, 300, 16_384, 1 << 31] {
            let mut out = Vec::new();
            put_number(&mut out, value);
            assert_eq!(Reader::new(&out).number().unwrap(), value);
        }
        assert!(Reader::new(&[0x80; 12]).number().is_err());
    }

    #[test]
    fn a_module_is_its_sections() {
        let sections_in = [Section { id: 1, content: b"\0" }, Section { id: CUSTOM, content: b"\x01nx" }];
        let bytes = module(&sections_in);
        let read = sections(&bytes).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[1].id, read[1].content), (CUSTOM, b"\x01nx".as_slice()));
        assert!(sections(b"GIF89a").is_err());
        assert!(sections(&bytes[..bytes.len() - 1]).is_err());
    }
}
