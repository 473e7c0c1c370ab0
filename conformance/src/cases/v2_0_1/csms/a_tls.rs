//! A00: TLS, and the certificate of the CSMS.

use super::states::BOOTED;
use super::{CASE, CONNECT};
use crate::case::Case;
use crate::cases::of_csms::{AGREES, REFUSES_OLD_TLS, tls, with_tls};
use crate::step::Step;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_04_CSMS",
        name: "TLS - server-side certificate - Valid certificate",
        about: "The CSMS has TLS 1.2 with four cipher suites and certificates for them, tried one by one: the station offers one, looks \
                at what is shown, and goes away. Then it connects as it usually does. PEM is how certificates lie in files: on the wire \
                they are DER.",
        requirements: &[
            "A00.FR.306",
            "A00.FR.307",
            "A00.FR.312",
            "A00.FR.318",
            "A00.FR.321",
            "A00.FR.502",
            "A00.FR.503",
            "A00.FR.507",
            "A00.FR.508",
            "A00.FR.510",
        ],
        applies: tls,
        secured: with_tls,
        steps: &[Step::HangUp, AGREES, CONNECT, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_A_06_CSMS",
        name: "TLS - server-side certificate - TLS version too low",
        about: "The CSMS does not agree on TLS 1.1.",
        requirements: &[
            "A00.FR.314",
            "A00.FR.315",
            "A00.FR.409",
            "A00.FR.416",
            "A00.FR.417",
            "A00.FR.418",
        ],
        applies: tls,
        secured: with_tls,
        steps: &[Step::HangUp, REFUSES_OLD_TLS, CONNECT, BOOTED],
        ..CASE
    },
];
