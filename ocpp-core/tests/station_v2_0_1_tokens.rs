//! Who is who for the 2.0.1 station: types of tokens, groups, and when the CSMS must be asked (C01 to C06, C09, C10, C15,
//! C16, E07).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(missing_docs)]

mod kit_v2_0_1;

use kit_v2_0_1::{booted_with, but, config, events, status, token, with};
use ocpp_core::station::{
    AuthorizationStatus, ConnectorId, Input, Output, StationConfig, Token, TokenEffect, TokenKind,
    TransactionNews,
};
use ocpp_core::testing::station::{Answer, Bench};
use ocpp_types::Decimal;
use serde_json::{Value, json};

const AT: ConnectorId = ConnectorId::new(1, 1);

fn present(bench: &mut Bench, kind: TokenKind, text: &str) {
    let token = Token::of_kind(text, kind);
    let evse = Some(1);
    bench.input(Input::TokenPresented { evse, token });
}

/// What the station decided about the last token.
fn decision(bench: &Bench) -> (AuthorizationStatus, TokenEffect) {
    let mut outputs = bench.outputs.iter().rev();
    let decided = outputs.find_map(|output| match output {
        Output::TokenDecided { status, effect, .. } => Some((*status, *effect)),
        _ => None,
    });
    decided.unwrap()
}

fn asked(bench: &mut Bench) -> usize {
    let calls = bench.calls();
    let authorize = calls.iter().filter(|call| call.action == "Authorize");
    authorize.count()
}

/// A station that lets the list and the cache speak.
fn trusting(evses: u32) -> StationConfig {
    with(config(evses), "AuthCtrlr.LocalPreAuthorize", "true")
}

/// A CSMS that puts tokens into groups, in the answers to these actions.
fn grouping(actions: &'static [&'static str]) -> impl FnMut(&str, &Value) -> Answer {
    but(move |action, payload| {
        let id = payload["idToken"]["idToken"].as_str()?;
        let known = action == "Authorize" || action == "TransactionEvent";
        known.then(|| {
            let mut info = json!({"status": "Accepted"});
            if id.starts_with('G') && actions.contains(&action) {
                info["groupIdToken"] = json!({"idToken": "FAMILY", "type": "Central"});
            }
            Answer::Respond(json!({ "idTokenInfo": info }))
        })
    })
}

fn list(bench: &mut Bench, entries: &[(&str, &str, Option<&str>)]) {
    let entry = |(id, kind, group): &(&str, &str, Option<&str>)| {
        let mut info = json!({"status": "Accepted"});
        if let Some(group) = group {
            info["groupIdToken"] = json!({"idToken": group, "type": "Central"});
        }
        json!({"idToken": {"idToken": id, "type": kind}, "idTokenInfo": info})
    };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    let list = json!({"versionNumber": 1, "updateType": "Full", "localAuthorizationList": entries});
    assert_eq!(status(bench, "SendLocalList", list), "Accepted");
}

// Types

/// C01.FR.25, wherever two tokens are compared.
#[test]
fn the_same_text_of_another_type_is_another_token() {
    // The cache.
    let mut bench = booted_with(trusting(1));
    bench.present(1, "1234");
    bench.present(1, "1234");
    assert_eq!(asked(&mut bench), 1);
    bench.present(1, "1234");
    assert_eq!(asked(&mut bench), 0, "from the cache");
    present(&mut bench, TokenKind::Iso14443, "1234");
    for kind in [
        TokenKind::KeyCode,
        TokenKind::Iso15693,
        TokenKind::MacAddress,
    ] {
        present(&mut bench, kind.clone(), "1234");
        assert_eq!(asked(&mut bench), 1, "{kind:?}");
        // Somebody else waits for the cable now, and cancels.
        present(&mut bench, TokenKind::Iso14443, "1234");
        assert!(bench.station.state().connectors[0].authorized, "{kind:?}");
        present(&mut bench, kind, "1234");
        bench.calls();
    }
    // Offline, and over a restart.
    bench.power_cycle();
    bench.network(false);
    bench.plug(1, 1);
    present(&mut bench, TokenKind::Central, "1234");
    assert!(!bench.is_charging(AT));
    bench.present(1, "1234");
    assert!(bench.is_charging(AT));
    // Who stops.
    present(&mut bench, TokenKind::KeyCode, "1234");
    assert!(bench.is_charging(AT));
    bench.present(1, "1234");
    assert!(!bench.is_charging(AT));
}

#[test]
fn the_local_list_holds_the_same_text_with_two_types() {
    let mut bench = booted_with(trusting(1));
    let entries = json!([
        {"idToken": {"idToken": "77", "type": "KeyCode"}, "idTokenInfo": {"status": "Accepted"}},
        {"idToken": {"idToken": "77", "type": "ISO14443"}, "idTokenInfo": {"status": "Blocked"}},
    ]);
    let full = json!({"versionNumber": 1, "updateType": "Full", "localAuthorizationList": entries});
    assert_eq!(status(&mut bench, "SendLocalList", full), "Accepted");
    bench.power_cycle();
    bench.network(false);
    bench.plug(1, 1);
    bench.present(1, "77");
    assert!(!bench.is_charging(AT));
    present(&mut bench, TokenKind::KeyCode, "77");
    assert!(bench.is_charging(AT));
    bench.network(true);
    bench.run(200);
    let gone = json!([{"idToken": {"idToken": "77", "type": "KeyCode"}}]);
    let update = json!({"versionNumber": 2, "updateType": "Differential",
        "localAuthorizationList": gone});
    assert_eq!(status(&mut bench, "SendLocalList", update), "Accepted");
    let left = bench
        .stored
        .keys()
        .filter(|key| key.starts_with("local-list/"));
    assert_eq!(left.count(), 1);
}

/// C03.FR.01, C03.FR.02, C05.FR.01, C05.FR.02.
#[test]
fn a_token_that_the_csms_made_up_is_neither_asked_about_nor_kept() {
    for authorize in ["true", "false"] {
        let config = with(trusting(1), "AuthCtrlr.AuthorizeRemoteStart", authorize);
        let mut bench = booted_with(config);
        bench.plug(1, 1);
        let central = json!({"idToken": "4711", "type": "Central"});
        let start = json!({"remoteStartId": 1, "idToken": central, "evseId": 1});
        assert_eq!(
            status(&mut bench, "RequestStartTransaction", start),
            "Accepted"
        );
        assert!(bench.is_charging(AT));
        let calls = bench.calls();
        assert!(calls.iter().all(|call| call.action != "Authorize"));
        assert_eq!(events(calls)[0]["idToken"], central);
        let cached = bench.stored.keys().any(|key| key.starts_with("cache/"));
        assert!(!cached);
        // The same number on a card is nobody.
        present(&mut bench, TokenKind::Iso14443, "4711");
        assert!(bench.is_charging(AT));
    }
}

/// C02: a start button.
#[test]
fn a_button_starts_and_stops_without_a_question() {
    for online in [true, false] {
        let mut bench = booted_with(trusting(1));
        bench.network(online);
        bench.plug(1, 1);
        present(&mut bench, TokenKind::NoAuthorization, "");
        assert!(bench.is_charging(AT));
        assert_eq!(decision(&bench).1, TokenEffect::Authorized);
        present(&mut bench, TokenKind::NoAuthorization, "the other button");
        assert!(!bench.is_charging(AT));
        assert_eq!(decision(&bench).1, TokenEffect::Stopped);
        bench.network(true);
        bench.run(200);
        let calls = bench.calls();
        assert!(calls.iter().all(|call| call.action != "Authorize"));
        let all = events(calls);
        let nobody = json!({"idToken": "", "type": "NoAuthorization"});
        assert_eq!(all[0]["idToken"], nobody, "C02.FR.01");
        assert_eq!(all.last().unwrap()["idToken"], nobody);
        let cached = bench.stored.keys().any(|key| key.starts_with("cache/"));
        assert!(!cached, "C02.FR.03");
    }
    // It does not stop what a card has started, and nobody is asked.
    let mut bench = booted_with(config(1));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.calls();
    present(&mut bench, TokenKind::NoAuthorization, "");
    assert!(bench.is_charging(AT));
    assert_eq!(bench.story(), [""; 0]);
    // An empty text of another type is nothing.
    present(&mut bench, TokenKind::Iso14443, "");
    assert_eq!(decision(&bench).0, AuthorizationStatus::Invalid);
}

/// C06.FR.02.
#[test]
fn a_number_that_the_station_made_up_is_asked_about_each_time() {
    let mut bench = booted_with(trusting(1));
    for _ in 0..2 {
        present(&mut bench, TokenKind::Local, "ticket-1");
        assert_eq!(asked(&mut bench), 1);
        present(&mut bench, TokenKind::Local, "ticket-1");
        assert_eq!(decision(&bench).1, TokenEffect::Cancelled);
    }
}

/// A CSMS that is broken is there all the same: that must not mean free charging (C15).
#[test]
fn a_refusal_to_answer_is_not_offline() {
    for answer in [
        Answer::Refuse("InternalError"),
        Answer::Respond(json!({"nonsense": 1})),
    ] {
        let config = with(config(1), "AuthCtrlr.OfflineTxForUnknownIdEnabled", "true");
        let mut bench = booted_with(config);
        bench.answer_with(but(move |action, _| {
            (action == "Authorize").then(|| answer.clone())
        }));
        bench.plug(1, 1);
        bench.present(1, "TAG1");
        assert!(!bench.is_charging(AT));
        bench.network(false);
        bench.present(1, "TAG1");
        assert!(bench.is_charging(AT), "C15.FR.08");
    }
}

/// The variables that leave tokens to the list and the cache overrule C01.FR.02, C10.FR.03, C12.FR.05 and C14.FR.03.
#[test]
fn what_variables_leave_to_the_list_and_the_cache_is_not_asked() {
    let refusing = || {
        but(|action, payload| {
            let good = payload["idToken"]["idToken"] == "GOOD";
            let status = if good { "Accepted" } else { "Blocked" };
            let about = action == "Authorize" || payload.get("idToken").is_some();
            about.then(|| Answer::Respond(json!({"idTokenInfo": {"status": status}})))
        })
    };
    // The cache.
    for (disabled, questions) in [("false", 2), ("true", 1)] {
        let config = with(trusting(1), "AuthCacheCtrlr.DisablePostAuthorize", disabled);
        let mut bench = booted_with(config);
        bench.answer_with(refusing());
        bench.plug(1, 1);
        bench.calls();
        bench.present(1, "BAD");
        bench.present(1, "BAD");
        assert_eq!(asked(&mut bench), questions, "{disabled}");
        let refused = (AuthorizationStatus::Blocked, TokenEffect::None);
        assert_eq!(decision(&bench), refused);
        bench.present(1, "GOOD");
        assert_eq!(asked(&mut bench), 1, "one that is not known");
        assert!(bench.is_charging(AT));
    }
    // The list, which has a variable of its own.
    for (disabled, questions) in [("false", 1), ("true", 0)] {
        let config = with(trusting(1), "AuthCacheCtrlr.DisablePostAuthorize", "true");
        let config = with(config, "LocalAuthListCtrlr.DisablePostAuthorize", disabled);
        let mut bench = booted_with(config);
        bench.answer_with(refusing());
        let entry = json!({"idToken": token("BAD"), "idTokenInfo": {"status": "Invalid"}});
        let list =
            json!({"versionNumber": 1, "updateType": "Full", "localAuthorizationList": [entry]});
        assert_eq!(status(&mut bench, "SendLocalList", list), "Accepted");
        bench.present(1, "BAD");
        assert_eq!(asked(&mut bench), questions, "{disabled}");
        assert_eq!(decision(&bench).1, TokenEffect::None);
    }
    // Everything.
    let config = with(config(1), "AuthCtrlr.DisableRemoteAuthorization", "true");
    let mut bench = booted_with(config);
    list(&mut bench, &[("KNOWN", "ISO14443", None)]);
    bench.plug(1, 1);
    bench.calls();
    bench.present(1, "STRANGER");
    let refused = (AuthorizationStatus::Unknown, TokenEffect::None);
    assert_eq!(decision(&bench), refused);
    bench.present(1, "KNOWN");
    assert!(bench.is_charging(AT));
    bench.present(1, "STRANGER");
    assert!(bench.is_charging(AT));
    assert_eq!(asked(&mut bench), 0);
}

// Strangers and groups

/// TC_C_04, C01.FR.02: whatever is known of the group of the transaction.
#[test]
fn a_stranger_at_a_busy_evse_is_asked_about_and_stops_nothing() {
    for first in ["TAG1", "G1"] {
        let mut bench = booted_with(config(1));
        bench.answer_with(grouping(&["Authorize"]));
        bench.present(1, first);
        bench.present(1, "STRANGER");
        assert_eq!(asked(&mut bench), 2, "before the cable is in");
        bench.plug(1, 1);
        bench.calls();
        bench.present(1, "STRANGER");
        let calls = bench.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        assert_eq!(calls[0].payload, json!({"idToken": token("STRANGER")}));
        assert!(bench.is_charging(AT));
        let refused = (AuthorizationStatus::ConcurrentTx, TokenEffect::None);
        assert_eq!(decision(&bench), refused);
    }
}

#[test]
fn a_stranger_who_does_not_wait_for_the_answer_is_asked_about_once() {
    let mut bench = booted_with(config(1));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.calls();
    bench.answer_with(|_, _| Answer::Silence);
    for _ in 0..5 {
        bench.present(1, "STRANGER");
    }
    assert_eq!(asked(&mut bench), 1);
    bench.network(false);
    bench.present(1, "STRANGER");
    assert!(bench.is_charging(AT));
}

#[test]
fn at_an_evse_that_nobody_uses_and_nobody_can_use_nobody_is_asked_about() {
    let mut bench = booted_with(config(1));
    let off = json!({"operationalStatus": "Inoperative", "evse": {"id": 1}});
    assert_eq!(status(&mut bench, "ChangeAvailability", off), "Accepted");
    bench.calls();
    bench.present(1, "TAG1");
    assert_eq!(bench.story(), [""; 0]);
}

/// C09.FR.03, C09.FR.05: the group may be told in any answer.
#[test]
fn another_token_of_the_group_stops_wherever_the_group_was_told() {
    for actions in [
        &["Authorize"][..],
        &["TransactionEvent"],
        &["Authorize", "TransactionEvent"],
    ] {
        let mut bench = booted_with(config(1));
        bench.answer_with(grouping(actions));
        bench.plug(1, 1);
        bench.present(1, "G1");
        bench.calls();
        // Who stops is asked about, with an answer that tells the group.
        bench.answer_with(grouping(&["Authorize"]));
        bench.present(1, "STRANGER");
        assert!(bench.is_charging(AT), "{actions:?}");
        bench.present(1, "G2");
        assert!(!bench.is_charging(AT), "{actions:?}");
        let calls = bench.calls();
        assert_eq!(
            calls
                .iter()
                .filter(|call| call.action == "Authorize")
                .count(),
            2
        );
        let ended = events(calls).pop().unwrap();
        assert_eq!(ended["triggerReason"], "StopAuthorized");
        assert_eq!(ended["idToken"], token("G2"), "E07.FR.02");
    }
}

/// C09.FR.03 for starts that no Authorize came before: offline, from the cache, remote; also after a power cut.
#[test]
fn the_group_counts_however_the_transaction_began() {
    for how in ["offline", "cache", "list", "remote", "resumed"] {
        let mut config = with(
            trusting(1),
            "AuthCtrlr.OfflineTxForUnknownIdEnabled",
            "true",
        );
        config.features.resume_transactions = true;
        let mut bench = booted_with(with(config, "AuthCtrlr.AuthorizeRemoteStart", "false"));
        bench.answer_with(grouping(&["TransactionEvent"]));
        match how {
            "offline" => bench.network(false),
            // Known as accepted, and of no group.
            "cache" => {
                bench.present(1, "G1");
                bench.present(1, "G1");
            }
            "list" => list(&mut bench, &[("G1", "ISO14443", None)]),
            _ => {}
        }
        bench.plug(1, 1);
        if how == "remote" {
            let start = json!({"remoteStartId": 1, "idToken": token("G1"), "evseId": 1});
            assert_eq!(
                status(&mut bench, "RequestStartTransaction", start),
                "Accepted"
            );
        } else {
            bench.present(1, "G1");
        }
        assert!(bench.is_charging(AT), "{how}");
        bench.network(true);
        bench.run(200);
        if how == "resumed" {
            bench.power_cycle();
            bench.run(200);
        }
        bench.answer_with(grouping(&["Authorize"]));
        bench.present(1, "G2");
        assert!(!bench.is_charging(AT), "{how}");
    }
}

/// F01: the group may come with the remote start.
#[test]
fn the_group_of_a_remote_start_counts() {
    let mut bench = booted_with(with(config(1), "AuthCtrlr.AuthorizeRemoteStart", "false"));
    bench.answer_with(grouping(&["Authorize"]));
    bench.plug(1, 1);
    let group = json!({"idToken": "FAMILY", "type": "Central"});
    let start = json!({"remoteStartId": 1, "idToken": token("G1"), "evseId": 1,
        "groupIdToken": group});
    assert_eq!(
        status(&mut bench, "RequestStartTransaction", start),
        "Accepted"
    );
    bench.present(1, "G2");
    assert!(!bench.is_charging(AT));
}

/// C01.FR.03, C09.FR.07, E07.FR.01, TC_C_40, TC_E_45: what the list or the cache says of the group ends it without a question,
/// online and offline, whatever `LocalPreAuthorize` says.
#[test]
fn a_known_token_of_the_group_stops_without_a_question() {
    for pre_authorize in ["true", "false"] {
        for online in [true, false] {
            for listed in [true, false] {
                let config = with(config(1), "AuthCtrlr.LocalPreAuthorize", pre_authorize);
                let mut bench = booted_with(config);
                bench.answer_with(grouping(&["Authorize", "TransactionEvent"]));
                if listed {
                    list(&mut bench, &[("G2", "ISO14443", Some("FAMILY"))]);
                } else {
                    bench.present(1, "G2");
                    bench.present(1, "G2");
                }
                bench.plug(1, 1);
                bench.present(1, "G1");
                assert!(bench.is_charging(AT));
                bench.calls();
                bench.network(online);
                // The same text of another type, and another group, stop nothing.
                present(&mut bench, TokenKind::Iso15693, "X2");
                assert!(bench.is_charging(AT));
                bench.calls();
                bench.present(1, "G2");
                assert!(!bench.is_charging(AT));
                assert_eq!(asked(&mut bench), 0);
            }
        }
    }
}

/// C09.FR.11, C10.FR.03: one that is known to be refused is asked about, and stops only if it is accepted now.
#[test]
fn a_refused_token_of_the_group_stops_nothing() {
    let refusing = |status: &'static str| {
        but(move |action, payload| {
            let second = payload["idToken"]["idToken"] == "G2";
            let status = if second { status } else { "Accepted" };
            let group = json!({"idToken": "FAMILY", "type": "Central"});
            let info = json!({"status": status, "groupIdToken": group});
            let answer = Answer::Respond(json!({ "idTokenInfo": info }));
            (action == "Authorize").then_some(answer)
        })
    };
    let mut bench = booted_with(trusting(1));
    bench.answer_with(refusing("Blocked"));
    bench.plug(1, 1);
    bench.present(1, "G1");
    for _ in 0..2 {
        bench.calls();
        bench.present(1, "G2");
        assert!(bench.is_charging(AT));
        assert_eq!(asked(&mut bench), 1);
    }
    bench.network(false);
    bench.present(1, "G2");
    assert!(bench.is_charging(AT));
    bench.network(true);
    bench.run(200);
    bench.answer_with(refusing("Accepted"));
    bench.present(1, "G2");
    assert!(!bench.is_charging(AT));
}

/// With one reader for several EVSEs the token may belong to any of their transactions.
#[test]
fn at_a_common_reader_a_token_stops_the_transaction_of_its_group() {
    let mut bench = booted_with(config(2));
    bench.answer_with(grouping(&["Authorize"]));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.plug(2, 1);
    bench.present(2, "G1");
    bench.input(Input::TokenPresented {
        evse: None,
        token: Token::new("G2"),
    });
    assert!(bench.is_charging(AT));
    assert!(!bench.is_charging(ConnectorId::new(2, 1)));
}

/// C01.FR.23: a transaction that has lost its authorization is for its owner.
#[test]
fn a_transaction_that_lost_its_authorization_is_for_its_owner() {
    let config = with(config(1), "TxCtrlr.TxStopPoint", "EVConnected");
    let mut bench = booted_with(config);
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    bench.present(1, "TAG1");
    bench.calls();
    bench.present(1, "TAG2");
    present(&mut bench, TokenKind::KeyCode, "TAG1");
    assert_eq!(events(bench.calls()), [Value::Null; 0]);
    assert!(!bench.is_charging(AT));
    bench.present(1, "TAG1");
    assert!(bench.is_charging(AT));
}

/// Keys of records are bounded, whatever a CSMS calls a token.
#[test]
fn tokens_of_any_text_and_type_have_records() {
    let mut bench = booted_with(trusting(1));
    let strange = "\u{1f697}".repeat(36);
    let entries = [
        (strange.as_str(), "KeyCode", None),
        (&strange, "ISO14443", None),
    ];
    list(&mut bench, &entries);
    let longest = bench.stored.keys().map(String::len).max().unwrap();
    assert!(longest <= ocpp_core::station::MAX_KEY);
    bench.power_cycle();
    bench.network(false);
    bench.plug(1, 1);
    present(&mut bench, TokenKind::KeyCode, &strange);
    assert!(bench.is_charging(AT));
}

/// C04.FR.06.
#[test]
fn whoever_guesses_codes_waits_longer_and_longer() {
    let mut bench = booted_with(config(1));
    bench.answer_with(but(|action, payload| {
        let right = payload["idToken"]["idToken"] != "0000";
        let status = if right { "Accepted" } else { "Invalid" };
        (action == "Authorize").then(|| Answer::Respond(json!({"idTokenInfo": {"status": status}})))
    }));
    let guess = |bench: &mut Bench, code: &str| {
        present(bench, TokenKind::KeyCode, code);
        asked(bench) == 1
    };
    for _ in 0..3 {
        assert!(guess(&mut bench, "0000"), "that may be a mistake");
    }
    let mut waits = Vec::new();
    for _ in 0..9 {
        let mut seconds = 0;
        while !guess(&mut bench, "0000") {
            let refused = (AuthorizationStatus::Invalid, TokenEffect::None);
            assert_eq!(decision(&bench), refused);
            bench.run(1);
            bench.calls();
            seconds += 1;
        }
        waits.push(seconds);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    // A card is no code, and a right code puts an end to it.
    bench.present(1, "CARD");
    assert_eq!(asked(&mut bench), 1);
    bench.present(1, "CARD");
    bench.run(60);
    assert!(guess(&mut bench, "4711"));
    assert_eq!(decision(&bench).1, TokenEffect::Authorized);
    present(&mut bench, TokenKind::KeyCode, "4711");
    for _ in 0..3 {
        assert!(guess(&mut bench, "0000"));
    }
}

// What the driver is told

/// C01.FR.08, C01.FR.09: what the CSMS says reaches the display, and who shares power.
#[test]
fn what_the_csms_says_of_a_driver_reaches_the_display() {
    let mut bench = booted_with(trusting(1));
    bench.answer_with(but(|action, payload| {
        let group = json!({"idToken": "FAMILY", "type": "Central"});
        let message = |text: &str| json!({"format": "UTF8", "language": "nl", "content": text});
        let info = json!({
            "status": "Accepted", "groupIdToken": group, "chargingPriority": 7, "language1": "nl", "language2": "en-GB",
            "personalMessage": message("Welkom"),
        });
        match action {
            "TransactionEvent" if payload["eventType"] == "Ended" => Some(Answer::Respond(json!({
                "totalCost": 12.50, "updatedPersonalMessage": message("Tot ziens"), "chargingPriority": 77,
            }))),
            "Authorize" | "TransactionEvent" => Some(Answer::Respond(json!({ "idTokenInfo": info }))),
            _ => None,
        }
    }));
    let info = |bench: &Bench| {
        let told = bench.outputs.iter().rev().find_map(|output| match output {
            Output::TokenDecided { info, .. } => Some(info.clone()),
            _ => None,
        });
        *told.flatten().unwrap()
    };
    bench.present(1, "TAG1");
    let first = info(&bench);
    assert_eq!(
        first.group,
        Some(Token::of_kind("FAMILY", TokenKind::Central))
    );
    assert_eq!(first.driver.priority, Some(7));
    assert_eq!(first.driver.languages, ["nl", "en-GB"]);
    let message = first.driver.message.unwrap();
    let parts = (
        message.format.as_str(),
        message.language.as_deref(),
        message.content.as_str(),
    );
    assert_eq!(parts, ("UTF8", Some("nl"), "Welkom"));
    bench.plug(1, 1);
    bench.present(1, "TAG1");
    let told = bench.outputs.iter().rev().find_map(|output| match output {
        Output::Transaction {
            news:
                TransactionNews::Told {
                    cost,
                    message,
                    priority,
                },
            ..
        } => Some((*cost, message.clone(), *priority)),
        _ => None,
    });
    let (cost, message, priority) = told.unwrap();
    assert_eq!(cost, Some(Decimal::new(125, 1)));
    assert_eq!(message.unwrap().content, "Tot ziens");
    assert_eq!(priority, None, "there is no such priority");
    // The cache keeps the languages and the priority, and no message, which may name a tariff (C10.FR.09).
    bench.unplug(1, 1);
    bench.power_cycle();
    bench.calls();
    bench.present(1, "TAG1");
    assert_eq!(asked(&mut bench), 0);
    let cached = info(&bench).driver;
    assert_eq!((cached.message, cached.priority), (None, Some(7)));
    assert_eq!(cached.languages, ["nl", "en-GB"]);
}

/// C01.FR.21, whoever says so, and wherever the car is plugged in.
#[test]
fn a_token_that_may_use_some_evses_charges_at_no_other() {
    let only = |evse: u32| {
        but(move |action, payload| {
            let about = action == "Authorize" || payload.get("idToken").is_some();
            about.then(|| {
                Answer::Respond(json!({"idTokenInfo": {"status": "Accepted", "evseId": [evse]}}))
            })
        })
    };
    let elsewhere = (AuthorizationStatus::NotAtThisLocation, TokenEffect::None);
    let mut bench = booted_with(trusting(2));
    bench.answer_with(only(2));
    for online in [true, true, false] {
        bench.network(online);
        bench.present(1, "TAG1");
        assert_eq!(decision(&bench), elsewhere, "{online}");
    }
    bench.network(true);
    bench.run(200);
    bench.calls();
    bench.present(2, "TAG1");
    assert_eq!(asked(&mut bench), 0, "from the cache");
    assert_eq!(decision(&bench).1, TokenEffect::Authorized);
    // At a reader for both it is the car that decides.
    let mut bench = booted_with(config(2));
    bench.answer_with(only(2));
    let token = Token::new("TAG1");
    bench.input(Input::TokenPresented { evse: None, token });
    assert_eq!(decision(&bench).1, TokenEffect::Authorized);
    bench.plug(1, 1);
    assert!(!bench.is_charging(AT));
    bench.plug(2, 1);
    assert!(bench.is_charging(ConnectorId::new(2, 1)));
    assert!(!bench.is_charging(AT));
    // Whoever began without a question, because nobody could be asked, has to go.
    let config = with(config(2), "AuthCtrlr.OfflineTxForUnknownIdEnabled", "true");
    let mut bench = booted_with(config);
    bench.answer_with(only(2));
    bench.network(false);
    for evse in [1, 2] {
        bench.present(evse, &format!("TAG{evse}"));
        bench.plug(evse, 1);
        assert!(bench.is_charging(ConnectorId::new(evse, 1)));
    }
    bench.network(true);
    bench.run(200);
    assert!(!bench.is_charging(AT));
    assert!(bench.is_charging(ConnectorId::new(2, 1)));
}
