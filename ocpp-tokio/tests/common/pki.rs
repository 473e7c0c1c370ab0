//! Certificates made for the tests.
#![allow(dead_code, unreachable_pub, reason = "every test program uses a part")]

use ocpp_tokio::TlsIdentity;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};

/// rcgen cannot make RSA keys with ring; this one protects nothing.
const RSA_KEY: &str = include_str!("../data/rsa-key.pem");

/// A root and what it signs.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

/// What a certificate says.
pub struct Leaf<'a> {
    pub common_name: &'a str,
    pub alternative_names: &'a [&'a str],
    pub client: bool,
    pub expired: bool,
    pub rsa: bool,
}

pub const CSMS: Leaf<'_> = Leaf {
    common_name: "csms",
    alternative_names: &["127.0.0.1", "localhost"],
    client: false,
    expired: false,
    rsa: false,
};

pub const STATION: Leaf<'_> = Leaf {
    common_name: "CP1",
    alternative_names: &[],
    client: true,
    ..CSMS
};

impl Ca {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Test root");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    pub fn issue(&self, leaf: &Leaf<'_>) -> TlsIdentity {
        let names: Vec<String> = leaf
            .alternative_names
            .iter()
            .map(|name| (*name).into())
            .collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, leaf.common_name);
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Test CSO");
        params.extended_key_usages = vec![if leaf.client {
            ExtendedKeyUsagePurpose::ClientAuth
        } else {
            ExtendedKeyUsagePurpose::ServerAuth
        }];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(if leaf.expired { 2021 } else { 2090 }, 1, 1);
        let key = if leaf.rsa {
            KeyPair::from_pem(RSA_KEY).unwrap()
        } else {
            KeyPair::generate().unwrap()
        };
        let certificate = params.signed_by(&key, &self.0).unwrap();
        TlsIdentity {
            chain_pem: certificate.pem().into_bytes(),
            key_pem: key.serialize_pem().into_bytes(),
        }
    }
}
