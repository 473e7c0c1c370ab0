//! Actions, message traits and the enumerations of all messages of a version.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::{ActionSettings, Error, ProtocolSettings, names};

/// An action with the types of its messages.
struct Action<'a> {
    settings: &'a ActionSettings,
    variant: syn::Ident,
    request: syn::Ident,
    /// `None` for SEND messages.
    response: Option<syn::Ident>,
}

pub(super) fn emit(protocol: &ProtocolSettings, roots: &[String]) -> Result<TokenStream, Error> {
    let mut actions = Vec::new();
    let mut used = 0;
    for settings in &protocol.actions {
        let base = names::camel(&settings.name);
        let has = |name: &str| roots.iter().any(|root| root == name);
        let (request, response) = (format!("{base}Request"), format!("{base}Response"));
        let (request, response) = if has(&request) && has(&response) {
            used += 2;
            (
                format_ident!("{request}"),
                Some(format_ident!("{response}")),
            )
        } else if has(&base) {
            used += 1;
            (format_ident!("{base}"), None)
        } else {
            return Err(Error::Settings(format!(
                "the action {} has no schemas",
                settings.name
            )));
        };
        actions.push(Action {
            settings,
            variant: names::ident(&base),
            request,
            response,
        });
    }
    if used != roots.len() {
        let known = |root: &String| {
            actions.iter().any(|a| {
                a.request == root || a.response.as_ref().is_some_and(|response| response == root)
            })
        };
        let lost: Vec<_> = roots.iter().filter(|root| !known(root)).collect();
        return Err(Error::Settings(format!(
            "the messages {lost:?} belong to no action"
        )));
    }
    let version = format_ident!("{}", protocol.version);
    let enumeration = action_enumeration(&actions);
    let traits = message_traits(&actions, &version);
    let requests = any(&actions, "AnyRequest", "request", |action| {
        Some(action.request.clone())
    });
    let responses = any(&actions, "AnyResponse", "response", |action| {
        action.response.clone()
    });
    let protocol = protocol_impl(&actions, &version);
    Ok(quote! { #enumeration #traits #requests #responses #protocol })
}

fn action_enumeration(actions: &[Action<'_>]) -> TokenStream {
    let variants: Vec<_> = actions.iter().map(|action| &action.variant).collect();
    let names: Vec<_> = actions
        .iter()
        .map(|action| action.settings.name.as_str())
        .collect();
    let variant_docs = actions.iter().map(|action| {
        docs(&[format!(
            "`{}`, {}",
            action.settings.name, action.settings.block
        )])
    });
    let infos = actions.iter().map(|action| {
        let (name, block) = (&action.settings.name, &action.settings.block);
        let sender = format_ident!("{}", action.settings.sender);
        let has_response = action.response.is_some();
        quote! {
            ::ocpp_types::ActionInfo {
                name: #name,
                sender: ::ocpp_types::Sender::#sender,
                block: #block,
                has_response: #has_response,
            }
        }
    });
    let count = actions.len();
    quote! {
        /// What a CALL can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            #(#variant_docs #variants,)*
        }

        impl Action {
            /// All actions, by name.
            pub const ALL: [Self; #count] = [#(Self::#variants),*];

            /// The action of that name, letter by letter.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Some(match name {
                    #(#names => Self::#variants,)*
                    _ => return None,
                })
            }

            /// The name as it stands in a CALL.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                self.info().name
            }

            /// Name, sender and feature profile or functional block.
            #[must_use]
            pub fn info(self) -> &'static ::ocpp_types::ActionInfo {
                static INFOS: [::ocpp_types::ActionInfo; #count] = [#(#infos),*];
                &INFOS[self as usize]
            }
        }

        impl ::core::fmt::Display for Action {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(self.as_str())
            }
        }
    }
}

fn message_traits(actions: &[Action<'_>], version: &syn::Ident) -> TokenStream {
    let payload = |ident: &syn::Ident| {
        let name = ident.to_string();
        quote! {
            impl ::ocpp_types::Payload for #ident {
                const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::#version;
                const NAME: &'static str = #name;
            }
        }
    };
    let impls = actions.iter().map(|action| {
        let (request, variant) = (&action.request, &action.variant);
        let request_payload = payload(request);
        match &action.response {
            Some(response) => {
                let response_payload = payload(response);
                quote! {
                    #request_payload
                    #response_payload

                    impl ::ocpp_types::Request for #request {
                        type Protocol = Protocol;
                        type Response = #response;
                        const ACTION: Action = Action::#variant;
                    }
                }
            }
            None => quote! {
                #request_payload

                impl ::ocpp_types::Unconfirmed for #request {
                    type Protocol = Protocol;
                    const ACTION: Action = Action::#variant;
                }
            },
        }
    });
    quote!(#(#impls)*)
}

/// The enumeration of all requests or of all responses.
fn any(
    actions: &[Action<'_>],
    name: &str,
    noun: &str,
    message: impl Fn(&Action<'_>) -> Option<syn::Ident>,
) -> TokenStream {
    let ident = format_ident!("{name}");
    let (variants, types): (Vec<_>, Vec<_>) = actions
        .iter()
        .filter_map(|action| Some((&action.variant, message(action)?)))
        .unzip();
    let summary = docs(&[format!(
        "Any {noun} of this version, for dispatch with `match`."
    )]);
    let variant_docs = variants
        .iter()
        .map(|variant| docs(&[format!("The {noun} of {variant}.")]));
    quote! {
        #summary
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant)]
        pub enum #ident {
            #(#variant_docs #variants(#types),)*
        }

        impl #ident {
            /// The action it belongs to.
            #[must_use]
            pub fn action(&self) -> Action {
                match self {
                    #(Self::#variants(_) => Action::#variants,)*
                }
            }
        }

        #(
            impl From<#types> for #ident {
                fn from(message: #types) -> Self {
                    Self::#variants(message)
                }
            }

            impl TryFrom<#ident> for #types {
                type Error = #ident;

                /// Gives the message back when it is another one.
                fn try_from(any: #ident) -> Result<Self, #ident> {
                    match any {
                        #ident::#variants(message) => Ok(message),
                        #[allow(unreachable_patterns)]
                        other => Err(other),
                    }
                }
            }
        )*

        impl ::ocpp_types::generated::serde::Serialize for #ident {
            fn serialize<S: ::ocpp_types::generated::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(message) => message.serialize(serializer),)*
                }
            }
        }
    }
}

fn protocol_impl(actions: &[Action<'_>], version: &syn::Ident) -> TokenStream {
    let variants: Vec<_> = actions.iter().map(|action| &action.variant).collect();
    let requests: Vec<_> = actions.iter().map(|action| &action.request).collect();
    let response_arm = |decode: TokenStream| {
        let arms = actions.iter().map(|action| {
            let variant = &action.variant;
            match &action.response {
                Some(response) => quote! {
                    Action::#variant => ::ocpp_types::generated::#decode::<#response, _>(json, AnyResponse::#variant)
                },
                None => quote!(Action::#variant => Err(::ocpp_types::generated::no_response(json))),
            }
        });
        quote!(#(#arms,)*)
    };
    let response_strict = response_arm(quote!(strict));
    let response_lenient = response_arm(quote!(lenient));
    quote! {
        /// This version of OCPP as a type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Protocol;

        impl ::ocpp_types::Protocol for Protocol {
            const VERSION: ::ocpp_types::Version = ::ocpp_types::Version::#version;
            const ACTIONS: &'static [Action] = &Action::ALL;
            type Action = Action;
            type Request = AnyRequest;
            type Response = AnyResponse;

            fn action(name: &str) -> Option<Action> {
                Action::from_name(name)
            }

            fn info(action: Action) -> &'static ::ocpp_types::ActionInfo {
                action.info()
            }

            fn action_of(request: &AnyRequest) -> Action {
                request.action()
            }

            fn decode_request(action: Action, json: &str) -> Result<AnyRequest, ::ocpp_types::DecodeError> {
                match action {
                    #(
                        Action::#variants => {
                            ::ocpp_types::generated::strict::<#requests, _>(json, AnyRequest::#variants)
                        }
                    )*
                }
            }

            fn decode_request_lenient(
                action: Action,
                json: &str,
            ) -> Result<::ocpp_types::Lenient<AnyRequest>, ::ocpp_types::DecodeError> {
                match action {
                    #(
                        Action::#variants => {
                            ::ocpp_types::generated::lenient::<#requests, _>(json, AnyRequest::#variants)
                        }
                    )*
                }
            }

            fn decode_response(action: Action, json: &str) -> Result<AnyResponse, ::ocpp_types::DecodeError> {
                match action {
                    #response_strict
                }
            }

            fn decode_response_lenient(
                action: Action,
                json: &str,
            ) -> Result<::ocpp_types::Lenient<AnyResponse>, ::ocpp_types::DecodeError> {
                match action {
                    #response_lenient
                }
            }
        }
    }
}
