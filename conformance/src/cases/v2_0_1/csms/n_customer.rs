//! N09, N10: what a station knows of a customer.

use ocpp_core::csms::remote::{Command, Customer, Operation};
use serde_json::{Value, json};

use super::d_local_list::{DIFFERENTIAL, LATER, LISTED, entry};
use super::{CASE, accepted, local_list, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::pki::Authority;
use crate::step::{
    Rule, Step, absent, call, expect_answering, expect_telling, flag, is, known, operate, present,
    told,
};

const ASK: &str = "CustomerInformation";
/// `customerIdentifier` of N_62.
const IDENTIFIER: &str = "OpenChargeAlliance";

fn ask(report: bool, clear: bool, customer: Customer) -> Command {
    operation(Operation::CustomerInformation {
        report,
        clear,
        customer,
    })
}

fn driver(lab: &Lab<'_>) -> Customer {
    Customer::IdToken(entry(&lab.parameters.valid, true).id_token)
}

/// The hash data of the customer's certificate.
fn certificate() -> Value {
    let root = Authority::second();
    let hash = root.and_then(|root| root.hash_data("SHA256"));
    hash.unwrap_or_default()
}

fn of_customer(lab: &Lab<'_>, data: &str) -> Value {
    json!({
        "requestId": lab.requested(ASK, "/requestId"), "seqNo": 0, "generatedAt": lab.utc_in(0),
        "data": data,
    })
}

/// The station tells this, and the operator sees it.
macro_rules! data {
    ($data:literal) => {
        Step::Reusable(
            concat!("the station tells ", stringify!($data)),
            &[
                call(
                    "data",
                    "NotifyCustomerInformation",
                    |lab| of_customer(lab, $data),
                    &[],
                ),
                told("told", &[is("/report/0/data", $data)]),
            ],
        )
    };
}
const DATA: Step = data!("charged on Monday");
const NO_DATA: Step = data!("");
const REPORT: Rule = flag("/report", true);
const CLEAR: Rule = flag("/clear", true);
const KEEP: Rule = flag("/clear", false);
const DRIVER: Rule = known("/idToken/idToken", "the valid token", |lab| {
    json!(lab.parameters.valid)
});
const BY_CARD: Rule = is("/idToken/type", "ISO14443");
const NUMBERED: Rule = present("/requestId");
const NO_TOKEN: Rule = absent("/idToken");
const NO_IDENTIFIER: Rule = absent("/customerIdentifier");
const NO_CERTIFICATE: Rule = absent("/customerCertificate");

const GET: Step = operate("ask what the station knows of the driver", |lab| {
    ask(true, false, driver(lab))
});
const GOT: &[Rule] = &[
    REPORT,
    KEEP,
    DRIVER,
    BY_CARD,
    NO_IDENTIFIER,
    NO_CERTIFICATE,
    NUMBERED,
];
const FORGET: Step = operate("let the station tell and forget the driver", |lab| {
    ask(true, true, driver(lab))
});
const FORGOT: &[Rule] = &[
    REPORT,
    CLEAR,
    DRIVER,
    BY_CARD,
    NO_IDENTIFIER,
    NO_CERTIFICATE,
    NUMBERED,
];

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_27_CSMS",
        name: "Get Customer Information - Accepted + data",
        about: "The station knows the driver.",
        requirements: &["N09.FR.01", "N09.FR.04"],
        steps: &[GET, expect_answering("ask", ASK, GOT, accepted), DATA],
        ..CASE
    },
    Case {
        id: "TC_N_28_CSMS",
        name: "Get Customer Information - Accepted + no data",
        about: "The station knows nothing of the driver.",
        requirements: &["N09.FR.01", "N09.FR.04"],
        steps: &[GET, expect_answering("ask", ASK, GOT, accepted), NO_DATA],
        ..CASE
    },
    Case {
        id: "TC_N_29_CSMS",
        name: "Get Customer Information - Not Accepted",
        about: "The station rejects the request.",
        requirements: &["N09.FR.01", "N09.FR.04"],
        steps: &[
            GET,
            expect_telling(
                "ask",
                ASK,
                GOT,
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_30_CSMS",
        name: "Clear Customer Information - Clear and report + data",
        about: "The station tells what it knows of the driver, and forgets it.",
        requirements: &["N10.FR.08"],
        steps: &[FORGET, expect_answering("ask", ASK, FORGOT, accepted), DATA],
        ..CASE
    },
    Case {
        id: "TC_N_31_CSMS",
        name: "Clear Customer Information - Clear and report + no data",
        about: "The same where the station knows nothing.",
        requirements: &["N10.FR.08"],
        steps: &[
            FORGET,
            expect_answering("ask", ASK, FORGOT, accepted),
            NO_DATA,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_32_CSMS",
        name: "Clear Customer Information - Clear and no report",
        about: "The station forgets the driver, and only says so.",
        requirements: &["N10.FR.08"],
        steps: &[
            operate("let the station forget the driver", |lab| {
                ask(false, true, driver(lab))
            }),
            expect_answering(
                "ask",
                ASK,
                &[flag("/report", false), CLEAR, DRIVER, BY_CARD, NUMBERED],
                accepted,
            ),
            NO_DATA,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_46_CSMS",
        name: "Clear Customer Information - Update Local Authorization List",
        about: "After the station has forgotten the driver, its list does too; the operator sends it, as the erratum 6.3.24 lets him.",
        requirements: &[
            "N10.FR.02", "N10.FR.08", "D01.FR.01", "D01.FR.06", "D01.FR.18",
        ],
        profile: Profile::LocalAuthorizationList,
        applies: local_list,
        steps: &[
            LISTED,
            FORGET,
            expect_answering("ask", ASK, FORGOT, accepted),
            DATA,
            operate("take the token out of the local list", |lab| {
                operation(Operation::SendLocalList {
                    version: 2,
                    full: false,
                    entries: vec![entry(&lab.parameters.valid, false)],
                })
            }),
            expect_telling(
                "list",
                "SendLocalList",
                &[
                    DIFFERENTIAL,
                    LATER,
                    known(
                        "/localAuthorizationList/0/idToken/idToken",
                        "the valid token",
                        |lab| json!(lab.parameters.valid),
                    ),
                    is("/localAuthorizationList/0/idToken/type", "ISO14443"),
                    absent("/localAuthorizationList/0/idTokenInfo"),
                    crate::step::suits("/localAuthorizationList", "one entry", |list| {
                        list.as_array().is_some_and(|all| all.len() == 1)
                    }),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_62_CSMS",
        name: "Clear Customer Information - Clear and report - customerIdentifier",
        about: "The customer is named by an identifier alone (erratum 6.3.22).",
        requirements: &["N10.FR.08"],
        steps: &[
            operate("let the station tell and forget OpenChargeAlliance", |_| {
                ask(true, true, Customer::Identifier(IDENTIFIER.to_owned()))
            }),
            expect_answering(
                "ask",
                ASK,
                &[
                    REPORT,
                    CLEAR,
                    is("/customerIdentifier", IDENTIFIER),
                    NO_TOKEN,
                    NO_CERTIFICATE,
                    NUMBERED,
                ],
                accepted,
            ),
            DATA,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_63_CSMS",
        name: "Clear Customer Information - Clear and report - customerCertificate",
        about: "The customer is named by the hash data of his certificate.",
        requirements: &["N10.FR.08"],
        profile: Profile::Iso15118,
        steps: &[
            operate(
                "let the station tell and forget who has the certificate",
                |_| ask(true, true, Customer::Certificate(certificate())),
            ),
            expect_answering(
                "ask",
                ASK,
                &[
                    REPORT,
                    CLEAR,
                    is("/customerCertificate/hashAlgorithm", "SHA256"),
                    known(
                        "/customerCertificate/issuerNameHash",
                        "that of the certificate",
                        |_| certificate()["issuerNameHash"].take(),
                    ),
                    known(
                        "/customerCertificate/issuerKeyHash",
                        "that of the certificate",
                        |_| certificate()["issuerKeyHash"].take(),
                    ),
                    known(
                        "/customerCertificate/serialNumber",
                        "that of the certificate",
                        |_| certificate()["serialNumber"].take(),
                    ),
                    NO_TOKEN,
                    NO_IDENTIFIER,
                    NUMBERED,
                ],
                accepted,
            ),
            DATA,
        ],
        ..CASE
    },
];
