//! The expected outputs of `ocpp-codegen` are Rust, and do what their schemas say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use ocpp_types::decode::{decode, decode_lenient};
use ocpp_types::generated::Wire;
use ocpp_types::{BoundedVec, Described, Protocol, Violation};
use serde::Serialize;

macro_rules! golden {
    ($($name:ident)*) => {
        $(
            #[allow(dead_code, missing_docs, unreachable_pub)]
            mod $name {
                include!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../ocpp-codegen/tests/golden/",
                    stringify!($name),
                    ".rs"
                ));
            }
        )*
    };
}

golden!(arrays bounds draft_04_inline draft_06_shared empty names open_object protocol recursion);

fn survives<T: Serialize + Wire + Described>(json: &str) -> T {
    let value = decode::<T>(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(serde_json::to_string(&value).unwrap(), json);
    value
}

fn refused<T: Wire + Described + std::fmt::Debug>(json: &str) -> Vec<(String, Violation)> {
    let error = decode::<T>(json).expect_err(json);
    let issues = error.issues().iter();
    issues
        .map(|issue| (issue.pointer.clone(), issue.violation))
        .collect()
}

#[test]
fn bounds_hold() {
    survives::<bounds::Bounds>(
        r#"{"short":"1234567","percent":100,"atMost":-1,"tenths":0.3,"cents":1000,"whole":-7,"noGain":-0.001}"#,
    );
    for (json, pointer) in [
        (r#"{"short":"12345678"}"#, "/short"),
        (r#"{"percent":101}"#, "/percent"),
        (r#"{"percent":-1}"#, "/percent"),
        (r#"{"notNegative":-1}"#, "/notNegative"),
        (r#"{"atMost":0}"#, "/atMost"),
        (r#"{"tenths":0.25}"#, "/tenths"),
        (r#"{"cents":1000.01}"#, "/cents"),
        (r#"{"cents":0.001}"#, "/cents"),
        (r#"{"whole":1.5}"#, "/whole"),
        (r#"{"noGain":0.001}"#, "/noGain"),
        (r#"{"at":"now"}"#, "/at"),
        (r#"{"location":"somewhere"}"#, "/location"),
    ] {
        assert_eq!(
            refused::<bounds::Bounds>(json),
            [(pointer.into(), Violation::Property)]
        );
    }
    assert_eq!(
        refused::<bounds::Bounds>(r#"{"other":1}"#),
        [("/other".into(), Violation::Format)]
    );
}

#[test]
fn arrays_hold_their_bounds_at_every_level() {
    let json = r#"{"nonEmpty":[{"x":1}],"pair":[1,2],"integers":[1,2,3,4],"matrix":[[0,1],[]],"inline":[{"kind":"A"}],"values":[null,{"a":[]}]}"#;
    let arrays: arrays::Arrays = survives(json);
    assert_eq!(
        arrays
            .matrix
            .map(BoundedVec::into_vec)
            .unwrap_or_default()
            .len(),
        2
    );
    assert_eq!(
        decode::<arrays::Arrays>(r#"{"nonEmpty":[{"x":1}],"integers":[1.0]}"#)
            .unwrap()
            .integers[0],
        1
    );
    assert_eq!(
        refused::<arrays::Arrays>(
            r#"{"nonEmpty":[],"pair":[1],"integers":[1,2,3,4,5],"matrix":[[1,2,3],[-1]]}"#
        ),
        [
            ("/nonEmpty".into(), Violation::Occurrence),
            ("/pair".into(), Violation::Occurrence),
            ("/integers".into(), Violation::Occurrence),
            ("/matrix/0".into(), Violation::Occurrence),
            ("/matrix/1/0".into(), Violation::Property),
        ]
    );
}

#[test]
fn open_objects_keep_unknown_members_and_closed_ones_refuse_them() {
    let json = r#"{"vendorId":"a","open":{"on":true,"more":1.50},"extra":[1, 2]}"#;
    let open: open_object::OpenObject = survives(json);
    assert_eq!(
        open.other_members
            .get("extra")
            .map(ocpp_types::Json::as_str),
        Some("[1, 2]")
    );
    assert_eq!(
        refused::<open_object::OpenObject>(r#"{"vendorId":"a","closed":{"more":1}}"#),
        [("/closed/more".into(), Violation::Format)]
    );
    survives::<empty::Empty>("{}");
    assert_eq!(
        refused::<empty::Empty>("[]"),
        [("".into(), Violation::Type)]
    );
}

#[test]
fn types_that_contain_themselves_can_be_nested_only_so_deep() {
    let tree: recursion::Tree = survives(
        r#"{"root":{"name":"a","next":{"name":"b"},"children":[{"name":"c","leaf":{"parent":{"name":"d"}}}]}}"#,
    );
    assert_eq!(tree.root.children.unwrap()[0].name, "c");
    assert_eq!(
        refused::<recursion::Tree>(r#"{"root":{"name":"a","children":[{"name":1}]}}"#),
        [("/root/children/0/name".into(), Violation::Type)]
    );
    let nested = format!(
        r#"{{"root":{}{{"name":"z"}}{}}}"#,
        r#"{"name":"a","next":"#.repeat(2_000),
        "}".repeat(2_000)
    );
    assert_eq!(refused::<recursion::Tree>(&nested)[0].1, Violation::Format);
    // What is nested too deeply is left out.
    let lenient = decode_lenient::<recursion::Tree>(&nested).unwrap();
    assert_eq!(lenient.deviations.len(), 1);
    let pointer = format!("/root{}", "/next".repeat(127));
    assert_eq!(lenient.deviations[0].pointer, pointer);
}

#[test]
fn names_of_json_stay_what_they_are() {
    let names: names::Names = survives(r#"{"type":"t","self":"s","15min":1,"phase":"Self"}"#);
    assert_eq!(
        (names.r#type.as_str(), names.self_.as_str(), names.n_15min),
        ("t", "s", Some(1))
    );
    assert_eq!(names.phase, Some(names::NamesPhase::Self_));
}

#[test]
fn shared_and_inline_definitions() {
    survives::<draft_06_shared::StatusRequest>(
        r#"{"customData":{"vendorId":"a","b":null},"status":"Occupied","evse":{"id":0,"connectorId":1},"log":"Diagnostics"}"#,
    );
    let start: draft_04_inline::StartChargingRequest = survives(
        r#"{"idTag":"04a2","chargingProfile":{"chargingProfilePurpose":"TxProfile","limit":6.5},"mode":"Fast"}"#,
    );
    assert_eq!(start.id_tag, "04A2");
    let action = protocol::Action::from_name("Notify").unwrap();
    assert!(!action.info().has_response);
    assert!(protocol::Protocol::decode_response(action, "{}").is_err());
}
