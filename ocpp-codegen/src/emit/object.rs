//! Objects.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::lenience::Rules;
use super::{docs, wrap};
use crate::model::{Member, Ty};
use crate::resolve::Field;

pub(super) fn emit(
    name: &str,
    description: &str,
    members: &[Member],
    fields: &[Field],
    open: bool,
    rules: &Rules<'_>,
) -> TokenStream {
    let definition = definition(name, description, members, fields, open);
    let deserialize = deserialize(name, members, fields, open);
    let from_node = from_node(name, members, fields, open);
    let serialize = serialize(name, members, fields, open);
    let shape = shape(name, members, fields, open, rules);
    quote! { #definition #deserialize #from_node #serialize #shape }
}

fn definition(
    name: &str,
    description: &str,
    members: &[Member],
    fields: &[Field],
    open: bool,
) -> TokenStream {
    let ident = format_ident!("{name}");
    let summary = if description.is_empty() {
        vec![format!("`{name}`.")]
    } else {
        wrap(description)
    };
    let summary = docs(&summary);
    let field_items = members
        .iter()
        .zip(fields)
        .map(|(member, Field { ident, value })| {
            let lines = if member.docs.is_empty() {
                vec![format!("`{}`", member.name)]
            } else {
                wrap(&member.docs)
            };
            let docs = docs(&lines);
            if member.required {
                quote!(#docs pub #ident: #value)
            } else {
                quote!(#docs pub #ident: Option<#value>)
            }
        });
    let other = open.then(|| {
        quote! {
            /// Members that the schema does not describe.
            pub other_members: ::ocpp_types::OtherMembers,
        }
    });

    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for (member, Field { ident, value }) in members.iter().zip(fields) {
        if member.required {
            parameters.push(quote!(#ident: #value));
            values.push(quote!(#ident));
        } else {
            values.push(quote!(#ident: None));
        }
    }
    if open {
        values.push(quote!(other_members: ::ocpp_types::OtherMembers::default()));
    }
    let default = parameters.is_empty().then(|| quote!(#[derive(Default)]));
    quote! {
        #summary
        #[derive(Debug, Clone, PartialEq, Eq)]
        #default
        pub struct #ident {
            #(#field_items,)*
            #other
        }

        impl #ident {
            /// With the required members given and the optional ones absent.
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn deserialize(name: &str, members: &[Member], fields: &[Field], open: bool) -> TokenStream {
    let ident = format_ident!("{name}");
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    let indices: Vec<_> = (0..members.len()).collect();
    // Locals are numbered: a member may have any name.
    let slots: Vec<_> = indices
        .iter()
        .map(|index| format_ident!("member_{index}"))
        .collect();
    let reads = members.iter().zip(&slots).map(|(member, slot)| {
        let read = match &member.ty {
            Ty::Integer {
                min: i64::MIN,
                max: i64::MAX,
            } => quote!(::ocpp_types::generated::integer(&mut map)?),
            Ty::Array { element, .. }
                if matches!(
                    **element,
                    Ty::Integer {
                        min: i64::MIN,
                        max: i64::MAX
                    }
                ) =>
            {
                quote!(::ocpp_types::generated::integers(&mut map)?)
            }
            _ => quote!(map.next_value()?),
        };
        quote!({ ::ocpp_types::generated::fill(&mut #slot, #read); })
    });
    let values = fields.iter().zip(&slots).map(|(field, slot)| {
        let ident = &field.ident;
        quote!(#ident: #slot)
    });
    let count = members.len();
    let next = if open {
        quote! {
            ::ocpp_types::generated::next_of_any(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )?
        }
    } else {
        quote! {
            ::ocpp_types::generated::next_member(
                &mut map,
                <Self as Object>::index,
                <Self as Object>::MEMBERS,
                &mut seen,
            )?
        }
    };
    let arms = if open {
        quote! {
            #(Ok(#indices) => #reads)*
            Ok(_) => break,
            Err(name) => { ::ocpp_types::generated::other(&mut other_members, name, &mut map)?; }
        }
    } else {
        quote! {
            #(#indices => #reads)*
            _ => break,
        }
    };
    let other_slot =
        open.then(|| quote!(let mut other_members = ::ocpp_types::OtherMembers::default();));
    let other_value = open.then(|| quote!(other_members: other_members.settled(),));
    let body = if members.is_empty() && !open {
        // Whatever member comes is refused.
        quote! {
            let mut seen = [];
            #next;
            Ok(Self {})
        }
    } else {
        let required = required(members, &slots);
        quote! {
            let mut seen = [false; #count];
            #(let mut #slots = None;)*
            #other_slot
            loop {
                match #next {
                    #arms
                }
            }
            #required
            Ok(Self { #(#values,)* #other_value })
        }
    };
    let (name_parameter, index) = if members.is_empty() {
        (quote!(_: &str), quote!(::ocpp_types::generated::UNKNOWN))
    } else {
        let index = quote! {
            match name {
                #(#names => #indices,)*
                _ => ::ocpp_types::generated::UNKNOWN,
            }
        };
        (quote!(name: &str), index)
    };
    quote! {
        impl ::ocpp_types::generated::Object for #ident {
            const NAME: &'static str = #name;
            const MEMBERS: &'static [&'static str] = &[#(#names),*];

            fn index(#name_parameter) -> usize {
                #index
            }

            // One form for all objects, whatever their number of members.
            #[allow(clippy::while_let_loop)]
            fn from_map<'de, A: ::ocpp_types::generated::serde::de::MapAccess<'de>>(
                mut map: A,
            ) -> Result<Self, A::Error> {
                use ::ocpp_types::generated::Object;
                #body
            }
        }

        impl<'de> ::ocpp_types::generated::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::ocpp_types::generated::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                ::ocpp_types::generated::object(deserializer)
            }
        }
    }
}

/// Takes the required members out of their options, with one way out for all that may be missing: each way out is code
/// that drops what was read before it.
fn required(members: &[Member], slots: &[syn::Ident]) -> Option<TokenStream> {
    let (places, slots): (Vec<_>, Vec<_>) = members
        .iter()
        .zip(slots)
        .enumerate()
        .filter(|(_, (member, _))| member.required)
        .map(|(place, (_, slot))| (place, slot))
        .unzip();
    let (pattern, value) = match slots.as_slice() {
        [] => return None,
        [slot] => (quote!(Some(#slot)), quote!(#slot)),
        _ => (quote!((#(Some(#slots)),*)), quote!((#(#slots),*))),
    };
    Some(quote! {
        let #pattern = #value else {
            return Err(::ocpp_types::generated::missing(
                &seen,
                &[#(#places),*],
                <Self as Object>::MEMBERS,
            ));
        };
    })
}

/// How lenient decoding makes the value from repaired JSON: small, and not generic.
fn from_node(name: &str, members: &[Member], fields: &[Field], open: bool) -> TokenStream {
    let ident = format_ident!("{name}");
    let values = members.iter().zip(fields).map(|(member, field)| {
        let (ident, name) = (&field.ident, &member.name);
        if member.required {
            quote!(#ident: members.required(#name)?)
        } else {
            quote!(#ident: members.optional(#name)?)
        }
    });
    let other = open.then(|| quote!(other_members: members.others(<Self as ::ocpp_types::generated::Object>::MEMBERS)));
    let binding = if members.is_empty() && !open {
        quote!(_)
    } else {
        quote!(members)
    };
    quote! {
        impl ::ocpp_types::generated::FromNode for #ident {
            fn from_node(node: &::ocpp_types::generated::Node<'_>) -> Option<Self> {
                let #binding = node.members()?;
                Some(Self { #(#values,)* #other })
            }
        }
    }
}

fn serialize(name: &str, members: &[Member], fields: &[Field], open: bool) -> TokenStream {
    let ident = format_ident!("{name}");
    let writes = members.iter().zip(fields).map(|(member, field)| {
        let (ident, name) = (&field.ident, &member.name);
        if member.required {
            quote!(map.serialize_entry(#name, &self.#ident)?;)
        } else {
            quote! {
                if let Some(value) = &self.#ident {
                    map.serialize_entry(#name, value)?;
                }
            }
        }
    });
    let other = open.then(|| quote!(self.other_members.serialize_into(&mut map)?;));
    let mutable = (open || !members.is_empty()).then(|| quote!(mut));
    quote! {
        impl ::ocpp_types::generated::serde::Serialize for #ident {
            fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                use ::ocpp_types::generated::serde::ser::SerializeMap;
                let #mutable map = serializer.serialize_map(None)?;
                #(#writes)*
                #other
                map.end()
            }
        }
    }
}

fn shape(
    type_name: &str,
    members: &[Member],
    fields: &[Field],
    open: bool,
    rules: &Rules<'_>,
) -> TokenStream {
    let ident = format_ident!("{type_name}");
    let members = members.iter().zip(fields).map(|(member, field)| {
        let (name, required, value) = (&member.name, member.required, &field.value);
        let lenience = rules.of(type_name, member);
        quote! {
            ::ocpp_types::MemberShape {
                name: #name,
                required: #required,
                shape: <#value as ::ocpp_types::Described>::SHAPE,
                lenience: #lenience,
            }
        }
    });
    quote! {
        impl ::ocpp_types::Described for #ident {
            const SHAPE: ::ocpp_types::Shape = {
                fn shape() -> &'static ::ocpp_types::ObjectShape {
                    static SHAPE: ::ocpp_types::ObjectShape = ::ocpp_types::ObjectShape {
                        name: #type_name,
                        members: &[#(#members),*],
                        open: #open,
                    };
                    &SHAPE
                }
                ::ocpp_types::Shape::Object(shape)
            };
        }
    }
}
