//! A script in an address: the version `1.`, then base64url without padding of the raw-deflated UTF-8 text.

use super::base64;
use super::deflate::{Damage, deflate, inflate};
use std::fmt;

/// The longest script that is taken from an address: as long as the language allows.
pub const MAX_SCENARIO_BYTES: usize = script::MAX_SOURCE_BYTES;

/// The longest packed form that is looked at.
const MAX_PACKED_BYTES: usize = 2 << 20;

const VERSION: &str = "1.";

/// Why a packed script cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PackError {
    /// It does not begin with a version that is known.
    Version,
    /// It is no base64url.
    Base64,
    /// What is in it was not deflated, or was cut off.
    Deflate,
    /// It is longer than a script may be.
    TooLong,
    /// What is in it is no text.
    Utf8,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => write!(f, "it does not begin with `{VERSION}`"),
            Self::Base64 => f.write_str("it is not base64url; perhaps a part is missing"),
            Self::Deflate => f.write_str("it is damaged or cut off"),
            Self::TooLong => write!(f, "it is longer than {MAX_SCENARIO_BYTES} bytes"),
            Self::Utf8 => f.write_str("it holds no UTF-8 text"),
        }
    }
}

/// Packs a script.
pub fn pack(text: &str) -> String {
    let mut out = VERSION.to_owned();
    base64::encode(&deflate(text.as_bytes()), &mut out);
    out
}

/// Unpacks a script.
///
/// # Errors
/// If it is not what [`pack`] makes, or too long.
pub fn unpack(packed: &str) -> Result<String, PackError> {
    if packed.len() > MAX_PACKED_BYTES {
        return Err(PackError::TooLong);
    }
    let encoded = packed.strip_prefix(VERSION).ok_or(PackError::Version)?;
    let deflated = base64::decode(encoded.trim_end_matches('=')).ok_or(PackError::Base64)?;
    let bytes = inflate(&deflated, MAX_SCENARIO_BYTES).map_err(|damage| match damage {
        Damage::TooLong => PackError::TooLong,
        Damage::Broken => PackError::Deflate,
    })?;
    String::from_utf8(bytes).map_err(|_| PackError::Utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_can_be_unpacked() {
        for text in ["", "A: p[0]\n", "title \"Wörter\"\n", &"A: p[0]\n".repeat(10_000)] {
            assert_eq!(unpack(&pack(text)).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_packed_script_keeps_its_form() {
        // Addresses of old must go on working.
        assert_eq!(unpack("1.c7RSKIg2iOUCAA").as_deref(), Ok("A: p[0]\n"));
    }

    #[test]
    fn damage_is_told_and_never_a_panic() {
        assert_eq!(unpack(""), Err(PackError::Version));
        assert_eq!(unpack("2.abc"), Err(PackError::Version));
        assert_eq!(unpack("1.a!"), Err(PackError::Base64));
        assert_eq!(unpack("1."), Err(PackError::Deflate));
        let packed = pack("A: p[0]\nA: p[1]\nB: q[2] = 'x'\n");
        for cut in 2..packed.len() {
            assert!(unpack(&packed[..cut]).is_err(), "{cut}");
        }
        let mut out = VERSION.to_owned();
        base64::encode(&deflate(&[0xff, 0xfe]), &mut out);
        assert_eq!(unpack(&out), Err(PackError::Utf8));
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = pack(&"x".repeat(MAX_SCENARIO_BYTES + 1));
        assert!(bomb.len() < 10_000);
        assert_eq!(unpack(&bomb), Err(PackError::TooLong));
        assert_eq!(unpack(&"1".repeat(MAX_PACKED_BYTES + 1)), Err(PackError::TooLong));
    }
}
