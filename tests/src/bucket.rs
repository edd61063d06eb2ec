//! The controls of the object store's stand-in: what backups have put there, and how it fails.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::Client;

/// The bucket that backups go to.
#[derive(Clone)]
pub struct Bucket(Client);

impl Bucket {
    pub(crate) fn new(url: &str) -> Self {
        Self(Client::new(url, "127.0.0.1"))
    }

    /// The names of all objects, in their order, with how long they are.
    pub fn objects(&self) -> Vec<(String, u64)> {
        let told = self.0.get("/_control/objects").expect(200);
        let objects = told["objects"].as_array().expect("objects").iter();
        let object = |object: &Value| {
            let name = object["key"].as_str().expect("a name").to_owned();
            (name, object["bytes"].as_u64().expect("a length"))
        };
        objects.map(object).collect()
    }

    /// The names of those in a folder.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let names = self.objects().into_iter().map(|(name, _)| name);
        names.filter(|name| name.starts_with(folder)).collect()
    }

    /// An object as it is stored.
    pub fn raw(&self, name: &str) -> Vec<u8> {
        let reply = self.0.get(&format!("/_control/objects/{name}"));
        assert_eq!(reply.status(), 200);
        reply.bytes().to_vec()
    }

    /// Copies all of it, as an administrator would.
    pub fn copy_to(&self, folder: &Path) {
        for (name, _) in self.objects() {
            let path = folder.join(&name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, self.raw(&name)).expect("a file");
        }
    }

    /// A bit rots.
    pub fn corrupt(&self, name: &str) {
        let rot = json!({"key": name});
        self.0.post("/_control/corrupt", &rot).expect(200);
    }

    /// Requests go wrong as ordered, until `heal`.
    pub fn fail(&self, order: &Value) {
        self.0.post("/_control/fail", order).expect(200);
    }

    /// They go wrong no more.
    pub fn heal(&self) {
        self.0.call("DELETE", "/_control/fail").send().expect(200);
    }

    /// How often it was asked.
    pub fn requests(&self) -> u64 {
        let heard = self.0.get("/_control/requests").expect(200);
        heard["count"].as_u64().expect("a number")
    }
}
