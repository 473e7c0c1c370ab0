//! Certificates, keys, passwords and security events (2.x blocks A, L01, M; 1.6 security whitepaper).
//!
//! OCPP 1.6 (with the security whitepaper, edition 3) and OCPP 2.x manage the same things under different names. This
//! module has one vocabulary for both; a station or CSMS converts to the message types of its version at the edge.
//!
//! | concern | here | requirements |
//! |---|---|---|
//! | which security profile, and how it may change | [`SecurityProfile`] | A00.FR.001–006, A05 |
//! | passwords of HTTP basic authentication | [`AuthorizationKey`] (1.6), [`BasicAuthPassword`] (2.x) | A00.FR.205, A01 |
//! | installed certificates | [`CertificateStore`] | M03, M04, M05, A02.FR.08–10 |
//! | a new certificate for the station's own key | [`CertificateSigning`] | A02, A03 |
//! | what is checked about certificates and signatures | [`CertificateVerifier`] | A00.FR.501–514, L01.FR.04 |
//! | private keys | [`KeyProvider`] | A02.FR.02–05 |
//! | events for the security log | [`SecurityEventKind`] | A04 |
//!
//! # Who does the cryptography
//!
//! The state machines never touch a private key and never compute a signature. What needs only public data is asked of a
//! [`CertificateVerifier`], synchronously. What needs a private key leaves the core as an output
//! ([`SigningOutput::MakeRequest`]) and comes back as an input, because a secure element may need seconds for it; the
//! application answers it, usually with a [`KeyProvider`].
//!
//! With the feature `crypto` the module `software` implements both in software on the RustCrypto crates, without `std`.
//! Verification covers RSA (PKCS#1 v1.5 and PSS, 2048 to 4096 bits) and ECDSA on P-256 and P-384 with SHA-256, SHA-384
//! and SHA-512; own keys are ECDSA P-256.
//!
//! # What must survive a restart
//!
//! Every method that changes the store returns [`StoreChange`]s, in the order in which they must become durable. Each
//! is one small record; [`CertificateStore::restore`] rebuilds the store from them and repairs what a power cut between
//! two of them leaves behind. An outstanding certificate request is a record too ([`SigningOutput::Store`]), so that a
//! certificate which arrives after a restart still finds its key.
//!
//! # Limits
//!
//! | what | limit | when exceeded |
//! |---|---|---|
//! | installed root certificates | [`StoreConfig::max_certificates`] | Rejected (WP:M05.FR.03 of 1.6, M05.FR.06 of 2.x) |
//! | text of one root certificate | [`StoreConfig::max_certificate_length`] | Rejected |
//! | text of a signed chain | [`SigningConfig::max_chain_length`] | Rejected (A02.FR.16) |
//! | certificates in one chain | [`MAX_CHAIN`] | Rejected |
//! | sub-CAs between leaf and root | [`MAX_INTERMEDIATES`] | Rejected |
//! | signature checks per chain | 32 | Rejected |
//! | outstanding certificate requests | [`SigningConfig::max_requests`] | the trigger is refused |

mod certificate;
mod event;
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
mod hash_data;
mod host_name;
#[cfg(feature = "crypto")]
pub mod jws;
mod password;
mod pem;
mod profile;
mod provider;
mod signing;
#[cfg(feature = "crypto")]
pub mod software;
mod store;

pub use certificate::{
    CertificateError, CertificateHashData, CertificateInfo, CertificateUse, HashAlgorithm,
    KeyStrength, SigningUse, serial_number_hex,
};
pub use event::{SecurityEventKind, TECH_INFO_MAX_LENGTH, tech_info};
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) use hash_data::UnknownAlgorithm;
pub use host_name::host_name_matches;
pub use password::{AuthorizationKey, AuthorizationKeyRules, BasicAuthPassword, InvalidPassword};
pub use profile::{
    DowngradeRule, Prerequisites, ProfileChangeRefused, ProfileChangeRules, SecurityProfile,
};
pub use provider::{
    CertificateRequest, CertificateVerifier, InvalidSubject, KeyError, KeyId, KeyProvider,
    MAX_CHAIN, MAX_INTERMEDIATES, MessageAlgorithm, Purpose, Subject, VerifiedPath,
};
pub use signing::{
    CertificateSigning, CertificateSigningStatus, PendingSigning, RequestHandle, SigningConfig,
    SigningEnd, SigningOutput, SigningRefused, SigningResponse, SigningRetry,
};
pub use store::{
    CertificateId, CertificateStore, ConnectionOutcome, DeleteOutcome, DeleteRefusal, DeleteStatus,
    InstallOutcome, InstallRefusal, InstallStatus, InstalledCertificate, OldCertificates,
    OwnRecord, RootRecord, StoreChange, StoreConfig, StoreRecord, VerifiedChain,
};
