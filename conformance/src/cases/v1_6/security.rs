//! Security: how a station connects, TC_073 and TC_083 to TC_087.
//!
//! Decided for all of them: a station that connects anew may register again and report its connectors, or not. A station
//! whose security profile is lower than a case wants is raised to it step by step before the case begins.

use serde_json::json;

use super::CASE;
use crate::bench::{Connected, Server, TlsVersion};
use crate::case::{Case, Profile, Setting};
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, Flaw, fails};
use crate::pki::Authority;
use crate::product::Product;
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_073_CS",
        name: "Update Charge Point Password for HTTP Basic Authentication",
        about: "The station connects anew with a new password, and again with the old one. Its bytes travel, not their \
                hexadecimal digits. Decided: over plain WebSocket if the product has profile 1, otherwise over TLS.",
        requirements: &[
            "WP:A01.FR.01",
            "WP:A00.FR.203",
            "WP:A00.FR.204",
            "WP:A00.FR.205",
        ],
        applies: basic,
        secured: lowest_basic,
        highest: |_| 2,
        run: password,
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", REJECTED),
                "new/status",
            ),
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""RebootRequired""#),
                "new/status",
            ),
            fails(
                Answer("ChangeConfiguration", 1, "/status", REJECTED),
                "old/status",
            ),
            fails(Link(Flaw::StaysAway), "new.reconnect"),
            fails(Link(Flaw::OldPassword), "new.reconnect.password"),
            fails(Link(Flaw::PasswordAsText), "new.reconnect.password"),
            fails(Link(Flaw::OtherUser), "new.reconnect.user"),
            fails(Link(Flaw::NoCredentials), "new.reconnect.credentials"),
        ],
        ..CASE
    },
    Case {
        id: "TC_083_CS",
        name: "Upgrade security profile",
        about: "The station uses the higher security profile after the change and a reset, and has no way back. Decided: a \
                station with profile 1 is upgraded to 2, and then to 3 if the product has it; a station with profile 2 \
                to 3. Reset follows the change at once: it may arrive over the old or the new connection, and is sent \
                again over the new one if it was not answered before.",
        requirements: &[
            "WP:A05.FR.05",
            "WP:A05.FR.06",
            "WP:A05.FR.07",
            "WP:A00.FR.005",
        ],
        applies: upgradable,
        config: CPO_NAME,
        secured: lowest_basic,
        highest: lowest_basic,
        raises: true,
        run: upgrade,
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", REJECTED),
                "two.change/status",
            ),
            fails(
                Answer("ChangeConfiguration", 1, "/status", REJECTED),
                "three.change/status",
            ),
            fails(Answer("Reset", 0, "/status", REJECTED), "two.reset/status"),
            fails(
                Answer("InstallCertificate", 0, "/status", REJECTED),
                "two.root/status",
            ),
            fails(Drop("BootNotification", 0), "two.boot"),
            fails(
                Replace("StatusNotification", 1, "/status", r#""Faulted""#),
                "two.status.1/status",
            ),
            fails(Link(Flaw::OldProfile), "two.profile"),
            fails(Link(Flaw::FallsBack), "two.fallback"),
            fails(Link(Flaw::StaysAway), "two.boot"),
            fails(Drop("SignCertificate", 0), "three.certificate.request"),
        ],
        ..CASE
    },
    Case {
        id: "TC_084_CS",
        name: "Downgrade security profile - Rejected",
        about: "A lower security profile is refused, and the connection stays. Decided: a minute is long enough to see that.",
        requirements: &["WP:A05.FR.01"],
        applies: tls,
        secured: |_| 2,
        run: downgrade,
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""Accepted""#),
                "downgrade/status",
            ),
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""NotSupported""#),
                "downgrade/status",
            ),
            fails(Link(Flaw::Restless), "reconnect"),
        ],
        ..CASE
    },
    Case {
        id: "TC_085_CS",
        name: "Basic Authentication - Valid username/password combination",
        about: "The station shows its identity and its password when it connects. The operator of the test system has \
                configured the password in hexadecimal digits; its bytes travel.",
        requirements: &[
            "WP:A00.FR.202",
            "WP:A00.FR.203",
            "WP:A00.FR.204",
            "WP:A00.FR.205",
        ],
        applies: basic,
        secured: lowest_basic,
        highest: |_| 2,
        run: |lab| {
            let connected = lab.reconnected("reconnect")?;
            let password = lab.parameters.authorization_key.clone();
            check_credentials(lab, "reconnect", &connected, &password)
        },
        mutations: &[
            fails(Link(Flaw::StaysAway), "reconnect"),
            fails(Link(Flaw::NoCredentials), "reconnect.credentials"),
            fails(Link(Flaw::OtherUser), "reconnect.user"),
            fails(Link(Flaw::PasswordAsText), "reconnect.password"),
        ],
        ..CASE
    },
    Case {
        id: "TC_086_CS",
        name: "TLS - server-side certificate - Valid certificate",
        about: "The station connects with TLS 1.2 or higher and its credentials, shows no certificate, offers the cipher \
                suites of the whitepaper and believes the server's certificate. Decided: the length of the key is that of \
                the password that the test system has set. The virtual bench has no TLS: it states what the station \
                offers when ocpp-tokio connects it.",
        requirements: &[
            "WP:A00.FR.304",
            "WP:A00.FR.307",
            "WP:A00.FR.311",
            "WP:A00.FR.312",
            "WP:A00.FR.318",
        ],
        applies: tls,
        secured: |_| 2,
        highest: |_| 2,
        run: |lab| {
            let connected = lab.reconnected("reconnect")?;
            check_profile(lab, "reconnect.profile", &connected, 2)?;
            check_no_certificate(lab, &connected)?;
            let password = lab.parameters.authorization_key.clone();
            check_credentials(lab, "reconnect", &connected, &password)?;
            check_tls(lab, &connected)
        },
        mutations: &[
            fails(Link(Flaw::StaysAway), "reconnect"),
            fails(Link(Flaw::Unsecured), "reconnect.profile"),
            fails(Link(Flaw::NoCredentials), "reconnect.credentials"),
            fails(Link(Flaw::OtherUser), "reconnect.user"),
            fails(Link(Flaw::PasswordAsText), "reconnect.password"),
            fails(Link(Flaw::NeedlessCertificate), "reconnect.certificate"),
            fails(Link(Flaw::OldTls), "reconnect.tls"),
            fails(Link(Flaw::OldCiphers), "reconnect.ciphers"),
            fails(Link(Flaw::NoCiphers), "reconnect.ciphers"),
        ],
        ..CASE
    },
    Case {
        id: "TC_087_CS",
        name: "TLS - Client-side certificate - valid certificate",
        about: "The station shows a certificate of its own: with a strong key, a serial number, and the station's serial \
                number as the common name. TLS and cipher suites as in TC_086.",
        requirements: &[
            "WP:A00.FR.401",
            "WP:A00.FR.402",
            "WP:A00.FR.502",
            "WP:A00.FR.503",
            "WP:A00.FR.507",
            "WP:A00.FR.511",
        ],
        profile: Profile::AdvancedSecurity,
        applies: client_certificate,
        config: CPO_NAME,
        secured: |_| 3,
        run: |lab| {
            let connected = lab.reconnected("reconnect")?;
            check_profile(lab, "reconnect.profile", &connected, 3)?;
            check_certificate(lab, &connected)?;
            check_tls(lab, &connected)
        },
        mutations: &[
            fails(Link(Flaw::StaysAway), "reconnect"),
            fails(Link(Flaw::Unsecured), "reconnect.profile"),
            fails(Link(Flaw::NoCredentials), "reconnect.certificate"),
            fails(Link(Flaw::OtherCertificate), "reconnect.commonName"),
            fails(Link(Flaw::WeakKey), "reconnect.key"),
            fails(Link(Flaw::NoSerialNumber), "reconnect.serialNumber"),
            fails(Link(Flaw::OldTls), "reconnect.tls"),
            fails(Link(Flaw::OldCiphers), "reconnect.ciphers"),
            fails(Link(Flaw::NoCiphers), "reconnect.ciphers"),
        ],
        ..CASE
    },
];

const REJECTED: &str = r#""Rejected""#;

/// The organization that certificates name.
pub(super) const CPO_NAME: &[Setting] = &[Setting::or_fixed("CpoName", |p| p.vendor_name.clone())];

/// C-11, SEC-2.
pub(in crate::cases) const fn basic(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_1 || product.features.security_profile_2 {
        Ok(())
    } else {
        Err("neither security profile 1 (C-11) nor 2 (SEC-2)")
    }
}

/// SEC-2.
pub(super) const fn tls(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_2 {
        Ok(())
    } else {
        Err("no security profile 2 (SEC-2)")
    }
}

/// SEC-3.
pub(super) const fn client_certificate(product: &Product) -> Result<(), &'static str> {
    if product.features.security_profile_3 {
        Ok(())
    } else {
        Err("no security profile 3 (SEC-3)")
    }
}

fn upgradable(product: &Product) -> Result<(), &'static str> {
    tls(product)?;
    if product.features.security_profile_1 || product.features.security_profile_3 {
        Ok(())
    } else {
        Err("one security profile only: nothing to upgrade to")
    }
}

/// The lowest profile with a password.
pub(in crate::cases) fn lowest_basic(product: &Product) -> u8 {
    if product.features.security_profile_1 {
        1
    } else {
        2
    }
}

/// `OCA_OCTT_admin_test`.
const NEW_PASSWORD: &str = "4F43415F4F4354545F61646D696E5F74657374";

fn password(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let old = lab.parameters.authorization_key.clone();
    change_password(lab, "new", NEW_PASSWORD)?;
    change_password(lab, "old", &old)
}

fn change_password(lab: &mut Lab<'_>, label: &str, password: &str) -> Result<(), Failed> {
    lab.take_links();
    lab.set_key(label, "AuthorizationKey", password)?;
    let label = format!("{label}.reconnect");
    let (_, connected) = lab.expect_connection(&label)?;
    check_credentials(lab, &label, &connected, password)?;
    lab.may_register(&label)
}

/// User name and password of basic authentication; `password` as it is configured.
pub(in crate::cases) fn check_credentials(
    lab: &Lab<'_>,
    label: &str,
    connected: &Connected,
    password: &str,
) -> Result<(), Failed> {
    let Some((user, shown)) = &connected.basic else {
        let label = format!("{label}.credentials");
        return lab.fail(label, "an Authorization header", "there was none");
    };
    if *user != connected.identity {
        let label = format!("{label}.user");
        let got = format!("it was {user}");
        return lab.fail(label, format!("the user {}", connected.identity), got);
    }
    if !lab.dialect().is_password(shown, password) {
        let shown: String = shown.iter().map(|byte| format!("{byte:02X}")).collect();
        let label = format!("{label}.password");
        let expected = format!("the password {password}");
        return lab.fail(label, expected, format!("its bytes were {shown}"));
    }
    Ok(())
}

pub(in crate::cases) fn check_profile(
    lab: &Lab<'_>,
    label: &str,
    connected: &Connected,
    least: u8,
) -> Result<(), Failed> {
    let profile = connected.security_profile;
    if profile >= least {
        return Ok(());
    }
    let expected = format!("security profile {least}");
    lab.fail(label, expected, format!("it was {profile}"))
}

/// A00.FR.313, A00.FR.319, WP:A00.FR.312 and WP:A00.FR.318: TLS 1.2 or higher; both suites with ECDHE and ECDSA, or both with
/// RSA.
pub(in crate::cases) fn check_tls(lab: &Lab<'_>, connected: &Connected) -> Result<(), Failed> {
    let version = connected.tls_version;
    if version.is_none_or(|version| version < TlsVersion::V1_2) {
        let got = version.map_or_else(|| "none".to_owned(), |version| version.to_string());
        return lab.fail(
            "reconnect.tls",
            "TLS 1.2 or higher",
            format!("it was {got}"),
        );
    }
    let offered = &connected.cipher_suites;
    let both = |begin: &str| {
        let suites = ["128_GCM_SHA256", "256_GCM_SHA384"];
        suites.iter().all(|end| {
            let name = format!("{begin}_WITH_AES_{end}");
            offered.contains(&name)
        })
    };
    if both("TLS_ECDHE_ECDSA") || both("TLS_RSA") {
        return Ok(());
    }
    lab.fail(
        "reconnect.ciphers",
        "both ECDHE_ECDSA or both RSA suites that are required",
        format!("there were {offered:?}"),
    )
}

pub(in crate::cases) fn check_no_certificate(
    lab: &Lab<'_>,
    connected: &Connected,
) -> Result<(), Failed> {
    if connected.client_certificate.is_none() {
        return Ok(());
    }
    let expected = "no certificate of the station with security profile 2";
    lab.fail("reconnect.certificate", expected, "it showed one")
}

pub(in crate::cases) fn check_certificate(
    lab: &Lab<'_>,
    connected: &Connected,
) -> Result<(), Failed> {
    use ocpp_core::security::CertificateVerifier as _;
    use ocpp_core::security::software::SoftwareVerifier;
    let pem = connected.client_certificate.as_deref().unwrap_or_default();
    let parsed = SoftwareVerifier.parse(pem).unwrap_or_default();
    let Some(own) = parsed.first() else {
        let label = "reconnect.certificate";
        return lab.fail(label, "a certificate of the station", "there was none");
    };
    if !own.key.is_sufficient() {
        let expected = "RSA with 2048 bits or an elliptic curve with 224 bits, or more";
        let got = format!("it was {:?}", own.key);
        return lab.fail("reconnect.key", expected, got);
    }
    if own.serial_number == "0" {
        return lab.fail("reconnect.serialNumber", "a serial number", "it was 0");
    }
    let serial = &lab.parameters.serial_number;
    if own.common_name.as_ref() != Some(serial) {
        let got = format!("it was {:?}", own.common_name);
        let expected = format!("the common name {serial}");
        return lab.fail("reconnect.commonName", expected, got);
    }
    Ok(())
}

fn upgrade(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let begin = lab.connected().security_profile;
    if begin < 2 {
        lab.root_installed(
            "two.root",
            "CentralSystemRootCertificate",
            &Authority::csms()?,
        )?;
        raise(lab, "two", 2)?;
        no_way_back(lab, "two")?;
    }
    if begin < 3 && lab.product.features.security_profile_3 {
        lab.certificate_renewed("three.certificate")?;
        raise(lab, "three", 3)?;
    }
    Ok(())
}

fn raise(lab: &mut Lab<'_>, label: &str, profile: u8) -> Result<(), Failed> {
    lab.set_key(
        &format!("{label}.change"),
        "SecurityProfile",
        &profile.to_string(),
    )?;
    let reset = Call::new(format!("{label}.reset"), "Reset", json!({"type": "Hard"}));
    lab.call(reset.status("Accepted").on_any_link())?;
    lab.booted(label)?;
    let connected = lab.connected().clone();
    check_profile(lab, &format!("{label}.profile"), &connected, profile)
}

/// A server that offers profile 1 only does not see the station (WP:A00.FR.005).
fn no_way_back(lab: &mut Lab<'_>, label: &str) -> Result<(), Failed> {
    lab.serve(Server {
        profile: Some(1),
        ..Server::default()
    })?;
    lab.take_links();
    lab.drop_connection()?;
    let long = lab.parameters.long_timeout;
    lab.no_connection(&format!("{label}.fallback"), long)?;
    lab.serve(Server::default())?;
    let (_, connected) = lab.expect_connection(&format!("{label}.again"))?;
    check_profile(lab, &format!("{label}.again.profile"), &connected, 2)?;
    lab.may_register(label)
}

fn downgrade(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let lower = lab.connected().security_profile.saturating_sub(1);
    lab.take_links();
    let payload = json!({"key": "SecurityProfile", "value": lower.to_string()});
    lab.call(Call::new("downgrade", "ChangeConfiguration", payload).status("Rejected"))?;
    lab.stays_connected("reconnect")
}
