//! The OpenAPI document, made from the table of endpoints and from the types themselves.

use std::sync::LazyLock;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::endpoints::{self, Answer, Body, Endpoint, Kind, is_name};
use super::operations;

/// Writes schemas as OpenAPI 3.1 wants them.
pub(super) fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

/// The document.
pub(super) fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(write);
    &DOCUMENT
}

/// What each request can get besides.
const ALWAYS: [(u16, &str); 6] = [
    (400, "something is wrong with the request"),
    (401, "the token is missing or wrong"),
    (
        403,
        "the token does not permit it, or a page of another site asks",
    ),
    (408, "the body did not come in time"),
    (413, "the body is too long"),
    (415, "the body is not JSON, or does not say so"),
];

fn meaning(status: u16) -> &'static str {
    match status {
        404 => "nothing there, or the station is not connected",
        409 => "not possible in this state",
        500 => "the state cannot be stored or read",
        502 => "the station's response is not what its schema permits",
        503 => "too many wait, or the state cannot be stored",
        504 => "the station did not answer in time",
        507 => "there is no room for more",
        _ => "an error",
    }
}

/// `/v1/stations/ID` becomes `/v1/stations/{id}`.
fn template(path: &str) -> String {
    let segments = path.split('/').map(|segment| match is_name(segment) {
        true => format!("{{{}}}", segment.to_lowercase()),
        false => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn parameters(endpoint: &Endpoint, path: &str) -> Value {
    let names = path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        let schema = match name {
            "ref" => json!({"type": "integer", "minimum": 0}),
            "number" => json!({"type": "integer"}),
            "token" => json!({"type": "string", "minLength": 1, "maxLength": 255}),
            _ => json!({"type": "string", "minLength": 1}),
        };
        Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
    });
    let query = endpoint.query.iter().map(|parameter| {
        let schema = match parameter.kind {
            Kind::Text => json!({"type": "string"}),
            Kind::Number(least) if least == i64::MIN => json!({"type": "integer"}),
            Kind::Number(least) => json!({"type": "integer", "minimum": least}),
            Kind::OneOf(values) => json!({"enum": values}),
        };
        let schema = match parameter.kind {
            Kind::Text => schema,
            // An empty parameter is no parameter.
            _ => json!({"anyOf": [schema, {"const": ""}]}),
        };
        let what = parameter.what;
        json!({"name": parameter.name, "in": "query", "description": what, "schema": schema})
    });
    names.chain(query).collect()
}

fn responses(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let content = match &endpoint.answer {
        Answer::Nothing => {
            json!({"application/json": {"schema": {"type": "object", "maxProperties": 0}}})
        }
        Answer::Object => json!({"application/json": {"schema": {"type": "object"}}}),
        Answer::List => json!({
            "application/json": {"schema": {"type": "object"}},
            "text/html": {"schema": {"type": "string"}},
        }),
        Answer::Text(kind) => json!({*kind: {"schema": {"type": "string"}}}),
        Answer::Of(make) => json!({"application/json": {"schema": make(generator)}}),
    };
    let mut all = Map::new();
    all.insert(
        "200".into(),
        json!({"description": "done", "content": content}),
    );
    let error = || json!({"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}});
    let own = endpoint
        .errors
        .iter()
        .map(|status| (*status, meaning(*status)));
    for (status, what) in ALWAYS.into_iter().chain(own) {
        let response = json!({"description": what, "content": error()});
        all.insert(status.to_string(), response);
    }
    Value::Object(all)
}

fn operation(
    endpoint: &Endpoint,
    path: &str,
    body: Option<(bool, Value)>,
    generator: &mut SchemaGenerator,
) -> Value {
    let mut operation = json!({
        "summary": endpoint.what,
        "parameters": parameters(endpoint, path),
        "responses": responses(endpoint, generator),
        "x-role": endpoint.role.as_str(),
    });
    if let Some((required, schema)) = body {
        let content = json!({"application/json": {"schema": schema}});
        operation["requestBody"] = json!({"required": required, "content": content});
    }
    operation
}

/// Whether an empty object, or nothing, is enough.
fn takes_nothing(schema: &Value, definitions: &Map<String, Value>) -> bool {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    let schema = name
        .and_then(|name| definitions.get(name))
        .unwrap_or(schema);
    let has_type = |name: &str| match &schema["type"] {
        Value::String(only) => only == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    };
    let required = schema["required"].as_array();
    has_type("null") || has_type("object") && required.is_none_or(Vec::is_empty)
}

fn write() -> Value {
    let mut generator = generator();
    let mut paths: Map<String, Value> = Map::new();
    let mut add = |path: String, method: &str, operation: Value| {
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        methods[method.to_lowercase()] = operation;
    };
    for endpoint in &endpoints::ALL {
        let path = template(endpoint.path);
        let body = match &endpoint.body {
            None => None,
            Some(Body::Payload) => Some((false, json!({"type": "object"}))),
            Some(Body::Of(make)) => {
                // No body is an empty object.
                let schema = make(&mut generator).to_value();
                Some((!takes_nothing(&schema, generator.definitions()), schema))
            }
            Some(Body::Operation) => {
                for (name, what, schema) in operations::all(&mut generator) {
                    let path = path.replace("{operation}", &name);
                    let body = schema.map(|schema| {
                        let takes_nothing = takes_nothing(&schema, generator.definitions());
                        // Nothing is an empty object, or nothing at all.
                        let schema = match takes_nothing {
                            true => {
                                json!({"anyOf": [schema, {"type": "object", "maxProperties": 0}]})
                            }
                            false => schema,
                        };
                        (!takes_nothing, schema)
                    });
                    let mut written = operation(endpoint, &path, body, &mut generator);
                    written["summary"] = json!(what);
                    written["x-role"] = json!(operations::role(&name).as_str());
                    add(path, endpoint.method, written);
                }
                continue;
            }
        };
        let written = operation(endpoint, &path, body, &mut generator);
        add(path, endpoint.method, written);
    }
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    let error = json!({
        "type": "object",
        "properties": {
            "error": {"type": "string", "description": "what is wrong, for people"},
            "pointer": {"type": "string", "description": "where in the body, a JSON pointer"},
            "parameter": {"type": "string", "description": "which parameter of the path or query"},
            "reason": {"type": "string"},
        },
        "required": ["error"],
    });
    schemas.insert("Error".into(), error);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Operator interface of ocpp csms",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "See docs/interfaces.md.",
        },
        "security": [{"token": []}, {}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    });
    plain(&mut document);
    document
}

/// Links of Rust's documentation lead nowhere from here.
fn plain(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" || name == "summary" => {
                        *text = without_links(text);
                    }
                    other => plain(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// ``[`A`](b)`` and ``[`A`]`` become `A`; lines that are broken for the source are joined.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("[`") {
        let (before, link) = rest.split_at(at);
        out += before;
        let Some(end) = link.find("`]") else { break };
        out += &link[2..end];
        rest = &link[end + 2..];
        if rest.starts_with('(')
            && let Some(close) = rest.find(')')
        {
            rest = &rest[close + 1..];
        }
    }
    out += rest;
    out.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_words() {
        let text = "a [`B`](c) and\n[`D`] end";
        assert_eq!(without_links(text), "a B and D end");
        assert_eq!(
            template("/v1/stations/ID/call/ACTION"),
            "/v1/stations/{id}/call/{action}"
        );
    }

    #[test]
    fn the_document_refers_to_nothing_that_is_not_there() {
        fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(members) => {
                    found.extend(members.get("$ref").and_then(Value::as_str));
                    members
                        .values()
                        .for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(document, &mut found);
        assert!(found.len() > 50);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap_or(reference);
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        assert!(document["paths"]["/v1/stations/{id}/do/Start"]["post"].is_object());
    }
}
