//! What the generator does not understand it refuses, with the file and the JSON pointer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value
)]

use ocpp_codegen::{ActionSettings, Amendment, Error, Generator, ProtocolSettings, Settings};
use serde_json::{Value, json};

fn closed(properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn refusal(schema: &Value) -> Error {
    let mut generator = Generator::new(Settings::default());
    let result = generator.add("Message", "vendor/message.json", schema);
    match result.and_then(|()| generator.generate()) {
        Ok(source) => panic!("accepted {schema}:\n{source}"),
        Err(error) => error,
    }
}

#[test]
fn a_schema_that_is_not_understood_is_refused_where_it_is_not() {
    for (schema, pointer, problem) in [
        (json!(true), "", "a schema is an object"),
        (
            json!({ "type": "string" }),
            "",
            "an object or an enumeration",
        ),
        (
            json!({ "type": ["object", "null"] }),
            "",
            "an object or an enumeration",
        ),
        (json!({ "type": "object", "oneOf": [] }), "", "\"oneOf\""),
        (
            json!({ "type": "object", "additionalProperties": {} }),
            "",
            "true or false",
        ),
        (
            json!({ "type": "object", "required": "a" }),
            "",
            "a list of names",
        ),
        (
            json!({ "type": "object", "required": ["a"] }),
            "",
            "required but not described",
        ),
        (
            json!({ "type": "object", "required": [1] }),
            "",
            "a list of names",
        ),
        (
            json!({ "type": "object", "properties": [] }),
            "/properties",
            "a schema is an object",
        ),
        (
            closed(json!({ "a": true })),
            "/properties/a",
            "a schema is an object",
        ),
        (
            closed(json!({ "a": { "type": "null" } })),
            "/properties/a",
            "the type is one of",
        ),
        (
            closed(json!({ "a": { "type": "object" } })),
            "/properties/a",
            "describe its members",
        ),
        (
            closed(json!({ "a": { "type": "string", "pattern": "x" } })),
            "/properties/a",
            "\"pattern\"",
        ),
        (
            closed(json!({ "a": { "type": "string", "minLength": 1 } })),
            "/properties/a",
            "\"minLength\"",
        ),
        (
            closed(json!({ "a": { "type": "string", "maxLength": -1 } })),
            "/properties/a",
            "whole number",
        ),
        (
            closed(json!({ "a": { "type": "string", "maxLength": "5" } })),
            "/properties/a",
            "whole number",
        ),
        (
            closed(json!({ "a": { "type": "string", "format": "email" } })),
            "/properties/a",
            "\"email\"",
        ),
        (
            closed(json!({ "a": { "type": "string", "format": 1 } })),
            "/properties/a",
            "format",
        ),
        (
            closed(json!({ "a": { "type": "string", "format": "uri", "maxLength": 5 } })),
            "/properties/a",
            "together",
        ),
        (
            closed(json!({ "a": { "type": "integer", "minimum": 0.5 } })),
            "/properties/a",
            "whole number",
        ),
        (
            closed(json!({ "a": { "type": "integer", "maximum": 1e30 } })),
            "/properties/a",
            "below 9e15",
        ),
        (
            closed(json!({ "a": { "type": "integer", "minimum": 5, "maximum": 4 } })),
            "/properties/a",
            "smaller than minimum",
        ),
        (
            closed(json!({ "a": { "type": "integer", "exclusiveMinimum": 0 } })),
            "/properties/a",
            "exclusiveMinimum",
        ),
        (
            closed(json!({ "a": { "type": "number", "multipleOf": 0.25 } })),
            "/properties/a",
            "multipleOf",
        ),
        (
            closed(json!({ "a": { "type": "integer", "multipleOf": 2 } })),
            "/properties/a",
            "multipleOf",
        ),
        (
            closed(json!({ "a": { "type": "array" } })),
            "/properties/a",
            "describes its items",
        ),
        (
            closed(json!({ "a": { "type": "array", "items": [{}] } })),
            "/properties/a/items",
            "a schema is an object",
        ),
        (
            closed(json!({ "a": { "type": "array", "items": {}, "uniqueItems": true } })),
            "/properties/a",
            "uniqueItems",
        ),
        (
            closed(json!({ "a": { "type": "array", "items": {}, "minItems": 2, "maxItems": 1 } })),
            "/properties/a",
            "smaller than minItems",
        ),
        (
            closed(json!({ "a": { "enum": [] } })),
            "/properties/a",
            "at least one value",
        ),
        (
            closed(json!({ "a": { "enum": ["x", "x"] } })),
            "/properties/a",
            "different strings",
        ),
        (
            closed(json!({ "a": { "enum": [1] } })),
            "/properties/a",
            "different strings",
        ),
        (
            closed(json!({ "a": { "enum": ["x"], "type": "integer" } })),
            "/properties/a",
            "strings",
        ),
        (
            closed(json!({ "a": { "$ref": "other.json#/x" } })),
            "/properties/a",
            "#/definitions/",
        ),
        (
            closed(json!({ "a": { "$ref": "#/definitions/X", "maxLength": 1 } })),
            "/properties/a",
            "maxLength",
        ),
        (
            closed(json!({ "a": { "$ref": "#/definitions/Nothing" } })),
            "/properties/a",
            "no schema defines",
        ),
        (
            closed(json!({ "a~/b": { "type": "null" } })),
            "/properties/a~0~1b",
            "the type is one of",
        ),
        (
            closed(json!({ "": { "type": "string" } })),
            "/properties/",
            "no letters",
        ),
        (
            closed(json!({ "+": { "type": "string" } })),
            "/properties/+",
            "no letters",
        ),
        (
            closed(json!({ "aB": { "type": "string" }, "a_b": { "type": "string" } })),
            "/properties/a_b",
            "would both be the field a_b",
        ),
        (
            json!({ "type": "object", "properties": { "otherMembers": { "type": "string" } } }),
            "/properties/otherMembers",
            "would both be the field other_members",
        ),
        (
            json!({ "type": "object", "definitions": { "Result": closed(json!({})) } }),
            "/definitions/Result",
            "cannot be named Result",
        ),
        (
            closed(json!({ "a": { "enum": ["+", "-"] } })),
            "/properties/a",
            "no letters",
        ),
        (
            closed(json!({ "a": { "enum": ["x-y", "x.y"] } })),
            "/properties/a",
            "would be named XY",
        ),
        (
            closed(json!({ "a": { "enum": ["unrecognized"] } })),
            "/properties/a",
            "would be named Unrecognized",
        ),
        (
            json!({ "type": "object", "definitions": { "Inner": { "type": "object", "patternProperties": {} } } }),
            "/definitions/Inner",
            "patternProperties",
        ),
    ] {
        match refusal(&schema) {
            Error::Schema {
                file,
                pointer: at,
                problem: text,
            } => {
                assert_eq!(file, "vendor/message.json");
                assert_eq!(at, pointer, "{schema}: {text}");
                assert!(text.contains(problem), "{schema}: {text}");
            }
            other => panic!("{schema}: {other}"),
        }
    }
}

#[test]
fn an_error_reads_as_a_place_and_a_problem() {
    let error = refusal(&closed(
        json!({ "a": { "type": "string", "pattern": "x" } }),
    ));
    assert_eq!(
        error.to_string(),
        "vendor/message.json#/properties/a: the keyword \"pattern\" is not understood here"
    );
}

#[test]
fn one_name_for_two_structures_is_refused() {
    let definition = |size: u32| {
        json!({
            "type": "object",
            "definitions": { "Part": closed(json!({ "a": { "type": "string", "maxLength": size } })) },
        })
    };
    let mut generator = Generator::new(Settings::default());
    generator
        .add("First", "first.json", &definition(5))
        .unwrap();
    generator
        .add("Second", "second.json", &definition(5))
        .unwrap();
    match generator.add("Third", "third.json", &definition(6)) {
        Err(Error::Clash {
            file,
            pointer,
            name,
            other,
        }) => {
            assert_eq!(
                (file.as_str(), pointer.as_str()),
                ("third.json", "/definitions/Part")
            );
            assert_eq!((name.as_str(), other.as_str()), ("Part", "first.json"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_that_is_missing_or_no_json_is_named() {
    let mut generator = Generator::new(Settings::default());
    let error = generator.add_file("X", "no/such/file.json").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no/such/file.json#: cannot be read"),
        "{error}"
    );
    let error = generator
        .add_file("X", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .unwrap_err();
    assert!(
        error.to_string().contains("Cargo.toml#: is not JSON"),
        "{error}"
    );
}

#[test]
fn actions_and_schemas_must_belong_together() {
    let generate = |actions: &[&str], roots: &[&str]| {
        let actions = actions
            .iter()
            .map(|name| ActionSettings {
                name: (*name).to_owned(),
                sender: "Both".into(),
                block: "Core".into(),
            })
            .collect();
        let protocol = Some(ProtocolSettings {
            version: "V2_1".into(),
            actions,
        });
        let mut generator = Generator::new(Settings {
            protocol,
            ..Settings::default()
        });
        for root in roots {
            generator
                .add(root, "empty.json", &closed(json!({})))
                .unwrap();
        }
        generator.generate().map_err(|error| error.to_string())
    };
    assert!(generate(&["Ping"], &["PingRequest", "PingResponse"]).is_ok());
    let error = generate(&["Ping"], &["PingRequest"]).unwrap_err();
    assert!(error.contains("Ping has no schemas"), "{error}");
    let error = generate(&["Ping"], &["PingRequest", "PingResponse", "PongRequest"]).unwrap_err();
    assert!(
        error.contains("PongRequest") && error.contains("no action"),
        "{error}"
    );
}

#[test]
fn an_amendment_says_why_and_fits() {
    let parse = |json: Value| {
        Amendment::parse("a.json", &json.to_string()).map_err(|error| error.to_string())
    };
    let full = json!({
        "schema": "v1.6/X.json", "reason": "r", "source": "s",
        "patch": [
            { "op": "test", "path": "/a", "value": 1 },
            { "op": "replace", "path": "/a", "value": 2 },
        ],
    });
    let amendment = parse(full.clone()).unwrap();
    assert_eq!(amendment.schema(), "v1.6/X.json");
    let mut schema = json!({ "a": 1 });
    amendment.apply(&mut schema).unwrap();
    assert_eq!(schema, json!({ "a": 2 }));
    let error = amendment.apply(&mut schema).unwrap_err().to_string();
    assert!(
        error.starts_with("a.json: does not fit v1.6/X.json"),
        "{error}"
    );
    assert_eq!(
        schema,
        json!({ "a": 2 }),
        "a patch that fails changes nothing"
    );

    for (missing, problem) in [
        ("schema", "names no schema"),
        ("reason", "has no reason"),
        ("source", "has no source"),
        ("patch", "has no JSON Patch"),
    ] {
        let mut amendment = full.clone();
        amendment.as_object_mut().unwrap().remove(missing);
        assert!(parse(amendment).unwrap_err().contains(problem));
    }
    assert!(Amendment::parse("a.json", "{").is_err());
}

#[test]
fn rules_of_leniency_are_known_and_fit_a_member() {
    let generate = |place: &str, lenience: &str| {
        let mut generator = Generator::new(Settings {
            lenience: vec![(place.into(), lenience.into())],
            ..Settings::default()
        });
        let schema = closed(json!({ "limit": { "type": "integer" } }));
        generator.add("Order", "order.json", &schema).unwrap();
        generator.generate().map_err(|error| error.to_string())
    };
    for place in ["Order.limit", "*.limit", "Order.*"] {
        let source = generate(place, "Limit").unwrap();
        assert!(
            source.contains("Keep(::ocpp_types::Kept::Limit)"),
            "{source}"
        );
    }
    for (place, lenience, problem) in [
        ("limit", "Limit", "is no Type.member"),
        ("Order.limit", "Limits", "is not known"),
        ("Order.limit", "Required", "is not known"),
        ("Order.limits", "Limit", "fits no member"),
    ] {
        let error = generate(place, lenience).unwrap_err();
        assert!(error.contains(problem), "{error}");
    }
}
