//! The gzip file format (RFC 1952) around one DEFLATE stream.

use miniz_oxide::deflate::compress_to_vec;

/// Fast: telemetry repeats itself so much that more effort saves little.
const LEVEL: u8 = 1;

/// Magic number, DEFLATE, no flags, no time, the fastest algorithm, an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// The bytes, compressed.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = HEADER.to_vec();
    file.extend_from_slice(&compress_to_vec(bytes, LEVEL));
    file.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
    // The length modulo 2^32, by the format.
    #[allow(clippy::cast_possible_truncation)]
    let length = bytes.len() as u32;
    file.extend_from_slice(&length.to_le_bytes());
    file
}
