//! The hash data of a certificate in the messages of each version.

use alloc::string::ToString;

use ocpp_types::CiString;

use super::{CertificateHashData, HashAlgorithm};

/// The hash algorithm is one that no version knows; lenient decoding lets it through. No certificate can be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnknownAlgorithm;

macro_rules! wire {
    ($feature:literal, $types:ident, $read:ident, $key_hash:ty) => {
        #[cfg(feature = $feature)]
        const _: () = {
            use ocpp_types::$types as wire;

            impl From<&CertificateHashData> for wire::CertificateHashData {
                fn from(data: &CertificateHashData) -> Self {
                    let algorithm = match data.hash_algorithm {
                        HashAlgorithm::Sha256 => wire::HashAlgorithm::Sha256,
                        HashAlgorithm::Sha384 => wire::HashAlgorithm::Sha384,
                        HashAlgorithm::Sha512 => wire::HashAlgorithm::Sha512,
                    };
                    Self::new(
                        algorithm,
                        CiString::truncated(&data.issuer_name_hash),
                        <$key_hash>::truncated(&data.issuer_key_hash),
                        CiString::truncated(&data.serial_number),
                    )
                }
            }

            impl CertificateHashData {
                /// Reads it from a message of this version.
                pub(crate) fn $read(
                    data: &wire::CertificateHashData,
                ) -> Result<Self, UnknownAlgorithm> {
                    let hash_algorithm = match data.hash_algorithm {
                        wire::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
                        wire::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
                        wire::HashAlgorithm::Sha512 => HashAlgorithm::Sha512,
                        wire::HashAlgorithm::Unrecognized(_) => return Err(UnknownAlgorithm),
                    };
                    Ok(Self {
                        hash_algorithm,
                        issuer_name_hash: data.issuer_name_hash.to_string(),
                        issuer_key_hash: data.issuer_key_hash.to_string(),
                        serial_number: data.serial_number.to_string(),
                    })
                }
            }
        };
    };
}

wire!("v1_6", v1_6, from_v1_6, CiString<128>);
wire!(
    "v2_0_1",
    v2_0_1,
    from_v2_0_1,
    ocpp_types::BoundedString<128>
);
