//! What the core asks of cryptography: checks with public data ([`CertificateVerifier`]) and work with private keys
//! ([`KeyProvider`]).

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::is_visible;
use serde::{Deserialize, Serialize};

use super::certificate::{
    CertificateError, CertificateHashData, CertificateInfo, HashAlgorithm, SigningUse,
};
use crate::time::DateTime;

/// Most certificates in one text, the root included when a peer sends it.
pub const MAX_CHAIN: usize = 8;

/// Most sub-CAs between an end certificate and its root. Four, as many as CertificateHashDataChain can report (2.x).
pub const MAX_INTERMEDIATES: usize = 4;

/// Checks certificates and signatures. Holds no secrets, answers at once, and answers the same for the same arguments.
///
/// `software::SoftwareVerifier` (feature `crypto`) implements it; a device with a verifying secure element may do so
/// instead. Certificates are DER, as [`CertificateInfo::der`] holds them.
pub trait CertificateVerifier {
    /// Reads the certificates of a PEM text in their order (A00.FR.507): at least one, at most [`MAX_CHAIN`].
    ///
    /// # Errors
    /// When any of them is malformed. Nothing is verified.
    fn parse(&self, pem: &str) -> Result<Vec<CertificateInfo>, CertificateError>;

    /// Identifies `certificate`, which `issuer` has signed; a root is its own issuer (CertificateHashDataType).
    ///
    /// # Errors
    /// When one of the two is malformed or `issuer` has another name than the certificate says.
    fn hash_data(
        &self,
        certificate: &[u8],
        issuer: &[u8],
        algorithm: HashAlgorithm,
    ) -> Result<CertificateHashData, CertificateError>;

    /// Checks that a certificate may become a trusted root: a certificate authority, valid at `at`, strong enough, and,
    /// when it names itself as issuer, correctly signed by itself.
    ///
    /// # Errors
    /// The first rule that it breaks.
    fn check_root(&self, certificate: &[u8], at: DateTime) -> Result<(), CertificateError>;

    /// Finds and verifies a path from the first certificate of `chain` to one of `anchors` (RFC 5280, section 6, without
    /// policies and revocation), and checks what A00.FR.501–512 and `purpose` demand. The rest of `chain` may come in
    /// any order and may contain the root. An anchor is trusted as it is: it need not be self-signed, but it must be
    /// valid at `at`.
    ///
    /// # Errors
    /// The most telling reason why there is no acceptable path.
    fn verify_chain(
        &self,
        chain: &[&[u8]],
        anchors: &[&[u8]],
        at: DateTime,
        purpose: &Purpose<'_>,
    ) -> Result<VerifiedPath, CertificateError>;

    /// Verifies the signature of a firmware file with the key of its signing certificate (L01.FR.04, L01.FR.12):
    /// RSA-PSS or ECDSA over P-256, with SHA-256. Says nothing about the certificate: see [`Purpose::FirmwareSigning`].
    ///
    /// `sha256` is the hash of the whole file, `signature` the base64 text of the message. ECDSA signatures may be DER or
    /// the two numbers one after the other; RSA-PSS may use any usual length of salt.
    ///
    /// # Errors
    /// [`CertificateError::BadSignature`] when it does not verify.
    fn verify_firmware(
        &self,
        certificate: &[u8],
        sha256: &[u8; 32],
        signature: &str,
    ) -> Result<(), CertificateError>;

    /// Verifies the signature of a signed message (2.x part 4, section 7). `signature` is in the form of RFC 7518.
    ///
    /// # Errors
    /// [`CertificateError::BadSignature`] when it does not verify.
    fn verify_message(
        &self,
        certificate: &[u8],
        algorithm: MessageAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CertificateError>;
}

/// Signature algorithms of signed messages (2.x part 4, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageAlgorithm {
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
}

impl MessageAlgorithm {
    /// The value of the `alg` header.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
        }
    }

    /// The algorithm with this name; everything else, `none` included, is not allowed.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256, Self::Rs384]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// What an end certificate is going to be used for, which decides the checks on it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Purpose<'a> {
    /// Server certificate of a CSMS: its common name, or one of its subjectAltNames, is the host of the connection URL
    /// (A00.FR.308–309, A00.FR.412, A00.FR.510–511).
    Csms {
        /// Host name or IP address that the station connects to.
        host: &'a str,
        /// Accept `*` as the leftmost label of a name (AllowCSMSTLSWildcards of the 2.0.1 errata).
        allow_wildcard: bool,
    },
    /// Client certificate of a charging station (A00.FR.404–405, A00.FR.509, A00.FR.511). `None` leaves a name
    /// unchecked, except that it must be there.
    ChargingStation {
        /// Serial number of the station, the common name.
        common_name: Option<&'a str>,
        /// CpoName (1.6) or SecurityCtrlr.OrganizationName (2.x).
        organization: Option<&'a str>,
        /// Accept a certificate whose validity begins later (1.6 WP:A02.FR.08; not in 2.x after its errata).
        allow_future: bool,
    },
    /// The station's certificate towards vehicles; the common name is the SeccId.
    Vehicles {
        /// ISO15118Ctrlr.SeccId, `None` to leave it unchecked.
        common_name: Option<&'a str>,
    },
    /// Contract certificate of a vehicle (C07), below an MO or V2G root. Its common name is the eMAID, for the caller to
    /// compare.
    Contract,
    /// Certificate that comes with a firmware update. Signed by a manufacturer root without sub-CAs (L01, remarks).
    FirmwareSigning,
    /// A new root that an old one signs (AdditionalRootCertificateCheck).
    RootReplacement,
}

/// A path that [`CertificateVerifier::verify_chain`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPath {
    /// The end certificate.
    pub leaf: CertificateInfo,
    /// The sub-CAs from the end certificate to the root, without the root, as indices into the chain.
    pub intermediates: Vec<usize>,
    /// The root, as index into the anchors.
    pub anchor: usize,
}

/// Names a private key within the store that holds it: a label of the application's choosing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct KeyId(pub String);

/// The subject of a certificate request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// CN: the serial number of the station (A00.FR.511), or the SeccId for a certificate towards vehicles (A02).
    pub common_name: String,
    /// O: CpoName (WP:A02.FR.13 of 1.6) or OrganizationName (2.x).
    pub organization: String,
    /// C: ISO15118Ctrlr.CountryName, two letters; only for certificates towards vehicles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// DC: `CPO` in the ISO 15118-2 profile of such certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_component: Option<String>,
}

impl Subject {
    /// The subject of a client certificate.
    #[must_use]
    pub fn station(serial_number: &str, organization: &str) -> Self {
        Self {
            common_name: serial_number.into(),
            organization: organization.into(),
            country: None,
            domain_component: None,
        }
    }

    /// The subject of a certificate towards vehicles.
    #[must_use]
    pub fn secc(secc_id: &str, organization: &str, country: Option<&str>) -> Self {
        Self {
            common_name: secc_id.into(),
            organization: organization.into(),
            country: country.map(Into::into),
            domain_component: Some("CPO".into()),
        }
    }

    /// Checks what X.520 and A00.FR.509 and A00.FR.511 say about the names.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), InvalidSubject> {
        // Whoever reads the certificate must see whose it is.
        let fits = |text: &str, most| {
            (1..=most).contains(&text.chars().count()) && text.chars().all(is_visible)
        };
        if !fits(&self.organization, 64) {
            return Err(InvalidSubject::Organization);
        }
        if !fits(&self.common_name, 64) {
            return Err(InvalidSubject::CommonName);
        }
        if looks_like_address(&self.common_name) {
            return Err(InvalidSubject::Address);
        }
        let two_letters = |text: &String| text.len() == 2 && text.is_ascii();
        if !self.country.as_ref().is_none_or(two_letters) {
            return Err(InvalidSubject::Country);
        }
        let ascii = |text: &String| fits(text, 63) && text.is_ascii();
        if !self.domain_component.as_ref().is_none_or(ascii) {
            return Err(InvalidSubject::DomainComponent);
        }
        Ok(())
    }
}

/// Whether a common name has the form of a URL or an IP address, which a station's must not have (A00.FR.511).
fn looks_like_address(name: &str) -> bool {
    name.contains("://") || name.parse::<core::net::IpAddr>().is_ok()
}

/// Why a subject cannot stand in a certificate request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSubject {
    /// The organization is empty (the prerequisite of A02 is not met), longer than 64 characters, or has one that nobody
    /// sees.
    #[error("organization name must have 1 to 64 visible characters")]
    Organization,
    /// The common name is empty, longer than 64 characters, or has one that nobody sees.
    #[error("common name must have 1 to 64 visible characters")]
    CommonName,
    /// The common name is a URL or an IP address.
    #[error("common name must not be a URL or an IP address")]
    Address,
    /// The country is not a code of two letters.
    #[error("country must be a code of two letters")]
    Country,
    /// The domain component is empty, longer than 63 characters or not ASCII.
    #[error("domain component must have 1 to 63 ASCII characters")]
    DomainComponent,
}

/// A certificate signing request (RFC 2986).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateRequest {
    /// The request in PEM, as SignCertificate carries it (A02.FR.03).
    pub pem: String,
    /// SHA-256 of the SubjectPublicKeyInfo, as in [`CertificateInfo::public_key_sha256`].
    pub public_key_sha256: [u8; 32],
}

/// A key could not be generated, used or deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The subject is not acceptable.
    #[error(transparent)]
    Subject(#[from] InvalidSubject),
    /// The random numbers were refused or are not available.
    #[error("no usable random numbers")]
    Random,
    /// The store is full or failed.
    #[error("key store: {0}")]
    Store(String),
    /// There is no such key.
    #[error("no such key")]
    NotFound,
}

/// Holds private keys. They never leave it (A02.FR.05, A03.FR.05).
///
/// Not called by the core, which asks with [`SigningOutput::MakeRequest`](super::SigningOutput::MakeRequest) and
/// [`StoreChange::DeleteKey`](super::StoreChange::DeleteKey): a call may take seconds on a secure element.
pub trait KeyProvider {
    /// Generates a key pair, strong enough for A00.FR.501, and signs a request for it (A02.FR.02, A02.FR.03).
    ///
    /// # Errors
    /// When no key pair could be made; nothing was stored then.
    fn make_request(
        &mut self,
        signing_use: SigningUse,
        subject: &Subject,
    ) -> Result<(KeyId, CertificateRequest), KeyError>;

    /// Destroys a key.
    ///
    /// # Errors
    /// When it does not exist or the store failed.
    fn delete(&mut self, key: &KeyId) -> Result<(), KeyError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_follow_the_certificate_properties() {
        assert_eq!(Subject::station("CP-1", "Operator").check(), Ok(()));
        assert_eq!(Subject::secc("DE*1*2", "Op", Some("DE")).check(), Ok(()));
        for (subject, expected) in [
            (Subject::station("CP-1", ""), InvalidSubject::Organization),
            (
                Subject::station("CP-1", &"o".repeat(65)),
                InvalidSubject::Organization,
            ),
            (
                Subject::station("CP-1", "Ope\0rator"),
                InvalidSubject::Organization,
            ),
            (
                Subject::station("CP-1", "Ope\u{200B}rator"),
                InvalidSubject::Organization,
            ),
            (
                Subject::station("CP\u{202E}-1", "Op"),
                InvalidSubject::CommonName,
            ),
            (Subject::station("", "Op"), InvalidSubject::CommonName),
            (Subject::station("192.0.2.1", "Op"), InvalidSubject::Address),
            (Subject::station("::1", "Op"), InvalidSubject::Address),
            (
                Subject::station("wss://csms/1", "Op"),
                InvalidSubject::Address,
            ),
            (
                Subject::secc("X", "Op", Some("Germany")),
                InvalidSubject::Country,
            ),
        ] {
            assert_eq!(subject.check(), Err(expected));
        }
    }

    #[test]
    fn no_other_message_algorithm_is_known() {
        assert_eq!(
            MessageAlgorithm::from_name("ES256"),
            Some(MessageAlgorithm::Es256)
        );
        for name in ["none", "HS256", "es256", "PS256", ""] {
            assert_eq!(MessageAlgorithm::from_name(name), None, "{name}");
        }
    }
}
