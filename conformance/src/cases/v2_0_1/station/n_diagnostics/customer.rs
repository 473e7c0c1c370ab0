//! CustomerInformation and NotifyCustomerInformation: N09, N10.

use serde_json::{Value, json};

use super::super::{CASE, LIST, PRE_AUTHORIZE, cache_on, local_start};
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{Rule, State, Step, by_hand, call, is};
use crate::unmet::Failed;

const NOTIFY: &str = "NotifyCustomerInformation";
const ACTION: &str = "CustomerInformation";
const REQUEST: i64 = 63;
const AGAIN: i64 = 64;
const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];

fn known_tokens(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    match product.features.authorization_cache || product.features.local_list {
        true => Ok(()),
        false => Err("neither local list nor authorization cache (C-49)"),
    }
}

fn about_driver(lab: &Lab<'_>, request: i64, report: bool, clear: bool) -> Value {
    json!({
        "requestId": request, "report": report, "clear": clear,
        "idToken": {"idToken": lab.driver, "type": "ISO14443"},
    })
}

/// Somebody whom the station has never heard of.
fn about_nobody(report: bool, clear: bool) -> Value {
    json!({
        "requestId": REQUEST, "report": report, "clear": clear,
        "idToken": {"idToken": "NEVERSEEN1", "type": "ISO14443"},
    })
}

const ONE_PAGE: Step = by_hand(
    "one page comes that is the last one",
    |lab| one_page(lab, "page", REQUEST),
    &[fails(After(NOTIFY, 0, NOTIFY, ANOTHER), "page.more")],
);

/// A page that nobody has asked for.
const ANOTHER: &str =
    r#"{"data":"","seqNo":1,"generatedAt":"2024-05-15T12:00:00Z","requestId":63}"#;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_27_CS",
        name: "Get Customer Information - Accepted + data",
        about: "What is known about a token that was cached and listed is reported. Decided: no page is empty, and pages are \
                numbered from 0.",
        requirements: &["N09.FR.02", "N09.FR.05"],
        applies: known_tokens,
        config: &[LIST, PRE_AUTHORIZE, cache_on()],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::AuthorizedLocally),
            Step::State(State::ParkingBayUnoccupied),
            call(
                "report",
                ACTION,
                |lab| about_driver(lab, REQUEST, true, false),
                ACCEPTED,
            ),
            by_hand(
                "pages with data come, until one is the last",
                |lab| pages(lab, "pages", REQUEST),
                PAGES,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_28_CS",
        name: "Get Customer Information - Accepted + no data",
        about: "What was cleared is not known any more: one page says so. Not checked: that its text says that nothing was \
                found, for which there are no words.",
        requirements: &["N09.FR.02", "N09.FR.06"],
        applies: known_tokens,
        steps: &[
            call(
                "clear",
                ACTION,
                |lab| about_driver(lab, AGAIN, false, true),
                ACCEPTED,
            ),
            by_hand(
                "one page comes that is the last one",
                |lab| one_page(lab, "cleared", AGAIN),
                &[],
            ),
            call(
                "report",
                ACTION,
                |lab| about_driver(lab, REQUEST, true, false),
                ACCEPTED,
            ),
            by_hand(
                "one page comes that is the last one",
                |lab| one_page(lab, "page", REQUEST),
                &[fails(After(NOTIFY, 1, NOTIFY, ANOTHER), "page.more")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_30_CS",
        name: "Clear Customer Information - Clear and report + data",
        about: "What is known about a token that was cached and listed is reported and cleared; of what is left one page at \
                most is reported.",
        requirements: &["N10.FR.01", "N10.FR.03"],
        applies: known_tokens,
        config: &[LIST, PRE_AUTHORIZE, cache_on()],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::AuthorizedLocally),
            Step::State(State::ParkingBayUnoccupied),
            call(
                "clear",
                ACTION,
                |lab| about_driver(lab, REQUEST, true, true),
                ACCEPTED,
            ),
            by_hand(
                "pages with data come, until one is the last",
                |lab| pages(lab, "pages", REQUEST),
                PAGES,
            ),
            by_hand(
                "a second report is accepted and has one page, or is not accepted",
                report_again,
                &[
                    fails(Replace(NOTIFY, 1, "/tbc", "true"), "again.page/tbc"),
                    fails(Drop(NOTIFY, 1), "again.page"),
                    fails(NoAnswer(ACTION, 1), "again"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_N_31_CS",
        name: "Clear Customer Information - Clear and report + no data",
        about: "About somebody unknown one page comes. Not checked: its words.",
        requirements: &["N10.FR.01", "N10.FR.04"],
        applies: known_tokens,
        steps: &[
            call("clear", ACTION, |_| about_nobody(true, true), ACCEPTED),
            ONE_PAGE,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_32_CS",
        name: "Clear Customer Information - Clear and no report",
        about: "About somebody unknown one page says that everything is cleared. Not checked: its words.",
        requirements: &["N10.FR.01", "N10.FR.06"],
        steps: &[
            call("clear", ACTION, |_| about_nobody(false, true), ACCEPTED),
            ONE_PAGE,
        ],
        ..CASE
    },
    Case {
        id: "TC_N_62_CS",
        name: "Clear Customer Information - Clear and report - customerIdentifier",
        about: "What the tester has stored about a customer is reported and cleared; then there is nothing to be reported. \
                Decided: pages are numbered from 0, and an empty page is the only one.",
        requirements: &["N10.FR.01", "N10.FR.03"],
        applies: |product| match product.v2_0_1.customer_identifiers {
            true => Ok(()),
            false => Err("customers are known by tokens only (C-14)"),
        },
        steps: &[
            by_hand(
                "the tester stores data about the customer at the station",
                |lab| lab.act(&Act::Customer(CUSTOMER.to_owned())),
                &[],
            ),
            call("clear", ACTION, |_| about_customer(REQUEST, true), ACCEPTED),
            by_hand(
                "pages with data come, until one is the last",
                |lab| pages(lab, "pages", REQUEST),
                PAGES,
            ),
            call("again", ACTION, |_| about_customer(AGAIN, false), ACCEPTED),
            by_hand(
                "a page without data comes that is the last one",
                |lab| {
                    let empty = page("empty", AGAIN, 0).with("/data", "");
                    lab.expect(empty.with_or_absent("/tbc", false)).map(|_| ())
                },
                &[],
            ),
        ],
        ..CASE
    },
];

/// `<Configured customerIdentifier>`.
const CUSTOMER: &str = "CUSTOMER-0001";

fn about_customer(request: i64, clear: bool) -> Value {
    json!({
        "requestId": request, "report": true, "clear": clear, "customerIdentifier": CUSTOMER,
    })
}

const PAGES: &[crate::mutation::Mutation] = &[
    fails(Replace(NOTIFY, 0, "/data", r#""""#), "pages/data"),
    fails(Replace(NOTIFY, 0, "/tbc", "true"), "pages"),
];

fn page(label: &str, request: i64, number: usize) -> Expected {
    Expected::new(label, NOTIFY)
        .at("/requestId", request)
        .with("/seqNo", number)
}

/// Pages with data, until one is the last.
fn pages(lab: &mut Lab<'_>, label: &str, request: i64) -> Result<(), Failed> {
    for number in 0.. {
        let expected = page(label, request, number).judged("/data", "not empty", |data| {
            data.as_str().is_some_and(|data| !data.is_empty())
        });
        let page = lab.expect(expected)?;
        if page.payload["tbc"] != true {
            break;
        }
    }
    Ok(())
}

/// One page, and no other.
fn one_page(lab: &mut Lab<'_>, label: &str, request: i64) -> Result<(), Failed> {
    lab.expect(page(label, request, 0).with_or_absent("/tbc", false))?;
    lab.silence(&format!("{label}.more"), 5, &[])
}

fn report_again(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let payload = about_driver(lab, AGAIN, true, false);
    let answer = lab.call(Call::new("again", ACTION, payload).present("/status"))?;
    if answer.payload["status"] == "Accepted" {
        lab.expect(page("again.page", AGAIN, 0).with_or_absent("/tbc", false))?;
    }
    Ok(())
}
