//! Objects.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::lenience::Rules;
use super::{docs, wrap};
use crate::model::Member;
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
    let wire = wire(name, members, fields, open);
    let shape = shape(name, members, fields, open, rules);
    quote! { #definition #wire #shape }
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

/// What reads and writes a value gets at its members by. Small, and not generic: it is there for each of hundreds of types.
fn wire(name: &str, members: &[Member], fields: &[Field], open: bool) -> TokenStream {
    let ident = format_ident!("{name}");
    let fields: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let indices: Vec<_> = (0..members.len()).collect();
    let other_blank = open.then(|| quote!(other_members: ::ocpp_types::OtherMembers::default(),));
    let others = open.then(|| {
        quote! {
            fn others(&mut self) -> Option<&mut ::ocpp_types::OtherMembers> {
                Some(&mut self.other_members)
            }
        }
    });
    let look_others = open.then(|| {
        quote! {
            fn look_others(&self) -> Option<&::ocpp_types::OtherMembers> {
                Some(&self.other_members)
            }
        }
    });
    let (member, look) = if members.is_empty() {
        (
            quote! {
                fn member(&mut self, _: usize) -> ::ocpp_types::generated::Place<'_> {
                    ::ocpp_types::generated::Place::Nothing
                }
            },
            quote! {
                fn look(&self, _: usize) -> ::ocpp_types::generated::View<'_> {
                    ::ocpp_types::generated::View::Absent
                }
            },
        )
    } else {
        (
            quote! {
                fn member(&mut self, index: usize) -> ::ocpp_types::generated::Place<'_> {
                    use ::ocpp_types::generated::Wire;
                    match index {
                        #(#indices => Wire::place(&mut self.#fields),)*
                        _ => ::ocpp_types::generated::Place::Nothing,
                    }
                }
            },
            quote! {
                fn look(&self, index: usize) -> ::ocpp_types::generated::View<'_> {
                    use ::ocpp_types::generated::Wire;
                    match index {
                        #(#indices => Wire::view(&self.#fields),)*
                        _ => ::ocpp_types::generated::View::Absent,
                    }
                }
            },
        )
    };
    quote! {
        impl ::ocpp_types::generated::Wire for #ident {
            fn blank() -> Self {
                Self { #(#fields: ::ocpp_types::generated::Wire::blank(),)* #other_blank }
            }

            fn place(&mut self) -> ::ocpp_types::generated::Place<'_> {
                ::ocpp_types::generated::Place::Object(self)
            }

            fn view(&self) -> ::ocpp_types::generated::View<'_> {
                ::ocpp_types::generated::View::Object(self)
            }
        }

        impl ::ocpp_types::generated::Object for #ident {
            #member

            #others
        }

        impl ::ocpp_types::generated::ObjectView for #ident {
            #look

            #look_others
        }

        ::ocpp_types::object_traits!(#ident);
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
