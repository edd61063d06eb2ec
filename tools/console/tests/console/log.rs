//! A log as a service publishes it, and as someone could falsify it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ed25519_dalek::{Signer as _, SigningKey};
use tlog::{
    Checkpoint, Entry, Kind, Signature, TILE_WIDTH, Tile, Tiles, VerifierKey, bundle, leaf_hash,
};

use crate::service::{Reply, Service};

const ORIGIN: &str = "balance.example/audit/log";

/// Its files, by path.
pub(crate) type Files = HashMap<String, Vec<u8>>;

/// Entries that are all different.
pub(crate) fn entries(count: u64) -> Vec<Vec<u8>> {
    let entry = |index| Entry {
        kind: Kind::CommandDone,
        time: 1_795_420_783_543 + index,
        operator: None,
        person: None,
    };
    let bytes = |index| entry(index).to_string().into_bytes();
    (0..count).map(bytes).collect()
}

/// The signer, by a seed.
pub(crate) fn key(seed: u8) -> VerifierKey {
    let public = SigningKey::from_bytes(&[seed; 32]).verifying_key();
    VerifierKey::new(ORIGIN, public.to_bytes()).unwrap()
}

/// All files of the log of these entries, signed by whoever has this seed.
pub(crate) fn files(entries: &[Vec<u8>], seed: u8) -> Files {
    let size = entries.len() as u64;
    let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let tiles = Tiles::of_leaves(&leaves);
    let mut files = Files::new();
    for level in 0..7 {
        for tile in (0..).map_while(|index| Tile::of_tree(level, index, size)) {
            let hashes = tiles.get(&tile).unwrap();
            let body = hashes.iter().flat_map(|hash| hash.0).collect();
            files.insert(tile.path(), body);
            if level == 0 {
                let first = usize::try_from(tile.index * TILE_WIDTH).unwrap();
                let part = &entries[first..first + usize::from(tile.width)];
                let body = bundle(part.iter().map(Vec::as_slice)).unwrap();
                files.insert(tile.entries_path(), body);
            }
        }
    }
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root: tiles.root(size).unwrap(),
    };
    files.insert("checkpoint".to_owned(), signed(&checkpoint, seed));
    files.insert("key".to_owned(), format!("{}\n", key(seed)).into_bytes());
    files
}

/// A checkpoint as a note, signed by whoever has this seed.
pub(crate) fn signed(checkpoint: &Checkpoint, seed: u8) -> Vec<u8> {
    let signer = SigningKey::from_bytes(&[seed; 32]);
    let bytes = signer.sign(checkpoint.to_string().as_bytes()).to_bytes();
    let note = checkpoint.note(Signature::new(&key(seed), bytes)).unwrap();
    note.to_string().into_bytes()
}

/// A service whose log can be exchanged.
pub(crate) struct Published {
    pub(crate) service: Service,
    files: Arc<Mutex<Files>>,
}

impl Published {
    pub(crate) fn new(files: Files) -> Self {
        let files = Arc::new(Mutex::new(files));
        let served = Arc::clone(&files);
        let service = Service::start(move |request| {
            assert_eq!(request.method, "GET");
            assert_eq!(request.field("authorization"), None);
            let path = request.path.strip_prefix("/audit/log/");
            let files = served.lock().unwrap();
            let file = path.and_then(|path| files.get(path));
            file.map_or_else(|| Reply::empty(404), |body| Reply::bytes(200, body.clone()))
        });
        Self { service, files }
    }

    pub(crate) fn publish(&self, files: Files) {
        *self.files.lock().unwrap() = files;
    }
}
