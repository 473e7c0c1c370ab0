//! CustomerInformation and NotifyCustomerInformation (N09, N10).

use ocpp_core::station::{Customer, Input, JobId, Output, Token};
use ocpp_core::testing::station::{Answer, Bench, friendly_v2_0_1};
use serde_json::{Value, json};

use super::kit_v2_0_1::*;
use super::{count, last, told};

const ACTION: &str = "NotifyCustomerInformation";

fn about(id: &str, report: bool, clear: bool) -> Value {
    json!({"requestId": 7, "report": report, "clear": clear, "idToken": token(id)})
}

fn asked(bench: &Bench) -> Option<(JobId, Customer, bool, bool)> {
    last(bench, |output| match output {
        Output::CustomerData {
            job,
            customer,
            report,
            clear,
        } => Some((*job, customer.clone(), *report, *clear)),
        _ => None,
    })
}

/// An application that knows this about everybody.
fn knows(bench: &mut Bench, text: &'static str) {
    bench.world(move |output| match output {
        Output::CustomerData { job, .. } => {
            let (job, text) = (*job, text.into());
            Some(vec![Input::CustomerData { job, text }])
        }
        _ => None,
    });
}

/// The text of a report, whose pages are numbered and end.
fn text(pages: &[Value]) -> String {
    let mut text = String::new();
    for (number, page) in pages.iter().enumerate() {
        assert_eq!(page["seqNo"], json!(number));
        assert_eq!(page["requestId"], 7);
        assert_eq!(page["tbc"], json!(number + 1 < pages.len()));
        assert!(page["generatedAt"].is_string());
        let data = page["data"].as_str().unwrap();
        assert!(data.chars().count() <= 512);
        text += data;
    }
    text
}

/// A station with TAG1 in its cache and in its list.
fn with_customer() -> Bench {
    let mut bench = booted();
    let entry = json!({"idToken": token("TAG1"), "idTokenInfo": {"status": "Accepted"}});
    let list = json!({"versionNumber": 1, "updateType": "Full", "localAuthorizationList": [entry]});
    assert_eq!(status(&mut bench, "SendLocalList", list), "Accepted");
    assert_eq!(
        set(&mut bench, "AuthCtrlr", "LocalPreAuthorize", "false"),
        "Accepted"
    );
    bench.present(1, "TAG1");
    bench.plug(1, 1);
    bench.run(10);
    bench.all_calls();
    assert!(cached(&bench));
    bench
}

fn cached(bench: &Bench) -> bool {
    bench.stored.keys().any(|key| key.starts_with("cache/"))
}

#[test]
fn n09_fr_05_everything_about_a_token_is_reported() {
    let mut bench = with_customer();
    knows(&mut bench, "Receipts: 4711, 4712\n");
    assert_eq!(
        status(
            &mut bench,
            "CustomerInformation",
            about("tag1", true, false)
        ),
        "Accepted"
    );
    let (_, customer, report, clear) = asked(&bench).unwrap();
    assert_eq!(customer, Customer::Token(Token::new("TAG1")));
    assert!(report && !clear);
    let pages = told(&mut bench, ACTION);
    let text = text(&pages);
    for part in [
        "Local list: tag1 (ISO14443), Accepted",
        "Authorization cache: ",
        "Transaction ",
        "Receipts: 4711",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(cached(&bench));
    assert!(!bench.stored.keys().any(|key| key.starts_with("customer/")));
}

#[test]
fn n09_fr_06_and_n10_fr_04_nothing_known_is_one_empty_page() {
    for clear in [false, true] {
        let mut bench = with_customer();
        knows(&mut bench, "");
        assert_eq!(
            status(
                &mut bench,
                "CustomerInformation",
                about("OTHER", true, clear)
            ),
            "Accepted"
        );
        let pages = told(&mut bench, ACTION);
        assert_eq!(pages.len(), 1);
        assert_eq!(text(&pages), "");
        assert!(cached(&bench), "somebody else's");
    }
}

/// A button or a key is nobody: its sessions are not told as somebody's.
#[test]
fn nobody_is_no_customer() {
    let mut bench = booted();
    knows(&mut bench, "");
    let request = json!({"requestId": 7, "report": true, "clear": true,
        "idToken": {"idToken": "", "type": "NoAuthorization"}});
    assert_eq!(
        status(&mut bench, "CustomerInformation", request),
        "Accepted"
    );
    assert_eq!(text(&told(&mut bench, ACTION)), "");
}

#[test]
fn n10_fr_03_what_is_cleared_is_reported_and_the_list_stays() {
    let mut bench = with_customer();
    knows(&mut bench, "Receipts: 4711\n");
    assert_eq!(
        status(&mut bench, "CustomerInformation", about("TAG1", true, true)),
        "Accepted"
    );
    let (.., report, clear) = asked(&bench).unwrap();
    assert!(report && clear);
    let cleared = text(&told(&mut bench, ACTION));
    assert!(cleared.contains("Authorization cache") && cleared.contains("Receipts"));
    assert!(!cached(&bench));
    knows(&mut bench, "");
    assert_eq!(
        status(
            &mut bench,
            "CustomerInformation",
            about("TAG1", true, false)
        ),
        "Accepted"
    );
    let left = text(&told(&mut bench, ACTION));
    assert!(
        left.contains("Local list") && !left.contains("Authorization cache"),
        "{left}"
    );
    // Nobody who is charging is thrown out, and the bill is written.
    bench.present(1, "TAG1");
    bench.unplug(1, 1);
    bench.run(10);
    let events = events(bench.calls());
    assert_eq!(events.last().unwrap()["eventType"], "Ended");
}

#[test]
fn n10_fr_06_clearing_alone_is_told_in_one_page() {
    let mut bench = with_customer();
    knows(&mut bench, "Receipts: 4711\n");
    assert_eq!(
        status(
            &mut bench,
            "CustomerInformation",
            about("TAG1", false, true)
        ),
        "Accepted"
    );
    let pages = told(&mut bench, ACTION);
    assert_eq!(pages.len(), 1);
    assert!(text(&pages).contains("cleared"));
    assert!(!cached(&bench));
}

#[test]
fn n09_fr_07_and_09_what_makes_no_sense_is_refused() {
    let mut bench = booted();
    let certificate = json!({"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "1"});
    for (members, expected) in [
        (
            json!({"report": false, "clear": false, "idToken": token("A")}),
            "Rejected",
        ),
        (json!({"report": true, "clear": false}), "Invalid"),
        (
            json!({"report": true, "clear": false, "idToken": token("A"), "customerIdentifier": "B"}),
            "Invalid",
        ),
        (
            json!({"report": true, "clear": true, "customerCertificate": certificate, "customerIdentifier": "B"}),
            "Invalid",
        ),
    ] {
        let mut request = members;
        request["requestId"] = json!(1);
        assert_eq!(status(&mut bench, "CustomerInformation", request), expected);
    }
    assert_eq!(asked(&bench), None);
    for (members, customer) in [
        (
            json!({"customerIdentifier": "B"}),
            Customer::Identifier("B".into()),
        ),
        (
            json!({"customerCertificate": certificate}),
            Customer::Certificate(ocpp_core::security::CertificateHashData {
                hash_algorithm: ocpp_core::security::HashAlgorithm::Sha256,
                issuer_name_hash: "a".into(),
                issuer_key_hash: "b".into(),
                serial_number: "1".into(),
            }),
        ),
    ] {
        let mut request = members;
        request["requestId"] = json!(1);
        request["report"] = json!(true);
        request["clear"] = json!(false);
        assert_eq!(
            status(&mut bench, "CustomerInformation", request),
            "Accepted"
        );
        assert_eq!(asked(&bench).unwrap().1, customer);
    }
}

#[test]
fn a_huge_answer_is_sent_page_by_page_one_at_a_time_and_cut() {
    let mut config = config(1);
    config.limits.customer_data = 2_000;
    let mut bench = booted_with(config);
    let huge: &'static str = "äöü€".repeat(1_000).leak();
    knows(&mut bench, huge);
    bench.answer_with(but(|action, _| {
        (action == ACTION).then_some(Answer::Late(5, json!({})))
    }));
    assert_eq!(
        status(
            &mut bench,
            "CustomerInformation",
            about("TAG1", true, false)
        ),
        "Accepted"
    );
    let mut pages = told(&mut bench, ACTION);
    assert_eq!(pages.len(), 1, "the next one waits for the answer");
    bench.run(60);
    pages.extend(told(&mut bench, ACTION));
    assert_eq!(pages.len(), 4);
    assert_eq!(
        text(&pages),
        &huge[..huge.char_indices().nth(2_000).unwrap().0]
    );
}

#[test]
fn a_lost_page_comes_again_after_the_connection() {
    let mut bench = booted();
    let long: &'static str = "0123456789".repeat(150).leak();
    knows(&mut bench, long);
    let mut seen = 0;
    bench.answer_with(but(move |action, _| {
        seen += usize::from(action == ACTION);
        (action == ACTION && seen == 2).then_some(Answer::Silence)
    }));
    assert_eq!(
        status(
            &mut bench,
            "CustomerInformation",
            about("TAG1", true, false)
        ),
        "Accepted"
    );
    let mut pages = told(&mut bench, ACTION);
    assert_eq!(pages.len(), 2);
    pages.pop();
    bench.network(false);
    bench.answer_with(friendly_v2_0_1());
    bench.network(true);
    bench.run(300);
    pages.extend(told(&mut bench, ACTION));
    assert_eq!(text(&pages), long);
}

#[test]
fn an_application_that_says_nothing_or_too_late_is_not_waited_for() {
    let mut bench = with_customer();
    assert_eq!(
        status(&mut bench, "CustomerInformation", about("TAG1", true, true)),
        "Accepted"
    );
    let (job, ..) = asked(&bench).unwrap();
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
    bench.run(31);
    let pages = told(&mut bench, ACTION);
    assert!(text(&pages).contains("Authorization cache"));
    bench.input(Input::CustomerData {
        job,
        text: "late".into(),
    });
    bench.run(31);
    assert_eq!(told(&mut bench, ACTION), [] as [Value; 0]);
}

#[test]
fn n09_fr_03_too_many_inquiries_are_rejected() {
    let mut bench = booted();
    for _ in 0..4 {
        assert_eq!(
            status(&mut bench, "CustomerInformation", about("A", true, false)),
            "Accepted"
        );
    }
    assert_eq!(
        status(&mut bench, "CustomerInformation", about("A", true, false)),
        "Rejected"
    );
    assert_eq!(
        count(&bench, |o| matches!(o, Output::CustomerData { .. })),
        4
    );
    bench.run(31);
    assert_eq!(
        status(&mut bench, "CustomerInformation", about("A", true, false)),
        "Accepted"
    );
}

/// Once it was promised, it is cleared and told, whenever the power goes.
#[test]
fn a_power_cut_at_every_output_loses_nothing() {
    for cut in 0..80 {
        let mut bench = with_customer();
        knows(&mut bench, "Receipts: 4711\n");
        bench.cut_power_after(cut);
        let answer = bench.call("CustomerInformation", about("TAG1", true, true));
        let was_cut = bench.power_was_cut();
        let before: String = told(&mut bench, ACTION)
            .iter()
            .map(|page| page["data"].to_string())
            .collect();
        bench.power_cycle();
        bench.run(120);
        let after: String = told(&mut bench, ACTION)
            .iter()
            .map(|page| page["data"].to_string())
            .collect();
        if answer.is_some() {
            assert!(!cached(&bench), "{cut}");
            let both = before + &after;
            for part in ["Authorization cache", "Receipts"] {
                assert!(both.contains(part), "{part} in {both} after {cut}");
            }
        }
        assert!(
            !bench.stored.keys().any(|key| key.starts_with("customer/")),
            "{cut}"
        );
        if !was_cut {
            assert!(cut > 5, "{cut}");
            return;
        }
    }
    panic!("the power was always cut");
}

#[test]
fn a_failing_disk_refuses_to_clear() {
    let mut bench = with_customer();
    bench.input(Input::StorageFailed { undone: Vec::new() });
    assert_eq!(
        status(&mut bench, "CustomerInformation", about("TAG1", true, true)),
        "InternalError"
    );
    assert!(cached(&bench));
    assert_eq!(asked(&bench), None);
}
