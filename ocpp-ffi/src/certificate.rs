//! What identifies a certificate.

use alloc::string::String;

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateVerifier, HashAlgorithm};

use crate::Error;
use crate::station::json;

/// Identifies a certificate by its issuer and serial number (CertificateHashDataType): JSON with `hash_algorithm`,
/// `issuer_name_hash`, `issuer_key_hash` and `serial_number`.
///
/// `issuer` is the certificate that has signed it; the same one again for a root. Both are PEM; of several certificates the
/// first counts. `algorithm` is `SHA256`, `SHA384` or `SHA512`.
///
/// # Errors
/// When one of the certificates cannot be read, the issuer is another one, or the algorithm is not known.
pub fn certificate_hash_data(
    certificate: &str,
    issuer: &str,
    algorithm: &str,
) -> Result<String, Error> {
    let all = [
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha384,
        HashAlgorithm::Sha512,
    ];
    let algorithm = all.into_iter().find(|known| known.name() == algorithm);
    let algorithm = algorithm.ok_or_else(|| Error::new(&"SHA256, SHA384 or SHA512 is wanted"))?;
    let first = |pem: &str, whose: &str| {
        let parsed = SoftwareVerifier.parse(pem);
        let parsed = parsed.map_err(|error| Error::new(&alloc::format!("{whose}: {error}")))?;
        let first = parsed.into_iter().next();
        first.ok_or_else(|| Error::new(&alloc::format!("{whose}: there is none")))
    };
    let certificate = first(certificate, "certificate")?;
    let issuer = first(issuer, "issuer")?;
    let data = SoftwareVerifier.hash_data(&certificate.der, &issuer.der, algorithm);
    data.map(|data| json(&data))
        .map_err(|error| Error::new(&error))
}
