//! A schema as a tree of places, read by its keywords: independent of how the generator reads it.

use serde_json::Value;

use crate::json::Step;

/// A place in a schema, references followed. The official schemas do not contain themselves.
pub struct Place {
    name: String,
    kind: Kind,
    min_items: Option<usize>,
    max_items: Option<usize>,
    max_length: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    in_tenths: bool,
    open: bool,
    values: Vec<String>,
    members: Vec<(String, bool, Place)>,
    items: Option<Box<Place>>,
}

pub type Schema<'a> = &'a Place;

/// What the keywords of a place ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    Enumeration,
    DateTime,
    Uri,
    Text,
    Integer,
    Number,
    Boolean,
    Any,
}

fn kind(node: &Value) -> Kind {
    if node.get("enum").is_some() {
        return Kind::Enumeration;
    }
    match (node["type"].as_str(), node["format"].as_str()) {
        (Some("object"), _) => Kind::Object,
        (Some("array"), _) => Kind::Array,
        (Some("string"), Some("date-time")) => Kind::DateTime,
        (Some("string"), Some("uri")) => Kind::Uri,
        (Some("string"), None) => Kind::Text,
        (Some("integer"), _) => Kind::Integer,
        (Some("number"), _) => Kind::Number,
        (Some("boolean"), _) => Kind::Boolean,
        (None, None) => Kind::Any,
        other => panic!("a schema of type {other:?}"),
    }
}

/// The types of OCPP 1.6 (sections 7 and 6) whose schemas stand in place of a reference.
fn type_of_member(member: &str) -> &str {
    match member {
        "configurationKey" => "KeyValue",
        "transactionData" => "MeterValue",
        "csChargingProfiles" => "ChargingProfile",
        "localAuthorizationList" => "AuthorizationData",
        other => other,
    }
}

impl Place {
    pub fn of(message: &str, root: &Value) -> Self {
        Self::read(root, root, message)
    }

    /// `name` is the type's, or where the schema gives none, the member's.
    fn read(root: &Value, node: &Value, name: &str) -> Self {
        if let Some(target) = node["$ref"].as_str() {
            let definition = target.strip_prefix("#/definitions/").unwrap();
            let name = definition
                .strip_suffix("EnumType")
                .or(definition.strip_suffix("Type"));
            return Self::read(
                root,
                &root["definitions"][definition],
                name.unwrap_or(definition),
            );
        }
        let size = |keyword: &str| Some(node.get(keyword)?.as_u64().unwrap() as usize);
        let bound = |keyword: &str| {
            let bound = node.get(keyword)?.as_f64().unwrap();
            assert_eq!(bound.fract(), 0.0);
            Some(bound as i64)
        };
        let strings = |keyword: &str| -> Vec<String> {
            let list = node[keyword].as_array().into_iter().flatten();
            list.map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let required = strings("required");
        let properties = node["properties"].as_object().into_iter().flatten();
        Self {
            name: name.to_owned(),
            kind: kind(node),
            min_items: size("minItems"),
            max_items: size("maxItems"),
            max_length: size("maxLength"),
            minimum: bound("minimum"),
            maximum: bound("maximum"),
            in_tenths: node.get("multipleOf").is_some_and(|step| {
                assert_eq!(step.as_f64(), Some(0.1));
                true
            }),
            open: node["additionalProperties"] != Value::Bool(false),
            values: strings("enum"),
            members: properties
                .map(|(name, node)| {
                    (
                        name.clone(),
                        required.contains(name),
                        Self::read(root, node, type_of_member(name)),
                    )
                })
                .collect(),
            items: node
                .get("items")
                .map(|items| Box::new(Self::read(root, items, name))),
        }
    }

    /// The name of the type, in the schema's spelling; meaningful for objects.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    pub fn min_items(&self) -> usize {
        self.min_items.unwrap_or(0)
    }

    pub fn max_items(&self) -> Option<usize> {
        self.max_items
    }

    pub fn max_length(&self) -> Option<usize> {
        self.max_length
    }

    pub fn minimum(&self) -> Option<i64> {
        self.minimum
    }

    pub fn maximum(&self) -> Option<i64> {
        self.maximum
    }

    pub fn in_tenths(&self) -> bool {
        self.in_tenths
    }

    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether unknown members are allowed.
    pub fn open(&self) -> bool {
        self.open
    }

    /// The members in the schema's order, and whether each is required.
    pub fn members(&self) -> &[(String, bool, Place)] {
        &self.members
    }

    pub fn member(&self, name: &str) -> Option<&Place> {
        let mut members = self.members.iter();
        members
            .find(|(member, ..)| member == name)
            .map(|(_, _, place)| place)
    }

    pub fn items(&self) -> &Place {
        self.items.as_ref().unwrap()
    }

    /// Every place of the schema with the path that leads there.
    pub fn sites(&self) -> Vec<(Vec<Step>, &Place)> {
        let mut sites = Vec::new();
        self.collect(&mut Vec::new(), &mut sites);
        sites
    }

    fn collect<'a>(&'a self, path: &mut Vec<Step>, sites: &mut Vec<(Vec<Step>, &'a Place)>) {
        sites.push((path.clone(), self));
        for (name, _, member) in &self.members {
            path.push(Step::Member(name.clone()));
            member.collect(path, sites);
            path.pop();
        }
        if let Some(items) = &self.items {
            path.push(Step::Element);
            items.collect(path, sites);
            path.pop();
        }
    }
}
