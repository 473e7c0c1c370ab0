//! What lenient decoding may do with a member.

use std::cell::Cell;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::Error;
use crate::model::{Member, Ty};

/// Variants of `ocpp_types::Lenience` without a reason.
const LENIENCE: [&str; 3] = ["LeaveOut", "MayBeShort", "AnyAsText"];
/// Variants of `ocpp_types::Kept` that a schema can mean.
const KEPT: [&str; 7] = [
    "Limit", "Schedule", "Identity", "Time", "Reading", "Price", "Proof",
];

/// What follows a reason of [`KEPT`] where a list may be too short, as in `Schedule, may be short`.
const MAY_BE_SHORT: &str = ", may be short";

/// The rules of the settings.
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
}

struct Rule<'a> {
    /// `*` for all.
    owner: &'a str,
    /// `*` for all.
    member: &'a str,
    lenience: &'a str,
    used: Cell<bool>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(settings: &'a [(String, String)]) -> Result<Self, Error> {
        let rule = |(place, lenience): &'a (String, String)| {
            let (owner, member) = place
                .split_once('.')
                .ok_or_else(|| Error::Settings(format!("lenience: {place:?} is no Type.member")))?;
            let known = |lenience: &str| KEPT.contains(&lenience);
            let short = lenience.strip_suffix(MAY_BE_SHORT);
            if !LENIENCE.contains(&lenience.as_str())
                && !known(lenience)
                && !short.is_some_and(known)
            {
                let problem = format!("lenience of {place}: {lenience:?} is not known");
                return Err(Error::Settings(problem));
            }
            Ok(Rule {
                owner,
                member,
                lenience,
                used: Cell::new(false),
            })
        };
        let rules = settings.iter().map(rule).collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// The value of `ocpp_types::Lenience` for a member.
    pub(super) fn of(&self, owner: &str, member: &Member) -> TokenStream {
        let fits = |rule: &&Rule<'_>| {
            (rule.owner == "*" || rule.owner == owner)
                && (rule.member == "*" || rule.member == member.name)
        };
        let name = match self.rules.iter().find(fits) {
            Some(rule) if member.ty != Ty::CustomData => {
                rule.used.set(true);
                rule.lenience
            }
            _ => "LeaveOut",
        };
        let (name, may_be_short) = match name.strip_suffix(MAY_BE_SHORT) {
            Some(kept) => (kept, true),
            None => (name, false),
        };
        let variant = format_ident!("{name}");
        if may_be_short {
            quote!(::ocpp_types::Lenience::KeepMayBeShort(::ocpp_types::Kept::#variant))
        } else if KEPT.contains(&name) {
            quote!(::ocpp_types::Lenience::Keep(::ocpp_types::Kept::#variant))
        } else {
            quote!(::ocpp_types::Lenience::#variant)
        }
    }

    /// A rule that fits nothing is a slip of the pen.
    pub(super) fn all_used(&self) -> Result<(), Error> {
        match self.rules.iter().find(|rule| !rule.used.get()) {
            None => Ok(()),
            Some(Rule { owner, member, .. }) => {
                let problem = format!("lenience: the rule for {owner}.{member} fits no member");
                Err(Error::Settings(problem))
            }
        }
    }
}
