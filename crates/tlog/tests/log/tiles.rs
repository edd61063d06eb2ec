//! Tiles, their paths, and bundles of entries.

use proptest::prelude::*;
use tlog::{BundleError, MAX_TREE_SIZE, Tile, bundle, entries_of};

fn tile(level: u8, index: u64, width: u16) -> Tile {
    Tile {
        level,
        index,
        width,
    }
}

#[test]
fn a_path_is_spelled_as_the_specification_spells_it() {
    for (tile, path) in [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(1, 1, 112), "tile/1/001.p/112"),
        (tile(6, 0, 32), "tile/6/000.p/32"),
    ] {
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::parse(path), Some((tile, false)));
    }
    let partial = tile(0, 1_000, 7);
    assert_eq!(partial.entries_path(), "tile/entries/x001/000.p/7");
    assert_eq!(
        Tile::parse("tile/entries/x001/000.p/7"),
        Some((partial, true))
    );
}

#[test]
fn another_spelling_is_no_path() {
    for path in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001/x002",
        "tile/00/001",
        "tile/+1/001",
        "tile/7/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/257",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/001.p/1.p/1",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/00a",
        "tile/0/-01",
        "tile/entries/000/",
        "tile/entries/entries/000",
        "/tile/0/000",
        "tile/0/000?",
        "tile/0/../0/000",
        "tile/6/000.p/33",
    ] {
        assert_eq!(Tile::parse(path), None, "{path}");
    }
}

#[test]
fn a_tree_has_full_tiles_and_one_that_is_not() {
    let of = |level, index| Tile::of_tree(level, index, 70_000).map(|tile| tile.width);
    assert_eq!(of(0, 272), Some(256));
    assert_eq!(of(0, 273), Some(112));
    assert_eq!(of(0, 274), None);
    assert_eq!(of(1, 0), Some(256));
    assert_eq!(of(1, 1), Some(17));
    assert_eq!(of(2, 0), Some(1));
    assert_eq!(of(3, 0), None);
    assert_eq!(Tile::of_tree(0, 0, MAX_TREE_SIZE + 1), None);
    assert!(tile(0, 273, 111).is_in(70_000));
    assert!(!tile(0, 273, 113).is_in(70_000));
}

#[test]
fn entries_come_out_as_they_went_in() {
    let longest = vec![7; 65_535];
    let entries: [&[u8]; 3] = [b"one", b"", &longest];
    let body = bundle(entries).unwrap();
    assert_eq!(entries_of(&body).unwrap(), entries);
    assert_eq!(
        bundle([vec![0; 65_536].as_slice()]),
        Err(BundleError::TooLong)
    );
}

#[test]
fn a_bundle_that_is_cut_or_too_long_is_none() {
    let body = bundle([b"first".as_slice(), b"second"]).unwrap();
    for cut in (1..body.len()).filter(|cut| *cut != 7) {
        assert_eq!(
            entries_of(&body[..cut]),
            Err(BundleError::Truncated),
            "{cut}"
        );
    }
    let body = bundle([b"".as_slice(); 257]).unwrap();
    assert_eq!(entries_of(&body), Err(BundleError::TooMany));
}

proptest! {
    #[test]
    fn every_tile_has_one_path(level in 0_u8..7, index in 0_u64..1 << 45, width in 1_u16..=256) {
        let tile = tile(level, index, width);
        if tile.is_in(MAX_TREE_SIZE) {
            prop_assert_eq!(Tile::parse(&tile.path()), Some((tile, false)));
        } else {
            prop_assert_eq!(Tile::parse(&tile.path()), None);
        }
    }

    #[test]
    fn no_text_breaks_the_parser(text in "(tile/)?[0-9a-z/.px]{0,40}") {
        if let Some((tile, entries)) = Tile::parse(&text) {
            let spelled = if entries { tile.entries_path() } else { tile.path() };
            prop_assert_eq!(spelled, text);
        }
    }

    #[test]
    fn no_bytes_break_a_bundle(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(entries) = entries_of(&bytes) {
            prop_assert_eq!(bundle(entries).unwrap(), bytes);
        }
    }
}
