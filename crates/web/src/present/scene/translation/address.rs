//! An address in the fields of its format: hexadecimal digits where the fields fall on digits, bits elsewhere.

use crate::present::scene::access::Access;
use crate::present::scene::content::address_text;
use crate::present::scene::lit::{Light, Lights, Spot};
use crate::present::scene::tables;
use vmcore::state::State;

/// How fields are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Look {
    /// Each field is a few large hexadecimal digits.
    Digits,
    /// Each field is written in bits, with its value below.
    Bits,
}

/// The address.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Address {
    pub(crate) text: String,
    pub(crate) look: Look,
    pub(crate) fields: Vec<Field>,
    pub(crate) light: Light,
    /// There is one; or else this is only where one would stand.
    pub(crate) asked: bool,
    /// Bits above the width are wrong: hardware does not take it.
    pub(crate) refused: bool,
}

/// An index field, or the offset.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Field {
    /// The level whose entry it selects; the offset has none.
    pub(crate) level: Option<usize>,
    /// What is written in its box.
    pub(crate) text: String,
    /// How many characters that is, written or not.
    pub(crate) characters: usize,
    /// What is written below.
    pub(crate) label: String,
    /// Its bits.
    pub(crate) width: u8,
    /// Its entry is being read.
    pub(crate) light: Light,
}

pub(super) fn address(state: &State, access: Option<&Access>, lights: &Lights) -> Address {
    let format = state.format();
    let levels = format.levels.len();
    let widths = || format.levels.iter().map(|level| level.index_bits).chain([format.offset_bits]);
    let digits = widths().all(|bits| bits.is_multiple_of(4)) && format.va_bits() <= 16;
    let look = if digits { Look::Digits } else { Look::Bits };
    let walk = access.map_or_else(Vec::new, |access| tables::walk(state, access.pid, access.vpn));
    let fields = widths().enumerate().map(|(at, width)| {
        let value = access.map_or(0, |access| match at < levels {
            true => u64::from(format.index(access.vpn, at)),
            false => format.offset(access.va),
        });
        let hex = usize::from(width.div_ceil(4));
        let (text, label) = match (look, at < levels) {
            (Look::Digits, true) if levels == 1 => (format!("{value:0hex$X}"), "page".to_owned()),
            (Look::Digits, true) => (format!("{value:0hex$X}"), short(&format.levels[at].name)),
            (Look::Digits, false) => (format!("{value:0hex$X}"), "offset".to_owned()),
            (Look::Bits, _) => {
                (format!("{value:0bits$b}", bits = usize::from(width)), format!("{value:#0x$x}", x = hex + 2))
            }
        };
        let light = match walk.get(at).filter(|_| at < levels) {
            Some(step) => lights.on(Spot::entry(step.table, step.index)),
            None => Light::Near,
        };
        let characters = text.len();
        // Where no address is, the room for one is kept, so that nothing below it moves.
        let told = |text: String| if access.is_some() { text } else { String::new() };
        Field { level: (at < levels).then_some(at), text: told(text), characters, label, width, light }
    });
    Address {
        text: access.map_or_else(String::new, |access| address_text(state, access.va.get())),
        look,
        fields: fields.collect(),
        light: lights.on(Spot::Address),
        asked: access.is_some(),
        refused: access.is_some_and(|access| !format.is_canonical(access.va)),
    }
}

/// `page directory` → `directory`: the field's box is narrow.
fn short(name: &str) -> String {
    match name {
        "page directory" => "directory".to_owned(),
        "page table" => "table".to_owned(),
        other => other.to_owned(),
    }
}
