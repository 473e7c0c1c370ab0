use super::super::read::FrameContext;
use super::*;

/// What is told by the text before a frame.
fn speaker(before: &str) -> Speaker {
    Speaker::of(&FrameContext::around(before, ""))
}

fn call(calls: &mut Calls, line: u64, before: &str, id: &str, action: &'static str) -> Earlier {
    let sender = match action {
        "Heartbeat" | "BootNotification" | "StatusNotification" => Some(Role::Station),
        "DataTransfer" => None,
        _ => Some(Role::Csms),
    };
    let text = format!("{id}{action}");
    calls.insert(
        id,
        speaker(before),
        sender,
        Some(Version::V1_6),
        action,
        &text,
        line,
    )
}

fn actions(calls: &Calls, before: &str, id: &str) -> Vec<&'static str> {
    let candidates = calls.candidates(id, &speaker(before));
    candidates.calls.iter().map(|call| call.action).collect()
}

#[test]
fn both_directions_may_use_the_same_id() {
    let mut calls = Calls::default();
    call(&mut calls, 1, "<- ", "1", "Heartbeat");
    call(&mut calls, 2, "-> ", "1", "Reset");
    assert_eq!(actions(&calls, "-> ", "1"), ["Heartbeat"]);
    assert_eq!(actions(&calls, "<- ", "1"), ["Reset"]);
    assert_eq!(actions(&calls, "", "1"), ["Heartbeat", "Reset"]);
    let first = calls.candidates("1", &speaker("")).calls[0];
    calls.answered(&first, "", 3);
    assert_eq!(actions(&calls, "", "1"), ["Reset"]);
    assert_eq!(
        calls.repeated("1", &speaker(""), "").unwrap().action,
        "Heartbeat"
    );
    assert_eq!(calls.repeated("1", &speaker(""), "x"), None);
    let second = calls.candidates("1", &speaker("")).calls[0];
    calls.answered(&second, "x", 4);
    assert_eq!(actions(&calls, "", "1"), ["Heartbeat", "Reset"]);
}

#[test]
fn words_that_mean_nothing_are_not_relied_upon() {
    let mut calls = Calls::default();
    // A monitor that puts the same arrow before every line.
    call(&mut calls, 1, "-> ", "1", "Heartbeat");
    call(&mut calls, 2, "-> ", "2", "Reset");
    assert_eq!(actions(&calls, "-> ", "2"), ["Reset"]);
    assert_eq!(actions(&calls, "-> ", "1"), ["Heartbeat"]);
}

#[test]
fn each_station_may_be_logged_by_the_other_side() {
    let mut calls = Calls::default();
    // A station's own log, and that of the CSMS.
    call(&mut calls, 1, "url=ws://h/ocpp/A sent ", "1", "Heartbeat");
    call(&mut calls, 2, "recv B: ", "1", "Heartbeat");
    call(&mut calls, 3, "send B: ", "1", "Reset");
    assert_eq!(actions(&calls, "send B: ", "1"), ["Heartbeat"]);
    assert_eq!(actions(&calls, "recv B: ", "1"), ["Reset"]);
}

#[test]
fn stations_are_told_apart_wherever_their_names_stand() {
    for (incoming, outgoing) in [
        ("recv NAME: ", "send NAME: "),
        (
            "[chargeBoxId=NAME] Received: ",
            "[chargeBoxId=NAME] Sending: ",
        ),
        ("NAME -> CSMS: ", "CSMS -> NAME: "),
        ("<NAME> received ", "<NAME> sent "),
        ("[NAME] <- ", "[NAME] -> "),
    ] {
        let mut calls = Calls::default();
        let named = |text: &str, name: &str| text.replace("NAME", name);
        for (line, (name, action)) in [
            ("A", "Heartbeat"),
            ("B", "StatusNotification"),
            ("C", "BootNotification"),
        ]
        .into_iter()
        .enumerate()
        {
            call(&mut calls, line as u64, &named(incoming, name), "2", action);
        }
        for (name, action) in [
            ("C", "BootNotification"),
            ("A", "Heartbeat"),
            ("B", "StatusNotification"),
        ] {
            let before = named(outgoing, name);
            calls.learn(&speaker(&before));
            assert_eq!(actions(&calls, &before, "2"), [action], "{before}");
        }
    }
}

#[test]
fn a_long_id_finds_its_call_whatever_the_line_says() {
    let id = "0b1f7e5c-8a4e";
    let mut calls = Calls::default();
    call(&mut calls, 1, "chargePointId=A received ", id, "Heartbeat");
    let candidates = calls.candidates(id, &speaker("chargePointId=B received "));
    assert_eq!((candidates.calls.len(), candidates.must_fit), (1, false));
    call(&mut calls, 2, "chargePointId=A received ", "7", "Heartbeat");
    assert_eq!(actions(&calls, "chargePointId=B sent ", "7"), [""; 0]);
    let candidates = calls.candidates("7", &speaker("chargePointId=A received "));
    assert_eq!((candidates.calls.len(), candidates.must_fit), (1, true));
}

#[test]
fn what_was_seen_before_is_named() {
    let mut calls = Calls::default();
    assert_eq!(
        call(&mut calls, 1, "", "1", "Heartbeat"),
        Earlier::default()
    );
    let again = Some(SameId {
        line: 1,
        is_repeated: true,
    });
    assert_eq!(call(&mut calls, 2, "", "1", "Heartbeat").same_id, again);
    // Written down once more, in an error message.
    assert_eq!(
        call(&mut calls, 3, "rejected ", "1", "Heartbeat").same_id,
        again
    );
    let other = Some(SameId {
        line: 1,
        is_repeated: false,
    });
    assert_eq!(
        call(&mut calls, 4, "", "1", "BootNotification").same_id,
        other
    );
    assert_eq!(call(&mut calls, 5, "", "1", "Reset").same_id, None);
}

#[test]
fn a_call_before_the_answer_to_the_last_one_is_named_where_answers_are_logged() {
    let mut calls = Calls::default();
    call(&mut calls, 1, "", "1", "Heartbeat");
    // Perhaps the log has calls only.
    assert_eq!(call(&mut calls, 2, "", "2", "Heartbeat").waiting, None);
    let first = calls.candidates("1", &speaker("")).calls[0];
    assert_eq!(calls.answered(&first, "", 3), Some(2));
    assert_eq!(call(&mut calls, 4, "", "3", "Heartbeat").waiting, Some(2));
    assert_eq!(call(&mut calls, 5, "", "4", "Reset").waiting, None);
    let late = "2024-05-15T12:00:00Z ";
    call(&mut calls, 6, late, "5", "Heartbeat");
    assert_eq!(
        call(&mut calls, 7, "2024-05-15T12:00:29Z ", "6", "Heartbeat").waiting,
        Some(6)
    );
    assert_eq!(
        call(&mut calls, 8, "2024-05-15T12:01:00Z ", "7", "Heartbeat").waiting,
        None
    );
    assert_eq!(calls.unanswered(), 6);
}

#[test]
fn memory_is_bounded_by_number_and_by_id() {
    let mut calls = Calls::default();
    for n in 0..REMEMBERED + 10 {
        call(&mut calls, 1, "", &n.to_string(), "Heartbeat");
    }
    assert_eq!(
        (calls.calls.len(), calls.by_id.len()),
        (REMEMBERED, REMEMBERED)
    );
    assert_eq!(actions(&calls, "", "9"), [""; 0]);
    assert_eq!(actions(&calls, "", "10"), ["Heartbeat"]);
    for n in 0..REMEMBERED {
        let text = n.to_string();
        calls.insert(
            "same",
            speaker("chargePointId=A "),
            None,
            None,
            "DataTransfer",
            &text,
            1,
        );
    }
    assert_eq!((calls.by_id.len(), calls.by_station.len()), (1, 1));
    assert_eq!(calls.candidates("same", &speaker("")).calls.len(), PER_ID);
}
