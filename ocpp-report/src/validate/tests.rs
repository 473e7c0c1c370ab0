//! Logs that are mixed by chance from what many programs write: every frame that was put in is found, with its verdict and at
//! its line, and nothing else is called wrong.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Stands before each frame in a log that is being made, to find its line at the end.
const MARK: char = '\u{E000}';

/// A message, what is true of it, and who sends it.
#[derive(Debug, Clone)]
struct Message {
    frame: String,
    name: String,
    ok: bool,
    from_csms: bool,
}

/// An exchange of a call and its answer.
#[derive(Debug, Clone)]
struct Exchange {
    kind: usize,
    call_ok: bool,
    answer: Answer,
    /// What the station or the driver has to say.
    text: String,
    /// The next exchange begins before the answer to this one.
    overlaps: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    Right,
    Wrong,
    Error,
}

/// Action, whether the CSMS calls, and the payloads: right and wrong call, right and wrong answer. What is wrong is wrong in
/// every version.
type Kind = (&'static str, bool, Value, Value, Value, Value);

fn kinds(text: &str) -> Vec<Kind> {
    let time = "2024-05-15T12:00:00Z";
    vec![
        (
            "Heartbeat",
            false,
            json!({}),
            json!({"x": [1]}),
            json!({"currentTime": time}),
            json!({"currentTime": 5}),
        ),
        (
            "BootNotification",
            false,
            json!({"chargePointVendor": "V", "chargePointModel": "M [2]"}),
            json!({"chargePointVendor": "V"}),
            json!({"status": "Accepted", "currentTime": time, "interval": 60}),
            json!({"status": "Accepted", "currentTime": time, "interval": "60"}),
        ),
        (
            "StatusNotification",
            false,
            json!({"connectorId": 1, "errorCode": "NoError", "info": text, "status": "Available"}),
            json!({"connectorId": 1, "errorCode": "NoError", "info": text, "status": "Ready"}),
            json!({}),
            json!({"status": text}),
        ),
        (
            "DataTransfer",
            false,
            json!({"vendorId": "V", "data": text}),
            json!({"data": text}),
            json!({"status": "Accepted", "data": text}),
            json!({"status": "Fine", "data": text}),
        ),
        (
            "Reset",
            true,
            json!({"type": "Soft"}),
            json!({"type": "Sideways"}),
            json!({"status": "Accepted"}),
            json!({"status": "Perhaps"}),
        ),
        (
            "ChangeAvailability",
            true,
            json!({"connectorId": 1, "type": "Operative"}),
            json!({"connectorId": "one", "type": "Operative"}),
            json!({"status": "Scheduled"}),
            json!({"status": []}),
        ),
    ]
}

/// How ids are made: a counter for each side, or none that anybody else has.
fn id(is_unique: bool, station: usize, from_csms: bool, number: usize) -> String {
    match is_unique {
        true => format!("{station}-{}-{number}", if from_csms { 'c' } else { 's' }),
        false => number.to_string(),
    }
}

/// The messages of a station in their order.
fn conversation(exchanges: &[Exchange], station: usize, is_unique: bool) -> Vec<Message> {
    let mut all: Vec<Message> = Vec::new();
    let mut late: Option<Message> = None;
    let mut counters = [0, 0];
    for exchange in exchanges {
        let kinds = kinds(&exchange.text);
        let (action, by_csms, call, bad_call, answer, bad_answer) =
            kinds[exchange.kind % kinds.len()].clone();
        // A side has one call open at a time.
        if late.as_ref().is_some_and(|late| late.from_csms != by_csms) {
            all.extend(late.take());
        }
        let counter = &mut counters[usize::from(by_csms)];
        *counter += 1;
        let id = id(is_unique, station, by_csms, *counter);
        let payload = if exchange.call_ok { call } else { bad_call };
        all.push(Message {
            frame: json!([2, id, action, payload]).to_string(),
            name: format!("{action}Request"),
            ok: exchange.call_ok,
            from_csms: by_csms,
        });
        let name = format!("{action}Response");
        let (frame, name, ok) = match exchange.answer {
            Answer::Right => (json!([3, id, answer]), name, true),
            Answer::Wrong => (json!([3, id, bad_answer]), name, false),
            Answer::Error => {
                let frame = json!([4, id, "InternalError", exchange.text, {}]);
                (frame, "CALLERROR".into(), true)
            }
        };
        all.extend(late.take());
        let answer = Message {
            frame: frame.to_string(),
            name,
            ok,
            from_csms: !by_csms,
        };
        match exchange.overlaps {
            true => late = Some(answer),
            false => all.push(answer),
        }
    }
    all.extend(late);
    all
}

/// The ways to spread JSON over lines.
fn spread(frame: &str, way: usize) -> String {
    match way % 4 {
        0 => frame.into(),
        1 => {
            let value: Value = serde_json::from_str(frame).unwrap();
            serde_json::to_string_pretty(&value).unwrap()
        }
        other => {
            let mut out = String::new();
            let (mut in_text, mut escaped) = (false, false);
            for char in frame.chars() {
                out.push(char);
                match char {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => in_text = !in_text,
                    ',' if !in_text => out.push(if other == 2 { ' ' } else { '\n' }),
                    _ => {}
                }
            }
            out
        }
    }
}

/// What one program writes of one message.
struct Shot<'a> {
    station: &'a str,
    message: &'a Message,
    number: usize,
    way: usize,
}

impl Shot<'_> {
    /// With the mark, as it travelled.
    fn frame(&self) -> String {
        format!("{MARK}{}", self.message.frame)
    }

    /// With the mark, in any spelling.
    fn spelled(&self) -> String {
        format!("{MARK}{}", spread(&self.message.frame, self.way))
    }

    /// One of two words, the second for what the CSMS sends.
    fn either<'b>(&self, by_station: &'b str, by_csms: &'b str) -> &'b str {
        match self.message.from_csms {
            true => by_csms,
            false => by_station,
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A program: its name, whether its lines name the station, and what it writes.
type Program = (&'static str, bool, fn(&Shot<'_>) -> String);

/// Programs that write a line, or some, for each message.
const PROGRAMS: &[Program] = &[
    ("mobilityhouse", true, |it| {
        let verb = it.either("receive message", "send");
        format!("INFO:ocpp:{}: {verb} {}", it.station, it.spelled())
    }),
    ("Home Assistant", true, |it| {
        let verb = it.either("receive message", "send");
        let (station, frame) = (it.station, it.frame());
        format!(
            "\u{1b}[32m2024-05-15 12:00:00.103 INFO (MainThread) [ocpp] {station}: {verb} {frame}\u{1b}[0m"
        )
    }),
    ("SteVe", true, |it| {
        let verb = it.either("Received", "Sending");
        let (station, frame) = (it.station, it.frame());
        format!(
            "[INFO ] 2024-05-15 12:00:00,130 de.rwth.idsg.steve.ocpp.ws.WebSocketLogger (qtp17-45) - \
             [chargeBoxId={station}, sessionId=e{}] {verb}: {frame}",
            it.number
        )
    }),
    ("EVerest console", false, |it| {
        let side = it.either("\u{1b}[1;35mChargePoint", "   \u{1b}[1;36mCentralSystem");
        let frame = it.spelled();
        format!("2024-05-15 12:00:00.200000 [INFO] ocpp:OCPP  :: {side}: {frame}\u{1b}[1;0m")
    }),
    ("EVerest ocpp.log", false, |it| {
        let way = it.either("ChargePoint>CentralSystem", "CentralSystem>ChargePoint");
        let name = it.message.name.trim_end_matches("Request");
        let pretty = spread(&it.message.frame, 1);
        format!("2024-05-15T12:00:00.123Z: {way} {name}\n{MARK}{pretty}\n")
    }),
    ("EVerest HTML", false, |it| {
        let way = it.either(
            "ChargePoint&gt;CentralSystem",
            "CentralSystem&gt;ChargePoint",
        );
        let frame = it.spelled();
        let frame = frame
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!(
            "<tr> <td>2024-05-15T12:00:00.123Z</td> <td>{way}</td> <td><pre>{frame}</pre></td> </tr>"
        )
    }),
    ("MicroOcpp", false, |it| {
        let verb = it.either("Send", "Recv");
        format!("12:00:00.120 -> [MO] {verb}: {}", it.frame())
    }),
    ("ocpp-go, text", true, |it| {
        let verb = it.either("received JSON message from", "sent JSON message to");
        let message = format!("{verb} {}: {}", it.station, it.frame());
        let message = quoted(&message);
        format!("time=\"2024-05-15T12:00:01+02:00\" level=debug msg={message} logger=ocppj")
    }),
    ("ocpp-go, JSON", true, |it| {
        let verb = it.either("received JSON message from", "sent JSON message to");
        let message = format!("{verb} {}: {}", it.station, it.frame());
        json!({"level": "debug", "logger": "ocppj", "msg": message, "time": "2024-05-15T12:00:01+02:00"})
            .to_string()
    }),
    ("evcc", true, |it| {
        let verb = it.either("recv", "send");
        let (station, frame) = (it.station, it.spelled());
        format!("[ocpp  ] TRACE 2024/05/15 12:00:00 {verb} {station}: {frame}")
    }),
    ("CitrineOS", true, |it| {
        let verb = it.either("Received message from", "Sending message to");
        let (station, frame) = (it.station, it.frame());
        format!(
            "2024-05-15 12:00:01.700\tDEBUG\trouter.ts:199\tCitrineOS:MessageRouterImpl\t{verb} {station}: {frame}"
        )
    }),
    ("Java-OCA", false, |it| {
        let verb = it.either("Receive a message", "Send a message");
        format!(
            "12:00:00.101 [WebSocketWorker-12] TRACE eu.chargetime.ocpp.WebSocketListener - {verb}: {}",
            it.frame()
        )
    }),
    ("SAP simulator", true, |it| {
        let arrow = it.either(">> sent", "<< received");
        let (station, frame) = (it.station, it.frame());
        format!(
            "2024-05-15 12:00:00.001 debug: 5/15/2024, 12:00:00 PM {station} | {arrow} payload: {frame}"
        )
    }),
    ("websockets", false, |it| {
        let arrow = it.either("<", ">");
        let frame = it.frame().replace('\\', "\\\\").replace('\'', "\\'");
        let length = it.message.frame.len();
        format!("DEBUG:websockets.server:{arrow} TEXT '{frame}' [{length} bytes]")
    }),
    ("docker", true, |it| {
        let verb = it.either("receive message", "send");
        let text = format!("INFO:ocpp:{}: {verb} {}\n", it.station, it.frame());
        json!({"log": text, "stream": "stderr", "time": "2024-05-15T12:00:00.1Z"}).to_string()
    }),
    ("journal", true, |it| {
        let verb = it.either("receive message", "send");
        let text = format!("{}: {verb} {}", it.station, it.frame());
        json!({"__REALTIME_TIMESTAMP": "1715774400000000", "_PID": "812", "MESSAGE": text})
            .to_string()
    }),
    ("tshark fields", true, |it| {
        // The station is an address here.
        let own = format!("192.168.0.{}", 10 + it.station.len());
        let (from, to) = match it.message.from_csms {
            true => ("192.168.0.1", &*own),
            false => (&*own, "192.168.0.1"),
        };
        format!(
            "May 15, 2024 12:00:00.000000000 CEST\t{from}\t{to}\t{}",
            it.frame()
        )
    }),
    ("CSV", true, |it| {
        let way = it.either("in", "out");
        let frame = it.spelled().replace('"', "\"\"");
        format!("2024-05-15T12:00:00Z,{},{way},\"{frame}\"", it.station)
    }),
    ("raw", false, |it| it.spelled()),
    ("array", false, |it| format!("  {},", it.spelled())),
    ("documented", false, |it| {
        let from = it.either("station", "csms");
        format!(
            "{{\"version\":\"1.6\",\"from\":\"{from}\",\"frame\":{}}}",
            it.frame()
        )
    }),
];

/// Programs that write one document for a whole conversation.
const DOCUMENTS: &[fn(&[Message], usize) -> String] = &[
    // The HAR of a browser in which a simulator ran.
    |messages, way| {
        let shots = messages.iter().map(|message| {
            let kind = if message.from_csms { "receive" } else { "send" };
            json!({"type": kind, "time": 1_715_774_400.1, "opcode": 1, "data": format!("{MARK}{}", message.frame)})
        });
        let har = json!({"log": {"version": "1.2", "entries": [
            {"request": {"url": "https://sim.example/app.js"}, "response": {"content": {"text": "x=[2,3]"}}},
            {"request": {"url": "wss://csms.example/ocpp/HAR1"}, "_webSocketMessages": shots.collect::<Vec<_>>()},
        ]}});
        spread(&har.to_string(), way % 2)
    },
    // tshark -T json.
    |messages, way| {
        let packets = messages.iter().map(|message| {
            let (from, to) = match message.from_csms {
                true => ("10.0.0.1", "10.0.0.20"),
                false => ("10.0.0.20", "10.0.0.1"),
            };
            json!({"_index": "packets", "_source": {"layers": {
                "frame": {"frame.time_epoch": "1715774400.001"},
                "ip": {"ip.src": from, "ip.dst": to},
                "websocket": {
                    "websocket.mask": if message.from_csms { "0" } else { "1" },
                    "websocket.payload_tree": {"websocket.payload.text": format!("{MARK}{}", message.frame)},
                },
            }}})
        });
        let packets: Vec<_> = packets.collect();
        spread(&Value::from(packets).to_string(), way % 2)
    },
    // An array of frames.
    |messages, way| {
        let frames = messages
            .iter()
            .map(|message| format!("{MARK}{}", spread(&message.frame, way)));
        format!("[\n{}\n]", frames.collect::<Vec<_>>().join(",\n"))
    },
];

/// Lines of a log that are no frames, although some look like one.
fn noise() -> impl Strategy<Value = String> {
    let fixed = [
        "",
        "   ",
        "phases: [2,3,4], took [3,14] s",
        "[main  ] INFO 2024/05/15 12:00:00 gateway 0.128.2",
        "Traceback (most recent call last):",
        "KeyError: [2, 3]",
        "[lp-1  ] DEBUG charge currents: [3 4 5]A",
        r#"{"level":"info","msg":"listening [2,3]","time":"2024-05-15T12:00:00Z"}"#,
        r#"{"log":"GET /health 200 [2]\n","stream":"stdout"}"#,
        r#"list [4,"four","five"], map[2,"x"], [2, "apples", "pears"]"#,
        "<tr><td>nothing</td></tr>",
        "\u{1b}[31mred\u{1b}[0m",
    ];
    prop_oneof![
        3 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned),
        // Nothing with a digit begins a frame.
        1 => r#"[a-zA-Z \[\]{}(),.:;'"<>=é|/-]{0,60}"#,
    ]
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let answer = prop_oneof![
        4 => Just(Answer::Right),
        2 => Just(Answer::Wrong),
        1 => Just(Answer::Error),
    ];
    let text = prop_oneof![
        2 => Just(String::new()),
        4 => "[a-z0-9 \\[\\]{}:,'\"\\\\<>&;%é😀\n\t]{0,20}",
        1 => Just(r#"[2,"9","Heartbeat",{}]"#.to_owned()),
        1 => Just(r#"it's \"[3,"#.to_owned()),
    ];
    (
        any::<usize>(),
        prop::bool::weighted(0.8),
        answer,
        text,
        prop::bool::weighted(0.3),
    )
        .prop_map(|(kind, call_ok, answer, text, overlaps)| Exchange {
            kind,
            call_ok,
            answer,
            text,
            overlaps,
        })
}

/// A station: the program that logs it, and what is said.
type Station = (usize, Vec<Exchange>);

fn stations() -> impl Strategy<Value = Vec<Station>> {
    let station = (
        0..PROGRAMS.len() + DOCUMENTS.len(),
        prop::collection::vec(exchange(), 1..6),
    );
    prop::collection::vec(station, 1..4)
}

/// What is still to come from a station.
struct Queue {
    station: &'static str,
    program: usize,
    messages: std::vec::IntoIter<Message>,
}

/// A log, with marks, and the messages in it in their order. Stations take turns; noise stands between their lines.
fn log(
    stations: &[Station],
    turns: &[usize],
    ways: &[usize],
    noise: &[String],
) -> (String, Vec<Message>) {
    let names = ["CP1", "BAY-07", "wallbox_13"];
    let queue = |(number, (program, exchanges)): (usize, &Station)| Queue {
        station: names[number],
        program: *program,
        messages: conversation(
            exchanges,
            number,
            PROGRAMS
                .get(*program)
                .is_none_or(|(_, is_named, _)| !is_named),
        )
        .into_iter(),
    };
    let mut queues: Vec<_> = stations.iter().enumerate().map(queue).collect();
    let (mut turns, mut ways) = (turns.iter().cycle(), ways.iter().cycle());
    let mut noise = noise.iter();
    let mut text = String::new();
    let mut wanted = Vec::new();
    loop {
        queues.retain(|queue| queue.messages.len() > 0);
        if queues.is_empty() {
            return (text, wanted);
        }
        let turn = turns.next().unwrap() % queues.len();
        let way = *ways.next().unwrap();
        let queue = &mut queues[turn];
        if let Some((_, _, write)) = PROGRAMS.get(queue.program) {
            let message = queue.messages.next().unwrap();
            text.push_str(&write(&Shot {
                station: queue.station,
                message: &message,
                number: wanted.len(),
                way,
            }));
            wanted.push(message);
        } else {
            let messages: Vec<_> = queue.messages.by_ref().collect();
            text.push_str(&DOCUMENTS[queue.program - PROGRAMS.len()](&messages, way));
            wanted.extend(messages);
        }
        text.push('\n');
        if way % 3 == 0
            && let Some(noise) = noise.next()
        {
            text.push_str(noise);
            text.push('\n');
        }
    }
}

/// Line, name and verdict of everything that is found, and of everything that is called wrong.
fn found(log: &str, version: Option<Version>) -> Vec<(u64, String, bool)> {
    let options = Options {
        version,
        lenient: false,
        json: true,
        strict_lines: false,
        max_line: 1 << 20,
        max_document: 1 << 24,
    };
    let mut out = Vec::new();
    judge(log.as_bytes(), &mut out, &options).unwrap();
    let records = String::from_utf8(out).unwrap();
    let records = records
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let of_interest = records.filter(|it| it["message"] != Value::Null || it["ok"] != true);
    of_interest
        .map(|it| {
            let name = it["message"].as_str().unwrap_or("nothing").to_owned();
            (it["line"].as_u64().unwrap(), name, it["ok"] == true)
        })
        .collect()
}

fn check(
    marked: &str,
    messages: &[Message],
    version: Option<Version>,
) -> Result<(), TestCaseError> {
    let mut lines = Vec::new();
    let mut line = 1;
    for char in marked.chars() {
        match char {
            MARK => lines.push(line),
            '\n' => line += 1,
            _ => {}
        }
    }
    let wanted: Vec<_> = lines
        .into_iter()
        .zip(messages)
        .map(|(line, it)| (line, it.name.clone(), it.ok))
        .collect();
    prop_assert_eq!(wanted.len(), messages.len());
    let log = marked.replace(MARK, "");
    let found = found(&log, version);
    prop_assert_eq!(found, wanted, "{}", log);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_of_a_mixed_log_is_found_with_its_verdict(
        stations in stations(),
        turns in prop::collection::vec(any::<usize>(), 1..20),
        ways in prop::collection::vec(any::<usize>(), 1..20),
        noise in prop::collection::vec(noise(), 0..8),
        is_told in any::<bool>(),
    ) {
        let (log, messages) = log(&stations, &turns, &ways, &noise);
        check(&log, &messages, is_told.then_some(Version::V1_6))?;
    }
}

/// How many logs are mixed. With `OCPP_EXHAUSTIVE` set, many.
fn cases() -> u32 {
    match std::env::var_os("OCPP_EXHAUSTIVE") {
        Some(_) => 20_000,
        None => 300,
    }
}

/// Each program by itself, so that none is left out by chance.
#[test]
fn every_program_is_read_by_itself() {
    let exchange = |kind, answer, overlaps| Exchange {
        kind,
        call_ok: true,
        answer,
        text: "it's \"[2]\" \\ & <b>\n".into(),
        overlaps,
    };
    let exchanges: Vec<_> = (0..6)
        .flat_map(|kind| {
            [
                exchange(kind, Answer::Right, false),
                exchange(kind, Answer::Wrong, kind % 2 == 0),
            ]
        })
        .collect();
    for program in 0..PROGRAMS.len() + DOCUMENTS.len() {
        for way in 0..4 {
            let stations = [(program, exchanges.clone()), (program, exchanges.clone())];
            let (log, messages) = log(&stations, &[0, 1, 1, 0, 1], &[way], &[]);
            let name = PROGRAMS.get(program).map_or("document", |(name, ..)| name);
            check(&log, &messages, Some(Version::V1_6))
                .unwrap_or_else(|error| panic!("{name}, {way}: {error}"));
        }
    }
}

/// Whatever a log is made of, it is read to its end, and nothing in it is called right by accident.
#[test]
fn beginnings_without_an_end_are_no_frames() {
    for piece in [
        "[",
        "[2,",
        r#"[2,""#,
        r#"[2,"1","Heartbeat",["#,
        r#"[2,"1","Heartbeat",{"a":"#,
        r#"[4,"x","y","#,
        r#"[3,"x",[1],"#,
        r#"[2,"1","Heartbeat",{},"[2,"#,
        r#"[2,\"a\",1,"#,
        r#"[2,\"1\",\"Heartbeat\",["#,
        r#"[2,""a"",1,"#,
        "[2,&quot;a&quot;,1,",
        "[2, 'a', ",
        "[2, 'a', [1], ",
        "'[2,\"1\",\"Heartbeat\",{}],",
        "b'[2,\"1\",\"Heartbeat\",{\"a\":1 ",
        "\u{1b}]",
        "{\"a\":",
        "{\"a\":[2,\"1\",",
        "5b32",
    ] {
        let count = 10_000 / piece.len();
        for log in [
            piece.repeat(count),
            format!("{piece}\n").repeat(count / 10),
            format!("x=\"{}\" y", piece.repeat(count)),
        ] {
            for record in found(&log, Some(Version::V1_6)) {
                assert!(!record.2 || piece.contains("{}]"), "{piece}: {record:?}");
            }
        }
    }
}

/// What is read without being looked through first comes out as everything else does.
#[test]
fn a_bare_frame_is_judged_as_in_any_other_line() {
    for frame in [
        r#"[2,"1","Heartbeat",{}]"#,
        r#"[2,"1","Heartbeat",{}],[2,"2","Heartbeat",{}]"#,
        r#"[2,"1","Heartbeat",{}] [3,"1",{"currentTime":"2024-05-15T12:00:00Z"}]"#,
        r#"[2,"1","Heartbeat",{"x":1}]"#,
        r#"[2,"1","Heartbeat",{},{}]"#,
        r#"[2,"1","Heartbeats",{}]"#,
        r#"[2,"1","Heartbeat",{}]]"#,
        r#"[3,"1",{}]"#,
        r#"[3,"1",{}] tail]"#,
        r#"[3,"1",null]"#,
        r#"[4,"1","GenericError","",{}]"#,
        r#"[4,"1","GenericError","",{}]]"#,
        r#"[4,"1","Oops","",{}]"#,
        r#"[4,"four","five"]"#,
        r#"[5,"1","GenericError","",{}]"#,
        r#"[6,"1","NotifyPeriodicEventStream",{}]"#,
        r#"[2,"x"]"#,
        r#"[2,"a...b","Heartbeat",{"a...b":1}]"#,
    ] {
        for version in [None, Some(Version::V1_6), Some(Version::V2_1)] {
            assert_eq!(
                found(frame, version),
                found(&format!("- {frame}"), version),
                "{frame}"
            );
        }
    }
}
