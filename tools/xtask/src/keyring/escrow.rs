//! The escrow of what cannot be read back from the platform: the keyring and the audit log's key,
//! in an age file to the administrators (`escrow/NAME.age`), and beside it what everybody may know
//! of them (`escrow/NAME.json`), by which a deployment is held to it. Both may be committed.

use std::fs;
use std::path::PathBuf;

use age::{Identity, Recipient};
use anyhow::{Context as _, Result, bail, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stack::Workspace;
use vault::Keyring;
use zeroize::Zeroizing;

use crate::hex::sha256;

const FORMAT: &str = "balance-escrow/v1";

/// What the platform is given and never gives back. No Debug.
#[derive(Serialize, Deserialize)]
pub(crate) struct Secrets {
    #[serde(rename = "KEYRING")]
    pub(crate) keyring: Zeroizing<String>,
    #[serde(rename = "AUDIT_SIGNING_KEY")]
    pub(crate) audit_key: Zeroizing<String>,
}

/// What everybody may know of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Escrow {
    format: String,
    /// Of the keyring.
    current: u16,
    versions: Vec<u16>,
    /// The public half of the audit log's key, in base64.
    audit_key: String,
    /// Who can open it.
    recipients: Vec<String>,
    /// Of the age file, in hexadecimal.
    sha256: String,
}

impl Escrow {
    /// Puts secrets into escrow: what is written, in the open and sealed.
    pub(crate) fn of(secrets: &Secrets, recipients: &[Recipient]) -> Result<(Self, Vec<u8>)> {
        let keyring = Keyring::parse(&secrets.keyring)
            .map_err(|error| anyhow::anyhow!("KEYRING: {error}"))?;
        let mut versions: Vec<u16> = keyring.versions().collect();
        versions.sort_unstable();
        let text = Zeroizing::new(serde_json::to_string_pretty(secrets)?);
        let mut failed = false;
        let sealed = age::encrypt(recipients, text.as_bytes(), &mut |bytes| {
            failed |= getrandom::fill(bytes).is_err();
        })?;
        ensure!(!failed, "the system has no randomness to give");
        let escrow = Self {
            format: FORMAT.to_owned(),
            current: keyring.current_version(),
            versions,
            audit_key: public_half(&secrets.audit_key)?,
            recipients: recipients.iter().map(Recipient::to_string).collect(),
            sha256: sha256(&sealed),
        };
        Ok((escrow, sealed))
    }

    /// Reads what is in the open, and holds the age file beside it to that.
    pub(crate) fn read(place: &Place) -> Result<Self> {
        let text = fs::read_to_string(place.open()).with_context(|| {
            format!(
                "there is no escrow of the keyring ({}): cargo xtask keyring --recipient age1…",
                place.open().display()
            )
        })?;
        let escrow: Self = serde_json::from_str(&text).context("the escrow is none")?;
        ensure!(escrow.format == FORMAT, "the escrow is of another format");
        ensure!(
            !escrow.recipients.is_empty(),
            "nobody can open the escrow: it has no recipient"
        );
        let sealed = fs::read(place.sealed())
            .with_context(|| format!("reading {}", place.sealed().display()))?;
        ensure!(
            sha256(&sealed) == escrow.sha256,
            "{} is not what {} tells of",
            place.sealed().display(),
            place.open().display()
        );
        Ok(escrow)
    }

    /// Whether this would bring a service back, by what its `/healthz` and `/audit/log/key` say:
    /// every version of its keyring is here, and its audit log has this key. Of the keyring that
    /// is by number: nothing that a service shows tells two keys of one number apart.
    pub(crate) fn matches(&self, health: &str, log_key: &str) -> Result<()> {
        let health: Value = serde_json::from_str(health).context("/healthz is no JSON")?;
        let versions = health.pointer("/keyring/versions").cloned();
        let versions: Vec<u16> =
            serde_json::from_value(versions.unwrap_or_default()).unwrap_or_default();
        let all_here = versions
            .iter()
            .all(|version| self.versions.contains(version));
        ensure!(
            all_here && !versions.is_empty(),
            "the service's keyring has the versions {versions:?}, the escrow {:?}",
            self.versions
        );
        // A name, an id, and base64 of the algorithm's number and the key, which may have a plus.
        let key = log_key.trim_end().splitn(3, '+').nth(2).unwrap_or_default();
        let key = STANDARD.decode(key).unwrap_or_default();
        ensure!(
            key.get(1..).map(|key| STANDARD.encode(key)).as_deref() == Some(&*self.audit_key),
            "the service's audit log has another key than the escrow"
        );
        Ok(())
    }

    pub(crate) fn recipients(&self) -> Result<Vec<Recipient>> {
        let parse = |text: &String| Ok(Recipient::parse(text)?);
        self.recipients.iter().map(parse).collect()
    }

    /// The newest version of the keyring.
    pub(crate) fn newest(&self) -> u16 {
        self.versions.iter().copied().max().unwrap_or_default()
    }
}

/// Where an environment's escrow is.
pub(crate) struct Place {
    folder: PathBuf,
    name: String,
}

impl Place {
    /// Of an environment of wrangler.toml; the empty one is its top level.
    pub(crate) fn of(workspace: &Workspace, environment: &str) -> Self {
        Self::within(workspace.path("escrow"), environment)
    }

    pub(super) fn within(folder: PathBuf, environment: &str) -> Self {
        let name = if environment.is_empty() {
            "default"
        } else {
            environment
        };
        Self {
            folder,
            name: name.to_owned(),
        }
    }

    pub(crate) fn open(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    pub(crate) fn sealed(&self) -> PathBuf {
        self.folder.join(format!("{}.age", self.name))
    }

    /// Writes both, the sealed one first: without the other it is not taken for one.
    pub(crate) fn write(&self, escrow: &Escrow, sealed: &[u8]) -> Result<()> {
        fs::create_dir_all(&self.folder).context("making the folder of the escrow")?;
        let text = serde_json::to_string_pretty(escrow)? + "\n";
        for (path, bytes) in [(self.sealed(), sealed), (self.open(), text.as_bytes())] {
            let beside = path.with_extension("new");
            fs::write(&beside, bytes).with_context(|| format!("writing {}", beside.display()))?;
            fs::rename(&beside, &path).with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(())
    }

    /// Opens it, as an administrator.
    pub(crate) fn unseal(&self, identity: &Identity) -> Result<Secrets> {
        let sealed = fs::read(self.sealed())
            .with_context(|| format!("reading {}", self.sealed().display()))?;
        let text = age::decrypt(std::slice::from_ref(identity), &sealed)?;
        match serde_json::from_slice(&text) {
            Ok(secrets) => Ok(secrets),
            Err(_) => bail!("the escrow holds something else"),
        }
    }
}

fn public_half(audit_key: &str) -> Result<String> {
    let seed = Zeroizing::new(STANDARD.decode(audit_key).unwrap_or_default());
    let seed: [u8; 32] = seed
        .as_slice()
        .try_into()
        .context("AUDIT_SIGNING_KEY is not base64 of 32 bytes")?;
    let key = SigningKey::from_bytes(&Zeroizing::new(seed));
    Ok(STANDARD.encode(key.verifying_key().as_bytes()))
}
