use super::*;

fn told(before: &str) -> (Option<Role>, Option<Flow>, Option<String>) {
    let told = FrameContext::around(before, "");
    (
        told.role,
        told.flow,
        told.station.map(|station| station.name.into()),
    )
}

#[test]
fn lines_of_many_programs_tell_way_and_station() {
    use Flow::{In, Out};
    use Role::{Csms, Station};
    for (before, role, flow, station) in [
        (
            "INFO:ocpp:CP_1: receive message ",
            None,
            Some(In),
            Some("CP_1"),
        ),
        ("INFO:ocpp:CP_1: send ", None, Some(Out), Some("CP_1")),
        (
            "2024-05-15 12:00:00.123 DEBUG (MainThread) [ocpp] charger1: receive message ",
            None,
            Some(In),
            Some("charger1"),
        ),
        (
            "[chargeBoxId=cp1, sessionId=x] Sending: ",
            None,
            Some(Out),
            Some("cp1"),
        ),
        (
            "[chargeBoxId=cp1, sessionId=x] Received: ",
            None,
            Some(In),
            Some("cp1"),
        ),
        (
            "2024-05-15T12:00:00Z,CP1,in,\"",
            None,
            Some(In),
            Some("CP1"),
        ),
        ("INFO,\"Out\",\"CP1\",", None, Some(Out), Some("CP1")),
        ("back in 5 s, out of [", None, None, None),
        ("CP1 -> CSMS: ", Some(Station), Some(Out), Some("CP1")),
        ("CSMS -> CP1: ", Some(Csms), Some(Out), Some("CP1")),
        ("CP1 <- CSMS: ", Some(Csms), Some(In), Some("CP1")),
        (
            "2022-05-10T10:00:00.123Z: ChargePoint>CentralSystem Heartbeat ",
            Some(Station),
            Some(Out),
            None,
        ),
        (
            "<tr class=\"CentralSystem\"> <td>2022</td> <td>CentralSystem&gt;ChargePoint</td> <td><b>HeartbeatResponse</b></td> <td><pre>",
            Some(Csms),
            Some(Out),
            None,
        ),
        (
            "[INFO] ocpp:OCPP :: CentralSystem: ",
            Some(Csms),
            None,
            None,
        ),
        ("12:00:00.123 -> [MO] Recv: ", None, Some(In), None),
        (
            "[ocpp  ] TRACE 2024/07/11 17:12:57 recv CP1: ",
            None,
            Some(In),
            Some("CP1"),
        ),
        (
            "time=\"2024-05-15T12:00:00Z\" level=info msg=\"sent JSON message to client CP1: ",
            Some(Csms),
            Some(Out),
            Some("CP1"),
        ),
        (
            "CS-01 | >> Command 'Heartbeat' sent request payload: ",
            None,
            Some(Out),
            Some("CS-01"),
        ),
        ("DEBUG:websockets.server:< TEXT '", None, Some(In), None),
        ("DEBUG:websockets.server:> TEXT '", None, Some(Out), None),
        (
            "GET ws://host:9000/ocpp/CP%201 received ",
            None,
            Some(In),
            Some("CP%201"),
        ),
        ("station=CP1 dir=in msg=\"", None, Some(In), Some("CP1")),
        (
            "{\"station\":\"CP1\",\"direction\":\"out\",\"text\":\"",
            None,
            Some(Out),
            Some("CP1"),
        ),
        ("resend ", None, None, None),
        ("TX ", None, Some(Out), None),
        ("(RX) ", None, Some(In), None),
        ("[IN] ", None, Some(In), None),
        ("-> ", None, Some(Out), None),
        ("message in response to nothing ", None, None, None),
    ] {
        assert_eq!(
            told(before),
            (role, flow, station.map(str::to_string)),
            "{before}"
        );
    }
}

#[test]
fn keys_behind_the_frame_count_too() {
    let told = FrameContext::around("msg=\"", "\" dir=in chargePointId=CP7 [2,\"x\"] dir=out");
    assert_eq!(told.flow, Some(Flow::In));
    assert_eq!(&*told.station.unwrap().name, "CP7");
}

#[test]
fn addresses_tell_the_ends() {
    let there = FrameContext::around("CP1 -> X9 ", "");
    let back = FrameContext::around("X9 -> CP1 ", "");
    assert_eq!((there.from, there.to), (back.to, back.from));
    assert!(there.from.is_some() && there.from != there.to);
    for (there, back) in [
        (
            "May 15\t10.0.0.1\t10.0.0.2\t",
            "May 15\t10.0.0.2\t10.0.0.1\t",
        ),
        (
            "10.0.0.1\t10.0.0.2\t501\t80\t",
            "10.0.0.2\t10.0.0.1\t80\t501\t",
        ),
        (
            "10.0.0.1\t501\t10.0.0.2\t80\t",
            "10.0.0.2\t80\t10.0.0.1\t501\t",
        ),
        ("fe80::1 → fe80::2 ", "fe80::2 → fe80::1 "),
        (
            "10.0.0.1:501 -> 10.0.0.2:80 ",
            "10.0.0.2:80 -> 10.0.0.1:501 ",
        ),
    ] {
        let (there, back) = (
            FrameContext::around(there, ""),
            FrameContext::around(back, ""),
        );
        assert_eq!((there.from, there.to), (back.to, back.from));
        assert!(there.from.is_some() && there.from != there.to);
    }
    let other = FrameContext::around("10.0.0.1\t10.0.0.2\t502\t80\t", "");
    assert_ne!(
        other.from,
        FrameContext::around("10.0.0.1\t10.0.0.2\t501\t80\t", "").from
    );
}

#[test]
fn times_of_many_forms_are_read() {
    let noon = 1_715_774_400_000;
    for text in [
        "2024-05-15T12:00:00Z x ",
        "2024-05-15 12:00:00,123 x ",
        "[ocpp] 2024/05/15 12:00:00 x ",
        "2024-05-15T14:00:00.000+02:00: ",
    ] {
        assert_eq!(FrameContext::around(text, "").time, Some(noon), "{text}");
    }
    for number in [
        "1715774400",
        "1715774400000",
        "1715774400000000",
        "1715774400.000",
    ] {
        assert_eq!(time(number), Some(noon), "{number}");
    }
    assert_eq!(time("12"), None);
}

#[test]
fn members_tell_by_their_names() {
    let mut told = FrameContext::default();
    for (name, value) in [
        ("ip.src", "10.0.0.1"),
        ("ip.dst", "10.0.0.2"),
        ("websocket.mask", "1"),
        ("url", "wss://h/ocpp/CP1"),
        ("type", "send"),
    ] {
        told.member(name, value);
    }
    assert_eq!(told.role, Some(Role::Station));
    assert_eq!(told.flow, Some(Flow::Out));
    assert_eq!(&*told.station.unwrap().name, "CP1");
    for (value, role) in [
        ("toStation", Some(Role::Csms)),
        ("CP_TO_CSMS", Some(Role::Station)),
        ("from-csms", Some(Role::Csms)),
        ("up", None),
    ] {
        assert_eq!(named_way(value), role, "{value}");
    }
    assert_eq!(version("ocpp1.6"), Some(Version::V1_6));
    assert_eq!(
        subprotocol("Sec-WebSocket-Protocol: ocpp2.0.1"),
        Some(Version::V2_0_1)
    );
    assert_eq!(subprotocol("offers ocpp2.0.1, ocpp1.6"), None);
    assert_eq!(subprotocol("ocpp ocpp16"), None);
}
