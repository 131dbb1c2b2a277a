//! base64url without padding (RFC 4648, section 5). The crate of that name is twenty times as large when linked.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as text.
pub(super) fn encode(bytes: &[u8], out: &mut String) {
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
}

/// The bytes of a text, if it is what [`encode`] makes.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for four in text.as_bytes().chunks(4) {
        let mut bits = 0;
        for digit in four {
            bits = bits << 6 | ALPHABET.iter().position(|known| known == digit)? as u32;
        }
        let bytes = (bits << (6 * (4 - four.len()))).to_be_bytes();
        let (kept, rest) = bytes[1..].split_at(four.len() - 1);
        // One digit is no byte, and bits beyond the last byte have another digit in their place.
        if four.len() == 1 || rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        out.extend_from_slice(kept);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (&[0xfb, 0xef, 0xff], "--__"),
        ] {
            let mut out = String::new();
            encode(bytes, &mut out);
            assert_eq!(out, text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn what_is_no_base64url_is_nothing() {
        for text in ["Z", "Zh", "Zm9", "Zg==", "Z g", "+/+/", "Zm9vZ", "ü"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
