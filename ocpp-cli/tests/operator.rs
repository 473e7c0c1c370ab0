//! The operator interface: typed operations, lists, events, figures, roles, the page, and the document that describes it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use common::{Folder, Program, ask, http, http_with, raw, until};
use serde_json::{Value, json};

/// A management system with a station of each version: 1.6 is CP1, 2.0.1 CP2.
struct Site {
    csms: Program,
    stations: [Program; 2],
}

impl Site {
    fn new() -> Self {
        let csms = Program::csms(&["--log", "off"]);
        let url = format!("ws://{}/", csms.address("stations"));
        let folder = Folder::new(&format!("operator-{}", csms.address("stations").port()));
        let station = |id, version| {
            let file = folder.file(id);
            let config = format!(
                "versions = [\"{version}\"]\nvendor = \"ocpp\"\nmodel = \"simulated\"\n[[evse]]\n[[evse]]\n[features]\n\
                 reservation = true\n"
            );
            std::fs::write(&file, config).unwrap();
            let args = [
                "station",
                "--url",
                &url,
                "--id",
                id,
                "--config",
                &file,
                "--control",
                "127.0.0.1:0",
                "--log",
                "off",
            ];
            Program::start(&args, 1)
        };
        let stations = [station("CP1", "1.6"), station("CP2", "2.0.1")];
        let site = Self { csms, stations };
        for id in ["CP1", "CP2"] {
            until("a station has told its connectors", || {
                let (_, seen) = http(
                    site.api(),
                    "GET",
                    &format!("/v1/stations/{id}"),
                    &Value::Null,
                );
                (seen["connectors"].as_array()?.len() >= 2).then_some(())
            });
        }
        site
    }

    fn api(&self) -> SocketAddr {
        self.csms.address("operator")
    }

    fn get(&self, path: &str) -> Value {
        ask(self.api(), "GET", path, &Value::Null)
    }

    fn operate(&self, id: &str, operation: &str, body: &Value) -> Value {
        let path = format!("/v1/stations/{id}/do/{operation}");
        ask(self.api(), "POST", &path, body)
    }

    /// Puts a token, and lets somebody charge with it; the number of the transaction.
    fn charge(&self, number: usize) -> Value {
        // One for each: nobody charges at two places.
        let token = format!("04A{number}");
        let path = format!("/v1/tokens/{token}");
        ask(self.api(), "PUT", &path, &json!({"status": "Accepted"}));
        let control = self.stations[number].address("control");
        ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
        let id = format!("CP{}", number + 1);
        let start = json!({"idToken": {"idToken": token, "kind": "ISO14443"}, "evse": 1});
        let started = self.operate(&id, "Start", &start);
        assert_eq!(started["outcome"], "Accepted", "{started}");
        until("the transaction is known", || {
            let all = self.get(&format!("/v1/transactions?station={id}&active=true"));
            all[0]["ref"].is_u64().then(|| all[0]["ref"].clone())
        })
    }

    /// Reserves an EVSE, and gives the reservation up.
    fn reserves(&self, id: &str) {
        let expiry = "2099-01-01T00:00:00Z";
        let reserve = json!({"evse": 2, "idToken": {"idToken": "R"}, "expiry": expiry});
        let reserved = self.operate(id, "Reserve", &reserve);
        assert_eq!(reserved["outcome"], "Accepted", "{reserved}");
        let all = self.get(&format!("/v1/reservations?station={id}"));
        assert_eq!(all[0]["status"], "ACCEPTED", "{all}");
        let after = format!(
            "/v1/reservations?after={id}/{}&station={id}",
            reserved["id"]
        );
        assert_eq!(self.get(&after), json!([]));
        let path = format!("/v1/stations/{id}/reservations/{}", reserved["id"]);
        let cancelled = ask(self.api(), "DELETE", &path, &Value::Null);
        assert_eq!(cancelled["outcome"], "Accepted", "{cancelled}");
        let refused = self.operate(id, "CancelReservation", &json!(99));
        assert_eq!(refused["outcome"], "Refused", "{refused}");
    }
}

#[test]
fn typed_operations_say_the_same_to_every_version() {
    let site = Site::new();
    for (number, id) in ["CP1", "CP2"].into_iter().enumerate() {
        let transaction = site.charge(number);
        let one = site.get(&format!("/v1/transactions/{transaction}"));
        assert_eq!(
            (&one["station"], &one["idToken"]),
            (&json!(id), &json!(format!("04A{number}")))
        );

        // A limit is a profile that can be seen, that counts in the forecast and at the station, and that can be taken back.
        let limit = json!({"evse": 1, "limit": 10, "transaction": transaction});
        let limited = site.operate(id, "Limit", &limit);
        assert_eq!(limited["outcome"], "Accepted", "{limited}");
        let profiles = format!("/v1/stations/{id}/charging-profiles");
        let all = site.get(&profiles);
        assert_eq!(
            (&all[0]["id"], &all[0]["evse"]),
            (&limited["id"], &json!(1)),
            "{all}"
        );
        assert_eq!(all[0]["profile"]["chargingProfilePurpose"], "TxProfile");
        let composite = site.get(&format!("/v1/stations/{id}/composite?evse=1&duration=600"));
        assert_eq!(composite["periods"][0]["limit"], 10, "{composite}");
        let told = site.operate(
            id,
            "CompositeSchedule",
            &json!({"evse": 1, "duration": 600}),
        );
        assert_eq!(told["outcome"], "Accepted", "{told}");
        let cleared = ask(
            site.api(),
            "DELETE",
            &format!("{profiles}/{}", limited["id"]),
            &Value::Null,
        );
        assert_eq!(cleared["outcome"], "Accepted", "{cleared}");
        assert_eq!(site.get(&profiles), json!([]));

        // Reservations are not offered by the station of 2.0.1: its CALLERROR is told as it is.
        if id == "CP1" {
            site.reserves(id);
        } else {
            let refused = site.operate(id, "CancelReservation", &json!(99));
            assert_eq!(refused["error"]["code"], "NotSupported", "{refused}");
        }

        let report = site.operate(id, "Inventory", &json!("Full"));
        assert!(!report["parts"].as_array().unwrap().is_empty(), "{report}");
        let status = site.operate(id, "Stop", &transaction);
        assert_eq!(status["outcome"], "Accepted", "{status}");
        until("the transaction has ended", || {
            let one = site.get(&format!("/v1/transactions/{transaction}"));
            (one["stoppedAt"] != "").then_some(())
        });
        // It cannot be stopped twice.
        let path = format!("/v1/stations/{id}/do/Stop");
        assert_eq!(http(site.api(), "POST", &path, &transaction).0, 404);
    }
    // A request that makes no sense says where.
    let wrong = json!({"idToken": {"idToken": 5}});
    let (status, told) = http(site.api(), "POST", "/v1/stations/CP1/do/Start", &wrong);
    assert_eq!(
        (status, &told["pointer"]),
        (400, &json!("/idToken/idToken"))
    );
    let (status, _) = http(site.api(), "POST", "/v1/stations/CP1/do/Fly", &json!({}));
    assert_eq!(status, 404);
    // Monitors are of 2.x.
    let (status, _) = http(
        site.api(),
        "POST",
        "/v1/stations/CP1/do/ListMonitors",
        &json!({}),
    );
    assert_eq!(status, 400);
}

/// Whoever follows the events over a connection of his own.
struct Follower(BufReader<TcpStream>);

impl Follower {
    fn new(api: SocketAddr, path: &str, headers: &str) -> Self {
        let mut socket = TcpStream::connect(api).unwrap();
        let patience = Some(Duration::from_secs(30));
        socket.set_read_timeout(patience).unwrap();
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        )
        .unwrap();
        let mut follower = Self(BufReader::new(socket));
        follower.line("content-type: text/event-stream");
        follower.line("retry: ");
        follower
    }

    /// The rest of the next line that begins so.
    fn line(&mut self, begin: &str) -> String {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "{begin}");
            if let Some(rest) = line
                .to_ascii_lowercase()
                .starts_with(begin)
                .then(|| &line[begin.len()..])
            {
                return rest.trim().to_owned();
            }
        }
    }

    /// The id and the data of the next event of this kind.
    fn event(&mut self, kind: &str) -> (String, Value) {
        loop {
            let id = self.line("id: ");
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let Some(data) = line.strip_prefix("data: ") else {
                continue;
            };
            let data: Value = serde_json::from_str(data).unwrap();
            if data["kind"] == kind {
                return (id, data);
            }
        }
    }
}

#[test]
fn events_are_followed_and_taken_up_again() {
    let site = Site::new();
    let mut all = Follower::new(site.api(), "/v1/events?after=0", "");
    let (_, booted) = all.event("Booted");
    assert_eq!(booted["data"]["info"]["model"], "simulated", "{booted}");
    let mut now = Follower::new(
        site.api(),
        "/v1/events?station=CP2&kind=TransactionBegan,TransactionEnded",
        "",
    );
    site.charge(0);
    let transaction = site.charge(1);
    let (began, event) = now.event("TransactionBegan");
    assert_eq!(
        (&event["station"], &event["data"]["reference"]),
        (&json!("CP2"), &transaction)
    );
    drop(now);
    site.operate("CP2", "Stop", &transaction);
    // The connection broke off; what was missed comes.
    let last = format!("Last-Event-ID: {began}\r\n");
    let mut again = Follower::new(site.api(), "/v1/events?station=CP2", &last);
    let (_, event) = again.event("TransactionEnded");
    assert_eq!(event["data"]["reference"], transaction, "{event}");
    // Of a run that is over nobody knows what was missed.
    let mut lost = Follower::new(site.api(), "/v1/events", "Last-Event-ID: 5-5\r\n");
    assert_eq!(lost.line("event: "), "missed");
}

#[test]
fn figures_are_for_prometheus() {
    let site = Site::new();
    site.charge(0);
    http(
        site.api(),
        "POST",
        "/v1/stations/CP9/do/ClearCache",
        &json!({}),
    );
    let (status, head, text) = raw(site.api(), "GET", "/metrics", &["Host: localhost"], "");
    assert!(
        status == 200 && head.contains("application/openmetrics-text"),
        "{head}"
    );
    for wanted in [
        "ocpp_stations_connected{version=\"1.6\"} 1\n",
        "ocpp_stations_connected{version=\"2.0.1\"} 1\n",
        "ocpp_stations_known 2\n",
        "ocpp_store_up 1\n",
        "ocpp_station_events_total{kind=\"TransactionBegan\"} 1\n",
        "ocpp_operations_total{operation=\"Start\",outcome=\"Accepted\"} 1\n",
        "ocpp_api_requests_total{status=\"404\"} ",
        "# EOF\n",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

#[test]
fn a_token_permits_what_its_role_says() {
    let folder = Folder::new("roles");
    let file = folder.file("tokens");
    let tokens = "# Who may do what.\nread read-read-read-read\noperate operate-operate-op\n\nadmin admin-admin-admin\nanother-admin-token\n";
    std::fs::write(&file, tokens).unwrap();
    let args = [
        "csms",
        "--listen",
        "127.0.0.1:0",
        "--api",
        "127.0.0.1:0",
        "--api-token-file",
        &file,
    ];
    let csms = Program::start(&args, 2);
    let api = csms.address("operator");
    let tries = |token: &str| {
        let token = format!("Authorization: Bearer {token}");
        let headers = ["Host: localhost", "Content-Type: application/json", &token];
        let ask = |method, path, body| http_with(api, method, path, &headers, body).0;
        [
            ask("GET", "/v1/stations", ""),
            ask("PUT", "/v1/tokens/A", r#"{"status":"Accepted"}"#),
            // Nobody of this name is connected.
            ask("POST", "/v1/stations/X/do/ClearCache", ""),
            ask(
                "POST",
                "/v1/stations/X/do/SetPassword",
                r#""0123456789abcdef""#,
            ),
            ask("POST", "/v1/stations/X/call/Reset", r#"{"type":"Soft"}"#),
            ask(
                "PUT",
                "/v1/stations/X",
                r#"{"password":"0123456789abcdef"}"#,
            ),
        ]
    };
    assert_eq!(tries("nobody-nobody-nobody"), [401; 6]);
    assert_eq!(tries("read-read-read-read"), [200, 403, 403, 403, 403, 403]);
    assert_eq!(tries("operate-operate-op"), [200, 200, 404, 403, 403, 403]);
    assert_eq!(tries("admin-admin-admin"), [200, 200, 404, 404, 404, 200]);
    assert_eq!(tries("another-admin-token"), [200, 200, 404, 404, 404, 200]);

    for (tokens, wanted) in [
        ("root 0123456789abcdef", "\"root\" is no role"),
        ("read short", "line 1: the token has 5 characters"),
        ("# Nobody.\n", "there is no token in it"),
    ] {
        std::fs::write(&file, tokens).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_ocpp"));
        let output = { output }.args(args).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(wanted), "{told}");
    }
}

#[test]
fn people_see_a_page_and_programs_the_list() {
    let folder = Folder::new("page");
    let file = folder.file("token");
    std::fs::write(&file, "correct-horse-battery\n").unwrap();
    let csms = [
        "csms",
        "--listen",
        "127.0.0.1:0",
        "--api",
        "127.0.0.1:0",
        "--api-token-file",
        &file,
    ];
    let station = [
        "station",
        "--url",
        "ws://127.0.0.1:1",
        "--id",
        "X",
        "--no-start",
        "--control",
        "127.0.0.1:0",
        "--api-token-file",
        &file,
    ];
    for (args, told, what) in [(&csms[..], 2, "operator"), (&station[..], 1, "control")] {
        let program = Program::start(args, told);
        let address = program.address(what);
        let get =
            |path: &str, accept: &str| raw(address, "GET", path, &["Host: localhost", accept], "");
        let (status, head, page) = get("/", "Accept: text/html,*/*;q=0.8");
        assert_eq!(status, 200, "it can be shown before the token is asked for");
        let policy = "content-security-policy: default-src 'none'; script-src 'self';";
        assert!(
            head.contains("text/html") && head.contains(policy),
            "{head}"
        );
        assert!(
            !page.contains("style=") && !page.contains("onclick="),
            "the policy forbids it"
        );
        let mut assets = 0;
        let parts = page.split('"').filter(|part| part.starts_with("page/"));
        for asset in parts.chain(["page/common.js"]) {
            let (status, head, text) = get(&format!("/{asset}"), "Accept: */*");
            let kind = if asset.ends_with(".js") {
                "text/javascript"
            } else {
                "text/css"
            };
            assert!(status == 200 && head.contains(kind), "{asset}: {head}");
            // What others have written must not become HTML.
            for way in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
            ] {
                assert!(!text.contains(way), "{asset}: {way}");
            }
            assets += 1;
        }
        assert!(assets >= 3);
        // With a token the rest is for who has it.
        assert_eq!(get("/", "Accept: application/json").0, 401);
        assert_eq!(get("/v1/health", "Accept: text/html").0, 401);
        let hosts = ["Host: evil.example", "Accept: text/html"];
        assert_eq!(raw(address, "GET", "/", &hosts, "").0, 403);
    }
}

/// A schema of the document with everything that it refers to.
fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::draft202012::new(&whole).unwrap()
}

/// What no parameter of this schema may be; `None`: it may be any text.
fn wrong_for(schema: &Value) -> Option<&'static str> {
    let is_free = schema["type"] == "string" && schema["maxLength"].is_null();
    (!is_free).then_some(match schema["maxLength"].is_null() {
        true => "no%20such",
        // Longer than any name.
        false => "",
    })
}

#[test]
fn what_is_wrong_is_refused_by_every_route_with_the_place() {
    let site = Site::new();
    let transaction = site.charge(0);
    let document = site.get("/v1/openapi.json");
    let fill = |template: &str| {
        let path = template
            .replace("{id}", "CP1")
            .replace("{ref}", &transaction.to_string())
            .replace("{token}", "04A0")
            .replace("{number}", "1");
        path.replace("{action}", "ChangeConfiguration")
    };
    let ask = |method: &str, path: &str, body: &str| {
        let headers = ["Host: localhost", "Content-Type: application/json"];
        let (status, _, answer) = raw(site.api(), &method.to_uppercase(), path, &headers, body);
        (status, serde_json::from_str::<Value>(&answer).unwrap())
    };
    let (mut parameters, mut bodies) = (0, 0);
    for (template, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            for parameter in operation["parameters"].as_array().unwrap() {
                let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
                let long = "x".repeat(256);
                let Some(wrong) = wrong_for(schema).map(|wrong| match wrong {
                    "" => long.as_str(),
                    wrong => wrong,
                }) else {
                    continue;
                };
                let path = match parameter["in"] == "path" {
                    true => fill(&template.replace(&format!("{{{name}}}"), wrong)),
                    false => format!("{}?{name}={wrong}", fill(template)),
                };
                let body = match method.as_str() {
                    "put" => r#"{"status": "Accepted"}"#,
                    _ => "",
                };
                let (status, why) = ask(method, &path, body);
                // Nothing is called so.
                let is_unknown = status == 404 && method != "put" && wrong == long;
                assert!(
                    status == 400 || is_unknown,
                    "{method} {path}: {status} {why}"
                );
                assert!(
                    is_unknown || why["parameter"] == name,
                    "{method} {path}: {why}"
                );
                parameters += 1;
            }
            if operation["requestBody"].is_null() {
                continue;
            }
            // What is no JSON; and, where members are named, one that nobody knows, and a list.
            let broken = ["{", "\"\\ud800\"", "7 7"];
            let names_members = !template.contains("/do/");
            let unknown = [r#"{"no such member": 1}"#, "[[]]"];
            let unknown = unknown.into_iter().filter(|_| names_members);
            for wrong in broken.into_iter().chain(unknown) {
                let path = fill(template);
                let (status, why) = ask(method, &path, wrong);
                assert_eq!(status, 400, "{method} {path} {wrong}: {why}");
                assert!(why["pointer"].is_string(), "{method} {path} {wrong}: {why}");
                bodies += 1;
            }
        }
    }
    assert!(
        parameters > 20 && bodies > 100,
        "{parameters} parameters, {bodies} bodies"
    );
}

#[test]
fn every_path_and_method_answers_as_the_document_says() {
    let site = Site::new();
    site.charge(0);
    let transaction = site.charge(1);
    site.operate("CP1", "Limit", &json!({"evse": 1, "limit": 10}));
    let document = site.get("/v1/openapi.json");
    assert_eq!(document["openapi"], "3.1.0");
    let mut asked = 0;
    let mut right = 0;
    let paths = document["paths"].as_object().unwrap();
    // What changes most comes last.
    let order = ["get", "post", "put", "delete"];
    for method in order {
        for (template, methods) in paths {
            let operation = &methods[method];
            // The first never ends; the others come at the end, and the last one ends the program.
            if operation.is_null()
                || template == "/v1/events"
                || template.ends_with("/disconnect")
                || template == "/v1/drain"
            {
                continue;
            }
            let path = template
                .replace("{id}", "CP1")
                .replace("{ref}", &transaction.to_string())
                .replace("{token}", "04A0")
                .replace("{number}", "1")
                .replace("{action}", "ClearCache");
            assert!(!path.contains('{'), "{path}");
            let body = match template.rsplit('/').next().unwrap() {
                "Inventory" => json!("Full"),
                "{token}" if method == "put" => json!({"status": "Blocked"}),
                "{id}" if method == "put" => json!({"interval": 60}),
                _ if method == "post" => json!({}),
                _ => Value::Null,
            };
            let headers = ["Host: localhost", "Content-Type: application/json"];
            let text = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            let (status, head, answer) =
                raw(site.api(), &method.to_uppercase(), &path, &headers, &text);
            let response = &operation["responses"][status.to_string()];
            assert!(response.is_object(), "{method} {path}: {status} {answer}");
            let content = response["content"].as_object().unwrap();
            let (kind, content) = content.iter().next().unwrap();
            assert!(head.contains(kind), "{method} {path}: {head}");
            if kind == "application/json" {
                let answer: Value = serde_json::from_str(&answer).unwrap();
                let schema = validator(&document, &content["schema"]);
                let errors: Vec<_> = schema.iter_errors(&answer).collect();
                assert!(errors.is_empty(), "{method} {path}: {errors:?} {answer}");
            }
            asked += 1;
            right += usize::from(status == 200);
        }
    }
    let disconnect = "/v1/stations/CP1/disconnect";
    assert_eq!(http(site.api(), "POST", disconnect, &Value::Null).0, 200);
    // And no other method.
    for (template, methods) in paths {
        let path = template.replace(['{', '}'], "");
        for method in order.into_iter().chain(["patch"]) {
            if methods[method].is_null() {
                let (status, head, _) = raw(
                    site.api(),
                    &method.to_uppercase(),
                    &path,
                    &["Host: localhost"],
                    "",
                );
                assert!(
                    status == 405 && head.contains("allow: "),
                    "{method} {path}: {status}"
                );
            }
        }
    }
    assert!(asked > 50 && right > 20, "{asked} asked, {right} right");
}
