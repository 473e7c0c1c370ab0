//! Private keys in the station's database.

use ocpp_core::security::software::SoftwareKey;
use ocpp_core::security::{CertificateRequest, KeyError, KeyId, Subject};

use super::records::{Records, RecordsError};

/// Makes private keys and keeps them in the database. A station with a secure element uses that instead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys;

impl Keys {
    /// Makes a key pair, stores it, and signs a request for a certificate (A02.FR.02, A02.FR.03).
    ///
    /// # Errors
    /// [`KeyError`]; no key is left behind then.
    pub fn make_request(
        self,
        records: &mut Records,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), KeyError> {
        let mut random = |bytes: &mut [u8]| rand::Rng::fill_bytes(&mut rand::rng(), bytes);
        let key = SoftwareKey::generate(&mut random)?;
        let request = key.certificate_request(subject)?;
        let pem = key.to_pkcs8_pem()?;
        let id = request
            .public_key_sha256
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let id = KeyId(id);
        let stored = records.keep_key(&id.0, &pem);
        stored.map_err(|error| KeyError::Store(error.to_string()))?;
        Ok((id, request))
    }

    /// A private key in PKCS#8 PEM, for the TLS stack; never to be sent (A02.FR.05).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn pem(self, records: &Records, key: &KeyId) -> Result<Option<String>, RecordsError> {
        records.key(&key.0)
    }

    /// Destroys a key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delete(self, records: &mut Records, key: &KeyId) -> Result<(), RecordsError> {
        records.forget_key(&key.0)
    }
}
