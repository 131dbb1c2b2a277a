//! What OSTEP's programs (Arpaci-Dusseau) print for a seed, as `ostep-*.json` has it.

use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A problem of `paging-linear-translate.py`: options by their names, the table's entries of four bytes with a valid bit
/// on top, and the answers.
#[derive(Deserialize)]
pub(crate) struct Linear {
    pub(crate) args: BTreeMap<String, String>,
    #[serde(deserialize_with = "hexes")]
    pub(crate) page_table: Vec<u64>,
    pub(crate) translations: Vec<LinearAnswer>,
}

/// Where an address leads; `None` if its page is not valid.
#[derive(Deserialize)]
pub(crate) struct LinearAnswer {
    #[serde(deserialize_with = "hex")]
    pub(crate) va: u64,
    #[serde(deserialize_with = "maybe_hex")]
    pub(crate) pa: Option<u64>,
}

/// A problem of `paging-multilevel-translate.py`: pages of 32 bytes, addresses of 15 bits 5+5+5, 128 frames, entries of
/// one byte with a valid bit on top; the page directory's frame, and every frame's bytes.
#[derive(Deserialize)]
pub(crate) struct Multilevel {
    pub(crate) args: BTreeMap<String, String>,
    pub(crate) pdbr: u32,
    pub(crate) memory: Vec<String>,
    pub(crate) translations: Vec<MultilevelAnswer>,
}

/// The walk and its end; there is no second step if the first entry is not valid, and no byte at the end of a fault.
#[derive(Deserialize)]
pub(crate) struct MultilevelAnswer {
    #[serde(deserialize_with = "hex")]
    pub(crate) va: u64,
    #[serde(deserialize_with = "hex")]
    pub(crate) pde_index: u64,
    pub(crate) pde_valid: u64,
    #[serde(deserialize_with = "hex")]
    pub(crate) pde_pfn: u64,
    #[serde(default, deserialize_with = "maybe_hex")]
    pub(crate) pte_index: Option<u64>,
    #[serde(default)]
    pub(crate) pte_valid: Option<u64>,
    #[serde(default, deserialize_with = "maybe_hex")]
    pub(crate) pte_pfn: Option<u64>,
    #[serde(default, deserialize_with = "maybe_hex")]
    pub(crate) pa: Option<u64>,
    #[serde(default, deserialize_with = "maybe_hex")]
    pub(crate) value: Option<u64>,
}

/// The problems of `ostep-linear.json`, by name.
pub(crate) fn linear() -> BTreeMap<String, Linear> {
    serde_json::from_str(include_str!("ostep-linear.json")).expect("the vectors are sound")
}

/// The problems of `ostep-multilevel.json`, by name.
pub(crate) fn multilevel() -> BTreeMap<String, Multilevel> {
    serde_json::from_str(include_str!("ostep-multilevel.json")).expect("the vectors are sound")
}

/// The bytes of two hexadecimal digits each.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(digits).collect()
}

fn number(text: &str) -> u64 {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("hexadecimal")
}

fn hex<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    String::deserialize(from).map(|text| number(&text))
}

fn maybe_hex<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.as_deref().map(number))
}

fn hexes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    Vec::<String>::deserialize(from).map(|all| all.iter().map(|text| number(text)).collect())
}
