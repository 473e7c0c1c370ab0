//! A place in a schema, read by its keywords: independent of how the generator reads it.

use serde_json::Value;

use crate::json::Step;

#[derive(Clone, Copy)]
pub struct Schema<'a> {
    root: &'a Value,
    node: &'a Value,
}

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

impl<'a> Schema<'a> {
    pub fn root(root: &'a Value) -> Self {
        Self { root, node: root }
    }

    fn below(self, node: &'a Value) -> Self {
        let root = self.root;
        match node["$ref"].as_str() {
            Some(target) => {
                let name = target.strip_prefix("#/definitions/").unwrap();
                let definitions = &root["definitions"];
                Self::below(self, &definitions[name])
            }
            None => Self { root, node },
        }
    }

    pub fn kind(self) -> Kind {
        if self.node.get("enum").is_some() {
            return Kind::Enumeration;
        }
        match (self.node["type"].as_str(), self.node["format"].as_str()) {
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

    pub fn size(self, keyword: &str) -> Option<usize> {
        self.node
            .get(keyword)
            .map(|size| size.as_u64().unwrap() as usize)
    }

    /// A whole bound of a number.
    pub fn bound(self, keyword: &str) -> Option<i64> {
        self.node.get(keyword).map(|bound| {
            let bound = bound.as_f64().unwrap();
            assert_eq!(bound.fract(), 0.0);
            bound as i64
        })
    }

    pub fn in_tenths(self) -> bool {
        self.node.get("multipleOf").is_some_and(|step| {
            assert_eq!(step.as_f64(), Some(0.1));
            true
        })
    }

    pub fn values(self) -> Vec<&'a str> {
        let values = self.node["enum"].as_array().unwrap();
        values.iter().map(|value| value.as_str().unwrap()).collect()
    }

    /// Whether unknown members are allowed.
    pub fn open(self) -> bool {
        self.node["additionalProperties"] != Value::Bool(false)
    }

    /// The members in the schema's order, and whether each is required.
    pub fn members(self) -> Vec<(&'a str, bool, Self)> {
        let Some(properties) = self.node["properties"].as_object() else {
            return Vec::new();
        };
        let required: Vec<_> = self.node["required"]
            .as_array()
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        properties
            .iter()
            .map(|(name, node)| {
                (
                    name.as_str(),
                    required.contains(&name.as_str()),
                    self.below(node),
                )
            })
            .collect()
    }

    pub fn member(self, name: &str) -> Option<Self> {
        let mut members = self.members().into_iter();
        members
            .find(|(member, ..)| *member == name)
            .map(|(_, _, schema)| schema)
    }

    pub fn items(self) -> Self {
        self.below(&self.node["items"])
    }

    /// Every place of the schema with the path that leads there.
    pub fn sites(self) -> Vec<(Vec<Step>, Self)> {
        let mut sites = Vec::new();
        self.collect(&mut Vec::new(), &mut sites);
        sites
    }

    fn collect(self, path: &mut Vec<Step>, sites: &mut Vec<(Vec<Step>, Self)>) {
        assert!(
            path.len() < 40,
            "the official schemas do not contain themselves"
        );
        sites.push((path.clone(), self));
        match self.kind() {
            Kind::Object => {
                for (name, _, schema) in self.members() {
                    path.push(Step::Member(name.into()));
                    schema.collect(path, sites);
                    path.pop();
                }
            }
            Kind::Array => {
                path.push(Step::Element);
                self.items().collect(path, sites);
                path.pop();
            }
            _ => {}
        }
    }
}
