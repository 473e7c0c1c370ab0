//! The private keys of the station, in files of the state folder that nobody else may read.

use std::io;
use std::path::{Path, PathBuf};

use ocpp_core::security::software::{SoftwareKey, SoftwareKeys};
use ocpp_core::security::{CertificateRequest, KeyId, KeyProvider, SigningUse, Subject};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The keys; without a folder they last as long as the program.
pub(crate) struct Keys {
    keys: SoftwareKeys<fn(&mut [u8])>,
    folder: Option<PathBuf>,
}

impl Keys {
    /// No keys that would be kept.
    pub(crate) fn memory() -> Self {
        Self {
            keys: SoftwareKeys::new(random),
            folder: None,
        }
    }

    /// The keys in a folder, which is made if it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        let mut keys = SoftwareKeys::new(random as fn(&mut [u8]));
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|name| name.to_str());
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|kind| kind == "pem"))
            {
                let key = SoftwareKey::from_pkcs8_pem(&std::fs::read_to_string(&path)?)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                keys.insert(KeyId(name.into()), key);
            }
        }
        Ok(Self {
            keys,
            folder: Some(folder.into()),
        })
    }

    /// Makes a key pair, which is durable afterwards, and a request for it.
    pub(super) fn make_request(
        &mut self,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), Failure> {
        let usage = SigningUse::ChargingStation;
        let (id, request) = self.keys.make_request(usage, subject)?;
        if let Err(error) = self.keep(&id) {
            let _ = self.keys.delete(&id);
            return Err(error);
        }
        Ok((id, request))
    }

    fn keep(&self, id: &KeyId) -> Result<(), Failure> {
        let (Some(path), Some(key)) = (self.path(id), self.keys.get(id)) else {
            return Ok(());
        };
        crate::secret::write(&path, key.to_pkcs8_pem()?.as_bytes())?;
        Ok(())
    }

    /// The key for the TLS of a connection, PEM.
    pub(super) fn pem(&self, id: &KeyId) -> Option<Vec<u8>> {
        let pem = self.keys.get(id)?.to_pkcs8_pem().ok()?;
        Some(pem.as_bytes().to_vec())
    }

    /// Destroys a key. One that is gone already is no error.
    pub(super) fn delete(&mut self, id: &KeyId) -> Result<(), Failure> {
        if let Some(path) = self.path(id) {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let _ = self.keys.delete(id);
        Ok(())
    }

    /// The names are those that [`SoftwareKeys`] gives.
    fn path(&self, id: &KeyId) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{}.pem", id.0)))
    }
}

fn random(bytes: &mut [u8]) {
    use rand::Rng as _;
    rand::rng().fill_bytes(bytes);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn keys_outlive_the_program_and_are_gone_when_they_are_deleted() {
        let folder = std::env::temp_dir().join(format!("ocpp-keys-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let subject = Subject::station("SN-1", "Operator");
        let mut keys = Keys::open(&folder).unwrap();
        let (first, _) = keys.make_request(&subject).unwrap();
        let (second, _) = keys.make_request(&subject).unwrap();
        assert_ne!(keys.pem(&first), keys.pem(&second));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let file = keys.path(&first).unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let kept = keys.pem(&first);
        keys.delete(&second).unwrap();
        keys.delete(&second).unwrap();
        let again = Keys::open(&folder).unwrap();
        assert_eq!((again.pem(&first), again.pem(&second)), (kept, None));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
