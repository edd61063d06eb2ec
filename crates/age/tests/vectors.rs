//! C2SP's test vectors of the format (CCTV, the npm package `cctv-age`; 0BSD, CC0 or Unlicense):
//! all that are about X25519 without armour. `tests/vectors` has them byte for byte.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs
)]

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use age::{DecryptError, Identity, decrypt};
use sha2::{Digest as _, Sha256};

#[test]
fn every_vector_comes_out_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        judge(&name, &fs::read(&path).unwrap());
        seen += 1;
    }
    assert_eq!(seen, 67);
}

fn judge(name: &str, vector: &[u8]) {
    let end = vector.windows(2).position(|two| two == b"\n\n").unwrap();
    let head = String::from_utf8(vector[..end].to_vec()).unwrap();
    let facts: HashMap<&str, &str> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let mut file = vector[end + 2..].to_vec();
    if let Some(how) = facts.get("compressed") {
        assert_eq!(*how, "zlib", "{name}");
        file = miniz_oxide::inflate::decompress_to_vec_zlib(&file).expect("zlib");
    }
    // Without one it is a vector of how identities are read.
    let identities: Vec<Identity> = head
        .lines()
        .filter_map(|line| line.strip_prefix("identity: "))
        .map(|text| Identity::parse(text).unwrap())
        .collect();
    let opened = decrypt(&identities, &file);
    let expected = facts["expect"];
    match expected {
        "success" => {
            let plain = opened.unwrap_or_else(|error| panic!("{name}: {error}"));
            let digest = Sha256::digest(&*plain);
            let digits = facts["payload"];
            let said = (0..32).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16));
            let said: Result<Vec<u8>, _> = said.collect();
            assert_eq!(said.as_deref(), Ok(&digest[..]), "{name}");
        }
        "header failure" => assert_eq!(opened.err(), Some(DecryptError::Header), "{name}"),
        "no match" => assert_eq!(opened.err(), Some(DecryptError::NoMatch), "{name}"),
        "HMAC failure" => assert_eq!(opened.err(), Some(DecryptError::HeaderMac), "{name}"),
        "payload failure" => assert_eq!(opened.err(), Some(DecryptError::Payload), "{name}"),
        other => panic!("{name} expects {other:?}"),
    }
}
