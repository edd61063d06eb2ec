//! Every `bal1*.json` of the folder that `BALANCE_VECTORS` names, or else of the
//! project's own `tests/vectors`: made by an independent implementation.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, de::Error as _};
use vault::{
    ColumnId, DataKey, Generation, GenerationKeys, Keyring, Place, RowCipher, SchemaVersion,
    TableId, UserId,
};
use zeroize::Zeroizing;

#[derive(Deserialize)]
struct Case {
    kek: Hex<32>,
    kekver: u16,
    udk: Hex<32>,
    user: Hex<16>,
    #[serde(rename = "gen")]
    generation: u16,
    wrap_nonce: Hex<12>,
    wrapped: Bytes,
    schema: u16,
    table: u16,
    col: u16,
    row: Hex<16>,
    rev: u32,
    nonce: Hex<12>,
    payload: Bytes,
    sealed: Bytes,
    idx_col: u16,
    bidx: Bytes,
}

struct Hex<const N: usize>([u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Bytes(bytes) = Bytes::deserialize(deserializer)?;
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| D::Error::custom("another length"))
    }
}

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex::decode(String::deserialize(deserializer)?)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

fn files() -> Vec<PathBuf> {
    let ours = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let folder = env::var_os("BALANCE_VECTORS").map_or_else(ours, PathBuf::from);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("the vectors in {}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("bal1") && name.ends_with(".json")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no bal1*.json in {}", folder.display());
    files
}

#[test]
fn the_vectors_of_an_independent_implementation_are_reproduced_byte_for_byte() {
    for file in files() {
        let text = fs::read_to_string(&file).expect("a readable file");
        let cases: Vec<Case> = serde_json::from_str(&text).expect("BAL1 vectors");
        assert!(!cases.is_empty(), "{} is empty", file.display());
        for (at, case) in cases.iter().enumerate() {
            check(case, &format!("case {at} of {}", file.display()));
        }
    }
}

fn check(case: &Case, name: &str) {
    let (user, generation) = (UserId::from_bytes(case.user.0), Generation(case.generation));
    let key = DataKey::from_bytes(Zeroizing::new(case.udk.0));

    let (version, kek) = (case.kekver, STANDARD.encode(case.kek.0));
    let json = format!(r#"{{"current":{version},"keys":{{"{version}":"{kek}"}}}}"#);
    let keyring = Keyring::parse(&json).expect(name);
    let wrapped = keyring.wrap(&key, user, generation, case.wrap_nonce.0);
    assert_eq!(
        wrapped.as_bytes(),
        case.wrapped.0.as_slice(),
        "{name}: wrapped"
    );
    assert_eq!(
        Keyring::wrapped_version(&case.wrapped.0),
        Ok(version),
        "{name}"
    );

    // From here with the key that came out of the wrapping.
    let key = keyring
        .unwrap(&case.wrapped.0, user, generation)
        .expect(name);
    let keys = GenerationKeys::derive(user, generation, &key);
    let table = TableId(case.table);
    let place = Place {
        table,
        column: ColumnId(case.col),
        row_id: case.row.0,
        rev: case.rev,
    };
    let cipher = keys.row_cipher(table);
    let schema = SchemaVersion(case.schema);
    let sealed = cipher
        .seal(schema, &place, &case.payload.0, case.nonce.0)
        .expect(name);
    assert_eq!(sealed, case.sealed.0, "{name}: sealed");
    assert_eq!(RowCipher::generation_of(&sealed), Ok(generation), "{name}");
    let opened = cipher.open(&place, sealed).expect(name);
    assert_eq!(opened.payload(), case.payload.0, "{name}: payload");
    assert_eq!(opened.schema(), schema, "{name}: schema");

    let index = keys.blind_index(table, ColumnId(case.idx_col), &case.payload.0);
    assert_eq!(index, case.bidx.0.as_slice(), "{name}: bidx");
}
