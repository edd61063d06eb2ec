//! Held to `tlog_tiles` and `signed_note`, the crates of another log: their hashes, proofs
//! and parsers agree with ours in both directions.

use std::collections::HashMap;

use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog::{
    Checkpoint, Hash, Signature, Tile, Tiles, VerifierKey, consistency_proof, inclusion_proof,
    verify_consistency, verify_inclusion,
};
use tlog_tiles::{HashReader as _, TileReader};

use crate::leaves;

const SIZE: u64 = 70_123;

/// Our tiles, by their paths, for a reader that checks every one against the root.
struct Mirror(HashMap<String, Vec<u8>>);

impl Mirror {
    fn of(leaves: &[Hash]) -> Self {
        let size = leaves.len() as u64;
        let tiles = Tiles::of_leaves(leaves);
        let mut files = HashMap::new();
        for level in 0..7 {
            for tile in (0..).map_while(|index| Tile::of_tree(level, index, size)) {
                let hashes = tiles.get(&tile).unwrap();
                files.insert(tile.path(), hashes.iter().flat_map(|hash| hash.0).collect());
            }
        }
        Self(files)
    }
}

impl TileReader for Mirror {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &tlog_tiles::Tile| {
            let ours = Tile {
                level: tile.level(),
                index: tile.level_index(),
                width: u16::try_from(tile.width()).unwrap(),
            };
            self.0[&ours.path()].clone()
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

#[test]
fn their_reader_reads_our_tiles_and_its_proofs_are_ours() {
    let leaves = leaves(SIZE);
    let tiles = Tiles::of_leaves(&leaves);
    let root = tiles.root(SIZE).unwrap();
    let mirror = Mirror::of(&leaves);
    let reader = tlog_tiles::TileHashReader::new(SIZE, theirs(root), &mirror);
    let read = reader.read_hashes(&[tlog_tiles::stored_hash_index(0, 69_999)]);
    assert_eq!(read.unwrap(), [theirs(leaves[69_999])]);
    for index in [0, 1, 255, 256, 65_535, 65_536, 70_000, SIZE - 1] {
        let proof = tlog_tiles::prove_record(SIZE, index, &reader).unwrap();
        let proof: Vec<Hash> = proof.into_iter().map(|hash| Hash(hash.0)).collect();
        assert_eq!(inclusion_proof(&tiles, index, SIZE).unwrap(), proof);
        let leaf = leaves[usize::try_from(index).unwrap()];
        verify_inclusion(leaf, index, SIZE, &proof, root).unwrap();
    }
    for old in [1, 2, 255, 256, 257, 40_000, 65_536, 65_537, SIZE - 1, SIZE] {
        let proof = tlog_tiles::prove_tree(SIZE, old, &reader).unwrap();
        let proof: Vec<Hash> = proof.into_iter().map(|hash| Hash(hash.0)).collect();
        assert_eq!(
            consistency_proof(&tiles, old, SIZE).unwrap(),
            proof,
            "{old}"
        );
        let old_root = tiles.root(old).unwrap();
        verify_consistency(old, old_root, SIZE, root, &proof).unwrap();
        let theirs_of = proof.iter().copied().map(theirs).collect();
        tlog_tiles::check_tree(&theirs_of, SIZE, theirs(root), old, theirs(old_root)).unwrap();
    }
}

#[test]
fn their_verifier_takes_our_checkpoint_and_no_other() {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let key = VerifierKey::new(
        "balance.example.com/audit",
        signer.verifying_key().to_bytes(),
    );
    let key = key.unwrap();
    let checkpoint = Checkpoint {
        origin: "balance.example.com/audit".into(),
        size: 300,
        root: Tiles::of_leaves(&leaves(300)).root(300).unwrap(),
    };
    let signature = signer.sign(checkpoint.to_string().as_bytes()).to_bytes();
    let note = checkpoint.note(Signature::new(&key, signature)).unwrap();
    let text = note.to_string();

    let theirs = Note::from_bytes(text.as_bytes()).unwrap();
    let known = || {
        let verifier = StandardVerifier::new(&key.to_string()).unwrap();
        VerifierList::new(vec![Box::new(verifier)])
    };
    let (verified, _) = theirs.verify(&known()).unwrap();
    assert_eq!(verified.len(), 1);
    let read = tlog_tiles::Checkpoint::from_bytes(theirs.text()).unwrap();
    assert_eq!((read.origin(), read.size()), (&*checkpoint.origin, 300));
    assert_eq!(read.hash().0, checkpoint.root.0);

    let forged = text.replacen("300", "301", 1);
    let forged = Note::from_bytes(forged.as_bytes()).unwrap();
    assert!(forged.verify(&known()).is_err());
}
