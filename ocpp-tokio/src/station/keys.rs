//! The private keys of the station: in files that nobody else may read, or wherever the charger keeps its own.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ocpp_core::security::software::{SoftwareKey, SoftwareKeys};
use ocpp_core::security::{CertificateRequest, KeyError, KeyId, KeyProvider, SigningUse, Subject};
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::sign::SigningKey;

use super::records::Damaged;
use super::secret::{create_folder, remove, sync_folder, write_secret};
use crate::private::restrict;

/// Private keys that can also sign for TLS: [`FileKeys`], or a secure element.
///
/// The driver calls it on a thread where blocking is allowed, one call at a time.
pub trait StationKeys: KeyProvider + fmt::Debug + Send {
    /// What signs with this key when a connection in security profile 3 is made; `None` if there is no such key. The key
    /// itself need not leave its place (A02.FR.05).
    fn signing_key(&self, key: &KeyId) -> Option<Arc<dyn SigningKey>>;

    /// What was found to be damaged since the last time, so that somebody can be told.
    fn take_found(&mut self) -> Vec<Damaged> {
        Vec::new()
    }
}

/// Gives a file that is no key another name, under which it is kept.
fn put_aside(path: &Path) -> io::Result<Damaged> {
    let kept = (1_u32..).map(|number| path.with_extension(format!("damaged-{number}")));
    let mut kept = kept.filter(|kept| !kept.try_exists().unwrap_or(true));
    let kept = kept.next().ok_or(io::ErrorKind::AlreadyExists)?;
    std::fs::rename(path, &kept)?;
    sync_folder(path)?;
    Ok(no_key(path, &kept))
}

fn no_key(path: &Path, kept: &Path) -> Damaged {
    Damaged {
        what: format!("the private key {}", path.display()),
        reason: "it is damaged, or no key".into(),
        kept_as: kept.display().to_string(),
    }
}

/// ECDSA P-256 keys in the files of a folder, readable by their owner only; without a folder they last as long as the
/// program.
#[derive(Debug)]
pub struct FileKeys {
    keys: SoftwareKeys<fn(&mut [u8])>,
    folder: Option<PathBuf>,
    /// Files that are no keys, and nobody was told yet.
    found: Vec<Damaged>,
}

impl FileKeys {
    /// No keys that would be kept.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            keys: SoftwareKeys::new(random),
            folder: None,
            found: Vec::new(),
        }
    }

    /// Looks at the keys in a folder, and changes nothing there: the files that are no keys, and those that were kept.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn look(folder: &Path) -> io::Result<Vec<Damaged>> {
        let mut damaged = Vec::new();
        if !folder.try_exists()? {
            return Ok(damaged);
        }
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let kind = path.extension().and_then(|kind| kind.to_str());
            let kept = kind.is_some_and(|kind| kind.starts_with("damaged-"));
            let broken = kind == Some("pem") && {
                let content = std::fs::read(&path)?;
                let text = std::str::from_utf8(&content).ok();
                !matches!(text.map(SoftwareKey::from_pkcs8_pem), Some(Ok(_)))
            };
            if kept || broken {
                damaged.push(no_key(&path, &path));
            }
        }
        damaged.sort_by(|one, other| one.what.cmp(&other.what));
        Ok(damaged)
    }

    /// The keys in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read. A file that is no key is kept under another name
    /// ([`StationKeys::take_found`]).
    pub fn open(folder: &Path) -> io::Result<Self> {
        create_folder(folder)?;
        let mut keys = SoftwareKeys::new(random as fn(&mut [u8]));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|kind| kind == "pem"))
            {
                restrict(&path)?;
                let content = std::fs::read(&path)?;
                let text = std::str::from_utf8(&content).ok();
                match text.map(SoftwareKey::from_pkcs8_pem) {
                    Some(Ok(key)) => keys.insert(KeyId(name.into()), key),
                    // One that is broken is no reason to have none of the others, and its name must not be in the way of
                    // the next key.
                    _ => found.push(put_aside(&path)?),
                }
            }
        }
        Ok(Self {
            keys,
            folder: Some(folder.into()),
            found,
        })
    }

    fn keep(&self, id: &KeyId) -> Result<(), KeyError> {
        let (Some(path), Some(key)) = (self.path(id), self.keys.get(id)) else {
            return Ok(());
        };
        write_secret(&path, key.to_pkcs8_pem()?.as_bytes()).map_err(|error| store(&error))
    }

    /// The names are those that [`SoftwareKeys`] gives.
    fn path(&self, id: &KeyId) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.pem", id.0)))
    }
}

fn store(error: &io::Error) -> KeyError {
    KeyError::Store(error.to_string())
}

fn random(bytes: &mut [u8]) {
    use rand::Rng as _;
    rand::rng().fill_bytes(bytes);
}

impl KeyProvider for FileKeys {
    /// The key is durable when this returns.
    fn make_request(
        &mut self,
        signing_use: SigningUse,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), KeyError> {
        let (id, request) = self.keys.make_request(signing_use, subject)?;
        if let Err(error) = self.keep(&id) {
            let _ = self.keys.delete(&id);
            return Err(error);
        }
        Ok((id, request))
    }

    fn delete(&mut self, key: &KeyId) -> Result<(), KeyError> {
        if let Some(path) = self.path(key) {
            // A key that was destroyed must not come back after a power cut.
            let removed = remove(&path).and_then(|()| sync_folder(&path));
            removed.map_err(|error| store(&error))?;
        }
        self.keys.delete(key)
    }
}

impl StationKeys for FileKeys {
    fn signing_key(&self, key: &KeyId) -> Option<Arc<dyn SigningKey>> {
        let pem = self.keys.get(key)?.to_pkcs8_pem().ok()?;
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        any_supported_type(&key).ok()
    }

    fn take_found(&mut self) -> Vec<Damaged> {
        std::mem::take(&mut self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_outlive_the_program_and_are_gone_when_they_are_deleted() {
        let folder = std::env::temp_dir().join(format!("ocpp-keys-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let subject = Subject::station("SN-1", "Operator");
        let usage = SigningUse::ChargingStation;
        let mut keys = FileKeys::open(&folder).unwrap();
        let (first, _) = keys.make_request(usage, &subject).unwrap();
        let (second, _) = keys.make_request(usage, &subject).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = keys.path(&first).unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        keys.delete(&second).unwrap();
        assert_eq!(keys.delete(&second), Err(KeyError::NotFound));
        // Neither a broken file nor one that was never completed keeps the station from starting.
        std::fs::write(folder.join("key-9.pem"), "half a key").unwrap();
        std::fs::write(folder.join("key-8.new"), "").unwrap();
        let again = FileKeys::open(&folder).unwrap();
        assert!(again.signing_key(&KeyId("key-9".into())).is_none());
        assert!(again.signing_key(&first).is_some());
        assert!(again.signing_key(&second).is_none());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
