//! Lets typify resolve names, references and structure.
//!
//! typify sees every bounded string, number and date-time as a string with a format of its own, which is converted to the
//! type of `ocpp-types` that stands for it. What comes back per field is a Rust type: optional, list, boxed where types
//! contain themselves.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;
use schemars::schema::{InstanceType, Schema, SchemaObject};
use serde_json::{Map, Value, json};
use typify_impl::{Type, TypeDetails, TypeId, TypeSpace, TypeSpaceImpl, TypeSpaceSettings};

use crate::Error;
use crate::model::{Kind, Model, Ty};
use crate::names;

/// What typify made of the model: per type its fields or variants, in the schema's order.
pub(crate) struct Resolved {
    pub(crate) objects: BTreeMap<String, Vec<Field>>,
}

/// A field of a struct.
pub(crate) struct Field {
    pub(crate) ident: syn::Ident,
    /// The type of a present value; an optional field is an `Option` of it.
    pub(crate) value: TokenStream,
}

pub(crate) fn resolve(model: &Model) -> Result<Resolved, Error> {
    let mut leaves = BTreeMap::new();
    let mut definitions = Vec::new();
    for (name, definition) in &model.types {
        let schema = match &definition.kind {
            Kind::Enumeration { values } => json!({ "type": "string", "enum": values }),
            Kind::Object { members, open } => {
                let mut properties = Map::new();
                let mut required = Vec::new();
                for member in members {
                    let field = names::snake(&member.name);
                    if member.required {
                        required.push(Value::from(field.clone()));
                    }
                    let clash =
                        properties.insert(field.clone(), schema_of(&member.ty, &mut leaves));
                    if clash.is_some() || *open && field == "other_members" {
                        let problem =
                            format!("two members of {name} would both be the field {field}");
                        return Err(definition.member_error(&member.name, problem));
                    }
                }
                json!({
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                })
            }
        };
        let schema: Schema = serde_json::from_value(schema).map_err(|error| {
            Error::Settings(format!("{name} has no schema that typify reads: {error}"))
        })?;
        definitions.push((name.clone(), schema));
    }

    let mut settings = TypeSpaceSettings::default();
    for (format, ty) in &leaves {
        let leaf = SchemaObject {
            instance_type: Some(InstanceType::String.into()),
            format: Some(format.clone()),
            ..SchemaObject::default()
        };
        settings.with_conversion(leaf, ty, std::iter::empty::<TypeSpaceImpl>());
    }
    let mut space = TypeSpace::new(&settings);
    space.add_ref_types(definitions)?;
    collect(model, &space)
}

/// The schema that typify gets for a member. `leaves` collects the formats and the Rust types they stand for.
fn schema_of(ty: &Ty, leaves: &mut BTreeMap<String, String>) -> Value {
    match ty {
        Ty::Named(name) => json!({ "$ref": format!("#/definitions/{name}") }),
        Ty::Array { element, .. } => {
            json!({ "type": "array", "items": schema_of(element, leaves) })
        }
        leaf => {
            let rust = leaf_type(leaf);
            let format = format!("ocpp:{rust}");
            leaves.insert(format.clone(), rust);
            json!({ "type": "string", "format": format })
        }
    }
}

fn leaf_type(ty: &Ty) -> String {
    let runtime = |rest: String| format!("::ocpp_types::{rest}");
    let bound = |bound: i64| match bound {
        i64::MIN => "{ i64::MIN }".to_owned(),
        i64::MAX => "{ i64::MAX }".to_owned(),
        bound => bound.to_string(),
    };
    match ty {
        Ty::Boolean => "bool".into(),
        Ty::Integer {
            min: i64::MIN,
            max: i64::MAX,
        } => "i64".into(),
        Ty::Integer {
            min: 0,
            max: i64::MAX,
        } => runtime("NonNegative".into()),
        Ty::Integer { min, max } => {
            runtime(format!("BoundedInteger<{}, {}>", bound(*min), bound(*max)))
        }
        Ty::Number {
            min: i64::MIN,
            max: i64::MAX,
            scale: u32::MAX,
        } => runtime("Number".into()),
        Ty::Number {
            min: i64::MIN,
            max: i64::MAX,
            scale: 1,
        } => runtime("Tenths".into()),
        Ty::Number { min, max, scale } => {
            let scale = if *scale == u32::MAX {
                "{ u32::MAX }".to_owned()
            } else {
                scale.to_string()
            };
            runtime(format!(
                "BoundedNumber<{}, {}, {scale}>",
                bound(*min),
                bound(*max)
            ))
        }
        Ty::Text { max: None, .. } => runtime("Text".into()),
        Ty::Text {
            max: Some(max),
            case_insensitive: true,
        } => runtime(format!("CiString<{max}>")),
        Ty::Text {
            max: Some(max),
            case_insensitive: false,
        } => runtime(format!("BoundedString<{max}>")),
        Ty::DateTime => runtime("DateTime".into()),
        Ty::Uri => runtime("Uri".into()),
        Ty::CustomData => runtime("CustomData".into()),
        Ty::Any | Ty::Array { .. } | Ty::Named(_) => runtime("Json".into()),
    }
}

fn collect(model: &Model, space: &TypeSpace) -> Result<Resolved, Error> {
    let mut objects = BTreeMap::new();
    let mut met = BTreeSet::new();
    for ty in space.iter_types() {
        let name = ty.name();
        let Some(definition) = model.types.get(&name) else {
            continue;
        };
        met.insert(name.clone());
        if let (TypeDetails::Struct(object), Kind::Object { members, .. }) =
            (ty.details(), &definition.kind)
        {
            // typify hands the fields out in an order of its own.
            let resolved: BTreeMap<_, _> = object
                .properties_info()
                .map(|field| (field.name, field.type_id))
                .collect();
            let mut fields = Vec::new();
            for member in members {
                let field = names::snake(&member.name);
                let ident = names::ident(&field);
                let type_id = resolved
                    .get(field.as_str())
                    .or_else(|| resolved.get(format!("{field}_").as_str()));
                let Some(type_id) = type_id else {
                    return Err(Error::Settings(format!(
                        "typify lost the field {field} of {name}"
                    )));
                };
                fields.push(Field {
                    ident,
                    value: tokens(space, type_id, &member.ty)?,
                });
            }
            objects.insert(name, fields);
        }
    }
    match model.types.keys().find(|name| !met.contains(*name)) {
        Some(lost) => Err(Error::Settings(format!(
            "typify has no type named {lost}; choose another name"
        ))),
        None => Ok(Resolved { objects }),
    }
}

/// The Rust type of a present value; lists get their bounds back.
fn tokens(space: &TypeSpace, type_id: &TypeId, ty: &Ty) -> Result<TokenStream, Error> {
    let resolved: Type<'_> = space.get_type(type_id)?;
    match (resolved.details(), ty) {
        (TypeDetails::Option(inner), _) => tokens(space, &inner, ty),
        (TypeDetails::Box(inner), _) => {
            let inner = tokens(space, &inner, ty)?;
            Ok(quote!(::ocpp_types::generated::Box<#inner>))
        }
        (TypeDetails::Vec(inner), Ty::Array { element, min, max }) => {
            let inner = tokens(space, &inner, element)?;
            Ok(match (min, max) {
                (1, None) => quote!(::ocpp_types::NonEmpty<#inner>),
                (min, None) => quote!(::ocpp_types::BoundedVec<#inner, #min, { usize::MAX }>),
                (min, Some(max)) => quote!(::ocpp_types::BoundedVec<#inner, #min, #max>),
            })
        }
        _ => Ok(resolved.ident()),
    }
}
