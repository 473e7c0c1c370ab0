//! What the schemas say, free of JSON Schema: objects and enumerations by name, each once.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::names;
use crate::{Error, Settings};

/// The type of a member or element.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ty {
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    Number {
        min: i64,
        max: i64,
        scale: u32,
    },
    Text {
        max: Option<usize>,
        case_insensitive: bool,
    },
    DateTime,
    Uri,
    Any,
    CustomData,
    Array {
        element: Box<Ty>,
        min: usize,
        max: Option<usize>,
    },
    Named(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) docs: String,
    pub(crate) required: bool,
    pub(crate) ty: Ty,
}

impl Member {
    fn same_structure(&self, other: &Self) -> bool {
        (&self.name, self.required, &self.ty) == (&other.name, other.required, &other.ty)
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Object { members: Vec<Member>, open: bool },
    Enumeration { values: Vec<String> },
}

impl Kind {
    fn same_structure(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Object {
                    members: a,
                    open: x,
                },
                Self::Object {
                    members: b,
                    open: y,
                },
            ) => x == y && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same_structure(b)),
            (Self::Enumeration { values: a }, Self::Enumeration { values: b }) => a == b,
            _ => false,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) docs: String,
    pub(crate) kind: Kind,
    /// The file that defined it first.
    pub(crate) file: String,
    /// Where in the file.
    pub(crate) pointer: String,
}

impl Definition {
    /// What is wrong with a member of this object.
    pub(crate) fn member_error(&self, member: &str, problem: String) -> Error {
        Error::Schema {
            file: self.file.clone(),
            pointer: format!("{}/properties/{}", self.pointer, escape(member)),
            problem,
        }
    }
}

/// A segment of a JSON pointer.
fn escape(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

/// All types of one output, by Rust name.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) types: BTreeMap<String, Definition>,
}

/// The variant of every enumeration that holds what a peer sent and the schema does not know.
const UNRECOGNIZED: &str = "Unrecognized";

/// Keywords without meaning for the type: they identify, describe or advise.
const IGNORED: &[&str] = &[
    "$schema",
    "$id",
    "id",
    "$comment",
    "comment",
    "javaType",
    "title",
    "description",
    "default",
    "additionalItems",
    "definitions",
    "examples",
];

impl Model {
    /// Adds a schema file whose root object is the type `name`.
    pub(crate) fn add(
        &mut self,
        name: &str,
        file: &str,
        schema: &Value,
        settings: &Settings,
    ) -> Result<(), Error> {
        let mut reader = Reader {
            model: self,
            file,
            pointer: String::new(),
            settings,
        };
        let root = reader.node(schema)?;
        if let Some(definitions) = root.get("definitions") {
            let definitions =
                reader.within("definitions", |reader| reader.node(definitions).cloned())?;
            for (definition, schema) in &definitions {
                if settings.custom_data.contains(definition) {
                    continue;
                }
                let rust_name = reader.definition_name(definition);
                reader.within("definitions", |reader| {
                    reader.within(definition, |reader| reader.define(&rust_name, schema))
                })?;
            }
        }
        reader.define(name, schema)
    }

    /// Every name that is referred to is defined.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (name, definition) in &self.types {
            let Kind::Object { members, .. } = &definition.kind else {
                continue;
            };
            for member in members {
                let mut ty = &member.ty;
                while let Ty::Array { element, .. } = ty {
                    ty = element;
                }
                if let Ty::Named(target) = ty
                    && !self.types.contains_key(target)
                {
                    let problem = format!("{name} refers to {target}, which no schema defines");
                    return Err(definition.member_error(&member.name, problem));
                }
            }
        }
        Ok(())
    }
}

struct Reader<'a> {
    model: &'a mut Model,
    file: &'a str,
    pointer: String,
    settings: &'a Settings,
}

impl Reader<'_> {
    fn within<T>(&mut self, segment: &str, step: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape(segment));
        let result = step(self);
        self.pointer.truncate(length);
        result
    }

    fn fail<T>(&self, problem: impl Into<String>) -> Result<T, Error> {
        let (file, pointer) = (self.file.to_owned(), self.pointer.clone());
        Err(Error::Schema {
            file,
            pointer,
            problem: problem.into(),
        })
    }

    fn node<'v>(&self, value: &'v Value) -> Result<&'v Map<String, Value>, Error> {
        match value {
            Value::Object(node) => Ok(node),
            _ => self.fail("a schema is an object"),
        }
    }

    fn only(&self, node: &Map<String, Value>, understood: &[&str]) -> Result<(), Error> {
        for keyword in node.keys() {
            if !IGNORED.contains(&keyword.as_str()) && !understood.contains(&keyword.as_str()) {
                return self.fail(format!("the keyword {keyword:?} is not understood here"));
            }
        }
        Ok(())
    }

    fn definition_name(&self, definition: &str) -> String {
        if let Some((_, rust_name)) = self
            .settings
            .renames
            .iter()
            .find(|(from, _)| from == definition)
        {
            return rust_name.clone();
        }
        let suffixes = self.settings.cut_suffixes.iter();
        let cut = suffixes
            .filter_map(|suffix| definition.strip_suffix(suffix.as_str()))
            .next();
        names::camel(cut.unwrap_or(definition))
    }

    /// Defines the object or enumeration `name`, or checks that it is defined alike.
    fn define(&mut self, name: &str, schema: &Value) -> Result<(), Error> {
        let node = self.node(schema)?;
        if !names::is_usable(name) {
            return self.fail(format!("the name {name:?} has no letters; rename it"));
        }
        if names::is_reserved(name) {
            return self.fail(format!("a type cannot be named {name}; rename it"));
        }
        let kind = if node.contains_key("enum") {
            self.enumeration(name, node)?
        } else {
            self.object(name, node)?
        };
        let docs = node
            .get("description")
            .and_then(Value::as_str)
            .map(names::clean_docs)
            .unwrap_or_default();
        if let Some(present) = self.model.types.get_mut(name) {
            if !present.kind.same_structure(&kind) {
                let (file, pointer) = (self.file.to_owned(), self.pointer.clone());
                let (name, other) = (name.to_owned(), present.file.clone());
                return Err(Error::Clash {
                    file,
                    pointer,
                    name,
                    other,
                });
            }
            if present.docs.is_empty() {
                present.docs = docs;
            }
            return Ok(());
        }
        let definition = Definition {
            docs,
            kind,
            file: self.file.to_owned(),
            pointer: self.pointer.clone(),
        };
        self.model.types.insert(name.to_owned(), definition);
        Ok(())
    }

    fn enumeration(&mut self, name: &str, node: &Map<String, Value>) -> Result<Kind, Error> {
        self.only(node, &["type", "enum", "additionalProperties"])?;
        if node.get("type").is_some_and(|kind| kind != "string") {
            return self.fail("only strings can be enumerated");
        }
        let values = node.get("enum").and_then(Value::as_array);
        let Some(values) = values.filter(|values| !values.is_empty()) else {
            return self.fail("an enumeration lists at least one value");
        };
        let mut texts: Vec<String> = Vec::new();
        let mut variants = vec![UNRECOGNIZED.to_owned()];
        for value in values {
            let Some(text) = value
                .as_str()
                .filter(|text| !texts.iter().any(|t| t == text))
            else {
                return self.fail("an enumeration lists different strings");
            };
            let variant = names::camel(text);
            if !names::is_usable(text) {
                return self.fail(format!("the value {text:?} has no letters"));
            }
            if variants.contains(&variant) {
                return self.fail(format!("two values of {name} would be named {variant}"));
            }
            texts.push(text.to_owned());
            variants.push(variant);
        }
        Ok(Kind::Enumeration { values: texts })
    }

    fn object(&mut self, name: &str, node: &Map<String, Value>) -> Result<Kind, Error> {
        self.only(
            node,
            &["type", "properties", "required", "additionalProperties"],
        )?;
        if node.get("type").and_then(Value::as_str) != Some("object") {
            return self.fail("a named type is an object or an enumeration");
        }
        let open = match node.get("additionalProperties") {
            Some(Value::Bool(open)) => *open,
            None => true,
            Some(_) => return self.fail("additionalProperties is true or false"),
        };
        let required = match node.get("required") {
            None => Vec::new(),
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
                names.iter().filter_map(Value::as_str).collect()
            }
            Some(_) => return self.fail("required is a list of names"),
        };
        let empty = Map::new();
        let properties = match node.get("properties") {
            None => &empty,
            Some(properties) => self.within("properties", |reader| reader.node(properties))?,
        };
        if let Some(missing) = required
            .iter()
            .find(|name| !properties.contains_key(**name))
        {
            return self.fail(format!("{missing:?} is required but not described"));
        }
        let mut members = Vec::new();
        for (member, schema) in properties {
            let path = format!("{name}/{member}");
            let ty = self.within("properties", |reader| {
                reader.within(member, |reader| {
                    if names::is_usable(member) {
                        reader.ty(schema, &path)
                    } else {
                        reader.fail(format!("the name {member:?} has no letters"))
                    }
                })
            })?;
            let docs = schema.get("description").and_then(Value::as_str);
            members.push(Member {
                name: member.clone(),
                docs: docs.map(names::clean_docs).unwrap_or_default(),
                required: required.contains(&member.as_str()),
                ty,
            });
        }
        Ok(Kind::Object { members, open })
    }

    fn ty(&mut self, schema: &Value, path: &str) -> Result<Ty, Error> {
        let node = self.node(schema)?;
        if let Some(target) = node.get("$ref") {
            self.only(node, &["$ref"])?;
            let target = target
                .as_str()
                .and_then(|target| target.strip_prefix("#/definitions/"));
            return match target {
                Some(target) if self.settings.custom_data.iter().any(|name| name == target) => {
                    Ok(Ty::CustomData)
                }
                Some(target) => Ok(Ty::Named(self.definition_name(target))),
                None => self.fail("only references to #/definitions/… are understood"),
            };
        }
        if node.contains_key("enum") || node.contains_key("properties") {
            let name = self.inline_name(path);
            self.define(&name, schema)?;
            return Ok(Ty::Named(name));
        }
        let Some(kind) = node.get("type") else {
            self.only(node, &[])?;
            return Ok(Ty::Any);
        };
        match kind.as_str() {
            Some("boolean") => {
                self.only(node, &["type"])?;
                Ok(Ty::Boolean)
            }
            Some("integer") => {
                self.only(node, &["type", "minimum", "maximum"])?;
                let (min, max) = self.bounds(node)?;
                Ok(Ty::Integer { min, max })
            }
            Some("number") => {
                self.only(node, &["type", "minimum", "maximum", "multipleOf"])?;
                let (min, max) = self.bounds(node)?;
                Ok(Ty::Number {
                    min,
                    max,
                    scale: self.scale(node)?,
                })
            }
            Some("string") => self.text(node, path),
            Some("array") => self.array(node, path),
            Some("object") => {
                self.fail("an object without properties has no type; describe its members")
            }
            _ => self.fail("the type is one of boolean, integer, number, string, array and object"),
        }
    }

    fn text(&mut self, node: &Map<String, Value>, path: &str) -> Result<Ty, Error> {
        self.only(node, &["type", "maxLength", "format"])?;
        let max = self.size(node, "maxLength")?;
        let format = node.get("format");
        match format.map(|format| format.as_str().unwrap_or_default()) {
            None => Ok(Ty::Text {
                max,
                case_insensitive: self.case_insensitive(path, max),
            }),
            Some(_) if max.is_some() => {
                self.fail("format and maxLength together are not understood")
            }
            Some("date-time") => Ok(Ty::DateTime),
            Some("uri") => Ok(Ty::Uri),
            Some(format) => self.fail(format!("the format {format:?} is not understood")),
        }
    }

    fn array(&mut self, node: &Map<String, Value>, path: &str) -> Result<Ty, Error> {
        self.only(node, &["type", "items", "minItems", "maxItems"])?;
        let Some(items) = node.get("items") else {
            return self.fail("an array describes its items");
        };
        let element = self.within("items", |reader| reader.ty(items, path))?;
        let min = self.size(node, "minItems")?.unwrap_or(0);
        let max = self.size(node, "maxItems")?;
        if max.is_some_and(|max| max < min) {
            return self.fail("maxItems is smaller than minItems");
        }
        Ok(Ty::Array {
            element: Box::new(element),
            min,
            max,
        })
    }

    fn size(&self, node: &Map<String, Value>, keyword: &str) -> Result<Option<usize>, Error> {
        match node.get(keyword) {
            None => Ok(None),
            Some(value) => match value.as_u64().and_then(|size| usize::try_from(size).ok()) {
                Some(size) => Ok(Some(size)),
                None => self.fail(format!("{keyword} is a whole number")),
            },
        }
    }

    fn bounds(&self, node: &Map<String, Value>) -> Result<(i64, i64), Error> {
        let bound = |keyword: &str, none: i64| match node.get(keyword) {
            None => Ok(none),
            Some(value) => match value.as_f64() {
                Some(bound) if bound.fract() == 0.0 && bound.abs() < 9e15 => Ok(bound as i64),
                _ => self.fail(format!("{keyword} must be a whole number below 9e15")),
            },
        };
        let (min, max) = (bound("minimum", i64::MIN)?, bound("maximum", i64::MAX)?);
        if max < min {
            return self.fail("maximum is smaller than minimum");
        }
        Ok((min, max))
    }

    /// `multipleOf: 0.1` as the number of decimal places.
    fn scale(&self, node: &Map<String, Value>) -> Result<u32, Error> {
        let Some(step) = node.get("multipleOf") else {
            return Ok(u32::MAX);
        };
        let step = step.as_f64().unwrap_or_default();
        match (0_i32..=9).find(|places| step == 10_f64.powi(-places)) {
            Some(places) => Ok(places.unsigned_abs()),
            None => self.fail("multipleOf must be 1, 0.1, 0.01, …"),
        }
    }

    fn inline_name(&self, path: &str) -> String {
        let fits = |suffix: &str| path == suffix || path.ends_with(&format!("/{suffix}"));
        let names = self.settings.inline_names.iter();
        match names
            .filter(|(suffix, _)| fits(suffix))
            .max_by_key(|(suffix, _)| suffix.len())
        {
            Some((_, name)) => name.clone(),
            None => {
                let (owner, member) = path.rsplit_once('/').unwrap_or(("", path));
                let owner = owner
                    .strip_suffix("Response")
                    .or(owner.strip_suffix("Request"))
                    .unwrap_or(owner);
                format!("{owner}{}", names::camel(member))
            }
        }
    }

    fn case_insensitive(&self, path: &str, max: Option<usize>) -> bool {
        let (owner, member) = path.rsplit_once('/').unwrap_or(("", path));
        let Some(max) = max else { return false };
        self.settings.case_insensitive.iter().any(|rule| {
            *rule == format!("{owner}.{member}")
                || *rule == format!("*.{member}")
                || *rule == format!("*[{max}]")
        })
    }
}
