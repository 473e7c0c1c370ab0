//! Enumerations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, wrap};
use crate::names;

pub(super) fn emit(name: &str, description: &str, values: &[String]) -> TokenStream {
    let ident = format_ident!("{name}");
    let variants: Vec<_> = values
        .iter()
        .map(|value| names::ident(&names::camel(value)))
        .collect();
    let first = &variants[0];
    let summary = if description.is_empty() {
        vec![format!("The values of `{name}`.")]
    } else {
        wrap(description)
    };
    let summary = docs(&summary);
    let indices: Vec<_> = (0..values.len()).collect();
    let value_docs = values.iter().map(|value| docs(&[format!("`{value}`")]));
    quote! {
        #summary
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum #ident {
            #(#value_docs #variants,)*
            /// A value that the schema does not know: only lenient decoding lets it in, and it cannot be encoded.
            Unrecognized(::ocpp_types::UnknownValue),
        }

        impl ::ocpp_types::Enumeration for #ident {
            const NAMES: &'static [&'static str] = &[#(#values),*];

            fn at(index: usize) -> Option<Self> {
                Some(match index {
                    #(#indices => Self::#variants,)*
                    _ => return None,
                })
            }

            fn position(&self) -> usize {
                match self {
                    #(Self::#variants => #indices,)*
                    Self::Unrecognized(_) => usize::MAX,
                }
            }

            fn unknown(&self) -> Option<&::ocpp_types::UnknownValue> {
                match self {
                    Self::Unrecognized(unknown) => Some(unknown),
                    _ => None,
                }
            }

            fn from_unknown(unknown: ::ocpp_types::UnknownValue) -> Self {
                Self::Unrecognized(unknown)
            }
        }

        impl #ident {
            /// As it stands in JSON.
            #[must_use]
            pub fn as_str(&self) -> &str {
                ::ocpp_types::Enumeration::as_str(self)
            }
        }

        ::ocpp_types::enumeration_traits!(#ident, #first);
    }
}
