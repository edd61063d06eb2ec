//! The audit log as a stranger reads it: over HTTP, believing nothing that the checkpoint's
//! signature does not cover.

use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::json;
use tlog::{
    Checkpoint, Entry, Kind, SignedNote, TILE_WIDTH, Tile, Tiles, VerifierKey, entries_of,
    leaf_hash,
};

use crate::{Client, TestApp};

/// Where it is read.
pub struct AuditLog(Client);

/// All of it at one checkpoint, verified.
pub struct Mirror {
    pub checkpoint: Checkpoint,
    pub leaves: Vec<Vec<u8>>,
    pub tiles: Tiles,
}

impl TestApp {
    /// The log, as a stranger reads it.
    pub fn audit_log(&self) -> AuditLog {
        AuditLog(self.stranger())
    }
}

impl AuditLog {
    /// A file of the log.
    #[track_caller]
    pub fn file(&self, path: &str) -> Vec<u8> {
        let reply = self.0.get(&format!("/audit/log/{path}"));
        assert_eq!(reply.status(), 200, "{path}: {}", reply.text());
        reply.bytes().to_vec()
    }

    /// The head, its signature verified.
    #[track_caller]
    pub fn checkpoint(&self) -> Checkpoint {
        let key = String::from_utf8(self.file("key")).expect("text");
        let key = VerifierKey::parse(key.trim_end()).expect("a key");
        let note = SignedNote::parse(&self.file("checkpoint")).expect("a note");
        let signature = note.signature_of(&key).expect("the log's signature");
        VerifyingKey::from_bytes(key.public())
            .expect("a point")
            .verify_strict(note.text().as_bytes(), &Signature::from_bytes(signature))
            .expect("a signature that holds");
        let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
        assert_eq!(checkpoint.origin, key.name(), "its key is named after it");
        checkpoint
    }

    /// All leaves and tiles of the newest head.
    ///
    /// # Errors
    /// What does not agree with it.
    pub fn verified(&self) -> Result<Mirror, String> {
        let checkpoint = self.checkpoint();
        let size = checkpoint.size;
        let mut leaves = Vec::new();
        for tile in (0..).map_while(|index| Tile::of_tree(0, index, size)) {
            let bundle = self.file(&tile.entries_path());
            let entries = entries_of(&bundle).map_err(|wrong| wrong.to_string())?;
            leaves.extend(entries.into_iter().map(<[u8]>::to_vec));
        }
        let hashes: Vec<_> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let tiles = Tiles::of_leaves(&hashes);
        for level in 0..7 {
            for tile in (0..).map_while(|index| Tile::of_tree(level, index, size)) {
                let served = self.file(&tile.path());
                let own = tiles.get(&tile).ok_or("too few leaves")?;
                for (at, (served, own)) in (0..).zip(served.chunks(32).zip(own)) {
                    if served != own.0 {
                        let which = tile.index * TILE_WIDTH + at;
                        return Err(format!("hash {which} of level {level} is another"));
                    }
                }
            }
        }
        if tiles.root(size) != Some(checkpoint.root) {
            return Err("the root is another".to_owned());
        }
        Ok(Mirror {
            checkpoint,
            leaves,
            tiles,
        })
    }
}

impl Mirror {
    /// A leaf as an entry.
    #[track_caller]
    pub fn entry(&self, index: u64) -> Entry {
        let index = usize::try_from(index).expect("an index");
        Entry::parse(&self.leaves[index]).expect("an entry")
    }
}

impl TestApp {
    /// Appends leaves that are about nobody, as a command of the console would: for a log of
    /// some length.
    pub fn append_to_audit_log(&self, count: u64) {
        let database = self.database();
        let size = database.number(
            "SELECT COALESCE(MAX(size), 0) AS n FROM audit_head",
            &json!([]),
        );
        for index in size..size + count {
            let entry = Entry {
                kind: Kind::CommandDone,
                time: 1_795_420_783_543 + index,
                operator: None,
                person: None,
            };
            let row = json!([index, format!("{index:032x}"), entry.to_string()]);
            database.sql("INSERT INTO audit_leaf (idx,id,leaf) VALUES (?,?,?)", &row);
        }
        let head = json!([size + count]);
        database.sql("UPDATE audit_head SET size=?", &head);
    }
}
