//! Private keys in memory: ECDSA on P-256.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, Signature, SigningKey};
pub use p256::elliptic_curve::zeroize::Zeroizing;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};

use super::request::certificate_request;
use crate::security::SigningUse;
use crate::security::provider::{CertificateRequest, KeyError, KeyId, KeyProvider, Subject};

/// An ECDSA P-256 key. Erased from memory when it is dropped; never printed.
#[derive(Clone)]
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// Generates a key. `random` fills its argument with random bytes from a cryptographic generator.
    ///
    /// # Errors
    /// [`KeyError::Random`] when `random` keeps delivering what cannot be a key, which a working generator never does.
    pub fn generate(random: &mut dyn FnMut(&mut [u8])) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        for _ in 0..8 {
            random(bytes.as_mut_slice());
            // Fails for zero and for the 2^-32 of numbers that are not below the order of the curve.
            if let Ok(key) = SigningKey::from_slice(bytes.as_slice()) {
                return Ok(Self(key));
            }
        }
        Err(KeyError::Random)
    }

    /// Reads a key that [`to_pkcs8_pem`](Self::to_pkcs8_pem) wrote.
    ///
    /// # Errors
    /// When the text is not a P-256 key in PKCS#8 PEM.
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyError> {
        SigningKey::from_pkcs8_pem(text)
            .map(Self)
            .map_err(|_| KeyError::Store("not a P-256 key in PKCS#8".into()))
    }

    /// The key in PKCS#8 PEM, for the station's own protected storage and its TLS stack. Never to be sent (A02.FR.05).
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.0
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| KeyError::Store("the key cannot be encoded".into()))
    }

    /// A signed request for a certificate (A02.FR.03).
    ///
    /// # Errors
    /// When the subject is not acceptable.
    pub fn certificate_request(&self, subject: &Subject) -> Result<CertificateRequest, KeyError> {
        let public_key = self
            .0
            .verifying_key()
            .to_public_key_der()
            .map_err(|_| KeyError::Store("the key cannot be encoded".into()))?;
        certificate_request(subject, public_key.as_bytes(), |info| {
            let signature: DerSignature = self.0.sign(info);
            Ok(signature.as_bytes().to_vec())
        })
    }

    /// Signs a message with ES256: the two numbers one after the other (RFC 7518, section 3.4). Deterministic (RFC 6979).
    #[must_use]
    pub fn sign_es256(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_vec()
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareKey(…)")
    }
}

/// Private keys in memory, with the application's random generator.
///
/// The application stores [`keys`](Self::keys) in whatever protected storage it has, and puts them back with
/// [`insert`](Self::insert).
pub struct SoftwareKeys<R> {
    keys: BTreeMap<KeyId, SoftwareKey>,
    next: u64,
    random: R,
}

impl<R: FnMut(&mut [u8])> SoftwareKeys<R> {
    /// No keys yet. `random` fills its argument with random bytes from a cryptographic generator.
    pub const fn new(random: R) -> Self {
        Self {
            keys: BTreeMap::new(),
            next: 1,
            random,
        }
    }

    /// Puts a stored key back.
    pub fn insert(&mut self, id: KeyId, key: SoftwareKey) {
        self.keys.insert(id, key);
    }

    /// The key with this id.
    #[must_use]
    pub fn get(&self, id: &KeyId) -> Option<&SoftwareKey> {
        self.keys.get(id)
    }

    /// All keys, by id.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyId, &SoftwareKey)> {
        self.keys.iter()
    }
}

impl<R: FnMut(&mut [u8])> KeyProvider for SoftwareKeys<R> {
    fn make_request(
        &mut self,
        _signing_use: SigningUse,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), KeyError> {
        let key = SoftwareKey::generate(&mut self.random)?;
        let request = key.certificate_request(subject)?;
        let mut id = KeyId(format!("key-{}", self.next));
        while self.keys.contains_key(&id) {
            self.next += 1;
            id = KeyId(format!("key-{}", self.next));
        }
        self.next += 1;
        self.keys.insert(id.clone(), key);
        Ok((id, request))
    }

    fn delete(&mut self, key: &KeyId) -> Result<(), KeyError> {
        self.keys.remove(key).map(|_| ()).ok_or(KeyError::NotFound)
    }
}

impl<R> fmt::Debug for SoftwareKeys<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareKeys")
            .field("keys", &self.keys.keys())
            .finish_non_exhaustive()
    }
}
