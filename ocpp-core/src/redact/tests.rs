use alloc::format;
use alloc::string::ToString as _;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn secrets_are_hidden_wherever_messages_carry_them() {
    for (frame, shown) in [
        (
            r#"[2,"1","ChangeConfiguration",{"key":"authorizationkey","value":"00ff"}]"#,
            r#"[2,"1","ChangeConfiguration",{"key":"authorizationkey","value":"***"}]"#,
        ),
        (
            r#"[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"00"},{"key":"X","readonly":true,"value":"1"}]}]"#,
            r#"[3,"1",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"***"},{"key":"X","readonly":true,"value":"1"}]}]"#,
        ),
        (
            r#"[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"s3cret","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
            r#"[2,"1","SetVariables",{"setVariableData":[{"attributeValue":"***","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}]"#,
        ),
        (
            r#"[2,"1","SetVariables",{"setVariableData":[{"variable":{"name":"BasicAuthPassword"},"attributeValue" : "s3cret"},{"attributeValue":"1","variable":{"name":"X"}}]}]"#,
            r#"[2,"1","SetVariables",{"setVariableData":[{"variable":{"name":"BasicAuthPassword"},"attributeValue" : "***"},{"attributeValue":"1","variable":{"name":"X"}}]}]"#,
        ),
        (
            r#"[2,"1","NotifyReport",{"reportData":[{"variable":{"name":"BasicAuthPassword"},"variableAttribute":[{"type":"Actual","value":"s3cret"}]}]}]"#,
            r#"[2,"1","NotifyReport",{"reportData":[{"variable":{"name":"BasicAuthPassword"},"variableAttribute":"***"}]}]"#,
        ),
        (
            r#"[2,"1","SetNetworkProfile",{"vpn":{"server":"s","user":"u","password":"p","key":"k","type":"PPTP"},"apn":{"apnPassword":"p","simPin":1}}]"#,
            r#"[2,"1","SetNetworkProfile",{"vpn":{"server":"s","user":"u","password":"***","key":"***","type":"PPTP"},"apn":{"apnPassword":"***","simPin":"***"}}]"#,
        ),
        (
            r#"[2,"1","Authorize",{"idToken":{"idToken":"1234","type":"KeyCode"}}]"#,
            r#"[2,"1","Authorize",{"idToken":{"idToken":"***","type":"KeyCode"}}]"#,
        ),
        (
            r#"[2,"1","Authorize",{"idToken":{"type":"ISO14443","idToken":"04A2B3C4"}}]"#,
            r#"[2,"1","Authorize",{"idToken":{"type":"ISO14443","idToken":"04A2B3C4"}}]"#,
        ),
        (
            r#"[2,"1","GetDiagnostics",{"location":"ftp:\/\/me:s3cret@host:21\/logs","more":"ftp://me@host http://a:b@c?d"}]"#,
            r#"[2,"1","GetDiagnostics",{"location":"ftp://me:***@host:21/logs","more":"ftp://me@host http://a:***@c?d"}]"#,
        ),
        (
            r#"[2,"1","DataTransfer",{"vendorId":"V","data":"{\"password\":\"s3cret\",\"n\":1}"}]"#,
            r#"[2,"1","DataTransfer",{"vendorId":"V","data":"{\"password\":\"***\",\"n\":1}"}]"#,
        ),
        (
            r#"[2,"1","X",{"note":"the password is above","password":null}]"#,
            r#"[2,"1","X",{"note":"the password is above","password":null}]"#,
        ),
        (
            r#"[2,"1","X",{"password":{"value":[1,{"password":2}]},"n":1}]"#,
            r#"[2,"1","X",{"password":"***","n":1}]"#,
        ),
    ] {
        assert_eq!(redact(frame), shown);
        assert_eq!(redact(shown), shown, "what is hidden stays");
    }
    assert!(matches!(
        redact("[2,\"1\",\"Heartbeat\",{}]"),
        Cow::Borrowed(_)
    ));
}

/// A name is what it says, not how it is written (S23).
#[test]
fn escapes_hide_no_name() {
    for frame in [
        r#"[2,"1","X",{"pass\u0077ord":"s3cret"}]"#,
        r#"[2,"1","X",{"\u0050ASSWORD":"s3cret"}]"#,
        r#"[2,"1","X",{"key":"Authorization\u004bey","value":"s3cret"}]"#,
        r#"[2,"1","X",{"\u006bey":"AuthorizationKey","v\u0061lue":"s3cret"}]"#,
        r#"[2,"1","X",{"attribute\u0056alue":"s3cret","variable":{"n\u0061me":"VpnKey"}}]"#,
        r#"[2,"1","X",{"idToken":"s3cret","type":"\u004beyCode"}]"#,
        r#"[2,"1","X",{"data":"{\"pass\\u0077ord\":\"s3cret\"}"}]"#,
        r#"[2,"1","X",{"\ud800password":"s3cret"}]"#,
        r#"[2,"1","X",{"location":"ftp\u003a//u:s3cret@h/"}]"#,
    ] {
        let shown = redact(frame);
        assert!(
            !shown.contains("s3cret") && shown.contains("***"),
            "{shown}"
        );
        assert!(
            serde_json::from_str::<serde::de::IgnoredAny>(&shown).is_ok(),
            "{shown}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_not_shown() {
    for broken in [
        r#"[2,"1","X",{"password":"s3cret""#,
        r#"[2,"1","X",{"pass\u0077ord":"s3cret"#,
        r#"[2,"1","X",{"location":"ftp://u:s3cret@h/"}"#,
        r#"{"password":"s3cret"}}"#,
        r#"{"password" "s3cret"}"#,
        r#"{"password":"s3cret\"#,
    ] {
        let shown = redact(broken);
        assert!(
            !shown.contains("s3cret") && shown.starts_with('"'),
            "{shown}"
        );
    }
    assert_eq!(
        redact("[2,\"1\",\"X\""),
        "[2,\"1\",\"X\"",
        "nothing to hide"
    );
    let deep = format!(
        r#"[2,"1","X",{}{{"password":"s3cret"}}{}]"#,
        "[".repeat(90),
        "]".repeat(90)
    );
    assert!(!redact(&deep).contains("s3cret"));
    let mut text = String::from(r#"{"password":"s3cret"}"#);
    for _ in 0..4 {
        text = json!({ "data": text }).to_string();
        assert!(!redact(&text).contains("s3cret"), "{text}");
    }
    let endless = "[".repeat(200_000);
    assert_eq!(redact(&endless), endless);
}

fn value() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("password".to_owned()),
        Just("key".to_owned()),
        Just("value".to_owned()),
        Just("variable".to_owned()),
        Just("name".to_owned()),
        "[a-z\"\\\\\u{1}ü]{0,4}",
    ];
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        Just(Value::Null),
        Just(Value::from("AuthorizationKey")),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// As the rules say it, on values.
fn naive(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(naive),
        Value::Object(members) => {
            let named =
                |name: Option<&Value>| name.and_then(Value::as_str) == Some("AuthorizationKey");
            let secret = named(members.get("key"))
                || named(members.get("variable").and_then(|v| v.get("name")));
            for (name, value) in members {
                let hidden = name == "password" || secret && name == "value";
                match value {
                    Value::Null => {}
                    value if hidden => *value = Value::from("***"),
                    value => naive(value),
                }
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn frames_stay_json_and_differ_only_in_their_secrets(value in value(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let shown: Value = serde_json::from_str(&redact(&text)).unwrap();
        let mut wanted = value;
        naive(&mut wanted);
        prop_assert_eq!(shown, wanted);
    }

    #[test]
    fn nothing_panics_and_nothing_readable_is_lost(text in "[\\[\\]{}\",:\\\\a-f0-9 ]{0,60}") {
        let shown = redact(&text);
        if serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert!(serde_json::from_str::<Value>(&shown).is_ok());
        }
    }
}
