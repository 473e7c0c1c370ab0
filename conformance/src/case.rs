//! What a test case consists of.

use std::fmt;

use ocpp_core::csms::{Registration, TokenStatus};
use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use crate::lab::{Lab, Parameters};
use crate::mutation::Mutation;
use crate::product::Product;
use crate::step::Step;
use crate::unmet::Failed;

/// The side that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Side {
    /// The charging station.
    #[default]
    #[serde(rename = "CS")]
    Station,
    /// The management system.
    #[serde(rename = "CSMS")]
    Csms,
}

impl Side {
    /// As certificates write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Station => "CS",
            Self::Csms => "CSMS",
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Station => "the station",
            Self::Csms => "the CSMS",
        }
    }
}

/// What the operator of a CSMS has entered.
#[derive(Clone, Copy)]
pub enum Fact {
    /// This token has this status.
    Token(fn(&Parameters) -> &str, TokenStatus),
    /// Nobody knows this token.
    UnknownToken(fn(&Parameters) -> &str),
    /// This token is accepted and belongs to this group, or has this parent.
    TokenOfGroup(fn(&Parameters) -> &str, fn(&Parameters) -> &str),
    /// The station is told this when it registers.
    Registration(Registration),
    /// The serial number that its certificate may name.
    SerialNumber(fn(&Parameters) -> &str),
    /// Its password.
    Password(fn(&Parameters) -> &str),
    /// What a kWh costs, in hundredths of the currency.
    Price(u32),
    /// There is an OCSP responder that knows the certificates, and somebody who makes contract certificates for vehicles.
    CertificateServices,
}

impl Fact {
    /// In words.
    #[must_use]
    pub fn words(self, parameters: &Parameters) -> String {
        match self {
            Self::Token(token, status) => format!("the token {} is {status:?}", token(parameters)),
            Self::UnknownToken(token) => format!("nobody knows the token {}", token(parameters)),
            Self::TokenOfGroup(token, group) => format!(
                "the token {} is accepted and belongs to {}",
                token(parameters),
                group(parameters)
            ),
            Self::Registration(registration) => {
                format!("the station is told {registration:?} when it registers")
            }
            Self::SerialNumber(number) => {
                format!("the station has the serial number {}", number(parameters))
            }
            Self::Password(_) => "the station has its password".to_owned(),
            Self::CertificateServices => {
                "an OCSP responder knows the certificates of the lab, and somebody makes contract certificates"
                    .to_owned()
            }
            Self::Price(price) => format!("a kWh costs {price} hundredths of the currency"),
        }
    }
}

/// A certification profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Profile {
    /// Core.
    #[serde(rename = "Core")]
    Core,
    /// Smart Charging.
    #[serde(rename = "Smart Charging")]
    SmartCharging,
    /// Advanced Security.
    #[serde(rename = "Advanced Security")]
    AdvancedSecurity,
    /// Advanced Device Management (2.0.1).
    #[serde(rename = "Advanced Device Management")]
    AdvancedDeviceManagement,
    /// Local Authorization List Management (2.0.1).
    #[serde(rename = "Local Authorization List Management")]
    LocalAuthorizationList,
    /// Advanced User Interface (2.0.1).
    #[serde(rename = "Advanced User Interface")]
    AdvancedUserInterface,
    /// ISO 15118 Support (2.0.1).
    #[serde(rename = "ISO 15118 Support")]
    Iso15118,
    /// Reservation (2.0.1).
    #[serde(rename = "Reservation")]
    Reservation,
    /// No profile has the case, so that no certificate lists it.
    #[serde(rename = "none")]
    None,
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Core => "Core",
            Self::SmartCharging => "Smart Charging",
            Self::AdvancedSecurity => "Advanced Security",
            Self::AdvancedDeviceManagement => "Advanced Device Management",
            Self::LocalAuthorizationList => "Local Authorization List Management",
            Self::AdvancedUserInterface => "Advanced User Interface",
            Self::Iso15118 => "ISO 15118 Support",
            Self::Reservation => "Reservation",
            Self::None => "no certification profile",
        })
    }
}

/// A configuration key that is set before the case begins.
#[derive(Clone, Copy)]
pub struct Setting {
    /// The key.
    pub key: &'static str,
    /// Its value, which may depend on what the operator of the lab has configured.
    pub value: fn(&Parameters) -> String,
    /// What if the station does not take it.
    pub need: Need,
}

/// How much a case needs a [`Setting`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must be accepted.
    Must,
    /// A station without the key is fine.
    IfImplemented,
    /// A station where the key is read-only and has this value, or a list with it, is fine, and one without the key.
    MayBeFixed,
    /// A station where the key is read-only is fine, whatever the value.
    IfWritable,
    /// A station without the key is fine, and one where it is read-only.
    IfPossible,
}

impl Need {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Must => "must be accepted",
            Self::IfImplemented => "if implemented",
            Self::MayBeFixed => "or read-only with this value, or missing",
            Self::IfWritable => "if it can be written",
            Self::IfPossible => "if implemented and if it can be written",
        }
    }
}

impl Setting {
    /// A key that must be there.
    #[must_use]
    pub const fn new(key: &'static str, value: fn(&Parameters) -> String) -> Self {
        Self {
            key,
            value,
            need: Need::Must,
        }
    }

    /// A key that a station need not have.
    #[must_use]
    pub const fn if_implemented(key: &'static str, value: fn(&Parameters) -> String) -> Self {
        Self {
            key,
            value,
            need: Need::IfImplemented,
        }
    }

    /// A key that may be read-only with this value, or with a list that contains it.
    #[must_use]
    pub const fn or_fixed(key: &'static str, value: fn(&Parameters) -> String) -> Self {
        Self {
            key,
            value,
            need: Need::MayBeFixed,
        }
    }

    /// A switch that is on if it can be.
    #[must_use]
    pub const fn on_if_writable(key: &'static str) -> Self {
        Self {
            key,
            value: |_| "true".to_owned(),
            need: Need::IfWritable,
        }
    }

    /// A key that is set if it is there and can be written.
    #[must_use]
    pub const fn if_possible(key: &'static str, value: fn(&Parameters) -> String) -> Self {
        Self {
            key,
            value,
            need: Need::IfPossible,
        }
    }

    /// A switch that is off if it can be.
    #[must_use]
    pub const fn off_if_writable(key: &'static str) -> Self {
        Self {
            key,
            value: |_| "false".to_owned(),
            need: Need::IfWritable,
        }
    }

    /// A switch that must be there.
    #[must_use]
    pub const fn on(key: &'static str) -> Self {
        Self::new(key, |_| "true".to_owned())
    }

    /// The same, switched off.
    #[must_use]
    pub const fn off(key: &'static str) -> Self {
        Self::new(key, |_| "false".to_owned())
    }
}

/// A test case.
#[derive(Clone, Copy)]
pub struct Case {
    /// For example `TC_001_CS`.
    pub id: &'static str,
    /// The version of OCPP.
    pub version: Version,
    /// The side that is tested.
    pub side: Side,
    /// The certification profile.
    pub profile: Profile,
    /// The name as certificates print it.
    pub name: &'static str,
    /// What is checked, and what was decided where the description leaves it open.
    pub about: &'static str,
    /// The parts of the specification that it checks.
    pub requirements: &'static [&'static str],
    /// Whether it applies to a product; if not, the reason.
    pub applies: fn(&Product) -> Result<(), &'static str>,
    /// Whether the bench must have a file server.
    pub file_server: bool,
    /// The keys that are set before.
    pub config: &'static [Setting],
    /// What the operator of a CSMS has entered before.
    pub facts: &'static [Fact],
    /// The security profile of the connection, at least.
    pub secured: fn(&Product) -> u8,
    /// The same at most: with a higher one there would be nothing to check.
    pub highest: fn(&Product) -> u8,
    /// Whether it ends with a higher security profile than it began with.
    pub raises: bool,
    /// What is done, where the case is not data.
    pub run: fn(&mut Lab<'_>) -> Result<(), Failed>,
    /// The steps, where it is; those of its memory states and reusable states are the first.
    pub steps: &'static [Step],
    /// Misbehaving stations, and the check that each of them must fail, besides those that follow from the steps.
    pub mutations: &'static [Mutation],
}

impl Case {
    /// Whether it applies to a product.
    ///
    /// # Errors
    /// The reason if it does not.
    pub fn applicable(&self, product: &Product) -> Result<(), &'static str> {
        if self.version != product.version {
            return Err("the product speaks another version of OCPP");
        }
        if self.side != product.side {
            return Err("the product is the other side");
        }
        (self.applies)(product)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The case applies to every product.
///
/// # Errors
/// Never.
pub const fn always(_: &Product) -> Result<(), &'static str> {
    Ok(())
}
