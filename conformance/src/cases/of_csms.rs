//! What cases of a CSMS have in common in all versions: how the station of the lab connects, and the keys that it has.

use ocpp_core::security::software::{SoftwareKey, SoftwareVerifier};
use ocpp_core::security::{CertificateInfo, CertificateRequest, CertificateVerifier, Subject};
use serde_json::{Value, json};

use crate::bench::{Dial, Hello, Record, SUITES, TlsVersion};
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{HelloStep, RecordStep, Rule, Step, compared, flag, is, known, one_of, suits};

/// It has a security profile with a password.
pub(super) fn password(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_1 || features.security_profile_2;
    has.then_some(())
        .ok_or("no security profile with a password")
}

/// The lowest profile with a password that it has.
pub(super) const fn with_password(product: &Product) -> u8 {
    if product.features.security_profile_1 {
        1
    } else {
        2
    }
}

/// It has a security profile with TLS.
pub(super) fn tls(product: &Product) -> Result<(), &'static str> {
    let features = &product.features;
    let has = features.security_profile_2 || features.security_profile_3;
    has.then_some(()).ok_or("no security profile with TLS")
}

/// The lowest profile with TLS that it has.
pub(super) const fn with_tls(product: &Product) -> u8 {
    if product.features.security_profile_2 {
        2
    } else {
        3
    }
}

/// It has security profile 3.
pub(super) fn client_certificates(product: &Product) -> Result<(), &'static str> {
    let has = product.features.security_profile_3;
    has.then_some(()).ok_or("no security profile 3")
}

/// It has two security profiles of which one is next to the other.
pub(super) fn two_profiles(product: &Product) -> Result<(), &'static str> {
    let has = from_1_to_2(product) || from_2_to_3(product);
    has.then_some(())
        .ok_or("not both of the security profiles 1 and 2, nor of 2 and 3")
}

/// Stations can go from security profile 1 to 2.
pub(super) const fn from_1_to_2(product: &Product) -> bool {
    product.features.security_profile_1 && product.features.security_profile_2
}

/// Stations can go from security profile 2 to 3.
pub(super) const fn from_2_to_3(product: &Product) -> bool {
    product.features.security_profile_2 && product.features.security_profile_3
}

/// The key for which the station of the lab asks for a certificate.
fn own_key() -> Option<SoftwareKey> {
    SoftwareKey::generate(&mut |bytes| bytes.fill(77)).ok()
}

/// A request for a certificate for this key.
pub(super) fn certificate_request(lab: &Lab<'_>) -> Option<CertificateRequest> {
    let parameters = &lab.parameters;
    let subject = Subject::station(&parameters.serial_number, &parameters.vendor_name);
    own_key()?.certificate_request(&subject).ok()
}

/// The first certificate of a chain, PEM.
fn leaf(chain: &Value) -> Option<CertificateInfo> {
    let chain = SoftwareVerifier.parse(chain.as_str()?);
    chain.ok()?.into_iter().next()
}

/// A chain, PEM, whose first certificate is for the key of the request.
pub(super) fn is_of_own_key(chain: &Value) -> bool {
    let own = own_key().and_then(|key| {
        let subject = Subject::station("any", "any");
        key.certificate_request(&subject).ok()
    });
    let leaf = leaf(chain);
    own.zip(leaf)
        .is_some_and(|(own, leaf)| own.public_key_sha256 == leaf.public_key_sha256)
}

/// A chain, PEM, whose first certificate has a key that is strong enough.
pub(super) fn is_strong(chain: &Value) -> bool {
    leaf(chain).is_some_and(|leaf| leaf.key.is_sufficient())
}

/// A chain, PEM, whose first certificate has this common name.
pub(super) fn names(chain: &Value, name: &Value) -> bool {
    let leaf = leaf(chain);
    let common_name = leaf.and_then(|leaf| leaf.common_name);
    common_name.is_some() && common_name.as_deref() == name.as_str()
}

/// Connects with a chain, PEM, that was made for the key of the request.
pub(super) fn with_own_key(lab: &Lab<'_>, chain: &Value) -> Dial {
    let key = own_key().and_then(|key| key.to_pkcs8_pem().ok());
    Dial {
        certificate: chain.as_str().map(ToOwned::to_owned),
        key: key.map(|key| key.to_string()),
        ..lab.own_dial()
    }
}

fn hello(lab: &Lab<'_>, version: TlsVersion, suite: Option<&'static str>) -> Hello {
    Hello {
        security_profile: lab.parameters.security_profile,
        version,
        suite,
    }
}

const SUITE: &str = "/cipherSuite";
const AGREED: Rule = flag("/agreed", true);
const VERSION: Rule = one_of("/version", &["TLS 1.2", "TLS 1.3"]);
const STRONG: Rule = flag("/certificate/keyIsSufficient", true);
const NUMBERED: Rule = suits(
    "/certificate/serialNumber",
    "a serial number other than 0",
    |number| {
        number
            .as_str()
            .is_some_and(|number| !number.is_empty() && number != "0")
    },
);
const NAMED: Rule = known(
    "/certificate/commonName",
    "the name of the CSMS in its URL",
    |lab| json!(lab.csms_host()),
);

/// The server agrees on TLS with this suite only, and shows its certificate.
macro_rules! agrees {
    ($label:literal, $nth:literal) => {
        Step::Hello(HelloStep {
            label: $label,
            words: concat!("offers TLS 1.2 and the suite ", $label),
            with: |lab| hello(lab, TlsVersion::V1_2, Some(SUITES[$nth])),
            rules: &[AGREED, VERSION, is(SUITE, $label), STRONG, NUMBERED, NAMED],
        })
    };
}

/// The server has all four suites that the specification wants, and certificates for them.
pub(super) const AGREES: Step = Step::Reusable(
    "TLS with each of the cipher suites",
    &[
        agrees!("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0),
        agrees!("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 1),
        agrees!("TLS_RSA_WITH_AES_128_GCM_SHA256", 2),
        agrees!("TLS_RSA_WITH_AES_256_GCM_SHA384", 3),
    ],
);

/// The server refuses TLS 1.1.
pub(super) const REFUSES_OLD_TLS: Step = Step::Hello(HelloStep {
    label: "old-tls",
    words: "offers TLS 1.1",
    with: |lab| hello(lab, TlsVersion::Outdated, None),
    rules: &[flag("/agreed", false)],
});

/// Connections with subprotocols that nobody speaks get nowhere; beside that of the version it is agreed on.
macro_rules! subprotocols {
    ($spoken:literal) => {
        &[
            $crate::step::Step::HangUp,
            $crate::step::Step::Dial($crate::step::DialStep {
                label: "unknown",
                words: "offers ocpp0.1",
                with: |lab| $crate::bench::Dial {
                    subprotocols: &["ocpp0.1"],
                    ..lab.own_dial()
                },
                agreed: None,
            }),
            $crate::step::Step::Dial($crate::step::DialStep {
                label: "known",
                words: concat!("offers ocpp0.1 and ", $spoken),
                with: |lab| $crate::bench::Dial {
                    subprotocols: &["ocpp0.1", $spoken],
                    ..lab.own_dial()
                },
                agreed: Some($spoken),
            }),
        ]
    };
}
pub(super) use subprotocols;

fn transaction(lab: &Lab<'_>) -> Record {
    let id = lab.transaction_id();
    Record::Transaction(match id.is_null() {
        true => lab.answered_with("StartTransaction", "/transactionId"),
        false => id,
    })
}

/// A number, also if it is written as a text.
fn number_of(value: &Value) -> Option<f64> {
    let text = value.as_str().map(str::parse);
    value.as_f64().or(text.and_then(Result::ok))
}

/// The same number, give or take a little: time passes.
fn about_the_same(one: &Value, other: &Value) -> bool {
    const LITTLE: f64 = 5.0;
    let numbers = number_of(one).zip(number_of(other));
    numbers.is_some_and(|(one, other)| (one - other).abs() <= LITTLE)
}

/// A register that was told, in Wh.
pub(super) const fn register(
    at: &'static str,
    words: &'static str,
    wh: fn(&Lab<'_>) -> Value,
) -> Rule {
    compared(at, words, wh, about_the_same)
}

const AT_EVSE: Rule = known("/evse", "where the driver charges", |lab| lab.here());
const RUNNING: Rule = flag("/ended", false);
const OF_DRIVER: Rule = known("/idToken", "the driver's token", |lab| json!(lab.driver));

/// What the CSMS has kept of the transaction under test.
pub(super) const fn kept(label: &'static str, rules: &'static [Rule]) -> Step {
    Step::Record(RecordStep {
        label,
        words: "the transaction under test",
        of: transaction,
        rules,
    })
}

/// It runs, for the driver.
pub(super) const RUNS: Step = kept("kept", &[RUNNING, AT_EVSE, OF_DRIVER]);
/// It runs; whose it is is not known yet.
pub(super) const RUNS_FOR_SOMEBODY: Step = kept("kept", &[RUNNING, AT_EVSE]);

/// The transaction under test has ended for this reason; what else must be kept.
macro_rules! ended {
    ($reason:literal) => {
        $crate::cases::of_csms::ended!($reason,)
    };
    ($reason:literal, $($rule:expr),*) => {
        $crate::cases::of_csms::kept(
            "bill",
            &[
                $crate::step::flag("/ended", true),
                $crate::step::known("/evse", "where the driver charged", |lab| lab.here()),
                $crate::step::is("/stopReason", $reason),
                $($rule),*
            ],
        )
    };
}
pub(super) use ended;

/// The connector under test has this status, as the CSMS knows.
macro_rules! connector {
    ($status:literal) => {
        $crate::step::Step::Record($crate::step::RecordStep {
            label: "connector",
            words: "the connector under test",
            of: |lab| $crate::bench::Record::Connector(lab.parameters.connector),
            rules: &[$crate::step::is("/status", $status)],
        })
    };
}
pub(super) use connector;

/// The CSMS shows how far a lengthy operation is, which the station tells with this action.
macro_rules! progress {
    ($action:literal, $status:literal) => {
        $crate::step::Step::Record($crate::step::RecordStep {
            label: "progress",
            words: concat!("what was told with ", $action),
            of: |_| $crate::bench::Record::Progress($action),
            rules: &[$crate::step::is("/status", $status)],
        })
    };
}
pub(super) use progress;
