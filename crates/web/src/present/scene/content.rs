//! Bytes as characters, objects as names and textures, numbers as the picture writes them.

use vmcore::object::{Object, ObjectKind, PageBytes};
use vmcore::state::State;
use vmcore::units::{ObjectId, Pfn, Pid, TableId, Vpn};

/// Characters of a page that are shown.
pub(crate) const PREVIEW: usize = 16;

/// What a file's pages are marked with wherever they are: never the colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Texture {
    /// Private memory belongs to no file.
    Plain,
    /// Files take these in turn.
    Dots,
    /// Diagonal strokes.
    Diagonal,
    /// Crossed strokes.
    Cross,
    /// Page tables: lines, as of a table.
    Lines,
}

impl Texture {
    pub(crate) fn of(object: ObjectId) -> Self {
        [Self::Dots, Self::Diagonal, Self::Cross][object.index() % 3]
    }
}

/// A byte as one character.
pub(crate) fn glyph(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { char::from(byte) } else { '·' }
}

pub(crate) fn frame_preview(state: &State, pfn: Pfn) -> String {
    let length = state.page_bytes().min(PREVIEW as u64);
    (0..length).map(|offset| glyph(state.byte(pfn, offset))).collect()
}

pub(crate) fn preview(state: &State, content: &PageBytes) -> String {
    let length = state.page_bytes().min(PREVIEW as u64);
    (0..length).map(|offset| glyph(state.byte_of(content, offset))).collect()
}

/// The one character that stands for a page: its first.
pub(crate) fn letter(preview: &str) -> char {
    preview.chars().find(|&c| c != ' ').unwrap_or('·')
}

/// An object's name; shared memory without one is called so.
pub(crate) fn object_name(state: &State, id: ObjectId) -> String {
    match state.object(id).name() {
        Some(name) => state.setup().name(name).to_string(),
        None => "shared memory".to_owned(),
    }
}

/// A page table by its frame, where tables take frames, or else by its own number.
pub(crate) fn table_name(state: &State, table: TableId) -> String {
    match state.table(table).frame() {
        Some(pfn) => format!("frame {pfn}"),
        None => format!("table {table}"),
    }
}

/// What an object is, where its name does not say so.
pub(crate) fn is_file(object: &Object) -> bool {
    object.kind() == ObjectKind::File
}

pub(crate) fn is_device(object: &Object) -> bool {
    object.kind() == ObjectKind::Device
}

pub(crate) fn process_name(state: &State, pid: Pid) -> String {
    state.setup().process_name(pid).to_string()
}

/// The letter of a process's badge; the language has names of ASCII letters only.
pub(crate) fn badge(state: &State, pid: Pid) -> String {
    process_name(state, pid).chars().take(1).collect::<String>().to_ascii_uppercase()
}

/// A virtual page number without its prefix, as wide as the format's; grouping is left to the drawing.
pub(crate) fn vpn_digits(state: &State, vpn: Vpn) -> String {
    let digits = usize::from(state.format().vpn_bits().div_ceil(4));
    format!("{:0digits$X}", vpn.get())
}

/// An address in full, hexadecimal, grouped by four from the right where it is long.
pub(crate) fn address_text(state: &State, address: u64) -> String {
    let digits = usize::from(state.format().va_bits().div_ceil(4));
    let plain = format!("{address:0digits$x}");
    if plain.len() <= 4 {
        return format!("0x{plain}");
    }
    let head = plain.len() % 4;
    let groups = plain.as_bytes().chunks(4);
    let grouped = match head {
        0 => groups.map(text).collect::<Vec<_>>().join(" "),
        _ => {
            let (first, rest) = plain.as_bytes().split_at(head);
            std::iter::once(first).chain(rest.chunks(4)).map(text).collect::<Vec<_>>().join(" ")
        }
    };
    format!("0x{grouped}")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The units of sizes, each 1,024 times the one before.
const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/// A number of bytes, exactly: in one unit, or as so much of one and a little of another, as in `4 GiB − 20 KiB`.
/// What would need more than that is rounded, and says so: `≈ 3.7 GiB`.
pub(crate) fn bytes_text(bytes: u64) -> String {
    if let Some(text) = in_one_unit(bytes) {
        return text;
    }
    let unit = (bytes.ilog2() / 10).min(5);
    let (whole, rest) = (bytes >> (10 * unit), bytes & ((1 << (10 * unit)) - 1));
    if let Some(text) = in_one_unit((1 << (10 * unit)) - rest) {
        let (next, unit) = if whole == 1023 && unit < 5 { (1, unit + 1) } else { (whole + 1, unit) };
        return format!("{next} {} − {text}", UNITS[unit as usize]);
    }
    if let Some(text) = in_one_unit(rest) {
        return format!("{whole} {} + {text}", UNITS[unit as usize]);
    }
    // Rounded half up, which may make a whole of it.
    let tenths = whole * 10 + ((u128::from(rest) * 20 + (1 << (10 * unit))) >> (10 * unit + 1)) as u64;
    format!("≈ {}.{} {}", tenths / 10, tenths % 10, UNITS[unit as usize])
}

/// In the largest unit of which it is a whole number, if that number has at most four digits.
fn in_one_unit(bytes: u64) -> Option<String> {
    // Nothing has as many zeros as there are bits.
    let unit = (bytes.trailing_zeros() % u64::BITS / 10).min(5);
    let count = bytes >> (10 * unit);
    (count < 10_000).then(|| format!("{count} {}", UNITS[unit as usize]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_fitting_units() {
        assert_eq!(bytes_text(64), "64 B");
        assert_eq!(bytes_text(4096), "4 KiB");
        assert_eq!(bytes_text(0), "0 B");
        assert_eq!(bytes_text(1600), "1600 B");
        assert_eq!(bytes_text(20 << 10), "20 KiB");
        assert_eq!(bytes_text((4 << 30) - (20 << 10)), "4 GiB − 20 KiB", "it is not all of 4 GiB");
        assert_eq!(bytes_text((1 << 20) - 1), "1 MiB − 1 B");
        assert_eq!(bytes_text((5 << 30) + 1), "5 GiB + 1 B");
        assert_eq!(bytes_text((3 << 30) + (700 << 20) + 4097), "≈ 3.7 GiB");
        assert_eq!(bytes_text(u64::MAX), "16384 PiB − 1 B");
        assert_eq!(bytes_text(128 << 40), "128 TiB");
    }

    #[test]
    fn bytes_that_cannot_be_printed_are_dots() {
        assert_eq!([b'a', 0, b' ', 200].map(glyph), ['a', '·', ' ', '·']);
        assert_eq!(letter("  x"), 'x');
        assert_eq!(letter(""), '·');
    }
}
