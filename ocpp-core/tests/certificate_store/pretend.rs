//! A verifier for pretended certificates. Each is a line `name issuer kind start end key`.

use ocpp_core::security::{
    CertificateError, CertificateHashData, CertificateInfo, CertificateVerifier, HashAlgorithm,
    KeyStrength, MessageAlgorithm, Purpose, VerifiedPath,
};
use ocpp_core::time::DateTime;

pub(crate) const NOW: i64 = 1_000;

pub(crate) fn at(second: i64) -> DateTime {
    DateTime::from_unix_millis(second * 1_000).unwrap()
}

/// A certificate authority that is valid around [`NOW`]. Its issuer may be itself.
pub(crate) fn authority(name: &str, issuer: &str) -> String {
    certificate(name, issuer, "ca", 0, 9_999, 0)
}

pub(crate) fn root(name: &str) -> String {
    authority(name, name)
}

pub(crate) fn certificate(
    name: &str,
    issuer: &str,
    kind: &str,
    from: i64,
    to: i64,
    key: u8,
) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----{name} {issuer} {kind} {from} {to} {key}-----END CERTIFICATE-----"
    )
}

pub(crate) fn hash_of(name: &str, issuer: &str) -> CertificateHashData {
    CertificateHashData {
        hash_algorithm: HashAlgorithm::Sha256,
        issuer_name_hash: issuer.into(),
        issuer_key_hash: issuer.into(),
        serial_number: name.into(),
    }
}

pub(crate) struct Pretend;

struct Fields<'a> {
    name: &'a str,
    issuer: &'a str,
    ca: bool,
    from: DateTime,
    to: DateTime,
    key: u8,
}

fn fields(der: &[u8]) -> Fields<'_> {
    let text = std::str::from_utf8(der).unwrap();
    let [name, issuer, kind, from, to, key] =
        text.split(' ').collect::<Vec<_>>().try_into().unwrap();
    Fields {
        name,
        issuer,
        ca: kind == "ca",
        from: at(from.parse().unwrap()),
        to: at(to.parse().unwrap()),
        key: key.parse().unwrap(),
    }
}

fn validity(certificate: &Fields<'_>, at: DateTime) -> Result<(), CertificateError> {
    if at < certificate.from {
        Err(CertificateError::NotYetValid)
    } else if at > certificate.to {
        Err(CertificateError::Expired)
    } else {
        Ok(())
    }
}

impl CertificateVerifier for Pretend {
    fn parse(&self, pem: &str) -> Result<Vec<CertificateInfo>, CertificateError> {
        let mut parsed = Vec::new();
        for part in pem.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let body = part.split("-----END").next().unwrap();
            if body.contains("broken") {
                return Err(CertificateError::Malformed("pretended"));
            }
            if body.contains("device") {
                return Err(CertificateError::Device);
            }
            let fields = fields(body.as_bytes());
            let mut info = CertificateInfo::new(
                body.as_bytes().to_vec(),
                fields.name.into(),
                (fields.from, fields.to),
                KeyStrength::EllipticCurve(256),
            );
            info.is_ca = fields.ca;
            info.self_issued = fields.name == fields.issuer;
            info.public_key_sha256 = [fields.key; 32];
            parsed.push(info);
        }
        if parsed.is_empty() {
            return Err(CertificateError::Count);
        }
        Ok(parsed)
    }

    fn hash_data(
        &self,
        certificate: &[u8],
        issuer: &[u8],
        algorithm: HashAlgorithm,
    ) -> Result<CertificateHashData, CertificateError> {
        let (certificate, issuer) = (fields(certificate), fields(issuer));
        if certificate.issuer != issuer.name {
            return Err(CertificateError::UnknownIssuer);
        }
        Ok(CertificateHashData {
            hash_algorithm: algorithm,
            ..hash_of(certificate.name, issuer.name)
        })
    }

    fn check_root(&self, certificate: &[u8], at: DateTime) -> Result<(), CertificateError> {
        let certificate = fields(certificate);
        if !certificate.ca {
            return Err(CertificateError::NotAnAuthority);
        }
        validity(&certificate, at)
    }

    fn verify_chain(
        &self,
        chain: &[&[u8]],
        anchors: &[&[u8]],
        at: DateTime,
        purpose: &Purpose<'_>,
    ) -> Result<VerifiedPath, CertificateError> {
        let leaf = fields(chain[0]);
        match (validity(&leaf, at), purpose) {
            (
                Err(CertificateError::NotYetValid),
                Purpose::ChargingStation {
                    allow_future: true, ..
                },
            ) => {}
            (validity, _) => validity?,
        }
        let mut intermediates = Vec::new();
        let mut issuer = leaf.issuer;
        loop {
            if let Some(anchor) = anchors.iter().position(|der| fields(der).name == issuer) {
                let text = String::from_utf8(chain[0].to_vec()).unwrap();
                let pem = format!("-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----");
                return Ok(VerifiedPath {
                    leaf: self.parse(&pem)?.remove(0),
                    intermediates,
                    anchor,
                });
            }
            let next = (1..chain.len())
                .find(|at| !intermediates.contains(at) && fields(chain[*at]).name == issuer)
                .ok_or(CertificateError::UnknownIssuer)?;
            intermediates.push(next);
            issuer = fields(chain[next]).issuer;
        }
    }

    fn verify_firmware(&self, _: &[u8], _: &[u8; 32], _: &str) -> Result<(), CertificateError> {
        Err(CertificateError::UnsupportedAlgorithm)
    }

    fn verify_message(
        &self,
        _: &[u8],
        _: MessageAlgorithm,
        _: &[u8],
        _: &[u8],
    ) -> Result<(), CertificateError> {
        Err(CertificateError::UnsupportedAlgorithm)
    }
}
