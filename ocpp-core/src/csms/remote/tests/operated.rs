//! What an operator may ask for, and what a station may do because of it.

use super::*;

fn begin_by(token: &str, evse: Option<i64>) -> Operation {
    let kind = Some("ISO14443".into());
    let id_token = token.into();
    Operation::Start {
        id_token: IdToken { id_token, kind },
        evse,
        profile: None,
    }
}

fn status_of(answer: &Value) -> &str {
    let info = match &answer["idTagInfo"] {
        Value::Null => &answer["idTokenInfo"],
        info => info,
    };
    info["status"].as_str().unwrap()
}

/// Tells what the station says about a card that nobody has put.
fn look(bench: &mut Bench) -> String {
    let answer = match bench.station.version() {
        Some(V1_6) => bench.ask("Authorize", json!({"idTag": "GUEST"})),
        _ => bench.ask("Authorize", json!({"idToken": iso("GUEST")})),
    };
    status_of(&answer).into()
}

#[test]
fn a_start_that_the_station_refuses_lets_nobody_charge() {
    for version in [V1_6, V2_0_1, V2_1] {
        for answer in [Some("Rejected"), None] {
            let mut bench = Bench::new(version);
            bench.boot();
            bench.operate(1, begin_by("GUEST", Some(1)));
            match answer {
                Some(status) => bench.respond(json!({ "status": status })),
                None => {
                    let id = bench.sent.last().unwrap()[1].clone();
                    let frame = json!([4, id, "InternalError", "", {}]);
                    bench.handle(Input::Received(frame.to_string()));
                }
            }
            assert_ne!(look(&mut bench), "Accepted", "{version} {answer:?}");
            let begun = match version {
                V1_6 => bench.ask("StartTransaction", start(1, "GUEST", 0)),
                _ => {
                    let token = json!({"idToken": iso("GUEST")});
                    bench.ask("TransactionEvent", event("Started", 0, token))
                }
            };
            assert_ne!(status_of(&begun), "Accepted", "{version} {answer:?}");
        }
    }
}

#[test]
fn a_start_lets_its_token_charge_once_and_where_it_was_meant() {
    let mut bench = Bench::new(V1_6);
    bench.boot();
    bench.operate(1, begin_by("GUEST", Some(1)));
    bench.respond(json!({"status": "Accepted"}));
    assert_eq!(look(&mut bench), "Accepted", "AuthorizeRemoteTxRequests");
    let elsewhere = bench.ask("StartTransaction", start(2, "GUEST", 0));
    assert_eq!(status_of(&elsewhere), "Invalid");
    bench.ask("StopTransaction", stop(&elsewhere["transactionId"], 0));
    let begun = bench.ask("StartTransaction", start(1, "GUEST", 5));
    assert_eq!(status_of(&begun), "Accepted");
    // The answer was lost.
    let again = bench.ask("StartTransaction", start(1, "GUEST", 5));
    assert_eq!(again, begun);
    bench.ask("StopTransaction", stop(&begun["transactionId"], 50));
    bench.restart();
    assert_eq!(look(&mut bench), "Invalid");
    let mut other = start(1, "GUEST", 60);
    other["timestamp"] = json!("2024-05-15T14:00:00Z");
    let second = bench.ask("StartTransaction", other);
    assert_eq!(status_of(&second), "Invalid");
}

#[test]
fn a_start_of_2_x_is_known_by_its_number() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.boot();
        bench.operate(1, begin_by("GUEST", Some(1)));
        let number = bench.called().1["remoteStartId"].clone();
        bench.respond(json!({"status": "Accepted"}));
        assert_eq!(look(&mut bench), "Accepted", "AuthorizeRemoteStart");
        let with = |id: &str, number: &Value| {
            let mut info = json!({"transactionId": id});
            if !number.is_null() {
                info["remoteStartId"] = number.clone();
            }
            json!({"idToken": iso("GUEST"), "transactionInfo": info})
        };
        let card = event("Started", 0, with("card", &Value::Null));
        let card = bench.ask("TransactionEvent", card);
        assert_ne!(status_of(&card), "Accepted");
        let begun = event("Started", 0, with("remote", &number));
        let begun = bench.ask("TransactionEvent", begun);
        assert_eq!(status_of(&begun), "Accepted");
        // A later message of the same transaction.
        let later = bench.ask(
            "TransactionEvent",
            event("Updated", 1, with("remote", &Value::Null)),
        );
        assert_eq!(status_of(&later), "Accepted");
        bench.ask(
            "TransactionEvent",
            event("Ended", 2, with("remote", &number)),
        );
        let mut again = event("Started", 0, with("again", &number));
        again["timestamp"] = json!("2024-05-15T14:00:00Z");
        let again = bench.ask("TransactionEvent", again);
        assert_ne!(status_of(&again), "Accepted");
    }
}

#[test]
fn a_refused_card_does_not_pay_for_the_accepted_one() {
    for version in [V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.boot();
        bench.ask("TransactionEvent", event("Started", 0, json!({})));
        let token = |text: &str| json!({"idToken": iso(text)});
        let refused = bench.ask("TransactionEvent", event("Updated", 1, token("STOLEN")));
        assert_ne!(status_of(&refused), "Accepted");
        let accepted = bench.ask("TransactionEvent", event("Updated", 2, token("A1")));
        assert_eq!(status_of(&accepted), "Accepted");
        bench.ask("TransactionEvent", event("Ended", 3, token("A1")));
        let bill = bench.station.ledger().transactions().last().unwrap().bill();
        assert_eq!(bill.id_token.unwrap().id_token, "A1");
        assert!(!bill.warnings.contains(&Warning::NotAuthorized));
    }
}

/// B02.FR.05, 1.6 section 4.2.
#[test]
fn a_station_that_is_pending_is_not_asked_to_start_or_stop() {
    for (version, action, payload) in [
        (V1_6, "RemoteStartTransaction", json!({"idTag": "A1"})),
        (V1_6, "RemoteStopTransaction", json!({"transactionId": 1})),
        (
            V2_0_1,
            "RequestStartTransaction",
            json!({"idToken": iso("A1"), "remoteStartId": 1}),
        ),
    ] {
        let mut bench = Bench::new(version);
        let (boot, interval) = (Registration::Pending, None);
        bench.command(1, Command::Decide { boot, interval });
        bench.boot();
        bench.sent.clear();
        bench.operate(2, begin_by("A1", Some(1)));
        assert_eq!(bench.outcome(), (2, Err(CommandError::Pending)));
        bench.operate(3, Operation::Stop(1));
        assert_eq!(bench.outcome(), (3, Err(CommandError::Pending)));
        let (action, payload) = (action.into(), payload.to_string());
        bench.command(4, Command::Call { action, payload });
        assert_eq!(bench.outcome(), (4, Err(CommandError::Pending)));
        assert_eq!(bench.sent, Vec::<Value>::new());
    }
}

/// B02.FR.09: what was triggered may come once.
#[test]
fn a_pending_station_sends_what_it_was_asked_for_and_no_more() {
    for version in [V1_6, V2_0_1] {
        let mut bench = Bench::new(version);
        let (boot, interval) = (Registration::Pending, None);
        bench.command(1, Command::Decide { boot, interval });
        bench.boot();
        let trigger = |message: &str| Operation::Trigger {
            message: message.into(),
            evse: None,
            connector: None,
        };
        for _ in 0..2 {
            bench.operate(2, trigger("Heartbeat"));
            bench.respond(json!({"status": "Accepted"}));
        }
        for is_allowed in [true, true, false] {
            let answer = bench.try_ask("Heartbeat", json!({}));
            assert_eq!(answer.is_ok(), is_allowed, "{answer:?}");
        }
        // Each connector tells its state.
        bench.operate(3, trigger("StatusNotification"));
        bench.respond(json!({"status": "Accepted"}));
        for connector in 1..4 {
            let status = match version {
                V1_6 => {
                    json!({"connectorId": connector, "errorCode": "NoError", "status": "Available"})
                }
                _ => json!({"timestamp": "2024-05-15T12:00:00Z", "connectorStatus": "Available",
                            "evseId": connector, "connectorId": 1}),
            };
            bench.ask("StatusNotification", status);
        }
    }
    let mut bench = Bench::new(V2_0_1);
    let (boot, interval) = (Registration::Pending, None);
    bench.command(1, Command::Decide { boot, interval });
    bench.boot();
    bench.operate(2, Operation::Inventory(Inventory::Full));
    let id = bench.called().1["requestId"].clone();
    bench.respond(json!({"status": "Accepted"}));
    let part = |number: i64, tbc: bool| json!({"requestId": id, "generatedAt": "2024-05-15T12:00:00Z", "seqNo": number, "tbc": tbc});
    bench.ask("NotifyReport", part(0, true));
    bench.ask("NotifyReport", part(1, false));
    let more = bench.try_ask("NotifyReport", part(2, false));
    assert!(more.is_err());
}

#[test]
fn a_report_with_a_hole_is_not_told_as_whole() {
    let mut bench = Bench::new(V2_0_1);
    bench.boot();
    let mut report = |numbers: &[i64]| {
        bench.operate(1, Operation::Inventory(Inventory::Full));
        let id = bench.called().1["requestId"].clone();
        bench.respond(json!({"status": "Accepted"}));
        let last = *numbers.last().unwrap();
        for number in numbers {
            let part = json!({"requestId": id, "generatedAt": "2024-05-15T12:00:00Z",
                              "seqNo": number, "tbc": *number != last});
            bench.ask("NotifyReport", part);
        }
        bench.outcome().1
    };
    assert_eq!(report(&[0, 2]), Err(CommandError::MissingParts([1].into())));
    assert_eq!(report(&[2]), Err(CommandError::MissingParts([0, 1].into())));
    assert!(matches!(report(&[0, 1, 2]), Ok(Outcome::Report(parts)) if parts.len() == 3));
}

fn entries(tokens: &[&str]) -> Vec<ListEntry> {
    let entry = |token: &&str| ListEntry {
        id_token: IdToken {
            id_token: (*token).into(),
            kind: Some("ISO14443".into()),
        },
        info: Some(TokenInfo::of(TokenStatus::Accepted)),
    };
    tokens.iter().map(entry).collect()
}

fn invalid(outcome: Result<Outcome, CommandError>) -> String {
    match outcome {
        Err(CommandError::Invalid { pointer, .. }) => pointer,
        other => panic!("{other:?}"),
    }
}

/// D01.FR.18, D01.FR.06, B05.FR.13.
#[test]
fn what_a_csms_must_not_send_is_not_sent() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut bench = Bench::new(version);
        bench.boot();
        bench.sent.clear();
        let list = |version, tokens: &[&str]| Operation::SendLocalList {
            version,
            full: true,
            entries: entries(tokens),
        };
        for number in [0, -1] {
            bench.operate(1, list(number, &["A1"]));
            assert_eq!(invalid(bench.outcome().1), "/version");
        }
        bench.operate(1, list(3, &["A1", "A2", "a1"]));
        assert_eq!(invalid(bench.outcome().1), "/entries/2");
        let (member, entry) = match version {
            V1_6 => ("listVersion", json!({"idTag": "A1"})),
            _ => ("versionNumber", json!({"idToken": iso("A1")})),
        };
        for (number, twice, pointer) in [
            (0, false, format!("/{member}")),
            (1, true, "/localAuthorizationList/1".into()),
        ] {
            let items = if twice {
                vec![&entry, &entry]
            } else {
                vec![&entry]
            };
            let payload =
                json!({member: number, "updateType": "Full", "localAuthorizationList": items});
            let (action, payload) = ("SendLocalList".into(), payload.to_string());
            bench.command(1, Command::Call { action, payload });
            assert_eq!(invalid(bench.outcome().1), pointer);
        }
        if version != V1_6 {
            let name = |variable: &str| VariableName::new("OCPPCommCtrlr", variable);
            let mut target = name("HeartbeatInterval");
            target.attribute = Some("Target".into());
            let variables = [name("HeartbeatInterval"), target, name("heartbeatInterval")];
            let set = variables.map(|name| (name, "5".to_string()));
            bench.operate(1, Operation::SetVariables(set.into()));
            assert_eq!(invalid(bench.outcome().1), "/2");
            let data = json!({"component": {"name": "C"}, "variable": {"name": "V"}, "attributeValue": "1"});
            let payload = json!({"setVariableData": [data, data]}).to_string();
            let action = "SetVariables".into();
            bench.command(1, Command::Call { action, payload });
            assert_eq!(invalid(bench.outcome().1), "/setVariableData/1");
        }
        assert_eq!(bench.sent, Vec::<Value>::new());
    }
    // WP:A00.FR.205.
    let mut bench = Bench::new(V1_6);
    bench.boot();
    bench.sent.clear();
    for key in [
        "a text without digits",
        "00112233445566",
        "0011223344556677889900112233445566778899AA",
    ] {
        bench.operate(1, Operation::SetPassword(key.into()));
        invalid(bench.outcome().1);
    }
    assert_eq!(bench.sent, Vec::<Value>::new());
}

#[test]
fn parts_of_a_list_that_were_taken_are_told() {
    for version in [V1_6, V2_0_1, V2_1] {
        for later in [Some(json!({"status": "Failed"})), None] {
            let mut bench = Bench::new(version);
            bench.boot();
            bench.station.state.items.insert("SendLocalList".into(), 1);
            let send = Operation::SendLocalList {
                version: 5,
                full: true,
                entries: entries(&["A1", "A2", "A3"]),
            };
            bench.operate(1, send);
            bench.respond(json!({"status": "Accepted"}));
            bench.respond(json!({"status": "Accepted"}));
            match later {
                Some(later) => bench.respond(later),
                None => bench.handle(Input::Disconnected),
            }
            let Ok(Outcome::Partial { done, .. }) = bench.outcome().1 else {
                panic!()
            };
            assert!(
                matches!(*done, Outcome::Accepted { id: Some(6), .. }),
                "{done:?}"
            );
        }
    }
}

#[test]
fn certificates_of_every_kind_are_listed_in_1_6_too() {
    let hash = |number: i64| {
        json!({"hashAlgorithm": "SHA256", "issuerNameHash": "00", "issuerKeyHash": "00",
               "serialNumber": number.to_string()})
    };
    let some = |number| json!({"status": "Accepted", "certificateHashData": [hash(number)]});
    let none = json!({"status": "NotFound"});
    for (first, second, expected) in [
        (some(1), some(2), json!([hash(1), hash(2)])),
        (none.clone(), some(2), json!([hash(2)])),
        (some(1), none.clone(), json!([hash(1)])),
        (none.clone(), none.clone(), Value::Null),
    ] {
        let mut bench = Bench::new(V1_6);
        bench.boot();
        bench.operate(1, Operation::ListCertificates(None));
        assert_eq!(
            bench.called().1["certificateType"],
            "CentralSystemRootCertificate"
        );
        bench.respond(first);
        assert_eq!(
            bench.called().1["certificateType"],
            "ManufacturerRootCertificate"
        );
        bench.respond(second);
        match bench.outcome().1.unwrap() {
            Outcome::Accepted { response, .. } => {
                let response: Value = serde_json::from_str(&response).unwrap();
                assert_eq!(response["certificateHashData"], expected);
            }
            Outcome::Refused { status, .. } => {
                assert_eq!((status.as_str(), expected), ("NotFound", Value::Null));
            }
            other => panic!("{other:?}"),
        }
    }
}
