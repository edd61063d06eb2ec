//! How a value may be written down: texts, encodings, directions, and numbers in binary.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Bytes to look for, by the name of the form they are of.
pub(super) type Form = (String, Vec<u8>);

/// Every pattern of a value, by the name of its form.
pub(super) fn every_form(text: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    let texts = [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
    ];
    for (name, bytes) in texts {
        let backwards = reversed(&bytes);
        for (direction, bytes) in [("", bytes), ("backwards, ", backwards)] {
            for (encoding, pattern) in encodings(&bytes) {
                let form = format!("{name} {direction}{encoding}");
                forms.push((format!("{form}, backwards"), reversed(&pattern)));
                forms.push((form, pattern));
            }
        }
    }
    forms.extend(numbers(text));
    forms
}

/// The ways to write bytes as text, and the bytes themselves.
pub(in crate::prove) fn encodings(bytes: &[u8]) -> Vec<Form> {
    let mut all = vec![
        ("plain".to_owned(), bytes.to_vec()),
        ("hex".to_owned(), hex(bytes, b"0123456789abcdef")),
        ("HEX".to_owned(), hex(bytes, b"0123456789ABCDEF")),
    ];
    for before in 0..3 {
        for (name, engine) in [("base64", STANDARD_NO_PAD), ("base64url", URL_SAFE_NO_PAD)] {
            let mut whole = vec![0; before];
            whole.extend_from_slice(bytes);
            let text = engine.encode(&whole).into_bytes();
            // The characters that hold nothing but bits of these bytes.
            let (first, last) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
            let sure = text.get(first..last).unwrap_or_default().to_vec();
            all.push((format!("{name}+{before}"), sure));
        }
    }
    all
}

fn hex(bytes: &[u8], digits: &[u8; 16]) -> Vec<u8> {
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles
        .filter_map(|nibble| digits.get(usize::from(nibble)).copied())
        .collect()
}

/// What SQLite, `InnoDB` and others make of a number: big-endian integers of as many bytes as it
/// takes or of eight, and floating point in either order.
fn numbers(text: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    if let Ok(integer) = text.parse::<i64>() {
        let bytes = integer.to_be_bytes();
        let significant = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len());
        forms.push((
            "binary integer".into(),
            bytes.get(significant..).unwrap_or_default().to_vec(),
        ));
        forms.push(("binary integer of 8 bytes".into(), bytes.to_vec()));
        // InnoDB turns the sign round, so that bytes sort as numbers do.
        let sorted = integer ^ i64::MIN;
        forms.push((
            "binary integer of 8 bytes, sign turned".into(),
            sorted.to_be_bytes().to_vec(),
        ));
        forms.push((
            "binary integer, little-endian".into(),
            integer.to_le_bytes().to_vec(),
        ));
    }
    let digits = text.trim_start_matches('-');
    if digits.starts_with(|first: char| first.is_ascii_digit())
        && let Ok(float) = text.parse::<f64>()
    {
        forms.push(("binary float".into(), float.to_be_bytes().to_vec()));
        forms.push((
            "binary float, little-endian".into(),
            float.to_le_bytes().to_vec(),
        ));
    }
    forms
}

pub(in crate::prove) fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}
